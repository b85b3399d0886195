//! What is typed at prompts and what tools print: `AUTH` to Redis, `LOGIN` to a mail server, answers of `expect` scripts,
//! variables of build servers, fields of forms, values of the registry.

use super::bytes::{at, before, is_word, line_before, mentions, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::{Asks, secret_kind};
use super::key_value::{Form, quoted};
use super::key_worth::{is_mixed, is_secret};
use super::reference::is_reference;
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "console",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Begin(&["> AUTH ", "\"AUTH\" "], redis),
        Anchor::Begin(&["ACL SETUSER ", "\"ACL\" \"SETUSER\" "], access_list),
        Anchor::Exact(&["LOGIN "], imap),
        Anchor::Begin(&["send \"", "send -- \"", "send '", "send \\\"", "send -- \\\""], expected),
        Anchor::Exact(&["::set-output name=", "::save-state name="], workflow),
        Anchor::Begin(&["form-data; name=\""], form),
        Anchor::Exact(&["ParameterBinding("], bound),
        Anchor::Exact(&["string("], dumped),
        Anchor::Exact(&["REG_SZ "], registry),
    ],
    matches: &[
        "127.0.0.1:6379> AUTH «hunter2»\nOK",
        "cache:6379> auth mkeller «hunter2»",
        "1700000000.123456 [0 10.0.0.5:50312] \"AUTH\" \"«hunter2»\"",
        "1700000000.123456 [0 10.0.0.5:50312] \"AUTH\" \"mkeller\" \"«hunter 2»\"",
        "ACL SETUSER mkeller on >«hunter2» ~* +@all",
        "a001 LOGIN mkeller \"«hunter 2»\"\r\na001 OK",
        "C: A7 LOGIN mkeller «hunter2»",
        "expect -c 'spawn su -; expect \"Password:\"; send \"«hunter2»\\r\"; interact'",
        "expect \"*assword*\"\nsend -- \"«hunter2»\\r\"",
        "::set-output name=db_password::«hunter2»",
        "Content-Disposition: form-data; name=\"password\"\r\n\r\n«hunt;er 2»\r\n--x",
        "ParameterBinding(Invoke-Sqlcmd): name=\"Password\"; value=\"«hunter2»\"",
        "  [\"password\"]=>\n  string(7) \"«hunter2»\"",
        "    DefaultPassword    REG_SZ    «hunter 2»\r\n",
    ],
    clean: &[
        "127.0.0.1:6379> AUTH\n(error) ERR wrong number of arguments",
        "> AUTH failed for the connection",
        "1700000000.123456 [0 10.0.0.5:50312] \"AUTH\" \"(redacted)\"",
        "password \"Auth\" \"x\" y1",
        "ACL SETUSER mkeller on nopass ~* +@all",
        "a001 LOGIN failed badly",
        "a001 LOGIN mkeller {7}",
        "USER LOGIN mkeller x1",
        "expect \"login:\"; send \"mkeller\\r\"",
        "expect \"Password:\"; send \"$password\\r\"",
        "expect \"Password:\"; send \"\\r\"; expect \"# \"; send \"uptime1\\r\"",
        "::set-output name=tag::v1.2.3",
        "Content-Disposition: form-data; name=\"user\"\r\n\r\nmkeller1\r\n--x",
        "Content-Disposition: form-data; name=\"password\"\r\n\r\n--0f1e2d3c4b5a\r\n",
        "ParameterBinding(New-LocalUser): name=\"Password\"; value=\"System.Security.SecureString\"",
        "  [\"name\"]=>\n  string(7) \"hunter2\"",
        "    DefaultUserName    REG_SZ    mkeller",
    ],
};

/// `AUTH password` or `AUTH user password` at the prompt of Redis, and as `MONITOR` shows it.
fn redis(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let prompt = at(bytes, said.start) == b'>';
    let port = run_start(bytes, said.start, 10, |byte| byte.is_ascii_digit() || matches!(byte, b'[' | b']'));
    let monitored = !prompt && line_before(bytes, said.start, 2) == b"] ";
    if !monitored && (!prompt || port == said.start || before(bytes, port) != b':') {
        return;
    }
    let first = argument(bytes, said.end);
    let second = argument(bytes, first.1);
    let password = if second.0.is_empty() { first.0 } else { second.0 };
    let value = part(text, password.clone());
    let ends_line = matches!(at(bytes, argument(bytes, second.1).0.start), 0 | b'\r' | b'\n');
    if ends_line && !is_reference(value) && !value.starts_with("(redacted") {
        hits.add(PiiKind::Password, password);
    }
}

/// The argument behind some blanks, without its quotes, and where it ends with them.
fn argument(bytes: &[u8], start: usize) -> (Range<usize>, usize) {
    let start = run_end(bytes, start, 4, |byte| byte == b' ');
    if let Some(value) = quoted(bytes, start, 512) {
        let end = value.end + 1;
        return (value, end);
    }
    let end = run_end(bytes, start, 512, |byte| byte > b' ');
    (start..end, end)
}

/// `>password` adds a password, `<password` takes it away.
fn access_list(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let mut next = said.end;
    for _ in 0..16 {
        let (value, end) = argument(bytes, next);
        if value.is_empty() {
            break;
        }
        next = end;
        let password = value.start + 1..value.end;
        let adds = matches!(at(bytes, value.start), b'>' | b'<') && password.len() >= 3;
        if adds && !is_reference(part(text, password.clone())) {
            hits.add(PiiKind::Password, password);
        }
    }
}

