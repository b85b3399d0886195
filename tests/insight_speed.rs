//! How fast a large log is read. Run by hand, in release: `cargo test --release --test insight_speed -- --ignored --nocapture`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement for people")]

use jiff::Timestamp;
use std::fmt::Write as _;
use std::time::Instant;
use tftsr::insight::{Scan, open};

/// A log of about `megabytes` MB with a dozen kinds of lines and varying values.
fn log(megabytes: usize) -> String {
    let mut text = String::new();
    let mut n = 0_u64;
    while text.len() < megabytes << 20 {
        n += 1;
        let (minute, second) = (n / 6000 % 60, n / 100 % 60);
        let level = if n.is_multiple_of(97) { "ERROR" } else { "INFO" };
        let noise = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        writeln!(
            text,
            "2026-11-22T01:{minute:02}:{second:02}.{:03}Z {level} 1 --- [exec-{}] c.example.Service{} : request {noise:016x} from 10.1.{}.{} took {} ms, status=200 path=/api/v1/orders/{n}",
            n % 1000,
            n % 40,
            char::from(b'A' + u8::try_from(n % 12).unwrap()),
            n % 250,
            n % 200,
            n % 777,
        )
        .unwrap();
    }
    text
}

#[test]
#[ignore = "a measurement, not a check"]
fn megabytes_per_second() {
    let text = log(64);
    let begin = Instant::now();
    let mut scan = Scan::new("big.log", Timestamp::UNIX_EPOCH);
    for part in text.as_bytes().chunks(256 * 1024) {
        scan.push(part).unwrap();
    }
    let (scanned, _) = scan.finish().unwrap();
    let secs = begin.elapsed().as_secs_f64();
    println!("{} lines, {:.1} MB/s", scanned.index.line_count(), 64.0 / secs);
}

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
