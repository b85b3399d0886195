//! Splits the body of an answer into frames, whatever way the network cut it into chunks.

use super::NetError;
use super::items::Items;
use memchr::memchr2;
use std::fmt;
use std::mem::take;

/// The longest line, and the longest frame made of several lines.
const FRAME_MAX_BYTES: usize = 1 << 20;

/// The largest answer that comes as one piece.
const WHOLE_MAX_BYTES: usize = 8 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How the frames of a body are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Server-sent events: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.
    Events,
    /// One JSON value a line.
    JsonLines,
    /// The items of one JSON list, which may come one by one.
    List,
    /// The whole body is one frame.
    Whole,
}

/// One piece of an answer. `Debug` prints its length only.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The event's name; empty where none was given.
    pub event: String,
    pub data: String,
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame({:?}, {} bytes)", self.event, self.data.len())
    }
}

/// Reads a body chunk by chunk.
#[derive(Debug)]
pub struct Frames {
    framing: Framing,
    line: Vec<u8>,
    at_start: bool,
    /// The last line ended with a carriage return; a line feed right behind it belongs to the same ending.
    after_return: bool,
    event: String,
    data: Option<String>,
    items: Items,
}

impl Frames {
    pub fn new(framing: Framing) -> Self {
        Self {
            framing,
            line: Vec::new(),
            at_start: true,
            after_return: false,
            event: String::new(),
            data: None,
            items: Items::default(),
        }
    }

    /// Takes the next chunk and appends the frames that it completes, also when it ends in an error.
    pub fn push(&mut self, chunk: &[u8], frames: &mut Vec<Frame>) -> Result<(), NetError> {
        if self.framing == Framing::Whole {
            return self.grow(chunk, WHOLE_MAX_BYTES);
        }
        if self.framing == Framing::List {
            return self.push_items(chunk, frames);
        }
        let mut rest = chunk;
        while !rest.is_empty() {
            if take(&mut self.after_return) {
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
            let Some(end) = memchr2(b'\r', b'\n', rest) else { return self.grow(rest, FRAME_MAX_BYTES) };
            let (line, ending) = rest.split_at(end);
            self.grow(line, FRAME_MAX_BYTES)?;
            self.after_return = ending.starts_with(b"\r");
            rest = ending.get(1..).unwrap_or_default();
            frames.extend(self.end_line()?);
        }
        Ok(())
    }

    /// The body has ended. A last frame without its line ending still counts; it may be half a one.
    pub fn finish(&mut self) -> Result<Option<Frame>, NetError> {
        if let Some(item) = self.items.end() {
            return Ok(Some(plain(&item)));
        }
        let last = self.end_line()?;
        Ok(last.or_else(|| self.end_event()))
    }

    fn push_items(&mut self, chunk: &[u8], frames: &mut Vec<Frame>) -> Result<(), NetError> {
        for byte in chunk {
            frames.extend(self.items.push(*byte).map(|item| plain(&item)));
            if self.items.len() > WHOLE_MAX_BYTES {
                return Err(NetError::TooLarge { limit_bytes: WHOLE_MAX_BYTES });
            }
        }
        Ok(())
    }

    fn grow(&mut self, bytes: &[u8], limit_bytes: usize) -> Result<(), NetError> {
        if self.line.len() + bytes.len() > limit_bytes {
            return Err(NetError::TooLarge { limit_bytes });
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Result<Option<Frame>, NetError> {
        let bytes = take(&mut self.line);
        let start = take(&mut self.at_start);
        let line = if start { bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&bytes) } else { &bytes };
        let line = String::from_utf8_lossy(line);
        match self.framing {
            Framing::Events if line.is_empty() => Ok(self.end_event()),
            Framing::Events => self.field(&line).map(|()| None),
            Framing::JsonLines | Framing::List | Framing::Whole => {
                let data = line.trim().to_owned();
                Ok((!data.is_empty()).then(|| Frame { event: String::new(), data }))
            }
        }
    }

    /// A line of an event: `name: value`, `name`, or a comment, which begins with a colon.
    fn field(&mut self, line: &str) -> Result<(), NetError> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut self.event),
            "data" => match &mut self.data {
                Some(data) if data.len() + value.len() >= FRAME_MAX_BYTES => {
                    return Err(NetError::TooLarge { limit_bytes: FRAME_MAX_BYTES });
                }
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            _ => {}
        }
        Ok(())
    }

    fn end_event(&mut self) -> Option<Frame> {
        let event = take(&mut self.event);
        self.data.take().map(|data| Frame { event, data })
    }
}

