//! The built-in guide on the three samples: the chain a reader of the logs would find, with lines that exist.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

use jiff::Timestamp;
use tftsr::domain::{
    Author, Domain, IssueId, Join, LogFileId, Proposal, RootCauseCategory, Unredacted, Why, WhyId, WhyState, WhyTree,
};
use tftsr::insight::samples::{self, Sample};
use tftsr::insight::{Guide, GuideInput, Insight, Scan, estimate_tokens, pack, suggest_domain};

struct Scene {
    sample: &'static Sample,
    insight: Insight,
    title: Unredacted,
    description: Unredacted,
    logs: Vec<(LogFileId, String)>,
}

impl Scene {
    fn of(name: &str, chunk: usize) -> Self {
        let sample = samples::ALL.iter().find(|sample| sample.name == name).unwrap();
        let start: Timestamp = sample.started_at.parse().unwrap();
        let analyses = sample.files.iter().map(|(name, text)| {
            let mut scan = Scan::new(*name, start);
            for part in text.as_bytes().chunks(chunk) {
                scan.push(part).unwrap();
            }
            scan.finish().unwrap().0.analysis
        });
        Self {
            sample,
            insight: Insight::merge(analyses.collect(), Some(start)),
            title: sample.title.into(),
            description: sample.description.into(),
            logs: sample.files.iter().map(|(name, _)| (LogFileId::new(), (*name).to_owned())).collect(),
        }
    }

    fn input<'a>(&'a self, whys: &'a WhyTree) -> GuideInput<'a> {
        GuideInput {
            title: &self.title,
            description: &self.description,
            domain: Some(self.sample.domain),
            insight: &self.insight,
            whys,
            logs: &self.logs,
        }
    }

    fn chain(&self) -> Vec<Proposal> {
        Guide::full_chain(&self.input(&WhyTree::default()))
    }

    /// The text of the first line that a proposal cites, from the file itself.
    fn cited(&self, proposal: &Proposal) -> &'static str {
        let citation = &proposal.citations[0];
        let (_, text) = self.sample.files.iter().find(|(name, _)| *name == citation.file_name).unwrap();
        text.lines().nth(usize::try_from(citation.lines.first).unwrap() - 1).unwrap()
    }
}

fn why(proposal: &Proposal, parent: Option<WhyId>) -> Why {
    Why {
        id: WhyId::new(),
        issue: IssueId::new(),
        parent,
        order: 0,
        question: proposal.question.clone(),
        answer: proposal.answer.clone(),
        state: WhyState::Possible,
        join: Join::Or,
        author: Author::Guide,
        evidence: Vec::new(),
        root_cause: None,
        created_at: Timestamp::UNIX_EPOCH,
    }
}

fn assert_chain(name: &str, evidence: &[&str], category: RootCauseCategory) {
    let scene = Scene::of(name, 1000);
    let chain = scene.chain();
    let lines: Vec<&str> = chain.iter().map(|proposal| scene.cited(proposal)).collect();
    assert_eq!(lines.len(), evidence.len(), "{lines:#?}");
    for (line, part) in lines.iter().zip(evidence) {
        assert!(line.contains(part), "{part} is not in {line}");
    }
    assert_eq!(chain.last().unwrap().root_cause, Some(category));
}

#[test]
fn the_exhausted_pool_leads_to_the_migration_that_locked_the_table() {
    assert_chain(
        "postgres-pool",
        &["completed 503", "Connection is not available", "statement timeout", "still waiting for", "Migrating schema"],
        RootCauseCategory::Change,
    );
}

#[test]
fn the_crash_loop_leads_to_the_rollout() {
    assert_chain(
        "kubernetes-rollout",
        &[" 503 ", "not have any active Endpoint", "Back-off restarting", "LEDGER_ENDPOINT is not set", "Helm upgrade"],
        RootCauseCategory::Change,
    );
}

#[test]
fn the_full_disk_leads_to_the_edit_of_the_rotation() {
    assert_chain(
        "linux-disk",
        &["o space left", "usage 9", "logrotate.service", "logrotate.d/docstore:", "COMMAND=/usr/bin/vim"],
        RootCauseCategory::HumanProcess,
    );
}

