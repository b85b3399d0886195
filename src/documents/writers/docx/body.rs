//! The blocks of a document as paragraphs and tables.

use super::columns::widths;
use super::drawing::{drawing, raster};
use super::numbering::{self, BULLETS, INDENT, LEVELS, TASKS};
use super::runs::{Look, run};
use super::{MARGIN, package, page};
use crate::documents::highlight::{Token, highlight};
use crate::documents::parsed::{
    Alert, Align, Block, Destination, Inline, Item, Note, Parsed, Table, anchors, destination,
};
use crate::documents::pictures::Pictures;
use crate::documents::writers::{Source, gone_picture, leads, led_nowhere};
use crate::domain::Paper;
use std::collections::HashMap;

/// More columns than Word can open.
const MAX_COLUMNS: usize = 63;
/// More columns get a wider page, where a page of its own is possible.
const WIDE_COLUMNS: usize = 9;
/// Of a column on a wider page, and of the widest page that the format knows, in twentieths of a point.
const COLUMN: u32 = 1_200;
const MAX_PAGE: u32 = 31_680;
/// A paragraph of a few points without text.
const SPACER: &str = "<w:p><w:pPr><w:spacing w:after=\"60\" w:line=\"120\" w:lineRule=\"exact\"/></w:pPr></w:p>";
/// A paragraph of code has about this many lines.
const CODE_PIECE_LINES: usize = 200;

/// What the parts of the file are made of.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) text: String,
    /// The footnotes that the text mentions, by their numbers from 1.
    pub(super) notes: Vec<(usize, String)>,
    /// The first number of each numbered list.
    pub(super) lists: Vec<u64>,
    pub(super) links: Vec<String>,
    pub(super) media: Vec<(String, Vec<u8>)>,
    /// Pictures that could not be shown.
    pub(super) gone: usize,
}

pub(super) fn write(parsed: &Parsed, source: &Source<'_>) -> Body {
    let mut writer = Writer {
        body: Body::default(),
        pictures: source.pictures,
        paper: source.meta.paper,
        notes: &parsed.notes,
        is_noted: vec![false; parsed.notes.len()],
        anchors: anchors(&parsed.blocks),
        headings: 0,
        is_in_note: false,
    };
    writer.blocks(&parsed.blocks, &Place::default());
    writer.unmentioned();
    writer.body
}

/// Where a block stands.
#[derive(Clone, Debug, Default)]
struct Place {
    /// The style of its paragraphs; empty for the ordinary one.
    style: &'static str,
    /// In twentieths of a point.
    indent: usize,
    /// How many lists are around it.
    level: usize,
    /// The list whose mark the next paragraph carries.
    list: Option<usize>,
    is_nested: bool,
    /// Whether it leads to the next block, and must not stay behind on the page before.
    leads: bool,
}

struct Writer<'a> {
    body: Body,
    pictures: &'a Pictures,
    paper: Paper,
    notes: &'a [Note],
    /// Which notes have got their place.
    is_noted: Vec<bool>,
    anchors: HashMap<String, usize>,
    headings: usize,
    is_in_note: bool,
}

