//! Lists of issues: filters, sorting and full-text search.

use super::columns::{int, optional_seconds_time, optional_word, parsed, seconds, seconds_time, text, uint, word};
use super::issues::tags;
use super::{Database, StoreError};
use crate::domain::{Domain, IssueQuery, IssueSort, IssueSummary, Severity, Status};
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

/// More words than this narrow a search no further.
const MAX_TERMS: usize = 16;

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
        let filter = Filter::of(query);
        let conditions = filter.conditions.join(" AND ");
        let total = format!("SELECT count(*) AS total FROM issues WHERE {conditions}");
        let total = self
            .connection
            .prepare_cached(&total)?
            .query_row(params_from_iter(&filter.values), |row| uint(row, "total"))?;
        let direction = if query.descending { "DESC" } else { "ASC" };
        let rows = format!(
            "SELECT * FROM issues WHERE {conditions} ORDER BY {} {direction}, number {direction} LIMIT {} OFFSET {}",
            sort_key(query.sort),
            int(query.limit),
            int(query.offset),
        );
        let mut statement = self.connection.prepare(&rows)?;
        let rows = statement.query_map(params_from_iter(&filter.values), summary_from)?;
        Ok(IssuePage { rows: rows.collect::<Result<_, _>>()?, total })
    }

    /// All issues that are not resolved, latest first, at most a hundred.
    pub fn open_issues(&self) -> Result<Vec<IssueSummary>, StoreError> {
        let statuses = Status::ALL.iter().copied().filter(|status| status.is_open()).collect();
        Ok(self.issues(&IssueQuery { statuses, limit: MAX_OPEN, ..IssueQuery::default() })?.rows)
    }
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
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Filter {
    fn of(query: &IssueQuery) -> Self {
        let mut filter = Self { conditions: vec!["deleted_at IS NULL".to_owned()], values: Vec::new() };
        filter.any_of("status", query.statuses.iter().map(|status| status.as_str()));
        filter.any_of("severity", query.severities.iter().map(|severity| severity.as_str()));
        filter.any_of("category", query.domains.iter().map(|domain| domain.as_str()));
        if let Some(tag) = &query.tag {
            filter.and(
                "tags <> '[]' AND EXISTS (SELECT 1 FROM json_each(tags) WHERE value = ? COLLATE NOCASE)",
                tag.trim(),
            );
        }
        if let Some(from) = query.created_from {
            filter.and("created_at >= ?", &seconds(from));
        }
        if let Some(to) = query.created_to {
            filter.and("created_at <= ?", &seconds(to));
        }
        filter.and_text(&query.text);
        filter
    }

    fn and(&mut self, condition: &str, value: &str) {
        self.conditions.push(condition.to_owned());
        self.values.push(Value::from(value.to_owned()));
    }

    fn any_of<'a>(&mut self, column: &str, words: impl Iterator<Item = &'a str>) {
        let before = self.values.len();
        self.values.extend(words.map(|word| Value::from(word.to_owned())));
        let count = self.values.len() - before;
        if count > 0 {
            self.conditions.push(format!("{column} IN ({})", vec!["?"; count].join(", ")));
        }
    }

    /// Each word is looked up by itself, for one may stand in the title and another in the chat.
    fn and_text(&mut self, text: &str) {
        let terms = search_terms(text);
        if terms.is_empty() {
            return;
        }
        let lookup = "SELECT rowid >> 32 FROM issues_fts WHERE issues_fts MATCH ?";
        self.conditions.push(format!("number IN ({})", vec![lookup; terms.len()].join(" INTERSECT ")));
        self.values.extend(terms.into_iter().map(Value::from));
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
    parts.filter(can_match).take(MAX_TERMS).map(|term| format!("\"{term}\"*")).collect()
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
            ("a OR b*", &["\"a\"*", "\"OR\"*", "\"b*\"*"]),
            ("-- \" ' ^", &[]),
            ("web-01\0x", &["\"web-01\"*", "\"x\"*"]),
        ];
        for (text, terms) in cases {
            assert_eq!(search_terms(text), terms, "{text:?}");
        }
    }
}
