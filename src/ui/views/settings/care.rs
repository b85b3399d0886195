//! Care for the data as a whole: another key, locking, back-ups.

use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::pick::PickPurpose;
use crate::ui::state::Slot;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Answer, Field, Kind, Pressed, SecretField, button, button_enabled, confirm, dialog, error_panel, option_card,
    select, text, tick,
};
use crate::worker::{Command, FailureKind, KeySource, Protection, SessionCommand};
use egui::Ui;
use std::path::PathBuf;

/// The fewest characters of a passphrase, as on the first start.
const SHORTEST: usize = 10;
/// Minutes after which an unused window may lock itself.
const LOCK_AFTER: [(Option<u32>, &str); 5] = [
    (None, "Never"),
    (Some(5), "After 5 minutes"),
    (Some(15), "After 15 minutes"),
    (Some(30), "After 30 minutes"),
    (Some(60), "After an hour"),
];

/// The dialogs of this part of the page.
#[derive(Debug, Default)]
pub(super) struct CarePage {
    open: Option<Dialog>,
}

#[derive(Debug)]
enum Dialog {
    Key(KeyDialog),
    BackUp(BackUpDialog),
    Restore(RestoreDialog),
}

/// Chooses what opens the database from now on.
#[derive(Debug, Default)]
struct KeyDialog {
    uses_keychain: bool,
    passphrase: SecretField,
    repeat: SecretField,
    is_asked: bool,
}

#[derive(Debug, Default)]
struct BackUpDialog {
    path: String,
    has_passphrase: bool,
    passphrase: SecretField,
    is_asked: bool,
}

#[derive(Debug, Default)]
struct RestoreDialog {
    path: String,
    has_passphrase: bool,
    passphrase: SecretField,
    confirms: bool,
    is_asked: bool,
}

impl CarePage {
    pub(super) fn key_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let Some(source) = cx.state.session.as_ref().map(|session| session.key_source) else { return };
        ui.horizontal(|ui| {
            if button(ui, tokens, Kind::Secondary, Some(icons::KEY), "Change key").clicked() {
                let uses_keychain = source == KeySource::Passphrase;
                self.open = Some(Dialog::Key(KeyDialog { uses_keychain, ..KeyDialog::default() }));
            }
            if source == KeySource::Passphrase
                && button(ui, tokens, Kind::Secondary, Some(icons::LOCK), "Lock now").clicked()
            {
                cx.lock();
            }
        });
        if source == KeySource::Passphrase {
            let mut minutes = cx.state.settings.lock_after_minutes;
            ui.add_space(space::S);
            if select(ui, tokens, "Lock by itself when nobody uses the window", &mut minutes, &LOCK_AFTER) {
                cx.change_settings(move |settings| settings.lock_after_minutes = minutes);
            }
        }
    }

    pub(super) fn backups_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        let words = "One encrypted file with everything; it is opened and checked before it counts as written";
        text(ui, words, Type::Caption, tokens.muted);
        ui.horizontal(|ui| {
            if button(ui, tokens, Kind::Secondary, Some(icons::DOWNLOAD), "Back up").clicked() {
                let folder = cx.state.session.as_ref().map(|session| session.data_dir.join("backups"));
                let name = format!("tftsr-{}.db", jiff::Zoned::now().strftime("%Y%m%d-%H%M%S"));
                let path = folder.unwrap_or_default().join(name).display().to_string();
                self.open = Some(Dialog::BackUp(BackUpDialog { path, ..BackUpDialog::default() }));
            }
            if button(ui, tokens, Kind::Secondary, Some(icons::REFRESH), "Restore").clicked() {
                self.open = Some(Dialog::Restore(RestoreDialog::default()));
            }
        });
    }

    /// The dialog that is open, if one is.
    pub(super) fn dialogs_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let is_over = match &mut self.open {
            None => return,
            Some(Dialog::Key(dialog)) => dialog.ui(ui, cx),
            Some(Dialog::BackUp(dialog)) => dialog.ui(ui, cx),
            Some(Dialog::Restore(dialog)) => dialog.ui(ui, cx),
        };
        if is_over {
            self.open = None;
        }
    }
}

