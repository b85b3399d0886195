//! Numbers, sizes, durations and times as people read them: the same in the window, on the command line and in
//! documents.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `250 ms`, `9.1 s`, `45 s`, `38 min`, `2 h 5 min`, `3 d 4 h`; smaller parts are cut off.
pub fn duration(took: SignedDuration) -> String {
    let sign = if took.is_negative() { "-" } else { "" };
    let millis = took.as_millis().unsigned_abs();
    let seconds = millis / 1000;
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let text = match seconds {
        0 if millis > 0 => format!("{millis} ms"),
        1..=9 if millis % 1000 >= 100 => format!("{seconds}.{} s", millis % 1000 / 100),
        0..=59 => format!("{seconds} s"),
        60..=3599 => format!("{minutes} min"),
        3600..=86_399 => two_parts((hours, "h"), (minutes % 60, "min")),
        _ => two_parts((days, "d"), (hours % 24, "h")),
    };
    format!("{sign}{text}")
}

fn two_parts((large, large_unit): (u128, &str), (small, small_unit): (u128, &str)) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// `512 B`, `1.2 GB`, `38 MB`; a kilobyte is 1000 bytes.
pub fn bytes(size: u64) -> String {
    let (figure, unit) = scaled(size, &["B", "kB", "MB", "GB", "TB", "PB", "EB"]);
    format!("{figure} {unit}")
}

/// `2,404`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 line`, `2,404 lines`.
pub fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { more })
}

/// `412`, `2.1k`, `38k`, `1.2M`.
pub fn tokens(number: u32) -> String {
    let (figure, unit) = scaled(u64::from(number), &["", "k", "M", "G"]);
    format!("{figure}{unit}")
}

/// `$1.20`, `$0.0123`, from millionths of a dollar; `under $0.0001` for what is less.
pub fn cost(micros: u64) -> String {
    match micros {
        0 => "$0".to_owned(),
        1..100 => "under $0.0001".to_owned(),
        100..1_000_000 => format!("$0.{:04}", micros / 100),
        _ => {
            let cents = (u128::from(micros) + 5_000) / 10_000;
            format!("${}.{:02}", cents / 100, cents % 100)
        }
    }
}

/// `2026-03-01 02:38:20 CET`; the offset stands in for the name of a zone that has none.
pub fn local_time(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}

/// In the largest unit that leaves at least 1: below 10 with one decimal, unless that is 0; rounded half up.
fn scaled(number: u64, units: &[&'static str]) -> (String, &'static str) {
    let mut unit = units.first().copied().unwrap_or_default();
    let mut scale = 1_u128;
    for next in units.iter().skip(1) {
        // What would be rounded up to 1000 is 1 of the next unit.
        if u128::from(number) * 2 < scale * 1999 {
            break;
        }
        scale *= 1000;
        unit = next;
    }
    let tenths = (u128::from(number) * 10 + scale / 2) / scale;
    let figure = if tenths >= 100 || tenths.is_multiple_of(10) {
        ((u128::from(number) * 2 + scale) / (scale * 2)).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    (figure, unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_no_plural() {
        let lines = |number| counted(number, "line", "lines");
        assert_eq!([lines(0), lines(1), lines(2404)], ["0 lines", "1 line", "2,404 lines"]);
    }
    use jiff::tz::offset;

    #[test]
    fn durations_are_cut_to_two_parts() {
        let cases = [
            (0, "0 s"),
            (250, "250 ms"),
            (1_000, "1 s"),
            (9_140, "9.1 s"),
            (45_900, "45 s"),
            (59_999, "59 s"),
            (60_000, "1 min"),
            (38 * 60_000, "38 min"),
            (7_200_000, "2 h"),
            (7_500_000, "2 h 5 min"),
            (86_400_000, "1 d"),
            (273_600_000, "3 d 4 h"),
            (-300_000, "-5 min"),
        ];
        for (millis, expected) in cases {
            assert_eq!(duration(SignedDuration::from_millis(millis)), expected, "{millis}");
        }
        assert!(duration(SignedDuration::MIN).starts_with("-106751991167300 d"));
    }

    #[test]
    fn sizes_round_into_the_next_unit() {
        let cases = [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1 kB"),
            (1_250, "1.3 kB"),
            (9_960, "10 kB"),
            (38_400_000, "38 MB"),
            (999_499, "999 kB"),
            (999_500, "1 MB"),
            (1_200_000_000, "1.2 GB"),
            (u64::MAX, "18 EB"),
        ];
        for (size, expected) in cases {
            assert_eq!(bytes(size), expected, "{size}");
        }
    }

    #[test]
    fn large_numbers_have_separators() {
        for (number, expected) in
            [(0, "0"), (999, "999"), (2_404, "2,404"), (1_000_000, "1,000,000"), (12_345, "12,345")]
        {
            assert_eq!(count(number), expected);
        }
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn tokens_are_short() {
        for (number, expected) in [(412, "412"), (2_100, "2.1k"), (38_000, "38k"), (1_200_000, "1.2M")] {
            assert_eq!(tokens(number), expected);
        }
    }

    #[test]
    fn small_costs_are_not_nothing() {
        let cases =
            [(0, "$0"), (40, "under $0.0001"), (12_345, "$0.0123"), (1_995_000, "$2.00"), (12_300_000, "$12.30")];
        for (micros, expected) in cases {
            assert_eq!(cost(micros), expected);
        }
    }

    #[test]
    fn a_time_is_local_and_names_its_zone() {
        let at: Timestamp = "2026-03-01T01:38:20Z".parse().unwrap();
        assert_eq!(local_time(at, &TimeZone::UTC), "2026-03-01 01:38:20 UTC");
        assert_eq!(local_time(at, &TimeZone::fixed(offset(2))), "2026-03-01 03:38:20 +02");
    }
}
