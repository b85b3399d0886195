//! The review of findings in the store: confidence, decisions about places, rules, and the way from span to span.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod store_support;

use std::time::Instant;
use store_support::{Scene, issue, log};
use tftsr::domain::{
    Confidence, Decision, IssueId, LogFileId, PiiKind, PiiSpan, Placeholder, Rule, RuleAction, RuleMatch, RuleScope,
    SpanDecision,
};
use tftsr::store::{Database, DecisionEntry, StoreError};

const UNDO_018: &str = "DROP TABLE span_decisions; DROP TABLE rules; ALTER TABLE pii_spans DROP COLUMN confidence;
    ALTER TABLE pii_values DROP COLUMN confidence; ALTER TABLE log_files DROP COLUMN detected_with;
    DELETE FROM _migrations WHERE name = '018_review'";

fn span(kind: PiiKind, start: usize, value: &str, confidence: Confidence) -> PiiSpan {
    let placeholder = Placeholder { kind, number: 1 };
    PiiSpan { kind, range: start..start + value.len(), value: value.into(), placeholder, confidence }
}

fn log_with(db: &Database, issue: IssueId, name: &str, spans: &[PiiSpan]) -> LogFileId {
    let log = log(issue, name);
    db.insert_log_file(&log, Some("…"), &[]).unwrap();
    let batch = db.begin_spans(log.id).unwrap();
    db.append_spans(&batch, spans).unwrap();
    db.finish_spans(batch).unwrap();
    log.id
}

fn keep(value: &str, line: &str, occurrence: u32) -> SpanDecision {
    SpanDecision {
        kind: PiiKind::Host,
        value: value.into(),
        line_hash: line.to_owned(),
        occurrence,
        decision: Decision::Keep,
        cited: String::new(),
    }
}

fn words(scope: RuleScope, text: &str) -> Rule {
    Rule::new(scope, RuleAction::Always, RuleMatch::Words, text)
}

#[test]
fn an_existing_database_gets_the_review_and_keeps_its_findings() {
    let scene = Scene::new();
    let (issue, log) = scene.with(|db| {
        let issue = issue(db, "i");
        let log = log_with(db, issue, "app.log", &[span(PiiKind::Host, 3, "db1.acme.io", Confidence::Certain)]);
        let entry = DecisionEntry { kind: PiiKind::Host, value: Some("db1.acme.io".into()), decision: Decision::Keep };
        db.set_decision(issue, &entry).unwrap();
        (issue, log)
    });
    scene.raw().execute_batch(UNDO_018).unwrap();

    scene.with(move |db| {
        let groups = db.value_groups(issue).unwrap();
        let found: Vec<_> = groups.iter().map(|one| (one.confidence, one.decision, one.exceptions)).collect();
        assert_eq!(found, [(Confidence::Likely, Decision::Keep, 0)]);
        assert_eq!(db.spans_in(log, 0..99).unwrap()[0].confidence, Confidence::Likely);
        assert_eq!(db.logs_not_detected_with(issue, "now").unwrap(), [log], "it was searched before the step");
        assert!(db.rules().unwrap().is_empty() && db.span_decisions(issue).unwrap().is_empty());
    });
}

#[test]
fn a_value_is_as_sure_as_its_surest_place() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let host = |start, confidence| span(PiiKind::Host, start, "db1", confidence);
        log_with(db, issue, "a.log", &[host(0, Confidence::Possible), host(9, Confidence::Certain)]);
        log_with(db, issue, "b.log", &[host(4, Confidence::Likely)]);
        let group = &db.value_groups(issue).unwrap()[0];
        assert_eq!((group.confidence, group.places), (Confidence::Certain, 3));
    });
}

#[test]
fn a_decision_about_a_value_takes_the_place_of_those_about_its_places() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let log = log_with(db, issue, "a.log", &[span(PiiKind::Host, 0, "db1", Confidence::Likely)]);
        db.set_span_decision(log, 905, &keep("db1", "aa", 0)).unwrap();
        db.set_span_decision(log, 905, &SpanDecision { decision: Decision::Redact, ..keep("db1", "aa", 0) }).unwrap();
        db.set_span_decision(log, 906, &keep("db1", "bb", 2)).unwrap();
        let known = db.span_decisions(issue).unwrap();
        let brief: Vec<_> = known.iter().map(|one| (one.cited.as_str(), one.occurrence, one.decision)).collect();
        assert_eq!(brief, [("a.log:905", 0, Decision::Redact), ("a.log:906", 2, Decision::Keep)]);
        assert_eq!(db.value_groups(issue).unwrap()[0].exceptions, 2);
        assert_eq!(db.exceptions(issue, PiiKind::Host, &"db1".into()).unwrap(), 2);

        let entry = |kind, value: Option<&str>| DecisionEntry {
            kind,
            value: value.map(Into::into),
            decision: Decision::Redact,
        };
        db.set_decision(issue, &entry(PiiKind::User, Some("db1"))).unwrap();
        assert!(db.span_decisions(issue).unwrap().is_empty());
        db.set_decision(issue, &entry(PiiKind::Host, Some("db1"))).unwrap();
        assert_eq!(db.decisions(issue).unwrap().len(), 1, "one value, one decision, whatever it was found as");

        db.set_span_decision(log, 905, &keep("db1", "aa", 0)).unwrap();
        db.set_decision(issue, &entry(PiiKind::Host, None)).unwrap();
        assert!(db.span_decisions(issue).unwrap().is_empty());
        db.set_span_decision(log, 905, &keep("db1", "aa", 0)).unwrap();
        db.forget_decisions(issue, &"db1".into()).unwrap();
        assert!(db.span_decisions(issue).unwrap().is_empty());
        db.set_span_decision(log, 905, &keep("db1", "aa", 0)).unwrap();
        db.remove_log_file(log).unwrap();
        assert!(db.span_decisions(issue).unwrap().is_empty(), "they go with their log");
    });
}

