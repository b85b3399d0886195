//! From the events of the Markdown parser to the tree.

use super::text::{anchor, visible};
use super::{Alert, Align, Block, Inline, Item, MAX_DEPTH, Note, Parsed, Table, dialect, plain_text};
use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, Parser, Tag};
use std::collections::HashMap;
use std::ops::Range;

/// Marks inside marks beyond this many are left out; their text stays.
const MAX_MARKS: usize = 12;
/// Containers that are too deep show their marks up to this many.
const MAX_FLAT_MARKS: usize = 8;

pub(super) fn build(markdown: &str) -> Parsed {
    let mut builder = Builder { source: markdown, frames: vec![Frame::new(Open::Root)], ..Builder::default() };
    for (event, range) in Parser::new_ext(markdown, dialect()).into_offset_iter() {
        builder.event(event, range);
    }
    builder.finish()
}

/// What is open, and what it holds so far.
struct Frame {
    open: Open,
    blocks: Vec<Block>,
    content: Vec<Inline>,
    text: String,
}

impl Frame {
    const fn new(open: Open) -> Self {
        Self { open, blocks: Vec::new(), content: Vec::new(), text: String::new() }
    }
}

enum Open {
    Root,
    Quote(Option<Alert>),
    List {
        first: Option<u64>,
        items: Vec<Item>,
    },
    Item {
        done: Option<bool>,
    },
    /// A container too deep for a level of its own; what it holds goes into the one around it.
    Flat {
        mark: String,
    },
    Note(String),
    Table(Table),
    Row {
        cells: Vec<Vec<Inline>>,
        range: Range<usize>,
        cells_end: usize,
        is_head: bool,
    },
    Cell,
    /// `true` when the source opened none: the text of a tight list item.
    Paragraph {
        is_implied: bool,
    },
    Heading(u8),
    Code(String),
    Raw,
    Mark(fn(Vec<Inline>) -> Inline),
    /// A mark too deep.
    NoMark,
    Link(String),
    Image(String),
}

impl Open {
    const fn is_container(&self) -> bool {
        matches!(self, Self::Quote(_) | Self::List { .. } | Self::Item { .. } | Self::Note(_))
    }

    const fn is_mark(&self) -> bool {
        matches!(self, Self::Mark(_) | Self::Link(_) | Self::Image(_))
    }

    const fn holds_content(&self) -> bool {
        self.is_mark() || matches!(self, Self::Cell | Self::Paragraph { .. } | Self::Heading(_) | Self::NoMark)
    }
}

