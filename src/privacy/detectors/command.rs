//! Credentials on command lines: `curl -u user:pw`, `mysql -pSecret`, `docker login -p …`, `net use … /user:…`.

use super::bytes::{at, before, is_word, part, run_end, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_worth::is_reference;
use super::user::is_somebody;
use crate::domain::{Confidence, PiiKind};
use memchr::memmem;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "command",
    confidence: Confidence::Likely,
    anchors: &[Anchor::Begin(&NAMES, tool), Anchor::Exact(&["net use "], net_use)],
    matches: &[
        "curl -s -u «maria»:«S3cr3t!» https://api.acme.io/v1",
        "wget --user=x; curl --user «maria»:«S3cr3t!» -k https://x",
        "docker login -u «mkeller» -p «dk-9f8e7d» registry",
        "mysql -h db -u app -p«hunter2» orders",
        "psql -h db -U «mkeller» orders",
        "sshpass -p '«hunter 2»' ssh host",
        r"net use Z: \\srv\share /user:ACME\x «hunter2x» /persistent:no",
        "redis-cli -h cache -a «hunter2» ping",
    ],
    clean: &[
        "curl -u maria https://api.acme.io",
        "docker run -d -p 8080:80 nginx",
        "mysql -h db -p orders",
        "mkdir -p /var/log/app",
        "ssh -p 2222 host",
        "curl -u ${USER}:${PASS} https://x",
        "curl -u [User-1]:[Password-1] https://x",
        "sshpass -p $PW ssh host",
        "mysqldump: Got error: 1045",
        "tar -u a:b",
    ],
};

/// How a tool takes its password.
#[derive(Clone, Copy)]
struct Tool {
    name: &'static str,
    flags: &'static [&'static str],
    /// The flag's argument is `user:password`.
    pair: bool,
    /// The flag and its argument are one word.
    glued: bool,
    /// Flags whose argument is a user.
    users: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool { name: "psql", flags: &[], pair: false, glued: false, users: &["-U"] },
    Tool { name: "pg_dump", flags: &[], pair: false, glued: false, users: &["-U"] },
    Tool { name: "pg_restore", flags: &[], pair: false, glued: false, users: &["-U"] },
    Tool { name: "pg_dumpall", flags: &[], pair: false, glued: false, users: &["-U"] },
    Tool { name: "pg_basebackup", flags: &[], pair: false, glued: false, users: &["-U"] },
    Tool { name: "createdb", flags: &[], pair: false, glued: false, users: &["-U"] },
    Tool { name: "curl", flags: &["-u", "--user", "-U", "--proxy-user"], pair: true, glued: false, users: &[] },
    Tool { name: "docker login", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "podman login", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "helm registry login", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "az login", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "oc login", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "mysql", flags: &["-p"], pair: false, glued: true, users: &["-u"] },
    Tool { name: "mysqldump", flags: &["-p"], pair: false, glued: true, users: &["-u"] },
    Tool { name: "mysqladmin", flags: &["-p"], pair: false, glued: true, users: &["-u"] },
    Tool { name: "mariadb", flags: &["-p"], pair: false, glued: true, users: &["-u"] },
    Tool { name: "sshpass", flags: &["-p"], pair: false, glued: false, users: &[] },
    Tool { name: "redis-cli", flags: &["-a", "--pass"], pair: false, glued: false, users: &[] },
    Tool { name: "ldapsearch", flags: &["-w"], pair: false, glued: false, users: &[] },
    Tool { name: "ldapmodify", flags: &["-w"], pair: false, glued: false, users: &[] },
    Tool { name: "sqlcmd", flags: &["-P"], pair: false, glued: false, users: &["-U"] },
    Tool { name: "mongosh", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "mongodump", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
    Tool { name: "smbclient", flags: &["-U"], pair: true, glued: false, users: &[] },
    Tool { name: "ipmitool", flags: &["-P"], pair: false, glued: false, users: &["-U"] },
    Tool { name: "rabbitmqadmin", flags: &["-p"], pair: false, glued: false, users: &["-u"] },
];

