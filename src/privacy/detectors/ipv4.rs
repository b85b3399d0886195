//! IPv4 addresses: four octets that are no version, no object identifier and no part of a longer number.

use super::bytes::{at, before, is_word, line_before, mentions, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use super::names::Names;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::net::Ipv4Addr;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "ipv4",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Shape(Shape::DottedQuad, address)],
    matches: &[
        "from «10.20.30.40» port 22",
        "«172.16.4.9»:8080",
        "src=«185.199.110.7»,dst=«10.0.0.5»",
        "服务器«10.20.30.40»无法访问",
        "http://«10.20.30.40»/x",
        "ping «10.20.30.40».",
        "route «10.20.0.0»/16",
        "peer_«10.20.30.40»_down",
        "between «10.20.30.40»...«10.20.30.41»",
        "db1.acme.internal/«22.20.30.40»:5432 refused",
        "nameserver «4.2.2.2»",
        "ssh to «23.20.30.4»:22",
        "pool «22.20.30.40»-«22.20.30.49»",
        "10:00:01.000000 IP «10.20.30.40».51514 > «22.20.30.9».443: Flags [S]",
        "TCP_MISS/200 4518 GET x - HIER_DIRECT/«185.199.110.7» text/html",
        "next=https%3A%2F%2F«10.20.30.40»%3A8080&ip%3D«185.199.110.7»",
        "IP-MIB::ipAdEntAddr.«10.20.30.40» = IpAddress: «10.20.30.40»",
        r#"{"msg":"peers\n«10.20.30.40»\n\u003c«10.20.30.41»\u003e"}"#,
        "A record moved from «52.20.30.40» to «52.20.30.41»",
    ],
    clean: &[
        "Chrome/124.0.0.0 Safari/537.36",
        "Version=4.0.0.0, Culture=neutral",
        "[assembly: AssemblyFileVersion(\"2.14.0.82\")]",
        "1.3.6.1.4.1.311.21",
        "version 10.2.30.4 is out",
        "v1.2.3.4",
        "256.1.1.1 and 01.2.3.4",
        "openssl-1.1.1.4.rpm",
        "build 17.0.9.11",
        "upgraded from version 1.14.20.66 to 9.15.11.102",
        "see section 3.2.1.4 and table 10.4.2.1",
        "extension 2.5.29.17, package~31bf~amd64~~6.1.1.8",
        "1.2.3.4.5",
        "libmagick:amd64 8:6.9.11.60+dfsg-1.6 installed",
        "upgrade libfoo:amd64 1.2.5.1-1 1.2.5.2-1",
        "BIG-IP 16.1.3.1 Build 0.0.11, bootloader 1.4.0.2",
        "Standards-Version updated to 4.6.0.1",
        "firmware upgraded from 8.1.0.17 to 8.2.5.140",
        "updating package libfoo from 4.2.1.0 to 4.2.1.3",
        "sysObjectID.1.20.30.4 = 1",
        "10.20.30.40.50 > 7",
        "Mozilla/85.199.110.7",
    ],
};

fn address(text: &str, dot: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, dot.start, 4, |byte| byte.is_ascii_digit());
    let end = run_end(bytes, dot.end, 64, |byte| byte.is_ascii_digit() || byte == b'.');
    let end = start + ellipsis(slice(bytes, start..end));
    hits.skip_to(end);
    let captured = four_octets_end(bytes, start, end).filter(|end| is_captured(bytes, start, *end));
    if let Some(end) = captured
        && let Ok(address) = part(text, start..end).parse::<Ipv4Addr>()
    {
        hits.add_address(PiiKind::Ipv4, start..end, is_reserved(address));
        return;
    }
    let end = if before(bytes, end) == b'.' { end - 1 } else { end };
    let Ok(address) = part(text, start..end).parse::<Ipv4Addr>() else { return };
    if stands_alone(bytes, start, end)
        && !is_network(bytes, end, address)
        && !goes_on_as_version(bytes, end)
        && !is_version(bytes, start, end, address)
    {
        hits.add_address(PiiKind::Ipv4, start..end, is_reserved(address));
    }
}

/// Where two full stops in a row end a number.
fn ellipsis(number: &[u8]) -> usize {
    number.windows(2).position(|two| two == b"..").unwrap_or(number.len())
}

/// Where the fourth octet ends, if more follows.
fn four_octets_end(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    let fourth_dot = slice(bytes, start..end).iter().enumerate().filter(|(_, byte)| **byte == b'.').nth(3);
    fourth_dot.map(|(dot, _)| start + dot)
}

