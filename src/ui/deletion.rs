//! Deleting an issue, with a while to take it back.

use super::context::ViewContext;
use super::state::{Notice, NoticeAction, Tone};
use crate::domain::IssueId;
use crate::worker::{Command, IssueCommand};

/// Deletes an issue. Once it is done, a notice offers to undo it; when the notice is gone, so is the issue.
pub fn delete_issue(cx: &mut ViewContext<'_>, issue: IssueId) {
    cx.run_detached("Deleting issue", Command::Issue(IssueCommand::Delete(issue)));
}

/// Told once the issue is deleted.
pub fn notice(issue: IssueId, title: &str) -> Notice {
    let restore = NoticeAction::Run(Box::new(Command::Issue(IssueCommand::Restore(issue))));
    Notice::new(Tone::Info, "Issue deleted")
        .detail(title)
        .action("Undo", restore)
        .afterwards(Command::Issue(IssueCommand::Purge(issue)))
}
