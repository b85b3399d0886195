//! The first screens are found by their names, as a screen reader finds them.

use super::testing::{a_dashboard, a_new_session, a_session, shell_after, window};
use crate::ui::context::Request;
use crate::ui::state::Phase;
use crate::worker::{Command, Event, Failure, FailureKind, IssueCommand, SessionCommand};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

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

#[test]
fn a_store_opened_by_the_environment_asks_only_for_the_disclaimer() {
    let mut harness = window(shell_after(vec![a_new_session()]));
    assert!(matches!(harness.state().state.phase, Phase::Welcome));
    assert!(harness.query_by_label("Repeat the passphrase").is_none());

    harness.get_by_label("Accept and start").click();
    harness.run();

    assert!(harness.state().desk.requests.iter().any(|request| matches!(request, Request::Enter)));
}
