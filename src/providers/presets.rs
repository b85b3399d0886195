//! Well-known servers, as data: what the form fills in when one is chosen.

use super::Parameter;
use crate::domain::{Origin, ProviderConfig, ProviderKind};

/// One well-known server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    pub name: &'static str,
    pub kind: ProviderKind,
    /// Parts in braces are for the user to fill in.
    pub base_url: &'static str,
    /// Where it is not `Authorization`.
    pub auth_header: Option<&'static str>,
    /// Where it is not `Bearer `.
    pub auth_prefix: Option<&'static str>,
    pub needs_key: bool,
    /// Environment variables in which its key usually stands.
    pub key_variables: &'static [&'static str],
    /// Parameters that its description does not know, so that nobody has to find it out.
    pub refuses: &'static [Parameter],
    /// Whether it hands requests on to servers elsewhere.
    pub forwards: bool,
    /// Offered before the server has been asked; the first is filled in.
    pub models: &'static [&'static str],
    /// Shown below the form, in one or two sentences.
    pub hint: &'static str,
}

const MSI_KEYS: &[&str] = &["MSI_GENAI_API_KEY"];
const LITELLM_KEYS: &[&str] = &["LITELLM_API_KEY", "LITELLM_MASTER_KEY"];

const MSI_HINT: &str = "The key comes from the portal of MSI GenAI. The gateway keeps the conversation: each message \
                        is sent alone, and answers appear at once.";

const PLAIN: Preset = Preset {
    name: "",
    kind: ProviderKind::OpenAi,
    base_url: "",
    auth_header: None,
    auth_prefix: None,
    needs_key: false,
    key_variables: &[],
    refuses: &[],
    forwards: false,
    models: &[],
    hint: "",
};

/// In the order in which the form lists them.
pub static PRESETS: &[Preset] = &[
    Preset {
        name: "Ollama",
        kind: ProviderKind::Ollama,
        base_url: "http://localhost:11434",
        hint: "Runs on this machine: nothing leaves it. Install Ollama and pull a model first.",
        ..PLAIN
    },
    Preset {
        name: "OpenAI",
        base_url: "https://api.openai.com/v1",
        needs_key: true,
        key_variables: &["OPENAI_API_KEY"],
        models: &["gpt-4o", "gpt-4o-mini", "gpt-4-turbo"],
        hint: "Keys are made at platform.openai.com under API keys.",
        ..PLAIN
    },
    Preset {
        name: "Anthropic",
        kind: ProviderKind::Anthropic,
        base_url: "https://api.anthropic.com",
        needs_key: true,
        key_variables: &["ANTHROPIC_API_KEY"],
        models: &["claude-sonnet-4-5", "claude-haiku-4-5", "claude-opus-4-1", "claude-sonnet-4-0"],
        hint: "Keys are made at console.anthropic.com under API keys.",
        ..PLAIN
    },
    Preset {
        name: "Google Gemini",
        kind: ProviderKind::Gemini,
        base_url: "https://generativelanguage.googleapis.com",
        needs_key: true,
        key_variables: &["GEMINI_API_KEY", "GOOGLE_API_KEY"],
        models: &["gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite"],
        hint: "Keys are made at aistudio.google.com under API keys.",
        ..PLAIN
    },
    Preset {
        name: "Azure OpenAI",
        base_url: "https://{resource}.openai.azure.com/openai/deployments/{deployment}?api-version=2024-10-21",
        auth_header: Some("api-key"),
        auth_prefix: Some(""),
        needs_key: true,
        key_variables: &["AZURE_OPENAI_API_KEY"],
        hint: "Replace {resource} and {deployment}; the key is on the resource's page Keys and Endpoint. \
               The deployment decides which model answers.",
        ..PLAIN
    },
    Preset {
        name: "Mistral",
        base_url: "https://api.mistral.ai/v1",
        needs_key: true,
        key_variables: &["MISTRAL_API_KEY"],
        // It tells the usage without being asked.
        refuses: &[Parameter::StreamOptions],
        models: &["mistral-large-latest", "mistral-medium-latest", "mistral-small-latest", "open-mistral-nemo"],
        hint: "Keys are made at console.mistral.ai under API keys.",
        ..PLAIN
    },
    Preset {
        name: "AWS Bedrock",
        base_url: "http://localhost:8000/v1",
        needs_key: true,
        key_variables: LITELLM_KEYS,
        forwards: true,
        hint: "Through LiteLLM, which holds the AWS credentials: start it with a model such as \
               bedrock/anthropic.claude-3-sonnet. The key is its master key, or one that it made.",
        ..PLAIN
    },
    Preset {
        name: "LiteLLM",
        base_url: "http://localhost:8000/v1",
        needs_key: true,
        key_variables: LITELLM_KEYS,
        forwards: true,
        hint: "A proxy of your own in front of other vendors. The key is its master key, or one that it made.",
        ..PLAIN
    },
    Preset {
        name: "LM Studio",
        base_url: "http://localhost:1234/v1",
        hint: "Start the server in LM Studio under Developer, and load a model.",
        ..PLAIN
    },
    Preset {
        name: "vLLM",
        base_url: "http://localhost:8000/v1",
        hint: "A key is needed only if the server was started with --api-key.",
        ..PLAIN
    },
    Preset {
        name: "llama.cpp",
        base_url: "http://localhost:8080/v1",
        hint: "The server llama-server. A key is needed only if it was started with --api-key.",
        ..PLAIN
    },
    Preset {
        name: "MSI GenAI",
        kind: ProviderKind::MsiGenai,
        base_url: "https://genai-service.commandcentral.com/app-gateway",
        needs_key: true,
        key_variables: MSI_KEYS,
        models: super::msi_genai::MODELS,
        hint: MSI_HINT,
        ..PLAIN
    },
    Preset {
        name: "MSI GenAI (stage)",
        kind: ProviderKind::MsiGenai,
        base_url: "https://genai-service.stage.commandcentral.com/app-gateway",
        needs_key: true,
        key_variables: MSI_KEYS,
        models: super::msi_genai::MODELS,
        hint: MSI_HINT,
        ..PLAIN
    },
    Preset {
        name: "Custom",
        kind: ProviderKind::Custom,
        base_url: "https://{host}",
        hint: "Any other server: say where it is, how it takes its key, and which format it speaks.",
        ..PLAIN
    },
];

