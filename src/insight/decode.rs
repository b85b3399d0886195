//! Bytes of a log to text, as they come: UTF-8, UTF-16 with or without a mark, windows-1252; binary is refused.
//!
//! Every decision is made on a fixed number of bytes, so how the input was cut into chunks changes nothing.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// How many bytes are looked at before a decision about the encoding.
const SNIFF_BYTES: usize = 8 * 1024;

/// What is shown for a NUL that strayed into a text log.
const NUL_PICTURE: &str = "\u{2400}";

/// Beginnings of files that hold no log text, and what to call them.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x7fELF", "an ELF program"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "Zstandard data"),
    (b"BZh", "bzip2 data"),
    (b"\xfd7zXZ\x00", "xz data"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"ElfFile\x00", "a Windows event log (export it as text or XML)"),
    (b"LPKSHHRH", "a systemd journal (export it with journalctl)"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
    (b"\xca\xfe\xba\xbe", "a Java class or a Mach-O program"),
    (b"JAVA PROFILE ", "a Java heap dump"),
];

/// Why bytes are not a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("this is {0}, not text")]
    KnownBinary(&'static str),
    #[error("this is binary data: it holds NUL bytes and is not UTF-16")]
    NulBytes,
    #[error("this is binary data: too many control characters for text")]
    ControlCharacters,
}

enum State {
    /// Collecting the first bytes.
    Sniffing(Vec<u8>),
    /// Only ASCII so far: UTF-8 or windows-1252 is not known yet.
    Ascii,
    /// From the first byte that is not ASCII on: collecting enough to tell them apart.
    Weighing(Vec<u8>),
    Decoding(Box<encoding_rs::Decoder>, &'static Encoding),
    Refused(DecodeError),
}

/// Turns chunks of bytes into text.
pub struct Decoder {
    state: State,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("encoding", &self.encoding_name()).finish_non_exhaustive()
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    pub const fn new() -> Self {
        Self { state: State::Sniffing(Vec::new()) }
    }

    /// `UTF-8`, `UTF-16LE`, `UTF-16BE` or `windows-1252`, as far as is known; plain ASCII is `UTF-8`.
    pub fn encoding_name(&self) -> &'static str {
        match &self.state {
            State::Decoding(_, encoding) => encoding.name(),
            State::Sniffing(_) | State::Ascii | State::Weighing(_) | State::Refused(_) => UTF_8.name(),
        }
    }

    /// The text that can be told from what came so far; some bytes may be held back.
    ///
    /// Once refused, every later call is refused too.
    pub fn push(&mut self, bytes: &[u8]) -> Result<String, DecodeError> {
        let mut text = String::with_capacity(bytes.len() + 16);
        self.advance(bytes, false, &mut text)?;
        Ok(text)
    }

    /// The rest: what was held back. An unfinished character at the end becomes U+FFFD.
    pub fn finish(&mut self) -> Result<String, DecodeError> {
        let mut text = String::new();
        self.advance(&[], true, &mut text)?;
        Ok(text)
    }

    fn advance(&mut self, bytes: &[u8], last: bool, text: &mut String) -> Result<(), DecodeError> {
        let state = std::mem::replace(&mut self.state, State::Ascii);
        match state {
            State::Sniffing(held) => self.sniff(held, bytes, last, text),
            State::Ascii => self.pass_ascii(bytes, last, text),
            State::Weighing(held) => self.weigh(held, bytes, last, text),
            State::Decoding(mut decoder, encoding) => {
                decode_into(&mut decoder, bytes, last, text);
                self.state = State::Decoding(decoder, encoding);
                Ok(())
            }
            State::Refused(error) => {
                self.state = State::Refused(error);
                Err(error)
            }
        }
    }

