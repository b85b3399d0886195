//! Logs of every shape, hostile ones too: a clear message, or the text; and nothing lost.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod worker_support;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt::Write as _;
use std::io::Write as _;
use tftsr::domain::{Level, LogFileId, LogState};
use tftsr::worker::{
    Command, Event, IssueCommand, LineFilter, LogCommand, LogSource, NewIssue, Protection, SessionCommand, TextSource,
};
use worker_support::Scene;

fn file(path: std::path::PathBuf) -> Vec<LogSource> {
    vec![LogSource::File(path)]
}

fn lines(scene: &mut Scene, log: LogFileId, first: u64, count: u32) -> Vec<String> {
    match scene.done(Command::Log(LogCommand::ReadLines { log, first, count })) {
        Event::LinesRead { lines, .. } => lines.into_iter().map(|line| line.text.into_exposed()).collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_cannot_be_read_is_said_and_no_issue_is_left_behind() {
    let mut scene = Scene::new();
    let cases = [
        (scene.write("empty.log", ""), "is empty"),
        (scene.write("program", [&b"\x7fELF\x02\x01\x01\0"[..], &[0; 4096]].concat()), "not a text"),
        (scene.write("zeros.log", vec![0; 100_000]), "not a text"),
        (scene.folder.path().join("gone.log"), "is not there"),
        (scene.folder.path().to_owned(), "is a folder"),
        (scene.write("broken.gz", b"\x1f\x8b\x08\x00garbage that is no deflate stream"), "could not be read"),
    ];
    for (path, words) in cases {
        let new = NewIssue { title: "x".into(), logs: file(path.clone()), ..NewIssue::default() };
        let failure = scene.failure(Command::Issue(IssueCommand::Create(new)));
        assert!(failure.summary.contains(words), "{}: {failure:?}", path.display());
    }
    let Event::DashboardLoaded(dashboard) = scene.done(Command::Issue(IssueCommand::LoadDashboard)) else { panic!() };
    assert_eq!(dashboard.total, 0);
}

#[test]
fn encodings_and_compression_come_out_as_text() {
    let mut scene = Scene::new();
    let text = "2026-03-01T01:40:00Z ERROR Gerät für Straße 漢字 ausgefallen\n";
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let latin: Vec<u8> = "2026-03-01T01:40:00Z ERROR Ger\u{e4}t\n".chars().map(|c| c as u8).collect();
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(text.as_bytes()).unwrap();
    let cases = [
        ("plain.log", text.as_bytes().to_vec(), "UTF-8", "漢字"),
        ("wide.log", utf16, "UTF-16LE", "漢字"),
        ("latin.log", latin, "windows-1252", "Gerät"),
        ("packed.log.gz", gz.finish().unwrap(), "UTF-8", "漢字"),
    ];
    for (name, bytes, encoding, word) in cases {
        let path = scene.write(name, bytes);
        let detail = scene.issue_with(name, file(path));
        assert_eq!(detail.logs[0].encoding, encoding, "{name}");
        let shown = lines(&mut scene, detail.logs[0].id, 1, 10);
        assert!(shown.len() == 1 && shown[0].contains(word), "{name}: {shown:?}");
    }
}

/// Large enough to stay in its file.
fn large_log() -> String {
    let mut text = String::new();
    for number in 1..=120_000 {
        let level = if number % 1000 == 0 { "ERROR" } else { "INFO" };
        writeln!(text, "2026-03-01T01:40:00Z {level} line {number} of a log that goes on and on, ünïcode and all")
            .unwrap();
    }
    text
}

#[test]
fn a_large_log_stays_in_its_file_and_any_line_is_found() {
    let mut scene = Scene::new();
    let path = scene.write("large.log", large_log());
    let detail = scene.issue_with("large", file(path.clone()));
    let log = detail.logs[0].clone();

    assert!(!log.kept_inside);
    assert_eq!(log.line_count, 120_000);
    for number in [1, 63, 64, 65, 99_999, 120_000] {
        let shown = lines(&mut scene, log.id, number, 1);
        assert!(shown[0].contains(&format!("line {number} of")), "{shown:?}");
    }
    let filter = LineFilter { text: "LINE 7".to_owned(), at_least: Some(Level::Error) };
    let found = scene.done(Command::Log(LogCommand::Search { log: log.id, filter }));
    let Event::LinesFound { numbers, truncated, .. } = found else { panic!("{found:?}") };
    assert_eq!((numbers.first(), numbers.len(), truncated), (Some(&7000), 11, false));

    std::fs::write(&path, "something else\n").unwrap();
    assert_eq!(scene.load(detail.issue.id).logs[0].state, LogState::Changed);
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(scene.load(detail.issue.id).logs[0].state, LogState::Missing(_)));
    let failure = scene.failure(Command::Log(LogCommand::ReadLines { log: log.id, first: 1, count: 1 }));
    assert!(failure.summary.contains("cannot be read any more"), "{failure:?}");
}

#[test]
fn one_line_of_ten_megabytes_is_shown_cut() {
    let mut scene = Scene::new();
    let path = scene.write("long.log", format!("ERROR {}\nlast line\n", "x".repeat(10_000_000)));
    let detail = scene.issue_with("long", file(path));

    let shown = lines(&mut scene, detail.logs[0].id, 1, 2);

    assert!(shown[0].len() < 100_000);
    assert_eq!(shown[1], "last line");
}

#[test]
fn cancelling_an_import_leaves_the_issue_as_it_was() {
    let mut scene = Scene::new();
    let issue = scene.issue_with("x", Vec::new()).issue.id;
    let path = scene.write("large.log", large_log());

    let job = scene.submit(Command::Log(LogCommand::Import { issue, source: LogSource::File(path) }));
    let id = job.id();
    while !matches!(scene.next(id), Event::Progressed { .. }) {}
    drop(job);
    while !scene.next(id).is_final() {}

    let detail = scene.load(issue);
    assert!(detail.logs.iter().all(|log| log.findings.is_none()), "{detail:?}");
}

#[test]
fn redacting_a_file_does_not_depend_on_where_it_is_cut() {
    let mut scene = Scene::new();
    let mut text = String::new();
    for number in 0..100_000 {
        writeln!(text, "user login mail=person{}@corp-mail.net from the office, attempt {number}", number % 7).unwrap();
    }
    let path = scene.write("mails.log", &text);
    let source = TextSource::File(path);
    let job = scene.submit(Command::Privacy(tftsr::worker::PrivacyCommand::RedactFile { source }));
    let (mut redacted, mut count) = (String::new(), 0);
    loop {
        match scene.next(job.id()) {
            Event::ChunkRedacted { text, counts } => {
                redacted.push_str(text.as_str());
                count += counts.iter().map(|(_, count)| count).sum::<u64>();
            }
            Event::Done => break,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(count, 100_000);
    assert!(!redacted.contains("corp-mail"));
    assert_eq!(redacted.lines().count(), 100_000);
}

#[test]
fn a_second_start_with_the_same_folder_is_told_so() {
    let scene = Scene::new();
    let options = tftsr::worker::WorkerOptions { data_dir: Some(scene.data_dir()) };
    let (mut worker, mut updates) = tftsr::worker::Worker::start(options, || {}).unwrap();
    let protection = Protection::Passphrase("correct horse".into());
    let _create = worker.submit(Command::Session(SessionCommand::Create { protection })).unwrap();
    let Event::Failed(failure) = updates.blocking_recv().unwrap().event else { panic!() };
    assert!(failure.summary.contains("already"), "{failure:?}");
    let _unlock =
        worker.submit(Command::Session(SessionCommand::Unlock { passphrase: "correct horse".into() })).unwrap();
    let Event::Failed(failure) = updates.blocking_recv().unwrap().event else { panic!() };
    assert_eq!(failure.kind, tftsr::worker::FailureKind::AlreadyRunning);
}
