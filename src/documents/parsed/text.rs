//! What a line says without its marks, and letters that a file can hold.

use super::Inline;

/// What a reader sees of these parts, without marks. Pictures are their words.
pub fn plain_text(content: &[Inline]) -> String {
    let mut text = String::new();
    append(content, &mut text);
    text
}

fn append(content: &[Inline], text: &mut String) {
    for part in content {
        match part {
            Inline::Text(part) | Inline::Code(part) | Inline::Raw(part) => text.push_str(part),
            Inline::Emphasis(inner)
            | Inline::Strong(inner)
            | Inline::Strikethrough(inner)
            | Inline::Link { content: inner, .. } => append(inner, text),
            Inline::Image { alt, .. } => text.push_str(alt),
            Inline::SoftBreak | Inline::HardBreak => text.push(' '),
            Inline::Note(_) => {}
        }
    }
}

/// The text with what no format can hold made visible: control characters as their pictures, such as `␛`, and what
/// is no character as `�`. Tabs and line ends stay.
pub(super) fn visible(text: &str) -> String {
    if !text.chars().any(is_unwritable) {
        return text.to_owned();
    }
    text.chars().map(|c| if is_unwritable(c) { picture(c) } else { c }).collect()
}

/// Whether XML 1.0 forbids it, or a reader would see nothing of it.
fn is_unwritable(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{fffe}' | '\u{ffff}')
}

fn picture(c: char) -> char {
    match c {
        '\u{7f}' => '\u{2421}',
        '\u{85}' => ' ',
        c if u32::from(c) < 0x20 => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        _ => '\u{fffd}',
    }
}

/// The anchor of a heading as GitHub makes it, without the number that makes it unique.
pub(super) fn anchor(content: &[Inline]) -> String {
    let kept = |c: char| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c),
        _ => None,
    };
    let anchor: String = plain_text(content).trim().to_lowercase().chars().filter_map(kept).collect();
    if anchor.is_empty() { "section".to_owned() } else { anchor }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_character_is_seen() {
        assert_eq!(visible("a\u{1b}[31m\u{0}\u{7f}\u{9f}\u{ffff}\tb\n"), "a␛[31m␀␡��\tb\n");
    }

    #[test]
    fn an_anchor_is_made_of_the_words() {
        let heading = [Inline::Text("Root cause: ".to_owned()), Inline::Code("max_size".to_owned())];
        assert_eq!(anchor(&heading), "root-cause-max_size");
        assert_eq!(anchor(&[Inline::Text("!!!".to_owned())]), "section");
    }
}
