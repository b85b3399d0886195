//! Telephone numbers behind a word or in an address that leaves no doubt: `Mobile: 0475 …`, `sip:…@`, `PJSIP/…@`.
//!
//! Here the number may be grouped as its country does. Sources: RFC 3261, the dial strings of Asterisk and of
//! `FreeSWITCH`, the fields of call records of Asterisk, `FreeSWITCH` and Cisco.

use super::bytes::{at, before, holds, is_word, line_before, mentions, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::escaped;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::{Number, Wanted};
use memchr::memchr_iter;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "labelled phone",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::End(LABELS, labelled),
        Anchor::End(FIELDS, field),
        Anchor::Begin(&["number: ", "number is ", "number is: ", "nummer "], spoken),
        Anchor::Begin(CALLS, called),
        Anchor::Number(Wanted::with_digits(8..=16), dialled),
    ],
    matches: &[
        "Mobile: «0470 12 34 56»",
        "portable : «0033 6 12 34 56 78»",
        "GSM: «0470/12.34.56», tlf «22 12 34 56»",
        "座机:«(0755)23456789»",
        "To: <sip:«4930123456789»@sip.acme.io>",
        "sofia/external/«4930123456789»@10.0.0.5 Hangup",
        "app_dial.c: Called PJSIP/«004930123456»@trunk",
        "Dial(SIP/trunk/«12125550123»,30)",
        "Executing [«4930123456789»@from-internal:1] Dial(",
        r#"{"caller_id_number":"«12125550123»","destination_number":"«4930123456789»"}"#,
        "ANI=«2125550123» DNIS=«2125550199»",
        "From=%2B«14155550123»&To=%2B«4930123456789»",
        "https://wa.me/«447700900123»",
        "her number: «087 123 4567», unter der Nummer «0171 1234567»",
        "Kundin hat angerufen («06221 123456»); she is calling from «020-1234567»",
        r#""","«2125550123»","«2125550199»","internal","""Ann"" <«2125550123»>","SIP/t-01","#,
        "she called, number is «0722 123456»",
    ],
    clean: &[
        "phone 7 of 12 is down; mobile: 2024-05-01 10:00",
        "tel: 10.20.30.40 mobile 1.2.3.4",
        "cell 12 34 56 78 90 of the table, fax 12345 67890",
        "order number: 087 123 4567, serial number is 0722 123456",
        "mobile: 3 devices, gsm: 900 1800 MHz",
        "disk/1234567890@snap sip:alice@acme",
        "id%3D1234567890 total%2B1",
        "ani=12 automobile: 0470 12 34 56 78 90 12 34",
        "number of rows: 12345678, Nummer 12345678",
        r#""a","2125550123","b","c" <1234567> called from 10.20.30.40"#,
        "GSM 07.10 and 3GPP TS 27.005, fax 12",
    ],
};

/// What stands before a number to call, in several languages.
const LABELS: &[&str] = &[
    "mobile",
    "mob",
    "mobil",
    "mobiel",
    "mobilnr",
    "handy",
    "gsm",
    "cell",
    "cellphone",
    "cellular",
    "celular",
    "móvil",
    "movil",
    "cellulare",
    "portable",
    "tel",
    "tél",
    "tlf",
    "telefon",
    "telefoon",
    "telefono",
    "teléfono",
    "telefone",
    "telephone",
    "téléphone",
    "phone",
    "puh",
    "puhelin",
    "rufnummer",
    "telefonnummer",
    "handynummer",
    "mobilnummer",
    "faxnummer",
    "telefoonnummer",
    "puhelinnumero",
    "fax",
    "telefax",
    "angerufen",
    "landline",
    "座机",
    "座機",
    "手机",
    "手機",
    "电话",
    "電話",
    "携帯",
    "전화",
    "휴대폰",
    "телефон",
    "тел",
    "msisdn",
    "whatsapp",
];

/// What says that somebody called, right before the number.
const CALLS: &[&str] =
    &["called from ", "calling from ", "chiamato dal ", "belde vanaf ", "abonnent nr. ", "llamó desde "];

/// Fields of call records.
const FIELDS: &[&str] = &[
    "caller_id_number",
    "caller_id_num",
    "callerid",
    "callerid_num",
    "calleridnum",
    "caller_number",
    "cid_num",
    "destination_number",
    "callee_id_number",
    "dialed_number",
    "dialled_number",
    "called_number",
    "calling_number",
    "callingpartynumber",
    "originalcalledpartynumber",
    "finalcalledpartynumber",
    "calledpartynumber",
    "lastredirectdn",
    "ani",
    "dnis",
    "dnid",
    "connectedlinenum",
    "cli",
    "clid",
];

