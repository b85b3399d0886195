//! How command line tools and functions take users and passwords: the table `assets/detectors/tools.toml`.

use super::bytes::mentions;
use crate::privacy::short_hash::Seeded;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::LazyLock;

/// How a tool takes its users and passwords. Flags that end in a colon or an equals sign are followed by their argument
/// at once.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Tool {
    names: Vec<String>,
    passwords: Vec<String>,
    users: Vec<String>,
    pairs: Vec<String>,
    files: Vec<String>,
    forms: Vec<String>,
    others: Vec<String>,
    glued: Vec<String>,
    glued_pairs: Vec<String>,
    /// Letters of flags without argument, which may stand before another one in its word: `-su`.
    switches: String,
    /// What separates the user and the password of a pair.
    pub between: Option<char>,
    /// What the command must say for the flags to mean this, in lower case.
    needs: Vec<String>,
    place_user: Option<usize>,
    place_password: Option<usize>,
    place_secret: Option<usize>,
    place_pair: Option<usize>,
    /// Whether a host may stand behind a pair.
    pub hosted: bool,
    /// Sentences begin so too: letters and digits are asked for.
    pub mixed: bool,
}

#[derive(Debug, Deserialize)]
struct Pipes {
    names: Vec<String>,
}

/// A function of a program that is given a password in quotes, and mostly a user.
#[derive(Debug, Deserialize)]
pub(super) struct Call {
    names: Vec<String>,
    #[serde(default)]
    pub user: usize,
    pub password: usize,
    /// Whether its arguments may follow without parentheses.
    #[serde(default)]
    pub bare: bool,
}

#[derive(Debug, Deserialize)]
struct File {
    tool: Vec<Tool>,
    call: Vec<Call>,
    pipes: Pipes,
}

/// What a word of a command line is, as its flag tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Nothing,
    Password,
    User,
    Pair,
    /// A file, and the password of what is in it.
    File,
    /// Fields of a form with their values.
    Form,
}

static FILE: LazyLock<Option<File>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../assets/detectors/tools.toml")).ok());

/// For each name, in lower case, how the tool takes its arguments.
static TOOLS: LazyLock<Option<HashMap<String, &'static Tool, Seeded>>> = LazyLock::new(|| {
    let tools = FILE.as_ref()?.tool.iter();
    Some(tools.flat_map(|tool| tool.names.iter().map(move |name| (name.to_ascii_lowercase(), tool))).collect())
});

/// For each name, in lower case, which of its arguments are what.
static CALLS: LazyLock<Option<HashMap<String, &'static Call, Seeded>>> = LazyLock::new(|| {
    let calls = FILE.as_ref()?.call.iter();
    Some(calls.flat_map(|call| call.names.iter().map(move |name| (name.to_ascii_lowercase(), call))).collect())
});

/// The names with the space that follows them in a command, for most of them stand elsewhere far more often. Those that
/// are alike up to such a space are left, so that the longest still counts.
static SPACED: LazyLock<Option<Vec<String>>> = LazyLock::new(|| {
    let names = || FILE.as_ref().into_iter().flat_map(|file| &file.tool).flat_map(|tool| &tool.names);
    let goes_on = |name: &str, longer: &str| {
        longer.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
            && longer.as_bytes().get(name.len()) == Some(&b' ')
    };
    let spaced = |name: &String| {
        let alike = names().any(|other| goes_on(name, other) || goes_on(other, name));
        if alike { name.clone() } else { format!("{name} ") }
    };
    FILE.as_ref()?;
    Some(names().filter(|name| !name.starts_with('7') && *name != "open -u").map(spaced).collect())
});

/// The tool with this name, in lower case.
pub(super) fn tool(name: &str) -> Option<&'static Tool> {
    TOOLS.as_ref()?.get(name).copied()
}

/// The function with this name, in lower case.
pub(super) fn call(name: &str) -> Option<&'static Call> {
    CALLS.as_ref()?.get(name).copied()
}

pub(super) fn tool_names() -> Option<Vec<&'static str>> {
    SPACED.as_ref().map(|names| names.iter().map(String::as_str).collect())
}

pub(super) fn pipe_names() -> Option<Vec<&'static str>> {
    FILE.as_ref().map(|file| file.pipes.names.iter().map(String::as_str).collect())
}

pub(super) fn call_names() -> Option<Vec<&'static str>> {
    FILE.as_ref().map(|file| file.call.iter().flat_map(|call| &call.names).map(String::as_str).collect())
}

impl Tool {
    /// What a flag is followed by, and where in the word that begins: behind it, behind `=`, or in the next word.
    pub fn flag(&self, word: &str) -> Option<(Role, usize)> {
        self.long_flag(word).or_else(|| {
            // `-su` is `-s -u`.
            let switches = word.strip_prefix('-')?.bytes();
            let count = switches.take_while(|byte| self.switches.as_bytes().contains(byte)).count();
            let rest = word.get(1 + count..).filter(|rest| count > 0 && !rest.is_empty())?;
            self.long_flag(&format!("-{rest}")).map(|(role, length)| (role, length + count))
        })
    }

    fn long_flag(&self, word: &str) -> Option<(Role, usize)> {
        let of = |flags: &[String], role| {
            flags.iter().find_map(|flag| {
                let rest = word.strip_prefix(flag.as_str())?;
                if rest.is_empty() || flag.ends_with([':', '=']) {
                    return Some((role, flag.len()));
                }
                rest.starts_with('=').then_some((role, flag.len() + 1))
            })
        };
        let glued = |flags: &[String], role| {
            let flag = flags.iter().find(|flag| word.len() > flag.len() && word.starts_with(flag.as_str()))?;
            Some((role, flag.len()))
        };
        of(&self.passwords, Role::Password)
            .or_else(|| of(&self.pairs, Role::Pair))
            .or_else(|| of(&self.users, Role::User))
            .or_else(|| of(&self.files, Role::File))
            .or_else(|| of(&self.forms, Role::Form))
            .or_else(|| of(&self.others, Role::Nothing))
            .or_else(|| glued(&self.glued, Role::Password))
            .or_else(|| glued(&self.glued_pairs, Role::Pair))
    }

    /// What the argument is that stands at this place, from 1, flags not counted.
    pub fn role_of(&self, place: usize) -> Role {
        match Some(place) {
            place if place == self.place_password || place == self.place_secret => Role::Password,
            place if place == self.place_user => Role::User,
            place if place == self.place_pair => Role::Pair,
            _ => Role::Nothing,
        }
    }

    /// Whether a command with these arguments is one of those that are meant.
    pub fn is_meant(&self, arguments: &[u8]) -> bool {
        self.needs.iter().all(|needs| mentions(arguments, needs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_tools_is_readable() {
        assert!(tool_names().is_some_and(|names| names.len() > 150));
        assert!(call("new pdo").is_some() && tool("curl").is_some());
    }
}
