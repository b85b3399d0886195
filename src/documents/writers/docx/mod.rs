//! DOCX: `WordprocessingML` with real styles, lists, tables and footnotes, so that Word and `LibreOffice` edit it.
//!
//! Written by hand: what is needed of the format is small, and repeated table heads and fields for page numbers are
//! not in the libraries for it. Source of the format: ECMA-376, part 1.
mod body;
mod columns;
mod drawing;
mod numbering;
mod package;
mod runs;

use super::{DocumentFile, Source, Writer};
use crate::documents::DocumentError;
use crate::documents::parsed::parse;

pub(super) static WRITER: Writer = Writer { id: "docx", label: "Word", extension: "docx", has_pages: true, write };

fn write(source: &Source<'_>) -> Result<DocumentFile, DocumentError> {
    let parsed = parse(source.markdown);
    if parsed.blocks.is_empty() {
        return Err(DocumentError::Empty);
    }
    let body = body::write(&parsed, source);
    let remarks = super::remarks_on_pictures(body.gone);
    let bytes = package::pack(&body, source.meta)?;
    Ok(DocumentFile { bytes, remarks })
}

/// The width and height of the paper, in twentieths of a point.
const fn page(paper: crate::domain::Paper) -> (u32, u32) {
    match paper {
        crate::domain::Paper::A4 => (11_906, 16_838),
        crate::domain::Paper::Letter => (12_240, 15_840),
    }
}

/// At the left and the right of the text, in twentieths of a point.
const MARGIN: u32 = 1_134;
