//! What the name of a key says about its value: `DB_PASSWORD`, `x-api-key`, `clientSecret`, `密码`.
//!
//! The last word decides: `password_policy` and `token_type` name something else. The words are data:
//! `assets/detectors/keys.toml`.

use crate::domain::PiiKind;
use crate::privacy::short_hash::Words;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Keys {
    password_ends: Vec<String>,
    password_words: Words,
    password_names: Vec<String>,
    not_passwords: Words,
    questions: Words,
    codes: Words,
    key_qualifiers: Words,
    key_words: Vec<String>,
    token_qualifiers: Words,
    token_words: Vec<String>,
    session_words: Vec<String>,
    secret_words: Words,
    long_only: Words,
    spoken_qualifiers: Words,
    anchors: Vec<String>,
}

static KEYS: LazyLock<Option<Keys>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/keys.toml")).ok());

/// How the names of keys with secrets end, but for digits; `None` when the list cannot be read.
pub(super) fn endings() -> Option<Vec<&'static str>> {
    KEYS.as_ref().map(|keys| keys.anchors.iter().map(String::as_str).collect())
}

/// What a key promises of its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) struct Named {
    pub kind: PiiKind,
    pub asks: Asks,
}

/// What the value must be like, beside what its kind asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) enum Asks {
    Nothing,
    /// Three to eight digits: a code.
    Digits,
    /// Made by a machine and long, for the name alone says little.
    Length,
}

/// `dbPassword`, `DB-PASSWORD` and `db.password` in one form: `db_password`. Digits at the end are dropped.
pub(super) fn normalized(name: &str) -> String {
    let mut result = String::with_capacity(name.len() + 4);
    let mut chars = name.chars().peekable();
    let mut last = '_';
    while let Some(letter) = chars.next() {
        let next_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let new_word = letter.is_ascii_uppercase()
            && (last.is_ascii_lowercase() || last.is_ascii_digit() || (last.is_ascii_uppercase() && next_lower));
        let separator = matches!(letter, '-' | '.' | '_' | '/' | '[' | ']' | ' ' | ':');
        if (new_word || separator) && !result.ends_with('_') {
            result.push('_');
        }
        if !separator {
            result.extend(letter.to_lowercase());
        }
        last = letter;
    }
    result.trim_matches('_').trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('_').to_owned()
}

/// What kind of secret a key with this name holds, if any.
pub(super) fn secret_kind(name: &str) -> Option<Named> {
    let keys = KEYS.as_ref()?;
    let name = normalized(name);
    let last = name.rsplit('_').next().unwrap_or_default();
    let qualifier = name.strip_suffix(last).unwrap_or_default().trim_end_matches('_');
    let qualifier_word = qualifier.rsplit('_').next().unwrap_or_default();
    let first = name.split('_').next().unwrap_or_default();
    let plain = |kind| Some(Named { kind, asks: Asks::Nothing });
    if keys.long_only.contains(&name) || (last == "hash" && keys.long_only.contains(&format!("{qualifier_word}_hash")))
    {
        return Some(Named { kind: PiiKind::Secret, asks: Asks::Length });
    }
    if keys.codes.contains(&name) || (last == "cvv" || last == "cvc") {
        return Some(Named { kind: PiiKind::Password, asks: Asks::Digits });
    }
    let ends =
        |word: &String| name.strip_suffix(word.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'));
    // `netsh wlan show profile key=clear` prints the key of a network so.
    if name == "key_content" || keys.names_password(last) || keys.password_names.iter().any(ends) {
        let asks = keys.questions.contains(first) || name.split('_').any(|word| word == "forgot");
        return if asks { None } else { plain(PiiKind::Password) };
    }
    if keys.session_words.iter().any(ends) {
        return plain(PiiKind::Session);
    }
    let keyed = last == "key" && keys.key_qualifiers.contains(qualifier_word);
    if keyed || keys.key_words.iter().any(|word| last.ends_with(word.as_str())) {
        return plain(PiiKind::ApiKey);
    }
    // `PublicKeyToken` is the hash of a public key, part of every assembly's name.
    if keys.token_words.iter().any(|word| last.ends_with(word.as_str())) {
        return if keys.token_qualifiers.contains(qualifier_word) { None } else { plain(PiiKind::Token) };
    }
    let secret = last.ends_with("secret") || keys.secret_words.contains(last) || keys.secret_words.contains(&name);
    if secret { plain(PiiKind::Secret) } else { None }
}

impl Keys {
    fn names_password(&self, last: &str) -> bool {
        self.password_ends.iter().any(|end| last.ends_with(end.as_str()))
            || self.password_words.contains(last)
            || (last.ends_with("pass") && !self.not_passwords.contains(last))
    }
}

/// Whether a bare `key`, `token` or `secret` behind this word is one that opens something: `API key`, `Root Token`.
pub(super) fn is_spoken_qualifier(word: &str) -> bool {
    KEYS.as_ref().is_some_and(|keys| keys.spoken_qualifiers.contains(&word.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_all_spellings() {
        for name in ["dbPassword", "DB_PASSWORD", "db-password", "db.password", "DBPassword", "db_password2"] {
            assert_eq!(normalized(name), "db_password", "{name}");
        }
    }

    #[test]
    fn the_last_word_decides() {
        let cases = [
            ("spring.datasource.password", Some(PiiKind::Password)),
            ("PGPASSWORD", Some(PiiKind::Password)),
            ("storepass", Some(PiiKind::Password)),
            ("X-Api-Key", Some(PiiKind::ApiKey)),
            ("AccountKey", Some(PiiKind::ApiKey)),
            ("aws_secret_access_key", Some(PiiKind::ApiKey)),
            ("API密钥", Some(PiiKind::ApiKey)),
            ("_authToken", Some(PiiKind::Token)),
            ("clientSecret", Some(PiiKind::Secret)),
            ("JSESSIONID", Some(PiiKind::Session)),
            ("password_policy", None),
            ("token_type", None),
            ("tokenizer", None),
            ("max_tokens", None),
            ("next_page_token", None),
            ("primary_key", None),
            ("key", None),
            ("bypass", None),
            ("PublicKeyToken", None),
            ("Key Content", Some(PiiKind::Password)),
            ("reset_password", None),
        ];
        for (name, kind) in cases {
            assert_eq!(secret_kind(name).map(|named| named.kind), kind, "{name}");
        }
    }

    #[test]
    fn codes_and_vague_names_ask_more_of_their_values() {
        assert_eq!(secret_kind("otp").map(|named| named.asks), Some(Asks::Digits));
        assert_eq!(secret_kind("password_hash").map(|named| named.asks), Some(Asks::Length));
        assert_eq!(secret_kind("auth").map(|named| named.asks), Some(Asks::Length));
        assert!(endings().is_some_and(|endings| endings.len() > 60));
    }
}
