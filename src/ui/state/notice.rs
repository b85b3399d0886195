//! What is told in passing, at the lower right.

use crate::ui::screen::Screen;
use crate::worker::{Command, Failure};

/// How grave it is. `Warn` and `Bad` stay until they are dismissed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Info,
    Ok,
    Warn,
    Bad,
}

/// What the button of a notice does.
#[derive(Debug)]
pub enum NoticeAction {
    /// Sent as `run_detached`.
    Run(Box<Command>),
    Open(Screen),
}

/// One thing told in passing.
#[derive(Debug)]
pub struct Notice {
    pub tone: Tone,
    pub text: String,
    /// A second, quieter line. May be empty.
    pub detail: String,
    pub action: Option<(String, NoticeAction)>,
    /// Sent once the notice is gone without its action having been taken.
    pub afterwards: Option<Box<Command>>,
    /// When it was first drawn, in seconds; `None` until then.
    pub shown_at: Option<f64>,
}

impl Notice {
    pub fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self { tone, text: text.into(), detail: String::new(), action: None, afterwards: None, shown_at: None }
    }

    pub fn ok(text: impl Into<String>) -> Self {
        Self::new(Tone::Ok, text)
    }

    pub fn failure(failure: &Failure) -> Self {
        Self::new(Tone::Bad, failure.summary.clone()).detail(failure.advice.clone())
    }

    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// `Undo` and the like.
    #[must_use]
    pub fn action(mut self, label: impl Into<String>, action: NoticeAction) -> Self {
        self.action = Some((label.into(), action));
        self
    }

    /// Sent once the notice is gone without its action having been taken.
    #[must_use]
    pub fn afterwards(mut self, command: Command) -> Self {
        self.afterwards = Some(Box::new(command));
        self
    }

    /// How long it stays, in seconds; `None` until it is dismissed. With an action it stays longer.
    pub const fn lifetime(&self) -> Option<f64> {
        match (self.tone, &self.action) {
            (Tone::Warn | Tone::Bad, _) => None,
            (Tone::Info | Tone::Ok, None) => Some(4.0),
            (Tone::Info | Tone::Ok, Some(_)) => Some(10.0),
        }
    }
}
