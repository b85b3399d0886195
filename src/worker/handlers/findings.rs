//! Looking for personal data and secrets in logs.

use super::privacy::{Decided, policy, vault};
use crate::domain::{AuditAction, IssueId, LogFile, PiiSpan, Rule, Settings};
use crate::privacy::{StreamFinding, StreamScanner, Vault};
use crate::worker::blocking::{self, Stop};
use crate::worker::event::Event;
use crate::worker::failure::Failure;
use crate::worker::log_text;
use crate::worker::services::Session;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// Spans written in one transaction.
const BATCH: usize = 4096;

pub(super) async fn load(session: &Session, issue: IssueId) -> Result<Event, Failure> {
    let settings = session.settings();
    let (mut groups, outdated, decided) = session
        .call(move |db| {
            let decided = Decided::read(db, issue)?;
            let outdated = db.logs_not_detected_with(issue, &stamp(&settings, &decided.rules))?;
            Ok((db.value_groups(issue)?, outdated, decided))
        })
        .await?;
    let policy = policy(&session.settings(), decided)?;
    for group in &mut groups {
        group.decision = policy.decision(group.kind, group.value.expose());
    }
    Ok(Event::FindingsLoaded { issue, groups, outdated })
}

/// Says with what a log was searched: this program, and those settings and rules that change what is found.
fn stamp(settings: &Settings, rules: &[Rule]) -> String {
    let mut off: Vec<_> = settings.kinds_off.iter().map(|kind| kind.as_str()).collect();
    off.sort_unstable();
    let rules = rules.iter().filter(|rule| rule.enabled);
    let rules: Vec<_> = rules.map(|one| (one.action.as_str(), one.matcher.as_str(), one.text.expose())).collect();
    let all = json!([env!("CARGO_PKG_VERSION"), off, settings.redact_reserved_addresses, rules]);
    hex::encode(Sha256::digest(all.to_string()))
}

/// Detects in a whole log and puts the spans in place of those from before. Returns how many there are.
pub(super) async fn detect(
    session: &Arc<Session>,
    log: LogFile,
    on_progress: impl FnMut(u64) + Send + 'static,
) -> Result<u64, Failure> {
    let worker = Arc::clone(session);
    blocking::run(move |stop| detect_blocking(&worker, &log, stop, on_progress)).await
}

fn detect_blocking(
    session: &Session,
    log: &LogFile,
    stop: &Stop,
    mut on_progress: impl FnMut(u64),
) -> Result<u64, Failure> {
    let (id, issue) = (log.id, log.issue);
    let rules = session.store.call_blocking(move |db| db.rules_for(Some(issue)))?;
    let settings = session.settings();
    let stamp = stamp(&settings, &rules);
    // Decisions do not count here: a value that is kept is still found, shown, and can be redacted again.
    let policy = policy(&settings, Decided { entries: Vec::new(), spans: Vec::new(), rules })?;
    let watched = stop.clone();
    let mut scanner = StreamScanner::new(policy).stopping_when(move || watched.is_set());
    let batch = session.store.call_blocking(move |db| db.begin_spans(id))?;
    let mut spans = SpanWriter {
        session,
        issue,
        batch,
        vault: Vault::default(),
        turn: None,
        waiting: Vec::new(),
        kinds: BTreeMap::new(),
    };
    log_text::for_each_piece(&session.store, log, |piece| {
        stop.check()?;
        spans.add(scanner.push(piece)?)?;
        on_progress(piece.len() as u64);
        Ok(true)
    })?;
    spans.add(scanner.finish()?)?;
    stop.check()?;
    spans.finish(log, stamp)
}

/// What a stream found, with placeholders.
pub(super) fn spans(found: Vec<StreamFinding>, vault: &mut Vault) -> Vec<PiiSpan> {
    let spans = found.into_iter().map(|finding| PiiSpan {
        kind: finding.kind,
        placeholder: vault.placeholder_for(finding.kind, finding.value.expose()),
        range: bytes(&finding.range),
        value: finding.value,
        confidence: finding.confidence,
    });
    spans.collect()
}

/// A text longer than the address space cannot be in it.
fn bytes(range: &Range<u64>) -> Range<usize> {
    let at = |offset| usize::try_from(offset).unwrap_or(usize::MAX);
    at(range.start)..at(range.end)
}

struct SpanWriter<'a> {
    session: &'a Session,
    issue: IssueId,
    batch: crate::store::SpanBatch,
    vault: Vault,
    /// At which turn the vault was as it is stored.
    turn: Option<u64>,
    waiting: Vec<StreamFinding>,
    kinds: BTreeMap<&'static str, u64>,
}

impl SpanWriter<'_> {
    fn add(&mut self, found: Vec<StreamFinding>) -> Result<(), Failure> {
        for finding in &found {
            *self.kinds.entry(finding.kind.as_str()).or_default() += 1;
        }
        self.waiting.extend(found);
        if self.waiting.len() >= BATCH { self.write() } else { Ok(()) }
    }

    /// Gives out placeholders and stores them in one step, so that others may do so between two batches.
    fn write(&mut self) -> Result<(), Failure> {
        let found = std::mem::take(&mut self.waiting);
        let (issue, batch) = (self.issue, self.batch);
        let mut turn = self.session.vault_turn_blocking();
        if self.turn != Some(*turn) {
            self.vault = self.session.store.call_blocking(move |db| vault(db, issue))?;
        }
        let stored = self.vault.len();
        let spans = spans(found, &mut self.vault);
        let entries = self.vault.new_entries_since(stored).to_vec();
        *turn += 1;
        self.turn = Some(*turn);
        self.session.store.call_blocking(move |db| {
            db.transaction(|db| {
                db.add_vault_entries(issue, &entries)?;
                db.append_spans(&batch, &spans)
            })
        })?;
        drop(turn);
        Ok(())
    }

    fn finish(mut self, log: &LogFile, stamp: String) -> Result<u64, Failure> {
        self.write()?;
        let (id, batch) = (log.id, self.batch);
        let details = json!({"file_sha256": log.content_hash, "counts": self.kinds});
        let count = self.session.store.call_blocking(move |db| {
            db.transaction(|db| {
                let count = db.finish_spans(batch)?;
                db.set_findings(id, Some(count))?;
                db.set_detected_with(id, &stamp)?;
                db.audit(AuditAction::PiiDetect, "log_file", &id.to_string(), &details)?;
                Ok(count)
            })
        })?;
        Ok(count)
    }
}
