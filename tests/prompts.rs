//! The prompts that go to every model hold nothing that the privacy gate would change.

use tftsr::domain::Domain;
use tftsr::insight::prompts;
use tftsr::privacy::{Policy, detect};

#[test]
fn no_detector_finds_anything_in_a_prompt() {
    let domains = Domain::ALL.iter().copied().map(Some).chain([None]);
    let all = domains.map(|domain| prompts::for_domain(domain, None)).chain([prompts::BRIEF.to_owned()]);
    for prompt in all {
        let found = detect(&prompt, &Policy::default()).map(|findings| {
            findings.iter().filter_map(|one| prompt.get(one.range.clone()).map(str::to_owned)).collect::<Vec<_>>()
        });
        assert_eq!(found.ok(), Some(Vec::new()), "{}", prompt.lines().next().unwrap_or_default());
    }
}
