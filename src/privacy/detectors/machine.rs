//! Names of machines where a product writes them: leases, certificates, inventories, monitoring, Windows' own names.
//!
//! A short name is a word like others; what stands around it in a format that is known tells that it is none.

use super::bytes::{at, before, is_name, is_word, line_before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::host::is_label;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "machine",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Exact(&["DESKTOP-", "LAPTOP-", "WIN-"], given),
        Anchor::Exact(&["Ready ", "NotReady ", "Ready,SchedulingDisabled "], node),
        Anchor::Exact(&[": ok="], recap),
        Anchor::Exact(ALERTS, alert),
        Anchor::Exact(&["Host "], stanza),
        Anchor::Exact(&["DNS:"], alternative),
        Anchor::Shape(Shape::OpenNumber, counted),
        Anchor::Begin(&SPOKEN, spoken),
        Anchor::Begin(&["cifs ", "smbclient "], share),
        Anchor::Exact(&["rabbit@", "ejabberd@", "couchdb@", "emqx@"], erlang),
        Anchor::Exact(&["kind=\"Node\""], involved),
        Anchor::Exact(&[") connect to service "], client),
        Anchor::Exact(&["Online: [ ", "Offline: [ ", "OFFLINE: [ "], members),
    ],
    matches: &[
        "join «DESKTOP-7K2PX9Q», «LAPTOP-7K2PX9QA» and «WIN-7K2PX9QAB3C» first",
        "«web-17»   Ready    control-plane   201d   v1.29.2   10.0.0.5",
        "«web17»                  : ok=4    changed=0    unreachable=1    failed=0",
        "[1700000000] SERVICE ALERT: «web-17»;HTTP;CRITICAL;HARD;3;refused",
        "Host «web-17»\n  HostName «web17.acme»\n  User «mkeller»\n",
        "X509v3 SAN: DNS:«web-17», DNS:«mail2»",
        "Q [0001 D NOERROR] A «(5)files(4)acme(2)de(0)»",
        "Building remotely on «build-17» in workspace",
        "serf: EventMemberJoin: «web-17» 10.0.0.5",
        "//«FILES-2»/scans /mnt/scans cifs credentials=/root/.c 0 0",
        "smbclient -U x //«FILES-2»/scans",
        "disc copy on rabbit@«mq-2», epmd (port 4369) on «mq-2»: nxdomain",
        "crm_mon: Online: [ «db-1» «db-2» ]",
        "%DOT11-6-ASSOC: Interface Dot11Radio1, Station «WS-17» 3c22.fb9a.1b7e Associated",
        "\"Event occurred\" object=\"«web17»\" fieldPath=\"\" kind=\"Node\" type=\"Normal\"",
        "smbd[7]: «WS-17» (ipv4:10.0.0.5:50000) connect to service scans initially as user x",
        "Network logon of ACME\\mkeller from «OSL-WS17» Returns 0x0",
    ],
    clean: &[
        "DESKTOP-VERSION WIN-32 LAPTOP-",
        "Ready to start 201d of v1.29",
        "status : ok=4 of 5",
        "Host header was empty\nHost web-17 is down",
        "DNS:failed DNS: web-17",
        "f(3)(x) list (2)ab(0) (10)files(0)",
        "building remotely on demand",
        "// comment about cifs /mnt",
        "Online: [ yes ]",
        "HOST ALERT: x",
        "Station 3c:22:fb:9a:1b:7e associated, kind=\"Node\" (a) connect to service b",
    ],
};

/// A word that machines have and words of a language hardly do: with a digit or a dash.
fn is_machine(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-') && is_label(name)
}

/// The name that begins at a place, without the full stop of a sentence.
pub(super) fn name_at(bytes: &[u8], start: usize) -> Range<usize> {
    let end = run_end(bytes, start, 253, is_name);
    let stops = slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    start..end - stops
}

fn add_machine(text: &str, name: Range<usize>, hits: &mut Hits) {
    if is_machine(part(text, name.clone())) {
        hits.add(PiiKind::Host, name);
    }
}

fn blanks_end(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, 120, |byte| matches!(byte, b' ' | b'\t'))
}

