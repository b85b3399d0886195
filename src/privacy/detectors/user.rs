//! User names: in log fields, after the phrases of `sshd`, `sudo` and PAM, in home paths, in `DOMAIN\user`, as SIDs.
//!
//! Names of fields, phrases and accounts of nobody are data: `assets/detectors/users.toml`.

use super::bytes::{at, before, begins_with_one, is_hex, is_name, is_word, mentions, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use super::host::is_label;
use super::key_name::normalized;
use super::key_value::{Form, is_in_prose, name_of};
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::{Words, in_lower_case};
use crate::privacy::sweep::Shape;
use memchr::memrchr;
use serde::Deserialize;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "user",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::LoadedEnd(endings, field),
        Anchor::LoadedBegin(phrases, phrase),
        Anchor::LoadedBegin(weak_phrases, weak_phrase),
        Anchor::Exact(HOMES, home),
        Anchor::Shape(Shape::CapitalsBackslash, domain),
        Anchor::Exact(&[" : TTY=", " HIER_"], before_mark),
        Anchor::Shape(Shape::AtSign, ticket),
        Anchor::Shape(Shape::AtSign, prompt),
        Anchor::Exact(&["S-1-5-21-"], sid),
    ],
    matches: &[
        "login failed user=«mkeller» ip=x",
        "Failed password for «mkeller» from host",
        "Failed password for invalid user «mkeller» from host",
        "pam_unix(sshd:session): session opened for user «mkeller»(uid=1000) by (uid=0)",
        "Accepted publickey for «mkeller» from host",
        "open /home/«mkeller»/.ssh/id_rsa: denied",
        r"C:\Users\«mkeller»\AppData",
        "/Users/«mkeller»/src",
        r"logon by «ACME\mkeller» refused",
        r"/user:«ACME\mkeller» x",
        r"[info] [«VSPHERE.LOCAL\mkeller»] [DC]",
        "Started Session 12 of User «mkeller».",
        "TCP_MISS/200 4518 CONNECT pypi.org:443 «mkeller» HIER_DIRECT/10.0.0.1 -",
        "Client: «mkeller» @ ACME.LOCAL",
        "用户名:«mkeller»",
        "\tAccount Name:\t\t«mkeller»",
        r#"{"username":"«mkeller»"}"#,
        r#"password authentication failed for user "«mkeller»""#,
        "sudo:  «mkeller» : TTY=pts/0 ; PWD=/ ; USER=root",
        "«mkeller»@«web-17»:~$ ls",
        "[«mkeller»@«web-17» etc]# id",
        "ALTER USER «mkeller» WITH PASSWORD 'x'",
        "su: (to root) «mkeller» on pts/2",
        "User «mkeller» logged in from x",
        "用户«mkeller»登录失败",
        "User ID=«mkeller»;Password=x",
        "logon TargetUserName «m.keller» TargetDomainName ACME",
        "{\"principalName\":\"«mkeller»\"}",
        "cp /mnt/nfs/home/«mkeller»/a /export/home/«mkeller»/b",
        r"User «acme\mkeller» logged in",
        "Пользователь «mkeller» вошёл",
        "SID «S-1-5-21-1004336348-1177238915-682003330-512»",
    ],
    clean: &[
        "session opened for user root by (uid=0)",
        "user=null user=${USER} user=[User-1] user=<user>",
        "for user in users: print(user)",
        "/home/ is full",
        r"C:\Users\Public\Desktop",
        r"HKEY_LOCAL_MACHINE\Software C:\Windows\System32 \n\t",
        "userAgent=curl user_id=1234 S-1-5-18",
        "pod=\"shop/web\" uid=\"0049f2e7-1c2d-4e5f-8a9b-f2e7b8876940\"",
        "the user was not found for user account",
        "waiting for lock from server",
        "for user files, by user option and of user preferences.",
        "user agent switched, user interface ready",
        "the user was created by the user manager",
        "git@v2.43.0: tagged",
        "用户登录失败",
        "owner: team-payments author: release-bot",
        "set in /etc/default/useradd determines",
        "<sip:+4930123456@sip.acme.io;user=phone>",
        r#"{"pem":"-----BEGIN CERTIFICATE-----\nMIIDdzCC","msg":"see DOMAIN\nfoobar"}"#,
        "GET /app/home/dashboard https://acme.io/srv/home/start",
        r"user c:\temp\notes.txt",
        "用户 api 请求",
        "Hash Cond: (s.user_id = u.id) User=0.05s Sys=0.00s",
        "ALTER USER CURRENT_USER; owner: unassigned; User: cfg.User,",
    ],
};

