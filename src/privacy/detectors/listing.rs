//! Accounts in what commands of Unix list: files, processes, terminals, ids, groups.
//!
//! Only where the shape of the row leaves no doubt.

use super::account::{add, blanks_end};
use super::bytes::{at, before, is_name, line_before, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use crate::domain::{Confidence, PiiKind};
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "listing",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Exact(MODES, listed),
        Anchor::Exact(&["pts/", "tty"], terminal),
        Anchor::Exact(&["USER ", "UID "], processes),
        Anchor::Exact(&[") gid="], identity),
        Anchor::Exact(&[":x:"], group),
    ],
    matches: &[
        "-rw-r-----  1 «mkeller» staff 4096 Mar 14 09:12 a.log",
        "drwxr-xr-x. 2 «mkeller» «mkeller» 4096 Mar 14 09:12 .",
        "«mkeller»  pts/0        2024-03-14 09:11 (10.0.0.5)",
        "«mkeller»  pts/1   10.0.0.5   Thu Mar 14 09:58   still logged in",
        "USER       PID %CPU %MEM COMMAND\nroot         1  0.0  0.1 /sbin/init\n«mkeller»   812  0.0  0.1 bash\n",
        "  PID USER      PR  NI COMMAND\n  812 «mkeller»   20   0 java\n",
        "uid=1004(«mkeller») gid=1004(«mkeller») groups=1004(«mkeller»),27(sudo)",
        "wheel:x:10:root,«mkeller»,«asuzuki»\n",
    ],
    clean: &[
        "-rw-r--r-- 1 root root 4096 Mar 14 09:12 a.log",
        "drwxr-xr-x is the mode of folders; tty0 enabled, pts/0 free",
        "USER guide\nnothing 12 here\n",
        "uid=0(root) gid=0(root) groups=0(root)",
        "a:x:12 b and wheel:x:10:root",
    ],
};

/// How the modes of files begin that `ls -l` writes.
const MODES: &[&str] = &["drwx", "drw-", "-rw-", "-rwx", "-r--", "-r-x", "lrwx", "srw", "drws", "crw-", "brw-"];

/// `-rw-r----- 1 mkeller staff 4096 …`: a row of `ls -l`.
fn listed(text: &str, mode: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let is_mode = |byte: u8| matches!(byte, b'r' | b'w' | b'x' | b's' | b'S' | b't' | b'T' | b'-');
    let end = run_end(bytes, mode.start + 1, 10, is_mode);
    let marked = run_end(bytes, end, 1, |byte| matches!(byte, b'.' | b'+' | b'@'));
    let count = blanks_end(bytes, marked);
    let count_end = run_end(bytes, count, 8, |byte| byte.is_ascii_digit());
    let owner = blanks_end(bytes, count_end);
    let owner_end = run_end(bytes, owner, 64, is_name);
    let group = blanks_end(bytes, owner_end);
    let group_end = run_end(bytes, group, 64, is_name);
    let size = blanks_end(bytes, group_end);
    let whole = end == mode.start + 10 && count > marked && count_end > count && owner > count_end && size > group_end;
    if whole
        && group > owner_end
        && at(bytes, size).is_ascii_digit()
        && add(text, owner..owner_end, hits)
        && slice(bytes, group..group_end) == slice(bytes, owner..owner_end)
    {
        hits.add(PiiKind::User, group..group_end);
    }
}

/// `mkeller  pts/0  2024-03-14 09:11`: rows of `who`, `w` and `last`.
fn terminal(text: &str, device: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, device.end, 5, |byte| byte.is_ascii_alphanumeric());
    let blanks = run_start(bytes, device.start, 40, |byte| byte == b' ');
    let start = run_start(bytes, blanks, 64, is_name);
    let next = blanks_end(bytes, end);
    let origin = at(bytes, next).is_ascii_digit()
        || at(bytes, next) == b':'
        || is_name(at(bytes, next)) && has_clock(bytes, next);
    if end > device.end
        && blanks < device.start
        && start < blanks
        && next > end
        && origin
        && matches!(before(bytes, start), 0 | b'\n')
    {
        add(text, start..blanks, hits);
    }
}

