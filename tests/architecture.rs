//! The floor plan, held against the code: a room imports only rooms below it, and one room owns each heavy library.
#![expect(clippy::unwrap_used, reason = "a file that cannot be read fails the test")]
#![expect(clippy::indexing_slicing, reason = "positions come from the same token list")]

use std::fs;
use std::path::{Path, PathBuf};

/// For each room, the rooms that it may import. `lib.rs` and `main.rs` are the roof and may import all.
const PLAN: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("faults", &[]),
    ("logging", &["domain"]),
    ("privacy", &["domain"]),
    ("insight", &["domain"]),
    ("store", &["domain"]),
    ("documents", &["domain"]),
    ("net", &["domain", "privacy"]),
    ("providers", &["domain", "privacy", "net"]),
    ("integrations", &["domain", "privacy", "net", "documents"]),
    ("worker", &["domain", "privacy", "insight", "store", "documents", "net", "providers", "integrations", "logging"]),
    ("ui", &["domain", "privacy", "worker"]),
    ("cli", &["domain", "worker"]),
];

/// Libraries that only some rooms may name.
const OWNED: &[(&str, &[&str])] = &[
    ("reqwest", &["net"]),
    ("egui", &["ui"]),
    ("egui_extras", &["ui"]),
    ("eframe", &["ui"]),
    ("rusqlite", &["store"]),
    ("keyring", &["store"]),
];

#[test]
fn every_room_imports_only_rooms_below_it() {
    let mut wrong = Vec::new();
    for (file, place) in source_files() {
        let code = fs::read_to_string(&file).unwrap();
        wrong.extend(problems(&place, &code).into_iter().map(|problem| format!("{}: {problem}", file.display())));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_checker_sees_every_form_of_import() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("net::http", "use crate::domain::Origin;", &[]),
        ("net::http", "use crate::store::Store;", &["store"]),
        ("net::http", "use crate::{domain::Origin, store::{Store, Key}};", &["store"]),
        ("net::http", "use crate::{\n    privacy,\n    worker::Command,\n    ui,\n};", &["worker", "ui"]),
        ("net::http", "use super::super::providers::ALL;", &["providers"]),
        ("net::oauth::pkce", "use super::super::frames;", &[]),
        ("net::oauth::pkce", "use super::super::super::{domain::Origin, cli};", &["cli"]),
        ("net", "use super::{domain, documents};", &["documents"]),
        ("net::http", "mod tests { use super::*; use super::super::retry; }", &[]),
        ("net::http", "mod tests { use super::super::super::insight; }", &["insight"]),
        ("net::http", "fn f() -> crate::insight::Coverage { todo() }", &["insight"]),
        ("net::http", "// use crate::store;\n/* crate::ui /* crate::cli */ */\n/// [`crate::worker`]\nfn f() {}", &[]),
        ("net::http", "const A: &str = \"crate::store\"; const B: &str = r#\"\" crate::ui\"#;", &[]),
        ("net::http", "fn f<'a>(x: &'a str) -> char { '\"' } use crate::store;", &["store"]),
        ("net::http", "pub(crate) fn f() {} pub(in crate::net) fn g() {}", &[]),
        ("net::http", "use crate as house;", &["the whole crate"]),
        ("net::http", "use crate::*;", &["the whole crate"]),
        ("net::http", "use tftsr::store::Store;", &["store"]),
        ("net::http", "use reqwest::Client;", &[]),
        ("providers::openai", "use reqwest::Client;", &["reqwest"]),
        ("worker::job", "fn f(ctx: &egui::Context) {}", &["egui"]),
        ("ui::app", "use eframe::App; use egui::Ui;", &[]),
        ("attic", "fn f() {}", &["attic"]),
    ];
    for (place, code, expected) in cases {
        let place: Vec<String> = place.split("::").map(str::to_owned).collect();
        let found = problems(&place, code);
        assert_eq!(found.len(), expected.len(), "{code}: {found:?}");
        for (found, expected) in found.iter().zip(*expected) {
            assert!(found.contains(expected), "{code}: {found:?}");
        }
    }
}

/// What a file at `place` (its module path) names although it must not.
fn problems(place: &[String], code: &str) -> Vec<String> {
    let Some(room) = place.first().map(String::as_str) else { return Vec::new() };
    let Some((_, below)) = PLAN.iter().find(|(name, _)| *name == room) else {
        return vec![format!("the room {room} is not in the floor plan")];
    };
    let tokens = tokens(code);
    let mut found = Vec::new();
    for used in rooms_named(place.len(), &tokens) {
        if used != room && !below.contains(&used.as_str()) {
            found.push(format!("{room} must not import {used}"));
        }
    }
    for (library, owners) in OWNED {
        let named = tokens.iter().any(|token| token == library);
        if named && !owners.contains(&room) {
            found.push(format!("{room} must not name {library}"));
        }
    }
    found
}

