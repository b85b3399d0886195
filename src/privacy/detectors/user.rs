//! User names: in log fields, after the phrases of `sshd`, `sudo` and PAM, in home paths, in `DOMAIN\user`, as SIDs.

use super::bytes::{at, before, is_name, is_word, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::normalized;
use super::key_value::{Form, is_in_prose, name_of};
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "user",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::End(FIELDS, field),
        Anchor::Begin(PHRASES, phrase),
        Anchor::Exact(HOMES, home),
        Anchor::Shape(Shape::CapitalsBackslash, domain),
        Anchor::Exact(&[" : TTY=", " HIER_"], before_mark),
        Anchor::Shape(Shape::AtSign, ticket),
        Anchor::Exact(&["S-1-5-21-"], sid),
    ],
    matches: &[
        "login failed user=«mkeller» ip=x",
        "Failed password for «mkeller» from host",
        "Failed password for invalid user «mkeller» from host",
        "pam_unix(sshd:session): session opened for user «mkeller»(uid=1000) by (uid=0)",
        "Accepted publickey for «mkeller» from host",
        "open /home/«mkeller»/.ssh/id_rsa: denied",
        r"C:\Users\«mkeller»\AppData",
        "/Users/«mkeller»/src",
        r"logon by «ACME\mkeller» refused",
        r"/user:«ACME\mkeller» x",
        "Started Session 12 of User «mkeller».",
        "TCP_MISS/200 4518 CONNECT pypi.org:443 «mkeller» HIER_DIRECT/10.0.0.1 -",
        "Client: «mkeller» @ ACME.LOCAL",
        "用户名:«mkeller»",
        "\tAccount Name:\t\t«mkeller»",
        r#"{"username":"«mkeller»"}"#,
        r#"password authentication failed for user "«mkeller»""#,
        "sudo:  «mkeller» : TTY=pts/0 ; PWD=/ ; USER=root",
        "SID «S-1-5-21-1004336348-1177238915-682003330-512»",
    ],
    clean: &[
        "session opened for user root by (uid=0)",
        "user=null user=${USER} user=[User-1] user=<user>",
        "for user in users: print(user)",
        "/home/ is full",
        r"C:\Users\Public\Desktop",
        r"HKEY_LOCAL_MACHINE\Software C:\Windows\System32 \n\t",
        "userAgent=curl user_id=1234 S-1-5-18",
        "pod=\"shop/web\" uid=\"0049f2e7-1c2d-4e5f-8a9b-f2e7b8876940\"",
        "the user was not found for user account",
        "waiting for lock from server",
    ],
};

/// Accounts that come with a system, and words that stand in a name's place.
const NOBODY: &[&str] = &[
    "root",
    "admin",
    "administrator",
    "nobody",
    "daemon",
    "system",
    "guest",
    "default",
    "public",
    "shared",
    "www-data",
    "nginx",
    "apache",
    "postgres",
    "mysql",
    "redis",
    "mongodb",
    "rabbitmq",
    "elasticsearch",
    "ubuntu",
    "ec2-user",
    "centos",
    "debian",
    "vagrant",
    "jenkins",
    "git",
    "runner",
    "user",
    "username",
    "users",
    "null",
    "none",
    "nil",
    "undefined",
    "unknown",
    "anonymous",
    "true",
    "false",
    "is",
    "was",
    "not",
    "has",
    "and",
    "or",
    "in",
    "the",
    "a",
    "an",
    "account",
    "id",
    "name",
    "with",
    "by",
    "from",
    "to",
    "on",
    "all",
    "any",
    "invalid",
    "illegal",
    "agent",
    "docker",
    "node",
    "app",
    "service",
    "localservice",
    "networkservice",
    "local service",
    "network service",
    "sa",
    "dbo",
    "sys",
    "test",
    "example",
    "linuxbrew",
    "circleci",
    "kubernetes-admin",
    "backup",
    "mail",
    "ftp",
    "sshd",
    "syslog",
    "nt",
    "authentication",
    "password",
    "login",
    "error",
    "failed",
    "that",
    "this",
    "each",
    "every",
    "which",
    "who",
    "your",
    "current",
    "string",
];

/// Domains that every Windows has, and the roots of its registry.
const BUILTIN: &[&str] =
    &["BUILTIN", "AUTHORITY", "SERVICE", "APPPOOL", "MANAGER", "HKLM", "HKCU", "HKCR", "HKU", "SOFTWARE", "SYSTEM"];

