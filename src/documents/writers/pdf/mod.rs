//! PDF: laid out by Typst, tagged, with outline, embedded faces and page numbers.
//!
//! No text of a document is ever read as Typst: it stands in string literals alone, and the world that the layout sees
//! holds nothing but the faces, the source and the pictures.
mod breaks;
mod fonts;
mod literal;
mod markup;
mod short_table;
mod world;

use super::{DocumentFile, DocumentMeta, Source, Writer};
use crate::documents::DocumentError;
use crate::documents::parsed::{Parsed, parse};
use crate::documents::pictures::Pictures;
use crate::domain::Paper;
use fonts::Fonts;
use jiff::tz::TimeZone;
use markup::Markup;
use typst::comemo;
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use world::World;

pub(super) static WRITER: Writer = Writer { id: "pdf", label: "PDF", extension: "pdf", has_pages: true, write };

const LOOK: &str = include_str!("../../../../assets/documents/document.typ");
const CODE_THEME: &str = include_str!("../../../../assets/documents/code.tmTheme");

/// Laying out takes about 400 bytes of memory for each byte of text: 5 MB take 2 GB.
const MOST_MEGABYTES: usize = 8;

fn write(source: &Source<'_>) -> Result<DocumentFile, DocumentError> {
    if source.markdown.len() > MOST_MEGABYTES * 1_000_000 {
        return Err(DocumentError::TooLong { most_megabytes: MOST_MEGABYTES });
    }
    let parsed = parse(source.markdown);
    if parsed.blocks.is_empty() {
        return Err(DocumentError::Empty);
    }
    let fonts = Fonts::for_text(source.markdown, source.meta.title.expose());
    let result = with_pictures(&parsed, source, &fonts);
    // What the layout remembers for the next time is the text of this document.
    comemo::evict(0);
    result
}

/// A picture that cannot be drawn must not cost the document: it is told in words instead.
fn with_pictures(parsed: &Parsed, source: &Source<'_>, fonts: &Fonts) -> Result<DocumentFile, DocumentError> {
    lay_out(parsed, source, (fonts, source.pictures)).or_else(|error| {
        tracing::warn!(%error, "the document is laid out without pictures");
        lay_out(parsed, source, (fonts, &Pictures::none()))
    })
}

fn lay_out(
    parsed: &Parsed,
    source: &Source<'_>,
    (fonts, pictures): (&Fonts, &Pictures),
) -> Result<DocumentFile, DocumentError> {
    let Markup { source: body, pictures, gone, missing } = markup::write(parsed, pictures, fonts);
    let head = format!("{LOOK}\n#show: page-style.with({})\n", arguments(source.meta, fonts));
    let world = World::new(head + &body, pictures, fonts.faces());
    let document = typst::compile::<PagedDocument>(&world).output.map_err(|errors| {
        let first = errors.first().map(|error| error.message.to_string()).unwrap_or_default();
        tracing::warn!(error = first, "the layout failed");
        DocumentError::Layout
    })?;
    let mut remarks = super::remarks_on_pictures(gone);
    remarks.extend(remark_on_letters(missing));
    let bytes = to_pdf(&document, source.meta, &mut remarks)?;
    Ok(DocumentFile { bytes, remarks })
}

/// By the standard for accessible documents where that can be kept; else tagged all the same.
fn to_pdf(document: &PagedDocument, meta: &DocumentMeta, remarks: &mut Vec<String>) -> Result<Vec<u8>, DocumentError> {
    let options = |standards: PdfStandards| PdfOptions {
        ident: Smart::Auto,
        creator: Smart::Custom(Some("TFTSR".to_owned())),
        timestamp: day(meta).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let accessible = PdfStandards::new(&[PdfStandard::Ua_1]).unwrap_or_default();
    typst_pdf::pdf(document, &options(accessible)).or_else(|errors| {
        let first = errors.first().map(|error| error.message.to_string()).unwrap_or_default();
        tracing::warn!(error = first, "the standard for accessible documents cannot be kept");
        remarks.push("The PDF is tagged, but not by the standard PDF/UA-1 for accessible documents".to_owned());
        typst_pdf::pdf(document, &options(PdfStandards::default())).map_err(|errors| {
            let first = errors.first().map(|error| error.message.to_string()).unwrap_or_default();
            tracing::warn!(error = first, "no PDF could be made of the pages");
            DocumentError::Layout
        })
    })
}

fn arguments(meta: &DocumentMeta, fonts: &Fonts) -> String {
    let paper = match meta.paper {
        Paper::A4 => "a4",
        Paper::Letter => "us-letter",
    };
    let edition = format!("{} · {}", meta.edition(), meta.day());
    let date = meta.updated_at.to_zoned(TimeZone::UTC).date();
    format!(
        "title: {}, edition: {}, reach: {}, keywords: {}, day: datetime(year: {}, month: {}, day: {}), paper: {}, \
         sans: {}, mono: {}, code-theme: {}",
        literal::string(&fonts.drawable(meta.title.expose())),
        literal::string(&edition),
        literal::string(meta.reach()),
        literal::string(meta.kind.label()),
        date.year(),
        date.month(),
        date.day(),
        literal::string(paper),
        literal::strings(&fonts.text_families()),
        literal::strings(&fonts.code_families()),
        literal::string(CODE_THEME),
    )
}

fn day(meta: &DocumentMeta) -> Option<Datetime> {
    let at = meta.updated_at.to_zoned(TimeZone::UTC);
    let number = |value: i8| u8::try_from(value).ok();
    Datetime::from_ymd_hms(
        i32::from(at.year()),
        number(at.month())?,
        number(at.day())?,
        number(at.hour())?,
        number(at.minute())?,
        number(at.second())?,
    )
}

fn remark_on_letters(missing: usize) -> Option<String> {
    let advice = "install a font that has them, such as Noto Sans, and export again";
    match missing {
        0 => None,
        1 => Some(format!("One character is in no font here and is shown by its number; {advice}")),
        many => Some(format!("{many} characters are in no font here and are shown by their numbers; {advice}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::writers::testing::meta;

    #[test]
    fn a_text_that_would_take_all_memory_is_refused() {
        let (markdown, meta, pictures) = ("word ".repeat(1_700_000), meta(), Pictures::default());
        let written = write(&Source { markdown: &markdown, meta: &meta, pictures: &pictures });
        assert_eq!(written, Err(DocumentError::TooLong { most_megabytes: MOST_MEGABYTES }));
    }
}
