//! What the form of a provider holds: text as it is typed, and what it means.

use crate::domain::{
    ApiFormat, ModelId, OriginError, Price, ProviderConfig, ProviderId, ProviderKind, Proxy, ProxyUrl,
};
use crate::worker::{PRESETS, Preset};
use serde::{Deserialize, Serialize};

/// The form as it is typed. The key is not in it: it is never a draft.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct ProviderForm {
    id: String,
    kind: String,
    format: String,
    /// The preset it began with; empty when it is edited.
    pub(super) preset: String,
    /// The preset that the provider was made from once; empty if none.
    made_from: String,
    pub(super) has_key: bool,
    pub(super) name: String,
    pub(super) base_url: String,
    pub(super) model: String,
    pub(super) endpoint_path: String,
    pub(super) auth_header: String,
    /// `None` is the default of the format; an empty one is no prefix.
    pub(super) auth_prefix: Option<String>,
    /// One `Name: value` a line.
    pub(super) extra_headers: String,
    pub(super) max_tokens: String,
    /// Empty leaves it to the server.
    pub(super) temperature: String,
    pub(super) context_window: String,
    pub(super) first_byte_timeout_secs: String,
    pub(super) idle_timeout_secs: String,
    pub(super) user_id: String,
    pub(super) way: Way,
    pub(super) proxy_url: String,
    pub(super) forwards: bool,
    /// Empty when it is not known.
    pub(super) price_prompt: String,
    pub(super) price_completion: String,
}

/// By which way the server is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Way {
    #[default]
    System,
    Direct,
    Through,
}

/// What is wrong, field by field. All `None`: nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Problems {
    pub(super) name: Option<String>,
    pub(super) base_url: Option<String>,
    pub(super) model: Option<String>,
    pub(super) extra_headers: Option<String>,
    pub(super) max_tokens: Option<String>,
    pub(super) temperature: Option<String>,
    pub(super) context_window: Option<String>,
    pub(super) first_byte_timeout_secs: Option<String>,
    pub(super) idle_timeout_secs: Option<String>,
    pub(super) proxy_url: Option<String>,
    pub(super) price: Option<String>,
}

impl Problems {
    /// Whether nothing stands in the way of saving.
    pub(super) fn are_none(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a field of the advanced part is wrong, which must then be open.
    pub(super) const fn are_advanced(&self) -> bool {
        self.extra_headers.is_some()
            || self.max_tokens.is_some()
            || self.temperature.is_some()
            || self.context_window.is_some()
            || self.first_byte_timeout_secs.is_some()
            || self.idle_timeout_secs.is_some()
            || self.proxy_url.is_some()
            || self.price.is_some()
    }
}

impl ProviderForm {
    /// `taken` are the names that others have.
    pub(super) fn add(preset: &Preset, taken: &[&str]) -> Self {
        let mut form = Self::edit(&preset.to_config());
        preset.name.clone_into(&mut form.preset);
        let numbered = (2..).map(|number| format!("{} {number}", preset.name));
        let mut names = std::iter::once(preset.name.to_owned()).chain(numbered);
        form.name = names.find(|name| !taken.contains(&name.as_str())).unwrap_or_default();
        form
    }

    pub(super) fn edit(provider: &ProviderConfig) -> Self {
        let header = |(name, value): &(String, String)| format!("{name}: {value}\n");
        Self {
            id: provider.id.to_string(),
            kind: provider.kind.as_str().to_owned(),
            format: provider.api_format.as_str().to_owned(),
            preset: String::new(),
            made_from: provider.preset.as_deref().unwrap_or_default().to_owned(),
            has_key: provider.has_key,
            name: provider.name.clone(),
            base_url: provider.base_url.clone(),
            model: provider.model.clone(),
            endpoint_path: provider.custom_endpoint_path.clone().unwrap_or_default(),
            auth_header: provider.custom_auth_header.clone().unwrap_or_default(),
            auth_prefix: provider.custom_auth_prefix.clone(),
            extra_headers: provider.extra_headers.iter().map(header).collect(),
            max_tokens: provider.max_tokens.to_string(),
            temperature: provider.temperature.map(|value| value.to_string()).unwrap_or_default(),
            context_window: provider.context_window.map(|value| value.to_string()).unwrap_or_default(),
            first_byte_timeout_secs: provider.first_byte_timeout_secs.to_string(),
            idle_timeout_secs: provider.idle_timeout_secs.to_string(),
            user_id: provider.user_id.clone().unwrap_or_default(),
            way: match provider.proxy {
                Proxy::System => Way::System,
                Proxy::Direct => Way::Direct,
                Proxy::Through(_) => Way::Through,
            },
            proxy_url: if matches!(provider.proxy, Proxy::Through(_)) {
                provider.proxy.to_word()
            } else {
                String::new()
            },
            forwards: provider.forwards,
            price_prompt: provider.price.map(|price| price.prompt.to_string()).unwrap_or_default(),
            price_completion: provider.price.map(|price| price.completion.to_string()).unwrap_or_default(),
        }
    }

