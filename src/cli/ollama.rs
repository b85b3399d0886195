//! `tftsr ollama`: status, start, hardware, recommend, list, show, pull, rm, ps.

use super::args::{OllamaArgs, OllamaCliTask};
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::{Gpu, Hardware, ModelId, format};
use crate::worker::{
    Command, Event, InstalledModel, LoadedModel, Machine, ModelDetails, OllamaCommand, OllamaModels, OllamaState,
    OllamaStatus, OllamaTask, PullPhase, PullProgress, Recommendation, install_guide,
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::io::{self, IsTerminal as _, Write as _};

const UNKNOWN: &str = "unknown";

pub(super) fn run(client: &mut Client, output: &Output, args: OllamaArgs) -> Result<(), CliError> {
    let mut ask = Ask { client, at: args.url };
    match args.task {
        OllamaCliTask::Hardware => return hardware(output, &ask.machine()?.hardware),
        OllamaCliTask::Recommend => return recommend(output, &ask.machine()?.recommended),
        _ => ask.client.open()?,
    };
    match args.task {
        OllamaCliTask::Hardware | OllamaCliTask::Recommend => Ok(()),
        OllamaCliTask::Status => status(output, &ask.status(OllamaTask::Status)?),
        OllamaCliTask::Start => status(output, &ask.status(OllamaTask::Start)?),
        OllamaCliTask::List => list(output, &ask.models(OllamaTask::List)?.installed),
        OllamaCliTask::Ps => loaded(output, &ask.models(OllamaTask::List)?.loaded),
        OllamaCliTask::Show { model } => match ask.for_event(OllamaTask::Show(model))? {
            Event::OllamaModelShown { model, details } => show(output, &model, &details),
            other => Err(unexpected(&other)),
        },
        OllamaCliTask::Rm { model, yes } => remove(&mut ask, output, model, yes),
        OllamaCliTask::Pull { models, ignore_space } => pull(&mut ask, output, models, ignore_space),
    }
}

/// The worker, and the server that is meant.
struct Ask<'a> {
    client: &'a mut Client,
    at: Option<String>,
}

impl Ask<'_> {
    fn command(&self, task: OllamaTask) -> Command {
        Command::Ollama(OllamaCommand { at: self.at.clone(), task })
    }

    fn for_event(&mut self, task: OllamaTask) -> Result<Event, CliError> {
        let command = self.command(task);
        self.client.ask(command)
    }

    fn machine(&mut self) -> Result<Machine, CliError> {
        match self.for_event(OllamaTask::Machine)? {
            Event::MachineRead(machine) => Ok(*machine),
            other => Err(unexpected(&other)),
        }
    }

    fn status(&mut self, task: OllamaTask) -> Result<OllamaStatus, CliError> {
        match self.for_event(task)? {
            Event::OllamaStatusRead(status) => Ok(*status),
            other => Err(unexpected(&other)),
        }
    }

    fn models(&mut self, task: OllamaTask) -> Result<OllamaModels, CliError> {
        match self.for_event(task)? {
            Event::OllamaModelsListed(models) => Ok(*models),
            other => Err(unexpected(&other)),
        }
    }
}

/// Ends with 1 unless it runs, so that a script can ask.
fn status(output: &Output, status: &OllamaStatus) -> Result<(), CliError> {
    let (word, mut fields) = match &status.state {
        OllamaState::Running { version } => ("running", json!({"version": version})),
        OllamaState::Stopped { program, is_service } => {
            ("stopped", json!({"program": program.display().to_string(), "service": is_service}))
        }
        OllamaState::NotInstalled => ("not installed", json!({"install": install_json()})),
        OllamaState::Unreachable(failure) => {
            ("unreachable", json!({"summary": failure.summary, "advice": failure.advice}))
        }
    };
    if output.is_json() {
        if let Some(fields) = fields.as_object_mut() {
            fields.insert("status".to_owned(), json!(word));
            fields.insert("url".to_owned(), json!(status.url));
            fields.insert("local".to_owned(), json!(status.is_local));
        }
        output.json(&fields)?;
    } else {
        output.line(&format!("{word} at {}{}", status.url, status_text(&status.state)))?;
    }
    match status.state {
        OllamaState::Running { .. } => Ok(()),
        _ => Err(CliError::Io("Ollama does not run".to_owned())),
    }
}

