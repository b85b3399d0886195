//! Files of accounts with a fixed layout: `.pgpass`, `.curlrc`, `chap-secrets`, lists for `chpasswd`, users of Kafka,
//! providers of SIP, nodes of Galera.
//!
//! Source: the manuals of these programs.

use super::bytes::{at, before, is_word, line_before, mentions, part, run_end, run_start, slice};
use super::command::add_both;
use super::detector::{Anchor, Detector, Hits};
use super::key_value::quoted;
use super::key_worth::is_mixed;
use super::reference::is_reference;
use super::user::is_somebody;
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "account file",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Begin(&["pgpass", "localhost:", "port:database:username:password"], postgres),
        Anchor::Begin(&["chap-secrets", "pap-secrets", "server\tsecret", "server secret", "l2tpd ", "pptpd "], dialed),
        Anchor::Begin(&["user = \"", "user=\"", "proxy-user = \"", "proxy-user=\"", "--proxy-user "], curl),
        Anchor::Begin(&["chpasswd:"], listed),
        Anchor::Exact(&["PlainLoginModule ", "ScramLoginModule "], kafka),
        Anchor::Begin(&["register => "], sip),
        Anchor::Begin(&["wsrep_sst_auth"], galera),
        Anchor::Begin(&["<auth-user-pass>"], tunnel),
    ],
    matches: &[
        "$ cat ~/.pgpass\ndb.acme.io:5432:*:«mkeller»:«hunter2»\n*:*:*:postgres:«hun\\:ter2»\n",
        "localhost:5432:orders:«mkeller»:«hunter2»",
        "# client server secret IP\n«mkeller» * \"«hunter 2»\" *\n«jane» l2tpd «hunter2» *\n",
        "«mkeller» pptpd «hunter2» 10.0.0.9",
        "# ~/.curlrc\nuser = \"«mkeller»:«hunter2»\"\n",
        "--proxy-user «mkeller»:«hunter2»",
        "chpasswd:\n  expire: false\n  list: |\n    root:«hunter2»\n    «mkeller»:«hunt-er9»\nruncmd:\n  - a:b",
        "chpasswd:\n  list:\n    - «mkeller»:«hunter2»\n",
        "PlainLoginModule required\n  username=\"admin\"\n  user_admin=\"«hunter2»\"\n  user_mkeller=\"«hunt;er 9»\";",
        "register => 4921:«hunter2»@sip.acme.io/100",
        "wsrep_sst_auth = \"«mkeller»:«hunter2»\"",
        "<auth-user-pass>\n«mkeller»\n«hunter2»\n</auth-user-pass>",
    ],
    clean: &[
        "connect to localhost:5432: connection refused",
        "http://localhost:8080:/a:b:c",
        "localhost:5432:orders:mkeller:${PW}",
        "user = \"1000:1000\"",
        "user=\"mkeller\"",
        "chpasswd:\n  list: |\n    root:RANDOM\n",
        "chpasswd: (user mkeller) pam_chauthtok() failed",
        "PlainLoginModule required user_id=\"1\";",
        "register => 4921@sip.acme.io",
        "wsrep_sst_auth=",
        "l2tpd started, listening on port 1701",
        "the chap-secrets file was read\nthree users were found *",
        "auth-user-pass pw.txt",
    ],
};

/// How many lines of such a file are read behind what tells that it is one.
const MOST_LINES: usize = 60;

/// Longer than one of its lines.
const LONGEST_LINE: usize = 400;

/// `host:port:database:user:password`; a line alone is known by its host.
fn postgres(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if at(bytes, said.end - 1) == b':' {
        if matches!(before(bytes, said.start), 0 | b'\n' | b' ' | b'\'' | b'"') {
            let start = said.start;
            postgres_line(text, start..line_end(bytes, start), hits);
        }
        return;
    }
    each_line_below(text, said.end, hits, postgres_line);
}

/// Reads the lines below a place up to an empty one.
fn each_line_below(text: &str, place: usize, hits: &mut Hits, read: fn(&str, Range<usize>, &mut Hits)) {
    let bytes = text.as_bytes();
    let mut start = line_end(bytes, place) + 1;
    for _ in 0..MOST_LINES {
        let line = start..line_end(bytes, start);
        if line.is_empty() {
            break;
        }
        start = line.end + 1;
        read(text, line, hits);
    }
    hits.skip_to(start.min(bytes.len()));
}

