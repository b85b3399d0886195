//! How far a pull has come: all layers together, never backwards.

use serde::Deserialize;
use std::collections::{HashMap, VecDeque};
use std::time::Duration;
use tokio::time::Instant;

/// The speed is that of so many last seconds.
const SPEED_WINDOW: Duration = Duration::from_secs(8);

/// A speed from less time than this would jump about.
const SPEED_AFTER: Duration = Duration::from_secs(1);

/// The most that is shown while a further layer may still be announced.
const NEARLY: f32 = 0.99;

/// What a pull is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PullPhase {
    /// Another pull goes first.
    #[default]
    Queued,
    /// The server asks what the model consists of.
    Preparing,
    Downloading,
    /// The server compares what has come with its checksum. Takes minutes for a large model.
    Verifying,
    Finishing,
    /// The connection broke and is made anew.
    Retrying {
        attempt: u32,
        reason: String,
    },
}

impl PullPhase {
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Queued => "Waiting for its turn",
            Self::Preparing => "Asking what it consists of",
            Self::Downloading => "Downloading",
            Self::Verifying => "Verifying",
            Self::Finishing => "Finishing",
            Self::Retrying { .. } => "Connecting again",
        }
    }
}

/// How far a pull has come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PullProgress {
    pub phase: PullPhase,
    /// Of all layers that are known.
    pub done_bytes: u64,
    /// Of all layers that are known, or what the model is known to have, whichever is more.
    pub total_bytes: Option<u64>,
    /// From 0 to 1. Never less than before.
    pub share: Option<f32>,
    pub bytes_per_second: Option<u64>,
    pub left: Option<Duration>,
}

/// A line of the answer.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    #[serde(default)]
    status: String,
    digest: Option<String>,
    total: Option<u64>,
    completed: Option<u64>,
}

impl Line {
    pub(super) fn is_success(&self) -> bool {
        self.status == "success"
    }

