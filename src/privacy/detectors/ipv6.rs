//! IPv6 addresses: compressed, with a zone, with an IPv4 tail. The standard library's parser decides.
//!
//! Only ranges in use count (RFC 4291, RFC 4193, RFC 6052), so `dead::beef` and `12:34::` are none.

use super::bytes::{at, before, is_word, run_end, run_start};
use super::detector::{Anchor, Detector, Hits};
use super::ipv4;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::net::Ipv6Addr;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "ipv6",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Shape(Shape::HexGroups, address)],
    matches: &[
        "from «2a00:1450:4001:81b::200e» port 443",
        "[«2a00:1450:4001:81b::200e»]:443",
        "«fe80::1ff:fe23:4567:890a%eth0»",
        "mapped «::ffff:10.1.2.3»",
        "«fd12:3456:789a:1::1»/64",
        "地址«2a00:1450:4001:81b::200e»无法访问",
        "peer «2a00:1450:4001:81b::200e»: timed out",
        "IP6 «fe80::1ff:fe23:4567:890a».546 > ff02::1:2.547: dhcp6 solicit",
        "IP6 «2a00:1450:4001:81b::200e».domain > «2a00:1450:4001:81b::200f».51514: 7 1/0/0",
    ],
    clean: &[
        "std::fs::File a::b dead::beef",
        "12:34:56 10:20:30:40:50:60:70:80",
        "69:b6:b7:31:cf:f4:02:c0:55:84:03:f5:b2:8a:17:85",
        "Foo::bar() fc::new() fe::x",
        "3c:22:fb:9a:1b:7e",
        "2024-01-01T10::",
        "see a::2a00.546 and 2a00::1.5x",
    ],
};

/// The address of which some colon was found.
fn address(text: &str, colon: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let belongs = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let run = run_start(bytes, colon.start, 64, belongs).max(hits.skipped());
    let colon = run_end(bytes, run, 64, |byte| byte != b':');
    let start = run_start(bytes, colon, 4, |byte| byte.is_ascii_hexdigit());
    let bare = run_end(bytes, colon, 64, |byte| byte.is_ascii_hexdigit() || byte == b':');
    let captured = ipv4::is_captured(bytes, start, bare);
    let end = if captured { bare } else { run_end(bytes, colon, 64, belongs) };
    hits.skip_to(end);
    if end - start < 4 || is_word(at(bytes, end)) {
        return;
    }
    let first = if is_word(before(bytes, start)) { colon + 1 } else { start };
    // `key:2a00::1`: the key's last letters may be hexadecimal digits as well.
    for start in [first, colon + 1] {
        if let Some((end, address)) = longest_address(bytes, start, end) {
            let end = zone_end(bytes, end);
            hits.add_address(PiiKind::Ipv6, start..end, is_reserved(address));
            break;
        }
    }
}

/// The address that begins here, without the colon or full stop of the sentence.
fn longest_address(bytes: &[u8], start: usize, end: usize) -> Option<(usize, Ipv6Addr)> {
    let text = std::str::from_utf8(bytes.get(start..end)?).ok()?;
    // The tables of sockets write a port behind a ninth colon.
    let without_port = text.rsplit_once(':').map_or(text, |(address, _)| address);
    [text, text.trim_end_matches('.'), text.strip_suffix(':').unwrap_or(text), without_port]
        .into_iter()
        .find_map(|text| plausible(text).map(|address| (start + text.len(), address)))
}

/// An address in a range that is in use, and not a row of two-digit bytes.
fn plausible(text: &str) -> Option<Ipv6Addr> {
    let address: Ipv6Addr = text.parse().ok()?;
    let first = address.segments().first().copied().unwrap_or(0);
    let bytes_of_a_dump = text.split(':').all(|group| group.len() == 2);
    let global = (0x2000..0x4000).contains(&first) && text.split(':').next().is_some_and(|group| group.len() == 4);
    let local = (first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80)
        && text.split(':').next().is_some_and(|group| group.len() == 4);
    let special = address.to_ipv4_mapped().is_some() || text.starts_with("64:ff9b::") || is_reserved(address);
    let counted = text.bytes().filter(u8::is_ascii_digit).count() >= 1;
    (counted && !bytes_of_a_dump && (global || local || special)).then_some(address)
}

fn zone_end(bytes: &[u8], end: usize) -> usize {
    let zone = run_end(bytes, end + 1, 16, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    let zone = if before(bytes, zone) == b'.' { zone - 1 } else { zone };
    if at(bytes, end) == b'%' && zone > end + 1 { zone } else { end }
}

/// Loopback, unspecified, multicast, documentation (RFC 3849, RFC 9637), and the same of a mapped IPv4 address.
fn is_reserved(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    address.is_loopback()
        || address.is_unspecified()
        || address.is_multicast()
        || (first == 0x2001 && second == 0x0db8)
        || (0x3fff..0x4000).contains(&first) && second < 0x1000
        || address.to_ipv4_mapped().is_some_and(ipv4::is_reserved)
}
