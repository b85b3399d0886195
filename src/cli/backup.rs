//! `tftsr backup` and `tftsr restore`.

use super::args::{BackupArgs, RestoreArgs};
use super::client::{Client, unexpected};
use super::output::{CliError, Output};
use crate::domain::format;
use crate::worker::{Command, Event, SessionCommand};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::json;
use std::io::Read as _;
use zeroize::Zeroizing;

pub(super) fn back_up(client: &mut Client, output: &Output, args: &BackupArgs) -> Result<(), CliError> {
    let passphrase = passphrase(args.passphrase_stdin)?;
    let session = client.open()?;
    let path = args.out.clone().unwrap_or_else(|| {
        let stamp = Timestamp::now().strftime("%Y%m%d-%H%M%S");
        session.data_dir.join("backups").join(format!("tftsr-{stamp}.db"))
    });
    let command = SessionCommand::BackUp { path, passphrase, overwrite: args.overwrite };
    let event = client.ask(Command::Session(command))?;
    let Event::BackedUp { path, bytes, issues } = event else { return Err(unexpected(&event)) };
    if output.is_json() {
        return output.json(&json!({"path": path, "bytes": bytes, "issues": issues}));
    }
    output.note(&format!("{issues} issues, {}, checked", format::bytes(bytes)));
    output.line(&path.display().to_string())
}

pub(super) fn restore(client: &mut Client, output: &Output, args: &RestoreArgs) -> Result<(), CliError> {
    let passphrase = passphrase(args.passphrase_stdin)?;
    client.open()?;
    let question = format!("Replace all data by {}?", args.file.display());
    if !args.yes && output.confirm(&question) != Some(true) {
        return Err(CliError::Usage("not restored; pass --yes to replace all data without being asked".to_owned()));
    }
    let command = SessionCommand::RestoreBackup { path: args.file.clone(), passphrase };
    let event = client.ask(Command::Session(command))?;
    let Event::Restored { kept, issues, .. } = event else { return Err(unexpected(&event)) };
    if output.is_json() {
        return output.json(&json!({"issues": issues, "kept": kept}));
    }
    output.line(&format!("{issues} issues restored; what was there before is in {}", kept.display()))
}

/// The first line of standard input, where it is asked for.
fn passphrase(is_asked: bool) -> Result<Option<SecretString>, CliError> {
    if !is_asked {
        return Ok(None);
    }
    let mut text = Zeroizing::new(String::new());
    std::io::stdin().read_to_string(&mut text)?;
    match text.lines().next() {
        Some(line) if !line.is_empty() => Ok(Some(line.into())),
        Some(_) | None => Err(CliError::Usage("the passphrase is empty".to_owned())),
    }
}