impl Preset {
    /// The preset that a provider was made from, or may have been: of its kind and at its address.
    pub fn of(provider: &ProviderConfig) -> Option<&'static Self> {
        let is_azure = |url: &str| url.contains(".azure.com");
        let alike = |one: &&Self| {
            // Azure's address has the name of the resource in it.
            Origin::of(one.base_url).is_ok_and(|origin| provider.origin() == Ok(origin))
                || is_azure(one.base_url) && is_azure(&provider.base_url)
        };
        let of_kind = || PRESETS.iter().filter(|one| one.kind == provider.kind);
        let named = of_kind().find(|one| provider.preset.as_deref() == Some(one.name));
        named.or_else(|| of_kind().find(alike))
    }

    /// A provider filled in as far as the preset knows.
    pub fn to_config(&self) -> ProviderConfig {
        let model = self.models.first().copied().unwrap_or_default();
        ProviderConfig {
            forwards: self.forwards,
            preset: Some(self.name.into()),
            custom_auth_header: self.auth_header.map(str::to_owned),
            custom_auth_prefix: self.auth_prefix.map(str::to_owned),
            ..ProviderConfig::new(self.name, self.kind, self.base_url, model)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_usable_once_its_braces_are_filled() {
        for preset in PRESETS {
            let mut provider = preset.to_config();
            provider.base_url = provider.base_url.replace(['{', '}'], "");
            assert!(provider.origin().is_ok(), "{}", preset.name);
            assert_eq!(provider.is_here(), preset.base_url.contains("localhost"), "{}", preset.name);
            assert_eq!(provider.is_local(), provider.is_here() && !preset.forwards, "{}", preset.name);
            assert!(provider.model.is_empty() || provider.model_id().is_some(), "{}", preset.name);
            assert!(preset.hint.ends_with('.'), "{}", preset.name);
        }
    }

    #[test]
    fn a_provider_is_known_by_kind_and_address() {
        let mut provider = ProviderConfig::new("mine", ProviderKind::Anthropic, "https://api.anthropic.com/v1", "m");
        assert_eq!(Preset::of(&provider).map(|one| one.name), Some("Anthropic"));
        provider.base_url = "https://proxy.example.com".to_owned();
        assert_eq!(Preset::of(&provider), None);
        provider.preset = Some("Anthropic".into());
        assert_eq!(Preset::of(&provider).map(|one| one.name), Some("Anthropic"));
        provider.kind = ProviderKind::OpenAi;
        assert_eq!(Preset::of(&provider), None);
        let azure =
            ProviderConfig::new("a", ProviderKind::OpenAi, "https://x.openai.azure.com/openai/deployments/d", "m");
        assert_eq!(Preset::of(&azure).map(|one| one.name), Some("Azure OpenAI"));
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PRESETS.len());
    }
}
