//! Which failures are tried again, and when.

use super::NetError;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use std::time::Duration;

/// A server that asks for a longer wait than this is not waited for: the user decides.
const LONGEST_ASKED: Duration = Duration::from_mins(2);

/// Exponential back-off with full jitter.
///
/// Source: <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The most that is waited before the first retry; doubles with each.
    pub base: Duration,
    /// The most that is ever waited, unless the server asks for longer.
    pub cap: Duration,
    pub retries: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { base: Duration::from_millis(500), cap: Duration::from_secs(30), retries: 4 }
    }
}

impl Backoff {
    /// Fails at once.
    pub const NEVER: Self = Self { base: Duration::ZERO, cap: Duration::ZERO, retries: 0 };

    /// How long to wait before retry number `attempt`, counted from 1. `None` when it is not to be tried again.
    ///
    /// Only for failures before the first byte of an answer; after it nothing is tried again.
    pub fn wait(&self, attempt: u32, error: &NetError) -> Option<Duration> {
        if attempt > self.retries || !is_transient(error) {
            return None;
        }
        match asked_wait(error) {
            Some(asked) => (asked <= LONGEST_ASKED).then_some(asked),
            None => Some(self.ceiling(attempt).mul_f64(random_share())),
        }
    }

    fn ceiling(&self, attempt: u32) -> Duration {
        let doubled = 1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base.saturating_mul(doubled).min(self.cap)
    }
}

/// Whether the same request may succeed a little later.
fn is_transient(error: &NetError) -> bool {
    match error {
        NetError::Status(answer) => matches!(answer.code, 408 | 429 | 500..=599),
        // Nothing listens on this machine: waiting starts no program, and the user should know at once.
        NetError::Connect { refused, loopback, .. } => !(*refused && *loopback),
        NetError::Dns { .. } | NetError::Broken { .. } => true,
        NetError::Proxy { problem, .. } => *problem == super::ProxyProblem::Unreachable,
        NetError::Timeout { stage, .. } => *stage == super::Stage::Connect,
        NetError::Offline { .. }
        | NetError::BadProxy
        | NetError::Tls { .. }
        | NetError::Redirect { .. }
        | NetError::TooLarge { .. }
        | NetError::BadHeader { .. }
        | NetError::BadKey
        | NetError::ForeignAddress { .. }
        | NetError::StaysHere { .. }
        | NetError::ExtraCa
        | NetError::TlsSetup => false,
    }
}

fn asked_wait(error: &NetError) -> Option<Duration> {
    match error {
        NetError::Status(answer) => answer.retry_after,
        _ => None,
    }
}

/// From 0 to 1. A machine without randomness waits the whole time.
fn random_share() -> f64 {
    getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX))
}

/// The value of a `Retry-After` header: seconds, or a date. A date in the past is no wait.
///
/// Source: RFC 9110, section 10.2.3.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::{Stage, StatusAnswer};
    use super::*;

    fn status(code: u16, retry_after: Option<Duration>) -> NetError {
        let host = "h".to_owned();
        NetError::Status(Box::new(StatusAnswer {
            host,
            code,
            retry_after,
            content_type: String::new(),
            body: super::super::ServerText::default(),
        }))
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let host = || "h".to_owned();
        let cases = [
            (status(408, None), true),
            (status(429, None), true),
            (status(500, None), true),
            (status(503, None), true),
            (status(400, None), false),
            (status(401, None), false),
            (NetError::Connect { host: host(), refused: true, loopback: false }, true),
            (NetError::Connect { host: host(), refused: true, loopback: true }, false),
            (NetError::Timeout { host: host(), stage: Stage::Connect }, true),
            (NetError::Timeout { host: host(), stage: Stage::FirstByte }, false),
            (NetError::Offline { host: host() }, false),
        ];
        for (error, again) in cases {
            assert_eq!(Backoff::default().wait(1, &error).is_some(), again, "{error:?}");
        }
    }

    #[test]
    fn waits_grow_stay_under_the_cap_and_end_after_four() {
        let backoff = Backoff::default();
        assert_eq!(backoff.ceiling(1), Duration::from_millis(500));
        assert_eq!(backoff.ceiling(3), Duration::from_secs(2));
        assert_eq!(backoff.ceiling(60), Duration::from_secs(30));
        assert!((1..=4).all(|n| backoff.wait(n, &status(503, None)).unwrap() <= backoff.ceiling(n)));
        assert_eq!(backoff.wait(5, &status(503, None)), None);
    }

    #[test]
    fn the_server_s_own_wait_is_honored_unless_it_is_too_long() {
        let wait = |seconds| Backoff::default().wait(1, &status(429, Some(Duration::from_secs(seconds))));
        assert_eq!(wait(45), Some(Duration::from_secs(45)));
        assert_eq!(wait(3600), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
        let cases = [
            ("7", Some(7)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(37)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
        ];
        for (value, seconds) in cases {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
