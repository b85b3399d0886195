//! Times as a person types them, in this machine's zone.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};

/// `2026-03-01 02:38:20`, to be edited and read again.
pub fn to_text(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Reads `2026-03-01 02:38`, with seconds or without; `02:38` alone is on the day of `near`.
pub fn parse(text: &str, near: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let text = text.trim();
    let day = near.to_zoned(zone.clone()).date();
    let whole = if text.contains(['-', 'T']) { text.to_owned() } else { format!("{day} {text}") };
    let formats = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"];
    let read = formats.iter().find_map(|format| DateTime::strptime(format, &whole).ok())?;
    Some(read.to_zoned(zone.clone()).ok()?.timestamp())
}

/// Reads `2026-03-01`.
pub fn parse_date(text: &str) -> Option<Date> {
    Date::strptime("%Y-%m-%d", text.trim()).ok()
}

/// `02:38:20`, for a column.
pub fn clock(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M:%S").to_string()
}

/// `01:10–02:09 UTC`, with dates where the two lie on different days.
pub fn range((from, to): (Timestamp, Timestamp), zone: &TimeZone) -> String {
    let (from, to) = (from.to_zoned(zone.clone()), to.to_zoned(zone.clone()));
    if from.date() == to.date() {
        format!("{}–{}", from.strftime("%Y-%m-%d %H:%M"), to.strftime("%H:%M %Z"))
    } else {
        format!("{} – {}", from.strftime("%Y-%m-%d %H:%M"), to.strftime("%Y-%m-%d %H:%M %Z"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_read_again() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let at: Timestamp = "2026-03-01T00:38:20Z".parse().unwrap();
        assert_eq!(to_text(at, &zone), "2026-03-01 02:38:20");
        assert_eq!(parse("2026-03-01 02:38:20", at, &zone), Some(at));
        assert_eq!(parse(" 02:38:20 ", at, &zone), Some(at));
        assert_eq!(parse("2026-03-01 02:38", at, &zone), "2026-03-01T00:38:00Z".parse().ok());
        for nonsense in ["", "noon", "25:00", "2026-13-01 02:38", "ü"] {
            assert_eq!(parse(nonsense, at, &zone), None, "{nonsense}");
        }
    }

    #[test]
    fn a_range_names_the_day_twice_only_when_it_must() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let same = range((at("2026-03-01T01:10:00Z"), at("2026-03-01T02:09:00Z")), &TimeZone::UTC);
        assert_eq!(same, "2026-03-01 01:10–02:09 UTC");
        let other = range((at("2026-03-01T23:10:00Z"), at("2026-03-02T02:09:00Z")), &TimeZone::UTC);
        assert_eq!(other, "2026-03-01 23:10 – 2026-03-02 02:09 UTC");
    }
}
