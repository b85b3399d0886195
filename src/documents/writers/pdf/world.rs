//! What the layout may see: its source, the pictures and the faces. No file, no package, no clock.

use std::collections::HashMap;
use std::sync::LazyLock;
use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// One document's world.
pub(super) struct World {
    main: Source,
    pictures: HashMap<FileId, Bytes>,
    book: LazyHash<FontBook>,
    faces: Vec<Font>,
}

impl World {
    /// `pictures` by the names under which the source asks for them.
    pub(super) fn new(source: String, pictures: Vec<(String, Vec<u8>)>, faces: Vec<Font>) -> Self {
        let named = |(name, bytes): (String, Vec<u8>)| {
            let path = VirtualPath::new(&name).ok()?;
            Some((RootedPath::new(VirtualRoot::Project, path).intern(), Bytes::new(bytes)))
        };
        Self {
            main: Source::detached(source),
            pictures: pictures.into_iter().filter_map(named).collect(),
            book: LazyHash::new(FontBook::from_fonts(&faces)),
            faces,
        }
    }
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.main.id() { Ok(self.main.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.pictures.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.faces.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
