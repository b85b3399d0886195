//! International bank account numbers: the country's length and the check digits. Source: ISO 13616, its registry.

use super::bytes::{at, before, is_word, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::{Number, Shape, Wanted};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "iban",
    confidence: Confidence::Certain,
    anchors: &[
        Anchor::Shape(Shape::CapitalsDigits, number),
        Anchor::End(&["iban"], encoded),
        Anchor::Number(Wanted::with_digits(10..=u32::MAX), subfield),
    ],
    matches: &[
        "to «DE89370400440532013000» failed",
        "IBAN «GB82 WEST 1234 5698 7654 32».",
        "账号«FR1420041010050500013M02606»错误",
        "iban=«NL91ABNA0417164300»",
        "iban%3D«NL91ABNA0417164300»%26x=1",
        ":86:166?20RENT?31«DE89370400440532013000»?32ACME",
    ],
    clean: &[
        "DE89370400440532013001",
        "XX89370400440532013000",
        "DE8937040044053201300",
        "BE16 1234",
        "ADE89370400440532013000",
        "31DE89370400440532013000",
        "iban%3DNL91ABNA0417164301",
    ],
};

const LENGTHS: &[(&[u8; 2], usize)] = &[
    (b"AD", 24),
    (b"AE", 23),
    (b"AL", 28),
    (b"AT", 20),
    (b"AZ", 28),
    (b"BA", 20),
    (b"BE", 16),
    (b"BG", 22),
    (b"BH", 22),
    (b"BR", 29),
    (b"BY", 28),
    (b"CH", 21),
    (b"CR", 22),
    (b"CY", 28),
    (b"CZ", 24),
    (b"DE", 22),
    (b"DK", 18),
    (b"DO", 28),
    (b"EE", 20),
    (b"EG", 29),
    (b"ES", 24),
    (b"FI", 18),
    (b"FO", 18),
    (b"FR", 27),
    (b"GB", 22),
    (b"GE", 22),
    (b"GI", 23),
    (b"GL", 18),
    (b"GR", 27),
    (b"GT", 28),
    (b"HR", 21),
    (b"HU", 28),
    (b"IE", 22),
    (b"IL", 23),
    (b"IQ", 23),
    (b"IS", 26),
    (b"IT", 27),
    (b"JO", 30),
    (b"KW", 30),
    (b"KZ", 20),
    (b"LB", 28),
    (b"LC", 32),
    (b"LI", 21),
    (b"LT", 20),
    (b"LU", 20),
    (b"LV", 21),
    (b"MC", 27),
    (b"MD", 24),
    (b"ME", 22),
    (b"MK", 19),
    (b"MR", 27),
    (b"MT", 31),
    (b"MU", 30),
    (b"NL", 18),
    (b"NO", 15),
    (b"PK", 24),
    (b"PL", 28),
    (b"PS", 29),
    (b"PT", 25),
    (b"QA", 29),
    (b"RO", 24),
    (b"RS", 22),
    (b"SA", 24),
    (b"SC", 31),
    (b"SE", 24),
    (b"SI", 19),
    (b"SK", 24),
    (b"SM", 27),
    (b"TN", 24),
    (b"TR", 26),
    (b"UA", 29),
    (b"VA", 22),
    (b"VG", 24),
    (b"XK", 20),
];

fn number(text: &str, place: Range<usize>, hits: &mut Hits) {
    if let Some(end) = number_end(text.as_bytes(), place.start) {
        hits.add(PiiKind::Iban, place.start..end);
        hits.skip_to(end);
    }
}

/// `iban%3D…`, as forms write it.
fn encoded(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if at(bytes, name.end) == b'%' {
        let start = escaped::begin_of(bytes, name.end + 1);
        number(text, start..start, hits);
    }
}

/// `?31DE…?32`: the account of who is on the other side, in the field 86 of MT940. Source: the DFÜ agreement of German
/// banks, appendix 3.
fn subfield(text: &str, digits: &Number, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if !before(bytes, digits.range.start).is_ascii_uppercase() {
        return;
    }
    let start = run_start(bytes, digits.range.start, 20, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if before(bytes, start) == b'?' && slice(bytes, start..start + 2) == b"31" {
        number(text, start + 2..start + 2, hits);
    }
}

/// The end of a valid number that begins here, in one piece or in groups of four.
fn number_end(bytes: &[u8], start: usize) -> Option<usize> {
    let country = slice(bytes, start..start + 2);
    let (_, length) = LENGTHS.iter().find(|(code, _)| code.as_slice() == country)?;
    let mut number = Vec::with_capacity(*length);
    let mut index = start;
    while number.len() < *length {
        let byte = at(bytes, index);
        if byte.is_ascii_uppercase() || byte.is_ascii_digit() {
            number.push(byte);
        } else if byte != b' ' || number.len() % 4 != 0 {
            return None;
        }
        index += 1;
    }
    (!is_word(at(bytes, index)) && checks(&number)).then_some(index)
}

/// The remainder by 97 of the number with its first four characters moved to the end and letters as 10 to 35 is 1.
fn checks(number: &[u8]) -> bool {
    let rearranged = number.iter().skip(4).chain(number.iter().take(4));
    let remainder = rearranged.fold(0_u32, |sum, byte| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte - b'A') + 10) % 97,
    });
    remainder == 1
}
