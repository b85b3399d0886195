//! Writing a file that somebody else will read.

use crate::worker::blocking;
use crate::worker::command::Existing;
use crate::worker::failure::{Failure, FailureKind};
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many files of one name may stand side by side.
const MOST_NUMBERS: u32 = 999;

/// Where a file was written: not always under the name that was asked for.
#[derive(Debug)]
pub(super) struct Written(pub(super) PathBuf);

/// Writes to a temporary file beside the target and renames it: the target is whole or as it was before.
///
/// Fails with [`FailureKind::FileExists`] where something is and `existing` refuses.
pub(super) async fn write_atomically(path: PathBuf, bytes: Vec<u8>, existing: Existing) -> Result<Written, Failure> {
    blocking::run(move |_stop| write(&path, &bytes, existing)).await
}

fn write(path: &Path, bytes: &[u8], existing: Existing) -> Result<Written, Failure> {
    if existing == Existing::Refuse && path.exists() {
        return Err(exists(path));
    }
    let temporary = beside(path);
    let result = write_whole(&temporary, bytes).and_then(|()| place(&temporary, path, existing));
    // Nothing is left behind; that it is not there any more is no second failure.
    fs::remove_file(&temporary).ok();
    result.map(Written).map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AlreadyExists => return exists(path),
            io::ErrorKind::NotFound => "The folder is not there; choose another one",
            io::ErrorKind::PermissionDenied => "The folder cannot be written; choose another one",
            io::ErrorKind::StorageFull => "The disk is full; free some space, or choose another place",
            _ => "Choose another place",
        };
        Failure::new(FailureKind::Other, "the file could not be written", advice).because(&error).retryable()
    })
}

fn exists(path: &Path) -> Failure {
    let summary = format!("{} exists already", crate::worker::import::name_of(path));
    Failure::new(FailureKind::FileExists, summary, "Replace it, or choose another name")
}

/// Gives the finished file its name.
fn place(temporary: &Path, path: &Path, existing: Existing) -> io::Result<PathBuf> {
    match existing {
        Existing::Replace => fs::rename(temporary, path).map(|()| path.to_owned()),
        Existing::Refuse => take(temporary, path).map(|()| path.to_owned()),
        Existing::Number => {
            for number in 1..=MOST_NUMBERS {
                let name = numbered(path, number);
                match take(temporary, &name) {
                    Ok(()) => return Ok(name),
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error),
                }
            }
            Err(io::ErrorKind::AlreadyExists.into())
        }
    }
}

/// Takes a name that nothing has. A link cannot replace a file that came in the meantime, as a rename would; where the
/// file system knows no links, a look must do.
fn take(temporary: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists && error.kind() != io::ErrorKind::NotFound => {
            if path.exists() { Err(io::ErrorKind::AlreadyExists.into()) } else { fs::rename(temporary, path) }
        }
        result => result,
    }
}

/// `rca.pdf`, `rca (2).pdf`, `rca (3).pdf`.
fn numbered(path: &Path, number: u32) -> PathBuf {
    if number == 1 {
        return path.to_owned();
    }
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(" ({number})"));
    if let Some(ending) = path.extension() {
        name.push(".");
        name.push(ending);
    }
    path.with_file_name(name)
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
        write(&path, b"one", Existing::Refuse).unwrap();
        let refused = write(&path, b"two", Existing::Refuse).unwrap_err();
        assert_eq!(refused.kind, FailureKind::FileExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"two", Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_name_that_is_taken_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rca.v1.md");
        let names: Vec<_> = (0..3)
            .map(|_| write(&path, b"x", Existing::Number).unwrap().0.file_name().unwrap().to_os_string())
            .collect();
        assert_eq!(names, ["rca.v1.md", "rca.v1 (2).md", "rca.v1 (3).md"]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named_and_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let failure = write(&folder.path().join("no/rca.md"), b"x", Existing::Refuse).unwrap_err();
        assert_eq!(failure.advice, "The folder is not there; choose another one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
