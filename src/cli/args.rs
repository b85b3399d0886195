//! The words of the command line.

use super::publish_args::PublishArgs;
use crate::domain::{
    ApiFormat, Audience, ConfluenceApi, DocumentKind, Domain, ModelId, Paper, Price, ProviderKind, Proxy, RuleAction,
    RuleMatch, Service, Severity, SignIn, Status,
};
use crate::worker::{DOCUMENT_FORMATS, DocumentFormat, PRESETS, Preset};
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

/// Each names a service: `confluence`, `servicenow` or `azuredevops`.
#[derive(Debug, Subcommand)]
pub enum IntegrationTask {
    /// How the services are set up, and whether they are connected
    Show {
        #[arg(value_parser = service)]
        service: Option<Service>,
    },
    /// Look for pages, incidents or work items; the words pass the privacy gate
    Search {
        #[arg(value_parser = service)]
        service: Service,
        #[arg(required = true)]
        words: Vec<String>,
        /// The key of a space, or the name of a project
        #[arg(long)]
        place: Option<String>,
        #[arg(long, default_value_t = 10)]
        limit: usize,
    },
    /// Set a service up. Only what is given changes. Secrets are never arguments
    Set(Box<IntegrationArgs>),
    /// Sign in, with the browser or with the stored secret
    Connect {
        #[arg(value_parser = service)]
        service: Service,
        /// Print the page's URL and open no browser
        #[arg(long)]
        print_url: bool,
    },
    /// Make a call that changes nothing
    Test {
        #[arg(value_parser = service)]
        service: Service,
    },
    /// Remove the stored sign-in
    Disconnect {
        #[arg(value_parser = service)]
        service: Service,
    },
}

#[derive(Debug, ClapArgs)]
pub struct IntegrationArgs {
    #[arg(value_parser = service)]
    pub service: Service,
    /// Address of the site, instance or organization
    #[arg(long)]
    pub url: Option<String>,
    /// `oauth`, `basic` (user and password; Confluence Cloud: e-mail and API token) or `token`
    #[arg(long, value_parser = sign_in)]
    pub sign_in: Option<SignIn>,
    /// User name or e-mail address
    #[arg(long)]
    pub user: Option<String>,
    /// Azure DevOps
    #[arg(long)]
    pub project: Option<String>,
    /// Confluence: key of the space
    #[arg(long)]
    pub space: Option<String>,
    /// Confluence: `auto`, `v1` or `v2`
    #[arg(long, value_parser = confluence_api)]
    pub api: Option<ConfluenceApi>,
    /// Whether an issue that starts with P1 or P2 makes a ticket
    #[arg(long)]
    pub auto_create: Option<bool>,
    #[arg(long)]
    pub client_id: Option<String>,
    #[arg(long)]
    pub authorize_url: Option<String>,
    #[arg(long)]
    pub token_url: Option<String>,
    /// With blanks between them
    #[arg(long)]
    pub scopes: Option<String>,
    /// Confluence Cloud: where OAuth tokens are good
    #[arg(long)]
    pub gateway_url: Option<String>,
    /// Azure DevOps: the company's directory
    #[arg(long)]
    pub tenant: Option<String>,
    /// Where the browser comes back to
    #[arg(long)]
    pub port: Option<u16>,
    /// How long an answer may take to begin, in seconds
    #[arg(long)]
    pub timeout: Option<u32>,
    /// Azure DevOps
    #[arg(long)]
    pub work_item_type: Option<String>,
    /// ServiceNow
    #[arg(long)]
    pub category: Option<String>,
    /// ServiceNow
    #[arg(long)]
    pub assignment_group: Option<String>,
    /// ServiceNow
    #[arg(long)]
    pub caller: Option<String>,
    /// Read the password or access token from this environment variable
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["secret_stdin", "secret_prompt"])]
    pub secret_env: Option<String>,
    /// Read the password or access token from standard input
    #[arg(long, conflicts_with = "secret_prompt")]
    pub secret_stdin: bool,
    /// Ask for the password or access token at the terminal
    #[arg(long)]
    pub secret_prompt: bool,
    /// Read the client secret from this environment variable
    #[arg(long, value_name = "VARIABLE")]
    pub client_secret_env: Option<String>,
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
pub enum ProviderTask {
    /// The configured providers
    List,
    /// Well-known servers, for `provider add --preset`
    Presets,
    /// Add or change a provider. The key is never an argument
    Add(Box<ProviderArgs>),
    /// Reach, authorize, model, answer
    Test { name: String },
    /// The models that the server offers
    Models { name: String },
    /// Remove a provider and its key
    Remove { name: String },
}

