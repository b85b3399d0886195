//! What the name of a key says about its value: `DB_PASSWORD`, `x-api-key`, `clientSecret`, `密码`.
//!
//! The last word decides: `password_policy` and `token_type` name something else.

use crate::domain::PiiKind;

/// `dbPassword`, `DB-PASSWORD` and `db.password` in one form: `db_password`. Digits at the end are dropped.
pub(super) fn normalized(name: &str) -> String {
    let mut result = String::with_capacity(name.len() + 4);
    let mut chars = name.chars().peekable();
    let mut last = '_';
    while let Some(letter) = chars.next() {
        let next_lower = chars.peek().is_some_and(char::is_ascii_lowercase);
        let new_word = letter.is_ascii_uppercase()
            && (last.is_ascii_lowercase() || last.is_ascii_digit() || (last.is_ascii_uppercase() && next_lower));
        let separator = matches!(letter, '-' | '.' | '_' | '/' | '[' | ']' | ' ');
        if (new_word || separator) && !result.ends_with('_') {
            result.push('_');
        }
        if !separator {
            result.push(letter.to_ascii_lowercase());
        }
        last = letter;
    }
    result.trim_matches('_').trim_end_matches(|letter: char| letter.is_ascii_digit()).trim_end_matches('_').to_owned()
}

const PASSWORD_ENDS: &[&str] =
    &["password", "passwd", "passwrd", "passphrase", "passcode", "passwort", "kennwort", "contraseña", "contrasena"];

const PASSWORD_WORDS: &[&str] = &[
    "pass",
    "pwd",
    "pw",
    "pswd",
    "psw",
    "sshpass",
    "requirepass",
    "masterauth",
    "dbpass",
    "userpass",
    "mysqlpwd",
    "dbpwd",
    "userpwd",
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
];

/// A key that begins so asks about a password instead of holding one.
const QUESTIONS: &[&str] = &[
    "no", "reset", "change", "forgot", "show", "has", "is", "require", "requires", "use", "allow", "verify", "check",
    "invalid", "wrong", "bad", "failed", "min", "max", "next", "missing", "enable", "disable",
];

/// `<one of these>_key` opens something; `primary_key`, `cache_key` and a bare `key` do not.
const KEY_QUALIFIERS: &[&str] = &[
    "api",
    "access",
    "secret",
    "private",
    "encryption",
    "signing",
    "auth",
    "account",
    "shared",
    "master",
    "storage",
    "subscription",
    "app",
    "application",
    "client",
    "consumer",
    "service",
    "license",
    "deploy",
    "webhook",
    "functions",
    "admin",
    "integration",
    "ingest",
    "ingestion",
    "write",
    "read",
    "instrumentation",
    "hmac",
    "jwt",
    "aes",
    "cipher",
    "security",
    "session_secret",
    "token",
    "decryption",
    "wrapping",
    "unseal",
    "root",
    "license",
    "preshared",
    "psk",
];

const KEY_WORDS: &[&str] = &[
    "apikey",
    "authkey",
    "accesskey",
    "secretkey",
    "appkey",
    "psk",
    "accountkey",
    "sharedkey",
    "signingkey",
    "xapikey",
    "sharedaccesskey",
];

/// `<one of these>_token` is a position or a symbol.
const TOKEN_QUALIFIERS: &[&str] = &[
    "next",
    "page",
    "continuation",
    "sync",
    "pad",
    "eos",
    "bos",
    "unk",
    "stop",
    "start",
    "end",
    "unexpected",
    "cancellation",
    "cancel",
    "mask",
    "sep",
    "cls",
    "max",
    "min",
    "per",
    "first",
    "last",
    "resume",
    "no",
    "invalid",
    "missing",
    "expired",
    "public",
    "illegal",
    "key",
];

const SESSION_WORDS: &[&str] = &[
    "session_id",
    "sessionid",
    "sessid",
    "phpsessid",
    "jsessionid",
    "php_sessid",
    "connect_sid",
    "session_token",
    "asp_net_session_id",
    "asp_net_sessionid",
    "session_key",
    "session_cookie",
    "csrf_token",
    "xsrf_token",
    "csrfmiddlewaretoken",
    "session_id_token",
    "x_session_id",
];

const SECRET_WORDS: &[&str] =
    &["secret", "secrets", "credential", "credentials", "secret_key_base", "sig", "signature", "passkey"];

/// What kind of secret a key with this name holds, if any.
pub(super) fn secret_kind(name: &str) -> Option<PiiKind> {
    let name = normalized(name);
    let last = name.rsplit('_').next().unwrap_or_default();
    let qualifier = name.strip_suffix(last).unwrap_or_default().trim_end_matches('_');
    let qualifier_word = qualifier.rsplit('_').next().unwrap_or_default();
    let first = name.split('_').next().unwrap_or_default();
    // `netsh wlan show profile key=clear` prints the key of a network so.
    if name == "key_content" || PASSWORD_ENDS.iter().any(|end| last.ends_with(end)) || PASSWORD_WORDS.contains(&last) {
        return (!QUESTIONS.contains(&first)).then_some(PiiKind::Password);
    }
    if SESSION_WORDS.iter().any(|word| name == *word || name.ends_with(&format!("_{word}"))) {
        return Some(PiiKind::Session);
    }
    if KEY_WORDS.iter().any(|word| last.ends_with(word)) || (last == "key" && KEY_QUALIFIERS.contains(&qualifier_word))
    {
        return Some(PiiKind::ApiKey);
    }
    // `PublicKeyToken` is the hash of a public key, part of every assembly's name.
    if last.ends_with("token") {
        return (!TOKEN_QUALIFIERS.contains(&qualifier_word)).then_some(PiiKind::Token);
    }
    (last.ends_with("secret") || SECRET_WORDS.contains(&last) || SECRET_WORDS.contains(&name.as_str()))
        .then_some(PiiKind::Secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_all_spellings() {
        for name in ["dbPassword", "DB_PASSWORD", "db-password", "db.password", "DBPassword", "db_password2"] {
            assert_eq!(normalized(name), "db_password", "{name}");
        }
    }

    #[test]
    fn the_last_word_decides() {
        let cases = [
            ("spring.datasource.password", Some(PiiKind::Password)),
            ("PGPASSWORD", Some(PiiKind::Password)),
            ("X-Api-Key", Some(PiiKind::ApiKey)),
            ("AccountKey", Some(PiiKind::ApiKey)),
            ("aws_secret_access_key", Some(PiiKind::ApiKey)),
            ("_authToken", Some(PiiKind::Token)),
            ("clientSecret", Some(PiiKind::Secret)),
            ("JSESSIONID", Some(PiiKind::Session)),
            ("password_policy", None),
            ("token_type", None),
            ("tokenizer", None),
            ("max_tokens", None),
            ("next_page_token", None),
            ("primary_key", None),
            ("key", None),
            ("bypass", None),
            ("PublicKeyToken", None),
            ("Key Content", Some(PiiKind::Password)),
            ("reset_password", None),
        ];
        for (name, kind) in cases {
            assert_eq!(secret_kind(name), kind, "{name}");
        }
    }
}
