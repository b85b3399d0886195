//! Settings, and what makes them valid. Stored in the encrypted database.

use super::issue::words;
use super::{Domain, Loopback, Origin, OriginError, Paper, PiiKind, ProviderConfig, ProviderId, Unredacted};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Longest instructions of one's own, in bytes.
pub const MAX_OWN_PROMPT_BYTES: usize = 32 * 1024;

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

/// A provider that gets texts as they are, at one address on this machine and nowhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactionOff {
    pub provider: ProviderId,
    /// As [`Origin`] is shown. With another address redaction is on again.
    pub origin: String,
}

impl RedactionOff {
    /// For a provider with the address that it has now; `None` where that, or its model, is not on this machine.
    pub fn of(provider: &ProviderConfig) -> Option<Self> {
        let origin = provider.origin().ok().filter(|_| provider.is_local())?;
        Some(Self { provider: provider.id, origin: origin.to_string() })
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
    /// Providers on this machine that get texts without redaction.
    pub redaction_off: Vec<RedactionOff>,
    /// Whether only this machine may be reached.
    pub offline: bool,
    pub default_provider: ProviderId,
    /// Whether the note about the limits of AI has been accepted.
    pub disclaimer_accepted: bool,
    /// Where documents were exported to last.
    pub export_folder: Option<PathBuf>,
    /// On which documents with pages were written last.
    pub paper: Paper,
    /// How long the window may rest before it locks itself; `None` for ever. Only under a passphrase.
    pub lock_after_minutes: Option<u32>,
    /// PEM file with further certificate authorities.
    pub extra_ca_file: Option<PathBuf>,
    /// Where the Ollama listens whose models are managed.
    pub ollama_url: String,
    /// The user's own instructions to models, in place of the domain's. What is not here is as delivered.
    pub own_prompts: BTreeMap<Domain, Unredacted>,
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
            redaction_off: Vec::new(),
            offline: false,
            default_provider: ProviderId::GUIDE,
            disclaimer_accepted: false,
            export_folder: None,
            paper: Paper::A4,
            lock_after_minutes: None,
            extra_ca_file: None,
            ollama_url: "http://localhost:11434".to_owned(),
            own_prompts: BTreeMap::new(),
        }
    }
}

/// Why settings are refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("the text scale must be between 75 % and 200 %")]
    Zoom,
    #[error("kinds of secrets cannot be switched off")]
    SecretKindOff,
    #[error("the address of Ollama is not usable: {0}")]
    OllamaUrl(#[from] OriginError),
    #[error("redaction can be switched off only for a server on this machine")]
    RedactionOff,
    #[error("instructions may have 32 kB at most")]
    LongPrompt,
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
        Origin::of(&self.ollama_url)?;
        if !self.redaction_off.iter().all(|off| Origin::of(&off.origin).is_ok_and(|origin| origin.is_loopback())) {
            return Err(SettingsError::RedactionOff);
        }
        if self.own_prompts.values().any(|text| text.expose().len() > MAX_OWN_PROMPT_BYTES) {
            return Err(SettingsError::LongPrompt);
        }
        Ok(())
    }

    /// The user's own instructions for this domain, if there are any.
    pub fn own_prompt(&self, domain: Option<Domain>) -> Option<&str> {
        self.own_prompts.get(&domain?).map(Unredacted::expose)
    }

    /// Keeps instructions of one's own. Blank ones, and those that are `delivered`, are none.
    pub fn set_own_prompt(&mut self, domain: Domain, text: &str, delivered: &str) {
        if text.trim().is_empty() || text.trim() == delivered.trim() {
            self.own_prompts.remove(&domain);
        } else {
            self.own_prompts.insert(domain, text.into());
        }
    }

    /// The proof that this provider may get texts without redaction, if the user wants that and it still has the
    /// address on this machine for which it was wanted, and a model that is here.
    pub fn unredacted_for(&self, provider: &ProviderConfig) -> Option<Loopback> {
        let origin = provider.origin().ok().filter(|_| provider.is_local())?;
        let wanted = |off: &RedactionOff| off.provider == provider.id && off.origin == origin.to_string();
        self.redaction_off.iter().any(wanted).then(|| origin.loopback()).flatten()
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
    fn redaction_is_off_for_one_address_on_this_machine_and_no_other() {
        use crate::domain::ProviderKind;
        let provider = |url| ProviderConfig::new("p", ProviderKind::Ollama, url, "m");
        let local = provider("http://localhost:11434");
        let settings =
            Settings { redaction_off: RedactionOff::of(&local).into_iter().collect(), ..Settings::default() };
        assert_eq!(settings.validate(), Ok(()));
        assert!(settings.unredacted_for(&local).is_some());
        for url in ["https://api.example.com", "http://192.168.1.4:11434", "http://localhost:9"] {
            let moved = ProviderConfig { id: local.id, ..provider(url) };
            assert_eq!(settings.unredacted_for(&moved), None, "{url}");
        }
        assert_eq!(settings.unredacted_for(&provider("http://localhost:11434")), None);
        let passed_on = ProviderConfig { model: "gpt-oss:120b-cloud".to_owned(), ..local };
        assert_eq!((settings.unredacted_for(&passed_on), RedactionOff::of(&passed_on)), (None, None));
        assert_eq!(RedactionOff::of(&provider("http://192.168.1.4:11434")), None);
    }

    #[test]
    fn redaction_cannot_be_switched_off_for_another_machine() {
        for origin in ["https://api.example.com", "http://10.0.0.1", "nonsense", "http://localhost.example.com"] {
            let off = RedactionOff { provider: ProviderId::new(), origin: origin.to_owned() };
            let settings = Settings { redaction_off: vec![off], ..Settings::default() };
            assert_eq!(settings.validate(), Err(SettingsError::RedactionOff), "{origin}");
        }
    }

    #[test]
    fn instructions_that_say_what_is_delivered_are_none_of_ones_own() {
        let mut settings = Settings::default();
        settings.set_own_prompt(Domain::Linux, "Ask for the rack.", "delivered\n");
        assert_eq!(settings.own_prompt(Some(Domain::Linux)), Some("Ask for the rack."));
        assert_eq!((settings.own_prompt(Some(Domain::Windows)), settings.own_prompt(None)), (None, None));
        for text in [" \n", "delivered"] {
            settings.set_own_prompt(Domain::Linux, "Ask for the rack.", "delivered");
            settings.set_own_prompt(Domain::Linux, text, "delivered\n");
            assert_eq!(settings.own_prompt(Some(Domain::Linux)), None, "{text}");
        }
        settings.set_own_prompt(Domain::Linux, &"x".repeat(MAX_OWN_PROMPT_BYTES + 1), "");
        assert_eq!(settings.validate(), Err(SettingsError::LongPrompt));
    }

    #[test]
    fn a_scale_that_is_no_number_is_refused() {
        let settings = Settings { zoom: f32::NAN, ..Settings::default() };
        assert_eq!(settings.validate(), Err(SettingsError::Zoom));
    }
}
