//! Documents through the worker: drafting around the user's edits, the user's templates, checking, and polishing with a
//! vendor played on loopback.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod worker_support;

use httpmock::prelude::*;
use serde_json::json;
use tftsr::domain::{AuditQuery, Document, DocumentKind, IssueId, PostMortem, ProviderId, Question, ReviewStatus};
use tftsr::worker::{
    CheckFinding, CheckKind, Choice, Command, DocumentCommand, DocumentConflicts, Event, FailureKind, IssueCommand,
    LogSource, OutgoingPreview, SettingsCommand,
};
use worker_support::Scene;

const LOG: &str = "2026-03-01T01:38:20Z INFO deploy pool.maxSize 64 -> 6 by jane.doe@corp-mail.net\n\
2026-03-01T01:40:00Z ERROR http-8 HikariPool-1 - Connection is not available\n";

const KIND: DocumentKind = DocumentKind::PostMortem;

fn issue(scene: &mut Scene) -> IssueId {
    let log = LogSource::Pasted { name: "app.log".to_owned(), text: LOG.into() };
    scene.issue_with("Charges fail", vec![log]).issue.id
}

fn loaded(event: Event) -> Document {
    match event {
        Event::DocumentLoaded(view) => view.document.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn generate(scene: &mut Scene, issue: IssueId) -> Document {
    loaded(scene.done(Command::Document(DocumentCommand::Generate { issue, kind: KIND })))
}

fn tell(scene: &mut Scene, issue: IssueId, answers: &[(Question, &str)]) {
    let answers = answers.iter().map(|(question, answer)| (*question, (*answer).into())).collect();
    let told = PostMortem { issue, status: ReviewStatus::InReview, answers };
    let detail = scene.loaded(Command::Issue(IssueCommand::SavePostMortem(told.clone())));
    assert_eq!(detail.told, told);
}

fn edited(document: &Document, from: &str, to: &str) -> Document {
    let text = document.markdown.expose();
    assert!(text.contains(from), "{from}: {text}");
    Document { markdown: text.replace(from, to).into(), ..document.clone() }
}

fn conflicts(event: Event) -> DocumentConflicts {
    match event {
        Event::DocumentConflicts(conflicts) => *conflicts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_people_told_comes_into_a_new_draft_and_what_was_edited_stays() {
    let mut scene = Scene::new();
    let issue = issue(&mut scene);
    let first = generate(&mut scene, issue);
    assert!(first.markdown.expose().contains("*Not recorded yet: which users were affected"));
    let mine = edited(&first, Question::LeadUp.asks(), "a rollout was prepared for two weeks");
    tell(&mut scene, issue, &[(Question::Users, "All who paid by card"), (Question::Reviewers, "Payments team")]);

    let second = loaded(scene.done(Command::Document(DocumentCommand::Redraft(mine))));

    let text = second.markdown.expose();
    assert_eq!(second.version, 2);
    assert!(text.contains("- **Users.** All who paid by card"), "{text}");
    assert!(text.contains("| Reviewers | Payments team |") && text.contains("| Status | In review |"), "{text}");
    assert!(text.contains("a rollout was prepared for two weeks"), "{text}");
    let old = scene.done(Command::Document(DocumentCommand::LoadVersion(first.id)));
    assert!(matches!(old, Event::DocumentVersionLoaded(old) if old.markdown == first.markdown));
}

#[test]
fn what_both_have_changed_is_decided_by_the_user_and_stored_then() {
    let mut scene = Scene::new();
    let issue = issue(&mut scene);
    let first = generate(&mut scene, issue);
    let line = format!("- **Users.** *Not recorded yet: {}*", Question::Users.asks());
    let mine = edited(&first, &line, "- **Users.** About 1,200 people");
    tell(&mut scene, issue, &[(Question::Users, "1,204 people")]);

    let open = conflicts(scene.done(Command::Document(DocumentCommand::Redraft(mine))));

    assert_eq!(open.merge.conflicts(), 1);
    let versions = scene.load(issue).documents;
    assert_eq!(versions.len(), 1, "nothing is stored before it is decided");
    let decided = Document { markdown: open.merge.resolved(&[Choice::Drafted]).into(), ..open.document };
    let second = loaded(scene.done(Command::Document(DocumentCommand::SaveVersion(decided))));
    assert!(second.markdown.expose().contains("- **Users.** 1,204 people"));
    // The next draft starts from what was decided: it asks no second time.
    let third = loaded(scene.done(Command::Document(DocumentCommand::Redraft(second))));
    assert_eq!(third.version, 3);
}

#[test]
fn a_template_of_ones_own_is_used_and_a_broken_one_is_named_with_its_line() {
    let mut scene = Scene::new();
    let issue = issue(&mut scene);
    let folder = scene.data_dir().join("templates");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("postmortem.md"), "# {{title}}\n\n{{went_well}}\n").unwrap();
    let own = generate(&mut scene, issue);
    assert!(own.markdown.expose().starts_with("# Charges fail\n\n*Not recorded yet: what helped"));

    std::fs::write(folder.join("postmortem.md"), "# {{title}}\n\n{{moods}}\n").unwrap();
    let failure = scene.failure(Command::Document(DocumentCommand::Generate { issue, kind: KIND }));
    assert_eq!(failure.summary, "The template asks for an unknown block on line 3: moods");
    assert!(failure.advice.contains("postmortem.md"), "{}", failure.advice);
}

#[test]
fn the_check_shrinks_with_every_answer() {
    let mut scene = Scene::new();
    let issue = issue(&mut scene);
    let checked = |scene: &mut Scene, document: Document| -> Vec<CheckFinding> {
        match scene.done(Command::Document(DocumentCommand::Check(document))) {
            Event::DocumentChecked { findings, .. } => findings,
            other => panic!("{other:?}"),
        }
    };
    let first = generate(&mut scene, issue);
    let before = checked(&mut scene, first.clone());
    assert!(before.iter().any(|one| one.message == "“Users affected” is not recorded"), "{before:?}");
    tell(&mut scene, issue, &[(Question::Users, "All who paid by card")]);
    let second = loaded(scene.done(Command::Document(DocumentCommand::Redraft(first))));
    let after = checked(&mut scene, second.clone());
    assert_eq!(after.len() + 1, before.len(), "{after:?}");
    let blaming = edited(&second, "All who paid by card", "Everyone, because the operator forgot to look");
    assert!(checked(&mut scene, blaming).iter().any(|one| one.kind == CheckKind::Blame));
}

fn polish_preview(scene: &mut Scene, issue: IssueId, provider: ProviderId, text: &str) -> OutgoingPreview {
    match scene.done(Command::Document(DocumentCommand::PreviewPolish { issue, provider, text: text.into() })) {
        Event::MessagePreviewed(preview) => *preview,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_section_is_polished_through_the_gate_once_and_comes_back_with_values() {
    let server = MockServer::start();
    let answer = "## Summary\n\n[Email-1] cut the pool.";
    let chunk = json!({"choices": [{"delta": {"content": answer}}]});
    let mock = server.mock(|when, then| {
        when.method(POST).is_true(|request| {
            let body = String::from_utf8_lossy(request.body_ref()).into_owned();
            body.contains("[Email-1]") && !body.contains("jane.doe")
        });
        let body = format!("data: {chunk}\n\ndata: [DONE]\n\n");
        then.status(200).header("content-type", "text/event-stream").body(body);
    });
    let mut scene = Scene::new();
    let issue = issue(&mut scene);
    let provider = scene.provider(&server.url("/v1"), None);
    let section = "## Summary\n\nThe pool was cut by jane.doe@corp-mail.net, who could easily have known better.";
    let preview = polish_preview(&mut scene, issue, provider, section);
    let polish = |text: &str, preview: &OutgoingPreview| {
        let (text, prompt) = (text.into(), preview.prompt.clone());
        Command::Document(DocumentCommand::Polish { issue, provider, text, prompt })
    };

    let refused = scene.failure(polish("another text", &preview));
    assert_eq!(refused.kind, FailureKind::RefusedByGate);
    let preview = polish_preview(&mut scene, issue, provider, section);
    let polished = match scene.done(polish(section, &preview)) {
        Event::SectionPolished(text) => text,
        other => panic!("{other:?}"),
    };

    mock.assert();
    assert_eq!(polished.expose(), "## Summary\n\njane.doe@corp-mail.net cut the pool.");
    assert_eq!(scene.failure(polish(section, &preview)).kind, FailureKind::RefusedByGate);
    let entries = match scene.done(Command::Settings(SettingsCommand::ListAudit(AuditQuery::default()))) {
        Event::AuditListed(entries) => entries,
        other => panic!("{other:?}"),
    };
    let sent = entries.iter().find(|entry| entry.action == "ai_send").unwrap();
    assert_eq!(sent.details["sent"]["body_sha256"], preview.body_sha256);
    assert!(entries.iter().any(|entry| entry.action == "ai_receive" && entry.details["outcome"] == "complete"));
}
