//! The words of the command line.

mod integration;
mod provider;
mod publish;
mod words;

pub use self::integration::{IntegrationArgs, IntegrationTask};
pub use self::provider::{OllamaArgs, OllamaCliTask, ProviderArgs, ProviderTask};
pub use self::publish::PublishArgs;
pub use self::words::Temperature;

use self::words::{audience, document_format, document_kind, domain, paper, rule_action, rule_match, severity, status};
use crate::domain::{Audience, DocumentKind, Domain, Paper, RuleAction, RuleMatch, Severity, Status};
use crate::worker::DocumentFormat;
use clap::error::ErrorKind;
use clap::{Args as ClapArgs, CommandFactory as _, Parser, Subcommand};
use jiff::Timestamp;
use std::ffi::OsString;
use std::path::PathBuf;

/// From symptoms and logs to a root cause with evidence. Without a command the window opens.
#[derive(Debug, Parser)]
#[command(name = "tftsr", version, max_term_width = 100)]
pub struct Args {
    /// Where the encrypted data lives
    #[arg(long, global = true, value_name = "FOLDER", env = "TFTSR_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Machine-readable results
    #[arg(long, global = true)]
    pub json: bool,
    /// Logs to open a new issue with, in the window
    #[arg(value_name = "LOG")]
    pub logs: Vec<PathBuf>,
    #[command(subcommand)]
    pub task: Option<Task>,
}

impl Args {
    /// Reads the command line. A word that is neither a command nor an existing file is wrong usage: most often it is
    /// a command that was misspelled.
    pub fn read(words: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let args = Self::try_parse_from(words)?;
        let wrong = if args.task.is_some() { args.logs.first() } else { args.logs.iter().find(|path| !path.is_file()) };
        let Some(word) = wrong else { return Ok(args) };
        let word = word.display();
        let message = format!("`{word}` is neither a command nor a file; `tftsr --help` lists the commands");
        Err(Self::command().error(ErrorKind::InvalidSubcommand, message))
    }
}

/// What can be done without a window.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// From logs to an RCA: import, detect, redact, analyze, whys, document
    Triage(TriageArgs),
    /// Find personal data and secrets in a text
    Detect(DetectArgs),
    /// Replace personal data and secrets in a text by placeholders
    Redact(RedactArgs),
    /// List, show, search, export or delete issues
    #[command(subcommand)]
    Issue(IssueTask),
    /// Export or check the documents of an issue
    #[command(subcommand)]
    Document(DocumentTask),
    /// Put an issue's document or ticket into Confluence, ServiceNow or Azure DevOps
    Publish(Box<PublishArgs>),
    /// Configure AI providers
    #[command(subcommand)]
    Provider(ProviderTask),
    /// Manage the models of an Ollama
    Ollama(OllamaArgs),
    /// Connect Confluence, ServiceNow and Azure DevOps
    #[command(subcommand)]
    Integration(IntegrationTask),
    /// What is always redacted, and what is never flagged
    #[command(subcommand)]
    Rules(RulesTask),
    /// Read, verify or export the audit log
    #[command(subcommand)]
    Audit(AuditTask),
    /// Write a checked copy of all data
    Backup(BackupArgs),
    /// Put a back-up in the place of all data; what was there is kept
    Restore(RestoreArgs),
    /// Check database, key, folders and their permissions
    Doctor,
    /// Write manual pages or completions for shells
    #[command(subcommand, hide = true)]
    Generate(GenerateTask),
}

/// What packages carry besides the program.
#[derive(Debug, Subcommand)]
pub enum GenerateTask {
    /// A manual page for each command
    Man { folder: PathBuf },
    /// Completions for each shell
    Completions { folder: PathBuf },
}

#[derive(Debug, ClapArgs)]
pub struct TriageArgs {
    /// Log files: any text, also .gz and .zst
    #[arg(required = true, value_name = "LOG")]
    pub logs: Vec<PathBuf>,
    /// What broke, in a few words
    #[arg(long)]
    pub title: String,
    /// What is known so far
    #[arg(long, default_value = "")]
    pub description: String,
    /// Field of knowledge; suggested from the words and the logs when left out
    #[arg(long, value_parser = domain)]
    pub domain: Option<Domain>,
    #[arg(long, default_value = "P3", value_parser = severity)]
    pub severity: Severity,
    /// When the trouble began, such as 2026-03-01T01:40:00Z
    #[arg(long, value_name = "TIME")]
    pub started: Option<Timestamp>,
    /// Name of a configured provider; default is the built-in guide
    #[arg(long, value_name = "NAME")]
    pub provider: Option<String>,
    /// Where the RCA goes (.md, .html, .pdf or .docx); standard output when left out
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// internal: real values; external: placeholders
    #[arg(long, default_value = "internal", value_parser = audience)]
    pub audience: Audience,
    /// Accept what is sent to the provider unseen, and replace FILE if it exists
    #[arg(long)]
    pub yes: bool,
}

#[derive(Debug, ClapArgs)]
pub struct DetectArgs {
    /// A file, or - for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    pub file: PathBuf,
    /// Read lines of {"id","text"} and write lines of {"id","spans":[{"start","end","type"}]}
    #[arg(long)]
    pub jsonl: bool,
}

