//! Passwords, API keys, tokens, session ids: values of keys whose names say so.

use super::bytes::{at, before, is_name, is_word, line_before, mentions, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::expression::is_variable;
use super::key_name::{Asks, Named, endings, is_spoken_qualifier, secret_kind};
use super::key_value::{Form, quoted, value_of};
use super::key_worth::{is_chosen, is_long, is_mixed, is_secret};
use crate::domain::{Confidence, PiiKind};
use memchr::{memmem, memrchr2};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "secret",
    confidence: Confidence::Likely,
    anchors: &[Anchor::LoadedEnd(endings, value)],
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
        "<o:Password Type=\"text\">«hunter2»</o:Password>",
        "<property name=\"db.password\">«hunter2»</property>",
        "- name: DB_PASSWORD value: «hunter2»",
        "variable \"db_password\" {\n  type = string\n  default = \"«hunter2»\"\n}",
        "define('DB_PASSWORD', '«hunter2»');",
        "Driver={ODBC Driver 18};Uid=app;Pwd={«a;b=c»};",
        "Unseal Key 1: «q7LmZ2xVn4RbT9wKc3Hd8sJf1Gy5Ap6Qe0UiWoY3kM4=»",
        "Mot de passe : «hunter22»",
        "contraseña: «hunter22»",
        "密码是«hunter22»，请修改",
        "keytool -list -storepass «hunter22» -keystore a.jks",
        "ALTER LOGIN app WITH PASSWORD = N'«hunter22»'",
        "payload={&quot;password&quot;:&quot;«hunter22»&quot;}",
        "your otp: «493021», do not share it",
        "callback?code=«4f7a1c9e2b8d3056f1e7a4c2»&state=1",
        "password: |\n  «hunter22»\n",
        "API密钥：«4f7a1c9e2b8d3056»",
        "password is: «hunter22»",
        "{\"Jwt\": {\"Issuer\": \"x\", \"Key\": \"«9f8e7d6c5b4a3f2e1d0c»\"}}",
        "encryption:\n  key: \"«Zm9vYmFyMTIzNDU2Nzg5MA==»\"",
        "{\"Name\":\"/prod/password\",\"Type\":\"SecureString\",\"Value\":\"«hunter2»\"}",
        "DJANGO_SECRET_KEY='«x7f(&pQ9z!mK2w»'",
        "JWT_SECRET=«supersecretword»",
        "shared_secret = «quarry-tundra-79»",
        "\"password_confirmation\"=>\"«hunter2»\"",
        "psk=\"«Copper 28 tiles!»\"",
        "password changed from «hunter22» to «hunter23»",
        "mdp=«hunter2»",
        "\"type\":\"random_password\",\"attributes\":{\"result\":\"«Xk9#mQ2z»\"}",
        "新しいパスワードは«hunter22»です",
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
        "the trait bound `Password: std::fmt::Display` is not satisfied",
        "password: !vault |",
        "UPDATE users SET password = :password, token = @token WHERE id = ?",
        "password [success=1 default=ignore] pam_unix.so",
        "--from-file=password=./pw.txt",
        "exit code: 137 code=200 error code=ECONNREFUSED",
        "columns: [\"user\", \"password\", \"token\"]",
        "pin: 17",
        "<label for=\"password\">Password</label>",
        "PASS: test_login",
        "\"minipass\": \"^7.0.3\"",
        "it is *guaranteed* to pass :>\nassert_ne!(a, b)",
        "auth: true session=5e653bca-c82b-4477-8bd5-38b2bd2aa8fb",
        "variable \"db_password\" {\n  type = string\n}",
        "GET /search?q=reset+password HTTP/1.1",
        "sudo: root : TTY=unknown ; PWD=/opt/app ; USER=root",
        "passwd[123]: pam_unix(passwd:chauthtok): password changed",
        "password = (sensitive value)",
        "password=(null) token=(none)",
        "--- PASS: TestPassword (0.03s)",
        "$password = Read-Host -AsSecureString",
        "auth_method=password attempts=1",
        "auth: token= user=unknown",
        "pub password: SecretString,",
        "password: z.string().min(8, 'too short')",
        "password = new_password",
        "api_key = Rails.application.credentials.api_key!",
        "password=@@DB_PASSWORD@@",
        "\"password\": \"Passwort\", \"forgot\": \"Passwort vergessen?\"",
        "パスワードは8文字以上で入力してください",
        "'password' => 'required|string|min:14|confirmed'",
        "ALTER ROLE app WITH PASSWORD :'new_password';",
        "raise (sig=sig@entry=6) at raise.c",
        "&{Token:<nil> Password: APIKey:0xc000414dfc Retries:7}",
        "Rule: hardcoded-password (CWE-259) src/config.py",
        "[\"pair?\", \"pass\", \"sort!\", \"list->s8\"]",
        "they pass to `i18n` what <code>COMPRESSED_SRGB8_ETC2</code> says",
        "const SIZE_PASS: u32 = 2; token: isValidHeaderValue",
    ],
};

