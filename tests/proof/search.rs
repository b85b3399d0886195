//! Looking for planted values in bytes: as they are, in other spellings, and in parts.

use super::planted::Planted;
use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
use std::collections::BTreeSet;
use tftsr::domain::PiiKind;

/// A part of a secret of this length gives something away.
const PART: usize = 8;

/// The same for digits and the letters of hexadecimal numbers alone. Eight of them come up by chance in the times, the
/// ids and the checksums of a run; twelve do not.
const HEX_PART: usize = 12;

/// Every planted value in every spelling, ready to be looked for.
pub struct Search {
    index: AhoCorasick,
    /// What each pattern is a spelling of.
    labels: Vec<String>,
}

impl Search {
    /// Case does not matter, so that another case is no disguise.
    pub fn new<'a>(planted: impl IntoIterator<Item = &'a Planted>) -> Self {
        let (mut patterns, mut labels) = (Vec::new(), Vec::new());
        for one in planted {
            for (how, pattern) in spellings(one) {
                labels.push(format!("{}, {how}", one.label));
                patterns.push(pattern);
            }
        }
        let index = AhoCorasick::builder().ascii_case_insensitive(true).build(&patterns).unwrap();
        Self { index, labels }
    }

    /// What of the planted stands in these bytes. Texts in JSON are looked at without their escapes as well.
    pub fn leaks(&self, bytes: &[u8]) -> BTreeSet<String> {
        let text = String::from_utf8_lossy(bytes);
        let unescaped = unescape(&text);
        // Something in between is no disguise either.
        let joined: String =
            text.chars().filter(|letter| !letter.is_control() && !('\u{200b}'..='\u{200f}').contains(letter)).collect();
        let all = [bytes, unescaped.as_bytes(), joined.as_bytes()];
        let found = all.iter().flat_map(|bytes| self.index.find_overlapping_iter(*bytes));
        found.filter_map(|found| self.labels.get(found.pattern().as_usize()).cloned()).collect()
    }
}

fn spellings(planted: &Planted) -> Vec<(&'static str, Vec<u8>)> {
    let value = planted.value.as_str();
    let mut all: Vec<(&'static str, Vec<u8>)> = vec![
        ("as it is", value.into()),
        ("backwards", value.chars().rev().collect::<String>().into()),
        ("in hex", hex::encode(value).into()),
        ("percent-encoded", percent(value, |byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)).into()),
        ("percent-encoded whole", percent(value, |_| false).into()),
        ("in JSON", serde_json::to_string(value).unwrap().trim_matches('"').into()),
        ("in JSON with numbers", numbered(value).into()),
        ("in UTF-16", value.encode_utf16().flat_map(u16::to_le_bytes).collect()),
    ];
    // Whatever stands before a value shifts its base64 by one, two or no bytes; the edges depend on the neighbors.
    for shift in 0..3 {
        let shifted = [&b"xx"[..shift], value.as_bytes()].concat();
        let (from, to) = ((shift * 8).div_ceil(6), shifted.len() * 8 / 6);
        for engine in [&BASE64_STANDARD_NO_PAD, &BASE64_URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&shifted);
            all.push(("in base64", encoded.get(from..to).unwrap_or_default().into()));
        }
    }
    if planted.kind.is_secret() || planted.kind == PiiKind::Url {
        let (bytes, is_hex) = (value.as_bytes(), |part: &&[u8]| part.iter().all(u8::is_ascii_hexdigit));
        let words = bytes.windows(PART).filter(|part| !is_hex(part));
        all.extend(words.chain(bytes.windows(HEX_PART).filter(is_hex)).map(|part| ("a part", part.to_vec())));
    }
    all.retain(|(_, pattern)| pattern.len() >= 4);
    all
}

fn numbered(value: &str) -> String {
    let numbers: Vec<_> = value.chars().map(|letter| format!("\\u{:04x}", u32::from(letter))).collect();
    numbers.concat()
}

fn percent(value: &str, stays: fn(u8) -> bool) -> String {
    value.bytes().map(|byte| if stays(byte) { char::from(byte).to_string() } else { format!("%{byte:02x}") }).collect()
}

/// Undoes the escapes of JSON wherever they stand; what is no JSON stays as it is.
fn unescape(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            result.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('u') => {
                let number: String = letters.by_ref().take(4).collect();
                result.extend(u32::from_str_radix(&number, 16).ok().and_then(char::from_u32));
            }
            Some(other) => result.push(other),
            None => {}
        }
    }
    result
}