#[derive(Deserialize)]
struct Names {
    nobody: Words,
    builtin: Words,
    anchors: Vec<String>,
    fields: Words,
    phrases: Vec<String>,
    weak_phrases: Vec<String>,
    followers: Vec<String>,
}

static NAMES: LazyLock<Option<Names>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/users.toml")).ok());

/// Folders of people's homes.
const HOMES: &[&str] = &["/home/", "/Users/", r"\Users\", "/var/home/"];

fn list(of: fn(&Names) -> &Vec<String>) -> Option<Vec<&'static str>> {
    NAMES.as_ref().map(|names| of(names).iter().map(String::as_str).collect())
}

fn endings() -> Option<Vec<&'static str>> {
    list(|names| &names.anchors)
}

fn phrases() -> Option<Vec<&'static str>> {
    list(|names| &names.phrases)
}

fn weak_phrases() -> Option<Vec<&'static str>> {
    list(|names| &names.weak_phrases)
}

/// What Kubernetes and others call the `uid` of a thing. Source: RFC 9562.
fn is_uuid(name: &[u8]) -> bool {
    let Some(name) = name.as_array::<36>() else { return false };
    let dash = |place: usize| name.get(place) == Some(&b'-');
    let dashed = dash(8) && dash(13) && dash(18) && dash(23);
    dashed && name.iter().filter(|byte| is_hex(**byte)).count() == 32
}

/// Whether it may be the name of a person's account, and not one that comes with a system.
pub(super) fn is_somebody(name: &str) -> bool {
    let letter = name.bytes().any(|byte| byte.is_ascii_alphabetic()) || name.chars().any(char::is_alphabetic);
    if !(2..=64).contains(&name.len()) || !letter || is_uuid(name.as_bytes()) || name.ends_with(':') {
        return false;
    }
    // `0.05s` is a time, `u.id` a column, `cfg.User` a member.
    let timed = name.trim_end_matches(['m', 's']).bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    in_lower_case(name, |lower| {
        const MEMBERS: [&str; 6] = ["id", "user_id", "user", "username", "login", "owner_id"];
        if timed || lower.rsplit_once('.').is_some_and(|(_, last)| MEMBERS.contains(&last)) {
            return false;
        }
        let team = lower.starts_with("team-") || lower.ends_with("-team") || lower.ends_with("-bot");
        !team && NAMES.as_ref().is_some_and(|names| !names.nobody.contains(lower))
    })
}

/// What the name of a key says of whom its value names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) enum Field {
    Nobody,
    Somebody,
    /// Somebody, as events of Windows write it: with a blank for all that separates.
    InEvent,
}

impl Field {
    fn of(key: &str) -> Self {
        let key = normalized(key);
        if !NAMES.as_ref().is_some_and(|names| names.fields.contains(&key)) {
            return Self::Nobody;
        }
        if key.ends_with("_user_name") && key.len() > 10 { Self::InEvent } else { Self::Somebody }
    }
}

