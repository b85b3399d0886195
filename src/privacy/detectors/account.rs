//! Accounts where a product writes them: access logs, listings, processes, sign-ins, statements, roles of clouds.
//!
//! A user name is a word like others; the shape of the line around it, or what follows it, tells that it is none.

use super::bytes::{at, before, is_name, is_word, line_before, mentions, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::host::is_label;
use super::names::Names;
use super::user::is_somebody;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::net::Ipv4Addr;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "account",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Exact(MONTHS, remote_user),
        Anchor::Shape(Shape::AtSign, at_host),
        Anchor::Exact(&["Connect\t"], session),
        Anchor::Exact(&["\":{\"name\":\""], named),
        Anchor::Exact(&[" (auth:"], called),
        Anchor::Begin(&SPOKEN, spoken),
        Anchor::Exact(&[":user/", ":assumed-role/"], role),
        Anchor::Exact(TUNNELS, tunnel),
        Anchor::Exact(&["Account Name:", "Logon Account:", "Workstation Name:", "Source Workstation:"], event),
    ],
    matches: &[
        "10.0.0.5 - «mkeller» [12/Mar/2024:10:00:00 +0100] \"GET / HTTP/1.1\" 200 5",
        "ssh -p 2222 «mkeller»@10.0.0.5 uptime; scp a.tgz «mkeller»@«web-17»:/tmp/",
        "GRANT SELECT ON shop.* TO '«mkeller»'@'%';",
        "%ASA-6-722051: Group <GP> User <«mkeller»> IP <10.0.0.5> assigned",
        "%SYS-5-CONFIG_I: Configured from console by «mkeller» on vty0 (10.0.0.5)",
        "username «mkeller» privilege 15 secret 9 x",
        "Logon Account:  «mkeller» Source Workstation: «WS-17» Error Code: 0x0",
        "Account Name: «mkeller» Supplied Realm Name: ACME",
        "\tAccount Name:\t\t«WS-17»$",
        "arn:aws:iam::123456789012:user/«mkeller» arn:aws:sts::123456789012:assumed-role/Ops/«mkeller»",
        "Authentication for user [«mkeller»] -> [«mkeller»] FAILED",
        "Login OK: [«mkeller»] (from client x port 1)",
        "\tUser-Name = \"«mkeller»\"",
        "Started by user «mkeller»\nBuilding",
        "ORA-28000: The account «MKELLER» is locked",
        "2024-03-14 10:00:00 «mkeller»/10.0.0.5:51514 MULTI_sva: pool returned",
        "su - «mkeller»\n$ su - «mkeller» -c id",
        "Account «mkeller» has been disabled",
        "sshd: «mkeller» [priv]",
        "tcp 0 0 10.0.0.5:22 10.0.0.6:50000 ESTABLISHED 812/sshd: «mkeller»\n",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHk3bZfQ0Jt7xW9vYp2c «mkeller»@«web-17»\n",
        "734 Connect\t«mkeller»@«web-17» on shop using TCP/IP",
        "{\"assignee\":{\"name\":\"«mkeller»\"}}",
        "audit: ugi=«mkeller» (auth:SIMPLE) ip=/10.0.0.5",
        "ftp.acme (10.0.0.5[10.0.0.5]): USER «mkeller»: Login successful.",
        "Login OK: [«mkeller»] (from client «nas-2» port 12)",
    ],
    clean: &[
        "10.0.0.5 - - [12/Mar/2024:10:00:00 +0100] \"GET / HTTP/1.1\" 200 5",
        "10.0.0.5 - root [12/Mar/2024:10:00:00 +0100] \"GET / HTTP/1.1\" 200 5",
        "npm install thing@1.2.3.4 and a@b, see @mkeller",
        "the username is required, username or password secret",
        "Account Name: - Supplied Realm",
        "/user/list and role/x assumed-role/Ops/i-0abc1234def567890",
        "Account access has been disabled for all",
        "Account lockout has been enabled",
        "to account for user [unknown] and su - root",
        "db1/10.0.0.5:5432 refused",
        "{\"pod\":{\"name\":\"shop\"}}",
        "sshd: server listening on port 22",
    ],
};

