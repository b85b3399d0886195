//! One HTML file: style inside, no script, nothing loaded from anywhere. It is well-formed XML as well.
mod body;

use super::{DocumentFile, Source, Writer};
use crate::documents::DocumentError;
use crate::documents::parsed::parse;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

pub(super) static WRITER: Writer = Writer { id: "html", label: "HTML", extension: "html", has_pages: false, write };

/// In the colors of the window, by day and by night, and for paper.
const STYLE: &str = include_str!("../../../../assets/documents/style.css");

fn write(source: &Source<'_>) -> Result<DocumentFile, DocumentError> {
    let parsed = parse(source.markdown);
    if parsed.blocks.is_empty() {
        return Err(DocumentError::Empty);
    }
    let meta = source.meta;
    let mut html = String::with_capacity(source.markdown.len() * 2 + STYLE.len());
    html.push_str("<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n");
    html.push_str("<meta charset=\"utf-8\"/>\n");
    writeln!(html, "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\"/>", policy()).ok();
    html.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    html.push_str("<meta name=\"referrer\" content=\"no-referrer\"/>\n<meta name=\"generator\" content=\"TFTSR\"/>\n");
    html.push_str("<title>");
    body::escape(meta.title.expose(), &mut html);
    html.push_str("</title>\n<style>");
    html.push_str(STYLE);
    html.push_str("</style>\n</head>\n<body>\n<main>\n");
    let remarks = body::write(&parsed, source.pictures, &mut html);
    html.push_str("</main>\n<footer class=\"edition\">");
    for part in [format!("{} · {}", meta.edition(), meta.day()), meta.reach().to_owned()] {
        html.push_str("<span>");
        body::escape(&part, &mut html);
        html.push_str("</span>");
    }
    html.push_str("</footer>\n</body>\n</html>\n");
    Ok(DocumentFile { bytes: html.into_bytes(), remarks })
}

/// Nothing may be loaded or run but this very style and pictures inside the file.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{meta, written};
    use super::*;

    fn html(markdown: &str) -> String {
        String::from_utf8(written(&WRITER, markdown).bytes).unwrap()
    }

    #[test]
    fn markup_of_the_source_is_shown_and_never_followed() {
        let html = html("<script>alert(1)</script>\n\na <img src=x onerror=alert(1)> b\n\n[c](javascript:alert(1))\n");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"), "{html}");
        assert!(html.contains("c (javascript:alert(1))"), "{html}");
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("href=\"javascript"), "{html}");
    }

    #[test]
    fn the_policy_allows_the_style_of_the_file() {
        let html = html("a");
        let style = html.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(style.as_bytes()));
        assert!(html.contains(&format!("style-src 'sha256-{hash}'")));
    }

    #[test]
    fn a_picture_of_elsewhere_is_told_and_not_loaded() {
        let html = html("![the graph](https://a.net/x.png)");
        assert!(html.contains("the graph"), "{html}");
        assert!(html.contains("href=\"https://a.net/x.png\"") && !html.contains("<img"), "{html}");
    }

    #[test]
    fn a_document_without_text_is_refused() {
        let source = Source { markdown: " \n", meta: &meta(), pictures: &crate::documents::Pictures::default() };
        assert_eq!(write(&source), Err(DocumentError::Empty));
    }
}
