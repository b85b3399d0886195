//! Well-known servers, as data: what the form fills in when one is chosen.

use crate::domain::{ProviderConfig, ProviderKind};

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
    /// Offered before the server has been asked; the first is filled in.
    pub models: &'static [&'static str],
    /// Shown below the form, in one or two sentences.
    pub hint: &'static str,
}

const PLAIN: Preset = Preset {
    name: "",
    kind: ProviderKind::OpenAi,
    base_url: "",
    auth_header: None,
    auth_prefix: None,
    needs_key: false,
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
        models: &["gpt-4o", "gpt-4o-mini", "gpt-4-turbo"],
        hint: "Keys are made at platform.openai.com under API keys.",
        ..PLAIN
    },
    Preset {
        name: "Azure OpenAI",
        base_url: "https://{resource}.openai.azure.com/openai/deployments/{deployment}?api-version=2024-10-21",
        auth_header: Some("api-key"),
        auth_prefix: Some(""),
        needs_key: true,
        hint: "Replace {resource} and {deployment}; the key is on the resource's page Keys and Endpoint. \
               The deployment decides which model answers.",
        ..PLAIN
    },
    Preset {
        name: "Mistral",
        base_url: "https://api.mistral.ai/v1",
        needs_key: true,
        models: &["mistral-large-latest", "mistral-medium-latest", "mistral-small-latest", "open-mistral-nemo"],
        hint: "Keys are made at console.mistral.ai under API keys.",
        ..PLAIN
    },
    Preset {
        name: "LiteLLM",
        base_url: "http://localhost:8000/v1",
        needs_key: true,
        hint: "A proxy of your own in front of other vendors, AWS Bedrock among them. The key is its master key, \
               or one that it made.",
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
];

impl Preset {
    /// A provider filled in as far as the preset knows.
    pub fn to_config(&self) -> ProviderConfig {
        let model = self.models.first().copied().unwrap_or_default();
        ProviderConfig {
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
            assert_eq!(provider.is_local(), preset.base_url.contains("localhost"), "{}", preset.name);
            assert!(provider.model.is_empty() || provider.model_id().is_some(), "{}", preset.name);
            assert!(preset.hint.ends_with('.'), "{}", preset.name);
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PRESETS.len());
    }
}
