//! JSON as small models write it: read as far as it goes.
//!
//! Understood besides JSON: comments, single and typographic quotes, bare keys and words, Python's words, commas that
//! are missing or too many, line breaks in strings, brackets that are not closed.

use serde_json::{Map, Number, Value};

/// Deeper values are left out.
const MAX_DEPTH: u32 = 16;

/// The objects in `text`, one after the other or in lists, mended; whatever stands between them is skipped.
pub(super) fn objects(text: &str) -> Vec<Map<String, Value>> {
    let mut reader = Reader { rest: text };
    let mut found = Vec::new();
    loop {
        reader.skip(|next| !matches!(next, '{' | '['));
        match reader.value(0) {
            Some(value) => collect(value, &mut found),
            None => return found,
        }
    }
}

fn collect(value: Value, found: &mut Vec<Map<String, Value>>) {
    match value {
        Value::Object(object) if !object.is_empty() => found.push(object),
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, found)),
        Value::Object(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        Some(next)
    }

    /// What stands before the first character that is not skipped.
    fn skip(&mut self, is_skipped: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|next| !is_skipped(next)).unwrap_or(self.rest.len());
        let (skipped, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        skipped
    }

    /// Spaces, comments and commas: where one is missing or too many, nothing is lost.
    fn skip_gaps(&mut self) {
        loop {
            self.skip(|next| next.is_whitespace() || next == ',' || next == ';');
            if self.rest.starts_with("//") || self.rest.starts_with('#') {
                self.skip(|next| next != '\n');
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return;
            }
        }
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        self.skip_gaps();
        match self.peek()? {
            '{' if depth < MAX_DEPTH => {
                self.next();
                Some(Value::Object(self.object(depth)))
            }
            '[' if depth < MAX_DEPTH => {
                self.next();
                Some(Value::Array(self.array(depth)))
            }
            quote if closing(quote).is_some() => Some(Value::String(self.string())),
            '}' | ']' | ':' => None,
            _ => Some(self.word()),
        }
    }

    fn object(&mut self, depth: u32) -> Map<String, Value> {
        let mut object = Map::new();
        loop {
            self.skip_gaps();
            let key = match self.peek() {
                // A list that ends here was not closed inside.
                None | Some(']') => return object,
                Some('}') => {
                    self.next();
                    return object;
                }
                Some(quote) if closing(quote).is_some() => self.string(),
                Some(_) => self.skip(|next| next.is_alphanumeric() || matches!(next, '_' | '-')).to_owned(),
            };
            self.skip(char::is_whitespace);
            let is_pair = self.rest.starts_with([':', '=']);
            if is_pair {
                self.skip(|next| matches!(next, ':' | '=' | '>'));
            } else if key.is_empty() {
                // Nothing that this reader understands.
                self.next();
                continue;
            }
            let value = if is_pair { self.value(depth + 1) } else { None };
            object.insert(key.to_lowercase(), value.unwrap_or(Value::Null));
        }
    }

    fn array(&mut self, depth: u32) -> Vec<Value> {
        let mut items = Vec::new();
        loop {
            self.skip_gaps();
            match self.peek() {
                None | Some('}') => return items,
                Some(']') => {
                    self.next();
                    return items;
                }
                Some(':') => drop(self.next()),
                Some(_) => match self.value(depth + 1) {
                    Some(item) => items.push(item),
                    None => drop(self.next()),
                },
            }
        }
    }

    /// A string up to its closing quote, or to the end of the text.
    fn string(&mut self) -> String {
        let end = self.next().and_then(closing).unwrap_or('"');
        let mut text = String::new();
        while let Some(next) = self.next() {
            match next {
                '\\' => text.extend(self.escaped()),
                _ if next == end && self.ends_string(end) => return text,
                _ => text.push(next),
            }
        }
        text
    }

    /// A quote ends a string only where something may follow it; otherwise it was not escaped, as in `it's`.
    fn ends_string(&self, end: char) -> bool {
        let after = self.rest.trim_start_matches([' ', '\t']);
        let follows = after.chars().next();
        end != '\'' && self.rest.is_empty()
            || follows.is_none_or(|next| matches!(next, ',' | '}' | ']' | ':' | '=' | '\n' | '\r' | '/' | '#'))
            || end == '"' && after.starts_with('"')
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'u' => {
                let code = self.rest.get(..4).and_then(|code| u32::from_str_radix(code, 16).ok());
                self.rest = self.rest.get(4..).filter(|_| code.is_some()).unwrap_or(self.rest);
                code.and_then(char::from_u32).unwrap_or('\u{fffd}')
            }
            other => other,
        })
    }

    /// A number, a word that means a value, or words without quotes up to the next comma, bracket or line.
    fn word(&mut self) -> Value {
        let word = self.skip(|next| !matches!(next, ',' | '}' | ']' | '\n')).trim();
        let plain = [" //", " #", " /*"].iter().fold(word, |word, comment| word.split(comment).next().unwrap_or(word));
        let plain = plain.trim();
        match plain.to_ascii_lowercase().as_str() {
            "true" | "yes" => Value::Bool(true),
            "false" | "no" => Value::Bool(false),
            "null" | "none" | "undefined" | "" => Value::Null,
            _ => plain.parse::<Number>().map_or_else(|_| Value::String(plain.to_owned()), Value::Number),
        }
    }
}

