//! The formats, each read at one place of a line. All arithmetic is on the proleptic Gregorian calendar.

use jiff::Timestamp;

/// One way to write a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// `2026-11-22T01:38:20.123Z`, also with slashes, a space, a comma, or without a zone.
    Iso,
    /// `20261122T013820Z`
    Compact,
    /// `Nov 22 01:38:20`, also with a year before or behind the time.
    Syslog,
    /// `22/Nov/2026:01:38:20 +0000` and `22-Nov-2026 01:38:20.123`
    DayMonthName,
    /// `11/22/2026 1:38:20 AM`, `22.11.2026 13:38:20`
    Numeric,
    /// `E1122 01:38:20.123456`
    Klog,
    /// Seconds, or milliseconds, since 1970.
    Epoch,
}

/// What completes a time that does not say all.
#[derive(Clone, Debug)]
pub(super) struct Clock {
    reference_secs: i64,
    reference_year: i64,
    pub(super) offset_secs: i32,
}

/// A reader over the bytes of a line's beginning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

#[derive(Clone, Copy, Debug)]
struct Date {
    year: Option<i64>,
    month: i64,
    day: i64,
}

#[derive(Clone, Copy, Debug)]
struct DayTime {
    secs: i64,
    nanos: i32,
}

impl Clock {
    pub(super) fn new(reference: Timestamp) -> Self {
        let reference_secs = reference.as_second();
        Self { reference_secs, reference_year: year_of(reference_secs), offset_secs: 0 }
    }

    fn join(&self, date: Date, time: DayTime, zone_secs: Option<i64>) -> Option<Timestamp> {
        let offset = zone_secs.unwrap_or_else(|| i64::from(self.offset_secs));
        let secs = match date.year {
            Some(year) => days(year, date.month, date.day)? * 86_400 + time.secs - offset,
            None => self.guess_year(date, time.secs - offset)?,
        };
        Timestamp::new(secs, time.nanos).ok()
    }

    /// The latest year in which the date exists and is not more than a day after the reference.
    fn guess_year(&self, date: Date, secs: i64) -> Option<i64> {
        (0..=8_i64).find_map(|back| {
            let at = days(self.reference_year + 1 - back, date.month, date.day)? * 86_400 + secs;
            (at <= self.reference_secs + 86_400).then_some(at)
        })
    }
}