#[derive(Debug, ClapArgs)]
pub struct RedactArgs {
    /// A file, or - for standard input
    #[arg(default_value = "-", value_name = "FILE")]
    pub file: PathBuf,
    /// Where the redacted text goes; standard output when left out
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum IssueTask {
    /// The latest issues
    List {
        #[arg(long, value_parser = status)]
        status: Vec<Status>,
        #[arg(long, value_parser = severity)]
        severity: Vec<Severity>,
        #[arg(long, value_parser = domain)]
        domain: Vec<Domain>,
        #[arg(long)]
        tag: Option<String>,
        #[arg(long, default_value_t = 50)]
        limit: u64,
    },
    /// One issue with its whys and evidence
    Show {
        /// Its id, or a part of it that no other has
        id: String,
    },
    /// Full-text search over titles, descriptions, whys, documents and chat
    Search {
        #[arg(required = true)]
        words: Vec<String>,
        #[arg(long, default_value_t = 50)]
        limit: u64,
    },
    /// The whole issue as Markdown
    Export {
        id: String,
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Replace FILE if it exists
        #[arg(long)]
        yes: bool,
    },
    /// Remove an issue and all that belongs to it, but for its audit entries
    Delete {
        id: String,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum DocumentTask {
    /// Write a document to a file; drafts it from the stored facts where there is none yet
    Export(DocumentExportArgs),
    /// List what a document lacks
    Check {
        /// Id of an issue, or a part of it that no other has
        issue: String,
        #[arg(long, default_value = "rca", value_parser = document_kind)]
        kind: DocumentKind,
    },
}

#[derive(Debug, ClapArgs)]
pub struct DocumentExportArgs {
    /// Id of an issue, or a part of it that no other has
    pub issue: String,
    #[arg(long, default_value = "rca", value_parser = document_kind)]
    pub kind: DocumentKind,
    /// md, html, pdf or docx; when left out, the ending of FILE says it
    #[arg(long, value_parser = document_format)]
    pub format: Option<&'static DocumentFormat>,
    /// internal: real values; external: placeholders
    #[arg(long, default_value = "internal", value_parser = audience)]
    pub audience: Audience,
    /// a4 or letter; the one used last when left out
    #[arg(long, value_parser = paper)]
    pub paper: Option<Paper>,
    /// Where it goes; a name of its own in this folder when left out
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long)]
    pub force: bool,
}

#[derive(Debug, Subcommand)]
pub enum RulesTask {
    /// All rules, with their numbers
    List,
    /// Add a rule for all issues
    Add {
        /// always: redact it; never: do not flag it
        #[arg(value_parser = rule_action)]
        action: RuleAction,
        /// The text, or the pattern
        text: String,
        /// words: exact text; `any_case`: text in any case; pattern: a regular expression
        #[arg(long = "match", default_value = "words", value_name = "HOW", value_parser = rule_match)]
        matcher: RuleMatch,
    },
    /// Remove a rule
    Remove {
        /// As `tftsr rules list` shows it
        number: u64,
    },
    /// Add the rules of a file (TOML) that are not there yet, all or none
    Import { file: PathBuf },
    /// Write the rules for all issues to a file (TOML)
    Export {
        file: PathBuf,
        /// Replace FILE if it exists
        #[arg(long)]
        yes: bool,
    },
}

#[derive(Debug, Subcommand)]
pub enum AuditTask {
    /// The latest entries, newest first
    List {
        /// Such as `ai_send`
        #[arg(long)]
        action: Option<String>,
        /// Id of an issue, log, document or provider
        #[arg(long)]
        entity: Option<String>,
        /// 0 means all
        #[arg(long, default_value_t = 50)]
        limit: u64,
    },
    /// Prove that nothing was changed, removed or reordered
    Verify,
    /// Write all entries as JSON Lines, oldest first
    Export {
        path: PathBuf,
        /// Replace the file if it is there
        #[arg(long)]
        overwrite: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub struct BackupArgs {
    /// Where to; without it, into the data folder's `backups`
    #[arg(short, long)]
    pub out: Option<PathBuf>,
    /// Encrypt the copy under a passphrase of its own, read from standard input, so that another machine can open it
    #[arg(long)]
    pub passphrase_stdin: bool,
    /// Replace the file if it is there
    #[arg(long)]
    pub overwrite: bool,
}

#[derive(Debug, ClapArgs)]
pub struct RestoreArgs {
    pub file: PathBuf,
    /// Read the passphrase of the back-up from standard input; without it, it opens with the key in use
    #[arg(long)]
    pub passphrase_stdin: bool,
    /// Replace all data without being asked
    #[arg(long)]
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn an_unknown_domain_is_answered_with_the_known_ones() {
        let error =
            Args::try_parse_from(["tftsr", "triage", "a.log", "--title", "t", "--domain", "cooking"]).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(error.to_string().contains("kubernetes"));
    }

    fn read(words: &[&str]) -> Result<Args, clap::Error> {
        Args::read(words.iter().map(OsString::from))
    }

    #[test]
    fn files_are_for_the_window_and_anything_else_is_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("app.log");
        std::fs::write(&log, "x").unwrap();
        let log = log.to_str().unwrap();
        assert_eq!(read(&["tftsr", log, log]).unwrap().logs.len(), 2);
        assert!(read(&["tftsr", "--json", "issue", "list"]).unwrap().logs.is_empty());
        for words in [&["tftsr", "traige"][..], &["tftsr", log, "traige"], &["tftsr", "--json", log, "doctor"]] {
            let error = read(words).unwrap_err();
            assert_eq!(error.exit_code(), 2, "{words:?}");
        }
        let error = read(&["tftsr", "traige"]).unwrap_err().to_string();
        assert!(error.contains("`traige` is neither a command nor a file"), "{error}");
    }

    #[test]
    fn no_command_means_the_window() {
        assert!(Args::try_parse_from(["tftsr"]).unwrap().task.is_none());
    }
}
