//! Whether the value of a secret-named key is a secret, or a reference, a word, a mask.

use super::expression::{is_expression, is_name_of_code};
use super::key_value::Form;
use super::reference::{is_reference, names_one};
use crate::domain::PiiKind;
use crate::privacy::placeholders::placeholders;
use std::borrow::Cow;

/// Whether it was made by a machine and is too long to be a name or an id of something harmless.
pub(super) fn is_long(value: &str) -> bool {
    let uuid = value.len() == 36 && value.bytes().filter(|byte| *byte == b'-').count() == 4;
    value.len() >= 20 && !uuid && !value.contains("::")
}

/// Whether this is worth hiding as that kind, written in that form.
pub(super) fn is_secret(kind: PiiKind, value: &str, form: Form) -> bool {
    let worth = if kind == PiiKind::Password { is_password(value, form) } else { is_key(kind, value, form) };
    let code = || matches!(form, Form::Assigned | Form::Colon | Form::Prose) && is_expression(value);
    worth && !is_reference(value) && !code()
}

/// Passwords may be weak, so no entropy is asked for; only where prose is likely must it not be a word.
fn is_password(value: &str, form: Form) -> bool {
    let number = value.chars().all(|one| one.is_ascii_digit());
    let counted = number && value.len() < 4;
    let member = form == Form::Assigned && value.contains('.') && value.split('.').all(is_identifier_word);
    match form {
        Form::Quoted => !value.trim().is_empty() && !is_sentence(value) && !is_label(value),
        Form::Assigned => !counted && !member && !is_path(value),
        Form::Flag => !counted && value.len() >= 3 && !is_path(value),
        Form::Colon => !counted && value.len() >= 3 && !is_path(value) && !is_next_field(value),
        Form::Prose | Form::Listed => {
            value.len() >= 5 && is_mixed(value) && !has_url(value) && !is_remark(value) && !is_next_field(value)
        }
    }
}

/// A regular expression, or a line of code in quotes.
fn is_pattern(value: &str) -> bool {
    ["(?", "[a-z", "[A-Z", "[0-9", "[^", ".*", "\\", "\t", "),", "->"].iter().any(|sign| value.contains(sign))
}

/// What a program shows beside a field for a password: `Mot de passe oublié ?`, `Confirm password`.
fn is_label(value: &str) -> bool {
    let lower = value.to_lowercase();
    let mut words = lower.split([' ', '\u{a0}']).map(|word| word.trim_matches(|one: char| !one.is_alphanumeric()));
    value.contains(' ')
        && value.chars().all(|one| one.is_alphabetic() || matches!(one, ' ' | '.' | ',' | '!' | '?' | '\'' | '’' | ':'))
        && (words.any(names_one) || lower.contains("mot de passe"))
}

/// The outcome of a test, a number of a rule, a protocol: `(0.03s)`, `(CWE-259)`, `HTTP/1.1`; what sentences say in
/// Japanese and Chinese: `8文字以上`.
fn is_remark(value: &str) -> bool {
    let inner = value.trim_start_matches('(').trim_end_matches([')', ':']);
    let time = inner.trim_end_matches(['m', 's']).chars().all(|one| one.is_ascii_digit() || one == '.');
    let rule = inner.trim_start_matches(|one: char| one.is_ascii_uppercase() || one == '-');
    let counted = value.trim_start_matches(|one: char| one.is_ascii_digit());
    let kana = |one: &char| ('\u{3040}'..='\u{309f}').contains(one);
    (value.starts_with('(') && (time || (rule.len() < inner.len() && rule.chars().all(|one| one.is_ascii_digit()))))
        || value.starts_with("HTTP/")
        || (counted.len() < value.len() && counted.starts_with(|one: char| !one.is_ascii()))
        || value.chars().filter(kana).count() > 1
}

/// The next field of a structure that Go prints whose own field is empty: `Password: APIKey:0xc000414dfc`.
fn is_next_field(value: &str) -> bool {
    value.split_once(':').is_some_and(|(name, _)| {
        name.len() > 2
            && name.starts_with(|one: char| one.is_ascii_uppercase())
            && name.chars().all(|one| one.is_ascii_alphabetic())
            && name.chars().any(|one| one.is_ascii_lowercase())
    })
}

/// An address, or what stands for one by now: what is redacted again must be read as it was before.
fn has_url(value: &str) -> bool {
    value.contains("://") || value.contains("[URL-")
}

/// A file that holds the password.
fn is_path(value: &str) -> bool {
    const ROOTS: [&str; 12] =
        ["./", "../", "~/", "/etc/", "/run/", "/var/", "/home/", "/opt/", "/usr/", "/mnt/", "/vault/", "/tmp/"];
    ROOTS.iter().any(|root| value.starts_with(root))
}

fn is_identifier_word(word: &str) -> bool {
    word.len() > 1 && word.chars().all(|one| one.is_ascii_lowercase() || one == '_')
}

/// Quoted messages: several words of letters, among them some that a phrase made of dictionary words has not.
fn is_sentence(value: &str) -> bool {
    const USUAL: [&str; 24] = [
        "must", "not", "the", "is", "be", "your", "please", "should", "cannot", "invalid", "required", "enter", "for",
        "to", "of", "and", "or", "has", "have", "password", "was", "with", "in", "a",
    ];
    value.split(' ').count() >= 3
        && value.split(' ').any(|word| USUAL.contains(&word.to_ascii_lowercase().as_str()))
        && value.chars().all(|one| one.is_alphabetic() || matches!(one, ' ' | '.' | ',' | '\'' | ':'))
}

