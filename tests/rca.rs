//! The RCA as its readers see it: what is drafted from the facts, read back by a Markdown parser, and checked.
#![expect(clippy::unwrap_used, reason = "a broken scene fails the test")]
#![expect(clippy::indexing_slicing, reason = "positions come from the parsed document")]
#![expect(clippy::string_slice, reason = "a place inside a character fails the test")]
#![expect(clippy::panic, reason = "what must not be in a document fails the test")]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use tftsr::documents::{
    CheckKind, DocumentError, Facts, LinesLike, LogCoverage, LogMoment, LogMomentKind, LogStory, ProviderUse,
    WHY_PICTURE, check, draft, template_of,
};
use tftsr::domain::{
    ActionId, ActionItem, ActionKind, ActionStatus, Author, DocumentKind, Durations, Evidence, EvidenceId,
    EvidenceSource, Issue, Join, LineRange, LogFile, LogFileId, LogState, Outcome, PiiKind, PostMortem, Priority,
    Question, RootCauseCategory, TimelineEvent, TimelineId, TimelineKind, TimelineSource, Unredacted, Why, WhyId,
    WhyState, WhyTree,
};

const HEADINGS: &[&str] = &[
    "Summary",
    "Impact",
    "Timeline",
    "5 Whys",
    "Root cause",
    "Contributing factors",
    "Resolution",
    "Corrective actions",
    "Lessons learned",
    "Evidence",
    "Logs analyzed",
    "How this was made",
];

const HOSTILE: &str =
    "a|b\r\n# c\n\n```\n</details><script>x</script>\n| --- |\n- d\\|e `f` *g* [h](i) [j]: k\n===\n[E1]: /x";

/// Owns what the facts borrow.
struct Scene {
    issue: Issue,
    logs: Vec<LogFile>,
    whys: Vec<Why>,
    evidence: Vec<Evidence>,
    actions: Vec<ActionItem>,
    timeline: Vec<TimelineEvent>,
    told: PostMortem,
    story: LogStory,
}

impl Scene {
    /// An issue of which nothing but the title is known.
    fn bare() -> Self {
        let issue = Issue::new("Charges fail with 502", at("02:09:00"));
        let told = PostMortem::new(issue.id);
        Self {
            issue,
            told,
            story: LogStory::default(),
            logs: Vec::new(),
            whys: Vec::new(),
            evidence: Vec::new(),
            actions: Vec::new(),
            timeline: Vec::new(),
        }
    }

    /// A pool was cut, charges failed, the cause was found and put right; every text of a user is `text`.
    fn solved(text: &str) -> Self {
        let mut scene = Self::bare();
        scene.issue.title = text.into();
        scene.issue.description = text.into();
        scene.issue.assigned_to = Some(text.into());
        scene.issue.tags = vec![text.into(), "payments".into()];
        scene.issue.started_at = Some(at("01:40:00"));
        scene.issue.resolved_at = Some(at("02:18:00"));
        scene.issue.outcome = Outcome::RootCauseFound;
        let log = scene.attach_log(text);
        let (first, second) = (scene.pin(1, text, Some(log)), scene.pin(2, text, None));
        let top = scene.why(None, text, WhyState::Confirmed, vec![first]);
        let cause = scene.why(Some(top), text, WhyState::Confirmed, vec![second, first]);
        scene.why(Some(top), text, WhyState::Refuted, Vec::new());
        scene.whys[1].root_cause = Some(RootCauseCategory::Configuration);
        scene.act(text, Some(cause));
        scene.moment("01:40:00", TimelineKind::Start, text);
        scene.moment("01:45:00", TimelineKind::Detection, text);
        scene.moment("02:18:00", TimelineKind::Resolution, text);
        scene
    }

    fn attach_log(&mut self, name: &str) -> LogFileId {
        let id = LogFileId::new();
        self.logs.push(LogFile {
            id,
            issue: self.issue.id,
            file_name: name.to_owned(),
            path: None,
            size_bytes: 1_200_000_000,
            line_count: 2_404,
            encoding: "UTF-8".to_owned(),
            content_hash: "0123456789abcdef".repeat(4),
            added_at: at("02:10:00"),
            time_range: Some((at("01:10:00"), at("02:09:00"))),
            findings: Some(41),
            kept_inside: true,
            state: LogState::Ready,
        });
        id
    }

