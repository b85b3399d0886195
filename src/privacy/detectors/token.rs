//! Tokens that vendors mark by a prefix. The prefixes are data: `assets/detectors/tokens.toml`.

use super::bytes::{at, before, is_word, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "token",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Loaded(prefixes, token)],
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
    ],
    clean: &[
        "AKIAIOSFODNN7EXAMPLE",
        "sk-learn-contrib-extension-modules",
        "the prefix ghp_ marks a personal token",
        "task-management-component-registry-v2",
        "npm_config_registry=https://npm.acme.io npm_lifecycle_event=test",
        "SKIPPED ACCESS hf_hub_download",
    ],
};

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum After {
    Word,
    Text,
    Dotted,
    Base64,
    Url,
    Hex,
    Upper,
}

impl After {
    const fn holds(self, byte: u8) -> bool {
        match self {
            Self::Word => is_word(byte),
            Self::Text => is_word(byte) || byte == b'-',
            Self::Dotted => is_word(byte) || matches!(byte, b'-' | b'.'),
            Self::Base64 => is_word(byte) || matches!(byte, b'-' | b'+' | b'/' | b'='),
            Self::Url => is_word(byte) || matches!(byte, b'-' | b'.' | b'/' | b':' | b'@'),
            Self::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Self::Upper => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        }
    }
}

#[derive(Deserialize)]
struct Family {
    prefixes: Vec<String>,
    after: After,
    least: usize,
    most: usize,
}

#[derive(Deserialize)]
struct File {
    token: Vec<Family>,
}

/// For each prefix its family.
static FAMILIES: LazyLock<Option<HashMap<&'static str, &'static Family>>> = LazyLock::new(|| {
    static TABLE: LazyLock<Option<File>> =
        LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/tokens.toml")).ok());
    let families = TABLE.as_ref()?.token.iter();
    Some(families.flat_map(|family| family.prefixes.iter().map(move |prefix| (prefix.as_str(), family))).collect())
});

fn prefixes() -> Option<Vec<&'static str>> {
    FAMILIES.as_ref().map(|families| families.keys().copied().collect())
}

fn token(text: &str, prefix: Range<usize>, hits: &mut Hits) {
    let family = FAMILIES.as_ref().and_then(|families| families.get(part(text, prefix.clone())));
    let Some(family) = family else { return };
    let bytes = text.as_bytes();
    let end = run_end(bytes, prefix.end, family.most + 1, |byte| family.after.holds(byte));
    let end = trimmed(bytes, end);
    let rest = slice(bytes, prefix.end..end);
    if !(family.least..=family.most).contains(&rest.len()) || is_word(at(bytes, end)) {
        return;
    }
    // Web addresses of hooks are secrets whole; other prefixes that do not begin with a letter stand inside.
    let start = start_of(bytes, prefix.clone());
    // Of capitals and digits alone, exact length and prefix are proof enough.
    let random = matches!(family.after, After::Upper) || is_random(rest);
    let bot = at(bytes, prefix.start) != b':' || is_bot(slice(bytes, start..prefix.start));
    if random && bot && !is_word(before(bytes, start)) && !rest.ends_with(b"EXAMPLE") {
        hits.add(PiiKind::Token, start..end);
    }
}

fn start_of(bytes: &[u8], prefix: Range<usize>) -> usize {
    let first = at(bytes, prefix.start);
    if slice(bytes, prefix.clone()).contains(&b'/') {
        run_start(bytes, prefix.start, 60, |byte| is_word(byte) || matches!(byte, b'.' | b'-' | b'/' | b':'))
    } else if !first.is_ascii_alphabetic() {
        run_start(bytes, prefix.start, 40, is_word)
    } else {
        prefix.start
    }
}

/// The number of a Telegram bot.
fn is_bot(name: &[u8]) -> bool {
    (8..=12).contains(&name.len()) && name.iter().all(u8::is_ascii_digit)
}

/// Without the full stop or dash of the sentence around it.
fn trimmed(bytes: &[u8], end: usize) -> usize {
    if matches!(before(bytes, end), b'.' | b'-' | b':') { end - 1 } else { end }
}

/// Digits among letters, or upper among lower case: words joined by dashes are not a token.
fn is_random(rest: &[u8]) -> bool {
    let digits = rest.iter().filter(|byte| byte.is_ascii_digit()).count();
    let upper = rest.iter().any(u8::is_ascii_uppercase);
    let lower = rest.iter().any(u8::is_ascii_lowercase);
    let letters = upper || lower;
    (digits >= 2 && letters) || (upper && lower && rest.len() >= 24)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_prefixes_is_readable() {
        assert!(FAMILIES.as_ref().is_some_and(|families| families.len() > 80));
    }
}
