//! What the server says of its models. Everything but the name may be missing: versions differ.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

/// A model on the server's disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstalledModel {
    pub name: String,
    pub size_bytes: Option<u64>,
    /// `llama`; empty when it is not known.
    pub family: String,
    /// `8.0B`; empty when it is not known.
    pub parameters: String,
    /// `Q4_K_M`; empty when it is not known.
    pub quantization: String,
    pub modified_at: Option<Timestamp>,
    /// The host where it really runs, for a name that stands for a model elsewhere. What is sent to it leaves the
    /// machine.
    pub remote_host: Option<String>,
}

impl InstalledModel {
    /// Whether it makes vectors of texts, and cannot chat.
    pub fn is_embedding(&self) -> bool {
        self.family.contains("bert") || self.name.contains("embed")
    }
}

/// A model in the server's memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadedModel {
    pub name: String,
    pub size_bytes: Option<u64>,
    /// How much of it is in graphics memory.
    pub gpu_bytes: Option<u64>,
    /// When it goes out of memory, unless it is used again.
    pub until: Option<Timestamp>,
    /// In tokens.
    pub context: Option<u32>,
}

impl LoadedModel {
    /// In percent, from 0 to 100.
    pub fn gpu_percent(&self) -> Option<u64> {
        let (part, whole) = (self.gpu_bytes?, self.size_bytes.filter(|size| *size > 0)?);
        Some((part.saturating_mul(100) / whole).min(100))
    }
}

/// What a model says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelDetails {
    pub family: String,
    pub parameters: String,
    pub quantization: String,
    /// `gguf`.
    pub format: String,
    /// The longest context that the model was made for, in tokens.
    pub context: Option<u32>,
    /// `completion`, `tools`, `vision`, `thinking`, `embedding`.
    pub capabilities: Vec<String>,
    pub template: String,
    /// Settings that come with it, one a line.
    pub settings: String,
    /// The first line of its license.
    pub license: String,
    /// As in [`InstalledModel::remote_host`].
    pub remote_host: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    family: Option<String>,
    format: Option<String>,
    parameter_size: Option<String>,
    quantization_level: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    /// Versions before 0.1.30 have `name` only.
    name: Option<String>,
    model: Option<String>,
    size: Option<u64>,
    size_vram: Option<u64>,
    modified_at: Option<String>,
    expires_at: Option<String>,
    context_length: Option<u32>,
    remote_host: Option<String>,
    details: Option<Details>,
}

/// Of `/api/tags`; sorted by name. `None` when it is no such list.
pub(super) fn installed(body: &Value) -> Option<Vec<InstalledModel>> {
    let mut models: Vec<_> = rows(body)?
        .into_iter()
        .filter_map(|row| {
            let details = row.details.unwrap_or_default();
            Some(InstalledModel {
                name: row.model.or(row.name)?,
                // What stands here for a model elsewhere is a file of some hundred bytes.
                size_bytes: row.size.filter(|size| *size > 0 && row.remote_host.is_none()),
                family: details.family.unwrap_or_default(),
                parameters: details.parameter_size.unwrap_or_default(),
                quantization: known(details.quantization_level),
                modified_at: time(row.modified_at.as_deref()),
                remote_host: row.remote_host.filter(|host| !host.is_empty()),
            })
        })
        .collect();
    models.sort_by(|a, b| a.name.cmp(&b.name));
    Some(models)
}

/// Of `/api/ps`.
pub(super) fn loaded(body: &Value) -> Option<Vec<LoadedModel>> {
    let rows = rows(body)?.into_iter();
    let models = rows.filter_map(|row| {
        Some(LoadedModel {
            name: row.model.or(row.name)?,
            size_bytes: row.size,
            gpu_bytes: row.size_vram,
            until: time(row.expires_at.as_deref()),
            context: row.context_length.filter(|tokens| *tokens > 0),
        })
    });
    Some(models.collect())
}

/// A row that cannot be read is left out, so that one odd model does not hide the others.
fn rows(body: &Value) -> Option<Vec<Row>> {
    let models = body.get("models")?;
    if models.is_null() {
        return Some(Vec::new());
    }
    Some(models.as_array()?.iter().filter_map(|row| Row::deserialize(row).ok()).collect())
}

