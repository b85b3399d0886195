//! Credentials on command lines: `curl -u user:pw`, `mysql -pSecret`, `docker login -p …`, `net use … /user:…`.
//!
//! What each tool's flags mean is data: `assets/detectors/tools.toml`.

use super::bytes::{at, before, is_word, part, run_end, run_start};
use super::detector::{Anchor, Detector, Hits};
use super::key_worth::is_mixed;
use super::reference::is_reference;
use super::user::is_somebody;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::{Seeded, in_lower_case};
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "command",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::LoadedBegin(names, spaced),
        // Names that begin with a digit begin no word.
        Anchor::End(&["7z", "7za", "7zz"], command),
        Anchor::LoadedBegin(pipes, piped),
        Anchor::LoadedBegin(calls, call),
        Anchor::Exact(&["net use "], net_use),
    ],
    matches: &[
        "curl -s -u «maria»:«S3cr3t!» https://api.acme.io/v1",
        "curl -u \"«maria»:«S3cr3t!»\r\nnext",
        "wget --user=x; curl --user «maria»:«S3cr3t!» -k https://x",
        "docker login -u «mkeller» -p «dk-9f8e7d» registry",
        "mysql -h db -u app -p«hunter2» orders",
        "psql -h db -U «mkeller» orders",
        "sshpass -p '«hunter 2»' ssh host",
        r"net use Z: \\srv\share /user:«ACME\x» «hunter2x» /persistent:no",
        "redis-cli -h cache -a «hunter2» ping",
        "http -a «mkeller»:«hunter2» https://x",
        "sqlcmd -S db -U «mkeller» -P «hunter2» -Q x",
        "sqlplus «mkeller»/«hunter2»@db:1521/ORCL",
        "secretsdump.py ACME/«mkeller»:«hunter2»@10.0.0.5",
        "xfreerdp /v:h /u:«mkeller» /p:'«hunter 2»' /f",
        "lftp -u «mkeller»,«hunter2» sftp://h",
        "rabbitmqctl add_user «mkeller» «hunter2»",
        "htpasswd -b .htpasswd «mkeller» «hunter2»",
        "isql -v DSN «mkeller» «hunter2»",
        "db2 connect to SAMPLE user «mkeller» using «hunter2»",
        "echo \"«mkeller»:«hunter2»\" | chpasswd",
        "echo '«hunter2»' | sudo -S id",
        "snmpwalk -v2c -c «f00barBaz» 10.0.0.5 1.3.6",
        "new NetworkCredential(\"«mkeller»\", \"«hunter2»\")",
        "mysqli_connect('db', '«mkeller»', '«hunter2»')",
        "7z x a.7z -p«hunter2»",
        "smbclient //h/s -U «mkeller»%«hunter2»",
        "schtasks /create /ru «ACME\\x» /rp «hunter2»",
    ],
    clean: &[
        "curl -u maria https://api.acme.io",
        "docker run -d -p 8080:80 nginx",
        "mysql -h db -p orders",
        "mkdir -p /var/log/app",
        "ssh -p 2222 host",
        "curl -u ${USER}:${PASS} https://x",
        "curl -u [User-1]:[Password-1] https://x",
        "sshpass -p $PW ssh host",
        "mysqldump: Got error: 1045",
        "tar -u a:b",
        "unzip -p a.zip META-INF/MANIFEST.MF",
        "https -a flag",
        "net user and group lists",
        "sqlplus / as sysdba",
        "sqlplus /nolog",
        "echo $PW | sudo -S id",
        "snmpwalk -v2c -c public 10.0.0.5",
        "mysql connection refused, curl timed out",
        "new NetworkCredential(user, password)",
        "HTTPBasicAuth('[User-1]', '[Password-1]')",
        "useradd -m -s /bin/bash app",
    ],
};

