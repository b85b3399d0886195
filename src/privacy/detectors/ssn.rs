//! Social security numbers of the United States. Source: the administration's rules for areas, groups and serials.

use super::bytes::{at, before, digits, slice, stands_alone};
use super::detector::{Anchor, Detector, Hits};
use super::names::Names;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::{Number, Wanted};

pub(super) const DETECTOR: Detector = Detector {
    name: "ssn",
    confidence: Confidence::Likely,
    anchors: &[Anchor::Number(WANTED, number)],
    matches: &[
        "ssn «536-22-8145» on file",
        "号码«536-22-8145»有误",
        "SSN: «536228145»",
        "social security number «536 22 8145»",
    ],
    clean: &[
        "000-12-3456",
        "666-12-3456",
        "912-12-3456",
        "536-00-8145",
        "536-22-0000",
        "1536-22-81459",
        "12-536-22-8145",
        "id 536228145",
        "asset tag 536-22-8145, part no. 536-22-8145",
    ],
};

static NAMES: Names = Names::new(&["ssn", "social security", "taxpayer", "tax id", "tax_id", "ss#", "ss no"]);

/// Right before it, these say that a thing is numbered so.
static THINGS: Names = Names::new(&[
    "asset",
    "tag ",
    "part no",
    "part number",
    "part #",
    "p/n",
    "model",
    "sku",
    "serial",
    "item no",
    "article no",
    "catalog",
    "drawing",
    "order no",
]);

/// Nine digits, in their three groups or in none; others may stand beside them.
const WANTED: Wanted = Wanted::with_digits(9..=u32::MAX).in_groups(&[&[3, 2, 4], &[9]]);

fn number(text: &str, number: &Number, hits: &mut Hits) {
    let bytes = text.as_bytes();
    for range in number.parts(bytes, b"-", 12).chain(number.parts(bytes, b" ", 12)) {
        let written = slice(bytes, range.clone());
        let named = || NAMES.are_before(bytes, range.start, 32);
        let dashed = written.len() == 11 && written.get(3) == Some(&b'-') && written.get(6) == Some(&b'-');
        let spaced = written.len() == 11 && written.get(3) == Some(&b' ') && written.get(6) == Some(&b' ');
        let bare = written.len() == 9 && written.iter().all(u8::is_ascii_digit);
        let shaped = dashed || ((spaced || bare) && named());
        let dash_beside = at(bytes, range.end) == b'-' || before(bytes, range.start) == b'-';
        let counted = || THINGS.are_before(bytes, range.start, 14) && !named();
        if shaped && !counted() && stands_alone(bytes, &range) && !dash_beside && is_assignable(&digits(written)) {
            let confidence = if named() { Confidence::Certain } else { Confidence::Likely };
            hits.add_sure(PiiKind::Ssn, range, confidence);
        }
    }
}

/// Areas 000, 666 and 900 to 999, group 00 and serial 0000 are never given.
fn is_assignable(number: &[u32]) -> bool {
    let value =
        |from: usize, to: usize| number.get(from..to).unwrap_or_default().iter().fold(0, |sum, digit| sum * 10 + digit);
    let area = value(0, 3);
    number.len() == 9 && area != 0 && area != 666 && area < 900 && value(3, 5) != 0 && value(5, 9) != 0
}
