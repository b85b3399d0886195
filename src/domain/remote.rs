//! How a service calls its own things: what of a request is neither the user's text nor a secret.

use std::fmt;

/// The longest id that any of the services gives.
const ID_MAX_BYTES: usize = 128;

/// The longest name of a project, a group or a kind of work item.
const NAME_MAX_CHARS: usize = 255;

/// An id that a service gave to one of its things: 1 to 128 characters of `[A-Za-z0-9._~-]`, with a letter or digit.
///
/// The limit keeps text of any other kind from passing as an id, and an id from leaving its place in a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RemoteId(String);

impl RemoteId {
    /// `None` if it is empty, too long, or has another character.
    pub fn parse(id: &str) -> Option<Self> {
        let legal = |c: char| c.is_ascii_alphanumeric() || "._~-".contains(c);
        let valid = (1..=ID_MAX_BYTES).contains(&id.len())
            && id.chars().all(legal)
            && id.contains(|c: char| c.is_ascii_alphanumeric());
        valid.then(|| Self(id.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The name of a project, a space, a group or a kind of work item, as a service lists it or the settings have it.
///
/// On one line, at most 255 characters. It goes out as it is: a name that was changed by redaction would name nothing.
/// So it is made of what the service itself listed, or of a field of the settings, and never of what a user writes about
/// an incident.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RemoteName(String);

impl RemoteName {
    /// `None` if it is blank, too long, or has a control character. White space around it is taken off.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim();
        let valid = !name.is_empty()
            && !matches!(name, "." | "..")
            && name.chars().count() <= NAME_MAX_CHARS
            && !name.contains(char::is_control);
        valid.then(|| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RemoteName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_stays_in_its_place_of_a_path() {
        for id in ["", ".", "..", "a/b", "a?b", "a b", "ä", "%2e", "a\n"] {
            assert_eq!(RemoteId::parse(id), None, "{id:?}");
        }
        for id in ["65537", "INC0010001", "a9f3c1d2e4b5a6978899aabbccddeeff", "0190-x_y".trim_end_matches("_y"), "~9"] {
            assert!(RemoteId::parse(id).is_some(), "{id:?}");
        }
    }

    #[test]
    fn a_name_is_of_one_line() {
        assert_eq!(RemoteName::parse("  Größe & Söhne "), RemoteName::parse("Größe & Söhne"));
        for name in ["", "  ", "..", "a\nb", "a\u{0}b"] {
            assert_eq!(RemoteName::parse(name), None, "{name:?}");
        }
        assert_eq!(RemoteName::parse(&"x".repeat(256)), None);
    }
}
