//! Findings, decisions, and redaction for the eye.

use super::findings;
use crate::domain::{AuditAction, Decision, IssueId, LogFileId, PiiKind, PiiSpan, Placeholder, Unredacted};
use crate::privacy::{Policy, Redacted, Redactor, StreamScanner, Vault};
use crate::store::{Database, DecisionEntry, StoreError};
use crate::worker::blocking::{self, Stop};
use crate::worker::command::{DecisionTarget, PrivacyCommand, TextSource};
use crate::worker::event::{Event, PreviewLine};
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::import::name_of;
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use serde_json::json;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// How much of a text without an issue is redacted at a time.
const REDACT_BYTES: usize = 4 * 1024 * 1024;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: PrivacyCommand) -> Result<Event, Failure> {
    match command {
        PrivacyCommand::LoadFindings(issue) => {
            let session = services.session()?;
            findings::load(&session, issue).await
        }
        PrivacyCommand::Decide { issue, target, decision } => {
            let session = services.session()?;
            decide(&session, issue, target, decision).await
        }
        PrivacyCommand::PreviewLog { log, first, count } => preview_log(&services.session()?, log, first, count).await,
        PrivacyCommand::Detect { text } => blocking::run(move |_stop| detect(&text)).await,
        PrivacyCommand::DetectFile { source } => {
            let reporter = reporter.clone();
            blocking::run(move |stop| detect_file(&source, stop, &reporter)).await
        }
        PrivacyCommand::RedactFile { source } => {
            let reporter = reporter.clone();
            blocking::run(move |stop| redact_file(&source, stop, &reporter)).await
        }
    }
}

/// The vault of an issue, as it is stored.
pub(super) fn vault(db: &Database, issue: IssueId) -> Result<Vault, StoreError> {
    Ok(Vault::from_entries(db.vault_entries(issue)?))
}

/// What is looked for in this issue: the settings, and what has been decided in it.
pub(super) fn policy(session: &Session, decisions: &[DecisionEntry]) -> Policy {
    let values = decisions.iter().filter_map(|one| Some((one.kind, one.value.clone()?, one.decision)));
    let kinds = decisions.iter().filter(|one| one.value.is_none()).map(|one| (one.kind, one.decision));
    Policy::new(&session.settings(), values, kinds)
}

/// Redacts on the blocking pool with the vault and the decisions of the issue, and keeps the placeholders that are new.
///
/// One redaction at a time: two would give two values the same number.
pub(super) async fn redacting<T, F>(session: &Session, issue: IssueId, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&mut Redactor) -> Result<T, Failure> + Send + 'static,
{
    let mut turn = session.vault_turn().await;
    let (vault, decisions) = session.call(move |db| Ok((vault(db, issue)?, db.decisions(issue)?))).await?;
    let known = vault.len();
    let mut redactor = Redactor::new(vault, policy(session, &decisions));
    let (result, redactor) = blocking::run(move |_stop| {
        let result = work(&mut redactor)?;
        Ok((result, redactor))
    })
    .await?;
    let new = redactor.vault().new_entries_since(known).to_vec();
    if !new.is_empty() {
        *turn += 1;
        session.call(move |db| db.add_vault_entries(issue, &new)).await?;
    }
    drop(turn);
    Ok(result)
}

async fn decide(
    session: &Session,
    issue: IssueId,
    target: DecisionTarget,
    decision: Decision,
) -> Result<Event, Failure> {
    let (kind, value) = match target {
        DecisionTarget::Value { kind, value } => (kind, Some(value)),
        DecisionTarget::Kind(kind) => (kind, None),
    };
    if value.is_none() && kind.is_secret() && decision == Decision::Keep {
        return Err(Failure::new(
            FailureKind::RefusedByGate,
            "a whole kind of secrets cannot be kept",
            "Keep the values one by one that are no secrets",
        ));
    }
    let details = json!({
        "kind": kind.as_str(), "decision": decision.as_str(), "scope": if value.is_some() { "value" } else { "kind" },
    });
    let entry = DecisionEntry { kind, value, decision };
    session
        .call(move |db| {
            db.transaction(|db| {
                db.set_decision(issue, &entry)?;
                db.audit(AuditAction::RedactionOverride, "issue", &issue.to_string(), &details).map(drop)
            })
        })
        .await?;
    findings::load(session, issue).await
}

async fn preview_log(session: &Arc<Session>, log: LogFileId, first: u64, count: u32) -> Result<Event, Failure> {
    let (log, lines) = super::log::read(session, log, first, u64::from(count)).await?;
    let marked = redacting(session, log.issue, move |redactor| {
        let text = Unredacted::new(lines.join("\n"));
        let marked = redactor.redact_marked(&text)?;
        Ok((text, marked))
    });
    let (text, marked) = marked.await?;
    Ok(Event::RedactionPreviewed {
        log: log.id,
        first,
        before: preview_lines(text.expose(), &marked.before, first),
        after: preview_lines(marked.text.as_str(), &marked.after, first),
    })
}

