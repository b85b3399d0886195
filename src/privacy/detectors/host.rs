//! Host names: fully qualified ones, the host field of syslog and of log records, and UNC paths.
//!
//! Endings, sites of the public and names of fields are data: `assets/detectors/hosts.toml`.

use super::bytes::{at, before, is_name, is_word, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::normalized;
use super::key_value::{Form, is_in_prose, name_of};
use super::syslog;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::{Seeded, Words, in_lower_case};
use crate::privacy::sweep::Shape;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "host",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::NameEnding(name_endings, qualified),
        Anchor::LoadedEnd(endings, field),
        Anchor::Shape(Shape::Backslashes, unc),
        Anchor::Exact(&[" ansible_"], inventory),
        Anchor::Begin(&["fatal: [", "ok: [", "changed: [", "unreachable: [", "skipping: [", "failed: ["], play),
        Anchor::Shape(Shape::DatedLine, sender),
    ],
    matches: &[
        "dial tcp: lookup «orders-db.prod.acme.internal»: no such host",
        "https://«git.acme.io»/a.git",
        "Jun  3 10:00:01 «web-17» sshd[812]: ready",
        "2024-05-01T10:00:00.000Z «edge07-fra» kernel: up",
        "<34>1 2024-05-01T10:00:00Z «mq2» app 12 - - x",
        r#"{"hostname":"«web-17»","level":"info"}"#,
        r"open \\«FILESRV02»\share$\a.txt failed",
        "主机«db1.acme.io»无法访问",
        "server=«DB-PROD-3»;Database=x",
        "«api.acme.com»:443 refused",
        "«web-17» ansible_host=10.0.0.5",
        "Caller Computer Name:\t«LAPTOP-6B2Z»",
        "サーバー«ip-10-2-3-4.ec2.internal»に",
        "fatal: [«web-17»]: UNREACHABLE!",
        "ok: [«db1.acme.io»] => (item=a)",
    ],
    clean: &[
        "java.net.SocketException at com.acme.orders.Main.run(Main.java:12)",
        "logger.info org.apache.kafka.clients.NetworkClient",
        "https://github.com/org/repo https://www.w3.org/TR https://example.com",
        "config.yaml app.log index.js nginx.service libssl.so.3 main.rs",
        "localhost:8080 host=localhost host=127.0.0.1",
        "System.Net.Http.HttpRequestException",
        "this.is.not a host e.g. something",
        "10.20.30.40 1.2.3",
        "socket.io node.name user.name",
        "host: ${HOST} host=[Host-1]",
        r"C:\\Windows\\System32",
        "EndpointSuffix=core.windows.net",
        "config.h.in shadow.spec.in libssl.pc.in",
        "user-to-server token",
        "machine: x86_64 node: v20.13.1 libnss-myhostname:amd64 x-server:arm64",
        "see bugs.freedesktop.org and api.datadoghq.eu",
        "ok: [done] failed: [3]",
        "Server: Microsoft-IIS/10.0",
        "Host: x86_64-pc-linux-gnu",
        "main.rs:12 and client.py:3",
    ],
};

#[derive(Deserialize)]
struct Names {
    clear: Words,
    unclear: Words,
    packages: Words,
    extensions: Words,
    public: Words,
    clouds: Words,
    anchors: Vec<String>,
    fields: Words,
    words: Words,
    architectures: Words,
    /// Endings as numbers, and whether they are clear.
    #[serde(skip)]
    endings: HashMap<u128, bool, Seeded>,
}

static NAMES: LazyLock<Option<Names>> = LazyLock::new(|| {
    let mut names: Names = toml::from_str(include_str!("../../../assets/detectors/hosts.toml")).ok()?;
    for ending in names.clear.iter().chain(&names.unclear) {
        names.endings.insert(packed(ending.as_bytes()), names.clear.contains(ending));
    }
    Some(names)
});

/// An ending as a number, whatever its case.
fn packed(ending: &[u8]) -> u128 {
    ending.iter().fold(0, |sum, byte| sum << 8 | u128::from(byte.to_ascii_lowercase()))
}

fn endings() -> Option<Vec<&'static str>> {
    NAMES.as_ref().map(|names| names.anchors.iter().map(String::as_str).collect())
}