#[test]
fn rules_are_kept_in_order_and_their_numbers_are_never_given_again() {
    Scene::new().with(|db| {
        let (one, other) = (issue(db, "one"), issue(db, "other"));
        let first = db.save_rule(&words(RuleScope::All, "Falcon")).unwrap();
        let second = db.save_rule(&words(RuleScope::Issue(one), "Falcon")).unwrap();
        assert_eq!((first.number, second.number), (1, 2));
        assert!(matches!(db.save_rule(&words(RuleScope::All, "Falcon")), Err(StoreError::Conflict)));

        let mut changed = second.clone();
        changed.enabled = false;
        changed.text = "Condor".into();
        assert_eq!(db.save_rule(&changed).unwrap(), changed);
        assert_eq!(db.rules_for(Some(one)).unwrap(), [first.clone(), changed]);
        assert_eq!(db.rules_for(Some(other)).unwrap(), std::slice::from_ref(&first));
        assert_eq!(db.rules_for(None).unwrap(), [first]);

        db.remove_rule(second.id).unwrap();
        assert!(matches!(db.remove_rule(second.id), Err(StoreError::NotFound("rule"))));
        assert!(db.save_rule(&words(RuleScope::Issue(one), "x-1")).unwrap().number > second.number);
        let new = [words(RuleScope::All, "Falcon"), words(RuleScope::All, "Heron"), words(RuleScope::All, "Heron")];
        assert_eq!(db.add_rules(&new).unwrap(), 1);
        assert_eq!(db.rules().unwrap().len(), 3);
    });
}

#[test]
fn from_one_span_to_the_next_and_to_the_first_place_of_a_value() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let host = |start, value| span(PiiKind::Host, start, value, Confidence::Likely);
        let log = log_with(db, issue, "a.log", &[host(30, "db2"), host(0, "db1"), host(60, "db2")]);
        let next = |from, forward| db.next_span(log, from, forward).unwrap().map(|span| span.range.start);
        assert_eq!((next(0, true), next(30, true), next(60, true)), (Some(30), Some(60), None));
        assert_eq!((next(60, false), next(0, false), next(u64::MAX, false)), (Some(30), None, Some(60)));
        assert_eq!(db.first_span(log).unwrap().unwrap().range.start, 0);
        let first = |kind, value: &str| db.first_place(log, kind, &value.into()).unwrap().map(|span| span.range.start);
        assert_eq!((first(PiiKind::Host, "db2"), first(PiiKind::User, "db2")), (Some(30), None));

        // A detection that is not finished yet does not count.
        let batch = db.begin_spans(log).unwrap();
        db.append_spans(&batch, &[host(10, "db2")]).unwrap();
        assert_eq!(next(0, true), Some(30));
    });
}

#[test]
fn a_log_is_searched_with_certain_rules_and_settings() {
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let log = log_with(db, issue, "a.log", &[]);
        db.set_detected_with(log, "one").unwrap();
        assert_eq!(db.logs_not_detected_with(issue, "one").unwrap(), []);
        assert_eq!(db.logs_not_detected_with(issue, "two").unwrap(), [log]);
        db.set_findings(log, None).unwrap();
        assert_eq!(db.logs_not_detected_with(issue, "one").unwrap(), [log]);
    });
}

/// Prints how long things take at the largest size that the review is made for; it asserts nothing about time.
#[test]
#[expect(clippy::print_stdout, reason = "times are for whoever runs it")]
fn fifty_thousand_values_in_two_hundred_thousand_places() {
    const VALUES: usize = 50_000;
    Scene::new().with(|db| {
        let issue = issue(db, "i");
        let kinds = PiiKind::ALL;
        let spans: Vec<_> = (0..4 * VALUES)
            .map(|at| {
                let kind = kinds[at % VALUES % kinds.len()];
                let value = format!("value-{}.acme.io", at % VALUES);
                let mut span = span(kind, at * 100, &value, Confidence::ALL[at % 3]);
                span.placeholder.number = u32::try_from(at % VALUES).unwrap() + 1;
                span
            })
            .collect();
        let timed = |what: &str, start: Instant| println!("{what}: {:?}", start.elapsed());
        let start = Instant::now();
        let log = log_with(db, issue, "a.log", &spans);
        timed("storing 200,000 spans", start);
        let start = Instant::now();
        let groups = db.value_groups(issue).unwrap();
        timed("loading 50,000 values", start);
        assert_eq!(groups.len(), VALUES);
        let start = Instant::now();
        let entry = DecisionEntry { kind: kinds[0], value: Some("value-0.acme.io".into()), decision: Decision::Keep };
        db.set_decision(issue, &entry).unwrap();
        timed("deciding about one", start);
        let start = Instant::now();
        assert_eq!(db.next_span(log, 9_999_900, true).unwrap().unwrap().range.start, 10_000_000);
        timed("finding the next span", start);
        let start = Instant::now();
        let last = &spans[VALUES - 1];
        assert!(db.first_place(log, last.kind, &last.value).unwrap().is_some());
        timed("finding the first place of a value, 50,000 spans in", start);
    });
}
