//! A configured AI endpoint.

use super::issue::words;
use super::{ModelId, Origin, OriginError, ProviderId};

words! {
    /// What the user chose in the form. Each has a preset of its own.
    ProviderKind {
        Guide = "guide", "Built-in guide";
        OpenAi = "openai", "OpenAI-compatible";
        Ollama = "ollama", "Ollama";
    }
}

words! {
    /// The wire format.
    ApiFormat {
        OpenAi = "openai", "OpenAI";
        Ollama = "ollama", "Ollama";
    }
}

/// A configured AI endpoint and model, or the built-in guide. The key lies elsewhere, sealed.
#[derive(Clone, Debug, PartialEq)]
pub struct ProviderConfig {
    pub id: ProviderId,
    /// Shown to the user; unique.
    pub name: String,
    pub kind: ProviderKind,
    pub api_format: ApiFormat,
    /// With its path, without a trailing slash: `https://api.openai.com/v1`.
    pub base_url: String,
    pub model: String,
    /// Behind the base URL; default `/chat/completions`.
    pub custom_endpoint_path: Option<String>,
    /// Default `Authorization`.
    pub custom_auth_header: Option<String>,
    /// Default `Bearer `.
    pub custom_auth_prefix: Option<String>,
    pub user_id: Option<String>,
    /// Names and values of further headers. Secrets do not belong here.
    pub extra_headers: Vec<(String, String)>,
    pub max_tokens: u32,
    /// `None` leaves the choice to the server.
    pub temperature: Option<f32>,
    /// In tokens; `None` when it is not known.
    pub context_window: Option<u32>,
    /// How long to wait for the first byte of an answer.
    pub first_byte_timeout_secs: u32,
    /// Whether a key is stored for it.
    pub has_key: bool,
}

impl ProviderConfig {
    /// The built-in guide: no network, no model, always there.
    pub fn guide() -> Self {
        Self {
            id: ProviderId::GUIDE,
            name: "Built-in guide".to_owned(),
            kind: ProviderKind::Guide,
            ..Self::new("", ProviderKind::Guide, "", "")
        }
    }

    /// A provider with the defaults of its kind.
    pub fn new(name: &str, kind: ProviderKind, base_url: &str, model: &str) -> Self {
        Self {
            id: ProviderId::new(),
            name: name.to_owned(),
            kind,
            api_format: match kind {
                ProviderKind::Ollama => ApiFormat::Ollama,
                ProviderKind::Guide | ProviderKind::OpenAi => ApiFormat::OpenAi,
            },
            base_url: base_url.trim().trim_end_matches('/').to_owned(),
            model: model.to_owned(),
            custom_endpoint_path: None,
            custom_auth_header: None,
            custom_auth_prefix: None,
            user_id: None,
            extra_headers: Vec::new(),
            max_tokens: 4096,
            temperature: Some(0.7),
            context_window: None,
            first_byte_timeout_secs: 120,
            has_key: false,
        }
    }

    pub fn is_guide(&self) -> bool {
        self.kind == ProviderKind::Guide
    }

    pub fn origin(&self) -> Result<Origin, OriginError> {
        Origin::of(&self.base_url)
    }

    /// Whether nothing leaves this machine: the guide, or a server on loopback that computes here.
    pub fn is_local(&self) -> bool {
        self.is_guide() || (self.origin().is_ok_and(|origin| origin.is_loopback()) && !self.is_passed_on())
    }

    /// Whether the server on this machine only passes on what it gets: an Ollama does so with the models whose tag says
    /// `cloud`.
    fn is_passed_on(&self) -> bool {
        let tag = self.model.rsplit_once(':').map_or("", |(_, tag)| tag);
        self.kind == ProviderKind::Ollama && (tag == "cloud" || tag.ends_with("-cloud"))
    }

    pub fn model_id(&self) -> Option<ModelId> {
        ModelId::parse(&self.model)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_server_that_passes_on_what_it_gets_is_not_local() {
        let local = |kind, model| ProviderConfig::new("o", kind, "http://localhost:11434", model).is_local();
        assert!(local(ProviderKind::Ollama, "llama3.1:8b"));
        assert!(!local(ProviderKind::Ollama, "gpt-oss:120b-cloud"));
        assert!(!local(ProviderKind::Ollama, "minimax-m2:cloud"));
        assert!(local(ProviderKind::Ollama, "cloudy:8b"));
        assert!(local(ProviderKind::OpenAi, "x:cloud"));
    }
}
