//! The models of an Ollama by way of the worker: queue, progress, disk, audit, offline, and the context of a chat.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod worker_support;

use httpmock::Method::{DELETE, GET, POST};
use httpmock::{Mock, MockServer};
use serde_json::json;
use tftsr::domain::{AuditEntry, AuditQuery, ModelId, ProviderConfig, ProviderKind, Settings, Strictness};
use tftsr::worker::{
    Command, Event, FailureKind, OllamaCommand, OllamaState, OllamaTask, ProviderCommand, PullPhase, SettingsCommand,
};
use worker_support::Scene;

const SUCCESS: &str = "{\"status\":\"pulling manifest\"}\n\
                       {\"status\":\"pulling a\",\"digest\":\"a\",\"total\":100,\"completed\":100}\n\
                       {\"status\":\"success\"}\n";

fn model(name: &str) -> ModelId {
    ModelId::parse(name).unwrap()
}

/// At the address of the settings.
fn ollama(task: OllamaTask) -> Command {
    Command::Ollama(OllamaCommand { at: None, task })
}

fn scene_at(url: &str) -> Scene {
    let mut scene = Scene::new();
    scene.save_settings(Settings { ollama_url: url.to_owned(), ..Settings::default() });
    scene
}

fn audit(scene: &mut Scene) -> Vec<AuditEntry> {
    match scene.done(Command::Settings(SettingsCommand::ListAudit(AuditQuery::default()))) {
        Event::AuditListed(entries) => entries,
        other => panic!("{other:?}"),
    }
}

fn pulls<'a>(server: &'a MockServer, name: &str, lines: &str) -> Mock<'a> {
    server.mock(|when, then| {
        when.method(POST).path("/api/pull").json_body(json!({"model": name, "stream": true}));
        then.status(200).header("content-type", "application/x-ndjson").body(lines);
    })
}

#[test]
fn a_server_that_runs_says_its_version_and_one_that_does_not_is_told_from_others() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(GET).path("/api/version");
        then.json_body(json!({"version": "0.12.3"}));
    });
    let mut scene = scene_at(&server.base_url());
    let Event::OllamaStatusRead(status) = scene.done(ollama(OllamaTask::Status)) else { panic!() };
    assert_eq!(status.state, OllamaState::Running { version: "0.12.3".to_owned() });
    assert!(status.is_local);

    // The settings name one server, the command another: nothing listens on port 1.
    let elsewhere = OllamaCommand { at: Some("http://127.0.0.1:1".to_owned()), task: OllamaTask::Status };
    let Event::OllamaStatusRead(status) = scene.done(Command::Ollama(elsewhere)) else { panic!() };
    assert!(matches!(status.state, OllamaState::NotInstalled | OllamaState::Stopped { .. }), "{status:?}");
    let bad = OllamaCommand { at: Some("ftp://x".to_owned()), task: OllamaTask::Status };
    assert_eq!(scene.failure(Command::Ollama(bad)).kind, FailureKind::ProviderSettings);
}

#[test]
fn pulls_wait_for_each_other_and_each_is_audited() {
    let server = MockServer::start();
    let (first, second) = (pulls(&server, "a:1", SUCCESS), pulls(&server, "b:1", SUCCESS));
    let mut scene = scene_at(&server.base_url());
    let pull = |name| ollama(OllamaTask::Pull { model: model(name), ignores_space: false });
    let jobs = vec![scene.submit(pull("a:1")), scene.submit(pull("b:1"))];
    let ids: Vec<_> = jobs.iter().map(tftsr::worker::Job::id).collect();
    let events = scene.until_all_end(jobs);
    for (id, name) in ids.into_iter().zip(["a:1", "b:1"]) {
        let of_job: Vec<_> = events.iter().filter(|(job, _)| *job == id).map(|(_, event)| event).collect();
        let Some(Event::PullProgressed { progress: first, .. }) = of_job.first() else { panic!("{of_job:?}") };
        assert_eq!(first.phase, PullPhase::Queued);
        let [.., Event::PullProgressed { progress: last, .. }, Event::Pulled { model }] = of_job.as_slice() else {
            panic!("{of_job:?}")
        };
        assert_eq!((last.done_bytes, model.as_str()), (100, name));
    }
    first.assert();
    second.assert();
    // Which of the two goes first is not promised, but neither begins while the other is at work.
    let mut actions: Vec<_> = audit(&mut scene)
        .into_iter()
        .filter(|entry| entry.action == "model_pull")
        .map(|entry| {
            let word = |key: &str| entry.details[key].as_str().unwrap().to_owned();
            (entry.sequence, word("model"), word("outcome"))
        })
        .collect();
    actions.sort();
    let outcomes: Vec<_> = actions.iter().map(|(_, _, outcome)| outcome.as_str()).collect();
    assert_eq!(outcomes, ["begun", "done", "begun", "done"]);
    let models: Vec<_> = actions.iter().map(|(_, model, _)| model).collect();
    assert!(models[0] == models[1] && models[2] == models[3] && models[1] != models[2], "{models:?}");
}

