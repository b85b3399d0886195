//! National identity numbers, and those of telephones: named beside them, or of a form that nothing else has.
//!
//! What a number without letters or punctuation of its own is, only a word before it can tell: `PESEL: 44051401359`.

use super::bytes::{at, before, is_word, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::national_check as check;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::{Seeded, in_lower_case};
use crate::privacy::sweep::{Number, Shape, Wanted};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "national id",
    confidence: Confidence::Certain,
    anchors: &[
        Anchor::End(&NAMES, named),
        Anchor::Number(WANTED, number),
        Anchor::Shape(Shape::DigitsCapital, lettered),
    ],
    matches: &[
        "CPF «529.982.247-25»",
        "«529.982.247-25»",
        "身份证«11010519491231002X»号",
        "PESEL: «44051401359»",
        "DNI «12345678Z»",
        "codice fiscale «RSSMRA85T10A562S»",
        "NINO «AB123456C»",
        "National Insurance number «AB 12 34 56 C»",
        "personnummer «811218-9876»",
        "aadhaar «2341 2341 2346»",
        "NHS number «943 476 5919»",
        "TFN: «123 456 782»",
        "PAN «AFZPK7190K»",
        "cnpj=«11.222.333/0001-81»",
        "{\"bsn\":\"«111222333»\"}",
        "Steuer-ID «86 095 742 719»",
        "T.C. Kimlik No: «10000000146»",
        "NIR «2 55 08 14 168 025 38»",
        "AHV-Nr. «756.9217.0769.85»",
        "RUT «12.345.678-5»",
        "HETU: «131052-308T»",
        "NRIC=«S1234567D»",
        "PPSN «1234567T»",
        "IMEI «35-209900-176148-1»",
        "主民番号 マイナンバー «1234 5678 9018»",
        "CPR-nr. «010180-1234»",
        "주민등록번호 «880101-1234567»",
        "rodné číslo «736028/5163»",
        "personalNumber=«198112189876» bankid",
        "Medicare card number «2123 45670 1», Medicare: «2123456701»",
        "uinfin=«S1234567D»",
        "SVNR «1237 010180», Versichertennummer «1237010180»",
        "refused «85.07.30-033.28» twice",
        "Numéro national : «85.07.30-033.28»",
        "ID number «8001015009087»",
        "תעודת זהות «000000018»",
        "เลขประจำตัวประชาชน «1-1018-00207-01-5»",
        "sosiaaliturvatunnus «131052-308T»",
        "NIE del solicitante: «X1234567L».",
        "pid=«01010750160»",
    ],
    clean: &[
        "529.982.247-26",
        "110105194912310021",
        "44051401359",
        "12345678A",
        "RSSMRA85T10A562T",
        "811218-9875",
        "2341 2341 2346",
        "basin 130692544 resin",
        "cpf 12",
        "the pan is hot",
        "device 352099001761482",
        "sin 1234567",
        "pid=12345 pid=01010750161",
        "Medicare 2123 45671 1",
        "personalNumber=198112189875",
        "85.07.30-033.29",
        "ID number 8001015009086",
        "personnel of the nie X1234567A",
    ],
};

/// One country's number: how it is called, how it is written (`0` a digit, `A` a letter, `X` either), how it is checked.
struct Scheme {
    names: &'static [&'static str],
    patterns: &'static [&'static str],
    check: fn(&[u8]) -> bool,
}

const fn scheme(names: &'static [&'static str], patterns: &'static [&'static str], check: fn(&[u8]) -> bool) -> Scheme {
    Scheme { names, patterns, check }
}

const ELEVEN: &[&str] = &["00000000000"];