#[test]
fn step_by_step_the_guide_finds_the_same_chain_and_never_repeats_itself() {
    for sample in samples::ALL {
        let scene = Scene::of(sample.name, 100_000);
        let mut whys: Vec<Why> = Vec::new();
        for (level, expected) in (1..).zip(scene.chain()) {
            let tree = WhyTree::new(whys.clone());
            let answer = Guide::next_step(&scene.input(&tree));
            assert!(answer.text.expose().contains("Built-in guide (no AI)"));
            assert_eq!(answer.proposals[0].level, level, "{}", sample.name);
            assert_eq!(answer.proposals[0].answer, expected.answer, "{}", sample.name);
            whys.push(why(&expected, whys.last().map(|why| why.id)));
        }
        let tree = WhyTree::new(whys);
        let end = Guide::next_step(&scene.input(&tree));
        let told: Vec<&str> = tree.all().iter().map(|why| why.answer.expose()).collect();
        assert!(end.proposals.iter().all(|one| !told.contains(&one.answer.expose())));
    }
}

#[test]
fn every_cited_line_exists_and_the_answer_names_it() {
    for sample in samples::ALL {
        let scene = Scene::of(sample.name, 4096);
        for proposal in scene.chain() {
            assert!(!scene.cited(&proposal).is_empty());
            let cited = proposal.citations.first().unwrap();
            let place = format!("{}:{}", cited.file_name, cited.lines);
            assert!(proposal.answer.expose().contains(&place), "{place}");
        }
    }
}

#[test]
fn the_guide_quotes_its_lines_as_they_stand() {
    let scene = Scene::of("postgres-pool", 4096);
    let answer = Guide::next_step(&scene.input(&WhyTree::default()));
    let line = scene.cited(answer.proposals.first().unwrap());
    let start: String = line.trim().chars().take(60).collect();
    assert!(answer.text.expose().contains(&start), "{start}");
}

#[test]
fn without_telling_logs_the_guide_says_so_and_asks() {
    let insight = Insight::default();
    let tree = WhyTree::default();
    let title = Unredacted::from("it is slow");
    let input =
        GuideInput { title: &title, description: &title, domain: None, insight: &insight, whys: &tree, logs: &[] };
    let answer = Guide::next_step(&input);
    assert!(answer.proposals.is_empty());
    assert!(answer.text.expose().contains("proposes nothing"));
    assert!(answer.questions.iter().any(|question| question.contains("changed")));
    assert!(Guide::full_chain(&input).is_empty());
}

#[test]
fn the_domain_is_suggested_from_words_and_logs() {
    for sample in samples::ALL {
        let scene = Scene::of(sample.name, 4096);
        assert_eq!(suggest_domain(sample.title, Some(&scene.insight)), Some(sample.domain), "{}", sample.name);
    }
    assert_eq!(suggest_domain("", None), None::<Domain>);
}

#[test]
fn a_pack_fits_its_budget_and_says_what_it_covers() {
    let scene = Scene::of("postgres-pool", 4096);
    for budget in [0, 50, 500, 2000, 100_000] {
        let pack = pack(&scene.insight, budget);
        assert!(estimate_tokens(pack.text.expose()) <= budget);
        for share in [pack.coverage.lines, pack.coverage.templates, pack.coverage.time] {
            assert!((0.0..=1.0).contains(&share));
        }
    }
    let whole = pack(&scene.insight, 100_000);
    assert!(whole.coverage.lines > 0.999 && whole.coverage.templates > 0.999 && whole.coverage.time > 0.9);
    assert!(pack(&scene.insight, 500).text.expose().contains("left out"));
    assert!(pack(&scene.insight, 2000).text.expose().contains("Connection is not available"));
}

#[test]
fn an_insight_is_kept_and_read_back_and_chunks_change_nothing() {
    let one = Scene::of("kubernetes-rollout", 333).insight;
    assert_eq!(one, Scene::of("kubernetes-rollout", 1_000_000).insight);
    let kept = serde_json::to_string(&one).unwrap();
    assert_eq!(serde_json::from_str::<Insight>(&kept).unwrap(), one);
}

#[test]
fn the_debug_form_of_an_insight_holds_no_log_text() {
    let insight = Scene::of("postgres-pool", 4096).insight;
    let shown = format!("{insight:?}");
    assert!(!shown.contains("Hikari") && !shown.contains("customer="));
}
