//! MAC addresses with colons, dashes, or Cisco's dots. Fingerprints, which are longer, are none.

use super::bytes::{at, before, is_word, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "mac",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Shape(Shape::BytePairs, pairs), Anchor::Shape(Shape::HexDots, cisco), Anchor::End(NAMES, bare)],
    matches: &[
        "lease for «3c:22:fb:9a:1b:7e» expired",
        "«3C-22-FB-9A-1B-7E»",
        "port «3c22.fb9a.1b7e» moved",
        "sta «3c:22:fb:9a:1b:7e»: authenticated",
        "?mac=«3c%3A22%3Afb%3A9a%3A1b%3A7e»&x=1 cb%26mac%3D«3c%3A22%3Afb%3A9a%3A1b%3A7e»%26x",
        "client_mac=«3c22fb9a1b7e» hwaddr «3C22FB9A1B7E»",
        "网卡«3c:22:fb:9a:1b:7e»断开",
        "[UFW BLOCK] IN=eth0 MAC=«3c:22:fb:9a:1b:7e»:«00:25:90:4c:12:aa»:08:00 SRC",
    ],
    clean: &[
        "MD5 3c:22:fb:9a:1b:7e:01:02:03:04:05:06:07:08:09:0a",
        "12:34:56",
        "wwn 50:06:01:60:3b:de:11:22",
        "550e8400-e29b-41d4-a716-446655440000",
        "0001.0002.0003.0004",
        "20-24-01-02-10-20-30",
        "mac%3D3c%3A22%3Afb%3A9a%3A1b&x",
    ],
};

/// What names an address that is written without separators.
const NAMES: &[&str] = &[
    "mac",
    "macaddr",
    "macaddress",
    "mac_address",
    "mac-address",
    "mac address",
    "bssid",
    "hwaddr",
    "hw_addr",
    "lladdr",
    "ether",
];

/// `mac=3c22fb9a1b7e`
fn bare(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_end(bytes, name.end, 5, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\''));
    let start = if at(bytes, start) == b'%' { escaped::begin_of(bytes, start + 1) } else { start };
    if let Some(end) = encoded_end(bytes, start) {
        add(bytes, start, end, hits);
        return;
    }
    let end = run_end(bytes, start, 13, |byte| byte.is_ascii_hexdigit());
    let written = slice(bytes, start..end);
    let mixed = written.iter().any(u8::is_ascii_alphabetic) && written.iter().any(u8::is_ascii_digit);
    if start > name.end && written.len() == 12 && mixed && !is_word(at(bytes, end)) {
        add(bytes, start, end, hits);
    }
}

/// Where six bytes end between which URLs have `%3A` for a colon.
fn encoded_end(bytes: &[u8], start: usize) -> Option<usize> {
    let written = slice(bytes, start..start + 27);
    let fits = |place: usize, byte: u8| match place % 5 {
        0 | 1 => byte.is_ascii_hexdigit(),
        2 => byte == b'%',
        3 => byte == b'3',
        _ => matches!(byte, b'A' | b'a'),
    };
    let whole = written.len() == 27 && written.iter().enumerate().all(|(place, byte)| fits(place, *byte));
    (whole && !is_word(at(bytes, start + 27)) && slice(bytes, start + 27..start + 30) != b"%3A").then_some(start + 27)
}

/// A run of pairs `hh:hh:…` with one separator, found at its first.
fn pairs(text: &str, first: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let separator = at(bytes, first.start);
    let hex_pair = |index: usize| at(bytes, index).is_ascii_hexdigit() && at(bytes, index + 1).is_ascii_hexdigit();
    let Some(start) = first.start.checked_sub(2).filter(|start| hex_pair(*start)) else { return };
    let mut end = start + 2;
    let mut count = 1;
    while at(bytes, end) == separator && hex_pair(end + 1) {
        end += 3;
        count += 1;
    }
    hits.skip_to(end);
    let sentence = at(bytes, end) == b':' && matches!(at(bytes, end + 1), 0 | b' ' | b'\n' | b'\r');
    let ends = !is_word(at(bytes, end)) && (at(bytes, end) != separator || sentence);
    let alone = !is_word(before(bytes, start)) && ends;
    let alone = alone && before(bytes, start) != separator;
    // A packet filter logs both addresses and the type of the frame in one field.
    let frame = count == 14 && slice(bytes, start.saturating_sub(4)..start).eq_ignore_ascii_case(b"mac=");
    if alone && (count == 6 || frame) {
        add(bytes, start, start + 17, hits);
    }
    if alone && frame {
        add(bytes, start + 18, start + 35, hits);
    }
}

/// `hhhh.hhhh.hhhh`, found at its first dot.
fn cisco(text: &str, dot: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let dot = dot.start;
    let group = |start: usize| run_end(bytes, start, 5, |byte| byte.is_ascii_hexdigit()) - start == 4;
    let start = run_start(bytes, dot, 5, |byte| byte.is_ascii_hexdigit());
    if dot - start != 4 || !group(dot + 1) || at(bytes, dot + 5) != b'.' || !group(dot + 6) {
        return;
    }
    let end = dot + 10;
    let alone = !is_word(before(bytes, start)) && before(bytes, start) != b'.' && !is_word(at(bytes, end));
    let continues = at(bytes, end) == b'.' && is_word(at(bytes, end + 1));
    if alone && !continues && slice(bytes, start..end).iter().any(u8::is_ascii_alphabetic) {
        add(bytes, start, end, hits);
    }
}

/// Broadcast, all zeros and multicast name no device.
fn add(bytes: &[u8], start: usize, end: usize, hits: &mut Hits) {
    let address = slice(bytes, start..end);
    let step = if address.contains(&b'%') { 5 } else { 1 };
    let digits = address.chunks(step).flat_map(|pair| pair.get(..2.min(step)).unwrap_or_default());
    let hex: Vec<u8> = digits.filter(|byte| byte.is_ascii_hexdigit()).map(u8::to_ascii_lowercase).collect();
    let uniform = hex.iter().all(|digit| *digit == b'f') || hex.iter().all(|digit| *digit == b'0');
    let multicast = hex.starts_with(b"01005e") || hex.starts_with(b"3333") || hex.starts_with(b"0180c2");
    hits.add_address(PiiKind::Mac, start..end, uniform || multicast);
}
