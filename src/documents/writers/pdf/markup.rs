//! The blocks of a document as calls of the functions in `assets/documents/document.typ`.

use super::breaks::pieces;
use super::fonts::Fonts;
use super::literal;
use super::short_table::is_short;
use crate::documents::parsed::{Align, Block, Destination, Inline, Item, Note, Parsed, Table, anchors, destination};
use crate::documents::pictures::Pictures;
use crate::documents::writers::{gone_picture, leads, led_nowhere};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Longer code is set without colors: reading it would take longer than laying it out.
const MAX_COLORED_CODE: usize = 32 << 10;
/// A block of code is set in pieces of about this many lines, so that a long one is laid out in bounded time.
const CODE_PIECE_LINES: usize = 400;
/// More columns get a wider page.
const MAX_COLUMNS: usize = 9;
/// Of each column on a wider page.
const COLUMN_MM: usize = 24;
/// Without it a list stands as close to what is above as its items to each other.
const APART: &str = "parbreak()\n";
/// How many columns of the code face fit a line.
const CODE_COLUMNS: usize = 88;

/// The source of a document's body, and what it needs.
pub(super) struct Markup {
    pub(super) source: String,
    /// By the names under which the source asks for them.
    pub(super) pictures: Vec<(String, Vec<u8>)>,
    /// Pictures that could not be shown.
    pub(super) gone: usize,
    /// Characters that no face has, each place counted.
    pub(super) missing: usize,
}

pub(super) fn write(parsed: &Parsed, pictures: &Pictures, fonts: &Fonts) -> Markup {
    let mut writer = Writer {
        out: String::new(),
        fonts,
        pictures,
        notes: &parsed.notes,
        states: vec![NoteState::New; parsed.notes.len()],
        anchors: anchors(&parsed.blocks),
        headings: 0,
        level: 0,
        depth: 0,
        held: Vec::new(),
        gone: 0,
        missing: 0,
    };
    writer.out.push_str("#{\n");
    writer.blocks(&parsed.blocks);
    writer.unmentioned();
    writer.out.push_str("}\n");
    Markup { source: writer.out, pictures: writer.held, gone: writer.gone, missing: writer.missing }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NoteState {
    New,
    /// Its text is being written: a mention inside it cannot lead to it.
    Open,
    Written,
}

struct Writer<'a> {
    out: String,
    fonts: &'a Fonts,
    pictures: &'a Pictures,
    notes: &'a [Note],
    states: Vec<NoteState>,
    /// The number of each heading, by its anchor.
    anchors: HashMap<String, usize>,
    headings: usize,
    /// Of the heading before; the next may be one deeper at most.
    level: u8,
    /// How many containers are open.
    depth: usize,
    held: Vec<(String, Vec<u8>)>,
    gone: usize,
    missing: usize,
}