#[derive(Default)]
struct Builder<'a> {
    source: &'a str,
    frames: Vec<Frame>,
    /// How many containers are open, how many that are too deep, and how many marks.
    depth: usize,
    flats: usize,
    marks: usize,
    anchors: HashMap<String, usize>,
    /// The labels of footnotes, numbered in the order of their first mention.
    mentioned: HashMap<String, usize>,
    /// By label.
    notes: Vec<(String, Vec<Block>)>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(_) => self.end(range.end),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => self.inline(Inline::Code(visible(&code))),
            // Mathematics is not in the dialect; should it come, its source is shown.
            Event::InlineMath(source) | Event::DisplayMath(source) => self.inline(Inline::Code(visible(&source))),
            Event::Html(html) => self.html(&html),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::FootnoteReference(label) => {
                let number = self.mention(&label);
                self.inline(Inline::Note(number));
            }
            Event::SoftBreak => self.inline(Inline::SoftBreak),
            Event::HardBreak => self.inline(Inline::HardBreak),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(is_done) => self.task(is_done),
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        let open = match tag {
            Tag::Paragraph => Open::Paragraph { is_implied: false },
            Tag::Heading { level, .. } => Open::Heading(level_of(level)),
            Tag::BlockQuote(kind) => self.container(Open::Quote(kind.map(alert_of)), "› "),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => Open::Code(visible(&language)),
            Tag::CodeBlock(CodeBlockKind::Indented) => Open::Code(String::new()),
            Tag::HtmlBlock | Tag::MetadataBlock(_) => Open::Raw,
            Tag::List(first) => self.container(Open::List { first, items: Vec::new() }, ""),
            Tag::Item | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => self.item(),
            Tag::DefinitionList => self.container(Open::List { first: None, items: Vec::new() }, ""),
            Tag::FootnoteDefinition(label) => Open::Note(label.to_string()),
            Tag::Table(columns) => {
                Open::Table(Table { columns: columns.into_iter().map(align_of).collect(), ..Table::default() })
            }
            Tag::TableHead | Tag::TableRow => {
                let is_head = matches!(tag, Tag::TableHead);
                Open::Row { cells: Vec::new(), cells_end: range.start, range, is_head }
            }
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => self.mark(Inline::Emphasis),
            Tag::Strong => self.mark(Inline::Strong),
            Tag::Strikethrough => self.mark(Inline::Strikethrough),
            // Neither is in the dialect; should they come, their text stays.
            Tag::Superscript | Tag::Subscript => Open::NoMark,
            Tag::Link { dest_url, .. } => Open::Link(visible(&dest_url)),
            Tag::Image { dest_url, .. } => Open::Image(visible(&dest_url)),
        };
        if !open.is_mark() && !matches!(open, Open::NoMark | Open::Cell | Open::Row { .. }) {
            self.close_implied();
        } else if matches!(open, Open::Mark(_) | Open::Link(_) | Open::Image(_) | Open::NoMark) {
            self.imply_paragraph();
        }
        self.count(&open, 1);
        self.frames.push(Frame::new(open));
    }

    fn count(&mut self, open: &Open, by: isize) {
        let counter = match open {
            open if open.is_container() => &mut self.depth,
            open if open.is_mark() => &mut self.marks,
            Open::Flat { .. } => &mut self.flats,
            _ => return,
        };
        *counter = counter.saturating_add_signed(by);
    }

    fn container(&self, open: Open, mark: &str) -> Open {
        if self.depth < MAX_DEPTH { open } else { self.flat(mark) }
    }

    fn flat(&self, mark: &str) -> Open {
        Open::Flat { mark: if self.flats < MAX_FLAT_MARKS { mark.to_owned() } else { String::new() } }
    }

    /// An item of a list, or the mark of one where the list is too deep.
    fn item(&self) -> Open {
        let is_in_list = self.frames.last().is_some_and(|frame| matches!(frame.open, Open::List { .. }));
        if is_in_list { Open::Item { done: None } } else { self.flat("• ") }
    }

    fn mark(&self, mark: fn(Vec<Inline>) -> Inline) -> Open {
        if self.marks < MAX_MARKS { Open::Mark(mark) } else { Open::NoMark }
    }

    /// Text of a tight item stands in no paragraph of its own.
    fn imply_paragraph(&mut self) {
        if !self.frames.last().is_some_and(|frame| frame.open.holds_content()) {
            self.frames.push(Frame::new(Open::Paragraph { is_implied: true }));
        }
    }

    fn close_implied(&mut self) {
        let is_implied =
            self.frames.last().is_some_and(|frame| matches!(frame.open, Open::Paragraph { is_implied: true }));
        if is_implied {
            self.close();
        }
    }

    fn end(&mut self, at: usize) {
        let is_explicit_end = self.frames.last().is_some_and(|frame| frame.open.is_mark())
            || self.frames.last().is_some_and(|frame| matches!(frame.open, Open::NoMark));
        if !is_explicit_end {
            self.close_implied();
        }
        if self.frames.last().is_some_and(|frame| matches!(frame.open, Open::Cell)) {
            self.end_cell(at);
        } else {
            self.close();
        }
    }

    fn end_cell(&mut self, at: usize) {
        let Some(cell) = self.frames.pop() else { return };
        if let Some(Frame { open: Open::Row { cells, cells_end, .. }, .. }) = self.frames.last_mut() {
            cells.push(cell.content);
            *cells_end = at;
        }
    }

    /// Takes the innermost thing off and puts it into the one around it.
    fn close(&mut self) {
        if self.frames.len() <= 1 {
            return;
        }
        let Some(Frame { open, blocks, content, text }) = self.frames.pop() else { return };
        self.count(&open, -1);
        match open {
            Open::Root | Open::Cell => {}
            Open::Quote(alert) => self.block(Block::Quote { alert, blocks }),
            Open::List { first, items } => self.block(Block::List { first, items }),
            Open::Item { done } => {
                if let Some(Frame { open: Open::List { items, .. }, .. }) = self.frames.last_mut() {
                    items.push(Item { done, blocks });
                }
            }
            Open::Flat { mark } => self.splice(&mark, blocks),
            Open::Note(label) => self.notes.push((label, blocks)),
            Open::Table(table) => self.block(Block::Table(table)),
            Open::Row { cells, range, cells_end, is_head } => self.end_row(cells, cells_end..range.end, is_head),
            Open::Paragraph { .. } => self.block(Block::Paragraph(content)),
            Open::Heading(level) => {
                let anchor = self.unique(anchor(&content));
                self.block(Block::Heading { level, anchor, content });
            }
            Open::Code(language) => {
                let text = text.strip_suffix('\n').map_or_else(|| text.clone(), str::to_owned);
                self.block(Block::Code { language, text });
            }
            Open::Raw => {
                let text = text.trim_end();
                if !is_comment(text) {
                    self.block(Block::Raw(visible(text)));
                }
            }
            Open::Mark(mark) => self.inline(mark(content)),
            Open::NoMark => {
                for part in content {
                    self.inline(part);
                }
            }
            Open::Link(destination) => self.inline(Inline::Link { destination, content }),
            Open::Image(destination) => self.inline(Inline::Image { destination, alt: plain_text(&content) }),
        }
    }

    /// Cells beyond the last column are no cells by the rules of tables. Their text is kept in the last cell.
    fn end_row(&mut self, mut cells: Vec<Vec<Inline>>, rest: Range<usize>, is_head: bool) {
        let Some(Frame { open: Open::Table(table), .. }) = self.frames.last_mut() else { return };
        let rest = self.source.get(rest).unwrap_or_default();
        let beyond = rest.trim().trim_matches('|').trim();
        if !beyond.is_empty()
            && let Some(last) = cells.last_mut()
        {
            last.push(Inline::Text(format!(" | {}", visible(beyond))));
        }
        cells.resize(table.columns.len(), Vec::new());
        if is_head {
            table.head = cells;
        } else {
            table.rows.push(cells);
        }
    }

    fn splice(&mut self, mark: &str, mut blocks: Vec<Block>) {
        match blocks.first_mut() {
            _ if mark.is_empty() => {}
            Some(Block::Paragraph(content)) => content.insert(0, Inline::Text(mark.to_owned())),
            _ => blocks.insert(0, Block::Paragraph(vec![Inline::Text(mark.trim_end().to_owned())])),
        }
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: Block) {
        self.close_implied();
        if let Some(frame) = self.frames.last_mut() {
            frame.blocks.push(block);
        }
    }

    fn inline(&mut self, part: Inline) {
        self.imply_paragraph();
        let Some(frame) = self.frames.last_mut() else { return };
        match (part, frame.content.last_mut()) {
            (Inline::Text(more), Some(Inline::Text(text))) => text.push_str(&more),
            (part, _) => frame.content.push(part),
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Frame { open: Open::Code(_) | Open::Raw, text: held, .. }) = self.frames.last_mut() {
            held.push_str(&visible(text));
        } else {
            self.inline(Inline::Text(visible(text)));
        }
    }

    fn html(&mut self, html: &str) {
        if let Some(Frame { open: Open::Raw, text, .. }) = self.frames.last_mut() {
            text.push_str(html);
        } else {
            self.inline_html(html);
        }
    }

    fn inline_html(&mut self, html: &str) {
        let tag: String = html.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        if matches!(tag.as_str(), "<br>" | "<br/>") {
            self.inline(Inline::HardBreak);
        } else if !is_comment(html) {
            self.inline(Inline::Raw(visible(html)));
        }
    }

    fn task(&mut self, is_done: bool) {
        let item = self.frames.iter_mut().rev().find_map(|frame| match &mut frame.open {
            Open::Item { done } => Some(done),
            _ => None,
        });
        match item {
            Some(done) if self.flats == 0 => *done = Some(is_done),
            _ => self.inline(Inline::Text(if is_done { "☑ " } else { "☐ " }.to_owned())),
        }
    }

    fn mention(&mut self, label: &str) -> usize {
        let next = self.mentioned.len();
        *self.mentioned.entry(label.to_owned()).or_insert(next)
    }

    fn unique(&mut self, anchor: String) -> String {
        let uses = self.anchors.entry(anchor.clone()).or_insert(0);
        *uses += 1;
        if *uses == 1 { anchor } else { format!("{anchor}-{}", *uses - 1) }
    }

    fn finish(mut self) -> Parsed {
        while self.frames.len() > 1 {
            self.close();
        }
        let blocks = self.frames.pop().map(|root| root.blocks).unwrap_or_default();
        let mut notes: Vec<Note> =
            (0..self.mentioned.len()).map(|_| Note { blocks: Vec::new(), is_mentioned: true }).collect();
        for (label, blocks) in self.notes {
            match self.mentioned.get(&label).and_then(|number| notes.get_mut(*number)) {
                Some(note) => note.blocks.extend(blocks),
                None => notes.push(Note { blocks, is_mentioned: false }),
            }
        }
        Parsed { blocks, notes }
    }
}

const fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

const fn alert_of(kind: BlockQuoteKind) -> Alert {
    match kind {
        BlockQuoteKind::Note => Alert::Note,
        BlockQuoteKind::Tip => Alert::Tip,
        BlockQuoteKind::Important => Alert::Important,
        BlockQuoteKind::Warning => Alert::Warning,
        BlockQuoteKind::Caution => Alert::Caution,
    }
}

const fn align_of(alignment: Alignment) -> Align {
    match alignment {
        Alignment::None | Alignment::Left => Align::Start,
        Alignment::Center => Align::Center,
        Alignment::Right => Align::End,
    }
}

/// Whether it is nothing but one comment, which is not for readers.
fn is_comment(html: &str) -> bool {
    let html = html.trim();
    html.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->")).is_some_and(|inner| !inner.contains("-->"))
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn paragraph(text: &str) -> Block {
        Block::Paragraph(vec![Inline::Text(text.to_owned())])
    }

    #[test]
    fn a_cell_beyond_the_last_column_is_kept_in_the_last() {
        let parsed = parse("| a | b |\n|---|:-:|\n| 1 | 2 | 3 || 4 |\n| 5 |\n");
        let Some(Block::Table(table)) = parsed.blocks.first() else { panic!("{parsed:?}") };
        assert_eq!(table.columns, [Align::Start, Align::Center]);
        let texts: Vec<Vec<String>> =
            table.rows.iter().map(|row| row.iter().map(|cell| plain_text(cell)).collect()).collect();
        assert_eq!(texts, [["1", "2 | 3 || 4"], ["5", ""]]);
    }

    #[test]
    fn a_tight_item_with_a_list_inside_keeps_its_order() {
        let parsed = parse("- a\n  - [x] b\n\n  c\n- d\n");
        let Some(Block::List { items, .. }) = parsed.blocks.first() else { panic!("{parsed:?}") };
        let inner = Item { done: Some(true), blocks: vec![paragraph("b")] };
        let list = Block::List { first: None, items: vec![inner] };
        assert_eq!(items.first().unwrap().blocks, [paragraph("a"), list, paragraph("c")]);
    }

    #[test]
    fn markup_of_another_language_stays_text_and_comments_go() {
        let parsed = parse("a <x> b<br>c <!-- d --> &nbsp;e\n\n<!-- f -->\n\n<div markdown>\n\ng\n\n</div>\n");
        let first = vec![
            Inline::Text("a ".to_owned()),
            Inline::Raw("<x>".to_owned()),
            Inline::Text(" b".to_owned()),
            Inline::HardBreak,
            Inline::Text("c  \u{a0}e".to_owned()),
        ];
        let raw = |text: &str| Block::Raw(text.to_owned());
        assert_eq!(parsed.blocks, [Block::Paragraph(first), raw("<div markdown>"), paragraph("g"), raw("</div>")]);
    }

    #[test]
    fn a_note_that_nothing_mentions_is_kept() {
        let parsed = parse("a[^2] b[^1]\n\n[^1]: one\n[^2]: two\n[^3]: three\n");
        let notes: Vec<_> = parsed.notes.iter().map(|note| (note.blocks.clone(), note.is_mentioned)).collect();
        assert_eq!(
            notes,
            [(vec![paragraph("two")], true), (vec![paragraph("one")], true), (vec![paragraph("three")], false)]
        );
    }

    fn depth(blocks: &[Block]) -> usize {
        blocks
            .iter()
            .map(|block| match block {
                Block::Quote { blocks, .. } => 1 + depth(blocks),
                Block::List { items, .. } => 1 + items.iter().map(|item| 1 + depth(&item.blocks)).max().unwrap_or(0),
                _ => 0,
            })
            .max()
            .unwrap_or(0)
    }

    #[test]
    fn nesting_without_end_keeps_all_text() {
        let deep = format!("{}x", "> - ".repeat(5_000));
        let parsed = parse(&deep);
        assert!(depth(&parsed.blocks) <= MAX_DEPTH + 1);
        assert!(format!("{parsed:?}").contains('x'));
    }

    #[test]
    fn two_headings_of_the_same_words_have_two_anchors() {
        let parsed = parse("# A b\n\n## A b\n");
        let anchors: Vec<_> = parsed
            .blocks
            .iter()
            .filter_map(|block| match block {
                Block::Heading { anchor, .. } => Some(anchor.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(anchors, ["a-b", "a-b-1"]);
    }
}