fn name_endings() -> Option<Vec<&'static str>> {
    NAMES.as_ref().map(|names| names.clear.iter().chain(&names.unclear).map(String::as_str).collect())
}

impl Names {
    /// `amd64`, `x86_64-pc-linux-gnu`
    fn is_platform(&self, name: &str) -> bool {
        self.architectures.contains(name)
            || name.split_once('-').is_some_and(|(first, _)| self.architectures.contains(first))
    }

    /// Whether it is a site of the public or below one.
    fn is_public(&self, name: &str) -> bool {
        let below = name.match_indices('.').filter_map(|(dot, _)| name.get(dot + 1..));
        std::iter::once(name).chain(below).any(|site| self.public.contains(site))
    }
}

/// The host field of a syslog line.
fn sender(text: &str, line: Range<usize>, hits: &mut Hits) {
    if let Some(host) = syslog::host_of(text.as_bytes(), line.start)
        && hits.memos.labels.of(part(text, host.clone()), is_label)
    {
        hits.add(PiiKind::Host, host);
    }
}

/// That of `international`.
const LONGEST_ENDING: usize = 13;

/// A name with dots, found at its last one.
fn qualified(text: &str, dot: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(names) = NAMES.as_ref() else { return };
    let last = run_end(bytes, dot.end, 64, |byte| byte.is_ascii_alphanumeric());
    let end = run_end(bytes, last, 253, |byte| matches!(byte, b'.' | b'-'));
    if is_name(at(bytes, end)) || last - dot.end > LONGEST_ENDING {
        return;
    }
    let Some(clear) = names.endings.get(&packed(slice(bytes, dot.end..last))) else { return };
    let start = run_start(bytes, dot.start, 253, is_name);
    let start = run_end(bytes, start, last - start, |byte| matches!(byte, b'.' | b'-'));
    if names.is_host(bytes, start, part(text, start..last), *clear) {
        hits.add(PiiKind::Host, start..last);
        pgpass(text, start, last, hits);
    }
}

/// `host:port:database:user:password`, a line of `.pgpass`.
fn pgpass(text: &str, start: usize, end: usize, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let port = run_end(bytes, end + 1, 5, |byte| byte.is_ascii_digit());
    if at(bytes, end) != b':'
        || at(bytes, port) != b':'
        || !matches!(before(bytes, start), 0 | b'\n' | b' ' | b'"' | b'\'')
    {
        return;
    }
    let field = |byte: u8| byte > b' ' && !matches!(byte, b':' | b'"' | b'\'');
    let database = run_end(bytes, port + 1, 63, field);
    let user = run_end(bytes, database + 1, 63, field);
    let password = run_end(bytes, user + 1, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\''));
    let colons = at(bytes, database) == b':' && at(bytes, user) == b':';
    if colons && database > port + 1 && user > database + 1 && password > user + 2 {
        hits.add(PiiKind::User, database + 1..user);
        hits.add(PiiKind::Password, user + 1..password);
    }
}

impl Names {
    /// Whether a name is that of a host; its ending is known, and clear or not.
    fn is_host(&self, bytes: &[u8], start: usize, name: &str, clear: bool) -> bool {
        let Some((head, last)) = name.rsplit_once('.') else { return false };
        // Class names mix the cases; in URLs nobody cares.
        let one_case =
            head.bytes().all(|byte| !byte.is_ascii_uppercase()) || name.bytes().all(|byte| !byte.is_ascii_lowercase());
        let in_url = slice(bytes, start.saturating_sub(3)..start) == b"://" || before(bytes, start) == b'@';
        if !one_case && !in_url {
            return false;
        }
        let end = start + name.len();
        let labels = name.split('.').all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-'));
        let with_port = at(bytes, end) == b':' && at(bytes, end + 1).is_ascii_digit();
        let in_path = matches!(before(bytes, start), b'/' | b'\\')
            && !in_url
            && !matches!(slice(bytes, start.saturating_sub(2)..start), br"\\" | b"//");
        let call = (at(bytes, end) == b'(' && !at(bytes, end + 1).is_ascii_digit()) || at(bytes, end) == b'$';
        // `main.rs:12` and `client.py` are files, whatever country has that ending.
        let file = || !in_url && !head.contains('.') && self.is_extension(last);
        let enough = || clear || (head.contains('.') && !self.is_file(head)) || in_url || with_port;
        if !labels || call || in_path || file() || !enough() {
            return false;
        }
        in_lower_case(name, |lower| {
            let first = lower.split('.').next().unwrap_or_default();
            let package = !in_url && !with_port && self.packages.contains(first);
            !package && !self.is_public(lower) && !self.clouds.contains(lower)
        })
    }