/// A value without any end in sight: few secrets are longer, and none is told by its key alone.
const LONG: usize = 8 * 1024;

/// Looks at the value of the key whose name ends here.
fn value(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let key = whole_name(bytes, word.clone());
    // When letters follow, they decide what the key is.
    let goes_on = slice(bytes, word.end..key.end).iter().any(u8::is_ascii_alphabetic);
    if goes_on || !leads_on(at(bytes, key.end)) {
        return;
    }
    let Some((key, named)) = named(text, key, hits) else { return };
    let place = named_value(text, &key).or_else(|| default_value(bytes, &key));
    let place = place.or_else(|| value_of(bytes, &key).map(|(range, form)| trusted(bytes, &key, range, form)));
    let Some((range, form)) = place else { return };
    let range = within_braces(bytes, range);
    let value = part(text, range.clone());
    let fits = !is_harmless(text, &key, (&range, form))
        && match named.asks {
            Asks::Nothing => is_secret(named.kind, value, form) || is_weak_key(part(text, key), named, value, form),
            Asks::Digits => form != Form::Flag && is_code(value, form),
            Asks::Length => form != Form::Prose && is_secret(named.kind, value, form) && is_long(value),
        };
    if fits {
        hits.skip_to(range.end);
        if let Some(other) =
            replaced_by(text, &range).filter(|other| is_secret(named.kind, part(text, other.clone()), Form::Prose))
        {
            hits.add_sure(named.kind, other, Confidence::Possible);
        }
        hits.add_sure(named.kind, range, sureness(named, form));
    } else if range.len() > LONG {
        // A line that is one long list of such keys is still read in linear time.
        hits.skip_to(range.start + range.len() / 2);
    }
}

/// The new value in `password changed from … to …`.
fn replaced_by(text: &str, old: &Range<usize>) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let changes = line_before(bytes, old.start, 8).ends_with(b"from ") && slice(bytes, old.end..old.end + 4) == b" to ";
    let start = old.end + 4;
    let end = run_end(bytes, start, 128, |byte| byte > b' ' && !matches!(byte, b'"' | b'\''));
    changes.then(|| start..run_start(bytes, end, 2, |byte| matches!(byte, b'.' | b',')))
}

/// Whether what stands behind a name of a secret is something else by that name.
fn is_harmless(text: &str, key: &Range<usize>, (range, form): (&Range<usize>, Form)) -> bool {
    let (bytes, value) = (text.as_bytes(), part(text, range.clone()));
    let name = slice(bytes, key.clone());
    // "Pass" alone is a verb: pass -q to it; in capitals it is the outcome of a test.
    let quoted_code = before(bytes, range.start) == b'`' || value.starts_with('-');
    let verb = name.eq_ignore_ascii_case(b"pass") && (form == Form::Prose || quoted_code);
    // HTML marks code so.
    let markup = name == b"code" && before(bytes, key.start) == b'<';
    let outcome = name == b"PASS" && form == Form::Colon && !is_mixed(value);
    // The folder that a shell is in.
    let names_folder = name.eq_ignore_ascii_case(b"pwd") || name.eq_ignore_ascii_case(b"oldpwd");
    let folder = names_folder
        && value.starts_with(['/', '~'])
        && value.bytes().all(|byte| is_name(byte) || matches!(byte, b'/' | b'~'));
    // `pam_unix(passwd:chauthtok)` tells what PAM does.
    let module = run_start(bytes, key.start.saturating_sub(1), 24, is_word);
    let phase = before(bytes, key.start) == b'(' && slice(bytes, module..key.start).starts_with(b"pam_");
    // `password = new_password` in code; in an environment, `DB_PASSWORD=my_password` is what it says.
    // psql puts a variable into `PASSWORD :'new_password'`.
    let psql = line_before(bytes, range.start, 3) == b" :'";
    let code = matches!(form, Form::Assigned | Form::Colon) && name.iter().any(u8::is_ascii_lowercase);
    let variable = (psql || code) && is_variable(value) && (secret_kind(value).is_some() || name.ends_with(b"psk"));
    verb || markup || outcome || folder || phase || variable
}

