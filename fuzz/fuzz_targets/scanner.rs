//! Any text: findings are sorted, apart, on characters; and how a stream is cut changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tftsr_fuzz::privacy::{Policy, StreamFinding, StreamScanner, detect};

fn scanned(pieces: &[&str]) -> Vec<StreamFinding> {
    let mut scanner = StreamScanner::new(Policy::default());
    let mut found: Vec<_> = pieces.iter().flat_map(|piece| scanner.push(piece).expect("scans")).collect();
    found.extend(scanner.finish().expect("scans"));
    found
}

fuzz_target!(|bytes: &[u8]| {
    let (seed, bytes) = bytes.split_first().map_or((0, bytes), |(seed, rest)| (*seed, rest));
    let text = tftsr_fuzz::text(bytes);
    let mut end = 0;
    for finding in detect(&text, &Policy::default()).expect("scans") {
        assert!(finding.range.start >= end && finding.range.end > finding.range.start, "order");
        assert!(text.get(finding.range.clone()).is_some(), "off a boundary");
        end = finding.range.end;
    }
    // Long enough to be scanned in several blocks, now and then.
    let long;
    let text = if seed == 7 && text.len() > 64 {
        long = format!("{text}\n").repeat(450_000 / text.len());
        &long
    } else {
        &*text
    };
    assert_eq!(scanned(&tftsr_fuzz::pieces(text, seed)), scanned(&[text]), "cut");
});
