//! What lists of issues are asked with.

use super::issue::words;
use super::{Domain, Severity, Status};
use jiff::{SignedDuration, Timestamp};

words! {
    /// By what a list is sorted.
    IssueSort {
        Updated = "updated", "Updated";
        Created = "created", "Created";
        Title = "title", "Title";
        Severity = "severity", "Severity";
        Status = "status", "Status";
        Domain = "domain", "Domain";
    }
}

/// A question to the store. Empty lists and `None` filter nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueQuery {
    /// Words to find in titles, descriptions, whys, documents and chat.
    pub text: String,
    pub statuses: Vec<Status>,
    pub severities: Vec<Severity>,
    pub domains: Vec<Domain>,
    pub tag: Option<String>,
    /// Included.
    pub created_from: Option<Timestamp>,
    /// Not included.
    pub created_to: Option<Timestamp>,
    pub sort: IssueSort,
    pub descending: bool,
    pub offset: u64,
    pub limit: u64,
}

impl Default for IssueQuery {
    /// The two hundred latest.
    fn default() -> Self {
        Self {
            text: String::new(),
            statuses: Vec::new(),
            severities: Vec::new(),
            domains: Vec::new(),
            tag: None,
            created_from: None,
            created_to: None,
            sort: IssueSort::Updated,
            descending: true,
            offset: 0,
            limit: 200,
        }
    }
}

/// The figures of the dashboard's cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DashboardFigures {
    pub open: u64,
    /// Resolved within the last seven days, by the time of resolution.
    pub resolved_this_week: u64,
    /// P1 and P2 that are not resolved.
    pub urgent: u64,
    /// Median time from start to resolution over all resolved issues.
    pub median_to_resolve: Option<SignedDuration>,
}
