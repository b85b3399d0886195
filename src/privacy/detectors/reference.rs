//! What only stands for a value: a variable, a placeholder, a mask, a word that says that there is none.

use crate::privacy::short_hash::{Words, in_lower_case};
use memchr::memchr;
use serde::Deserialize;
use std::sync::LazyLock;

#[derive(Deserialize)]
struct Values {
    none: Words,
    names: Words,
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
    let percent = lower.starts_with('%') && (lower.ends_with('%') || lower.len() <= 3 || is_format(lower));
    let marks = ['*', '_', '-', '~', '(', ')', '[', ']', '{', '}', '<', '>', '.', ',', '!', ';', ':', '?', '"', '\''];
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
        || is_marked(trimmed)
        || is_pointer(lower)
        || (has(b'@') && is_object(trimmed))
        || (lower.starts_with("(known") || lower.starts_with("(sensitive"))
        || (has(b'|') && is_list_of_rules(lower))
        || is_no_value(lower.trim_matches(marks))
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
    VALUES.as_ref().is_some_and(|values| values.none.contains(word) || values.names.contains(word))
}

/// Whether a word, in lower case, is one for a password or a token in some language.
pub(super) fn names_one(word: &str) -> bool {
    VALUES.as_ref().is_some_and(|values| values.names.contains(word))
}

/// `$` followed by what no variable is called: `$tr0ng!`; and password hashes: `$2b$12$…`.
///
/// What follows a variable's name in code makes it one: `$_POST['x']`, `$request->x`, `$env:X`.
fn is_dollar_password(begin: &str, value: &str) -> bool {
    let name = value.trim_start_matches('$');
    let rest = name.trim_start_matches(|one: char| one.is_ascii_alphabetic() || one == '_');
    let is_used = rest.len() + 2 <= name.len() && ["[", "->", "-", "::", "{"].iter().any(|sign| rest.starts_with(sign));
    let is_used = is_used && !(rest.starts_with('-') && rest.len() > 1 && !rest.starts_with("->"));
    begin == "$" && !is_used && !name.chars().all(|one| one.is_ascii_alphanumeric() || one == '_')
}

/// `%s`, `%v\n`: where a program puts a value in.
fn is_format(value: &str) -> bool {
    let bytes = value.as_bytes();
    matches!(bytes.get(1), Some(b's' | b'v' | b'q' | b'd' | b'@'))
        && bytes.get(2).is_none_or(|next| !next.is_ascii_alphanumeric())
        && bytes.len() <= 6
}

/// `__PASSWORD__`, `@@TOKEN@@`, `@db.password@`, `$password$`: a mark that something replaces.
fn is_marked(value: &str) -> bool {
    let name = |mark: &&str| value.strip_prefix(mark)?.strip_suffix(mark);
    let mut names = ["__", "@@", "%%", "@", "$", "#"].iter().filter_map(name);
    names.any(|name| {
        name.len() > 2 && name.chars().all(|one| one.is_ascii_alphabetic() || matches!(one, '_' | '.' | '-'))
    })
}

/// `0xc000414dfc`, as programs print where something lies in memory.
fn is_pointer(value: &str) -> bool {
    value.strip_prefix("0x").is_some_and(|hex| hex.len() <= 16 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// An object as a debugger or Java prints it: `password@entry=0x55…`, `com.acme.Credentials@e0c192c5`.
fn is_object(value: &str) -> bool {
    let prints = |(class, hash): (&str, &str)| {
        let name = class.rsplit('.').next().unwrap_or_default();
        class.contains('.')
            && class.split('.').all(is_identifier)
            && name.starts_with(|one: char| one.is_ascii_uppercase())
            && (4..=8).contains(&hash.len())
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let value = value.rsplit('=').next().filter(|_| !value.contains("@entry=")).unwrap_or_default();
    value.is_empty() || value.rsplit_once('@').is_some_and(prints)
}

/// What a form asks of a field: `required|string|min:14`.
fn is_list_of_rules(value: &str) -> bool {
    const SOME: [&str; 6] = ["required", "nullable", "string", "confirmed", "sometimes", "optional"];
    let name = |rule: &str| {
        rule.split(':').next().is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'))
    };
    value.split('|').all(name) && value.split('|').any(|rule| SOME.contains(&rule))
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

fn is_identifier(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '_' | '.'))
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
        assert!(
            VALUES.as_ref().is_some_and(|values| values.none.len() > 100
                && values.names.len() > 20
                && values.references.len() > 40)
        );
    }
}
