//! Makes a request that can be looked at and recorded before it is sent.

use super::provider::{ChatCall, Parameter, Quirks, WireFormat};
use super::{Preset, ProviderError, wire_format};
use crate::domain::{Credential, Endpoint, ModelId, Prompt, ProviderConfig, Proxy, ServerToken};
use crate::net::{Backoff, Http, Limits, Refusal};
use crate::privacy::{ClearedImage, Outbound, Redacted};
use secrecy::SecretString;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use url::Url;

/// Speaks to every configured provider, and remembers what their models refuse. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Providers {
    pub(super) http: Http,
    pub(super) backoff: Backoff,
    learned: Arc<Mutex<Learned>>,
}

/// What models were found to refuse, and what of it nobody has taken note of yet.
#[derive(Debug, Default)]
struct Learned {
    quirks: HashMap<(String, String), Quirks>,
    fresh: Vec<Lesson>,
}

/// A model behind an address refuses a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lesson {
    pub base_url: String,
    pub model: String,
    pub parameter: Parameter,
}

/// A chat request, ready to be looked at, recorded and sent.
#[derive(Clone)]
pub struct Prepared {
    pub(super) wire: &'static WireFormat,
    /// Without the key.
    pub(super) credential: Credential,
    pub(super) base_url: String,
    pub(super) call: ChatCall,
    pub(super) quirks: Quirks,
    pub(super) outbound: Outbound,
    pub(super) limits: Limits,
    pub(super) proxy: Proxy,
    pub(super) retries: bool,
}

/// What goes on the wire: for the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub host: String,
    /// Of the body.
    pub bytes: usize,
    /// Of the body, in hex.
    pub body_sha256: String,
}

impl Providers {
    /// What the offline switch has prevented since this was last asked, oldest first.
    pub fn take_refused(&self) -> Vec<Refusal> {
        self.http.take_refused()
    }

    /// The one door to the network, for whoever else goes through it.
    pub const fn http(&self) -> &Http {
        &self.http
    }

    pub fn new(http: Http) -> Self {
        Self { http, backoff: Backoff::default(), learned: Arc::default() }
    }

    #[must_use]
    pub const fn with_backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// The request for this prompt, to the letter. Sends nothing.
    pub fn prepare(&self, provider: &ProviderConfig, prompt: Prompt<Redacted>) -> Result<Prepared, ProviderError> {
        self.prepare_with_images(provider, prompt, Vec::new())
    }

    /// As [`Self::prepare`], with images beside the last message.
    pub fn prepare_with_images(
        &self,
        provider: &ProviderConfig,
        prompt: Prompt<Redacted>,
        images: Vec<ClearedImage>,
    ) -> Result<Prepared, ProviderError> {
        let wire = wire_format(provider.api_format);
        if let Some(image) = images.iter().find(|image| !wire.images.contains(&image.kind())) {
            let takes: Vec<&str> = wire.images.iter().map(|kind| kind.label()).collect();
            return Err(if takes.is_empty() {
                ProviderError::NoVision { said: String::new() }
            } else {
                ProviderError::ImageKind { kind: image.kind(), takes: takes.join(", ") }
            });
        }
        let known = Preset::of(provider).map_or(&[][..], |preset| preset.refuses);
        let learned = self.quirks(&provider.base_url, &prompt.model);
        let quirks = known.iter().fold(learned, |quirks, parameter| quirks.with(*parameter));
        let path = chat_path(provider).replace("{model}", &model_path(&prompt.model));
        let call = (endpoint(provider, &path)?, prompt, images);
        Ok(Prepared {
            wire,
            credential: credential(provider, None)?,
            base_url: provider.base_url.clone(),
            outbound: Outbound::encode(&call, (wire.chat)(quirks)),
            call,
            quirks,
            limits: Limits::stream(Duration::from_secs(provider.first_byte_timeout_secs.into()))
                .with_idle(Duration::from_secs(provider.idle_timeout_secs.into())),
            proxy: provider.proxy.clone(),
            retries: true,
        })
    }

