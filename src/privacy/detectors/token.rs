//! Tokens that vendors mark by a prefix. The prefixes are data: `assets/detectors/tokens.toml`.

use super::bytes::{at, before, is_word, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::Seeded;
use memchr::memchr_iter;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "token",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Loaded(prefixes, token), Anchor::End(&["nral", "_mmk"], license)],
    matches: &[
        "push failed: «ghp_16C7e42F292c6912E7710c838347Ae178B4a» rejected",
        "令牌«glpat-9sXvT2kLq8ZpWm3nRb7y»无效",
        "key «AKIAQ3EGRTU7ZXWVN5PL» is not allowed",
        "using «sk-ant-api03-Q2x9Yt4nMv7LpZr8Kd3WbHs6» for the call",
        "SG key «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»",
        "POST «https://hooks.slack.com/services/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» 404",
        "bot «110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9» stopped",
        "id «AKIARGXBDWBJQVGUNOCF» is unknown",
        "twilio «SK4f7a1c9e2b8d3056f1e7a4c2b9d80356»",
        "id «AKIAQ3EGRTU7ZXWVN5PL» / «q7LmZ2xVn4RbT9wKc3Hd8sJf1Gy5Ap6Qe0UiWo+Y»",
        "new Credentials(\"«AKIAQ3EGRTU7ZXWVN5PL»\", \"«q7LmZ2xVn4RbT9wKc3Hd8sJf1Gy5Ap6Qe0UiWo+Y»\")",
        "key «3f9a1c7e5b2d8046f1e7a4c2b9d80356-us14» is disabled",
        "secret «kZ28Q~vT4nRb8yWp3sZc7dLm2QxHf5gJ1aEw9uIo» expires",
        "bot «MTA4NzY1NDMyMTA5ODc2NTQzMg.GxYz12.aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789ab» left",
        "license «0a1b2c3d4e5f60718293a4b5c6d7e8f90a1bNRAL»",
        "key «AIzaSyB3kQ9vXn2LpT7mRc4WdZ8hJf1GyA5uE6-»",
    ],
    clean: &[
        "AKIAIOSFODNN7EXAMPLE",
        "set AKIAXXXXXXXXXXXXXXXX to your key",
        "sk-learn-contrib-extension-modules",
        "the prefix ghp_ marks a personal token",
        "task-management-component-registry-v2",
        "npm_config_registry=https://npm.acme.io npm_lifecycle_event=test",
        "SKIPPED ACCESS hf_hub_download",
        "path.to.some.module.with.a.very.long.name.v2.and.another.1.even.longer.one.here",
        "eu-us1 route 10-us2",
        "re_match_object_from_cache_table_01",
        "MTU.1500.is.the.default.size.of.packets.on.ethernet.links.v2",
    ],
};

/// What a part of a token is made of.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Made {
    Digit,
    Hex,
    HexText,
    Upper,
    Capital,
    Alnum,
    Word,
    Text,
    Dotted,
    Tilde,
    Base64,
    Query,
    Url,
    Dollar,
}

impl Made {
    const ALL: [Self; 14] = [
        Self::Digit,
        Self::Hex,
        Self::HexText,
        Self::Upper,
        Self::Capital,
        Self::Alnum,
        Self::Word,
        Self::Text,
        Self::Dotted,
        Self::Tilde,
        Self::Base64,
        Self::Query,
        Self::Url,
        Self::Dollar,
    ];

