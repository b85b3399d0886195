//! Lists of issues: filters, sorting and full-text search.

use super::columns::{int, optional_seconds_time, optional_word, parsed, seconds, seconds_time, text, uint, word};
use super::issues::tags;
use super::{Database, StoreError};
use crate::domain::{Domain, IssueQuery, IssueSort, IssueSummary, Severity, Status};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};
use std::collections::HashSet;

/// More words than this narrow a search no further.
const MAX_TERMS: usize = 16;

/// Up to so many hits are looked up one by one; more are met soon enough by going through the list.
const FEW_HITS: usize = 2000;

/// How many open issues the rail lists at most.
const MAX_OPEN: u64 = 100;

/// One page of a list, and how long the whole list is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuePage {
    pub rows: Vec<IssueSummary>,
    pub total: u64,
}

impl Database {
    /// Issues that fit the query. Every word of its text must begin a word somewhere in the issue.
    pub fn issues(&self, query: &IssueQuery) -> Result<IssuePage, StoreError> {
        let mut filter = Filter::of(query);
        let (numbers, total) = match self.search_hits(&query.text)? {
            None => (self.page_of(&filter, query)?, self.count_of(&filter)?),
            Some(hits) if hits.len() <= FEW_HITS => {
                let hits = serde_json::Value::from(hits).to_string();
                filter.and("number IN (SELECT value FROM json_each(?))", &hits);
                (self.page_of(&filter, query)?, self.count_of(&filter)?)
            }
            Some(hits) => self.page_of_hits(&filter, query, &hits)?,
        };
        Ok(IssuePage { rows: self.summaries(&numbers)?, total })
    }

    fn count_of(&self, filter: &Filter) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) AS total FROM issues WHERE {}", filter.to_count());
        let mut statement = self.connection.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(&filter.values), |row| uint(row, "total"))?)
    }

    fn page_of(&self, filter: &Filter, query: &IssueQuery) -> Result<Vec<i64>, StoreError> {
        let sql = format!("{} LIMIT {} OFFSET {}", in_order(filter, query), int(query.limit), int(query.offset));
        let mut statement = self.connection.prepare(&sql)?;
        let numbers = statement.query_map(params_from_iter(&filter.values), |row| row.get(0))?;
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    fn summaries(&self, numbers: &[i64]) -> Result<Vec<IssueSummary>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT * FROM issues WHERE number = ?1")?;
        let rows = numbers.iter().map(|number| statement.query_row([number], summary_from));
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Goes through the list in its order and keeps what was hit: sorting a hundred thousand hits takes longer.
    fn page_of_hits(&self, filter: &Filter, query: &IssueQuery, hits: &[i64]) -> Result<(Vec<i64>, u64), StoreError> {
        let is_hit = marks(hits);
        let end = query.offset.saturating_add(query.limit);
        let mut statement = self.connection.prepare(&in_order(filter, query))?;
        let mut rows = statement.query(params_from_iter(&filter.values))?;
        let mut numbers = Vec::new();
        let mut seen = 0;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            if !usize::try_from(number).is_ok_and(|at| is_hit.get(at) == Some(&true)) {
                continue;
            }
            if (query.offset..end).contains(&seen) {
                numbers.push(number);
            }
            seen += 1;
            // Nothing but the text filters, so what is left need not be counted.
            if filter.is_open() && seen >= end {
                return Ok((numbers, hits.len() as u64));
            }
        }
        Ok((numbers, seen))
    }

    /// The issues, by number, that have all words of the text; `None` when there is no word to look for. Each word is
    /// looked up by itself, for one may stand in the title and another in the chat.
    fn search_hits(&self, text: &str) -> Result<Option<Vec<i64>>, StoreError> {
        let mut hits: Option<Vec<i64>> = None;
        for term in search_terms(text) {
            let found = self.term_hits(&term)?;
            hits = Some(match hits {
                None => found,
                Some(before) => before.into_iter().filter(|number| found.binary_search(number).is_ok()).collect(),
            });
        }
        let Some(mut hits) = hits else { return Ok(None) };
        let mut deleted = self.connection.prepare_cached("SELECT number FROM issues WHERE deleted_at IS NOT NULL")?;
        let deleted = deleted.query_map([], |row| row.get(0))?.collect::<Result<HashSet<i64>, _>>()?;
        hits.retain(|number| !deleted.contains(number));
        Ok(Some(hits))
    }

    /// Ascending, each once.
    fn term_hits(&self, term: &str) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT rowid >> 32 FROM issues_fts WHERE issues_fts MATCH ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut numbers = statement.query_map([term], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
        numbers.sort_unstable();
        numbers.dedup();
        Ok(numbers)
    }

    /// All issues that are not resolved, latest first, at most a hundred.
    pub fn open_issues(&self) -> Result<Vec<IssueSummary>, StoreError> {
        let statuses = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
        let query = IssueQuery { statuses, limit: MAX_OPEN, ..IssueQuery::default() };
        self.summaries(&self.page_of(&Filter::of(&query), &query)?)
    }
}

/// One flag for each number up to the highest.
fn marks(numbers: &[i64]) -> Vec<bool> {
    let places = || numbers.iter().filter_map(|number| usize::try_from(*number).ok());
    let mut marks = vec![false; places().max().map_or(0, |highest| highest + 1)];
    for place in places() {
        if let Some(mark) = marks.get_mut(place) {
            *mark = true;
        }
    }
    marks
}

