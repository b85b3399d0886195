//! Something that was asked for.

use crate::worker::{Failure, JobId};

/// Something that was asked for. `previous` keeps the old value on screen while the new one loads.
#[derive(Clone, Debug, Default)]
pub enum Loadable<T> {
    #[default]
    NotAsked,
    Loading {
        job: JobId,
        previous: Option<T>,
    },
    Ready(T),
    Failed {
        failure: Failure,
        previous: Option<T>,
    },
}

impl<T> Loadable<T> {
    /// The newest value there is, old or new.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous.as_ref(),
            Self::NotAsked => None,
        }
    }

    pub const fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous.as_mut(),
            Self::NotAsked => None,
        }
    }

    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Failed { failure, .. } => Some(failure),
            Self::NotAsked | Self::Loading { .. } | Self::Ready(_) => None,
        }
    }

    pub const fn is_loading(&self) -> bool {
        matches!(self, Self::Loading { .. })
    }

    /// Whether a view should ask for it: it has neither been asked for nor failed.
    pub const fn is_unasked(&self) -> bool {
        matches!(self, Self::NotAsked)
    }

    pub fn start(&mut self, job: JobId) {
        let previous = self.take_value();
        *self = Self::Loading { job, previous };
    }

    pub fn fail(&mut self, failure: Failure) {
        let previous = self.take_value();
        *self = Self::Failed { failure, previous };
    }

    /// Back to the value before, or to not asked for.
    pub fn cancel(&mut self) {
        if self.is_loading() {
            *self = self.take_value().map_or(Self::NotAsked, Self::Ready);
        }
    }

    fn take_value(&mut self) -> Option<T> {
        match std::mem::take(self) {
            Self::Ready(value) => Some(value),
            Self::Loading { previous, .. } | Self::Failed { previous, .. } => previous,
            Self::NotAsked => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::FailureKind;

    #[test]
    fn the_old_value_stays_while_loading_and_after_a_failure() {
        let mut number = Loadable::Ready(7);
        number.start(JobId(1));
        assert_eq!((number.value(), number.is_loading()), (Some(&7), true));
        number.fail(Failure::new(FailureKind::Network, "no answer", ""));
        assert_eq!(number.value(), Some(&7));
        assert_eq!(number.failure().map(|failure| failure.kind), Some(FailureKind::Network));
    }

    #[test]
    fn cancelling_leaves_what_was_there() {
        let mut number = Loadable::<u8>::NotAsked;
        number.start(JobId(1));
        number.cancel();
        assert!(number.is_unasked());
    }
}
