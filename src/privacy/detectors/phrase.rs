//! How a sentence leads from the name of a secret to its value: `the password for the share is …`.

use super::bytes::{at, run_end, slice};
use super::key_value::{Form, skip_blanks};

/// After `is`, `was` or `to`, as in "the password is …"; a colon behind it leaves no doubt. Before that may stand what it
/// is for, `password for the backup share: …`, or what was done to it, `password was changed to …`.
pub(super) fn skip_verb(bytes: &[u8], start: usize) -> (usize, Form) {
    const VERBS: [&[u8]; 10] = [b"is", b"was", b"to", b"from", b"ist", b"lautet", b"est", b"es", b"jest", b"now"];
    let mut place = start;
    for _ in 0..MOST_WORDS {
        let end = run_end(bytes, place, 24, is_letter);
        let word = slice(bytes, place..end);
        let colon = at(bytes, end) == b':';
        if VERBS.contains(&word) && !is_passive(bytes, end) {
            let form = if colon { Form::Colon } else { Form::Prose };
            return (skip_blanks(bytes, if colon { end + 1 } else { end }), form);
        }
        let leads = place > start || LEADS.contains(&word);
        if !leads || end == place {
            break;
        }
        if colon && at(bytes, end + 1) == b' ' {
            return (skip_blanks(bytes, end + 1), Form::Prose);
        }
        if slice(bytes, end..end + 3) == b" = " {
            return (end + 3, Form::Prose);
        }
        if at(bytes, end) != b' ' {
            break;
        }
        place = end + 1;
    }
    (start, Form::Prose)
}

/// How many words may stand between a secret's name and its value in a sentence.
const MOST_WORDS: usize = 7;

/// What such words begin with.
const LEADS: [&[u8]; 22] = [
    b"for",
    b"of",
    b"on",
    b"to",
    b"was",
    b"has",
    b"is",
    b"been",
    b"changed",
    b"set",
    b"f\xc3\xbcr",
    b"von",
    b"zum",
    b"zur",
    b"pour",
    b"de",
    b"du",
    b"para",
    b"del",
    b"\xd0\xbe\xd1\x82",
    b"\xd0\xb4\xd0\xbb\xd1\x8f",
    b"voor",
];

/// Letters, also of alphabets beyond ASCII, and what joins words.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80 || byte == b'-'
}

/// Whether the verb goes on in another one: `was changed to`, `is now`.
fn is_passive(bytes: &[u8], verb_end: usize) -> bool {
    const MORE: [&[u8]; 8] = [b"been", b"changed", b"set", b"reset", b"now", b"updated", b"currently", b"still"];
    let start = verb_end + 1;
    let word = slice(bytes, start..run_end(bytes, start, 12, is_letter));
    at(bytes, verb_end) == b' ' && MORE.contains(&word)
}