    fn phase(&self) -> PullPhase {
        if self.digest.is_some() {
            return PullPhase::Downloading;
        }
        match self.status.split(' ').next().unwrap_or_default() {
            "verifying" => PullPhase::Verifying,
            "writing" | "removing" | "success" => PullPhase::Finishing,
            _ => PullPhase::Preparing,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Layer {
    total: u64,
    done: u64,
}

/// Adds up the layers, over several connections if need be.
#[derive(Debug, Default)]
pub(super) struct Tally {
    layers: HashMap<String, Layer>,
    /// What the layers have reached on this connection: what was there before it was not downloaded by it.
    seen: HashMap<String, u64>,
    /// Bytes that came over the wire, and when; the oldest first.
    fresh: VecDeque<(Instant, u64)>,
    fresh_bytes: u64,
    expected: Option<u64>,
    share: Option<f32>,
    phase: PullPhase,
}

impl Tally {
    /// `expected` is what the model is known to have in all.
    pub(super) fn new(expected: Option<u64>) -> Self {
        Self { expected, phase: PullPhase::Preparing, ..Self::default() }
    }

    /// A new connection begins: its first figures say what is there, not what has just come.
    pub(super) fn connected(&mut self) {
        self.seen.clear();
        self.fresh.clear();
    }

    pub(super) fn set_phase(&mut self, phase: PullPhase) {
        self.phase = phase;
    }

    pub(super) const fn phase(&self) -> &PullPhase {
        &self.phase
    }

    /// How many bytes have come over the wire in all.
    pub(super) const fn fresh_bytes(&self) -> u64 {
        self.fresh_bytes
    }

    pub(super) fn take(&mut self, line: &Line, now: Instant) {
        self.phase = line.phase();
        let Some(digest) = &line.digest else { return };
        let layer = self.layers.entry(digest.clone()).or_default();
        layer.total = layer.total.max(line.total.unwrap_or_default());
        let Some(completed) = line.completed else { return };
        layer.done = layer.done.max(completed);
        let came = match self.seen.insert(digest.clone(), completed) {
            Some(before) => completed.saturating_sub(before),
            None => 0,
        };
        self.fresh_bytes += came;
        self.fresh.push_back((now, self.fresh_bytes));
        while self.fresh.len() > 2 && self.fresh.front().is_some_and(|(at, _)| now - *at > SPEED_WINDOW) {
            self.fresh.pop_front();
        }
    }

    pub(super) fn progress(&mut self) -> PullProgress {
        let done: u64 = self.layers.values().map(|layer| layer.done).sum();
        let known: u64 = self.layers.values().map(|layer| layer.total.max(layer.done)).sum();
        let is_whole = matches!(self.phase, PullPhase::Verifying | PullPhase::Finishing);
        let total = if is_whole { known } else { known.max(self.expected.unwrap_or_default()) };
        if total > 0 {
            let limit = if is_whole { 1.0 } else { NEARLY };
            self.share = Some(share(done, total).min(limit).max(self.share.unwrap_or_default()));
        }
        let downloading = self.phase == PullPhase::Downloading;
        let speed = self.bytes_per_second().filter(|_| downloading);
        let left =
            speed.filter(|speed| *speed > 0).map(|speed| Duration::from_secs(total.saturating_sub(done) / speed));
        PullProgress {
            phase: self.phase.clone(),
            done_bytes: done,
            total_bytes: (total > 0).then_some(total),
            share: self.share,
            bytes_per_second: speed,
            left,
        }
    }

    fn bytes_per_second(&self) -> Option<u64> {
        let (first, last) = (self.fresh.front()?, self.fresh.back()?);
        let took = last.0 - first.0;
        if took < SPEED_AFTER {
            return None;
        }
        let millis = u64::try_from(took.as_millis()).ok()?;
        Some((last.1 - first.1).saturating_mul(1000) / millis)
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a share of a bar of some hundred points"
)]
fn share(done: u64, total: u64) -> f32 {
    (done as f64 / total as f64) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(text: &str) -> Line {
        serde_json::from_str(text).unwrap()
    }

    fn layer(digest: &str, total: u64, completed: u64) -> Line {
        line(&format!(r#"{{"status":"pulling {digest}","digest":"{digest}","total":{total},"completed":{completed}}}"#))
    }

    #[test]
    fn all_layers_count_together_and_a_late_one_does_not_set_it_back() {
        let mut tally = Tally::new(Some(150));
        let now = Instant::now();
        let mut shares = Vec::new();
        for one in [
            line(r#"{"status":"pulling manifest"}"#),
            line(r#"{"status":"pulling aaaa","digest":"sha256:aaaa"}"#),
            line(r#"{"status":"pulling aaaa","digest":"sha256:aaaa","total":100}"#),
            layer("sha256:aaaa", 100, 50),
            layer("sha256:aaaa", 100, 100),
            layer("sha256:bbbb", 50, 10),
            layer("sha256:bbbb", 50, 50),
            layer("sha256:cccc", 50, 0),
            layer("sha256:cccc", 50, 50),
            line(r#"{"status":"verifying sha256 digest"}"#),
            line(r#"{"status":"writing manifest"}"#),
        ] {
            tally.take(&one, now);
            shares.push(tally.progress().share.unwrap_or_default());
        }
        assert!(shares.is_sorted(), "{shares:?}");
        assert!((shares[3] - 50.0 / 150.0).abs() < 1e-6);
        assert!((shares[5] - 110.0 / 150.0).abs() < 1e-6);
        assert!(shares[8] < 1.0, "the server has not said that this was all");
        let end = tally.progress();
        assert_eq!((end.done_bytes, end.total_bytes, end.share), (200, Some(200), Some(1.0)));
        assert_eq!(end.phase, PullPhase::Finishing);
    }

    #[test]
    fn the_speed_is_of_what_comes_and_not_of_what_was_there() {
        let mut tally = Tally::new(None);
        let start = Instant::now();
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        tally.connected();
        tally.take(&layer("a", 1000, 600), at(0));
        assert_eq!(tally.progress().bytes_per_second, None);
        tally.take(&layer("a", 1000, 700), at(2));
        let progress = tally.progress();
        assert_eq!((progress.bytes_per_second, progress.left), (Some(50), Some(Duration::from_secs(6))));

        tally.connected();
        tally.take(&layer("a", 1000, 800), at(9));
        assert_eq!(tally.progress().bytes_per_second, None);
        assert_eq!(tally.fresh_bytes(), 100);
        tally.take(&layer("a", 1000, 800), at(12));
        let stalled = tally.progress();
        assert_eq!((stalled.bytes_per_second, stalled.left), (Some(0), None));
    }

    #[test]
    fn only_the_last_seconds_count_for_the_speed() {
        let mut tally = Tally::new(None);
        let start = Instant::now();
        let mut done = 0;
        for second in 0..60 {
            done += if second < 30 { 1000 } else { 10 };
            tally.take(&layer("a", 100_000, done), start + Duration::from_secs(second));
        }
        assert_eq!(tally.progress().bytes_per_second, Some(10));
    }

    proptest! {
        #[test]
        fn whatever_a_server_says_the_share_never_goes_back_or_over_the_end(
            lines in prop::collection::vec((0_usize..4, 0_u64..1000, 0_u64..2000, any::<bool>()), 1..60),
            expected in prop::option::of(0_u64..3000),
        ) {
            let mut tally = Tally::new(expected);
            let mut last = 0.0;
            let mut done = 0;
            for (which, total, completed, reconnects) in lines {
                if reconnects {
                    tally.connected();
                }
                tally.take(&layer(&which.to_string(), total, completed), Instant::now());
                let progress = tally.progress();
                let share = progress.share.unwrap_or_default();
                prop_assert!(share >= last && share <= 1.0);
                prop_assert!(progress.done_bytes >= done);
                prop_assert!(progress.total_bytes.unwrap_or_default() >= progress.done_bytes);
                (last, done) = (share, progress.done_bytes);
            }
        }
    }
}
