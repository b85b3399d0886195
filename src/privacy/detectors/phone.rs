//! Phone numbers: E.164 after a plus, North American with separators, others beside a word such as "phone".
//!
//! Source: ITU-T E.164, the North American numbering plan.

use super::bytes::{at, before, digits, is_word, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::names::Names;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::{Number, Shape, Wanted};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "phone",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Shape(Shape::PlusNumber, international),
        Anchor::Shape(Shape::OpenNumber, area_code),
        Anchor::Number(Wanted::with_digits(7..=u32::MAX), number),
    ],
    matches: &[
        "call «+1 415 555 0132» now",
        "tel:«+49-30-1234567»",
        "ring «+44 (0)20 7946 0958».",
        "or «(415) 555-0132» after six",
        "or «415-555-0132» after six",
        "电话«+8613800138000»联系",
        "Tel. «030 1234567»",
        "mobile: «0171 2345678»",
        "desk «415-555-0132 x4411» or «+1 312 555 0101 ext. 12»",
        "fax «(02) 9555 0123»",
    ],
    clean: &[
        "2024-05-01T10:00:00+02:00",
        "+0200 +1234 +00:00",
        "phone subsystem restarted 3 times in 24.0.1 hours",
        "SKU 12-3894-127",
        "1699999999",
        "call stack depth 12-3456-7890",
        "10.20.30.40",
        "115-055-0132",
        "550e8400-e29b-41d4-a716-446655440000",
        "a+14155550132",
        "1415-555-01321",
        "call 2024-05-01 10:00:00",
        "snapshot 1.2~git +20220123085548",
    ],
};

fn number(text: &str, number: &Number, hits: &mut Hits) {
    let bytes = text.as_bytes();
    // Only the North American plan has numbers that need no word beside them; they may begin in parentheses.
    if number.has_groups(&[3, 4]) || before(bytes, number.range.start) == b'(' {
        for range in number.parts(bytes, b"-.", 20) {
            national(bytes, range, false, hits);
        }
    }
    // Most numbers of a log are its dates and counters. What is short is one part, and as a whole local or not.
    let opened = before(bytes, number.range.start) == b'(';
    if number.range.len() <= 20 && !opened && !number.has_groups(&[3, 4]) {
        let is_local = (7..=13).contains(&number.digits) && !number.begins_with_date() && !number.has_groups(&[1]);
        if is_local && !is_touched(bytes, &number.range) && is_named(bytes, number.range.start) {
            add(bytes, number.range.clone(), hits);
        }
        return;
    }
    if number.range.len() <= 20 && (number.digits > 13 || number.begins_with_date()) && !number.has_groups(&[3, 4]) {
        return;
    }
    for range in number.parts(bytes, b" -./", 20) {
        national(bytes, range, true, hits);
    }
}

/// A few digits in parentheses, before the rest of the number.
fn area_code(text: &str, open: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let area = Number::at(bytes, open.end);
    if area.digits < 7 && at(bytes, area.range.end) == b')' {
        number(text, &area, hits);
    }
}

fn is_phone_byte(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/')
}

fn international(text: &str, plus: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let plus = plus.start;
    if is_word(before(bytes, plus)) || !matches!(at(bytes, plus + 1), b'1'..=b'9') {
        return;
    }
    let mut end = plus + 1;
    let mut count = 0;
    for index in plus + 1..run_end(bytes, plus + 1, 26, is_phone_byte) {
        let separators_run = index > end
            && !matches!(at(bytes, index), b'(' | b')')
            && index - end >= 2
            && !at(bytes, index).is_ascii_digit();
        if count == 15 || separators_run {
            break;
        }
        if at(bytes, index).is_ascii_digit() {
            count += 1;
            end = index + 1;
        }
    }
    let number = slice(bytes, plus + 1..end);
    // `git+20220123085548`: a date and a time.
    let dated = count == 14 && (number.starts_with(b"20") || number.starts_with(b"19"));
    let enough = !dated
        && match number.first() {
            Some(b'1' | b'7') => count == 11,
            _ => count >= 9,
        };
    if enough && !is_word(at(bytes, end)) && !digits(number).iter().all(|digit| *digit == 0) {
        hits.add(PiiKind::Phone, plus..with_extension(bytes, end));
    }
}

/// Beside a word that names it, a number may have any shape.
fn national(bytes: &[u8], range: Range<usize>, any_shape: bool, hits: &mut Hits) {
    let opened = before(bytes, range.start) == b'(' && at(bytes, range.end) == b')';
    let range = if opened { with_area_code(bytes, &range) } else { range };
    if is_touched(bytes, &range) {
        return;
    }
    let written = slice(bytes, range.clone());
    let named = || is_named(bytes, range.start);
    if is_north_american(written) || (any_shape && is_local(written) && named()) {
        add(bytes, range, hits);
    }
}

/// Whether something touches a number that makes it a part of something else.
fn is_touched(bytes: &[u8], range: &Range<usize>) -> bool {
    let edge = |byte: u8| is_word(byte) || matches!(byte, b'.' | b'-' | b'+' | b'/');
    let sentence = at(bytes, range.end) == b'.' && !is_word(at(bytes, range.end + 1));
    (edge(before(bytes, range.start)) && !ends_word(bytes, range.start)) || (edge(at(bytes, range.end)) && !sentence)
}

/// `(02) 9555 0123`: an area code in parentheses before a number belongs to it.
fn add(bytes: &[u8], range: Range<usize>, hits: &mut Hits) {
    let start = area_start(bytes, range.start);
    hits.add(PiiKind::Phone, start..with_extension(bytes, range.end));
}