    /// The same with another client: what was learned stays.
    #[must_use]
    pub fn with_http(&self, http: Http) -> Self {
        Self { http, backoff: self.backoff, learned: Arc::clone(&self.learned) }
    }

    /// Takes in what was learned in earlier runs.
    pub fn remember(&self, lessons: impl IntoIterator<Item = Lesson>) {
        let mut learned = self.learned();
        for lesson in lessons {
            learned.add(lesson);
        }
    }

    /// Forgets what a model refused: the server may have changed.
    pub fn forget(&self, base_url: &str, model: &str) {
        self.learned().quirks.remove(&(base_url.to_owned(), model.to_owned()));
    }

    /// What was learned since this was last asked.
    pub fn take_lessons(&self) -> Vec<Lesson> {
        std::mem::take(&mut self.learned().fresh)
    }

    fn quirks(&self, base_url: &str, model: &ModelId) -> Quirks {
        self.learned().quirks.get(&(base_url.to_owned(), model.as_str().to_owned())).copied().unwrap_or_default()
    }

    pub(super) fn learn(&self, base_url: &str, model: &ModelId, parameter: Parameter) {
        let lesson = Lesson { base_url: base_url.to_owned(), model: model.as_str().to_owned(), parameter };
        let mut learned = self.learned();
        learned.add(lesson.clone());
        learned.fresh.push(lesson);
    }

    fn learned(&self) -> MutexGuard<'_, Learned> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Learned {
    fn add(&mut self, lesson: Lesson) {
        let quirks = self.quirks.entry((lesson.base_url, lesson.model)).or_default();
        *quirks = quirks.with(lesson.parameter);
    }
}

impl Prepared {
    /// What [`Providers::chat`] would put on the wire.
    pub fn sent(&self) -> Sent {
        Sent {
            host: self.credential.origin.host().to_owned(),
            bytes: self.outbound.request().body.len(),
            body_sha256: self.outbound.body_sha256(),
        }
    }

    /// Goes on in a session that the server has begun, or begins a new one.
    #[must_use]
    pub fn in_session(mut self, session: Option<ServerToken>) -> Self {
        let (endpoint, prompt, images) = self.call;
        self.call = (endpoint.in_session(session), prompt, images);
        self.outbound = Outbound::encode(&self.call, (self.wire.chat)(self.quirks));
        self
    }

    /// Makes the first failure final.
    #[must_use]
    pub(super) const fn without_retries(mut self) -> Self {
        self.retries = false;
        self
    }

    pub(super) fn correct(&mut self, parameter: Parameter) {
        self.quirks = self.quirks.with(parameter);
        self.outbound = Outbound::encode(&self.call, (self.wire.chat)(self.quirks));
    }
}

/// Without the text of the prompt.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared").field("sent", &self.sent()).field("quirks", &self.quirks).finish_non_exhaustive()
    }
}

/// Where the key goes.
pub(super) fn credential(provider: &ProviderConfig, key: Option<SecretString>) -> Result<Credential, ProviderError> {
    if provider.base_url.contains(['{', '}']) {
        return Err(ProviderError::Unfilled);
    }
    let (usual_header, usual_prefix) = wire_format(provider.api_format).key_header;
    let own = provider.custom_auth_header.as_deref().map(str::trim).filter(|header| !header.is_empty());
    let header = own.unwrap_or(usual_header).to_ascii_lowercase();
    let prefix = if header == usual_header { usual_prefix } else { "Bearer " };
    Ok(Credential {
        origin: provider.origin()?,
        prefix: provider.custom_auth_prefix.clone().unwrap_or_else(|| prefix.to_owned()),
        header,
        secret: key,
    })
}

/// The user's own path, if there is one.
fn own_path(provider: &ProviderConfig) -> Option<String> {
    let own = provider.custom_endpoint_path.as_deref().map(str::trim).filter(|path| !path.is_empty())?;
    Some(if own.starts_with('/') { own.to_owned() } else { format!("/{own}") })
}

fn chat_path(provider: &ProviderConfig) -> String {
    own_path(provider).unwrap_or_else(|| wire_format(provider.api_format).chat_path.to_owned())
}

