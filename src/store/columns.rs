//! Between columns and domain types.
//!
//! A column that holds something its type does not know is an error that names the column, never its content.

use crate::domain::Unredacted;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;
use rusqlite::types::{FromSql, Type};
use rusqlite::{Result, Row};
use serde::de::DeserializeOwned;
use std::str::FromStr;

/// UTC, `YYYY-MM-DD HH:MM:SS`: the times of issues and files.
pub(super) fn seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// RFC 3339 with nine digits of fraction, so that texts sort as times do.
pub(super) fn precise(at: Timestamp) -> String {
    DateTimePrinter::new().precision(Some(9)).timestamp_to_string(&at)
}

/// A count as `SQLite` can hold it.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as it was stored.
pub(super) fn uint(row: &Row<'_>, column: &'static str) -> Result<u64> {
    converted(row, column, |count: i64| u64::try_from(count).ok())
}

/// An offset into a text in memory.
pub(super) fn offset(row: &Row<'_>, column: &'static str) -> Result<usize> {
    converted(row, column, |count: i64| usize::try_from(count).ok())
}

pub(super) fn optional_uint(row: &Row<'_>, column: &'static str) -> Result<Option<u64>> {
    optional_converted(row, column, |count: i64| u64::try_from(count).ok())
}

pub(super) fn text(row: &Row<'_>, column: &'static str) -> Result<Unredacted> {
    row.get::<_, String>(column).map(Unredacted::new)
}

pub(super) fn optional_text(row: &Row<'_>, column: &'static str) -> Result<Option<Unredacted>> {
    Ok(row.get::<_, Option<String>>(column)?.map(Unredacted::new))
}

/// What a type reads from its own text: ids, dates.
pub(super) fn parsed<T: FromStr>(row: &Row<'_>, column: &'static str) -> Result<T> {
    converted(row, column, |word: String| word.parse().ok())
}

pub(super) fn optional_parsed<T: FromStr>(row: &Row<'_>, column: &'static str) -> Result<Option<T>> {
    optional_converted(row, column, |word: String| word.parse().ok())
}

/// One of the words of an enum.
pub(super) fn word<T>(row: &Row<'_>, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<T> {
    converted(row, column, |word: String| parse(&word))
}

pub(super) fn optional_word<T>(row: &Row<'_>, column: &'static str, parse: fn(&str) -> Option<T>) -> Result<Option<T>> {
    optional_converted(row, column, |word: String| parse(&word))
}

pub(super) fn seconds_time(row: &Row<'_>, column: &'static str) -> Result<Timestamp> {
    converted(row, column, |text: String| read_seconds(&text))
}

pub(super) fn optional_seconds_time(row: &Row<'_>, column: &'static str) -> Result<Option<Timestamp>> {
    optional_converted(row, column, |text: String| read_seconds(&text))
}

pub(super) fn milliseconds_time(row: &Row<'_>, column: &'static str) -> Result<Timestamp> {
    converted(row, column, |count: i64| Timestamp::from_millisecond(count).ok())
}

pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T> {
    converted(row, column, |text: String| serde_json::from_str(&text).ok())
}

/// A list of texts, as a JSON array.
pub(super) fn texts_to_json(texts: &[Unredacted]) -> String {
    serde_json::Value::from(texts.iter().map(Unredacted::expose).collect::<Vec<_>>()).to_string()
}

pub(super) fn unexpected(column: &str) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(0, column.to_owned(), Type::Text)
}

fn converted<S: FromSql, T>(row: &Row<'_>, column: &'static str, convert: impl FnOnce(S) -> Option<T>) -> Result<T> {
    convert(row.get(column)?).ok_or_else(|| unexpected(column))
}

fn optional_converted<S: FromSql, T>(
    row: &Row<'_>,
    column: &'static str,
    convert: impl FnOnce(S) -> Option<T>,
) -> Result<Option<T>> {
    let Some(stored) = row.get::<_, Option<S>>(column)? else { return Ok(None) };
    convert(stored).map(Some).ok_or_else(|| unexpected(column))
}

fn read_seconds(text: &str) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_survive_the_way_to_text_and_back() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        assert_eq!(seconds(at), "2023-11-14 22:13:20");
        assert_eq!(read_seconds(&seconds(at)), Some(at));
    }

    #[test]
    fn precise_texts_sort_as_their_times_do() {
        let whole = Timestamp::from_second(1_700_000_000).unwrap();
        let later = whole + jiff::SignedDuration::from_nanos(1);
        assert!(precise(whole) < precise(later));
        assert_eq!(precise(later).parse::<Timestamp>().unwrap(), later);
    }
}