/// Names that Windows gives: seven, eight or eleven capitals and digits behind the prefix.
fn given(text: &str, prefix: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let lengths: &[usize] = match slice(bytes, prefix.clone()) {
        b"WIN-" => &[11],
        _ => &[7, 8],
    };
    let end = run_end(bytes, prefix.end, 16, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    let digits = slice(bytes, prefix.end..end).iter().any(u8::is_ascii_digit);
    if digits
        && lengths.contains(&(end - prefix.end))
        && !is_word(at(bytes, end))
        && !is_word(before(bytes, prefix.start))
    {
        hits.add(PiiKind::Host, prefix.start..end);
    }
}

/// `NAME   Ready   <none>   201d   v1.29.2`: a row of `kubectl get nodes`.
fn node(text: &str, status: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let roles = blanks_end(bytes, status.end);
    let roles_end = run_end(bytes, roles, 64, |byte| is_name(byte) || matches!(byte, b'<' | b'>' | b','));
    let age = blanks_end(bytes, roles_end);
    let age_end = run_end(bytes, age, 12, |byte| byte.is_ascii_alphanumeric());
    let version = blanks_end(bytes, age_end);
    let shaped = at(bytes, age).is_ascii_digit()
        && matches!(before(bytes, age_end), b'd' | b'h' | b'm' | b's' | b'y')
        && at(bytes, version) == b'v'
        && at(bytes, version + 1).is_ascii_digit();
    if shaped {
        first_word(text, status.start, hits);
    }
}

/// The name that a line begins with, before blanks.
fn first_word(text: &str, end: usize, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name_end = run_start(bytes, end, 120, |byte| byte == b' ');
    let start = run_start(bytes, name_end, 253, is_name);
    if name_end < end && matches!(before(bytes, start), 0 | b'\n') && is_label(part(text, start..name_end)) {
        hits.add(PiiKind::Host, start..name_end);
    }
}

/// `NAME : ok=4 changed=0 unreachable=0`: how a play of Ansible ended.
fn recap(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let count = blanks_end(bytes, run_end(bytes, mark.end, 6, |byte| byte.is_ascii_digit()));
    if slice(bytes, count..count + 8) == b"changed=" {
        first_word(text, mark.start, hits);
    }
}

/// What Nagios, Icinga and Naemon write of a host. Source: the manual of Nagios, "Log File Contents".
const ALERTS: &[&str] = &[
    "SERVICE ALERT: ",
    "HOST ALERT: ",
    "SERVICE FLAPPING ALERT: ",
    "HOST FLAPPING ALERT: ",
    "SERVICE DOWNTIME ALERT: ",
    "HOST DOWNTIME ALERT: ",
];

fn alert(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name = name_at(bytes, said.end);
    if at(bytes, name.end) == b';' && is_label(part(text, name.clone())) {
        hits.add(PiiKind::Host, name);
    }
}

/// `Host web-17` and the indented lines below it, as in `~/.ssh/config`. Source: `ssh_config(5)`.
fn stanza(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name = name_at(bytes, word.end);
    let indented = |line: usize| at(bytes, line) == b'\n' && matches!(at(bytes, line + 1), b' ' | b'\t');
    if !matches!(before(bytes, word.start), 0 | b'\n') || !indented(name.end) {
        return;
    }
    let mut list = vec![(PiiKind::Host, name.clone())];
    let mut line = name.end;
    for _ in 0..12 {
        if !indented(line) {
            break;
        }
        let key = blanks_end(bytes, line + 1);
        let key_end = run_end(bytes, key, 32, |byte| byte.is_ascii_alphabetic());
        let value = blanks_end(bytes, key_end);
        line = run_end(bytes, value, 200, |byte| byte != b'\n');
        match slice(bytes, key..key_end) {
            b"HostName" | b"Hostname" | b"ProxyJump" => list.push((PiiKind::Host, value..line)),
            b"User" => list.push((PiiKind::User, value..line)),
            _ => {}
        }
    }
    if list.len() < 2 {
        return;
    }
    for (kind, name) in list {
        let value = part(text, name.clone());
        let whole = value.bytes().all(is_name);
        if whole && (if kind == PiiKind::User { super::user::is_somebody(value) } else { is_label(value) }) {
            hits.add(kind, name);
        }
    }
}

/// `DNS:web-17`: another name that a certificate is for.
fn alternative(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name = name_at(bytes, mark.end);
    if matches!(at(bytes, name.end), b',' | b'\r' | b'\n' | b' ' | b'"' | 0) {
        add_machine(text, name, hits);
    }
}

/// `(5)files(4)acme(2)de(0)`: a name with the length of each label, as in a packet, in the debug log of Windows' DNS.
fn counted(text: &str, open: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let (mut place, mut name) = (open.start, String::new());
    for _ in 0..32 {
        let digits = run_end(bytes, place + 1, 2, |byte| byte.is_ascii_digit());
        let length = part(text, place + 1..digits).parse::<usize>().unwrap_or(0);
        if at(bytes, place) != b'(' || at(bytes, digits) != b')' {
            return;
        }
        place = digits + 1 + length;
        let label = slice(bytes, digits + 1..place);
        if length == 0 {
            break;
        }
        if label.len() < length || !label.iter().all(|byte| is_word(*byte) || *byte == b'-') {
            return;
        }
        name.push_str(part(text, digits + 1..place));
        name.push('.');
    }
    hits.skip_to(place);
    let name = name.trim_end_matches('.');
    if name.contains('.') && before(bytes, place) == b')' && !super::host::is_public(name) {
        hits.add(PiiKind::Host, open.start..place);
    }
}

/// What is said right before a machine's name, and how it goes on: blank, full stop, colon, or the words given.
const SAID: &[(&str, &str)] = &[
    ("building remotely on ", ""),
    ("running on ", " in /"),
    ("could not resolve host: ", ""),
    ("could not resolve hostname ", ""),
    ("could not resolve host ", ""),
    ("getaddrinfo enotfound ", ""),
    ("eventmemberjoin: ", " "),
    ("eventmemberfailed: ", " "),
    ("eventmemberleave: ", " "),
    ("epmd (port 4369) on ", ""),
    ("cifs: server ", " "),
    ("no_client_site: ", " "),
    ("logon of ", ""),
    ("station ", " "),
];

#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
const SPOKEN: [&str; SAID.len()] = {
    let mut words = [""; SAID.len()];
    let mut index = 0;
    while index < SAID.len() {
        words[index] = SAID[index].0;
        index += 1;
    }
    words
};

fn spoken(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let words = part(text, said.clone());
    let Some((_, next)) = SAID.iter().find(|(one, _)| one.eq_ignore_ascii_case(words)) else { return };
    let start = if words.eq_ignore_ascii_case("logon of ") { logon_source(bytes, said.end) } else { Some(said.end) };
    let Some(name) = start.map(|start| name_at(bytes, start)) else { return };
    let dots = at(bytes, name.end + 5) == b'.' && at(bytes, name.end + 10) == b'.';
    let station = dots || !words.eq_ignore_ascii_case("station ");
    let goes_on = station && slice(bytes, name.end..name.end + next.len()) == next.as_bytes();
    if goes_on && !is_word(at(bytes, name.end)) && at(bytes, name.end) != b'(' {
        add_machine(text, name, hits);
    }
}

/// `logon of ACME\mkeller from NAME Returns 0x0`: where the name begins in a line of Netlogon's log.
fn logon_source(bytes: &[u8], start: usize) -> Option<usize> {
    let end = run_end(bytes, start, 100, |byte| byte > b' ');
    let from = slice(bytes, end..end + 6) == b" from ";
    let name = run_end(bytes, end + 6, 64, is_name);
    let rest = slice(bytes, name..name + 9);
    (from && (rest.starts_with(b" Returns ") || rest.starts_with(b" (via ") || rest.starts_with(b" Entered")))
        .then_some(end + 6)
}

/// `//NAME/share`, on a line with a tool or a file system that means a share by it.
fn share(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = word.start - line_before(bytes, word.start, 200).len();
    let end = run_end(bytes, word.end, 200, |byte| byte != b'\n');
    let pair = |place: &usize| {
        slice(bytes, *place..place + 2) == b"//" && matches!(before(bytes, *place), 0 | b' ' | b'\n' | b'\'' | b'"')
    };
    let Some(place) = (start..end).find(pair) else { return };
    let name = name_at(bytes, place + 2);
    if at(bytes, name.end) == b'/' && is_word(at(bytes, name.end + 1)) && is_label(part(text, name.clone())) {
        hits.add(PiiKind::Host, name);
    }
}

/// `rabbit@mq-2`: a node of Erlang's.
fn erlang(text: &str, node: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name = name_at(bytes, node.end);
    if !is_word(before(bytes, node.start)) {
        add_machine(text, name, hits);
    }
}

/// `object="web-17" kind="Node"`: an event of Kubernetes about a machine.
fn involved(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line = line_before(bytes, mark.start, 160);
    let object = b"object=\"";
    let Some(place) = line.windows(object.len()).rposition(|eight| eight == object) else { return };
    let name = name_at(bytes, mark.start - line.len() + place + object.len());
    if at(bytes, name.end) == b'"' && is_label(part(text, name.clone())) {
        hits.add(PiiKind::Host, name);
    }
}

/// `web-17 (ipv4:10.0.0.5:50000) connect to service scans`: who came, in the log of Samba.
fn client(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let open = run_start(bytes, mark.start, 60, |byte| !matches!(byte, b'(' | b'\n' | b' '));
    let end = open.saturating_sub(2);
    if slice(bytes, end..open) == b" (" {
        add_machine(text, run_start(bytes, end, 64, is_name)..end, hits);
    }
}

/// `Online: [ db-1 db-2 ]`: the members of a cluster, as `crm_mon` lists them.
fn members(text: &str, list: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let mut place = list.end;
    for _ in 0..32 {
        let name = name_at(bytes, place);
        if name.is_empty() || at(bytes, name.end) != b' ' {
            return;
        }
        place = name.end + 1;
        add_machine(text, name, hits);
    }
}
