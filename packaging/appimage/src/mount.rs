//! The file system as a mount that only reads, by FUSE and without libfuse.

use crate::image::Image;
use backhand::{InnerNode, Node, SquashfsFileReader};
use fuser::{
    BackgroundSession, Config, Errno, FileAttr, FileHandle, FileType, Filesystem, Generation, INodeNo, LockOwner,
    MountOption, OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyEntry, Request,
};
use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

/// Nothing in it ever changes.
const FOREVER: Duration = Duration::from_hours(24);

/// A mount, until [`Mounted::end`].
pub struct Mounted {
    folder: PathBuf,
    session: BackgroundSession,
}

impl Mounted {
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Unmounts, and removes the folder.
    pub fn end(self) {
        // Nothing is left to be done about a mount that stays.
        self.session.umount_and_join().ok();
        crate::remove_empty(&self.folder);
    }
}

/// Mounts on a new temporary folder.
pub fn mount(image: Image) -> io::Result<Mounted> {
    let folder = crate::temporary(".mount_tftsr")?.keep();
    let mut config = Config::default();
    let name = MountOption::FSName("tftsr.AppImage".to_owned());
    config.mount_options = vec![MountOption::RO, MountOption::NoDev, MountOption::NoSuid, name];
    match fuser::spawn_mount(Reader(image), &folder, &config) {
        Ok(session) => Ok(Mounted { folder, session }),
        Err(error) => {
            crate::remove_empty(&folder);
            Err(error)
        }
    }
}

/// The number of a file is its place in the image's list, counted from 1.
struct Reader(Image);

impl Reader {
    fn node(&self, number: INodeNo) -> Result<&Node<SquashfsFileReader>, Errno> {
        let place = usize::try_from(u64::from(number)).ok().and_then(|number| number.checked_sub(1));
        place.and_then(|place| self.0.nodes().get(place)).ok_or(Errno::ENOENT)
    }

    fn find(&self, parent: INodeNo, name: &OsStr) -> Result<FileAttr, Errno> {
        let path = self.node(parent)?.fullpath.join(name);
        let place = self.0.nodes().binary_search_by(|node| node.fullpath.cmp(&path)).map_err(|_| Errno::ENOENT)?;
        self.0.nodes().get(place).map(|node| attributes(place, node)).ok_or(Errno::ENOENT)
    }

    fn part(&self, number: INodeNo, at: u64, size: u32) -> Result<Vec<u8>, Errno> {
        let InnerNode::File(file) = &self.node(number)?.inner else { return Err(Errno::EISDIR) };
        self.0.read(file, at, u64::from(size)).map_err(|_| Errno::EIO)
    }
}

fn number(place: usize) -> INodeNo {
    INodeNo(place as u64 + 1)
}

fn kind(node: &Node<SquashfsFileReader>) -> FileType {
    match node.inner {
        InnerNode::Dir(_) => FileType::Directory,
        InnerNode::Symlink(_) => FileType::Symlink,
        _ => FileType::RegularFile,
    }
}

fn attributes(place: usize, node: &Node<SquashfsFileReader>) -> FileAttr {
    let size = match &node.inner {
        InnerNode::File(file) => file.file_len() as u64,
        InnerNode::Symlink(one) => one.link.as_os_str().len() as u64,
        _ => 0,
    };
    let time = UNIX_EPOCH + Duration::from_secs(u64::from(node.header.mtime));
    FileAttr {
        ino: number(place),
        size,
        blocks: size.div_ceil(512),
        atime: time,
        mtime: time,
        ctime: time,
        crtime: time,
        kind: kind(node),
        perm: node.header.permissions & 0o777,
        nlink: 1,
        uid: 0,
        gid: 0,
        rdev: 0,
        flags: 0,
        blksize: 128 * 1024,
    }
}

impl Filesystem for Reader {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        match self.find(parent, name) {
            Ok(found) => reply.entry(&FOREVER, &found, Generation(0)),
            Err(error) => reply.error(error),
        }
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.node(ino) {
            Ok(node) => {
                let mut found = attributes(0, node);
                found.ino = ino;
                reply.attr(&FOREVER, &found);
            }
            Err(error) => reply.error(error),
        }
    }

    fn readlink(&self, _: &Request, ino: INodeNo, reply: ReplyData) {
        match self.node(ino).map(|node| &node.inner) {
            Ok(InnerNode::Symlink(one)) => reply.data(one.link.as_os_str().as_bytes()),
            Ok(_) => reply.error(Errno::EINVAL),
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.part(ino, offset, size) {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn readdir(&self, _: &Request, ino: INodeNo, _: FileHandle, offset: u64, mut reply: ReplyDirectory) {
        let folder = match self.node(ino) {
            Ok(node) => &node.fullpath,
            Err(error) => return reply.error(error),
        };
        let nodes = self.0.nodes().iter().enumerate();
        let children = nodes.filter(|(_, node)| node.fullpath.parent() == Some(folder));
        let named = children.filter_map(|(place, node)| Some((number(place), kind(node), node.fullpath.file_name()?)));
        let dots = [".", ".."].map(|name| (ino, FileType::Directory, OsStr::new(name)));
        let entries = dots.into_iter().chain(named).zip(1_u64..).skip(usize::try_from(offset).unwrap_or(usize::MAX));
        for ((number, kind, name), next) in entries {
            if reply.add(number, next, kind, name) {
                break;
            }
        }
        reply.ok();
    }
}
