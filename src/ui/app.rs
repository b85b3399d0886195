//! The window: drains events before each frame, draws, then carries out what was asked for.

use super::command::UiCommand;
use super::context::Request;
use super::desktop::Desktop;
use super::drafts::REST_SECS;
use super::pick::{PickOutcome, PickPurpose, Picked, Picker};
use super::screen::Screen;
use super::shell::Shell;
use super::state::{Notice, Phase, Running, SettingsChange, Slot, Tone};
use super::theme;
use super::views::NewIssueView;
use crate::domain::Settings;
use crate::worker::{
    Command, Event, IssueCommand, Job, JobId, KeySource, ProviderCommand, SessionCommand, SettingsCommand, Update,
    Worker, WorkerOptions,
};
use egui::{Context, RawInput, ViewportCommand};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::Receiver;

/// Updates taken in per frame; the rest waits for the next one.
const UPDATES_PER_FRAME: usize = 256;
/// How long updates are gathered before a frame is drawn, so that a fast answer does not draw one per token.
const COALESCE: Duration = Duration::from_millis(8);
/// How long closing may wait for the last drafts to be stored.
const FAREWELL: Duration = Duration::from_millis(800);

/// The window's program: the worker on one side, the shell on the other.
pub struct App {
    shell: Shell,
    worker: Worker,
    updates: Receiver<Update>,
    /// What is on screen. Dropping a job cancels it.
    jobs: HashMap<Slot, Job>,
    slots: HashMap<JobId, Slot>,
    detached: HashSet<JobId>,
    picker: Picker,
    applied: Option<Settings>,
    /// Logs for a new issue, until its draft has been read.
    offered: Vec<PathBuf>,
    has_drafts: bool,
    desktop: Desktop,
    /// When there was input last, in seconds of the window's clock.
    used_at: f64,
}

impl App {
    /// Starts the worker and asks it to open the store.
    pub fn new(ctx: &Context, options: WorkerOptions) -> std::io::Result<Self> {
        theme::install_fonts(ctx);
        let wake = ctx.clone();
        let (worker, updates) = Worker::start(options, move || wake.request_repaint_after(COALESCE))?;
        let mut app = Self {
            shell: Shell::default(),
            worker,
            updates,
            jobs: HashMap::new(),
            slots: HashMap::new(),
            detached: HashSet::new(),
            picker: Picker::default(),
            applied: None,
            offered: Vec::new(),
            has_drafts: false,
            desktop: Desktop::default(),
            used_at: 0.0,
        };
        app.apply_settings(ctx);
        app.submit(Slot::Session, Command::Session(SessionCommand::Open));
        Ok(app)
    }

    /// Shows a new issue with these logs, as soon as the store is open.
    pub fn offer(&mut self, logs: Vec<PathBuf>) {
        self.offered.extend(logs);
        self.show_offered();
    }

    /// From now on the window is one of this desktop.
    pub fn join(&mut self, desktop: Desktop) {
        self.desktop = desktop;
    }

    fn take_updates(&mut self, ctx: &Context) {
        for _ in 0..UPDATES_PER_FRAME {
            let Ok(update) = self.updates.try_recv() else { return };
            self.take(update);
        }
        ctx.request_repaint();
    }

    /// An update whose job is no longer kept is ignored, so that a late answer cannot overwrite a newer one.
    fn take(&mut self, mut update: Update) {
        let (job, is_final) = (update.job, update.event.is_final());
        let slot = self.slots.get(&job).cloned();
        if slot.is_none() && !self.detached.contains(&job) {
            return;
        }
        if is_final {
            self.slots.remove(&job);
            self.detached.remove(&job);
            if let Some(slot) = &slot {
                self.jobs.remove(slot);
            }
        }
        if let Event::DraftsLoaded(drafts) = &mut update.event {
            self.shell.desk.drafts.restore(std::mem::take(drafts));
            self.has_drafts = true;
            self.show_offered();
        }
        if slot == Some(Slot::NewIssue) && matches!(update.event, Event::IssueLoaded(_)) {
            self.shell.desk.drafts.clear_all(NewIssueView::DRAFTS);
        }
        // What has been decided on counts for what is being typed as well.
        if matches!(update.event, Event::FindingsLoaded { .. } | Event::SettingsSaved(_)) {
            self.shell.desk.checks.forget();
        }
        if let Event::IssueDeleted(issue) = update.event {
            self.shell.leave(issue);
        }
        let is_locked =
            matches!(update.event, Event::PassphraseNeeded) && matches!(self.shell.state.phase, Phase::Ready);
        let is_other_data = matches!(update.event, Event::Restored { .. });
        if is_locked || is_other_data {
            self.forget_everything();
        }
        let opened = matches!(update.event, Event::SessionOpened(_) | Event::Restored { .. });
        let stale = matches!(update.event, Event::IssueLoaded(_) | Event::IssueDeleted(_) | Event::IssueRestored(_));
        self.shell.state.apply(update, slot.as_ref());
        if opened {
            self.session_opened();
        }
        if stale && !self.shell.state.dashboard.is_unasked() {
            self.submit(Slot::Dashboard, Command::Issue(IssueCommand::LoadDashboard));
        }
        if let Some(screen) = self.shell.state.go_to.take() {
            self.shell.screen = screen;
        }
    }

