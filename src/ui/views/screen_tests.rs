//! New issue, history, settings and palette, driven as a person or a screen reader drives them.

use super::testing::{a_row, a_session, apply, asked, listed, settle, shell_after, window};
use crate::domain::{Domain, IssueQuery, IssueSort, ProviderConfig, ProviderKind, Severity, Status, Strictness};
use crate::ui::context::Request;
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::shell::Shell;
use crate::ui::state::Slot;
use crate::worker::{
    Command, Event, Failure, FailureKind, IssueCommand, JobId, ListedRule, LogSource, NewIssue, ProviderCommand,
    RuleCommand, TestStep,
};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn on(screen: Screen) -> Harness<'static, Shell> {
    let mut shell = shell_after(vec![a_session()]);
    shell.screen = screen;
    window(shell)
}

fn type_into(harness: &mut Harness<'static, Shell>, label: &str, words: &str) {
    harness.get_by_label(label).focus();
    harness.run();
    harness.get_by_label(label).type_text(words);
    harness.run();
}

fn press(harness: &mut Harness<'static, Shell>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

fn key(harness: &mut Harness<'static, Shell>, modifiers: Modifiers, key: Key) {
    harness.key_press_modifiers(modifiers, key);
    harness.run();
    settle(harness);
}

/// The last issue that was sent for creation.
fn created(harness: &Harness<'static, Shell>) -> Option<NewIssue> {
    asked(harness).into_iter().rev().find_map(|command| match command {
        Command::Issue(IssueCommand::Create(issue)) => Some(issue.clone()),
        _ => None,
    })
}

fn last_query(harness: &Harness<'static, Shell>) -> IssueQuery {
    let queries = asked(harness).into_iter().filter_map(|command| match command {
        Command::Issue(IssueCommand::List(query)) => Some(query.clone()),
        _ => None,
    });
    queries.collect::<Vec<_>>().pop().unwrap()
}

fn refused() -> Event {
    Event::Failed(Failure::new(FailureKind::Other, "The log cannot be read", "Choose another file"))
}

#[test]
fn a_new_issue_is_sent_as_it_was_typed() {
    let mut harness = on(Screen::NewIssue);
    assert!(harness.get_by_label("Start triage").accesskit_node().is_disabled());
    type_into(&mut harness, "Title", "Charges fail");
    type_into(&mut harness, "Description", "502 since the rollout");
    type_into(&mut harness, "Tags", "eu, payments");
    type_into(&mut harness, "Started at", "2026-03-01 01:40");
    type_into(&mut harness, "Path of a log", "/var/log/app.log");
    press(&mut harness, "Add");
    press(&mut harness, "P1 critical");
    press(&mut harness, "Start triage");

    let issue = created(&harness).unwrap();
    assert_eq!((issue.title.expose(), issue.description.expose()), ("Charges fail", "502 since the rollout"));
    assert_eq!((issue.severity, issue.domain, issue.tags.len()), (Some(Severity::P1), None, 2));
    assert!(issue.started_at.is_some());
    assert!(matches!(issue.logs.as_slice(), [LogSource::File(path)] if path.ends_with("app.log")));
}

#[test]
fn a_failure_keeps_what_was_typed_and_stands_in_the_form() {
    let mut harness = on(Screen::NewIssue);
    type_into(&mut harness, "Title", "Charges fail");
    press(&mut harness, "Start triage");
    harness.state_mut().state.begin(&Slot::NewIssue, JobId(7));
    harness.run();
    assert!(harness.query_by_label("Cancel").is_some());
    apply(&mut harness, &Slot::NewIssue, refused());
    assert!(harness.query_by_label("The log cannot be read").is_some());
    assert_eq!(harness.get_by_label("Title").accesskit_node().value().as_deref(), Some("Charges fail"));
}

#[test]
fn a_time_that_cannot_be_read_is_told_at_its_field_and_not_sent() {
    let mut harness = on(Screen::NewIssue);
    type_into(&mut harness, "Title", "Charges fail");
    type_into(&mut harness, "Started at", "around two");
    assert!(harness.query_by_label("Write the time as 2026-03-01 01:40").is_some());
    assert!(harness.get_by_label("Start triage").accesskit_node().is_disabled());
}

#[test]
fn a_suggested_domain_is_offered_and_never_taken_by_itself() {
    let mut harness = on(Screen::NewIssue);
    type_into(&mut harness, "Title", "Postgres pool exhausted");
    *harness.state_mut().desk.drafts.text("new/domain") = "network".to_owned();
    apply(&mut harness, &Slot::DomainSuggestion, Event::DomainSuggested(Some(Domain::Databases)));
    press(&mut harness, "Start triage");
    assert_eq!(created(&harness).unwrap().domain, Some(Domain::Network));
    press(&mut harness, "Suggested: Databases – use");
    press(&mut harness, "Start triage");
    assert_eq!(created(&harness).unwrap().domain, Some(Domain::Databases));
}

#[test]
fn pasted_text_is_attached_and_can_be_removed() {
    let mut harness = on(Screen::NewIssue);
    type_into(&mut harness, "Title", "Charges fail");
    press(&mut harness, "Paste text");
    type_into(&mut harness, "Text to attach", "ERROR pool");
    press(&mut harness, "Attach the text");
    press(&mut harness, "Start triage");
    let logs = created(&harness).unwrap().logs;
    assert!(matches!(logs.as_slice(), [LogSource::Pasted { text, .. }] if text.expose() == "ERROR pool"));
    press(&mut harness, "Remove pasted-1.log");
    press(&mut harness, "Start triage");
    assert!(created(&harness).unwrap().logs.is_empty());
}

#[test]
fn history_asks_with_filters_and_sorting() {
    let mut harness = on(Screen::History);
    let rows = vec![a_row("Charges fail", Status::Resolved)];
    apply(&mut harness, &Slot::Issues, listed(rows));
    press(&mut harness, "Sort by title");
    let query = last_query(&harness);
    assert_eq!((query.sort, query.descending), (IssueSort::Title, false));
    press(&mut harness, "Sorted by title, ascending. Reverse");
    assert!(last_query(&harness).descending);

    press(&mut harness, "Filter by status");
    press(&mut harness, "triaging");
    assert_eq!(last_query(&harness).statuses, [Status::Triaging]);
    press(&mut harness, "Remove filter triaging");
    assert!(last_query(&harness).statuses.is_empty());
}

#[test]
fn history_says_when_nothing_matches_and_leads_back() {
    let mut harness = on(Screen::History);
    apply(&mut harness, &Slot::Issues, listed(Vec::new()));
    assert!(harness.query_by_label("Create the first issue").is_some());
    type_into(&mut harness, "Search titles, descriptions, whys, documents and chats", "nowhere");
    press(&mut harness, "Clear search and filters");
    assert!(harness.query_by_label("No issue has been recorded yet").is_some());
}

#[test]
fn deleting_can_be_undone_and_is_final_once_the_notice_is_gone() {
    let mut harness = on(Screen::History);
    let row = a_row("Charges fail", Status::Open);
    let id = row.id;
    apply(&mut harness, &Slot::Issues, listed(vec![row]));
    press(&mut harness, "Menu of Charges fail");
    press(&mut harness, "Delete");
    assert!(asked(&harness).iter().any(|command| matches!(command, Command::Issue(IssueCommand::Delete(_)))));

    apply(&mut harness, &Slot::Dashboard, Event::IssueDeleted(id));
    assert!(harness.query_by_label("Menu of Charges fail").is_none());
    press(&mut harness, "Undo");
    assert!(asked(&harness).iter().any(|command| matches!(command, Command::Issue(IssueCommand::Restore(_)))));
    assert!(!asked(&harness).iter().any(|command| matches!(command, Command::Issue(IssueCommand::Purge(_)))));

    apply(&mut harness, &Slot::Dashboard, Event::IssueDeleted(id));
    press(&mut harness, "Dismiss");
    assert!(asked(&harness).iter().any(|command| matches!(command, Command::Issue(IssueCommand::Purge(_)))));
}

#[test]
fn a_row_that_is_far_down_is_asked_for_by_its_block() {
    let mut harness = on(Screen::History);
    harness.state_mut().state.begin(&Slot::Issues, JobId(1));
    let rows = vec![a_row("only one of many", Status::Open)];
    apply(&mut harness, &Slot::Issues, Event::IssuesListed { rows, total: 90_000 });
    harness.run();
    let list = harness.state().state.issue_list.value().unwrap();
    assert_eq!((list.total, list.has(0), list.has(40_000)), (90_000, true, false));
    apply(&mut harness, &Slot::MoreIssues(0, 200), listed(vec![a_row("of an older question", Status::Open)]));
    assert!(!harness.state().state.issue_list.value().unwrap().has(200));
}

#[test]
fn a_provider_needs_only_its_own_fields() {
    let mut harness = on(Screen::Settings(SettingsPage::Providers));
    press(&mut harness, "Add Ollama");
    assert!(harness.query_by_label("Key").is_none() && harness.query_by_label("Model").is_some());
    press(&mut harness, "Back to the list");
    press(&mut harness, "Add OpenAI");
    assert!(harness.query_by_label("Key").is_some() && harness.query_by_label("Address").is_some());
    assert!(harness.query_by_label("Header that carries the key").is_none());
    press(&mut harness, "More");
    assert!(harness.query_by_label("Header that carries the key").is_some());
}

#[test]
fn a_key_is_sent_and_nowhere_shown_or_kept_as_a_draft() {
    let mut harness = on(Screen::Settings(SettingsPage::Providers));
    press(&mut harness, "Add OpenAI");
    type_into(&mut harness, "Key", "sk-very-secret");
    press(&mut harness, "Save");
    let sent = asked(&harness).into_iter().any(|command| {
        matches!(command, Command::Provider(ProviderCommand::Save { provider, key: Some(_) }) if provider.name == "OpenAI")
    });
    assert!(sent);
    assert!(!format!("{:?}", harness.root()).contains("sk-very-secret"));
    let drafts = harness.state_mut().desk.drafts.take_unsaved();
    assert!(drafts.iter().any(|(key, _)| key == "provider/form"));
    assert!(drafts.iter().all(|(_, text)| !text.expose().contains("sk-very-secret")));
}

#[test]
fn a_wrong_provider_is_not_saved_and_a_refused_one_stays_in_the_form() {
    let mut harness = on(Screen::Settings(SettingsPage::Providers));
    press(&mut harness, "Add Azure OpenAI");
    press(&mut harness, "Save");
    assert!(harness.query_by_label("Put your own values in place of the parts in braces").is_some());
    assert!(!asked(&harness).iter().any(|command| matches!(command, Command::Provider(ProviderCommand::Save { .. }))));

    press(&mut harness, "Cancel");
    press(&mut harness, "Add OpenAI");
    press(&mut harness, "Save");
    harness.state_mut().state.begin(&Slot::ProviderSave, JobId(3));
    apply(&mut harness, &Slot::ProviderSave, refused());
    assert!(harness.query_by_label("Address").is_some() && harness.query_by_label("The log cannot be read").is_some());
    harness.state_mut().state.begin(&Slot::ProviderSave, JobId(4));
    apply(&mut harness, &Slot::ProviderSave, Event::ProvidersListed(vec![ProviderConfig::guide()]));
    assert!(harness.query_by_label("Address").is_none() && harness.query_by_label("Add OpenAI").is_some());
}

#[test]
fn the_steps_of_a_test_tick_one_after_the_other() {
    let mut harness = on(Screen::Settings(SettingsPage::Providers));
    press(&mut harness, "Add OpenAI");
    press(&mut harness, "Test");
    harness.state_mut().state.begin(&Slot::ProviderTest, JobId(5));
    let reached = Event::TestStepDone { step: TestStep::Reach, result: Ok("api.openai.com in 80 ms".to_owned()) };
    apply(&mut harness, &Slot::ProviderTest, reached);
    assert!(harness.query_by_label("api.openai.com in 80 ms").is_some());
    let failure = Failure::new(FailureKind::ProviderSettings, "The key is wrong", "Make a new one");
    apply(&mut harness, &Slot::ProviderTest, Event::TestStepDone { step: TestStep::Authorize, result: Err(failure) });
    apply(&mut harness, &Slot::ProviderTest, Event::ProviderTested { ok: false });
    for words in ["The key is wrong", "Make a new one", "Not ready: see the step that failed"] {
        assert!(harness.query_by_label(words).is_some(), "{words}");
    }
}

#[test]
fn removing_the_default_provider_asks_and_falls_back_to_the_guide() {
    let provider = ProviderConfig::new("Mine", ProviderKind::OpenAi, "https://example.com/v1", "m");
    let mut harness = on(Screen::Settings(SettingsPage::Providers));
    harness.state_mut().state.settings.default_provider = provider.id;
    apply(&mut harness, &Slot::Providers, Event::ProvidersListed(vec![provider]));
    press(&mut harness, "Remove Mine");
    assert!(!asked(&harness).iter().any(|command| matches!(command, Command::Provider(ProviderCommand::Remove(_)))));
    press(&mut harness, "Remove provider");
    assert!(asked(&harness).iter().any(|command| matches!(command, Command::Provider(ProviderCommand::Remove(_)))));
    assert!(harness.state().state.provider().is_guide());
}

#[test]
fn two_quick_changes_of_settings_both_survive() {
    let mut harness = on(Screen::Settings(SettingsPage::Privacy));
    press(&mut harness, "Web addresses");
    press(&mut harness, Strictness::ReviewWhenFound.label());
    let settings = &harness.state().state.settings;
    assert_eq!(settings.kinds_off, [crate::domain::PiiKind::Url]);
    assert_eq!(settings.strictness, Strictness::ReviewWhenFound);
    assert_eq!(harness.state().state.settings_to_save().as_ref(), Some(settings));
}

#[test]
fn kinds_of_secrets_have_no_switch() {
    let mut harness = on(Screen::Settings(SettingsPage::Privacy));
    harness.get_by_role_and_label(egui::accesskit::Role::Switch, "E-mail addresses").click_accesskit();
    harness.run();
    assert_eq!(harness.state().state.settings.validate(), Ok(()));
    assert_eq!(harness.state().state.settings.kinds_off, [crate::domain::PiiKind::Email]);
    assert!(harness.query_by_role_and_label(egui::accesskit::Role::Switch, "Passwords").is_none());
}

#[test]
fn the_palette_finds_a_command_and_an_issue_by_keyboard() {
    let mut shell = shell_after(vec![a_session()]);
    shell.screen = Screen::Dashboard;
    let mut harness = window(shell);
    let row = a_row("Charges fail with 502", Status::Open);
    let id = row.id;
    apply(&mut harness, &Slot::PaletteIssues, listed(vec![row]));

    key(&mut harness, Modifiers::COMMAND, Key::K);
    harness.get_by_label("Find a command, a setting or an issue").type_text("priv");
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().screen, Screen::Settings(SettingsPage::Privacy));

    key(&mut harness, Modifiers::COMMAND, Key::K);
    harness.get_by_label("Find a command, a setting or an issue").type_text("chrg502");
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().screen.issue(), Some(id));
}

