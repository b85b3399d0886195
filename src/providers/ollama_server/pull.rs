//! One model on its way to the server's disk.
//!
//! The server keeps what has come: asking again goes on where it stopped, so a lost connection is simply made anew.

use super::super::error::WrongAnswer;
use super::super::explain::{Context, is_web_page};
use super::super::provider::ServerError;
use super::tally::{Line, Tally};
use super::{ModelCall, OllamaServer, PullPhase, PullProgress};
use crate::domain::{Credential, ModelId};
use crate::net::{Backoff, Frame, Frames, Framing, Http, Limits, NetError, Response};
use crate::privacy::{Outbound, Request};
use crate::providers::{ProviderError, Providers};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// How long the first line may take.
const FIRST_LINE: Duration = Duration::from_secs(30);

/// While it downloads, the server tells several times a second how far it has come.
const SILENCE: Duration = Duration::from_mins(1);

/// While it compares checksums it says nothing: a slow disk reads 100 GB in so much time.
const SILENCE_VERIFYING: Duration = Duration::from_mins(30);

/// So many times as often as a chat: nobody waits before the screen, and a server that is updated takes a minute.
const PATIENCE: u32 = 2;

impl Providers {
    /// Has the server fetch a model; see [`Pull::next`]. `expected_bytes` is what the model is known to have in all.
    pub fn ollama_pull(
        &self,
        server: &OllamaServer,
        model: ModelId,
        expected_bytes: Option<u64>,
    ) -> Result<Pull, ProviderError> {
        let call = (server.endpoint("/api/pull")?, model);
        let request = Outbound::encode(&call, |(endpoint, model): &ModelCall| {
            Request::post_json(endpoint, json!({"model": model.as_str(), "stream": true}).to_string())
        });
        Ok(Pull {
            http: self.http.clone(),
            backoff: self.backoff,
            to: server.credential(),
            context: server.context(),
            request,
            tally: Tally::new(expected_bytes),
            attempt: 0,
            fresh_before: 0,
            has_answered: false,
            phase: Phase::Waiting(Instant::now()),
            pending: VecDeque::new(),
        })
    }
}

/// A model on its way. Dropping it stops the server, which keeps what has come.
pub struct Pull {
    http: Http,
    backoff: Backoff,
    to: Credential,
    context: Context,
    request: Outbound,
    tally: Tally,
    /// How often the connection was made anew since something last came.
    attempt: u32,
    fresh_before: u64,
    /// Whether the server has ever begun to answer.
    has_answered: bool,
    phase: Phase,
    pending: VecDeque<Frame>,
}

impl fmt::Debug for Pull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pull").field("attempt", &self.attempt).field("tally", &self.tally).finish_non_exhaustive()
    }
}

enum Phase {
    Waiting(Instant),
    Sending(Pin<Box<dyn Future<Output = Result<Response, NetError>> + Send>>),
    Reading(Box<(Response, Frames)>),
    Over,
}

impl Pull {
    /// How far it has come now; `None` once the model is there.
    ///
    /// The future may be dropped and asked for again, so this can stand in a `select!`.
    pub async fn next(&mut self) -> Result<Option<PullProgress>, ProviderError> {
        loop {
            if let Some(frame) = self.pending.pop_front() {
                match self.take_frame(&frame) {
                    Ok(true) => {
                        self.phase = Phase::Over;
                        return Ok(None);
                    }
                    Ok(false) => return Ok(Some(self.tally.progress())),
                    Err(error) => {
                        self.phase = Phase::Over;
                        return Err(error);
                    }
                }
            }
            let silence = match self.tally.phase() {
                PullPhase::Verifying | PullPhase::Finishing => SILENCE_VERIFYING,
                _ => SILENCE,
            };
            let broken = match &mut self.phase {
                Phase::Waiting(until) => {
                    sleep_until(*until).await;
                    self.send();
                    continue;
                }
                Phase::Sending(answer) => match answer.as_mut().await {
                    Ok(response) => {
                        self.answered(response);
                        continue;
                    }
                    Err(error) => error,
                },
                Phase::Reading(reading) => {
                    let (response, frames) = &mut **reading;
                    let chunk = timeout(silence, response.chunk()).await;
                    match read(chunk.ok(), frames, &mut self.pending, &self.context.host) {
                        Ok(()) => continue,
                        Err(error) => error,
                    }
                }
                Phase::Over => return Ok(None),
            };
            // What came before the connection broke counts first.
            if let Some(progress) = self.broke(broken)? {
                return Ok(Some(progress));
            }
        }
    }