impl Writer<'_> {
    fn raw(&mut self, xml: &str) {
        self.body.text.push_str(xml);
    }

    fn blocks(&mut self, blocks: &[Block], place: &Place) {
        let is_code = |block: &Block| matches!(block, Block::Code { .. } | Block::Raw(_));
        let mut follows_code = false;
        for (number, block) in blocks.iter().enumerate() {
            // Two blocks of code without a paragraph between them would have one frame around both.
            if follows_code && is_code(block) {
                self.raw(SPACER);
            }
            let leads = leads(block, blocks.get(number + 1));
            self.block(block, &Place { leads, ..place.clone() });
            follows_code = is_code(block);
        }
    }

    fn block(&mut self, block: &Block, place: &Place) {
        match block {
            Block::Heading { level, content, .. } => self.heading(*level, content, place),
            Block::Paragraph(content) => self.paragraph(place, |writer| writer.content(content, Look::default())),
            Block::Quote { alert, blocks } => self.quote(*alert, blocks, place),
            Block::Code { language, text } => self.code(language, text, place),
            Block::List { first, items } => self.list(*first, items, place),
            Block::Table(table) => self.table(table, place),
            Block::Rule => self.paragraph(&Place { style: "Rule", list: None, ..place.clone() }, |_| {}),
            Block::Raw(source) => self.code("", source, place),
        }
    }

    fn paragraph(&mut self, place: &Place, inner: impl FnOnce(&mut Self)) {
        self.raw("<w:p>");
        self.paragraph_properties(place);
        inner(self);
        self.raw("</w:p>");
    }

    /// In the order in which the schema wants them.
    fn paragraph_properties(&mut self, place: &Place) {
        let style = match place.style {
            "" if place.level > 0 => "ListParagraph",
            "" if self.is_in_note => "FootnoteText",
            style => style,
        };
        if style.is_empty() && place.list.is_none() && place.indent == 0 && !place.leads {
            return;
        }
        self.raw("<w:pPr>");
        if !style.is_empty() {
            self.raw(&format!("<w:pStyle w:val=\"{style}\"/>"));
        }
        if place.leads {
            self.raw("<w:keepNext/>");
        }
        if let Some(list) = place.list {
            let level = place.level.saturating_sub(1).min(LEVELS - 1);
            self.raw(&format!("<w:numPr><w:ilvl w:val=\"{level}\"/><w:numId w:val=\"{list}\"/></w:numPr>"));
        }
        if place.indent > 0 && place.list.is_none() {
            self.raw(&format!("<w:ind w:left=\"{}\"/>", place.indent));
        }
        self.raw("</w:pPr>");
    }

    fn heading(&mut self, level: u8, content: &[Inline], place: &Place) {
        let style = ["Heading1", "Heading2", "Heading3", "Heading4", "Heading5", "Heading6"];
        let style = style.get(usize::from(level.saturating_sub(1))).copied().unwrap_or("Heading6");
        let number = self.headings;
        self.headings += 1;
        self.paragraph(&Place { style, ..place.clone() }, |writer| {
            let id = 10_000 + number;
            writer.raw(&format!("<w:bookmarkStart w:id=\"{id}\" w:name=\"heading_{number}\"/>"));
            writer.content(content, Look::default());
            writer.raw(&format!("<w:bookmarkEnd w:id=\"{id}\"/>"));
        });
    }

    fn quote(&mut self, alert: Option<Alert>, blocks: &[Block], place: &Place) {
        let style = match alert {
            None => "Quote",
            Some(Alert::Note) => "AlertNote",
            Some(Alert::Tip) => "AlertTip",
            Some(Alert::Important) => "AlertImportant",
            Some(Alert::Warning) => "AlertWarning",
            Some(Alert::Caution) => "AlertCaution",
        };
        let inner = Place { style, indent: place.indent + INDENT, list: None, is_nested: true, ..place.clone() };
        if let Some(alert) = alert {
            let look = Look { is_bold: true, color: alert_color(alert), ..Look::default() };
            self.paragraph(&inner, |writer| run(&mut writer.body.text, alert.label(), look));
        }
        self.blocks(blocks, &inner);
    }

    fn code(&mut self, language: &str, text: &str, place: &Place) {
        let place = Place { style: "CodeBlock", list: None, ..place.clone() };
        let mut lines = 0;
        self.raw("<w:p>");
        self.paragraph_properties(&place);
        for (token, piece) in highlight(language, text) {
            let look = Look { color: token_color(token), ..Look::default() };
            for line in piece.split_inclusive('\n') {
                lines += usize::from(line.ends_with('\n'));
                // A paragraph of a hundred thousand lines is one that no program opens.
                if lines >= CODE_PIECE_LINES {
                    lines = 0;
                    run(&mut self.body.text, line.trim_end_matches('\n'), look);
                    self.raw("</w:p><w:p>");
                    self.paragraph_properties(&place);
                } else {
                    run(&mut self.body.text, line, look);
                }
            }
        }
        self.raw("</w:p>");
    }

    fn list(&mut self, first: Option<u64>, items: &[Item], place: &Place) {
        let is_tasks = items.iter().any(|item| item.done.is_some());
        let list = match first {
            Some(first) => numbering::add(&mut self.body.lists, first),
            None if is_tasks => TASKS,
            None => BULLETS,
        };
        let level = place.level + 1;
        let inner = Place { level, indent: level * INDENT, list: None, is_nested: true, ..place.clone() };
        for item in items {
            self.item(item, list, &inner);
        }
    }

    fn item(&mut self, item: &Item, list: usize, inner: &Place) {
        let marked = Place { list: Some(list), ..inner.clone() };
        let (content, rest): (&[Inline], &[Block]) = match item.blocks.as_slice() {
            [Block::Paragraph(content), rest @ ..] => (content, rest),
            blocks => (&[], blocks),
        };
        self.paragraph(&marked, |writer| {
            if let Some(is_done) = item.done {
                writer.checkbox(is_done);
            } else if list == TASKS {
                run(&mut writer.body.text, "• ", Look::default());
            }
            writer.content(content, Look::default());
        });
        self.blocks(rest, inner);
    }

    /// A box that can be ticked.
    fn checkbox(&mut self, is_done: bool) {
        let (state, mark) = if is_done { ("1", "☑") } else { ("0", "☐") };
        self.raw(&format!(
            "<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val=\"{state}\"/>\
             <w14:checkedState w14:val=\"2611\" w14:font=\"Segoe UI Symbol\"/>\
             <w14:uncheckedState w14:val=\"2610\" w14:font=\"Segoe UI Symbol\"/></w14:checkbox></w:sdtPr><w:sdtContent>\
             <w:r><w:rPr><w:rFonts w:ascii=\"Segoe UI Symbol\" w:hAnsi=\"Segoe UI Symbol\" w:eastAsia=\"Segoe UI Symbol\" \
             w:cs=\"Segoe UI Symbol\"/></w:rPr><w:t>{mark}</w:t></w:r></w:sdtContent></w:sdt>"
        ));
        run(&mut self.body.text, " ", Look::default());
    }

    fn table(&mut self, table: &Table, place: &Place) {
        let columns = table.columns.len().min(MAX_COLUMNS);
        let (page_width, page_height) = page(self.paper);
        let is_wide = columns > WIDE_COLUMNS && !place.is_nested && !self.is_in_note;
        let wide = (u32::try_from(columns).unwrap_or(0) * COLUMN + 2 * MARGIN).clamp(page_height, MAX_PAGE);
        if is_wide {
            self.section_end(page_width, page_height);
        }
        let room = if is_wide { wide } else { page_width } - 2 * MARGIN;
        let widths = widths(table, columns, room.saturating_sub(u32::try_from(place.indent).unwrap_or(0)));
        self.raw("<w:tbl><w:tblPr><w:tblStyle w:val=\"Facts\"/><w:tblW w:w=\"0\" w:type=\"auto\"/>");
        if place.indent > 0 {
            self.raw(&format!("<w:tblInd w:w=\"{}\" w:type=\"dxa\"/>", place.indent));
        }
        if is_wide {
            let side = |side: &str| format!("<w:{side} w:w=\"40\" w:type=\"dxa\"/>");
            self.raw(&format!("<w:tblCellMar>{}{}</w:tblCellMar>", side("left"), side("right")));
        }
        self.raw("<w:tblLook w:val=\"0420\" w:firstRow=\"1\" w:noHBand=\"0\" w:noVBand=\"1\"/></w:tblPr><w:tblGrid>");
        for width in &widths {
            self.raw(&format!("<w:gridCol w:w=\"{width}\"/>"));
        }
        self.raw("</w:tblGrid>");
        self.row((table, &table.head), &widths, true);
        for row in &table.rows {
            self.row((table, row), &widths, false);
        }
        self.raw("</w:tbl>");
        if is_wide {
            self.section_end(wide, page_width);
        } else {
            // Two tables without a paragraph between them would become one.
            self.raw(SPACER);
        }
    }

    fn section_end(&mut self, width: u32, height: u32) {
        let section = package::section(width, height);
        self.raw(&format!("<w:p><w:pPr><w:spacing w:after=\"0\"/>{section}</w:pPr></w:p>"));
    }

    fn row(&mut self, (table, cells): (&Table, &[Vec<Inline>]), widths: &[u32], is_head: bool) {
        let head = if is_head { "<w:tblHeader/>" } else { "" };
        self.raw(&format!("<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>"));
        let last = widths.len().saturating_sub(1);
        for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
            self.raw(&format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr><w:p><w:pPr>"));
            self.raw("<w:pStyle w:val=\"TableText\"/>");
            self.raw(if is_head { "<w:keepNext/>" } else { "" });
            self.raw(match table.columns.get(index) {
                Some(Align::Center) => "<w:jc w:val=\"center\"/>",
                Some(Align::End) => "<w:jc w:val=\"right\"/>",
                Some(Align::Start) | None => "",
            });
            self.raw("</w:pPr>");
            let look = Look { is_bold: is_head, ..Look::default() };
            self.content(cell, look);
            if index == last {
                // What no column is left for.
                for beyond in cells.iter().skip(widths.len()) {
                    run(&mut self.body.text, " | ", look);
                    self.content(beyond, look);
                }
            }
            self.raw("</w:p></w:tc>");
        }
        self.raw("</w:tr>");
    }

    fn content(&mut self, content: &[Inline], look: Look) {
        for part in content {
            match part {
                Inline::Text(text) => run(&mut self.body.text, text, look),
                Inline::Code(text) | Inline::Raw(text) => {
                    run(&mut self.body.text, text, Look { is_code: true, ..look });
                }
                Inline::Emphasis(inner) => self.content(inner, Look { is_italic: true, ..look }),
                Inline::Strong(inner) => self.content(inner, Look { is_bold: true, ..look }),
                Inline::Strikethrough(inner) => self.content(inner, Look { is_struck: true, ..look }),
                Inline::Link { destination, content } => self.link(destination, content, look),
                Inline::Image { destination, alt } => self.image(destination, alt, look),
                Inline::SoftBreak => run(&mut self.body.text, " ", look),
                Inline::HardBreak => self.raw("<w:r><w:br/></w:r>"),
                Inline::Note(index) => self.mention(*index),
            }
        }
    }

    fn link(&mut self, target: &str, content: &[Inline], look: Look) {
        let linked = Look { is_link: true, ..look };
        match destination(target) {
            // A link in a link is none that Word opens.
            _ if look.is_link => self.content(content, look),
            Destination::Outside(url) => {
                let number = self.body.links.len();
                self.body.links.push(url.to_owned());
                self.raw(&format!("<w:hyperlink r:id=\"link{number}\" w:history=\"1\">"));
                self.content(content, linked);
                self.raw("</w:hyperlink>");
            }
            Destination::Heading(anchor) => {
                let Some(number) = self.anchors.get(anchor).copied() else { return self.content(content, look) };
                self.raw(&format!("<w:hyperlink w:anchor=\"heading_{number}\" w:history=\"1\">"));
                self.content(content, linked);
                self.raw("</w:hyperlink>");
            }
            Destination::Nowhere(target) => {
                self.content(content, look);
                run(&mut self.body.text, &led_nowhere(target), look);
            }
        }
    }

    fn image(&mut self, target: &str, alt: &str, look: Look) {
        let Some(raster) = self.pictures.find(target).as_ref().and_then(raster) else {
            self.body.gone += 1;
            run(&mut self.body.text, &gone_picture(alt, target), look);
            return;
        };
        let number = self.body.media.len() + 1;
        let relation = format!("picture{number}");
        self.body.media.push((format!("{relation}.{}", raster.extension), raster.bytes));
        self.raw(&drawing(number, &relation, alt, raster.size));
    }

    fn mention(&mut self, index: usize) {
        let number = index + 1;
        let (Some(note), Some(is_noted)) = (self.notes.get(index), self.is_noted.get(index).copied()) else { return };
        if self.is_in_note || is_noted {
            // A note cannot hang on another, nor on two places: further mentions show its number.
            self.raw(&format!("<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:t>{number}</w:t></w:r>"));
            return;
        }
        if let Some(slot) = self.is_noted.get_mut(index) {
            *slot = true;
        }
        self.raw(&format!(
            "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteReference w:id=\"{number}\"/></w:r>"
        ));
        let text = self.note_text(note);
        self.body.notes.push((number, text));
    }

    fn note_text(&mut self, note: &Note) -> String {
        let around = std::mem::take(&mut self.body.text);
        self.is_in_note = true;
        let mark = "<w:r><w:rPr><w:rStyle w:val=\"FootnoteReference\"/></w:rPr><w:footnoteRef/></w:r>";
        let (content, rest): (&[Inline], &[Block]) = match note.blocks.as_slice() {
            [Block::Paragraph(content), rest @ ..] => (content, rest),
            blocks => (&[], blocks),
        };
        self.paragraph(&Place::default(), |writer| {
            writer.raw(mark);
            run(&mut writer.body.text, " ", Look::default());
            writer.content(content, Look::default());
        });
        self.blocks(rest, &Place::default());
        self.is_in_note = false;
        std::mem::replace(&mut self.body.text, around)
    }

    /// Notes that nothing in the text mentions stand at the end, so that their text is not lost.
    fn unmentioned(&mut self) {
        let rest: Vec<&Note> =
            self.notes.iter().zip(&self.is_noted).filter(|(_, is_noted)| !**is_noted).map(|(note, _)| note).collect();
        if rest.is_empty() {
            return;
        }
        self.block(&Block::Rule, &Place::default());
        for note in rest {
            self.blocks(&note.blocks, &Place::default());
        }
    }
}

const fn alert_color(alert: Alert) -> &'static str {
    match alert {
        Alert::Note => "1B6E96",
        Alert::Tip => "157556",
        Alert::Important => "5A2CA0",
        Alert::Warning => "9A6400",
        Alert::Caution => "C22F2A",
    }
}

const fn token_color(token: Token) -> &'static str {
    match token {
        Token::Plain => "",
        Token::Comment => "56616E",
        Token::Keyword => "5A2CA0",
        Token::Text => "157556",
        Token::Number => "9A6400",
        Token::Name => "1C63E0",
    }
}
