//! What a server says may be shown, but in small pieces, without control characters and without our own key.

use crate::domain::Credential;
use secrecy::{ExposeSecret as _, SecretString};
use std::fmt;

/// The most characters of a server's own words that are shown.
const EXCERPT_CHARS: usize = 300;

/// What stands in place of a key that a server echoed.
const HIDDEN: &str = "[hidden]";

/// Takes the secrets of a request out of texts that a server sent.
#[derive(Clone, Debug, Default)]
pub struct Mask {
    secrets: Vec<SecretString>,
}

impl Mask {
    pub fn of(credential: &Credential) -> Self {
        Self { secrets: credential.secret.iter().cloned().collect() }
    }

    /// Takes this one out, too.
    #[must_use]
    pub fn and(mut self, secret: &SecretString) -> Self {
        self.secrets.push(secret.clone());
        self
    }

    /// `text` on one line, at most 300 characters, with the secret replaced by `[hidden]`.
    pub fn excerpt(&self, text: &str) -> String {
        let hidden = self.hide(text);
        let plain: String = hidden.chars().map(|c| if is_shown(c) { c } else { ' ' }).collect();
        let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        match words.char_indices().nth(EXCERPT_CHARS) {
            Some((end, _)) => format!("{}…", words.get(..end).unwrap_or_default().trim_end()),
            None => words,
        }
    }

    /// `text` with the secrets replaced, both as they are and as JSON writes them.
    #[expect(clippy::disallowed_methods, reason = "the secret must be known to be taken out")]
    pub fn hide(&self, text: &str) -> String {
        let mut hidden = text.to_owned();
        for secret in &self.secrets {
            let secret = secret.expose_secret().trim();
            if secret.is_empty() {
                continue;
            }
            let quoted = serde_json::Value::from(secret).to_string();
            let escaped = quoted.trim_matches('"');
            hidden =
                hidden.replace(secret, HIDDEN).replace(escaped, HIDDEN).replace(&escaped.replace('/', "\\/"), HIDDEN);
        }
        hidden
    }
}

/// Neither a control character nor one that reorders or hides what stands around it.
fn is_shown(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A server's words about a failure: bounded, the secret taken out. `Debug` prints the length only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ServerText(String);

impl ServerText {
    pub(super) fn new(mask: &Mask, bytes: &[u8]) -> Self {
        Self(mask.hide(&String::from_utf8_lossy(bytes)))
    }

    /// For reading the vendor's error object. Show it through [`Mask::excerpt`] only.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ServerText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerText({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(secret: &str) -> Mask {
        Mask::default().and(&secret.into())
    }

    #[test]
    fn an_echoed_key_is_hidden_in_every_spelling_of_json() {
        for echoed in [r#"bad key sk/12"3"#, r#"bad key sk/12\"3"#, r#"bad key sk\/12\"3"#] {
            assert_eq!(mask("sk/12\"3").excerpt(echoed), "bad key [hidden]");
        }
    }

    #[test]
    fn white_space_around_a_pasted_key_does_not_save_the_echo() {
        assert_eq!(mask("abc123\n").excerpt("got abc123"), "got [hidden]");
    }

    #[test]
    fn an_excerpt_is_short_and_of_one_line() {
        let excerpt = Mask::default().excerpt(&"ä\u{7}\r\n\u{202e}".repeat(1000));
        assert!((299..=301).contains(&excerpt.chars().count()), "{excerpt}");
        assert!(!excerpt.contains(['\u{7}', '\n', '\u{202e}']));
    }

    #[test]
    fn every_secret_of_a_request_is_hidden() {
        assert_eq!(mask("abc123").and(&"def456".into()).excerpt("abc123 or def456"), "[hidden] or [hidden]");
    }

    #[test]
    fn an_empty_key_hides_nothing() {
        assert_eq!(mask("").excerpt("all is said"), "all is said");
    }
}
