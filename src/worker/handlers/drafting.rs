//! From what is stored to a document: drafting, drafting anew around the user's edits, checking, and the why picture.

use super::detail;
use super::document::load;
use super::log_story;
use super::privacy::{redacting, vault};
use crate::documents::{
    DocumentError, Facts, LogCoverage, LogStory, ProviderUse, check, common, draft, merge, reworded, template_file,
    why_svg,
};
use crate::domain::{
    Audience, AuditAction, Author, Document, DocumentId, DocumentKind, Evidence, EvidenceSource, IssueId, PiiKind,
    TimelineKind, Unredacted, WhyTree,
};
use crate::insight::{self, Coverage, TimeFinder};
use crate::store::{Database, StoreError};
use crate::worker::blocking;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use crate::worker::snapshot::{DocumentConflicts, IssueDetail};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// What the analysis that the documents speak of could have carried at most.
const WHOLE_PACK_TOKENS: u32 = 8_000;

/// Owns what a draft borrows.
pub(super) struct Known {
    detail: IssueDetail,
    /// Names of providers, and models.
    asked: Vec<(String, String)>,
    /// How many places hold a value of each kind.
    found: Vec<(PiiKind, u64)>,
    coverage: Option<Coverage>,
    /// When the first lines of pins were written, by the pins' numbers.
    pinned_at: Vec<(u32, Timestamp)>,
    story: LogStory,
}

impl Known {
    /// All but what the logs were read for.
    pub(super) async fn of(session: &Session, issue: IssueId) -> Result<Self, Failure> {
        let detail = detail::load(session, issue).await?;
        let (asked, found) = session.call(move |db| Ok((asked(db, issue)?, found(db, issue)?))).await?;
        let pinned_at = detail.evidence.iter().filter_map(|pin| Some((pin.number, written_at(pin)?))).collect();
        Ok(Self { detail, asked, found, coverage: None, pinned_at, story: LogStory::default() })
    }

    async fn with_logs(session: &Arc<Session>, reporter: &Reporter, issue: IssueId) -> Result<Self, Failure> {
        let known = Self::of(session, issue).await?;
        let (insight, logs) = super::insight::of_issue(session, reporter, issue).await?;
        let coverage = (!logs.is_empty()).then(|| insight::pack(&insight, WHOLE_PACK_TOKENS).coverage);
        let story = log_story::of(&known.detail, &insight, &logs);
        Ok(Self { coverage, story, ..known })
    }

    pub(super) fn draft(&self, kind: DocumentKind, template: Option<&str>) -> Result<Unredacted, DocumentError> {
        self.with_facts(|facts| draft(facts, kind, template))
    }

    fn with_facts<T>(&self, work: impl FnOnce(&Facts<'_>) -> T) -> T {
        let detail = &self.detail;
        let providers: Vec<_> = self.asked.iter().map(|(name, model)| ProviderUse { name, model }).collect();
        let coverage =
            self.coverage.map(|one| LogCoverage { lines: one.lines, templates: one.templates, time: one.time });
        work(&Facts {
            issue: &detail.issue,
            logs: &detail.logs,
            whys: &detail.whys,
            evidence: &detail.evidence,
            actions: &detail.actions,
            timeline: &detail.timeline,
            pinned_at: &self.pinned_at,
            story: &self.story,
            durations: detail.durations,
            told: &detail.told,
            redacted: &self.found,
            providers: &providers,
            coverage,
            now: Timestamp::now(),
            zone: TimeZone::system(),
        })
    }
}

/// When the first line of a pin was written. What is taken for granted where it names no zone or year, the document says.
fn written_at(pin: &Evidence) -> Option<Timestamp> {
    if !matches!(pin.source, EvidenceSource::Log { .. }) {
        return None;
    }
    let line = pin.snippet.expose().lines().next()?;
    TimeFinder::new(pin.created_at).find(line).map(|(at, _)| at)
}

/// Who answered in the chat of this issue: names of providers, and models.
fn asked(db: &Database, issue: IssueId) -> Result<Vec<(String, String)>, StoreError> {
    let mut asked = Vec::new();
    for conversation in db.conversations(issue)? {
        let name = db.provider(conversation.provider).map(|provider| provider.name);
        let name = name.unwrap_or_else(|_removed| "a provider that was removed".to_owned());
        asked.push((name, conversation.model));
    }
    if db.whys(issue)?.iter().any(|why| why.author == Author::Guide) {
        asked.push(("Built-in guide".to_owned(), String::new()));
    }
    asked.sort();
    asked.dedup();
    Ok(asked)
}

fn found(db: &Database, issue: IssueId) -> Result<Vec<(PiiKind, u64)>, StoreError> {
    let mut found: BTreeMap<PiiKind, u64> = BTreeMap::new();
    for group in db.value_groups(issue)? {
        *found.entry(group.kind).or_default() += group.places;
    }
    Ok(found.into_iter().collect())
}

/// The user's own template, if there is one in the folder of templates, and where it is.
async fn template(session: &Session, kind: DocumentKind) -> Result<Option<(PathBuf, String)>, Failure> {
    let path = session.dir.templates().join(template_file(kind));
    blocking::run(move |_stop| match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            let summary = format!("the template {} cannot be read", path.display());
            let advice = "Make it readable text in UTF-8, or remove it to use the program's own";
            Err(Failure::new(FailureKind::Other, summary, advice).because(&error))
        }
    })
    .await
}