/// The failure of what was asked for, drawn; true while it runs.
fn outcome_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, is_asked: bool) -> bool {
    if !is_asked {
        return false;
    }
    if let Some(failure) = cx.state.care.failure() {
        ui.add_space(space::S);
        if error_panel(ui, cx.tokens, failure) == Pressed::CopyDetails {
            cx.copy(failure.details.clone());
        }
    }
    if cx.state.care.is_loading() {
        ui.add_space(space::S);
        ui.horizontal(|ui| {
            ui.spinner();
            text(ui, "Writing and checking every page…", Type::Caption, cx.tokens.muted);
        });
    }
    cx.state.care.is_loading()
}

/// Whether what was asked for has come to a good end.
fn is_done(cx: &ViewContext<'_>, is_asked: bool) -> bool {
    is_asked && cx.state.care.value().is_some() && !cx.state.care.is_loading()
}

impl KeyDialog {
    fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) -> bool {
        let (cancel, close) = dialog(ui, cx.tokens, ("Change the database key", 480.0), |ui| self.contents_ui(ui, cx));
        // What is running must not be hidden: it ends by itself.
        is_done(cx, self.is_asked) || ((cancel || close) && !(self.is_asked && cx.state.care.is_loading()))
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> bool {
        let tokens = cx.tokens;
        let words = "Everything is written anew under the new key and checked; until then the old file stays";
        text(ui, words, Type::Body, tokens.muted);
        ui.add_space(space::S);
        let keychain = (icons::KEY, "This system's keychain", "A random key; nothing to remember");
        if option_card(ui, tokens, self.uses_keychain, keychain) {
            self.uses_keychain = true;
        }
        let passphrase = (icons::LOCK, "A passphrase", "Asked for at each start; nobody can recover it");
        if option_card(ui, tokens, !self.uses_keychain, passphrase) {
            self.uses_keychain = false;
        }
        if !self.uses_keychain {
            ui.add_space(space::S);
            let (length, _) = self.passphrase.strength();
            let short = (length > 0 && length < SHORTEST).then_some("At least 10 characters");
            self.passphrase.ui(ui, tokens, Field::new("New passphrase").error(short));
            let differs = (!self.repeat.is_empty() && !self.passphrase.is_same(&self.repeat)).then_some("Not the same");
            self.repeat.ui(ui, tokens, Field::new("The same again").error(differs));
        }
        if cx.state.session.as_ref().is_some_and(|session| session.key_source == KeySource::Environment) {
            ui.add_space(space::S);
            let words = "TFTSR_DB_KEY is asked first at each start: set it to the new passphrase, or unset it";
            text(ui, words, Type::Caption, tokens.warn);
        }
        let busy = outcome_ui(ui, cx, self.is_asked);
        ui.add_space(space::M);
        let (length, _) = self.passphrase.strength();
        let ready = !busy && (self.uses_keychain || (length >= SHORTEST && self.passphrase.is_same(&self.repeat)));
        let mut cancel = false;
        ui.horizontal(|ui| {
            if button_enabled(ui, tokens, (Kind::Primary, ready), Some(icons::CHECK), "Change the key").clicked() {
                let protection = if self.uses_keychain {
                    Protection::Keychain
                } else {
                    self.repeat.clear(ui.ctx());
                    Protection::Passphrase(self.passphrase.take(ui.ctx()))
                };
                self.is_asked = true;
                cx.submit(Slot::Care, Command::Session(SessionCommand::ChangeKey { protection }));
            }
            cancel = button_enabled(ui, tokens, (Kind::Ghost, !busy), None, "Cancel").clicked();
        });
        cancel
    }
}

