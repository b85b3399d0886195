//! URLs that carry credentials: `https://user:pw@host/…`, `postgres://…`, `redis://:pw@…`.
//!
//! Source: RFC 3986 section 3.2.1. The parts are found beside the whole: when URLs are not looked for, the password still is.

use super::bytes::{at, before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::reference::is_reference;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "url",
    confidence: Confidence::Certain,
    anchors: &[
        Anchor::Shape(Shape::SchemeEnd, credentials),
        Anchor::Exact(&["jdbc:oracle:"], oracle),
        Anchor::Shape(Shape::AtSign, dsn),
    ],
    matches: &[
        "clone «https://maria:S3cr3t@git.acme.io/a.git» failed",
        "dsn=«postgres://app:p%40ss@10.0.0.5:5432/orders?sslmode=require» refused",
        "cache «redis://:hunter2@cache:6379/0»,",
        "«https://x-oauth:4f7a1c9e@git.acme.io»",
        "地址«amqp://guest:guest@mq:5672/»无法访问",
        "jdbc:oracle:thin:«app/hunter2@db:1521»",
        "«postgres://app:p@ss@db/orders»",
        "connect «postgres://app:hunt/er2@db1/orders»",
        "connect «amqp://app:hunt<er\"2@mq1:5672»",
        "«nats://4f7a1c9e2b8d3056f1e7a4c2@10.0.0.5:4222»",
        "dsn «app»:«hunter2»@tcp(db1:3306)/orders",
        "fetch «https://4f7a1c9e2b8d3056f1e7a4c2b9d80356@git.acme.io/a.git»",
    ],
    clean: &[
        "https://api.acme.io/v1?q=a@b",
        "https://git@github.com/org/repo",
        "https://acme.io:8443/path:with@at",
        "postgres://${USER}:${PASSWORD}@db/orders",
        "https://[User-1]:[Password-1]@[Host-1]/x",
        "postgres://db:5432/orders and a@b",
        "\"redis://cache:main\", \"ops@db\"",
        "mongodb://db1:27017,db2:27017/orders@x",
        "https://acme:beta/page@home",
        "std::fs://nothing",
    ],
};

const LONGEST: usize = 8 * 1024;

const DATABASES: &[&str] = &[
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "mongodb+srv",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "mssql",
    "sqlserver",
    "oracle",
    "clickhouse",
    "cassandra",
    "ldap",
    "ldaps",
    "nats",
    "kafka",
    "couchdb",
    "neo4j",
    "bolt",
    "snowflake",
    "influxdb",
    "memcached",
    "db2",
    "cockroachdb",
    "postgresql+psycopg2",
    "mysql+pymysql",
    "smtp",
    "smtps",
];

