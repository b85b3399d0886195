//! Secure connections: who is trusted, and how a distrusted server is told. The certificates are made for these tests
//! and good for nothing else: an authority, and a server named `localhost`, valid until 2120.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may stop where it fails")]
#![expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "a test plays the server itself")]

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use tftsr::domain::{Credential, Endpoint, Origin, ProviderConfig, ProviderKind};
use tftsr::net::{Http, HttpOptions, Limits, NetError, TlsProblem};
use tftsr::privacy::Outbound;

/// A server that answers one request. Returns its port.
fn serves(certificate: &str, key: &str) -> u16 {
    let provider = Arc::new(ring::default_provider());
    let certificate = CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (stream, _): (TcpStream, _) = listener.accept().unwrap();
        let mut secure = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
        // A client that distrusts the certificate ends here, which is what some tests are about.
        if secure.read(&mut [0; 4096]).is_ok() {
            secure.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\nok").unwrap();
            secure.flush().unwrap();
        }
    });
    port
}

async fn get(host: &str, extra_ca_pem: Option<&str>) -> Result<String, NetError> {
    get_from(host, serves(SERVER, SERVER_KEY), extra_ca_pem).await
}

async fn get_from(host: &str, port: u16, extra_ca_pem: Option<&str>) -> Result<String, NetError> {
    let url = format!("https://{host}:{port}");
    let provider = ProviderConfig::new("p", ProviderKind::OpenAi, &url, "m");
    let extra_ca_pem = extra_ca_pem.map(|pem| pem.as_bytes().to_vec());
    let http = Http::new(&HttpOptions { extra_ca_pem, ..HttpOptions::default() })?;
    let to = Credential::none(Origin::of(&url).unwrap());
    let what = Outbound::get(&Endpoint::of(&provider, "/").unwrap());
    http.send(&to, what, Limits::whole(Duration::from_secs(10))).await?.text().await
}

fn refused(host: &str, problem: TlsProblem) -> Result<String, NetError> {
    Err(NetError::Tls { host: host.to_owned(), problem })
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_refused() {
    assert_eq!(get("localhost", None).await, refused("localhost", TlsProblem::UnknownCa));
}

#[tokio::test]
async fn a_server_that_signs_itself_is_told_apart() {
    let port = serves(SELF_SIGNED, SELF_SIGNED_KEY);
    assert_eq!(get_from("localhost", port, None).await, refused("localhost", TlsProblem::SelfSigned));
}

#[tokio::test]
async fn a_file_of_one_s_own_authority_makes_its_servers_trusted() {
    assert_eq!(get("localhost", Some(AUTHORITY)).await.as_deref(), Ok("ok"));
}

#[tokio::test]
async fn a_trusted_server_under_another_name_is_refused() {
    assert_eq!(get("127.0.0.1", Some(AUTHORITY)).await, refused("127.0.0.1", TlsProblem::WrongName));
}

const AUTHORITY: &str = "\
-----BEGIN CERTIFICATE-----
MIIBVjCB/aADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB1Rlc3QgQ0Ew
IBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBIxEDAOBgNVBAMMB1Rl
c3QgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASQqgc53XDhnWVmJNQlxC+B
psn62LiGr7DB1O0EqxnlTjjrkVQpXfBRHR7UAXYPxThWi1JcKnlmPCXZuvAhvjqZ
o0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAdBgNVHQ4EFgQU
ST6z8yfkGumWiIOgnf8X0QDZ12swCgYIKoZIzj0EAwIDSAAwRQIgTHiw6AZCYC+T
h1b9vBhXi0gMc+5tku16I6xhqkCZMKACIQDQN5KCGzC3iUqRb4Jgt4RWHZtacCQH
PVMNu5UFOUuQsg==
-----END CERTIFICATE-----
";

const SERVER: &str = "\
-----BEGIN CERTIFICATE-----
MIIBkzCCATigAwIBAgIBAjAKBggqhkjOPQQDAjASMRAwDgYDVQQDDAdUZXN0IENB
MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAls
b2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATnZYrO6r9ugJjtSoND
rQ9ndweDJABvFqC6SvcEO0qYbpib1zXYA+9j/Hozp+iPpJn8N1YACQLIx3JNb+68
nBUEo3sweTAUBgNVHREEDTALgglsb2NhbGhvc3QwEwYDVR0lBAwwCgYIKwYBBQUH
AwEwDAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQUfWhSUSnYtNce1ePbmF7EU84rf6Iw
HwYDVR0jBBgwFoAUST6z8yfkGumWiIOgnf8X0QDZ12swCgYIKoZIzj0EAwIDSQAw
RgIhANObh5Oo1wWjP4S0LljR8BN17bYhPO4qtCPlhKmRIf3VAiEArlVVHRvnR3iA
Q28UAqN/LYS0PB2L0fluEQNvM/9gvYQ=
-----END CERTIFICATE-----
";

const SERVER_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgNqHKC8mBOmJvxJ+N
EsP6+Zj+OsXymIcrxwU6AUTmPmahRANCAATnZYrO6r9ugJjtSoNDrQ9ndweDJABv
FqC6SvcEO0qYbpib1zXYA+9j/Hozp+iPpJn8N1YACQLIx3JNb+68nBUE
-----END PRIVATE KEY-----
";

const SELF_SIGNED: &str = "\
-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUexZCVnUddUnYfaWHw+zaqfxinp8wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjE5MTIzMVoYDzIxMjYxMDI5
MTkxMjMxWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQwCLBRmPmNb7c4Yncwc6f+Z7Xy8UP0uuSEB9AD9cncxSjEKVTqJ4C1
tq17j+QR168iCs9Z3M8Sxtn6EQDLLU0Vo2kwZzAdBgNVHQ4EFgQUew6CPjOwXrcV
ZIv5KEQR+srIHjEwHwYDVR0jBBgwFoAUew6CPjOwXrcVZIv5KEQR+srIHjEwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIgM7cZoLYeZTh2jIga1jq4NFHSw/w3SS0/7eXXkzeAqrECIQCOOiRyG2P5
noT+ovkHbDUAxwtfj+/yFgivaWlDcl79Ag==
-----END CERTIFICATE-----
";

const SELF_SIGNED_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgb4qPUqg3+Iy+PcQB
yQfvWzYqQY0vzsN2wmjSxN5CSX2hRANCAAQwCLBRmPmNb7c4Yncwc6f+Z7Xy8UP0
uuSEB9AD9cncxSjEKVTqJ4C1tq17j+QR168iCs9Z3M8Sxtn6EQDLLU0V
-----END PRIVATE KEY-----
";
