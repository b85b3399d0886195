//! Payment cards: issuer range, length of that issuer, Luhn. Source: ISO/IEC 7812-1, the issuers' published ranges.

use super::bytes::{digits, slice, stands_alone};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use super::names::Names;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::{Number, Wanted};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "credit card",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Number(WANTED, number), Anchor::Exact(&["%B2", "%B3", "%B4", "%B5", "%B6"], stripe)],
    matches: &[
        "Maestro card «6759 6498 2643 8453»",
        "%B«4111111111111111»^DOE/JOHN^2712101",
        "card «4111 1111 1111 1111» declined",
        "pan=«5555555555554444»",
        "«3782-822463-10005»",
        "卡号«4111111111111111»无效",
        "«6011 1111 1111 1117»",
        "card_no%3D«4111111111111111»%26cvv",
        "DE002=«6759649826438453» DE003=000000",
    ],
    clean: &[
        "card 4111 1111 1111 1112",
        "id 1699999999999999999",
        "ts=1710000000000000",
        "4111111111111111222",
        "order_id=4111111111111111",
        "0.4111111111111111",
        "0000 0000 0000 0000",
    ],
};

/// What stands before numbers that only count something.
static COUNTED: Names = Names::new(&["id=", "id:", "id\":", "seq", "offset", "ts=", "time", "trace", "nonce"]);

/// As many digits as a card has, with others beside them or not.
const WANTED: Wanted = Wanted::with_digits(12..=u32::MAX);

fn number(text: &str, number: &Number, hits: &mut Hits) {
    let bytes = text.as_bytes();
    for range in number.parts(bytes, b" -", 24) {
        if !(13..=23).contains(&range.len()) || !is_alone(bytes, &range) {
            continue;
        }
        let written = slice(bytes, range.clone());
        let number = digits(written);
        let grouped = written.len() > number.len();
        if (12..=19).contains(&number.len()) && luhn(&number) && well_grouped(written) {
            let named = || CARDS.are_before(bytes, range.start, 16);
            if !is_issued(&number, grouped) && !(is_rarely_issued(&number) && (grouped || named())) {
                continue;
            }
            let counted = !grouped && COUNTED.are_before(bytes, range.start, 16);
            if !counted {
                let sure = grouped || named();
                let confidence = if sure { Confidence::Certain } else { Confidence::Likely };
                hits.add_sure(PiiKind::CreditCard, range, confidence);
            }
        }
    }
}

/// Whether nothing touches it but the escape of a URL.
fn is_alone(bytes: &[u8], range: &Range<usize>) -> bool {
    stands_alone(bytes, range)
        || (escaped::ends_percent(bytes, range.start) && !super::bytes::is_word(super::bytes::at(bytes, range.end)))
}

/// Whether an issuer has numbers that begin so and are that long. Rare lengths must be written in groups.
fn is_issued(number: &[u32], grouped: bool) -> bool {
    let prefix = number.iter().take(6).fold(0, |sum, digit| sum * 10 + digit);
    let (two, three, four) = (prefix / 10_000, prefix / 1000, prefix / 100);
    match number.len() {
        16 => {
            prefix / 100_000 == 4
                || (51..=55).contains(&two)
                || (2221..=2720).contains(&four)
                || four == 6011
                || two == 65
                || two == 62
                || (644..=649).contains(&three)
                || (3528..=3589).contains(&four)
        }
        15 => two == 34 || two == 37,
        14 => two == 36 || two == 38 || (300..=305).contains(&three),
        13 | 19 => grouped && (prefix / 100_000 == 4 || two == 62),
        _ => false,
    }
}

/// Maestro, Mir, Troy and `RuPay`: their ranges are wide, so groups or a word beside the number are asked for.
fn is_rarely_issued(number: &[u32]) -> bool {
    let four = number.iter().take(4).fold(0, |sum, digit| sum * 10 + digit);
    matches!(four, 5018 | 5020 | 5038 | 5893 | 6304 | 6390 | 6759 | 6761..=6763 | 5600..=5899 | 2200..=2204 | 9792 | 8171 | 6521..=6522 | 6060..=6089)
}

static CARDS: Names = Names::new(&[
    "charge",
    "payment",
    "maestro",
    "visa",
    "card",
    "pan",
    "卡",
    "カード",
    "카드",
    "carte",
    "karte",
    "tarjeta",
    "de002",
    "f002",
    "cc",
]);

/// The magnetic stripe of a card: `%B4111111111111111^NAME^…`. Source: ISO/IEC 7813.
fn stripe(text: &str, start: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let first = start.end - 1;
    let end = super::bytes::run_end(bytes, first, 20, |byte| byte.is_ascii_digit());
    let number = digits(slice(bytes, first..end));
    if (12..=19).contains(&number.len()) && matches!(super::bytes::at(bytes, end), b'^' | b'=') && luhn(&number) {
        hits.add(PiiKind::CreditCard, first..end);
    }
}

/// Groups of a card have three to seven digits and one kind of separator.
fn well_grouped(written: &[u8]) -> bool {
    let mut separators = written.iter().filter(|byte| !byte.is_ascii_digit());
    let first = separators.next();
    let groups = written.split(|byte| !byte.is_ascii_digit());
    first.is_none()
        || (separators.all(|other| Some(other) == first)
            && groups.into_iter().all(|group| (3..=7).contains(&group.len())))
}

/// The check digit of ISO/IEC 7812-1.
pub(super) fn luhn(number: &[u32]) -> bool {
    let sum: u32 = number.iter().rev().enumerate().map(|(place, digit)| doubled(*digit, place % 2 == 1)).sum();
    sum.is_multiple_of(10) && sum > 0
}

const fn doubled(digit: u32, twice: bool) -> u32 {
    match (twice, digit) {
        (false, _) => digit,
        (true, 0..=4) => digit * 2,
        (true, _) => digit * 2 - 9,
    }
}