    pub(super) fn to_draft(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(super) fn from_draft(draft: &str) -> Option<Self> {
        serde_json::from_str(draft).ok()
    }

    pub(super) fn id(&self) -> Option<ProviderId> {
        self.id.parse().ok()
    }

    pub(super) fn kind(&self) -> ProviderKind {
        ProviderKind::parse(&self.kind).unwrap_or(ProviderKind::OpenAi)
    }

    pub(super) fn format(&self) -> ApiFormat {
        ApiFormat::parse(&self.format).unwrap_or(ApiFormat::OpenAi)
    }

    pub(super) fn set_format(&mut self, format: ApiFormat) {
        format.as_str().clone_into(&mut self.format);
    }

    /// Environment variables in which the key of such a server usually stands.
    pub(super) fn key_variables(&self) -> &'static [&'static str] {
        let preset = self.preset().or_else(|| Preset::of(&self.to_config()));
        preset.map_or(&[], |preset| preset.key_variables)
    }

    pub(super) fn preset(&self) -> Option<&'static Preset> {
        PRESETS.iter().find(|preset| preset.name == self.preset)
    }

    /// Whether the fields of authorization have a place in it: an Ollama asks for no key.
    pub(super) fn takes_key(&self) -> bool {
        self.kind() != ProviderKind::Ollama
    }