    fn sniff(&mut self, mut held: Vec<u8>, bytes: &[u8], last: bool, text: &mut String) -> Result<(), DecodeError> {
        held.extend_from_slice(bytes);
        if held.len() < SNIFF_BYTES && !last {
            self.state = State::Sniffing(held);
            return Ok(());
        }
        let first_bytes = held.get(..SNIFF_BYTES).unwrap_or(&held);
        match first_look(first_bytes) {
            Err(error) => {
                self.state = State::Refused(error);
                Err(error)
            }
            Ok(Some((encoding, mark))) => {
                self.state = State::Decoding(Box::new(encoding.new_decoder_without_bom_handling()), encoding);
                self.advance(held.get(mark..).unwrap_or_default(), last, text)
            }
            Ok(None) => self.pass_ascii(&held, last, text),
        }
    }

    fn pass_ascii(&mut self, bytes: &[u8], last: bool, text: &mut String) -> Result<(), DecodeError> {
        let ascii = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(bytes.len());
        let (plain, rest) = bytes.split_at(ascii);
        push_ascii(plain, text);
        if rest.is_empty() {
            self.state = State::Ascii;
            return Ok(());
        }
        self.weigh(Vec::new(), rest, last, text)
    }

    fn weigh(&mut self, mut held: Vec<u8>, bytes: &[u8], last: bool, text: &mut String) -> Result<(), DecodeError> {
        held.extend_from_slice(bytes);
        if held.len() < SNIFF_BYTES && !last {
            self.state = State::Weighing(held);
            return Ok(());
        }
        let encoding = if is_mostly_utf8(held.get(..SNIFF_BYTES).unwrap_or(&held)) { UTF_8 } else { WINDOWS_1252 };
        self.state = State::Decoding(Box::new(encoding.new_decoder_without_bom_handling()), encoding);
        self.advance(&held, last, text)
    }
}

/// The encoding and the length of its mark where the first bytes already tell it; `None` if it looks like ASCII or
/// one of its supersets.
fn first_look(head: &[u8]) -> Result<Option<(&'static Encoding, usize)>, DecodeError> {
    if let Some(found) = Encoding::for_bom(head) {
        return Ok(Some(found));
    }
    if let Some((_, name)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(DecodeError::KnownBinary(name));
    }
    if let Some(encoding) = utf16_without_mark(head) {
        return Ok(Some((encoding, 0)));
    }
    let nuls = memchr::memchr_iter(0, head).count();
    if nuls * 50 > head.len() && nuls > 1 {
        return Err(DecodeError::NulBytes);
    }
    let controls = head.iter().filter(|byte| is_odd_control(**byte)).count();
    if controls * 20 > head.len() && controls > 3 {
        return Err(DecodeError::ControlCharacters);
    }
    Ok(None)
}

/// Control characters that do not occur in logs; escape, which colors them, does.
const fn is_odd_control(byte: u8) -> bool {
    matches!(byte, 0x01..=0x06 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f)
}

/// UTF-16 text of mostly Latin letters has a zero in every second byte and hardly any in the others.
fn utf16_without_mark(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |offset: usize| head.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 2 > pairs && even * 20 < pairs {
        Some(UTF_16LE)
    } else if even * 2 > pairs && odd * 20 < pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether at least as many characters are well-formed UTF-8 of several bytes as bytes are malformed.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    // A character cut off at the end of what was looked at is no fault.
    let cut = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none());
    bad -= usize::from(cut && bad > 0);
    good >= bad
}

fn push_ascii(bytes: &[u8], text: &mut String) {
    match std::str::from_utf8(bytes) {
        Ok(plain) => push_without_nuls(plain, text),
        Err(_) => text.push_str(&String::from_utf8_lossy(bytes)),
    }
}

fn push_without_nuls(plain: &str, text: &mut String) {
    let mut parts = plain.split('\0');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        text.push_str(NUL_PICTURE);
        text.push_str(part);
    }
}

