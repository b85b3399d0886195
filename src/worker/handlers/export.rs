//! Writing a file that somebody else will read.

use crate::worker::blocking;
use crate::worker::failure::{Failure, FailureKind};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes to a temporary file beside the target and renames it: the target is whole or as it was before.
///
/// Fails with [`FailureKind::FileExists`] where something is and `overwrite` is not set.
pub(super) async fn write_atomically(path: PathBuf, bytes: Vec<u8>, overwrite: bool) -> Result<(), Failure> {
    blocking::run(move |_stop| write(&path, &bytes, overwrite)).await
}

fn write(path: &Path, bytes: &[u8], overwrite: bool) -> Result<(), Failure> {
    if !overwrite && path.exists() {
        return Err(Failure::new(
            FailureKind::FileExists,
            format!("{} exists already", crate::worker::import::name_of(path)),
            "Replace it, or choose another name",
        ));
    }
    let temporary = beside(path);
    let result = write_whole(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if result.is_err() {
        // Nothing is left behind; that it was never made is no second failure.
        fs::remove_file(&temporary).ok();
    }
    result.map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::NotFound => "The folder is not there; choose another one",
            io::ErrorKind::PermissionDenied => "The folder cannot be written; choose another one",
            io::ErrorKind::StorageFull => "The disk is full; free some space, or choose another place",
            _ => "Choose another place",
        };
        Failure::new(FailureKind::Other, "the file could not be written", advice).because(&error).retryable()
    })
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_only_when_asked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rca.md");
        write(&path, b"one", false).unwrap();
        let refused = write(&path, b"two", false).unwrap_err();
        assert_eq!(refused.kind, FailureKind::FileExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let failure = write(&folder.path().join("no/rca.md"), b"x", false).unwrap_err();
        assert_eq!(failure.advice, "The folder is not there; choose another one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
