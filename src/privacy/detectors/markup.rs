//! Values of XML that stand in an element of their own: below a name, in a section of plain text, in a property list.
//!
//! Sources: the configuration of Hadoop, the settings of .NET, answer files of Windows, property lists, WLAN profiles.

use super::bytes::{at, before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::{Asks, secret_kind};
use super::key_value::Form;
use super::key_worth::{is_long, is_secret};
use super::reference::is_reference;
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "markup",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Begin(&["<value>", "<string>", "<param-value>", "<env-entry-value>"], element),
        Anchor::Begin(&["<![CDATA["], plain),
        Anchor::Begin(&["<keymaterial>"], wireless),
    ],
    matches: &[
        "<password><![CDATA[«a<b;9»]]></password>",
        "<Password>\n  <Value>«hunter2»</Value>\n  <PlainText>true</PlainText>\n</Password>",
        "<AdministratorPassword><Value>«aAB1AG4AdABlAHIAMgA=»</Value></AdministratorPassword>",
        "<property>\n  <name>javax.jdo.option.ConnectionPassword</name>\n  <value>«hunter2»</value>\n</property>",
        "<setting name=\"DbPassword\" serializeAs=\"String\">\n<value>«hunter2»</value></setting>",
        "<key>ProxyPassword</key>\n\t<string>«hunter&amp;2»</string>",
        "<param-name>db.password</param-name>\n<param-value>«hunter2»</param-value>",
        "<entry key=\"db.password\">\n<value>«hunter2»</value></entry>",
        "<member><name>password</name><value><string>«hunter2»</string></value></member>",
        "<keyMaterial>«four words of it»</keyMaterial>",
        "<api-key><value><![CDATA[«4f7a1c9e2b8d3056»]]></value></api-key>",
    ],
    clean: &[
        "<name>fs.defaultFS</name>\n<value>hdfs://nn1:8020</value>",
        "<name>dfs.password</name>\n<value>${DFS_PASSWORD}</value>",
        "<name>dfs.password</name>\n<value></value>",
        "<key>CFBundleName</key><string>Orders1</string>",
        "<string>hunter2</string>",
        "<description><![CDATA[Enter the password <b>again</b>]]></description>",
        "<Password><Value>********</Value></Password>",
        "<keyMaterial>%KEY%</keyMaterial>",
        "<password><![CDATA[]]></password>",
    ],
};

/// The longest value, and the longest name of one.
const LONGEST: usize = 4096;
const LONGEST_NAME: usize = 160;

/// `<value>` and `<string>`: what they hold is told by the element before or around them.
fn element(text: &str, tag: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, tag.end, LONGEST, |byte| !matches!(byte, b'<' | b'\n'));
    if at(bytes, end) != b'<' || end == tag.end {
        return;
    }
    if let Some(name) = name_around(bytes, tag.start) {
        add(text, name, tag.end..end, hits);
    }
}

/// As [`name_before`]; an element that only says that it is a value tells nothing.
fn name_around(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let name = name_before(bytes, end)?;
    let wraps = [&b"value"[..], b"string"].iter().any(|one| one.eq_ignore_ascii_case(slice(bytes, name.clone())));
    if wraps { name_before(bytes, name.start.checked_sub(1)?) } else { Some(name) }
}

/// The name that is told right before `end`: `<name>…</name>`, `<key>…</key>`, `<… name="…">`, `<Name>`.
fn name_before(bytes: &[u8], end: usize) -> Option<Range<usize>> {
    let end = run_start(bytes, end, 64, |byte| byte.is_ascii_whitespace());
    let close = end.checked_sub(1).filter(|close| at(bytes, *close) == b'>')?;
    let open = run_start(bytes, close, LONGEST_NAME, |byte| !matches!(byte, b'<' | b'>' | b'\n')).checked_sub(1)?;
    let tag = slice(bytes, open..close);
    let closes = tag.starts_with(b"</") && tag.len() <= 24;
    if closes && [&b"name"[..], b"key"].iter().any(|end| tag.to_ascii_lowercase().ends_with(end)) {
        let start = run_start(bytes, open, LONGEST_NAME, |byte| !matches!(byte, b'<' | b'>' | b'\n'));
        return (before(bytes, start) == b'>').then_some(start..open);
    }
    let tag_name = run_end(bytes, open + 1, 80, |byte| !matches!(byte, b' ' | b'>' | b'/'));
    let attribute =
        |name: &str| Some(tag_name + memmem::find(slice(bytes, tag_name..close), name.as_bytes())? + name.len());
    let given = attribute(" name=\"").or_else(|| attribute(" key=\""));
    match given {
        Some(start) => Some(start..run_end(bytes, start, LONGEST_NAME, |byte| byte != b'"')),
        None => (tag.starts_with(b"<") && tag_name == close).then_some(open + 1..tag_name),
    }
}

/// `<name><![CDATA[…]]></name>`
fn plain(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let value_end = |start| run_end(bytes, start, 512, |byte| !matches!(byte, b']' | b'\n'));
    let mut end = value_end(mark.end);
    while at(bytes, end) == b']' && slice(bytes, end..end + 3) != b"]]>" && end < mark.end + 512 {
        end = value_end(end + 1);
    }
    if slice(bytes, end..end + 3) != b"]]>" {
        return;
    }
    if let Some(name) = name_around(bytes, mark.start) {
        add(text, name, mark.end..end, hits);
    }
}

/// The key of a wireless network, as Windows exports its profile.
fn wireless(text: &str, tag: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, tag.end, 256, |byte| !matches!(byte, b'<' | b'\n'));
    let value = part(text, tag.end..end);
    if at(bytes, end) == b'<' && value.len() >= 8 && !is_reference(value) {
        hits.add(PiiKind::Password, tag.end..end);
    }
}

fn add(text: &str, name: Range<usize>, value: Range<usize>, hits: &mut Hits) {
    let Some(named) = hits.memos.secrets.of(part(text, name), secret_kind) else { return };
    let said = part(text, value.clone());
    let fits = match named.asks {
        Asks::Nothing => true,
        Asks::Digits => false,
        Asks::Length => is_long(said),
    };
    if fits && is_secret(named.kind, said, Form::Quoted) {
        hits.add(named.kind, value);
    }
}
