//! Lists of a page: those of tasks are not those of items, and a list of the text may be of both.

use pulldown_cmark::{Event, Tag};
use std::borrow::Cow;

/// Which kind of list is open in the page for a list of the text; its items may be of both kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    Tasks,
    Items,
}

#[derive(Debug)]
pub(super) struct List {
    /// The number of the next item; `None` for bullets.
    pub next: Option<u64>,
    pub run: Option<Run>,
}

/// Whether the item that starts at this event is a task, and whether that is done. The mark stands in the item itself,
/// or in its first paragraph.
pub(super) fn task_of(events: &[Event<'_>], item: usize) -> Option<bool> {
    let first = events.get(item + 1)?;
    let mark = if matches!(first, Event::Start(Tag::Paragraph)) { events.get(item + 2)? } else { first };
    match mark {
        Event::TaskListMarker(is_done) => Some(*is_done),
        _ => None,
    }
}

pub(super) fn begin_of_run(run: Run, number: Option<u64>) -> Cow<'static, str> {
    match (run, number) {
        (Run::Tasks, _) => "<ac:task-list>".into(),
        (Run::Items, None) => "<ul>".into(),
        (Run::Items, Some(1)) => "<ol>".into(),
        (Run::Items, Some(first)) => format!("<ol start=\"{first}\">").into(),
    }
}

pub(super) const fn end_of_run(list: &List) -> &'static str {
    match (list.run, list.next) {
        (None, _) => "",
        (Some(Run::Tasks), _) => "</ac:task-list>",
        (Some(Run::Items), None) => "</ul>",
        (Some(Run::Items), Some(_)) => "</ol>",
    }
}
