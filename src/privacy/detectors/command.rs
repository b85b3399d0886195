//! Credentials on command lines: `curl -u user:pw`, `mysql -pSecret`, `docker login -p …`, `net use … /user:…`.
//!
//! What each tool's flags mean is data: `assets/detectors/tools.toml`.

use super::bytes::{at, before, is_word, part, run_end, slice};
use super::detector::{Anchor, Detector, Hits};
use super::key_name::secret_kind;
use super::key_worth::is_mixed;
use super::reference::is_reference;
use super::shell::{line_end, unquoted, word};
use super::tools::{Role, Tool, tool, tool_names};
use super::user::is_somebody;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::short_hash::in_lower_case;
use std::ops::Range;

pub(super) const DETECTOR: Detector = Detector {
    name: "command",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::LoadedBegin(tool_names, spaced),
        // Names that begin with a digit begin no word.
        Anchor::End(&["7z", "7za", "7zz"], command),
        // In what another command is given.
        Anchor::Begin(&["open -u "], spaced),
        Anchor::Exact(&["net use "], net_use),
        Anchor::Exact(&["type=EXECVE "], audited),
    ],
    matches: &[
        "curl -s -u «maria»:«S3cr3t!» https://api.acme.io/v1",
        "curl -u \"«maria»:«S3cr3t!»\r\nnext",
        "wget --user=x; curl --user «maria»:«S3cr3t!» -k https://x",
        "docker login -u «mkeller» -p «dk-9f8e7d» registry",
        "mysql -h db -u app -p«hunter2» orders",
        "psql -h db -U «mkeller» orders",
        "sshpass -p '«hunter 2»' ssh host",
        r"net use Z: \\srv\share /user:«ACME\x» «hunter2x» /persistent:no",
        "redis-cli -h cache -a «hunter2» ping",
        "http -a «mkeller»:«hunter2» https://x",
        "sqlcmd -S db -U «mkeller» -P «hunter2» -Q x",
        "sqlplus «mkeller»/«hunter2»@db:1521/ORCL",
        "secretsdump.py ACME/«mkeller»:«hunter2»@10.0.0.5",
        "xfreerdp /v:h /u:«mkeller» /p:'«hunter 2»' /f",
        "lftp -u «mkeller»,«hunter2» sftp://h",
        "rabbitmqctl add_user «mkeller» «hunter2»",
        "htpasswd -b .htpasswd «mkeller» «hunter2»",
        "isql -v DSN «mkeller» «hunter2»",
        "db2 connect to SAMPLE user «mkeller» using «hunter2»",
        "snmpwalk -v2c -c «f00barBaz» 10.0.0.5 1.3.6",
        "7z x a.7z -p«hunter2»",
        "smbclient //h/s -U «mkeller»%«hunter2»",
        "schtasks /create /ru «ACME\\x» /rp «hunter2»",
        "curl -u\"«maria»:«S3c|r3t!»\" https://x",
        "curl -su «maria»:'«S3c r3t!»' https://x",
        "curl -sku«maria»:«S3cr3t!» https://x",
        "curl -E client.pem:«S3cr3t!» https://x",
        "curl --data-urlencode 'password=«S3c|r3t&1»' https://x",
        r#"{"cmd":"curl -u \"«maria»:«S3cr3t!»\" https://x"}"#,
        "xfreerdp /u:«maria» \"/p:«S3c r3t»\" /v:h",
        r#"expdp «maria»/\"«S3cr3t»\"@orcl schemas=HR"#,
        "aws ssm put-parameter --name /db --type SecureString --value '«S3c;r3t»' --overwrite",
        "reg add HKLM\\SOFTWARE\\X /v DefaultPassword /t REG_SZ /d «S3cr3t» /f",
        "openssl passwd -6 -salt aB3d «S3cr3t»",
        "openssl rsa -in k.pem -passin 'pass:«S3c>r3t»'",
        "radtest «maria» «S3cr3t» 10.0.0.9 0 «testing9»",
        "mosquitto_passwd -b /etc/mosquitto/passwd «maria» «S3cr3t»",
        "mysqlsh «maria»:«S3cr3t»@db1/orders",
        "nmcli con mod Office wifi-sec.psk '«four words of it»'",
        "mc alias set store https://s3.acme.io ACCESS9 «S3cr3t9x»",
        "lftp -e \"open -u «maria»,«S3cr3t» sftp://h; ls\"",
        "wandb login --relogin «4f7a1c9e2b8d3056f1e7a4c2b9d803564f7a1c9e»",
        "type=EXECVE msg=audit(1.2:3): argc=4 a0=\"curl\" a1=\"-u\" a2=\"«maria»:«S3cr3t»\" a3=\"https://x\"",
    ],
    clean: &[
        "curl -u maria https://api.acme.io",
        "docker run -d -p 8080:80 nginx",
        "mysql -h db -p orders",
        "mkdir -p /var/log/app",
        "curl -sSL https://x -o u:v",
        "curl --cert client.pem --key client.key https://x",
        "curl -d 'user=maria&page=2' https://x",
        "aws ssm put-parameter --name /level --type String --value debug2",
        "reg add HKLM\\SOFTWARE\\X /v Level /t REG_DWORD /d 12345 /f",
        "openssl passwd -6 -salt aB3d -stdin",
        "openssl rsa -in k.pem -passin env:PW",
        "ssh-keygen -t ed25519 -N '' -f k",
        "wandb login",
        "useradd -m -p '!' app",
        "cargo login --registry acme",
        "mysqladmin -u root status",
        "radtest is a tool for testing a server now",
        "openssl passwd -6 -stdin < pw.txt",
        "gh secret set DB_PASS < pw.txt",
        "type=EXECVE msg=audit(1.2:3): argc=2 a0=\"curl\" a1=\"https://x\"",
        "ssh -p 2222 host",
        "curl -u ${USER}:${PASS} https://x",
        "curl -u [User-1]:[Password-1] https://x",
        "sshpass -p $PW ssh host",
        "mysqldump: Got error: 1045",
        "tar -u a:b",
        "unzip -p a.zip META-INF/MANIFEST.MF",
        "https -a flag",
        "net user and group lists",
        "sqlplus / as sysdba",
        "sqlplus /nolog",
        "snmpwalk -v2c -c public 10.0.0.5",
        "mysql connection refused, curl timed out",
        "useradd -m -s /bin/bash app",
    ],
};

