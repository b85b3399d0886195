//! The tabs of RCA and post-mortem, used by their accessible names.

use super::tests::Window;
use crate::domain::{Document, DocumentId, DocumentKind, Question, Unredacted};
use crate::ui::screen::IssueTab;
use crate::ui::state::Slot;
use crate::worker::{
    CheckFinding, CheckKind, Choice, Command, DocumentCommand, DocumentConflicts, DocumentVersion, DocumentView, Event,
    IssueCommand, Merge, MergePart,
};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use jiff::Timestamp;

const KIND: DocumentKind = DocumentKind::PostMortem;

fn document(window: &Window, version: u32, text: &str) -> Document {
    Document {
        id: DocumentId::new(),
        issue: window.scene.issue,
        kind: KIND,
        title: "Post-mortem".into(),
        markdown: text.into(),
        drafted: None,
        version,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
    }
}

fn view(documents: &[&Document]) -> Event {
    let versions = documents.iter().map(|one| DocumentVersion {
        id: one.id,
        kind: one.kind,
        version: one.version,
        updated_at: one.updated_at,
    });
    let document = documents.first().map(|one| (*one).clone());
    Event::DocumentLoaded(Box::new(DocumentView { document, versions: versions.collect() }))
}

/// The tab of the post-mortem with this text, and nothing asked for yet.
fn opened(text: &str) -> (Window, Document) {
    let mut window = Window::at(IssueTab::Document(KIND));
    let document = document(&window, 1, text);
    let slot = Slot::Document(window.scene.issue, KIND);
    window.tell(Some(&slot), view(&[&document]));
    (window, document)
}

fn saved(window: &mut Window) -> Option<Unredacted> {
    let mut saves = window.commands().into_iter().filter_map(|command| match command {
        Command::Document(DocumentCommand::SaveVersion(document)) => Some(document.markdown),
        _ => None,
    });
    saves.next_back()
}

/// What Ctrl+S would keep.
fn text_of(window: &mut Window) -> String {
    window.commands();
    window.key(Modifiers::COMMAND, Key::S);
    saved(window).map(Unredacted::into_exposed).unwrap_or_default()
}

#[test]
fn a_post_mortem_is_drafted_in_a_tab_of_its_own() {
    let mut window = Window::at(IssueTab::Document(KIND));
    let slot = Slot::Document(window.scene.issue, KIND);
    window.tell(Some(&slot), view(&[]));
    window.press("Draft the post-mortem");
    let asked = |command: &Command| matches!(command, Command::Document(DocumentCommand::Generate { kind, .. }) if *kind == KIND);
    assert!(window.commands().iter().any(asked));
}

#[test]
fn marks_are_set_by_keys_and_buttons_and_undone_behind_a_saved_version() {
    let (mut window, document) = opened("pool\n");
    window.fill("Source", "x").key(Modifiers::COMMAND, Key::A).key(Modifiers::COMMAND, Key::B);
    let bold = text_of(&mut window);
    assert!(bold.starts_with("**") && bold.contains("pool"), "{bold}");
    window.harness.run_steps(80);
    // The version comes back with another id, and undoing goes on.
    let next = Document { id: DocumentId::new(), version: 2, markdown: bold.as_str().into(), ..document.clone() };
    let slot = Slot::Document(window.scene.issue, KIND);
    window.tell(Some(&slot), view(&[&next, &document]));
    window.press("Undo");
    let before = text_of(&mut window);
    assert!(!before.contains("**") && before.contains("pool"), "{before}");
    window.press("Redo");
    assert_eq!(text_of(&mut window), bold);
}

#[test]
fn find_and_replace_all_changes_every_place() {
    let (mut window, _) = opened("a pool, a Pool, a spool\n");
    window.press("Find and replace").fill("Find", "pool").fill("Replace with", "queue").press("Replace all");
    assert_eq!(text_of(&mut window), "a queue, a queue, a squeue\n");
    // The source never had the focus, and all of it comes back at once.
    window.press("Undo");
    window.harness.run_steps(10);
    assert_eq!(text_of(&mut window), "a pool, a Pool, a spool\n");
}

