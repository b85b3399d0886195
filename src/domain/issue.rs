//! An issue: one incident under investigation.

use super::{IssueId, Unredacted};
use jiff::Timestamp;

macro_rules! words {
    ($(#[$meta:meta])* $Name:ident { $($(#[$vmeta:meta])* $Variant:ident = $word:literal, $label:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $Name { $($(#[$vmeta])* $Variant,)* }

        impl $Name {
            pub const ALL: &'static [Self] = &[$(Self::$Variant,)*];

            /// The word used in the database, in JSON and on the command line.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $word,)* }
            }

            /// The word shown to people.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$Variant => $label,)* }
            }

            /// Reads what [`Self::as_str`] wrote; upper and lower case are the same.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str().eq_ignore_ascii_case(word))
            }
        }
    };
}
pub(crate) use words;

words! {
    /// How bad it is.
    Severity {
        P1 = "P1", "P1 critical";
        P2 = "P2", "P2 high";
        P3 = "P3", "P3 medium";
        P4 = "P4", "P4 low";
    }
}

words! {
    /// How far the investigation has come. Reopening leads back to `Triaging`.
    Status {
        Open = "open", "open";
        Triaging = "triaging", "triaging";
        Resolved = "resolved", "resolved";
        Closed = "closed", "closed";
    }
}

impl Status {
    /// Whether work is still to be done.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::Triaging)
    }
}

words! {
    /// The field of knowledge; each has a prompt in `assets/prompts` and may have rules in `assets/knowledge`.
    Domain {
        Linux = "linux", "Linux";
        Windows = "windows", "Windows";
        Network = "network", "Network";
        Kubernetes = "kubernetes", "Kubernetes";
        Databases = "databases", "Databases";
        Virtualization = "virtualization", "Virtualization";
        Hardware = "hardware", "Hardware";
        Observability = "observability", "Observability";
        Telephony = "telephony", "Telephony";
        Security = "security", "Security";
        PublicSafety = "public_safety", "Public safety";
        Application = "application", "Application";
        Automation = "automation", "Automation";
        HpeInfra = "hpe_infra", "HPE infrastructure";
        DellHardware = "dell_hardware", "Dell hardware";
        Identity = "identity", "Identity";
    }
}

/// How an issue was concluded. Documents say it in so many words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing has been concluded.
    #[default]
    Undetermined,
    /// At least one confirmed why is declared a root cause.
    RootCauseFound,
    /// The evidence does not suffice; the reason says what is missing.
    Inconclusive { reason: Unredacted },
    /// Resolved without the evidence that the rules ask for; the reason says why.
    Override { reason: Unredacted },
}

/// One incident under investigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub id: IssueId,
    pub title: Unredacted,
    pub description: Unredacted,
    pub severity: Severity,
    pub status: Status,
    /// `None` until somebody, or a suggestion that was taken, has chosen one.
    pub domain: Option<Domain>,
    /// Where it came from: `manual`, `cli`, `sample`, later a ticket.
    pub source: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// When the trouble began, as far as it is known.
    pub started_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub assigned_to: Option<Unredacted>,
    pub tags: Vec<Unredacted>,
    pub outcome: Outcome,
}

impl Issue {
    /// A new open issue with what the form's defaults say.
    pub fn new(title: impl Into<Unredacted>, now: Timestamp) -> Self {
        Self {
            id: IssueId::new(),
            title: title.into(),
            description: Unredacted::default(),
            severity: Severity::P3,
            status: Status::Open,
            domain: None,
            source: "manual".to_owned(),
            created_at: now,
            updated_at: now,
            started_at: None,
            resolved_at: None,
            assigned_to: None,
            tags: Vec::new(),
            outcome: Outcome::Undetermined,
        }
    }

    /// When the clock started: the stated beginning, else when the issue was made.
    pub fn began_at(&self) -> Timestamp {
        self.started_at.unwrap_or(self.created_at)
    }
}

/// One row of a list of issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueSummary {
    pub id: IssueId,
    pub title: Unredacted,
    pub severity: Severity,
    pub status: Status,
    pub domain: Option<Domain>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub tags: Vec<Unredacted>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for domain in Domain::ALL {
            assert_eq!(Domain::parse(domain.as_str()), Some(*domain));
        }
        assert_eq!(Severity::parse("p2"), Some(Severity::P2));
        assert_eq!(Status::parse("sleeping"), None);
    }

    #[test]
    fn there_are_sixteen_domains() {
        assert_eq!(Domain::ALL.len(), 16);
    }
}
