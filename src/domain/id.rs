//! Identifiers. Rows are named by UUID version 7, which sort by the time they were made.

use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$meta:meta])* $Name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $Name(Uuid);

        impl $Name {
            /// A new identifier, later than all before it.
            #[expect(clippy::new_without_default, reason = "every call makes another value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $Name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $Name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )*};
}

id! {
    /// One incident under investigation.
    IssueId;
    /// One log attached to an issue.
    LogFileId;
    /// The chat of one issue with one provider.
    ConversationId;
    /// One message of a conversation.
    MessageId;
    /// One node of a why tree.
    WhyId;
    /// One pin.
    EvidenceId;
    /// One corrective action.
    ActionId;
    /// One event of an issue's timeline.
    TimelineId;
    /// One version of an RCA or post-mortem.
    DocumentId;
    /// One image attached to a chat.
    ImageId;
    /// One configured AI endpoint, or the built-in guide.
    ProviderId;
    /// One rule for what is redacted.
    RuleId;
    /// One page or ticket in another service.
    PublicationId;
}

impl ProviderId {
    /// The built-in guide, which always exists and has no row.
    pub const GUIDE: Self = Self(Uuid::nil());
}

/// A vendor's model name: 1 to 128 characters of `[A-Za-z0-9._:/@+-]`.
///
/// The limit keeps text of any other kind from passing as a model name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelId(String);

impl ModelId {
    /// `None` if the name is empty, too long, or has another character.
    pub fn parse(name: &str) -> Option<Self> {
        let legal = |c: char| c.is_ascii_alphanumeric() || "._:/@+-".contains(c);
        let valid = (1..=128).contains(&name.len()) && name.chars().all(legal);
        valid.then(|| Self(name.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_the_way_to_text_and_back() {
        let id = IssueId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn ids_sort_by_the_time_they_were_made() {
        let ids: Vec<_> = (0..100).map(|_| WhyId::new()).collect();
        assert!(ids.is_sorted());
    }

    #[test]
    fn a_sentence_is_not_a_model_name() {
        assert_eq!(ModelId::parse("the password is hunter2"), None);
        assert_eq!(ModelId::parse(""), None);
        assert!(ModelId::parse("meta-llama/Llama-3.1:8b").is_some());
    }
}
