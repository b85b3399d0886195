//! Host names: fully qualified ones, the host field of syslog and of log records, and UNC paths.
//!
//! Endings, sites of the public and names of fields are data: `assets/detectors/hosts.toml`.

use super::bytes::{at, before, is_name, is_word, line_before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use super::key_name::normalized;
use super::key_value::{Form, is_in_prose, name_of};
use super::syslog;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::{Seeded, Words, in_lower_case};
use crate::privacy::sweep::Shape;
use serde::Deserialize;
use std::collections::HashMap;
use std::net::IpAddr;
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
        "Computer: «OSLDC01.corp.acme.lan» and «Marias-Mac.local»",
        "/srv/in «db-1.prod.acme.de»(rw,sync)",
        "valid for *.«acme.io», zone \"«acme.at»\", domain=«acme.io»",
        "next=https%3A%2F%2F«git.acme.io»%2Fa",
        r#"{"msg":"down\n«db1.acme.de»\u003e"}"#,
        "10.0.0.5  «db1.acme.io»  «db1» «sql-2»",
        "Server=tcp:«DB-PROD-3»,1433;Database=x",
        "(CID=(PROGRAM=app)(HOST=«web-17»)(USER=x))",
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
        "scsi host2: ahci",
        "[INFO]  agent.server.serf.lan: serf: started",
        "window.location.host logging.level.org.acme.web.security=DEBUG",
        "Server=tcp:localhost,1433",
        "FOO.bar.id Log4j.core.is Assert.that.to.be(x)",
        "10.0.0.5 api.example.com restarted twice",
        "rm *.tar.sh *.spec.rs",
        "FROM node:20-alpine AS deps -o custom-columns=NODE:.spec.nodeName",
        "vpc_id = aws_vpc.main.id, \"labels.app.id\":\"7\", $.data.user.id, request.state.id",
        "host: required hostname: unset",
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

/// Whether a name is that of a site of the public.
pub(super) fn is_public(name: &str) -> bool {
    NAMES.as_ref().is_none_or(|names| in_lower_case(name, |lower| names.is_public(lower)))
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
    let start = escaped::begin_of(bytes, run_start(bytes, dot.start, 253, is_name)).min(dot.start);
    let start = run_end(bytes, start, last - start, |byte| matches!(byte, b'.' | b'-'));
    if names.is_host(bytes, start, part(text, start..last), *clear) {
        hits.add(PiiKind::Host, start..last);
        pgpass(text, start, last, hits);
        aliases(text, start..last, hits);
    }
}

/// `10.0.0.5 db1.acme.io db1 sql-2`: the other names in a row of `/etc/hosts`.
fn aliases(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if !matches!(before(bytes, name.start), b' ' | b'\t') {
        return;
    }
    let line = name.start - line_before(bytes, name.start, 80).len();
    if part(text, line..name.start).trim().parse::<IpAddr>().is_err() {
        return;
    }
    let first = part(text, name.clone()).split('.').next().unwrap_or_default();
    let mut found = Vec::new();
    let mut place = name.end;
    for _ in 0..6 {
        let start = run_end(bytes, place, 32, |byte| matches!(byte, b' ' | b'\t'));
        let end = run_end(bytes, start, 64, is_name);
        let alias = part(text, start..end);
        let numbered = alias.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-');
        if !(alias == first || numbered && is_label(alias)) {
            place = start;
            break;
        }
        found.push(start..end);
        place = end;
    }
    if matches!(at(bytes, place), 0 | b'\r' | b'\n' | b'#') {
        for alias in found {
            hits.add(PiiKind::Host, alias);
        }
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
        let in_url = slice(bytes, start.saturating_sub(3)..start) == b"://"
            || before(bytes, start) == b'@'
            || escaped::begins_authority(bytes, start);
        if !in_url && !is_cased_as_host(name, head, clear) {
            return false;
        }
        let end = start + name.len();
        let labels = name.split('.').all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-'));
        let with_port = at(bytes, end) == b':' && at(bytes, end + 1).is_ascii_digit();
        let in_path = matches!(before(bytes, start), b'/' | b'\\')
            && !in_url
            && !matches!(slice(bytes, start.saturating_sub(2)..start), br"\\" | b"//");
        let call = (at(bytes, end) == b'(' && !at(bytes, end + 1).is_ascii_digit() && !is_exported(bytes, end))
            || at(bytes, end) == b'$';
        let said = || is_said_domain(bytes, start) && !self.is_file(head);
        // `main.rs:12` and `client.py` are files, whatever country has that ending.
        let file = || !in_url && !head.contains('.') && self.is_extension(last);
        let enough = || clear || (head.contains('.') && !self.is_file(head)) || in_url || with_port || said();
        // `logging.level.org.acme.security=DEBUG` is the key of a property, `agent.server.serf.lan` a part of Consul.
        let json_key = before(bytes, start) == b'"' && slice(bytes, end..end + 2) == b"\":";
        let key = (!clear
            && !in_url
            && (at(bytes, end) == b'=' || json_key || slice(bytes, start.saturating_sub(2)..start) == b"$."))
            || name.ends_with(".serf.lan");
        // `aws_vpc.main.id` and `request.state.id` are members of something: sites in Indonesia have a second level.
        let member = !in_url && !clear && (head.contains('_') || (last == "id" && !with_port && !is_indonesian(head)));
        if !labels || call || in_path || key || member || file() || !enough() {
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

/// Whether this stands before the ending of a site in Indonesia. Source: the registry's list of second levels.
fn is_indonesian(head: &str) -> bool {
    const LEVELS: [&str; 9] = ["co", "or", "go", "ac", "web", "sch", "my", "net", "biz"];
    head.starts_with("www.") || head.rsplit('.').next().is_some_and(|last| LEVELS.contains(&last))
}

/// Class names mix the cases. Names of Windows machines do so as well, in their first label: `OSLDC01.corp.acme.lan`.
fn is_cased_as_host(name: &str, head: &str, clear: bool) -> bool {
    let is_upper = |byte: u8| byte.is_ascii_uppercase();
    let is_lower = |byte: u8| byte.is_ascii_lowercase();
    if !head.bytes().any(is_upper) || !name.bytes().any(is_lower) {
        return true;
    }
    let Some((first, rest)) = name.split_once('.') else { return false };
    let numbered = first.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-');
    let long = !first.bytes().any(is_lower) && rest.contains('.') && (clear || numbered);
    let dashed = clear && first.contains('-');
    (long || dashed) && !rest.bytes().any(is_upper)
}

/// `(rw,sync)`: what exports of NFS write right behind a name. Source: exports(5).
fn is_exported(bytes: &[u8], end: usize) -> bool {
    let word = slice(bytes, end + 1..run_end(bytes, end + 1, 20, is_word));
    [&b"rw"[..], b"ro", b"sync", b"async", b"sec", b"fsid", b"insecure", b"no_root_squash", b"no_subtree_check"]
        .contains(&word)
}

/// Whether what stands before a name says that it is a domain: `zone "`, `domain=`, `*.`, `search `.
fn is_said_domain(bytes: &[u8], start: usize) -> bool {
    let wildcard = slice(bytes, start.saturating_sub(2)..start) == b"*."
        && !matches!(before(bytes, start.saturating_sub(2)), b'/' | b'.' | b'-' | b'_')
        && !is_word(before(bytes, start.saturating_sub(2)));
    let quote = run_start(bytes, start, 1, |byte| matches!(byte, b'"' | b'\''));
    let sign = run_start(bytes, quote, 2, |byte| matches!(byte, b'=' | b':' | b' '));
    let word = run_start(bytes, sign, 12, is_word);
    let said = slice(bytes, word..sign);
    let zone = said.eq_ignore_ascii_case(b"zone") && quote < start;
    let domain = said.eq_ignore_ascii_case(b"domain") && matches!(at(bytes, sign), b'=' | b':');
    let search = said == b"search" && matches!(before(bytes, word), 0 | b'\n') && quote == start;
    wildcard || (sign < quote && (zone || domain || search))
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
    let value = without_protocol(bytes, value);
    let end = run_end(bytes, value.start, value.len(), is_name);
    let name = part(text, value.start..end);
    // `scsi host2: ahci` names a driver.
    let driver = slice(bytes, key.start.saturating_sub(5)..key.start) == b"scsi ";
    let closed = at(bytes, end) == b')' && before(bytes, key.start) == b'(';
    let sure = !matches!(form, Form::Prose | Form::Listed);
    // `libnss-myhostname:amd64` is a package; `x-server=a` is a name of its own.
    let glued = before(bytes, key.start) == b'-' && form != Form::Flag;
    let product = at(bytes, end) == b'/' && at(bytes, end + 1).is_ascii_digit();
    // `node:20-alpine` is an image; `NODE:.spec.nodeName` a column of kubectl.
    let image =
        at(bytes, key.end) == b':' && value.start == key.end + 1 && (is_image_tag(name) || name.starts_with('.'));
    if sure
        && !image
        && !glued
        && !product
        && !driver
        && (closed || end == value.end || matches!(at(bytes, end), b':' | b',' | b'/' | b'\\'))
        && hits.memos.labels.of(name, is_label)
    {
        hits.add(PiiKind::Host, value.start..end);
    }
}

/// `Server=tcp:DB-PROD-3,1433`: clients of SQL Server name the protocol first.
fn without_protocol(bytes: &[u8], value: Range<usize>) -> Range<usize> {
    let protocol = run_end(bytes, value.start, 6, |byte| byte.is_ascii_lowercase());
    let known = matches!(slice(bytes, value.start..protocol), b"tcp" | b"np" | b"lpc" | b"admin");
    if known && at(bytes, protocol) == b':' && protocol < value.end { protocol + 1..value.end } else { value }
}

/// `20-alpine`, `lts-slim`: what the images of a language are tagged with.
fn is_image_tag(name: &str) -> bool {
    name.starts_with("lts")
        || (name.starts_with(|one: char| one.is_ascii_digit())
            && ["-alpine", "-slim", "-bookworm", "-bullseye", "-trixie"].iter().any(|base| name.contains(base)))
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
