//! What is looked for in an issue, and the redaction of every text that belongs to it or to none.

use super::{findings, preview, review};
use crate::domain::{Audience, Decision, IssueId, PiiKind, Rule, RuleAction, Settings, SpanDecision, Unredacted};
use crate::privacy::{Policy, Redacted, Redactor, Rules, StreamScanner, Vault};
use crate::store::{Database, DecisionEntry, StoreError};
use crate::worker::blocking::{self, Stop};
use crate::worker::command::{PrivacyCommand, TextSource};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::import::name_of;
use crate::worker::report::Reporter;
use crate::worker::services::{Services, Session};
use std::fs::File;
use std::io::{self, Read};

/// How much of a text without an issue is redacted at a time.
const REDACT_BYTES: usize = 4 * 1024 * 1024;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: PrivacyCommand) -> Result<Event, Failure> {
    match command {
        PrivacyCommand::LoadFindings(issue) => {
            let session = services.session()?;
            findings::load(&session, issue).await
        }
        PrivacyCommand::Decide { issue, target, decision } => {
            review::decide(&services.session()?, issue, target, decision).await
        }
        PrivacyCommand::FindSpan { issue, seek } => review::find_span(&services.session()?, issue, seek).await,
        PrivacyCommand::Redetect { log } => review::redetect(&services.session()?, reporter, log).await,
        PrivacyCommand::PreviewLog { log, first, count } => preview::log(&services.session()?, log, first, count).await,
        PrivacyCommand::Detect { issue, text } => super::draft::detect(services, issue, text).await,
        PrivacyCommand::DetectFile { source } => {
            let (policy, reporter) = (text_policy(services).await?, reporter.clone());
            blocking::run(move |stop| detect_file(&source, policy, stop, &reporter)).await
        }
        PrivacyCommand::RedactFile { source } => {
            let (policy, reporter) = (text_policy(services).await?, reporter.clone());
            blocking::run(move |stop| redact_file(&source, policy, stop, &reporter)).await
        }
    }
}

/// The vault of an issue, as it is stored.
pub(super) fn vault(db: &Database, issue: IssueId) -> Result<Vault, StoreError> {
    Ok(Vault::from_entries(db.vault_entries(issue)?))
}

/// What the user decided in one issue, and the rules that hold in it.
pub(super) struct Decided {
    pub(super) entries: Vec<DecisionEntry>,
    pub(super) spans: Vec<SpanDecision>,
    pub(super) rules: Vec<Rule>,
}

impl Decided {
    /// For readers outside, who get nothing that the user keeps for those inside.
    fn without_kept(mut self) -> Self {
        self.entries.retain(|one| one.decision == Decision::Redact);
        self.spans.retain(|one| one.decision == Decision::Redact);
        self.rules.retain(|rule| rule.action == RuleAction::Always);
        self
    }

    pub(super) fn read(db: &Database, issue: IssueId) -> Result<Self, StoreError> {
        Ok(Self { entries: db.decisions(issue)?, spans: db.span_decisions(issue)?, rules: db.rules_for(Some(issue))? })
    }
}

/// What is looked for and what is kept in an issue. A rule that cannot be used fails it.
pub(super) fn policy(settings: &Settings, decided: Decided) -> Result<Policy, Failure> {
    let Decided { entries, spans, rules } = decided;
    let values = entries.iter().filter_map(|one| Some((one.kind, one.value.clone()?, one.decision)));
    let kinds = entries.iter().filter(|one| one.value.is_none()).map(|one| (one.kind, one.decision));
    let rules = Rules::compile(&rules)?;
    Ok(Policy::new(settings, values, kinds).with_rules(rules).with_spans(spans))
}

/// What is looked for in a text that belongs to no issue: what the settings and the rules for all issues say, where the
/// store is open.
pub(super) async fn text_policy(services: &Services) -> Result<Policy, Failure> {
    let Ok(session) = services.session() else { return Ok(Policy::default()) };
    let rules = session.call(|db| db.rules_for(None)).await?;
    policy(&session.settings(), Decided { entries: Vec::new(), spans: Vec::new(), rules })
}

/// Redacts on the blocking pool with the vault and the decisions of the issue, and keeps the placeholders that are new.
///
/// One redaction at a time: two would give two values the same number.
pub(super) async fn redacting<T, F>(session: &Session, issue: IssueId, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&mut Redactor) -> Result<T, Failure> + Send + 'static,
{
    redacting_for(session, issue, Audience::Internal, work).await
}

/// As [`redacting`]; for readers outside, what the user keeps is redacted, too.
pub(super) async fn redacting_for<T, F>(
    session: &Session,
    issue: IssueId,
    audience: Audience,
    work: F,
) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce(&mut Redactor) -> Result<T, Failure> + Send + 'static,
{
    let mut turn = session.vault_turn().await;
    let (vault, decided, logs) =
        session.call(move |db| Ok((vault(db, issue)?, Decided::read(db, issue)?, db.log_files(issue)?))).await?;
    let known = vault.len();
    let decided = if audience == Audience::External { decided.without_kept() } else { decided };
    let mut redactor = Redactor::new(vault, policy(&session.settings(), decided)?);
    let (result, redactor) = blocking::run(move |_stop| {
        for log in &logs {
            for stem in stems(&log.file_name) {
                redactor.learn(&stem.into())?;
            }
        }
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

/// A file's name without its endings: `ann@acme.io.log` is no address, but what stands before the ending is one.
fn stems(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.rsplit_once('.').map(|(stem, _)| stem)).skip(1).take(3)
}

fn detect_file(source: &TextSource, policy: Policy, stop: &Stop, reporter: &Reporter) -> Result<Event, Failure> {
    let (watched, mut vault) = (stop.clone(), Vault::default());
    let mut scanner = Some(StreamScanner::new(policy).stopping_when(move || watched.is_set()));
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

fn redact_file(source: &TextSource, policy: Policy, stop: &Stop, reporter: &Reporter) -> Result<Event, Failure> {
    let watched = stop.clone();
    let mut redactor = Redactor::new(Vault::default(), policy).stopping_when(move || watched.is_set());
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