impl BackUpDialog {
    fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) -> bool {
        if let Some(path) = cx.take_picked(PickPurpose::BackUp).into_iter().next() {
            self.path = path.display().to_string();
        }
        let (cancel, close) = dialog(ui, cx.tokens, ("Back up", 480.0), |ui| self.contents_ui(ui, cx));
        is_done(cx, self.is_asked) || cancel || close
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> bool {
        let tokens = cx.tokens;
        if Field::new("Write to").code().ui(ui, tokens, &mut self.path).changed() {
            self.is_asked = false;
        }
        ui.add_space(space::S);
        if tick(ui, tokens, self.has_passphrase, "A passphrase of its own, to open it on another machine") {
            self.has_passphrase = !self.has_passphrase;
        }
        let (length, _) = self.passphrase.strength();
        if self.has_passphrase {
            let short = (length > 0 && length < SHORTEST).then_some("At least 10 characters");
            self.passphrase.ui(ui, tokens, Field::new("Passphrase of the back-up").error(short));
        } else {
            text(ui, "It opens with the key that is in use now", Type::Caption, tokens.muted);
        }
        let busy = outcome_ui(ui, cx, self.is_asked);
        let failure = cx.state.care.failure().filter(|_| self.is_asked);
        let exists = failure.is_some_and(|failure| failure.kind == FailureKind::FileExists);
        ui.add_space(space::M);
        let ready = !busy && !self.path.trim().is_empty() && (!self.has_passphrase || length >= SHORTEST);
        let mut cancel = false;
        ui.horizontal(|ui| {
            let (kind, verb) = if exists { (Kind::Danger, "Replace the file") } else { (Kind::Primary, "Back up now") };
            if button_enabled(ui, tokens, (kind, ready), Some(icons::DOWNLOAD), verb).clicked() {
                let passphrase = if self.has_passphrase { self.passphrase.copy() } else { None };
                let path = PathBuf::from(self.path.trim());
                self.is_asked = true;
                let command = SessionCommand::BackUp { path, passphrase, overwrite: exists };
                cx.submit(Slot::Care, Command::Session(command));
            }
            if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Browse").clicked() {
                cx.pick_save(PickPurpose::BackUp, "tftsr-backup.db");
            }
            cancel = button(ui, tokens, Kind::Ghost, None, "Cancel").clicked();
        });
        cancel
    }
}

impl RestoreDialog {
    fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) -> bool {
        if let Some(path) = cx.take_picked(PickPurpose::RestoreFrom).into_iter().next() {
            self.path = path.display().to_string();
        }
        if self.confirms {
            let words = "All issues, logs, documents and settings become those of the back-up. What is there now is kept \
                         in the folder of back-ups";
            match confirm(ui, cx.tokens, "Replace all data?", words, "Replace all data") {
                Answer::Open => {}
                Answer::No => self.confirms = false,
                Answer::Yes => {
                    self.confirms = false;
                    self.is_asked = true;
                    let path = PathBuf::from(self.path.trim());
                    let passphrase = if self.has_passphrase { self.passphrase.copy() } else { None };
                    cx.submit(Slot::Care, Command::Session(SessionCommand::RestoreBackup { path, passphrase }));
                }
            }
            return false;
        }
        let (cancel, close) = dialog(ui, cx.tokens, ("Restore a back-up", 480.0), |ui| self.contents_ui(ui, cx));
        is_done(cx, self.is_asked) || ((cancel || close) && !(self.is_asked && cx.state.care.is_loading()))
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) -> bool {
        let tokens = cx.tokens;
        if Field::new("Back-up").hint("tftsr-backup.db").code().ui(ui, tokens, &mut self.path).changed() {
            self.is_asked = false;
        }
        ui.add_space(space::S);
        if tick(ui, tokens, self.has_passphrase, "It has a passphrase of its own") {
            self.has_passphrase = !self.has_passphrase;
        }
        if self.has_passphrase {
            self.passphrase.ui(ui, tokens, Field::new("Passphrase of the back-up"));
        }
        let busy = outcome_ui(ui, cx, self.is_asked);
        ui.add_space(space::M);
        let ready = !busy && !self.path.trim().is_empty() && (!self.has_passphrase || !self.passphrase.is_empty());
        let mut cancel = false;
        ui.horizontal(|ui| {
            if button_enabled(ui, tokens, (Kind::Danger, ready), Some(icons::REFRESH), "Restore").clicked() {
                self.confirms = true;
            }
            if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Browse").clicked() {
                cx.pick_files(PickPurpose::RestoreFrom);
            }
            cancel = button_enabled(ui, tokens, (Kind::Ghost, !busy), None, "Cancel").clicked();
        });
        cancel
    }
}