fn status_text(state: &OllamaState) -> String {
    match state {
        OllamaState::Running { version } => format!(", version {version}"),
        OllamaState::Stopped { program, is_service: true } => {
            format!("\n  {} is set up as a service; start it with: sudo systemctl start ollama", program.display())
        }
        OllamaState::Stopped { program, is_service: false } => {
            format!("\n  {} is installed; start it with: tftsr ollama start", program.display())
        }
        OllamaState::NotInstalled => {
            let guide = install_guide();
            let steps = guide.steps.iter().map(|step| format!("\n  {}\n    {}", step.words, step.command));
            format!("\n{}\n  {}", steps.collect::<String>().trim_start_matches('\n'), guide.link)
        }
        OllamaState::Unreachable(failure) => format!("\n  {}\n  {}", failure.summary, failure.advice),
    }
}

fn install_json() -> Value {
    let guide = install_guide();
    let steps: Vec<_> = guide.steps.iter().map(|step| json!({"words": step.words, "command": step.command})).collect();
    json!({"system": guide.system, "steps": steps, "link": guide.link})
}

fn hardware(output: &Output, hardware: &Hardware) -> Result<(), CliError> {
    if output.is_json() {
        let gpus: Vec<_> = hardware
            .gpus
            .iter()
            .map(|gpu| {
                json!({
                    "vendor": gpu.vendor.as_str(), "name": gpu.name, "memory_bytes": gpu.memory_bytes,
                    "shares_memory": gpu.shares_memory,
                })
            })
            .collect();
        let cpu = Some(&hardware.cpu).filter(|name| !name.is_empty());
        return output.json(&json!({
            "cpu": cpu, "physical_cores": hardware.physical_cores, "logical_cores": hardware.logical_cores,
            "memory_total_bytes": hardware.memory_total_bytes, "memory_free_bytes": hardware.memory_free_bytes,
            "gpus": gpus, "gpu_memory_bytes": hardware.gpu_memory_bytes(),
            "model_folder": hardware.model_folder, "disk_free_bytes": hardware.disk_free_bytes,
        }));
    }
    let size = |bytes: Option<u64>| bytes.map_or_else(|| UNKNOWN.to_owned(), format::bytes);
    let count = |count: Option<u32>| count.map_or_else(|| UNKNOWN.to_owned(), |count| count.to_string());
    let cpu = if hardware.cpu.is_empty() { UNKNOWN } else { &hardware.cpu };
    output.line(&format!("processor   {cpu}"))?;
    let (physical, logical) = (count(hardware.physical_cores), count(hardware.logical_cores));
    output.line(&format!("cores       {physical} ({logical} logical)"))?;
    let (total, free) = (size(hardware.memory_total_bytes), size(hardware.memory_free_bytes));
    output.line(&format!("memory      {total}, {free} free"))?;
    if hardware.gpus.is_empty() {
        output.line("graphics    none found")?;
    }
    for gpu in &hardware.gpus {
        output.line(&format!("graphics    {}", gpu_text(gpu)))?;
    }
    let folder = hardware.model_folder.as_deref().unwrap_or(UNKNOWN);
    output.line(&format!("disk        {} free in {folder}", size(hardware.disk_free_bytes)))
}

fn gpu_text(gpu: &Gpu) -> String {
    let name = if gpu.name.is_empty() { gpu.vendor.label() } else { &gpu.name };
    match gpu.memory_bytes {
        _ if gpu.shares_memory => format!("{name}, uses the main memory"),
        Some(bytes) => format!("{name}, {}", format::bytes(bytes)),
        None => format!("{name}, memory unknown"),
    }
}