#[derive(Debug, ClapArgs)]
pub struct ProviderArgs {
    #[arg(long)]
    pub name: String,
    /// A well-known server to begin with, such as Anthropic; see `tftsr provider presets`
    #[arg(long, value_name = "PRESET", value_parser = preset)]
    pub preset: Option<&'static Preset>,
    #[arg(long, value_parser = provider_kind, required_unless_present = "preset")]
    pub kind: Option<ProviderKind>,
    /// Base URL, such as `http://localhost:11434`
    #[arg(long, required_unless_present = "preset")]
    pub url: Option<String>,
    #[arg(long, required_unless_present = "preset")]
    pub model: Option<String>,
    #[arg(long, value_parser = api_format)]
    pub api_format: Option<ApiFormat>,
    /// Behind the base URL; the default is the format's own, such as /chat/completions
    #[arg(long, value_name = "PATH")]
    pub endpoint_path: Option<String>,
    /// The default is the format's own, such as Authorization
    #[arg(long, value_name = "NAME")]
    pub auth_header: Option<String>,
    /// The default is the format's own, such as "Bearer "
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub auth_prefix: Option<String>,
    /// Further header, may be repeated
    #[arg(long = "header", value_name = "NAME=VALUE", value_parser = header)]
    pub headers: Vec<(String, String)>,
    /// Tokens that fit into the model's context
    #[arg(long, value_name = "TOKENS")]
    pub context_window: Option<u32>,
    /// Longest answer
    #[arg(long, value_name = "TOKENS", default_value_t = 4096)]
    pub max_tokens: u32,
    /// From 0 to 2, or `none` to leave it to the server
    #[arg(long, value_name = "NUMBER", value_parser = temperature)]
    pub temperature: Option<Temperature>,
    /// Who asks, for the kind `msi_genai`
    #[arg(long, value_name = "ID")]
    pub user_id: Option<String>,
    /// How long to wait for the first word
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub first_byte_timeout: u32,
    /// The longest silence within an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub idle_timeout: u32,
    /// system, none, or the address of a proxy
    #[arg(long, value_name = "PROXY", default_value = "system", value_parser = proxy)]
    pub proxy: Proxy,
    /// The server hands requests on to others elsewhere, as a gateway on this machine does
    #[arg(long)]
    pub forwards: bool,
    /// US$ per million tokens of prompt and answer, such as 3/15
    #[arg(long, value_name = "PROMPT/ANSWER", value_parser = price)]
    pub price: Option<Price>,
    /// Environment variable that holds the key
    #[arg(long, value_name = "VARIABLE", conflicts_with = "key_stdin")]
    pub key_env: Option<String>,
    /// Read the key from standard input
    #[arg(long)]
    pub key_stdin: bool,
    /// Use it from now on when nothing else is said
    #[arg(long)]
    pub default: bool,
}

#[derive(Debug, ClapArgs)]
pub struct OllamaArgs {
    /// Address of the Ollama; default is the one of the settings
    #[arg(long, global = true)]
    pub url: Option<String>,
    #[command(subcommand)]
    pub task: OllamaCliTask,
}

#[derive(Debug, Subcommand)]
pub enum OllamaCliTask {
    /// Whether it runs, and how to install or start it
    Status,
    /// Start the Ollama that is installed here
    Start,
    /// Processor, memory, graphics cards and disk of this machine
    Hardware,
    /// Which models suit this machine, best first
    Recommend,
    /// The models that are on its disk
    List,
    /// What a model says of itself
    Show {
        #[arg(value_parser = model)]
        model: ModelId,
    },
    /// Fetch models, one after the other; what was begun before goes on where it stopped
    Pull {
        #[arg(required = true, value_name = "MODEL", value_parser = model)]
        models: Vec<ModelId>,
        /// Do not look whether there is room on the disk
        #[arg(long)]
        ignore_space: bool,
    },
    /// Delete a model from its disk
    Rm {
        #[arg(value_parser = model)]
        model: ModelId,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// The models that are in memory
    Ps,
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

pub(super) fn one_of<T: Copy>(
    word: &str,
    found: Option<T>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, String> {
    found.ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|one| name(*one)).collect();
        format!("`{word}` is none of {}", words.join(", "))
    })
}

