//! Secrets, sealed a second time inside the encrypted file.

use super::StoreError;
use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::Zeroizing;

const NONCE_BYTES: usize = 12;

/// Seals secrets with AES-256-GCM under a random nonce, each for one service.
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey([hidden])")
    }
}

impl SealingKey {
    pub(super) const fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// `base64(nonce ‖ ciphertext ‖ tag)`, with `service` as associated data.
    #[expect(clippy::disallowed_methods, reason = "what is sealed has to be read")]
    pub fn seal(&self, service: &str, secret: &SecretString) -> Result<String, StoreError> {
        let mut nonce = [0; NONCE_BYTES];
        if getrandom::fill(&mut nonce).is_err() {
            return Err(StoreError::NoRandomness);
        }
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: service.as_bytes() };
        let Ok(ciphertext) = self.cipher().encrypt(&Nonce::from(nonce), payload) else {
            return Err(StoreError::CannotUnseal);
        };
        Ok(STANDARD.encode([nonce.as_slice(), &ciphertext].concat()))
    }

    /// What [`Self::seal`] sealed for the same service.
    pub fn open(&self, service: &str, sealed: &str) -> Result<SecretString, StoreError> {
        let cannot = || StoreError::CannotUnseal;
        let bytes = STANDARD.decode(sealed).ok().ok_or_else(cannot)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(cannot)?;
        let payload = Payload { msg: ciphertext, aad: service.as_bytes() };
        let plain = self.cipher().decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new);
        let plain = plain.ok_or_else(cannot)?;
        let text = std::str::from_utf8(&plain).ok().ok_or_else(cannot)?;
        Ok(SecretString::from(text))
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&(*self.0).into())
    }
}

/// SHA-256 of a token, in hex: names it in the audit log without telling it.
#[expect(clippy::disallowed_methods, reason = "what is hashed has to be read")]
pub(super) fn token_hash(token: &SecretString) -> String {
    hex::encode(Sha256::digest(token.expose_secret().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SealingKey {
        SealingKey::new(Zeroizing::new([byte; 32]))
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test compares secrets")]
    fn a_sealed_secret_opens_only_for_its_service_and_key() {
        let sealed = key(1).seal("confluence", &"hunter2".into()).unwrap();
        assert_eq!(key(1).open("confluence", &sealed).unwrap().expose_secret(), "hunter2");
        assert!(matches!(key(1).open("servicenow", &sealed), Err(StoreError::CannotUnseal)));
        assert!(matches!(key(2).open("confluence", &sealed), Err(StoreError::CannotUnseal)));
    }

    #[test]
    fn the_same_secret_is_never_sealed_to_the_same_text() {
        let secret = "hunter2".into();
        assert_ne!(key(1).seal("confluence", &secret).unwrap(), key(1).seal("confluence", &secret).unwrap());
    }

    #[test]
    fn what_was_never_sealed_does_not_open() {
        for text in ["", "AAAA", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(matches!(key(1).open("confluence", text), Err(StoreError::CannotUnseal)), "{text}");
        }
    }
}
