//! Tries a provider in four steps, each with a result of its own.

use super::{Delta, ProviderError, Providers, wire_format};
use crate::domain::{Message, ModelId, Prompt, ProviderConfig, Role};
use crate::net::{Backoff, NetError, Stage};
use crate::privacy::{Policy, Redacted, Redactor, Vault};
use secrecy::SecretString;
use std::time::{Duration, Instant};

/// Enough for a word; a model that reasons first may need more, which is no failure here.
const TEST_MAX_TOKENS: u32 = 64;

/// The most characters of the answer that are shown.
const SHOWN_CHARS: usize = 40;

/// One step of the test, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Something answers at the address.
    Reach,
    /// The key is accepted.
    Authorize,
    /// The model is there.
    Model,
    /// It answers.
    Answer,
}

impl Providers {
    /// Calls `on_step` for each step, in order, until one fails. Returns whether all held.
    ///
    /// Many servers list their models without a key, or not at all, so key and model are judged by the chat.
    pub async fn test(
        &self,
        provider: &ProviderConfig,
        key: Option<SecretString>,
        mut on_step: impl FnMut(Step, Result<String, ProviderError>) + Send,
    ) -> bool {
        if wire_format(provider.api_format).models_path.is_none() {
            return self.test_by_chat(provider, key, on_step).await;
        }
        let listed = self.models(provider, key.clone(), Backoff::NEVER).await;
        let models = match listed {
            Err(error) if !has_reached(&error) => {
                on_step(Step::Reach, Err(error));
                return false;
            }
            // A key may be good for chatting and not for listing, so that a plain refusal says nothing yet.
            Err(error @ (ProviderError::KeyMissing { .. } | ProviderError::KeyRefused { .. })) => {
                on_step(Step::Reach, Ok(reached(provider)));
                on_step(Step::Authorize, Err(error));
                return false;
            }
            Err(_) => Vec::new(),
            Ok(models) => models,
        };
        on_step(Step::Reach, Ok(reached(provider)));
        let answer = self.one_word(provider, key.clone()).await;
        judge(provider, key.is_some(), (&models, answer), on_step)
    }

    /// For a server that does not tell its models: one question has to say it all.
    async fn test_by_chat(
        &self,
        provider: &ProviderConfig,
        key: Option<SecretString>,
        mut on_step: impl FnMut(Step, Result<String, ProviderError>) + Send,
    ) -> bool {
        let has_key = key.is_some();
        let known: Vec<String> =
            wire_format(provider.api_format).known_models.iter().map(|model| (*model).to_owned()).collect();
        match self.one_word(provider, key).await {
            Err(error) if !has_reached(&error) => {
                on_step(Step::Reach, Err(error));
                false
            }
            answer => {
                on_step(Step::Reach, Ok(reached(provider)));
                judge(provider, has_key, (&known, answer), on_step)
            }
        }
    }

    async fn one_word(&self, provider: &ProviderConfig, key: Option<SecretString>) -> Result<String, ProviderError> {
        let model = provider.model_id().ok_or(ProviderError::NoModel)?;
        let prepared = self.prepare(provider, one_word_prompt(model, provider)?)?.without_retries();
        let mut chat = self.chat(prepared, key);
        let started = Instant::now();
        let mut word = String::new();
        loop {
            match chat.next().await {
                Ok(Some(Delta::Text(text))) => word.push_str(text.expose()),
                Ok(Some(_)) => {}
                Ok(None) => return Ok(describe(&word, started.elapsed())),
                Err(ProviderError::OnlyReasoned) => return Ok(describe("", started.elapsed())),
                Err(error) => return Err(error),
            }
        }
    }
}

/// What the answer says of key, model and answer.
fn judge(
    provider: &ProviderConfig,
    has_key: bool,
    (models, answer): (&[String], Result<String, ProviderError>),
    mut on_step: impl FnMut(Step, Result<String, ProviderError>),
) -> bool {
    match answer {
        Err(error) if is_about_key(&error) => {
            on_step(Step::Authorize, Err(error));
            false
        }
        answer => {
            let accepted = if has_key { "The key is accepted" } else { "No key is needed" };
            on_step(Step::Authorize, Ok(accepted.to_owned()));
            judge_model(provider, models, answer, on_step)
        }
    }
}

fn judge_model(
    provider: &ProviderConfig,
    models: &[String],
    answer: Result<String, ProviderError>,
    mut on_step: impl FnMut(Step, Result<String, ProviderError>),
) -> bool {
    let is_listed = models.contains(&provider.model);
    match answer {
        Err(error @ (ProviderError::ModelNotFound { .. } | ProviderError::NoModel)) => {
            on_step(Step::Model, Err(error));
            false
        }
        Err(error) => {
            let found =
                if is_listed { "The model is listed" } else { "The server does not say whether it has the model" };
            on_step(Step::Model, Ok(found.to_owned()));
            on_step(Step::Answer, Err(error));
            false
        }
        Ok(answer) => {
            let found = if is_listed { "The model is listed" } else { "The model answers, though it is not listed" };
            on_step(Step::Model, Ok(found.to_owned()));
            on_step(Step::Answer, Ok(answer));
            true
        }
    }
}

fn one_word_prompt(model: ModelId, provider: &ProviderConfig) -> Result<Prompt<Redacted>, ProviderError> {
    let text = Redactor::new(Vault::default(), Policy::default()).redact(&"Reply with one word.".into())?;
    Ok(Prompt {
        model,
        messages: vec![Message { role: Role::User, text }],
        max_tokens: TEST_MAX_TOKENS,
        temperature: provider.temperature,
        context_window: provider.context_window,
    })
}

/// Whether some server answered, whatever it said.
const fn has_reached(error: &ProviderError) -> bool {
    !matches!(
        error,
        ProviderError::Address(_)
            | ProviderError::Unfilled
            | ProviderError::OllamaNotRunning { .. }
            | ProviderError::Net(
                NetError::Offline { .. }
                    | NetError::Connect { .. }
                    | NetError::Dns { .. }
                    | NetError::Proxy { .. }
                    | NetError::BadProxy
                    | NetError::Tls { .. }
                    | NetError::Timeout { stage: Stage::Connect, .. }
                    | NetError::Broken { .. }
                    | NetError::BadHeader { .. }
                    | NetError::BadKey
                    | NetError::ForeignAddress { .. }
                    | NetError::ExtraCa
                    | NetError::TlsSetup
            )
    )
}

const fn is_about_key(error: &ProviderError) -> bool {
    matches!(
        error,
        ProviderError::KeyMissing { .. } | ProviderError::KeyRefused { .. } | ProviderError::Forbidden { .. }
    )
}

fn reached(provider: &ProviderConfig) -> String {
    provider.origin().map_or_else(|_| String::new(), |origin| format!("{origin} answers"))
}

/// `“Hello” after 0.8 s`.
fn describe(word: &str, took: Duration) -> String {
    let word = word.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown: String = word.chars().take(SHOWN_CHARS).collect();
    let dots = if shown.len() < word.len() { "…" } else { "" };
    let seconds = took.as_secs_f64();
    if shown.is_empty() {
        format!("It reasons, which left no room for a word, after {seconds:.1} s")
    } else {
        format!("“{shown}{dots}” after {seconds:.1} s")
    }
}
