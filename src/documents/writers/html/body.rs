//! The blocks of a document as HTML.

use crate::documents::highlight::{Token, highlight};
use crate::documents::parsed::{Align, Block, Destination, Inline, Item, Parsed, Table, destination};
use crate::documents::pictures::Pictures;
use crate::documents::writers::gone_picture;

/// Appends the document, and tells what could not be shown as it is.
pub(super) fn write(parsed: &Parsed, pictures: &Pictures, html: &mut String) -> Vec<String> {
    let mut body = Body { html, pictures, mentions: vec![0; parsed.notes.len()], gone: 0 };
    body.blocks(&parsed.blocks);
    body.notes(parsed);
    super::super::remarks_on_pictures(body.gone)
}

/// Appends text with what means something in HTML escaped; fit for attributes in double quotes as well.
pub(super) fn escape(text: &str, html: &mut String) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
}

struct Body<'a> {
    html: &'a mut String,
    pictures: &'a Pictures,
    /// How often each note was mentioned so far.
    mentions: Vec<usize>,
    /// Pictures that could not be shown.
    gone: usize,
}

impl Body<'_> {
    fn raw(&mut self, markup: &str) {
        self.html.push_str(markup);
    }

    fn text(&mut self, text: &str) {
        escape(text, self.html);
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            self.block(block);
            self.raw("\n");
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, anchor, content } => {
                self.raw(&format!("<h{level} id=\"h-"));
                self.text(anchor);
                self.raw("\">");
                self.content(content);
                self.raw(&format!("</h{level}>"));
            }
            Block::Paragraph(content) => self.paragraph(content),
            Block::Quote { alert: None, blocks } => {
                self.raw("<blockquote>\n");
                self.blocks(blocks);
                self.raw("</blockquote>");
            }
            Block::Quote { alert: Some(alert), blocks } => {
                let label = alert.label();
                self.raw(&format!(
                    "<div class=\"alert {}\" role=\"note\">\n<p class=\"label\">{label}</p>\n",
                    alert.id()
                ));
                self.blocks(blocks);
                self.raw("</div>");
            }
            Block::Code { language, text } => self.code(language, text),
            Block::List { first, items } => self.list(*first, items),
            Block::Table(table) => self.table(table),
            Block::Rule => self.raw("<hr/>"),
            Block::Raw(source) => {
                self.raw("<pre class=\"raw\"><code>");
                self.text(source);
                self.raw("</code></pre>");
            }
        }
    }

    fn paragraph(&mut self, content: &[Inline]) {
        if let [Inline::Image { destination, alt }] = content
            && self.pictures.find(destination).is_some()
        {
            self.raw("<figure>");
            self.image(destination, alt);
            self.raw("</figure>");
            return;
        }
        self.raw("<p>");
        self.content(content);
        self.raw("</p>");
    }

    fn code(&mut self, language: &str, text: &str) {
        self.raw("<pre><code>");
        for (token, piece) in highlight(language, text) {
            if token == Token::Plain {
                self.text(piece);
            } else {
                self.raw(&format!("<span class=\"{}\">", token.id()));
                self.text(piece);
                self.raw("</span>");
            }
        }
        self.raw("</code></pre>");
    }

    fn list(&mut self, first: Option<u64>, items: &[Item]) {
        match first {
            None => self.raw("<ul>\n"),
            Some(1) => self.raw("<ol>\n"),
            Some(first) => self.raw(&format!("<ol start=\"{first}\">\n")),
        }
        for item in items {
            self.item(item);
        }
        self.raw(if first.is_some() { "</ol>" } else { "</ul>" });
    }

    fn item(&mut self, item: &Item) {
        match item.done {
            None => self.raw("<li>"),
            Some(true) => {
                self.raw("<li class=\"task\"><span class=\"box done\" role=\"img\" aria-label=\"done\">☑</span> ");
            }
            Some(false) => {
                self.raw("<li class=\"task\"><span class=\"box\" role=\"img\" aria-label=\"open\">☐</span> ");
            }
        }
        match item.blocks.as_slice() {
            // An item of one line needs no paragraph.
            [Block::Paragraph(content), rest @ ..]
                if !rest.iter().any(|block| matches!(block, Block::Paragraph(_))) =>
            {
                self.content(content);
                if !rest.is_empty() {
                    self.raw("\n");
                }
                self.blocks(rest);
            }
            blocks => self.blocks(blocks),
        }
        self.raw("</li>\n");
    }

    fn table(&mut self, table: &Table) {
        self.raw("<div class=\"table\" role=\"region\" aria-label=\"Table\" tabindex=\"0\"><table>\n<thead>\n");
        self.row(table, &table.head, "th");
        self.raw("</thead>\n");
        if !table.rows.is_empty() {
            self.raw("<tbody>\n");
            for row in &table.rows {
                self.row(table, row, "td");
            }
            self.raw("</tbody>\n");
        }
        self.raw("</table></div>");
    }

    fn row(&mut self, table: &Table, cells: &[Vec<Inline>], name: &str) {
        self.raw("<tr>");
        for (cell, align) in cells.iter().zip(&table.columns) {
            self.raw("<");
            self.raw(name);
            self.raw(if name == "th" { " scope=\"col\"" } else { "" });
            self.raw(match align {
                Align::Start => ">",
                Align::Center => " class=\"center\">",
                Align::End => " class=\"end\">",
            });
            self.content(cell);
            self.raw("</");
            self.raw(name);
            self.raw(">");
        }
        self.raw("</tr>\n");
    }

    fn content(&mut self, content: &[Inline]) {
        for part in content {
            match part {
                Inline::Text(text) => self.text(text),
                Inline::Code(text) => self.within("code", |body| body.text(text)),
                Inline::Emphasis(inner) => self.within("em", |body| body.content(inner)),
                Inline::Strong(inner) => self.within("strong", |body| body.content(inner)),
                Inline::Strikethrough(inner) => self.within("del", |body| body.content(inner)),
                Inline::Link { destination, content } => self.link(destination, content),
                Inline::Image { destination, alt } => self.image(destination, alt),
                Inline::SoftBreak => self.raw("\n"),
                Inline::HardBreak => self.raw("<br/>\n"),
                Inline::Raw(source) => {
                    self.raw("<code class=\"raw\">");
                    self.text(source);
                    self.raw("</code>");
                }
                Inline::Note(index) => self.mention(*index),
            }
        }
    }

    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.raw(&format!("<{name}>"));
        inner(self);
        self.raw(&format!("</{name}>"));
    }

    fn link(&mut self, target: &str, content: &[Inline]) {
        let (prefix, target) = match destination(target) {
            Destination::Outside(url) => ("", url),
            Destination::Heading(anchor) => ("#h-", anchor),
            Destination::Nowhere(target) => {
                self.content(content);
                self.text(&super::super::led_nowhere(target));
                return;
            }
        };
        self.raw("<a href=\"");
        self.raw(prefix);
        self.text(target);
        self.raw("\">");
        self.content(content);
        self.raw("</a>");
    }

    fn image(&mut self, target: &str, alt: &str) {
        if let Some(picture) = self.pictures.find(target) {
            self.raw("<img src=\"");
            self.raw(&picture.data_url());
            self.raw("\" alt=\"");
            self.text(alt);
            self.raw("\"/>");
            return;
        }
        self.gone += 1;
        let words = gone_picture(alt, target);
        if let Destination::Outside(url) = destination(target) {
            self.raw("<a class=\"gone\" href=\"");
            self.text(url);
            self.raw("\">");
            self.text(&words);
            self.raw("</a>");
        } else {
            self.raw("<span class=\"gone\">");
            self.text(&words);
            self.raw("</span>");
        }
    }

    fn mention(&mut self, index: usize) {
        let number = index + 1;
        let Some(mentions) = self.mentions.get_mut(index) else { return };
        *mentions += 1;
        // Only the first mention can be led back to.
        let id = if *mentions == 1 { format!(" id=\"mention-{number}\"") } else { String::new() };
        self.raw(&format!("<sup><a{id} href=\"#note-{number}\" role=\"doc-noteref\">{number}</a></sup>"));
    }

    fn notes(&mut self, parsed: &Parsed) {
        if parsed.notes.is_empty() {
            return;
        }
        self.raw("<section class=\"notes\" role=\"doc-endnotes\" aria-label=\"Footnotes\">\n<ol>\n");
        for (index, note) in parsed.notes.iter().enumerate() {
            let number = index + 1;
            self.raw(&format!("<li id=\"note-{number}\">"));
            self.blocks(&note.blocks);
            if note.is_mentioned {
                let label = "Back to the text";
                self.raw(&format!("<a href=\"#mention-{number}\" role=\"doc-backlink\" aria-label=\"{label}\">↩</a>"));
            }
            self.raw("</li>\n");
        }
        self.raw("</ol>\n</section>\n");
    }
}
