//! Secrets that stand behind words instead of behind a key and a separator: lines of network devices and daemons,
//! statements of SQL, sentences of installers, dialogs of mail servers.
//!
//! The words are data: `assets/detectors/directives.toml`. Sources: the manuals of these programs.

use super::bytes::{at, before, holds, is_word, mentions, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_value::quoted;
use super::key_worth::is_mixed;
use super::reference::is_reference;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::{Seeded, in_lower_case};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "directive",
    confidence: Confidence::Likely,
    anchors: &[Anchor::LoadedBegin(words, directive)],
    matches: &[
        "enable secret 5 «$1$aB3d$9xKq2LmZvRtYw8Pn4Hs6d0»",
        "username ops privilege 15 secret 9 «$9$aB3dEf$9xKq2LmZvRtYw8Pn4Hs6d0»",
        "snmp-server community «f00bar» RO",
        "radius-server host 10.0.0.5 auth-port 1812 key «hunter2»",
        " ip ospf message-digest-key 1 md5 «hunter2»",
        "set passwd ENC «q7LmZ2xVn4RbT9wKc3Hd8sJf1Gy5==»",
        ": PSK \"«a long phrase»\"",
        "  auth_pass «hunter2»",
        "CREATE USER app IDENTIFIED BY '«hunter 2»'",
        "CREATE USER app IDENTIFIED BY «tiger22»;",
        "A temporary password is generated for root@localhost: «q,7Lm;Z2xVn4»",
        "Please use the following password to proceed to installation:\n\n«4f7a1c9e2b8d3056f1e7a4c2b9d80356»\n",
        "334 UGFzc3dvcmQ6\n«aHVudGVyMjI=»\n235 ok",
        "331 Password required\nPASS «hunter2»\n230 ok",
        "AUTH PLAIN «AG1hcmlhAGh1bnRlcjIy»",
        "WIFI:T:WPA;S:Guests;P:«hunter2»;;",
        "machine git.acme.io login maria password «hunter2»",
        "Authorization: GenieKey «4f7a1c9e-2b8d-3056-f1e7-a4c2b9d80356»",
        "Your temporary password is «hunter22», change it",
        "ALTER USER 'app'@'%' IDENTIFIED WITH 'caching_sha2_password' BY '«hunter 2»'",
        "CREATE USER app IDENTIFIED WITH sha256_password BY '«hunter2»'",
        "create user app identified with 'mysql_native_password' as '«*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19»'",
        "CREATE USER app IDENTIFIED BY VALUES '«S:8F2A91C0D4E7B6»'",
        "SET PASSWORD FOR 'app'@'localhost' = '«hunter2»'",
        "Password for the [elastic] user successfully reset.\nNew value: «q7=LmZ2x*Vn4»\n",
        "Password for the elastic user (reset with `bin/elasticsearch-reset-password -u elastic`):\n  «q7LmZ2xVn4-R»\n",
        "S: 334 UGFzc3dvcmQ6\nC: «aHVudGVyMjI=»\nS: 235 ok",
        "com2sec -Cn ctx local 10.0.0.0/8 «f00barBaz»",
        "createUser mkeller SHA \"«a long phrase»\" AES «f00barBaz»",
        "rootpw --plaintext «hunter2»",
        ": RSA gateway.pem \"«hunter 2»\"",
        "aaa-server TAC (inside) host 10.0.0.5\n key «hunter2»",
        "tacacs server T1\n address ipv4 10.0.0.5\n key 7 «0822455D0A16»",
        "set snmp community «f00bar» authorization read-only",
        "pre-shared-key ascii-text \"«hunter 2»\"",
        "pre-shared-key local «hunter2»",
        "standby 1 authentication «hunter2»",
        "vrrp 1 authentication text «hunter2»",
        "snmp-server host 10.0.0.5 traps version 2c «f00bar» config",
        "local-user mkeller password irreversible-cipher «$1c$aB3dEfGhIj$9xKq2LmZvRtYw8Pn4Hs6d0$»",
        "snmp-agent community read cipher «f00barBaz»",
        "super password level 3 simple «hunter2»",
        "set wpa2-pre-shared-key=\"«a long phrase»\"",
        "wep_key0=«4f7a1c9e2b»",
        "option key '«a long phrase»'",
        "{\"ssid\":\"Guests\",\"psk\":\"«a (long) phrase»\"}",
    ],
    clean: &[
        "enable secret and enable password are deprecated",
        "snmp-server community strings",
        "PASS src/app.test.js",
        "PASS TestLogin (0.01s)",
        "username is required, secret is optional",
        "users identified by name",
        "radius-server timeout, key expired",
        "the username or secret was wrong",
        "auth login failed for maria",
        "enable secret 5 ${HASH}",
        "334 UGFzc3dvcmQ6",
        "334 UGFzc3dvcmQ6\n535 5.7.8 rejected",
        "default login shell",
        "Authorization: OAuth oauth_consumer_key=\"x\"",
        "IDENTIFIED WITH auth_socket; it is read BY the plugin",
        "IDENTIFIED WITH 'caching_sha2_password' BY '<redacted>'",
        "SET PASSWORD FOR app = ?",
        "New value: 12",
        "snmp-server host 10.0.0.5 version 3 priv mkeller",
        "snmp-server host inside 10.0.0.5 poll",
        "standby 1 authentication md5 key-chain HSRP",
        "pre-shared-key address 10.0.0.5",
        "aaa-server TAC protocol tacacs+\n reactivation-mode timed\n",
        "option key '1'",
        "the super password was changed",
        "trapsink is deprecated",
        "createUser is not implemented",
        "psk=auto",
    ],
};