#[test]
fn the_palette_moves_with_the_arrows_and_closes_with_escape() {
    let mut harness = on(Screen::Dashboard);
    key(&mut harness, Modifiers::COMMAND, Key::K);
    key(&mut harness, Modifiers::NONE, Key::ArrowDown);
    key(&mut harness, Modifiers::NONE, Key::Enter);
    assert_eq!(harness.state().screen, Screen::NewIssue);
    key(&mut harness, Modifiers::COMMAND, Key::K);
    key(&mut harness, Modifiers::NONE, Key::Escape);
    assert!(!harness.state().palette.is_open());
}

#[test]
fn the_keys_are_told_on_f1() {
    let mut harness = on(Screen::Dashboard);
    key(&mut harness, Modifiers::NONE, Key::F1);
    assert!(harness.query_by_label("Send the message").is_some() && harness.query_by_label("Close").is_some());
    harness.get_by_label("Close").focus();
    harness.run();
    key(&mut harness, Modifiers::NONE, Key::Space);
    assert!(!harness.state().shows_help);
}

#[test]
fn a_deleted_issue_is_left() {
    let mut shell = Shell::default();
    let issue = crate::domain::IssueId::new();
    shell.screen = Screen::Issue(issue, crate::ui::screen::IssueTab::Triage);
    shell.leave(crate::domain::IssueId::new());
    assert_eq!(shell.screen.issue(), Some(issue));
    shell.leave(issue);
    assert_eq!(shell.screen, Screen::Dashboard);
}

