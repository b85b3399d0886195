//! Where a character may begin that hides, told for 64 bytes at once: nearly every text has none.

use super::sweep::level;
use fearless_simd::prelude::*;
use fearless_simd::{dispatch, u8x64};

/// How many bytes are looked at together.
const CHUNK: usize = 64;

/// The first byte that a character that hides may begin with. Nearly every text has none: whole chunks are skipped.
pub(super) fn first_suspect(bytes: &[u8]) -> Option<usize> {
    let (chunks, _) = bytes.as_chunks::<CHUNK>();
    let level = level();
    let mut from = 0;
    loop {
        let rest = chunks.get(from / CHUNK..).unwrap_or_default();
        if !rest.is_empty() {
            from += dispatch!(level, simd => clean_chunks(simd, rest)) * CHUNK;
        }
        let chunk = bytes.get(from..)?;
        let chunk = chunk.get(..CHUNK).unwrap_or(chunk);
        if let Some(place) = chunk.iter().position(|byte| BEGINS_HIDDEN.get(usize::from(*byte)) == Some(&true)) {
            return Some(from + place);
        }
        if chunk.len() < CHUNK {
            return None;
        }
        from += CHUNK;
    }
}

/// How many chunks there are first in which no character begins that may hide.
#[inline(always)]
#[expect(clippy::inline_always, reason = "it is compiled for the instructions that the processor has")]
fn clean_chunks<S: Simd>(simd: S, chunks: &[[u8; CHUNK]]) -> usize {
    let mut count = 0;
    for chunk in chunks {
        let bytes = u8x64::from_slice(simd, chunk);
        // What is seen ASCII or a usual break, which nearly all is, is told in fewer steps.
        let breaks = bytes.simd_eq(b'\n') | bytes.simd_eq(b'\t');
        if !((bytes - 0x20).simd_lt(0x5f) | breaks).all_true() {
            let control = (bytes.simd_lt(0x20) & !breaks) | bytes.simd_eq(0x7f);
            let two = bytes.simd_eq(0xc2) | bytes.simd_eq(0xcd) | bytes.simd_eq(0xd8);
            let three = (bytes - 0xe1).simd_lt(3) | bytes.simd_eq(0xef);
            if (control | two | three | bytes.simd_eq(0xf0) | bytes.simd_eq(0xf3)).any_true() {
                break;
            }
        }
        count += 1;
    }
    count
}

/// For each byte whether a character that hides may begin with it.
#[expect(clippy::indexing_slicing, clippy::cast_possible_truncation, reason = "checked when it is compiled")]
static BEGINS_HIDDEN: [bool; 256] = {
    let mut all = [false; 256];
    let mut byte = 0;
    while byte < all.len() {
        all[byte] = begins_hidden(byte as u8);
        byte += 1;
    }
    all
};

/// Whether a character that hides may begin with this byte.
const fn begins_hidden(byte: u8) -> bool {
    let usual = matches!(byte, b'\n' | b'\t');
    (byte < 0x20 && !usual) || matches!(byte, 0x7f | 0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf0 | 0xf3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_judged_alike_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for place in [0, 1, 63, 64, 100, 127, 128, 150] {
                let mut bytes = vec![b'a'; 160];
                bytes[place] = byte;
                assert_eq!(first_suspect(&bytes), begins_hidden(byte).then_some(place), "{byte} {place}");
            }
        }
    }

    #[test]
    fn what_is_no_ascii_hides_nothing_for_that() {
        let text = "ä".repeat(100) + "密碼" + &"\n\té".repeat(50);
        assert_eq!(first_suspect(text.as_bytes()), None);
        assert_eq!(first_suspect(format!("{text}\r").as_bytes()), Some(text.len()));
    }
}
