//! Text that must stay on this machine.

use std::fmt;

/// What stands where a long line was cut. The gate looks for values that a cut went through, so no cut is without it.
pub const CUT_MARK: &str = " … [cut]";

/// Text that has not passed the privacy gate and must stay on this machine.
///
/// `Debug` prints the length only, so a value can sit in a command or an error without reaching the log.
/// There is no `Display` and no `Serialize`.
#[derive(Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Unredacted(String);

impl Unredacted {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for showing, storing and scanning on this machine.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Takes the text out, for showing, storing and scanning on this machine.
    pub fn into_exposed(self) -> String {
        self.0
    }

    pub fn push(&mut self, more: &str) {
        self.0.push_str(more);
    }

    /// Whether nothing but white space is there.
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl fmt::Debug for Unredacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unredacted({} bytes)", self.0.len())
    }
}

impl From<String> for Unredacted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Unredacted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_debug_form_tells_the_length_and_nothing_else() {
        assert_eq!(format!("{:?}", Unredacted::from("bob@example.com")), "Unredacted(15 bytes)");
    }
}
