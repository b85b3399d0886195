//! Wording that points at a person, and what to say instead. The rules are data.

/// Phrases, in small letters, and what to do about them.
struct Rule {
    phrases: &'static [&'static str],
    suggestion: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        phrases: &["human error", "operator error", "user error", "pilot error", "pebkac"],
        suggestion: "Name the condition that made the error possible, and the check that was missing",
    },
    Rule {
        phrases: &[
            "should have known",
            "should have noticed",
            "should have checked",
            "ought to have",
            "could easily have",
        ],
        suggestion: "Say what was known at that moment, and what would have shown more",
    },
    Rule {
        phrases: &["he failed to", "she failed to", "they failed to", "engineer failed to", "failed to follow"],
        suggestion: "Say what happened and which step of the process allowed it",
    },
    Rule {
        phrases: &["forgot to", "did not bother", "didn't bother", "neglected to", "was too lazy"],
        suggestion: "Say which step was left out, and what would have reminded of it",
    },
    Rule {
        phrases: &[
            "his fault",
            "her fault",
            "their fault",
            "your fault",
            "is to blame",
            "was to blame",
            "are to blame",
        ],
        suggestion: "Describe how the system came into this state; leave out whose fault it was",
    },
    Rule {
        phrases: &[
            "careless",
            "carelessly",
            "carelessness",
            "negligent",
            "negligence",
            "sloppy",
            "reckless",
            "incompetent",
        ],
        suggestion: "Replace the judgment by what was done and under which conditions",
    },
    Rule {
        phrases: &["stupid", "dumb", "idiotic", "obvious mistake", "silly mistake", "rookie mistake"],
        suggestion: "Leave the judgment out; say why it looked right at that moment",
    },
];

/// A place where a person is blamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Blame {
    /// Byte in the text.
    pub(super) at: usize,
    pub(super) phrase: &'static str,
    pub(super) suggestion: &'static str,
}

/// All places, in order. Case does not matter, and a line end counts as a space.
pub(super) fn find(text: &str) -> Vec<Blame> {
    let text = text.to_ascii_lowercase().replace('\n', " ");
    let phrases = RULES.iter().flat_map(|rule| rule.phrases.iter().map(move |phrase| (*phrase, rule.suggestion)));
    let mut found: Vec<Blame> = phrases
        .flat_map(|(phrase, suggestion)| {
            text.match_indices(phrase).map(move |(at, _)| Blame { at, phrase, suggestion })
        })
        .filter(|blame| is_whole(&text, blame.at, blame.phrase.len()))
        .collect();
    found.sort_by_key(|blame| blame.at);
    found
}

pub(super) fn is_whole(text: &str, at: usize, length: usize) -> bool {
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at + length..).and_then(|text| text.chars().next());
    ![before, after].into_iter().flatten().any(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_are_found_whole_and_across_a_line_end() {
        let text = "Ünder load.\nHuman\nerror: the admin Forgot to scale.";
        let found: Vec<_> = find(text).into_iter().map(|blame| (blame.at, blame.phrase)).collect();
        assert_eq!(found, [(text.find("Human").unwrap(), "human error"), (text.find("Forgot").unwrap(), "forgot to")]);
    }

    #[test]
    fn neutral_words_are_left_alone() {
        for text in
            ["the pod failed to start", "a dumbbell", "blameless", "default", "uncareless_flag", "superhuman errors"]
        {
            assert_eq!(find(text), [], "{text}");
        }
    }

    #[test]
    fn every_phrase_can_be_found() {
        for phrase in RULES.iter().flat_map(|rule| rule.phrases) {
            assert_eq!(find(phrase).first().map(|blame| blame.phrase), Some(*phrase));
        }
    }
}
