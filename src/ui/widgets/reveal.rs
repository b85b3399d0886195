//! Placeholders in a text, shown with the values that they stand for.

use crate::domain::Placeholder;
use crate::privacy::{Mention, mentions};

/// How placeholders are shown.
pub struct Reveal<'a> {
    /// The value that a placeholder stands for; `None` for one that the vault does not know.
    pub value: &'a dyn Fn(Placeholder) -> Option<String>,
    /// Whether to show values; else the placeholders themselves.
    pub shows_values: bool,
}

impl Reveal<'_> {
    /// For text without placeholders.
    pub const NONE: Reveal<'static> = Reveal { value: &|_| None, shows_values: true };
}

/// A run of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Plain(&'a str),
    /// A placeholder, and its value if it has one.
    Redacted {
        placeholder: Placeholder,
        value: Option<String>,
    },
}

impl Reveal<'_> {
    /// The text as it is shown, for the clipboard.
    pub fn shown(&self, text: &str) -> String {
        let shown = pieces(text, self).into_iter().map(|piece| match piece {
            Piece::Plain(text) => text.to_owned(),
            Piece::Redacted { value: Some(value), .. } if self.shows_values => value,
            Piece::Redacted { placeholder, .. } => placeholder.to_string(),
        });
        shown.collect()
    }
}

/// Splits a text at its placeholders, in the spellings of models too. An odd spelling of one that has no value is text.
pub fn pieces<'a>(text: &'a str, reveal: &Reveal<'_>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut done = 0;
    for Mention { range, placeholder, is_plain } in mentions(text) {
        let value = (reveal.value)(placeholder);
        if value.is_none() && !is_plain {
            continue;
        }
        pieces.extend(text.get(done..range.start).filter(|before| !before.is_empty()).map(Piece::Plain));
        pieces.push(Piece::Redacted { placeholder, value });
        done = range.end;
    }
    pieces.extend(text.get(done..).filter(|rest| !rest.is_empty()).map(Piece::Plain));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PiiKind;

    #[test]
    fn a_text_is_split_at_its_placeholders_and_nowhere_else() {
        let email = Placeholder { kind: PiiKind::Email, number: 1 };
        let reveal = Reveal { value: &|one| (one == email).then(|| "a@b.c".to_owned()), shows_values: true };
        let host = Placeholder { kind: PiiKind::Host, number: 2 };
        assert_eq!(
            pieces("ü [x] [[Email-1], [Host-2]", &reveal),
            [
                Piece::Plain("ü [x] ["),
                Piece::Redacted { placeholder: email, value: Some("a@b.c".to_owned()) },
                Piece::Plain(", "),
                Piece::Redacted { placeholder: host, value: None },
            ]
        );
        assert_eq!(pieces("", &reveal), []);
    }
}