/// What the value must be like, where sentences begin as the directive does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Asks {
    /// In quotes.
    Quoted,
    /// Letters with digits or symbols among them.
    Mixed,
    /// Made by a machine: long, with digits.
    Made,
    /// Whole base64.
    Base64,
    /// Eight signs at least, as a secret of SNMP has: no name of an algorithm does.
    Key,
}

#[derive(Debug, Deserialize)]
struct Directive {
    words: Vec<String>,
    then: Option<String>,
    #[serde(default)]
    lines: usize,
    until: Option<char>,
    #[serde(default)]
    starts_line: bool,
    asks: Option<Asks>,
    /// One of these stands in the text shortly before.
    #[serde(default)]
    after: Vec<String>,
    /// Which word behind it the value is, from 1.
    place: Option<usize>,
    /// Words that may stand before the value, as may addresses.
    #[serde(default)]
    over: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    directive: Vec<Directive>,
}

static FILE: LazyLock<Option<File>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/directives.toml")).ok());

/// For each beginning, in lower case, what may follow it.
static DIRECTIVES: LazyLock<Option<HashMap<String, Vec<&'static Directive>, Seeded>>> = LazyLock::new(|| {
    let mut directives: HashMap<String, Vec<&'static Directive>, Seeded> = HashMap::default();
    for directive in &FILE.as_ref()?.directive {
        for word in &directive.words {
            directives.entry(word.to_ascii_lowercase()).or_default().push(directive);
        }
    }
    Some(directives)
});

fn words() -> Option<Vec<&'static str>> {
    FILE.as_ref().map(|file| file.directive.iter().flat_map(|one| one.words.iter().map(String::as_str)).collect())
}

fn directive(text: &str, said: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if is_word(before(bytes, said.start)) {
        return;
    }
    let Some(directives) = DIRECTIVES.as_ref() else { return };
    let Some(directives) = in_lower_case(part(text, said.clone()), |said| directives.get(said)) else { return };
    for directive in directives {
        if let Some(value) = directive.value(text, &said) {
            let value_text = part(text, value.clone());
            let kind = if said_authorization(text, &said) { PiiKind::ApiKey } else { PiiKind::Password };
            if directive.fits(value_text) {
                hits.add(kind, value);
            }
        }
    }
}

fn said_authorization(text: &str, said: &Range<usize>) -> bool {
    mentions(slice(text.as_bytes(), said.clone()), "authorization")
}

fn is_field(value: &str) -> bool {
    value.strip_suffix('=').is_some_and(|name| name.chars().all(|one| one.is_ascii_lowercase() || one == '_'))
}

/// Words that a manual or a sentence goes on with.
fn is_list_word(value: &str) -> bool {
    [
        "and",
        "strings",
        "string",
        "is",
        "are",
        "public",
        "private",
        "command",
        "view",
        "name",
        "with",
        "using",
        "encryption",
        "values",
        "address",
        "hostname",
        "vrf",
        "key-string",
        "key-chain",
        "key",
        "priv",
        "auth",
        "noauth",
        "local",
        "remote",
    ]
    .contains(&value)
}

impl Directive {
    fn fits(&self, value: &str) -> bool {
        let digits = value.bytes().any(|byte| byte.is_ascii_digit());
        let asked = match self.asks {
            // Not the name of the first of some fields: `OAuth oauth_consumer_key="…"`.
            Some(Asks::Made) => value.len() >= 16 && (digits || value.ends_with('=')) && !is_field(value),
            Some(Asks::Mixed) => is_mixed(value),
            Some(Asks::Base64) => STANDARD.decode(value).is_ok(),
            Some(Asks::Key) => value.len() >= 8 && !value.starts_with('/'),
            Some(Asks::Quoted) | None => true,
        };
        asked && value.len() >= 3 && !is_reference(value) && !is_list_word(value)
    }

