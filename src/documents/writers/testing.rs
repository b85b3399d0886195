//! What the tests of the writers share.

use super::{DocumentFile, DocumentMeta, Source, Writer};
use crate::documents::Pictures;
use crate::domain::{Audience, DocumentKind, Paper};
use jiff::Timestamp;

pub(super) fn meta() -> DocumentMeta {
    DocumentMeta {
        kind: DocumentKind::Rca,
        title: "Disk full".into(),
        version: 3,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        audience: Audience::Internal,
        paper: Paper::A4,
    }
}

pub(super) fn written(writer: &Writer, markdown: &str) -> DocumentFile {
    (writer.write)(&Source { markdown, meta: &meta(), pictures: &Pictures::default() }).unwrap()
}
