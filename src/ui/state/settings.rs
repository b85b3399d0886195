//! Settings on their way to the store: changed on the screen at once, stored one after the other.

use super::State;
use crate::domain::Settings;
use std::fmt;

/// One change of the settings, to be made to whatever they are by then.
pub struct SettingsChange(Box<dyn FnOnce(&mut Settings)>);

impl SettingsChange {
    pub fn new(change: impl FnOnce(&mut Settings) + 'static) -> Self {
        Self(Box::new(change))
    }
}

impl fmt::Debug for SettingsChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SettingsChange")
    }
}

/// How far the settings on the screen are ahead of those in the store.
#[derive(Debug, Default)]
pub struct SettingsSync {
    saved: Settings,
    /// Whether a saving is under way. There is one at a time, so that an older one cannot arrive last.
    in_flight: bool,
    /// Whether something changed that no saving carries.
    changed: bool,
}

impl SettingsSync {
    pub(super) fn new(saved: Settings) -> Self {
        Self { saved, in_flight: false, changed: false }
    }

    pub(super) const fn begin(&mut self) {
        self.in_flight = true;
        self.changed = false;
    }

    /// Whether the store does not have the newest settings yet.
    pub const fn is_behind(&self) -> bool {
        self.in_flight || self.changed
    }
}

impl State {
    /// Makes a change, at once.
    pub fn change_settings(&mut self, change: SettingsChange) {
        let before = self.settings.clone();
        (change.0)(&mut self.settings);
        self.settings_sync.changed |= before != self.settings;
    }

    /// What must be sent to the store now, if anything. [`Self::begin`] tells that it was sent.
    pub fn settings_to_save(&self) -> Option<Settings> {
        let sync = &self.settings_sync;
        (sync.changed && !sync.in_flight).then(|| self.settings.clone())
    }

    pub(super) fn settings_saved(&mut self, saved: Settings) {
        self.settings_sync.in_flight = false;
        if !self.settings_sync.changed {
            self.settings.clone_from(&saved);
        }
        let before = std::mem::replace(&mut self.settings_sync.saved, saved);
        let now = &self.settings_sync.saved;
        if (before.kinds_off, before.redact_reserved_addresses)
            != (now.kinds_off.clone(), now.redact_reserved_addresses)
        {
            self.findings_are_stale();
        }
    }

    /// Back to what is stored.
    pub(super) fn settings_refused(&mut self) {
        self.settings = self.settings_sync.saved.clone();
        self.settings_sync = SettingsSync::new(self.settings.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::state::Slot;
    use crate::worker::{Event, Failure, FailureKind, JobId, Update};

    fn happens(state: &mut State, event: Event) {
        state.apply(Update { job: JobId(1), event }, Some(&Slot::Settings));
    }

    #[test]
    fn a_change_made_while_another_is_stored_is_stored_after_it() {
        let mut state = State::default();
        state.change_settings(SettingsChange::new(|settings| settings.offline = true));
        let first = state.settings_to_save().unwrap();
        state.begin(&Slot::Settings, JobId(1));
        state.change_settings(SettingsChange::new(|settings| settings.redact_reserved_addresses = true));
        assert_eq!(state.settings_to_save(), None);

        happens(&mut state, Event::SettingsSaved(Box::new(first)));
        let second = state.settings_to_save().unwrap();
        assert!(second.offline && second.redact_reserved_addresses);
        state.begin(&Slot::Settings, JobId(2));
        happens(&mut state, Event::SettingsSaved(Box::new(second)));
        assert!(state.settings.offline && state.settings.redact_reserved_addresses);
        assert!(!state.settings_sync.is_behind());
    }

    #[test]
    fn settings_that_cannot_be_stored_go_back_and_it_is_told() {
        let mut state = State::default();
        state.change_settings(SettingsChange::new(|settings| settings.offline = true));
        state.begin(&Slot::Settings, JobId(1));
        happens(&mut state, Event::Failed(Failure::new(FailureKind::Other, "the disk is full", "")));
        assert!(!state.settings.offline);
        assert_eq!(state.notices.len(), 1);
        assert_eq!(state.settings_to_save(), None);
    }

    #[test]
    fn a_change_that_changes_nothing_is_not_stored() {
        let mut state = State::default();
        state.change_settings(SettingsChange::new(|settings| settings.offline = false));
        assert_eq!(state.settings_to_save(), None);
    }
}