    fn pin(&mut self, number: u32, snippet: &str, log: Option<LogFileId>) -> EvidenceId {
        let id = EvidenceId::new();
        let source = log.map_or(EvidenceSource::Note, |log| EvidenceSource::Log {
            log,
            file_name: snippet.to_owned(),
            file_hash: "fedcba9876543210".repeat(4),
            lines: LineRange { first: 905, last: 907 },
        });
        let (issue, created_at) = (self.issue.id, at("02:11:00"));
        self.evidence.push(Evidence { id, issue, number, source, snippet: snippet.into(), created_at });
        id
    }

    fn why(&mut self, parent: Option<WhyId>, text: &str, state: WhyState, evidence: Vec<EvidenceId>) -> WhyId {
        let id = WhyId::new();
        self.whys.push(Why {
            id,
            issue: self.issue.id,
            parent,
            order: u32::try_from(self.whys.len()).unwrap(),
            question: text.into(),
            answer: text.into(),
            state,
            join: Join::And,
            author: Author::Model(text.to_owned()),
            evidence,
            root_cause: None,
            created_at: at("02:12:00"),
        });
        id
    }

    fn act(&mut self, text: &str, root_cause: Option<WhyId>) {
        self.actions.push(ActionItem {
            id: ActionId::new(),
            issue: self.issue.id,
            title: text.into(),
            kind: ActionKind::Prevent,
            priority: Priority::High,
            owner: text.into(),
            due: Some(jiff::civil::date(2026, 4, 1)),
            status: ActionStatus::Open,
            declined_because: Unredacted::default(),
            root_cause,
        });
    }

    fn moment(&mut self, clock: &str, kind: TimelineKind, text: &str) {
        let (id, issue, source) = (TimelineId::new(), self.issue.id, TimelineSource::User);
        self.timeline.push(TimelineEvent { id, issue, at: at(clock), kind, text: text.into(), source });
    }

    fn with_facts<T>(&self, use_facts: impl FnOnce(&Facts<'_>) -> T) -> T {
        let whys = WhyTree::new(self.whys.clone());
        use_facts(&Facts {
            issue: &self.issue,
            logs: &self.logs,
            whys: &whys,
            evidence: &self.evidence,
            actions: &self.actions,
            timeline: &self.timeline,
            pinned_at: &[(1, at("01:41:00"))],
            story: &self.story,
            durations: Durations::from_events(&self.timeline, self.issue.began_at()),
            told: &self.told,
            redacted: &[(PiiKind::Ipv4, 1_012), (PiiKind::Email, 3), (PiiKind::Url, 0)],
            providers: &[ProviderUse { name: "Local", model: "llama3.1:8b" }],
            coverage: Some(LogCoverage { lines: 0.04, templates: 0.91, time: 1.0 }),
            now: at("03:00:00"),
            zone: TimeZone::fixed(jiff::tz::offset(1)),
        })
    }

    fn drafted(&self) -> String {
        self.with_facts(|facts| draft(facts, DocumentKind::Rca, None)).unwrap().into_exposed()
    }

    fn findings(&self, markdown: &str) -> Vec<(CheckKind, Option<usize>)> {
        self.with_facts(|facts| check(facts, DocumentKind::Rca, markdown))
            .into_iter()
            .map(|one| (one.kind, one.at))
            .collect()
    }

    fn kinds(&self) -> Vec<CheckKind> {
        self.findings(&self.drafted()).into_iter().map(|(kind, _)| kind).collect()
    }
}

fn at(clock: &str) -> Timestamp {
    format!("2026-03-01T{clock}Z").parse().unwrap()
}

/// What a parser finds in a document.
#[derive(Debug, Default, PartialEq)]
struct Shape {
    headings: Vec<String>,
    /// How many cells each row of each table has. A parser cuts off what is too much, so the text matters too.
    tables: Vec<Vec<usize>>,
    items: usize,
    code_blocks: usize,
    quotes: usize,
    pictures: usize,
}

fn shape(markdown: &str) -> Shape {
    let mut shape = Shape::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => shape.headings.extend(heading.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::Start(Tag::Table(_)) => shape.tables.push(Vec::new()),
            Event::Start(Tag::TableHead | Tag::TableRow) => shape.tables.last_mut().unwrap().push(0),
            Event::Start(Tag::TableCell) => *shape.tables.last_mut().unwrap().last_mut().unwrap() += 1,
            Event::Start(Tag::Item) => shape.items += 1,
            Event::Start(Tag::CodeBlock(_)) => shape.code_blocks += 1,
            Event::Start(Tag::BlockQuote(_)) => shape.quotes += 1,
            Event::Html(html) | Event::InlineHtml(html) => panic!("HTML got through: {html}"),
            Event::Start(Tag::Image { dest_url, .. }) if &*dest_url == WHY_PICTURE => shape.pictures += 1,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => panic!("a link: {dest_url}"),
            _ => {}
        }
    }
    shape
}