fn recommend(output: &Output, all: &[Recommendation]) -> Result<(), CliError> {
    if output.is_json() {
        let rows: Vec<_> = all
            .iter()
            .map(|one| {
                json!({
                    "model": one.model.name, "fit": one.fit.map(crate::worker::Fit::as_str), "reason": one.reason,
                    "size_gb": one.model.size_gb, "needs_gb": one.model.needs_gb, "context": one.model.context,
                    "good_for": one.model.good_for,
                })
            })
            .collect();
        return output.json(&json!(rows));
    }
    for one in all {
        let fit = one.fit.map_or(UNKNOWN, crate::worker::Fit::label);
        let model = &one.model;
        output.line(&format!("{:<22} {fit:<8} {:>6} GB  {}", model.name, model.size_gb, model.good_for))?;
        output.line(&format!("{:<22} {:<8} {:>9}  {}", "", "", "", one.reason))?;
    }
    Ok(())
}

fn list(output: &Output, models: &[InstalledModel]) -> Result<(), CliError> {
    if output.is_json() {
        let rows: Vec<_> = models
            .iter()
            .map(|one| {
                json!({
                    "model": one.name, "size_bytes": one.size_bytes, "family": one.family,
                    "parameters": one.parameters, "quantization": one.quantization,
                    "modified_at": one.modified_at.map(|at| at.to_string()), "remote_host": one.remote_host,
                })
            })
            .collect();
        return output.json(&json!(rows));
    }
    if models.is_empty() {
        output.note("no models yet; `tftsr ollama recommend` says which suit this machine");
    }
    for one in models {
        let size = one.size_bytes.map_or_else(|| "-".to_owned(), format::bytes);
        let at = one.modified_at.map(|at| at.strftime("%Y-%m-%d %H:%MZ").to_string()).unwrap_or_default();
        let elsewhere = one.remote_host.as_ref().map(|host| format!("runs at {host}, not here")).unwrap_or_default();
        let line = format!(
            "{:<32} {size:>8}  {:<10} {:<8} {:<8} {at} {elsewhere}",
            one.name, one.family, one.parameters, one.quantization
        );
        output.line(line.trim_end())?;
    }
    Ok(())
}

fn loaded(output: &Output, models: &[LoadedModel]) -> Result<(), CliError> {
    if output.is_json() {
        let rows: Vec<_> = models
            .iter()
            .map(|one| {
                json!({
                    "model": one.name, "size_bytes": one.size_bytes, "gpu_bytes": one.gpu_bytes,
                    "context": one.context, "until": one.until.map(|at| at.to_string()),
                })
            })
            .collect();
        return output.json(&json!(rows));
    }
    if models.is_empty() {
        output.note("no model is in memory");
    }
    for one in models {
        let size = one.size_bytes.map_or_else(|| "-".to_owned(), format::bytes);
        let gpu = match one.gpu_percent() {
            Some(0) => "on the processor".to_owned(),
            Some(percent) => format!("{percent} % on graphics cards"),
            None => String::new(),
        };
        let context = one.context.map(|tokens| format!("context {}", format::tokens(tokens))).unwrap_or_default();
        output.line(format!("{:<32} {size:>8}  {context:<14} {gpu}", one.name).trim_end())?;
    }
    Ok(())
}