/// `IP 10.1.2.3.51514 > 10.1.2.4.443:`: tcpdump writes a dot before the port. Source: its manual page.
pub(super) fn is_captured(bytes: &[u8], start: usize, end: usize) -> bool {
    let port = run_end(bytes, end + 1, 24, |byte| is_word(byte) || byte == b'-');
    let names = start.checked_sub(4).is_some_and(|_| matches!(slice(bytes, start - 3..start), b"IP " | b"P6 "));
    let first = names && slice(bytes, port..port + 3) == b" > ";
    let second = slice(bytes, start.saturating_sub(3)..start) == b" > " && at(bytes, port) == b':';
    at(bytes, end) == b'.' && port > end + 1 && (first || second)
}

fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let previous = before(bytes, start);
    let next = at(bytes, end);
    let file = next == b'.' && at(bytes, end + 1).is_ascii_alphabetic() && before(bytes, start) == b'-';
    let continues = (next == b'.' && at(bytes, end + 1).is_ascii_digit()) || next.is_ascii_alphanumeric();
    let after_ellipsis = slice(bytes, start.saturating_sub(3)..start) == b"...";
    let begins = !previous.is_ascii_alphanumeric() || escaped::ends_at(bytes, start);
    let behind_dot = previous != b'.' || after_ellipsis || is_indexed(bytes, start);
    begins && behind_dot && previous != b'~' && !continues && !file
}

/// `ipAdEntAddr.10.0.0.7`: tables of RFC 4293 that are indexed by an address.
fn is_indexed(bytes: &[u8], start: usize) -> bool {
    let name = run_start(bytes, start - 1, 24, |byte| byte.is_ascii_alphabetic());
    slice(bytes, name..start).starts_with(b"ipAdEnt") || slice(bytes, name..start).starts_with(b"ipRoute")
}

/// `HIER_DIRECT/10.0.0.7`: how Squid got an answer, and from where. Source: its access log's manual.
fn is_peer(bytes: &[u8], start: usize) -> bool {
    let code = run_start(bytes, start - 1, 32, |byte| byte.is_ascii_uppercase() || byte == b'_');
    let code = slice(bytes, code..start - 1);
    code.starts_with(b"HIER_") || code.ends_with(b"DIRECT") || code.ends_with(b"_PARENT")
}

/// `Chrome/124.0.0.0`, `version 10.2.30.4`, `foo-1.2.3.4`.
fn is_version(bytes: &[u8], start: usize, end: usize, address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    let previous = before(bytes, start);
    let letter_before = before(bytes, start.saturating_sub(1)).is_ascii_alphanumeric();
    // Java writes an address behind its host's name: `db1/10.0.0.5:5432`.
    let with_port = at(bytes, end) == b':' && at(bytes, end + 1).is_ascii_digit();
    let product = || {
        previous == b'/'
            && letter_before
            && !with_port
            && !is_peer(bytes, start)
            && !mentions(line_before(bytes, start, 300), "http")
    };
    let package = matches!(previous, b'-' | b'_') && letter_before && first < 10;
    let small = || is_small(address) && !has_context(bytes, start, end);
    let said = || {
        small()
            || says_version(slice(bytes, word_before(bytes, start)))
            || follows_version(bytes, start)
            || is_upgrade(bytes, start)
    };
    package
        || is_object_identifier(address)
        || (!is_private_24(address) && said())
        || (!address.is_private() && product())
}

/// Small numbers all: such addresses are rare, such versions are not. The resolvers that everybody knows are addresses.
fn is_small(address: Ipv4Addr) -> bool {
    let [first, second, third, fourth] = address.octets();
    let resolver =
        matches!([first, second, third, fourth], [1, 1, 1, 1] | [1, 0, 0, 1] | [8, 8, 8 | 4, 8 | 4] | [9, 9, 9, 9]);
    first != 10 && !resolver && [first, second, third, fourth].iter().all(|octet| *octet <= 60)
}

/// Whether what stands beside it speaks of a network: a port, a prefix length, a field, a word.
fn has_context(bytes: &[u8], start: usize, end: usize) -> bool {
    const WORDS: [&str; 22] = [
        "ip",
        "addr",
        "host",
        "src",
        "dst",
        "source",
        "dest",
        "client",
        "peer",
        "server",
        "gateway",
        "nameserver",
        "dns",
        "ping",
        "ssh",
        "connect",
        "from",
        "remote",
        "listen",
        "via",
        "route",
        "inet",
    ];
    let port = at(bytes, end) == b':' && at(bytes, end + 1).is_ascii_digit();
    let prefix = at(bytes, end) == b'/' && at(bytes, end + 1).is_ascii_digit();
    let field = matches!(before(bytes, start), b'=' | b'[' | b'/' | b'@' | b'"' | b'\'' | b'<' | b'>' | b'|' | b'#')
        || before(bytes, start) >= 0x80;
    let stretch = line_before(bytes, start, 24);
    let words = stretch.split(|byte| !byte.is_ascii_alphabetic() && *byte != b'-');
    let range = (at(bytes, end) == b'-' && at(bytes, end + 1).is_ascii_digit())
        || (before(bytes, start) == b'-' && before(bytes, start - 1).is_ascii_digit());
    port || prefix
        || range
        || field
        || stretch.trim_ascii().is_empty()
        || words.into_iter().any(|word| WORDS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes())))
}

