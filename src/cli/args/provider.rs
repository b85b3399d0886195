//! The words of `tftsr provider` and `tftsr ollama`.

use super::words::{Temperature, api_format, header, model, preset, price, provider_kind, proxy, temperature};
use crate::domain::{ApiFormat, ModelId, Price, ProviderKind, Proxy};
use crate::worker::Preset;
use clap::{Args as ClapArgs, Subcommand};

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
