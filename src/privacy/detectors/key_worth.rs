//! Whether the value of a secret-named key is a secret, or a reference, a word, a mask.

use super::key_value::Form;
use crate::domain::PiiKind;
use crate::privacy::placeholders::placeholders;
use crate::privacy::short_hash::{Words, in_lower_case};
use memchr::memchr;
use serde::Deserialize;
use std::borrow::Cow;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Values {
    none: Words,
    references: Vec<String>,
    /// For each byte whether some reference begins with it.
    #[serde(skip, default = "no_beginnings")]
    beginnings: [bool; 256],
}

const fn no_beginnings() -> [bool; 256] {
    [false; 256]
}

/// Data: `assets/detectors/values.toml`. Without it every value counts as a secret.
static VALUES: LazyLock<Option<Values>> = LazyLock::new(|| {
    let mut values: Values = toml::from_str(include_str!("../../../assets/detectors/values.toml")).ok()?;
    for first in values.references.iter().filter_map(|begin| begin.as_bytes().first()) {
        if let Some(begins) = values.beginnings.get_mut(usize::from(*first)) {
            *begins = true;
        }
    }
    Some(values)
});

/// Whether it only stands for a value: a variable, a placeholder, a mask, nothing.
pub(super) fn is_reference(value: &str) -> bool {
    let trimmed = value.trim();
    in_lower_case(trimmed, |lower| is_lower_reference(trimmed, lower))
}

/// The same of a value without blanks around it, and of that in lower case.
fn is_lower_reference(trimmed: &str, lower: &str) -> bool {
    let has = |byte: u8| memchr(byte, trimmed.as_bytes()).is_some();
    let masked = lower.chars().all(|one| matches!(one, '*' | 'x' | '.' | '•' | '#' | '-' | '_' | '?' | '●'));
    let call = lower.ends_with(')') && lower.contains('(') && !lower.contains(' ');
    let bracketed = lower.starts_with('[') && lower.ends_with(']');
    let percent = lower.starts_with('%') && (lower.ends_with('%') || lower.len() <= 3);
    let bound = lower.starts_with([':', '@', '!', '?']) && trimmed.len() > 1 && is_bound(trimmed);
    let scoped = has(b':') && trimmed.contains("::") && trimmed.split("::").all(is_identifier);
    masked
        || bound
        || scoped
        || lower.starts_with("[success=")
        || is_source(trimmed)
        || bracketed
        || percent
        || (call && lower.split('(').next().is_some_and(is_identifier))
        || (has(b'[') && lower.contains("[redacted"))
        || (has(b'*') && lower.contains("***"))
        || refers(lower)
        || is_no_value(lower.trim_end_matches(['.', ',', '!', ';', ':']))
}

fn refers(value: &str) -> bool {
    VALUES.as_ref().is_some_and(|values| {
        let first = value.as_bytes().first();
        let known = first.and_then(|first| values.beginnings.get(usize::from(*first)));
        let begins = |begin: &str| value.starts_with(begin) && !is_dollar_password(begin, value);
        known.is_none_or(|known| *known)
            && values.references.iter().any(|begin| begin.as_bytes().first() == first && begins(begin))
    })
}

fn is_no_value(word: &str) -> bool {
    VALUES.as_ref().is_some_and(|values| values.none.contains(word))
}

/// `$` followed by what no variable is called: `$tr0ng!`; and password hashes: `$2b$12$…`.
fn is_dollar_password(begin: &str, value: &str) -> bool {
    begin == "$" && !value.trim_start_matches('$').chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
}

/// Lines of programs and of their options: `#define`, `--flag`, `s/a/b/`, `SOME_CONSTANT`, `(NULL,0)`.
fn is_source(value: &str) -> bool {
    let code = value.ends_with(['(', '[']) && is_identifier(value.trim_end_matches(['(', '[']));
    let borrowed =
        value.starts_with('&') && value.len() > 2 && value.chars().skip(1).all(|one| one.is_ascii_alphabetic());
    let constant = value.contains('_')
        && value.starts_with(|one: char| one.is_ascii_uppercase())
        && value.chars().all(|one| one.is_ascii_uppercase() || one == '_');
    let option =
        value.starts_with("--") && value.len() > 4 && value.chars().nth(2).is_some_and(|one| one.is_ascii_lowercase());
    let directive = ["#define", "#include", "#undef", "#if", "#endif"].contains(&value);
    code || borrowed
        || constant
        || directive
        || (option && value.chars().all(|one| one.is_ascii_lowercase() || matches!(one, '-' | '=' | '/')))
}

/// What stands behind the mark of a parameter in SQL, of a tag in YAML: a name of small letters.
fn is_bound(value: &str) -> bool {
    value.chars().skip(1).all(|one| one.is_ascii_lowercase() || one == '_')
}

/// Whether it was made by a machine and is too long to be a name or an id of something harmless.
pub(super) fn is_long(value: &str) -> bool {
    let uuid = value.len() == 36 && value.bytes().filter(|byte| *byte == b'-').count() == 4;
    value.len() >= 20 && !uuid && !value.contains("::")
}

fn is_identifier(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '.'))
}

/// Whether this is worth hiding as that kind, written in that form.
pub(super) fn is_secret(kind: PiiKind, value: &str, form: Form) -> bool {
    let worth = if kind == PiiKind::Password { is_password(value, form) } else { is_key(kind, value, form) };
    worth && !is_reference(value)
}

/// Passwords may be weak, so no entropy is asked for; only where prose is likely must it not be a word.
fn is_password(value: &str, form: Form) -> bool {
    let number = value.chars().all(|one| one.is_ascii_digit());
    let counted = number && value.len() < 4;
    let member = form == Form::Assigned && value.contains('.') && value.split('.').all(is_identifier_word);
    match form {
        Form::Quoted => !value.trim().is_empty() && !is_sentence(value),
        Form::Assigned => !counted && !member && !is_path(value),
        Form::Flag | Form::Colon => !counted && value.len() >= 3 && !is_path(value),
        Form::Prose | Form::Listed => value.len() >= 5 && is_mixed(value) && !has_url(value),
    }
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
        && !value.contains([' ', '('])
        && random
        && !(slug && digits <= 3 && value.contains(['-', '_', '.']))
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
    fn references_masks_and_words_are_no_secrets() {
        let values = [
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "{{ .Values.pw }}",
            "<password>",
            "[REDACTED]",
            "[Password-1]",
            "********",
            "null",
            "true",
            "os.environ['X']",
            "process.env.PW",
            "getPassword()",
            "xxxx",
            "%s",
            "%(pw)s",
            "vault:kv/db#pw",
        ];
        for value in values {
            assert!(is_reference(value), "{value}");
        }
    }

    #[test]
    fn the_list_of_values_is_readable() {
        assert!(VALUES.as_ref().is_some_and(|values| values.none.len() > 100 && values.references.len() > 40));
    }

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