/// Adds what may be somebody's account, and tells whether it may.
pub(super) fn add(text: &str, name: Range<usize>, hits: &mut Hits) -> bool {
    let somebody = is_somebody(part(text, name.clone()));
    if somebody {
        hits.add(PiiKind::User, name);
    }
    somebody
}

pub(super) fn blanks_end(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, 64, |byte| matches!(byte, b' ' | b'\t'))
}

const fn ends_word(byte: u8) -> bool {
    matches!(byte, 0 | b' ' | b'\t' | b'\r' | b'\n')
}

/// The months of the common log format.
const MONTHS: &[&str] =
    &["/Jan/", "/Feb/", "/Mar/", "/Apr/", "/May/", "/Jun/", "/Jul/", "/Aug/", "/Sep/", "/Oct/", "/Nov/", "/Dec/"];

/// `10.0.0.5 - mkeller [12/Mar/2024:…`: who was signed in, in the access logs of Apache, nginx and many others.
fn remote_user(text: &str, month: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(end) = month.start.checked_sub(4).filter(|end| slice(bytes, *end..*end + 2) == b" [") else { return };
    if before(bytes, end) == b'-' {
        return;
    }
    let start = run_start(bytes, end, 64, |byte| is_name(byte) || matches!(byte, b'@' | b'\\'));
    let identified =
        before(bytes, start) == b' ' && before(bytes, start - 1) == b'-' && before(bytes, start - 2) == b' ';
    if identified {
        add(text, start..end, hits);
    }
}

/// `mkeller@10.0.0.5`, `ssh mkeller@web-17`, `'mkeller'@'%'`.
fn at_host(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let sign = sign.start;
    let quote = before(bytes, sign);
    if matches!(quote, b'\'' | b'`') && at(bytes, sign + 1) == quote {
        let start = run_start(bytes, sign - 1, 64, is_name);
        if before(bytes, start) == quote {
            add(text, start..sign - 1, hits);
        }
        return;
    }
    let start = run_start(bytes, sign, 64, is_name);
    let end = run_end(bytes, sign + 1, 64, is_name);
    let begins =
        matches!(before(bytes, start), 0 | b' ' | b'\t' | b'\n' | b'"' | b'\'' | b'=' | b'/' | b'(' | b'<' | b'[');
    // The number of a call or of a message looks alike.
    let counted =
        sign - start >= 16 && slice(bytes, start..sign).iter().filter(|byte| byte.is_ascii_digit()).count() > 4;
    if start == sign || end == sign + 1 || !begins || counted {
        return;
    }
    let host = part(text, sign + 1..end);
    if is_key_comment(bytes, start, end) {
        if add(text, start..sign, hits) && is_label(part(text, sign + 1..end)) {
            hits.add(PiiKind::Host, sign + 1..end);
        }
        return;
    }
    // What has dots and no digit first is the domain of an e-mail address.
    let numeric = at(bytes, sign + 1).is_ascii_digit();
    if !numeric && host.contains('.') {
        return;
    }
    let command = || COMMANDS.are_before(bytes, start, 120);
    let reached = |address: Ipv4Addr| {
        address.is_private()
            || matches!(at(bytes, end), b':' | b'/')
            || slice(bytes, start.saturating_sub(2)..start) == b"//"
    };
    if let Some(address) = host.trim_end_matches('.').parse::<Ipv4Addr>().ok().filter(|_| numeric) {
        if start > 1 && reached(address) || command() {
            add(text, start..sign, hits);
        }
    } else if command() && ends_word(byte_after_path(bytes, end)) && is_label(host) && add(text, start..sign, hits) {
        hits.add(PiiKind::Host, sign + 1..end);
    }
}

/// Commands that take an account and a machine.
static COMMANDS: Names = Names::new(&["ssh ", "scp ", "sftp ", "rsync ", "mosh ", "ssh-copy-id ", "sshfs "]);