/// Keys and tokens are made by machines: long, without spaces, and no word.
fn is_key(kind: PiiKind, value: &str, form: Form) -> bool {
    if kind == PiiKind::Session && form == Form::Prose {
        return false;
    }
    let (url, value) = (has_url(value), &*not_hidden(value));
    let least = match (kind, form) {
        (_, Form::Prose) => 16,
        (PiiKind::Secret, Form::Colon) => 12,
        _ => 8,
    };
    let number = value.chars().all(|one| one.is_ascii_digit() || one == '.');
    let made = value.bytes().any(|byte| byte.is_ascii_uppercase())
        && value.bytes().any(|byte| byte.is_ascii_lowercase())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && !value.contains('.');
    let path = (value.starts_with(['/', '.', '~']) && !value.contains(['+', '=']) && !made) || url;
    let counts = |holds: fn(&char) -> bool| value.chars().filter(holds).count();
    let digits = counts(char::is_ascii_digit);
    let upper = counts(char::is_ascii_uppercase);
    let lower = counts(char::is_ascii_lowercase);
    let random = (digits >= 2 && upper + lower >= 1)
        || (digits >= 1 && upper >= 2 && lower >= 2)
        || (upper >= 2 && lower >= 2 && value.len() >= 16)
        || (form != Form::Prose && !value.contains('.') && value.len() >= 20 && digits >= 1)
        || (form != Form::Prose && value.len() >= 16 && upper == value.len())
        || (matches!(form, Form::Quoted | Form::Assigned) && is_phrase(value));
    let slug =
        value.split(['-', '_', '.']).all(|word| word.chars().all(|one| one.is_ascii_lowercase()) || word.len() <= 2);
    value.len() >= least
        && !number
        && !path
        && !value.contains(' ')
        && (!value.contains('(') || (form == Form::Quoted && made && !is_pattern(value)))
        && !(form == Form::Prose && value.starts_with('['))
        && random
        && !is_name_of_code(value)
        && !(slug && digits <= 3 && value.contains(['-', '_', '.']))
}

/// Whether a person may have chosen it as a key: `marble-juniper-90`, and `minioadmin` where the key's name says enough.
pub(super) fn is_chosen(value: &str, words_too: bool) -> bool {
    let has = |holds: fn(&u8) -> bool| value.bytes().any(|byte| holds(&byte));
    let fits = value
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b':' | b'.' | b'(' | b'[' | b'{' | b'<' | b'='));
    let word = words_too && value.bytes().all(|byte| byte.is_ascii_lowercase());
    fits && value.len() >= 8
        && has(u8::is_ascii_alphabetic)
        && (has(u8::is_ascii_digit) || word)
        && !is_reference(value)
        && !is_expression(value)
        && (words_too || !is_name_of_code(value))
}

/// A secret chosen by a person: letters with something else in between.
fn is_phrase(value: &str) -> bool {
    value.len() >= 10
        && value.chars().any(|one| !one.is_ascii_alphanumeric() && !matches!(one, '-' | '_' | '.' | '/' | ':'))
}

/// What of a value is not hidden yet: the letters and the number of a placeholder say nothing of what it stands for.
fn not_hidden(value: &str) -> Cow<'_, str> {
    let mut rest = Cow::Borrowed(value);
    let mut hidden: Vec<_> = placeholders(value).map(|(range, _)| range).collect();
    while let Some(range) = hidden.pop() {
        rest.to_mut().replace_range(range, "");
    }
    rest
}

/// Letters with digits or symbols among them.
pub(super) fn is_mixed(value: &str) -> bool {
    let value = not_hidden(value);
    let letter = value.chars().any(char::is_alphabetic);
    let digit = value.chars().any(|one| one.is_ascii_digit());
    let symbol =
        value.chars().any(|one| matches!(one, '!' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '+' | '?' | '='));
    (letter && (digit || symbol)) && !value.ends_with('%')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_passwords_are_still_passwords() {
        for value in ["$tr0ng!pass", "hunter22", "P@ss(word)1", "a b c 9", "корова7", "$2b$12$abcdefghijk"] {
            assert!(is_secret(PiiKind::Password, value, Form::Quoted), "{value}");
        }
    }

    #[test]
    fn a_cell_with_an_address_stays_one_when_the_address_is_hidden() {
        for value in ["see https://h/x1 here", "see [URL-1] here"] {
            assert!(!is_secret(PiiKind::Password, value, Form::Listed), "{value}");
            assert!(!is_secret(PiiKind::ApiKey, &value.replace(' ', "_"), Form::Assigned), "{value}");
        }
    }

    #[test]
    fn a_placeholder_makes_no_secret_of_what_stands_beside_it() {
        assert!(!is_secret(PiiKind::Password, "[Password-1]person", Form::Prose));
        assert!(!is_secret(PiiKind::ApiKey, "[Token-12]orders", Form::Assigned));
        assert!(is_secret(PiiKind::Password, "[User-1]hunter22", Form::Prose));
    }

    #[test]
    fn keys_are_long_and_no_words() {
        for (value, expected) in [
            ("9f8e7d6c5b4a3f2e", true),
            ("Zm9vYmFyMTIz", true),
            ("my-tls-secret", false),
            ("orders-db-credentials", false),
            ("/etc/ssl/key.pem", false),
            ("1699999999", false),
            ("short1", false),
        ] {
            assert_eq!(is_secret(PiiKind::ApiKey, value, Form::Assigned), expected, "{value}");
        }
    }
}
