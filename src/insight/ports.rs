//! The ports that a line names: `port 5432`, `10.0.0.7:5432`, `[::1]:5432`, `localhost:5432`, `*:5432`.

/// Ports in the order in which they stand. Times, places in source files and figures are none.
pub(super) fn ports(line: &str) -> Vec<u16> {
    let lower = line.to_lowercase();
    let after_colon = lower.split(':').zip(lower.split(':').skip(1));
    let of_hosts = after_colon.filter(|(before, _)| ends_with_host(before)).filter_map(|(_, after)| port(after));
    let is_word = |at: usize| !lower.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric));
    let words = lower.match_indices("port ").filter(|(at, _)| is_word(*at));
    let of_words = words.filter_map(|(at, word)| port(lower.get(at + word.len()..)?));
    of_hosts.chain(of_words).collect()
}

fn ends_with_host(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let digits = text.rsplit(|c: char| !is_part(c)).next().unwrap_or_default();
    let is_ipv4 = digits.split('.').count() == 4 && digits.split('.').all(|part| part.parse::<u8>().is_ok());
    is_ipv4 || text.ends_with(']') || text.ends_with('*') || text.ends_with("localhost")
}

/// The number that a text begins with, if it can be a port.
fn port(text: &str) -> Option<u16> {
    let digits = text.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|port| *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_where_a_host_or_the_word_stands_before_them() {
        let cases: &[(&str, &[u16])] = &[
            ("Error: connect ECONNREFUSED 127.0.0.1:5432", &[5432]),
            ("listen tcp [::1]:8080: bind: address already in use", &[8080]),
            ("2026-11-22T01:38:20Z app.js:31 failed", &[]),
            ("could not bind *:80, nor localhost:81", &[80, 81]),
            ("Port 8080 is already in use", &[8080]),
            ("import 12 rows at 10:00:01", &[]),
            ("port open", &[]),
            ("10.0.0.1:99999", &[]),
        ];
        for (line, expected) in cases {
            assert_eq!(ports(line), *expected, "{line}");
        }
    }
}
