//! Markdown read into blocks: what [`super::markdown`] draws.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream};

/// A block of the document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    Heading(u8, Vec<Run>),
    Paragraph(Vec<Run>),
    Code {
        language: String,
        text: String,
    },
    /// Items with what stands before them: a bullet, a number, a check box.
    List(Vec<(Marker, Vec<Self>)>),
    Quote(Vec<Self>),
    Table {
        rows: Vec<Vec<Vec<Run>>>,
    },
    Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Bullet,
    Number(u64),
    Task(bool),
}

/// Text of one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) text: String,
    pub(super) look: Look,
    pub(super) url: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the four marks of Markdown, which combine freely")]
pub(super) struct Look {
    pub(super) bold: bool,
    pub(super) italic: bool,
    pub(super) struck: bool,
    pub(super) code: bool,
}
/// The blocks of a text. What is not finished yet, as in an answer that still grows, is read as far as it goes.
pub(super) fn parse(text: &str) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS | Options::ENABLE_FOOTNOTES;
    let mut builder = Builder { stack: vec![Level::default()], ..Builder::default() };
    for event in TextMergeStream::new(Parser::new_ext(text, options)) {
        builder.event(event);
    }
    builder.flush();
    builder.stack.into_iter().next().map(|level| level.blocks).unwrap_or_default()
}

#[derive(Default)]
struct Builder {
    stack: Vec<Level>,
    runs: Vec<Run>,
    look: Look,
    url: Option<String>,
    rows: Vec<Vec<Vec<Run>>>,
    code: Option<(String, String)>,
}

/// A container that is open: a list, an item, a quote.
#[derive(Default)]
struct Level {
    blocks: Vec<Block>,
    items: Vec<(Marker, Vec<Block>)>,
    marker: Option<Marker>,
    next_number: Option<u64>,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.text(&text),
            Event::Code(text) => {
                let look = Look { code: true, ..self.look };
                self.runs.push(Run { text: text.into_string(), look, url: self.url.clone() });
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.text("\n"),
            Event::Rule => self.push(Block::Rule),
            Event::TaskListMarker(done) => {
                if let Some(level) = self.stack.last_mut() {
                    level.marker = Some(Marker::Task(done));
                }
            }
            Event::FootnoteReference(name) => self.text(&format!("[^{name}]")),
            // HTML is shown as it is written: the program draws no foreign markup.
            Event::Html(text) | Event::InlineHtml(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.text(&text);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::CodeBlock(kind) => {
                self.flush();
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.into_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Tag::List(first) => {
                self.flush();
                self.stack.push(Level { next_number: first, ..Level::default() });
            }
            Tag::Item => {
                let list = self.stack.last_mut();
                let number = list.and_then(|list| {
                    let number = list.next_number?;
                    list.next_number = Some(number + 1);
                    Some(number)
                });
                let marker = Some(number.map_or(Marker::Bullet, Marker::Number));
                self.stack.push(Level { marker, ..Level::default() });
            }
            Tag::BlockQuote(_) => {
                self.flush();
                self.stack.push(Level::default());
            }
            Tag::FootnoteDefinition(name) => self.text(&format!("[^{name}]: ")),
            Tag::Strong => self.look.bold = true,
            Tag::Emphasis => self.look.italic = true,
            Tag::Strikethrough => self.look.struck = true,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.url = Some(dest_url.into_string()),
            Tag::Table(_) => {
                self.flush();
                self.rows.clear();
            }
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                let runs = std::mem::take(&mut self.runs);
                self.push(Block::Heading(depth(level), runs));
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.push(Block::Code { language, text });
                }
            }
            TagEnd::List(_) => {
                let items = self.stack.pop().map(|list| list.items).unwrap_or_default();
                self.push(Block::List(items));
            }
            TagEnd::Item => {
                self.flush();
                if let Some(item) = self.stack.pop()
                    && let Some(list) = self.stack.last_mut()
                {
                    list.items.push((item.marker.unwrap_or(Marker::Bullet), item.blocks));
                }
            }
            TagEnd::BlockQuote(_) => {
                self.flush();
                let blocks = self.stack.pop().map(|quote| quote.blocks).unwrap_or_default();
                self.push(Block::Quote(blocks));
            }
            TagEnd::Strong => self.look.bold = false,
            TagEnd::Emphasis => self.look.italic = false,
            TagEnd::Strikethrough => self.look.struck = false,
            TagEnd::Link | TagEnd::Image => self.url = None,
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.runs);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => {
                let rows = std::mem::take(&mut self.rows);
                self.push(Block::Table { rows });
            }
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.flush(),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        match self.runs.last_mut() {
            Some(run) if run.look == self.look && run.url == self.url => run.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), look: self.look, url: self.url.clone() }),
        }
    }

    /// Ends a paragraph that the list did not mark as one.
    fn flush(&mut self) {
        if !self.runs.is_empty() {
            let runs = std::mem::take(&mut self.runs);
            self.push(Block::Paragraph(runs));
        }
    }

    fn push(&mut self, block: Block) {
        if let Some(level) = self.stack.last_mut() {
            level.blocks.push(block);
        }
    }
}

const fn depth(level: HeadingLevel) -> u8 {
    level as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Run {
        Run { text: text.to_owned(), ..Run::default() }
    }

    #[test]
    fn a_placeholder_in_brackets_stays_in_one_run() {
        assert_eq!(parse("ask [Email-1] now"), [Block::Paragraph(vec![plain("ask [Email-1] now")])]);
    }

    #[test]
    fn nested_and_task_lists_keep_their_markers() {
        let blocks = parse("3. a\n   - [x] b\n   - c\n4. d\n");
        let inner = Block::List(vec![
            (Marker::Task(true), vec![Block::Paragraph(vec![plain("b")])]),
            (Marker::Bullet, vec![Block::Paragraph(vec![plain("c")])]),
        ]);
        let outer = Block::List(vec![
            (Marker::Number(3), vec![Block::Paragraph(vec![plain("a")]), inner]),
            (Marker::Number(4), vec![Block::Paragraph(vec![plain("d")])]),
        ]);
        assert_eq!(blocks, [outer]);
    }

    #[test]
    fn code_tables_links_and_html_are_kept() {
        assert_eq!(
            parse("```rust\nlet a;\n```"),
            [Block::Code { language: "rust".to_owned(), text: "let a;\n".to_owned() }]
        );
        assert_eq!(
            parse("| a | b |\n|---|---|\n| 1 | 2 |"),
            [Block::Table {
                rows: vec![vec![vec![plain("a")], vec![plain("b")]], vec![vec![plain("1")], vec![plain("2")]]]
            }]
        );
        let link = Run { text: "x".to_owned(), url: Some("https://e.org".to_owned()), ..Run::default() };
        assert_eq!(parse("[x](https://e.org)"), [Block::Paragraph(vec![link])]);
        assert_eq!(parse("a <b>c"), [Block::Paragraph(vec![plain("a <b>c")])]);
    }

    #[test]
    fn an_answer_that_still_grows_is_never_lost() {
        let whole = "# T\n\n- a `b` **c**\n\n```\nx\n```\n\n| a |\n|---|\n| 1 |\n";
        for end in 1..whole.len() {
            let head = whole.get(..end).unwrap();
            assert!(!parse(head).is_empty() || head.trim().len() < 4, "{end}");
        }
    }
}
