//! The structure of a document that somebody may have edited: its sections, and where their parts are.

use super::markup::evidence_number;
use super::questions::PROMPT;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use std::ops::Range;

/// A question to the author.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Byte in the Markdown.
    pub(super) at: usize,
    pub(super) question: String,
}

/// A section of the second level. All positions are bytes in the Markdown.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where its list items begin, those of inner lists too.
    pub(super) items: Vec<usize>,
    /// Where the rows of its tables begin, without their heads.
    pub(super) rows: Vec<usize>,
    /// Its questions to the author.
    pub(super) prompts: Vec<Prompt>,
    /// Whether anything stands below the heading.
    pub(super) has_content: bool,
}

impl Section {
    fn add(&mut self, event: &Event<'_>, range: Range<usize>, in_title: bool, markdown: &str) {
        match event {
            Event::Text(text) | Event::Code(text) if in_title => self.title.push_str(text),
            Event::Start(Tag::Item) => self.items.push(range.start),
            Event::Start(Tag::TableRow) => self.rows.push(range.start),
            Event::Start(Tag::Emphasis) => {
                let question = markdown.get(range.clone()).and_then(|text| text.strip_prefix(PROMPT));
                let question = question.map(|question| question.trim_end_matches('*').to_owned());
                self.prompts.extend(question.map(|question| Prompt { at: range.start, question }));
            }
            _ => {}
        }
        let is_content = matches!(event, Event::Text(_) | Event::Code(_) | Event::Start(Tag::Image { .. }));
        self.has_content |= is_content && !in_title;
    }
}

/// The structure of a document.
#[derive(Debug, Default)]
pub(super) struct Outline {
    /// What stands before the first section.
    pub(super) head: Section,
    pub(super) sections: Vec<Section>,
    /// Code blocks and code in a line: quoted, not said.
    pub(super) code: Vec<Range<usize>>,
}

impl Outline {
    pub(super) fn of(markdown: &str) -> Self {
        let mut outline = Self::default();
        let mut in_title = false;
        for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
            match &event {
                Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => {
                    in_title = true;
                    outline.end_section(range.start);
                    outline.sections.push(Section { start: range.start, ..Section::default() });
                }
                Event::End(TagEnd::Heading(HeadingLevel::H2)) => in_title = false,
                Event::Start(Tag::CodeBlock(_)) | Event::Code(_) => outline.code.push(range.clone()),
                _ => {}
            }
            let section = outline.sections.last_mut().unwrap_or(&mut outline.head);
            section.add(&event, range, in_title, markdown);
        }
        outline.end_section(markdown.len());
        outline
    }

    fn end_section(&mut self, end: usize) {
        if let Some(section) = self.sections.last_mut() {
            section.end = end;
        }
    }

    pub(super) fn section(&self, title: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.title.trim().eq_ignore_ascii_case(title))
    }

    pub(super) fn is_code(&self, at: usize) -> bool {
        self.code.iter().any(|range| range.contains(&at))
    }

    /// Every `[E1]` in the text, outside code, with its number.
    pub(super) fn marks(&self, markdown: &str) -> Vec<(usize, u32)> {
        markdown
            .match_indices("[E")
            .filter(|(at, _)| !self.is_code(*at))
            .filter_map(|(at, _)| {
                let rest = markdown.get(at..)?;
                let mark = rest.get(..=rest.find(']')?)?;
                evidence_number(mark).map(|number| (at, number))
            })
            .collect()
    }
}