const SCHEMES: &[Scheme] = &[
    scheme(&["cpf"], &["000.000.000-00", "00000000000"], check::cpf),
    scheme(&["cnpj"], &["00.000.000/0000-00", "00000000000000"], check::cnpj),
    scheme(
        &["dni", "nie", "nif", "documento", "identidad"],
        &["00000000A", "00000000-A", "A0000000A", "A-0000000-A", "A-0000000A", "A0000000-A"],
        check::spanish,
    ),
    scheme(
        &["codice fiscale", "codice_fiscale", "codicefiscale", "fiscale", "cod. fiscale", "cf"],
        &["AAAAAA00A00A000A"],
        check::italian,
    ),
    scheme(&["pesel"], ELEVEN, check::polish),
    scheme(
        &["fødselsnummer", "fodselsnummer", "fnr", "personnummer"],
        &["00000000000", "000000 00000"],
        check::norwegian,
    ),
    scheme(&["pid"], ELEVEN, check::norwegian_born),
    scheme(&["medicare", "medicare card"], &["0000 00000 0", "0000000000", "0000-00000-0"], check::australian_health),
    scheme(
        &["svnr", "sv-nr", "sv-nummer", "sozialversicherungsnummer", "versichertennummer", "versicherungsnummer"],
        &["0000 000000", "0000000000", "0000/000000", "0000-000000"],
        check::austrian,
    ),
    scheme(&["תעודת זהות", "ת.ז.", "ת\"ז", "teudat zehut"], &["000000000", "00000000-0"], check::luhn),
    scheme(
        &["personnummer", "personnr", "pnr", "samordningsnummer", "personalnumber", "personal number"],
        &["000000-0000", "00000000-0000", "000000+0000", "000000000000", "0000000000"],
        check::swedish,
    ),
    scheme(&["bsn", "burgerservicenummer", "sofinummer"], &["000000000", "0000.00.000", "0000 00 000"], check::dutch),
    scheme(
        &["sin", "social insurance number", "social insurance", "nas"],
        &["000-000-000", "000 000 000", "000000000"],
        check::luhn,
    ),
    scheme(&["aadhaar", "aadhar", "uidai"], &["0000 0000 0000", "0000-0000-0000", "000000000000"], check::verhoeff),
    scheme(
        &["nino", "national insurance", "insurance number", "ni number", "ni no"],
        &["AA000000A", "AA 00 00 00 A", "AA-00-00-00-A", "AA 000000 A"],
        check::nothing,
    ),
    scheme(&["nhs"], &["000 000 0000", "000-000-0000", "0000000000"], check::british_health),
    scheme(&["tfn", "tax file"], &["000 000 000", "000000000", "000-000-000"], check::australian_tax),
    scheme(&["pan", "income tax"], &["AAAAA0000A"], check::indian_tax),
    scheme(&["cpr", "cpr-nr", "cprnr", "cpr-nummer"], &["000000-0000", "0000000000"], check::danish),
    scheme(
        &["hetu", "henkilötunnus", "henkilotunnus", "sosiaaliturvatunnus", "sotu"],
        &["000000-000X", "000000A000X", "000000+000X"],
        check::finnish,
    ),
    scheme(
        &["身份证", "身份證", "公民身份", "id card", "id_card", "idcard", "identity card"],
        &["000000000000000000", "00000000000000000A"],
        check::chinese,
    ),
    scheme(
        &["マイナンバー", "個人番号", "my number", "mynumber", "individual number"],
        &["0000 0000 0000", "0000-0000-0000", "000000000000"],
        check::japanese,
    ),
    scheme(
        &["주민등록번호", "주민번호", "rrn", "resident registration"],
        &["000000-0000000", "0000000000000"],
        check::korean,
    ),
    scheme(
        &["nir", "insee", "sécurité sociale", "securite sociale", "n° sécu", "numéro de sécu"],
        &["000000000000000", "0 00 00 00 000 000 00", "0 00 00 00 000 000 | 00"],
        check::french,
    ),
    scheme(
        &[
            "steuer-id",
            "steuerid",
            "steuer-identifikationsnummer",
            "steueridentifikationsnummer",
            "steuer-idnr",
            "idnr",
            "steuer id",
            "oib",
        ],
        &["00 000 000 000", "00000000000"],
        check::iso_11_10,
    ),
    scheme(
        &["ahv", "ahv-nr", "avs", "ahvn", "navs", "sozialversicherungsnummer", "ahv-nummer"],
        &["000.0000.0000.00", "0000000000000"],
        check::swiss,
    ),
    scheme(&["kimlik", "tckn", "tc no", "kimlik numarası"], ELEVEN, check::turkish),
    scheme(
        &[
            "rijksregister",
            "rijksregisternummer",
            "registre national",
            "insz",
            "niss",
            "nrn",
            "numéro national",
            "numero national",
        ],
        &["00.00.00-000.00", "00000000000", "000000-000-00", "000000-000.00"],
        check::belgian,
    ),
    scheme(&["isikukood", "asmens kodas", "personal code"], ELEVEN, check::baltic),
    scheme(&["rut", "run", "rol único"], &["00.000.000-X", "0.000.000-X", "00000000-X", "0000000-X"], check::chilean),
    scheme(&["cuit", "cuil"], &["00-00000000-0", "00000000000"], check::argentinian),
    scheme(&["nric", "fin", "uinfin"], &["A0000000A"], check::singaporean),
    scheme(&["cnp", "cod numeric personal"], &["0000000000000"], check::romanian),
    scheme(
        &["south african id", "sa id", "rsa id", "sa_id", "id number", "identity number", "id no"],
        &["0000000000000", "000000 0000 000", "000000 0000 00 0"],
        check::south_african,
    ),
    scheme(&["jmbg", "emšo", "emso"], &["0000000000000"], check::yugoslav),
    scheme(
        &["thai id", "บัตรประชาชน", "เลขประจำตัวประชาชน", "ประจำตัวประชาชน"],
        &["0000000000000", "0-0000-00000-00-0"],
        check::thai,
    ),
    scheme(
        &["rodné číslo", "rodne cislo", "rodné č", "birth number", "rodnécíslo"],
        &["000000/0000", "0000000000", "000000/000"],
        check::czech,
    ),
    scheme(&["egn", "егн"], &["0000000000"], check::bulgarian),
    scheme(&["curp"], &["AAAA000000AAAAAAX0"], check::mexican),
    scheme(&["pps", "ppsn", "pps no"], &["0000000A", "0000000AA"], check::irish),
    scheme(&["身分證", "統一編號"], &["A000000000"], check::taiwanese),
    scheme(&["nif", "contribuinte"], &["000000000", "000 000 000"], check::portuguese),
    scheme(
        &["imei", "meid", "device", "handset"],
        &["000000000000000", "00-000000-000000-0", "00 000000 000000 0"],
        check::imei,
    ),
    // A name that does not say which.
    scheme(
        &[
            "national id",
            "national_id",
            "nationalid",
            "identity number",
            "id number",
            "id_number",
            "tax id",
            "taxid",
            "personal id",
            "id-nummer",
            "ausweisnummer",
        ],
        &["000.000.000-00", "00000000A", "A0000000A", "AAAAAA00A00A000A", "00.000.000-X"],
        is_of_some_country,
    ),
    scheme(
        &[
            "national id",
            "national_id",
            "nationalid",
            "identity number",
            "id number",
            "id_number",
            "tax id",
            "personal id",
        ],
        ELEVEN,
        is_eleven_of_some_country,
    ),
];