/// A key that a person chose: it is one where the name says more than that it is a key, and a value is written to stay.
fn is_weak_key(name: &str, named: Named, value: &str, form: Form) -> bool {
    let setting = name.contains(['_', '-', '.']) || name.bytes().skip(1).any(|byte| byte.is_ascii_uppercase());
    let constant = name.contains('_') && !name.bytes().any(|byte| byte.is_ascii_lowercase());
    let words_too = constant && (name.ends_with("SECRET") || name.ends_with("SECRET_KEY"));
    matches!(form, Form::Quoted | Form::Assigned)
        && matches!(named.kind, PiiKind::Secret | PiiKind::Token | PiiKind::ApiKey)
        && setting
        && is_chosen(value, words_too)
}

/// Whether a value can follow: what most words in prose go on with ends the matter here.
const fn leads_on(next: u8) -> bool {
    matches!(
        next,
        b'=' | b':'
            | b' '
            | b'\t'
            | b'"'
            | b'\''
            | b'`'
            | b']'
            | b'\\'
            | b'>'
            | b'%'
            | b'&'
            | b'('
            | b'*'
            | b','
            | b'\n'
            | b'\r'
    ) || next >= 0x80
}

/// What the key holds; a bare `key` is named by the word before it: `API key`, `Unseal Key 1`.
fn named(text: &str, key: Range<usize>, hits: &mut Hits) -> Option<(Range<usize>, Named)> {
    let bytes = text.as_bytes();
    if let Some(named) = hits.memos.secrets.of(part(text, key.clone()), secret_kind) {
        return Some((key, named));
    }
    let name = slice(bytes, key.clone());
    // What Terraform made stands in its state.
    if name == b"result" && before(bytes, key.start) == b'"' {
        let around = slice(bytes, key.start.saturating_sub(MOST_AROUND)..key.start);
        let is_made = memmem::find(around, b"\"random_password\"").is_some();
        return is_made.then_some((key, Named { kind: PiiKind::Password, asks: Asks::Nothing }));
    }
    if !name.eq_ignore_ascii_case(b"key") {
        return None;
    }
    let number = run_end(bytes, key.end + 1, 2, |byte| byte.is_ascii_digit());
    let end = if number > key.end + 1 && at(bytes, number) == b':' { number } else { key.end };
    let is_spoken = match before(bytes, key.start) {
        b' ' => {
            let word = run_start(bytes, key.start - 1, 16, |byte| byte.is_ascii_alphabetic());
            is_spoken_qualifier(part(text, word..key.start - 1)) || is_spoken_qualifier(block_around(text, key.start))
        }
        b'"' | b'\t' => is_spoken_qualifier(block_around(text, key.start)),
        _ => false,
    };
    is_spoken.then_some((key.start..end, Named { kind: PiiKind::ApiKey, asks: Asks::Nothing }))
}