fn field(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let wide = !part(text, word.clone()).is_ascii();
    let end = if wide { word.end } else { run_end(bytes, word.end, 40, is_word) };
    if wide && at(bytes, end) == b' ' && at(bytes, end + 1).is_ascii_lowercase() {
        foreign(text, end + 1, hits);
        return;
    }
    let key = run_start(bytes, word.start, 40, is_word)..end;
    // Events of Windows on one line have names without separators: `TargetUserName mkeller`.
    if is_in_prose(bytes, &key) && !slice(bytes, key.clone()).ends_with(b"UserName") {
        return;
    }
    // Most values of such keys in the logs of clusters.
    if slice(bytes, end..end + 2) == b"=\"" && at(bytes, end + 38) == b'"' && is_uuid(slice(bytes, end + 2..end + 38)) {
        return;
    }
    let key = with_spoken_start(bytes, key);
    let field = hits.memos.users.of(part(text, key.clone()), Field::of);
    if field == Field::Nobody {
        return;
    }
    if wide && at(bytes, key.end).is_ascii_alphanumeric() {
        glued(text, key.end, hits);
        return;
    }
    let Some((value, form)) = name_of(bytes, &key) else { return };
    if is_uuid(slice(bytes, value.clone())) {
        return;
    }
    let form = if field == Field::InEvent && form == Form::Prose { Form::Assigned } else { form };
    // The number of a SIP address is one of a telephone: RFC 3261.
    let telephone = before(bytes, key.start) == b';' && matches!(slice(bytes, value.clone()), b"phone" | b"ip");
    // In a connection string, it is the name of a storage account.
    let storage = before(bytes, key.start) == b';' && key.len() == 11;
    let name = value.start + memrchr(b'\\', slice(bytes, value.clone())).map_or(0, |slash| slash + 1)..value.end;
    let end = run_end(bytes, name.start, name.len(), is_name);
    let numbered =
        at(bytes, end) == b'(' && (slice(bytes, end + 1..end + 4) == b"uid" || at(bytes, end + 1).is_ascii_digit());
    let whole = end == name.end || numbered || matches!(at(bytes, end), b'@' | b':' | b',' | b';');
    let sure = whole && !storage && !telephone && !matches!(form, Form::Prose | Form::Listed);
    if sure && hits.memos.people.of(part(text, name.start..end), is_somebody) {
        hits.add(PiiKind::User, value.start..end);
    }
}

/// `User ID=…`, `Login name: …`: names of two words.
fn with_spoken_start(bytes: &[u8], key: Range<usize>) -> Range<usize> {
    let short = matches!(slice(bytes, key.clone()), b"ID" | b"Id" | b"id" | b"Name" | b"name");
    if !short || before(bytes, key.start) != b' ' {
        return key;
    }
    run_start(bytes, key.start - 1, 12, |byte| byte.is_ascii_alphabetic())..key.end
}

/// `用户mkeller登录失败`: languages that write no spaces need no separator.
fn glued(text: &str, start: usize, hits: &mut Hits) {
    let end = run_end(text.as_bytes(), start, 64, is_name);
    if is_somebody(part(text, start..end)) {
        hits.add_sure(PiiKind::User, start..end, Confidence::Possible);
    }
}

/// `Пользователь mkeller вошёл`: Latin letters in a sentence of others.
fn foreign(text: &str, start: usize, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, start, 64, is_name);
    let goes_on = run_end(bytes, end, 1, |byte| byte == b' ');
    if at(bytes, goes_on) >= 0x80 && end - start >= 4 && is_somebody(part(text, start..end)) {
        hits.add_sure(PiiKind::User, start..end, Confidence::Possible);
    }
}

/// `by user mkeller from 10.0.0.5`, `User m.keller logged in`.
fn weak_phrase(text: &str, phrase: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(names) = NAMES.as_ref().filter(|_| !is_word(before(bytes, phrase.start))) else { return };
    let end = run_end(bytes, phrase.end, 64, is_name);
    let end = end - slice(bytes, phrase.end..end).iter().rev().take_while(|byte| matches!(byte, b'.' | b'-')).count();
    if at(bytes, end) == b'\\'
        && bytes.get(phrase.end.saturating_sub(5)..phrase.end).is_some_and(|word| word.eq_ignore_ascii_case(b"user "))
    {
        return lower_domain(text, phrase.end..end, hits);
    }
    let name = slice(bytes, phrase.end..end);
    let rest = bytes.get(end..).unwrap_or_default();
    let digit = name.iter().any(u8::is_ascii_digit) && name.first().is_some_and(u8::is_ascii_lowercase);
    let dotted =
        name.iter().any(|byte| matches!(byte, b'.' | b'_')) && name.iter().all(|byte| !byte.is_ascii_uppercase());
    let followed = begins_with_one(rest, &names.followers);
    let session = mentions(slice(bytes, phrase.start.saturating_sub(16)..phrase.start), "session ");
    let listed = slice(bytes, phrase).eq_ignore_ascii_case(b"user ") && !followed;
    if (followed || session || ((digit || dotted) && !listed)) && is_somebody(part(text, end - name.len()..end)) {
        let confidence = if followed || session { Confidence::Likely } else { Confidence::Possible };
        hits.add_sure(PiiKind::User, end - name.len()..end, confidence);
    }
}