#[test]
fn every_page_of_the_settings_is_drawn_and_named() {
    for page in SettingsPage::ALL {
        let harness = on(Screen::Settings(page));
        assert!(harness.query_all_by_label(page.title()).next().is_some(), "{page:?}");
        let unsent = harness.state().desk.requests.iter().filter(|one| matches!(one, Request::Notify(_))).count();
        assert_eq!(unsent, 0, "{page:?}");
    }
}

fn rule_saved(harness: &Harness<'static, Shell>) -> Option<crate::domain::Rule> {
    asked(harness).iter().rev().find_map(|command| match command {
        Command::Rule(RuleCommand::Save { rule, .. }) => Some(rule.clone()),
        _ => None,
    })
}

fn a_listed_rule() -> ListedRule {
    use crate::domain::{Rule, RuleAction, RuleMatch, RuleScope};
    let mut rule = Rule::new(RuleScope::All, RuleAction::Always, RuleMatch::Words, "Project Falcon");
    rule.number = 7;
    ListedRule { rule, issue_title: None, problem: None }
}

#[test]
fn a_rule_is_written_and_one_that_is_wrong_is_not_sent() {
    let mut harness = on(Screen::Settings(SettingsPage::Privacy));
    apply(&mut harness, &Slot::Rules, Event::RulesListed(Vec::new()));
    press(&mut harness, "Add rule");
    press(&mut harness, "Pattern");
    type_into(&mut harness, "Text of the rule", "(cust");
    press(&mut harness, "Save rule");
    assert!(harness.query_by_label("The pattern is not a regular expression").is_some());
    assert!(rule_saved(&harness).is_none());
    type_into(&mut harness, "Text of the rule", "-\\d+)");
    press(&mut harness, "Save rule");
    assert_eq!(rule_saved(&harness).map(|rule| rule.text.into_exposed()), Some("(cust-\\d+)".to_owned()));

    harness.state_mut().state.begin(&Slot::RuleSave, JobId(4));
    apply(&mut harness, &Slot::RuleSave, Event::RulesListed(vec![a_listed_rule()]));
    harness.run();
    assert!(harness.query_by_label("Save rule").is_none() && harness.query_by_label("Project Falcon").is_some());
}

