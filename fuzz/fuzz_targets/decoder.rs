//! Any bytes: decoding never fails but by refusing, and how they come changes nothing; nor for unpacking and analyzing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::io::Read as _;
use tftsr_fuzz::insight::{DecodeError, Decoder, Scan, open};

fn decoded<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Result<(String, &'static str), DecodeError> {
    let mut decoder = Decoder::new();
    let mut text = String::new();
    for chunk in chunks {
        text.push_str(&decoder.push(chunk)?);
    }
    text.push_str(&decoder.finish()?);
    Ok((text, decoder.encoding_name()))
}

fuzz_target!(|bytes: &[u8]| {
    let (size, bytes) = bytes.split_first().map_or((1, bytes), |(size, rest)| (usize::from(*size) + 1, rest));
    let whole = decoded(std::iter::once(bytes));
    assert_eq!(decoded(bytes.chunks(size)), whole, "chunks of {size}");
    if let Ok((text, _)) = &whole {
        assert!(!text.contains('\0'), "a NUL came through");
    }
    // The beginning of a program is refused whatever follows.
    let program = [b"\x7fELF", bytes].concat();
    assert!(decoded(program.chunks(size)).is_err(), "a program was taken");

    // A broken archive ends with an error, and a bomb is not waited for.
    let mut unpacked = Vec::new();
    if let Ok(reader) = open(bytes) {
        reader.take(1 << 20).read_to_end(&mut unpacked).ok();
    }
    let mut scan = Scan::new("fuzz.log", jiff::Timestamp::UNIX_EPOCH);
    if scan.push(&unpacked).is_ok() {
        scan.finish().ok();
    }
});
