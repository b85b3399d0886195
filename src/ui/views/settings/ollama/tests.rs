//! The Ollama page, driven as a person or a screen reader drives it.

use crate::domain::{Hardware, ModelId, ProviderKind};
use crate::ui::context::Request;
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::shell::Shell;
use crate::ui::state::Slot;
use crate::ui::views::testing::{a_session, apply, asked, shell_after, window};
use crate::worker::{
    Command, Event, Failure, FailureKind, InstalledModel, JobId, LoadedModel, Machine, ModelDetails, OllamaModels,
    OllamaState, OllamaStatus, OllamaTask, ProviderCommand, PullPhase, PullProgress,
};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

fn id(name: &str) -> ModelId {
    ModelId::parse(name).unwrap()
}

fn status(state: OllamaState) -> Event {
    let url = "http://localhost:11434".to_owned();
    Event::OllamaStatusRead(Box::new(OllamaStatus { url, is_local: true, state }))
}

fn page() -> Harness<'static, Shell> {
    let mut shell = shell_after(vec![a_session()]);
    shell.screen = Screen::Settings(SettingsPage::Ollama);
    window(shell)
}

fn running() -> Harness<'static, Shell> {
    let mut harness = page();
    apply(&mut harness, &Slot::OllamaStatus, status(OllamaState::Running { version: "0.12.3".to_owned() }));
    let installed = |name: &str| InstalledModel {
        name: name.to_owned(),
        size_bytes: Some(4_700_000_000),
        quantization: "Q4_K_M".to_owned(),
        ..InstalledModel::default()
    };
    let loaded = LoadedModel { name: "llama3.1:8b".to_owned(), ..LoadedModel::default() };
    let models = OllamaModels {
        url: "http://localhost:11434".to_owned(),
        installed: vec![installed("llama3.1:8b"), installed("nomic-embed-text:latest")],
        loaded: vec![loaded],
    };
    harness.state_mut().state.begin(&Slot::OllamaModels, JobId(2));
    apply(&mut harness, &Slot::OllamaModels, Event::OllamaModelsListed(Box::new(models)));
    let recommended = crate::worker::recommend(Some(16 << 30), None);
    let hardware = Hardware { memory_total_bytes: Some(16 << 30), ..Hardware::default() };
    apply(&mut harness, &Slot::Machine, Event::MachineRead(Box::new(Machine { hardware, recommended })));
    // High enough for the whole page.
    harness.set_size(egui::vec2(1280.0, 1800.0));
    harness.run();
    harness.state_mut().desk.requests.clear();
    harness
}

fn press(harness: &mut Harness<'static, Shell>, label: &str) {
    harness.get_by_label(label).click();
    harness.run();
}

fn tasks<'a>(harness: &'a Harness<'static, Shell>) -> Vec<&'a OllamaTask> {
    let commands = asked(harness).into_iter();
    commands
        .filter_map(|command| if let Command::Ollama(ollama) = command { Some(&ollama.task) } else { None })
        .collect()
}

#[test]
fn the_page_asks_when_it_is_entered_and_not_in_each_frame() {
    let mut harness = page();
    for _ in 0..5 {
        harness.run();
    }
    let count =
        |harness: &Harness<'static, Shell>, is: fn(&&&OllamaTask) -> bool| tasks(harness).iter().filter(is).count();
    assert_eq!(count(&harness, |task| matches!(task, OllamaTask::Status)), 1);
    assert_eq!(count(&harness, |task| matches!(task, OllamaTask::List)), 0, "not before it is known to run");
}

