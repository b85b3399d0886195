//! Passwords, API keys, tokens, session ids: values of keys whose names say so.

use super::bytes::{before, is_name, is_word, part, run_end, run_start};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::secret_kind;
use super::key_value::{Form, value_of};
use super::key_worth::is_secret;
use crate::domain::{Confidence, PiiKind};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "secret",
    confidence: Confidence::Likely,
    anchors: &[Anchor::End(KEYS, value)],
    matches: &[
        "DB_PASSWORD=«hunter2»",
        "spring.datasource.password: «S3cure!Pass»",
        r#"{"user":"x","password":"«p w 1»"}"#,
        r#"body={\"clientSecret\":\"«8fJ2kLm9QzXv»\"}"#,
        "x-api-key: «4f7a1c9e2b8d3056»",
        "GET /v1?api_key=«4f7a1c9e2b8d3056»&page=2",
        "mysql --password «hunter2» -h db",
        "--token=«4f7a1c9e2b8d3056»",
        "Server=db;Database=app;User Id=sa;Password=«Un1corn;s»;Encrypt=true",
        "密码：«abc12345»，请重试",
        "<password>«hunter2»</password>",
        "AccountKey=«Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MA==»;EndpointSuffix=core.windows.net",
        "requirepass «f00barBaz»",
        "    Key Content            : «four words of it»\n",
        "the password is «Tr0ub4dor&3»",
        "env:\n- name: DB_PASSWORD\n  value: «hunter2»\n",
        "JSESSIONID=«0A1B2C3D4E5F60718293A4B5C6D7E8F9»",
        "//npm.acme.io/:_authToken=«4f7a1c9e-2b8d-3056»",
        "api_secret = 'correct horse battery 9'\nclient_secret='«correct!horse!battery»'",
    ],
    clean: &[
        "password authentication failed for user",
        "Failed password for invalid user",
        "password: ${DB_PASSWORD}",
        "password=[Password-1]",
        r#""tokenizer": "cl100k_base", "max_tokens": 2881"#,
        "(using password: YES)",
        "secretName: orders-tls-secret",
        "primary_key=1234abcd5678",
        "token expired at 2024-01-01T10:00:00Z",
        "password = os.environ[\"DB_PASSWORD\"]",
        "pass=3 fail=1",
        "Enter password:",
        "nginx: [warn] the \"ssl_password\" directive is ignored",
        "key=orders:1234:abc",
        "std::token::Token",
        "Error: password: must be at least 12 characters",
        "secret: orders-db-credentials",
    ],
};

/// How the names of keys with secrets end, but for digits; `secret_kind` decides.
const KEYS: &[&str] = &[
    "pass",
    "password",
    "passwd",
    "passwrd",
    "passphrase",
    "passcode",
    "passwort",
    "pwd",
    "pswd",
    "psw",
    "_pw",
    "-pw",
    ".pw",
    "kennwort",
    "contraseña",
    "contrasena",
    "senha",
    "haslo",
    "hasło",
    "parola",
    "parol",
    "пароль",
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "lösenord",
    "wachtwoord",
    "heslo",
    "jelszó",
    "şifre",
    "salasana",
    "adgangskode",
    "clave",
    "masterauth",
    "secret",
    "secrets",
    "credential",
    "credentials",
    "keybase",
    "key_base",
    "key-base",
    "key.base",
    "token",
    "key",
    "key content",
    "key_content",
    "keycontent",
    "psk",
    "sessionid",
    "session_id",
    "session-id",
    "session.id",
    "sessid",
    "sid",
    "session_cookie",
    "session-cookie",
    "sessioncookie",
    "sig",
    "signature",
];

/// A value without any end in sight: few secrets are longer, and none is told by its key alone.
const LONG: usize = 8 * 1024;

fn value(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let key = whole_name(bytes, word.clone());
    // When letters follow, they decide what the key is.
    let goes_on = super::bytes::slice(bytes, word.end..key.end).iter().any(u8::is_ascii_alphabetic);
    let Some(kind) = (!goes_on).then(|| secret_kind(part(text, key.clone()))).flatten() else { return };
    let found = value_of(bytes, &key).map(|(range, form)| trusted(bytes, &key, range, form));
    let Some((range, form)) = found.or_else(|| named_value(text, &key)) else { return };
    if is_secret(kind, part(text, range.clone()), form) {
        hits.skip_to(range.end);
        hits.add(kind, range);
    } else if range.len() > LONG {
        // A line that is one long list of such keys is still read in linear time.
        hits.skip_to(range.start + range.len() / 2);
    }
}

/// The whole identifier around a word.
fn whole_name(bytes: &[u8], word: Range<usize>) -> Range<usize> {
    let start = run_start(bytes, word.start, 96, is_name);
    let start = run_end(bytes, start, word.start - start, |byte| matches!(byte, b'.'));
    let end = run_end(bytes, word.end, 96, is_name);
    start + leading_dashes(bytes, start, word.start)..end
}

fn leading_dashes(bytes: &[u8], start: usize, word: usize) -> usize {
    run_end(bytes, start, word - start, |byte| byte == b'-') - start
}

/// A directive's sole argument needs no separator: `requirepass s3cret` at the beginning of a line.
fn trusted(bytes: &[u8], key: &Range<usize>, range: Range<usize>, form: Form) -> (Range<usize>, Form) {
    let indent = run_start(bytes, key.start, 32, |byte| byte == b' ' || byte == b'\t');
    let first = matches!(before(bytes, indent), 0 | b'\n');
    let rest = run_end(bytes, range.end, 8, |byte| matches!(byte, b' ' | b'\r'));
    let last = matches!(super::bytes::at(bytes, rest), 0 | b'\n');
    let one_word = slice_is_directive(bytes, key);
    // The key of a wireless network is the rest of its line.
    if super::bytes::slice(bytes, key.clone()).contains(&b' ') {
        let end = run_end(bytes, range.end, 64, |byte| !matches!(byte, b'\r' | b'\n'));
        return (range.start..end, Form::Assigned);
    }
    let form = if form == Form::Prose && first && last && one_word { Form::Flag } else { form };
    (range, form)
}

/// Directives of configuration files; other names at the beginning of a line begin a sentence.
fn slice_is_directive(bytes: &[u8], key: &Range<usize>) -> bool {
    matches!(super::bytes::slice(bytes, key.clone()), b"requirepass" | b"masterauth" | b"bindpw" | b"rootpw")
}

/// `- name: DB_PASSWORD` and on the next line `value: …`; the same in JSON.
fn named_value(text: &str, key: &Range<usize>) -> Option<(Range<usize>, Form)> {
    let bytes = text.as_bytes();
    let gap =
        run_end(bytes, key.end, 80, |byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b'\\'));
    let end = run_end(bytes, gap, 12, is_word);
    if gap == key.end || !part(text, gap..end).eq_ignore_ascii_case("value") {
        return None;
    }
    value_of(bytes, &(gap..end)).filter(|(_, form)| *form != Form::Prose)
}

/// Whether the value of a cookie or a query field with this name opens a session.
pub(super) fn names_session(name: &str) -> bool {
    secret_kind(name) == Some(PiiKind::Session)
}
