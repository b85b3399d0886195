//! The whole path through the real window, worker and encrypted store, by the names of controls.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tftsr::ui::App;
use tftsr::worker::WorkerOptions;

/// How long anything may take before the test is given up.
const PATIENCE: Duration = Duration::from_mins(1);

struct Window(Harness<'static, App>);

impl Window {
    fn open(folder: &Path) -> Self {
        Self::open_with(folder, Vec::new())
    }

    fn open_with(folder: &Path, logs: Vec<PathBuf>) -> Self {
        let options = WorkerOptions { data_dir: Some(folder.to_owned()) };
        let builder = Harness::builder().with_size(egui::vec2(1280.0, 800.0)).with_max_steps(64);
        Self(builder.build_eframe(move |cc| {
            let mut app = App::new(&cc.egui_ctx, options).unwrap();
            app.offer(logs);
            app
        }))
    }

    fn sees(&self, words: &str) -> bool {
        self.0.query_all_by_label_contains(words).next().is_some()
    }

    /// Waits for what a person would wait for.
    fn until(&mut self, words: &str) -> &mut Self {
        let until = Instant::now() + PATIENCE;
        while !self.sees(words) {
            assert!(Instant::now() < until, "never seen: {words}");
            self.0.step();
            std::thread::park_timeout(Duration::from_millis(5));
        }
        self
    }

    fn press(&mut self, name: &str) -> &mut Self {
        self.until(name);
        let Some(control) = self.0.query_all_by_label(name).next() else { panic!("no {name}") };
        control.click();
        self.0.run_steps(4);
        self
    }

    fn fill(&mut self, name: &str, text: &str) -> &mut Self {
        self.until(name);
        self.0.get_by_role_and_label(egui::accesskit::Role::PasswordInput, name).focus();
        self.0.run_steps(2);
        self.0.get_by_role_and_label(egui::accesskit::Role::PasswordInput, name).type_text(text);
        self.0.run_steps(2);
        self
    }
}

#[test]
fn from_the_first_start_to_an_rca_and_back_through_a_wrong_passphrase() {
    // A key in the environment opens the store by itself, and there is no passphrase to ask for.
    if std::env::var_os("TFTSR_DB_KEY").is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut window = Window::open(folder.path());
    window.until("Protect your data");
    if window.sees("System keychain") {
        window.press("Passphrase");
    }
    window.fill("Passphrase", "correct horse battery").fill("Repeat the passphrase", "correct horse battery");
    window.press("Accept and start").press("Open a sample").press("Uploads fail: a server has no disk space left");
    window.press("Triage").press("Next step").press("Accept").until("Why 1");
    window.press("RCA").press("Draft the RCA").until("Save version");
    assert!(window.sees("Corrective actions"));
    drop(window);

    let mut window = Window::open(folder.path());
    window.fill("Passphrase", "wrong horse battery").press("Unlock").until("key");
    assert!(!window.sees("Dashboard"));
    window.fill("Passphrase", "correct horse battery").press("Unlock").until("Dashboard");
    window.press("Uploads fail on web-03, pages answer 500").press("RCA 1").until("Save version");
}

#[test]
fn logs_that_it_is_started_with_wait_for_the_passphrase() {
    if std::env::var_os("TFTSR_DB_KEY").is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let logs = ["app.log", "db.log"].map(|name| folder.path().join(name));
    for log in &logs {
        std::fs::write(log, "2026-03-01T01:40:00Z ERROR out of memory\n").unwrap();
    }
    let data = folder.path().join("data");
    let mut window = Window::open(&data);
    window.until("Protect your data");
    if window.sees("System keychain") {
        window.press("Passphrase");
    }
    window.fill("Passphrase", "correct horse battery").fill("Repeat the passphrase", "correct horse battery");
    window.press("Accept and start").until("Open a sample");
    drop(window);

    let mut window = Window::open_with(&data, logs.into());
    window.fill("Passphrase", "correct horse battery").press("Unlock").until("2 chosen");

    // Another start hands over one more.
    let third = folder.path().join("web.log");
    std::fs::write(&third, "2026-03-01T01:41:00Z ERROR no answer\n").unwrap();
    window.0.state_mut().offer(vec![third]);
    window.until("3 chosen");
}
