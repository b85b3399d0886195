//! The insight of an issue: what all its logs tell together.

use crate::domain::{Citation, EvidenceSource, IssueId, LogFile};
use crate::insight::Insight;
use crate::worker::blocking;
use crate::worker::failure::Failure;
use crate::worker::report::Reporter;
use crate::worker::services::Session;
use std::sync::Arc;

/// Analyzes what is not remembered, and merges. A log whose file is gone or changed is left out, not an error; the
/// second value names those that are in it, in the order of the insight.
pub(super) async fn of_issue(
    session: &Arc<Session>,
    reporter: &Reporter,
    issue: IssueId,
) -> Result<(Arc<Insight>, Vec<LogFile>), Failure> {
    let (started, logs) = session.call(move |db| Ok((db.issue(issue)?.started_at, db.log_files(issue)?))).await?;
    let mut all = Vec::with_capacity(logs.len());
    let mut read = Vec::with_capacity(logs.len());
    for log in logs {
        let analysis = match session.remembered_analysis(log.id) {
            Some(known) => Some((*known).clone()),
            None => again(session, reporter, log.clone()).await?,
        };
        if let Some(analysis) = analysis {
            all.push(analysis);
            read.push(log);
        }
    }
    let insight = blocking::run(move |_stop| Ok(Arc::new(Insight::merge(all, started)))).await?;
    Ok((insight, read))
}

async fn again(
    session: &Arc<Session>,
    reporter: &Reporter,
    log: LogFile,
) -> Result<Option<crate::insight::LogAnalysis>, Failure> {
    let worker = Arc::clone(session);
    let teller = reporter.clone();
    let (id, size) = (log.id, log.size_bytes);
    let analyzed = blocking::run(move |stop| {
        let mut done = 0;
        let result = super::log::analyze(&worker, &log, stop, |bytes| {
            done += bytes;
            teller.progress(done.min(size), Some(size));
        });
        stop.check()?;
        // The Logs tab says what has become of the file; the other logs are still worth reading.
        Ok(result.ok())
    })
    .await?;
    Ok(analyzed.map(|analysis| (*session.remember_analysis(id, analysis)).clone()))
}

/// Keeps only citations of lines that exist, and names their logs.
pub(super) fn verified(citations: Vec<Citation>, logs: &[LogFile]) -> Vec<Citation> {
    let known = citations.into_iter().filter_map(|citation| {
        let log = logs.iter().find(|log| log.file_name == citation.file_name)?;
        (citation.lines.first >= 1 && citation.lines.last <= log.line_count)
            .then_some(Citation { log: Some(log.id), ..citation })
    });
    known.collect()
}

/// Where a verified citation points.
pub(super) fn source_of(citation: &Citation, logs: &[LogFile]) -> Option<EvidenceSource> {
    let log = logs.iter().find(|log| Some(log.id) == citation.log)?;
    Some(EvidenceSource::Log {
        log: log.id,
        file_name: log.file_name.clone(),
        file_hash: log.content_hash.clone(),
        lines: citation.lines,
    })
}
