//! `tftsr detect` and `tftsr redact`: the privacy engine on any text, without a store.

use super::args::{DetectArgs, RedactArgs};
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use super::whole_file::WholeFile;
use crate::domain::{PiiKind, PiiSpan};
use crate::worker::{Command, Event, PrivacyCommand, TextSource};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::Path;

pub(super) fn detect(client: &mut Client, args: &DetectArgs) -> Result<(), CliError> {
    if args.jsonl {
        return detect_lines(client, &args.file);
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut separator = "[\n";
    client.call(Command::Privacy(PrivacyCommand::DetectFile { source: source(&args.file) }), |event| {
        let Event::SpansFound(spans) = event else { return Ok(()) };
        for span in spans {
            let mut value = span_json(&span);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("placeholder".to_owned(), json!(span.placeholder.to_string()));
            }
            write!(out, "{separator}{value}")?;
            separator = ",\n";
        }
        Ok(())
    })?;
    let end = if separator == "[\n" { "[]\n" } else { "\n]\n" };
    write!(out, "{end}")?;
    Ok(out.flush()?)
}

fn detect_lines(client: &mut Client, file: &Path) -> Result<(), CliError> {
    let mut out = BufWriter::new(io::stdout().lock());
    let input: Box<dyn BufRead> =
        if file == Path::new("-") { Box::new(io::stdin().lock()) } else { Box::new(BufReader::new(open(file)?)) };
    for (index, line) in input.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let wrong = || CliError::Usage(format!("line {} is not a JSON object with \"id\" and \"text\"", index + 1));
        let Ok(document) = serde_json::from_str::<Value>(&line) else { return Err(wrong()) };
        let text = document.get("text").and_then(Value::as_str).ok_or_else(wrong)?;
        let id = document.get("id").ok_or_else(wrong)?;
        let event = client.ask(Command::Privacy(PrivacyCommand::Detect { issue: None, text: text.into() }))?;
        let Event::TextDetected(spans) = event else { return Err(unexpected(&event)) };
        let spans: Vec<_> = spans.iter().map(span_json).collect();
        writeln!(out, "{}", json!({"id": id, "spans": spans}))?;
    }
    Ok(out.flush()?)
}

pub(super) fn redact(client: &mut Client, output: &Output, args: &RedactArgs) -> Result<(), CliError> {
    let totals = match &args.output {
        Some(path) => {
            let refused = |error| CliError::Io(format!("cannot write {}: {error}", path.display()));
            let mut file = WholeFile::create(path).map_err(refused)?;
            let totals = redact_to(client, args, &mut file)?;
            file.finish().map_err(refused)?;
            totals
        }
        None => redact_to(client, args, &mut BufWriter::new(io::stdout().lock()))?,
    };
    let sum: u64 = totals.values().sum();
    output.note(&format!("{sum} redacted"));
    for (kind, count) in totals {
        output.note(&format!("  {:<17} {count}", kind.label()));
    }
    Ok(())
}

/// Writes the redacted text, and tells how many values of each kind were in it.
fn redact_to(client: &mut Client, args: &RedactArgs, out: &mut impl Write) -> Result<BTreeMap<PiiKind, u64>, CliError> {
    let mut totals: BTreeMap<PiiKind, u64> = BTreeMap::new();
    client.call(Command::Privacy(PrivacyCommand::RedactFile { source: source(&args.file) }), |event| {
        let Event::ChunkRedacted { text, counts } = event else { return Ok(()) };
        for (kind, count) in counts {
            *totals.entry(kind).or_default() += count;
        }
        Ok(out.write_all(text.as_str().as_bytes())?)
    })?;
    out.flush()?;
    Ok(totals)
}

fn span_json(span: &PiiSpan) -> Value {
    json!({"start": span.range.start, "end": span.range.end, "type": span.kind.as_str()})
}

fn source(file: &Path) -> TextSource {
    if file == Path::new("-") { TextSource::StandardInput } else { TextSource::File(file.to_owned()) }
}

fn open(path: &Path) -> Result<File, CliError> {
    File::open(path).map_err(|error| CliError::Io(format!("cannot read {}: {error}", path.display())))
}
