//! What detectors look for, and what stands for it outside.

use super::Unredacted;
use super::issue::words;
use std::fmt;
use std::ops::Range;

words! {
    /// A kind of personal data or secret. The label is the stem of its placeholders.
    PiiKind {
        Url = "Url", "URL";
        Ipv4 = "IPv4", "IPv4";
        Ipv6 = "IPv6", "IPv6";
        Mac = "Mac", "MAC";
        Host = "Host", "Host";
        User = "User", "User";
        Email = "Email", "Email";
        Phone = "PhoneNumber", "Phone";
        Ssn = "Ssn", "SSN";
        CreditCard = "CreditCard", "CreditCard";
        Iban = "Iban", "IBAN";
        NationalId = "NationalId", "NationalId";
        Bearer = "Bearer", "Bearer";
        BasicAuth = "BasicAuth", "BasicAuth";
        ApiKey = "ApiKey", "ApiKey";
        Password = "Password", "Password";
        Jwt = "Jwt", "JWT";
        PrivateKey = "PrivateKey", "PrivateKey";
        Token = "Token", "Token";
        ConnectionString = "ConnectionString", "ConnectionString";
        Session = "Session", "Session";
        Secret = "Secret", "Secret";
        Custom = "Custom", "Custom";
    }
}

impl PiiKind {
    /// Whether it gives access to something, rather than naming somebody or something.
    pub const fn is_secret(self) -> bool {
        match self {
            Self::Bearer
            | Self::BasicAuth
            | Self::ApiKey
            | Self::Password
            | Self::Jwt
            | Self::PrivateKey
            | Self::Token
            | Self::ConnectionString
            | Self::Session
            | Self::Secret => true,
            Self::Url
            | Self::Ipv4
            | Self::Ipv6
            | Self::Mac
            | Self::Host
            | Self::User
            | Self::Email
            | Self::Phone
            | Self::Ssn
            | Self::CreditCard
            | Self::Iban
            | Self::NationalId
            | Self::Custom => false,
        }
    }
}

/// What stands for a value outside: `[Email-1]`. The same value in one issue always has the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Placeholder {
    pub kind: PiiKind,
    /// Counted per kind and issue, from 1.
    pub number: u32,
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}-{}]", self.kind.label(), self.number)
    }
}

impl Placeholder {
    /// Reads `[Email-1]`, the whole text and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let (stem, number) = text.strip_prefix('[')?.strip_suffix(']')?.rsplit_once('-')?;
        let kind = PiiKind::ALL.iter().copied().find(|kind| kind.label() == stem)?;
        let number = number.parse().ok().filter(|_| !number.starts_with(['0', '+']))?;
        Some(Self { kind, number })
    }
}

words! {
    /// What the user wants done with a value. Redacting is the default.
    Decision {
        Redact = "redact", "Redact";
        Keep = "keep", "Keep";
    }
}

words! {
    /// How sure a detector is. The order is from the least to the most.
    Confidence {
        Possible = "possible", "Possible";
        Likely = "likely", "Likely";
        /// A check digit, a vendor's prefix or a fixed form proves it.
        Certain = "certain", "Certain";
    }
}

/// One detected piece of personal data or secret in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PiiSpan {
    pub kind: PiiKind,
    /// Bytes in the decoded UTF-8 text, on character boundaries.
    pub range: Range<usize>,
    pub value: Unredacted,
    pub placeholder: Placeholder,
    pub confidence: Confidence,
}

/// All places of one value in an issue, for the review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueGroup {
    pub kind: PiiKind,
    pub value: Unredacted,
    pub placeholder: Placeholder,
    /// In how many places of the issue's logs it stands.
    pub places: u64,
    /// Of the place where the detectors were surest.
    pub confidence: Confidence,
    /// What holds for it, but for the places that were decided on one by one.
    pub decision: Decision,
    /// How many places were decided on one by one.
    pub exceptions: u64,
}

/// What the user wants done with a value in one place.
///
/// The place is known by its line, not by its offset: what is sent quotes lines, and does not say from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpanDecision {
    pub kind: PiiKind,
    pub value: Unredacted,
    /// SHA-256, in hex, of the line that it stands in.
    pub line_hash: String,
    /// Which of the value's places in that line, from 0.
    pub occurrence: u32,
    pub decision: Decision,
    /// `app.log:905`, as what is sent cites the line.
    pub cited: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_placeholder_survives_the_way_to_text_and_back() {
        for kind in PiiKind::ALL {
            let placeholder = Placeholder { kind: *kind, number: 12 };
            assert_eq!(Placeholder::parse(&placeholder.to_string()), Some(placeholder));
        }
    }

    #[test]
    fn what_only_looks_like_a_placeholder_is_none() {
        for text in ["[Email-01]", "[Email-]", "[Nothing-1]", "Email-1", "[Email-1", "[Email-+1]"] {
            assert_eq!(Placeholder::parse(text), None, "{text}");
        }
    }
}