fn credentials(text: &str, separator: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let separator = separator.start;
    let start =
        run_start(bytes, separator, 24, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    let authority = separator + 3;
    let host_end = run_end(bytes, authority, LONGEST, |byte| {
        byte > b' ' && !matches!(byte, b'/' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\')
    });
    let host_end = authority_end(bytes, authority, host_end);
    let host_end = raw_authority_end(text, start..separator, host_end).unwrap_or(host_end);
    let Some(sign) = slice(bytes, authority..host_end).iter().rposition(|byte| *byte == b'@') else { return };
    if start == separator {
        return;
    }
    let userinfo = part(text, authority..authority + sign);
    let scheme = part(text, start..separator).to_ascii_lowercase();
    if add_parts(authority, userinfo, &scheme, hits) {
        let kind = if DATABASES.contains(&scheme.as_str()) { PiiKind::ConnectionString } else { PiiKind::Url };
        hits.add(kind, start..url_end(bytes, host_end));
    }
}

/// A query may hold an `@` of its own: the authority ends at `?` or `#`, unless the password holds one.
fn authority_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let first = run_end(bytes, start, end - start, |byte| !matches!(byte, b'?' | b'#'));
    if slice(bytes, start..first).contains(&b'@') { first } else { end }
}

/// The authority of a database's URL goes on behind a sign that ends those of others, as long as no port stands before
/// that sign and a host behind the next `@`: `postgres://app:a/b@db/orders`.
fn raw_authority_end(text: &str, scheme: Range<usize>, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let authority = scheme.end + 3;
    let said = part(text, authority..end);
    let sign = at(bytes, end);
    let (user, begun) = said.split_once(':')?;
    // The quotes around a URL end it.
    let quoted = sign == before(bytes, scheme.start) && sign != b'/';
    let first = begun.split([',', ':']).next().unwrap_or_default();
    let port = first.bytes().all(|byte| byte.is_ascii_digit()) || is_reference(begun);
    if said.contains('@') || user.is_empty() || port || quoted || !matches!(sign, b'/' | b'"' | b'<' | b'\\') {
        return None;
    }
    if !DATABASES.contains(&part(text, scheme).to_ascii_lowercase().as_str()) {
        return None;
    }
    let at_sign = run_end(bytes, end, 80, |byte| byte > b' ' && byte != b'@');
    let host = run_end(bytes, at_sign + 1, 253, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    let located = host > at_sign + 1 && matches!(at(bytes, host), 0..=b' ' | b':' | b'/' | b'?' | b'"' | b'\'' | b',');
    (at(bytes, at_sign) == b'@' && located).then_some(host)
}

/// Adds user and password of `user:password`; false when there is nothing to hide.
fn add_parts(start: usize, userinfo: &str, scheme: &str, hits: &mut Hits) -> bool {
    let Some((user, password)) = userinfo.split_once(':') else {
        // A token alone: `https://<token>@host`.
        let tokened = scheme.starts_with("http") || scheme == "nats";
        let token = userinfo.len() >= 20 && userinfo.bytes().any(|byte| byte.is_ascii_digit()) && tokened;
        if token && !is_reference(userinfo) {
            hits.add(PiiKind::Token, start..start + userinfo.len());
        }
        return token && !is_reference(userinfo);
    };
    let password_start = start + user.len() + 1;
    let hidden = !password.is_empty() && !is_reference(password);
    if hidden {
        hits.add(PiiKind::Password, password_start..password_start + password.len());
        if !user.is_empty() && !is_reference(user) {
            hits.add(PiiKind::User, start..start + user.len());
        }
    }
    hidden
}

/// The end of path and query, without the punctuation of the sentence.
fn url_end(bytes: &[u8], start: usize) -> usize {
    let end = run_end(bytes, start, LONGEST, |byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\')
    });
    let trailing = slice(bytes, start..end)
        .iter()
        .rev()
        .take_while(|byte| matches!(byte, b',' | b'.' | b';' | b':' | b')' | b']' | b'}'));
    end - trailing.count()
}

/// `user:password@tcp(host:3306)/db`, as drivers written in Go take it.
fn dsn(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if !matches!(slice(bytes, sign.end..sign.end + 4), b"tcp(" | b"unix" | b"tcp6" | b"clou") {
        return;
    }
    let end = run_end(bytes, sign.end, 16, |byte| byte.is_ascii_alphanumeric());
    let start =
        run_start(bytes, sign.start, 256, |byte| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'=' | b'`' | b'('));
    let Some((user, password)) = part(text, start..sign.start).split_once(':') else { return };
    if at(bytes, end) == b'(' && !password.is_empty() && !is_reference(password) {
        let from = start + user.len() + 1;
        hits.add(PiiKind::User, start..start + user.len());
        hits.add(PiiKind::Password, from..from + password.len());
    }
}

/// `jdbc:oracle:thin:user/password@host`.
fn oracle(text: &str, driver: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_end(bytes, driver.end, 8, |byte| byte.is_ascii_alphanumeric()) + 1;
    let end = url_end(bytes, start);
    let url = part(text, start..end);
    let Some((user, rest)) = url.split_once('/') else { return };
    let Some((password, _)) = rest.split_once('@') else { return };
    if before(bytes, start) == b':' && at(bytes, start) != b'@' && !password.is_empty() && !is_reference(password) {
        let password_start = start + user.len() + 1;
        hits.add(PiiKind::Password, password_start..password_start + password.len());
        hits.add(PiiKind::ConnectionString, start..end);
    }
}
