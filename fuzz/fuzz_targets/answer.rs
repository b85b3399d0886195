//! Any answer of a model, and any line of a log: read as far as it goes, shown safely, quoted so that it stays quoted.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tftsr_fuzz::domain::{PiiKind, Placeholder};
use tftsr_fuzz::insight::{citations, level_in_text, parse_proposals};
use tftsr_fuzz::privacy::{Restorer, Vault, fence, instruction_like, visible};

fuzz_target!(|bytes: &[u8]| {
    let (seed, bytes) = bytes.split_first().map_or((0, bytes), |(seed, rest)| (*seed, rest));
    let text = tftsr_fuzz::text(bytes);

    let (shown, proposals) = parse_proposals(&text, "model");
    assert!(shown.len() <= text.len());
    assert!(proposals.iter().all(|one| one.level >= 1), "a proposal without a level");
    level_in_text(&text);
    for (range, _) in citations(&text, &["app.log", "a b.log", "", "日.log"]) {
        assert!(text.get(range).is_some(), "off a boundary");
    }

    let vault = Vault::from_entries([
        (Placeholder { kind: PiiKind::Email, number: 1 }, "ann@acme.io".into()),
        (Placeholder { kind: PiiKind::Password, number: 12 }, "[Email-1]".into()),
    ]);
    let mut restorer = Restorer::new(&vault);
    let mut restored = String::new();
    for piece in tftsr_fuzz::pieces(&text, seed) {
        restored.push_str(&restorer.push(piece));
    }
    restored.push_str(&restorer.finish());
    assert_eq!(restored, vault.restore(&text), "cut");

    let safe = visible(&text);
    assert_eq!(visible(&safe), safe, "not safe at once");
    assert!(!safe.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t'), "a control character");
    instruction_like(&text);
    let fenced = fence(&text, &text);
    let mark: String = fenced.chars().take_while(|letter| *letter == '`').collect();
    let closing = fenced.lines().skip(1).filter(|line| line.trim_start().starts_with(&mark)).count();
    assert_eq!(closing, 1, "the fence is closed inside");
});
