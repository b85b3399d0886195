//! The built-in guide on logs that it has few or no rules for: it quotes, it asks, it never invents.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use jiff::Timestamp;
use proptest::prelude::*;
use tftsr::domain::{Author, IssueId, Join, LogFileId, Unredacted, Why, WhyId, WhyState, WhyTree};
use tftsr::insight::{Guide, GuideAnswer, GuideInput, Insight, MomentKind, Scan};

struct Scene {
    text: String,
    insight: Insight,
    logs: Vec<(LogFileId, String)>,
    title: Unredacted,
}

impl Scene {
    fn of(text: &str) -> Self {
        let mut scan = Scan::new("app.log", "2026-11-25T12:00:00Z".parse().unwrap());
        scan.push(text.as_bytes()).unwrap();
        let analysis = scan.finish().unwrap().0.analysis;
        Self {
            text: text.to_owned(),
            insight: Insight::merge(vec![analysis], None),
            logs: vec![(LogFileId::new(), "app.log".to_owned())],
            title: "orders stop".into(),
        }
    }

    fn input<'a>(&'a self, whys: &'a WhyTree) -> GuideInput<'a> {
        let Self { insight, logs, title, .. } = self;
        GuideInput { title, description: title, domain: None, insight, whys, logs }
    }

    fn ask(&self, whys: Vec<Why>) -> GuideAnswer {
        let tree = WhyTree::new(whys);
        Guide::next_step(&self.input(&tree))
    }

    /// The first line that each why of the whole chain cites.
    fn chain(&self) -> Vec<&str> {
        let chain = Guide::full_chain(&self.input(&WhyTree::default()));
        chain.iter().map(|why| self.line(why.citations.first().unwrap().lines.first)).collect()
    }

    fn line(&self, number: u64) -> &str {
        self.text.lines().nth(usize::try_from(number).unwrap() - 1).unwrap()
    }
}

const UNKNOWN: &str = "\
2026-11-22T01:00:00Z INFO deploy of version 2.14 finished
2026-11-22T01:38:20Z INFO order 7 read
2026-11-22T01:38:21Z ERROR the flux capacitor gave 12 instead of 88
Traceback (most recent call last):
  File \"/srv/app.py\", line 7, in charge
FluxMismatch.CapacitorError: 12
2026-11-22T01:39:00Z INFO order 8 read
2026-11-22T01:45:00Z INFO order 9 read
";

#[test]
fn where_no_rule_speaks_the_guide_quotes_the_first_error_and_says_so() {
    let scene = Scene::of(UNKNOWN);
    let answer = scene.ask(Vec::new());
    let text = answer.text.expose();
    assert!(text.contains("No rule explains these logs") && text.contains("only quotes"), "{text}");
    let [first] = answer.proposals.as_slice() else { panic!("{:?}", answer.proposals) };
    assert_eq!(first.citations[0].lines.first, 3);
    assert!(first.answer.expose().contains("the flux capacitor gave 12") && first.root_cause.is_none());
    assert!(first.confidence.unwrap() < 40);
    assert!(text.contains("Changed before the trouble") && text.contains("app.log:1)"), "{text}");
    assert!(text.contains("The errors end at"), "{text}");
    assert!(answer.questions.iter().any(|question| question.contains("affected")));
}

#[test]
fn below_the_quoted_error_comes_the_exception_behind_it() {
    let scene = Scene::of(UNKNOWN);
    let first = scene.ask(Vec::new()).proposals.remove(0);
    let why = Why {
        id: WhyId::new(),
        issue: IssueId::new(),
        parent: None,
        order: 0,
        question: first.question,
        answer: first.answer,
        state: WhyState::Possible,
        join: Join::Or,
        author: Author::Guide,
        evidence: Vec::new(),
        root_cause: None,
        created_at: Timestamp::UNIX_EPOCH,
    };
    let second = scene.ask(vec![why]).proposals.remove(0);
    assert_eq!((second.level, second.citations[0].lines.first), (2, 6));
    assert!(second.answer.expose().contains("CapacitorError"));
}