/// The rooms that the code names, by way of `crate::`, the library's name, or enough `super::`.
fn rooms_named(depth: usize, tokens: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    // Each open brace, and whether it is that of a `mod name {`, which makes `super` mean one level less.
    let mut braces = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match tokens[at].as_str() {
            "{" => braces.push(at >= 2 && tokens[at - 2] == "mod"),
            "}" => {
                braces.pop();
            }
            "crate" if !is_visibility(tokens, at) => found.extend(names_after(tokens, at + 1)),
            "tftsr" if is(tokens, at + 1, "::") => found.extend(names_after(tokens, at + 1)),
            "super" if !is_visibility(tokens, at) => {
                let first = at;
                while is(tokens, at + 1, "::") && is(tokens, at + 2, "super") {
                    at += 2;
                }
                let levels = (at - first) / 2 + 1;
                let inline = braces.iter().filter(|is_mod| **is_mod).count();
                if levels >= depth + inline {
                    found.extend(names_after(tokens, at + 1));
                }
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// `pub(crate)` and `pub(super)`.
fn is_visibility(tokens: &[String], at: usize) -> bool {
    at >= 1 && tokens[at - 1] == "(" && is(tokens, at + 1, ")")
}

/// The first names behind `::`: one, or those of a group.
fn names_after(tokens: &[String], at: usize) -> Vec<String> {
    let whole = || vec!["the whole crate".to_owned()];
    if !is(tokens, at, "::") {
        return whole();
    }
    match tokens.get(at + 1).map(String::as_str) {
        Some("{") => group_heads(&tokens[at + 2..]),
        Some("*") | None => whole(),
        Some(name) => vec![name.to_owned()],
    }
}

fn group_heads(tokens: &[String]) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 1;
    let mut expects_head = true;
    for token in tokens {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            "," if depth == 1 => expects_head = true,
            "::" => {}
            "*" | "self" if expects_head => {
                heads.push("the whole crate".to_owned());
                expects_head = false;
            }
            name if expects_head => {
                heads.push(name.to_owned());
                expects_head = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn is(tokens: &[String], at: usize, expected: &str) -> bool {
    tokens.get(at).is_some_and(|token| token == expected)
}

/// Words, `::` and single signs; without comments, strings and characters.
fn tokens(code: &str) -> Vec<String> {
    let chars: Vec<char> = code.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        if let Some(length) = comment(rest).or_else(|| literal(rest)) {
            at += length;
        } else if rest[0].is_alphanumeric() || rest[0] == '_' {
            let word: String = rest.iter().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
            at += word.chars().count();
            tokens.push(word);
        } else if rest.starts_with(&[':', ':']) {
            at += 2;
            tokens.push("::".to_owned());
        } else {
            if !rest[0].is_whitespace() {
                tokens.push(rest[0].to_string());
            }
            at += 1;
        }
    }
    tokens
}

fn comment(rest: &[char]) -> Option<usize> {
    if rest.starts_with(&['/', '/']) {
        return Some(rest.iter().position(|c| *c == '\n').unwrap_or(rest.len()));
    }
    if !rest.starts_with(&['/', '*']) {
        return None;
    }
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        if rest[at..].starts_with(&['/', '*']) {
            (depth, at) = (depth + 1, at + 2);
        } else if rest[at..].starts_with(&['*', '/']) {
            (depth, at) = (depth - 1, at + 2);
        } else {
            at += 1;
        }
        if depth == 0 {
            break;
        }
    }
    Some(at)
}

/// The length of a string or character that begins here. A lifetime is neither.
fn literal(rest: &[char]) -> Option<usize> {
    match rest[0] {
        '"' => Some(quoted(rest, '"')),
        '\'' if rest.get(1) == Some(&'\\') || rest.get(2) == Some(&'\'') => Some(quoted(rest, '\'')),
        'r' => raw(rest),
        _ => None,
    }
}

fn quoted(rest: &[char], mark: char) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != mark {
        at += if rest[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}

fn raw(rest: &[char]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|c| **c == '#').count();
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = 2 + hashes;
    let length = rest[body..].windows(end.len()).position(|window| window == end)?;
    Some(body + length + end.len())
}

/// Every file of `src/` with its module path; those of the roof have none.
fn source_files() -> Vec<(PathBuf, Vec<String>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut folders = vec![root.clone()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let place = place_of(path.strip_prefix(&root).unwrap());
                files.push((path, place));
            }
        }
    }
    files.sort();
    files
}

/// `net/http.rs` is `net::http`; `net/mod.rs` and `net.rs` are `net`; `lib.rs` and `main.rs` are the roof.
fn place_of(file: &Path) -> Vec<String> {
    let mut place: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let is_roof = place.len() == 1 && place.last().is_some_and(|name| name == "lib" || name == "main");
    if is_roof || place.last().is_some_and(|name| name == "mod") {
        place.pop();
    }
    place
}