/// How a tool takes its users and passwords. Flags that end in a colon are followed by their argument at once.
#[derive(Debug, Deserialize)]
struct Tool {
    names: Vec<String>,
    #[serde(default)]
    passwords: Vec<String>,
    #[serde(default)]
    users: Vec<String>,
    #[serde(default)]
    pairs: Vec<String>,
    #[serde(default)]
    glued: Vec<String>,
    /// What separates the user and the password of a pair.
    between: Option<char>,
    place_user: Option<usize>,
    place_password: Option<usize>,
    place_pair: Option<usize>,
    /// Sentences begin so too: letters and digits are asked for.
    #[serde(default)]
    mixed: bool,
}

#[derive(Deserialize)]
struct Pipes {
    names: Vec<String>,
}

/// A function of a program that is given a user and a password in quotes.
#[derive(Deserialize)]
struct Call {
    names: Vec<String>,
    user: usize,
    password: usize,
}

#[derive(Deserialize)]
struct File {
    tool: Vec<Tool>,
    call: Vec<Call>,
    pipes: Pipes,
}

static FILE: LazyLock<Option<File>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/tools.toml")).ok());

/// For each name, in lower case, how the tool takes its arguments.
static TOOLS: LazyLock<Option<HashMap<String, &'static Tool, Seeded>>> = LazyLock::new(|| {
    let tools = FILE.as_ref()?.tool.iter();
    Some(tools.flat_map(|tool| tool.names.iter().map(move |name| (name.to_ascii_lowercase(), tool))).collect())
});

/// The names with the space that follows them in a command, for most of them stand elsewhere far more often. Those that
/// are alike up to such a space are left, so that the longest still counts.
static SPACED: LazyLock<Option<Vec<String>>> = LazyLock::new(|| {
    let names = || FILE.as_ref().into_iter().flat_map(|file| &file.tool).flat_map(|tool| &tool.names);
    let goes_on = |name: &str, longer: &str| {
        longer.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
            && longer.as_bytes().get(name.len()) == Some(&b' ')
    };
    let spaced = |name: &String| {
        let alike = names().any(|other| goes_on(name, other) || goes_on(other, name));
        if alike { name.clone() } else { format!("{name} ") }
    };
    FILE.as_ref()?;
    Some(names().filter(|name| !name.starts_with('7')).map(spaced).collect())
});

fn names() -> Option<Vec<&'static str>> {
    SPACED.as_ref().map(|names| names.iter().map(String::as_str).collect())
}

fn pipes() -> Option<Vec<&'static str>> {
    FILE.as_ref().map(|file| file.pipes.names.iter().map(String::as_str).collect())
}

fn calls() -> Option<Vec<&'static str>> {
    FILE.as_ref().map(|file| file.call.iter().flat_map(|call| &call.names).map(String::as_str).collect())
}

/// How much of a command line is read.
const LONGEST: usize = 2048;

/// What a word of a command line is, as its flag tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Nothing,
    Password,
    User,
    Pair,
}

fn spaced(text: &str, name: Range<usize>, hits: &mut Hits) {
    let space = usize::from(before(text.as_bytes(), name.end) == b' ');
    command(text, name.start..name.end - space, hits);
}

fn command(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if at(bytes, name.end) != b' ' || is_word(before(bytes, name.start)) {
        return;
    }
    let tool =
        TOOLS.as_ref().and_then(|tools| in_lower_case(part(text, name.clone()), |name| tools.get(name).copied()));
    let Some(tool) = tool else { return };
    let end = run_end(bytes, name.end, LONGEST, |byte| !matches!(byte, b'\n' | b'\r' | b'|'));
    let (mut next, mut place, mut role) = (name.end, 0, Role::Nothing);
    while next < end {
        let start = run_end(bytes, next, 16, |byte| byte == b' ');
        let word = shell_word(bytes, start, end);
        next = word.outer_end.max(start + 1);
        let written = part(text, start..word.outer_end);
        if role != Role::Nothing {
            tool.take(role, text, word.inner, hits);
            role = Role::Nothing;
        } else if let Some((found, length)) = tool.flag(written) {
            if length == written.len() {
                role = found;
            } else {
                tool.take(found, text, shell_word(bytes, start + length, end).inner, hits);
            }
        } else if !written.starts_with(['-', '/']) && !written.is_empty() {
            place += 1;
            tool.take(tool.role_of(place), text, word.inner, hits);
        }
        if matches!(before(bytes, next), b';' | b'&') {
            break;
        }
    }
    // A line that is one long list of such names is still read in linear time.
    hits.skip_to(name.start + (next.min(end) - name.start) / 2);
}