/// A label, signs, and a number in groups of any size.
fn labelled(text: &str, label: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if is_word(before(bytes, label.start)) && at(bytes, label.start).is_ascii() {
        return;
    }
    let start = after_label(bytes, label.end);
    // Behind a blank alone it begins as numbers within a country do.
    let signed = slice(bytes, label.end..start).iter().any(|byte| matches!(byte, b':' | b'=' | b'.'))
        || matches!(at(bytes, start), b'0' | b'(')
        || slice(bytes, label.clone()).eq_ignore_ascii_case(b"tlf");
    if (start > label.end && signed) || !at(bytes, label.start).is_ascii() {
        grouped(bytes, start, hits);
    }
}

/// After the signs and the short word behind a label: `tel.nr. `, `portable : `, `mobile no: `.
fn after_label(bytes: &[u8], end: usize) -> usize {
    let gap = |start: usize| {
        run_end(bytes, start, 4, |byte| matches!(byte, b' ' | b'\t' | b':' | b'.' | b'=' | b'"' | b'\'' | b'#'))
    };
    let colon = |start: usize| if slice(bytes, start..start + 3) == "：".as_bytes() { start + 3 } else { start };
    let start = colon(gap(end));
    let word = run_end(bytes, start, 7, |byte| byte.is_ascii_alphabetic());
    let filler = [&b"no"[..], b"nr", b"number", b"nummer", b"num", b"is"];
    let known = word > start && filler.iter().any(|one| one.eq_ignore_ascii_case(slice(bytes, start..word)));
    if known { gap(word) } else { start }
}

/// A number of seven to fifteen digits in groups; one without groups is left to who asks for less than a label.
fn grouped(bytes: &[u8], start: usize, hits: &mut Hits) {
    let Some((end, count)) = number_end(bytes, start) else { return };
    // The parenthesis of a remark belongs to it.
    let remark = at(bytes, start) == b'(' && !slice(bytes, start..end).contains(&b')');
    let start = if remark { start + 1 } else { start };
    let written = slice(bytes, start..end);
    let abroad = written.starts_with(b"00");
    let national = matches!(written.first(), Some(b'0' | b'('));
    let groups = || written.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty());
    let enough = if national { (9..=15).contains(&count) } else { (8..=12).contains(&count) };
    let even = abroad || groups().all(|group| group.len() >= 2);
    let several = groups().count() > 1 || national;
    let date =
        matches!(written, [b'1', b'9', ..] | [b'2', b'0', ..]) && groups().next().is_some_and(|year| year.len() == 4);
    if enough && even && several && !date && !is_dotted(written) {
        hits.add(PiiKind::Phone, start..end);
    }
}

/// Four groups of at most three digits with dots between them are an address or a version.
fn is_dotted(written: &[u8]) -> bool {
    let dots = memchr_iter(b'.', written).count();
    dots == written.iter().filter(|byte| !byte.is_ascii_digit()).count()
        && (dots == 1 || dots == 3 && written.split(|byte| *byte == b'.').all(|group| group.len() <= 3))
}

/// Where a number ends whose groups single signs part, and how many digits it has. `None` when more follows that makes
/// it something else.
fn number_end(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
    let (mut end, mut count, mut signs) = (start, 0, 0);
    for index in start..start + 26 {
        let byte = at(bytes, index);
        if byte.is_ascii_digit() {
            (end, count, signs) = (index + 1, count + 1, 0);
        } else if matches!(byte, b' ' | b'-' | b'.' | b'/' | b'(' | b')') && (index > start || byte == b'(') {
            signs += 1;
            if signs > 2 || (signs == 2 && !matches!(byte, b'(' | b' ')) {
                break;
            }
        } else {
            break;
        }
    }
    let next = at(bytes, end);
    let goes_on = is_word(next)
        || (matches!(next, b':' | b',' | b'-' | b'.' | b'/') && at(bytes, end + 1).is_ascii_digit())
        || matches!(next, b'%' | b'@');
    (count > 0 && !goes_on && end < start + 26).then_some((end, count))
}

