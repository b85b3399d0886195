//! The formats of a document's file, one a file or folder, over one parse.
mod docx;
mod html;
mod markdown;
mod pdf;
mod raster;
pub mod storage;
#[cfg(test)]
mod testing;
mod writer;

pub use self::writer::{DocumentFile, DocumentMeta, Source, Writer};

use super::parsed::{Block, Inline};

/// In the order in which the export dialog lists them.
pub static ALL: &[&Writer] = &[&pdf::WRITER, &docx::WRITER, &html::WRITER, &markdown::WRITER];

/// The writer for a file name's ending, without its dot; upper and lower case are the same.
pub fn for_extension(extension: &str) -> Option<&'static Writer> {
    ALL.iter().copied().find(|writer| writer.extension.eq_ignore_ascii_case(extension))
}

/// The writer by its word on the command line, or by its ending.
pub fn by_id(id: &str) -> Option<&'static Writer> {
    ALL.iter().copied().find(|writer| writer.id == id).or_else(|| for_extension(id))
}

/// Whether a paragraph leads to the code or the table behind it, and does not stay behind at the end of a page.
fn leads(block: &Block, next: Option<&Block>) -> bool {
    let is_text = matches!(block, Block::Paragraph(content) if !matches!(content.as_slice(), [Inline::Image { .. }]));
    is_text && matches!(next, Some(Block::Code { .. } | Block::Table(_)))
}

/// What stands behind the words of a link that leads nowhere from here, so that the reader sees where it was to lead.
fn led_nowhere(target: &str) -> String {
    if target.is_empty() { String::new() } else { format!(" ({})", shortened(target)) }
}

/// What stands in the place of a picture that the file cannot hold.
fn gone_picture(alt: &str, target: &str) -> String {
    match (alt.trim(), shortened(target)) {
        ("", target) => format!("[Picture: {target}]"),
        (alt, target) if target.is_empty() => format!("[Picture: {alt}]"),
        (alt, target) => format!("[Picture: {alt} ({target})]"),
    }
}

/// The data of a `data:` address says nothing to a reader.
fn shortened(target: &str) -> String {
    match target.split_once(',') {
        Some((kind, _)) if kind.starts_with("data:") => format!("{kind},…"),
        _ => target.to_owned(),
    }
}

fn remarks_on_pictures(gone: usize) -> Vec<String> {
    match gone {
        0 => Vec::new(),
        1 => vec!["One picture is not in the file, its words and address are".to_owned()],
        many => vec![format!("{many} pictures are not in the file, their words and addresses are")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_found_by_the_ending_of_a_file() {
        assert_eq!(for_extension("MD").map(|writer| writer.id), Some("markdown"));
        assert_eq!(by_id("md").map(|writer| writer.id), Some("markdown"));
        assert!(for_extension("exe").is_none());
    }

    #[test]
    fn no_two_writers_share_an_id_or_an_ending() {
        for (place, writer) in ALL.iter().enumerate() {
            let twin = ALL.iter().skip(place + 1).find(|one| one.id == writer.id || one.extension == writer.extension);
            assert!(twin.is_none(), "{}", writer.id);
        }
    }

    #[test]
    fn a_picture_that_is_not_there_is_told_without_its_data() {
        assert_eq!(gone_picture("a", "data:image/gif;base64,R0lGOD"), "[Picture: a (data:image/gif;base64,…)]");
        assert_eq!(gone_picture("", "x.png"), "[Picture: x.png]");
    }
}
