//! IPv4 addresses: four octets that are no version, no object identifier and no part of a longer number.

use super::bytes::{at, before, is_word, line_before, mentions, part, run_end, run_start};
use super::detector::{Detector, Hits};
use crate::domain::PiiKind;
use memchr::memchr_iter;
use std::net::Ipv4Addr;

pub(super) const DETECTOR: Detector = Detector {
    name: "ipv4",
    find,
    matches: &[
        "from «10.20.30.40» port 22",
        "«172.16.4.9»:8080",
        "src=«185.199.110.7»,dst=«10.0.0.5»",
        "服务器«10.20.30.40»无法访问",
        "http://«10.20.30.40»/x",
        "ping «10.20.30.40».",
        "route «10.20.0.0»/16",
        "peer_«10.20.30.40»_down",
    ],
    clean: &[
        "Chrome/124.0.0.0 Safari/537.36",
        "Version=4.0.0.0, Culture=neutral",
        "1.3.6.1.4.1.311.21",
        "version 10.2.30.4 is out",
        "v1.2.3.4",
        "256.1.1.1 and 01.2.3.4",
        "openssl-1.1.1.4.rpm",
        "build 17.0.9.11",
        "1.2.3.4.5",
    ],
};

fn find(text: &str, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let mut done = 0;
    for dot in memchr_iter(b'.', bytes) {
        if dot < done || !at(bytes, dot + 1).is_ascii_digit() {
            continue;
        }
        let start = run_start(bytes, dot, 4, |byte| byte.is_ascii_digit());
        let end = run_end(bytes, dot, 64, |byte| byte.is_ascii_digit() || byte == b'.');
        done = end;
        let end = if before(bytes, end) == b'.' { end - 1 } else { end };
        let Ok(address) = part(text, start..end).parse::<Ipv4Addr>() else { continue };
        if stands_alone(bytes, start, end) && !is_version(bytes, start, address) && !is_network(bytes, end, address) {
            hits.add_address(PiiKind::Ipv4, start..end, is_reserved(address));
        }
    }
}

fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let previous = before(bytes, start);
    let next = at(bytes, end);
    let file = next == b'.' && at(bytes, end + 1).is_ascii_alphabetic() && before(bytes, start) == b'-';
    let continues = (next == b'.' && at(bytes, end + 1).is_ascii_digit()) || next.is_ascii_alphanumeric();
    !previous.is_ascii_alphanumeric() && previous != b'.' && !continues && !file
}

/// `Chrome/124.0.0.0`, `version 10.2.30.4`, `foo-1.2.3.4`.
fn is_version(bytes: &[u8], start: usize, address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    let previous = before(bytes, start);
    let letter_before = before(bytes, start.saturating_sub(1)).is_ascii_alphanumeric();
    let product = previous == b'/' && letter_before && !mentions(line_before(bytes, start, 300), "http");
    let package = matches!(previous, b'-' | b'_') && letter_before && first < 10;
    let gap = run_start(bytes, start, 4, |byte| matches!(byte, b' ' | b'=' | b':' | b'"' | b'\''));
    let word = run_start(bytes, gap, 24, is_word);
    let said = super::bytes::slice(bytes, word..gap);
    let said = ["version", "release", "build", "oid", "firmware", "revision"].iter().any(|name| mentions(said, name))
        || [&b"v"[..], b"ver", b"rev", b"sw", b"fw"].iter().any(|name| said.eq_ignore_ascii_case(name));
    (product && !is_private(address)) || package || (said && !is_private_24(address))
}

fn is_private(address: Ipv4Addr) -> bool {
    address.is_private()
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