const FIELD_NAMES: &[&str] = &[
    "user",
    "username",
    "user_name",
    "usr",
    "login",
    "login_name",
    "uname",
    "logname",
    "account_name",
    "acct",
    "suser",
    "duser",
    "ruser",
    "user_id",
    "userid",
    "uid",
    "db_user",
    "dbuser",
    "pguser",
    "owner",
    "remote_user",
    "auth_user",
    "samaccountname",
    "userprincipalname",
    "cn",
    "subject_user_name",
    "target_user_name",
    "ansible_user",
    "mysql_user",
    "smtp_user",
    "postgres_user",
    "actor",
    "principal",
    "assignee",
    "author",
    "account_name",
    "benutzer",
    "benutzername",
    "utilisateur",
    "usuario",
    "usuário",
    "utente",
    "użytkownik",
    "пользователь",
    "用户",
    "用户名",
    "用戶",
    "用戶名",
    "ユーザー",
    "ユーザー名",
    "사용자",
    "사용자명",
    "gebruiker",
    "gebruikersnaam",
    "användare",
    "användarnamn",
];

/// How the names of fields end that hold a user, but for digits; [`FIELD_NAMES`] decides.
const FIELDS: &[&str] = &[
    "user",
    "username",
    "user_name",
    "usr",
    "login",
    "loginname",
    "login_name",
    "uname",
    "logname",
    "acct",
    "accountname",
    "account_name",
    "account name",
    "userid",
    "user_id",
    "uid",
    "owner",
    "actor",
    "principal",
    "principalname",
    "assignee",
    "author",
    "benutzer",
    "benutzername",
    "utilisateur",
    "usuario",
    "usuário",
    "utente",
    "użytkownik",
    "пользователь",
    "用户",
    "用户名",
    "用戶",
    "用戶名",
    "ユーザー",
    "ユーザー名",
    "사용자",
    "사용자명",
    "gebruiker",
    "gebruikersnaam",
    "användare",
    "användarnamn",
];

/// Folders of people's homes.
const HOMES: &[&str] = &["/home/", "/Users/", r"\Users\", "/var/home/"];

/// What a name follows.
const PHRASES: &[&str] = &[
    "for invalid user ",
    "for illegal user ",
    "invalid user ",
    "for user ",
    "for user: ",
    "for user '",
    "for user \"",
    "password for ",
    "publickey for ",
    "keyboard-interactive/pam for ",
    "hostbased for ",
    "gssapi-with-mic for ",
    "session opened for user ",
    "session closed for user ",
    "authenticating user ",
    "disconnected from user ",
    "connection closed by authenticating user ",
    "to user ",
    "(to ",
    "new user: name=",
    "access denied for user '",
    "role \"",
    "login failed for user '",
    "by user ",
    "of user ",
    "as user ",
    "user '",
    "user \"",
    "useradd ",
    "userdel ",
    "usermod ",
];

static NOBODY_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| NOBODY.iter().copied().collect());

static FIELD_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| FIELD_NAMES.iter().copied().collect());