#[test]
fn an_error_in_the_stream_is_shown_and_the_next_pull_goes_on() {
    let server = MockServer::start();
    pulls(&server, "bad:1", "{\"error\":\"max retries exceeded: EOF\"}\n");
    pulls(&server, "none:1", "{\"error\":\"pull model manifest: file does not exist\"}\n");
    pulls(&server, "a:1", SUCCESS);
    let mut scene = scene_at(&server.base_url());
    let pull = |name| ollama(OllamaTask::Pull { model: model(name), ignores_space: false });
    let failure = scene.failure(pull("bad:1"));
    assert!(failure.summary.contains("EOF") && failure.retry && failure.advice.contains("kept"), "{failure:?}");
    assert!(scene.failure(pull("none:1")).advice.contains("ollama.com/library"));
    assert!(matches!(scene.done(pull("a:1")), Event::Pulled { .. }));
}

#[test]
fn a_pull_of_several_layers_that_broke_off_goes_on_where_it_was() {
    let server = MockServer::start();
    let layers = "{\"status\":\"pulling manifest\"}\n\
                  {\"status\":\"pulling a\",\"digest\":\"a\",\"total\":100,\"completed\":100}\n\
                  {\"status\":\"pulling b\",\"digest\":\"b\",\"total\":300,\"completed\":150}\n";
    let mut broken = pulls(&server, "two:1", &format!("{layers}{{\"error\":\"EOF\"}}\n"));
    let mut scene = scene_at(&server.base_url());
    let pull = || ollama(OllamaTask::Pull { model: model("two:1"), ignores_space: false });
    assert!(scene.failure(pull()).retry);
    broken.delete();

    let rest =
        "{\"status\":\"pulling b\",\"digest\":\"b\",\"total\":300,\"completed\":300}\n{\"status\":\"success\"}\n";
    let whole = pulls(&server, "two:1", &format!("{layers}{rest}"));
    let job = scene.submit(pull());
    let events = scene.until_all_end(vec![job]);
    whole.assert();
    let progress: Vec<_> = events
        .iter()
        .filter_map(|(_, event)| match event {
            Event::PullProgressed { progress, .. } => Some((progress.done_bytes, progress.total_bytes)),
            _ => None,
        })
        .collect();
    assert!(progress.is_sorted_by_key(|(done, _)| *done), "{progress:?}");
    // Which steps are shown depends on the time between them; none may claim more than there is.
    assert!(progress.iter().all(|(done, total)| total.is_none_or(|total| *done <= total)), "{progress:?}");
    assert!(matches!(events.last(), Some((_, Event::Pulled { .. }))));
}

#[test]
fn a_model_that_cannot_fit_on_the_disk_is_not_fetched_unless_it_is_wanted_all_the_same() {
    let server = MockServer::start();
    let huge = "{\"status\":\"pulling a\",\"digest\":\"a\",\"total\":900000000000000000,\"completed\":0}\n\
                {\"status\":\"success\"}\n";
    pulls(&server, "huge:1", huge);
    let mut scene = scene_at(&server.base_url());
    let pull = |ignores_space| ollama(OllamaTask::Pull { model: model("huge:1"), ignores_space });
    let failure = scene.failure(pull(false));
    assert_eq!(failure.kind, FailureKind::NoSpace, "{failure:?}");
    assert!(failure.summary.contains("900 PB"), "{failure:?}");
    assert!(matches!(scene.done(pull(true)), Event::Pulled { .. }));
}

#[test]
fn a_model_is_removed_and_the_list_that_is_left_comes_back() {
    let server = MockServer::start();
    let deleted = server.mock(|when, then| {
        when.method(DELETE).path("/api/delete").json_body(json!({"model": "a:1"}));
        then.status(200);
    });
    server.mock(|when, then| {
        when.method(DELETE).path("/api/delete").json_body(json!({"model": "gone:1"}));
        then.status(404).json_body(json!({"error": "model 'gone:1' not found"}));
    });
    server.mock(|when, then| {
        when.method(GET).path("/api/tags");
        then.json_body(json!({"models": [{"model": "b:1"}]}));
    });
    let mut scene = scene_at(&server.base_url());
    let Event::OllamaModelsListed(models) = scene.done(ollama(OllamaTask::Remove(model("a:1")))) else { panic!() };
    assert_eq!(models.installed[0].name, "b:1");
    assert!(models.loaded.is_empty(), "a server that tells nothing of its memory is no failure");
    deleted.assert();
    assert!(audit(&mut scene).iter().any(|entry| entry.action == "model_remove"));
    assert!(scene.failure(ollama(OllamaTask::Remove(model("gone:1")))).summary.contains("gone:1"));
}

