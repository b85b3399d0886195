//! What would be redacted of a text that is still being typed. Nothing is stored: the text may never be sent.

use super::privacy::{policy, vault};
use crate::domain::{IssueId, PiiSpan, Placeholder, Unredacted};
use crate::privacy::{Policy, Redactor, Vault};
use crate::worker::blocking;
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::services::{Services, Session};
use std::ops::Range;

pub(super) async fn detect(services: &Services, issue: Option<IssueId>, text: Unredacted) -> Result<Event, Failure> {
    match (services.session(), issue) {
        (Ok(session), Some(issue)) => of_issue(&session, issue, text).await,
        (Err(closed), Some(_)) => Err(closed),
        (Ok(session), None) => {
            let policy = policy(&session, &[]);
            blocking::run(move |_stop| marked(Redactor::new(Vault::default(), policy), &text)).await
        }
        // The command line asks before there is a store.
        (Err(_closed), None) => {
            blocking::run(move |_stop| {
                let mut vault = Vault::default();
                let found = crate::privacy::detect(text.expose(), &Policy::default())?.into_iter();
                let marks = found.map(|finding| {
                    let value = text.expose().get(finding.range.clone()).unwrap_or_default();
                    (finding.range, vault.placeholder_for(finding.kind, value))
                });
                Ok(spans(&text, marks.collect()))
            })
            .await
        }
    }
}

/// With the vault, the decisions and the rules of the issue, exactly as the text would be redacted. A value that the
/// vault does not hold has the placeholder that it would be given now, and the vault stays as it is.
async fn of_issue(session: &Session, issue: IssueId, text: Unredacted) -> Result<Event, Failure> {
    let (vault, decisions) = session.call(move |db| Ok((vault(db, issue)?, db.decisions(issue)?))).await?;
    let policy = policy(session, &decisions);
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
    });
    Event::TextDetected(spans.collect())
}
