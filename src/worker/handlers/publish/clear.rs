//! The gate before a publication: Markdown and title, and once more what they became.

use crate::documents::writers::png_of_drawing;
use crate::documents::writers::storage::{PageContext, check, storage};
use crate::documents::{WHY_PICTURE, escaped, reworded, why_svg};
use crate::domain::{Audience, Evidence, ImageKind, IssueId, PiiKind, Unredacted, WhyTree};
use crate::integrations::file_name;
use crate::privacy::{ClearedImage, Redacted, Redactor};
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
    /// Of a page that shows it: the why tree, drawn from what passed the gate.
    pub(super) why_tree: Option<ClearedImage>,
    pub(super) redacted: Vec<(PiiKind, u64)>,
    pub(super) kept: u64,
}

/// A page before the gate.
#[derive(Debug)]
pub(super) struct PageSource {
    pub(super) title: Unredacted,
    pub(super) markdown: Unredacted,
    /// Names of attachments that images of the text refer to.
    pub(super) attached: Vec<String>,
    /// What the why tree is drawn from, where the text shows it.
    pub(super) why_tree: Option<(WhyTree, Vec<Evidence>)>,
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
        let (redacted, kept) = (redactor.counts(), redactor.kept());
        Ok(ClearedText { title, text, storage: None, why_tree: None, redacted, kept })
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
    source: PageSource,
) -> Result<ClearedText, Failure> {
    redacting_for(session, issue, audience, move |redactor| {
        let PageSource { title, markdown, attached, why_tree } = source;
        redactor.learn(&title)?;
        redactor.learn(&markdown)?;
        let title = redactor.redact(&title)?;
        let text = redactor.redact(&with_placeholders(redactor, markdown))?;
        let why_tree = why_tree.map(|(whys, evidence)| drawn(redactor, &whys, &evidence)).transpose()?.flatten();
        let mut pictures: Vec<_> = attached.into_iter().map(|name| (name.clone(), name)).collect();
        if let Some(image) = &why_tree {
            pictures.push((WHY_PICTURE.to_owned(), file_name(image.sha256(), ImageKind::Png)));
        }
        let page = storage(text.as_str(), PageContext { title: title.as_str(), pictures: &pictures })?;
        let storage = redactor.redact(&page.into())?;
        if let Err(fault) = check(storage.as_str()) {
            let advice = "Write the value that stands partly in markup in one piece, and look again";
            let summary = "a value that must not leave would have broken the page, so nothing is sent";
            return Err(Failure::new(FailureKind::RefusedByGate, summary, advice).because(&fault));
        }
        let (redacted, kept) = (redactor.counts(), redactor.kept());
        Ok(ClearedText { title, text, storage: Some(storage), why_tree, redacted, kept })
    })
    .await
}

/// The why tree as a picture: each of its texts passes the gate, and then the whole drawing, in which a text may have been
/// parted into lines. `None` where the drawing cannot be read after that.
fn drawn(redactor: &mut Redactor, whys: &WhyTree, evidence: &[Evidence]) -> Result<Option<ClearedImage>, Failure> {
    let whys = reworded(whys, |text| Ok::<_, Failure>(redactor.redact(text)?.as_str().into()))?;
    let drawing = redactor.redact(&why_svg(&whys, evidence).into())?;
    Ok(ClearedImage::drawn(&drawing, png_of_drawing))
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
