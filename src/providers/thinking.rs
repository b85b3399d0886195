//! Tells reasoning from answer where a server sends both as one text, the reasoning within `<think>` tags.

use super::provider::Piece;
use crate::domain::Unredacted;
use std::mem::take;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Reads the text of one answer bit by bit. Tags count only at its very start, so an answer may speak of them.
#[derive(Debug, Default)]
pub(super) struct Thinking {
    state: State,
    /// What may be the beginning of a tag.
    held: Unredacted,
    /// A tag was the last thing read: white space behind it says nothing.
    after_tag: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Inside,
    Answer,
}

impl Thinking {
    /// The pieces that `text` completes.
    pub(super) fn push(&mut self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        self.held.push(text);
        self.skip_space();
        if self.state == State::Start {
            self.start();
        }
        if self.state == State::Inside {
            self.inside(&mut pieces);
        }
        if self.state == State::Answer {
            add(&mut pieces, Piece::Text, take(&mut self.held).into_exposed());
        }
        pieces
    }

    /// What was held back when the answer ended.
    pub(super) fn finish(&mut self) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let kind = if self.state == State::Inside { Piece::Reasoning } else { Piece::Text };
        add(&mut pieces, kind, take(&mut self.held).into_exposed());
        pieces
    }

    fn skip_space(&mut self) {
        if self.after_tag {
            self.held = self.held.expose().trim_start().into();
            self.after_tag = self.held.expose().is_empty();
        }
    }

    fn start(&mut self) {
        let begin = self.held.expose().trim_start();
        if let Some(rest) = begin.strip_prefix(OPEN) {
            self.held = rest.into();
            self.state = State::Inside;
            self.after_tag = true;
            self.skip_space();
        } else if !OPEN.starts_with(begin) {
            self.state = State::Answer;
        }
    }

    fn inside(&mut self, pieces: &mut Vec<Piece>) {
        let held = take(&mut self.held).into_exposed();
        if let Some((thought, answer)) = held.split_once(CLOSE) {
            add(pieces, Piece::Reasoning, thought.to_owned());
            self.held = answer.into();
            self.state = State::Answer;
            self.after_tag = true;
            self.skip_space();
            return;
        }
        let kept = (1..CLOSE.len()).rev().find(|length| CLOSE.get(..*length).is_some_and(|tag| held.ends_with(tag)));
        let (thought, tail) = held.split_at(held.len() - kept.unwrap_or(0));
        self.held = tail.into();
        add(pieces, Piece::Reasoning, thought.to_owned());
    }
}

fn add(pieces: &mut Vec<Piece>, kind: fn(Unredacted) -> Piece, text: String) {
    if !text.is_empty() {
        pieces.push(kind(text.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reasoning and the answer.
    fn split(chunks: &[&str]) -> (String, String) {
        let (mut thought, mut answer) = (String::new(), String::new());
        let mut thinking = Thinking::default();
        let mut pieces: Vec<Piece> = chunks.iter().flat_map(|chunk| thinking.push(chunk)).collect();
        pieces.extend(thinking.finish());
        for piece in pieces {
            match piece {
                Piece::Reasoning(text) => thought.push_str(text.expose()),
                Piece::Text(text) => answer.push_str(text.expose()),
                other => panic!("{other:?}"),
            }
        }
        (thought, answer)
    }

    #[test]
    fn reasoning_is_what_stands_within_tags_at_the_start() {
        let cases = [
            ("plain", "", "plain"),
            ("\n<think>\nHm</think>\n\nHi", "Hm", "Hi"),
            ("<think></think>Hi", "", "Hi"),
            ("<think>cut off</thi", "cut off</thi", ""),
            ("say <think>x</think>", "", "say <think>x</think>"),
            ("<thi", "", "<thi"),
            ("<thing>", "", "<thing>"),
            ("", "", ""),
        ];
        for (text, thought, answer) in cases {
            assert_eq!(split(&[text]), (thought.to_owned(), answer.to_owned()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_cuts_do_not_matter(
            parts in prop::collection::vec(prop::sample::select(vec!["<think>", "</think>", "ä", "<", "/", "x", " ", "\n"]), 0..12),
        ) {
            let text = parts.concat();
            let letters: Vec<String> = text.chars().map(String::from).collect();
            let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
            prop_assert_eq!(split(&letters), split(&[&text]));
        }
    }
}
