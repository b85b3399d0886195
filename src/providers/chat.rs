//! The one driver of all wire formats: sends, retries, corrects, frames, and ends.

use super::error::WrongAnswer;
use super::explain::{Context, is_web_page, refused_parameter, with_asked_wait};
use super::provider::{Fault, FinishReason, Parameter, Piece};
use super::thinking::Thinking;
use super::{Prepared, ProviderError, Providers, Sent};
use crate::domain::{Credential, Prompt, ServerToken, Unredacted, Usage};
use crate::net::{Backoff, Frame, Frames, Framing, Mask, NetError, Response};
use crate::privacy::Redacted;
use secrecy::SecretString;
use serde::de::IgnoredAny;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// What happens on the way to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delta {
    /// More of the answer, with placeholders as the model wrote them.
    Text(Unredacted),
    /// More of what the model thinks before it answers.
    Reasoning(Unredacted),
    /// The request failed before any answer and is sent again after this time. `attempt` counts from 1.
    Retrying { attempt: u32, wait: Duration, reason: String },
    /// The model refuses a parameter; the request is sent again without it, and so with another body.
    Corrected { parameter: Parameter, sent: Sent },
    /// The answer is whole. Nothing comes after it.
    Finished(Answer),
}

/// How an answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub usage: Usage,
    pub finish: FinishReason,
    pub sent: Sent,
    /// What the server wants to see with the next message of this conversation.
    pub session: Option<ServerToken>,
}

impl Providers {
    /// Sends what was prepared; see [`Chat::next`].
    pub fn chat(&self, prepared: Prepared, key: Option<SecretString>) -> Chat {
        let credential = Credential { secret: key, ..prepared.credential.clone() };
        let context = Context {
            format: prepared.wire.id,
            host: credential.origin.host().to_owned(),
            mask: Mask::of(&credential),
            has_key: credential.secret.is_some(),
            has_images: !prepared.call.2.is_empty(),
        };
        Chat {
            providers: self.clone(),
            prepared,
            credential,
            context,
            attempt: 0,
            phase: Phase::Waiting(Instant::now()),
            ready: VecDeque::new(),
            progress: Progress::default(),
        }
    }
}

/// An answer on its way. Dropping it ends the request.
pub struct Chat {
    providers: Providers,
    prepared: Prepared,
    credential: Credential,
    context: Context,
    /// How often it was tried again.
    attempt: u32,
    phase: Phase,
    ready: VecDeque<Delta>,
    progress: Progress,
}

impl fmt::Debug for Chat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chat")
            .field("sent", &self.prepared.sent())
            .field("attempt", &self.attempt)
            .finish_non_exhaustive()
    }
}

enum Phase {
    Waiting(Instant),
    Sending(Pin<Box<dyn Future<Output = Result<Response, NetError>> + Send>>),
    Reading(Box<Reading>),
    Failing(ProviderError),
    Over,
}

struct Reading {
    response: Response,
    frames: Frames,
    is_first: bool,
}

/// What has come so far.
#[derive(Debug, Default)]
struct Progress {
    thinking: Thinking,
    text_chars: usize,
    reasoning_chars: usize,
    prompt_tokens: Option<u32>,
    completion_tokens: Option<u32>,
    finish: Option<FinishReason>,
    /// What a content filter said.
    filtered: String,
    session: Option<ServerToken>,
    ended: bool,
}