#[test]
fn one_that_does_not_run_can_be_started_and_one_that_is_not_there_installed_by_hand() {
    let mut harness = page();
    let program = std::path::PathBuf::from("/usr/local/bin/ollama");
    apply(
        &mut harness,
        &Slot::OllamaStatus,
        status(OllamaState::Stopped { program: program.clone(), is_service: false }),
    );
    press(&mut harness, "Start server");
    assert!(tasks(&harness).iter().any(|task| matches!(task, OllamaTask::Start)));
    harness.state_mut().state.begin(&Slot::OllamaStart, JobId(9));
    harness.run();
    assert!(harness.get_by_label("Starting").accesskit_node().is_disabled());
    let failure = Failure::new(FailureKind::Other, "Ollama ended as soon as it was started", "");
    apply(&mut harness, &Slot::OllamaStart, Event::Failed(failure));
    assert!(harness.query_by_label("Ollama ended as soon as it was started").is_some());

    apply(&mut harness, &Slot::OllamaStatus, status(OllamaState::Stopped { program, is_service: true }));
    press(&mut harness, "Copy sudo systemctl start ollama");
    apply(&mut harness, &Slot::OllamaStatus, status(OllamaState::NotInstalled));
    press(&mut harness, "Copy the link");
    let copied: Vec<_> = harness
        .state()
        .desk
        .requests
        .iter()
        .filter_map(|request| if let Request::Copy(text) = request { Some(text.as_str()) } else { None })
        .collect();
    assert_eq!(copied, ["sudo systemctl start ollama", "https://ollama.com/download"]);
    assert!(harness.query_by_label("Start server").is_none());
}

#[test]
fn a_suggested_model_is_pulled_followed_stopped_and_resumed() {
    let mut harness = running();
    press(&mut harness, "Pull qwen3:8b");
    assert!(
        matches!(tasks(&harness)[..], [OllamaTask::Pull { model, ignores_space: false }] if model.as_str() == "qwen3:8b")
    );
    let slot = Slot::Pull(id("qwen3:8b"));
    harness.state_mut().state.begin(&slot, JobId(5));
    let progress = PullProgress {
        phase: PullPhase::Downloading,
        done_bytes: 1_300_000_000,
        total_bytes: Some(5_200_000_000),
        share: Some(0.25),
        bytes_per_second: Some(20_000_000),
        left: Some(std::time::Duration::from_secs(195)),
    };
    let told = Event::PullProgressed { model: id("qwen3:8b"), progress: Box::new(progress) };
    apply(&mut harness, &slot, told);
    assert!(harness.query_by_label("Downloading · 1.3 GB of 5.2 GB · 20.0 MB/s · 3 min left").is_some());
    assert!(harness.query_by_label("Pulling qwen3:8b").is_some(), "in the status bar");
    assert!(harness.query_by_label("Pull qwen3:8b").is_none(), "it is on its way");
    press(&mut harness, "Stop pulling qwen3:8b");
    assert!(
        harness.state().desk.requests.iter().any(|request| matches!(request, Request::Cancel(one) if *one == slot))
    );
    apply(&mut harness, &slot, Event::Cancelled);
    assert!(harness.query_by_label("Stopped; what has come is kept · 1.3 GB of 5.2 GB").is_some());
    press(&mut harness, "Resume pulling qwen3:8b");
    assert_eq!(tasks(&harness).iter().filter(|task| matches!(task, OllamaTask::Pull { .. })).count(), 2);
}

#[test]
fn too_little_room_is_said_and_can_be_overruled() {
    let mut harness = running();
    let slot = Slot::Pull(id("qwen3:8b"));
    harness.state_mut().state.begin(&slot, JobId(5));
    apply(&mut harness, &slot, Event::Failed(Failure::new(FailureKind::NoSpace, "Not enough room on the disk", "")));
    press(&mut harness, "Pull anyway");
    assert!(matches!(tasks(&harness)[..], [OllamaTask::Pull { ignores_space: true, .. }]));
}

#[test]
fn any_other_model_is_pulled_by_its_name_and_a_sentence_is_not() {
    let mut harness = running();
    let type_name = |harness: &mut Harness<'static, Shell>, words: &str| {
        harness.get_by_label("Another model").focus();
        harness.run();
        harness.get_by_label("Another model").type_text(words);
        harness.run();
    };
    type_name(&mut harness, "two words");
    assert!(harness.query_by_label("Letters, digits and . _ : / @ + - only").is_some());
    assert!(harness.get_by_label("Pull").accesskit_node().is_disabled());
    let mut harness = running();
    type_name(&mut harness, "mistral-nemo:12b");
    press(&mut harness, "Pull");
    assert!(matches!(tasks(&harness)[..], [OllamaTask::Pull { model, .. }] if model.as_str() == "mistral-nemo:12b"));
}

