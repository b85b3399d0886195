//! Times as a person types them, in this machine's zone.

use jiff::{Timestamp, Zoned, civil::Date, civil::DateTime, tz::TimeZone};

/// How a moment is typed and shown in a field: `2026-03-01 01:40`.
pub const FORMAT: &str = "%Y-%m-%d %H:%M";

/// Reads `2026-03-01 01:40`, seconds if given. The error says in one sentence what is wrong.
pub fn parse(text: &str, zone: &TimeZone) -> Result<Timestamp, &'static str> {
    const WRONG: &str = "Write the time as 2026-03-01 01:40";
    let local = DateTime::strptime(FORMAT, text.trim()).or_else(|_| text.trim().parse::<DateTime>());
    let Ok(local) = local else { return Err(WRONG) };
    let Ok(local) = local.to_zoned(zone.clone()) else { return Err(WRONG) };
    let at = local.timestamp();
    if at > Timestamp::now() { Err("This time is still to come") } else { Ok(at) }
}

/// As [`parse`] reads it.
pub fn format(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime(FORMAT).to_string()
}

/// The beginning of a day, or `None` for what is no date like `2026-03-01`.
pub fn day(text: &str, zone: &TimeZone) -> Option<Zoned> {
    text.trim().parse::<Date>().ok()?.to_zoned(zone.clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        let zone = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let at = parse("2026-03-01 01:40", &zone).unwrap();
        assert_eq!(format(at, &zone), "2026-03-01 01:40");
        assert_eq!(parse(" 2026-03-01 01:40:30 ", &TimeZone::UTC).map(|at| at.as_second() % 60), Ok(30));
    }

    #[test]
    fn what_is_no_time_or_still_to_come_is_refused() {
        for text in ["", "yesterday", "2026-02-30 01:40", "01:40", "9999-01-01 00:00"] {
            assert!(parse(text, &TimeZone::UTC).is_err(), "{text}");
        }
        assert!(day("2026-13-01", &TimeZone::UTC).is_none());
    }
}
