//! The last look at a page before it is sent: well-formed XML, and nothing that Confluence would not know.

use quick_xml::Reader;
use quick_xml::escape::resolve_html5_entity;
use quick_xml::events::{BytesStart, Event};

/// Why a page is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageFault {
    /// At this byte.
    #[error("the page is not well-formed at byte {at}")]
    Malformed { at: u64 },
    #[error("the page has an element that Confluence does not know, at byte {at}")]
    UnknownElement { at: u64 },
    #[error("the page has a macro that Confluence does not bring along, at byte {at}")]
    UnknownMacro { at: u64 },
}

const ELEMENTS: &str = "a ac:image ac:link ac:link-body ac:parameter ac:plain-text-body ac:plain-text-link-body \
    ac:rich-text-body ac:structured-macro ac:task ac:task-body ac:task-id ac:task-list ac:task-status blockquote br \
    code del em h1 h2 h3 h4 h5 h6 hr li ol p pre ri:attachment ri:url small strong sub sup table tbody td th tr u ul";

const MACROS: [&str; 8] = ["anchor", "code", "expand", "info", "note", "tip", "toc", "warning"];

/// Whether a page of ours may be sent.
pub fn check(xml: &str) -> Result<(), StorageFault> {
    let mut reader = Reader::from_str(xml);
    let mut depth = 0_usize;
    loop {
        let at = reader.buffer_position();
        let malformed = StorageFault::Malformed { at };
        let Ok(event) = reader.read_event() else { return Err(malformed) };
        match event {
            Event::Start(element) => {
                known(&element, at)?;
                depth += 1;
            }
            Event::Empty(element) => known(&element, at)?,
            Event::End(_) => depth = depth.checked_sub(1).ok_or(malformed)?,
            Event::Text(text) => legal(&text.decode().map_err(|_unprintable| malformed.clone())?, at)?,
            Event::CData(text) => legal(&text.decode().map_err(|_unprintable| malformed.clone())?, at)?,
            Event::GeneralRef(name) => {
                let known = name.is_char_ref() || name.decode().is_ok_and(|name| resolve_html5_entity(&name).is_some());
                if !known {
                    return Err(malformed);
                }
            }
            Event::Eof if depth == 0 => return Ok(()),
            // None of these is ever written, and nothing is left open.
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Eof => {
                return Err(malformed);
            }
        }
    }
}

/// Outside CDATA `]]>` may not stand either, but every `>` of a text is escaped.
fn legal(text: &str, at: u64) -> Result<(), StorageFault> {
    let is_illegal =
        |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.chars().any(is_illegal) { Err(StorageFault::Malformed { at }) } else { Ok(()) }
}

fn known(element: &BytesStart<'_>, at: u64) -> Result<(), StorageFault> {
    let malformed = || StorageFault::Malformed { at };
    let name = element.name();
    let name = std::str::from_utf8(name.as_ref()).map_err(|_unprintable| malformed())?;
    if !ELEMENTS.split(' ').any(|one| one == name) {
        return Err(StorageFault::UnknownElement { at });
    }
    for attribute in element.attributes() {
        let attribute = attribute.map_err(|_unprintable| malformed())?;
        let value = std::str::from_utf8(&attribute.value).map_err(|_unprintable| malformed())?;
        legal(value, at)?;
        if value.contains('<') || quick_xml::escape::unescape(value).is_err() {
            return Err(malformed());
        }
        let is_macro = name == "ac:structured-macro" && attribute.key.as_ref() == b"ac:name";
        if is_macro && !MACROS.contains(&value) {
            return Err(StorageFault::UnknownMacro { at });
        }
    }
    Ok(())
}
