//! Where data lies: one folder that only its owner can read.

use super::StoreError;
use etcetera::BaseStrategy as _;
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::path::{Path, PathBuf};

/// The folder that holds everything the program keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDir {
    root: PathBuf,
}

impl DataDir {
    /// `flag` if it is given, else `TFTSR_DATA_DIR`, else the platform's data folder. Makes nothing.
    pub fn resolve(flag: Option<&Path>) -> Result<Self, StoreError> {
        Self::choose(flag, std::env::var_os("TFTSR_DATA_DIR"))
    }

    fn choose(flag: Option<&Path>, variable: Option<OsString>) -> Result<Self, StoreError> {
        let chosen = flag.map(Path::to_owned).or_else(|| variable.filter(|value| !value.is_empty()).map(PathBuf::from));
        let root = match chosen {
            Some(path) => std::path::absolute(path).map_err(StoreError::io("finding the data folder"))?,
            None => match etcetera::base_strategy::choose_native_strategy() {
                Ok(platform) => platform.data_dir().join("tftsr"),
                Err(_) => return Err(StoreError::NoDataDir),
            },
        };
        Ok(Self { root })
    }

    /// This very folder.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn database(&self) -> PathBuf {
        self.root.join("tftsr.db")
    }

    /// Copies of the database.
    pub fn backups(&self) -> PathBuf {
        self.root.join("backups")
    }

    /// The user's own templates of documents.
    pub fn templates(&self) -> PathBuf {
        self.root.join("templates")
    }

    /// Where documents are exported to unless the user says otherwise.
    pub fn exports(&self) -> PathBuf {
        self.root.join("exports")
    }

    /// The program's own log.
    pub fn logs(&self) -> PathBuf {
        self.root.join("logs")
    }

    pub(super) fn lock(&self) -> PathBuf {
        self.root.join("tftsr.lock")
    }

    /// Makes the folders, with mode 0700.
    ///
    /// An existing folder is narrowed only if it is empty or holds a database already: somebody may have named a
    /// folder that others use too. The doctor tells of one that stayed wide.
    pub fn create(&self) -> Result<(), StoreError> {
        let doing = "making the data folder";
        make_private_dir(&self.root).map_err(StoreError::io(doing))?;
        let mut entries = fs::read_dir(&self.root).map_err(StoreError::io(doing))?;
        if entries.next().is_none() || self.database().exists() {
            narrow(&self.root, 0o700).map_err(StoreError::io(doing))?;
        }
        for below in [self.backups(), self.exports(), self.logs()] {
            make_private_dir(&below).map_err(StoreError::io(doing))?;
            narrow(&below, 0o700).map_err(StoreError::io(doing))?;
        }
        Ok(())
    }
}

/// Opens or makes a file that only its owner can read and write.
pub(super) fn open_private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    narrow(path, 0o600)?;
    Ok(file)
}

fn make_private_dir(path: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Takes the rights of others away, where there are such rights.
#[cfg(unix)]
fn narrow(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    if is_private(mode_of(path)?) {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn narrow(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

/// The permission bits of a file or folder.
#[cfg(unix)]
pub(super) fn mode_of(path: &Path) -> std::io::Result<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(path)?.permissions().mode() & 0o777)
}

/// Whether group and others have no right at all.
#[cfg(unix)]
pub(super) const fn is_private(mode: u32) -> bool {
    mode.is_multiple_of(0o100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_comes_before_the_variable_and_both_before_the_platform() {
        let flag = Path::new("/a");
        let variable = || Some(OsString::from("/b"));
        assert_eq!(DataDir::choose(Some(flag), variable()).unwrap().root(), std::path::absolute("/a").unwrap());
        assert_eq!(DataDir::choose(None, variable()).unwrap().root(), std::path::absolute("/b").unwrap());
        let platform = DataDir::choose(None, Some(OsString::new())).unwrap();
        assert!(platform.root().ends_with("tftsr"));
    }

    #[test]
    fn a_relative_folder_does_not_move_with_the_process() {
        assert!(DataDir::choose(Some(Path::new("x")), None).unwrap().root().is_absolute());
    }

    #[cfg(unix)]
    #[test]
    fn folders_are_private_but_a_strangers_folder_stays_as_it_is() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let own = DataDir::at(parent.path().join("a/b"));
        own.create().unwrap();
        assert_eq!(mode_of(own.root()).unwrap(), 0o700);
        assert_eq!(mode_of(&own.backups()).unwrap(), 0o700);

        let shared = parent.path().join("shared");
        fs::create_dir(&shared).unwrap();
        fs::write(shared.join("theirs.txt"), "x").unwrap();
        fs::set_permissions(&shared, fs::Permissions::from_mode(0o755)).unwrap();
        DataDir::at(&shared).create().unwrap();
        assert_eq!(mode_of(&shared).unwrap(), 0o755);
    }
}