/// How a string ends that begins with this quote.
const fn closing(quote: char) -> Option<char> {
    match quote {
        '"' => Some('"'),
        '\'' => Some('\''),
        '`' => Some('`'),
        '“' | '„' => Some('”'),
        '‘' => Some('’'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_small_models_write_is_mended() {
        let expected = r#"[{"answer":"a lock","lines":["app.log:5"],"level":2}]"#;
        let cases = [
            ("sound", r#"{"answer":"a lock","lines":["app.log:5"],"level":2}"#),
            ("trailing commas", r#"{"answer":"a lock","lines":["app.log:5",],"level":2,}"#),
            ("missing comma", "{\"answer\":\"a lock\"\n\"lines\":[\"app.log:5\"]\n\"level\":2}"),
            ("single quotes", "{'answer':'a lock','lines':['app.log:5'],'level':2}"),
            ("typographic quotes", "{“answer”: “a lock”, “lines”: [“app.log:5”], “level”: 2}"),
            ("bare keys", "{answer: \"a lock\", lines: [app.log:5], level: 2}"),
            ("bare words", "{answer: a lock, lines: [app.log:5], level: 2}"),
            ("comments", "{\"answer\":\"a lock\", // why\n\"lines\":[\"app.log:5\"], /* x */ \"level\":2 # end\n}"),
            ("not closed", r#"{"answer":"a lock","lines":["app.log:5"],"level":2"#),
            ("list not closed", r#"{"answer":"a lock","level":2,"lines":["app.log:5"}"#),
            ("text around it", "Here it is:\n{\"answer\":\"a lock\",\"lines\":[\"app.log:5\"],\"level\":2}\nDone."),
            ("capitals", r#"{"Answer":"a lock","LINES":["app.log:5"],"Level":2}"#),
            ("a list", r#"[{"answer":"a lock","lines":["app.log:5"],"level":2}]"#),
            ("equals signs", r#"{"answer" = "a lock", "lines" => ["app.log:5"], level = 2}"#),
        ];
        let expected: Value = serde_json::from_str(expected).unwrap();
        for (name, text) in cases {
            let read = Value::Array(objects(text).into_iter().map(Value::Object).collect());
            assert_eq!(read, expected, "{name}");
        }
    }

    #[test]
    fn strings_are_read_as_they_were_meant() {
        let cases = [
            ("{\"a\":\"two\nlines\"}", "two\nlines"),
            (r#"{"a":"say \"hi\" \u00e4"}"#, "say \"hi\" ä"),
            ("{'a':'it's late'}", "it's late"),
            (r#"{"a":"the "pool" is full"}"#, "the \"pool\" is full"),
            (r#"{"a":"cut in the mid"#, "cut in the mid"),
            (r#"{"a":None}"#, ""),
        ];
        for (text, expected) in cases {
            let read = objects(text);
            assert_eq!(read[0]["a"].as_str().unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn text_without_an_object_gives_none() {
        for text in ["", "plain", "{}", "[]", "{{{{", "]]]]", ":::", "[1, 2, \"x\"]"] {
            assert!(objects(text).is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "[{}\\[\\]\"':,a-c1\\\\/*#“”\\n =]{0,80}") {
            objects(&text);
        }

        #[test]
        fn sound_json_is_read_as_it_is(key in "[a-z]{1,5}", text in "[a-zA-Z \\\\/{}äö]{0,20}", number in -1000_i64..1000) {
            let sound = serde_json::json!({ key.clone(): text, format!("{key}_n"): number, "list": [text, number] });
            let read = objects(&sound.to_string());
            prop_assert_eq!(read.into_iter().map(Value::Object).collect::<Vec<_>>(), vec![sound]);
        }
    }
}
