//! Values and their placeholders.

/// Values and their placeholders, one per issue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vault {}
