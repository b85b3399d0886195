//! Work that blocks, and how it learns that nobody waits for it any more.

use super::failure::{Failure, FailureKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asked between two slices of blocking work.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Fails once the job has been cancelled; nobody sees the failure.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.is_set() {
            return Err(Failure::new(FailureKind::Other, "stopped", ""));
        }
        Ok(())
    }
}

struct StopOnDrop(Stop);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Relaxed);
    }
}

/// Runs `work` on the blocking pool. Dropping the future tells it to stop.
pub(super) async fn run<T: Send + 'static>(
    work: impl FnOnce(&Stop) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let guard = StopOnDrop(Stop::default());
    let stop = guard.0.clone();
    let result = tokio::task::spawn_blocking(move || work(&stop)).await;
    drop(guard);
    result.unwrap_or_else(|error| {
        Err(Failure::new(FailureKind::Other, "a part of the program failed", "Report this as a defect").because(&error))
    })
}
