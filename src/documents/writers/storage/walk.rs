//! The walk over the events of a document. Every start pushes its end, so that what is opened is closed.

use super::events::{events, heading_text, title_events};
use super::html::{Mapped, block_text, mapped};
use super::links::{Target, anchor, link, slug, target};
use super::lists::{List, Run, begin_of_run, end_of_run, task_of};
use super::{PageContext, language, xml};
use crate::documents::WHY_PICTURE;
use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A document with more headings than this gets a table of contents.
const HEADINGS_WITHOUT_TOC: usize = 6;

const TOC: &str = "<ac:structured-macro ac:name=\"toc\" ac:schema-version=\"1\"><ac:parameter \
                   ac:name=\"maxLevel\">3</ac:parameter></ac:structured-macro>";
const END_PANEL: &str = "</ac:rich-text-body></ac:structured-macro>";

/// The whole page.
pub(super) fn page(markdown: &str, page: PageContext<'_>) -> String {
    let events = events(markdown);
    let skipped = title_events(&events, page.title);
    let mut walk = Walk::new(&events, page);
    walk.run(skipped);
    walk.finish()
}

#[derive(Debug, Default)]
struct Table {
    alignments: Vec<Alignment>,
    column: usize,
    is_head: bool,
}

struct Walk<'a> {
    events: &'a [Event<'a>],
    mapped: HashMap<usize, Mapped>,
    page: PageContext<'a>,
    /// Headings that a link leads to.
    linked: HashSet<String>,
    defined: HashSet<CowStr<'a>>,
    /// The page, and above it the footnote that is being written.
    out: Vec<String>,
    ends: Vec<Cow<'static, str>>,
    lists: Vec<List>,
    table: Table,
    tasks: u32,
    /// In the order in which they are referred to.
    note_numbers: HashMap<CowStr<'a>, usize>,
    notes: BTreeMap<usize, String>,
}

