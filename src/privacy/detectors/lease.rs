//! Names of machines in leases: the logs of dnsmasq, ISC's and Windows' servers of DHCP, and of `RouterOS`.

use super::bytes::{at, before, is_word, part, run_end, slice};
use super::detector::{Anchor, Detector, Hits};
use super::host::is_label;
use super::machine::name_at;
use crate::domain::{Confidence, PiiKind};
use std::net::Ipv4Addr;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "lease",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Exact(LEASES, lease),
        Anchor::Exact(&["assigned "], assigned),
        Anchor::Exact(&[",Assign,", ",Renew,"], lease_row),
    ],
    matches: &[
        "dnsmasq-dhcp[7]: DHCPACK(br0) 10.0.0.9 3c:22:fb:9a:1b:7e «Marias-iPhone»",
        "DHCPDISCOVER from 3c:22:fb:9a:1b:7e («marias-mbp») via eth1",
        "DHCPREQUEST for 10.0.0.9 (10.0.0.1) from 3c:22:fb:9a:1b:7e («tab4») via eth1",
        "  client-hostname \"«marias-mbp»\";",
        "dhcp1 assigned 10.0.0.9 for 3C:22:FB:9A:1B:7E «PRN-4A3»",
        "10,03/14/24,08:00:01,Assign,10.0.0.9,«TAB-4».acme.lan,«3C22FB9A1B7E»,",
    ],
    clean: &[
        "DHCPDISCOVER from 3c:22:fb:9a:1b:7e via eth1: no free leases",
        "he assigned 3 tasks to web-17",
        "10,03/14/24,08:00:01,Assign,10.0.0.9,,,",
    ],
};

/// What servers of DHCP write, dnsmasq and ISC's alike.
const LEASES: &[&str] = &[
    "DHCPACK",
    "DHCPDISCOVER",
    "DHCPOFFER",
    "DHCPREQUEST",
    "DHCPRELEASE",
    "DHCPINFORM",
    "DHCPDECLINE",
    "-hostname \"",
];

/// Whether `hh:hh:hh:hh:hh:hh` ends right before a place.
fn ends_mac(bytes: &[u8], end: usize) -> bool {
    let start = end.saturating_sub(17);
    let written = slice(bytes, start..end);
    let fits = |(place, byte): (usize, &u8)| if place % 3 == 2 { *byte == b':' } else { byte.is_ascii_hexdigit() };
    written.len() == 17 && written.iter().enumerate().all(fits) && !is_word(before(bytes, start))
}

/// `… 3c:22:fb:9a:1b:7e NAME`, `… 3c:22:fb:9a:1b:7e (NAME) via eth1`.
fn lease(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if before(bytes, word.end) == b'"' && slice(bytes, word.start.saturating_sub(6)..word.start) == b"client" {
        let name = word.end..run_end(bytes, word.end, 64, |byte| byte != b'"' && byte != b'\n');
        if at(bytes, name.end) == b'"' && is_label(part(text, name.clone())) {
            hits.add(PiiKind::Host, name);
        }
        return;
    }
    let line = run_end(bytes, word.end, 160, |byte| byte != b'\n');
    let mut colons = slice(bytes, word.end..line).iter().enumerate().filter(|(_, byte)| **byte == b':');
    let Some((colon, _)) = colons.next() else { return };
    behind_mac(text, word.end + colon + 15, hits);
}

/// The name behind an address that ends at a place.
fn behind_mac(text: &str, end: usize, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if !ends_mac(bytes, end) || at(bytes, end) != b' ' {
        return;
    }
    let opened = at(bytes, end + 1) == b'(';
    let name = name_at(bytes, if opened { end + 2 } else { end + 1 });
    let closed =
        if opened { at(bytes, name.end) == b')' } else { matches!(at(bytes, name.end), 0 | b'\r' | b'\n' | b' ') };
    if closed && is_label(part(text, name.clone())) && slice(bytes, name.clone()) != b"via" {
        hits.add(PiiKind::Host, name);
    }
}

/// `dhcp1 assigned 10.0.0.9 for 3C:22:FB:9A:1B:7E NAME`, as `RouterOS` has it.
fn assigned(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let address = run_end(bytes, word.end, 16, |byte| byte.is_ascii_digit() || byte == b'.');
    let link = slice(bytes, address..address + 5);
    let mac = address + if link == b" for " { 5 } else { 4 };
    let linked = link == b" for " || link.starts_with(b" to ");
    if linked && part(text, word.end..address).parse::<Ipv4Addr>().is_ok() {
        behind_mac(text, mac + 17, hits);
    }
}

/// `10,03/14/24,08:00:01,Assign,10.0.0.9,NAME,3C22FB9A1B7E,`: a row of the log of Windows' DHCP server.
fn lease_row(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let address = run_end(bytes, word.end, 16, |byte| byte.is_ascii_digit() || byte == b'.');
    if at(bytes, address) != b',' || part(text, word.end..address).parse::<Ipv4Addr>().is_err() {
        return;
    }
    let name = name_at(bytes, address + 1);
    let first = run_end(bytes, name.start, name.len(), |byte| byte != b'.');
    let mac = name.end + 1..run_end(bytes, name.end + 1, 13, |byte| byte.is_ascii_hexdigit());
    if at(bytes, name.end) == b',' && mac.len() == 12 {
        if is_label(part(text, name.start..first)) {
            hits.add(PiiKind::Host, name.start..first);
        }
        hits.add(PiiKind::Mac, mac);
    }
}
