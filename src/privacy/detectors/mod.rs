//! The list of detectors, one a file: a new one needs its `mod` line and its line in [`ALL`].
mod account;
mod account_file;
mod authorization;
mod bare_value;
pub(super) mod bytes;
mod call;
mod column;
mod command;
mod console;
mod credit_card;
mod detector;
mod directive;
mod email;
mod escaped;
mod expression;
mod host;
mod iban;
mod ipv4;
mod ipv6;
mod jwt;
mod key_name;
mod key_parts;
mod key_value;
mod key_worth;
mod labelled_phone;
mod lease;
mod listing;
mod mac;
mod machine;
mod markup;
mod names;
mod national_check;
mod national_id;
mod password_hash;
mod phone;
mod phrase;
mod pipe;
mod private_key;
mod reference;
mod secret;
mod session;
mod shell;
mod ssn;
mod syslog;
mod table;
mod token;
mod tools;
mod url;
mod user;

pub(super) use self::detector::{Anchor, Detector, Hit, Hits};
pub(super) use self::table::Rows;

pub(super) static ALL: &[Detector] = &[
    private_key::DETECTOR,
    key_parts::DETECTOR,
    jwt::DETECTOR,
    token::DETECTOR,
    authorization::DETECTOR,
    url::DETECTOR,
    secret::DETECTOR,
    session::DETECTOR,
    command::DETECTOR,
    call::DETECTOR,
    pipe::DETECTOR,
    directive::DETECTOR,
    console::DETECTOR,
    account_file::DETECTOR,
    markup::DETECTOR,
    column::DETECTOR,
    password_hash::DETECTOR,
    email::DETECTOR,
    ipv4::DETECTOR,
    ipv6::DETECTOR,
    mac::DETECTOR,
    host::DETECTOR,
    machine::DETECTOR,
    lease::DETECTOR,
    user::DETECTOR,
    account::DETECTOR,
    listing::DETECTOR,
    phone::DETECTOR,
    labelled_phone::DETECTOR,
    ssn::DETECTOR,
    credit_card::DETECTOR,
    iban::DETECTOR,
    national_id::DETECTOR,
];

#[cfg(test)]
mod tests {
    use super::super::finding::{Finding, united};
    use super::super::sweep::Plan;
    use super::*;
    use crate::privacy::{Policy, detect};

    /// Takes the marks out of a sample and tells where they were.
    fn unmarked(sample: &str) -> (String, Vec<std::ops::Range<usize>>) {
        let (mut text, mut ranges, mut start) = (String::new(), Vec::new(), 0);
        for letter in sample.chars() {
            match letter {
                '«' => start = text.len(),
                '»' => ranges.push(start..text.len()),
                other => text.push(other),
            }
        }
        (text, ranges)
    }

    fn found(detector: &Detector, text: &str) -> Vec<std::ops::Range<usize>> {
        let mut hits = Hits::default();
        let plan = Plan::new(std::slice::from_ref(detector)).unwrap();
        plan.sweep(text, 0..text.len(), &mut hits);
        let seen = hits.list.into_iter().filter(|hit| !hit.reserved);
        united(seen.map(|hit| Finding { kind: hit.kind, range: hit.range, confidence: hit.confidence }).collect())
            .into_iter()
            .map(|one| one.range)
            .collect()
    }

    #[test]
    fn every_detector_finds_its_samples_and_nothing_else_in_them() {
        let mut wrong = Vec::new();
        for detector in ALL {
            for sample in detector.matches {
                let (text, expected) = unmarked(sample);
                let found = found(detector, &text);
                if found != expected {
                    let seen: Vec<_> = found.iter().map(|range| text.get(range.clone())).collect();
                    wrong.push(format!("{}: {sample} -> {seen:?}", detector.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn no_detector_falls_over_a_sample_that_is_cut_anywhere() {
        for detector in ALL {
            let plan = Plan::new(std::slice::from_ref(detector)).unwrap();
            for sample in detector.matches.iter().chain(detector.clean) {
                let (text, _) = unmarked(sample);
                for (head, tail) in text.char_indices().map(|(cut, _)| text.split_at(cut)) {
                    plan.sweep(head, 0..head.len(), &mut Hits::default());
                    plan.sweep(tail, 0..tail.len(), &mut Hits::default());
                }
            }
        }
    }

    #[test]
    fn every_detector_leaves_its_clean_samples_alone() {
        let mut wrong = Vec::new();
        for detector in ALL {
            for sample in detector.clean {
                let seen: Vec<_> = found(detector, sample).iter().map(|range| sample.get(range.clone())).collect();
                if !seen.is_empty() {
                    wrong.push(format!("{}: {sample} -> {seen:?}", detector.name));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// However long a value may be to a detector, it does not end within a character.
    #[test]
    fn values_that_are_too_long_are_cut_between_characters() {
        let policy = Policy::default();
        let samples = ALL.iter().flat_map(|detector| detector.matches.iter().enumerate());
        for (text, value, number) in samples.flat_map(|(number, sample)| {
            let (text, values) = unmarked(sample);
            values.into_iter().map(move |value| (text.clone(), value, number))
        }) {
            let (first, after) = text.split_at(value.end);
            // The longest of all once a detector, for they take their time.
            let lengths = if number == 0 { &[20, 150, 500, 5000][..] } else { &[20, 150, 500] };
            for (length, shift) in lengths.iter().flat_map(|length| [0, 1, 2].map(|shift| (*length, shift))) {
                let long = format!("{first}{}{}{after}", "x".repeat(shift), "密".repeat(length));
                let found = detect(&long, &policy).map(|found| found.len());
                assert!(found.is_ok(), "{found:?}: {first}», {shift} and {length}, {after}");
            }
        }
    }

    #[test]
    fn every_detector_has_samples_of_both_sorts() {
        for detector in ALL {
            assert!(!detector.matches.is_empty() && !detector.clean.is_empty(), "{}", detector.name);
        }
    }
}
