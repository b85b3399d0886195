//! Manual pages and completions for shells, out of the same definition that reads the command line. For packagers.

use super::args::{Args, GenerateTask};
use super::output::CliError;
use clap::{CommandFactory as _, ValueEnum as _};
use clap_complete::Shell;
use std::fs;

/// Writes files into the folder that the task names, which is made if it is missing.
pub(super) fn run(task: &GenerateTask) -> Result<(), CliError> {
    match task {
        GenerateTask::Man { folder } => {
            fs::create_dir_all(folder)?;
            clap_mangen::generate_to(Args::command(), folder)?;
        }
        GenerateTask::Completions { folder } => {
            fs::create_dir_all(folder)?;
            for shell in Shell::value_variants() {
                clap_complete::generate_to(*shell, &mut Args::command(), "tftsr", folder)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_manual_page_and_hidden_ones_have_none() {
        let folder = tempfile::tempdir().unwrap();
        run(&GenerateTask::Man { folder: folder.path().join("man") }).unwrap();
        for page in ["tftsr.1", "tftsr-triage.1", "tftsr-issue-export.1"] {
            let text = fs::read_to_string(folder.path().join("man").join(page)).unwrap();
            assert!(text.contains(".SH NAME"), "{page}: {text}");
        }
        assert!(!folder.path().join("man/tftsr-generate.1").exists());
    }

    #[test]
    fn the_usual_shells_complete_the_commands() {
        let folder = tempfile::tempdir().unwrap();
        run(&GenerateTask::Completions { folder: folder.path().to_owned() }).unwrap();
        for script in ["tftsr.bash", "_tftsr", "tftsr.fish", "_tftsr.ps1"] {
            let text = fs::read_to_string(folder.path().join(script)).unwrap();
            assert!(text.contains("triage"), "{script}");
        }
    }
}
