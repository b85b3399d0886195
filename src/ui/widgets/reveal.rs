//! Placeholders in a text, shown with the values that they stand for.

use crate::domain::Placeholder;

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

/// Splits a text at its placeholders.
pub fn pieces<'a>(text: &'a str, reveal: &Reveal<'_>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let (mut rest, mut searched) = (text, 0);
    while let Some((before, placeholder, after)) = next_placeholder(rest, &mut searched) {
        if !before.is_empty() {
            pieces.push(Piece::Plain(before));
        }
        pieces.push(Piece::Redacted { placeholder, value: (reveal.value)(placeholder) });
        rest = after;
        searched = 0;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

fn next_placeholder<'a>(text: &'a str, searched: &mut usize) -> Option<(&'a str, Placeholder, &'a str)> {
    loop {
        let open = *searched + text.get(*searched..)?.find('[')?;
        let close = open + text.get(open..)?.find(']')? + 1;
        if let Some(placeholder) = Placeholder::parse(text.get(open..close)?) {
            return Some((text.get(..open)?, placeholder, text.get(close..)?));
        }
        *searched = open + 1;
    }
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
