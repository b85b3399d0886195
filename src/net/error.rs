//! What can go wrong on the wire. Names a host, a status, a size; never a body, a query string, a header or a key.

use super::mask::ServerText;
use std::fmt;
use std::time::Duration;

/// Why a request got no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NetError {
    #[error("the offline switch is on, so nothing was sent to {host}")]
    Offline { host: String },
    #[error("could not connect to {host}{}", if *.refused { " (connection refused)" } else { "" })]
    Connect {
        host: String,
        /// Nothing listens there.
        refused: bool,
        /// Whether the host is this machine.
        loopback: bool,
    },
    #[error("the name was not found: {host}")]
    Dns { host: String },
    #[error("the proxy {proxy} {problem}, so {host} was not reached")]
    Proxy {
        /// Host and port; never its password.
        proxy: String,
        host: String,
        problem: ProxyProblem,
    },
    #[error("the address of the proxy is not usable")]
    BadProxy,
    #[error("no secure connection, {problem}: {host}")]
    Tls { host: String, problem: TlsProblem },
    #[error("no answer in time while {stage}: {host}")]
    Timeout { host: String, stage: Stage },
    #[error("the server answered with status {}", .0.code)]
    Status(Box<StatusAnswer>),
    /// Redirects are not followed: a key belongs to one origin.
    #[error("the server answered with a redirect (status {status}), which is not followed: {host}")]
    Redirect { host: String, status: u16 },
    #[error("the answer is larger than {limit_bytes} bytes")]
    TooLarge { limit_bytes: usize },
    /// The connection ended before the answer did.
    #[error("the connection broke: {host}")]
    Broken { host: String },
    /// A header from the settings has an impossible name or value, or belongs to the connection itself.
    #[error("this header cannot be sent: {name}")]
    BadHeader { name: String },
    /// The key has characters that a header cannot carry.
    #[error("the key has characters that cannot be sent")]
    BadKey,
    /// The path would have led to another server.
    #[error("the address of the request does not belong to {host}")]
    ForeignAddress { host: String },
    /// The text was not redacted, and the server is not on this machine.
    #[error("a text that was not redacted may go to a server on this machine only, not to {host}")]
    StaysHere { host: String },
    #[error("the file with further certificate authorities is not valid PEM")]
    ExtraCa,
    #[error("the TLS library could not be set up")]
    TlsSetup,
}

impl NetError {
    /// What to do next, in one sentence without a period, whoever was asked.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Offline { .. } => "Switch offline mode off in Settings, or do it later",
            Self::Connect { loopback: true, .. } => {
                "Start the server on this machine, and check the port in its address"
            }
            Self::Connect { .. } | Self::Timeout { stage: Stage::Connect, .. } => {
                "Check the server's address, the firewall and the proxy"
            }
            Self::Dns { .. } => "Check the spelling of the host name and the connection to the network",
            Self::Proxy { problem: ProxyProblem::Unreachable, .. } => {
                "Check the proxy's address in the system's settings"
            }
            Self::Proxy { problem: ProxyProblem::AuthRequired, .. } => {
                "Set HTTPS_PROXY with a user name and a password: http://name:password@proxy:port"
            }
            Self::Proxy { problem: ProxyProblem::Refused, .. } => "Ask whether the proxy may connect to this host",
            Self::BadProxy => "Correct the proxy's address",
            Self::Tls { problem: TlsProblem::UnknownCa, .. } => {
                "If your company has its own certificate authority, add its file under Settings, Network"
            }
            Self::Tls { problem: TlsProblem::SelfSigned, .. } => {
                "Give the server a certificate signed by an authority, and add that authority's file under Settings, Network"
            }
            Self::Tls { problem: TlsProblem::Expired, .. } => {
                "Check this machine's clock; otherwise the server needs a new certificate"
            }
            Self::Tls { problem: TlsProblem::WrongName, .. } => {
                "Use the host name that the server's certificate was made for"
            }
            Self::Tls { problem: TlsProblem::Other, .. } => "Check that the server speaks https on this port",
            Self::Timeout { stage: Stage::FirstByte, .. } => "Try again, or allow more time in the settings",
            Self::Timeout { stage: Stage::Idle, .. } | Self::Broken { .. } => "Check the connection and try again",
            Self::Status(_) | Self::Redirect { .. } | Self::TooLarge { .. } | Self::ForeignAddress { .. } => {
                "Check the address in the settings"
            }
            Self::StaysHere { .. } => "Nothing was sent; look at the text again before it is sent",
            Self::BadHeader { .. } => "Correct the headers in the settings",
            Self::BadKey => "Enter the key again, without line breaks",
            Self::ExtraCa => "Choose another file of certificate authorities under Settings, Network",
            Self::TlsSetup => "Reinstall the program, or report this with the log",
        }
    }
}

/// Why a proxy led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyProblem {
    /// Nothing answers at its address.
    Unreachable,
    /// It asks for a user name and a password, or does not accept those that it got.
    AuthRequired,
    /// It will not or cannot connect.
    Refused,
}

impl fmt::Display for ProxyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "does not answer",
            Self::AuthRequired => "asks for a user name and password",
            Self::Refused => "refused to connect",
        })
    }
}

/// Why no secure connection came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsProblem {
    /// Nobody whom this machine trusts has signed the certificate.
    UnknownCa,
    /// The server shows an authority's certificate as its own, as many that sign themselves do.
    SelfSigned,
    Expired,
    WrongName,
    Other,
}

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownCa => "the certificate is signed by an unknown authority",
            Self::SelfSigned => "the certificate is signed by the server itself",
            Self::Expired => "the certificate is not valid today",
            Self::WrongName => "the certificate is for another name",
            Self::Other => "TLS failed",
        })
    }
}

/// What was being waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Connect,
    FirstByte,
    Idle,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::FirstByte => "waiting for the first byte",
            Self::Idle => "waiting for more",
        })
    }
}

/// An answer whose status is neither success nor redirect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusAnswer {
    pub host: String,
    pub code: u16,
    /// How long the server asked to wait.
    pub retry_after: Option<Duration>,
    /// In lower case, without parameters: `application/json`.
    pub content_type: String,
    pub body: ServerText,
}
