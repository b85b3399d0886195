//! Passwords that a command is given on its standard input: `echo 'password' | sudo -S …`, `chpasswd <<< user:password`.
//!
//! Which commands read one is data: `assets/detectors/tools.toml`.

use super::bytes::{at, part, run_end, run_start};
use super::command::add_both;
use super::detector::{Anchor, Detector, Hits};
use super::reference::is_reference;
use super::shell::word;
use super::tools::pipe_names;
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "pipe",
    confidence: Confidence::Likely,
    anchors: &[Anchor::LoadedBegin(pipe_names, piped)],
    matches: &[
        "echo \"«mkeller»:«hunter2»\" | chpasswd",
        "echo '«hunter2»' | sudo -S id",
        "printf '%s\\n' '«four|words of it»' | cryptsetup open /dev/sdc data -",
        "printf '%s' \"«hunter2»\" | docker login -u x --password-stdin",
        "vncpasswd -f <<< '«hunter2»'",
        "chpasswd <<<'«mkeller»:«hunter2»'",
    ],
    clean: &[
        "echo $PW | sudo -S id",
        "printf '%s\\n' \"$PW\" | cryptsetup open /dev/sdc data -",
        "chpasswd < users.txt",
        "echo y | sudo -S apt-get install jq",
        "cat users.txt | chpasswd",
        "cryptsetup luksOpen /dev/sdc data",
    ],
};

fn piped(text: &str, name: Range<usize>, hits: &mut Hits) {
    let Some(value) = echoed(text, name.start).or_else(|| here_string(text, name.end)) else { return };
    let word = part(text, value.clone());
    if is_reference(word) || word.len() < 2 {
        return;
    }
    match word.split_once(':') {
        Some((user, password)) if part(text, name) == "chpasswd" => add_both(value.start, user, password, hits),
        _ => hits.add(PiiKind::Password, value),
    }
}

/// What `echo` or `printf` say that are piped into the command at `command`.
fn echoed(text: &str, command: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let line = run_start(bytes, command, 400, |byte| byte != b'\n');
    let (echo, _) = part(text, line..command).rsplit_once('|')?;
    let said = echo.rfind("echo ").or_else(|| echo.rfind("printf "))?;
    let limit = line + echo.len();
    let mut start = run_end(bytes, line + said, 8, |byte| byte != b' ');
    start = run_end(bytes, start, 4, |byte| byte == b' ');
    while matches!(part(text, start..start + 3), "-n " | "-e ") {
        start += 3;
    }
    let first = word(bytes, start, limit);
    // What `printf` is given first tells how to print the rest.
    let next = run_end(bytes, first.end, 4, |byte| byte == b' ');
    let is_format = part(text, first.inner.clone()).starts_with("%s") && next < limit;
    Some(if is_format { word(bytes, next, limit).inner } else { first.inner })
}

/// `<<< 'password'` behind the command.
fn here_string(text: &str, command: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let line_end = run_end(bytes, command, 120, |byte| !matches!(byte, b'\n' | b'|' | b';'));
    let sign = command + memmem::find(bytes.get(command..line_end)?, b"<<<")?;
    let start = run_end(bytes, sign + 3, 4, |byte| byte == b' ');
    let value = word(bytes, start, run_end(bytes, start, 512, |byte| byte != b'\n')).inner;
    (at(bytes, value.start) != b'$').then_some(value)
}
