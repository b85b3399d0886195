//! The program of Ollama on this machine: where it is, where its models are, and how it is started.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where a service of Linux keeps what belongs to the account `ollama`.
const SERVICE_MODELS: &str = "/usr/share/ollama/.ollama/models";

const SERVICE_FILES: [&str; 3] = [
    "/etc/systemd/system/ollama.service",
    "/usr/lib/systemd/system/ollama.service",
    "/lib/systemd/system/ollama.service",
];

const NAME: &str = if cfg!(windows) { "ollama.exe" } else { "ollama" };

/// An Ollama that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::worker) struct Program {
    pub(in crate::worker) path: PathBuf,
    /// Whether the system is set up to run it as a service.
    pub(in crate::worker) is_service: bool,
}

/// On `PATH`, else in the places where its installers put it.
pub(in crate::worker) fn find_program() -> Option<Program> {
    let path = find(&std::env::var_os("PATH").unwrap_or_default(), &usual_places())?;
    let is_service = cfg!(target_os = "linux") && SERVICE_FILES.iter().any(|file| Path::new(file).exists());
    Some(Program { path, is_service })
}

fn find(path_variable: &OsStr, usual: &[PathBuf]) -> Option<PathBuf> {
    let on_path = std::env::split_paths(path_variable).filter(|folder| folder.is_absolute());
    on_path.map(|folder| folder.join(NAME)).chain(usual.iter().cloned()).find(|candidate| is_program(candidate))
}

fn usual_places() -> Vec<PathBuf> {
    let home = std::env::home_dir().unwrap_or_default();
    let mut places: Vec<PathBuf> = Vec::new();
    if cfg!(windows) {
        let folders = ["LOCALAPPDATA", "ProgramFiles"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
        places.extend(folders.flat_map(|one| [one.join("Programs").join("Ollama"), one.join("Ollama")]));
    } else if cfg!(target_os = "macos") {
        places.extend(["/Applications", "/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from));
        let inside = Path::new("Ollama.app/Contents/Resources");
        places.extend([Path::new("/Applications").join(inside), home.join("Applications").join(inside)]);
    } else {
        places.extend(["/usr/local/bin", "/usr/bin", "/opt/ollama/bin", "/snap/bin"].map(PathBuf::from));
        places.push(home.join(".local/bin"));
    }
    places.into_iter().map(|folder| folder.join(NAME)).collect()
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// `OLLAMA_MODELS`, else the folder of the service where there is one, else that of this account.
pub(in crate::worker) fn model_folder() -> Option<PathBuf> {
    let chosen = std::env::var_os("OLLAMA_MODELS").filter(|value| !value.is_empty()).map(PathBuf::from);
    let service = Path::new(SERVICE_MODELS);
    chosen
        .or_else(|| (cfg!(target_os = "linux") && service.is_dir()).then(|| service.to_owned()))
        .or_else(|| Some(std::env::home_dir()?.join(".ollama").join("models")))
}

/// Starts the server, detached: it goes on when this program ends, and nothing that it prints is kept. `address` is
/// where it is to listen.
pub(in crate::worker) fn launch(program: &Path, address: &str) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.arg("serve").env("OLLAMA_HOST", address);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    detach(&mut command);
    command.spawn()
}

/// Out of the reach of Ctrl+C at the terminal of this program.
#[cfg(unix)]
fn detach(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[cfg(windows)]
fn detach(command: &mut Command) {
    use std::os::windows::process::CommandExt as _;
    const DETACHED_PROCESS: u32 = 0x0000_0008;
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    command.creation_flags(DETACHED_PROCESS | CREATE_NEW_PROCESS_GROUP);
}

#[cfg(not(any(unix, windows)))]
fn detach(_: &mut Command) {}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    fn script(folder: &Path, text: &str, mode: u32) -> PathBuf {
        let path = folder.join(NAME);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn a_program_is_found_on_the_path_first_and_must_be_one() {
        let (a, b, c) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        script(a.path(), "", 0o644);
        let on_path = script(b.path(), "", 0o755);
        let usual = script(c.path(), "", 0o755);
        let path = std::env::join_paths([a.path(), b.path()]).unwrap();
        assert_eq!(find(&path, std::slice::from_ref(&usual)), Some(on_path));
        assert_eq!(find(OsStr::new(""), std::slice::from_ref(&usual)), Some(usual));
        assert_eq!(find(a.path().as_os_str(), &[]), None);
    }

    #[test]
    fn the_server_is_told_where_to_listen_and_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let text = format!("#!/bin/sh\necho \"$1 $OLLAMA_HOST\" > '{}'\n", told.display());
        let script = script(folder.path(), &text, 0o755);
        // A test beside this one that starts a program holds the script open for a moment.
        let mut child = (0..100)
            .find_map(|_| match launch(&script, "127.0.0.1:11999") {
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => None,
                started => Some(started.unwrap()),
            })
            .unwrap();
        assert!(child.wait().unwrap().success());
        assert_eq!(fs::read_to_string(told).unwrap(), "serve 127.0.0.1:11999\n");
    }
}
