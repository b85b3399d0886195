//! Logs that were compressed with gzip or Zstandard are read like others.

use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, BufRead as _, BufReader, Cursor, Read};

const GZIP: &[u8] = b"\x1f\x8b";
const ZSTD: &[u8] = b"\x28\xb5\x2f\xfd";

/// Reads `source` through the decompressor that its first bytes ask for, or as it is.
///
/// How much may come out is the caller's to limit: a small file can hold a large log. An error of `source` while its
/// first bytes are read is returned at once.
pub fn open<'a>(mut source: impl Read + Send + 'a) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut head = Vec::with_capacity(ZSTD.len());
    source.by_ref().take(ZSTD.len() as u64).read_to_end(&mut head)?;
    let kind = (head.starts_with(GZIP), head.starts_with(ZSTD));
    let whole = BufReader::new(Cursor::new(head).chain(source));
    Ok(match kind {
        (true, _) => Box::new(MultiGzDecoder::new(whole)),
        (_, true) => Box::new(ZstdFrames { frame: None, rest: Some(whole) }),
        _ => Box::new(whole),
    })
}

type Frame<R> = StreamingDecoder<BufReader<R>, ruzstd::decoding::FrameDecoder>;

/// All frames of a Zstandard stream, one after the other.
struct ZstdFrames<R: Read> {
    frame: Option<Frame<R>>,
    rest: Option<BufReader<R>>,
}

impl<R: Read> ZstdFrames<R> {
    /// Opens the next frame; `false` at the end of the stream.
    fn next_frame(&mut self) -> io::Result<bool> {
        let Some(mut rest) = self.rest.take() else { return Ok(false) };
        if rest.fill_buf()?.is_empty() {
            return Ok(false);
        }
        let frame = StreamingDecoder::new(rest).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        self.frame = Some(frame);
        Ok(true)
    }
}

impl<R: Read> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let read = frame.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            if let Some(done) = self.frame.take() {
                self.rest = Some(done.into_inner());
            }
            if !self.next_frame()? {
                return Ok(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn read_all(bytes: &[u8]) -> String {
        let mut text = String::new();
        open(bytes).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &str) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest)
    }

    #[test]
    fn plain_gzip_and_zstandard_give_the_same_text() {
        let text = "line of a log\n".repeat(1000);
        assert_eq!(read_all(text.as_bytes()), text);
        assert_eq!(read_all(&gzip(&text)), text);
        assert_eq!(read_all(&zstd(&text)), text);
    }

    #[test]
    fn files_put_end_to_end_are_read_to_the_end() {
        assert_eq!(read_all(&[gzip("one\n"), gzip("two\n")].concat()), "one\ntwo\n");
        assert_eq!(read_all(&[zstd("one\n"), zstd("two\n")].concat()), "one\ntwo\n");
    }

    #[test]
    fn a_broken_archive_is_an_error_and_not_a_short_log() {
        let mut bytes = gzip(&"line of a log\n".repeat(1000));
        bytes.truncate(bytes.len() / 2);
        let mut text = String::new();
        assert!(open(&*bytes).unwrap().read_to_string(&mut text).is_err());
    }

    #[test]
    fn an_empty_file_is_empty() {
        assert_eq!(read_all(b""), "");
        assert_eq!(read_all(b"a"), "a");
    }
}