impl Chat {
    /// What happens next; `None` after the end or after an error.
    ///
    /// The text that came before an error is good. The future may be dropped and asked for again, so this can stand
    /// in a `select!`.
    pub async fn next(&mut self) -> Result<Option<Delta>, ProviderError> {
        loop {
            if let Some(delta) = self.ready.pop_front() {
                return Ok(Some(delta));
            }
            match &mut self.phase {
                Phase::Waiting(until) => {
                    sleep_until(*until).await;
                    self.start_sending();
                }
                Phase::Sending(answer) => {
                    let answer = answer.as_mut().await;
                    self.answered(answer);
                }
                Phase::Reading(reading) => {
                    let chunk = reading.response.chunk().await;
                    self.arrived(chunk);
                }
                Phase::Failing(_) | Phase::Over => break,
            }
        }
        match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Failing(error) => Err(error),
            _ => Ok(None),
        }
    }

    fn start_sending(&mut self) {
        let http = self.providers.http.by_way_of(&self.prepared.proxy);
        let (to, what, limits) = (self.credential.clone(), self.prepared.outbound.clone(), self.prepared.limits);
        self.phase = Phase::Sending(Box::pin(async move { http.send(&to, what, limits).await }));
    }

    fn answered(&mut self, answer: Result<Response, NetError>) {
        let error = match answer {
            Ok(response) => return self.start_reading(response),
            Err(error) => with_asked_wait(error),
        };
        if let Some(parameter) = refused_parameter(&error, self.prepared.quirks, self.prepared.wire.id) {
            self.prepared.correct(parameter);
            let (_, prompt, _) = &self.prepared.call;
            self.providers.learn(&self.prepared.base_url, &prompt.model, parameter);
            self.ready.push_back(Delta::Corrected { parameter, sent: self.prepared.sent() });
            self.phase = Phase::Waiting(Instant::now());
            return;
        }
        let backoff = if self.prepared.retries { self.providers.backoff } else { Backoff::NEVER };
        let wait = backoff.wait(self.attempt + 1, &error);
        let explained = self.context.explain(error);
        self.phase = match wait.filter(|_| explained.may_pass()) {
            Some(wait) => {
                self.attempt += 1;
                let reason = explained.to_string();
                self.ready.push_back(Delta::Retrying { attempt: self.attempt, wait, reason });
                Phase::Waiting(Instant::now() + wait)
            }
            None => Phase::Failing(explained),
        };
    }

    fn start_reading(&mut self, response: Response) {
        let content_type = response.content_type();
        if is_web_page(&content_type, b"") {
            self.phase = Phase::Failing(self.web_page());
            return;
        }
        let frames = Frames::new(self.prepared.wire.framing);
        self.phase = Phase::Reading(Box::new(Reading { response, frames, is_first: true }));
    }

    fn arrived(&mut self, chunk: Result<Option<bytes::Bytes>, NetError>) {
        let mut frames = Vec::new();
        let end = match (chunk, &mut self.phase) {
            (Ok(Some(chunk)), Phase::Reading(reading)) => {
                if std::mem::take(&mut reading.is_first) {
                    if is_web_page("", &chunk) {
                        self.phase = Phase::Failing(self.web_page());
                        return;
                    }
                    let is_json = reading.response.content_type() == "application/json";
                    reading.frames = Frames::new(settled(self.prepared.wire.framing, is_json, &chunk));
                }
                reading.frames.push(&chunk, &mut frames).err().map(Some)
            }
            (Ok(_), Phase::Reading(reading)) => {
                if reading.is_first {
                    self.phase = Phase::Failing(ProviderError::Empty);
                    return;
                }
                let last = reading.frames.finish();
                return self.closed(last);
            }
            (Ok(_), _) => return,
            (Err(error), _) => Some(Some(error)),
        };
        for frame in &frames {
            if let Err(error) = self.take_frame(frame) {
                self.phase = Phase::Failing(error);
                return;
            }
            if self.progress.ended {
                return self.finish();
            }
        }
        if let Some(cause) = end {
            self.broke(cause);
        }
    }

    /// The server closed the connection. What it sent last may be half a frame.
    fn closed(&mut self, last: Result<Option<Frame>, NetError>) {
        let last = match last {
            Ok(last) => last,
            Err(error) => return self.broke(Some(error)),
        };
        let is_half = last.as_ref().is_some_and(|frame| serde_json::from_str::<IgnoredAny>(&frame.data).is_err());
        match last.map_or(Ok(()), |frame| self.take_frame(&frame)) {
            Ok(()) if self.progress.ended => self.finish(),
            Ok(()) => self.broke(None),
            Err(ProviderError::Malformed) if is_half => self.broke(None),
            Err(error) => self.phase = Phase::Failing(error),
        }
    }

    /// Nothing more comes. Some servers say no more than why they stopped, so that counts as an end.
    fn broke(&mut self, cause: Option<NetError>) {
        if self.progress.finish.is_some() && !self.prepared.wire.needs_end {
            return self.finish();
        }
        let came = self.progress.flush();
        self.ready.extend(came);
        let nothing_came = self.progress.text_chars + self.progress.reasoning_chars == 0;
        self.phase = Phase::Failing(match cause {
            Some(cause @ NetError::TooLarge { .. }) => ProviderError::Net(cause),
            Some(cause @ NetError::Timeout { .. }) if nothing_came => ProviderError::Net(cause),
            cause => ProviderError::Incomplete { cause },
        });
    }

    fn finish(&mut self) {
        let came = self.progress.flush();
        self.ready.extend(came);
        let finish = self.progress.finish.unwrap_or(FinishReason::Other);
        let is_silent = self.progress.text_chars == 0;
        let has_reasoned = self.progress.reasoning_chars > 0;
        self.phase = match finish {
            FinishReason::Filtered => {
                let said = self.context.mask.excerpt(&self.progress.filtered);
                Phase::Failing(ProviderError::Filtered { said })
            }
            FinishReason::Length if is_silent => Phase::Failing(ProviderError::OnlyReasoned),
            _ if is_silent && !has_reasoned => Phase::Failing(ProviderError::Empty),
            _ => {
                let (_, prompt, _) = &self.prepared.call;
                let usage = self.progress.usage(prompt);
                let (sent, session) = (self.prepared.sent(), self.progress.session.take());
                self.ready.push_back(Delta::Finished(Answer { usage, finish, sent, session }));
                Phase::Over
            }
        };
    }

    fn take_frame(&mut self, frame: &Frame) -> Result<(), ProviderError> {
        let pieces = (self.prepared.wire.read)(frame).map_err(|fault| match fault {
            Fault::Malformed => ProviderError::Malformed,
            Fault::Server(error) => self.context.explain_fault(&error),
        })?;
        for piece in pieces {
            self.ready.extend(self.progress.take(piece));
        }
        Ok(())
    }

    fn web_page(&self) -> ProviderError {
        ProviderError::WrongUrl { host: self.context.host.clone(), found: WrongAnswer::WebPage }
    }
}

