//! Text as string literals of Typst.

use std::fmt::Write as _;

/// A string literal that holds exactly this text.
pub(super) fn string(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            c if c.is_control() => {
                write!(literal, "\\u{{{:x}}}", u32::from(c)).ok();
            }
            c => literal.push(c),
        }
    }
    literal.push('"');
    literal
}

/// An array of string literals.
pub(super) fn strings(texts: &[String]) -> String {
    let mut array = "(".to_owned();
    for text in texts {
        array.push_str(&string(text));
        array.push_str(", ");
    }
    array.push(')');
    array
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use typst::syntax::{SyntaxKind, parse_code};

    proptest! {
        #[test]
        fn no_text_gets_out_of_its_literal(text in r##"[ -~\n\r\t\\"#$\[\]{}é漢\x00-\x1f]{0,60}"##) {
            let literal = string(&text);
            let root = parse_code(&literal);
            prop_assert!(root.errors_and_warnings().0.is_empty());
            let kinds: Vec<_> = root.children().map(typst::syntax::SyntaxNode::kind).collect();
            prop_assert_eq!(kinds, vec![SyntaxKind::Str]);
            let read = root.children().next().unwrap().cast::<typst::syntax::ast::Str<'_>>().unwrap().get();
            prop_assert_eq!(read.as_str(), text);
        }
    }
}
