//! How fast a large log is read and analyzed: `cargo bench`. Prints megabytes per second on one core.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a measurement for people")]

use jiff::Timestamp;
use std::fmt::Write as _;
use std::time::Instant;
use tftsr::insight::Scan;

const MEGABYTES: usize = 64;
const RUNS: usize = 5;

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

fn analyze(text: &str) {
    let mut scan = Scan::new("big.log", Timestamp::UNIX_EPOCH);
    for part in text.as_bytes().chunks(1 << 20) {
        scan.push(part).unwrap();
    }
    scan.finish().unwrap();
}

/// The median of some runs: machines are noisy.
fn measure(name: &str, text: &str, work: fn(&str)) {
    let mut rates: Vec<f64> = (0..RUNS)
        .map(|_run| {
            let begin = Instant::now();
            work(text);
            64.0 / begin.elapsed().as_secs_f64()
        })
        .collect();
    rates.sort_by(f64::total_cmp);
    println!("{name}: {:.1} MB/s (median of {RUNS} over {MEGABYTES} MB)", rates[RUNS / 2]);
}

fn main() {
    let text = log(MEGABYTES);
    measure("decode, index and analyze", &text, analyze);
}
