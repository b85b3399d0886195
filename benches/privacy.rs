//! How fast personal data and secrets are found and redacted: `cargo bench --bench privacy`.
//!
//! The text is a log of 100 MB as machines write it: syslog, JSON lines, access logs, stack traces, Kubernetes,
//! `PostgreSQL`; about one line in four holds something to find.
#![expect(clippy::unwrap_used, reason = "a measurement for people")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::{ThreadPool, ThreadPoolBuilder};
use std::fmt::Write as _;
use std::time::Duration;
use tftsr::domain::Unredacted;
use tftsr::privacy::{Policy, Redactor, StreamScanner, Vault};

const BYTES: usize = 100_000_000;
/// How much a reader hands on at a time.
const PIECE: usize = 1 << 20;
/// How much is redacted at a time.
const PART: usize = 4 << 20;

/// Numbers that look random and are the same in every run (xorshift64*, Vigna 2016).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: u64) -> u64 {
        (self.next() >> 33) % end
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        let index = usize::try_from(self.next() >> 33).unwrap() % choices.len();
        choices.get(index).copied().unwrap_or_default()
    }
}

const USERS: &[&str] = &["mkeller", "asuzuki", "tnguyen", "j.ortega", "o.petrova", "dlindqvist"];
const CLASSES: &[&str] =
    &["com.acme.orders.OrderService", "org.apache.kafka.clients.NetworkClient", "o.s.w.s.DispatcherServlet"];
const PATHS: &[&str] = &["/api/v1/orders", "/healthz", "/static/js/main.4f7a1c9e.js", "/login", "/api/v2/carts/items"];

fn log(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 4096);
    let mut numbers = Numbers(42);
    let mut second = 0;
    while text.len() < bytes {
        second += numbers.below(2);
        let clock = format!("{:02}:{:02}:{:02}", second / 3600 % 24, second / 60 % 60, second % 60);
        add_line(&mut text, &mut numbers, &clock).unwrap();
    }
    text.truncate(bytes);
    text
}

/// What varies between lines.
struct Draw<'a> {
    clock: &'a str,
    id: u64,
    took: u64,
    host: u64,
    user: &'a str,
    class: &'a str,
    path: &'a str,
}

fn add_line(text: &mut String, numbers: &mut Numbers, clock: &str) -> std::fmt::Result {
    let draw = Draw {
        clock,
        id: numbers.next(),
        took: numbers.below(900),
        host: numbers.below(40),
        user: numbers.one_of(USERS),
        class: numbers.one_of(CLASSES),
        path: numbers.one_of(PATHS),
    };
    match numbers.below(40) {
        kind @ 0..=9 => add_system_line(text, kind, &draw),
        kind => add_service_line(text, kind, &draw),
    }
}

/// Syslog, `PostgreSQL`, configuration.
fn add_system_line(text: &mut String, kind: u64, draw: &Draw<'_>) -> std::fmt::Result {
    let Draw { clock, id, took, host, user, .. } = draw;
    let (millis, micros) = (id % 1000, id % 1_000_000);
    match kind {
        0 => writeln!(text, "Nov 22 {clock} web-{host} systemd[1]: Started Daily apt download activities."),
        1 => {
            write!(text, "Nov 22 {clock} web-{host} sshd[{took}]: Accepted publickey for {user} from ")?;
            writeln!(text, "10.{}.{}.{} port 51{took:03} ssh2", host % 7, took % 250, id % 250)
        }
        2 => writeln!(text, "Nov 22 {clock} web-{host} kernel: [{took}.{micros:06}] eth0: link becomes ready"),
        3 => {
            write!(text, "2026-11-22 {clock}.{millis:03} UTC [{took}] app@orders FATAL:  ")?;
            writeln!(text, "password authentication failed for user \"{user}\"")
        }
        4 => {
            write!(
                text,
                "2026-11-22T{clock}Z DEBUG config: db.url=jdbc:postgresql://db{host}.prod.acme.internal:5432/"
            )?;
            writeln!(text, "orders db.password=Tr0ub{host}dor&3 timeout=30s")
        }
        _ => {
            write!(text, "2026-11-22 {clock}.{millis:03} UTC [{took}] LOG:  duration: {took}.{:03} ms  ", id % 997)?;
            writeln!(text, "execute S_{host}: SELECT id, total FROM orders WHERE customer_id = $1 AND state <> 'done'")
        }
    }
}