    /// `config.h` of `config.h.in`.
    fn is_file(&self, head: &str) -> bool {
        head.rsplit_once('.').is_some_and(|(_, last)| self.is_extension(last))
    }

    fn is_extension(&self, last: &str) -> bool {
        in_lower_case(last, |last| self.extensions.contains(last))
    }
}

/// `host=web-17`, `"hostname": "web-17"`.
fn field(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let key = run_start(bytes, word.start, 40, is_word)..run_end(bytes, word.end, 40, is_word);
    let Some(names) = NAMES.as_ref().filter(|_| !is_in_prose(bytes, &key)) else { return };
    let is_field = |key: &str| names.fields.contains(&normalized(key));
    if !hits.memos.hosts.of(part(text, key.clone()), is_field) {
        return;
    }
    let Some((value, form)) = name_of(bytes, &key) else { return };
    let end = run_end(bytes, value.start, value.len(), is_name);
    let name = part(text, value.start..end);
    let sure = !matches!(form, Form::Prose | Form::Listed);
    // `libnss-myhostname:amd64` is a package; `x-server=a` is a name of its own.
    let glued = before(bytes, key.start) == b'-' && form != Form::Flag;
    let product = at(bytes, end) == b'/' && at(bytes, end + 1).is_ascii_digit();
    if sure
        && !glued
        && !product
        && (end == value.end || matches!(at(bytes, end), b':' | b',' | b'/' | b'\\'))
        && hits.memos.labels.of(name, is_label)
    {
        hits.add(PiiKind::Host, value.start..end);
    }
}

/// `web-17 ansible_host=10.0.0.5`: the name that an inventory gives a machine.
fn inventory(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, mark.start, 253, is_name);
    if matches!(before(bytes, start), 0 | b'\n') && is_label(part(text, start..mark.start)) {
        hits.add(PiiKind::Host, start..mark.start);
    }
}

/// `\\server\share`, also with the backslashes escaped.
fn unc(text: &str, slashes: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let slashes = slashes.start;
    let previous = before(bytes, slashes);
    let start = run_end(bytes, slashes, 4, |byte| byte == b'\\');
    let end = run_end(bytes, start, 253, is_name);
    let begins = !is_word(previous) && !matches!(previous, b'\\' | b':' | b'.' | b'%' | b'}');
    let twice = start - slashes == 4 && at(bytes, end + 1) == b'\\';
    let share = at(bytes, end) == b'\\' && is_word(at(bytes, end + 1)) && start - slashes == 2;
    if begins && (share || twice) && is_label(part(text, start..end)) {
        hits.add(PiiKind::Host, start..end);
    }
}

/// `fatal: [web-17]: UNREACHABLE!`, as Ansible tells how a task went.
fn play(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, mark.end, 253, is_name);
    let said = matches!(slice(bytes, end..end + 4), [b']', b':', b' ', _] | [b']', b' ', b'=', b'>']);
    let closed = at(bytes, end) == b']' && matches!(at(bytes, end + 1), 0 | b'\n' | b'\r');
    if (said || closed) && is_label(part(text, mark.end..end)) {
        hits.add(PiiKind::Host, mark.end..end);
    }
}

/// A name that some machine may have: with a letter, not a common word, not an address, not a version.
pub(super) fn is_label(name: &str) -> bool {
    let Some(names) = NAMES.as_ref() else { return false };
    let letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let marked = name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-');
    let dotted_word = name.contains('.') && !marked && name.split('.').count() == 2;
    let version =
        name.strip_prefix(['v', 'V']).unwrap_or(name).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !(2..=253).contains(&name.len()) || !letters || version || dotted_word || (!marked && name.len() < 3) {
        return false;
    }
    in_lower_case(name, |lower| !names.is_public(lower) && !names.words.contains(lower) && !names.is_platform(lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_names_are_readable() {
        assert!(NAMES.as_ref().is_some_and(|names| names.public.len() > 200));
        assert!(name_endings().is_some_and(|endings| endings.contains(&"de")));
    }
}