#[test]
fn a_table_is_aligned_once_the_cursor_has_left_it() {
    let (mut window, _) = opened("| a | b |\n|---|---|\n| long | c |\n\nend\n");
    window.fill("Source", "x");
    window.key(Modifiers::COMMAND | Modifiers::CTRL, Key::Home).harness.run_steps(2);
    window.harness.get_by_label("Source").type_text("|");
    window.step();
    window.key(Modifiers::COMMAND | Modifiers::CTRL, Key::End);
    let text = text_of(&mut window);
    assert!(text.contains("| ---- |") || text.contains("---- | "), "{text}");
}

#[test]
fn a_table_is_aligned_by_the_line_break_that_leaves_it() {
    let (mut window, _) = opened("| Step | Who |\n| --- | --- |\n| Look at the pool | D");
    window.press("Source").key(Modifiers::COMMAND | Modifiers::CTRL, Key::End);
    window.harness.get_by_label("Source").type_text("BA |");
    window.step();
    window.key(Modifiers::NONE, Key::Enter).harness.run_steps(2);
    window.harness.get_by_label("Source").type_text("| next");
    window.step();
    let aligned = "| Step             | Who |\n| ---------------- | --- |\n| Look at the pool | DBA |\n| next";
    assert_eq!(text_of(&mut window), aligned);
}

#[test]
fn a_finding_leads_to_its_place_and_nothing_missing_is_ready() {
    let text = "# PM\n\n## Impact\n\nHuman error.\n";
    let (mut window, document) = opened(text);
    window.harness.run_steps(90);
    let asked = |command: &Command| matches!(command, Command::Document(DocumentCommand::Check(_)));
    assert!(window.commands().iter().any(asked));
    let at = text.find("Human").unwrap();
    let finding = CheckFinding {
        kind: CheckKind::Blame,
        message: "“human error” points at a person".to_owned(),
        suggestion: "Name the condition".to_owned(),
        at: Some(at),
    };
    let slot = Slot::DocumentCheck(window.scene.issue, KIND);
    let checked = |findings| Event::DocumentChecked { document: document.id, findings };
    window.tell(Some(&slot), checked(vec![finding]));
    window.press("Check 1").press("“human error” points at a person");
    window.harness.run_steps(2);
    window.harness.get_by_label("Source").type_text("No ");
    window.step();
    assert!(text_of(&mut window).contains("No Human error."));
    window.tell(Some(&slot), checked(Vec::new()));
    assert!(window.sees("Ready: nothing is missing") && window.sees("Check 0"));
}

#[test]
fn answers_are_stored_by_themselves_and_drafting_waits_for_them() {
    let (mut window, _) = opened("# PM\n");
    window.press("Facts").fill("Authors", "Payments team");
    window.harness.run_steps(90);
    let told = window.commands().into_iter().find_map(|command| match command {
        Command::Issue(IssueCommand::SavePostMortem(told)) => Some(told),
        _ => None,
    });
    let told = told.unwrap();
    assert_eq!(told.answer(Question::Authors).unwrap().expose(), "Payments team");
    window.press("Draft anew with these facts");
    let drafts = |command: &Command| matches!(command, Command::Document(DocumentCommand::Redraft(_)));
    assert!(!window.commands().iter().any(drafts), "they are not stored yet");
    let mut detail = window.scene.detail();
    detail.told = told;
    detail.revision += 100;
    window.tell(None, Event::IssueLoaded(Box::new(detail)));
    assert!(window.commands().iter().any(drafts));
}

#[test]
fn a_conflict_is_decided_and_kept_as_a_version() {
    let (mut window, document) = opened("# PM\n\nmine\n");
    let parts = vec![
        MergePart::Settled("# PM\n\n".to_owned()),
        MergePart::Conflict { before: "old\n".to_owned(), edited: "mine\n".to_owned(), drafted: "new\n".to_owned() },
    ];
    let merge = Merge { parts };
    assert_eq!(merge.resolved(&[Choice::Edited]), "# PM\n\nmine\n");
    let slot = Slot::Document(window.scene.issue, KIND);
    window.tell(Some(&slot), Event::DocumentConflicts(Box::new(DocumentConflicts { document, merge })));
    window.press("Keep both").press("Keep as new version");
    assert_eq!(saved(&mut window).unwrap().expose(), "# PM\n\nmine\nnew\n");
}