fn decode_into(decoder: &mut encoding_rs::Decoder, bytes: &[u8], last: bool, text: &mut String) {
    let room = decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len() * 3 + 16);
    let mut plain = String::with_capacity(room);
    let (_, _, _) = decoder.decode_to_string(bytes, &mut plain, last);
    if memchr::memchr(0, plain.as_bytes()).is_some() {
        push_without_nuls(&plain, text);
    } else {
        text.push_str(&plain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(bytes: &[u8], chunk: usize) -> Result<(String, &'static str), DecodeError> {
        let mut decoder = Decoder::new();
        let mut text = String::new();
        for part in bytes.chunks(chunk.max(1)) {
            text.push_str(&decoder.push(part)?);
        }
        text.push_str(&decoder.finish()?);
        Ok((text, decoder.encoding_name()))
    }

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_recognized() {
        let latin = "ERROR 42: disk full on server\r\n";
        let mut marked = b"\xff\xfe".to_vec();
        marked.extend(utf16(latin, false));
        let cases: &[(&str, Vec<u8>, &str, &str)] = &[
            ("ascii", latin.into(), latin, "UTF-8"),
            ("utf-8", "größer 漢字".into(), "größer 漢字", "UTF-8"),
            ("utf-8 mark", b"\xef\xbb\xbfhello".to_vec(), "hello", "UTF-8"),
            ("utf-16le mark", marked, latin, "UTF-16LE"),
            ("utf-16le", utf16(latin, false), latin, "UTF-16LE"),
            ("utf-16be", utf16(latin, true), latin, "UTF-16BE"),
            ("windows-1252", b"gr\xf6\xdfer".to_vec(), "größer", "windows-1252"),
            ("one broken byte", "größer ä\u{fffd}ö".into(), "größer ä\u{fffd}ö", "UTF-8"),
            ("mostly utf-8", b"gr\xc3\xb6\xc3\x9fer \xff end".to_vec(), "größer \u{fffd} end", "UTF-8"),
            ("empty", Vec::new(), "", "UTF-8"),
        ];
        for (name, bytes, text, encoding) in cases {
            for chunk in [1, 2, 3, 7, 100_000] {
                assert_eq!(decode(bytes, chunk), Ok(((*text).to_owned(), *encoding)), "{name} by {chunk}");
            }
        }
    }

    #[test]
    fn a_late_letter_still_decides_the_encoding() {
        let mut bytes = vec![b'a'; 50_000];
        bytes.extend_from_slice(b"gr\xf6\xdfer");
        assert_eq!(decode(&bytes, 999).map(|(_, encoding)| encoding), Ok("windows-1252"));
    }

    #[test]
    fn binary_is_refused_with_a_reason() {
        assert_eq!(decode(b"\x7fELF\x02\x01\x01", 3), Err(DecodeError::KnownBinary("an ELF program")));
        assert_eq!(decode(&[0, 1, 2, 3, 0, 0, 0, 200, 4, 5], 3), Err(DecodeError::NulBytes));
        assert_eq!(decode(&[1, 2, 3, 4, 5, 6, 65, 66], 3), Err(DecodeError::ControlCharacters));
    }

    #[test]
    fn a_stray_nul_is_shown() {
        let mut bytes = b"one line of a log that is long enough for its NUL to be rare among the letters\n".repeat(2);
        bytes[10] = 0;
        let (text, _) = decode(&bytes, 5).unwrap();
        assert!(text.contains("one line o\u{2400} a log"));
    }

    proptest! {
        #[test]
        fn chunks_change_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..600), chunk in 1_usize..50) {
            prop_assert_eq!(decode(&bytes, chunk), decode(&bytes, 10_000));
        }

        #[test]
        fn utf8_text_comes_back(text in "[\\x20-\\x7e äöü漢字🦀\\n]{0,300}", chunk in 1_usize..20) {
            if let Ok((decoded, _)) = decode(text.as_bytes(), chunk) {
                prop_assert_eq!(decoded, text);
            }
        }
    }
}