/// Where a model stands in a path: `models/gemini-pro`. A name that says so itself is left as it is.
fn model_path(model: &ModelId) -> String {
    let name = model.as_str();
    let is_path = name.starts_with("models/") || name.starts_with("tunedModels/");
    if is_path { name.to_owned() } else { format!("models/{name}") }
}

/// `below` the base URL. Vendors show their chat URL in full, so a base URL that already ends with it, or with its
/// first part such as `/v1`, is shortened.
pub(super) fn endpoint(provider: &ProviderConfig, below: &str) -> Result<Endpoint, ProviderError> {
    let wire = wire_format(provider.api_format);
    let mut base = provider.clone();
    if let Ok(mut url) = Url::parse(&provider.base_url) {
        let path = url.path().trim_end_matches('/').to_owned();
        let shorter = match own_path(provider) {
            Some(own) => path.strip_suffix(own.as_str()),
            None => beginnings(wire.chat_path).find_map(|part| path.strip_suffix(part)),
        };
        if let Some(shorter) = shorter {
            url.set_path(shorter);
            base.base_url = url.into();
        }
    }
    for (name, value) in wire.headers {
        if base.extra_headers.iter().all(|(own, _)| !own.eq_ignore_ascii_case(name)) {
            base.extra_headers.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    Ok(Endpoint::of(&base, below)?)
}

/// A path and its beginnings, longest first: `/v1/messages`, `/v1`.
fn beginnings(path: &'static str) -> impl Iterator<Item = &'static str> {
    let path = path.split(['{', '?']).next().unwrap_or_default().trim_end_matches('/');
    std::iter::successors(Some(path), |path| path.rsplit_once('/').map(|(before, _)| before))
        .filter(|path| !path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttachedImage, ImageId, ImageKind, IssueId, ProviderKind};
    use crate::privacy::Confirmation;
    use sha2::{Digest as _, Sha256};

    #[test]
    fn however_the_address_is_written_the_request_goes_to_the_same_path() {
        let cases: &[(ProviderKind, &[&str], &str)] = &[
            (
                ProviderKind::OpenAi,
                &["https://x.net/v1", "https://x.net/v1/", "https://x.net/v1/chat/completions"],
                "/v1/chat/completions",
            ),
            (
                ProviderKind::Anthropic,
                &["https://x.net", "https://x.net/v1", "https://x.net/v1/messages", "https://x.net/v1/messages/"],
                "/v1/messages",
            ),
            (
                ProviderKind::Gemini,
                &["https://x.net", "https://x.net/v1beta", "https://x.net/v1beta/"],
                "/v1beta/models/m:streamGenerateContent?alt=sse",
            ),
            (ProviderKind::Ollama, &["http://localhost", "http://localhost/api"], "/api/chat"),
            (
                ProviderKind::MsiGenai,
                &["https://x.net/app-gateway", "https://x.net/app-gateway/api/v2/chat"],
                "/app-gateway/api/v2/chat",
            ),
        ];
        for (kind, bases, expected) in cases {
            for base in *bases {
                let provider = ProviderConfig::new("p", *kind, base, "m");
                let path = chat_path(&provider).replace("{model}", &model_path(&ModelId::parse("m").unwrap()));
                assert_eq!(endpoint(&provider, &path).unwrap().path_and_query(), *expected, "{base}");
            }
        }
    }

    #[test]
    fn a_path_of_one_s_own_stays_whole() {
        let mut provider = ProviderConfig::new("p", ProviderKind::Custom, "https://x.net/v1", "m");
        provider.custom_endpoint_path = Some("v1/ask".to_owned());
        assert_eq!(endpoint(&provider, &chat_path(&provider)).unwrap().path_and_query(), "/v1/v1/ask");
        provider.base_url = "https://x.net/v1/ask".to_owned();
        assert_eq!(endpoint(&provider, &chat_path(&provider)).unwrap().path_and_query(), "/v1/ask");
    }

    #[test]
    fn the_key_goes_where_the_format_or_the_user_says() {
        let cases = [
            (ProviderKind::OpenAi, None, None, ("authorization", "Bearer ")),
            (ProviderKind::Anthropic, None, None, ("x-api-key", "")),
            (ProviderKind::Gemini, None, None, ("x-goog-api-key", "")),
            (ProviderKind::MsiGenai, None, None, ("x-msi-genai-api-key", "")),
            (ProviderKind::Custom, Some("X-Key"), None, ("x-key", "Bearer ")),
            (ProviderKind::Custom, Some("X-Key"), Some("Token "), ("x-key", "Token ")),
            (ProviderKind::Anthropic, Some("Authorization"), None, ("authorization", "Bearer ")),
            (ProviderKind::Custom, Some(" "), None, ("authorization", "Bearer ")),
        ];
        for (kind, header, prefix, expected) in cases {
            let mut provider = ProviderConfig::new("p", kind, "https://x.net", "m");
            provider.custom_auth_header = header.map(str::to_owned);
            provider.custom_auth_prefix = prefix.map(str::to_owned);
            let to = credential(&provider, None).unwrap();
            assert_eq!((to.header.as_str(), to.prefix.as_str()), expected, "{kind:?}");
        }
    }

    #[test]
    fn an_image_that_the_vendor_s_models_do_not_take_is_refused_before_it_is_sent() {
        let http = Http::new(&crate::net::HttpOptions::default()).unwrap();
        let refused = |kind: ProviderKind, image: ImageKind| {
            let provider = ProviderConfig::new("p", kind, "https://x.net", "m");
            let (model, messages) = (ModelId::parse("m").unwrap(), Vec::new());
            let prompt = Prompt { model, messages, max_tokens: 1, temperature: None, context_window: None };
            let (bytes, sha256) = ([1_u8].as_slice().into(), hex::encode(Sha256::digest([1_u8])));
            let (id, issue) = (ImageId::new(), IssueId::new());
            let shown = AttachedImage { id, issue, message: None, kind: image, bytes, sha256 };
            let confirmation = Confirmation::new(shown.id, &shown.sha256, "x.net");
            let image = ClearedImage::new(&shown, confirmation, "x.net").unwrap();
            let prepared = Providers::new(http.clone()).prepare_with_images(&provider, prompt, vec![image]);
            prepared.err().map(|error| (error.to_string(), error.advice()))
        };
        for image in ImageKind::ALL {
            assert_eq!(refused(ProviderKind::Anthropic, *image), None);
            assert_eq!(refused(ProviderKind::OpenAi, *image), None);
        }
        assert_eq!(refused(ProviderKind::Gemini, ImageKind::WebP), None);
        let (error, advice) = refused(ProviderKind::Gemini, ImageKind::Gif).unwrap();
        assert!(error.contains("no GIF images") && advice.contains("PNG, JPEG, WebP"), "{error}; {advice}");
        assert!(refused(ProviderKind::MsiGenai, ImageKind::Png).unwrap().0.contains("cannot look at images"));
    }

    #[test]
    fn what_a_vendor_is_known_to_refuse_is_never_sent_to_it() {
        let http = Http::new(&crate::net::HttpOptions::default()).unwrap();
        let body = |base_url: &str, preset: Option<&str>| {
            let preset = preset.map(Box::from);
            let provider = ProviderConfig { preset, ..ProviderConfig::new("p", ProviderKind::OpenAi, base_url, "m") };
            let (model, messages) = (ModelId::parse("m").unwrap(), Vec::new());
            let prompt = Prompt { model, messages, max_tokens: 1, temperature: None, context_window: None };
            let prepared = Providers::new(http.clone()).prepare(&provider, prompt).unwrap();
            String::from_utf8(prepared.outbound.request().body.clone()).unwrap()
        };
        assert!(!body("https://api.mistral.ai/v1", None).contains("stream_options"));
        assert!(!body("https://gateway.example.com/v1", Some("Mistral")).contains("stream_options"));
        assert!(body("https://gateway.example.com/v1", None).contains("stream_options"));
    }

    #[test]
    fn model_names_that_are_paths_stay_so() {
        for (name, path) in [("m", "models/m"), ("models/m", "models/m"), ("tunedModels/m", "tunedModels/m")] {
            assert_eq!(model_path(&ModelId::parse(name).unwrap()), path);
        }
    }
}
