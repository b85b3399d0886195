//! The review of findings as stories: what was decided holds in what would be sent.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a test stops at the first surprise"
)]

mod worker_support;

use tftsr::domain::{
    Audience, AuditQuery, Decision, DocumentKind, IssueId, LogFileId, PiiKind, Rule, RuleAction, RuleMatch, RuleScope,
    Settings, ValueGroup,
};
use tftsr::worker::{
    Command, DecisionTarget, DocumentCommand, Event, FailureKind, FindingsChange, ListedRule, LogSource, PreviewLine,
    PrivacyCommand, RuleCommand, Seek, SettingsCommand, SpanPlace,
};
use worker_support::Scene;

const LOG: &str = "\
2026-03-01T01:40:00Z ERROR pool timeout for 84.23.17.9 asked by 84.23.17.9 of node falcon-7\n\
2026-03-01T01:40:01Z ERROR charge failed for jane.doe@corp-mail.net password=Tr0ub4dor3xyz\n\
2026-03-01T01:40:02Z WARN retry of 84.23.17.9 by falcon-7\n";

struct Story {
    scene: Scene,
    issue: IssueId,
    log: LogFileId,
    provider: tftsr::domain::ProviderId,
}

impl Story {
    fn of(text: &str) -> Self {
        let mut scene = Scene::new();
        let logs = vec![LogSource::Pasted { name: "app.log".to_owned(), text: text.into() }];
        let detail = scene.issue_with("Charges fail", logs);
        let provider = scene.provider("http://127.0.0.1:9/v1", None);
        Self { issue: detail.issue.id, log: detail.logs[0].id, scene, provider }
    }

    fn decide(&mut self, target: DecisionTarget, decision: Decision) -> FindingsChange {
        let decide = PrivacyCommand::Decide { issue: self.issue, target, decision };
        match self.scene.done(Command::Privacy(decide)) {
            Event::FindingsChanged { change, .. } => change,
            other => panic!("{other:?}"),
        }
    }

    /// The place of the value in the log, from 0.
    fn place(&self, text: &str, value: &str, nth: usize) -> DecisionTarget {
        let (start, _) = text.match_indices(value).nth(nth).unwrap();
        let kind = if value.contains("Tr0ub") { PiiKind::Password } else { PiiKind::Ipv4 };
        DecisionTarget::Span { log: self.log, kind, range: start as u64..(start + value.len()) as u64 }
    }

    fn findings(&mut self) -> (Vec<ValueGroup>, Vec<LogFileId>) {
        match self.scene.done(Command::Privacy(PrivacyCommand::LoadFindings(self.issue))) {
            Event::FindingsLoaded { groups, outdated, .. } => (groups, outdated),
            other => panic!("{other:?}"),
        }
    }

    fn group(&mut self, value: &str) -> Option<ValueGroup> {
        self.findings().0.into_iter().find(|group| group.value.expose() == value)
    }

    /// What would be sent to the provider.
    fn sent(&mut self, draft: &str) -> String {
        let preview = self.scene.preview(self.issue, self.provider, draft);
        preview.prompt.messages.iter().map(|message| message.text.as_str()).collect::<Vec<_>>().join("\n")
    }

    fn lines(&mut self) -> (Vec<PreviewLine>, Vec<PreviewLine>) {
        match self.scene.done(Command::Privacy(PrivacyCommand::PreviewLog { log: self.log, first: 1, count: 9 })) {
            Event::RedactionPreviewed { before, after, .. } => (before, after),
            other => panic!("{other:?}"),
        }
    }

    fn rule(&mut self, action: RuleAction, matcher: RuleMatch, text: &str) -> Vec<ListedRule> {
        let rule = Rule::new(RuleScope::All, action, matcher, text);
        self.rules(RuleCommand::Save { rule, instead_of: Some(self.issue) })
    }

    fn rules(&mut self, command: RuleCommand) -> Vec<ListedRule> {
        match self.scene.done(Command::Rule(command)) {
            Event::RulesListed(rules) => rules,
            other => panic!("{other:?}"),
        }
    }

    fn seek(&mut self, seek: Seek) -> Option<SpanPlace> {
        match self.scene.done(Command::Privacy(PrivacyCommand::FindSpan { issue: self.issue, seek })) {
            Event::SpanSought { place, .. } => place,
            other => panic!("{other:?}"),
        }
    }

