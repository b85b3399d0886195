//! Corrective actions.

use super::issue::words;
use super::{ActionId, IssueId, Unredacted, WhyId};
use jiff::civil::Date;

words! {
    /// What an action is good for.
    ActionKind {
        Prevent = "prevent", "Prevent";
        Detect = "detect", "Detect";
        Mitigate = "mitigate", "Mitigate";
        Process = "process", "Process";
    }
}

words! {
    /// How soon it should be done.
    Priority {
        High = "high", "High";
        Medium = "medium", "Medium";
        Low = "low", "Low";
    }
}

words! {
    /// How far it is.
    ActionStatus {
        Open = "open", "Open";
        InProgress = "in_progress", "In progress";
        Done = "done", "Done";
        Declined = "declined", "Declined";
    }
}

/// A corrective action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionItem {
    pub id: ActionId,
    pub issue: IssueId,
    pub title: Unredacted,
    pub kind: ActionKind,
    pub priority: Priority,
    pub owner: Unredacted,
    pub due: Option<Date>,
    pub status: ActionStatus,
    /// Why it is not done, where it was declined.
    pub declined_because: Unredacted,
    /// The root cause that it answers.
    pub root_cause: Option<WhyId>,
}
