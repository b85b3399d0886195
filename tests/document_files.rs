//! Every format of a document, read back: what was written is there, in order, and nothing of it is markup.
#![expect(clippy::unwrap_used, reason = "a broken file fails the test")]

#[path = "document_support/pdf.rs"]
mod pdf;

use jiff::Timestamp;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use roxmltree::{Document as Xml, Node, ParsingOptions};
use std::io::{Cursor, Read as _};
use tftsr::documents::writers::by_id;
use tftsr::documents::writers::storage::{PageContext, check, storage};
use tftsr::documents::{DocumentFile, DocumentMeta, Picture, Pictures, Source, parsed};
use tftsr::domain::{Audience, DocumentKind, Paper};
use zip::ZipArchive;

const TORTURE: &str = include_str!("data/torture.md");
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const DRAWING: &str =
    "<svg xmlns='http://www.w3.org/2000/svg' width='120' height='40'><text x='4' y='20'>why</text></svg>";

fn meta(audience: Audience) -> DocumentMeta {
    DocumentMeta {
        kind: DocumentKind::Rca,
        title: "RCA: Zahlungen fehlgeschlagen <502> & \"mehr\"".into(),
        version: 3,
        created_at: "2026-03-01T03:00:00Z".parse().unwrap(),
        updated_at: "2026-03-02T04:05:06Z".parse().unwrap(),
        audience,
        paper: Paper::A4,
    }
}

fn write(format: &str, markdown: &str) -> DocumentFile {
    let mut pictures = Pictures::default();
    pictures.insert("why-tree.svg", Picture::Svg(DRAWING.to_owned()));
    let source = Source { markdown, meta: &meta(Audience::Internal), pictures: &pictures };
    (by_id(format).unwrap().write)(&source).unwrap()
}

/// The letters that a reader must find, without spaces: what the Markdown parser calls text, in its order.
fn letters_of_source(markdown: &str) -> String {
    let mut text = String::new();
    let mut pictures = 0;
    for event in Parser::new_ext(markdown, parsed::dialect()) {
        match event {
            Event::Start(Tag::Image { .. }) => pictures += 1,
            Event::End(TagEnd::Image) => pictures -= 1,
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) if pictures == 0 => {
                text.push_str(&part);
            }
            _ => {}
        }
    }
    text.replace("<br>", "").chars().filter(|c| !c.is_whitespace()).collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Fails at the first difference, with what stands around it.
fn assert_same(found: &str, expected: &str, what: &str) {
    let same = found.chars().zip(expected.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(same.saturating_sub(30)).take(90).collect::<String>();
    assert!(found == expected, "{what} differs at {same}: found …{}… expected …{}…", around(found), around(expected));
}

fn xml(text: &str) -> Xml<'_> {
    Xml::parse_with_options(
        text,
        ParsingOptions { allow_dtd: true, nodes_limit: u32::MAX, ..ParsingOptions::default() },
    )
    .unwrap()
}

/// The text of the page without marks that the writer adds: numbers of notes, boxes of tasks, labels of alerts.
fn letters_of_html(html: &str) -> String {
    fn collect(node: Node<'_, '_>, text: &mut String) {
        let class = node.attribute("class").unwrap_or_default();
        let is_added = node.has_tag_name(("http://www.w3.org/1999/xhtml", "sup"))
            || ["box", "box done", "label"].contains(&class)
            || node.attribute("role") == Some("doc-backlink");
        if is_added {
            return;
        }
        if node.is_text() {
            text.push_str(node.text().unwrap_or_default());
        }
        node.children().for_each(|child| collect(child, text));
    }
    let page = xml(html);
    let main = page.descendants().find(|node| node.tag_name().name() == "main").unwrap();
    let mut text = String::new();
    collect(main, &mut text);
    squeezed(&text)
}

/// The text of a page of Confluence, which is looked at as before sending.
fn letters_of_page(markdown: &str) -> String {
    fn collect(node: Node<'_, '_>, text: &mut String) {
        let name = node.tag_name().name();
        if ["sup", "parameter", "task-id", "task-status"].contains(&name) {
            return;
        }
        text.push_str(if node.is_text() { node.text().unwrap_or_default() } else { "" });
        node.children().for_each(|child| collect(child, text));
    }
    let page = storage(markdown, PageContext::default()).unwrap();
    check(&page).unwrap();
    let page = format!("<page xmlns:ac=\"a\" xmlns:ri=\"r\">{page}</page>");
    let mut text = String::new();
    collect(xml(&page).root(), &mut text);
    squeezed(&text)
}