fn plain(data: &[u8]) -> Frame {
    Frame { event: String::new(), data: String::from_utf8_lossy(data).into_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(framing: Framing, chunks: &[&[u8]]) -> Vec<(String, String)> {
        let mut frames = Vec::new();
        let mut reader = Frames::new(framing);
        for chunk in chunks {
            reader.push(chunk, &mut frames).unwrap();
        }
        frames.extend(reader.finish().unwrap());
        frames.into_iter().map(|frame| (frame.event, frame.data)).collect()
    }

    fn data(framing: Framing, body: &str) -> Vec<String> {
        read(framing, &[body.as_bytes()]).into_iter().map(|(_, data)| data).collect()
    }

    #[test]
    fn events_are_read_in_all_their_spellings() {
        let cases: &[(&str, &str, &[&str])] = &[
            ("plain", "data: a\n\ndata: b\n\n", &["a", "b"]),
            ("no space", "data:a\n\n", &["a"]),
            ("only one space goes", "data:  a\n\n", &[" a"]),
            ("several lines", "data: a\ndata: b\n\n", &["a\nb"]),
            ("an empty line of data", "data: a\ndata\ndata: b\n\n", &["a\n\nb"]),
            ("comments", ": ping\n\ndata: a\n: more\n\n", &["a"]),
            ("crlf", "data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]),
            ("cr", "data: a\r\rdata: b\r\r", &["a", "b"]),
            ("mixed", "data: a\r\n\ndata: b\r\r\n", &["a", "b"]),
            ("byte order mark", "\u{feff}data: a\n\n", &["a"]),
            ("other fields", "id: 7\nretry: 10\nfoo: x\ndata: a\n\n", &["a"]),
            ("an event without data", "event: ping\n\ndata: a\n\n", &["a"]),
            ("no ending", "data: a\n\ndata: [DONE]", &["a", "[DONE]"]),
            ("nothing", "", &[]),
        ];
        for (name, body, expected) in cases {
            assert_eq!(data(Framing::Events, body), *expected, "{name}");
        }
    }

    #[test]
    fn the_name_of_an_event_goes_with_its_own_data_only() {
        let frames = read(Framing::Events, &[b"event: ping\n\nevent: delta\ndata: a\n\ndata: b\n\n"]);
        assert_eq!(frames, [("delta".to_owned(), "a".to_owned()), (String::new(), "b".to_owned())]);
    }

    #[test]
    fn json_lines_may_end_without_a_line_feed() {
        assert_eq!(data(Framing::JsonLines, "{\"a\":1}\r\n\n{\"b\":2}"), ["{\"a\":1}", "{\"b\":2}"]);
    }

    #[test]
    fn a_whole_body_is_one_frame() {
        assert_eq!(data(Framing::Whole, "{\n\"a\": 1\n}\n"), ["{\n\"a\": 1\n}"]);
    }

    #[test]
    fn an_item_without_end_is_refused() {
        let mut frames = Vec::new();
        let body = format!("[{{}},{{\"a\":\"{}", "x".repeat(WHOLE_MAX_BYTES));
        let refused = Frames::new(Framing::List).push(body.as_bytes(), &mut frames);
        assert_eq!(refused, Err(NetError::TooLarge { limit_bytes: WHOLE_MAX_BYTES }));
        assert_eq!(frames.len(), 1);
    }

    #[test]
    fn a_line_without_end_is_refused_and_keeps_what_came_before() {
        let mut frames = Vec::new();
        let mut reader = Frames::new(Framing::Events);
        let mut body = b"data: a\n\ndata: ".to_vec();
        body.resize(FRAME_MAX_BYTES + 100, b'x');
        let refused = reader.push(&body, &mut frames);
        assert_eq!(refused, Err(NetError::TooLarge { limit_bytes: FRAME_MAX_BYTES }));
        assert_eq!(frames.len(), 1);
    }

    #[test]
    fn an_event_of_endless_lines_is_refused() {
        let mut frames = Vec::new();
        let mut reader = Frames::new(Framing::Events);
        let line = format!("data: {}\n", "x".repeat(1000));
        let refused = (0..2000).find_map(|_| reader.push(line.as_bytes(), &mut frames).err());
        assert_eq!(refused, Some(NetError::TooLarge { limit_bytes: FRAME_MAX_BYTES }));
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_frames(
            parts in prop::collection::vec(
                prop::sample::select(vec!["data: ", "event: x", ":", "ä漢🙂", "a", "\n", "\r", "\r\n", "\n\n", "{}", "\u{feff}"]),
                0..40,
            ),
            cuts in prop::collection::vec(0_usize..200, 0..20),
        ) {
            let body = parts.concat().into_bytes();
            let mut ends: Vec<usize> = cuts.into_iter().map(|cut| cut.min(body.len())).collect();
            ends.extend([0, body.len()]);
            ends.sort_unstable();
            let chunks: Vec<&[u8]> = ends.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect();
            for framing in [Framing::Events, Framing::JsonLines, Framing::List, Framing::Whole] {
                prop_assert_eq!(read(framing, &chunks), read(framing, &[&body]));
            }
        }
    }
}