/// The last word of the name of the object or of the YAML block in which a key stands: `"Jwt": { "Key": … }`.
fn block_around(text: &str, key: usize) -> &str {
    let bytes = text.as_bytes();
    let from = key.saturating_sub(MOST_AROUND);
    let before_key = slice(bytes, from..key);
    let open = if before(bytes, key) == b'"' {
        let open = memrchr2(b'{', b'}', before_key);
        open.filter(|open| at(before_key, *open) == b'{')
    } else {
        let line = run_start(bytes, key, 64, |byte| matches!(byte, b' ' | b'\t'));
        (before(bytes, line) == b'\n' && line < key).then(|| line - from)
    };
    let Some(open) = open else { return "" };
    let end = run_start(bytes, from + open, 24, |byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t' | b':' | b'"'));
    let word = run_start(bytes, end, 32, |byte| byte.is_ascii_alphabetic());
    part(text, word..end)
}

/// How far before a key the beginning of its object may stand.
const MOST_AROUND: usize = 300;

fn sureness(named: Named, form: Form) -> Confidence {
    match (named.asks, form) {
        (Asks::Nothing, Form::Quoted | Form::Assigned | Form::Flag | Form::Colon) => Confidence::Likely,
        (Asks::Digits | Asks::Length, _) | (_, Form::Prose | Form::Listed) => Confidence::Possible,
    }
}

/// A number that was sent to somebody, or that a card needs.
fn is_code(value: &str, form: Form) -> bool {
    let least = if form == Form::Prose { 4 } else { 3 };
    (least..=8).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit())
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

/// The key of a wireless network is the rest of its line.
fn trusted(bytes: &[u8], key: &Range<usize>, range: Range<usize>, form: Form) -> (Range<usize>, Form) {
    if slice(bytes, key.clone()).eq_ignore_ascii_case(b"key content") {
        let end = run_end(bytes, range.end, 64, |byte| !matches!(byte, b'\r' | b'\n'));
        return (range.start..end, Form::Assigned);
    }
    (range, form)
}

/// `Pwd={a;b}`: the drivers of ODBC take what stands in braces as it is.
fn within_braces(bytes: &[u8], range: Range<usize>) -> Range<usize> {
    if at(bytes, range.start) != b'{' || !mentions(line_before(bytes, range.start, 200), "driver=") {
        return range;
    }
    let end = run_end(bytes, range.start + 1, 128, |byte| !matches!(byte, b'}' | b'\n'));
    if at(bytes, end) == b'}' { range.start + 1..end } else { range }
}

/// `- name: DB_PASSWORD` and then `value: …`; the same in JSON and in the attributes of XML.
fn named_value(text: &str, key: &Range<usize>) -> Option<(Range<usize>, Form)> {
    let bytes = text.as_bytes();
    let gap = run_end(bytes, key.end, 80, |byte| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b',' | b'\\' | b'-')
    });
    let mut end = run_end(bytes, gap, 12, is_word);
    // `"Type":"SecureString",` stands between them in the answers of AWS.
    let gap = if gap > key.end && part(text, gap..end).eq_ignore_ascii_case("type") {
        let next = run_end(bytes, end, 40, |byte| is_word(byte) || matches!(byte, b'"' | b':' | b' ')) + 1;
        let next = run_end(bytes, next, 20, |byte| byte.is_ascii_whitespace() || byte == b'"');
        end = run_end(bytes, next, 12, is_word);
        next
    } else {
        gap
    };
    if gap == key.end || !part(text, gap..end).eq_ignore_ascii_case("value") {
        return None;
    }
    value_of(bytes, &(gap..end)).filter(|(_, form)| *form != Form::Prose)
}

/// `variable "db_password" { default = "…" }`
fn default_value(bytes: &[u8], key: &Range<usize>) -> Option<(Range<usize>, Form)> {
    let open = run_end(bytes, key.end, 3, |byte| matches!(byte, b'"' | b' '));
    if open == key.end || at(bytes, open) != b'{' {
        return None;
    }
    let block = slice(bytes, open..run_end(bytes, open, 400, |byte| byte != b'}'));
    let found = open + memmem::find(block, b"default")?;
    let sign = run_end(bytes, found + 7, 20, |byte| byte == b' ');
    let start = run_end(bytes, sign + 1, 4, |byte| byte == b' ');
    (at(bytes, sign) == b'=').then(|| quoted(bytes, start, LONG)).flatten().map(|range| (range, Form::Quoted))
}

/// Whether the value of a cookie or a query field with this name opens a session.
pub(super) fn names_session(name: &str) -> bool {
    secret_kind(name).is_some_and(|named| named.kind == PiiKind::Session)
}