/// Of `/api/show`.
pub(super) fn details(body: &Value) -> Option<ModelDetails> {
    let fields = body.as_object()?;
    let details = fields.get("details").and_then(|details| Details::deserialize(details).ok()).unwrap_or_default();
    let word = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
    let capabilities = fields.get("capabilities").and_then(Value::as_array).into_iter().flatten();
    Some(ModelDetails {
        family: details.family.unwrap_or_default(),
        parameters: details.parameter_size.unwrap_or_default(),
        quantization: known(details.quantization_level),
        format: details.format.unwrap_or_default(),
        context: context_length(fields.get("model_info")),
        capabilities: capabilities.filter_map(Value::as_str).map(str::to_owned).collect(),
        template: word("template"),
        settings: word("parameters"),
        license: word("license").lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned(),
        remote_host: Some(word("remote_host")).filter(|host| !host.is_empty()),
    })
}

/// `llama.context_length` for the architecture `llama`; a model with a part for images has one for that too.
fn context_length(info: Option<&Value>) -> Option<u32> {
    let info = info?.as_object()?;
    let architecture = info.get("general.architecture").and_then(Value::as_str).unwrap_or_default();
    let own = info.get(&format!("{architecture}.context_length"));
    let any = || info.iter().find(|(key, _)| key.ends_with(".context_length")).map(|(_, value)| value);
    let tokens = own.or_else(any)?.as_u64()?;
    u32::try_from(tokens).ok().filter(|tokens| *tokens > 0)
}

fn known(word: Option<String>) -> String {
    word.filter(|word| word != "unknown").unwrap_or_default()
}

/// `0001-01-01T00:00:00Z` is how Go writes that there is none.
fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse::<Timestamp>().ok().filter(|at| *at > Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn models_are_read_with_what_is_known_of_them() {
        let body = json!({"models": [
            {"name": "qwen3:8b", "model": "qwen3:8b", "size": 5_200_000_000_u64,
             "modified_at": "2026-02-03T10:11:12.123456789+01:00", "digest": "x",
             "details": {"family": "qwen3", "parameter_size": "8.2B", "quantization_level": "Q4_K_M", "families": null}},
            {"name": "a-cloud", "size": 384, "remote_host": "https://ollama.com:443", "details": {"quantization_level": "unknown"}},
            {"size": 3}, 7,
        ]});
        let models = installed(&body).unwrap();
        assert_eq!(models.len(), 2);
        assert_eq!(models[0].remote_host.as_deref(), Some("https://ollama.com:443"));
        assert_eq!((models[0].size_bytes, models[0].quantization.as_str()), (None, ""));
        assert_eq!((models[1].size_bytes, models[1].parameters.as_str()), (Some(5_200_000_000), "8.2B"));
        assert_eq!(models[1].modified_at.unwrap().to_string(), "2026-02-03T09:11:12.123456789Z");
        assert_eq!(installed(&json!({"models": null})), Some(Vec::new()));
        assert_eq!(installed(&json!({"models": 3})), None);
        assert_eq!(installed(&json!({})), None);
    }

    #[test]
    fn a_loaded_model_says_where_it_is() {
        let body = json!({"models": [
            {"model": "a", "size": 4000, "size_vram": 1000, "expires_at": "0001-01-01T00:00:00Z", "context_length": 8192},
            {"model": "b"},
        ]});
        let models = loaded(&body).unwrap();
        assert_eq!((models[0].gpu_percent(), models[0].until, models[0].context), (Some(25), None, Some(8192)));
        assert_eq!(models[1].gpu_percent(), None);
    }

    #[test]
    fn the_context_is_that_of_the_model_s_own_architecture() {
        let info = json!({
            "clip.context_length": 77, "general.architecture": "llama", "llama.context_length": 131_072,
        });
        let body = json!({
            "details": {"family": "llama"}, "model_info": info, "capabilities": ["completion", "tools"],
            "license": "\n LLAMA LICENSE \nmore", "template": "{{ .Prompt }}",
        });
        let details = details(&body).unwrap();
        assert_eq!((details.context, details.license.as_str()), (Some(131_072), "LLAMA LICENSE"));
        assert_eq!(details.capabilities, ["completion", "tools"]);
        assert_eq!(context_length(Some(&json!({"bert.context_length": 512}))), Some(512));
        assert_eq!(context_length(Some(&json!({"llama.context_length": 0}))), None);
        assert_eq!(context_length(None), None);
    }
}