#[test]
fn a_rule_that_is_refused_stays_in_its_form() {
    let mut harness = on(Screen::Settings(SettingsPage::Privacy));
    apply(&mut harness, &Slot::Rules, Event::RulesListed(vec![a_listed_rule()]));
    press(&mut harness, "Change rule 7");
    press(&mut harness, "Save rule");
    harness.state_mut().state.begin(&Slot::RuleSave, JobId(5));
    apply(&mut harness, &Slot::RuleSave, refused());
    harness.run();
    assert!(harness.query_by_label("The log cannot be read").is_some(), "a refused one stays in the form");
}

#[test]
fn a_rule_is_switched_off_and_removed_with_a_way_back() {
    let mut harness = on(Screen::Settings(SettingsPage::Privacy));
    apply(&mut harness, &Slot::Rules, Event::RulesListed(vec![a_listed_rule()]));
    press(&mut harness, "Use rule 7");
    assert_eq!(rule_saved(&harness).map(|rule| rule.enabled), Some(false));
    press(&mut harness, "Remove rule 7");
    assert!(asked(&harness).iter().any(|command| matches!(command, Command::Rule(RuleCommand::Remove(_)))));
    let undo =
        harness.state().desk.requests.iter().any(|one| matches!(one, Request::Notify(one) if one.action.is_some()));
    assert!(undo);
    press(&mut harness, "Change rule 7");
    assert!(harness.query_by_label("Text of the rule").is_some());
}

#[test]
fn rules_are_exported_over_a_file_only_when_asked() {
    let mut harness = on(Screen::Settings(SettingsPage::Privacy));
    apply(&mut harness, &Slot::Rules, Event::RulesListed(vec![a_listed_rule()]));
    press(&mut harness, "Export…");
    type_into(&mut harness, "File of rules", "/tmp/rules.toml");
    press(&mut harness, "Export");
    let exports = |harness: &Harness<'static, Shell>, wanted: bool| {
        let fits = |command: &&&Command| matches!(command, Command::Rule(RuleCommand::Export { overwrite, .. }) if *overwrite == wanted);
        asked(harness).iter().filter(fits).count()
    };
    assert_eq!((exports(&harness, false), exports(&harness, true)), (1, 0));
    harness.state_mut().state.begin(&Slot::RuleExport, JobId(5));
    let exists = Failure::new(FailureKind::FileExists, "rules.toml exists already", "");
    apply(&mut harness, &Slot::RuleExport, Event::Failed(exists));
    press(&mut harness, "Replace");
    assert_eq!(exports(&harness, true), 1);
}