fn is_of_some_country(id: &[u8]) -> bool {
    check::cpf(id) || check::spanish(id) || check::italian(id) || check::singaporean(id) || check::chilean(id)
}

fn is_eleven_of_some_country(id: &[u8]) -> bool {
    check::polish(id) || check::norwegian(id) || check::cpf(id) || check::iso_11_10(id) || check::turkish(id)
}

#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
const NAME_COUNT: usize = {
    let (mut count, mut index) = (0, 0);
    while index < SCHEMES.len() {
        count += SCHEMES[index].names.len();
        index += 1;
    }
    count
};

#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
const NAMES: [&str; NAME_COUNT] = {
    let mut names = [""; NAME_COUNT];
    let (mut index, mut next) = (0, 0);
    while index < SCHEMES.len() {
        let mut place = 0;
        while place < SCHEMES[index].names.len() {
            names[next] = SCHEMES[index].names[place];
            next += 1;
            place += 1;
        }
        index += 1;
    }
    names
};

/// For each name, in lower case, the numbers that are called so.
static BY_NAME: LazyLock<HashMap<String, Vec<&'static Scheme>, Seeded>> = LazyLock::new(|| {
    let mut by_name: HashMap<String, Vec<&'static Scheme>, Seeded> = HashMap::default();
    for scheme in SCHEMES {
        for name in scheme.names {
            by_name.entry(name.to_ascii_lowercase()).or_default().push(scheme);
        }
    }
    by_name
});

/// A name, and behind it perhaps the number.
fn named(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let said = part(text, name.clone());
    // Short names end many a word: `basin`, `certain`.
    if said.is_ascii() && before(bytes, name.start).is_ascii_alphabetic() {
        return;
    }
    let Some(start) = after_name(bytes, name.end) else { return };
    for scheme in in_lower_case(said, |said| BY_NAME.get(said)).into_iter().flatten().copied() {
        for pattern in scheme.patterns {
            if let Some(end) = matched(bytes, start, pattern.as_bytes())
                && (scheme.check)(&compact(slice(bytes, start..end)))
            {
                let unchecked = UNCHECKED.iter().any(|one| scheme.names.contains(one));
                let confidence = if unchecked { Confidence::Likely } else { Confidence::Certain };
                hits.add_sure(PiiKind::NationalId, start..end, confidence);
                return;
            }
        }
    }
}

