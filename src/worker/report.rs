//! How a handler tells what happens on the way.

use super::event::{Event, Update};
use super::job::JobId;
use std::sync::Arc;
use tokio::sync::mpsc;

pub(super) type Waker = Arc<dyn Fn() + Send + Sync>;

/// Sends the events of one job, and wakes the front end after each.
#[derive(Clone)]
pub(super) struct Reporter {
    job: JobId,
    updates: mpsc::Sender<Update>,
    wake: Waker,
}

impl Reporter {
    pub(super) fn new(job: JobId, updates: mpsc::Sender<Update>, wake: Waker) -> Self {
        Self { job, updates, wake }
    }

    /// Waits while the front end is slow. A front end that is gone is no error: the job goes on and stores its result.
    pub(super) async fn report(&self, event: Event) {
        self.updates.send(Update { job: self.job, event }).await.ok();
        (self.wake)();
    }

    /// From the blocking pool; waits while the front end is slow. `false` when the front end is gone.
    pub(super) fn report_blocking(&self, event: Event) -> bool {
        let sent = self.updates.blocking_send(Update { job: self.job, event }).is_ok();
        (self.wake)();
        sent
    }

    /// From the blocking pool. Drops the event while the front end is slow: a later one says more.
    pub(super) fn progress(&self, done: u64, total: Option<u64>) {
        let sent = self.updates.try_send(Update { job: self.job, event: Event::Progressed { done, total } });
        if sent.is_ok() {
            (self.wake)();
        }
    }
}
