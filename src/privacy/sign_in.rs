//! The one request that carries secrets in its body: a code or a token for a new token.

use std::fmt;
use zeroize::Zeroizing;

/// The names of RFC 6749 and RFC 7636: what the settings and the authorization server gave, and nothing else.
const NAMES: &[&str] = &[
    "grant_type",
    "code",
    "redirect_uri",
    "code_verifier",
    "client_id",
    "client_secret",
    "refresh_token",
    "scope",
    "audience",
];

/// Tokens that are documents of their own reach some kilobytes.
const MAX_BYTES: usize = 32 << 10;

/// The form of a token request. There is no field in it for a text of the user.
#[derive(Clone)]
pub struct SignInForm(Zeroizing<Vec<u8>>);

impl SignInForm {
    /// `None` for a form with any other field, a field twice, or one that is longer than any token.
    pub fn parse(body: Vec<u8>) -> Option<Self> {
        let body = Zeroizing::new(body);
        let mut seen = Vec::new();
        for (name, _) in url::form_urlencoded::parse(&body) {
            let known = NAMES.iter().find(|known| **known == name)?;
            if seen.contains(known) {
                return None;
            }
            seen.push(*known);
        }
        let valid = body.len() <= MAX_BYTES && seen.contains(&"grant_type");
        valid.then_some(Self(body))
    }

    /// For the wire.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SignInForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInForm([hidden])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_token_request_is_one() {
        for good in ["grant_type=refresh_token&refresh_token=a%2Bb&client_id=c", "code=1&grant_type=authorization_code"]
        {
            assert!(SignInForm::parse(good.into()).is_some(), "{good}");
        }
        for bad in ["", "grant_type=a&text=what+happened", "code=1", "grant_type=a&code=1&code=2"] {
            assert!(SignInForm::parse(bad.into()).is_none(), "{bad}");
        }
        assert!(SignInForm::parse(format!("grant_type=a&code={}", "x".repeat(MAX_BYTES)).into()).is_none());
    }

    #[test]
    fn its_debug_form_tells_nothing() {
        let form = SignInForm::parse(b"grant_type=refresh_token&refresh_token=hunter2".to_vec()).unwrap();
        assert!(!format!("{form:?}").contains("hunter2"));
    }
}