/// The text of every cell, in order.
fn cells(markdown: &str) -> Vec<String> {
    let mut cells = Vec::new();
    let mut is_open = false;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::TableCell) => {
                is_open = true;
                cells.push(String::new());
            }
            Event::End(TagEnd::TableCell) => is_open = false,
            Event::Text(text) | Event::Code(text) if is_open => cells.last_mut().unwrap().push_str(&text),
            _ => {}
        }
    }
    cells
}

/// A text of a user as it stands in one line.
fn one_line(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text between one heading of the second level and the next.
fn section<'a>(markdown: &'a str, title: &str) -> &'a str {
    let (_, rest) = markdown.split_once(&format!("\n## {title}\n")).unwrap();
    rest.split("\n## ").next().unwrap().trim()
}

#[test]
fn the_sections_stand_in_their_order() {
    let shape = shape(&Scene::solved("pool cut to 6").drafted());

    assert_eq!(shape.headings[0], "RCA: pool cut to 6");
    assert_eq!(shape.headings[1..], *HEADINGS);
    assert_eq!(shape.tables, [vec![2; 12], vec![4; 6], vec![7; 2], vec![8; 2]]);
}

#[test]
fn hostile_text_changes_no_heading_no_table_and_no_block() {
    let tame = shape(&Scene::solved("pool cut to 6").drafted());
    let hostile = shape(&Scene::solved(HOSTILE).drafted());

    assert_eq!(hostile.headings[1..], tame.headings[1..]);
    assert_eq!(Shape { headings: Vec::new(), ..hostile }, Shape { headings: Vec::new(), ..tame });
}

#[test]
fn a_pipe_in_an_action_stays_in_its_cell() {
    let cells = cells(&Scene::solved(HOSTILE).drafted());

    let action = cells.iter().position(|cell| cell == "Prevent").unwrap();
    let text = one_line(HOSTILE);
    let expected = [text.as_str(), "Prevent", "High", &text, "2026-04-01", "Open", &text];
    assert_eq!(cells[action - 1..action + 6], expected);
}

#[test]
fn the_figures_of_the_head_are_readable() {
    let markdown = Scene::solved("x").drafted();

    for row in [
        "| Severity | P3 medium |",
        "| Started | 2026-03-01 02:40:00 +01 |",
        "| Time to detect | 5 min |",
        "| Time to mitigate | *Not recorded yet: mitigation is not marked in the timeline* |",
        "| Time to resolve | 38 min |",
    ] {
        assert!(markdown.contains(row), "{row}");
    }
    let logs = section(&markdown, "Logs analyzed");
    assert!(logs.contains("| x | 1.2 GB | 2,404 |"), "{logs}");
    assert!(logs.contains("`0123456789ab`"), "{logs}");
    assert!(logs.contains("4 % of the lines, 91 % of the templates and 100 % of the time"), "{logs}");
    let how = section(&markdown, "How this was made");
    assert!(how.contains("1,012 × IPv4, 3 × Email."), "{how}");
    assert!(how.contains("- Local, model llama3.1:8b"), "{how}");
}

