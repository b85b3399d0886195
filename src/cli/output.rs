//! Printing, and how a failure becomes an exit code.

use crate::worker::{Failure, FailureKind, visible};
use serde_json::{Value, json};
use std::io::{self, IsTerminal as _, Write as _};

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum CliError {
    #[error(transparent)]
    Failed(#[from] Failure),
    #[error("{0}")]
    Usage(String),
    /// The review at the terminal ended with no, or there is nobody to ask.
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Locked(String),
    #[error("{0}")]
    Io(String),
    /// Ctrl+C: what had begun was given up in order.
    #[error("stopped")]
    Stopped,
    /// Whoever reads our output has gone away: nothing to say, and nobody to say it to.
    #[error("the reader of the output has gone away")]
    PipeClosed,
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::PipeClosed } else { Self::Io(error.to_string()) }
    }
}

impl CliError {
    /// 1 failed, 2 wrong usage, 3 locked or wrong key, 4 refused by the privacy gate, 130 stopped as shells count it.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Failed(failure) => match failure.kind {
                FailureKind::Locked | FailureKind::WrongKey => 3,
                FailureKind::RefusedByGate => 4,
                FailureKind::Other
                | FailureKind::ProviderSettings
                | FailureKind::IntegrationSettings
                | FailureKind::Network
                | FailureKind::Offline
                | FailureKind::OllamaNotRunning
                | FailureKind::NoSpace
                | FailureKind::FileExists
                | FailureKind::AlreadyRunning
                | FailureKind::Rule => 1,
            },
            Self::Usage(_) => 2,
            Self::Refused(_) => 4,
            Self::Locked(_) => 3,
            Self::Io(_) => 1,
            Self::Stopped => 130,
            Self::PipeClosed => 0,
        }
    }
}

/// Where results and messages go.
#[derive(Debug)]
pub(super) struct Output {
    json: bool,
}

impl Output {
    pub(super) const fn new(json: bool) -> Self {
        Self { json }
    }

    pub(super) const fn is_json(&self) -> bool {
        self.json
    }

    /// A line of the result. What a log holds must not steer the terminal, so escapes go and what hides is shown.
    #[expect(clippy::unused_self, reason = "all printing goes through the same value")]
    pub(super) fn line(&self, text: &str) -> Result<(), CliError> {
        Ok(writeln!(io::stdout().lock(), "{}", visible(text))?)
    }

    /// Text of the result, made safe to look at as well.
    #[expect(clippy::unused_self, reason = "all printing goes through the same value")]
    pub(super) fn text(&self, text: &str) -> Result<(), CliError> {
        Ok(io::stdout().lock().write_all(visible(text).as_bytes())?)
    }

    pub(super) fn json(&self, value: &Value) -> Result<(), CliError> {
        self.line(&format!("{value:#}"))
    }

    /// A message to the person: never a part of the result.
    #[expect(clippy::unused_self, reason = "all printing goes through the same value")]
    pub(super) fn note(&self, text: &str) {
        // Nothing can be done about a standard error that is closed.
        writeln!(io::stderr().lock(), "{}", visible(text)).ok();
    }

    pub(super) fn error(&self, error: &CliError) {
        if matches!(error, CliError::PipeClosed) {
            return;
        }
        if self.json {
            let value = match error {
                CliError::Failed(failure) => json!({"error": {
                    "summary": failure.summary, "advice": failure.advice, "details": failure.details,
                }}),
                other => json!({"error": {"summary": other.to_string()}}),
            };
            self.note(&value.to_string());
            return;
        }
        self.note(&format!("tftsr: {error}"));
        if let CliError::Failed(failure) = error {
            if !failure.advice.is_empty() {
                self.note(&format!("  {}", failure.advice));
            }
            if !failure.details.is_empty() && failure.details != failure.summary {
                self.note(&format!("  ({})", failure.details));
            }
        }
    }

    /// Asks at the terminal; `None` when there is none.
    #[expect(clippy::unused_self, reason = "all printing goes through the same value")]
    pub(super) fn confirm(&self, question: &str) -> Option<bool> {
        if !io::stdin().is_terminal() {
            return None;
        }
        write!(io::stderr().lock(), "{question} [y/N] ").ok()?;
        let mut answer = String::new();
        io::stdin().read_line(&mut answer).ok()?;
        Some(matches!(answer.trim(), "y" | "Y" | "yes"))
    }
}