    const fn has(self, byte: u8) -> bool {
        match self {
            Self::Digit => byte.is_ascii_digit(),
            Self::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Self::HexText => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f' | b'-'),
            Self::Upper => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            Self::Capital => byte.is_ascii_digit() || byte.is_ascii_uppercase() || byte == b'_',
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Word => is_word(byte),
            Self::Text => is_word(byte) || byte == b'-',
            Self::Dotted => is_word(byte) || matches!(byte, b'-' | b'.'),
            Self::Tilde => is_word(byte) || matches!(byte, b'-' | b'.' | b'~'),
            Self::Base64 => is_word(byte) || matches!(byte, b'-' | b'+' | b'/' | b'='),
            Self::Query => is_word(byte) || matches!(byte, b'-' | b'+' | b'/' | b'=' | b'%' | b'.'),
            Self::Url => is_word(byte) || matches!(byte, b'-' | b'.' | b'/' | b':' | b'@'),
            Self::Dollar => is_word(byte) || byte == b'$',
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }

    fn holds(self, byte: u8) -> bool {
        sorts(byte) & self.bit() != 0
    }
}

/// Stands for what the first bytes of any token are made of, beside the bits of [`Made`].
const BEGINS: u16 = 1 << Made::ALL.len();

/// For each byte which sorts it belongs to.
#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "checked when it is compiled")]
static SORTS: [u16; 256] = {
    let mut sorts = [0; 256];
    let mut byte = 0;
    while byte < sorts.len() {
        let mut made = 0;
        while made < Made::ALL.len() {
            sorts[byte] |= if Made::ALL[made].has(byte as u8) { Made::ALL[made].bit() } else { 0 };
            made += 1;
        }
        let begins =
            is_word(byte as u8) || matches!(byte as u8, b'-' | b'.' | b'/' | b'+' | b'=' | b'%' | b':' | b'~' | b'$');
        sorts[byte] |= if begins { BEGINS } else { 0 };
        byte += 1;
    }
    sorts
};

#[inline]
#[expect(clippy::indexing_slicing, reason = "each byte has its sorts")]
fn sorts(byte: u8) -> u16 {
    SORTS[usize::from(byte)]
}

#[derive(Deserialize)]
struct Family {
    prefixes: Vec<String>,
    after: Made,
    least: usize,
    most: usize,
    before: Option<Made>,
    #[serde(default)]
    before_least: usize,
    #[serde(default)]
    before_most: usize,
    dots: Option<usize>,
    /// The length of the secret that is written beside such an id.
    pair: Option<usize>,
}

#[derive(Deserialize)]
struct File {
    token: Vec<Family>,
}

/// For each prefix its family.
static FAMILIES: LazyLock<Option<HashMap<&'static str, &'static Family, Seeded>>> = LazyLock::new(|| {
    static TABLE: LazyLock<Option<File>> =
        LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/tokens.toml")).ok());
    let families = TABLE.as_ref()?.token.iter();
    Some(families.flat_map(|family| family.prefixes.iter().map(move |prefix| (prefix.as_str(), family))).collect())
});

fn prefixes() -> Option<Vec<&'static str>> {
    FAMILIES.as_ref().map(|families| families.keys().copied().collect())
}

/// The fewest bytes that follow a prefix, but for a prefix that ends its token.
const SHORTEST: usize = 10;

fn token(text: &str, prefix: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    // Most words that begin like a token end soon, or go on with what no token of that family is made of.
    let suffix = at(bytes, prefix.start) == b'-';
    let first: Option<&[u8; SHORTEST]> = bytes.get(prefix.end..).and_then(|rest| rest.first_chunk());
    let common = first.map_or(0, |first| first.iter().fold(u16::MAX, |common, byte| common & sorts(*byte)));
    if !suffix && common & BEGINS == 0 {
        return;
    }
    let family = FAMILIES.as_ref().and_then(|families| families.get(part(text, prefix.clone())));
    let Some(family) = family else { return };
    if family.least >= SHORTEST && common & family.after.bit() == 0 {
        return;
    }
    let end = run_end(bytes, prefix.end, family.most + 1, |byte| family.after.holds(byte));
    let end = trimmed(bytes, prefix.end + family.least, end);
    let rest = slice(bytes, prefix.end..end);
    if !(family.least..=family.most).contains(&rest.len()) || is_word(at(bytes, end)) {
        return;
    }
    let Some(start) = start_of(bytes, prefix.clone(), family) else { return };
    let dots = memchr_iter(b'.', rest).count();
    // A part before the prefix, or capitals and digits alone: exact length and prefix are proof enough.
    let random = family.before.is_some() || matches!(family.after, Made::Upper) || is_random(rest);
    if random && family.dots.is_none_or(|count| count == dots) && !rest.ends_with(b"EXAMPLE") && !is_mask(rest) {
        hits.add(PiiKind::Token, start..end);
        if let Some(length) = family.pair {
            paired(bytes, end, length, hits);
        }
    }
}