/// Cuts a text and its marks into lines. A mark over several lines marks a part of each.
fn preview_lines(text: &str, marks: &[(Range<usize>, Placeholder)], first: u64) -> Vec<PreviewLine> {
    let mut start = 0;
    let lines = (first..).zip(text.split('\n')).map(|(number, line)| {
        let (from, to) = (start, start + line.len());
        start = to + 1;
        let inside = marks.iter().filter(|(range, _)| range.start < to && range.end > from);
        let marks =
            inside.map(|(range, placeholder)| (range.start.max(from) - from..range.end.min(to) - from, *placeholder));
        PreviewLine { number, text: line.into(), marks: marks.collect() }
    });
    lines.collect()
}

fn detect(text: &Unredacted) -> Result<Event, Failure> {
    let findings = crate::privacy::detect(text.expose(), &Policy::default())?;
    let mut vault = Vault::default();
    let spans = findings.into_iter().map(|finding| {
        let value = text.expose().get(finding.range.clone()).unwrap_or_default();
        PiiSpan {
            kind: finding.kind,
            placeholder: vault.placeholder_for(finding.kind, value),
            value: value.into(),
            range: finding.range,
        }
    });
    Ok(Event::TextDetected(spans.collect()))
}

fn detect_file(source: &TextSource, stop: &Stop, reporter: &Reporter) -> Result<Event, Failure> {
    let (watched, mut vault) = (stop.clone(), Vault::default());
    let mut scanner = Some(StreamScanner::new(Policy::default()).stopping_when(move || watched.is_set()));
    decoded(source, stop, |text, at_end| {
        let mut found = scanner.as_mut().map_or_else(|| Ok(Vec::new()), |scanner| scanner.push(text))?;
        if let Some(scanner) = scanner.take_if(|_scanner| at_end) {
            found.extend(scanner.finish()?);
        }
        if !found.is_empty() {
            let spans = findings::spans(found, &mut vault);
            reporter.report_blocking(Event::SpansFound(spans));
        }
        Ok(())
    })?;
    Ok(Event::Done)
}

fn redact_file(source: &TextSource, stop: &Stop, reporter: &Reporter) -> Result<Event, Failure> {
    let watched = stop.clone();
    let mut redactor = Redactor::new(Vault::default(), Policy::default()).stopping_when(move || watched.is_set());
    let mut held = Unredacted::default();
    let mut counted: Vec<(PiiKind, u64)> = Vec::new();
    decoded(source, stop, |text, at_end| {
        held.push(text);
        while held.expose().len() >= REDACT_BYTES || (at_end && !held.expose().is_empty()) {
            let (text, used) = redactor.redact_head(&held, at_end && held.expose().len() <= REDACT_BYTES)?;
            held = held.expose().get(used..).unwrap_or_default().into();
            let counts = redactor.counts();
            report_chunk(reporter, text, &counts, &counted);
            counted = counts;
        }
        Ok(())
    })?;
    Ok(Event::Done)
}

fn report_chunk(reporter: &Reporter, text: Redacted, counts: &[(PiiKind, u64)], before: &[(PiiKind, u64)]) {
    let known = |kind| before.iter().find(|(one, _)| *one == kind).map_or(0, |(_, count)| *count);
    let new = counts.iter().map(|(kind, count)| (*kind, count - known(*kind))).filter(|(_, count)| *count > 0);
    reporter.report_blocking(Event::ChunkRedacted { text, counts: new.collect() });
}

/// Reads, unpacks and decodes a text in chunks. The last call has `at_end` set.
fn decoded(
    source: &TextSource,
    stop: &Stop,
    mut each: impl FnMut(&str, bool) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (name, reader): (String, Box<dyn Read + Send>) = match source {
        TextSource::StandardInput => ("standard input".to_owned(), Box::new(io::stdin())),
        TextSource::File(path) => {
            let file = File::open(path).map_err(|error| cannot_read(&name_of(path), &error))?;
            (name_of(path), Box::new(file))
        }
    };
    let mut reader = crate::insight::open(reader).map_err(|error| cannot_read(&name, &error))?;
    let mut decoder = crate::insight::Decoder::new();
    let mut bytes = vec![0; crate::worker::log_text::CHUNK_BYTES];
    let not_text = |error: crate::insight::DecodeError| {
        Failure::new(FailureKind::Other, format!("{name} is not a text: {error}"), "Choose a text file")
    };
    loop {
        stop.check()?;
        let count = match reader.read(&mut bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            result => result.map_err(|error| cannot_read(&name, &error))?,
        };
        if count == 0 {
            return each(&decoder.finish().map_err(not_text)?, true);
        }
        each(&decoder.push(bytes.get(..count).unwrap_or_default()).map_err(not_text)?, false)?;
    }
}

fn cannot_read(name: &str, error: &io::Error) -> Failure {
    Failure::new(FailureKind::Other, format!("{name} cannot be read"), "Check the path and your rights").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_cut_at_line_ends() {
        let placeholder = Placeholder { kind: PiiKind::PrivateKey, number: 1 };
        let lines = preview_lines("ab\ncd\nef", &[(1..4, placeholder)], 10);
        assert_eq!(lines[0].marks, [(1..2, placeholder)]);
        assert_eq!(lines[1].marks, [(0..1, placeholder)]);
        assert_eq!((lines[2].number, lines[2].marks.len()), (12, 0));
    }
}
