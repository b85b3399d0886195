//! What is known of the Ollama that is managed, and the models on their way to it.

use super::{Loadable, Running, Slot, State};
use crate::domain::ModelId;
use crate::worker::{
    Event, Failure, JobId, Machine, ModelDetails, OllamaModels, OllamaStatus, PullPhase, PullProgress,
};

/// What the page of Ollama reads.
#[derive(Debug, Default)]
pub struct OllamaPageState {
    pub status: Loadable<Box<OllamaStatus>>,
    /// Starting the server; the failure if it did not start.
    pub start: Loadable<()>,
    pub machine: Loadable<Box<Machine>>,
    pub models: Loadable<Box<OllamaModels>>,
    /// Of the model that was asked for last.
    pub details: Loadable<(ModelId, Box<ModelDetails>)>,
    /// In the order in which they were asked for.
    pub pulls: Vec<PullItem>,
    /// Whether a pull has ended, or the server was asked how it is, since the models were last listed.
    pub models_stale: bool,
}

/// A model that was asked for.
#[derive(Clone, Debug)]
pub struct PullItem {
    pub model: ModelId,
    pub progress: PullProgress,
    pub state: PullState,
}

/// Whether a pull goes on.
#[derive(Clone, Debug)]
pub enum PullState {
    /// Waiting or under way.
    Active,
    /// By the user; it can be resumed.
    Stopped,
    Failed(Failure),
    Done,
}

impl OllamaPageState {
    pub fn pull(&self, model: &ModelId) -> Option<&PullItem> {
        self.pulls.iter().find(|item| item.model == *model)
    }

    fn pull_mut(&mut self, model: &ModelId) -> Option<&mut PullItem> {
        self.pulls.iter_mut().find(|item| item.model == *model)
    }

    /// Takes its place at the end of the queue. What it had reached stays on the screen until more is known.
    fn pull_begins(&mut self, model: &ModelId) {
        let known = self.pulls.iter().position(|item| item.model == *model).map(|at| self.pulls.remove(at));
        let mut progress = known.map(|item| item.progress).unwrap_or_default();
        progress.phase = PullPhase::Queued;
        self.pulls.push(PullItem { model: model.clone(), progress, state: PullState::Active });
    }

    fn pull_progressed(&mut self, model: &ModelId, new: PullProgress) {
        let Some(item) = self.pull_mut(model) else { return };
        let old = std::mem::take(&mut item.progress);
        item.progress =
            if new.total_bytes.is_none() { PullProgress { phase: new.phase, left: None, ..old } } else { new };
    }

    fn pull_ends(&mut self, model: &ModelId, state: PullState) {
        if let Some(item) = self.pull_mut(model) {
            item.state = state;
            item.progress.bytes_per_second = None;
            item.progress.left = None;
        }
    }
}

impl State {
    pub(super) fn begin_ollama(&mut self, slot: &Slot, job: JobId) {
        match slot {
            Slot::OllamaStatus => self.ollama_page.status.start(job),
            Slot::OllamaStart => self.ollama_page.start.start(job),
            Slot::Machine => self.ollama_page.machine.start(job),
            Slot::OllamaModels => {
                self.ollama_page.models_stale = false;
                self.ollama_page.models.start(job);
            }
            Slot::ModelDetails => self.ollama_page.details.start(job),
            Slot::Pull(model) => self.ollama_page.pull_begins(model),
            _ => {}
        }
    }

    pub(super) fn apply_ollama(&mut self, event: Event, job: JobId, slot: Option<&Slot>) {
        let page = &mut self.ollama_page;
        match event {
            Event::OllamaStatusRead(status) => {
                if slot == Some(&Slot::OllamaStart) {
                    page.start = Loadable::Ready(());
                }
                page.models_stale = true;
                page.status = Loadable::Ready(status);
            }
            Event::MachineRead(machine) => page.machine = Loadable::Ready(machine),
            Event::OllamaModelsListed(models) => page.models = Loadable::Ready(models),
            Event::OllamaModelShown { model, details } => page.details = Loadable::Ready((model, details)),
            Event::PullProgressed { model, progress } => {
                page.pull_progressed(&model, *progress);
                self.show_pull_running(&model, job, slot);
            }
            Event::Pulled { model } => {
                page.pull_ends(&model, PullState::Done);
                page.models_stale = true;
            }
            _ => {}
        }
    }