/// `a001 LOGIN user password`; RFC 3501 section 6.2.3.
fn imap(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(tag_end) = said.start.checked_sub(1).filter(|space| at(bytes, *space) == b' ') else { return };
    let tag = run_start(bytes, tag_end, 12, |byte| byte.is_ascii_alphanumeric());
    let line = run_start(bytes, tag, 4, |byte| matches!(byte, b'C' | b':' | b' ' | b'>'));
    let numbered = slice(bytes, tag..tag_end).iter().any(u8::is_ascii_digit);
    if !numbered || !matches!(before(bytes, line), 0 | b'\n') {
        return;
    }
    let (user, user_end) = argument(bytes, said.end);
    let (password, end) = argument(bytes, user_end);
    let value = part(text, password.clone());
    let last = matches!(at(bytes, end), 0 | b'\r' | b'\n');
    let sure = at(bytes, password.end) == b'"' || is_mixed(value);
    if last && sure && !user.is_empty() && !value.starts_with('{') && !is_reference(value) {
        hits.add(PiiKind::Password, password);
    }
}

/// What a script of `expect` answers to the question for a password.
fn expected(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let from = text.floor_char_boundary(said.start.saturating_sub(160));
    let Some((_, asked)) = part(text, from..said.start).rsplit_once("expect") else { return };
    let asks = ["assword", "assphrase", "asscode"].iter().any(|word| asked.contains(word));
    let escaped = usize::from(before(bytes, said.end - 1) == b'\\');
    let Some(value) = quoted(bytes, said.end - 1 - escaped, 256) else { return };
    let said = part(text, value.clone());
    let typed = said.trim_end_matches(['\r', '\n']);
    let typed = [r"\\r", r"\\n", r"\r", r"\n"].iter().fold(typed, |typed, end| typed.trim_end_matches(end));
    if asks && !asked.contains("send") && !typed.is_empty() && !is_reference(typed) && !typed.starts_with('$') {
        hits.add(PiiKind::Password, value.start..value.start + typed.len());
    }
}

/// `::set-output name=password::…`
fn workflow(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name_end = run_end(bytes, said.end, 80, |byte| is_word(byte) || byte == b'-');
    if slice(bytes, name_end..name_end + 2) == b"::" {
        let end = run_end(bytes, name_end + 2, 512, |byte| !matches!(byte, b'\r' | b'\n'));
        add_named(text, said.end..name_end, name_end + 2..end, hits);
    }
}

/// The field of a form of several parts: headers, an empty line, the value.
fn form(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name_end = run_end(bytes, said.end, 80, |byte| !matches!(byte, b'"' | b'\n'));
    let head = part(text, name_end..bytes.len().min(name_end + 200));
    let blank =
        ["\r\n\r\n", "\n\n", r"\r\n\r\n"].iter().filter_map(|blank| Some((head.find(blank)?, blank.len()))).min();
    let Some((found, length)) = blank.filter(|(found, _)| !part(text, name_end..name_end + found).contains("filename"))
    else {
        return;
    };
    let start = name_end + found + length;
    let end = run_end(bytes, start, 512, |byte| !matches!(byte, b'\r' | b'\n'));
    let end = memmem::find(slice(bytes, start..end), br"\r\n").map_or(end, |found| start + found);
    if slice(bytes, start..end).starts_with(b"--") {
        return;
    }
    add_named(text, said.end..name_end, start..end, hits);
}

/// `ParameterBinding(Invoke-Sqlcmd): name="Password"; value="…"`, an event of `PowerShell`.
fn bound(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line_end = run_end(bytes, said.end, 200, |byte| byte != b'\n');
    let Some(found) = memmem::find(slice(bytes, said.end..line_end), b"name=\"") else { return };
    let Some(name) = quoted(bytes, said.end + found + 5, 80) else { return };
    let sign = slice(bytes, name.end..name.end + 10);
    let Some(value) = sign.starts_with(b"\"; value=\"").then(|| quoted(bytes, name.end + 9, 512)).flatten() else {
        return;
    };
    if !part(text, value.clone()).starts_with("System.") {
        add_named(text, name, value, hits);
    }
}

/// `["password"]=>` and `string(7) "…"` below, as PHP dumps a variable.
fn dumped(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let digits = run_end(bytes, said.end, 5, |byte| byte.is_ascii_digit());
    let arrow = run_start(bytes, said.start, 40, |byte| byte.is_ascii_whitespace());
    if slice(bytes, digits..digits + 2) != b") " || !line_before(bytes, arrow, 4).ends_with(b"]=>") {
        return;
    }
    let name_end = run_start(bytes, arrow - 3, 1, |byte| byte == b'"');
    let name = run_start(bytes, name_end, 80, |byte| !matches!(byte, b'"' | b'[' | b'\n'));
    if let Some(value) = quoted(bytes, digits + 2, 512) {
        add_named(text, name..name_end, value, hits);
    }
}

/// A value of the registry, as `reg query` prints it: its name, its sort, the value to the end of the line.
fn registry(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let name_end = run_start(bytes, said.start, 16, |byte| matches!(byte, b' ' | b'\t'));
    let name = run_start(bytes, name_end, 80, |byte| byte > b' ');
    let start = run_end(bytes, said.end, 16, |byte| matches!(byte, b' ' | b'\t'));
    let end = run_end(bytes, start, 256, |byte| !matches!(byte, b'\r' | b'\n'));
    if name_end < said.start && mentions(slice(bytes, name..name_end), "pass") {
        add_named(text, name..name_end, start..end, hits);
    }
}

fn add_named(text: &str, name: Range<usize>, value: Range<usize>, hits: &mut Hits) {
    let Some(named) = hits.memos.secrets.of(part(text, name), secret_kind) else { return };
    if named.asks == Asks::Nothing && is_secret(named.kind, part(text, value.clone()), Form::Quoted) {
        hits.add(named.kind, value);
    }
}