impl Cursor<'_> {
    pub(super) fn peek(self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.eat_any(&[byte])
    }

    fn eat_any(&mut self, any: &[u8]) -> Option<()> {
        let next = self.peek()?;
        any.contains(&next).then(|| self.at += 1)
    }

    /// Between `min` and `max` digits, as many as there are; not followed by another.
    fn digits(&mut self, min: usize, max: usize) -> Option<i64> {
        let mut value = 0_i64;
        let start = self.at;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            if self.at - start == max {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
            self.at += 1;
        }
        (self.at - start >= min).then_some(value)
    }

    /// Exactly `count` digits, whatever follows.
    fn exact(&mut self, count: usize) -> Option<i64> {
        let digits = self.bytes.get(self.at..self.at + count)?;
        let value = digits
            .iter()
            .try_fold(0_i64, |value, digit| digit.is_ascii_digit().then(|| value * 10 + i64::from(digit - b'0')))?;
        self.at += count;
        Some(value)
    }

    fn month_name(&mut self) -> Option<i64> {
        const NAMES: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
        let name = self.bytes.get(self.at..self.at + 3)?.to_ascii_lowercase();
        let place = NAMES.chunks(3).position(|month| month == name)?;
        self.at += 3;
        i64::try_from(place + 1).ok()
    }

    /// `h:mm:ss` with an optional fraction and an optional AM or PM.
    fn clock(&mut self) -> Option<DayTime> {
        let hour = self.digits(1, 2)?;
        self.eat(b':')?;
        let minute = self.exact(2)?;
        self.eat(b':')?;
        let second = self.exact(2)?;
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let nanos = self.fraction();
        let hour = self.half_of_day(hour)?;
        Some(DayTime { secs: hour * 3600 + minute * 60 + second.min(59), nanos })
    }

    fn fraction(&mut self) -> i32 {
        let mut ahead = *self;
        if ahead.eat_any(b".,").is_none() || !ahead.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return 0;
        }
        let (mut nanos, mut scale) = (0, 100_000_000);
        while let Some(digit) = ahead.peek().filter(u8::is_ascii_digit) {
            nanos += i32::from(digit - b'0') * scale;
            scale /= 10;
            ahead.at += 1;
        }
        *self = ahead;
        nanos
    }

    fn half_of_day(&mut self, hour: i64) -> Option<i64> {
        let (afternoon, length) = match self.bytes.get(self.at..)? {
            [b' ', b'A' | b'a', b'M' | b'm', ..] => (false, 3),
            [b' ', b'P' | b'p', b'M' | b'm', ..] => (true, 3),
            _ => return Some(hour),
        };
        self.at += length;
        (1..=12).contains(&hour).then_some(hour % 12 + if afternoon { 12 } else { 0 })
    }

    /// `Z`, `+01:00`, `+0100`, `-08`, or a space and one of these or a zone's name: seconds east of UTC.
    fn zone(&mut self) -> Option<i64> {
        let mut ahead = *self;
        let spaced = ahead.eat(b' ').is_some();
        let found = match ahead.peek()? {
            b'Z' | b'z' if !spaced => {
                ahead.at += 1;
                0
            }
            sign @ (b'+' | b'-') => {
                ahead.at += 1;
                let hours = ahead.exact(2)?;
                let minutes = if ahead.eat(b':').is_some() { ahead.exact(2)? } else { ahead.exact(2).unwrap_or(0) };
                if spaced && ahead.peek().is_some_and(|byte| byte.is_ascii_alphanumeric()) || hours > 15 || minutes > 59
                {
                    return None;
                }
                (hours * 3600 + minutes * 60) * if sign == b'-' { -1 } else { 1 }
            }
            _ => ahead.zone_name()?,
        };
        *self = ahead;
        Some(found)
    }

    /// Abbreviations that mean one thing; ambiguous ones such as IST are left alone.
    fn zone_name(&mut self) -> Option<i64> {
        const NAMES: &[(&[u8], i64)] = &[
            (b"UTC", 0),
            (b"GMT", 0),
            (b"CEST", 7200),
            (b"CET", 3600),
            (b"EEST", 10_800),
            (b"EET", 7200),
            (b"BST", 3600),
            (b"EST", -18_000),
            (b"EDT", -14_400),
            (b"CDT", -18_000),
            (b"MST", -25_200),
            (b"MDT", -21_600),
            (b"PST", -28_800),
            (b"PDT", -25_200),
            (b"JST", 32_400),
        ];
        let rest = self.bytes.get(self.at..)?;
        let (name, offset) = NAMES.iter().find(|(name, _)| rest.starts_with(name))?;
        if rest.get(name.len()).is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
        self.at += name.len();
        Some(*offset)
    }
}

/// Reads `format` at the cursor and moves behind it.
pub(super) fn read(format: Format, cursor: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    match format {
        Format::Iso => iso(cursor, clock),
        Format::Compact => compact(cursor, clock),
        Format::Syslog => syslog(cursor, clock),
        Format::DayMonthName => day_month_name(cursor, clock),
        Format::Numeric => numeric(cursor, clock),
        Format::Klog => klog(cursor, clock),
        Format::Epoch => epoch(cursor),
    }
}

fn iso(c: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    let year = c.exact(4)?;
    let separator = c.peek().filter(|byte| matches!(byte, b'-' | b'/' | b'.'))?;
    c.eat(separator)?;
    let month = c.exact(2)?;
    c.eat(separator)?;
    let day = c.exact(2)?;
    c.eat_any(b"T t_-")?;
    // apt writes two spaces.
    let _: Option<()> = c.eat(b' ');
    let time = c.clock()?;
    let zone = c.zone();
    clock.join(Date { year: Some(year), month, day }, time, zone)
}

fn compact(c: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    let (year, month, day) = (c.exact(4)?, c.exact(2)?, c.exact(2)?);
    c.eat_any(b"T")?;
    let (hour, minute, second) = (c.exact(2)?, c.exact(2)?, c.exact(2)?);
    if hour > 23 || minute > 59 || second > 60 || !(1990..2100).contains(&year) {
        return None;
    }
    let nanos = c.fraction();
    let zone = c.zone();
    let time = DayTime { secs: hour * 3600 + minute * 60 + second.min(59), nanos };
    clock.join(Date { year: Some(year), month, day }, time, zone)
}