/// What Kubernetes and others call the `uid` of a thing. Source: RFC 9562.
fn is_uuid(name: &str) -> bool {
    name.len() == 36
        && name.bytes().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Whether it may be the name of a person's account, and not one that comes with a system.
pub(super) fn is_somebody(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let letter = name.chars().any(char::is_alphabetic);
    let somebody = (2..=64).contains(&name.len()) && letter && !name.ends_with(':');
    somebody && !NOBODY_SET.contains(lower.as_str()) && !is_uuid(name)
}

fn field(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let key = run_start(bytes, word.start, 40, is_word)..run_end(bytes, word.end, 40, is_word);
    if is_in_prose(bytes, &key) || !FIELD_SET.contains(normalized(part(text, key.clone())).as_str()) {
        return;
    }
    let Some((value, form)) = name_of(bytes, &key) else { return };
    // In a connection string, it is the name of a storage account.
    let storage = before(bytes, key.start) == b';' && key.len() == 11;
    let name = value.start + part(text, value.clone()).rfind('\\').map_or(0, |slash| slash + 1)..value.end;
    let end = run_end(bytes, name.start, name.len(), is_name);
    let whole = end == name.end || matches!(at(bytes, end), b'(' | b'@' | b':' | b',' | b';');
    let flag = form == Form::Flag && before(bytes, key.start) == b'-';
    if whole
        && !storage
        && (form != Form::Prose)
        && (form != Form::Flag || flag)
        && is_somebody(part(text, name.start..end))
    {
        hits.add(PiiKind::User, value.start..end);
    }
}

fn phrase(text: &str, phrase: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if is_word(before(bytes, phrase.start)) {
        return;
    }
    let said = slice(bytes, phrase.clone());
    let start = run_end(bytes, phrase.end, 1, |byte| matches!(byte, b'"' | b'\'' | b'<' | b'\\'));
    let start = run_end(bytes, start, 1, |byte| byte == b'"');
    let end = run_end(bytes, start, 64, |byte| is_name(byte) || byte == b'$');
    let end = end - slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    let quoted = start > phrase.end || matches!(said.last(), Some(b'"' | b'\''));
    let next = slice(bytes, end..end + 6);
    // Without quotes, what follows must be what such lines go on with.
    let goes_on = next.starts_with(b" from ")
        || next.starts_with(b" by ")
        || next.starts_with(b"(")
        || next.starts_with(b" port")
        || next.starts_with(b",")
        || next.starts_with(b" [")
        || next.starts_with(b": ")
        || matches!(at(bytes, end), 0 | b'\n' | b'\r' | b'.')
        || (at(bytes, end) == b' ' && at(bytes, end + 1).is_ascii_digit())
        || slice(bytes, start..end).iter().any(u8::is_ascii_digit);
    let prose = said.starts_with(b"password for") && !next.starts_with(b" from");
    let closed = matches!(at(bytes, end), b'"' | b'\'' | b'>' | b'\\' | b'@');
    if ((quoted && closed) || (!quoted && goes_on && !prose))
        && !next.starts_with(b" in ")
        && is_somebody(part(text, start..end))
    {
        hits.add(PiiKind::User, start..end);
    }
}

/// `/home/x/`, `/Users/x/`, `C:\Users\x\`, `C:\\Users\\x`.
fn home(text: &str, folder: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_end(bytes, folder.end, 2, |byte| byte == b'\\');
    let end = run_end(bytes, start, 64, is_name);
    let end = end - slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    let local = !is_word(before(bytes, folder.start)) || at(bytes, folder.start) == b'\\';
    if local && is_somebody(part(text, start..end)) {
        hits.add(PiiKind::User, start..end);
    }
}

/// `ACME\mkeller`, also with the backslash escaped. Paths and registry keys are none.
fn domain(text: &str, slash: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let slash = slash.start;
    let start = run_end(bytes, slash, 2, |byte| byte == b'\\');
    let domain = run_start(bytes, slash, 16, |byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-');
    let end = run_end(bytes, start, 64, |byte| is_name(byte) || byte == b'$');
    let end = end - slice(bytes, start..end).iter().rev().take_while(|byte| **byte == b'.').count();
    let name = part(text, start..end);
    let previous = before(bytes, domain);
    // `/user:ACME\x`, but not `C:\x`.
    let option = previous == b':'
        && bytes.get(domain.saturating_sub(3)..domain - 1).is_some_and(|one| one.iter().all(|byte| is_word(*byte)));
    let outside = !is_word(previous) && (option || !matches!(previous, b'\\' | b':' | b'/' | b'%' | b'.' | b'$'));
    let builtin = BUILTIN.contains(&part(text, domain..slash));
    let named = slash - domain >= 2 && bytes.get(domain).is_some_and(u8::is_ascii_uppercase);
    let path = matches!(at(bytes, end), b'\\' | b'/' | b':')
        || name.contains('.') && name.rsplit('.').next().is_some_and(|last| last.len() <= 3);
    let lower = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic()) && name.len() >= 3;
    let escape = start - slash == 1 && name.len() < 3;
    if outside && named && !path && lower && !escape && !builtin && is_somebody(name) {
        hits.add(PiiKind::User, domain..end);
    }
}

/// `sudo:  mkeller : TTY=…`; who asked, in the access log of Squid.
fn before_mark(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let start = run_start(text.as_bytes(), mark.start, 64, is_name);
    if is_somebody(part(text, start..mark.start)) {
        hits.add(PiiKind::User, start..mark.start);
    }
}

/// `Client: mkeller @ ACME.LOCAL`: whose ticket, in the list of Kerberos.
fn ticket(text: &str, sign: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if before(bytes, sign.start) != b' ' || at(bytes, sign.end) != b' ' {
        return;
    }
    let start = run_start(bytes, sign.start - 1, 64, is_name);
    let name = start..sign.start - 1;
    if slice(bytes, start.saturating_sub(8)..start) == b"Client: " && is_somebody(part(text, name.clone())) {
        hits.add(PiiKind::User, name);
    }
}

/// Security identifiers of accounts: `S-1-5-21-…`. The short ones are those of every Windows.
fn sid(text: &str, begin: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, begin.end, 60, |byte| byte.is_ascii_digit() || byte == b'-');
    let numbers = slice(bytes, begin.end..end);
    if numbers.split(|byte| *byte == b'-').count() >= 3 && !is_word(before(bytes, begin.start)) {
        hits.add(PiiKind::User, begin.start..end);
    }
}