/// `User acme\mkeller logged in`: what is no path, for nothing but a sentence goes on behind it.
fn lower_domain(text: &str, domain: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_end(bytes, domain.end, 2, |byte| byte == b'\\');
    let end = run_end(bytes, start, 64, is_name);
    let plain = domain.len() >= 2 && at(bytes, start).is_ascii_alphabetic() && end - start >= 3;
    if plain
        && matches!(at(bytes, end), b' ' | b',' | b'"' | b'\'' | b'\r' | b'\n' | 0)
        && is_somebody(part(text, start..end))
    {
        hits.add(PiiKind::User, domain.start..end);
    }
}

/// `mkeller@web-17:~$`, `[mkeller@web-17 etc]#`: the prompt of a shell.
fn prompt(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, sign.end, 64, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let bracketed = at(bytes, end) == b' ';
    if !(bracketed || (at(bytes, end) == b':' && matches!(at(bytes, end + 1), b'~' | b'/'))) {
        return;
    }
    let start = run_start(bytes, sign.start, 64, is_name);
    let path = run_end(bytes, end + 1, 120, |byte| byte > b' ' && !matches!(byte, b'$' | b'#' | b']'));
    let mark = if bracketed && at(bytes, path) == b']' { path + 1 } else { path };
    let begins =
        if bracketed { before(bytes, start) == b'[' } else { matches!(before(bytes, start), 0 | b'\n' | b' ' | b')') };
    let closed = matches!(at(bytes, mark), b'$' | b'#') && matches!(at(bytes, mark + 1), b' ' | b'\r' | b'\n' | 0);
    let host = part(text, sign.end..end);
    if begins && closed && (!bracketed || mark > path) && is_label(host) {
        hits.add(PiiKind::Host, sign.end..end);
        if is_somebody(part(text, start..sign.start)) {
            hits.add(PiiKind::User, start..sign.start);
        }
    }
}

fn phrase(text: &str, phrase: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if is_word(before(bytes, phrase.start)) || before(bytes, phrase.start) == b'/' {
        return;
    }
    let said = slice(bytes, phrase.clone());
    let start = run_end(bytes, phrase.end, 1, |byte| matches!(byte, b'"' | b'\'' | b'<' | b'\\'));
    let start = run_end(bytes, start, 1, |byte| byte == b'"');
    let end = run_end(bytes, start, 64, |byte| is_name(byte) || byte == b'$');
    let end = end - slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    let quoted = start > phrase.end || matches!(said.last(), Some(b'"' | b'\''));
    let next = slice(bytes, end..end + 6);
    // Without quotes, what follows must be what such lines go on with.
    let goes_on = next.starts_with(b" from ")
        || next.starts_with(b" by ")
        || next.starts_with(b"(")
        || next.starts_with(b" port")
        || next.starts_with(b",")
        || next.starts_with(b" [")
        || next.starts_with(b": ")
        || next.starts_with(b" on ")
        || next.starts_with(b" with ")
        || next.starts_with(b" ident")
        || next.starts_with(b" IDENT")
        || next.starts_with(b" WITH ")
        || next.starts_with(b" reject")
        || next.starts_with(b"]")
        || next.starts_with(b";")
        || matches!(at(bytes, end), 0 | b'\n' | b'\r' | b'.')
        || (at(bytes, end) == b' ' && at(bytes, end + 1).is_ascii_digit())
        || slice(bytes, start..end).iter().any(u8::is_ascii_digit);
    let prose = said.starts_with(b"password for") && !next.starts_with(b" from");
    let closed = matches!(at(bytes, end), b'"' | b'\'' | b'>' | b'\\' | b'@');
    if ((quoted && closed) || (!quoted && goes_on && !prose))
        && !next.starts_with(b" in ")
        && hits.memos.people.of(part(text, start..end), is_somebody)
    {
        hits.add(PiiKind::User, start..end);
    }
}

