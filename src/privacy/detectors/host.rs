//! Host names: fully qualified ones, the host field of syslog and of log records, and UNC paths.

use super::bytes::{at, before, is_name, is_word, part, run_end, run_start, slice};
use super::detector::{Anchor, Detector, Hits};
use super::names::{begins, with_beginnings};
use super::syslog;
use crate::domain::{Confidence, PiiKind};
use crate::privacy::sweep::Shape;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

pub(super) const DETECTOR: Detector = Detector {
    name: "host",
    confidence: Confidence::Likely,
    anchors: &[
        Anchor::Shape(Shape::NameDot, qualified),
        Anchor::End(FIELDS, field),
        Anchor::Shape(Shape::Backslashes, unc),
        Anchor::Exact(&[" ansible_"], inventory),
        Anchor::Shape(Shape::LineStart, sender),
    ],
    matches: &[
        "dial tcp: lookup «orders-db.prod.acme.internal»: no such host",
        "https://«git.acme.io»/a.git",
        "Jun  3 10:00:01 «web-17» sshd[812]: ready",
        "2024-05-01T10:00:00.000Z «edge07-fra» kernel: up",
        "<34>1 2024-05-01T10:00:00Z «mq2» app 12 - - x",
        r#"{"hostname":"«web-17»","level":"info"}"#,
        r"open \\«FILESRV02»\share$\a.txt failed",
        "主机«db1.acme.io»无法访问",
        "server=«DB-PROD-3»;Database=x",
        "«api.acme.com»:443 refused",
        "«web-17» ansible_host=10.0.0.5",
        "Caller Computer Name:\t«LAPTOP-6B2Z»",
        "サーバー«ip-10-2-3-4.ec2.internal»に",
    ],
    clean: &[
        "java.net.SocketException at com.acme.orders.Main.run(Main.java:12)",
        "logger.info org.apache.kafka.clients.NetworkClient",
        "https://github.com/org/repo https://www.w3.org/TR https://example.com",
        "config.yaml app.log index.js nginx.service libssl.so.3 main.rs",
        "localhost:8080 host=localhost host=127.0.0.1",
        "System.Net.Http.HttpRequestException",
        "this.is.not a host e.g. something",
        "10.20.30.40 1.2.3",
        "socket.io node.name user.name",
        "host: ${HOST} host=[Host-1]",
        r"C:\\Windows\\System32",
        "EndpointSuffix=core.windows.net",
    ],
};

/// Endings that are hardly anything else than a domain; two labels are enough.
const CLEAR: &[&str] = &[
    "com", "org", "edu", "gov", "mil", "eu", "de", "fr", "uk", "nl", "se", "dk", "fi", "cz", "ch", "be", "ca", "au",
    "jp", "cn", "kr", "br", "mx", "ru", "ua", "us", "biz", "nz", "za", "sg", "hk", "tw", "hu", "ro", "pt", "gr", "ie",
    "no", "es", "il", "tr", "cloud", "tech", "online", "site", "local", "corp", "lan", "intra", "intranet", "bank",
    "africa", "ae", "ar", "cl",
];

/// Endings that are words or files too: three labels, or a URL or a port beside it, are asked for.
const UNCLEAR: &[&str] = &[
    "net",
    "io",
    "dev",
    "app",
    "ai",
    "co",
    "it",
    "at",
    "in",
    "pl",
    "me",
    "tv",
    "info",
    "internal",
    "home",
    "svc",
    "arpa",
    "host",
    "network",
    "systems",
    "services",
    "company",
    "group",
    "localdomain",
    "private",
    "test",
    "xyz",
    "id",
    "to",
    "is",
    "gg",
    "sh",
    "domain",
    "int",
    "pro",
    "link",
    "zone",
    "team",
    "global",
    "digital",
    "store",
    "shop",
    "consul",
    "ec2",
    "ad",
];

/// That of `localdomain`.
const LONGEST_ENDING: usize = 11;

/// For each first letter of an ending, as five bits, which second letters there are.
const BEGINNINGS: [u32; 32] = with_beginnings(with_beginnings([0; 32], CLEAR), UNCLEAR);

/// The endings of host names, and whether they are clear.
static ENDINGS: LazyLock<HashMap<&str, bool>> = LazyLock::new(|| {
    let unclear = UNCLEAR.iter().map(|ending| (*ending, false));
    unclear.chain(CLEAR.iter().map(|ending| (*ending, true))).collect()
});

/// First labels of package and class names.
const PACKAGES: &[&str] = &[
    "com",
    "org",
    "net",
    "io",
    "java",
    "javax",
    "jakarta",
    "sun",
    "jdk",
    "kotlin",
    "scala",
    "akka",
    "de",
    "edu",
    "gov",
    "ch",
    "system",
    "microsoft",
    "google",
    "logger",
    "log",
    "self",
    "this",
    "node",
    "dev",
    "spring",
    "k8s",
];