async fn drafted(session: &Arc<Session>, known: &Known, kind: DocumentKind) -> Result<Unredacted, Failure> {
    let own = template(session, kind).await?;
    let text = known.draft(kind, own.as_ref().map(|(_, text)| text.as_str()));
    text.map_err(|error| match own {
        Some((path, _)) => {
            let advice = format!("Correct {}, or remove it to use the program's own template", path.display());
            Failure::new(FailureKind::Other, error.to_string(), advice).because(&error)
        }
        None => error.into(),
    })
}

/// Builds a new version from what is stored. Earlier versions, and what was edited in them, stay.
pub(super) async fn generate(
    session: &Arc<Session>,
    reporter: &Reporter,
    issue: IssueId,
    kind: DocumentKind,
) -> Result<Event, Failure> {
    let known = Known::with_logs(session, reporter, issue).await?;
    let text = drafted(session, &known, kind).await?;
    let now = Timestamp::now();
    let document = Document {
        id: DocumentId::new(),
        issue,
        kind,
        title: known.detail.issue.title.clone(),
        markdown: text.clone(),
        drafted: Some(text),
        version: 0,
        created_at: now,
        updated_at: now,
    };
    keep(session, document).await
}

/// Builds a new draft and carries over what was edited since the last one.
pub(super) async fn redraft(session: &Arc<Session>, reporter: &Reporter, document: Document) -> Result<Event, Failure> {
    let known = Known::with_logs(session, reporter, document.issue).await?;
    let text = drafted(session, &known, document.kind).await?;
    let (edited, new) = (document.markdown.expose(), text.expose());
    let before = document.drafted.as_ref().map_or_else(|| common(edited, new), |before| before.expose().to_owned());
    let merged = merge(&before, edited, new);
    let now = Timestamp::now();
    let document = Document { drafted: Some(text), created_at: now, updated_at: now, ..document };
    if merged.conflicts() > 0 {
        return Ok(Event::DocumentConflicts(Box::new(DocumentConflicts { document, merge: merged })));
    }
    keep(session, Document { markdown: merged.resolved(&[]).into(), ..document }).await
}

/// Stores a draft as the newest version, and notes it.
async fn keep(session: &Arc<Session>, document: Document) -> Result<Event, Failure> {
    let (issue, kind) = (document.issue, document.kind);
    session
        .call(move |db| {
            db.transaction(|db| {
                let document = db.insert_document_version(&document)?;
                let text = format!("{} version {} drafted", kind.label(), document.version);
                db.save_timeline_event(&detail::system_event(issue, TimelineKind::Document, text))?;
                let details = json!({"kind": kind.as_str(), "version": document.version});
                db.audit(AuditAction::DocumentGenerate, "document", &document.id.to_string(), &details)
            })
        })
        .await?;
    load(session, issue, kind).await
}

/// What is missing, contradicts itself or blames.
pub(super) async fn checked(session: &Session, document: Document) -> Result<Event, Failure> {
    let known = Known::of(session, document.issue).await?;
    let findings = known.with_facts(|facts| check(facts, document.kind, document.markdown.expose()));
    Ok(Event::DocumentChecked { document: document.id, findings })
}

/// The why tree as SVG, in the words of these readers.
pub(super) async fn why_picture(session: &Session, issue: IssueId, audience: Audience) -> Result<String, Failure> {
    let (whys, evidence, vault) =
        session.call(move |db| Ok((WhyTree::new(db.whys(issue)?), db.evidence(issue)?, vault(db, issue)?))).await?;
    let whys = match audience {
        Audience::Internal => reworded(&whys, |text| Ok::<_, Failure>(vault.restore(text.expose()).into()))?,
        Audience::External => {
            redacting(session, issue, move |redactor| {
                reworded(&whys, |text| Ok(redactor.redact(text)?.as_str().to_owned().into()))
            })
            .await?
        }
    };
    Ok(why_svg(&whys, &evidence))
}
