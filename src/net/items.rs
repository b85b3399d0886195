//! Takes the items out of a JSON list as they come, so that a list that takes a minute to come is read from its start.

use std::mem::take;

/// Reads a list byte by byte, whatever way the network cut it into chunks. What stands between the items is dropped;
/// whether an item is well-formed is for its reader to say.
#[derive(Debug, Default)]
pub(super) struct Items {
    item: Vec<u8>,
    /// How many brackets and braces are open, the list's own among them.
    depth: u32,
    in_string: bool,
    is_escaped: bool,
}

impl Items {
    /// Takes one byte and gives the item that it completes.
    pub fn push(&mut self, byte: u8) -> Option<Vec<u8>> {
        if self.in_string {
            self.item.push(byte);
            let ends = byte == b'"' && !self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            self.in_string = !ends;
            return None;
        }
        let is_between = self.depth <= 1 && (byte.is_ascii_whitespace() || matches!(byte, b',' | b']'));
        match byte {
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            b'"' => self.in_string = true,
            _ => {}
        }
        let is_opening = self.depth == 1 && byte == b'[' && self.item.is_empty();
        if !is_between && !is_opening {
            self.item.push(byte);
        }
        let is_closing = self.depth == 1 && matches!(byte, b']' | b'}');
        if is_between || is_closing { self.end() } else { None }
    }

    /// The item that came last, or the half of it that came.
    pub fn end(&mut self) -> Option<Vec<u8>> {
        Some(take(&mut self.item)).filter(|item| !item.is_empty())
    }

    /// How long the unfinished item is by now, in bytes.
    pub const fn len(&self) -> usize {
        self.item.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn items(body: &str) -> Vec<String> {
        let mut reader = Items::default();
        let mut found: Vec<_> = body.bytes().filter_map(|byte| reader.push(byte)).collect();
        found.extend(reader.end());
        found.into_iter().map(|item| String::from_utf8(item).unwrap()).collect()
    }

    #[test]
    fn items_come_one_by_one() {
        let cases: &[(&str, &[&str])] = &[
            ("[]", &[]),
            ("[{\"a\":1}]", &["{\"a\":1}"]),
            ("[{\"a\": [1, 2]}\n,\r\n{\"b\": {}}]\n", &["{\"a\": [1, 2]}", "{\"b\": {}}"]),
            (r#"[{"a":"]},[{\""},{"b":"\\"}]"#, &[r#"{"a":"]},[{\""}"#, r#"{"b":"\\"}"#]),
            ("[1, \"x, y\", null]", &["1", "\"x, y\"", "null"]),
            ("[[1],[2]]", &["[1]", "[2]"]),
            // What was cut off shows as half an item.
            ("[{\"a\":1},{\"b\":", &["{\"a\":1}", "{\"b\":"]),
            ("[{\"a\":1},", &["{\"a\":1}"]),
        ];
        for (body, expected) in cases {
            assert_eq!(items(body), *expected, "{body}");
        }
    }

    #[test]
    fn an_item_is_there_before_the_list_ends() {
        let mut reader = Items::default();
        let found = b"[{\"a\":1}".iter().filter_map(|byte| reader.push(*byte)).count();
        assert_eq!(found, 1);
    }

    proptest! {
        #[test]
        fn what_comes_out_is_what_the_list_holds(texts in prop::collection::vec("[\\[\\]{}\",:\\\\ a-c\u{e4}]{0,12}", 0..8)) {
            let list: Vec<Value> = texts.iter().map(|text| serde_json::json!({ text.clone(): [text, {"x": text}] })).collect();
            let body = serde_json::to_string_pretty(&Value::Array(list.clone())).unwrap();
            let read: Vec<Value> = items(&body).iter().map(|item| serde_json::from_str(item).unwrap()).collect();
            prop_assert_eq!(read, list);
        }

        #[test]
        fn any_bytes_are_taken(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut reader = Items::default();
            for byte in bytes {
                reader.push(byte);
            }
        }
    }
}