/// Sites of the public: they name no machine of the user's. Their subdomains count as well.
const PUBLIC: &[&str] = &[
    "github.com",
    "gitlab.com",
    "bitbucket.org",
    "google.com",
    "googleapis.com",
    "gstatic.com",
    "microsoft.com",
    "mozilla.org",
    "w3.org",
    "apache.org",
    "python.org",
    "pypi.org",
    "npmjs.org",
    "npmjs.com",
    "docker.io",
    "docker.com",
    "quay.io",
    "gcr.io",
    "ghcr.io",
    "debian.org",
    "ubuntu.com",
    "kernel.org",
    "ietf.org",
    "stackoverflow.com",
    "schema.org",
    "xmlsoap.org",
    "springframework.org",
    "k8s.io",
    "kubernetes.io",
    "golang.org",
    "rust-lang.org",
    "crates.io",
    "maven.org",
    "example.com",
    "example.org",
    "example.net",
    "pool.ntp.org",
    "letsencrypt.org",
    "in-addr.arpa",
    "ip6.arpa",
    "openai.com",
    "anthropic.com",
    "redhat.com",
    "oracle.com",
    "java.com",
    "nodejs.org",
    "hashicorp.com",
    "elastic.co",
    "grafana.com",
    "prometheus.io",
    "cncf.io",
    "gnu.org",
    "wikipedia.org",
    "youtube.com",
    "cloudflare.com",
    "sentry.io",
    "postgresql.org",
    "mysql.com",
    "redis.io",
    "nginx.org",
    "nginx.com",
    "openssl.org",
    "opencontainers.org",
    "visualstudio.com",
    "windowsupdate.com",
];

/// Domains of clouds below which each customer has a name: by themselves they tell nothing.
const CLOUDS: &[&str] = &[
    "core.windows.net",
    "windows.net",
    "amazonaws.com",
    "azure.com",
    "cloudapp.net",
    "ec2.internal",
    "cluster.local",
    "svc.cluster.local",
];

/// How the names of fields end that hold a host, but for digits; [`FIELD_NAMES`] decides.
const FIELDS: &[&str] = &[
    "host",
    "hostname",
    "host_name",
    "server",
    "servername",
    "server_name",
    "server name",
    "node",
    "nodename",
    "node_name",
    "machine",
    "machinename",
    "machine_name",
    "computer",
    "computername",
    "computer_name",
    "computer name",
    "workstation",
    "workstationname",
    "workstation_name",
    "workstation name",
    "source workstation",
];

const FIELD_NAMES: &[&str] = &[
    "host",
    "hostname",
    "host_name",
    "server",
    "servername",
    "server_name",
    "node",
    "nodename",
    "node_name",
    "machine",
    "machinename",
    "machine_name",
    "computer",
    "computername",
    "computer_name",
    "workstation",
    "workstation_name",
    "dbhost",
    "db_host",
    "source_host",
    "src_host",
    "dst_host",
    "target_host",
    "remote_host",
    "ansible_host",
    "caller_computer_name",
    "source_workstation",
    "redis_host",
    "pghost",
    "mysql_host",
    "smtp_host",
];

static FIELD_SET: LazyLock<HashSet<&str>> = LazyLock::new(|| FIELD_NAMES.iter().copied().collect());

/// The host field of a syslog line.
fn sender(text: &str, line: Range<usize>, hits: &mut Hits) {
    if let Some(host) = syslog::host_of(text.as_bytes(), line.start)
        && is_label(part(text, host.clone()))
    {
        hits.add(PiiKind::Host, host);
    }
}

/// A name with dots, found at its last one.
fn qualified(text: &str, dot: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    if !begins(&BEGINNINGS, slice(bytes, dot.end..dot.end + 2)) {
        return;
    }
    let last = run_end(bytes, dot.end, 64, |byte| byte.is_ascii_alphanumeric());
    let end = run_end(bytes, last, 253, |byte| matches!(byte, b'.' | b'-'));
    if is_name(at(bytes, end)) || last - dot.end > LONGEST_ENDING {
        return;
    }
    let start = run_start(bytes, dot.start, 253, is_name);
    let start = run_end(bytes, start, last - start, |byte| matches!(byte, b'.' | b'-'));
    if is_host(bytes, start, last, part(text, start..last)) {
        hits.add(PiiKind::Host, start..last);
    }
}

