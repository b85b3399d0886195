//! The parts of the file, and the archive that holds them.

use super::body::Body;
use super::runs::escape;
use super::{MARGIN, numbering, page};
use crate::documents::DocumentError;
use crate::documents::writers::DocumentMeta;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const STYLES: &str = include_str!("../../../../assets/documents/styles.xml");
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
/// The name spaces of every part that holds text.
const SPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
     xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
     xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
     xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" \
     xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\" \
     xmlns:w14=\"http://schemas.microsoft.com/office/word/2010/wordml\" \
     xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\" mc:Ignorable=\"w14\"";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Puts the parts together.
pub(super) fn pack(body: &Body, meta: &DocumentMeta) -> Result<Vec<u8>, DocumentError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    // The oldest time that the format knows: the same document gives the same file.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for (name, bytes) in parts(body, meta) {
        archive.start_file(name, options).map_err(|_unwritable| DocumentError::Package)?;
        archive.write_all(&bytes).map_err(|_unwritable| DocumentError::Package)?;
    }
    Ok(archive.finish().map_err(|_unwritable| DocumentError::Package)?.into_inner())
}

fn parts(body: &Body, meta: &DocumentMeta) -> Vec<(String, Vec<u8>)> {
    let mut parts = vec![
        ("[Content_Types].xml", content_types()),
        ("_rels/.rels", root_relations()),
        ("docProps/core.xml", core(meta)),
        ("docProps/app.xml", app()),
        ("word/document.xml", document(body, meta)),
        ("word/styles.xml", STYLES.to_owned()),
        ("word/numbering.xml", numbering::part(&body.lists)),
        ("word/settings.xml", settings()),
        ("word/footnotes.xml", footnotes(body)),
        ("word/header1.xml", header(meta)),
        ("word/footer1.xml", footer(meta)),
        ("word/_rels/document.xml.rels", relations(body, true)),
        ("word/_rels/footnotes.xml.rels", relations(body, false)),
    ]
    .into_iter()
    .map(|(name, xml)| (name.to_owned(), xml.into_bytes()))
    .collect::<Vec<_>>();
    parts.extend(body.media.iter().map(|(name, bytes)| (format!("word/media/{name}"), bytes.clone())));
    parts
}

fn content_types() -> String {
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    let package = "application/vnd.openxmlformats-package";
    let mut xml = format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"{package}.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
         <Default Extension=\"png\" ContentType=\"image/png\"/><Default Extension=\"jpg\" ContentType=\"image/jpeg\"/>"
    );
    let overrides = [
        ("word/document.xml", format!("{word}.document.main+xml")),
        ("word/styles.xml", format!("{word}.styles+xml")),
        ("word/numbering.xml", format!("{word}.numbering+xml")),
        ("word/settings.xml", format!("{word}.settings+xml")),
        ("word/footnotes.xml", format!("{word}.footnotes+xml")),
        ("word/header1.xml", format!("{word}.header+xml")),
        ("word/footer1.xml", format!("{word}.footer+xml")),
        ("docProps/core.xml", format!("{package}.core-properties+xml")),
        ("docProps/app.xml", "application/vnd.openxmlformats-officedocument.extended-properties+xml".to_owned()),
    ];
    for (part, kind) in overrides {
        write!(xml, "<Override PartName=\"/{part}\" ContentType=\"{kind}\"/>").ok();
    }
    xml + "</Types>"
}

fn relation(id: &str, kind: &str, target: &str) -> String {
    format!("<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{target}\"/>")
}

fn relationships(inner: &str) -> String {
    let space = "http://schemas.openxmlformats.org/package/2006/relationships";
    format!("{DECLARATION}<Relationships xmlns=\"{space}\">{inner}</Relationships>")
}

fn root_relations() -> String {
    let core = "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties";
    relationships(
        &(relation("rId1", &format!("{RELATIONS}/officeDocument"), "word/document.xml")
            + &relation("rId2", core, "docProps/core.xml")
            + &relation("rId3", &format!("{RELATIONS}/extended-properties"), "docProps/app.xml")),
    )
}

/// Links and pictures of the text or of the footnotes; the parts of the document only for the text.
fn relations(body: &Body, of_text: bool) -> String {
    let mut inner = String::new();
    if of_text {
        for kind in ["styles", "numbering", "settings", "footnotes"] {
            inner.push_str(&relation(kind, &format!("{RELATIONS}/{kind}"), &format!("{kind}.xml")));
        }
        inner.push_str(&relation("header1", &format!("{RELATIONS}/header"), "header1.xml"));
        inner.push_str(&relation("footer1", &format!("{RELATIONS}/footer"), "footer1.xml"));
    }
    for (name, _) in &body.media {
        let id = name.split('.').next().unwrap_or_default();
        inner.push_str(&relation(id, &format!("{RELATIONS}/image"), &format!("media/{name}")));
    }
    for (number, url) in body.links.iter().enumerate() {
        write!(
            inner,
            "<Relationship Id=\"link{number}\" Type=\"{RELATIONS}/hyperlink\" Target=\"{}\" TargetMode=\"External\"/>",
            escape(url)
        )
        .ok();
    }
    relationships(&inner)
}

