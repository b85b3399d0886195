//! What a post-mortem needs to know beyond what triage has found: people tell it, nothing guesses it.

use super::issue::words;
use super::{IssueId, Unredacted};
use std::collections::BTreeMap;

words! {
    /// How far the review of a post-mortem is.
    ReviewStatus {
        Draft = "draft", "Draft";
        InReview = "in_review", "In review";
        Reviewed = "reviewed", "Reviewed";
        Closed = "closed", "Closed";
    }
}

words! {
    /// One question that only people can answer. The label is the name of its field.
    Question {
        Authors = "authors", "Authors";
        Reviewers = "reviewers", "Reviewers";
        ExecutiveSummary = "executive_summary", "Executive summary";
        Users = "impact_users", "Users affected";
        Services = "impact_services", "Services affected";
        Sla = "impact_sla", "Service levels";
        Data = "impact_data", "Data";
        Detection = "detection", "Detection";
        LeadUp = "lead_up", "Lead-up";
        Trigger = "trigger", "Trigger";
        WentWell = "went_well", "What went well";
        WentWrong = "went_wrong", "What went wrong";
        Lucky = "lucky", "Where we got lucky";
        Supporting = "supporting", "Supporting information";
        ExternalStatement = "external_statement", "External statement";
    }
}

impl Question {
    /// The question itself, without a capital letter, as documents and form ask it.
    pub const fn asks(self) -> &'static str {
        match self {
            Self::Authors => "who writes this post-mortem?",
            Self::Reviewers => "who reviews it?",
            Self::ExecutiveSummary => "what happened, to whom, why, and what is done about it, in three sentences?",
            Self::Users => "which users were affected, how many, and what did they see?",
            Self::Services => "which services or functions were affected, and in what way?",
            Self::Sla => "which service levels or error budgets were touched, and by how much?",
            Self::Data => "was data lost, corrupted, delayed or exposed? If not, how is that known?",
            Self::Detection => "how was it noticed, by which alert or report, and what could have shown it sooner?",
            Self::LeadUp => "what changed or built up in the hours and weeks before?",
            Self::Trigger => "what set it off at that moment?",
            Self::WentWell => "what helped to find or end it?",
            Self::WentWrong => "what slowed people down or made it worse?",
            Self::Lucky => "what kept it from becoming worse, and could be missing next time?",
            Self::Supporting => "which dashboards, tickets, changes and channels belong to it?",
            Self::ExternalStatement => "what may customers be told, without names of people, hosts or vendors?",
        }
    }
}

/// What people have told for the post-mortem of an issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostMortem {
    pub issue: IssueId,
    pub status: ReviewStatus,
    /// Only what was answered; no answer is blank.
    pub answers: BTreeMap<Question, Unredacted>,
}

impl PostMortem {
    /// Nothing told yet.
    pub const fn new(issue: IssueId) -> Self {
        Self { issue, status: ReviewStatus::Draft, answers: BTreeMap::new() }
    }

    pub fn answer(&self, question: Question) -> Option<&Unredacted> {
        self.answers.get(&question).filter(|answer| !answer.is_blank())
    }
}
