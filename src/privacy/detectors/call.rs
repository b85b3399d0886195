//! Calls of functions that are given a user and a password in quotes: `NetworkCredential("user", "password")`, in code,
//! in the traces that PHP prints, in statements of SQL and at the prompts of databases.
//!
//! Which argument is what is data: `assets/detectors/tools.toml`.

use super::bytes::{at, part, run_end};
use super::detector::{Anchor, Detector, Hits};
use super::key_value::quoted;
use super::reference::is_reference;
use super::tools;
use super::user::is_somebody;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::in_lower_case;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "call",
    confidence: Confidence::Likely,
    anchors: &[Anchor::LoadedBegin(tools::call_names, call)],
    matches: &[
        "new NetworkCredential(\"«mkeller»\", \"«hunter2»\")",
        "mysqli_connect('db', '«mkeller»', '«hunter2»')",
        "#0 /srv/www/db.php(7): PDO->__construct('pgsql:host=db;dbn...', '«mkeller»', '«hunter2»', Array)",
        "ldap_bind(Resource id #3, 'cn=reader,dc=acme', '«hunter2»')",
        "shop> db.auth(\"«mkeller»\", \"«hunter2»\")",
        "EXEC sp_addlogin '«mkeller»', N'«hunter2»', 'orders'",
        "EXEC master.dbo.sp_addlinkedsrvlogin 'SRV2', 'false', NULL, '«mkeller»', '«hunter2»';",
        "SELECT pgp_sym_decrypt(dearmor(note), '«four words of it»') FROM notes",
        "SELECT AES_DECRYPT(card, '«hunter2»') FROM cards",
    ],
    clean: &[
        "new NetworkCredential(user, password)",
        "HTTPBasicAuth('[User-1]', '[Password-1]')",
        "ldap_bind(Resource id #3, NULL, NULL)",
        "PDO->__construct('mysql:host=db', 'app', Object(SensitiveParameterValue))",
        "sp_addlogin is deprecated, use CREATE LOGIN",
        "SELECT pgp_sym_decrypt(note, $1), pgp_sym_encrypt(note, :key) FROM notes",
        "db.auth() failed",
    ],
};

fn call(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(call) = in_lower_case(part(text, name.clone()), tools::call) else { return };
    let next = at(bytes, name.end);
    if next != b'(' && (next != b' ' || !call.bare) {
        return;
    }
    let mut next = name.end + 1;
    for place in 1..=call.password {
        let start = run_end(bytes, next, 8, |byte| matches!(byte, b' ' | b','));
        let letter =
            usize::from(matches!(at(bytes, start), b'N' | b'b' | b'r') && matches!(at(bytes, start + 1), b'\'' | b'"'));
        if let Some(value) = quoted(bytes, start + letter, 256) {
            let said = part(text, value.clone());
            next = run_end(bytes, value.end, 4, |byte| matches!(byte, b'\\' | b'"' | b'\''));
            if place == call.user && is_somebody(said) && !is_reference(said) {
                hits.add(PiiKind::User, value);
            } else if place == call.password && !is_reference(said) {
                hits.add(PiiKind::Password, value);
            }
            continue;
        }
        let Some(end) = argument_end(bytes, start) else { return };
        next = end;
    }
}

/// Where an argument without quotes ends, at the comma behind it; parentheses may stand in it.
fn argument_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0;
    for index in start..start + 256 {
        match at(bytes, index) {
            b'(' => depth += 1,
            b')' if depth > 0 => depth -= 1,
            b',' if depth == 0 => return Some(index),
            0 | b')' | b'\n' | b';' => return None,
            _ => {}
        }
    }
    None
}
