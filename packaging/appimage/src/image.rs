//! The file system behind the program in one and the same file.

use backhand::{FilesystemReader, InnerNode, Node, SquashfsFileReader};
use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Component, Path};
use std::sync::Arc;

/// An open file system; clones share it.
#[derive(Clone)]
pub struct Image {
    offset: u64,
    reader: Arc<FilesystemReader<'static>>,
}

impl Image {
    /// Reads the directories of the file system that follows the program.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let offset = end_of_program(&mut file)?;
        let reader =
            FilesystemReader::from_reader_with_offset(BufReader::new(file), offset).map_err(io::Error::other)?;
        Ok(Self { offset, reader: Arc::new(reader) })
    }

    /// Where the file system begins, in bytes.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// All files and folders, sorted by path; the first is the root.
    pub fn nodes(&self) -> &[Node<SquashfsFileReader>] {
        &self.reader.root.nodes
    }

    /// At most `size` bytes of a file; fewer at its end.
    pub fn read(&self, file: &SquashfsFileReader, at: u64, size: u64) -> io::Result<Vec<u8>> {
        let opened = self.reader.file(file);
        let mut reader = opened.reader();
        reader.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        reader.take(size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Writes all of it below `folder`, which is made if it is missing.
    pub fn extract(&self, folder: &Path) -> io::Result<()> {
        for node in self.nodes() {
            let below = node.fullpath.strip_prefix("/").unwrap_or(&node.fullpath);
            if !below.components().all(|one| matches!(one, Component::Normal(_))) {
                return Err(io::Error::other("a path leads out of the file system"));
            }
            let path = folder.join(below);
            let mode = u32::from(node.header.permissions) & 0o777;
            match &node.inner {
                InnerNode::Dir(_) => DirBuilder::new().recursive(true).mode(mode | 0o700).create(&path)?,
                InnerNode::Symlink(one) => symlink(&one.link, &path)?,
                InnerNode::File(file) => {
                    let mut to = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&path)?;
                    io::copy(&mut self.reader.file(file).reader(), &mut to)?;
                    fs::set_permissions(&path, Permissions::from_mode(mode))?;
                }
                _ => return Err(io::Error::other("neither file, folder nor link")),
            }
        }
        Ok(())
    }
}

/// The end of the section headers, which are the last part of a stripped ELF file of 64 bits.
fn end_of_program(file: &mut File) -> io::Result<u64> {
    let mut header = [0; 64];
    file.read_exact(&mut header)?;
    let [0x7f, b'E', b'L', b'F', 2, 1, ..] = header else {
        return Err(io::Error::other("not a program of 64 bits"));
    };
    let number = |at: usize, length: usize| {
        header.iter().skip(at).take(length).rev().fold(0, |sum, byte| sum << 8 | u64::from(*byte))
    };
    let (start, size, count) = (number(0x28, 8), number(0x3a, 2), number(0x3c, 2));
    Ok(start + size * count)
}
