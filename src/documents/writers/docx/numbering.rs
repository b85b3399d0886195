//! Definitions of lists: one of bullets, one of numbers, and for each list of numbers where it begins.

use std::fmt::Write as _;

/// Levels that the format knows.
pub(super) const LEVELS: usize = 9;
/// How far each level is indented, in twentieths of a point.
pub(super) const INDENT: usize = 360;
/// Of the only list of bullets, and of the list of tasks, whose boxes are their marks.
pub(super) const BULLETS: usize = 1;
pub(super) const TASKS: usize = 2;

/// The number of the list that is added now to `lists`, which hold the first number of each.
pub(super) fn add(lists: &mut Vec<u64>, first: u64) -> usize {
    lists.push(first);
    TASKS + lists.len()
}

pub(super) fn part(lists: &[u64]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:numbering \
                   xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">"
        .to_owned();
    let bullets = ["•", "◦", "▪"];
    definition(&mut xml, 0, |level| ("bullet", bullets.get(level % bullets.len()).copied().unwrap_or("•").to_owned()));
    let formats = ["decimal", "lowerLetter", "lowerRoman"];
    definition(&mut xml, 1, |level| {
        (formats.get(level % formats.len()).copied().unwrap_or("decimal"), format!("%{}.", level + 1))
    });
    definition(&mut xml, 2, |_| ("none", String::new()));
    number(&mut xml, BULLETS, 0, None);
    number(&mut xml, TASKS, 2, None);
    for (index, first) in lists.iter().enumerate() {
        number(&mut xml, TASKS + 1 + index, 1, Some(*first));
    }
    xml + "</w:numbering>"
}

fn definition(xml: &mut String, id: usize, level_of: impl Fn(usize) -> (&'static str, String)) {
    write!(xml, "<w:abstractNum w:abstractNumId=\"{id}\"><w:multiLevelType w:val=\"hybridMultilevel\"/>").ok();
    for level in 0..LEVELS {
        let (format, mark) = level_of(level);
        let left = (level + 1) * INDENT;
        write!(xml, "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{mark}\"/>\
             <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{left}\" w:hanging=\"{INDENT}\"/></w:pPr></w:lvl>"
        ).ok();
    }
    xml.push_str("</w:abstractNum>");
}

fn number(xml: &mut String, id: usize, definition: usize, first: Option<u64>) {
    write!(xml, "<w:num w:numId=\"{id}\"><w:abstractNumId w:val=\"{definition}\"/>").ok();
    if let Some(first) = first {
        for level in 0..LEVELS {
            let first = first.min(i32::MAX.unsigned_abs().into());
            write!(xml, "<w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{first}\"/></w:lvlOverride>").ok();
        }
    }
    xml.push_str("</w:num>");
}