/// `/home/x/`, `/Users/x/`, `C:\Users\x\`, `C:\\Users\\x`.
fn home(text: &str, folder: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_end(bytes, folder.end, 2, |byte| byte == b'\\');
    let end = run_end(bytes, start, 64, is_name);
    let end = end - slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    let local = !is_word(before(bytes, folder.start))
        || at(bytes, folder.start) == b'\\'
        || (slice(bytes, folder.clone()) == b"/home/" && is_mounted(bytes, folder.start));
    if local && is_somebody(part(text, start..end)) {
        hits.add(PiiKind::User, start..end);
    }
}

/// `/mnt/nfs/home/`, `/export/home/`: where homes are kept that are not at the root. Paths of URLs begin otherwise.
fn is_mounted(bytes: &[u8], end: usize) -> bool {
    const ROOTS: [&[u8]; 14] = [
        b"/mnt/",
        b"/export",
        b"/nfs",
        b"/net/",
        b"/srv/",
        b"/media/",
        b"/vol",
        b"/zfs",
        b"/tank",
        b"/backup",
        b"/gpfs",
        b"/lustre",
        b"/autofs",
        b"/storage/",
    ];
    let start = run_start(bytes, end, 64, |byte| is_name(byte) || byte == b'/');
    let folders = slice(bytes, start..end + 1);
    ROOTS.iter().any(|root| folders.starts_with(root)) && before(bytes, start) != b':'
}

/// `ACME\mkeller`, also with the backslash escaped. Paths and registry keys are none.
fn domain(text: &str, slash: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let slash = slash.start;
    let start = run_end(bytes, slash, 2, |byte| byte == b'\\');
    let domain = run_start(bytes, slash, 32, |byte| {
        byte.is_ascii_uppercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.')
    });
    let end = run_end(bytes, start, 64, |byte| is_name(byte) || byte == b'$');
    let end = end - slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    let name = part(text, start..end);
    let previous = before(bytes, domain);
    // `/user:ACME\x`, but not `C:\x`.
    let option = previous == b':'
        && bytes.get(domain.saturating_sub(3)..domain - 1).is_some_and(|one| one.iter().all(|byte| is_word(*byte)));
    let outside = !is_word(previous) && (option || !matches!(previous, b'\\' | b':' | b'/' | b'%' | b'.' | b'$'));
    let builtin = NAMES.as_ref().is_none_or(|names| names.builtin.contains(part(text, domain..slash)));
    let named =
        slash - domain >= 2 && before(bytes, slash) != b'-' && bytes.get(domain).is_some_and(u8::is_ascii_uppercase);
    let path = matches!(at(bytes, end), b'\\' | b'/' | b':')
        || name.contains('.') && name.rsplit('.').next().is_some_and(|last| last.len() <= 3);
    let lower = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && name.len() >= 3;
    let escape = start - slash == 1 && (name.len() < 3 || escaped::is_line_break(bytes, slash));
    if outside && named && !path && lower && !escape && !builtin && is_somebody(name) {
        hits.add(PiiKind::User, domain..end);
    }
}

/// `sudo:  mkeller : TTY=…`; who asked, in the access log of Squid.
fn before_mark(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let start = run_start(text.as_bytes(), mark.start, 64, is_name);
    if is_somebody(part(text, start..mark.start)) {
        hits.add(PiiKind::User, start..mark.start);
    }
}

/// `Client: mkeller @ ACME.LOCAL`: whose ticket, in the list of Kerberos.
fn ticket(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if before(bytes, sign.start) != b' ' || at(bytes, sign.end) != b' ' {
        return;
    }
    let start = run_start(bytes, sign.start - 1, 64, is_name);
    let name = start..sign.start - 1;
    if slice(bytes, start.saturating_sub(8)..start) == b"Client: " && is_somebody(part(text, name.clone())) {
        hits.add(PiiKind::User, name);
    }
}

/// Security identifiers of accounts: `S-1-5-21-…`. The short ones are those of every Windows.
fn sid(text: &str, begin: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, begin.end, 60, |byte| byte.is_ascii_digit() || byte == b'-');
    let numbers = slice(bytes, begin.end..end);
    if numbers.split(|byte| *byte == b'-').count() >= 3 && !is_word(before(bytes, begin.start)) {
        hits.add(PiiKind::User, begin.start..end);
    }
}