#[test]
fn the_tree_shows_levels_states_authors_and_evidence() {
    let mut scene = Scene::solved("x");
    scene.whys[0].answer = "the pool was exhausted".into();
    scene.whys[0].author = Author::User;
    scene.whys[1].answer = "its size was cut".into();

    let whys = section(&scene.drafted(), "5 Whys").to_owned();

    assert!(
        whys.starts_with(
            "![Why tree](why-tree.svg)\n\n- **Why 1.** x\\\n  → the pool was exhausted (confirmed; by hand) [E1]\\\n"
        ),
        "{whys}"
    );
    assert!(whys.contains("*Caused by all of:*\n  - **Why 2.** x\\\n    → its size was cut (confirmed; x) [E1] [E2]"));
    assert!(whys.contains("(refuted; x)"), "{whys}");
}

#[test]
fn the_root_cause_says_plainly_what_it_is_or_that_there_is_none() {
    let none = Scene::bare();
    assert!(section(&none.drafted(), "Root cause").starts_with("**No root cause is confirmed.**"));
    assert!(section(&none.drafted(), "Summary").contains("*none is confirmed*"));

    let found = Scene::solved("size cut");
    assert_eq!(section(&found.drafted(), "Root cause"), "- **Configuration.** size cut [E1] [E2]");
    // The effects on the way to the root cause are told by the whys, not once more as factors.
    assert!(section(&found.drafted(), "Contributing factors").starts_with("*Not recorded yet: what made it possible"));

    let mut open = Scene::bare();
    open.issue.outcome = Outcome::Inconclusive { reason: "the logs were rotated".into() };
    let text = open.drafted();
    assert!(section(&text, "Root cause").starts_with("**Inconclusive.**"));
    assert!(section(&text, "Root cause").contains("Reason: the logs were rotated"));
    assert!(section(&text, "Summary").contains("*inconclusive*"));

    let mut forced = Scene::solved("size cut");
    forced.issue.outcome = Outcome::Override { reason: Unredacted::default() };
    forced.whys[1].state = WhyState::Possible;
    let text = forced.drafted();
    assert!(section(&text, "Root cause").starts_with("**Resolved by an override.**"));
    assert!(section(&text, "Root cause").contains("*Not recorded yet: why was the issue resolved"));
    assert!(section(&text, "Root cause").contains("*(not confirmed: possible)*"));
}

#[test]
fn what_nobody_recorded_is_asked_and_not_invented() {
    let markdown = Scene::bare().drafted();

    let asked = markdown.matches("*Not recorded yet: ").count();
    assert_eq!(asked, 17, "{markdown}");
    assert!(
        section(&markdown, "Impact")
            .contains("*Not recorded yet: which users were affected, how many, and what did they see?*")
    );
}

/// A symptom of seventy lines, a deployment before it and a change after it.
fn story() -> LogStory {
    let moment = |clock, kind, line: u64, text: &str| LogMoment {
        at: at(clock),
        kind,
        place: format!("app.log:{line}"),
        text: text.into(),
    };
    LogStory {
        moments: vec![
            moment("01:38:20", LogMomentKind::Deployment, 7, "rollout | 4.3"),
            moment("01:39:00", LogMomentKind::FirstError, 9, "something else failed"),
            moment("01:50:00", LogMomentKind::Change, 50, "restarted by hand"),
        ],
        kinds: vec![LinesLike {
            pin: 1,
            count: 70,
            first: at("01:40:04"),
            last: at("01:57:00"),
            last_place: "app.log:977".to_owned(),
            log_name: "app.log".to_owned(),
            log_until: at("02:05:00"),
        }],
        assumptions: vec!["b.log: its times name no zone and are read as UTC.".to_owned()],
        verify: Some("Look at the pool.".to_owned()),
        behind: vec!["it is too small".to_owned(), "it leaks".to_owned()],
    }
}