/// Whether it stands on the end of a line, behind a public key: `ssh-ed25519 AAAA… mkeller@web-17`.
fn is_key_comment(bytes: &[u8], start: usize, end: usize) -> bool {
    let key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    matches!(at(bytes, end), 0 | b'\r' | b'\n' | b'"')
        && before(bytes, start) == b' '
        && run_start(bytes, start - 1, 40, key) + 41 == start
}

/// What stands behind a machine's name: the colon before a path counts as the end of a word.
fn byte_after_path(bytes: &[u8], end: usize) -> u8 {
    if matches!(at(bytes, end), b':' | b'\'' | b'"') { b' ' } else { at(bytes, end) }
}

/// What is said right before an account's name, and how it goes on; `\n` is the end of the line.
const SAID: &[(&str, &[&str])] = &[
    ("configured from console by ", &[" on ", "\n"]),
    ("ora-28000: the account ", &[" is locked"]),
    ("ora-01045: user ", &[" lacks"]),
    ("username ", &[" privilege ", " secret ", " password ", " nopassword", " role "]),
    (
        "account ",
        &[
            " has been disabled",
            " has been locked",
            " has been unlocked",
            " has been enabled",
            " has been deleted",
            " is locked",
            " was locked",
            " locked out",
        ],
    ),
    ("started by user ", &["\n"]),
    ("gitlab push by ", &["\n"]),
    ("login ok: [", &["]", "/"]),
    ("login incorrect: [", &["]", "/"]),
    ("user-name = \"", &["\""]),
    ("user-name=\"", &["\""]),
    ("user <", &["> IP <", "> IPv"]),
    ("user [", &["] -> [", "]"]),
    ("su - ", &["\n", " -c"]),
    ("noperm user ", &[" has no"]),
    ("authentication succeeded for ", &["\n"]),
    ("): user ", &[": Login", ": no such user", " (Login"]),
    ("sshd: ", &[" [priv]", "@pts/", "@notty"]),
    ("doas: ", &[" ran command"]),
    ("-adaccount -identity ", &["\n", " "]),
    ("get-aduser -identity ", &["\n", " "]),
    ("--user-name ", &["\n", " "]),
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
    let end = run_end(bytes, said.end, 64, is_name);
    let goes_on = |next: &&str| match *next {
        "\n" => matches!(at(bytes, end), 0 | b'\r' | b'\n'),
        next => slice(bytes, end..end + next.len()) == next.as_bytes(),
    };
    // A sentence about any account begins otherwise.
    let sentence = words == "account ";
    // `812/sshd: mkeller`: who is connected, in the sockets that `netstat` lists.
    let socket = words == "sshd: " && before(bytes, said.start) == b'/' && ends_word(at(bytes, end));
    if sentence || !(socket || next.iter().any(goes_on)) || !add(text, said.end..end, hits) {
        return;
    }
    let client = slice(bytes, end..end + 15) == b"] (from client ";
    let access = end + 15..run_end(bytes, end + 15, 64, is_name);
    if client && slice(bytes, access.end..access.end + 6) == b" port " && is_label(part(text, access.clone())) {
        hits.add(PiiKind::Host, access);
    }
    let arrow = slice(bytes, end..end + 6) == b"] -> [";
    let mapped = end + 6..run_end(bytes, end + 6, 64, is_name);
    if arrow && at(bytes, mapped.end) == b']' {
        add(text, mapped, hits);
    }
}

/// `734 Connect⇥mkeller@web-17 on shop using TCP/IP`: the general log of `MySQL`.
fn session(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name = word.end..run_end(bytes, word.end, 64, is_name);
    let host = name.end + 1..run_end(bytes, name.end + 1, 253, is_name);
    if at(bytes, name.end) == b'@' && slice(bytes, host.end..host.end + 4) == b" on " {
        add(text, name, hits);
        if is_label(part(text, host.clone())) {
            hits.add(PiiKind::Host, host);
        }
    }
}

/// Fields of tickets and of pull requests that hold a person.
const PEOPLE: &[&str] =
    &["reporter", "assignee", "author", "creator", "user", "actor", "owner", "committer", "updateAuthor"];

