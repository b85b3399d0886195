//! The host field of syslog lines. Source: RFC 3164, RFC 5424.

use super::bytes::{at, is_name, is_time, run_end};
use std::ops::Range;

/// Where a host name stands behind a time at the beginning of a line.
pub(super) fn host_of(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let (start, versioned) = priority_end(bytes, start);
    let time = classic_time_end(bytes, start).or_else(|| iso_time_end(bytes, start))?;
    if at(bytes, time) != b' ' {
        return None;
    }
    let host = run_end(bytes, time, 3, |byte| byte == b' ');
    let end = run_end(bytes, host, 253, is_name);
    let tagged = at(bytes, end) == b' ' && is_tag(bytes, end + 1);
    let named = end > host && at(bytes, end) == b' ';
    (named && (versioned || tagged)).then_some(host..end)
}

/// After `<34>` and after the version digit of RFC 5424; whether there was one.
fn priority_end(bytes: &[u8], start: usize) -> (usize, bool) {
    if at(bytes, start) != b'<' {
        return (start, false);
    }
    let end = run_end(bytes, start + 1, 3, |byte| byte.is_ascii_digit());
    if at(bytes, end) != b'>' {
        return (start, false);
    }
    let versioned = at(bytes, end + 1) == b'1' && at(bytes, end + 2) == b' ';
    (if versioned { end + 3 } else { end + 1 }, versioned)
}

/// After `Jun  3 10:00:01`.
fn classic_time_end(bytes: &[u8], start: usize) -> Option<usize> {
    const MONTHS: [&[u8; 3]; 12] =
        [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
    let month = bytes.get(start..)?.first_chunk::<3>()?;
    if !month.first().is_some_and(u8::is_ascii_uppercase) || !MONTHS.contains(&month) {
        return None;
    }
    let day = run_end(bytes, start + 3, 2, |byte| byte == b' ');
    let day_end = run_end(bytes, day, 2, |byte| byte.is_ascii_digit());
    let clock = day_end + 1;
    let end = run_end(bytes, clock, 15, |byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'));
    let plain = at(bytes, day_end) == b' ' && day_end > day && end - clock >= 8 && at(bytes, clock + 2) == b':';
    plain.then_some(end)
}

/// After `2024-05-01T10:00:00.000Z`.
fn iso_time_end(bytes: &[u8], start: usize) -> Option<usize> {
    if at(bytes, start + 4) != b'-' || at(bytes, start + 10) != b'T' || at(bytes, start + 13) != b':' {
        return None;
    }
    let end = run_end(bytes, start, 36, is_time);
    (end - start >= 19).then_some(end)
}

/// `sshd[812]:`, `kernel:`, `sudo:`
fn is_tag(bytes: &[u8], start: usize) -> bool {
    let end = run_end(bytes, start, 64, |byte| is_name(byte) || matches!(byte, b'/' | b'(' | b')' | b'@'));
    let end = if at(bytes, end) == b'[' {
        let pid = run_end(bytes, end + 1, 10, |byte| byte.is_ascii_digit());
        if at(bytes, pid) == b']' { pid + 1 } else { return false }
    } else {
        end
    };
    end > start && at(bytes, end) == b':' && matches!(at(bytes, end + 1), b' ' | b'\r' | b'\n' | 0)
}