#[test]
fn what_the_logs_show_is_stated_with_its_place_and_no_more() {
    let mut scene = Scene::solved("x");
    scene.whys[0].answer = "Charges failed. (x:905-907, one of 70 such lines)".into();
    scene.story = story();

    let text = scene.drafted();

    let seen = "Charges failed: 70 lines like [E1], from 2026-03-01 02:40:04 +01 to 2026-03-01 02:57:00 +01 (16 min)";
    let goes_on = "; app.log goes on until 2026-03-01 03:05:00 +01 without another.";
    assert!(section(&text, "Impact").contains(&format!("{seen}{goes_on}")), "{text}");
    assert!(section(&text, "Summary").contains("In the logs: Charges failed: 70 lines like [E1] within 16 min."));
    assert!(section(&text, "5 Whys").contains("→ Charges failed (confirmed; x) [E1], of 70 such lines"), "{text}");
    let timeline = section(&text, "Timeline");
    assert!(timeline.contains("| Deployment | “rollout \\| 4.3” | app.log:7 |"), "{timeline}");
    assert!(timeline.contains("| Last seen | Charges failed: the last of 70 lines like [E1] | app.log:977 |"));
    // What failed before may be another matter, and what was changed later may be the answer.
    assert!(!timeline.contains("app.log:9 ") && !timeline.contains("app.log:50"), "{timeline}");
    assert!(section(&text, "Logs analyzed").ends_with("- b.log: its times name no zone and are read as UTC."));

    // A log that just ends says nothing of the end of the trouble.
    scene.story.kinds[0].log_until = at("01:57:10");
    let text = scene.drafted();
    assert!(section(&text, "Impact").contains(&format!("{seen}, where the log ends.")), "{text}");
    assert!(!text.contains("Last seen"), "{text}");
}

#[test]
fn a_hypothesis_says_how_it_is_verified_and_the_lead_up_what_was_changed() {
    let mut scene = Scene::solved("x");
    scene.story = story();
    assert!(!scene.drafted().contains("To confirm or refute"), "the root cause is confirmed");
    for why in &mut scene.whys {
        (why.state, why.root_cause) = (WhyState::Possible, None);
    }
    let text = scene.drafted();
    let cause = section(&text, "Root cause");
    assert!(cause.contains("- **To confirm or refute it.** Look at the pool.\n"), "{cause}");
    assert!(cause.contains("- **What usually stands behind it.** It is too small; it leaks."), "{cause}");

    let text = scene.with_facts(|facts| draft(facts, DocumentKind::PostMortem, None)).unwrap().into_exposed();
    let lead_up = section(&text, "Lead-up");
    assert!(lead_up.contains("- 2026-03-01 02:38:20 +01, deployment: “rollout \\| 4.3” (app.log:7)"), "{lead_up}");
    assert!(lead_up.contains("*Not recorded yet: what changed or built up") && !lead_up.contains("app.log:50"));
    scene.told.answers.insert(Question::LeadUp, "A rollout.".into());
    let text = scene.with_facts(|facts| draft(facts, DocumentKind::PostMortem, None)).unwrap().into_exposed();
    assert_eq!(section(&text, "Lead-up"), "A rollout.");
}

#[test]
fn every_mark_in_the_text_has_its_place_under_evidence() {
    let markdown = Scene::solved("x").drafted();
    let evidence = section(&markdown, "Evidence");

    for mark in ["[E1]", "[E2]"] {
        assert!(markdown.matches(mark).count() > 1);
        assert!(evidence.contains(&format!("**{mark}** ")), "{evidence}");
    }
    assert!(evidence.contains("**[E1]** x, lines 905-907, SHA-256 `fedcba987654`, for Why 1 and Why 2\n"));
}