/// The numbers of the issues that pass the filter, in the order of the query.
fn in_order(filter: &Filter, query: &IssueQuery) -> String {
    let direction = if query.descending { "DESC" } else { "ASC" };
    let (condition, key) = (filter.to_list(), sort_key(query.sort));
    format!("SELECT number FROM issues WHERE {condition} ORDER BY {key} {direction}, number {direction}")
}

const fn sort_key(sort: IssueSort) -> &'static str {
    match sort {
        IssueSort::Updated => "updated_at",
        IssueSort::Created => "created_at",
        IssueSort::Title => "title COLLATE NOCASE",
        IssueSort::Severity => "severity",
        IssueSort::Status => "status_rank",
        IssueSort::Domain => "category",
    }
}

/// Conditions that must all hold, and the values of their question marks, in order.
struct Filter {
    /// On columns of few different values; each begins with the column.
    facets: Vec<String>,
    others: Vec<&'static str>,
    values: Vec<Value>,
}

impl Filter {
    fn of(query: &IssueQuery) -> Self {
        let mut filter = Self { facets: Vec::new(), others: Vec::new(), values: Vec::new() };
        filter.any_of("status", query.statuses.iter().map(|status| status.as_str()));
        filter.any_of("severity", query.severities.iter().map(|severity| severity.as_str()));
        filter.any_of("category", query.domains.iter().map(|domain| domain.as_str()));
        if let Some(tag) = &query.tag {
            filter.and_tag(tag.trim());
        }
        if let Some(from) = query.created_from {
            filter.and("created_at >= ?", &seconds(from));
        }
        if let Some(to) = query.created_to {
            filter.and("created_at < ?", &seconds(to));
        }
        filter
    }

    fn and(&mut self, condition: &'static str, value: &str) {
        self.others.push(condition);
        self.values.push(Value::from(value.to_owned()));
    }

    fn any_of<'a>(&mut self, column: &str, words: impl Iterator<Item = &'a str>) {
        let before = self.values.len();
        self.values.extend(words.map(|word| Value::from(word.to_owned())));
        let count = self.values.len() - before;
        if count > 0 {
            self.facets.push(format!("{column} IN ({})", vec!["?"; count].join(", ")));
        }
    }

    /// The first two conditions only save unpacking lists that cannot hold the tag.
    fn and_tag(&mut self, tag: &str) {
        let quoted = serde_json::Value::from(tag).to_string();
        self.others.push("tags <> '[]'");
        self.and("tags LIKE '%' || ? || '%'", quoted.trim_matches('"'));
        self.and("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ? COLLATE NOCASE)", tag);
    }

    /// For counting: the planner may go by any index.
    fn to_count(&self) -> String {
        self.joined("")
    }

    /// For listing: the sign keeps the planner from going by a facet and then sorting half of all issues. Going by the
    /// order of the list ends at the end of the page.
    fn to_list(&self) -> String {
        self.joined("+")
    }

    fn joined(&self, sign: &str) -> String {
        let facets = self.facets.iter().map(|facet| format!(" AND {sign}{facet}"));
        let others = self.others.iter().map(|condition| format!(" AND {condition}"));
        std::iter::once("deleted_at IS NULL".to_owned()).chain(facets).chain(others).collect()
    }

    /// Whether every issue passes that is not deleted.
    const fn is_open(&self) -> bool {
        self.facets.is_empty() && self.others.is_empty()
    }
}

/// The words and quoted phrases of a search, each as an FTS5 string that the last word of may go on.
///
/// Between quotation marks nothing but a quotation mark means anything to FTS5
/// (<https://www.sqlite.org/fts5.html#fts5_strings>), and the text is cut at those.
fn search_terms(text: &str) -> Vec<String> {
    let clean = text.replace('\0', " ");
    let parts = clean.split('"').enumerate().flat_map(|(index, part)| {
        let is_phrase = index % 2 == 1;
        if is_phrase { vec![part] } else { part.split_whitespace().collect() }
    });
    let can_match = |term: &&str| term.chars().any(char::is_alphanumeric);
    parts.filter(can_match).take(MAX_TERMS).map(search_term).collect()
}

/// A single letter must be a word: half of all words begin with it.
fn search_term(term: &str) -> String {
    let is_letter = term.len() == 1;
    if is_letter { format!("\"{term}\"") } else { format!("\"{term}\"*") }
}

fn summary_from(row: &Row<'_>) -> rusqlite::Result<IssueSummary> {
    Ok(IssueSummary {
        id: parsed(row, "id")?,
        title: text(row, "title")?,
        severity: word(row, "severity", Severity::parse)?,
        status: word(row, "status", Status::parse)?,
        domain: optional_word(row, "category", Domain::parse)?,
        created_at: seconds_time(row, "created_at")?,
        updated_at: seconds_time(row, "updated_at")?,
        started_at: optional_seconds_time(row, "started_at")?,
        resolved_at: optional_seconds_time(row, "resolved_at")?,
        tags: tags(row)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_phrases_become_quoted_prefixes() {
        let cases: [(&str, &[&str]); 6] = [
            ("pool exhausted", &["\"pool\"*", "\"exhausted\"*"]),
            ("\"connection refused\" db", &["\"connection refused\"*", "\"db\"*"]),
            ("un\"closed phrase", &["\"un\"*", "\"closed phrase\"*"]),
            ("a OR b*", &["\"a\"", "\"OR\"*", "\"b*\"*"]),
            ("-- \" ' ^", &[]),
            ("web-01\0漢", &["\"web-01\"*", "\"漢\"*"]),
        ];
        for (text, terms) in cases {
            assert_eq!(search_terms(text), terms, "{text:?}");
        }
    }
}
