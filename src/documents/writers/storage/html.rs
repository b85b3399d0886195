//! Which pieces of raw HTML map to an element of the page. All others are shown as they were typed.

use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::HashMap;
use std::ops::Range;

/// What a piece of raw HTML becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mapped {
    Open(&'static str),
    Close(&'static str),
    Break,
    Rule,
    /// A part that unfolds, under this title.
    OpenExpand(String),
    CloseExpand,
    /// A comment says nothing to a reader.
    Nothing,
}

/// Elements without attributes that mean the same in a page.
const INLINE: [(&str, &str); 14] = [
    ("b", "strong"),
    ("strong", "strong"),
    ("i", "em"),
    ("em", "em"),
    ("u", "u"),
    ("ins", "u"),
    ("s", "del"),
    ("del", "del"),
    ("strike", "del"),
    ("sub", "sub"),
    ("sup", "sup"),
    ("code", "code"),
    ("tt", "code"),
    ("small", "small"),
];

/// The mapping of every piece that has one, by the index of its event: of the piece itself, or of its block's start.
pub(super) fn mapped(events: &[Event<'_>]) -> HashMap<usize, Mapped> {
    let mut found = HashMap::new();
    // What was opened and not yet closed, container by container.
    let mut open: Vec<Vec<(usize, Mapped)>> = vec![Vec::new()];
    for (at, event) in events.iter().enumerate() {
        let piece = match event {
            Event::InlineHtml(html) => inline(html),
            Event::Start(Tag::HtmlBlock) => block(&block_text(events, at).0),
            _ => None,
        };
        match event {
            Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
            Event::Start(_) => open.push(Vec::new()),
            Event::End(_) => drop(open.pop()),
            _ => {}
        }
        let (Some(piece), Some(here)) = (piece, open.last_mut()) else { continue };
        match &piece {
            Mapped::Open(_) | Mapped::OpenExpand(_) => here.push((at, piece)),
            Mapped::Break | Mapped::Rule | Mapped::Nothing => drop(found.insert(at, piece)),
            Mapped::Close(_) | Mapped::CloseExpand => {
                let Some(from) = here.iter().rposition(|(_, one)| closes(&piece, one)) else { continue };
                // What was opened in between has no end of its own here, and is shown as it was typed.
                here.truncate(from + 1);
                found.extend(here.pop());
                found.insert(at, piece);
            }
        }
    }
    found
}

fn closes(end: &Mapped, begin: &Mapped) -> bool {
    match (end, begin) {
        (Mapped::Close(end), Mapped::Open(begin)) => end == begin,
        (Mapped::CloseExpand, Mapped::OpenExpand(_)) => true,
        _ => false,
    }
}

/// The text of an HTML block, and the events that it takes.
pub(super) fn block_text(events: &[Event<'_>], start: usize) -> (String, Range<usize>) {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(event) = events.get(at) {
        match event {
            Event::Html(part) | Event::Text(part) => text.push_str(part),
            Event::End(TagEnd::HtmlBlock) => break,
            _ => {}
        }
        at += 1;
    }
    (text, start..at)
}

fn inline(html: &str) -> Option<Mapped> {
    let html = html.trim();
    if is_comment(html) {
        return Some(Mapped::Nothing);
    }
    let name = html.strip_prefix('<')?.strip_suffix('>')?.trim().to_ascii_lowercase();
    if matches!(name.trim_end_matches('/').trim_end(), "br") {
        return Some(Mapped::Break);
    }
    let element = |name: &str| INLINE.iter().find(|(html, _)| *html == name).map(|(_, element)| *element);
    match name.strip_prefix('/') {
        Some(name) => element(name.trim()).map(Mapped::Close),
        None => element(&name).map(Mapped::Open),
    }
}

fn block(html: &str) -> Option<Mapped> {
    let html = html.trim();
    if is_comment(html) {
        return Some(Mapped::Nothing);
    }
    let small = html.to_ascii_lowercase();
    match small.as_str() {
        "</details>" => return Some(Mapped::CloseExpand),
        "<hr>" | "<hr/>" | "<hr />" => return Some(Mapped::Rule),
        _ => {}
    }
    let head = ["<details>", "<details open>"].into_iter().find(|head| small.starts_with(head))?;
    let rest = html.get(head.len()..)?.trim();
    if rest.is_empty() {
        return Some(Mapped::OpenExpand(String::new()));
    }
    let small = rest.to_ascii_lowercase();
    let title = small.strip_prefix("<summary>")?.strip_suffix("</summary>")?;
    let start = "<summary>".len();
    let title = rest.get(start..start + title.len())?;
    (!title.contains('<')).then(|| Mapped::OpenExpand(title.trim().to_owned()))
}

fn is_comment(html: &str) -> bool {
    html.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).is_some_and(|inside| !inside.contains("-->"))
}