    fn audited(&mut self, action: &str) -> Vec<serde_json::Value> {
        let query = AuditQuery { action: Some(action.to_owned()), ..AuditQuery::default() };
        match self.scene.done(Command::Settings(SettingsCommand::ListAudit(query))) {
            Event::AuditListed(entries) => entries.into_iter().map(|entry| entry.details).collect(),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_place_that_is_kept_is_sent_and_the_same_value_elsewhere_is_not() {
    let mut story = Story::of(LOG);
    let change = story.decide(story.place(LOG, "84.23.17.9", 1), Decision::Keep);
    let value = "84.23.17.9".into();
    assert_eq!(change, FindingsChange::Span { kind: PiiKind::Ipv4, value, exceptions: 1 });

    let sent = story.sent("why?");
    assert!(sent.contains("pool timeout for [IPv4-1] asked by 84.23.17.9"), "{sent}");
    assert_eq!(sent.matches("84.23.17.9").count(), 1);
    let (before, after) = story.lines();
    let kept: Vec<_> = before[0].marks.iter().map(|mark| mark.is_kept).collect();
    assert_eq!(kept, [false, true]);
    assert!(after[0].text.expose().contains("asked by 84.23.17.9"));
    assert_eq!(story.group("84.23.17.9").unwrap().exceptions, 1);
    let details = story.audited("redaction_override");
    assert_eq!((details[0]["scope"].as_str(), details[0]["line"].as_u64()), (Some("span"), Some(1)));
    assert!(!details[0].to_string().contains("84.23"), "{details:?}");

    let quoted = story.sent("he wrote: pool timeout for 84.23.17.9 asked by 84.23.17.9");
    assert_eq!(quoted.matches("84.23.17.9").count(), 1, "only the whole line is the line");
}

#[test]
fn a_place_is_redacted_though_its_value_is_kept() {
    let mut story = Story::of(LOG);
    story.decide(DecisionTarget::Value { kind: PiiKind::Ipv4, value: "84.23.17.9".into() }, Decision::Keep);
    story.decide(story.place(LOG, "84.23.17.9", 0), Decision::Redact);
    let sent = story.sent("why?");
    assert!(sent.contains("pool timeout for [IPv4-1] asked by 84.23.17.9"), "{sent}");
    assert!(sent.contains("retry of 84.23.17.9"), "{sent}");

    story.decide(DecisionTarget::Kind(PiiKind::Ipv4), Decision::Redact);
    assert!(!story.sent("why?").contains("84.23.17.9"));
}

#[test]
fn a_line_that_is_cut_for_the_prompt_is_redacted_whole() {
    let long = format!("2026-03-01T01:40:00Z ERROR 84.23.17.9 failed {}\n", "with more and more words ".repeat(400));
    let mut story = Story::of(&long);
    story.decide(story.place(&long, "84.23.17.9", 0), Decision::Keep);
    let sent = story.sent("why?");
    assert!(sent.contains("[cut]") && !sent.contains("84.23.17.9"), "{sent}");
    assert!(story.lines().1[0].text.expose().contains("84.23.17.9"), "the whole line is as it was decided");

    story.decide(DecisionTarget::Value { kind: PiiKind::Ipv4, value: "84.23.17.9".into() }, Decision::Keep);
    assert!(story.sent("why?").contains("84.23.17.9"));
    story.decide(story.place(&long, "84.23.17.9", 0), Decision::Redact);
    assert!(!story.sent("why?").contains("84.23.17.9"), "it may be the line that was decided on");
}

#[test]
fn a_secret_is_kept_in_one_place_only() {
    let text = format!("{LOG}2026-03-01T01:41:00Z ERROR login password=Tr0ub4dor3xyz refused\n");
    let mut story = Story::of(&text);
    story.decide(story.place(&text, "Tr0ub4dor3xyz", 1), Decision::Keep);
    assert_eq!(story.sent("why?").matches("Tr0ub4dor3xyz").count(), 1);
}

#[test]
fn a_rule_redacts_in_everything_that_leaves() {
    let mut story = Story::of(LOG);
    assert!(story.sent("what of falcon-7?").contains("falcon-7"));
    let rules = story.rule(RuleAction::Always, RuleMatch::Pattern, r"\bfalcon-\d+");
    assert_eq!((rules.len(), rules[0].rule.number, rules[0].problem.as_deref()), (1, 1, None));

    assert!(!story.sent("what of falcon-7?").contains("falcon-7"));
    assert!(!story.lines().1.iter().any(|line| line.text.expose().contains("falcon")));
    let generate = DocumentCommand::Generate { issue: story.issue, kind: DocumentKind::Rca };
    let Event::DocumentLoaded(view) = story.scene.done(Command::Document(generate)) else { panic!() };
    let mut document = view.document.unwrap();
    document.markdown.push("\nThe node falcon-7 was at fault.\n");
    story.scene.done(Command::Document(DocumentCommand::Save(document.clone())));
    let render = DocumentCommand::Render { document: document.id, audience: Audience::External };
    let Event::DocumentRendered(external) = story.scene.done(Command::Document(render)) else { panic!() };
    assert!(external.expose().contains("was at fault") && !external.expose().contains("falcon"));
    let audited = story.audited("settings_change");
    assert_eq!(audited[0]["change"], "added");
    assert!(!audited[0].to_string().contains("falcon"));
}

#[test]
fn a_log_that_was_searched_before_a_rule_is_searched_again() {
    let mut story = Story::of(LOG);
    assert!(story.findings().1.is_empty());
    story.rule(RuleAction::Always, RuleMatch::Words, "falcon-7");
    story.rule(RuleAction::Never, RuleMatch::Words, "84.23.17.9");
    let (groups, outdated) = story.findings();
    assert_eq!(outdated, [story.log]);
    assert!(groups.iter().all(|group| group.kind != PiiKind::Custom));
    let kept = groups.iter().find(|group| group.value.expose() == "84.23.17.9").unwrap();
    assert_eq!(kept.decision, Decision::Keep, "the rule decides at once");

    let redetect = PrivacyCommand::Redetect { log: story.log };
    let Event::Redetected(detail) = story.scene.done(Command::Privacy(redetect)) else { panic!() };
    let (groups, outdated) = story.findings();
    assert!(outdated.is_empty());
    let places: u64 = groups.iter().map(|group| group.places).sum();
    assert_eq!(detail.logs[0].findings, Some(places), "old spans are replaced, not doubled");
    assert_eq!(story.group("falcon-7").map(|group| group.places), Some(2));
    assert!(story.group("84.23.17.9").is_none());

    story.scene.save_settings(Settings { kinds_off: vec![PiiKind::Email], ..Settings::default() });
    assert_eq!(story.findings().1, [story.log]);
}

#[test]
fn what_was_decided_about_a_value_gives_way_to_a_rule_about_it() {
    let mut story = Story::of(LOG);
    story.decide(DecisionTarget::Value { kind: PiiKind::Ipv4, value: "84.23.17.9".into() }, Decision::Keep);
    story.rule(RuleAction::Always, RuleMatch::Words, "84.23.17.9");
    assert_eq!(story.group("84.23.17.9").unwrap().decision, Decision::Redact);
    assert!(!story.sent("why?").contains("84.23.17.9"));

    story.decide(DecisionTarget::Value { kind: PiiKind::Ipv4, value: "84.23.17.9".into() }, Decision::Keep);
    assert!(story.sent("why?").contains("84.23.17.9"), "in this issue, the user has the last word");
}

#[test]
fn a_decision_about_a_kind_says_for_which_values_it_does_not_hold() {
    let mut story = Story::of(LOG);
    story.rule(RuleAction::Never, RuleMatch::Words, "84.23.17.9");
    let change = story.decide(DecisionTarget::Kind(PiiKind::Ipv4), Decision::Redact);
    let except = vec!["84.23.17.9".into()];
    assert_eq!(change, FindingsChange::Kind { kind: PiiKind::Ipv4, decision: Decision::Redact, except });
}

#[test]
fn a_stored_rule_that_cannot_be_used_stops_everything_and_is_named() {
    let mut story = Story::of(LOG);
    let refused = Rule::new(RuleScope::All, RuleAction::Never, RuleMatch::Pattern, "(falcon");
    let failure = story.scene.failure(Command::Rule(RuleCommand::Save { rule: refused, instead_of: None }));
    assert_eq!(failure.kind, FailureKind::Rule);
    let rules = story.rule(RuleAction::Always, RuleMatch::Pattern, "falcon");
    let (issue, provider) = (story.issue, story.provider);

    // As a later version with other patterns would leave it.
    let mut scene = story.scene.with_changed_store("UPDATE rules SET text = '(falcon'");
    let failure = scene.failure(Command::Triage(tftsr::worker::TriageCommand::Preview {
        issue,
        provider,
        draft: "why?".into(),
        turn: tftsr::worker::Turn::New,
        images: Vec::new(),
    }));
    assert_eq!(failure.kind, FailureKind::RefusedByGate);
    assert!(failure.summary.contains("ule 1 ") && !failure.summary.contains("falcon"), "{failure:?}");
    let failure = scene.failure(Command::Privacy(PrivacyCommand::LoadFindings(issue)));
    assert!(failure.advice.contains("Settings"), "{failure:?}");
    let Event::RulesListed(listed) = scene.done(Command::Rule(RuleCommand::Load)) else { panic!() };
    assert!(listed[0].problem.is_some());

    let off = Rule { enabled: false, text: "falcon".into(), ..rules[0].rule.clone() };
    scene.done(Command::Rule(RuleCommand::Save { rule: off, instead_of: None }));
    scene.preview(issue, provider, "why?");
}

#[test]
fn rules_go_to_a_file_and_come_back_whole_or_not_at_all() {
    let mut story = Story::of(LOG);
    story.rule(RuleAction::Always, RuleMatch::Words, "falcon-7");
    let path = story.scene.folder.path().join("rules.toml");
    let export = |overwrite| Command::Rule(RuleCommand::Export { path: path.clone(), overwrite });
    story.scene.done(export(false));
    assert_eq!(story.scene.failure(export(false)).kind, FailureKind::FileExists);
    story.scene.done(export(true));

    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str("\n[[rule]]\naction = \"never\"\nmatch = \"words\"\ntext = \"changeme\"\n");
    std::fs::write(&path, &text).unwrap();
    let import = || Command::Rule(RuleCommand::Import { path: path.clone() });
    let Event::RulesImported { new, known, rules } = story.scene.done(import()) else { panic!() };
    assert_eq!((new, known, rules.len()), (1, 1, 2));

    let line = text.lines().count() + 4;
    text.push_str("[[rule]]\naction = \"always\"\nmatch = \"pattern\"\ntext = \"heron\"\n");
    text.push_str("[[rule]]\naction = \"always\"\nmatch = \"pattern\"\ntext = \"(condor\"\n");
    std::fs::write(&path, &text).unwrap();
    let failure = story.scene.failure(import());
    assert!(failure.summary.contains(&format!("ine {}", line + 4)), "{failure:?}");
    assert!(!failure.summary.contains("condor"));
    assert_eq!(story.rules(RuleCommand::Load).len(), 2, "the good one of the two was not added either");
}

#[test]
fn the_store_knows_the_next_span_over_all_logs() {
    let mut scene = Scene::new();
    let filler = "2026-03-01T01:40:00Z INFO all is well\n".repeat(700);
    let first = format!("{filler}2026-03-01T01:50:00Z WARN of jane.doe@corp-mail.net\n{filler}");
    let second = "84.23.17.9 came first\n".to_owned();
    let pasted = |name: &str, text: &str| LogSource::Pasted { name: name.to_owned(), text: text.into() };
    let logs = vec![pasted("a.log", &first), pasted("b.log", &filler), pasted("c.log", &second)];
    let detail = scene.issue_with("Charges fail", logs);
    let provider = scene.provider("http://127.0.0.1:9/v1", None);
    let mut story = Story { issue: detail.issue.id, log: detail.logs[0].id, scene, provider };
    let (a, c) = (detail.logs[0].id, detail.logs[2].id);

    let found = story.seek(Seek::After { log: a, offset: 0 }).unwrap();
    assert_eq!((found.log, found.line), (a, 701));
    assert_eq!(first.get(found.range.start as usize..found.range.end as usize), Some("jane.doe@corp-mail.net"));
    let next = story.seek(Seek::After { log: a, offset: found.range.start }).unwrap();
    assert_eq!((next.log, next.line, next.range), (c, 1, 0..10));
    assert_eq!(story.seek(Seek::After { log: c, offset: 0 }), None);
    assert_eq!(story.seek(Seek::Before { log: c, offset: 0 }), Some(found.clone()));
    assert_eq!(story.seek(Seek::Before { log: a, offset: found.range.start }), None);
    let value = "jane.doe@corp-mail.net".into();
    assert_eq!(story.seek(Seek::First { kind: PiiKind::Email, value }), Some(found));
}

#[test]
fn a_search_that_is_cancelled_leaves_the_old_spans() {
    let mut story = Story::of(&LOG.repeat(4_000));
    let before = story.findings().0;
    story.rule(RuleAction::Always, RuleMatch::Words, "falcon-7");
    let job = story.scene.submit(Command::Privacy(PrivacyCommand::Redetect { log: story.log }));
    let id = job.id();
    drop(job);
    while !story.scene.next(id).is_final() {}
    let (groups, outdated) = story.findings();
    assert!(groups == before || groups.iter().any(|group| group.kind == PiiKind::Custom), "whole, or as it was");
    assert_eq!(outdated.is_empty(), groups != before);
    story.scene.done(Command::Privacy(PrivacyCommand::Redetect { log: story.log }));
    assert!(story.findings().1.is_empty());
}