fn syslog(c: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    let month = c.month_name()?;
    c.eat(b' ')?;
    let _: Option<()> = c.eat(b' ');
    let day = c.digits(1, 2)?;
    // Java's own logging writes `Nov 22, 2026 1:38:20 AM`.
    let _: Option<()> = c.eat(b',');
    c.eat(b' ')?;
    let mut ahead = *c;
    let before = ahead.digits(4, 4).filter(|_| {
        let _: Option<()> = ahead.eat(b',');
        ahead.eat(b' ').is_some()
    });
    if before.is_some() {
        *c = ahead;
    }
    let time = c.clock()?;
    let zone = c.zone();
    let mut ahead = *c;
    let behind = ahead.eat(b' ').and_then(|()| ahead.digits(4, 4)).filter(|year| (1990..2100).contains(year));
    if before.is_none() && behind.is_some() {
        *c = ahead;
    }
    clock.join(Date { year: before.or(behind), month, day }, time, zone)
}

fn day_month_name(c: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    let day = c.digits(1, 2)?;
    let separator = c.peek().filter(|byte| matches!(byte, b'/' | b'-' | b' '))?;
    c.eat(separator)?;
    let month = c.month_name()?;
    c.eat(separator)?;
    let year = c.digits(4, 4)?;
    c.eat_any(b": ")?;
    let time = c.clock()?;
    let zone = c.zone();
    clock.join(Date { year: Some(year), month, day }, time, zone)
}

/// With slashes the month comes first, unless it cannot; with dots the day does.
fn numeric(c: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    let first = c.digits(1, 2)?;
    let separator = c.peek().filter(|byte| matches!(byte, b'/' | b'.'))?;
    c.eat(separator)?;
    let second = c.digits(1, 2)?;
    c.eat(separator)?;
    let year = c.digits(4, 4)?;
    c.eat_any(b", ")?;
    let _: Option<()> = c.eat(b' ');
    let time = c.clock()?;
    let zone = c.zone();
    let day_first = separator == b'.' || first > 12;
    let (month, day) = if day_first { (second, first) } else { (first, second) };
    clock.join(Date { year: Some(year), month, day }, time, zone)
}

fn klog(c: &mut Cursor<'_>, clock: &Clock) -> Option<Timestamp> {
    c.eat_any(b"IWEF")?;
    let (month, day) = (c.exact(2)?, c.exact(2)?);
    c.eat(b' ')?;
    let time = c.clock()?;
    clock.join(Date { year: None, month, day }, time, None)
}

fn epoch(c: &mut Cursor<'_>) -> Option<Timestamp> {
    let start = c.at;
    let whole = c.digits(10, 13).filter(|_| matches!(c.at - start, 10 | 13))?;
    let in_millis = c.at - start == 13;
    let nanos = if in_millis { 0 } else { c.fraction() };
    if c.peek().is_some_and(|byte| !matches!(byte, b' ' | b']' | b'\t' | b',' | b':' | b'|' | b';')) {
        return None;
    }
    let secs = if in_millis { whole / 1000 } else { whole };
    // From September 2001 to 2100: other numbers of ten digits are not times.
    if !(1_000_000_000..4_102_444_800).contains(&secs) {
        return None;
    }
    if in_millis { Timestamp::from_millisecond(whole).ok() } else { Timestamp::new(whole, nanos).ok() }
}

/// A bare number as a time; its size tells whether it counts seconds, milli-, micro- or nanoseconds.
pub(super) fn epoch_number(value: &str) -> Option<Timestamp> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let number: i64 = whole.parse().ok()?;
    let time = match whole.len() {
        10 => {
            let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
            Timestamp::new(number, digits.parse().ok()?)
        }
        13 => Timestamp::from_millisecond(number),
        16 => Timestamp::from_microsecond(number),
        19 => Timestamp::from_nanosecond(i128::from(number)),
        _ => return None,
    };
    time.ok()
}

/// Days from 1970 to a date; `None` where there is no such date.
///
/// Source: Howard Hinnant, <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let longest = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=longest).contains(&day) {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

fn year_of(secs: i64) -> i64 {
    let guess = 1970 + secs.div_euclid(31_556_952);
    let begins = |year| days(year, 1, 1).unwrap_or(0) * 86_400;
    (guess - 1..=guess + 1).rev().find(|year| begins(*year) <= secs).unwrap_or(guess)
}
