//! What the user is told when something went wrong.

/// What happened, why probably, and what to do next. Never a secret, never a text of the user.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{summary}")]
pub struct Failure {
    pub kind: FailureKind,
    /// What happened, in one sentence without a period.
    pub summary: String,
    /// What to do next, in one sentence without a period. May be empty.
    pub advice: String,
    /// The chain of causes, for the "Details" fold and the log.
    pub details: String,
    /// Whether the same again may succeed.
    pub retry: bool,
}

/// What a front end may do about it: which button to offer, which exit code to end with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// Nothing but reading the message.
    Other,
    /// Exit code 3.
    Locked,
    /// Exit code 3.
    WrongKey,
    /// Exit code 4.
    RefusedByGate,
    /// "Open settings": the provider needs another key, URL or model.
    ProviderSettings,
    /// "Open settings": the service needs another address, sign-in or field.
    IntegrationSettings,
    /// "Open network settings".
    Network,
    /// The offline switch is on.
    Offline,
    /// "Open Ollama": it is not running, or not installed.
    OllamaNotRunning,
    /// There is too little room on the disk; offer to go on all the same.
    NoSpace,
    /// Ask whether to replace the file.
    FileExists,
    /// Another start of the program holds the data folder.
    AlreadyRunning,
    /// The rules of the why tree refuse it.
    Rule,
}

impl Failure {
    pub fn new(kind: FailureKind, summary: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { kind, summary: sentence(summary.into()), advice: advice.into(), details: String::new(), retry: false }
    }

    /// Adds the chain of causes of `error`.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut chain = error.to_string();
        let mut at = error.source();
        while let Some(cause) = at {
            chain.push_str(": ");
            chain.push_str(&cause.to_string());
            at = cause.source();
        }
        self.details = chain;
        self
    }

    #[must_use]
    pub const fn retryable(mut self) -> Self {
        self.retry = true;
        self
    }
}

/// Errors of the rooms below begin in lower case; a sentence begins with a capital. A file's name stays as it is.
fn sentence(text: String) -> String {
    let first_word = text.split(' ').next().unwrap_or_default();
    if first_word.is_empty() || !first_word.chars().all(|c| c.is_ascii_lowercase()) {
        return text;
    }
    let (head, tail) = text.split_at(1);
    head.to_ascii_uppercase() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_a_sentence_and_a_file_name_stays() {
        assert_eq!(sentence("the disk is full".to_owned()), "The disk is full");
        assert_eq!(sentence("app.log is empty".to_owned()), "app.log is empty");
        assert_eq!(sentence("über.log is empty".to_owned()), "über.log is empty");
        assert_eq!(sentence(String::new()), "");
    }
}
