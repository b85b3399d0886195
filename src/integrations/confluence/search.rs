//! Search by CQL, which only the first generation has.

use super::answers::{Listed, Page, has_cursor, next_page};
use super::wiki::Wiki;
use crate::domain::{RemoteItem, RemoteName};
use crate::integrations::{Call, IntegrationError};
use crate::privacy::{Method, Outbound, Redacted, Request};
use std::collections::HashSet;

/// How many hits one answer lists.
const PAGE: u32 = 50;

impl Wiki<'_> {
    /// Pages with these words in their title or text, those with a fitting title first.
    pub async fn search(
        &self,
        words: &Redacted,
        space: Option<&RemoteName>,
        limit: usize,
    ) -> Result<Vec<RemoteItem>, IntegrationError> {
        let mut found = self.search_in(Field::Title, words, space, limit).await?;
        if found.len() < limit {
            let seen: HashSet<_> = found.iter().map(|item| item.id.clone()).collect();
            let more = self.search_in(Field::Text, words, space, limit).await?;
            found.extend(more.into_iter().filter(|item| !seen.contains(&item.id)));
            found.truncate(limit);
        }
        Ok(found)
    }

    /// Pages with these words in their title: to choose a parent by.
    pub async fn search_titles(
        &self,
        words: &Redacted,
        space: Option<&RemoteName>,
        limit: usize,
    ) -> Result<Vec<RemoteItem>, IntegrationError> {
        self.search_in(Field::Title, words, space, limit).await
    }

    async fn search_in(
        &self,
        field: Field,
        words: &Redacted,
        space: Option<&RemoteName>,
        limit: usize,
    ) -> Result<Vec<RemoteItem>, IntegrationError> {
        let size = PAGE.min(u32::try_from(limit).unwrap_or(PAGE)).max(1);
        let ask = |start: u32| {
            let data = (self.v1(), (words.clone(), space.cloned()), (size, start));
            match field {
                Field::Title => Outbound::encode(&data, |(at, of, page)| request(at, &cql("title", of), *page)),
                Field::Text => Outbound::encode(&data, |(at, of, page)| request(at, &cql("text", of), *page)),
            }
        };
        let mut found: Vec<RemoteItem> = Vec::new();
        let mut next = Some(ask(0));
        while let Some(outbound) = next {
            let listed: Listed<Page> = self.caller.send(Call::new(outbound)).await?.json("a list of pages")?;
            let page = next_page(&listed.links, found.len() + listed.results.len());
            let came = listed.results.len();
            found.extend(listed.results.into_iter().filter_map(|page| self.item(page)));
            next = match page.filter(|_| came > 0 && found.len() < limit) {
                None => None,
                // The link of the cloud is relative to its own base, not to the host.
                Some(_) if has_cursor(&listed.links) => Some(Outbound::get(&self.v1_link(&listed.links.next)?)),
                Some(start) => Some(ask(start)),
            };
        }
        found.truncate(limit);
        Ok(found)
    }

    fn v1_link(&self, link: &str) -> Result<crate::domain::Endpoint, IntegrationError> {
        let is_below = self.config.is_cloud() && link.starts_with("/rest/");
        if is_below { self.caller.follow(&format!("/wiki{link}")) } else { self.caller.follow(link) }
    }
}

/// Where the words are looked for.
#[derive(Clone, Copy, Debug)]
enum Field {
    Title,
    Text,
}

fn request(at: &crate::domain::Endpoint, cql: &str, (limit, start): (u32, u32)) -> Request {
    let request = Request::to(Method::Get, at)
        .path("/content/search")
        .query("cql", cql)
        .query("limit", &limit.to_string())
        .query("expand", "version,space");
    if start == 0 { request } else { request.query("start", &start.to_string()) }
}

fn cql(field: &str, (words, space): &(Redacted, Option<RemoteName>)) -> String {
    let mut cql = format!("type = page AND {field} ~ {}", quoted(words.as_str()));
    if let Some(space) = space {
        cql.push_str(" AND space = ");
        cql.push_str(&quoted(space.as_str()));
    }
    cql
}

/// A text in CQL: quotes and backslashes escaped, so that it cannot end early.
///
/// Source: <https://developer.atlassian.com/cloud/confluence/advanced-searching-using-cql/>.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.trim().chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_cannot_leave_its_quotes() {
        let cases = [
            ("pool", "\"pool\""),
            ("a\" OR type = blogpost OR text ~ \"b", "\"a\\\" OR type = blogpost OR text ~ \\\"b\""),
            ("\\", "\"\\\\\""),
            ("\\\" OR x", "\"\\\\\\\" OR x\""),
            ("a\nb ]]> ${x} ^ '", "\"a b ]]> ${x} ^ '\""),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
    }
}