#[test]
fn an_older_version_is_compared_and_restored() {
    let (mut window, old) = opened("one\n");
    let new = Document { id: DocumentId::new(), version: 2, markdown: "two\n".into(), ..old.clone() };
    let slot = Slot::Document(window.scene.issue, KIND);
    window.tell(Some(&slot), view(&[&new, &old]));
    window.press("Version 2").press("Versions Compare with…");
    let name = format!("Version 1 · {}", crate::ui::format::moment(old.updated_at));
    window.press(&name);
    let slot = Slot::DocumentVersion(window.scene.issue);
    window.tell(Some(&slot), Event::DocumentVersionLoaded(Box::new(old.clone())));
    assert!(window.sees("one") && window.sees("two"));
    window.press("Restore version 1");
    let restored =
        |command: &Command| matches!(command, Command::Document(DocumentCommand::RestoreVersion(id)) if *id == old.id);
    assert!(window.commands().iter().any(restored));
    window.tell(
        Some(&slot),
        Event::DocumentVersionLoaded(Box::new(Document { markdown: "two\n".into(), ..old.clone() })),
    );
    window.press("Restore version 1");
    assert!(!window.commands().iter().any(restored), "what is the same is not restored");
}

#[test]
fn two_hundred_pages_draw_what_is_in_sight() {
    let page = "## Part\n\nA sentence that is long enough to be one of many on a page of a document.\n\n- item\n\n";
    let (window, _) = opened(&page.repeat(1_500));
    let drawn = window.harness.query_all_by_label("item").count();
    assert!((1..60).contains(&drawn), "{drawn}");
}

/// Polishes the section of the cursor up to the model's proposal, `POLISHED`; returns the section.
fn propose(window: &mut Window) -> Unredacted {
    window.press("Source");
    window.harness.get_by_label("Source").type_text("");
    window.press("Polish").press("Look at what goes to Acme");
    let asked = window.commands().into_iter().find_map(|command| match command {
        Command::Document(DocumentCommand::PreviewPolish { text, .. }) => Some(text),
        _ => None,
    });
    let section = asked.unwrap();
    let slot = Slot::PolishPreview(window.scene.issue);
    let outgoing = super::scene::Scene::outgoing();
    let send = format!("Send to {}", outgoing.host);
    window.begin(&slot).tell(Some(&slot), Event::MessagePreviewed(Box::new(outgoing)));
    window.press(&send);
    let is_polish = |command: &Command| matches!(command, Command::Document(DocumentCommand::Polish { text, .. }) if *text == section);
    assert!(window.commands().iter().any(is_polish));
    let slot = Slot::Polish(window.scene.issue);
    window.begin(&slot).tell(Some(&slot), Event::SectionPolished("POLISHED".into()));
    assert!(window.sees("POLISHED"));
    section
}

const SECTIONS: &str = "# PM\n\n## Summary\n\nwords, many words\n\n## Impact\n\nnone\n";

#[test]
fn a_polished_section_is_shown_before_it_goes_and_taken_as_a_proposal() {
    let (mut window, _) = opened(SECTIONS);
    let section = propose(&mut window);
    window.press("Take it");
    let text = text_of(&mut window);
    assert!(text.contains("POLISHED\n") && !text.contains(section.expose()), "{text}");
}

#[test]
fn a_proposal_that_is_left_changes_nothing() {
    let (mut window, _) = opened(SECTIONS);
    propose(&mut window);
    window.press("Leave it");
    assert!(!window.sees("POLISHED") && window.sees("Look at what goes to Acme"));
    assert_eq!(text_of(&mut window), SECTIONS);
}