impl Tool {
    /// What a flag is followed by, and where in the word that begins: behind it, behind `=`, or in the next word.
    fn flag(&self, word: &str) -> Option<(Role, usize)> {
        let of = |flags: &[String], role| {
            flags.iter().find_map(|flag| {
                let rest = word.strip_prefix(flag.as_str())?;
                if rest.is_empty() || flag.ends_with([':', '=']) {
                    return Some((role, flag.len()));
                }
                rest.starts_with('=').then_some((role, flag.len() + 1))
            })
        };
        let glued = || {
            let flag = self.glued.iter().find(|flag| word.len() > flag.len() && word.starts_with(flag.as_str()))?;
            Some((Role::Password, flag.len()))
        };
        of(&self.passwords, Role::Password)
            .or_else(|| of(&self.pairs, Role::Pair))
            .or_else(|| of(&self.users, Role::User))
            .or_else(glued)
    }

    fn role_of(&self, place: usize) -> Role {
        match Some(place) {
            place if place == self.place_password => Role::Password,
            place if place == self.place_user => Role::User,
            place if place == self.place_pair => Role::Pair,
            _ => Role::Nothing,
        }
    }

    fn take(&self, role: Role, text: &str, value: Range<usize>, hits: &mut Hits) {
        let word = part(text, value.clone());
        if is_reference(word) || word.starts_with(['-', '<']) || word.is_empty() {
            return;
        }
        match role {
            Role::Password if !is_word_of_prose(word) && (!self.mixed || is_mixed(word)) => {
                hits.add(PiiKind::Password, value);
            }
            Role::User if is_somebody(word) && !is_word_of_prose(word) => hits.add(PiiKind::User, value),
            Role::Pair => self.add_pair(value.start, word, hits),
            Role::Nothing | Role::Password | Role::User => {}
        }
    }

    /// `user:password`; a domain may stand before, a host behind it.
    fn add_pair(&self, start: usize, pair: &str, hits: &mut Hits) {
        let between = self.between.unwrap_or(':');
        let located = self.place_pair.is_some();
        let pair = if located { pair.rsplit_once('@').map_or(pair, |(pair, _)| pair) } else { pair };
        let skipped = if located && between == ':' { pair.find('/').map_or(0, |slash| slash + 1) } else { 0 };
        let Some((user, password)) = pair.get(skipped..).and_then(|pair| pair.split_once(between)) else { return };
        add_both(start + skipped, user, password, hits);
    }
}

/// Words of a sentence about the tool: `net user and group lists`.
fn is_word_of_prose(word: &str) -> bool {
    [
        "and",
        "or",
        "is",
        "the",
        "a",
        "to",
        "for",
        "with",
        "was",
        "not",
        "in",
        "on",
        "public",
        "private",
        "command",
        "connection",
    ]
    .contains(&word)
}

fn add_both(start: usize, user: &str, password: &str, hits: &mut Hits) {
    let quoted = password.len() >= 2 && password.starts_with('"') && password.ends_with('"');
    let (skipped, password) = if quoted { (1, password.trim_matches('"')) } else { (0, password) };
    if user.is_empty() || password.is_empty() || is_reference(password) {
        return;
    }
    if !is_reference(user) {
        hits.add(PiiKind::User, start..start + user.len());
    }
    let start = start + user.len() + 1 + skipped;
    hits.add(PiiKind::Password, start..start + password.len());
}

