//! Any two texts: with the values in place of the placeholders a text is what it was, redacting again changes nothing,
//! a value has one placeholder in both. A placeholder that stands in a text already means what it means by now.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tftsr_fuzz::domain::Unredacted;
use tftsr_fuzz::privacy::{Marked, Policy, Redactor, Vault, plain};

fuzz_target!(|bytes: &[u8]| {
    let both = tftsr_fuzz::text(bytes);
    let (first, second) = both.split_once('\u{1}').unwrap_or((&both, ""));
    let mut redactor = Redactor::new(Vault::default(), Policy::default());
    // With what one text taught, the other one may hide more, never less; what that is may be known in the first again.
    let mut cleared = Vec::new();
    for _ in 0..4 {
        let known = redactor.vault().len();
        cleared = [first, second]
            .map(|text| {
                let marked = redactor.redact_marked(&Unredacted::from(text)).expect("redacts");
                let vault = redactor.vault();
                assert_eq!(with_values(&marked, vault, str::to_owned), plain(text), "the text");
                let restored = vault.restore(marked.text.as_str());
                assert_eq!(restored, with_values(&marked, vault, |piece| vault.restore(piece)), "restored");
                marked.text.as_str().to_owned()
            })
            .to_vec();
        if redactor.vault().len() == known {
            break;
        }
    }
    let mut again = Redactor::new(redactor.into_vault(), Policy::default());
    for text in &cleared {
        let twice = again.redact(&Unredacted::from(text.as_str())).expect("redacts");
        assert_eq!(twice.as_str(), text, "redacted again");
    }
    // Every value once.
    let values: Vec<_> = again.vault().entries().map(|(_, value)| value.expose().to_owned()).collect();
    let distinct: std::collections::HashSet<_> = values.iter().collect();
    assert_eq!(distinct.len(), values.len(), "a value with two placeholders");
});

/// The text with the values in place of the placeholders that redaction put there.
fn with_values(marked: &Marked, vault: &Vault, between: impl Fn(&str) -> String) -> String {
    let text = marked.text.as_str();
    let (mut result, mut done) = (String::new(), 0);
    for (range, placeholder) in &marked.after {
        result.push_str(&between(&text[done..range.start]));
        result.push_str(vault.value(*placeholder).expect("known").expose());
        done = range.end;
    }
    result.push_str(&between(&text[done..]));
    result
}
