//! The first screens are found by their names, as a screen reader finds them.

use crate::domain::{Issue, IssueSummary};
use crate::ui::context::Request;
use crate::ui::shell::Shell;
use crate::ui::state::{Phase, Slot};
use crate::ui::theme;
use crate::worker::{
    Command, Dashboard, Event, Failure, FailureKind, IssueCommand, JobId, KeySource, SessionCommand, SessionInfo,
    Update,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use jiff::Timestamp;

fn window(shell: Shell) -> Harness<'static, Shell> {
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

fn shell_after(events: Vec<Event>) -> Shell {
    let mut shell = Shell::default();
    for event in events {
        shell.state.apply(Update { job: JobId(0), event }, Some(&Slot::Session));
    }
    shell
}

fn a_session() -> Event {
    Event::SessionOpened(Box::new(SessionInfo {
        settings: crate::domain::Settings::default(),
        providers: vec![crate::domain::ProviderConfig::guide()],
        key_source: KeySource::Keychain,
        data_dir: std::path::PathBuf::new(),
        is_new: false,
    }))
}

fn a_dashboard() -> Event {
    let issue = Issue::new("Charges fail with 502", Timestamp::now());
    let row = IssueSummary {
        id: issue.id,
        title: issue.title,
        severity: issue.severity,
        status: issue.status,
        domain: None,
        created_at: issue.created_at,
        updated_at: issue.updated_at,
        started_at: None,
        resolved_at: None,
        tags: Vec::new(),
    };
    let dashboard = Dashboard { latest: vec![row.clone()], open: vec![row], total: 1, ..Dashboard::default() };
    Event::DashboardLoaded(Box::new(dashboard))
}

#[test]
fn the_first_start_offers_protection_provider_and_a_way_out() {
    let harness = window(shell_after(vec![Event::SetupNeeded { keychain_available: true }]));
    for name in ["System keychain", "Passphrase", "Built-in guide", "Accept and start", "Leave"] {
        assert!(harness.query_by_label(name).is_some(), "{name}");
    }
}

#[test]
fn accepting_creates_the_store_with_the_keychain() {
    let mut harness = window(shell_after(vec![Event::SetupNeeded { keychain_available: true }]));
    harness.get_by_label("Accept and start").click();
    harness.run();
    let created = harness.state().desk.requests.iter().any(|request| {
        matches!(request, Request::Submit { command: Command::Session(SessionCommand::Create { .. }), .. })
    });
    assert!(created);
}

#[test]
fn without_a_keychain_a_passphrase_is_needed_twice() {
    let mut harness = window(shell_after(vec![Event::SetupNeeded { keychain_available: false }]));
    assert!(harness.get_by_label("Accept and start").accesskit_node().is_disabled());
    harness.get_by_label("Passphrase").focus();
    harness.get_by_label("Passphrase").type_text("correct horse battery");
    harness.run();
    harness.get_by_label("Repeat the passphrase").focus();
    harness.get_by_label("Repeat the passphrase").type_text("correct horse battery");
    harness.run();
    assert!(!harness.get_by_label("Accept and start").accesskit_node().is_disabled());
}

#[test]
fn a_wrong_passphrase_is_told_beside_its_field() {
    let failure = Failure::new(FailureKind::WrongKey, "This passphrase does not open the database", "");
    let harness = window(shell_after(vec![Event::PassphraseNeeded, Event::Failed(failure)]));
    assert!(matches!(harness.state().state.phase, Phase::Locked { .. }));
    assert!(harness.query_by_label("Passphrase").is_some());
    assert!(harness.query_by_label("This passphrase does not open the database").is_some());
}

#[test]
fn the_shell_names_its_places_and_opens_an_issue() {
    let mut harness = window(shell_after(vec![a_session(), a_dashboard()]));
    for name in ["Dashboard", "History", "Settings", "Work offline", "Show or hide the rail"] {
        assert!(harness.query_all_by_label(name).next().is_some(), "{name}");
    }
    harness.get_all_by_label("Charges fail with 502").next().unwrap().click();
    harness.run();
    assert!(harness.state().desk.requests.iter().any(|request| matches!(request, Request::Open(_))));
}

#[test]
fn the_dashboard_is_asked_for_when_it_is_shown() {
    let harness = window(shell_after(vec![a_session()]));
    let asked =
        harness.state().desk.requests.iter().any(|request| {
            matches!(request, Request::Submit { command: Command::Issue(IssueCommand::LoadDashboard), .. })
        });
    assert!(asked);
}
