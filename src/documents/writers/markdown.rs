//! Markdown in one manner of writing: what it says stays to the letter, or the text stays as it is.

use super::{DocumentFile, Source, Writer};
use crate::documents::DocumentError;
use crate::documents::parsed::dialect;
use crate::documents::pictures::Pictures;
use pulldown_cmark::{Event, HeadingLevel, LinkType, Parser, Tag};
use std::collections::BTreeMap;
use std::ops::Range;

pub(super) static WRITER: Writer =
    Writer { id: "markdown", label: "Markdown", extension: "md", has_pages: false, write };

fn write(source: &Source<'_>) -> Result<DocumentFile, DocumentError> {
    let text = source.markdown.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim_start_matches(['\u{feff}', '\n']).trim_end();
    if text.is_empty() {
        return Err(DocumentError::Empty);
    }
    let text = with_pictures(format!("{}\n", normal(text)), source.pictures);
    Ok(DocumentFile { bytes: text.into_bytes(), remarks: Vec::new() })
}

/// Pictures that are given by name are held by the file itself: the image names a definition at the end, which few
/// readers will ever see.
fn with_pictures(text: String, pictures: &Pictures) -> String {
    let mut parts = String::with_capacity(text.len());
    let mut definitions = BTreeMap::new();
    let mut from = 0;
    for (event, range) in Parser::new_ext(&text, dialect()).into_offset_iter() {
        let Event::Start(Tag::Image { link_type: LinkType::Inline, dest_url, .. }) = event else { continue };
        let image = text.get(range.clone()).unwrap_or_default();
        let Some(words) = image.strip_suffix(&format!("({dest_url})")) else { continue };
        let Some(picture) = pictures.named(&dest_url) else { continue };
        parts.push_str(text.get(from..range.start).unwrap_or_default());
        parts.extend([words, "[", &*dest_url, "]"]);
        from = range.end;
        definitions.insert(dest_url.into_string(), picture.data_url());
    }
    parts.push_str(text.get(from..).unwrap_or_default());
    for (name, address) in &definitions {
        parts.extend(["\n[", name, "]: ", address, "\n"]);
    }
    let is_found = |address: &String| {
        Parser::new_ext(&parts, dialect())
            .any(|event| matches!(event, Event::Start(Tag::Image { dest_url, .. }) if *dest_url == **address))
    };
    // A fence that nothing closes takes in all that follows.
    if definitions.values().all(is_found) { parts } else { text }
}

/// Bullets are dashes, headings begin with hashes, hard line ends are seen, blank lines stand alone. A text that would
/// be read otherwise afterwards is left as it is.
fn normal(text: &str) -> String {
    let mut normal = String::with_capacity(text.len());
    let mut from = 0;
    for (range, replacement) in edits(text) {
        if range.start < from {
            continue;
        }
        normal.push_str(text.get(from..range.start).unwrap_or_default());
        normal.push_str(&replacement);
        from = range.end;
    }
    normal.push_str(text.get(from..).unwrap_or_default());
    if says_the_same(text, &normal) { normal } else { text.to_owned() }
}

fn says_the_same(before: &str, after: &str) -> bool {
    Parser::new_ext(before, dialect()).eq(Parser::new_ext(after, dialect()))
}

/// What to put in the place of what, in order.
fn edits(text: &str) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    let mut kept: Vec<Range<usize>> = Vec::new();
    for (event, range) in Parser::new_ext(text, dialect()).into_offset_iter() {
        let source = text.get(range.clone()).unwrap_or_default();
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock) => kept.push(range),
            Event::Start(Tag::Item) if source.starts_with(['*', '+']) => {
                edits.push((range.start..range.start + 1, "-".to_owned()));
            }
            Event::Start(Tag::Heading { level, .. }) if !source.starts_with('#') => {
                edits.extend(hashed(source, level).map(|heading| (range.clone(), heading)));
            }
            Event::HardBreak if source.starts_with(' ') => {
                let spaces = source.len() - source.trim_start_matches(' ').len();
                edits.push((range.start..range.start + spaces, "\\".to_owned()));
            }
            _ => {}
        }
    }
    edits.extend(blank_lines(text, &kept));
    edits.sort_by_key(|(range, _)| (range.start, range.end));
    edits
}