fn core(meta: &DocumentMeta) -> String {
    let time = |at: jiff::Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    format!(
        "{DECLARATION}<cp:coreProperties \
         xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{}</dc:title><dc:subject>{}</dc:subject><dc:creator>TFTSR</dc:creator><dc:language>en</dc:language>\
         <cp:lastModifiedBy>TFTSR</cp:lastModifiedBy><cp:revision>{}</cp:revision>\
         <dcterms:created xsi:type=\"dcterms:W3CDTF\">{}</dcterms:created>\
         <dcterms:modified xsi:type=\"dcterms:W3CDTF\">{}</dcterms:modified></cp:coreProperties>",
        escape(meta.title.expose()),
        escape(&meta.edition()),
        meta.version,
        time(meta.created_at),
        time(meta.updated_at),
    )
}

fn app() -> String {
    let space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties";
    format!("{DECLARATION}<Properties xmlns=\"{space}\"><Application>TFTSR</Application></Properties>")
}

fn settings() -> String {
    format!(
        "{DECLARATION}<w:settings {SPACES}><w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"708\"/>\
         <w:footnotePr><w:footnote w:id=\"-1\"/><w:footnote w:id=\"0\"/></w:footnotePr>\
         <w:compat><w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" \
         w:val=\"15\"/></w:compat></w:settings>"
    )
}

fn document(body: &Body, meta: &DocumentMeta) -> String {
    let (width, height) = page(meta.paper);
    format!("{DECLARATION}<w:document {SPACES}><w:body>{}{}</w:body></w:document>", body.text, section(width, height))
}

/// The end of a section whose pages have this size, in twentieths of a point.
pub(super) fn section(width: u32, height: u32) -> String {
    let orient = if width > height { " w:orient=\"landscape\"" } else { "" };
    format!(
        "<w:sectPr><w:headerReference w:type=\"default\" r:id=\"header1\"/>\
         <w:footerReference w:type=\"default\" r:id=\"footer1\"/><w:footerReference w:type=\"first\" r:id=\"footer1\"/>\
         <w:type w:val=\"nextPage\"/><w:pgSz w:w=\"{width}\" w:h=\"{height}\"{orient}/>\
         <w:pgMar w:top=\"1304\" w:right=\"{MARGIN}\" w:bottom=\"1247\" w:left=\"{MARGIN}\" w:header=\"624\" \
         w:footer=\"567\" w:gutter=\"0\"/><w:titlePg/></w:sectPr>"
    )
}

fn footnotes(body: &Body) -> String {
    let mut xml = format!("{DECLARATION}<w:footnotes {SPACES}>");
    for (id, kind, mark) in [(-1, "separator", "separator"), (0, "continuationSeparator", "continuationSeparator")] {
        write!(
            xml,
            "<w:footnote w:type=\"{kind}\" w:id=\"{id}\"><w:p><w:pPr><w:spacing w:after=\"0\"/></w:pPr><w:r><w:{mark}/>\
             </w:r></w:p></w:footnote>"
        )
        .ok();
    }
    for (number, text) in &body.notes {
        write!(xml, "<w:footnote w:id=\"{number}\">{text}</w:footnote>").ok();
    }
    xml + "</w:footnotes>"
}

/// Two words at the two ends of a line.
fn line(style: &str, left: &str, right: &str, width: u32) -> String {
    format!(
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/><w:tabs><w:tab w:val=\"right\" w:pos=\"{}\"/></w:tabs></w:pPr>\
         <w:r><w:t xml:space=\"preserve\">{}</w:t></w:r><w:r><w:tab/></w:r>{right}</w:p>",
        width - 2 * MARGIN,
        escape(left),
    )
}

fn header(meta: &DocumentMeta) -> String {
    let edition = format!("{} · {}", meta.edition(), meta.day());
    let edition = format!("<w:r><w:t>{}</w:t></w:r>", escape(&edition));
    let (width, _) = page(meta.paper);
    format!("{DECLARATION}<w:hdr {SPACES}>{}</w:hdr>", line("Header", meta.title.expose(), &edition, width))
}

fn footer(meta: &DocumentMeta) -> String {
    let field = |name: &str| {
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText xml:space=\"preserve\"> {name} </w:instrText>\
             </w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r><w:r><w:t>1</w:t></w:r>\
             <w:r><w:fldChar w:fldCharType=\"end\"/></w:r>"
        )
    };
    let word = |word: &str| format!("<w:r><w:t xml:space=\"preserve\">{word}</w:t></w:r>");
    let pages = word("Page ") + &field("PAGE") + &word(" of ") + &field("NUMPAGES");
    let (width, _) = page(meta.paper);
    format!("{DECLARATION}<w:ftr {SPACES}>{}</w:ftr>", line("Footer", meta.reach(), &pages, width))
}
