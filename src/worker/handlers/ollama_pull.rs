//! Pulling models: one at a time, the disk looked at first, progress told a few times a second.

use super::ollama::{Target, failure};
use crate::domain::{AuditAction, ModelId, format};
use crate::providers::{PullPhase, PullProgress, known_size_bytes};
use crate::worker::blocking;
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::machine;
use crate::worker::report::Reporter;
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;

/// How often progress is told, unless the phase changes.
const TOLD_EVERY: Duration = Duration::from_millis(250);

/// What is left free on the disk: a system without any room fails in odd places.
const RESERVE_BYTES: u64 = 500_000_000;

pub(super) async fn run(
    target: &Target<'_>,
    reporter: &Reporter,
    model: ModelId,
    ignores_space: bool,
) -> Result<Event, Failure> {
    let mut teller = Teller { reporter, model: model.clone(), last: None };
    teller.tell(PullProgress::default()).await;
    let turn = target.session.pull_turn().await;
    audit(target, &model, "begun").await?;
    let result = fetch(target, &mut teller, &model, ignores_space).await;
    drop(turn);
    audit(target, &model, if result.is_ok() { "done" } else { "failed" }).await?;
    result?;
    target.session.forget_limits();
    Ok(Event::Pulled { model })
}

async fn audit(target: &Target<'_>, model: &ModelId, outcome: &'static str) -> Result<(), Failure> {
    let details = json!({"model": model.as_str(), "host": target.server.host(), "outcome": outcome});
    target.session.call(move |db| db.audit(AuditAction::ModelPull, "ollama", "", &details).map(drop)).await
}

async fn fetch(
    target: &Target<'_>,
    teller: &mut Teller<'_>,
    model: &ModelId,
    ignores_space: bool,
) -> Result<(), Failure> {
    let expected = known_size_bytes(model.as_str());
    // The disk of a server elsewhere cannot be seen from here.
    let checks = target.server.is_local() && !ignores_space;
    let mut checked = 0;
    let mut pull = target.providers().ollama_pull(&target.server, model.clone(), expected).map_err(failure)?;
    // A model that is there in another version shares layers with it, so its size says nothing about what will come.
    let is_there = target.providers().ollama_details(&target.server, model.clone()).await.is_ok();
    if checks
        && !is_there
        && let Some(expected) = expected
    {
        check_space(expected).await?;
    }
    while let Some(progress) = pull.next().await.map_err(failure)? {
        // Known exactly as soon as the server tells of a layer.
        let total = progress.total_bytes.unwrap_or_default();
        if checks && progress.phase == PullPhase::Downloading && total > checked {
            checked = total;
            check_space(total.saturating_sub(progress.done_bytes)).await?;
        }
        teller.tell(progress).await;
    }
    Ok(())
}

/// Fails where the folder of the models has less room than is still to come. Nothing is said where it is not known.
async fn check_space(missing_bytes: u64) -> Result<(), Failure> {
    let found = blocking::run(|_stop| {
        let folder = machine::model_folder();
        Ok(folder.and_then(|folder| machine::disk_free_bytes(&folder).map(|free| (folder, free))))
    });
    let Some((folder, free)) = found.await? else { return Ok(()) };
    if missing_bytes.saturating_add(RESERVE_BYTES) <= free {
        return Ok(());
    }
    let summary = format!(
        "not enough room on the disk: {} are still to come, and {} are free in {}",
        format::bytes(missing_bytes),
        format::bytes(free),
        folder.display()
    );
    let advice = "Delete a model or choose a smaller one; if Ollama keeps its models elsewhere, pull it anyway";
    Err(Failure::new(FailureKind::NoSpace, summary, advice))
}

/// Tells progress, not more often than anybody can read.
struct Teller<'a> {
    reporter: &'a Reporter,
    model: ModelId,
    last: Option<(Instant, PullProgress)>,
}

impl Teller<'_> {
    async fn tell(&mut self, progress: PullProgress) {
        let now = Instant::now();
        if let Some((at, last)) = &self.last
            && (*last == progress || (now - *at < TOLD_EVERY && last.phase == progress.phase))
        {
            return;
        }
        self.last = Some((now, progress.clone()));
        let event = Event::PullProgressed { model: self.model.clone(), progress: Box::new(progress) };
        self.reporter.report(event).await;
    }
}