#[test]
fn a_template_of_ones_own_is_used_and_a_wrong_one_is_refused() {
    let scene = Scene::solved("x {{summary}}");
    let own = scene.with_facts(|facts| draft(facts, DocumentKind::Rca, Some("# {{title}}\n"))).unwrap();
    assert_eq!(own.expose(), "# x {{summary}}\n");

    let wrong = scene.with_facts(|facts| draft(facts, DocumentKind::Rca, Some("# {{title}}\n{{headline}}\n")));
    assert_eq!(wrong, Err(DocumentError::UnknownBlock { line: 2, name: "headline".to_owned() }));
    assert!(template_of(DocumentKind::Rca).contains("{{title}}"));
}

#[test]
fn a_complete_document_has_only_the_questions_that_no_fact_answers() {
    let mut scene = Scene::solved("x");
    let kinds = scene.kinds();
    assert_eq!(kinds.iter().filter(|kind| **kind == CheckKind::UnmarkedTime).count(), 1, "{kinds:?}");
    assert_eq!(kinds.iter().filter(|kind| **kind == CheckKind::OpenQuestion).count(), 6, "{kinds:?}");
    told(&mut scene, "as usual");
    assert_eq!(scene.kinds(), []);
}

#[test]
fn each_fault_is_found_at_its_place() {
    let mut scene = Scene::solved("x");
    scene.whys[2].state = WhyState::Possible;
    scene.whys[2].answer = Unredacted::default();
    scene.whys[1].evidence.clear();
    scene.actions[0].owner = " ".into();
    scene.actions[0].due = None;
    scene.act("declined", None);
    scene.actions[1].due = None;
    scene.actions[1].status = ActionStatus::Declined;
    scene.issue.resolved_at = Some(at("01:00:00"));
    let markdown = scene.drafted();
    let edited = markdown.replace("## Impact\n", "## Impact\n\nSee [E9]. Human error.\n").replace(
        "## Lessons learned\n\n*Not recorded yet: what went well, what did not, and what will be done differently?*",
        "## Lessons learned",
    );

    let findings = scene.findings(&edited);

    let at_text = |kind| findings.iter().find(|(found, _)| *found == kind).map(|(_, at)| &edited[at.unwrap()..]);
    let starts = [
        (CheckKind::UnansweredWhy, "- **Why 2.**"),
        (CheckKind::RootCauseWithoutEvidence, "## Root cause"),
        (CheckKind::ActionWithoutOwner, "| x | Prevent"),
        (CheckKind::ActionWithoutDate, "| x | Prevent"),
        (CheckKind::UnknownEvidence, "[E9]"),
        (CheckKind::Blame, "Human error"),
        (CheckKind::EmptySection, "## Lessons learned"),
        (CheckKind::OpenQuestion, "*Not recorded yet: which users"),
        (CheckKind::ContradictingTimes, "## Timeline"),
    ];
    for (kind, start) in starts {
        assert!(at_text(kind).is_some_and(|text| text.starts_with(start)), "{kind:?}: {findings:?}");
    }
    let dates = findings.iter().filter(|(kind, _)| *kind == CheckKind::ActionWithoutDate).count();
    assert_eq!(dates, 1, "a declined action needs no date");
}

#[test]
fn an_empty_document_is_missing_every_section() {
    let scene = Scene::bare();
    let missing = scene.findings("").into_iter().filter(|(kind, _)| *kind == CheckKind::MissingSection).count();
    assert_eq!(missing, HEADINGS.len());
    assert!(scene.kinds().contains(&CheckKind::NoRootCause));
    assert!(scene.kinds().contains(&CheckKind::NoAction));
}

#[test]
fn what_a_finding_asks_is_not_asked_again_as_an_open_question() {
    let scene = Scene::bare();
    let markdown = scene.drafted();
    let findings = scene.with_facts(|facts| check(facts, DocumentKind::Rca, &markdown));

    let about = |title: &str| findings.iter().filter(|one| one.message.contains(title)).count();
    assert_eq!((about("“Root cause”"), about("“Corrective actions”"), about("“Impact”")), (0, 0, 1));
}