/// `"assignee":{"name":"mkeller"`
fn named(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let key = part(text, run_start(bytes, mark.start, 24, is_word)..mark.start);
    let name = mark.end..run_end(bytes, mark.end, 64, is_name);
    if PEOPLE.contains(&key) && at(bytes, name.end) == b'"' {
        add(text, name, hits);
    }
}

/// `ugi=mkeller (auth:SIMPLE)`, as Hadoop writes whom it works for.
fn called(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, mark.start, 64, is_name);
    if matches!(before(bytes, start), b'=' | b':') {
        add(text, start..mark.start, hits);
    }
}

/// `arn:aws:iam::123456789012:user/mkeller`, `…:assumed-role/Role/session`. Machines have sessions as well.
fn role(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let account = run_start(bytes, word.start, 12, |byte| byte.is_ascii_digit());
    let named = line_before(bytes, account, 24);
    if word.start - account != 12 || !(mentions(named, "arn:aws") && named.ends_with(b":")) {
        return;
    }
    let end = run_end(bytes, word.end, 160, |byte| is_name(byte) || matches!(byte, b'/' | b'@' | b'+' | b'='));
    let path = part(text, word.end..end).trim_end_matches('.');
    let Some(slash) =
        path.rfind('/').map(|slash| slash + 1).or_else(|| (slice(bytes, word.clone()) == b":user/").then_some(0))
    else {
        return;
    };
    let name = word.end + slash..word.end + path.len();
    let session = slice(bytes, name.clone());
    let machine = session.starts_with(b"i-")
        || mentions(session, "session")
        || mentions(session, "aws")
        || session.iter().filter(|byte| byte.is_ascii_digit()).count() > 8;
    if !machine {
        add(text, name, hits);
    }
}

/// What `OpenVPN` writes behind a client's name and address.
const TUNNELS: &[&str] = &[
    " MULTI_sva:",
    " MULTI: ",
    " PUSH: ",
    " TLS: ",
    " VERIFY ",
    " SENT CONTROL [",
    " peer info: ",
    " SIGTERM[",
    " SIGUSR1[",
    "] Peer Connection Initiated with ",
];

/// `mkeller/10.0.0.5:51514 MULTI_sva: …`, `[mkeller] Peer Connection Initiated with …`.
fn tunnel(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if at(bytes, mark.start) == b']' {
        let start = run_start(bytes, mark.start, 64, is_name);
        if before(bytes, start) == b'[' {
            add(text, start..mark.start, hits);
        }
        return;
    }
    let port = run_start(bytes, mark.start, 5, |byte| byte.is_ascii_digit());
    if port == mark.start || before(bytes, port) != b':' {
        return;
    }
    let address = run_start(bytes, port - 1, 15, |byte| byte.is_ascii_digit() || byte == b'.');
    if before(bytes, address) == b'/' && part(text, address..port - 1).parse::<Ipv4Addr>().is_ok() {
        let start = run_start(bytes, address - 1, 64, |byte| is_name(byte) || byte == b'@');
        add(text, start..address - 1, hits);
    }
}

/// `Account Name: mkeller Supplied Realm Name: …`: an event of Windows on one line, or one in lines. What ends in a dollar
/// sign is the account of a machine.
fn event(text: &str, label: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = blanks_end(bytes, label.end);
    let end = run_end(bytes, start, 64, is_name);
    let machine = at(bytes, end) == b'$';
    let close = if machine { end + 1 } else { end };
    if start == label.end || end == start || !(ends_value(bytes, close)) {
        return;
    }
    let workstation = mentions(slice(bytes, label), "workstation");
    if machine || workstation {
        if is_label(part(text, start..end)) {
            hits.add(PiiKind::Host, start..end);
        }
    } else {
        add(text, start..end, hits);
    }
}

/// Whether a line ends here, or the next label follows: words that begin with a capital, and a colon.
fn ends_value(bytes: &[u8], end: usize) -> bool {
    let next = blanks_end(bytes, end);
    let colon = run_end(bytes, next, 40, |byte| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-' | b'/'));
    matches!(at(bytes, next), 0 | b'\r' | b'\n')
        || (next > end && at(bytes, next).is_ascii_uppercase() && at(bytes, colon) == b':')
}