#[expect(clippy::indexing_slicing, reason = "checked when it is compiled")]
const NAMES: [&str; TOOLS.len()] = {
    let mut names = [""; TOOLS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = TOOLS[index].name;
        index += 1;
    }
    names
};

/// How much of a command line is read.
const LONGEST: usize = 2048;

fn tool(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let Some(tool) = TOOLS.iter().find(|tool| tool.name.eq_ignore_ascii_case(part(text, name.clone()))) else { return };
    if is_word(before(bytes, name.start)) || at(bytes, name.end) != b' ' {
        return;
    }
    let end = run_end(bytes, name.end, LONGEST, |byte| !matches!(byte, b'\n' | b'|' | b';'));
    let line = name.end..end;
    for flag in tool.flags {
        argument(text, line.clone(), flag, *tool, hits);
    }
    for flag in tool.users {
        let user = Tool { flags: &[], pair: false, glued: false, ..*tool };
        for value in arguments(text, line.clone(), flag, user) {
            if is_somebody(part(text, value.clone())) {
                hits.add(PiiKind::User, value);
            }
        }
    }
    // A line that is one long list of such names is still read in linear time.
    hits.skip_to(name.start + (end - name.start) / 2);
}

fn argument(text: &str, line: Range<usize>, flag: &str, tool: Tool, hits: &mut Hits) {
    for value in arguments(text, line, flag, tool) {
        let word = part(text, value.clone());
        if !tool.pair {
            hits.add(PiiKind::Password, value);
        } else if let Some((user, password)) = word.split_once(':').or_else(|| word.split_once('%')) {
            add_pair(value.start, user, password, hits);
        }
    }
}

/// The arguments of a flag, but for references and further flags.
fn arguments<'a>(
    text: &'a str,
    line: Range<usize>,
    flag: &'a str,
    tool: Tool,
) -> impl Iterator<Item = Range<usize>> + 'a {
    let bytes = text.as_bytes();
    memmem::find_iter(slice(bytes, line.clone()), flag.as_bytes()).filter_map(move |found| {
        let end = line.start + found + flag.len();
        let spaces = run_end(bytes, end, 4, |byte| byte == b' ' || (!tool.glued && byte == b'='));
        let whole = before(bytes, line.start + found) == b' ' && (spaces == end) == tool.glued;
        let value = shell_word(bytes, spaces, line.end);
        let word = part(text, value.clone());
        (whole && !is_reference(word) && !word.starts_with('-')).then_some(value)
    })
}

/// `net use Z: \\server\share password /user:…`: the argument that is neither device, share nor option.
fn net_use(text: &str, found: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, found.start, 512, |byte| byte != b'\n' && byte != b'\r' && byte != b'&');
    let mut next = found.end;
    let mut share = false;
    while next < end {
        let start = run_end(bytes, next, 16, |byte| byte == b' ');
        let word = shell_word(bytes, start, end);
        let value = part(text, word.clone());
        let plain = !value.starts_with(['/', '\\', '*', '-']) && !value.ends_with(':') && !is_reference(value);
        if share && plain && value.len() >= 4 {
            hits.add(PiiKind::Password, word.clone());
        }
        share |= value.starts_with("\\\\");
        next = word.end + 1;
    }
}

fn add_pair(start: usize, user: &str, password: &str, hits: &mut Hits) {
    if password.is_empty() || is_reference(password) {
        return;
    }
    if !is_reference(user) {
        hits.add(PiiKind::User, start..start + user.len());
    }
    let start = start + user.len() + 1;
    hits.add(PiiKind::Password, start..start + password.len());
}

/// One word of the shell, without its quotes.
fn shell_word(bytes: &[u8], start: usize, limit: usize) -> Range<usize> {
    let quote = at(bytes, start);
    if matches!(quote, b'"' | b'\'') {
        let end = run_end(bytes, start + 1, limit.saturating_sub(start + 1), |byte| byte != quote);
        return start + 1..end;
    }
    start..run_end(bytes, start, limit.saturating_sub(start), |byte| {
        byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`')
    })
}