#[test]
fn changes_alone_explain_nothing() {
    let scene = Scene::of(
        "Start-Date: 2026-11-22  01:38:20\nInstall: fontconfig:amd64 (2.14.1-4)\nEnd-Date: 2026-11-22  01:38:21\n",
    );
    let answer = scene.ask(Vec::new());
    assert_eq!(answer.proposals, []);
    assert!(answer.text.expose().contains("tell of changes, but of no failure"), "{}", answer.text.expose());
    assert!(answer.text.expose().contains("app.log:2"));
}

#[test]
fn moments_are_proposed_with_what_they_mark() {
    let scene = Scene::of(UNKNOWN);
    let timeline = scene.ask(Vec::new()).timeline;
    let told: Vec<(MomentKind, u64)> = timeline.iter().map(|moment| (moment.kind, moment.at.line)).collect();
    assert_eq!(told[0], (MomentKind::Deployment, 1));
    assert!(told.contains(&(MomentKind::FirstError, 3)), "{told:?}");
    assert!(timeline.windows(2).all(|pair| pair[0].time <= pair[1].time));
}

const REFUSED: &str = "2026-11-22T01:38:21Z ERROR connect ECONNREFUSED 10.0.0.7:5432";

#[test]
fn a_port_that_is_taken_explains_only_refusals_of_that_port() {
    for (port, steps) in [(5432, 2), (9090, 1)] {
        let taken = format!("2026-11-22T01:38:20Z ERROR listen EADDRINUSE: address already in use 0.0.0.0:{port}");
        assert_eq!(Scene::of(&format!("{taken}\n{REFUSED}\n")).chain().len(), steps, "{port}");
    }
}

#[test]
fn in_one_log_a_change_comes_before_what_it_set_off() {
    let heap = "2026-11-22T01:38:20.100Z ERROR java.lang.OutOfMemoryError: Java heap space";
    let deploy = |at: &str| format!("2026-11-22T01:38:{at}Z INFO deploy of version 2.14 finished");
    assert_eq!(Scene::of(&format!("{}\n{heap}\n", deploy("20.050"))).chain(), [heap, deploy("20.050").as_str()]);
    assert_eq!(Scene::of(&format!("{heap}\n{}\n", deploy("20.300"))).chain(), [heap]);
}

#[test]
fn one_line_is_two_steps_only_where_the_effect_is_seen_without_that_cause_too() {
    let refused = "2026-11-22T01:38:20Z ERROR connect() failed (111: Connection refused) while connecting to upstream";
    let silent = "2026-11-22T01:38:21Z ERROR no live upstreams while connecting to upstream";
    assert_eq!(Scene::of(&format!("{refused}\n")).chain(), [refused]);
    assert_eq!(Scene::of(&format!("{refused}\n{silent}\n")).chain(), [refused, refused]);
}

#[test]
fn a_program_s_last_words_count_more_than_an_error_that_it_survived() {
    let last = "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory";
    let text = format!("Error: connect ECONNREFUSED 10.0.0.7:5432\n{last}\n");
    assert_eq!(Scene::of(&text).chain(), [last]);
}

proptest! {
    #[test]
    fn no_proposal_is_without_an_existing_line(
        lines in proptest::collection::vec(prop_oneof![
            Just("2026-11-22T01:38:20Z ERROR connection refused".to_owned()),
            Just("2026-11-22T01:38:50Z INFO deployed shop version 2.1".to_owned()),
            Just("Traceback (most recent call last):".to_owned()),
            Just("  File \"/srv/app.py\", line 7, in f".to_owned()),
            Just("app.KeyError: 'x'".to_owned()),
            Just("make: *** [Makefile:2: all] Error 1".to_owned()),
            "[A-Za-z:. 0-9]{0,30}",
        ], 0..25),
    ) {
        let scene = Scene::of(&lines.join("\n"));
        let tree = WhyTree::default();
        let chain = Guide::full_chain(&scene.input(&tree));
        let answer = scene.ask(Vec::new());
        for proposal in chain.iter().chain(&answer.proposals) {
            prop_assert!(!proposal.citations.is_empty());
            for citation in &proposal.citations {
                prop_assert!(!scene.line(citation.lines.first).trim().is_empty());
            }
        }
        for moment in &answer.timeline {
            prop_assert!(!scene.line(moment.at.line).is_empty());
        }
    }
}
