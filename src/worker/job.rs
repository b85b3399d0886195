//! A running job, as the front end holds it.

use tokio_util::sync::CancellationToken;

/// Names a job within one run of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JobId(pub(crate) u64);

/// A running job. Dropping it cancels the job.
#[derive(Debug)]
#[must_use = "dropping a job cancels it; call `detach` to let it run"]
pub struct Job {
    id: JobId,
    cancel: Option<CancellationToken>,
}

impl Job {
    pub(super) const fn new(id: JobId, cancel: CancellationToken) -> Self {
        Self { id, cancel: Some(cancel) }
    }

    pub const fn id(&self) -> JobId {
        self.id
    }

    /// Lets the job run to its end whatever happens.
    pub fn detach(mut self) -> JobId {
        self.cancel = None;
        self.id
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        if let Some(cancel) = &self.cancel {
            cancel.cancel();
        }
    }
}
