//! The body of an answer, read with limits on time and size.

use super::mask::{Mask, ServerText};
use super::{NetError, Stage, StatusAnswer, retry};
use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use std::time::Duration;
use tokio::time::{Instant, timeout, timeout_at};

/// How much of the body of a failure is read, to find the vendor's error object in it.
const REFUSAL_MAX_BYTES: usize = 16 << 10;

/// How long the body of a failure is waited for: the status alone says enough.
const REFUSAL_WAIT: Duration = Duration::from_secs(5);

/// How long an answer may take and how large it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From sending to the first byte of the body, connecting included.
    pub first_byte: Duration,
    /// Of the body, unpacked.
    pub max_bytes: usize,
    /// The longest silence within the answer, where it is another than the client's.
    pub idle: Option<Duration>,
}

impl Limits {
    /// For an answer that is read as a whole: 8 MiB.
    pub const fn whole(first_byte: Duration) -> Self {
        Self { first_byte, max_bytes: 8 << 20, idle: None }
    }

    /// For an answer that arrives bit by bit: 32 MiB.
    pub const fn stream(first_byte: Duration) -> Self {
        Self { first_byte, max_bytes: 32 << 20, idle: None }
    }

    /// For an answer that tells for hours how far it has come, and falls silent for minutes: 1 GiB.
    pub const fn progress(first_byte: Duration, idle: Duration) -> Self {
        Self { first_byte, max_bytes: 1 << 30, idle: Some(idle) }
    }

    /// The same with another patience for silence.
    #[must_use]
    pub const fn with_idle(mut self, idle: Duration) -> Self {
        self.idle = Some(idle);
        self
    }
}

/// The answer of a server that accepted the request. Dropping it closes the connection.
#[derive(Debug)]
pub struct Response {
    inner: reqwest::Response,
    host: String,
    deadline: Instant,
    idle: Duration,
    started: bool,
    read_bytes: usize,
    max_bytes: usize,
}

impl Response {
    pub(super) const fn new(
        inner: reqwest::Response,
        host: String,
        deadline: Instant,
        idle: Duration,
        limits: Limits,
    ) -> Self {
        let idle = match limits.idle {
            Some(own) => own,
            None => idle,
        };
        Self { inner, host, deadline, idle, started: false, read_bytes: 0, max_bytes: limits.max_bytes }
    }

    /// From 200 to 299.
    pub fn status(&self) -> u16 {
        self.inner.status().as_u16()
    }

    /// In lower case, without parameters: `application/json`. Empty where none is given.
    pub fn content_type(&self) -> String {
        self.header(CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The next bytes; `None` at the end. Dropping the future loses nothing and does not restart the clock.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, NetError> {
        let stage = if self.started { Stage::Idle } else { Stage::FirstByte };
        let Ok(chunk) = timeout_at(self.deadline, self.inner.chunk()).await else {
            return Err(NetError::Timeout { host: self.host.clone(), stage });
        };
        let Ok(chunk) = chunk else { return Err(NetError::Broken { host: self.host.clone() }) };
        self.started = true;
        self.deadline = Instant::now() + self.idle;
        self.read_bytes += chunk.as_ref().map_or(0, Bytes::len);
        if self.read_bytes > self.max_bytes {
            return Err(NetError::TooLarge { limit_bytes: self.max_bytes });
        }
        Ok(chunk)
    }

    /// The whole body.
    pub async fn text(mut self) -> Result<String, NetError> {
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            body.extend_from_slice(&chunk);
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }

    /// Reads what a server says about its failure, as far as it comes soon and is short.
    pub(super) async fn into_error(mut self, mask: &Mask) -> NetError {
        let code = self.inner.status().as_u16();
        let retry_after = retry::retry_after(&self.header(RETRY_AFTER.as_str()), Timestamp::now());
        let content_type = self.content_type();
        let mut body = Vec::new();
        // A body that breaks, stalls or does not end is used as far as it came.
        timeout(REFUSAL_WAIT, self.read_some(&mut body)).await.ok();
        body.truncate(REFUSAL_MAX_BYTES);
        let body = ServerText::new(mask, &body);
        NetError::Status(Box::new(StatusAnswer { host: self.host, code, retry_after, content_type, body }))
    }

    async fn read_some(&mut self, body: &mut Vec<u8>) {
        while let Ok(Some(chunk)) = self.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() >= REFUSAL_MAX_BYTES {
                return;
            }
        }
    }

    /// The value of the first header of this name; empty where there is none, or it is no text.
    pub fn header(&self, name: &str) -> String {
        self.inner.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }
}