    fn value(&self, text: &str, said: &Range<usize>) -> Option<Range<usize>> {
        let bytes = text.as_bytes();
        if self.starts_line {
            let indent = run_start(bytes, said.start, 32, |byte| matches!(byte, b' ' | b'\t'));
            if !matches!(before(bytes, indent), 0 | b'\n' | b'#') {
                return None;
            }
        }
        if !self.after.is_empty() {
            let stretch = slice(bytes, said.start.saturating_sub(200)..said.start);
            if !self.after.iter().any(|mark| holds(stretch, mark)) {
                return None;
            }
        }
        let mut start = match &self.then {
            // The word may begin with the space that ends the first one.
            Some(then) => {
                let from = said.end - 1;
                from + find_word(stretch(bytes, from, self.lines), then.as_bytes())? + then.len()
            }
            None => said.end,
        };
        start = skip_breaks(bytes, start, self.lines);
        for _ in 1..self.place.unwrap_or(1) {
            if matches!(slice(bytes, start..word_end(bytes, start)), b"is" | b"was" | b"are" | b"has") {
                return None;
            }
            start = skip_blanks(bytes, word_end(bytes, start));
        }
        while !self.over.is_empty() && self.goes_over(slice(bytes, start..word_end(bytes, start))) {
            start = skip_blanks(bytes, word_end(bytes, start));
        }
        start = skip_marks(bytes, start);
        if let Some(range) = quoted(bytes, start, 512) {
            return Some(range);
        }
        let stop = self.until.map_or(0, |until| u8::try_from(until).unwrap_or(0));
        let end = run_end(bytes, start, 512, |byte| {
            byte > b' ' && byte != stop && (stop == b' ' || !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>'))
        });
        // What an installer makes up may end in any sign, at the end of its line.
        let whole = self.until.is_some() && at(bytes, end) != b' ';
        let end = if whole { end } else { without_stop(bytes, start, end) };
        (self.asks != Some(Asks::Quoted) && end > start).then_some(start..end)
    }
}

impl Directive {
    fn goes_over(&self, word: &[u8]) -> bool {
        let address =
            word.first().is_some_and(u8::is_ascii_digit) && word.iter().any(|byte| matches!(byte, b'.' | b':'));
        address || self.over.iter().any(|one| one.as_bytes() == word)
    }
}

/// What follows on the same line and so many more.
fn stretch(bytes: &[u8], from: usize, lines: usize) -> &[u8] {
    let mut end = run_end(bytes, from, 400, |byte| byte != b'\n');
    for _ in 0..lines {
        end = run_end(bytes, end + 1, 200, |byte| byte != b'\n');
    }
    slice(bytes, from..end.min(bytes.len()))
}

/// Where words begin, upper and lower case alike.
fn find_word(stretch: &[u8], word: &[u8]) -> Option<usize> {
    stretch.windows(word.len()).position(|found| found.eq_ignore_ascii_case(word))
}

/// The end of a word, which may stand in quotes.
fn word_end(bytes: &[u8], start: usize) -> usize {
    quoted(bytes, start, 128).map_or_else(|| run_end(bytes, start, 128, |byte| byte > b' '), |range| range.end + 1)
}

fn skip_blanks(bytes: &[u8], start: usize) -> usize {
    run_end(bytes, start, 32, |byte| matches!(byte, b' ' | b'\t'))
}

/// Over spaces and at most so many line breaks.
fn skip_breaks(bytes: &[u8], start: usize, mut lines: usize) -> usize {
    let mut index = start;
    loop {
        match at(bytes, index) {
            b' ' | b'\t' | b'\r' => index += 1,
            b'\n' if lines > 0 => {
                lines -= 1;
                index += 1;
            }
            _ => return index,
        }
    }
}

/// What tells how a value is written, or which side of a line it is for.
const MARKS: &[&str] = &[
    "encrypted",
    "ascii",
    "ascii-text",
    "hex",
    "hexadecimal",
    "ENC",
    "clear",
    "cleartext",
    "plain-text",
    "md5",
    "sha512",
    "level",
    "cipher",
    "simple",
    "irreversible-cipher",
    "hash",
    "text",
    "local",
    "remote",
    "C:",
    "->",
    "<-",
    ">",
    ">>",
    ">>>",
    "~>",
];

/// Over what tells how the value is written: `5 $1$…`, `7 08…`, `encrypted …`, `ascii 0 …`; over who says it.
fn skip_marks(bytes: &[u8], start: usize) -> usize {
    let mut start = start;
    for _ in 0..3 {
        let end = run_end(bytes, start, 20, |byte| byte > b' ');
        let word = slice(bytes, start..end);
        let digit = word.len() == 1 && word.iter().all(u8::is_ascii_digit);
        if !(digit || MARKS.iter().any(|mark| mark.as_bytes() == word)) || at(bytes, end) != b' ' {
            return start;
        }
        start = run_end(bytes, end, 4, |byte| byte == b' ');
    }
    start
}

/// Without the punctuation of the sentence or the statement.
fn without_stop(bytes: &[u8], start: usize, end: usize) -> usize {
    end - slice(bytes, start..end).iter().rev().take_while(|byte| matches!(byte, b';' | b',' | b'.' | b')')).count()
}