fn is_host(bytes: &[u8], start: usize, end: usize, name: &str) -> bool {
    let Some((head, last)) = name.rsplit_once('.') else { return false };
    let Some(clear) = ENDINGS.get(last.to_ascii_lowercase().as_str()).copied() else { return false };
    let first = name.split('.').next().unwrap_or_default();
    let labels = name.split('.').all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-'));
    let one_case =
        head.bytes().all(|byte| !byte.is_ascii_uppercase()) || name.bytes().all(|byte| !byte.is_ascii_lowercase());
    let many = head.contains('.');
    let in_url = slice(bytes, start.saturating_sub(3)..start) == b"://" || before(bytes, start) == b'@';
    let with_port = at(bytes, end) == b':' && at(bytes, end + 1).is_ascii_digit();
    let in_path = matches!(before(bytes, start), b'/' | b'\\')
        && !in_url
        && slice(bytes, start.saturating_sub(2)..start) != br"\\";
    let call = (at(bytes, end) == b'(' && !at(bytes, end + 1).is_ascii_digit()) || at(bytes, end) == b'$';
    let package = PACKAGES.contains(&first.to_ascii_lowercase().as_str()) && !in_url && !with_port;
    let lower = name.to_ascii_lowercase();
    let public = || {
        PUBLIC.iter().any(|site| lower.strip_suffix(site).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
            || CLOUDS.contains(&lower.as_str())
    };
    let cased = one_case || in_url;
    labels && cased && !call && !package && !in_path && (clear || many || in_url || with_port) && !public()
}

/// `host=web-17`, `"hostname": "web-17"`.
fn field(text: &str, word: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let key = run_start(bytes, word.start, 40, is_word)..run_end(bytes, word.end, 40, is_word);
    if super::key_value::is_in_prose(bytes, &key)
        || !FIELD_SET.contains(super::key_name::normalized(part(text, key.clone())).as_str())
    {
        return;
    }
    let Some((value, form)) = super::key_value::name_of(bytes, &key) else { return };
    let end = run_end(bytes, value.start, value.len(), is_name);
    let name = part(text, value.start..end);
    let sure = form != super::key_value::Form::Prose;
    if sure && (end == value.end || matches!(at(bytes, end), b':' | b',' | b'/' | b'\\')) && is_label(name) {
        hits.add(PiiKind::Host, value.start..end);
    }
}

/// `web-17 ansible_host=10.0.0.5`: the name that an inventory gives a machine.
fn inventory(text: &str, mark: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let start = run_start(bytes, mark.start, 253, is_name);
    if matches!(before(bytes, start), 0 | b'\n') && is_label(part(text, start..mark.start)) {
        hits.add(PiiKind::Host, start..mark.start);
    }
}

/// `\\server\share`, also with the backslashes escaped.
fn unc(text: &str, slashes: Range<usize>, hits: &mut Hits) {
    let bytes = text.as_bytes();
    let slashes = slashes.start;
    let previous = before(bytes, slashes);
    let start = run_end(bytes, slashes, 4, |byte| byte == b'\\');
    let end = run_end(bytes, start, 253, is_name);
    let begins = !is_word(previous) && !matches!(previous, b'\\' | b':' | b'.' | b'%' | b'}');
    let twice = start - slashes == 4 && at(bytes, end + 1) == b'\\';
    let share = at(bytes, end) == b'\\' && is_word(at(bytes, end + 1)) && start - slashes == 2;
    if begins && (share || twice) && is_label(part(text, start..end)) {
        hits.add(PiiKind::Host, start..end);
    }
}

/// A name that some machine may have: with a letter, not a common word, not an address.
fn is_label(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let letters = name.bytes().any(|byte| byte.is_ascii_alphabetic());
    let marked = name.bytes().any(|byte| byte.is_ascii_digit() || byte == b'-');
    // All of them have a dot.
    let public = name.contains('.') && PUBLIC.iter().any(|site| lower.ends_with(site));
    let dotted_word = name.contains('.') && !marked && name.split('.').count() == 2;
    let common = [
        "localhost",
        "unknown",
        "null",
        "none",
        "undefined",
        "true",
        "false",
        "default",
        "kernel",
        "localhost.localdomain",
    ];
    (2..=253).contains(&name.len())
        && letters
        && !public
        && !dotted_word
        && !common.contains(&lower.as_str())
        && (marked || name.len() >= 3 && !PROGRAMS.contains(&lower.as_str()))
}

/// Server products and roles in a field of that name: `Server: nginx`, `node: leader`.
const PROGRAMS: &[&str] = &[
    "krbtgt",
    "nginx",
    "apache",
    "cloudflare",
    "gunicorn",
    "uvicorn",
    "envoy",
    "caddy",
    "iis",
    "jetty",
    "tomcat",
    "gateway",
    "express",
    "haproxy",
    "varnish",
    "openresty",
    "istio",
    "leader",
    "follower",
    "primary",
    "replica",
    "master",
    "worker",
    "error",
    "info",
    "debug",
    "warn",
    "warning",
    "started",
    "stopped",
    "ready",
    "running",
    "failed",
    "not",
    "the",
    "name",
    "http",
    "https",
    "tls",
    "ssl",
    "version",
    "mode",
    "port",
    "address",
    "any",
    "all",
    "this",
    "your",
    "example",
    "down",
    "internal",
    "external",
    "local",
    "remote",
    "server",
    "client",
    "host",
    "test",
    "net",
];