#[test]
fn a_model_is_deleted_only_after_a_question() {
    let mut harness = running();
    press(&mut harness, "Delete llama3.1:8b");
    assert!(tasks(&harness).is_empty());
    press(&mut harness, "Delete model");
    assert!(matches!(tasks(&harness)[..], [OllamaTask::Remove(model)] if model.as_str() == "llama3.1:8b"));
}

#[test]
fn a_model_s_details_open_below_it_and_it_leaves_the_memory() {
    let mut harness = running();
    press(&mut harness, "Details of llama3.1:8b");
    assert!(matches!(tasks(&harness)[..], [OllamaTask::Show(_)]));
    let details = ModelDetails { context: Some(131_072), ..ModelDetails::default() };
    let shown = Event::OllamaModelShown { model: id("llama3.1:8b"), details: Box::new(details) };
    apply(&mut harness, &Slot::ModelDetails, shown);
    assert!(harness.query_by_label("131,072 tokens").is_some());
    press(&mut harness, "Take llama3.1:8b out of memory");
    assert!(matches!(tasks(&harness)[..], [_, OllamaTask::Unload(_)]));
}

#[test]
fn a_model_that_is_used_becomes_the_default_provider() {
    let mut harness = running();
    assert!(harness.query_by_label("Use nomic-embed-text:latest").is_none(), "it cannot chat");
    press(&mut harness, "Use llama3.1:8b");
    let saved = asked(&harness).into_iter().find_map(|command| match command {
        Command::Provider(ProviderCommand::Save { provider, .. }) => Some(provider.clone()),
        _ => None,
    });
    let saved = saved.unwrap();
    assert_eq!((saved.kind, saved.model.as_str()), (ProviderKind::Ollama, "llama3.1:8b"));
    assert_eq!(harness.state().state.settings.default_provider, saved.id);
}

#[test]
fn the_address_is_changed_in_place_and_a_bad_one_is_not_taken() {
    let mut harness = running();
    press(&mut harness, "Change the address");
    harness.get_by_label("Address of Ollama").focus();
    harness.run();
    harness.get_by_label("Address of Ollama").type_text(" and more");
    harness.run();
    assert!(harness.get_by_label("Use it").accesskit_node().is_disabled());
    press(&mut harness, "Usual address");
    harness.get_by_label("Address of Ollama").focus();
    harness.run();
    harness.get_by_label("Address of Ollama").type_text("/behind");
    harness.run();
    harness.state_mut().desk.requests.clear();
    press(&mut harness, "Use it");
    assert_eq!(harness.state().state.settings.ollama_url, "http://localhost:11434/behind");
    assert!(harness.query_by_label("Address of Ollama").is_none());
    let asked = asked(&harness).into_iter().find_map(|command| match command {
        Command::Ollama(ollama) if matches!(ollama.task, OllamaTask::Status) => ollama.at.clone(),
        _ => None,
    });
    assert_eq!(asked.as_deref(), Some("http://localhost:11434/behind"));
    assert!(harness.query_by_label("Delete llama3.1:8b").is_none(), "those are another server's");
}

#[test]
fn a_pull_that_has_ended_lists_the_models_anew() {
    let mut harness = running();
    let slot = Slot::Pull(id("qwen3:8b"));
    harness.state_mut().state.begin(&slot, JobId(5));
    apply(&mut harness, &slot, Event::Pulled { model: id("qwen3:8b") });
    assert!(tasks(&harness).iter().any(|task| matches!(task, OllamaTask::List)));
    assert!(harness.query_by_label("Ready to use").is_some());
}
