//! What is planted: every kind of value in every form, with other values in every place.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use tftsr::domain::PiiKind;

/// A kind in one of its forms.
pub struct Form {
    pub kind: PiiKind,
    pub name: &'static str,
    /// The text as somebody would write it, with what must not leave between `«` and `»`.
    pub write: fn(Seed) -> String,
}

/// What the values of one place are made of. All are valid: check digits hold, and no two places share one.
#[derive(Clone, Copy)]
pub struct Seed(pub u32);

/// One value in one place.
#[derive(Clone)]
pub struct Planted {
    pub kind: PiiKind,
    pub label: String,
    pub value: String,
}

/// The table. A kind without a row fails the proof.
pub const FORMS: &[Form] = &[
    Form {
        kind: PiiKind::Url,
        name: "git",
        write: |s| format!("clone «https://svc:{}@git.acme-corp.net/r{}.git» failed", s.word("url", 14), s.0),
    },
    Form { kind: PiiKind::Ipv4, name: "address", write: |s| format!("client=«84.23.{}.9»", 20 + s.0) },
    Form {
        kind: PiiKind::Ipv6, name: "address", write: |s| format!("peer «2a00:1450:4001:8{:02x}::200e» left", s.0)
    },
    Form { kind: PiiKind::Mac, name: "address", write: |s| format!("dhcp offer to «3c:22:fb:9a:1b:{:02x}»", s.0) },
    Form {
        kind: PiiKind::Host,
        name: "name",
        write: |s| format!("connect to «ledger{}.payments.acme.internal» refused", s.0),
    },
    Form { kind: PiiKind::User, name: "session", write: |s| format!("session opened for user «jbrandt{}»", s.0) },
    Form {
        kind: PiiKind::Email, name: "address", write: |s| format!("mail «jane.doe{}@corp-mail.net» bounced", s.0)
    },
    Form {
        kind: PiiKind::Phone, name: "international", write: |s| format!("call «+49 30 90182{:03}» now", 100 + s.0)
    },
    Form { kind: PiiKind::Ssn, name: "dashed", write: |s| format!("ssn «536-22-81{:02}»", 10 + s.0) },
    Form { kind: PiiKind::CreditCard, name: "spaced", write: |s| format!("card «{}» declined", s.card()) },
    Form { kind: PiiKind::Iban, name: "german", write: |s| format!("iban «{}» unknown", s.iban()) },
    Form { kind: PiiKind::NationalId, name: "dni", write: |s| format!("DNI «{}»", s.dni()) },
    Form {
        kind: PiiKind::Bearer,
        name: "header",
        write: |s| format!("Authorization: Bearer «{}»", s.word("bearer", 32)),
    },
    Form {
        kind: PiiKind::BasicAuth,
        name: "header",
        write: |s| {
            format!("Authorization: Basic «{}»", BASE64_STANDARD.encode(format!("svc{}:{}", s.0, s.word("basic", 12))))
        },
    },
    Form { kind: PiiKind::ApiKey, name: "header", write: |s| format!("x-api-key: «{}»", s.hex("api", 32)) },
    Form {
        kind: PiiKind::ApiKey,
        name: "query",
        write: |s| format!("GET /v1/orders?api_key=«{}»&page=2", s.hex("query", 32)),
    },
    Form {
        kind: PiiKind::Password,
        name: "key=value",
        write: |s| format!("login password=«{}» rejected", s.word("pair", 14)),
    },
    Form {
        kind: PiiKind::Password,
        name: "json",
        write: |s| format!(r#"{{"user_count":3,"password":"«{}»"}}"#, s.word("json", 14)),
    },
    Form {
        kind: PiiKind::Password,
        name: "yaml",
        write: |s| format!("spring.datasource.password: «{}»", s.word("yaml", 14)),
    },
    Form {
        kind: PiiKind::Password,
        name: "url",
        write: |s| format!("cache redis://:«{}»@cache:6379/0", s.word("redis", 14)),
    },
    Form {
        kind: PiiKind::Password,
        name: "option",
        write: |s| format!("mysql --password «{}» -h db", s.word("option", 14)),
    },
    Form {
        kind: PiiKind::Password,
        name: "colored",
        write: |s| format!("\u{1b}[31mpassword\u{1b}[0m=«{}»", s.word("ansi", 14)),
    },
    Form {
        kind: PiiKind::Password,
        name: "zero width",
        write: |s| format!("pass\u{200b}word=«{}»", s.word("zero", 14)),
    },
    Form {
        kind: PiiKind::Jwt,
        name: "token",
        write: |s| {
            format!(
                "jwt «{}.{}.{}» expired",
                BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
                BASE64_URL_SAFE_NO_PAD.encode(format!(r#"{{"sub":"{}"}}"#, s.word("jwt", 20))),
                s.word("signature", 43)
            )
        },
    },
    Form {
        kind: PiiKind::PrivateKey,
        name: "pem",
        write: |s| {
            format!(
                "key follows\n«-----BEGIN RSA PRIVATE KEY-----\n{}\n{}\n{}\n-----END RSA PRIVATE KEY-----»",
                s.word("pem1", 64),
                s.word("pem2", 64),
                s.word("pem3", 40)
            )
        },
    },
    Form {
        kind: PiiKind::Token,
        name: "github",
        write: |s| format!("push with «ghp_{}» denied", s.word("github", 36)),
    },
    Form {
        kind: PiiKind::Token,
        name: "slack",
        write: |s| format!("hook «xoxb-{}-{}-{}»", s.digits("slack", 12), s.digits("slack2", 13), s.word("slack", 24)),
    },
    Form {
        kind: PiiKind::ConnectionString,
        name: "ado",
        write: |s| format!("using «Server=sql7;Database=shop;User Id=sa;Password={};Encrypt=true»", s.word("ado", 14)),
    },
    Form {
        kind: PiiKind::ConnectionString,
        name: "url",
        write: |s| format!("dsn=«postgres://app:{}@pg:5432/orders» down", s.word("dsn", 14)),
    },
    Form {
        kind: PiiKind::Session,
        name: "cookie",
        write: |s| format!("Cookie: sid=«{}»; theme=dark", s.hex("cookie", 32)),
    },
    Form {
        kind: PiiKind::Secret,
        name: "client secret",
        write: |s| format!("client_secret=«{}»", s.word("secret", 32)),
    },
    Form { kind: PiiKind::Custom, name: "rule", write: |s| format!("project «Falcon/{:05}» merged", 20_000 + s.0) },
];

/// The pattern of the user's own rule that makes a finding of what is planted as [`PiiKind::Custom`].
pub const RULE: &str = "Falcon/[0-9]{5}";

impl Seed {
    /// The text with all forms, a line each, every line with a mark of its own; and what was planted in it.
    pub fn plant(self, place: &str) -> (String, Vec<Planted>) {
        let (mut text, mut planted) = (String::new(), Vec::new());
        for (number, form) in FORMS.iter().enumerate() {
            let (line, value) = unmarked(&(form.write)(self));
            text.extend([&line, " ", &mark(place, number), "\n"]);
            let label = format!("{:?} ({}) in the {place}", form.kind, form.name);
            planted.extend(secret_parts(form.kind, &value).map(|value| Planted {
                kind: form.kind,
                label: label.clone(),
                value,
            }));
        }
        (text, planted)
    }

    fn word(self, salt: &str, length: usize) -> String {
        let digest = [0_u8, 1].map(|part| Sha256::digest(format!("{salt} {} {part}", self.0)));
        let letters: String =
            BASE64_STANDARD.encode(digest.concat()).chars().filter(char::is_ascii_alphanumeric).collect();
        // A digit and letters of both cases, wherever the digest has them.
        format!("aQ7{letters}").chars().take(length).collect()
    }

    fn hex(self, salt: &str, length: usize) -> String {
        hex::encode(Sha256::digest(format!("{salt} {}", self.0))).chars().take(length).collect()
    }

    fn digits(self, salt: &str, length: usize) -> String {
        let digest = Sha256::digest(format!("{salt} {}", self.0));
        digest.iter().map(|byte| char::from(b'1' + byte % 9)).take(length).collect()
    }

    fn card(self) -> String {
        let body = format!("453201{:09}", 112_837_465 + self.0);
        let sum: u32 = body
            .chars()
            .rev()
            .filter_map(|digit| digit.to_digit(10))
            .enumerate()
            .map(|(place, digit)| {
                if place % 2 == 0 {
                    let twice = digit * 2;
                    twice / 10 + twice % 10
                } else {
                    digit
                }
            })
            .sum();
        let whole = format!("{body}{}", (10 - sum % 10) % 10);
        whole.as_bytes().chunks(4).map(|four| String::from_utf8_lossy(four)).collect::<Vec<_>>().join(" ")
    }

    fn iban(self) -> String {
        let account = format!("37040044{:010}", 532_013_000 + self.0);
        let number: u128 = format!("{account}131400").parse().unwrap_or_default();
        format!("DE{:02}{account}", 98 - number % 97)
    }

    fn dni(self) -> String {
        let number = 45_871_200 + self.0;
        let letter = b"TRWAGMYFPDXBNJZSQVHLCKE".get(number as usize % 23).copied().unwrap_or_default();
        format!("{number}{}", char::from(letter))
    }
}

/// What stands at the end of a planted line, to see whether the line got through.
pub fn mark(place: &str, number: usize) -> String {
    format!("mark-{place}-{number}-")
}

/// Takes the marks out and tells what stood between them.
fn unmarked(line: &str) -> (String, String) {
    let (before, rest) = line.split_once('«').unwrap_or_default();
    let (value, after) = rest.split_once('»').unwrap_or_default();
    (format!("{before}{value}{after}"), value.to_owned())
}

/// What of a value must not be seen, piece by piece: of a secret, the parts that give access and not the words around.
fn secret_parts(kind: PiiKind, value: &str) -> impl Iterator<Item = String> {
    let parts: Vec<String> = match kind {
        PiiKind::PrivateKey => value.lines().filter(|line| !line.starts_with('-')).map(str::to_owned).collect(),
        PiiKind::Jwt => value.split('.').skip(1).map(str::to_owned).collect(),
        PiiKind::Url | PiiKind::ConnectionString => vec![password_in(value).to_owned()],
        PiiKind::Token => value.split(['-', '_']).filter(|part| part.len() >= 12).map(str::to_owned).collect(),
        _ => vec![value.to_owned()],
    };
    parts.into_iter()
}

fn password_in(value: &str) -> &str {
    let after = |mark| value.split_once(mark).map(|(_, rest)| rest);
    if let Some(rest) = after("Password=") {
        return rest.split(';').next().unwrap_or_default();
    }
    let user = after("://").and_then(|rest| rest.split('@').next()).unwrap_or_default();
    user.split_once(':').unwrap_or_default().1
}
