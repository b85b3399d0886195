//! Where long words may break, so that an address does not run out of its line.

/// Longer words get places where they may break.
const LONG_WORD: usize = 24;
/// As many characters of a long word stay together at most.
const BREAK_EVERY: usize = 12;

/// The text cut inside its long words: behind a sign that joins their parts, or after some letters.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    let mut start = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        if word.chars().count() > LONG_WORD {
            let mut run = 0;
            for (at, c) in word.char_indices() {
                run += 1;
                let joins = matches!(c, '/' | '.' | '-' | '_' | ':' | '=' | '&' | '?' | ',' | ';' | '\\' | '|');
                if (joins && run >= 4) || run >= BREAK_EVERY {
                    cuts.push(start + at + c.len_utf8());
                    run = 0;
                }
            }
        }
        start += word.len();
    }
    let ends = cuts.into_iter().filter(|cut| *cut < text.len()).chain([text.len()]);
    let mut from = 0;
    ends.filter_map(|end| {
        let piece = text.get(from..end);
        from = end;
        piece
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_word_breaks_behind_its_signs() {
        assert_eq!(pieces("see https://api.corp.net/v1/users"), ["see https:", "//api.", "corp.", "net/", "v1/users"]);
        assert_eq!(pieces("short words stay whole"), ["short words stay whole"]);
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_text(text in "[ -~é漢]{0,120}") {
            prop_assert_eq!(pieces(&text).concat(), text);
        }
    }
}