    /// Models that are known without asking.
    pub(super) fn known_models(&self) -> &'static [&'static str] {
        let preset = self.preset().or_else(|| Preset::of(&self.to_config()));
        preset.map_or(&[], |preset| preset.models)
    }

    /// What is typed as a provider. What cannot be read takes its default: look at [`Self::problems`] first.
    pub(super) fn to_config(&self) -> ProviderConfig {
        let optional = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let plain = ProviderConfig::new(self.name.trim(), self.kind(), &self.base_url, self.model.trim());
        ProviderConfig {
            id: self.id().unwrap_or(plain.id),
            api_format: self.format(),
            user_id: optional(&self.user_id),
            custom_endpoint_path: optional(&self.endpoint_path),
            custom_auth_header: optional(&self.auth_header),
            custom_auth_prefix: self.auth_prefix.clone(),
            extra_headers: self.headers().unwrap_or_default(),
            max_tokens: self.max_tokens.trim().parse().unwrap_or(plain.max_tokens),
            temperature: self.temperature.trim().parse().ok(),
            context_window: self.context_window.trim().parse().ok(),
            first_byte_timeout_secs: self
                .first_byte_timeout_secs
                .trim()
                .parse()
                .unwrap_or(plain.first_byte_timeout_secs),
            idle_timeout_secs: self.idle_timeout_secs.trim().parse().unwrap_or(plain.idle_timeout_secs),
            proxy: self.proxy().unwrap_or_default(),
            forwards: self.forwards,
            price: self.price().unwrap_or_default(),
            preset: optional(&self.made_from).map(String::into_boxed_str),
            has_key: self.has_key,
            ..plain
        }
    }

    /// `others` are the names that other providers have.
    pub(super) fn problems(&self, others: &[&str]) -> Problems {
        let number = |text: &str, range: std::ops::RangeInclusive<u32>, may_be_empty: bool| {
            let fits = text.trim().parse().is_ok_and(|value| range.contains(&value));
            let is_fine = fits || (may_be_empty && text.trim().is_empty());
            (!is_fine).then(|| format!("A whole number from {} to {}", range.start(), range.end()))
        };
        Problems {
            name: self.name_problem(others),
            base_url: self.url_problem(),
            model: self.model_problem(),
            extra_headers: self.headers().is_none().then(|| "One header a line, as Name: value".to_owned()),
            max_tokens: number(&self.max_tokens, 1..=1_000_000, false),
            temperature: self.temperature_problem(),
            context_window: number(&self.context_window, 256..=100_000_000, true),
            first_byte_timeout_secs: number(&self.first_byte_timeout_secs, 1..=3600, false),
            idle_timeout_secs: number(&self.idle_timeout_secs, 1..=3600, false),
            proxy_url: self.proxy().is_none().then(|| "An address such as http://proxy:3128".to_owned()),
            price: self.price().err(),
        }
    }

    /// `None` when the address of the proxy is none.
    fn proxy(&self) -> Option<Proxy> {
        match self.way {
            Way::System => Some(Proxy::System),
            Way::Direct => Some(Proxy::Direct),
            Way::Through => ProxyUrl::parse(&self.proxy_url).map(Proxy::Through),
        }
    }

    /// `None` when nothing is typed.
    fn price(&self) -> Result<Option<Price>, String> {
        let wrong = || "Two numbers, or both empty".to_owned();
        let read = |text: &str| text.trim().parse().ok().filter(|price: &f64| (0.0..=1e6).contains(price));
        if self.price_prompt.trim().is_empty() && self.price_completion.trim().is_empty() {
            return Ok(None);
        }
        let both = read(&self.price_prompt).zip(read(&self.price_completion)).ok_or_else(wrong)?;
        Ok(Some(Price { prompt: both.0, completion: both.1 }))
    }

    fn name_problem(&self, others: &[&str]) -> Option<String> {
        let name = self.name.trim();
        if name.is_empty() {
            return Some("A name is needed".to_owned());
        }
        others.contains(&name).then(|| "Another provider has this name".to_owned())
    }

    fn url_problem(&self) -> Option<String> {
        if self.base_url.trim().is_empty() {
            return Some("An address is needed".to_owned());
        }
        if self.base_url.contains(['{', '}']) {
            return Some("Put your own values in place of the parts in braces".to_owned());
        }
        self.to_config().origin().err().map(|error: OriginError| sentence(&error.to_string()))
    }

    fn model_problem(&self) -> Option<String> {
        let model = self.model.trim();
        if model.is_empty() {
            return Some("A model is needed; load the list, or type its name".to_owned());
        }
        let legal = ModelId::parse(model).is_some();
        (!legal).then(|| "Letters, digits and . _ : / @ + - only".to_owned())
    }

    fn temperature_problem(&self) -> Option<String> {
        let text = self.temperature.trim();
        let fits = text.is_empty() || text.parse().is_ok_and(|value: f32| (0.0..=2.0).contains(&value));
        (!fits).then(|| "A number from 0 to 2, or empty".to_owned())
    }

    /// `None` when a line is no header.
    fn headers(&self) -> Option<Vec<(String, String)>> {
        let lines = self.extra_headers.lines().filter(|line| !line.trim().is_empty());
        let split = |line: &str| {
            let (name, value) = line.split_once(':')?;
            let legal = !name.trim().is_empty() && !name.trim().contains(char::is_whitespace);
            legal.then(|| (name.trim().to_owned(), value.trim().to_owned()))
        };
        lines.map(split).collect()
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preset(name: &str) -> &'static Preset {
        PRESETS.iter().find(|preset| preset.name == name).unwrap()
    }

    #[test]
    fn what_is_edited_and_left_alone_is_saved_unchanged() {
        for preset in PRESETS {
            let mut provider = preset.to_config();
            provider.extra_headers = vec![("X-Team".to_owned(), "a: b".to_owned())];
            provider.context_window = Some(8192);
            provider.idle_timeout_secs = 7;
            provider.user_id = Some("kim".to_owned());
            provider.forwards = true;
            provider.proxy = Proxy::parse("http://u:p@proxy.example.net:3128").unwrap();
            provider.price = Some(Price { prompt: 0.25, completion: 1.5 });
            assert_eq!(ProviderForm::edit(&provider).to_config(), provider, "{}", preset.name);
        }
    }

    #[test]
    fn a_form_survives_a_crash() {
        let mut form = ProviderForm::add(preset("OpenAI"), &[]);
        form.model = "gpt-4o-m".to_owned();
        assert_eq!(ProviderForm::from_draft(&form.to_draft()), Some(form));
        assert_eq!(ProviderForm::from_draft(""), None);
        // A draft of an earlier version has fewer fields.
        assert!(ProviderForm::from_draft(r#"{"name":"Mine"}"#).is_some_and(|form| form.name == "Mine"));
    }

    #[test]
    fn each_wrong_field_says_so_at_its_place() {
        let mut form = ProviderForm::add(preset("Azure OpenAI"), &["Azure OpenAI"]);
        assert_eq!(form.name, "Azure OpenAI 2");
        assert!(form.problems(&[]).base_url.is_some_and(|problem| problem.contains("braces")));
        form.base_url = "http://example.com/v1".to_owned();
        assert!(form.problems(&[]).base_url.is_some_and(|problem| problem.contains("https")));
        form.base_url = "https://example.com/v1".to_owned();
        form.model = "gpt 4".to_owned();
        form.temperature = "hot".to_owned();
        form.extra_headers = "no colon".to_owned();
        form.max_tokens = "0".to_owned();
        form.way = Way::Through;
        form.price_prompt = "3".to_owned();
        let problems = form.problems(&["Azure OpenAI 2"]);
        assert!(problems.proxy_url.is_some() && problems.price.is_some());
        assert!(problems.base_url.is_none() && problems.name.is_some() && problems.model.is_some());
        assert!(problems.temperature.is_some() && problems.extra_headers.is_some() && problems.max_tokens.is_some());
        assert!(problems.are_advanced());
    }
}
