//! A file that is whole or as it was before: what was written until the program was stopped never takes its place.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Writes beside the target, and takes its place in the end.
///
/// What is no usual file, such as `/dev/null` or a pipe, is written to as it stands.
#[derive(Debug)]
pub(super) struct WholeFile {
    target: PathBuf,
    /// What is written for now; `None` when it is the target itself, or has become it.
    temporary: Option<PathBuf>,
    file: BufWriter<File>,
}

impl WholeFile {
    /// Fails when the folder is not there or cannot be written.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        // Where a link leads is replaced, not the link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&target).ok();
        if before.as_ref().is_some_and(|found| !found.is_file()) {
            return Ok(Self { file: BufWriter::new(File::create(&target)?), target, temporary: None });
        }
        let mut name = target.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".{}.part", std::process::id()));
        let temporary = target.with_file_name(name);
        let file = BufWriter::new(File::create(&temporary)?);
        let whole = Self { target, temporary: Some(temporary), file };
        if let Some(before) = before {
            // Who may read the file stays as it was.
            whole.file.get_ref().set_permissions(before.permissions())?;
        }
        Ok(whole)
    }

    /// Puts what was written in the target's place.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.file.flush()?;
        if let Some(temporary) = &self.temporary {
            self.file.get_ref().sync_all()?;
            fs::rename(temporary, &self.target)?;
            self.temporary = None;
        }
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Half a file is of no use; that it cannot be removed changes nothing about why it is half.
            fs::remove_file(temporary).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn until_it_is_whole_the_file_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("redacted.log");
        fs::write(&path, "before").unwrap();

        let mut file = WholeFile::create(&path).unwrap();
        file.write_all(b"half of what is").unwrap();
        file.flush().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "before");

        file.write_all(b" new").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "half of what is new");
        assert_eq!(names(folder.path()), ["redacted.log"]);
    }

    #[test]
    fn what_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = WholeFile::create(&folder.path().join("redacted.log")).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);

        assert!(names(folder.path()).is_empty());
    }

    #[cfg(unix)]
    #[test]
    fn links_permissions_and_devices_stay_what_they_are() {
        use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("private.log"), folder.path().join("link.log"));
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&path, &link).unwrap();

        let mut file = WholeFile::create(&link).unwrap();
        file.write_all(b"after").unwrap();
        file.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "after");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());

        let mut device = WholeFile::create(Path::new("/dev/null")).unwrap();
        device.write_all(b"gone").unwrap();
        device.finish().unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
    }
}