/// No longer than most commands are.
const SHORT: usize = 256;

/// How many words of a program's arguments are read from a line of an audit log.
const MOST_ARGUMENTS: usize = 64;

fn spaced(text: &str, name: Range<usize>, hits: &mut Hits) {
    let space = usize::from(before(text.as_bytes(), name.end) == b' ');
    command(text, name.start..name.end - space, hits);
}

fn command(text: &str, name: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if at(bytes, name.end) != b' ' || is_word(before(bytes, name.start)) {
        return;
    }
    let Some(tool) = in_lower_case(part(text, name.clone()), tool) else { return };
    let end = line_end(bytes, name.end);
    let mut next = name.end;
    if tool.is_meant(slice(bytes, name.end..end)) {
        let mut reader = Reader::of(tool);
        while next < end {
            let start = run_end(bytes, next, 16, |byte| byte == b' ');
            let word = word(bytes, start, end);
            next = word.end.max(start + 1);
            let written = if word.quoted { word.inner.clone() } else { start..word.end };
            reader.read(text, written, hits);
            // A pipe ends it, as does a quote that opened before the command.
            let ended = matches!(at(bytes, word.end), b'"' | b'\'' | b'`' | b'\\' | b'|');
            if ended || (!word.quoted && matches!(before(bytes, next), b';' | b'&')) {
                break;
            }
        }
    }
    // A line that is one long list of such names is still read in linear time; a short command may hold another one.
    let read = next.min(end) - name.start;
    if read > SHORT {
        hits.skip_to(name.start + read / 2);
    }
}

