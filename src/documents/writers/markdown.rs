//! Markdown as it is, with one kind of line end and one of them at the end.

use super::{DocumentFile, Source, Writer};
use crate::documents::DocumentError;

pub(super) static WRITER: Writer =
    Writer { id: "markdown", label: "Markdown", extension: "md", has_pages: false, write };

fn write(source: &Source<'_>) -> Result<DocumentFile, DocumentError> {
    let text = source.markdown.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches(['\u{feff}', '\n']).trim_end();
    if text.is_empty() {
        return Err(DocumentError::Empty);
    }
    Ok(DocumentFile { bytes: format!("{text}\n").into_bytes(), remarks: Vec::new() })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{meta, written};
    use super::*;
    use crate::documents::Pictures;

    #[test]
    fn line_ends_are_one_kind_and_the_last_is_single() {
        for markdown in ["# Ü\r\n\r\nb", "# Ü\r\rb\n\n\n", "\u{feff}# Ü\n\nb\n"] {
            assert_eq!(written(&WRITER, markdown).bytes, "# Ü\n\nb\n".as_bytes(), "{markdown:?}");
        }
    }

    #[test]
    fn a_document_without_text_is_refused() {
        let source = Source { markdown: " \r\n", meta: &meta(), pictures: &Pictures::default() };
        assert_eq!(write(&source), Err(DocumentError::Empty));
    }
}
