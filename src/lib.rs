//! From symptoms and logs to a root cause with evidence, and nothing unredacted leaves the machine.
//!
//! The map of the house is in ARCHITECTURE.md.
pub mod cli;
pub mod documents;
pub mod domain;
pub mod faults;
pub mod insight;
pub mod integrations;
pub mod logging;
pub mod net;
pub mod privacy;
pub mod providers;
pub mod store;
pub mod ui;
pub mod worker;

use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the window, or the one command that the arguments name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    faults::in_words(|| start(arguments))
}

fn start(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match cli::Args::read(arguments) {
        Ok(arguments) => arguments,
        Err(answer) => {
            // Help and version are answers, not errors; a closed output changes nothing about the exit code.
            answer.print().ok();
            return ExitCode::from(u8::try_from(answer.exit_code()).unwrap_or(2));
        }
    };
    let folder = store::DataDir::resolve(arguments.data_dir.as_deref()).ok().map(|dir| dir.logs());
    logging::start(folder.filter(|folder| folder.is_dir()).as_deref());
    let options = worker::WorkerOptions { data_dir: arguments.data_dir };
    match arguments.task {
        Some(task) => cli::run(options, task, arguments.json),
        None => ui::run(options, &arguments.logs),
    }
}
