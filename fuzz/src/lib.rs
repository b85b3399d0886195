//! The rooms that read hostile text, compiled on their own.
//!
//! They are taken in by path and not as the package `tftsr`: the window, the database and TLS would be built with
//! sanitizers too, which takes a quarter of an hour and finds nothing here. The rooms name each other by `crate::…`,
//! so they stand at the root, as they do in the package.

#[path = "../../src/domain/mod.rs"]
pub mod domain;
#[path = "../../src/insight/mod.rs"]
pub mod insight;
#[path = "../../src/privacy/mod.rs"]
pub mod privacy;

/// A text of the fuzzer's bytes: as it is when it is UTF-8, else with replacement characters.
pub fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Cuts a text at characters into pieces whose sizes follow from `seed`.
pub fn pieces(text: &str, seed: u8) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut size = usize::from(seed) + 1;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.ceil_char_boundary(size));
        pieces.push(piece);
        rest = after;
        size = (size * 31 + 7) % 997 + 1;
    }
    pieces
}