fn part(docx: &[u8], name: &str) -> String {
    let mut archive = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The text of one part, without boxes of tasks and numbers of footnotes.
fn letters_of_part(docx: &[u8], name: &str) -> String {
    let text = part(docx, name);
    let part = xml(&text);
    let letters = part
        .descendants()
        .filter(|node| node.has_tag_name((WORD, "t")))
        .filter(|node| !node.ancestors().any(|above| above.has_tag_name((WORD, "sdt"))))
        .filter(|node| !node.parent().is_some_and(is_number_of_note))
        .filter_map(|node| node.text());
    squeezed(&letters.collect::<String>())
}

fn is_number_of_note(run: Node<'_, '_>) -> bool {
    run.descendants()
        .any(|node| node.has_tag_name((WORD, "rStyle")) && node.attribute((WORD, "val")) == Some("FootnoteReference"))
}

/// Labels of alerts stand in the text of formats without a place for them, and so do bullets of lists that are too deep.
fn without_marks(text: &str) -> String {
    let mut text = text.replace('•', "");
    for alert in parsed::Alert::ALL {
        text = text.replace(&format!("{}ALERT", alert.label()), "ALERT");
    }
    text
}

#[test]
fn html_says_what_the_source_says() {
    let html = String::from_utf8(write("html", TORTURE).bytes).unwrap();
    assert_same(&without_marks(&letters_of_html(&html)), &letters_of_source(TORTURE), "HTML");
    assert!(html.contains("<img src=\"data:image/svg+xml;base64,"));
    for forbidden in ["<script", "onerror=\"", "href=\"javascript", "<div markdown"] {
        assert!(!html.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn docx_says_what_the_source_says() {
    let docx = write("docx", TORTURE).bytes;
    let source = letters_of_source(TORTURE);
    let (text, notes) = source.split_at(source.find("NOTES").unwrap());
    let found = without_marks(&letters_of_part(&docx, "word/document.xml"));
    let (found, found_end) = found.split_at(found.find("NOTES").unwrap());
    assert_same(found, text, "DOCX");
    // The definitions stand behind the last heading in the source, and in their own part in the file.
    let found_notes = format!("{found_end}{}", letters_of_part(&docx, "word/footnotes.xml"));
    assert_same(&found_notes, notes, "DOCX footnotes");
}

#[test]
fn docx_has_real_heads_lists_and_fields() {
    let docx = write("docx", TORTURE).bytes;
    let text = part(&docx, "word/document.xml");
    for expected in ["w:val=\"Heading1\"", "<w:tblHeader/>", "<w:numPr>", "w14:checkbox", "<w:footnoteReference "] {
        assert!(text.contains(expected), "{expected}");
    }
    assert!(part(&docx, "word/footer1.xml").contains("NUMPAGES"));
    let core = part(&docx, "docProps/core.xml");
    assert!(core.contains("2026-03-02T04:05:06Z") && core.contains("&lt;502&gt; &amp;"), "{core}");
    let archive = ZipArchive::new(Cursor::new(docx.as_slice())).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    for name in names.iter().filter(|name| [".xml", ".rels"].iter().any(|end| name.ends_with(end))) {
        xml(&part(&docx, name));
    }
    assert!(names.iter().any(|name| name == "word/media/picture1.png"), "{names:?}");
}

#[test]
fn a_page_of_confluence_says_what_the_source_says() {
    assert_same(&letters_of_page(TORTURE), &letters_of_source(TORTURE), "Confluence");
}

#[test]
fn markdown_says_what_the_source_says() {
    let markdown = String::from_utf8(write("md", TORTURE).bytes).unwrap();
    assert_same(&letters_of_source(&markdown), &letters_of_source(TORTURE), "Markdown");
}

/// What a PDF says in place of a character that no face here has: its number.
fn with_numbers_read(text: &str) -> String {
    let mut parts = text.split("U+");
    let mut read = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(part.len()).min(5);
        // Numbers of five digits are those that are no letter with four.
        let named = [digits, 4].into_iter().find_map(|length| {
            let code = u32::from_str_radix(part.get(..length)?, 16).ok()?;
            Some((char::from_u32(code)?, part.split_at(length).1))
        });
        match named {
            Some((letter, rest)) => read.extend([letter.to_string().as_str(), rest]),
            None => read.extend(["U+", part]),
        }
    }
    read
}

/// Without boxes of tasks and what has no width.
fn letters_of_pdf(text: &str) -> String {
    let text = with_numbers_read(&without_marks(&squeezed(text)));
    text.chars().filter(|c| !matches!(c, '☐' | '☑' | '\u{ad}' | '\u{200b}' | '\u{fe0f}')).collect()
}

#[test]
fn a_pdf_says_what_the_source_says_in_the_order_of_its_tags() {
    let file = write("pdf", TORTURE);
    let told = pdf::read(&file.bytes);
    let source = letters_of_source(TORTURE);
    let (text, notes) = source.split_at(source.find("NOTES").unwrap() + 5);
    assert_same(&letters_of_pdf(&told.text), text, "PDF");
    assert_same(&letters_of_pdf(&told.notes), notes, "PDF footnotes");
    for tag in ["H1", "H2", "P", "L", "LI", "LBody", "Table", "TH", "TD", "Code", "Link", "BlockQuote", "Figure"] {
        assert!(told.tags.iter().any(|one| one == tag), "no {tag} in {:?}", told.tags);
    }
    assert_eq!(told.alternatives, ["The why tree"]);
    assert!(told.around.contains("Internal:containsrealvalues") || told.around.contains("Internal: contains"));
}

#[test]
fn a_long_table_keeps_all_rows_in_all_formats() {
    let rows: Vec<String> = (0..3_000).map(|row| format!("| {row} | host-{row} | zq{row}x |\n")).collect();
    let markdown = format!("# Long\n\n| a | b | c |\n|--:|---|---|\n{}", rows.concat());
    let source = letters_of_source(&markdown);
    assert_same(&letters_of_html(&String::from_utf8(write("html", &markdown).bytes).unwrap()), &source, "HTML");
    assert_same(&letters_of_part(&write("docx", &markdown).bytes, "word/document.xml"), &source, "DOCX");
    assert_same(&letters_of_page(&markdown), &source, "Confluence");
    assert_same(&letters_of_pdf(&pdf::read(&write("pdf", &markdown).bytes).text), &source, "PDF");
}

fn five_megabytes() -> String {
    let paragraph = "Ünïcödé 漢字 слово `code` **strong** [link](https://a.net/x) 😀 and more words of plain text.\n\n";
    format!("# Long\n\n{}", paragraph.repeat((5 << 20) / paragraph.len()))
}

#[test]
fn five_megabytes_go_through_a_pdf() {
    let markdown = five_megabytes();
    let told = pdf::read(&write("pdf", &markdown).bytes);
    assert_same(&letters_of_pdf(&told.text), &letters_of_source(&markdown), "PDF");
}

#[test]
fn five_megabytes_go_through_all_that_has_no_pages() {
    let markdown = five_megabytes();
    let source = letters_of_source(&markdown);
    assert_same(&letters_of_page(&markdown), &source, "Confluence");
    assert_same(&letters_of_html(&String::from_utf8(write("html", &markdown).bytes).unwrap()), &source, "HTML");
    assert_same(&letters_of_part(&write("docx", &markdown).bytes, "word/document.xml"), &source, "DOCX");
    assert_eq!(write("md", &markdown).bytes.len(), markdown.trim_end().len() + 1);
}

#[test]
fn a_file_for_outsiders_has_no_picture_that_nobody_cleared() {
    let held = Picture::Svg("<svg xmlns='http://www.w3.org/2000/svg'><text>10.20.30.40</text></svg>".to_owned());
    let markdown = format!("# A\n\n![graph]({})\n", held.data_url());
    let source =
        Source { markdown: &markdown, meta: &meta(Audience::External), pictures: &Pictures::of_cleared_only() };
    for format in ["html", "docx", "pdf"] {
        let file = (by_id(format).unwrap().write)(&source).unwrap();
        assert_eq!(file.remarks.len(), 1, "{format}: {:?}", file.remarks);
    }
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    for format in ["md", "html", "docx", "pdf"] {
        assert!(write(format, TORTURE).bytes == write(format, TORTURE).bytes, "{format}");
    }
    assert_ne!(Timestamp::UNIX_EPOCH, meta(Audience::Internal).updated_at);
}