fn model(word: &str) -> Result<ModelId, String> {
    ModelId::parse(word).ok_or_else(|| "a model's name has letters, digits and . _ : / @ + - only".to_owned())
}

fn domain(word: &str) -> Result<Domain, String> {
    one_of(word, Domain::parse(word), Domain::ALL, Domain::as_str)
}

pub(super) fn severity(word: &str) -> Result<Severity, String> {
    one_of(word, Severity::parse(word), Severity::ALL, Severity::as_str)
}

fn status(word: &str) -> Result<Status, String> {
    one_of(word, Status::parse(word), Status::ALL, Status::as_str)
}

pub(super) fn audience(word: &str) -> Result<Audience, String> {
    one_of(word, Audience::parse(word), Audience::ALL, Audience::as_str)
}

fn document_kind(word: &str) -> Result<DocumentKind, String> {
    one_of(word, DocumentKind::parse(word), DocumentKind::ALL, DocumentKind::as_str)
}

fn paper(word: &str) -> Result<Paper, String> {
    one_of(word, Paper::parse(word), Paper::ALL, Paper::as_str)
}

fn document_format(word: &str) -> Result<&'static DocumentFormat, String> {
    one_of(word, crate::worker::document_format(word), DOCUMENT_FORMATS, |format| format.extension)
}

pub(super) fn service(word: &str) -> Result<Service, String> {
    one_of(word, Service::parse(word), Service::ALL, Service::as_str)
}

fn sign_in(word: &str) -> Result<SignIn, String> {
    one_of(word, SignIn::parse(word), SignIn::ALL, SignIn::as_str)
}

fn confluence_api(word: &str) -> Result<ConfluenceApi, String> {
    one_of(word, ConfluenceApi::parse(word), ConfluenceApi::ALL, ConfluenceApi::as_str)
}

fn provider_kind(word: &str) -> Result<ProviderKind, String> {
    let kinds: Vec<_> = ProviderKind::ALL.iter().copied().filter(|kind| *kind != ProviderKind::Guide).collect();
    let found = ProviderKind::parse(word).filter(|kind| kinds.contains(kind));
    one_of(word, found, &kinds, ProviderKind::as_str)
}

fn preset(name: &str) -> Result<&'static Preset, String> {
    let found = PRESETS.iter().find(|one| one.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<_> = PRESETS.iter().map(|one| one.name).collect();
        format!("`{name}` is none of {}", names.join(", "))
    })
}

/// What is to be sent as temperature; `None` leaves it to the server.
#[derive(Clone, Copy, Debug)]
pub struct Temperature(pub Option<f32>);

fn temperature(text: &str) -> Result<Temperature, String> {
    if text == "none" {
        return Ok(Temperature(None));
    }
    let value = text.parse().ok().filter(|value| (0.0..=2.0).contains(value));
    value.map(|value| Temperature(Some(value))).ok_or_else(|| "a number from 0 to 2, or none".to_owned())
}

fn proxy(text: &str) -> Result<Proxy, String> {
    Proxy::parse(text).ok_or_else(|| "system, none, or an address such as http://proxy:3128".to_owned())
}

fn price(text: &str) -> Result<Price, String> {
    let read = |text: &str| text.trim().parse().ok().filter(|price: &f64| (0.0..=1e6).contains(price));
    let both = text.split_once('/').and_then(|(prompt, completion)| read(prompt).zip(read(completion)));
    both.map(|(prompt, completion)| Price { prompt, completion }).ok_or_else(|| "two numbers such as 3/15".to_owned())
}

fn api_format(word: &str) -> Result<ApiFormat, String> {
    one_of(word, ApiFormat::parse(word), ApiFormat::ALL, ApiFormat::as_str)
}

fn rule_action(word: &str) -> Result<RuleAction, String> {
    one_of(word, RuleAction::parse(word), RuleAction::ALL, RuleAction::as_str)
}

fn rule_match(word: &str) -> Result<RuleMatch, String> {
    one_of(word, RuleMatch::parse(word), RuleMatch::ALL, RuleMatch::as_str)
}

fn header(text: &str) -> Result<(String, String), String> {
    let Some((name, value)) = text.split_once('=') else { return Err("write it as NAME=VALUE".to_owned()) };
    Ok((name.trim().to_owned(), value.trim().to_owned()))
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
