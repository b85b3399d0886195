//! The Redaction tab by keyboard and by mouse.

use super::tests::Window;
use crate::domain::{Confidence, Decision, PiiKind, Placeholder, RuleAction, RuleScope, ValueGroup};
use crate::ui::context::Request;
use crate::ui::screen::IssueTab;
use crate::ui::state::Slot;
use crate::worker::{
    Command, DecisionTarget, Event, FindingsChange, JobId, PrivacyCommand, RuleCommand, Seek, SpanPlace,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn at() -> Window {
    let mut window = Window::at(IssueTab::Redaction);
    window.requests();
    window
}

fn hit(window: &mut Window, key: Key) {
    window.key(Modifiers::NONE, key);
}

fn decided(window: &mut Window) -> Vec<(DecisionTarget, Decision)> {
    let all = window.commands().into_iter();
    all.filter_map(|command| match command {
        Command::Privacy(PrivacyCommand::Decide { target, decision, .. }) => Some((target, decision)),
        _ => None,
    })
    .collect()
}

fn rules(window: &mut Window) -> Vec<(RuleScope, RuleAction, String)> {
    let all = window.commands().into_iter();
    all.filter_map(|command| match command {
        Command::Rule(RuleCommand::Save { rule, .. }) => Some((rule.scope, rule.action, rule.text.into_exposed())),
        _ => None,
    })
    .collect()
}

fn sought(window: &mut Window) -> Option<Seek> {
    window.commands().into_iter().find_map(|command| match command {
        Command::Privacy(PrivacyCommand::FindSpan { seek, .. }) => Some(seek),
        _ => None,
    })
}

fn value(kind: PiiKind, value: &str) -> DecisionTarget {
    DecisionTarget::Value { kind, value: value.into() }
}

const SECOND_ADDRESS: &str = "Redact 10.20.30.42, 3 places, unsure";

#[test]
fn space_keeps_a_value_that_was_redacted() {
    let mut window = at();
    window.press(SECOND_ADDRESS);
    assert!(decided(&mut window).is_empty(), "a click beside the decision selects only");
    hit(&mut window, Key::Space);
    assert_eq!(decided(&mut window), [(value(PiiKind::Ipv4, "10.20.30.42"), Decision::Keep)]);
}

#[test]
fn a_kind_of_secrets_cannot_be_kept_as_a_whole() {
    let mut window = at();
    window.press("Redact all Password, 1 places");
    hit(&mut window, Key::Space);
    assert!(decided(&mut window).is_empty());
}

#[test]
fn the_list_is_used_by_keys_alone() {
    let mut window = at();
    window.press("Redact all IPv4, 15 places");
    hit(&mut window, Key::ArrowDown);
    hit(&mut window, Key::A);
    hit(&mut window, Key::ArrowDown);
    hit(&mut window, Key::N);
    let expected = [
        (RuleScope::All, RuleAction::Always, "10.20.30.41".to_owned()),
        (RuleScope::All, RuleAction::Never, "10.20.30.42".to_owned()),
    ];
    assert_eq!(rules(&mut window), expected);
    hit(&mut window, Key::Enter);
    let first = Seek::First { kind: PiiKind::Ipv4, value: "10.20.30.42".into() };
    assert_eq!(sought(&mut window), Some(first));

    hit(&mut window, Key::Home);
    hit(&mut window, Key::ArrowLeft);
    assert!(!window.sees(SECOND_ADDRESS), "the kind is folded");
    hit(&mut window, Key::ArrowRight);
    assert!(window.sees(SECOND_ADDRESS));
}

#[test]
fn one_tab_leads_out_of_the_list() {
    let mut window = at();
    window.press(SECOND_ADDRESS);
    let focused = |window: &Window| window.harness.root().children_recursive().any(|node| node.is_focused());
    assert!(focused(&window));
    hit(&mut window, Key::Tab);
    hit(&mut window, Key::Space);
    assert!(decided(&mut window).is_empty(), "another row would have been decided on");
}

#[test]
fn what_keys_do_the_menu_of_a_row_does_too() {
    let mut window = at();
    window.press(SECOND_ADDRESS).press("Actions for 10.20.30.42");
    for name in ["Keep in this issue", "Go to the first place", "Never flag, in this issue"] {
        assert!(window.sees(name), "{name}");
    }
    window.press("Always redact, in this issue");
    let issue = RuleScope::Issue(window.scene.issue);
    assert_eq!(rules(&mut window), [(issue, RuleAction::Always, "10.20.30.42".to_owned())]);
}

#[test]
fn the_filter_leaves_what_fits() {
    let mut window = at();
    window.fill("Filter kinds and values", "olsen");
    assert!(window.sees("Redact kim.olsen@acme.net, 8 places") && !window.sees("Redact db1.prod.acme.net, 17 places"));
    window.fill("Filter kinds and values", " nothing");
    assert!(window.sees("Nothing here fits the filter"));
}

#[test]
fn a_decision_changes_the_list_in_place_and_asks_for_the_page_again() {
    let mut window = at();
    let issue = window.scene.issue;
    let change = FindingsChange::Value { value: "10.20.30.42".into(), decision: Decision::Keep };
    window.tell(None, Event::FindingsChanged { issue, change });
    let commands = window.commands();
    let previews = |one: &Command| matches!(one, Command::Privacy(PrivacyCommand::PreviewLog { .. }));
    let loads = |one: &Command| matches!(one, Command::Privacy(PrivacyCommand::LoadFindings(_)));
    assert!(commands.iter().any(previews) && !commands.iter().any(loads));
    assert!(window.harness.query_by_label_contains("5 values in 41 places · 2 kept").is_some());
    assert!(window.sees("3: INFO POST /v1/charge 200 user=[Email-1] ok"), "the old page stays until then");
    let change = FindingsChange::Span { kind: PiiKind::Ipv4, value: "10.20.30.41".into(), exceptions: 2 };
    window.tell(None, Event::FindingsChanged { issue, change });
    assert!(window.sees("Redact 10.20.30.41, 12 places, 2 decided by place"));
}

#[test]
fn findings_are_gone_through_and_decided_on_by_keys_alone() {
    let mut window = at();
    // Nothing was clicked: the text takes the keys because nothing else has them.
    hit(&mut window, Key::J);
    assert!(window.sees("kim.olsen@acme.net · line 3 · sent as [Email-1]"));
    hit(&mut window, Key::J);
    assert!(window.sees("kim.olsen@acme.net · line 6 · sent as [Email-1]"));
    hit(&mut window, Key::Space);
    let target = DecisionTarget::Span { log: window.scene.log, kind: PiiKind::Email, range: 530..548 };
    assert_eq!(decided(&mut window), [(target, Decision::Keep)]);
    hit(&mut window, Key::K);
    assert!(window.sees("kim.olsen@acme.net · line 3 · sent as [Email-1]"));
    hit(&mut window, Key::V);
    assert_eq!(decided(&mut window), [(value(PiiKind::Email, "kim.olsen@acme.net"), Decision::Redact)]);
    hit(&mut window, Key::N);
    assert_eq!(rules(&mut window).len(), 1);
    window.press("Keep here");
    assert_eq!(decided(&mut window).len(), 1);
}

#[test]
fn one_key_goes_to_the_list_of_values_and_back_to_the_text() {
    let mut window = at();
    hit(&mut window, Key::J);
    hit(&mut window, Key::F6);
    hit(&mut window, Key::ArrowDown);
    hit(&mut window, Key::Space);
    let turned = decided(&mut window);
    assert!(matches!(turned.as_slice(), [(DecisionTarget::Value { .. }, _)]), "{turned:?}");
    hit(&mut window, Key::F6);
    hit(&mut window, Key::J);
    assert!(window.sees("kim.olsen@acme.net · line 6 · sent as [Email-1]"));
}

#[test]
fn behind_the_last_finding_of_a_page_the_store_knows_the_next() {
    let mut window = at();
    window.harness.get_by_label("Text of app.log").focus();
    window.step();
    hit(&mut window, Key::K);
    assert!(window.sees("kim.olsen@acme.net · line 255 · sent as [Email-1]"));
    hit(&mut window, Key::J);
    let log = window.scene.log;
    assert_eq!(sought(&mut window), Some(Seek::After { log, offset: 25_430 }));

    let place = SpanPlace { log, line: 700, range: 69_930..69_948 };
    let issue = window.scene.issue;
    window.tell(None, Event::SpanSought { issue, place: Some(place) });
    let asks = |command: &Command| match command {
        Command::Privacy(PrivacyCommand::PreviewLog { first, .. }) => Some(*first),
        _ => None,
    };
    assert_eq!(window.commands().iter().find_map(asks), Some(513));
    window.press("Previous page").press("Previous page");
    window.tell(None, Event::SpanSought { issue, place: None });
    assert!(window.sees("There is no further finding in the logs of this issue"));
}

#[test]
fn text_that_is_selected_becomes_a_rule() {
    let mut window = at();
    window.press("Before");
    let row = window.harness.get_by_label("1: INFO POST /v1/charge 200 user=kim.olsen@acme.net ok").rect();
    let (from, to) = (row.left_center() + egui::vec2(43.0, 0.0), row.left_center() + egui::vec2(74.0, 0.0));
    window.harness.drag_at(from);
    window.harness.run_steps(2);
    window.harness.hover_at(to);
    window.harness.run_steps(2);
    window.harness.drop_at(to);
    window.step();
    window.press("Redact this").press("Everywhere in this issue");
    let issue = RuleScope::Issue(window.scene.issue);
    assert_eq!(rules(&mut window), [(issue, RuleAction::Always, "INFO".to_owned())]);
    assert!(!window.sees("Redact this"), "the selection is done with");
}

#[test]
fn text_that_is_selected_in_the_viewer_becomes_a_rule() {
    let mut window = Window::at(IssueTab::Logs);
    let row = window.harness.query_by_label_contains("4: ERROR").unwrap().rect();
    let from = row.left_center() + egui::vec2(160.0, 0.0);
    window.harness.drag_at(from);
    window.harness.run_steps(2);
    window.harness.hover_at(from + egui::vec2(90.0, 0.0));
    window.harness.run_steps(2);
    window.harness.drop_at(from + egui::vec2(90.0, 0.0));
    window.step();
    window.requests();
    window.press("Redact this").press("In all issues");
    let made = rules(&mut window);
    assert_eq!((made.len(), made[0].0, made[0].1), (1, RuleScope::All, RuleAction::Always));
}

#[test]
fn logs_that_were_searched_with_other_rules_are_searched_again_when_asked() {
    let mut window = at();
    let (issue, log) = (window.scene.issue, window.scene.log);
    let Event::FindingsLoaded { groups, .. } = window.scene.findings() else { panic!() };
    window.tell(None, Event::FindingsLoaded { issue, groups, outdated: vec![log] });
    assert!(window.harness.query_by_label_contains("have changed since app.log was searched").is_some());
    window.requests();
    window.press("Detect again");
    let redetects = |one: &Request| match one {
        Request::Submit { slot, command: Command::Privacy(PrivacyCommand::Redetect { log: of }) } => {
            *slot == Slot::Redetect(log) && *of == log
        }
        _ => false,
    };
    assert!(window.requests().iter().any(redetects));
    let slot = Slot::Redetect(log);
    window.harness.state_mut().state.begin(&slot, JobId(7));
    window.step();
    window.press("Cancel detection");
    assert!(window.requests().iter().any(|one| matches!(one, Request::Cancel(cancelled) if *cancelled == slot)));

    window.harness.state_mut().state.running.clear();
    window.tell(None, Event::RulesListed(Vec::new()));
    let loads = |one: &Command| matches!(one, Command::Privacy(PrivacyCommand::LoadFindings(_)));
    assert!(window.commands().iter().any(loads), "other rules, other findings");
}

/// Prints how long a frame takes with as many values as the list is made for; it asserts nothing about time.
#[test]
#[expect(clippy::print_stdout, reason = "times are for whoever runs it")]
fn fifty_thousand_values_are_shown() {
    let mut window = at();
    let groups = (1..=50_000_u32).map(|number| ValueGroup {
        kind: if number.is_multiple_of(2) { PiiKind::Ipv4 } else { PiiKind::Host },
        value: format!("value-{number}").into(),
        placeholder: Placeholder { kind: PiiKind::Host, number },
        places: u64::from(number),
        confidence: Confidence::Likely,
        decision: Decision::Redact,
        exceptions: 0,
    });
    let issue = window.scene.issue;
    window.tell(None, Event::FindingsLoaded { issue, groups: groups.collect(), outdated: Vec::new() });
    window.press("Redact value-50000, 50000 places");
    hit(&mut window, Key::End);
    assert!(window.sees("Redact value-1, 1 places"));
    let start = std::time::Instant::now();
    window.harness.run_steps(50);
    println!("50 frames: {:?}", start.elapsed());
    let change = FindingsChange::Value { value: "value-7".into(), decision: Decision::Keep };
    let start = std::time::Instant::now();
    window.tell(None, Event::FindingsChanged { issue, change });
    println!("a decision and 4 frames: {:?}", start.elapsed());
    assert!(window.sees("Redact value-1, 1 places"), "the place in the list is kept");
}