impl Progress {
    fn take(&mut self, piece: Piece) -> Vec<Delta> {
        match piece {
            Piece::Text(text) => {
                let pieces = self.thinking.push(text.expose());
                return self.count(pieces);
            }
            Piece::Reasoning(text) if text.expose().is_empty() => {}
            Piece::Reasoning(_) => return self.count(vec![piece]),
            Piece::Usage { prompt, completion } => {
                self.prompt_tokens = prompt.or(self.prompt_tokens);
                self.completion_tokens = completion.or(self.completion_tokens);
            }
            Piece::Finish(reason) => self.finish = Some(reason),
            Piece::Filtered(said) => {
                self.finish = Some(FinishReason::Filtered);
                self.filtered = said;
            }
            Piece::Session(word) => self.session = ServerToken::parse(&word),
            Piece::End => self.ended = true,
        }
        Vec::new()
    }

    fn flush(&mut self) -> Vec<Delta> {
        let pieces = self.thinking.finish();
        self.count(pieces)
    }

    fn count(&mut self, pieces: Vec<Piece>) -> Vec<Delta> {
        let count = |piece| match piece {
            Piece::Text(text) => {
                self.text_chars += text.expose().chars().count();
                Some(Delta::Text(text))
            }
            Piece::Reasoning(text) => {
                self.reasoning_chars += text.expose().chars().count();
                Some(Delta::Reasoning(text))
            }
            Piece::Usage { .. } | Piece::Finish(_) | Piece::Filtered(_) | Piece::Session(_) | Piece::End => None,
        };
        pieces.into_iter().filter_map(count).collect()
    }

    fn usage(&self, prompt: &Prompt<Redacted>) -> Usage {
        let asked = || prompt.messages.iter().map(|message| message.text.as_str().chars().count()).sum();
        Usage {
            prompt_tokens: self.prompt_tokens.unwrap_or_else(|| estimate(asked())),
            completion_tokens: self
                .completion_tokens
                .unwrap_or_else(|| estimate(self.text_chars + self.reasoning_chars)),
            estimated: self.prompt_tokens.is_none() || self.completion_tokens.is_none(),
        }
    }
}

/// A server that was asked to stream and does not sends one JSON value, whatever its headers say; and one that streams
/// may say that it sends JSON.
fn settled(framing: Framing, is_json: bool, first: &[u8]) -> Framing {
    let begins = |with: &[u8]| first.trim_ascii_start().starts_with(with);
    let is_event = [&b"data"[..], b"event", b":", b"id", b"retry"].into_iter().any(begins);
    match framing {
        Framing::Events if begins(b"[") => Framing::List,
        Framing::Events if begins(b"{") || is_json && !is_event => Framing::Whole,
        framing => framing,
    }
}

/// A token is about four characters of English.
fn estimate(chars: usize) -> u32 {
    u32::try_from(chars.div_ceil(4)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_decides_how_it_is_read() {
        let cases: [(&[u8], bool, Framing); 7] = [
            (b"data: {", false, Framing::Events),
            (b"data: {", true, Framing::Events),
            (b": ping", true, Framing::Events),
            (b"\n{", false, Framing::Whole),
            (b"[{", false, Framing::List),
            (b" ", true, Framing::Whole),
            (b"\xef\xbb\xbfdata", false, Framing::Events),
        ];
        for (first, is_json, expected) in cases {
            assert_eq!(settled(Framing::Events, is_json, first), expected, "{first:?}");
            assert_eq!(settled(Framing::JsonLines, is_json, first), Framing::JsonLines);
        }
    }

    #[test]
    fn an_answer_can_be_read_on_any_thread() {
        const fn is_send<T: Send>(_: &T) {}
        fn reads(chat: &mut Chat) {
            is_send(&chat.next());
        }
        let _: fn(&mut Chat) = reads;
        assert_eq!(estimate(0), 0);
        assert_eq!(estimate(5), 2);
    }
}