/// `6.9.11.60+dfsg-1`, `1.2.5.1-1`, `1.2.3.4~rc1`: what a package's version goes on with; a range of addresses does not.
fn goes_on_as_version(bytes: &[u8], end: usize) -> bool {
    let after = at(bytes, end + 1);
    match at(bytes, end) {
        b'+' | b'~' => after.is_ascii_alphanumeric(),
        b'-' => {
            let revision = run_end(bytes, end + 1, 4, |byte| byte.is_ascii_digit());
            revision > end + 1 && at(bytes, revision) != b'.' || slice(bytes, end + 1..end + 4) == b"0ub"
        }
        _ => false,
    }
}

/// The word that stands before a place, apart from blanks, quotes and signs.
fn word_before(bytes: &[u8], start: usize) -> Range<usize> {
    let gap = run_start(bytes, start, 4, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\''));
    // `AssemblyFileVersion("1.2.3.4")`
    let gap = if gap < start && before(bytes, gap) == b'(' { gap - 1 } else { gap };
    run_start(bytes, gap, 24, |byte| is_word(byte) || matches!(byte, b'.' | b'-' | b'>'))..gap
}

fn says_version(word: &[u8]) -> bool {
    static PARTS: Names = Names::new(&[
        "version", "release", "build", "firmware", "revision", "section", "chapter", "amd64", "arm64", "i386", "armhf",
        "noarch", "x86_64",
    ]);
    const WORDS: [&str; 13] = [
        "v",
        "ver",
        "rev",
        "sw",
        "fw",
        "oid",
        "table",
        "figure",
        "clause",
        "appendix",
        "paragraph",
        "extension",
        "step",
    ];
    PARTS.are_in(word) || WORDS.iter().any(|one| word.eq_ignore_ascii_case(one.as_bytes()))
}

/// `version 1.2.3.4 to 1.2.3.5`, `sections 3.2.1.4 and 3.2.1.5`: what joins it to a version makes it one.
fn follows_version(bytes: &[u8], start: usize) -> bool {
    let link = word_before(bytes, start);
    let joins = matches!(slice(bytes, link.clone()), b"to" | b"and" | b"or" | b"->" | b"-");
    let number = word_before(bytes, link.start);
    let dotted = slice(bytes, number.clone()).iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    joins && dotted && !number.is_empty() && says_version(slice(bytes, word_before(bytes, number.start)))
}

/// `firmware upgraded from 8.1.0.17 to 8.2.5.140`, both of them. Records of the DNS are updated, too.
fn is_upgrade(bytes: &[u8], start: usize) -> bool {
    static CHANGES: Names = Names::new(&["upgrad", "downgrad"]);
    static PRODUCTS: Names =
        Names::new(&["firmware", "package", "version", "software", "driver", "bios", "plugin", "library"]);
    let link = word_before(bytes, start);
    let from = match slice(bytes, link.clone()) {
        b"from" => link,
        b"to" => word_before(bytes, word_before(bytes, link.start).start),
        _ => return false,
    };
    let changed = || CHANGES.are_before(bytes, from.start, 48);
    let updated =
        || mentions(line_before(bytes, from.start, 48), "updat") && PRODUCTS.are_before(bytes, from.start, 48);
    slice(bytes, from.clone()) == b"from" && (changed() || updated())
}

/// The arcs of X.500 attributes and extensions, and of the internet. Source: ITU-T X.660.
fn is_object_identifier(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [2, 5, 4 | 29, _] | [1, 3, 6, 1])
}

/// 192.168.x.y and 172.16.x.y are never versions; 10.x.y.z is often one.
fn is_private_24(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    address.is_private() && first != 10
}

/// `a.0.0.0` without a prefix length names no machine; it is a class A network or a version.
fn is_network(bytes: &[u8], end: usize, address: Ipv4Addr) -> bool {
    let [_, second, third, fourth] = address.octets();
    second == 0 && third == 0 && fourth == 0 && at(bytes, end) != b'/'
}

/// Addresses that name nobody: this network, loopback, link-local metadata, documentation, multicast, masks.
///
/// Source: IANA IPv4 special-purpose address registry.
pub(super) fn is_reserved(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    first == 0
        || first >= 224
        || address.is_loopback()
        || address.is_documentation()
        || address == Ipv4Addr::new(169, 254, 169, 254)
}