    fn show_offered(&mut self) {
        if self.has_drafts && !self.offered.is_empty() {
            let paths = std::mem::take(&mut self.offered);
            self.shell.desk.picked.push(Picked { purpose: PickPurpose::NewIssueLogs, paths });
            self.shell.screen = Screen::NewIssue;
        }
    }

    fn session_opened(&mut self) {
        self.shell.rail_collapsed = self.shell.state.settings.rail_collapsed;
        self.submit(Slot::Drafts, Command::Session(SessionCommand::LoadDrafts));
        self.finish_first_start();
    }

    /// Once the page was accepted and the store is open: keeps what was chosen on it, and lets the user in.
    fn finish_first_start(&mut self) {
        let Shell { state, views, .. } = &mut self.shell;
        if !matches!(state.phase, Phase::Welcome) || !views.first_start.is_submitted() {
            return;
        }
        state.phase = Phase::Ready;
        let provider = self.shell.views.first_start.chosen_provider();
        let chosen = provider.as_ref().map(|provider| provider.id);
        if let Some(provider) = provider {
            self.detach("", Command::Provider(ProviderCommand::Save { provider, key: None }));
        }
        self.shell.state.change_settings(SettingsChange::new(move |settings| {
            settings.disclaimer_accepted = true;
            settings.default_provider = chosen.unwrap_or(settings.default_provider);
        }));
    }

    fn submit(&mut self, slot: Slot, command: Command) {
        // Dropped first, so that the old job is cancelled even when the new one finds no room.
        if let Some(old) = self.jobs.remove(&slot) {
            self.shell.state.running.remove(&old.id());
        }
        // Also one that was cancelled and has not ended yet: its end would be taken for the end of the new one.
        self.slots.retain(|_, known| *known != slot);
        let Ok(job) = self.worker.submit(command) else { return self.busy() };
        self.shell.state.begin(&slot, job.id());
        self.slots.insert(job.id(), slot.clone());
        self.jobs.insert(slot, job);
    }

    fn detach(&mut self, label: &str, command: Command) {
        let Ok(job) = self.worker.submit(command) else { return self.busy() };
        let id = job.detach();
        self.detached.insert(id);
        if !label.is_empty() {
            let running = Running { label: label.to_owned(), slot: None, done: 0, total: None };
            self.shell.state.running.insert(id, running);
        }
    }

    fn busy(&mut self) {
        let notice = Notice::new(Tone::Warn, "Too much is going on at once").detail("Try again in a moment");
        self.shell.state.notify(notice);
    }

    /// One saving at a time, so that an older one cannot arrive last.
    fn save_settings(&mut self) {
        if let Some(settings) = self.shell.state.settings_to_save() {
            self.submit(Slot::Settings, Command::Settings(SettingsCommand::Save(settings)));
        }
    }

    fn carry_out(&mut self, ctx: &Context) {
        for request in std::mem::take(&mut self.shell.desk.requests) {
            match request {
                Request::Submit { slot, command } => self.submit(slot, command),
                Request::Detach { label, command } => self.detach(&label, command),
                Request::Cancel(slot) => drop(self.jobs.remove(&slot)),
                Request::Open(screen) => self.shell.screen = screen,
                Request::Notify(notice) => self.shell.state.notify(notice),
                Request::DismissNotice(index) => self.shell.dismiss_notice(index),
                Request::ForgetPull(model) => self.shell.state.forget_pull(&model),
                Request::Copy(text) => ctx.copy_text(text),
                Request::PickFiles(purpose) => self.picker.files(purpose, ctx),
                Request::PickSave { purpose, name } => self.picker.save(purpose, &name, ctx),
                Request::Run(command) => self.run_command(command),
                Request::Lock => self.lock(),
                Request::Enter => self.finish_first_start(),
                Request::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
            }
            ctx.request_repaint();
        }
    }

    fn lock(&mut self) {
        for (key, text) in self.shell.desk.drafts.take_unsaved() {
            self.detach("", Command::Session(SessionCommand::SaveDraft { key, text }));
        }
        self.submit(Slot::Session, Command::Session(SessionCommand::Lock));
    }

    /// Nothing of the old data stays in the window, and no late answer comes back into it.
    fn forget_everything(&mut self) {
        self.jobs.clear();
        self.slots.clear();
        self.has_drafts = false;
        self.shell.forget();
    }