/// A heading of one line that was underlined.
fn hashed(source: &str, level: HeadingLevel) -> Option<String> {
    let (words, line) = source.trim_end().split_once('\n')?;
    let is_underlined = line.trim().chars().all(|c| matches!(c, '=' | '-'));
    let ends = if source.ends_with('\n') { "\n" } else { "" };
    is_underlined.then(|| format!("{} {}{ends}", "#".repeat(level as usize), words.trim()))
}

/// Several blank lines in a row become one, but for those in code.
fn blank_lines(text: &str, kept: &[Range<usize>]) -> Vec<(Range<usize>, String)> {
    let mut edits = Vec::new();
    let mut kept = kept.iter().peekable();
    let mut at = 0;
    let mut blank_from = None;
    let mut blanks = 0;
    for line in text.split_inclusive('\n') {
        while kept.peek().is_some_and(|range| range.end <= at) {
            kept.next();
        }
        let is_kept = kept.peek().is_some_and(|range| range.start <= at);
        if line.trim().is_empty() && !is_kept {
            blank_from.get_or_insert(at);
            blanks += 1;
        } else {
            if let Some(from) = blank_from.take().filter(|_| blanks > 1) {
                edits.push((from..at, "\n".to_owned()));
            }
            (blank_from, blanks) = (None, 0);
        }
        at += line.len();
    }
    edits
}

#[cfg(test)]
mod tests {
    use super::super::testing::{meta, written};
    use super::*;
    use crate::documents::Picture;
    use proptest::prelude::*;

    #[test]
    fn line_ends_are_one_kind_and_the_last_is_single() {
        for markdown in ["# Ü\r\n\r\nb", "# Ü\r\rb\n\n\n", "\u{feff}# Ü\n\nb\n"] {
            assert_eq!(written(&WRITER, markdown).bytes, "# Ü\n\nb\n".as_bytes(), "{markdown:?}");
        }
    }

    #[test]
    fn the_file_holds_the_pictures_that_it_is_given() {
        let mut pictures = Pictures::default();
        pictures.insert("why-tree.svg", Picture::Svg("<svg/>".to_owned()));
        let write = |markdown| {
            let source = Source { markdown, meta: &meta(), pictures: &pictures };
            String::from_utf8(write(&source).unwrap().bytes).unwrap()
        };
        assert_eq!(
            write("a\n\n![Why tree](why-tree.svg)\n\n![b](c.png)"),
            "a\n\n![Why tree][why-tree.svg]\n\n![b](c.png)\n\n[why-tree.svg]: data:image/svg+xml;base64,PHN2Zy8+\n"
        );
        let unclosed = "![Why tree](why-tree.svg)\n\n```\ncode\n";
        assert_eq!(write(unclosed), unclosed);
    }

    #[test]
    fn a_document_without_text_is_refused() {
        let source = Source { markdown: " \r\n", meta: &meta(), pictures: &Pictures::default() };
        assert_eq!(write(&source), Err(DocumentError::Empty));
    }

    #[test]
    fn there_is_one_manner_of_writing() {
        let cases = [
            ("Title\n=====\n\ntext", "# Title\n\ntext"),
            ("Title\n---\ntext", "## Title\ntext"),
            ("* a\n* b\n  + c", "- a\n- b\n  - c"),
            ("a  \nb", "a\\\nb"),
            ("a\n\n\n\nb", "a\n\nb"),
            ("```\na\n\n\nb\n```", "```\na\n\n\nb\n```"),
            // Two lists would become one.
            ("- a\n\n* b", "- a\n\n* b"),
        ];
        for (before, after) in cases {
            assert_eq!(normal(before), after, "{before:?}");
        }
    }

    proptest! {
        #[test]
        fn what_it_says_stays(text in r"([-*+#>=| ]{0,4}[a-c`_~\[\]()!<&; ]{0,6}( {2})?\n{1,3}){0,8}") {
            let once = normal(text.trim_end());
            prop_assert!(says_the_same(text.trim_end(), &once));
            prop_assert_eq!(normal(&once), once);
        }
    }
}
