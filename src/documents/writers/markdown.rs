//! Markdown as it is, with one kind of line end and one of them at the end.

use super::{DocumentMeta, Writer};
use crate::documents::DocumentError;

pub(super) static WRITER: Writer = Writer { id: "markdown", label: "Markdown", extension: "md", write };

fn write(markdown: &str, _: &DocumentMeta) -> Result<Vec<u8>, DocumentError> {
    let text = markdown.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches(['\u{feff}', '\n']).trim_end();
    if text.is_empty() {
        return Err(DocumentError::Empty);
    }
    Ok(format!("{text}\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::DocumentKind;
    use jiff::Timestamp;

    fn written(markdown: &str) -> Result<Vec<u8>, DocumentError> {
        let at = Timestamp::UNIX_EPOCH;
        let meta = DocumentMeta { kind: DocumentKind::Rca, title: "Disk full".into(), version: 1, updated_at: at };
        (WRITER.write)(markdown, &meta)
    }

    #[test]
    fn line_ends_are_one_kind_and_the_last_is_single() {
        for markdown in ["# Ü\r\n\r\nb", "# Ü\r\rb\n\n\n", "\u{feff}# Ü\n\nb\n"] {
            assert_eq!(written(markdown), Ok("# Ü\n\nb\n".as_bytes().to_vec()), "{markdown:?}");
        }
    }

    #[test]
    fn a_document_without_text_is_refused() {
        assert_eq!(written(" \r\n"), Err(DocumentError::Empty));
    }
}
