//! Which words of a code block are keywords, strings and comments; each format gives them its own colors.

use std::sync::LazyLock;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

/// Longer code is shown in one color: reading it would take longer than laying it out.
const MAX_BYTES: usize = 64 << 10;
/// A longer line is not read, for the same reason.
const MAX_LINE_BYTES: usize = 2_000;

/// What a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Plain,
    Comment,
    Keyword,
    Text,
    Number,
    /// The name of a function, a key or a tag.
    Name,
}

impl Token {
    /// For the names of styles.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Comment => "comment",
            Self::Keyword => "keyword",
            Self::Text => "text",
            Self::Number => "number",
            Self::Name => "name",
        }
    }
}

/// The beginnings of scope names, the more telling first.
const SCOPES: &[(&str, Token)] = &[
    ("comment", Token::Comment),
    ("string", Token::Text),
    ("constant.numeric", Token::Number),
    ("constant.language", Token::Number),
    ("constant.character", Token::Text),
    ("keyword.operator", Token::Plain),
    ("keyword", Token::Keyword),
    ("storage", Token::Keyword),
    ("entity.name", Token::Name),
    ("entity.other.attribute-name", Token::Name),
    ("support.function", Token::Name),
    ("variable.function", Token::Name),
    ("support.type", Token::Name),
];

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);
static KINDS: LazyLock<Vec<(Scope, Token)>> =
    LazyLock::new(|| SCOPES.iter().filter_map(|(name, token)| Some((Scope::new(name).ok()?, *token))).collect());

/// The code in pieces: together they are the code. One piece where the language is not known or the code is long.
pub fn highlight<'a>(language: &str, code: &'a str) -> Vec<(Token, &'a str)> {
    let whole = vec![(Token::Plain, code)];
    let is_long = code.len() > MAX_BYTES || code.lines().any(|line| line.len() > MAX_LINE_BYTES);
    if is_long {
        return whole;
    }
    syntax(language).and_then(|syntax| pieces(syntax, code)).unwrap_or(whole)
}

/// By the first word of the fence, such as `rust` or `yaml`.
fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let word = language.split([' ', ',', '{']).next().filter(|word| !word.is_empty())?;
    let alias = match word.to_ascii_lowercase().as_str() {
        "text" | "txt" | "plain" | "log" => return None,
        "console" | "shell" | "sh" | "zsh" => "bash",
        "yml" => "yaml",
        "kt" => "kotlin",
        _ => word,
    };
    SYNTAXES.find_syntax_by_token(alias)
}

fn pieces<'a>(syntax: &SyntaxReference, code: &'a str) -> Option<Vec<(Token, &'a str)>> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut pieces: Vec<(Token, &'a str)> = Vec::new();
    let (mut start, mut token) = (0, Token::Plain);
    let mut line_start = 0;
    for line in code.split_inclusive('\n') {
        for (at, change) in state.parse_line(line, &SYNTAXES).ok()? {
            stack.apply(&change).ok()?;
            let (at, next) = (line_start + at, token_of(&stack));
            if next != token {
                pieces.push((token, code.get(start..at)?));
                (start, token) = (at, next);
            }
        }
        line_start += line.len();
    }
    pieces.push((token, code.get(start..)?));
    pieces.retain(|(_, piece)| !piece.is_empty());
    Some(pieces)
}

/// Of the innermost scope that says something.
fn token_of(stack: &ScopeStack) -> Token {
    let told = |scope: &Scope| KINDS.iter().find(|(kind, _)| kind.is_prefix_of(*scope)).map(|(_, token)| *token);
    stack.as_slice().iter().rev().find_map(told).unwrap_or(Token::Plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keywords_strings_and_comments_are_told_apart() {
        let pieces = highlight("rust", "// why\nlet x = \"é\"; 42");
        for expected in
            [(Token::Comment, "// why\n"), (Token::Keyword, "let"), (Token::Text, "\"é\""), (Token::Number, "42")]
        {
            assert!(pieces.contains(&expected), "{expected:?} in {pieces:?}");
        }
    }

    #[test]
    fn an_unknown_language_is_one_piece() {
        for language in ["", "text", "no-such-language"] {
            assert_eq!(highlight(language, "let x = 1;"), [(Token::Plain, "let x = 1;")], "{language}");
        }
    }

    proptest! {
        #[test]
        fn the_pieces_are_the_code(code in "[ -~\né漢]{0,80}", which in 0_usize..5) {
            let language = ["rust", "yaml", "bash", "json", "sql"].get(which).copied().unwrap_or_default();
            let whole: String = highlight(language, &code).into_iter().map(|(_, piece)| piece).collect();
            prop_assert_eq!(whole, code);
        }
    }
}
