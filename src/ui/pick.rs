//! The system's file dialogs, off the window's thread.

use rfd::AsyncFileDialog;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// What chosen files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PickPurpose {
    /// Logs for the New issue form.
    NewIssueLogs,
    /// Logs for the issue that is shown.
    IssueLogs,
    /// Images for the chat of the issue that is shown.
    ChatImages,
    /// Where to write an export.
    Export,
    /// Where to write a whole issue.
    IssueExport,
    CaFile,
    /// Where to write a back-up.
    BackUp,
    RestoreFrom,
    /// Where to write the audit log.
    AuditExport,
    /// A file of rules to read.
    RuleImport,
    /// Where to write the rules.
    RuleExport,
    ExportFolder,
}

/// What was chosen. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picked {
    pub purpose: PickPurpose,
    pub paths: Vec<PathBuf>,
}

/// How a dialog ended.
#[derive(Debug)]
pub enum PickOutcome {
    Picked(Picked),
    Cancelled,
    /// No dialog came up: this desktop has no portal.
    Unavailable,
}

/// A dialog that ends sooner than a person can act was never there: the portal's absence is not told apart from Cancel.
const TOO_QUICK: Duration = Duration::from_millis(250);

/// Starts dialogs, and collects what was chosen.
#[derive(Debug)]
pub struct Picker {
    sender: Sender<PickOutcome>,
    receiver: Receiver<PickOutcome>,
}

impl Default for Picker {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver }
    }
}

impl Picker {
    /// A dialog for one or more existing files; for a folder where the purpose is one.
    pub fn files(&self, purpose: PickPurpose, ctx: &egui::Context) {
        if purpose == PickPurpose::ExportFolder {
            let dialog = AsyncFileDialog::new().pick_folder();
            self.run(purpose, ctx, async { dialog.await.map(|one| vec![one.path().to_owned()]) });
        } else {
            let dialog = AsyncFileDialog::new().pick_files();
            let paths = |files: Vec<rfd::FileHandle>| files.iter().map(|one| one.path().to_owned()).collect();
            self.run(purpose, ctx, async move { dialog.await.map(paths) });
        }
    }

    /// A dialog for a new file.
    pub fn save(&self, purpose: PickPurpose, name: &str, ctx: &egui::Context) {
        let dialog = AsyncFileDialog::new().set_file_name(name).save_file();
        self.run(purpose, ctx, async { dialog.await.map(|one| vec![one.path().to_owned()]) });
    }

    /// How a dialog ended, if one did since the last call.
    pub fn next(&self) -> Option<PickOutcome> {
        self.receiver.try_recv().ok()
    }

    fn run(
        &self,
        purpose: PickPurpose,
        ctx: &egui::Context,
        dialog: impl Future<Output = Option<Vec<PathBuf>>> + Send + 'static,
    ) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let failed = self.sender.clone();
        let thread = std::thread::Builder::new().name("file dialog".to_owned()).spawn(move || {
            let outcome = wait_for(purpose, dialog);
            // The window may be gone by now.
            sender.send(outcome).ok();
            ctx.request_repaint();
        });
        if thread.is_err() {
            failed.send(PickOutcome::Unavailable).ok();
        }
    }
}

fn wait_for(purpose: PickPurpose, dialog: impl Future<Output = Option<Vec<PathBuf>>>) -> PickOutcome {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return PickOutcome::Unavailable;
    };
    let started = Instant::now();
    match runtime.block_on(dialog) {
        Some(paths) if !paths.is_empty() => PickOutcome::Picked(Picked { purpose, paths }),
        _ if started.elapsed() < TOO_QUICK => PickOutcome::Unavailable,
        _ => PickOutcome::Cancelled,
    }
}
