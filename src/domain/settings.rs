//! Settings, and what makes them valid. Stored in the encrypted database.

use super::issue::words;
use super::{PiiKind, ProviderId};
use std::path::PathBuf;

words! {
    /// Which colors the window has.
    ThemeChoice {
        System = "system", "System";
        Dark = "dark", "Dark";
        Light = "light", "Light";
    }
}

words! {
    /// How tall rows are.
    Density {
        Comfortable = "comfortable", "Comfortable";
        Compact = "compact", "Compact";
    }
}

words! {
    /// When the user must look at a text before it leaves.
    Strictness {
        AlwaysReview = "always", "Always review";
        ReviewWhenFound = "when_found", "Review when something was found";
        /// Servers on this machine get redacted text without a review; others as `AlwaysReview`.
        LocalWithoutReview = "local_without_review", "Redact without review for servers on this machine";
    }
}

/// What the user has chosen.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each with a row of its own in Settings")]
pub struct Settings {
    pub theme: ThemeChoice,
    /// Text scale, from 0.75 to 2.0.
    pub zoom: f32,
    pub density: Density,
    pub rail_collapsed: bool,
    pub strictness: Strictness,
    /// Kinds that are not looked for.
    pub kinds_off: Vec<PiiKind>,
    /// Whether loopback, unspecified, multicast and documentation addresses count as findings.
    pub redact_reserved_addresses: bool,
    /// Whether only this machine may be reached.
    pub offline: bool,
    pub default_provider: ProviderId,
    /// Whether the note about the limits of AI has been accepted.
    pub disclaimer_accepted: bool,
    /// Where documents were exported to last.
    pub export_folder: Option<PathBuf>,
    /// How long the window may rest before it locks itself; `None` for ever. Only under a passphrase.
    pub lock_after_minutes: Option<u32>,
    /// PEM file with further certificate authorities.
    pub extra_ca_file: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::System,
            zoom: 1.0,
            density: Density::Comfortable,
            rail_collapsed: false,
            strictness: Strictness::AlwaysReview,
            kinds_off: Vec::new(),
            redact_reserved_addresses: false,
            offline: false,
            default_provider: ProviderId::GUIDE,
            disclaimer_accepted: false,
            export_folder: None,
            lock_after_minutes: None,
            extra_ca_file: None,
        }
    }
}

/// Why settings are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the text scale must be between 75 % and 200 %")]
    Zoom,
    #[error("kinds of secrets cannot be switched off")]
    SecretKindOff,
}

impl Settings {
    /// Secrets are always looked for; the scale stays readable.
    pub fn validate(&self) -> Result<(), SettingsError> {
        if !(0.75..=2.0).contains(&self.zoom) {
            return Err(SettingsError::Zoom);
        }
        if self.kinds_off.iter().any(|kind| kind.is_secret()) {
            return Err(SettingsError::SecretKindOff);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_cannot_be_switched_off() {
        let settings = Settings { kinds_off: vec![PiiKind::Password], ..Settings::default() };
        assert_eq!(settings.validate(), Err(SettingsError::SecretKindOff));
        assert_eq!(Settings::default().validate(), Ok(()));
    }

    #[test]
    fn a_scale_that_is_no_number_is_refused() {
        let settings = Settings { zoom: f32::NAN, ..Settings::default() };
        assert_eq!(settings.validate(), Err(SettingsError::Zoom));
    }
}
