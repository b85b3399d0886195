//! A word that a server gave and wants to see again.

/// What a server gave to continue something of its own, such as a session or the next page of a list:
/// 1 to 512 characters of `[A-Za-z0-9._:/+=@~-]`.
///
/// The alphabet and the limit keep text of any other kind from passing as one, so it may go back to that server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerToken(String);

impl ServerToken {
    /// `None` if the word is empty, too long, or has another character.
    pub fn parse(word: &str) -> Option<Self> {
        let legal = |c: char| c.is_ascii_alphanumeric() || "._:/+=@~-".contains(c);
        let valid = (1..=512).contains(&word.len()) && word.chars().all(legal);
        valid.then(|| Self(word.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_not_a_token() {
        for word in ["", "the password is hunter2", "ü", "a\nb", "\"x\"", &"x".repeat(513)] {
            assert_eq!(ServerToken::parse(word), None, "{word}");
        }
        for word in ["0198f3c1-7e2a-7c3d", "CAUQAA==", "models/gemini-pro"] {
            assert_eq!(ServerToken::parse(word).map(|token| token.as_str().to_owned()).as_deref(), Some(word));
        }
    }
}
