//! A stand-in for the browser that comes back, and for a store of tokens.
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]
#![expect(clippy::disallowed_types, reason = "a browser is not the program: it speaks to the listener by itself")]

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// A port that nobody listens on, on IPv4 and IPv6.
pub fn free_port() -> u16 {
    loop {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = four.local_addr().unwrap().port();
        if TcpListener::bind((Ipv6Addr::LOCALHOST, port)).is_ok() || !has_ipv6() {
            return port;
        }
    }
}

pub fn has_ipv6() -> bool {
    TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok()
}

/// Status and whole answer of one request, as it stands. `None` if nobody listens.
pub fn raw(address: IpAddr, port: u16, request: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(SocketAddr::new(address, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok())?;
    Some((status, answer))
}

/// What a browser gets at this path.
pub fn visit(port: u16, path: &str) -> Option<(u16, String)> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    raw(Ipv4Addr::LOCALHOST.into(), port, &request)
}

/// The value of a parameter of a URL.
pub fn parameter(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Waits until nobody listens any more.
pub fn closes(port: u16) -> bool {
    (0..200).any(|_| {
        std::thread::park_timeout(Duration::from_millis(10));
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err()
    })
}
