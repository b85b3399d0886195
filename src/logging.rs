//! The program's own log: to standard error and to a small rotated file beside the database.
//!
//! What is logged is made of types that print no text of the user and no secret; the file is for the owner's eyes only
//! all the same.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// A file larger than this is put aside when the program starts.
const ROTATE_AT_BYTES: u64 = 1024 * 1024;
/// How many old files are kept.
const KEPT: u32 = 4;

/// Starts logging. `TFTSR_LOG` chooses what standard error shows, such as `debug` or `tftsr=trace`; default is errors.
///
/// The file is left out when it cannot be written: a full disk must not keep the program from starting.
pub fn start(folder: Option<&Path>) {
    let to_stderr = fmt::layer()
        .with_writer(io::stderr)
        .with_target(false)
        .with_filter(EnvFilter::try_from_env("TFTSR_LOG").unwrap_or_else(|_unset| EnvFilter::new("tftsr=error")));
    let to_file = folder.and_then(|folder| open(folder).ok()).map(|file| {
        fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(EnvFilter::new("tftsr=info"))
    });
    // A second start within one process, as in tests, keeps the first.
    tracing_subscriber::registry().with(to_stderr).with(to_file).try_init().ok();
}

fn open(folder: &Path) -> io::Result<File> {
    let current = folder.join("tftsr.log");
    if fs::metadata(&current).is_ok_and(|found| found.len() > ROTATE_AT_BYTES) {
        for number in (1..KEPT).rev() {
            let older = folder.join(format!("tftsr.{number}.log"));
            if older.exists() {
                fs::rename(&older, folder.join(format!("tftsr.{}.log", number + 1)))?;
            }
        }
        fs::rename(&current, folder.join("tftsr.1.log"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(current)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_file_is_put_aside_and_four_old_ones_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        for _start in 0..7 {
            let file = open(folder.path()).unwrap();
            file.set_len(ROTATE_AT_BYTES + 1).unwrap();
        }
        open(folder.path()).unwrap();
        let mut names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["tftsr.1.log", "tftsr.2.log", "tftsr.3.log", "tftsr.4.log", "tftsr.log"]);
    }
}