fn show(output: &Output, model: &ModelId, details: &ModelDetails) -> Result<(), CliError> {
    if output.is_json() {
        return output.json(&json!({
            "model": model.as_str(), "family": details.family, "parameters": details.parameters,
            "quantization": details.quantization, "format": details.format, "context": details.context,
            "capabilities": details.capabilities, "settings": details.settings, "license": details.license,
            "template": details.template, "remote_host": details.remote_host,
        }));
    }
    let context = details.context.map(|tokens| format!("{} tokens", format::count(u64::from(tokens))));
    let rows = [
        ("model", model.as_str().to_owned()),
        ("family", details.family.clone()),
        ("parameters", details.parameters.clone()),
        ("quantization", details.quantization.clone()),
        ("context", context.unwrap_or_default()),
        ("can do", details.capabilities.join(", ")),
        ("license", details.license.clone()),
        ("runs at", details.remote_host.clone().unwrap_or_default()),
    ];
    for (name, value) in rows {
        let is_odd = name == "runs at" || name == "license" || name == "can do";
        if !value.is_empty() || !is_odd {
            let value = if value.is_empty() { UNKNOWN } else { &value };
            output.line(&format!("{name:<13} {value}"))?;
        }
    }
    if !details.template.is_empty() {
        output.line(&format!("\n{}", details.template))?;
    }
    Ok(())
}

fn remove(ask: &mut Ask<'_>, output: &Output, model: ModelId, yes: bool) -> Result<(), CliError> {
    let question = format!("Delete {} from the disk of Ollama?", model.as_str());
    if !yes && output.confirm(&question) != Some(true) {
        return Err(CliError::Usage("not deleted; pass --yes to delete without being asked".to_owned()));
    }
    ask.models(OllamaTask::Remove(model))?;
    output.note("deleted");
    Ok(())
}

fn pull(ask: &mut Ask<'_>, output: &Output, models: Vec<ModelId>, ignores_space: bool) -> Result<(), CliError> {
    let mut done = Vec::new();
    for model in models {
        let name = model.as_str().to_owned();
        let command = ask.command(OllamaTask::Pull { model, ignores_space });
        let mut shown = Shown::default();
        let result = ask.client.call(command, |event| {
            if let Event::PullProgressed { progress, .. } = event {
                shown.show(&name, &progress);
            }
            Ok(())
        });
        shown.end();
        result?;
        output.note(&format!("{name}: done"));
        done.push(json!({"model": name, "pulled": true}));
    }
    if output.is_json() { output.json(&json!(done)) } else { Ok(()) }
}

/// Progress on standard error: one line that changes at a terminal, else a line for each tenth and each phase.
#[derive(Default)]
struct Shown {
    last: Option<(PullPhase, u8)>,
    open_line: bool,
}

impl Shown {
    fn show(&mut self, model: &str, progress: &PullProgress) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share is from 0 to 1")]
        let percent = (progress.share.unwrap_or_default() * 100.0) as u8;
        let text = format!("{model}: {}", progress_text(progress, percent));
        let mut error = io::stderr().lock();
        if error.is_terminal() {
            // Nothing can be done about a standard error that is closed.
            write!(error, "\r\x1b[K{text}").ok();
            error.flush().ok();
            self.open_line = true;
            return;
        }
        let step = (progress.phase.clone(), percent / 10);
        if self.last.as_ref() != Some(&step) {
            writeln!(error, "{text}").ok();
            self.last = Some(step);
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.open_line) {
            writeln!(io::stderr().lock()).ok();
        }
    }
}

fn progress_text(progress: &PullProgress, percent: u8) -> String {
    let mut text = progress.phase.label().to_lowercase();
    if let PullPhase::Retrying { attempt, reason } = &progress.phase {
        text = format!("{text} ({attempt}): {reason}");
    }
    if let Some(total) = progress.total_bytes {
        text = format!("{text} {percent} %, {} of {}", format::bytes(progress.done_bytes), format::bytes(total));
    }
    if let Some(speed) = progress.bytes_per_second {
        text = format!("{text}, {}/s", format::bytes(speed));
    }
    if let Some(left) = progress.left {
        let left = SignedDuration::try_from(left).unwrap_or(SignedDuration::MAX);
        text = format!("{text}, {} left", format::duration(left));
    }
    text
}
