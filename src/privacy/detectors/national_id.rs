//! National identity numbers whose check digits tell them from other numbers.
//!
//! Numbers without letters or punctuation of their own are only taken beside a word that names them.

use super::bytes::{at, before, digits, is_word, run_start, slice, stands_alone};
use super::credit_card::luhn;
use super::detector::{Anchor, Detector, Hits};
use super::names::Names;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::{Number, Shape};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "national id",
    confidence: Confidence::Certain,
    anchors: &[Anchor::Number(number), Anchor::Shape(Shape::DigitsCapital, lettered)],
    matches: &[
        "CPF «529.982.247-25»",
        "身份证«11010519491231002X»号",
        "PESEL: «44051401359»",
        "DNI «12345678Z»",
        "codice fiscale «RSSMRA85T10A562S»",
        "NINO «AB123456C»",
        "personnummer «811218-9876»",
        "aadhaar «2341 2341 2346»",
        "NHS number «943 476 5919»",
        "TFN: «123 456 782»",
        "PAN «AFZPK7190K»",
    ],
    clean: &[
        "529.982.247-26",
        "110105194912310021",
        "44051401359",
        "12345678A",
        "RSSMRA85T10A562T",
        "811218-9875",
        "2341 2341 2346",
    ],
};

fn number(text: &str, number: &Number, hits: &mut Hits) {
    // The usual time of a log line is a date and the hour.
    if number.digits < 9 || (number.digits <= 10 && number.begins_with_date()) {
        return;
    }
    let bytes = text.as_bytes();
    for range in number.parts(bytes, b" .-", 20) {
        numeric(bytes, range, hits);
    }
}

fn numeric(bytes: &[u8], range: Range<usize>, hits: &mut Hits) {
    if !(9..=20).contains(&range.len()) {
        return;
    }
    let written = slice(bytes, range.clone());
    let chinese = range.len() == 17 && matches!(at(bytes, range.end), b'X' | b'x');
    let range = if chinese { range.start..range.end + 1 } else { range };
    let count = written.iter().filter(|byte| byte.is_ascii_digit()).count();
    if !matches!(count, 9..=12 | 15 | 17 | 18) || !stands_alone(bytes, &range) {
        return;
    }
    let number = digits(written);
    let bare = number.len() == written.len();
    let punctuated = |shape: &[u8]| {
        written.len() == shape.len()
            && written.iter().zip(shape).all(|(byte, place)| byte == place || (*place == b'0' && byte.is_ascii_digit()))
    };
    let found = (punctuated(b"000.000.000-00") && is_cpf(&number))
        || (bare && (chinese || number.len() == 18) && is_chinese(&number, chinese))
        || (punctuated(b"000000-0000") && is_dated(&number) && luhn(&number) && is_named(bytes, range.start))
        || (number.len() == 11
            && (is_pesel(&number) || is_norwegian(&number) || is_cpf(&number))
            && is_named(bytes, range.start))
        || (number.len() == 9
            && is_tax_file(&number)
            && is_called(bytes, range.start, const { &Names::new(&["tfn", "tax file"]) }))
        || (number.len() == 10 && is_health(&number) && is_called(bytes, range.start, const { &Names::new(&["nhs"]) }))
        || (number.len() == 12 && verhoeff(&number) && is_named(bytes, range.start))
        || (number.len() == 15 && is_french(&number) && is_named(bytes, range.start));
    if found {
        hits.add(PiiKind::NationalId, range);
    }
}

/// Whether a word before it names such a number.
fn is_named(bytes: &[u8], start: usize) -> bool {
    const NAMES: Names = Names::new(&[
        "cpf",
        "pesel",
        "personnummer",
        "fødselsnummer",
        "fodselsnummer",
        "aadhaar",
        "aadhar",
        "national id",
        "national_id",
        "nationalid",
        "nir ",
        "insee",
        "sécurité sociale",
        "securite sociale",
        "identity",
        "personal id",
        "tax id",
        "身份证",
        "id number",
        "cpr",
        "henkilötunnus",
        "fnr",
    ]);
    NAMES.are_before(bytes, start, 40)
}

fn is_called(bytes: &[u8], start: usize, names: &Names) -> bool {
    names.are_before(bytes, start, 32)
}

/// An Australian tax file number.
fn is_tax_file(number: &[u32]) -> bool {
    weighted(number, &[1, 4, 3, 7, 5, 8, 6, 9, 10]).is_multiple_of(11)
}