impl Writer<'_> {
    fn raw(&mut self, source: &str) {
        self.out.push_str(source);
    }

    /// Braces around something, which is then inside of something else.
    fn block_of(&mut self, inner: impl FnOnce(&mut Self)) {
        self.raw("{");
        let before = self.out.len();
        self.depth += 1;
        inner(self);
        self.depth -= 1;
        if self.out.len() == before {
            self.raw("\"\"");
        }
        self.raw("}");
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (number, block) in blocks.iter().enumerate() {
            if leads(block, blocks.get(number + 1)) {
                self.raw("lead(");
                self.block_of(|writer| writer.block(block));
                self.raw(")");
            } else {
                self.block(block);
            }
            self.raw("\n");
            if matches!((block, blocks.get(number + 1)), (Block::Paragraph(_), Some(Block::List { .. }))) {
                self.raw(APART);
            }
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, content, .. } => self.heading(*level, content),
            Block::Paragraph(content) => self.paragraph(content),
            Block::Quote { alert: None, blocks } => {
                self.raw("quoted(");
                self.block_of(|writer| writer.blocks(blocks));
                self.raw(")");
            }
            Block::Quote { alert: Some(alert), blocks } => {
                self.raw(&format!("alert(\"{}\", \"{}\", ", alert.id(), alert.label()));
                self.block_of(|writer| writer.blocks(blocks));
                self.raw(")");
            }
            Block::Code { language, text } => self.code(language, text),
            Block::List { first, items } => self.list(*first, items),
            Block::Table(table) => self.table(table),
            Block::Rule => self.raw("rule()"),
            Block::Raw(source) => self.code("", source),
        }
    }

    fn heading(&mut self, level: u8, content: &[Inline]) {
        // Readers of the screen lose their way where a level is skipped, and the standard forbids it.
        self.level = level.min(self.level + 1);
        let (number, level) = (self.headings, self.level);
        self.headings += 1;
        self.raw(&format!("[#heading(level: {level}, "));
        self.block_of(|writer| writer.content(content));
        self.raw(&format!(") <h-{number}>]"));
    }

    fn paragraph(&mut self, content: &[Inline]) {
        if let [Inline::Image { destination, alt }] = content
            && self.pictures.find(destination).is_some()
        {
            self.image("picture", (destination, alt));
            return;
        }
        self.raw("par(");
        self.block_of(|writer| writer.content(content));
        self.raw(")");
    }

    fn code(&mut self, language: &str, text: &str) {
        let language = language.split([' ', ',', '{']).next().unwrap_or_default();
        let is_plain = language.is_empty() || text.len() > MAX_COLORED_CODE;
        let language = if is_plain { "none".to_owned() } else { literal::string(language) };
        let text = self.wrapped(text);
        let lines: Vec<&str> = text.split('\n').collect();
        for piece in lines.chunks(CODE_PIECE_LINES) {
            self.raw(&format!("code-block({language}, {})\n", literal::string(&piece.join("\n"))));
        }
    }

    /// Code with what no face has named, and with words that fit no line parted.
    fn wrapped(&mut self, text: &str) -> String {
        let mut wrapped = String::with_capacity(text.len());
        let mut run = 0;
        for c in text.chars() {
            if let Some(name) = self.fonts.name_of_missing(c) {
                self.missing += 1;
                write!(wrapped, "[{name}]").ok();
                run += name.len();
                continue;
            }
            run = if c.is_whitespace() { 0 } else { run + 1 };
            if run > CODE_COLUMNS {
                wrapped.push('\u{200b}');
                run = 1;
            }
            wrapped.push(c);
        }
        wrapped
    }

    fn list(&mut self, first: Option<u64>, items: &[Item]) {
        let is_tasks = first.is_none() && items.iter().any(|item| item.done.is_some());
        match first {
            _ if is_tasks => self.raw("tasks("),
            None => self.raw("list("),
            Some(first) => self.raw(&format!("enum(start: {first}, ")),
        }
        for item in items {
            self.item(item, is_tasks);
            self.raw(",\n");
        }
        self.raw(")");
    }

    fn item(&mut self, item: &Item, is_task: bool) {
        self.block_of(|writer| {
            match item.done {
                Some(true) => writer.text("☑ "),
                Some(false) => writer.text("☐ "),
                None if is_task => writer.text("• "),
                None => {}
            }
            writer.beside(&item.blocks);
        });
    }

    /// Blocks whose first words stand on the line of the mark before them.
    fn beside(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Paragraph(content), rest @ ..] => {
                self.content(content);
                // A list belongs to the words above it.
                if !matches!(rest, [] | [Block::List { .. }, ..]) {
                    self.raw(APART);
                }
                self.blocks(rest);
            }
            blocks => self.blocks(blocks),
        }
    }

    fn table(&mut self, table: &Table) {
        let columns = table.columns.len();
        // A page cannot begin inside of something.
        let is_wide = columns > MAX_COLUMNS && self.depth == 0;
        if is_wide {
            self.raw(&format!("wide({}mm, ", (columns * COLUMN_MM + 40).max(297)));
        }
        let widths = if is_wide { format!("(1fr,) * {columns}") } else { columns.to_string() };
        self.raw(&format!("listing({widths}, ("));
        for align in &table.columns {
            self.raw(match align {
                Align::Start => "left, ",
                Align::Center => "center, ",
                Align::End => "right, ",
            });
        }
        self.raw(if is_short(table) { "), true, (" } else { "), false, (" });
        self.cells(&table.head);
        self.raw("), (");
        for row in &table.rows {
            self.cells(row);
        }
        self.raw("))");
        if is_wide {
            self.raw(")");
        }
    }

    fn cells(&mut self, cells: &[Vec<Inline>]) {
        for cell in cells {
            self.block_of(|writer| writer.content(cell));
            self.raw(", ");
        }
        self.raw("\n");
    }

    fn content(&mut self, content: &[Inline]) {
        for part in content {
            match part {
                Inline::Text(text) => self.text(text),
                Inline::Code(text) => self.inline_code(text),
                Inline::Emphasis(inner) => self.within("emph", inner),
                Inline::Strong(inner) => self.within("strong", inner),
                Inline::Strikethrough(inner) => self.within("strike", inner),
                Inline::Link { destination, content } => self.link(destination, content),
                Inline::Image { destination, alt } => self.image("small-picture", (destination, alt)),
                Inline::SoftBreak => self.raw("\" \";"),
                Inline::HardBreak => self.raw("linebreak();"),
                Inline::Raw(source) => self.inline_code(source),
                Inline::Note(index) => self.mention(*index),
            }
        }
    }

    fn within(&mut self, name: &str, inner: &[Inline]) {
        self.raw(name);
        self.raw("(");
        self.block_of(|writer| writer.content(inner));
        self.raw(");");
    }

    /// Text with places to break in long words, and with what no face has named.
    fn text(&mut self, text: &str) {
        let mut held = String::new();
        for piece in pieces(text) {
            for c in piece.chars() {
                let Some(name) = self.fonts.name_of_missing(c) else {
                    held.push(c);
                    continue;
                };
                self.missing += 1;
                self.literal(&mut held);
                self.raw(&format!("missing({});", literal::string(&name)));
            }
            self.literal(&mut held);
            self.raw("b;");
        }
        if self.out.ends_with("b;") {
            self.out.truncate(self.out.len() - 2);
        }
    }

    fn literal(&mut self, held: &mut String) {
        if !held.is_empty() {
            self.out.push_str(&literal::string(held));
            self.out.push(';');
            held.clear();
        }
    }

    fn inline_code(&mut self, text: &str) {
        let drawn = self.fonts.drawable(text);
        self.missing += text.chars().filter(|c| self.fonts.name_of_missing(*c).is_some()).count();
        self.raw("code(");
        for piece in pieces(&drawn) {
            self.raw(&literal::string(piece));
            self.raw(", ");
        }
        self.raw(");");
    }

    fn link(&mut self, target: &str, content: &[Inline]) {
        let to = match destination(target) {
            Destination::Outside(url) => Some(literal::string(url)),
            Destination::Heading(anchor) => self.anchors.get(anchor).map(|number| format!("<h-{number}>")),
            Destination::Nowhere(target) => {
                self.content(content);
                self.text(&led_nowhere(target));
                return;
            }
        };
        let Some(to) = to.filter(|_| !content.is_empty()) else {
            self.content(content);
            return;
        };
        self.raw(&format!("link({to}, "));
        self.block_of(|writer| writer.content(content));
        self.raw(");");
    }

    fn image(&mut self, function: &str, (target, alt): (&str, &str)) {
        let Some(picture) = self.pictures.find(target) else {
            self.gone += 1;
            self.text(&gone_picture(alt, target));
            return;
        };
        let name = format!("picture-{}.{}", self.held.len() + 1, picture.extension());
        self.held.push((name.clone(), picture.bytes().to_vec()));
        let alt = if alt.trim().is_empty() { "Picture" } else { alt };
        self.raw(&format!("{function}({}, {});", literal::string(&name), literal::string(alt)));
    }

    fn mention(&mut self, index: usize) {
        let (Some(note), Some(state)) = (self.notes.get(index), self.states.get(index).copied()) else { return };
        match state {
            NoteState::Written => self.raw(&format!("footnote(<n-{index}>);")),
            NoteState::Open => self.raw(&format!("super(\"{}\");", index + 1)),
            NoteState::New => {
                self.state(index, NoteState::Open);
                self.raw("[#footnote(");
                self.block_of(|writer| writer.beside(&note.blocks));
                self.raw(&format!(") <n-{index}>];"));
                self.state(index, NoteState::Written);
            }
        }
    }

    fn state(&mut self, index: usize, state: NoteState) {
        if let Some(slot) = self.states.get_mut(index) {
            *slot = state;
        }
    }

    /// Notes that nothing mentions stand at the end, so that their text is not lost.
    fn unmentioned(&mut self) {
        let rest: Vec<&Note> = self.notes.iter().filter(|note| !note.is_mentioned).collect();
        if rest.is_empty() {
            return;
        }
        self.raw("rule()\n");
        for note in rest {
            self.blocks(&note.blocks);
        }
    }
}
