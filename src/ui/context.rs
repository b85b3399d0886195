//! What a view may see, and what it may ask for.

use super::command::UiCommand;
use super::drafts::Drafts;
use super::live_check::{LiveChecks, Look, Mark};
use super::pick::{PickPurpose, Picked};
use super::screen::Screen;
use super::state::{Notice, SettingsChange, Slot, State};
use super::theme::Tokens;
use crate::domain::{IssueId, ModelId, Settings};
use crate::worker::{Command, PrivacyCommand};
use egui::Ui;
use std::path::PathBuf;
use std::time::Duration;

/// What a view asks for; carried out by the app after the frame.
#[derive(Debug)]
pub enum Request {
    Submit {
        slot: Slot,
        command: Command,
    },
    Detach {
        label: String,
        command: Command,
    },
    Cancel(Slot),
    Open(Screen),
    Notify(Notice),
    DismissNotice(usize),
    /// Takes a pull that has ended off the list.
    ForgetPull(ModelId),
    Copy(String),
    PickFiles(PickPurpose),
    PickSave {
        purpose: PickPurpose,
        name: String,
    },
    Run(UiCommand),
    /// Save what is being typed, and close the store.
    Lock,
    /// The first start's page was accepted.
    Enter,
    Quit,
}

/// What a view may see, and how it asks.
pub struct ViewContext<'a> {
    pub state: &'a State,
    pub tokens: &'a Tokens,
    pub screen: Screen,
    drafts: &'a mut Drafts,
    checks: &'a mut LiveChecks,
    picked: &'a mut Vec<Picked>,
    requests: &'a mut Vec<Request>,
    settings_changes: &'a mut Vec<SettingsChange>,
}

/// What a view may change besides its own struct.
#[derive(Debug, Default)]
pub struct Desk {
    pub drafts: Drafts,
    pub checks: LiveChecks,
    pub picked: Vec<Picked>,
    pub requests: Vec<Request>,
    pub settings_changes: Vec<SettingsChange>,
}

impl<'a> ViewContext<'a> {
    pub const fn new(state: &'a State, tokens: &'a Tokens, screen: Screen, desk: &'a mut Desk) -> Self {
        let Desk { drafts, checks, picked, requests, settings_changes } = desk;
        Self { state, tokens, screen, drafts, checks, picked, requests, settings_changes }
    }

    /// Asks for something to show. The latest wins: a request in the same slot that still runs is cancelled.
    pub fn submit(&mut self, slot: Slot, command: Command) {
        self.requests.push(Request::Submit { slot, command });
    }

    /// Sends a change, which runs to its end. A failure becomes a notice. `label` is what the status bar says while it
    /// runs; empty for what is quick.
    pub fn run_detached(&mut self, label: impl Into<String>, command: Command) {
        self.requests.push(Request::Detach { label: label.into(), command });
    }

    /// Stops what runs in this slot.
    pub fn cancel(&mut self, slot: Slot) {
        self.requests.push(Request::Cancel(slot));
    }

    pub fn open(&mut self, screen: Screen) {
        self.requests.push(Request::Open(screen));
    }

    pub fn notify(&mut self, notice: Notice) {
        self.requests.push(Request::Notify(notice));
    }

    /// Takes away the notice at this place in `state.notices`.
    pub fn dismiss_notice(&mut self, index: usize) {
        self.requests.push(Request::DismissNotice(index));
    }

    /// Takes a pull that has ended off the list.
    pub fn forget_pull(&mut self, model: ModelId) {
        self.requests.push(Request::ForgetPull(model));
    }

    /// Into the clipboard.
    pub fn copy(&mut self, text: impl Into<String>) {
        self.requests.push(Request::Copy(text.into()));
    }

    /// Opens the system's dialog for existing files. Look for the answer with [`Self::take_picked`].
    pub fn pick_files(&mut self, purpose: PickPurpose) {
        self.requests.push(Request::PickFiles(purpose));
    }

    /// Opens the system's dialog for a new file of this name.
    pub fn pick_save(&mut self, purpose: PickPurpose, name: impl Into<String>) {
        self.requests.push(Request::PickSave { purpose, name: name.into() });
    }

    /// What was chosen for this purpose since the last call. Empty when nothing was.
    pub fn take_picked(&mut self, purpose: PickPurpose) -> Vec<PathBuf> {
        let mut paths = Vec::new();
        self.picked.retain_mut(|picked| {
            let fits = picked.purpose == purpose;
            if fits {
                paths.append(&mut picked.paths);
            }
            !fits
        });
        paths
    }

    /// Does what a menu entry, a shortcut or the palette would.
    pub fn run(&mut self, command: UiCommand) {
        self.requests.push(Request::Run(command));
    }

    /// Saves what is being typed, and closes the store until the passphrase is given.
    pub fn lock(&mut self) {
        self.requests.push(Request::Lock);
    }

    /// Leaves the first start's page.
    pub fn enter(&mut self) {
        self.requests.push(Request::Enter);
    }

    /// Closes the window.
    pub fn quit(&mut self) {
        self.requests.push(Request::Quit);
    }

    /// The draft with this key, to be edited in place; stored by itself, and there again after a crash.
    pub fn draft(&mut self, key: &str) -> &mut String {
        self.drafts.text(key)
    }

    /// What would be redacted of the text in the field of this key, as far as it is known now. Asks the worker once the
    /// typing rests, and for a frame when the answer comes.
    pub fn check(&mut self, ui: &Ui, key: &str, (issue, text): (Option<IssueId>, &str)) -> Look {
        let now = ui.input(|input| input.time);
        let key = &issue.map_or_else(|| key.to_owned(), |issue| format!("{key}@{issue}"));
        let detail = issue.and_then(|issue| self.state.issue(issue)).and_then(|state| state.detail.value());
        let known = (self.state.draft_checks.get(key), detail.map(|detail| &detail.vault));
        let look = self.checks.look(key, text, now, known);
        if look.asks {
            let detect = PrivacyCommand::Detect { issue, text: text.into() };
            self.submit(Slot::DraftCheck(key.clone()), Command::Privacy(detect));
        }
        if let Some(secs) = look.again_in {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(secs.max(0.01)));
        }
        look
    }

    /// As [`Self::check`], for a field of an issue that is kept on this machine: what would be redacted of it later.
    pub fn marks(&mut self, ui: &Ui, key: &str, (issue, text): (Option<IssueId>, &str)) -> Vec<Mark> {
        self.check(ui, key, (issue, text)).marks
    }

    /// Changes a setting, at once on the screen and soon in the store. The only way: each change is made to the newest
    /// settings, so that two quick ones cannot overwrite each other.
    pub fn change_settings(&mut self, change: impl FnOnce(&mut Settings) + 'static) {
        self.settings_changes.push(SettingsChange::new(change));
    }

    /// Empties all drafts whose keys begin so.
    pub fn clear_drafts(&mut self, prefix: &str) {
        self.drafts.clear_all(prefix);
    }

    /// Empties a draft, once what it held has been sent or saved.
    pub fn clear_draft(&mut self, key: &str) {
        self.drafts.clear(key);
    }
}
