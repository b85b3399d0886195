//! The list of detectors, one a file: a new one needs its `mod` line and its line in [`ALL`].
mod authorization;
pub(super) mod bytes;
mod column;
mod command;
mod credit_card;
mod detector;
mod directive;
mod email;
mod host;
mod iban;
mod ipv4;
mod ipv6;
mod jwt;
mod key_name;
mod key_value;
mod key_worth;
mod mac;
mod names;
mod national_check;
mod national_id;
mod password_hash;
mod phone;
mod private_key;
mod secret;
mod session;
mod ssn;
mod syslog;
mod token;
mod url;
mod user;

pub(super) use self::detector::{Anchor, Detector, Hit, Hits};

pub(super) static ALL: &[Detector] = &[
    private_key::DETECTOR,
    jwt::DETECTOR,
    token::DETECTOR,
    authorization::DETECTOR,
    url::DETECTOR,
    secret::DETECTOR,
    session::DETECTOR,
    command::DETECTOR,
    directive::DETECTOR,
    column::DETECTOR,
    password_hash::DETECTOR,
    email::DETECTOR,
    ipv4::DETECTOR,
    ipv6::DETECTOR,
    mac::DETECTOR,
    host::DETECTOR,
    user::DETECTOR,
    phone::DETECTOR,
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

    #[test]
    fn every_detector_has_samples_of_both_sorts() {
        for detector in ALL {
            assert!(!detector.matches.is_empty() && !detector.clean.is_empty(), "{}", detector.name);
        }
    }
}