#[test]
fn times_that_cannot_all_be_right_are_named() {
    let cases: &[(&str, TimelineKind, &str)] = &[
        ("01:00:00", TimelineKind::Detection, "The detection is before the start of the impact"),
        ("02:30:00", TimelineKind::Mitigation, "The resolution is before the mitigation"),
        ("09:00:00", TimelineKind::Note, "The timeline has one event in the future"),
    ];
    for (clock, kind, expected) in cases {
        let mut scene = Scene::solved("x");
        scene.moment(clock, *kind, "x");
        let markdown = scene.drafted();
        let findings = scene.with_facts(|facts| check(facts, DocumentKind::Rca, &markdown));
        let times: Vec<_> = findings.iter().filter(|one| one.kind == CheckKind::ContradictingTimes).collect();
        assert_eq!(times.len(), 1, "{expected}: {times:?}");
        assert_eq!(times[0].message, *expected);
    }
}

#[test]
fn log_lines_in_the_evidence_are_not_taken_for_wording_or_marks() {
    let mut scene = Scene::solved("x");
    scene.evidence[0].snippet = "ERROR user error: he failed to log in [E77]".into();
    let kinds = scene.kinds();
    assert!(!kinds.contains(&CheckKind::Blame) && !kinds.contains(&CheckKind::UnknownEvidence), "{kinds:?}");
}