/// JSON lines, access logs, Java with stack traces, Kubernetes.
fn add_service_line(text: &mut String, kind: u64, draw: &Draw<'_>) -> std::fmt::Result {
    let Draw { clock, id, took, host, user, class, path } = draw;
    let (millis, micros, thread) = (id % 1000, id % 1_000_000, host % 20);
    match kind {
        10..=18 => {
            write!(text, r#"{{"ts":"2026-11-22T{clock}.{millis:03}Z","level":"info","msg":"request done","#)?;
            writeln!(text, r#""trace_id":"{id:016x}","status":200,"bytes":{took},"path":"{path}"}}"#)
        }
        19 => {
            write!(text, r#"{{"ts":"2026-11-22T{clock}Z","level":"warn","msg":"login failed","user":"{user}","#)?;
            writeln!(text, r#""email":"{user}@acme-corp.io","attempt":{}}}"#, took % 5)
        }
        20 | 21 => {
            write!(text, "172.16.{}.{} - - [22/Nov/2026:{clock} +0000] ", host % 30, took % 250)?;
            write!(text, r#""GET {path}?page={took} HTTP/1.1" 200 {took}12 "-" "Mozilla/5.0 (X11; Linux x86_64) "#)?;
            writeln!(text, r#"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36""#)
        }
        22..=27 => {
            write!(text, "I1122 {clock}.{micros:06}       1 controller.go:{took}] \"Reconciled\" ")?;
            write!(text, "pod=\"shop/checkout-7d9f8b6c5-{:05x}\" ", id % 0x10_0000)?;
            write!(text, "uid=\"{:08x}-1c2d-4e5f-8a9b-{:012x}\" ", id >> 32, id % 0x1_0000_0000_0000)?;
            writeln!(text, "resourceVersion=\"{}\"", id % 100_000_000)
        }
        28 | 29 => {
            write!(text, "2026-11-22 {clock},{millis:03} ERROR [pool-2-thread-{thread}] {class} : ")?;
            writeln!(text, "Connection is not available, request timed out after 30000ms.")?;
            writeln!(text, "java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available")?;
            writeln!(text, "\tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)")?;
            writeln!(text, "\tat com.acme.orders.OrderRepository.findById(OrderRepository.java:{took})")?;
            writeln!(text, "\tat java.base/java.lang.Thread.run(Thread.java:833)")
        }
        _ => {
            write!(text, "2026-11-22 {clock},{millis:03}  INFO [http-nio-8080-exec-{thread}] {class} : ")?;
            writeln!(text, "processed order {} in {took} ms, status=OK retries=0", id % 100_000_000)
        }
    }
}

fn detect(text: &str) -> usize {
    let mut scanner = StreamScanner::new(Policy::default());
    let mut found = 0;
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE));
        found += scanner.push(piece).unwrap().len();
        rest = after;
    }
    found + scanner.finish().unwrap().len()
}

fn redact(parts: &[Unredacted]) -> u64 {
    let mut redactor = Redactor::new(Vault::default(), Policy::default());
    for part in parts {
        redactor.redact(part).unwrap();
    }
    redactor.counts().iter().map(|(_, count)| count).sum()
}

fn pool(threads: usize) -> ThreadPool {
    ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

fn privacy(criterion: &mut Criterion) {
    let text = log(BYTES);
    let parts: Vec<Unredacted> =
        text.as_bytes().chunks(PART).map(|part| std::str::from_utf8(part).unwrap().into()).collect();
    let mut group = criterion.benchmark_group("privacy");
    group.throughput(Throughput::Bytes(BYTES as u64)).sample_size(10).measurement_time(Duration::from_secs(10));
    for (name, pool) in [("one core", pool(1)), ("all cores", pool(0))] {
        group.bench_function(format!("detect, {name}"), |bencher| bencher.iter(|| pool.install(|| detect(&text))));
        group.bench_function(format!("redact, {name}"), |bencher| {
            bencher.iter(|| pool.install(|| redact(&parts)));
        });
    }
    group.finish();
}

criterion_group!(benches, privacy);
criterion_main!(benches);