impl<'a> Walk<'a> {
    fn new(events: &'a [Event<'a>], page: PageContext<'a>) -> Self {
        let mut linked = HashSet::new();
        let mut defined = HashSet::new();
        for event in events {
            match event {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    if let Target::Anchor(name) = target(dest_url, false) {
                        linked.insert(name);
                    }
                }
                Event::Start(Tag::FootnoteDefinition(name)) => drop(defined.insert(name.clone())),
                _ => {}
            }
        }
        Self {
            mapped: mapped(events),
            events,
            page,
            linked,
            defined,
            out: vec![String::new()],
            ends: Vec::new(),
            lists: Vec::new(),
            table: Table::default(),
            tasks: 0,
            note_numbers: HashMap::new(),
            notes: BTreeMap::new(),
        }
    }

    fn run(&mut self, from: usize) {
        let headings = self.events.iter().skip(from).filter(|event| matches!(event, Event::Start(Tag::Heading { .. })));
        let wants_toc = headings.count() > HEADINGS_WITHOUT_TOC;
        let leads = matches!(self.events.get(from), Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })));
        let toc_after = if leads { heading_text(self.events, from).1 } else { from };
        if wants_toc && !leads {
            self.push(TOC);
        }
        let mut at = from;
        while let Some(event) = self.events.get(at) {
            let next = self.event(at, event);
            if wants_toc && leads && at == toc_after {
                self.push(TOC);
            }
            at = next;
        }
    }

    fn finish(mut self) -> String {
        let notes = std::mem::take(&mut self.notes);
        if !notes.is_empty() {
            self.push("<hr /><ol>");
            for (number, note) in notes {
                self.push(&format!("<li>{}{note}</li>", anchor(&format!("footnote-{number}"))));
            }
            self.push("</ol>");
        }
        self.out.swap_remove(0)
    }

    fn push(&mut self, xml: &str) {
        if let Some(out) = self.out.last_mut() {
            out.push_str(xml);
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(out) = self.out.last_mut() {
            xml::text(text, out);
        }
    }

    fn open(&mut self, begin: &str, end: impl Into<Cow<'static, str>>) {
        self.push(begin);
        self.ends.push(end.into());
    }

    /// Writes one event, and says which is next.
    fn event(&mut self, at: usize, event: &Event<'a>) -> usize {
        match event {
            Event::Start(Tag::Paragraph) if let Some(next) = self.behind_why_picture(at) => return next,
            Event::Start(Tag::CodeBlock(kind)) => return self.code_block(at, kind),
            Event::Start(Tag::HtmlBlock) => return self.html_block(at),
            Event::Start(Tag::Image { dest_url, .. }) => return self.image(at, dest_url),
            Event::Start(tag) => self.start(at, tag),
            Event::End(tag) => self.end(*tag),
            Event::Text(text) | Event::InlineMath(text) | Event::DisplayMath(text) | Event::Html(text) => {
                self.text(text);
            }
            Event::Code(code) => {
                self.push("<code>");
                self.text(code);
                self.push("</code>");
            }
            Event::InlineHtml(html) => self.inline_html(at, html),
            Event::FootnoteReference(name) => self.footnote_reference(name),
            Event::SoftBreak => self.push("\n"),
            Event::HardBreak => self.push("<br />"),
            Event::Rule => self.push("<hr />"),
            // The item that it marks has looked at it already.
            Event::TaskListMarker(_) => {}
        }
        at + 1
    }

    fn start(&mut self, at: usize, tag: &Tag<'a>) {
        match tag {
            Tag::Paragraph => self.open("<p>", "</p>"),
            Tag::Heading { level, .. } => self.heading(at, *level),
            Tag::BlockQuote(kind) => self.quote(*kind),
            Tag::List(first) => {
                self.lists.push(List { next: *first, run: None });
                self.ends.push(Cow::Borrowed(""));
            }
            Tag::Item => self.item(at),
            Tag::FootnoteDefinition(name) => {
                self.out.push(String::new());
                let number = self.note_number(name);
                self.ends.push(number.to_string().into());
            }
            Tag::Table(alignments) => {
                self.table.alignments.clone_from(alignments);
                self.open("<table><tbody>", "</tbody></table>");
            }
            Tag::TableHead | Tag::TableRow => {
                self.table.column = 0;
                self.table.is_head = matches!(tag, Tag::TableHead);
                self.open("<tr>", "</tr>");
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.open("<em>", "</em>"),
            Tag::Strong => self.open("<strong>", "</strong>"),
            Tag::Strikethrough => self.open("<del>", "</del>"),
            Tag::Superscript => self.open("<sup>", "</sup>"),
            Tag::Subscript => self.open("<sub>", "</sub>"),
            Tag::Link { link_type, dest_url, title, .. } => self.link(*link_type, dest_url, title),
            Tag::CodeBlock(_)
            | Tag::HtmlBlock
            | Tag::Image { .. }
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => self.ends.push(Cow::Borrowed("")),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        let end = self.ends.pop().unwrap_or_default();
        match tag {
            TagEnd::FootnoteDefinition => {
                let note = self.out.pop().unwrap_or_default();
                let number = end.parse().unwrap_or_default();
                self.notes.entry(number).or_default().push_str(&note);
            }
            TagEnd::List(_) => {
                if let Some(list) = self.lists.pop() {
                    self.push(end_of_run(&list));
                }
            }
            _ => self.push(&end),
        }
    }

    fn heading(&mut self, at: usize, level: HeadingLevel) {
        let (begin, end) = match level {
            HeadingLevel::H1 => ("<h1>", "</h1>"),
            HeadingLevel::H2 => ("<h2>", "</h2>"),
            HeadingLevel::H3 => ("<h3>", "</h3>"),
            HeadingLevel::H4 => ("<h4>", "</h4>"),
            HeadingLevel::H5 => ("<h5>", "</h5>"),
            HeadingLevel::H6 => ("<h6>", "</h6>"),
        };
        self.open(begin, end);
        let name = slug(&heading_text(self.events, at).0);
        // The first of several headings that say the same is the one that is meant.
        if self.linked.remove(&name) {
            self.push(&anchor(&name));
        }
    }

    fn quote(&mut self, kind: Option<BlockQuoteKind>) {
        let panel = match kind {
            None => return self.open("<blockquote>", "</blockquote>"),
            Some(BlockQuoteKind::Note) => "info",
            Some(BlockQuoteKind::Tip) => "tip",
            Some(BlockQuoteKind::Important) => "note",
            Some(BlockQuoteKind::Warning | BlockQuoteKind::Caution) => "warning",
        };
        let begin = format!("<ac:structured-macro ac:name=\"{panel}\" ac:schema-version=\"1\"><ac:rich-text-body>");
        self.open(&begin, END_PANEL);
    }

    fn item(&mut self, at: usize) {
        let task = task_of(self.events, at);
        let run = if task.is_some() { Run::Tasks } else { Run::Items };
        if let Some(list) = self.lists.last_mut() {
            let number = list.next;
            list.next = number.map(|number| number.saturating_add(1));
            if list.run != Some(run) {
                let end = end_of_run(list);
                list.run = Some(run);
                self.push(end);
                self.push(&begin_of_run(run, number));
            }
        }
        let Some(is_done) = task else { return self.open("<li>", "</li>") };
        self.tasks += 1;
        let (id, status) = (self.tasks, if is_done { "complete" } else { "incomplete" });
        let begin =
            format!("<ac:task><ac:task-id>{id}</ac:task-id><ac:task-status>{status}</ac:task-status><ac:task-body>");
        self.open(&begin, "</ac:task-body></ac:task>");
    }

    fn cell(&mut self) {
        let alignment = self.table.alignments.get(self.table.column).copied().unwrap_or(Alignment::None);
        self.table.column += 1;
        let name = if self.table.is_head { "th" } else { "td" };
        let style = match alignment {
            Alignment::None => "",
            Alignment::Left => " style=\"text-align: left;\"",
            Alignment::Center => " style=\"text-align: center;\"",
            Alignment::Right => " style=\"text-align: right;\"",
        };
        self.open(&format!("<{name}{style}>"), format!("</{name}>"));
    }

    fn link(&mut self, kind: LinkType, destination: &str, title: &str) {
        let target = target(destination, kind == LinkType::Email);
        let (begin, mut end) = link(&target, title);
        // Its own words are its destination already.
        let says_itself = matches!(kind, LinkType::Autolink | LinkType::Email);
        if target == Target::Unknown && !says_itself && !destination.is_empty() {
            xml::text(&format!(" ({destination})"), &mut end);
        }
        self.open(&begin, end);
    }

    fn inline_html(&mut self, at: usize, html: &str) {
        match self.mapped.remove(&at) {
            Some(Mapped::Open(element)) => self.push(&format!("<{element}>")),
            Some(Mapped::Close(element)) => self.push(&format!("</{element}>")),
            Some(Mapped::Break) => self.push("<br />"),
            Some(Mapped::Nothing) => {}
            Some(Mapped::Rule | Mapped::OpenExpand(_) | Mapped::CloseExpand) | None => self.text(html),
        }
    }

    fn html_block(&mut self, at: usize) -> usize {
        let (html, events) = block_text(self.events, at);
        match self.mapped.remove(&at) {
            Some(Mapped::Nothing) => {}
            Some(Mapped::Rule) => self.push("<hr />"),
            Some(Mapped::OpenExpand(title)) => {
                self.push("<ac:structured-macro ac:name=\"expand\" ac:schema-version=\"1\">");
                if !title.is_empty() {
                    self.push("<ac:parameter ac:name=\"title\">");
                    self.text(&title);
                    self.push("</ac:parameter>");
                }
                self.push("<ac:rich-text-body>");
            }
            Some(Mapped::CloseExpand) => self.push(END_PANEL),
            Some(Mapped::Open(_) | Mapped::Close(_) | Mapped::Break) | None => {
                self.push("<p>");
                for (number, line) in html.trim_end_matches('\n').split('\n').enumerate() {
                    self.push(if number > 0 { "<br />" } else { "" });
                    self.text(line);
                }
                self.push("</p>");
            }
        }
        events.end + 1
    }

    fn code_block(&mut self, at: usize, kind: &CodeBlockKind<'a>) -> usize {
        let mut code = String::new();
        let mut end = at + 1;
        while let Some(Event::Text(text)) = self.events.get(end) {
            code.push_str(text);
            end += 1;
        }
        let language = match kind {
            CodeBlockKind::Fenced(info) => language::of(info),
            CodeBlockKind::Indented => "text",
        };
        self.push(&format!(
            "<ac:structured-macro ac:name=\"code\" ac:schema-version=\"1\"><ac:parameter \
             ac:name=\"language\">{language}</ac:parameter><ac:plain-text-body>{}</ac:plain-text-body>\
             </ac:structured-macro>",
            xml::cdata(code.strip_suffix('\n').unwrap_or(&code))
        ));
        end + 1
    }

    /// The event after a paragraph that is nothing but the picture of the why tree, where no attachment holds it. The
    /// whys stand in words around it.
    fn behind_why_picture(&self, at: usize) -> Option<usize> {
        let is_attached = self.page.pictures.iter().any(|(from, _)| from == WHY_PICTURE);
        let mut events = self.events.iter().enumerate().skip(at + 1);
        let is_it = |event: &Event<'_>| matches!(event, Event::Start(Tag::Image { dest_url, .. }) if **dest_url == *WHY_PICTURE);
        if is_attached || !events.next().is_some_and(|(_, event)| is_it(event)) {
            return None;
        }
        events.find(|(_, event)| matches!(event, Event::End(TagEnd::Image)))?;
        let (end, event) = events.next()?;
        matches!(event, Event::End(TagEnd::Paragraph)).then_some(end + 1)
    }

    fn image(&mut self, at: usize, destination: &str) -> usize {
        let mut alt = String::new();
        let mut inner = 0_usize;
        let mut end = at + 1;
        while let Some(event) = self.events.get(end) {
            match event {
                Event::Start(Tag::Image { .. }) => inner += 1,
                Event::End(TagEnd::Image) if inner == 0 => break,
                Event::End(TagEnd::Image) => inner -= 1,
                Event::Text(text) | Event::Code(text) => alt.push_str(text),
                Event::SoftBreak | Event::HardBreak => alt.push(' '),
                _ => {}
            }
            end += 1;
        }
        let attached = self.page.pictures.iter().find(|(from, _)| from == destination);
        let label = if alt.is_empty() { String::new() } else { format!(" ac:alt=\"{}\"", xml::attribute(&alt)) };
        match (attached, target(destination, false)) {
            (Some((_, name)), _) => {
                let name = xml::attribute(name);
                self.push(&format!("<ac:image{label}><ri:attachment ri:filename=\"{name}\" /></ac:image>"));
            }
            (None, Target::Outside(address)) if address.starts_with("http") => {
                let address = xml::attribute(&address);
                self.push(&format!("<ac:image{label}><ri:url ri:value=\"{address}\" /></ac:image>"));
            }
            (None, _) => {
                let is_data = destination.starts_with("data:");
                let place = if is_data || destination.is_empty() { String::new() } else { format!(" ({destination})") };
                self.text(&format!("{alt}{place}"));
            }
        }
        end + 1
    }

    fn note_number(&mut self, name: &CowStr<'a>) -> usize {
        let next = self.note_numbers.len() + 1;
        *self.note_numbers.entry(name.clone()).or_insert(next)
    }

    fn footnote_reference(&mut self, name: &CowStr<'a>) {
        if !self.defined.contains(name) {
            return self.text(&format!("[^{name}]"));
        }
        let number = self.note_number(name);
        let to = Target::Anchor(format!("footnote-{number}"));
        let (begin, end) = link(&to, "");
        self.push(&format!("<sup>{begin}{number}{end}</sup>"));
    }
}
