//! The headless front end: the same worker, one command, results on standard output.
//!
//! It holds argument parsing and printing; what is more belongs in a handler. Results go to standard output, progress
//! and messages to standard error.
mod args;
mod audit;
mod backup;
mod client;
mod document;
mod generate;
mod integration;
mod issue;
mod ollama;
mod output;
mod provider;
mod publish;
mod rules;
mod text;
mod triage;
mod whole_file;

pub use self::args::{Args, Task};

use self::client::Client;
use self::output::{CliError, Output};
use crate::worker::WorkerOptions;
use std::process::ExitCode;

/// Runs one command to its end.
pub fn run(options: WorkerOptions, task: Task, json: bool) -> ExitCode {
    let output = Output::new(json);
    let result = match &task {
        // Needs neither a store nor a key: packages are built where there is none.
        Task::Generate(what) => generate::run(what),
        // No store is open that would have to be closed, and a pipe may keep its reader waiting for ever.
        Task::Detect(_) | Task::Redact(_) => Client::start(options).and_then(|mut client| {
            let result = run_task(&mut client, &output, task);
            std::mem::forget(client);
            result
        }),
        _ => Client::start(options).and_then(|mut client| run_task(&mut client, &output, task)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            ExitCode::from(error.code())
        }
    }
}

fn run_task(client: &mut Client, output: &Output, task: Task) -> Result<(), CliError> {
    match task {
        Task::Triage(task) => triage::run(client, output, &task),
        Task::Detect(task) => text::detect(client, &task),
        Task::Redact(task) => text::redact(client, output, &task),
        Task::Document(task) => document::run(client, output, task),
        Task::Issue(task) => issue::run(client, output, task),
        Task::Provider(task) => provider::run(client, output, task),
        Task::Ollama(task) => ollama::run(client, output, task),
        Task::Integration(task) => integration::run(client, output, task),
        Task::Rules(task) => rules::run(client, output, task),
        Task::Publish(task) => publish::run(client, output, &task),
        Task::Audit(task) => audit::run(client, output, &task),
        Task::Backup(task) => backup::back_up(client, output, &task),
        Task::Restore(task) => backup::restore(client, output, &task),
        Task::Doctor => audit::doctor(client, output),
        Task::Generate(task) => generate::run(&task),
    }
}
