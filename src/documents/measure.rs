//! How wide a text is, near enough to break lines by, without a font at hand: a picture must come out the same
//! everywhere.

/// Advance of the printable ASCII characters from the space on, in hundredths of the type size. Measured in Inter
/// semibold, the wider of the two weights in use, so that lines end early rather than late.
const ASCII: [u8; 95] = [
    25, 31, 40, 64, 65, 84, 66, 21, 39, 39, 54, 67, 30, 47, 29, 38, 67, 67, 67, 67, 67, 67, 67, 67, 67, 67, 29, 30, 67,
    67, 67, 54, 100, 72, 66, 74, 72, 61, 59, 75, 74, 27, 56, 68, 57, 91, 74, 77, 64, 78, 65, 65, 66, 73, 72, 101, 69,
    70, 65, 39, 38, 39, 48, 47, 50, 57, 63, 58, 63, 59, 38, 63, 61, 26, 26, 57, 26, 90, 61, 61, 62, 62, 40, 55, 38, 61,
    58, 84, 56, 58, 56, 39, 36, 39, 67,
];

/// Width of a line in the unit of `size`.
pub(super) fn width(text: &str, size: f32) -> f32 {
    text.chars().map(hundredths).sum::<f32>() * size / 100.0
}

fn hundredths(c: char) -> f32 {
    let code = u32::from(c);
    let ascii = code.checked_sub(0x20).and_then(|place| ASCII.get(place as usize));
    match (ascii, code) {
        (Some(width), _) => f32::from(*width),
        // Combining marks, joiners and variation selectors stand on what is before them.
        (None, 0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f) => 0.0,
        // CJK, full-width forms, emoji.
        (None, 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xff00..=0xff60 | 0x1f000..) => {
            100.0
        }
        (None, _) => 66.0,
    }
}

/// Breaks a text into lines of at most `limit`. A word that is too long for a line is cut; an ideographic text may be
/// cut anywhere. At least one line comes back.
pub(super) fn wrap(text: &str, size: f32, limit: f32) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let gap = if line.is_empty() { "" } else { " " };
        if width(&format!("{line}{gap}{word}"), size) <= limit {
            line.push_str(gap);
            line.push_str(word);
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = cut(word, (size, limit), &mut lines);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

/// Puts whole lines of a long word into `lines`; what is left begins the next one.
fn cut(word: &str, (size, limit): (f32, f32), lines: &mut Vec<String>) -> String {
    let mut line = String::new();
    for c in word.chars() {
        if !line.is_empty() && width(&line, size) + hundredths(c) * size / 100.0 > limit {
            lines.push(std::mem::take(&mut line));
        }
        line.push(c);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_path_is_cut_and_its_neighbors_are_not() {
        let lines = wrap("see /var/lib/postgresql/16/main/pg_wal/archive_status now", 10.0, 120.0);
        assert_eq!(lines, ["see", "/var/lib/postgresql/16/", "main/pg_wal/archive_st", "atus now"]);
    }

    #[test]
    fn an_empty_text_is_one_empty_line() {
        assert_eq!(wrap(" \n ", 10.0, 50.0), [""]);
    }

    proptest! {
        #[test]
        fn no_letter_is_lost_and_no_line_is_too_long(text in "[ a-zA-Z0-9/äё漢🙂-]{0,120}", limit in 20.0_f32..300.0) {
            let lines = wrap(&text, 13.0, limit);
            let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(bare(&lines.concat()), bare(&text));
            for line in lines {
                prop_assert!(width(&line, 13.0) <= limit, "{}", line);
            }
        }
    }
}