    /// Locks a window that nobody has used for as long as the settings say.
    fn lock_when_left(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if ctx.input(|input| !input.events.is_empty()) {
            self.used_at = now;
        }
        let state = &self.shell.state;
        let by_passphrase = state.session.as_ref().is_some_and(|one| one.key_source == KeySource::Passphrase);
        let Some(minutes) = state.settings.lock_after_minutes.filter(|_| by_passphrase) else { return };
        if !matches!(state.phase, Phase::Ready) {
            return;
        }
        let left = self.used_at + f64::from(minutes) * 60.0 - now;
        if left > 0.0 {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        } else if state.running.is_empty() {
            self.lock();
        } else {
            // Work that was asked for comes to its end first.
            ctx.request_repaint_after(Duration::from_secs(10));
        }
    }

    fn run_command(&mut self, command: UiCommand) {
        if command == UiCommand::SampleIncident {
            let name = super::command::SAMPLES.first().map_or("", |(name, _)| name).to_owned();
            self.submit(Slot::Sample, Command::Issue(IssueCommand::CreateSample { name }));
        } else {
            self.shell.run(command);
        }
    }

    fn take_picked(&mut self) {
        while let Some(outcome) = self.picker.next() {
            match outcome {
                PickOutcome::Picked(picked) => self.shell.desk.picked.push(picked),
                PickOutcome::Cancelled => {}
                PickOutcome::Unavailable => {
                    let notice = Notice::new(Tone::Warn, "This desktop offers no file dialog");
                    self.shell.state.notify(notice.detail("Drop the file on the window, or type its path"));
                }
            }
        }
    }

    fn apply_settings(&mut self, ctx: &Context) {
        let settings = &self.shell.state.settings;
        if self.applied.as_ref() != Some(settings) {
            theme::apply(ctx, settings.theme, settings.density, settings.zoom);
            self.applied = Some(settings.clone());
        }
    }

    /// Stores drafts that rest, and takes away notices whose time is over. Asks for the next frame only if one is due.
    fn keep_time(&mut self, ctx: &Context) {
        let now = ctx.input(|input| input.time);
        if matches!(self.shell.state.phase, Phase::Ready) {
            for (key, text) in self.shell.desk.drafts.take_rested(now) {
                self.detach("", Command::Session(SessionCommand::SaveDraft { key, text }));
            }
            if self.shell.desk.drafts.is_waiting() {
                ctx.request_repaint_after(Duration::from_secs_f64(REST_SECS));
            }
        }
        let mut next: Option<f64> = None;
        let mut afterwards = Vec::new();
        self.shell.state.notices.retain_mut(|notice| {
            let Some(lifetime) = notice.lifetime() else { return true };
            let left = notice.shown_at.get_or_insert(now).max(0.0) + lifetime - now;
            if left <= 0.0 {
                afterwards.extend(notice.afterwards.take());
                return false;
            }
            next = Some(next.map_or(left, |next| next.min(left)));
            true
        });
        for command in afterwards {
            self.detach("", *command);
        }
        if let Some(left) = next {
            ctx.request_repaint_after(Duration::from_secs_f64(left.max(0.01)));
        }
    }
}

impl eframe::App for App {
    fn raw_input_hook(&mut self, _: &Context, input: &mut RawInput) {
        self.desktop.color(input);
    }

    fn logic(&mut self, ctx: &Context, _: &mut eframe::Frame) {
        let logs = self.desktop.arrivals(ctx);
        self.offer(logs);
        self.take_updates(ctx);
        self.take_picked();
        self.apply_settings(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _: &mut eframe::Frame) {
        tracing::trace!(target: "tftsr", "frame");
        self.shell.ui(ui);
        let ctx = ui.ctx().clone();
        self.desktop.watch(&ctx);
        self.carry_out(&ctx);
        self.save_settings();
        self.keep_time(&ctx);
        self.lock_when_left(&ctx);
    }

    fn on_exit(&mut self, _: Option<&eframe::glow::Context>) {
        self.desktop.leave();
        for (key, text) in self.shell.desk.drafts.take_unsaved() {
            self.detach("", Command::Session(SessionCommand::SaveDraft { key, text }));
        }
        if self.shell.state.settings_sync.is_behind() {
            self.jobs.remove(&Slot::Settings);
            self.detach("", Command::Settings(SettingsCommand::Save(self.shell.state.settings.clone())));
        }
        let until = Instant::now() + FAREWELL;
        while !self.detached.is_empty() && Instant::now() < until {
            match self.updates.try_recv() {
                Ok(update) => self.take(update),
                Err(_) => std::thread::park_timeout(Duration::from_millis(4)),
            }
        }
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }
}
