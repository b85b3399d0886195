//! Which texts a pattern cannot match without: they are looked for first, all at once, so that few patterns are tried.
//!
//! Only what is plain in a pattern is read. Where it is not, the answer is "nothing is known", never a wrong text.

/// Shortest text that is worth looking for.
const LEAST_BYTES: usize = 3;

/// Texts of which every match of `pattern` holds at least one, upper and lower case alike; empty if none are known.
pub(super) fn required(pattern: &str) -> Vec<String> {
    let mut reader = Reader { rest: pattern };
    let found = reader.alternatives().filter(|_| reader.rest.is_empty());
    found.filter(|texts| texts.iter().all(|text| text.len() >= LEAST_BYTES)).unwrap_or_default()
}

/// `None`: nothing is known, or the pattern is not understood.
type Texts = Option<Vec<String>>;

struct Reader<'a> {
    rest: &'a str,
}

/// What is best known of a sequence so far.
#[derive(Default)]
struct Sequence {
    run: String,
    best: Texts,
}

impl Sequence {
    fn consider(&mut self, texts: Vec<String>) {
        let worth = |texts: &[String]| texts.iter().map(String::len).min().unwrap_or(0);
        if self.best.as_deref().is_none_or(|best| worth(&texts) > worth(best)) {
            self.best = Some(texts);
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if !run.is_empty() {
            self.consider(vec![run]);
        }
    }
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let next = self.rest.chars().next()?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        Some(next)
    }

    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// `a|b|c`: one of the texts of each; nothing is known if that holds for one of them.
    fn alternatives(&mut self) -> Texts {
        let mut all: Texts = Some(Vec::new());
        loop {
            let one = self.sequence();
            all = all.zip(one).map(|(mut all, one)| {
                all.extend(one);
                all
            });
            if !self.eat("|") {
                return all;
            }
        }
    }

    fn sequence(&mut self) -> Texts {
        let mut known = Sequence::default();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            self.item(&mut known);
        }
        known.end_run();
        known.best
    }

    fn item(&mut self, known: &mut Sequence) {
        let Some(next) = self.next() else { return };
        let literal = match next {
            '(' => return self.group(known),
            '[' => {
                self.skip_class();
                None
            }
            '.' | '^' | '$' => None,
            '\\' => self.next().filter(|escaped| !escaped.is_ascii_alphanumeric()),
            plain => Some(plain),
        };
        let (least, varies) = self.repetition();
        match literal.filter(|_| least > 0) {
            Some(literal) => {
                known.run.push(literal.to_ascii_lowercase());
                if varies {
                    known.end_run();
                }
            }
            None => known.end_run(),
        }
    }

    fn group(&mut self, known: &mut Sequence) {
        known.end_run();
        if self.rest.starts_with('?') && !self.eat("?:") {
            // Flags and names change the meaning; nothing behind them is relied on.
            self.rest = "";
            return;
        }
        let inside = self.alternatives();
        if !self.eat(")") {
            return;
        }
        let (least, _) = self.repetition();
        if let Some(texts) = inside.filter(|texts| least > 0 && !texts.is_empty()) {
            known.consider(texts);
        }
    }

    /// `[^]a-z\d]` up to its end.
    fn skip_class(&mut self) {
        self.eat("^");
        self.eat("]");
        while let Some(next) = self.next() {
            match next {
                '\\' => drop(self.next()),
                ']' => return,
                _ => {}
            }
        }
    }

    /// How often what stands before must occur at least, and whether that is not exactly once.
    fn repetition(&mut self) -> (u32, bool) {
        let found = if self.eat("*") || self.eat("?") {
            (0, true)
        } else if self.eat("+") {
            (1, true)
        } else if self.eat("{") {
            let inside = self.rest.split_once('}').map(|(inside, rest)| {
                self.rest = rest;
                inside
            });
            let least = inside.and_then(|inside| inside.split(',').next()?.parse().ok());
            (least.unwrap_or(0), true)
        } else {
            return (1, false);
        };
        self.eat("?");
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_most_telling_part_is_required() {
        let cases: &[(&str, &[&str])] = &[
            ("connection refused", &["connection refused"]),
            ("Alpha|beta", &["alpha", "beta"]),
            (r"\bHTTP/\d(\.\d)? 5", &["http/"]),
            ("(lost|gained) carrier", &[" carrier"]),
            ("(failed|denied) a", &["failed", "denied"]),
            ("colou?r", &["colo"]),
            ("fo+bar", &["bar"]),
            (r"x{2,3}abc\.def", &["abc.def"]),
            ("[^]abc]link[0-9]{3}", &["link"]),
            (".*", &[]),
            ("abc|.", &[]),
            ("(abc)?", &[]),
            ("(?i)abc", &[]),
            ("ab", &[]),
            ("abc)", &[]),
        ];
        for (pattern, expected) in cases {
            assert_eq!(required(pattern), *expected, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_text_that_matches_holds_a_required_part(
            pattern in r"(abcd|b.cdef|\(abc|[ab]xyz|(abc|defg)h?){1,3}(\|abcdef)?",
            text in "[abcdefghxyz(]{0,24}",
        ) {
            let Ok(regex) = regex::Regex::new(&pattern) else { return Ok(()) };
            let required = required(&pattern);
            if regex.is_match(&text) && !required.is_empty() {
                prop_assert!(required.iter().any(|part| text.contains(part)), "{pattern} {required:?}");
            }
        }

        #[test]
        fn any_pattern_is_survived(pattern in "[a-c()\\[\\]{}|?*+.\\\\^$,0-9:]{0,30}") {
            required(&pattern);
        }
    }
}