    /// In the status bar from when it is its turn, so that what waits does not hide what runs.
    fn show_pull_running(&mut self, model: &ModelId, job: JobId, slot: Option<&Slot>) {
        let Some(item) = self.ollama_page.pull(model) else { return };
        if item.progress.phase == PullPhase::Queued {
            return;
        }
        let total = item.progress.share.map(|_| 1000);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is from 0 to 1")]
        let done = (item.progress.share.unwrap_or_default() * 1000.0) as u64;
        let label = format!("Pulling {}", model.as_str());
        self.running.insert(job, Running { label, slot: slot.cloned(), done, total });
    }

    pub(super) fn pull_stopped(&mut self, model: &ModelId) {
        self.ollama_page.pull_ends(model, PullState::Stopped);
    }

    pub(super) fn pull_failed(&mut self, model: &ModelId, failure: Failure) {
        self.ollama_page.pull_ends(model, PullState::Failed(failure));
    }

    /// Takes a pull that has ended off the list.
    pub fn forget_pull(&mut self, model: &ModelId) {
        self.ollama_page.pulls.retain(|item| item.model != *model || matches!(item.state, PullState::Active));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::{FailureKind, Update};

    fn model(name: &str) -> ModelId {
        ModelId::parse(name).unwrap()
    }

    fn progress(share: f32) -> PullProgress {
        PullProgress {
            phase: PullPhase::Downloading,
            total_bytes: Some(100),
            share: Some(share),
            ..PullProgress::default()
        }
    }

    fn happens(state: &mut State, job: u64, name: &str, event: Event) {
        state.apply(Update { job: JobId(job), event }, Some(&Slot::Pull(model(name))));
    }

    #[test]
    fn a_queue_shows_the_one_that_runs_and_keeps_what_was_reached() {
        let mut state = State::default();
        state.begin(&Slot::Pull(model("a:1")), JobId(1));
        state.begin(&Slot::Pull(model("b:1")), JobId(2));
        let told = |name, progress| Event::PullProgressed { model: model(name), progress: Box::new(progress) };
        happens(&mut state, 2, "b:1", told("b:1", PullProgress::default()));
        happens(&mut state, 1, "a:1", told("a:1", progress(0.4)));
        assert_eq!(state.running.len(), 1);
        let running = state.running.values().next().unwrap();
        assert_eq!((running.label.as_str(), running.done, running.total), ("Pulling a:1", 400, Some(1000)));

        happens(&mut state, 1, "a:1", Event::Cancelled);
        assert!(state.running.is_empty());
        assert!(matches!(state.ollama_page.pulls[0].state, PullState::Stopped));
        state.begin(&Slot::Pull(model("a:1")), JobId(3));
        assert_eq!(state.ollama_page.pulls[1].progress.share, Some(0.4));
        let preparing = PullProgress { phase: PullPhase::Preparing, ..PullProgress::default() };
        happens(&mut state, 3, "a:1", told("a:1", preparing));
        assert_eq!(state.ollama_page.pull(&model("a:1")).unwrap().progress.share, Some(0.4));

        happens(&mut state, 3, "a:1", Event::Pulled { model: model("a:1") });
        assert!(state.ollama_page.models_stale && state.running.is_empty());
        let failure = Failure::new(FailureKind::NoSpace, "no room", "");
        happens(&mut state, 2, "b:1", Event::Failed(failure));
        assert!(matches!(state.ollama_page.pull(&model("b:1")).unwrap().state, PullState::Failed(_)));
        assert!(state.notices.is_empty(), "it stands in its place");
        state.forget_pull(&model("a:1"));
        assert_eq!(state.ollama_page.pulls.len(), 1);
    }
}
