//! What would be redacted of a text that is still being typed. Nothing is stored: the text may never be sent.

use super::privacy::{Decided, policy, text_policy, vault};
use crate::domain::{Confidence, IssueId, PiiSpan, Placeholder, Unredacted};
use crate::privacy::{Policy, Redactor, Vault};
use crate::worker::blocking;
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::services::{Services, Session};
use std::ops::Range;

pub(super) async fn detect(services: &Services, issue: Option<IssueId>, text: Unredacted) -> Result<Event, Failure> {
    if let Some(issue) = issue {
        let session = services.session()?;
        return of_issue(&session, issue, text).await;
    }
    let policy = text_policy(services).await?;
    if services.session().is_ok() {
        return blocking::run(move |_stop| marked(Redactor::new(Vault::default(), policy), &text)).await;
    }
    // The command line asks before there is a store.
    blocking::run(move |_stop| found(&text, &policy)).await
}

fn found(text: &Unredacted, policy: &Policy) -> Result<Event, Failure> {
    let mut vault = Vault::default();
    let spans = crate::privacy::detect(text.expose(), policy)?.into_iter().map(|finding| {
        let value = text.expose().get(finding.range.clone()).unwrap_or_default();
        PiiSpan {
            kind: finding.kind,
            placeholder: vault.placeholder_for(finding.kind, value),
            value: value.into(),
            range: finding.range,
            confidence: finding.confidence,
        }
    });
    Ok(Event::TextDetected(spans.collect()))
}

/// With the vault, the decisions and the rules of the issue, exactly as the text would be redacted. A value that the
/// vault does not hold has the placeholder that it would be given now, and the vault stays as it is.
async fn of_issue(session: &Session, issue: IssueId, text: Unredacted) -> Result<Event, Failure> {
    let (vault, decided) = session.call(move |db| Ok((vault(db, issue)?, Decided::read(db, issue)?))).await?;
    let policy = policy(&session.settings(), decided)?;
    blocking::run(move |_stop| marked(Redactor::new(vault, policy), &text)).await
}

fn marked(mut redactor: Redactor, text: &Unredacted) -> Result<Event, Failure> {
    let marked = redactor.redact_marked(text)?;
    Ok(spans(text, marked.before))
}

fn spans(text: &Unredacted, marks: Vec<(Range<usize>, Placeholder)>) -> Event {
    let spans = marks.into_iter().map(|(range, placeholder)| PiiSpan {
        kind: placeholder.kind,
        value: text.expose().get(range.clone()).unwrap_or_default().into(),
        range,
        placeholder,
        confidence: Confidence::Likely,
    });
    Event::TextDetected(spans.collect())
}