#[test]
fn offline_no_task_reaches_another_machine_and_each_try_is_listed() {
    let mut scene = Scene::new();
    let settings = Settings { offline: true, ollama_url: "http://10.1.2.3:11434".to_owned(), ..Settings::default() };
    scene.save_settings(settings);
    let Event::OllamaStatusRead(status) = scene.done(ollama(OllamaTask::Status)) else { panic!() };
    assert!(matches!(&status.state, OllamaState::Unreachable(failure) if failure.kind == FailureKind::Offline));
    let one = || model("a:1");
    let tasks = [
        OllamaTask::List,
        OllamaTask::Show(one()),
        OllamaTask::Unload(one()),
        OllamaTask::Remove(one()),
        OllamaTask::Pull { model: one(), ignores_space: false },
    ];
    for task in tasks {
        assert_eq!(scene.failure(ollama(task)).kind, FailureKind::Offline);
    }
    assert!(scene.failure(ollama(OllamaTask::Start)).summary.contains("another machine"));
    let refused = audit(&mut scene).iter().filter(|entry| entry.action == "network_refused").count();
    assert!(refused >= 6, "{refused}");
}

#[test]
fn a_machine_is_read_without_a_store_and_gets_models_that_suit_it() {
    let folder = tempfile::tempdir().unwrap();
    let options = tftsr::worker::WorkerOptions { data_dir: Some(folder.path().to_owned()) };
    let (mut worker, mut updates) = tftsr::worker::Worker::start(options, || {}).unwrap();
    worker.submit(ollama(OllamaTask::Machine)).unwrap().detach();
    let Event::MachineRead(machine) = updates.blocking_recv().unwrap().event else { panic!() };
    assert!(machine.hardware.memory_total_bytes.is_some());
    assert!(!machine.recommended.is_empty());
}

#[test]
fn a_chat_asks_for_the_context_that_it_needs_within_the_model_s_limit() {
    for (limit, chosen, expected) in [(131_072, None, 8_192), (2_048, None, 2_048), (131_072, Some(3_000), 3_000)] {
        let server = MockServer::start();
        server.mock(|when, then| {
            when.method(POST).path("/api/show").json_body(json!({"model": "a:1"}));
            let info = json!({"general.architecture": "llama", "llama.context_length": limit});
            then.json_body(json!({"model_info": info}));
        });
        let mut scene = Scene::new();
        let provider = saved(&mut scene, &server.base_url(), chosen);
        let issue = scene.issue_with("Charges fail", Vec::new()).issue.id;
        let preview = scene.preview(issue, provider, "what changed?");
        assert_eq!(preview.prompt.context_window, Some(expected), "{limit} {chosen:?}");
    }
}

#[test]
fn a_model_that_runs_elsewhere_is_not_local_and_is_looked_at_first() {
    let server = MockServer::start();
    server.mock(|when, then| {
        when.method(POST).path("/api/show");
        then.json_body(json!({"remote_host": "https://ollama.com:443"}));
    });
    let mut scene = Scene::new();
    scene.save_settings(Settings { strictness: Strictness::LocalWithoutReview, ..Settings::default() });
    let provider = saved(&mut scene, &server.base_url(), None);
    let issue = scene.issue_with("Charges fail", Vec::new()).issue.id;
    let preview = scene.preview(issue, provider, "what changed?");
    assert!(!preview.is_local && !preview.may_skip_review);
}

#[test]
fn a_chat_with_an_ollama_that_does_not_run_leads_to_its_page() {
    let mut scene = Scene::new();
    let provider = saved(&mut scene, "http://127.0.0.1:1", None);
    let issue = scene.issue_with("Charges fail", Vec::new()).issue.id;
    let job = scene.send(issue, provider, "what changed?");
    let failure = loop {
        match scene.next(job.id()) {
            Event::Failed(failure) => break failure,
            event => assert!(!event.is_final(), "{event:?}"),
        }
    };
    assert_eq!(failure.kind, FailureKind::OllamaNotRunning);
}

fn saved(scene: &mut Scene, url: &str, window: Option<u32>) -> tftsr::domain::ProviderId {
    let mut provider = ProviderConfig::new("o", ProviderKind::Ollama, url, "a:1");
    provider.context_window = window;
    let id = provider.id;
    scene.done(Command::Provider(ProviderCommand::Save { provider, key: None }));
    id
}
