//! What the tests of the views share: a window without a screen, and a state made of events.

use crate::domain::{Issue, IssueSummary, Status};
use crate::ui::context::Request;
use crate::ui::shell::Shell;
use crate::ui::state::Slot;
use crate::ui::theme;
use crate::worker::{Command, Dashboard, Event, JobId, KeySource, SessionInfo, Update};
use egui_kittest::Harness;
use jiff::Timestamp;

pub(super) fn window(shell: Shell) -> Harness<'static, Shell> {
    let mut harness = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).build_ui_state(
        |ui, shell: &mut Shell| {
            if !ui.ctx().data(|data| data.get_temp(egui::Id::NULL).unwrap_or(false)) {
                ui.ctx().data_mut(|data| data.insert_temp(egui::Id::NULL, true));
                theme::install_fonts(ui.ctx());
                theme::apply(ui.ctx(), crate::domain::ThemeChoice::Dark, crate::domain::Density::Comfortable, 1.0);
                return;
            }
            shell.ui(ui);
        },
        shell,
    );
    harness.run();
    harness
}

pub(super) fn shell_after(events: Vec<Event>) -> Shell {
    let mut shell = Shell::default();
    for event in events {
        shell.state.apply(Update { job: JobId(0), event }, Some(&Slot::Session));
    }
    shell
}

pub(super) fn a_session() -> Event {
    session_with(crate::domain::Settings { disclaimer_accepted: true, ..Default::default() })
}

/// Of a store that was made just now.
pub(super) fn a_new_session() -> Event {
    session_with(crate::domain::Settings::default())
}

fn session_with(settings: crate::domain::Settings) -> Event {
    Event::SessionOpened(Box::new(SessionInfo {
        settings,
        providers: vec![crate::domain::ProviderConfig::guide()],
        key_source: KeySource::Keychain,
        data_dir: std::path::PathBuf::new(),
        is_new: false,
    }))
}

pub(super) fn a_row(title: &str, status: Status) -> IssueSummary {
    let issue = Issue::new(title, Timestamp::now());
    IssueSummary {
        id: issue.id,
        title: issue.title,
        severity: issue.severity,
        status,
        domain: None,
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        started_at: None,
        resolved_at: None,
        tags: Vec::new(),
    }
}

pub(super) fn a_dashboard() -> Event {
    let row = a_row("Charges fail with 502", Status::Open);
    let dashboard = Dashboard { latest: vec![row.clone()], open: vec![row], total: 1, ..Dashboard::default() };
    Event::DashboardLoaded(Box::new(dashboard))
}

pub(super) fn listed(rows: Vec<IssueSummary>) -> Event {
    let total = rows.len() as u64;
    Event::IssuesListed { rows, total }
}

/// Lets something happen in this slot, and draws it.
pub(super) fn apply(harness: &mut Harness<'static, Shell>, slot: &Slot, event: Event) {
    harness.state_mut().state.apply(Update { job: JobId(0), event }, Some(slot));
    harness.run();
}

/// Carries out what only moves about in the window, as the app does after each frame.
pub(super) fn settle(harness: &mut Harness<'static, Shell>) {
    let shell = harness.state_mut();
    for request in std::mem::take(&mut shell.desk.requests) {
        match request {
            Request::Run(command) => shell.run(command),
            Request::Open(screen) => shell.screen = screen,
            other => shell.desk.requests.push(other),
        }
    }
    harness.run();
}

/// What was asked of the worker so far.
pub(super) fn asked<'a>(harness: &'a Harness<'static, Shell>) -> Vec<&'a Command> {
    let commands = harness.state().desk.requests.iter().filter_map(|request| match request {
        Request::Submit { command, .. } | Request::Detach { command, .. } => Some(command),
        _ => None,
    });
    commands.collect()
}