/// How many of these are verbs.
const VERB_COUNT: usize = 7;

/// Words that say that a number to call follows, the verbs first.
const WORDS: &[&str] = &[
    "call",
    "ring",
    "dial",
    "cell",
    "sms",
    "me on",
    "me at",
    "phone",
    "tel.",
    "tel:",
    "tel=",
    "telef",
    "tel ",
    "mobile",
    "mobil",
    "fax",
    "hotline",
    "pager",
    "whatsapp",
    "téléphone",
    "电话",
    "手机",
    "電話",
    "전화",
    "телефон",
    "msisdn",
    "callback",
    "contact",
    "rückruf",
    "handy",
    "cellular",
    "celular",
    "móvil",
    "puhelin",
    "gsm",
    "ph.",
    "ph:",
    "on-call",
    "oncall",
    "caller",
    "desk",
    "sms",
    "тел.",
    "携帯",
    "휴대폰",
];

/// Whether a word before it says that a number to call follows; of verbs, only right before it.
fn is_named(bytes: &[u8], start: usize) -> bool {
    static ANY: Names = Names::new(WORDS);
    static VERBS: Names = Names::new(WORDS.split_at(VERB_COUNT).0);
    static NOUNS: Names = Names::new(WORDS.split_at(VERB_COUNT).1);
    // Before most numbers none of them begins.
    if !ANY.may_stand_before(bytes, start, 24) {
        return false;
    }
    let verb_end = run_start(bytes, start, 16, |byte| matches!(byte, b' ' | b'\t'));
    let verb_end = if before(bytes, verb_end) == b':' { verb_end - 1 } else { verb_end };
    NOUNS.are_before(bytes, start, 24) || VERBS.are_before(bytes, verb_end, 6)
}

/// `Tel.030…`: the full stop belongs to the word before.
fn ends_word(bytes: &[u8], start: usize) -> bool {
    before(bytes, start) == b'.' && before(bytes, start - 1).is_ascii_alphabetic()
}

/// Where an area code in parentheses begins that stands right before.
fn area_start(bytes: &[u8], start: usize) -> usize {
    let close = run_start(bytes, start, 1, |byte| byte == b' ');
    if before(bytes, close) != b')' {
        return start;
    }
    let digits = run_start(bytes, close - 1, 5, |byte| byte.is_ascii_digit());
    if digits < close - 1 && before(bytes, digits) == b'(' { digits - 1 } else { start }
}

/// `x4411`, `ext. 77`, `;ext=12` behind a number.
fn with_extension(bytes: &[u8], end: usize) -> usize {
    let gap = run_end(bytes, end, 2, |byte| matches!(byte, b' ' | b',' | b';'));
    let word = run_end(bytes, gap, 9, |byte| byte.is_ascii_alphabetic());
    let named = [&b"x"[..], b"ext", b"extn", b"extension", b"durchwahl", b"dw", b"poste", b"ramal"];
    if !named.iter().any(|one| one.eq_ignore_ascii_case(slice(bytes, gap..word))) {
        return end;
    }
    let start = run_end(bytes, word, 3, |byte| matches!(byte, b'.' | b' ' | b':' | b'='));
    let last = run_end(bytes, start, 6, |byte| byte.is_ascii_digit());
    if (1..=6).contains(&(last - start)) && !is_word(at(bytes, last)) { last } else { end }
}

/// `(415) 555-0132`, when the digits in brackets are followed by the rest.
fn with_area_code(bytes: &[u8], area: &Range<usize>) -> Range<usize> {
    let gap = run_end(bytes, area.end + 1, 1, |byte| matches!(byte, b' ' | b'-'));
    let end = run_end(bytes, gap, 12, |byte| byte.is_ascii_digit() || matches!(byte, b'-' | b' ' | b'.'));
    let end = end - slice(bytes, gap..end).iter().rev().take_while(|byte| !byte.is_ascii_digit()).count();
    if end > gap { area.start - 1..end } else { area.clone() }
}

/// Three, three and four digits, `2` to `9` first in the first two groups; one kind of separator but after brackets.
fn is_north_american(written: &[u8]) -> bool {
    let bracketed = written.first() == Some(&b'(');
    let mut groups = written.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).peekable();
    groups.next_if_eq(&&b"1"[..]);
    let (Some(area), Some(exchange), Some(line), None) = (groups.next(), groups.next(), groups.next(), groups.next())
    else {
        return false;
    };
    let first_ok = |group: &[u8]| matches!(group.first(), Some(b'2'..=b'9'));
    let mut separators = written.iter().filter(|byte| !byte.is_ascii_digit());
    let first = separators.next();
    let even = bracketed || (first != Some(&b'/') && separators.all(|other| Some(other) == first));
    area.len() == 3
        && exchange.len() == 3
        && line.len() == 4
        && first_ok(area)
        && first_ok(exchange)
        && even
        && (bracketed || first != Some(&b' '))
}

/// Seven to thirteen digits that are no date and no decimal.
fn is_local(written: &[u8]) -> bool {
    let count = written.iter().filter(|byte| byte.is_ascii_digit()).count();
    let groups = || written.split(|byte| !byte.is_ascii_digit()).map(<[u8]>::len);
    let mut first = groups();
    let date =
        matches!((first.next(), first.next(), first.next()), (Some(4), Some(2), Some(2)) | (Some(2), Some(2), Some(4)));
    (7..=13).contains(&count) && !date && groups().all(|group| group >= 2)
}
