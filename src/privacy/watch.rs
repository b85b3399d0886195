//! Whether somebody still waits for a long scan.

use super::PrivacyError;
use std::fmt;
use std::sync::Arc;

/// Asked every few kilobytes of a scan whether to give up. By default nobody gives up.
#[derive(Clone, Default)]
pub(super) struct Watch(Option<Arc<dyn Fn() -> bool + Send + Sync>>);

impl Watch {
    pub fn new(is_stopped: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(is_stopped)))
    }

    /// Fails once nobody waits any more.
    pub fn check(&self) -> Result<(), PrivacyError> {
        if self.0.as_ref().is_some_and(|is_stopped| is_stopped()) { Err(PrivacyError::Stopped) } else { Ok(()) }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}