/// `caller_id_number=12125550123`, `"ANI": "2125550123"`.
fn field(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let quote = run_end(bytes, name.end, 2, |byte| matches!(byte, b'"' | b'\''));
    let sign = run_end(bytes, quote, 3, |byte| matches!(byte, b' ' | b'=' | b':'));
    let start = run_end(bytes, sign, 1, |byte| matches!(byte, b'"' | b'\''));
    let end = run_end(bytes, start, 16, |byte| byte.is_ascii_digit());
    let assigned = sign > quote && matches!(at(bytes, quote), b'=' | b':' | b' ');
    if assigned && !is_word(before(bytes, name.start)) && (7..=15).contains(&(end - start)) && !is_word(at(bytes, end))
    {
        hits.add(PiiKind::Phone, start..end);
    }
}

/// `she is calling from 020-…`
fn called(text: &str, words: Range<usize>, hits: &mut Hits) {
    grouped(text.as_bytes(), words.end, hits);
}

/// `her number: 087 …`, `unter der Nummer 0171 …`, `she called, number is 0722 …`.
fn spoken(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = word.end;
    if !matches!(at(bytes, start), b'0' | b'(') || is_word(before(bytes, word.start)) {
        return;
    }
    let end = run_start(bytes, word.start, 1, |byte| byte == b' ');
    let owner = slice(bytes, run_start(bytes, end, 12, |byte| byte.is_ascii_alphabetic())..end);
    let owners = [
        &b"her"[..],
        b"his",
        b"their",
        b"phone",
        b"contact",
        b"callback",
        b"mobile",
        b"cell",
        b"direct",
        b"home",
        b"der",
    ];
    let is_theirs = owners.iter().any(|one| one.eq_ignore_ascii_case(owner));
    let line = line_before(bytes, word.start, 60);
    let called = || ["called", "rang ", "call back", "ring back", "reach "].iter().any(|said| mentions(line, said));
    if is_theirs || (owner.is_empty() && called()) {
        grouped(bytes, start, hits);
    }
}

/// Numbers that a telephone system dials, and those of addresses.
fn dialled(text: &str, number: &Number, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = number.range.start;
    let known = match before(bytes, start) {
        b':' => is_sip(slice(bytes, start.saturating_sub(4)..start - 1)),
        b'[' => slice(bytes, start.saturating_sub(11)..start) == b"Executing [",
        b'/' => is_channel(bytes, start) || is_chat(slice(bytes, start.saturating_sub(6)..start)),
        b'<' => slice(bytes, start.saturating_sub(3)..start) == b"\" <" && at(bytes, number.range.end) == b'>',
        b'"' => is_call_record(bytes, number.range.end),
        b'B' | b'b' => slice(bytes, start.saturating_sub(3)..start - 1) == b"%2" || escaped_plus(bytes, start),
        _ => return,
    };
    let end = run_end(bytes, start, 17, |byte| byte.is_ascii_digit());
    let follows = at(bytes, end);
    let whole = !is_word(follows) && (follows != b'.' || !at(bytes, end + 1).is_ascii_digit());
    if known && whole && (8..=16).contains(&(end - start)) {
        hits.add(PiiKind::Phone, start..end);
    }
}

/// Who calls and who is called, before the channel in a row of Asterisk's `Master.csv`.
fn is_call_record(bytes: &[u8], end: usize) -> bool {
    let line = slice(bytes, end..run_end(bytes, end, 160, |byte| byte != b'\n'));
    line.starts_with(b"\",\"")
        && [",\"SIP/", ",\"PJSIP/", ",\"DAHDI/", ",\"IAX2/", ",\"Local/"].iter().any(|channel| holds(line, channel))
}

/// `sip:`, `sips:`
fn is_sip(scheme: &[u8]) -> bool {
    scheme.eq_ignore_ascii_case(b"sip") || scheme.eq_ignore_ascii_case(b"ips")
}

/// A plus that was encoded twice.
fn escaped_plus(bytes: &[u8], start: usize) -> bool {
    slice(bytes, start.saturating_sub(5)..start - 1) == b"%252" && escaped::ends_percent(bytes, start)
}

/// `PJSIP/…`, `sofia/gateway/carrier/…`: the channels of Asterisk and of `FreeSWITCH`.
fn is_channel(bytes: &[u8], start: usize) -> bool {
    const TECHNOLOGIES: [&[u8]; 6] = [b"PJSIP/", b"SIP/", b"IAX2/", b"DAHDI/", b"sofia/", b"Local/"];
    let channel = run_start(bytes, start, 64, |byte| is_word(byte) || matches!(byte, b'/' | b'-' | b'.'));
    TECHNOLOGIES.iter().any(|one| slice(bytes, channel..start).starts_with(one))
}

/// Links of `WhatsApp` hold the number alone. Source: its help pages about click to chat.
fn is_chat(site: &[u8]) -> bool {
    site == b"wa.me/"
}