/// `a0="curl" a1="-u" a2="user:password"`, as the audit daemon of Linux logs what was run.
fn audited(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let line_end = run_end(bytes, mark.end, 4096, |byte| byte != b'\n');
    let (mut next, mut name, mut reader) = (mark.end, String::new(), None);
    for number in 0..MOST_ARGUMENTS {
        let sign = format!(" a{number}=");
        let Some(found) = part(text, next..line_end).find(&sign) else { break };
        let argument = unquoted(text, {
            let start = next + found + sign.len();
            start..run_end(bytes, start, line_end - start, |byte| byte != b' ')
        });
        next = argument.end;
        let said = part(text, argument.clone());
        match (&mut reader, number) {
            (Some(reader), _) => Reader::read(reader, text, argument, hits),
            (None, 0) => {
                name = said.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
                reader = tool(&name).map(Reader::of);
            }
            // `docker login`
            (None, 1) => reader = tool(&format!("{name} {said}")).map(Reader::of),
            (None, _) => break,
        }
    }
    hits.skip_to(next);
}

/// Reads the words of a command one after another.
struct Reader {
    tool: &'static Tool,
    role: Role,
    place: usize,
    /// Whether the next word is a flag's, even if that is of no interest.
    awaited: bool,
    /// Whether it is the beginning of a sentence.
    prose: bool,
}

impl Reader {
    const fn of(tool: &'static Tool) -> Self {
        Self { tool, role: Role::Nothing, place: 0, awaited: false, prose: false }
    }

    fn read(&mut self, text: &str, range: Range<usize>, hits: &mut Hits) {
        let written = part(text, range.clone());
        if self.prose {
            return;
        }
        if self.awaited {
            self.awaited = false;
            self.tool.take(self.role, text, unquoted(text, range), hits);
        } else if let Some((found, length)) = self.tool.flag(written) {
            if length == written.len() {
                (self.role, self.awaited) = (found, true);
            } else {
                self.tool.take(found, text, unquoted(text, range.start + length..range.end), hits);
            }
        } else if matches!(written, "<" | ">" | ">>" | "2>") {
            (self.role, self.awaited) = (Role::Nothing, true);
        } else if !written.is_empty() && !is_option(written) {
            self.place += 1;
            self.prose = self.place == 1 && is_verb(written);
            self.tool.take(self.tool.role_of(self.place), text, unquoted(text, range), hits);
        }
    }
}

impl Tool {
    fn take(&self, role: Role, text: &str, value: Range<usize>, hits: &mut Hits) {
        let word = part(text, value.clone());
        if is_reference(word) || word.starts_with(['-', '<']) || word.len() < 2 {
            return;
        }
        match role {
            Role::Password if !is_word_of_prose(word) && !is_source(word) && (!self.mixed || is_mixed(word)) => {
                hits.add(PiiKind::Password, value);
            }
            Role::User if is_somebody(word) && !is_word_of_prose(word) => hits.add(PiiKind::User, value),
            Role::Pair => self.add_pair(text, value, hits),
            Role::File => add_file(value.start, word, hits),
            Role::Form => add_form(value.start, word, hits),
            Role::Nothing | Role::Password | Role::User => {}
        }
    }

    /// `user:password`; a domain may stand before, a host behind it.
    fn add_pair(&self, text: &str, value: Range<usize>, hits: &mut Hits) {
        let between = self.between.unwrap_or(':');
        let pair = part(text, value.clone());
        let pair = if self.hosted { pair.rsplit_once('@').map_or(pair, |(pair, _)| pair) } else { pair };
        let skipped = if self.hosted && between == ':' { pair.find('/').map_or(0, |slash| slash + 1) } else { 0 };
        let Some((user, _)) = pair.get(skipped..).and_then(|pair| pair.split_once(between)) else { return };
        let start = value.start + skipped;
        let password = unquoted(text, start + user.len() + 1..value.start + pair.len());
        add_user_and_password(user, start, part(text, password.clone()), password.start, hits);
    }
}

