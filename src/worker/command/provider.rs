//! What a front end asks of providers and of Ollama.

use crate::domain::{ModelId, ProviderConfig, ProviderId};
use secrecy::SecretString;

#[derive(Debug)]
pub enum ProviderCommand {
    /// Ends with `ProvidersListed`.
    List,
    /// A key of `None` leaves the stored one. Ends with `ProvidersListed`.
    Save { provider: ProviderConfig, key: Option<SecretString> },
    /// Ends with `ProvidersListed`.
    Remove(ProviderId),
    /// `TestStepDone` for each step; ends with `ProviderTested`. The stored key is used where none is given.
    Test { provider: ProviderConfig, key: Option<SecretString> },
    /// Ends with `ModelsListed`.
    ListModels { provider: ProviderConfig, key: Option<SecretString> },
}

/// About the models of an Ollama server: the one that the settings name. The command line may name another.
#[derive(Debug)]
pub struct OllamaCommand {
    pub at: Option<String>,
    pub task: OllamaTask,
}

#[derive(Debug)]
pub enum OllamaTask {
    /// Whether it runs, and where its program is. Ends with `OllamaStatusRead`.
    Status,
    /// Starts the program that is installed here, and waits until it answers. Ends with `OllamaStatusRead`.
    Start,
    /// What this machine has, and which models suit it. Needs no open store. Ends with `MachineRead`.
    Machine,
    /// Installed and loaded models. Ends with `OllamaModelsListed`.
    List,
    /// Ends with `OllamaModelShown`.
    Show(ModelId),
    /// Out of memory; it stays on disk. Ends with `OllamaModelsListed`.
    Unload(ModelId),
    /// From disk. Ends with `OllamaModelsListed`.
    Remove(ModelId),
    /// One after the other, in the order in which they were asked for. `PullProgressed`…, ends with `Pulled`; fails with
    /// `FailureKind::NoSpace` unless `ignores_space`. Dropping the job stops it; the server keeps what came.
    Pull { model: ModelId, ignores_space: bool },
}
