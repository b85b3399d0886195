//! Any two texts: restoring gives them back, redacting again changes nothing, a value has one placeholder in both. A
//! placeholder that stands in a text already means what it means by now.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tftsr_fuzz::domain::Unredacted;
use tftsr_fuzz::privacy::{Policy, Redactor, Vault, plain};

fuzz_target!(|bytes: &[u8]| {
    let both = tftsr_fuzz::text(bytes);
    let (first, second) = both.split_once('\u{1}').unwrap_or((&both, ""));
    let mut redactor = Redactor::new(Vault::default(), Policy::default());
    let mut cleared = Vec::new();
    for text in [first, second, first] {
        let redacted = redactor.redact(&Unredacted::from(text)).expect("redacts");
        let vault = redactor.vault();
        assert_eq!(vault.restore(redacted.as_str()), vault.restore(&plain(text)), "restored");
        cleared.push(redacted.as_str().to_owned());
    }
    let vault = redactor.into_vault();
    // With what the second text taught, the first one may hide more, never less.
    let mut again = Redactor::new(vault, Policy::default());
    for text in cleared.iter().skip(1) {
        let twice = again.redact(&Unredacted::from(text.as_str())).expect("redacts");
        assert_eq!(twice.as_str(), text, "redacted again");
    }
    // Every value once.
    let values: Vec<_> = again.vault().entries().map(|(_, value)| value.expose().to_owned()).collect();
    let distinct: std::collections::HashSet<_> = values.iter().collect();
    assert_eq!(distinct.len(), values.len(), "a value with two placeholders");
});