fn line_end(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, LONGEST_LINE, |byte| byte != b'\n')
}

fn postgres_line(text: &str, line: Range<usize>, hits: &mut Hits) {
    let said = part(text, line.clone());
    let mut fields = said.splitn(5, ':');
    let (Some(host), Some(port), Some(database), Some(user), Some(rest)) =
        (fields.next(), fields.next(), fields.next(), fields.next(), fields.next())
    else {
        return;
    };
    let ported = port == "*" || (2..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit());
    let named = |field: &str| {
        !field.is_empty() && field.bytes().all(|byte| byte > b' ' && !matches!(byte, b'/' | b'"' | b'\'' | b'(' | b'{'))
    };
    let password = rest.split(['\r', ' ', '\'', '"']).next().unwrap_or_default();
    if ported
        && !host.contains(' ')
        && [database, user].into_iter().all(named)
        && password.len() >= 3
        && !is_reference(password)
    {
        let start = line.start + host.len() + port.len() + database.len() + 3;
        if is_somebody(user) {
            hits.add(PiiKind::User, start..start + user.len());
        }
        let start = start + user.len() + 1;
        hits.add(PiiKind::Password, start..start + password.len());
    }
}

/// `client server secret addresses`, for PPP.
fn dialed(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let daemon = matches!(slice(bytes, said.clone()), b"l2tpd " | b"pptpd ");
    let titles = slice(bytes, said.clone()).starts_with(b"server");
    if daemon {
        let start = run_start(bytes, said.start, 80, |byte| byte != b'\n');
        dialed_line(text, start..line_end(bytes, start), hits);
        return;
    }
    if titles && !mentions(line_before(bytes, said.start, 40), "client") {
        return;
    }
    each_line_below(text, said.end, hits, dialed_line);
}

fn dialed_line(text: &str, line: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let mut words: [Range<usize>; 4] = Default::default();
    let (mut next, mut count) = (line.start, 0);
    while next < line.end && count < 5 {
        let start = run_end(bytes, next, 40, |byte| matches!(byte, b' ' | b'\t' | b'\r'));
        let value = quoted(bytes, start, 256);
        let end = run_end(bytes, start, line.end.saturating_sub(start), |byte| byte > b' ');
        next = value.as_ref().map_or(end, |value| value.end + 1);
        if next > start {
            if let Some(word) = words.get_mut(count) {
                *word = value.unwrap_or(start..end);
            }
            count += 1;
        } else {
            break;
        }
    }
    let [user, server, secret, addresses] = words;
    let allowed = slice(bytes, addresses);
    let ends = allowed == b"*"
        || allowed == b"-"
        || (allowed.len() >= 7
            && allowed.iter().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'/' | b'+')));
    let known = matches!(slice(bytes, server), b"*" | b"l2tpd" | b"pptpd" | b"pppd" | b"xl2tpd" | b"pptp-server");
    let value = part(text, secret.clone());
    if count == 4 && ends && known && at(bytes, line.start) != b'#' && value.len() >= 3 && !is_reference(value) {
        if is_somebody(part(text, user.clone())) {
            hits.add(PiiKind::User, user);
        }
        hits.add(PiiKind::Password, secret);
    }
}

/// The options of curl, one a line.
fn curl(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let indent = run_start(bytes, said.start, 8, |byte| matches!(byte, b' ' | b'\t' | b'-'));
    if !matches!(before(bytes, indent), 0 | b'\n') {
        return;
    }
    let quote = at(bytes, said.end - 1) == b'"';
    let end = run_end(bytes, said.end, 256, |byte| byte >= b' ' && byte != if quote { b'"' } else { b' ' });
    let Some((user, password)) = part(text, said.end..end).split_once(':') else { return };
    let proxied = mentions(slice(bytes, said.clone()), "proxy");
    let from = said.start.saturating_sub(300);
    let told = proxied || mentions(slice(bytes, from..said.start), "curlrc");
    let numbered = user.bytes().all(|byte| byte.is_ascii_digit());
    if !numbered && (told || (password.len() >= 6 && is_mixed(password))) {
        add_both(said.end, user, password, hits);
    }
}