    fn send(&mut self) {
        let (http, to, what) = (self.http.clone(), self.to.clone(), self.request.clone());
        let limits = Limits::progress(FIRST_LINE, SILENCE_VERIFYING);
        self.phase = Phase::Sending(Box::pin(async move { http.send(&to, what, limits).await }));
    }

    fn answered(&mut self, response: Response) {
        self.has_answered = true;
        self.tally.connected();
        self.phase = Phase::Reading(Box::new((response, Frames::new(Framing::JsonLines))));
    }

    /// The connection is made anew, unless it was so often already or would be no use.
    fn broke(&mut self, error: NetError) -> Result<Option<PullProgress>, ProviderError> {
        if !self.pending.is_empty() {
            // Looked at first; the end is met again when they are used up.
            return Ok(Some(self.tally.progress()));
        }
        if self.tally.fresh_bytes() > self.fresh_before {
            self.fresh_before = self.tally.fresh_bytes();
            self.attempt = 0;
        }
        let again = self.attempt < self.backoff.retries.saturating_mul(PATIENCE) && self.may_pass(&error);
        let explained = self.context.explain(error);
        if !again {
            self.phase = Phase::Over;
            return Err(explained);
        }
        let wait = self.backoff.base.saturating_mul(1 << self.attempt.min(16)).min(self.backoff.cap);
        self.attempt += 1;
        self.tally.set_phase(PullPhase::Retrying { attempt: self.attempt, reason: explained.to_string() });
        self.phase = Phase::Waiting(Instant::now() + wait);
        Ok(Some(self.tally.progress()))
    }

    /// A server that answered once and is gone may be starting anew; one that never answered is not there.
    const fn may_pass(&self, error: &NetError) -> bool {
        match error {
            NetError::Connect { .. } | NetError::Dns { .. } => self.has_answered,
            NetError::Timeout { .. } | NetError::Broken { .. } => true,
            _ => false,
        }
    }

    /// Whether the model is there.
    fn take_frame(&mut self, frame: &Frame) -> Result<bool, ProviderError> {
        if is_web_page("", frame.data.as_bytes()) {
            return Err(ProviderError::WrongUrl { host: self.context.host.clone(), found: WrongAnswer::WebPage });
        }
        let Ok(body) = serde_json::from_str::<Value>(&frame.data) else { return Err(ProviderError::Malformed) };
        if body.get("status").is_none() {
            let error = ServerError::of(&body).ok_or(ProviderError::Malformed)?;
            return Err(self.refused(&error));
        }
        let Ok(line) = serde_json::from_value::<Line>(body) else { return Err(ProviderError::Malformed) };
        self.tally.take(&line, Instant::now());
        Ok(line.is_success())
    }

    fn refused(&self, error: &ServerError) -> ProviderError {
        if error.mentions(&["file does not exist", "not found", "invalid model name"]) {
            let (host, said) = (self.context.host.clone(), self.context.mask.excerpt(error.message.expose()));
            return ProviderError::ModelNotFound { host, said };
        }
        self.context.explain_fault(error)
    }
}

/// Takes what came; an error is why nothing more comes. `None` stands for silence.
fn read(
    chunk: Option<Result<Option<bytes::Bytes>, NetError>>,
    frames: &mut Frames,
    pending: &mut VecDeque<Frame>,
    host: &str,
) -> Result<(), NetError> {
    let broken = || NetError::Broken { host: host.to_owned() };
    let mut came = Vec::new();
    let end = match chunk {
        None => Err(NetError::Timeout { host: host.to_owned(), stage: crate::net::Stage::Idle }),
        Some(Ok(Some(chunk))) => frames.push(&chunk, &mut came),
        // The last line may be half a one.
        Some(Ok(None)) => {
            let last = frames.finish()?;
            came.extend(last.filter(|frame| !is_half(&frame.data)));
            if came.is_empty() { Err(broken()) } else { Ok(()) }
        }
        Some(Err(error)) => Err(error),
    };
    pending.extend(came);
    end
}

/// An object that does not end: the connection was cut in it.
fn is_half(line: &str) -> bool {
    line.starts_with('{') && serde_json::from_str::<Value>(line).is_err()
}