#[test]
fn hundreds_of_whys_are_drafted_and_checked_in_a_moment() {
    let mut scene = Scene::solved("x");
    for number in 3..500 {
        let pin = scene.pin(number, "a line of a log", Some(LogFileId::new()));
        scene.why(None, "an answer", WhyState::Possible, vec![pin]);
        scene.moment("01:50:00", TimelineKind::Note, "something was tried");
    }
    let begun = std::time::Instant::now();
    let markdown = scene.drafted();
    scene.findings(&markdown);
    let took = SignedDuration::try_from(begun.elapsed()).unwrap();
    assert!(took < SignedDuration::from_secs(5), "{took}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_text_of_a_user_changes_the_structure(text in r"[-#*_`~<>\[\]()!|\\&;:=+.1 aE\n\r\t</>x漢]{1,60}x") {
        let tame = shape(&Scene::solved("x").drafted());
        let wild = Scene::solved(&text).drafted();
        let found = shape(&wild);
        prop_assert_eq!(&found.headings[1..], &tame.headings[1..]);
        prop_assert_eq!(Shape { headings: Vec::new(), ..found }, Shape { headings: Vec::new(), ..tame });
        let whole = one_line(&text);
        prop_assert_eq!(cells(&wild).into_iter().filter(|cell| *cell == whole).count(), 8);
    }

    #[test]
    fn every_place_of_a_finding_is_in_the_text(text in "(?s).{0,40}") {
        let scene = Scene::solved(&text);
        let markdown = scene.drafted();
        for (kind, at) in scene.findings(&markdown) {
            prop_assert!(at.is_none_or(|at| markdown.is_char_boundary(at)), "{:?}", kind);
        }
    }
}

#[test]
fn without_a_confirmed_cause_the_leading_hypothesis_is_named_as_one() {
    let mut scene = Scene::solved("pool cut");
    for why in &mut scene.whys {
        why.root_cause = None;
        why.state = WhyState::Possible;
    }

    let cause = section(&scene.drafted(), "Root cause").to_owned();

    assert!(cause.starts_with("**No root cause is confirmed.**"), "{cause}");
    assert!(cause.contains("Leading hypothesis, to be confirmed or refuted: pool cut (possible"), "{cause}");
}

const POST_MORTEM: &[&str] = &[
    "Executive summary",
    "Impact",
    "Detection",
    "Lead-up",
    "Timeline",
    "Root causes and trigger",
    "Contributing factors",
    "Resolution and recovery",
    "What went well",
    "What went wrong",
    "Where we got lucky",
    "Action items",
    "Declined actions",
    "Supporting information",
    "Evidence",
    "Logs analyzed",
    "How this was made",
    "External statement",
];

fn post_mortem(scene: &Scene) -> String {
    scene.with_facts(|facts| draft(facts, DocumentKind::PostMortem, None)).unwrap().into_exposed()
}

fn findings_of_post_mortem(scene: &Scene, markdown: &str) -> Vec<CheckKind> {
    let findings = scene.with_facts(|facts| check(facts, DocumentKind::PostMortem, markdown));
    findings.into_iter().map(|one| one.kind).collect()
}

/// Everything that a post-mortem asks for.
fn told(scene: &mut Scene, text: &str) {
    scene.told.answers = Question::ALL.iter().map(|question| (*question, text.into())).collect();
    scene.moment("01:50:00", TimelineKind::Mitigation, text);
    // A cause beside the way to the root cause.
    scene.whys[2].state = WhyState::Possible;
}

#[test]
fn a_post_mortem_has_its_sections_and_hostile_answers_change_none() {
    let mut tame = Scene::solved("pool cut to 6");
    told(&mut tame, "as usual");
    let mut hostile = Scene::solved(HOSTILE);
    told(&mut hostile, HOSTILE);
    let (tame, hostile) = (shape(&post_mortem(&tame)), shape(&post_mortem(&hostile)));

    assert_eq!(tame.headings[1..], *POST_MORTEM);
    assert_eq!(hostile.headings[1..], tame.headings[1..]);
    assert_eq!(hostile.tables, tame.tables);
    assert_eq!(hostile.pictures, 1);
}

#[test]
fn a_post_mortem_with_every_answer_is_ready_and_each_gap_is_named() {
    let mut scene = Scene::solved("pool cut to 6");
    scene.actions[0].owner = "Data platform".into();
    told(&mut scene, "as usual");
    scene.told.answers.insert(Question::Authors, "Ann Lee".into());
    scene.told.answers.insert(Question::Reviewers, "Payments".into());
    assert_eq!(findings_of_post_mortem(&scene, &post_mortem(&scene)), []);

    scene.told.answers.remove(&Question::Sla);
    assert_eq!(findings_of_post_mortem(&scene, &post_mortem(&scene)), [CheckKind::OpenQuestion]);
    scene.told.answers.insert(Question::Sla, "none".into());
    scene.told.answers.insert(Question::ExternalStatement, "Data platform has put it right".into());
    assert_eq!(findings_of_post_mortem(&scene, &post_mortem(&scene)), [CheckKind::NameOutside]);
}

#[test]
fn an_answer_of_several_lines_stays_in_its_item() {
    let mut scene = Scene::bare();
    scene.told.answers.insert(Question::Users, "one\ntwo\n\nthree".into());
    let text = post_mortem(&scene);
    assert!(section(&text, "Impact").contains("- **Users.** one\\\n  two\n\n  three\n- **Services.**"), "{text}");
}

#[test]
fn a_declined_action_stands_with_its_reason_and_not_among_the_others() {
    let mut scene = Scene::solved("pool cut to 6");
    assert!(section(&post_mortem(&scene), "Declined actions").contains("No action was declined."));
    let considered = std::mem::take(&mut scene.actions);
    assert!(section(&post_mortem(&scene), "Declined actions").contains("No action has been considered so far."));
    scene.actions = considered;
    scene.act("double the pool", None);
    scene.actions[1].status = ActionStatus::Declined;
    let text = post_mortem(&scene);
    assert!(
        section(&text, "Declined actions").contains("| double the pool | *Not recorded yet: why is it not done?* |")
    );
    assert!(!section(&text, "Action items").contains("double the pool"));
    scene.actions[1].declined_because = "it hides the leak".into();
    assert!(section(&post_mortem(&scene), "Declined actions").contains("| double the pool | it hides the leak |"));
}

#[test]
fn the_timeline_tells_what_evidence_shows_at_its_time() {
    let mut scene = Scene::solved("x");
    scene.whys[0].answer = "the pool was exhausted".into();
    let text = scene.drafted();
    let row = "| 2026-03-01 02:41:00 +01 | Evidence | the pool was exhausted (confirmed) | x:905-907 [E1] |";
    let (before, after) = section(&text, "Timeline").split_once(row).unwrap();
    assert!(before.contains("Start of impact") && after.contains("Detection"), "{text}");
}
