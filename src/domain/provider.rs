//! A configured AI endpoint.

use super::issue::words;
use super::{ModelId, Origin, OriginError, ProviderId, Proxy, Usage};

words! {
    /// What the user chose in the form. Each has a preset of its own.
    ProviderKind {
        Guide = "guide", "Built-in guide";
        OpenAi = "openai", "OpenAI-compatible";
        Ollama = "ollama", "Ollama";
        Anthropic = "anthropic", "Anthropic";
        Gemini = "gemini", "Google Gemini";
        Custom = "custom", "Custom";
        MsiGenai = "msi_genai", "MSI GenAI";
    }
}

words! {
    /// The wire format.
    ApiFormat {
        OpenAi = "openai", "OpenAI";
        Ollama = "ollama", "Ollama";
        Anthropic = "anthropic", "Anthropic";
        Gemini = "gemini", "Google Gemini";
        MsiGenai = "msi_genai", "MSI GenAI";
    }
}

impl ApiFormat {
    /// Whether the server keeps the conversation, so that it is sent the newest message alone.
    pub const fn keeps_history(self) -> bool {
        match self {
            Self::MsiGenai => true,
            Self::OpenAi | Self::Ollama | Self::Anthropic | Self::Gemini => false,
        }
    }
}

/// What a million tokens cost, in whatever currency the user pays in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    pub prompt: f64,
    pub completion: f64,
}

impl Price {
    /// In millionths of the currency.
    pub fn cost_micros(self, usage: &Usage) -> u64 {
        let cost = f64::from(usage.prompt_tokens) * self.prompt + f64::from(usage.completion_tokens) * self.completion;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded before")]
        let micros = cost.round().clamp(0.0, 9e15) as u64;
        micros
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
    /// Behind the base URL; the default is the format's own, such as `/chat/completions`.
    pub custom_endpoint_path: Option<String>,
    /// The default is the format's own, such as `Authorization`.
    pub custom_auth_header: Option<String>,
    /// The default is `Bearer `, or nothing for a format that has a header of its own.
    pub custom_auth_prefix: Option<String>,
    /// For MSI `GenAI` only.
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
    /// How long a silence within an answer may last.
    pub idle_timeout_secs: u32,
    pub proxy: Proxy,
    /// Whether the server hands requests on to others elsewhere, as a gateway on this machine does.
    pub forwards: bool,
    /// `None` when it is not known.
    pub price: Option<Price>,
    /// The name of the preset that it was made from: what is known of a vendor holds behind another address, too.
    pub preset: Option<Box<str>>,
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
                ProviderKind::Anthropic => ApiFormat::Anthropic,
                ProviderKind::Gemini => ApiFormat::Gemini,
                ProviderKind::MsiGenai => ApiFormat::MsiGenai,
                ProviderKind::Guide | ProviderKind::OpenAi | ProviderKind::Custom => ApiFormat::OpenAi,
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
            idle_timeout_secs: 60,
            proxy: Proxy::System,
            forwards: false,
            price: None,
            preset: None,
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
        self.is_guide() || self.is_here() && !self.forwards && !self.is_passed_on()
    }

    /// Whether the server itself runs on this machine.
    pub fn is_here(&self) -> bool {
        self.origin().is_ok_and(|origin| origin.is_loopback())
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
    fn tokens_have_their_price() {
        let price = Price { prompt: 3.0, completion: 15.0 };
        let usage = Usage { prompt_tokens: 2_000, completion_tokens: 400, estimated: false };
        assert_eq!(price.cost_micros(&usage), 12_000);
        assert_eq!(Price { prompt: f64::NAN, completion: -1.0 }.cost_micros(&usage), 0);
    }

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