/// Whether a time of day stands on the rest of a line.
fn has_clock(bytes: &[u8], start: usize) -> bool {
    let line = slice(bytes, start..run_end(bytes, start, 80, |byte| byte != b'\n'));
    line.windows(4).any(|four| matches!(four, [a, b':', b, c] if [a, b, c].iter().all(|one| one.is_ascii_digit())))
}

/// The rows below `USER  PID …`, as `ps`, `top` and `lsof` write them: as many as fit into some kilobytes.
fn processes(text: &str, title: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line = title.start - line_before(bytes, title.start, 64).len();
    let head_end = run_end(bytes, line, 200, |byte| byte != b'\n');
    // Columns of `lsof` that are empty in most rows.
    let filled = |title: &&str| !matches!(*title, "TID" | "TASKCMD");
    let titles: Vec<&str> = part(text, line..head_end).split_whitespace().filter(filled).take(12).collect();
    let place = |title: &str| titles.iter().position(|one| *one == title);
    let (Some(user), Some(pid)) = (place("USER").or_else(|| place("UID")), place("PID")) else { return };
    let mut start = head_end + 1;
    hits.skip_to(head_end);
    let last = head_end + 16 * 1024;
    while start < last.min(bytes.len()) {
        let end = run_end(bytes, start, 4096, |byte| byte != b'\n');
        let number = nth_word(bytes, start..end, pid);
        if number.is_empty() || !slice(bytes, number).iter().all(u8::is_ascii_digit) {
            return;
        }
        // `ps` cuts a long name and puts a plus behind it.
        let name = nth_word(bytes, start..end, user);
        let plain = run_end(bytes, name.start, name.len(), is_name);
        if plain == name.end || at(bytes, plain) == b'+' {
            add(text, name.start..plain, hits);
        }
        start = end + 1;
    }
}

/// The word of a row before which so many stand; empty if there is none.
fn nth_word(bytes: &[u8], row: Range<usize>, place: usize) -> Range<usize> {
    let mut word = row.start..row.start;
    for _ in 0..=place {
        let start = blanks_end(bytes, word.end).min(row.end);
        word = start..run_end(bytes, start, row.end - start, |byte| !byte.is_ascii_whitespace());
    }
    word
}

/// `uid=1004(mkeller) gid=1004(mkeller) groups=1004(mkeller),27(sudo)`: what `id` writes.
fn identity(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, mark.start, 64, is_name);
    let number = run_start(bytes, start.saturating_sub(1), 10, |byte| byte.is_ascii_digit());
    let named = before(bytes, start) == b'(' && slice(bytes, number.saturating_sub(4)..number) == b"uid=";
    if !named || !add(text, start..mark.start, hits) {
        return;
    }
    let mut place = mark.end;
    for word in [&b" groups="[..], b""] {
        let Some(group) = numbered(bytes, place) else { return };
        if slice(bytes, group.clone()) == slice(bytes, start..mark.start) {
            hits.add(PiiKind::User, group.clone());
        }
        place = group.end + 1 + word.len();
        if !slice(bytes, group.end + 1..place).starts_with(word) {
            return;
        }
    }
}

/// The name in `1004(mkeller)`.
fn numbered(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let open = run_end(bytes, start, 10, |byte| byte.is_ascii_digit());
    let end = run_end(bytes, open + 1, 64, is_name);
    (open > start && at(bytes, open) == b'(' && at(bytes, end) == b')').then_some(open + 1..end)
}

/// `wheel:x:10:mkeller,asuzuki`, a row of `/etc/group`. Source: group(5).
fn group(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, mark.start, 32, is_name);
    let number = run_end(bytes, mark.end, 10, |byte| byte.is_ascii_digit());
    let end = run_end(bytes, number + 1, 400, |byte| is_name(byte) || byte == b',');
    let row = start < mark.start && matches!(before(bytes, start), 0 | b'\n') && number > mark.end;
    if !row || at(bytes, number) != b':' || !matches!(at(bytes, end), 0 | b'\r' | b'\n') {
        return;
    }
    let mut place = number + 1;
    while place < end {
        let name = place..run_end(bytes, place, 64, is_name);
        place = name.end + 1;
        add(text, name, hits);
    }
}