/// `echo 'password' | sudo -S …`, `echo user:password | chpasswd`
fn piped(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line = run_start(bytes, name.start, 400, |byte| byte != b'\n');
    let Some((echo, _)) = part(text, line..name.start).rsplit_once('|') else { return };
    let Some(said) = echo.rfind("echo ").or_else(|| echo.rfind("printf ")) else { return };
    let first = line + said + run_end(bytes, line + said, 8, |byte| byte != b' ') - (line + said);
    let mut start = run_end(bytes, first, 4, |byte| byte == b' ');
    while matches!(part(text, start..start + 3), "-n " | "-e ") {
        start += 3;
    }
    let value = shell_word(bytes, start, line + echo.len()).inner;
    let word = part(text, value.clone());
    if is_reference(word) || word.is_empty() {
        return;
    }
    match word.split_once(':') {
        Some((user, password)) if part(text, name) == "chpasswd" => add_both(value.start, user, password, hits),
        _ => hits.add(PiiKind::Password, value),
    }
}

/// `net use Z: \\server\share password /user:…`: the argument that is neither device, share nor option.
fn net_use(text: &str, found: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, found.start, 512, |byte| byte != b'\n' && byte != b'\r' && byte != b'&');
    let mut next = found.end;
    let mut share = false;
    while next < end {
        let start = run_end(bytes, next, 16, |byte| byte == b' ');
        let word = shell_word(bytes, start, end).inner;
        let value = part(text, word.clone());
        let plain = || !value.starts_with(['/', '\\', '*', '-']) && !value.ends_with(':') && !is_reference(value);
        if share && value.len() >= 4 && plain() {
            hits.add(PiiKind::Password, word.clone());
        }
        share |= value.starts_with("\\\\");
        next = word.end + 1;
    }
}

/// `NetworkCredential("user", "password")`
fn call(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(file) = FILE.as_ref().filter(|_| at(bytes, name.end) == b'(') else { return };
    let said = part(text, name.clone());
    let Some(call) = file.call.iter().find(|call| call.names.iter().any(|one| one.eq_ignore_ascii_case(said))) else {
        return;
    };
    let mut next = name.end + 1;
    for place in 1..=call.password {
        let start = run_end(bytes, next, 8, |byte| matches!(byte, b' ' | b','));
        let quote = at(bytes, start);
        let end = run_end(bytes, start + 1, 256, |byte| byte != quote && byte != b'\n');
        if !matches!(quote, b'"' | b'\'') || at(bytes, end) != quote {
            return;
        }
        let value = part(text, start + 1..end);
        if place == call.user && is_somebody(value) && !is_reference(value) {
            hits.add(PiiKind::User, start + 1..end);
        } else if place == call.password && !is_reference(value) {
            hits.add(PiiKind::Password, start + 1..end);
        }
        next = end + 1;
    }
}

/// One word of the shell: as it is written, and without its quotes.
struct ShellWord {
    inner: Range<usize>,
    outer_end: usize,
}

fn shell_word(bytes: &[u8], start: usize, limit: usize) -> ShellWord {
    let quote = at(bytes, start);
    if matches!(quote, b'"' | b'\'') {
        let end = run_end(bytes, start + 1, limit.saturating_sub(start + 1), |byte| byte != quote);
        return ShellWord { inner: start + 1..end, outer_end: end + 1 };
    }
    // A quote inside: `-p'secret'`, `--password="a b"`.
    let plain = |byte: u8| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`');
    let end = run_end(bytes, start, limit.saturating_sub(start), plain);
    let inside = at(bytes, end);
    let outer_end = if matches!(inside, b'"' | b'\'') && end > start {
        run_end(bytes, end + 1, limit.saturating_sub(end + 1), |byte| byte != inside) + 1
    } else {
        end
    };
    ShellWord { inner: start..end, outer_end }
}
