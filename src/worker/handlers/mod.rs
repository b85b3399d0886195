//! One file a feature; this match is the whole table of contents.

use super::command::Command;
use super::event::Event;
use super::failure::{Failure, FailureKind};
use super::report::Reporter;
use super::services::Services;

pub(super) async fn run(services: &Services, reporter: &Reporter, command: Command) -> Result<Event, Failure> {
    reporter.report(Event::Progressed { done: 0, total: None }).await;
    tracing::debug!(?command, data_dir = ?services.options.data_dir);
    Err(Failure::new(FailureKind::Other, "no handler", ""))
}