/// `client.pem:password`; a colon behind one letter is that of a drive.
fn add_file(start: usize, word: &str, hits: &mut Hits) {
    let drive = word.as_bytes().get(1) == Some(&b':');
    let skipped = if drive { 2 } else { 0 };
    let Some((file, password)) = word.get(skipped..).and_then(|word| word.split_once(':')) else { return };
    let from = start + skipped + file.len() + 1;
    if !password.is_empty() && !is_reference(password) && !file.starts_with("pkcs11") {
        hits.add(PiiKind::Password, from..from + password.len());
    }
}

/// `name=value`, with the signs that end values elsewhere; what they are is told by their name.
fn add_form(start: usize, word: &str, hits: &mut Hits) {
    let Some((name, value)) = word.split_once('=') else { return };
    let told = secret_kind(name).filter(|named| named.kind == PiiKind::Password && !value.starts_with('@'));
    if told.is_some() && !value.is_empty() && !is_reference(value) {
        let from = start + name.len() + 1;
        hits.add(PiiKind::Password, from..from + value.len());
    }
}

/// Flags, redirections, and the options of Windows; a path is none of them.
fn is_option(word: &str) -> bool {
    word.starts_with(['-', '<', '>']) || (word.starts_with('/') && !word.get(1..).unwrap_or_default().contains('/'))
}

/// Where a password is to be read from, in the words of OpenSSL and of the JDK.
fn is_source(word: &str) -> bool {
    ["env:", "file:", "fd:", "pass:env", "stdin", "prompt"].iter().any(|begin| word.starts_with(begin))
}

/// Words of a sentence about the tool: `net user and group lists`.
fn is_word_of_prose(word: &str) -> bool {
    [
        "and",
        "or",
        "is",
        "the",
        "a",
        "to",
        "for",
        "with",
        "was",
        "not",
        "in",
        "on",
        "public",
        "private",
        "command",
        "connection",
    ]
    .contains(&word)
}

/// What a sentence about a tool goes on with: `radtest is a tool …`.
fn is_verb(word: &str) -> bool {
    ["is", "was", "has", "can", "will", "failed", "returned", "exited", "does", "did"].contains(&word)
}

/// `user` and `password` of a pair with one sign between them.
pub(super) fn add_both(start: usize, user: &str, password: &str, hits: &mut Hits) {
    add_user_and_password(user, start, password, start + user.len() + 1, hits);
}

fn add_user_and_password(user: &str, start: usize, password: &str, password_start: usize, hits: &mut Hits) {
    if user.is_empty() || user.starts_with('<') || password.is_empty() || is_reference(password) {
        return;
    }
    if !is_reference(user) {
        hits.add(PiiKind::User, start..start + user.len());
    }
    hits.add(PiiKind::Password, password_start..password_start + password.len());
}

/// `net use Z: \\server\share password /user:…`: the argument that is neither device, share nor option.
fn net_use(text: &str, found: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let end = run_end(bytes, found.start, 512, |byte| byte != b'\n' && byte != b'\r' && byte != b'&');
    let mut next = found.end;
    let mut share = false;
    while next < end {
        let start = run_end(bytes, next, 16, |byte| byte == b' ');
        let word = word(bytes, start, end).inner;
        let value = part(text, word.clone());
        let plain = || !value.starts_with(['/', '\\', '*', '-']) && !value.ends_with(':') && !is_reference(value);
        if share && value.len() >= 4 && plain() {
            hits.add(PiiKind::Password, word.clone());
        }
        share |= value.starts_with("\\\\");
        next = word.end + 1;
    }
}
