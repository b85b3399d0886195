//! The front part of the `AppImage`: finds the file system behind itself, mounts it or unpacks it, and starts what is in it.
//!
//! Compatible with `AppImage`s of type 2. Needs nothing of the system it runs on: where FUSE is missing, it unpacks.
mod image;
mod mount;

use image::Image;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use std::ffi::OsString;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

const HELP: &str = "\
The program's own arguments are listed by --help. Those of the AppImage are:

  --appimage-extract            unpack into squashfs-root/
  --appimage-extract-and-run    unpack into a temporary folder, and start from there; as does APPIMAGE_EXTRACT_AND_RUN=1
  --appimage-mount              mount, print where, and wait for a signal
  --appimage-offset             print where the file system begins in this file
  --appimage-version            print the version of this front part
  --appimage-help               print this
";

fn main() -> ExitCode {
    match run() {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> io::Result<u8> {
    let file = env::current_exe().map_err(saying("this file cannot be found"))?;
    let image = Image::open(&file).map_err(saying("the AppImage is damaged"))?;
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let asked = arguments.first().and_then(|one| one.to_str()).unwrap_or_default().to_owned();
    let mut unpacked = env::var_os("APPIMAGE_EXTRACT_AND_RUN").is_some_and(|value| value == "1");
    match asked.as_str() {
        "--appimage-help" => return print(HELP),
        "--appimage-version" => return print(&format!("{} {}\n", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))),
        "--appimage-offset" => return print(&format!("{}\n", image.offset())),
        "--appimage-extract" => {
            image.extract(Path::new("squashfs-root")).map_err(saying("unpacking into squashfs-root"))?;
            return Ok(0);
        }
        "--appimage-mount" => return wait_mounted(image),
        "--appimage-extract-and-run" => {
            arguments.remove(0);
            unpacked = true;
        }
        _ => {}
    }
    if !unpacked && let Ok(mounted) = mount::mount(image.clone()) {
        let code = start(&file, mounted.folder(), &arguments);
        mounted.end();
        return code;
    }
    let folder = temporary("appimage_")?;
    image.extract(folder.path()).map_err(saying("unpacking; TMPDIR may name another folder"))?;
    start(&file, folder.path(), &arguments)
}

/// Puts what was being done before the system's words.
fn saying(doing: &'static str) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{doing}: {error}"))
}

fn print(text: &str) -> io::Result<u8> {
    io::stdout().write_all(text.as_bytes())?;
    Ok(0)
}

fn temporary(prefix: &str) -> io::Result<tempfile::TempDir> {
    tempfile::Builder::new().prefix(prefix).tempdir().map_err(saying("making a temporary folder"))
}

/// Runs `AppRun`, hands signals on to it, and tells how it ended.
fn start(file: &Path, folder: &Path, arguments: &[OsString]) -> io::Result<u8> {
    // Caught from before the start, so that none is lost in between.
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2])?;
    let called = env::args_os().next().map_or_else(|| file.to_owned(), PathBuf::from);
    let mut child = Command::new(folder.join("AppRun"))
        .args(arguments)
        .env("APPIMAGE", file)
        .env("APPDIR", folder)
        .env("ARGV0", called)
        .env("OWD", env::current_dir().unwrap_or_default())
        .spawn()
        .map_err(saying("starting the program; if /tmp forbids programs, let TMPDIR name another folder"))?;
    let pid = Pid::from_raw(i32::try_from(child.id()).map_err(io::Error::other)?);
    let handle = signals.handle();
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            if let Ok(signal) = Signal::try_from(signal) {
                // It may have ended just now.
                kill(pid, signal).ok();
            }
        }
    })?;
    let status = child.wait();
    handle.close();
    let status = status?;
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(u8::try_from(code).unwrap_or(1))
}

fn wait_mounted(image: Image) -> io::Result<u8> {
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
    let mounted = mount::mount(image).map_err(saying("mounting; --appimage-extract works without FUSE"))?;
    println!("{}", mounted.folder().display());
    io::stdout().flush()?;
    signals.forever().next();
    mounted.end();
    Ok(0)
}

/// Takes away the folder that something was mounted on. Never what is in it.
fn remove_empty(folder: &Path) {
    fs::remove_dir(folder).ok();
}