/// Numbers without a check digit, by one of their names.
const UNCHECKED: &[&str] = &["nino", "cpr", "pan", "rrn"];

/// Where a number may begin: after signs, and after words such as `number`, `no.` or `is`.
fn after_name(bytes: &[u8], name_end: usize) -> Option<usize> {
    const FILLERS: [&[u8]; 17] = [
        b"number", b"no", b"nr", b"num", b"nummer", b"code", b"id", b"is", b"was", b"card", b"value", b"nro",
        b"numero", b"key", b"for", b"text", b"nie",
    ];
    let mut start = name_end;
    for _ in 0..3 {
        start = run_end(bytes, start, 12, |byte| !byte.is_ascii_alphanumeric() && byte != b'\n');
        let end = run_end(bytes, start, 8, |byte| byte.is_ascii_alphabetic());
        if at(bytes, start).is_ascii_digit()
            || !FILLERS.iter().any(|one| one.eq_ignore_ascii_case(slice(bytes, start..end)))
        {
            return at(bytes, start).is_ascii_alphanumeric().then_some(start);
        }
        start = end;
    }
    Some(run_end(bytes, start, 12, |byte| !byte.is_ascii_alphanumeric() && byte != b'\n'))
}

/// Where a text that begins here ends, if it is written so and nothing more belongs to it.
fn matched(bytes: &[u8], start: usize, pattern: &[u8]) -> Option<usize> {
    let written = bytes.get(start..start + pattern.len())?;
    let fits = written.iter().zip(pattern).all(|(byte, place)| match place {
        b'0' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_alphabetic(),
        b'X' => byte.is_ascii_alphanumeric(),
        sign => byte == sign,
    });
    let end = start + pattern.len();
    let goes_on =
        is_word(at(bytes, end)) || (matches!(at(bytes, end), b'-' | b'.') && at(bytes, end + 1).is_ascii_digit());
    (fits && !goes_on && !is_word(before(bytes, start))).then_some(end)
}

/// Letters and digits alone, letters as capitals.
fn compact(written: &[u8]) -> Vec<u8> {
    written.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).collect()
}

/// Forms that nothing else has, with check digits that one in a hundred or fewer pass by chance.
const UNNAMED: &[Scheme] = &[
    scheme(&[], &["000.000.000-00"], check::cpf),
    scheme(&[], &["00.000.000/0000-00"], check::cnpj),
    scheme(&[], &["000.0000.0000.00"], check::swiss),
    scheme(&[], &["00.00.00-000.00"], check::belgian),
    scheme(&[], &["000000000000000000", "00000000000000000A"], check::chinese),
    scheme(&[], &["000000-0000000"], check::korean_checked),
];

/// Of these counts of digits, only some are those of a number.
const WANTED: Wanted = Wanted::with_digits(11..=18);

fn number(text: &str, number: &Number, hits: &mut Hits) {
    if !matches!(number.digits, 11 | 13 | 14 | 17 | 18) {
        return;
    }
    let bytes = text.as_bytes();
    let start = number.range.start;
    let signed = matches!(before(bytes, start), b'-' | b'.' | b'/' | b'+');
    for scheme in UNNAMED {
        for pattern in scheme.patterns {
            if !signed
                && let Some(end) = matched(bytes, start, pattern.as_bytes())
                && (scheme.check)(&compact(slice(bytes, start..end)))
            {
                hits.add(PiiKind::NationalId, start..end);
                return;
            }
        }
    }
}

/// Numbers with letters of their own: DNI and NIE, codice fiscale. Found at their last letter.
fn lettered(text: &str, last: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = last.end;
    let start = run_start(bytes, end, 17, is_word);
    let word = slice(bytes, start..end);
    let goes_on = matches!(at(bytes, end), b'-' | b'/') || (at(bytes, end) == b'.' && is_word(at(bytes, end + 1)));
    let apart = !matches!(before(bytes, start), b'-' | b'.' | b'/') && !goes_on;
    let patterns: &[&str] = match word.len() {
        9 if apart => &["00000000A", "A0000000A"],
        16 => &["AAAAAA00A00A000A"],
        _ => return,
    };
    let shaped = patterns.iter().any(|pattern| matched(bytes, start, pattern.as_bytes()) == Some(end));
    let foreign =
        !word.first().is_some_and(u8::is_ascii_alphabetic) || matches!(word.first(), Some(b'X' | b'Y' | b'Z'));
    if shaped && ((word.len() == 9 && foreign && check::spanish(word)) || (word.len() == 16 && check::italian(word))) {
        hits.add(PiiKind::NationalId, start..end);
    }
}