/// Web addresses of hooks are secrets whole; some tokens have a part before what marks them.
fn start_of(bytes: &[u8], prefix: Range<usize>, family: &Family) -> Option<usize> {
    if let Some(before) = family.before {
        let start = run_start(bytes, prefix.start, family.before_most + 1, |byte| before.holds(byte));
        return (family.before_least..=family.before_most).contains(&(prefix.start - start)).then_some(start);
    }
    let start = if slice(bytes, prefix.clone()).contains(&b'/') {
        run_start(bytes, prefix.start, 60, |byte| is_word(byte) || matches!(byte, b'.' | b'-' | b'/' | b':'))
    } else {
        prefix.start
    };
    (!is_word(at(bytes, start)) || !is_word(before(bytes, start))).then_some(start)
}

/// The secret that is written behind its id: `AKIA… / wJalr…`, `("AKIA…", "wJalr…")`.
fn paired(bytes: &[u8], id_end: usize, length: usize, hits: &mut Hits) {
    let belongs = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut next = id_end;
    while next < id_end + 80 {
        let start = run_end(bytes, next, 40, |byte| !byte.is_ascii_alphanumeric() && byte != b'\n');
        let end = run_end(bytes, start, length + 1, belongs);
        let value = slice(bytes, start..end);
        let mixed = value.iter().any(u8::is_ascii_uppercase) && value.iter().any(u8::is_ascii_lowercase);
        if value.len() == length && mixed && is_random(value) {
            hits.add(PiiKind::Token, start..end);
            return;
        }
        if end == start || value.len() > length {
            return;
        }
        next = end;
    }
}

/// The license keys of New Relic and `MaxMind`: their ends are what marks them.
fn license(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let underscored = at(bytes, mark.start) == b'_';
    let start =
        run_start(bytes, mark.start, 41, |byte| if underscored { is_word(byte) } else { Made::Hex.holds(byte) });
    let fits = if underscored { (34..=40).contains(&(mark.start - start)) } else { mark.start - start == 36 };
    if fits && !is_word(before(bytes, start)) && !is_word(at(bytes, mark.end)) {
        hits.add(PiiKind::Token, start..mark.end);
    }
}

/// Without the full stop or dash of the sentence around it; what is fixed in length ends as it must.
fn trimmed(bytes: &[u8], least: usize, end: usize) -> usize {
    if end > least && matches!(before(bytes, end), b'.' | b'-' | b':') { end - 1 } else { end }
}

/// Nothing but one sign again and again, which stands for a token: `AKIAXXXXXXXXXXXXXXXX`.
fn is_mask(rest: &[u8]) -> bool {
    rest.first().is_some_and(|first| memchr_iter(*first, rest).count() * 4 >= rest.len() * 3)
}

/// Digits among letters, or upper among lower case: words joined by dashes are not a token.
fn is_random(rest: &[u8]) -> bool {
    let digits = rest.iter().filter(|byte| byte.is_ascii_digit()).count();
    let upper = rest.iter().any(u8::is_ascii_uppercase);
    let lower = rest.iter().any(u8::is_ascii_lowercase);
    let cased = upper && lower;
    (digits >= 2 && (upper || lower) && (cased || digits * 8 >= rest.len()))
        || (cased && rest.len() >= if digits > 0 { 16 } else { 24 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_prefixes_is_readable() {
        assert!(FAMILIES.as_ref().is_some_and(|families| families.len() > 80));
    }

    #[test]
    fn each_sort_has_its_own_bit() {
        for byte in 0..=u8::MAX {
            for made in Made::ALL {
                assert_eq!(made.holds(byte), made.has(byte), "{byte}");
            }
        }
        let bits = Made::ALL.iter().fold(BEGINS, |bits, made| bits | made.bit());
        assert_eq!(bits, (1 << 15) - 1);
    }
}
