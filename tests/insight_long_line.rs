//! A line of ten megabytes.

use jiff::Timestamp;
use tftsr::insight::{Scan, open};

#[test]
fn a_line_of_ten_megabytes_is_survived() {
    let text = format!("2026-11-22T01:38:20Z ERROR begin\n{}\nend\n", "word 123 ".repeat(1_200_000));
    let mut scan = Scan::new("long.log", Timestamp::UNIX_EPOCH);
    let mut reader = open(text.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut reader, &mut bytes).unwrap();
    for part in bytes.chunks(65_536) {
        scan.push(part).unwrap();
    }
    let (scanned, _) = scan.finish().unwrap();
    assert_eq!((scanned.index.line_count(), scanned.index.byte_count()), (3, text.len() as u64));
    assert_eq!(scanned.analysis.summary.events, 1);
}
