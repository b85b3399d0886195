//! Numbers, sizes and times as a person reads them.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// `12,404`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1.2 GB`, in powers of 1000.
pub fn size(bytes: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}

/// `412`, `2.1k`.
pub fn tokens(number: u32) -> String {
    if number < 1000 { number.to_string() } else { format!("{:.1}k", f64::from(number) / 1000.0) }
}

/// `45 s`, `38 min`, `3 h 20 min`, `2 d 4 h`.
pub fn duration(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    let two = |a: i64, unit_a: &str, b: i64, unit_b: &str| {
        if b == 0 { format!("{a} {unit_a}") } else { format!("{a} {unit_a} {b} {unit_b}") }
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        3600..86_400 => two(hours, "h", minutes % 60, "min"),
        _ => two(days, "d", hours % 24, "h"),
    }
}

/// `2026-05-04 01:40 UTC+2`, in this machine's zone.
pub fn moment(at: Timestamp) -> String {
    let local = at.to_zoned(TimeZone::system());
    local.strftime("%Y-%m-%d %H:%M %Z").to_string()
}

/// `4 min ago`, `3 h ago`; the date when it is more than a week ago.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let passed = now.duration_since(at);
    match passed.as_secs() {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{} min ago", passed.as_secs() / 60),
        3600..86_400 => format!("{} h ago", passed.as_secs() / 3600),
        86_400..604_800 => format!("{} d ago", passed.as_secs() / 86_400),
        _ => at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_sizes_have_units() {
        assert_eq!([count(0), count(999), count(1000), count(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([size(999), size(1_200), size(1_200_000_000)], ["999 B", "1.2 kB", "1.2 GB"]);
        assert_eq!([tokens(412), tokens(2100)], ["412", "2.1k"]);
    }

    #[test]
    fn durations_have_at_most_two_units() {
        let text = |seconds| duration(SignedDuration::from_secs(seconds));
        assert_eq!([text(45), text(2280), text(12_000), text(7200)], ["45 s", "38 min", "3 h 20 min", "2 h"]);
        assert_eq!(text(187_200), "2 d 4 h");
    }
}
