//! Whether a page that was read back holds what was sent.
//!
//! Confluence rewrites what it stores: it adds ids, wraps cells in paragraphs, writes characters as entities, joins and
//! splits text. So what is compared is what a reader has: the words in their order, and the links, pictures, code,
//! cells, items, headings and macros, each by its number.

use super::check::StorageFault;
use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

/// What a page that was read back lacks, or has more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The stored page cannot be read.
    Unreadable,
    /// From this character on, spaces not counted, its words are others.
    Text { at: usize },
    /// There are more or fewer of these.
    Parts { what: String, sent: usize, stored: usize },
}

/// What matters of a page.
#[derive(Debug, Default)]
struct Essence {
    /// Without white space: Confluence moves it between elements.
    text: String,
    parts: BTreeMap<String, usize>,
}

/// Elements that a reader would miss. Each counts.
const COUNTED: &str =
    "a ac:image ac:task blockquote code del em h1 h2 h3 h4 h5 h6 hr li ri:attachment ri:url strong sub sup td th tr u";

/// The first difference that matters, if there is one.
pub fn difference(sent: &str, stored: &str) -> Option<Difference> {
    let (Ok(sent), Ok(stored)) = (essence(sent), essence(stored)) else { return Some(Difference::Unreadable) };
    if sent.text != stored.text {
        let same = sent.text.chars().zip(stored.text.chars()).take_while(|(one, other)| one == other).count();
        return Some(Difference::Text { at: same });
    }
    let names = sent.parts.keys().chain(stored.parts.keys());
    names.into_iter().find_map(|what| {
        let count = |of: &Essence| of.parts.get(what).copied().unwrap_or_default();
        let (sent, stored) = (count(&sent), count(&stored));
        (sent != stored).then(|| Difference::Parts { what: what.clone(), sent, stored })
    })
}

fn essence(xml: &str) -> Result<Essence, StorageFault> {
    let mut reader = Reader::from_str(xml);
    let mut essence = Essence::default();
    let (mut depth, mut skipped) = (0_usize, 0_usize);
    loop {
        let malformed = StorageFault::Malformed { at: reader.buffer_position() };
        let Ok(event) = reader.read_event() else { return Err(malformed) };
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        match event {
            Event::Start(element) if skipped > 0 || is_incidental(&element) => skipped += 1,
            Event::End(_) if skipped > 0 => skipped -= 1,
            _ if skipped > 0 && !matches!(event, Event::Eof) => {}
            Event::Start(element) | Event::Empty(element) => essence.count(&element),
            Event::Text(text) => essence.push(&text.decode().map_err(|_unprintable| malformed)?),
            Event::CData(text) => essence.push(&text.decode().map_err(|_unprintable| malformed)?),
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|_unprintable| malformed.clone())?;
                let character = reference.resolve_char_ref().ok().flatten();
                let named = || resolve_html5_entity(&name).map(str::to_owned);
                essence.push(&character.map(String::from).or_else(named).ok_or(malformed)?);
            }
            Event::End(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof if depth == 0 => return Ok(essence),
            Event::Eof => return Err(malformed),
        }
    }
}

/// Confluence numbers tasks anew, and adds parameters to macros.
fn is_incidental(element: &BytesStart<'_>) -> bool {
    matches!(element.name().as_ref(), b"ac:task-id" | b"ac:parameter")
}

impl Essence {
    fn push(&mut self, text: &str) {
        self.text.extend(text.chars().filter(|c| !c.is_whitespace()));
    }

    fn count(&mut self, element: &BytesStart<'_>) {
        let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
        let attribute = |key: &str| {
            let found = element.try_get_attribute(key).ok().flatten()?;
            let value = String::from_utf8_lossy(&found.value).into_owned();
            let plain = quick_xml::escape::unescape_with(&value, resolve_html5_entity).ok()?;
            Some(plain.into_owned())
        };
        let what = match name.as_str() {
            "ac:structured-macro" => attribute("ac:name").map(|of| format!("{of} macro")),
            "ac:link" => attribute("ac:anchor").map(|to| format!("link to #{to}")),
            "a" => attribute("href").map(|to| format!("link to {to}")),
            "ri:attachment" => attribute("ri:filename").map(|name| format!("attachment {name}")),
            "ri:url" => attribute("ri:value").map(|at| format!("picture at {at}")),
            _ => COUNTED.split(' ').any(|one| one == name).then_some(name),
        };
        if let Some(what) = what {
            *self.parts.entry(what).or_default() += 1;
        }
    }
}
