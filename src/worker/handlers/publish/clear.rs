//! The gate before a publication: Markdown and title, and once more what they became.

use crate::documents::escaped;
use crate::documents::writers::storage::{PageContext, check, storage};
use crate::domain::{Audience, IssueId, PiiKind, Unredacted};
use crate::privacy::{Redacted, Redactor};
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::handlers::privacy::redacting_for;
use crate::worker::services::Session;
use std::sync::Arc;

/// Values shorter than this are not looked for in their escaped form: they would be found in every second word.
const SHORTEST_VALUE: usize = 4;

/// Two texts that have passed the gate, and what it found in them.
#[derive(Debug)]
pub(super) struct ClearedText {
    pub(super) title: Redacted,
    /// Markdown, or plain text.
    pub(super) text: Redacted,
    /// Of a page: the text in storage format.
    pub(super) storage: Option<Redacted>,
    pub(super) redacted: Vec<(PiiKind, u64)>,
    pub(super) kept: u64,
}

/// A title and a text.
pub(super) async fn text(
    session: &Arc<Session>,
    issue: IssueId,
    audience: Audience,
    (title, text): (Unredacted, Unredacted),
) -> Result<ClearedText, Failure> {
    redacting_for(session, issue, audience, move |redactor| {
        redactor.learn(&title)?;
        redactor.learn(&text)?;
        let title = redactor.redact(&title)?;
        let text = redactor.redact(&with_placeholders(redactor, text))?;
        Ok(ClearedText { title, text, storage: None, redacted: redactor.counts(), kept: redactor.kept() })
    })
    .await
}

/// A title and a page of Markdown.
///
/// The page passes the gate twice: as Markdown, and as what is sent, because markup may have parted a value that stands
/// together afterwards. The second time nothing but a whole and known page may come of it.
pub(super) async fn page(
    session: &Arc<Session>,
    issue: IssueId,
    audience: Audience,
    (title, markdown): (Unredacted, Unredacted),
) -> Result<ClearedText, Failure> {
    redacting_for(session, issue, audience, move |redactor| {
        redactor.learn(&title)?;
        redactor.learn(&markdown)?;
        let title = redactor.redact(&title)?;
        let text = redactor.redact(&with_placeholders(redactor, markdown))?;
        let kept = redactor.kept();
        let page = storage(text.as_str(), PageContext { title: title.as_str(), pictures: &[] })?;
        let storage = redactor.redact(&page.into())?;
        if let Err(fault) = check(storage.as_str()) {
            let advice = "Write the value that stands partly in markup in one piece, and look again";
            let summary = "a value that must not leave would have broken the page, so nothing is sent";
            return Err(Failure::new(FailureKind::RefusedByGate, summary, advice).because(&fault));
        }
        Ok(ClearedText { title, text, storage: Some(storage), redacted: redactor.counts(), kept })
    })
    .await
}

/// Markdown escapes some signs, and an escaped value is not the value that detectors know.
fn with_placeholders(redactor: &Redactor, text: Unredacted) -> Unredacted {
    let mut text = text.into_exposed();
    for (placeholder, value) in redactor.vault().entries() {
        let written = escaped(value.expose());
        if written.len() >= SHORTEST_VALUE && written != value.expose() && text.contains(&written) {
            text = text.replace(&written, &placeholder.to_string());
        }
    }
    text.into()
}
