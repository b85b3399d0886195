//! The Integrations page, driven as a person or a screen reader drives it.

use crate::domain::{IntegrationConfig, Service, SignIn};
use crate::ui::context::Request;
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::shell::Shell;
use crate::ui::state::Slot;
use crate::ui::views::testing::{a_session, apply, asked, shell_after, window};
use crate::worker::{Command, Connection, Event, Failure, FailureKind, IntegrationCommand, IntegrationState, JobId};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

fn state(service: Service) -> IntegrationState {
    let config = IntegrationConfig::new(service);
    IntegrationState { config, is_set_up: false, connection: None, has_client_secret: false }
}

/// A site in the cloud, set up for the browser.
fn confluence(connection: Option<Connection>) -> IntegrationState {
    let mut state = state(Service::Confluence);
    state.config.base_url = "https://acme.atlassian.net".to_owned();
    state.config.sign_in = SignIn::OAuth;
    state.config.oauth.client_id = "client-1".to_owned();
    IntegrationState { is_set_up: true, connection, ..state }
}

fn connection() -> Connection {
    Connection {
        sign_in: SignIn::OAuth,
        account: "Ann Example".to_owned(),
        verified_at: Some(Timestamp::now()),
        expires_at: Some(Timestamp::now() + SignedDuration::from_hours(1)),
        renews: true,
    }
}

fn page(first: IntegrationState) -> Harness<'static, Shell> {
    let mut shell = shell_after(vec![a_session()]);
    shell.screen = Screen::Settings(SettingsPage::Integrations);
    let mut harness = window(shell);
    let all = vec![first, state(Service::ServiceNow), state(Service::AzureDevOps)];
    apply(&mut harness, &Slot::Integrations, Event::IntegrationsLoaded(all));
    harness.set_size(egui::vec2(1280.0, 1800.0));
    harness.run();
    harness.state_mut().desk.requests.clear();
    harness
}

fn press(harness: &mut Harness<'static, Shell>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

fn tasks<'a>(harness: &'a Harness<'static, Shell>) -> Vec<&'a IntegrationCommand> {
    let commands = asked(harness).into_iter();
    commands.filter_map(|command| if let Command::Integration(task) = command { Some(task) } else { None }).collect()
}

fn begin(harness: &mut Harness<'static, Shell>, slot: &Slot) {
    harness.state_mut().state.begin(slot, JobId(7));
    harness.run();
}

#[test]
fn a_service_that_is_not_set_up_says_so_and_opens_its_form() {
    let mut harness = page(state(Service::Confluence));
    assert_eq!(harness.query_all_by_label("Not set up yet").count(), 3);
    press(&mut harness, "Set up ServiceNow");
    harness.get_by_label("Address of the instance");
    harness.get_by_label("User");
    harness.get_by_label("Password");
    assert!(harness.query_by_label("Client id").is_none(), "only the fields of the chosen way");
    press(&mut harness, "Browser");
    harness.get_by_label("Client id");
    assert!(harness.query_by_label("Password").is_none());
    harness.get_by_label("http://localhost:8765/callback");
}

#[test]
fn a_form_with_a_problem_is_not_saved_and_says_what_is_missing() {
    let mut harness = page(state(Service::Confluence));
    press(&mut harness, "Set up ServiceNow");
    press(&mut harness, "Save");
    harness.get_by_label("The address of ServiceNow is missing");
    assert!(tasks(&harness).is_empty());
}

#[test]
fn connecting_shows_where_to_sign_in_and_can_be_cancelled() {
    let mut harness = page(confluence(None));
    press(&mut harness, "Connect Confluence");
    let connects = |task: &&IntegrationCommand| {
        matches!(task, IntegrationCommand::Connect { service: Service::Confluence, opens_browser: true })
    };
    assert!(tasks(&harness).iter().any(connects));
    let slot = Slot::IntegrationConnect(Service::Confluence);
    begin(&mut harness, &slot);
    let url = "https://auth.atlassian.com/authorize?state=x".to_owned();
    let waits = Event::SignInWaits {
        service: Service::Confluence,
        url: url.clone(),
        redirect: "http://localhost:8765/callback".to_owned(),
        limit: Duration::from_mins(5),
        opened: false,
    };
    apply(&mut harness, &slot, waits);
    harness.get_by_label("No browser could be opened; open this page yourself");
    press(&mut harness, "Copy the page's address");
    press(&mut harness, "Cancel");
    let requests = &harness.state().desk.requests;
    assert!(requests.iter().any(|request| matches!(request, Request::Copy(copied) if *copied == url)));
    assert!(requests.iter().any(|request| matches!(request, Request::Cancel(cancelled) if *cancelled == slot)));
    apply(&mut harness, &slot, Event::Cancelled);
    harness.get_by_label("Connect Confluence");
}

#[test]
fn a_connection_tells_as_whom_and_is_removed_only_after_a_question() {
    let mut harness = page(confluence(Some(connection())));
    harness.get_by_label("connected");
    harness.get_by_label_contains("Connected as Ann Example until ");
    press(&mut harness, "Disconnect Confluence");
    assert!(tasks(&harness).is_empty());
    press(&mut harness, "Disconnect");
    assert!(matches!(tasks(&harness)[..], [IntegrationCommand::Disconnect(Service::Confluence)]));
}

#[test]
fn a_stored_sign_in_that_never_worked_is_not_called_connected() {
    let mut harness = page(confluence(Some(Connection { verified_at: None, ..connection() })));
    harness.get_by_label("not tested");
    assert!(harness.query_by_label("connected").is_none());
    press(&mut harness, "Test Confluence");
    assert!(matches!(tasks(&harness)[..], [IntegrationCommand::Test(Service::Confluence)]));
}

#[test]
fn a_failure_stands_in_the_card_with_what_to_do() {
    let mut harness = page(confluence(Some(connection())));
    let slot = Slot::IntegrationTest(Service::Confluence);
    begin(&mut harness, &slot);
    let failure = Failure::new(FailureKind::Network, "the name was not found: acme", "Check the spelling").retryable();
    apply(&mut harness, &slot, Event::Failed(failure));
    harness.get_by_label("needs attention");
    harness.get_by_label("The name was not found: acme");
    harness.get_by_label("Check the spelling");
    harness.get_by_label("Network settings");
    assert!(matches!(tasks(&harness)[..], [.., IntegrationCommand::Load]), "a sign-in may be stored all the same");
    begin(&mut harness, &Slot::Integrations);
    let all = vec![confluence(Some(connection())), state(Service::ServiceNow), state(Service::AzureDevOps)];
    apply(&mut harness, &Slot::Integrations, Event::IntegrationsLoaded(all));
    harness.state_mut().desk.requests.clear();
    press(&mut harness, "Retry");
    assert!(matches!(tasks(&harness)[..], [IntegrationCommand::Test(Service::Confluence)]));
}

#[test]
fn a_test_that_worked_says_what_it_found() {
    let mut harness = page(confluence(Some(connection())));
    let slot = Slot::IntegrationTest(Service::Confluence);
    begin(&mut harness, &slot);
    let all = vec![confluence(Some(connection())), state(Service::ServiceNow), state(Service::AzureDevOps)];
    let message = "Confluence answers, version 2".to_owned();
    apply(&mut harness, &slot, Event::IntegrationTested { service: Service::Confluence, message, all });
    harness.get_by_label("Confluence answers, version 2");
}