/// A number of the British health service.
fn is_health(number: &[u32]) -> bool {
    is(number, 9, (11 - weighted(number, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11)
}

/// An Indian tax number: the fourth letter tells the holder's sort. It has no public check digit, so it must be named.
fn is_indian_tax(word: &[u8]) -> bool {
    let shape = word
        .iter()
        .zip(b"AAAAA0000A")
        .all(|(byte, place)| if *place == b'0' { byte.is_ascii_digit() } else { byte.is_ascii_uppercase() });
    shape && word.get(3).is_some_and(|letter| b"ABCFGHLJPTK".contains(letter))
}

fn weighted(number: &[u32], weights: &[u32]) -> u32 {
    number.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn is(number: &[u32], place: usize, expected: u32) -> bool {
    number.get(place) == Some(&expected)
}

fn is_cpf(number: &[u32]) -> bool {
    let check = |weights: &[u32]| match weighted(number, weights) * 10 % 11 {
        10 => 0,
        digit => digit,
    };
    let uniform = number.iter().all(|digit| number.first() == Some(digit));
    number.len() == 11
        && !uniform
        && is(number, 9, check(&[10, 9, 8, 7, 6, 5, 4, 3, 2]))
        && is(number, 10, check(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))
}

/// GB 11643: a region, a date of birth, and a remainder by 11.
fn is_chinese(number: &[u32], ends_in_x: bool) -> bool {
    let sum = weighted(number, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    let check = (12 - sum % 11) % 11;
    let value =
        |from: usize, to: usize| number.get(from..to).unwrap_or_default().iter().fold(0, |sum, digit| sum * 10 + digit);
    let dated =
        (1900..2100).contains(&value(6, 10)) && (1..=12).contains(&value(10, 12)) && (1..=31).contains(&value(12, 14));
    dated && (11..=82).contains(&value(0, 2)) && if ends_in_x { check == 10 } else { is(number, 17, check) }
}

fn is_dated(number: &[u32]) -> bool {
    let value =
        |from: usize, to: usize| number.get(from..to).unwrap_or_default().iter().fold(0, |sum, digit| sum * 10 + digit);
    (1..=12).contains(&value(2, 4)) && (1..=91).contains(&value(4, 6))
}

fn is_pesel(number: &[u32]) -> bool {
    is(number, 10, (10 - weighted(number, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10)
}

fn is_norwegian(number: &[u32]) -> bool {
    let check = |weights: &[u32]| (11 - weighted(number, weights) % 11) % 11;
    is(number, 9, check(&[3, 7, 6, 1, 8, 9, 4, 5, 2])) && is(number, 10, check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]))
}

fn is_french(number: &[u32]) -> bool {
    let value = |from: usize, to: usize| {
        number.get(from..to).unwrap_or_default().iter().fold(0_u64, |sum, digit| sum * 10 + u64::from(*digit))
    };
    matches!(number.first(), Some(1 | 2)) && 97 - value(0, 13) % 97 == value(13, 15)
}

/// The check of Aadhaar numbers: multiplication in the dihedral group of order ten.
fn verhoeff(number: &[u32]) -> bool {
    const PERMUTED: [[u32; 10]; 8] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
        [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
        [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
        [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
        [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
        [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
        [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
        [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
    ];
    let product = |a: u32, b: u32| match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => 5 + (a + b - 5) % 5,
        (false, true) => 5 + (a - 5 + 5 - b) % 5,
        (false, false) => (a + 5 - b) % 5,
    };
    let places = number.iter().rev().zip(PERMUTED.iter().cycle());
    let permuted = places.filter_map(|(digit, row)| row.get(usize::try_from(*digit).ok()?).copied());
    matches!(number.first(), Some(2..=9)) && permuted.fold(0, product) == 0
}

/// Numbers with letters of their own: DNI and NIE, codice fiscale, national insurance. Found at their last letter.
fn lettered(text: &str, last: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = last.end;
    let start = run_start(bytes, end, 17, is_word);
    let word = slice(bytes, start..end);
    let apart = before(bytes, start) != b'-' && at(bytes, end) != b'-';
    let found = match word.len() {
        9 => (is_spanish(word) && apart) || (is_insurance(word) && is_insured(bytes, start)),
        10 => is_indian_tax(word) && is_called(bytes, start, const { &Names::new(&["pan", "income tax"]) }),
        16 => is_italian(word),
        _ => false,
    };
    if found {
        hits.add(PiiKind::NationalId, start..end);
    }
}

/// Eight digits, or `X`, `Y`, `Z` and seven, and the letter of the remainder by 23.
fn is_spanish(word: &[u8]) -> bool {
    let Some((letter, number)) = word.split_last() else { return false };
    let value = number.iter().enumerate().try_fold(0_usize, |sum, (place, byte)| match (place, byte) {
        (_, b'0'..=b'9') => Some(sum * 10 + usize::from(byte - b'0')),
        (0, b'X'..=b'Z') => Some(usize::from(byte - b'X')),
        _ => None,
    });
    value.is_some_and(|value| b"TRWAGMYFPDXBNJZSQVHLCKE".get(value % 23) == Some(letter))
}

/// Two letters, six digits, A to D: named beside it, for it has no check digit.
fn is_insurance(word: &[u8]) -> bool {
    let shape = |range: Range<usize>, holds: fn(&u8) -> bool| slice(word, range).iter().all(holds);
    shape(0..2, u8::is_ascii_uppercase) && shape(2..8, u8::is_ascii_digit) && matches!(word.last(), Some(b'A'..=b'D'))
}

fn is_insured(bytes: &[u8], start: usize) -> bool {
    const NAMES: Names = Names::new(&["nino", "insurance", "ni number"]);
    NAMES.are_before(bytes, start, 40)
}

/// Six letters, a date, a place, and the check letter of the sixteen.
fn is_italian(word: &[u8]) -> bool {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let shape = b"AAAAAA00A00A000A";
    let shaped = word
        .iter()
        .zip(shape)
        .all(|(byte, place)| if *place == b'0' { byte.is_ascii_digit() } else { byte.is_ascii_uppercase() });
    let rank = |byte: u8| u32::from(if byte.is_ascii_digit() { byte - b'0' } else { byte.saturating_sub(b'A') });
    let odd = |byte: u8| usize::try_from(rank(byte)).ok().and_then(|rank| ODD.get(rank)).copied().unwrap_or(0);
    let sum: u32 = word
        .iter()
        .take(15)
        .enumerate()
        .map(|(place, byte)| if place % 2 == 0 { odd(*byte) } else { rank(*byte) })
        .sum();
    shaped && word.last().map(|byte| rank(*byte)) == Some(sum % 26)
}
