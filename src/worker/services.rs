//! What every handler may use.

use std::path::PathBuf;

/// What the command line decides before anything is opened.
#[derive(Clone, Debug, Default)]
pub struct WorkerOptions {
    /// `--data-dir`; else `TFTSR_DATA_DIR`, else the platform's folder.
    pub data_dir: Option<PathBuf>,
}

/// What every handler may use.
#[derive(Debug)]
pub(super) struct Services {
    pub(super) options: WorkerOptions,
}

impl Services {
    pub(super) const fn new(options: WorkerOptions) -> Self {
        Self { options }
    }
}