/// `user:password`, one a line, below `list:`.
fn listed(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let column = said.start - run_start(bytes, said.start, 40, |byte| byte == b' ');
    let mut start = line_end(bytes, said.end) + 1;
    let mut within = false;
    for _ in 0..MOST_LINES {
        let line = start..line_end(bytes, start);
        let first = run_end(bytes, line.start, 60, |byte| byte == b' ');
        if line.is_empty() || first - line.start <= column {
            break;
        }
        start = line.end + 1;
        let entry = part(text, first..line.end).trim_end();
        if entry.starts_with("list:") {
            within = true;
            continue;
        }
        let item = entry.strip_prefix("- ").unwrap_or(entry);
        let from = first + (entry.len() - item.len());
        if let Some((user, password)) = item
            .split_once(':')
            .filter(|(user, _)| within && user.bytes().all(|byte| is_word(byte) || byte == b'-' || byte == b'.'))
        {
            let random = matches!(password, "R" | "RANDOM") || password.starts_with([' ', '$']);
            if !random && !user.is_empty() && !password.is_empty() && !is_reference(password) {
                if is_somebody(user) {
                    hits.add(PiiKind::User, from..from + user.len());
                }
                let from = from + user.len() + 1;
                hits.add(PiiKind::Password, from..from + password.len());
            }
        }
    }
    hits.skip_to(start.min(bytes.len()));
}

/// `user_alice="…"`, the users whom a broker's login module knows, up to the semicolon.
fn kafka(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(said.end + 4096);
    let mut next = said.end;
    while let Some(found) = memmem::find(slice(bytes, next..limit), b" user_") {
        let name = next + found + 1;
        if slice(bytes, next..name).contains(&b';') {
            break;
        }
        let name_end = run_end(bytes, name, 80, |byte| byte > b' ' && byte != b'=');
        let escaped = usize::from(at(bytes, name_end + 1) == b'\\');
        next = name_end;
        let Some(value) = quoted(bytes, name_end + 1, 256).filter(|_| at(bytes, name_end) == b'=') else { continue };
        next = value.end + escaped;
        let said = part(text, value.clone());
        if said.len() >= 3 && !is_reference(said) {
            hits.add(PiiKind::Password, value);
        }
    }
    hits.skip_to(next);
}

/// `register => [transport://]user[@domain]:secret[:login]@host`
fn sip(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, said.end, 256, |byte| byte > b' ');
    let Some((account, _)) = part(text, said.end..end).rsplit_once('@') else { return };
    let skipped = account.find("://").map_or(0, |found| found + 3);
    let mut fields = account.get(skipped..).unwrap_or_default().split(':');
    let (Some(user), Some(secret)) = (fields.next(), fields.next()) else { return };
    let start = said.end + skipped + user.len() + 1;
    if secret.len() >= 3 && !is_reference(secret) {
        hits.add(PiiKind::Password, start..start + secret.len());
    }
}

/// `wsrep_sst_auth=user:password`
fn galera(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let sign = run_end(bytes, said.end, 8, |byte| byte == b' ');
    if at(bytes, sign) != b'=' {
        return;
    }
    let start = run_end(bytes, sign + 1, 8, |byte| byte == b' ');
    let value = quoted(bytes, start, 256).unwrap_or_else(|| start..run_end(bytes, start, 256, |byte| byte > b' '));
    if let Some((user, password)) = part(text, value.clone()).split_once(':') {
        add_both(value.start, user, password, hits);
    }
}

/// The user and the password of a tunnel, on a line each.
fn tunnel(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line = |start: usize| {
        let start = run_end(bytes, start, 2, |byte| matches!(byte, b'\r' | b'\n'));
        start..run_end(bytes, start, 256, |byte| !matches!(byte, b'\r' | b'\n'))
    };
    let user = line(said.end);
    let password = line(user.end);
    let value = part(text, password.clone());
    if value.len() >= 3 && !value.starts_with('<') && !is_reference(value) {
        if is_somebody(part(text, user.clone())) {
            hits.add(PiiKind::User, user);
        }
        hits.add(PiiKind::Password, password);
    }
}
