//! The secret of HTTP's Basic authentication.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// `base64(user:secret)`, for a credential with the prefix `Basic `.
///
/// Source: RFC 7617, with UTF-8. `user` must not contain a colon; it may be empty.
#[expect(clippy::disallowed_methods, reason = "the secret is put into the form that the header carries")]
pub fn basic(user: &str, secret: &SecretString) -> SecretString {
    let pair = Zeroizing::new(format!("{user}:{}", secret.expose_secret().trim()));
    STANDARD.encode(pair.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test compares secrets")]
    fn user_and_secret_are_joined_as_the_rfc_says() {
        assert_eq!(basic("Aladdin", &"open sesame".into()).expose_secret(), "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert_eq!(basic("", &"pat\n".into()).expose_secret(), "OnBhdA==");
    }
}
