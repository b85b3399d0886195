//! Images that may leave: confirmed one by one, because nothing in them can be redacted, or drawn from redacted words.

use super::Redacted;
use crate::domain::{AttachedImage, ImageId, ImageKind};
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::Arc;

/// The user's word that one image may go to one host, given after having been told that nothing in it can be redacted.
///
/// It is good for one sending: it cannot be copied, and [`ClearedImage::new`] uses it up.
#[derive(Debug)]
pub struct Confirmation {
    image: ImageId,
    sha256: String,
    host: String,
}

impl Confirmation {
    /// `sha256` is that of the image that was shown, `host` the one that was named.
    pub fn new(image: ImageId, sha256: impl Into<String>, host: impl Into<String>) -> Self {
        Self { image, sha256: sha256.into(), host: host.into() }
    }

    pub const fn image(&self) -> ImageId {
        self.image
    }
}

/// Why an image may not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotConfirmed {
    #[error("the confirmation is for another image")]
    OtherImage,
    #[error("the confirmation is for another server")]
    OtherHost,
}

/// An image that may leave. Made of an image and a [`Confirmation`], or drawn from redacted text, and of nothing else.
///
/// ```compile_fail,E0451
/// use tftsr::{domain::ImageKind, privacy::ClearedImage};
/// let forged = ClearedImage { kind: ImageKind::Png, bytes: [].into(), sha256: String::new() };
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ClearedImage {
    kind: ImageKind,
    bytes: Arc<[u8]>,
    sha256: String,
}

impl ClearedImage {
    /// Fails if the user confirmed another image, or that it goes elsewhere than to `host`.
    pub fn new(image: &AttachedImage, confirmation: Confirmation, host: &str) -> Result<Self, NotConfirmed> {
        let Confirmation { image: id, sha256, host: confirmed_host } = confirmation;
        // Of the bytes as they are, not as the row says.
        let found = hex::encode(Sha256::digest(&image.bytes));
        if id != image.id || sha256 != found {
            return Err(NotConfirmed::OtherImage);
        }
        if confirmed_host != host || host.is_empty() {
            return Err(NotConfirmed::OtherHost);
        }
        Ok(Self { kind: image.kind, bytes: Arc::clone(&image.bytes), sha256: found })
    }

    /// A picture of redacted text. `draw` is a `fn` pointer: it can hold nothing, so the picture shows nothing but the
    /// text and constants. `None` where it cannot be drawn, or where the text was not redacted.
    pub fn drawn(text: &Redacted, draw: fn(&str) -> Option<Vec<u8>>) -> Option<Self> {
        if text.stays_here() {
            return None;
        }
        let bytes = draw(text.as_str())?;
        let kind = ImageKind::of(&bytes)?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        Some(Self { kind, bytes: bytes.into(), sha256 })
    }

    pub const fn kind(&self) -> ImageKind {
        self.kind
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Of the bytes, in hex: what the audit log records.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

/// Without what the image shows.
impl fmt::Debug for ClearedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClearedImage({}, {} bytes)", self.kind.as_str(), self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::IssueId;
    use crate::privacy::{Policy, Redactor, Vault};

    fn image(bytes: &[u8]) -> AttachedImage {
        let sha256 = hex::encode(Sha256::digest(bytes));
        let bytes = bytes.into();
        AttachedImage { id: ImageId::new(), issue: IssueId::new(), message: None, kind: ImageKind::Png, bytes, sha256 }
    }

    #[test]
    fn a_confirmation_holds_for_one_image_and_one_host() {
        let (shown, other) = (image(b"shown"), image(b"other"));
        let confirm = |image: &AttachedImage| Confirmation::new(image.id, &image.sha256, "api.example.com");

        assert!(ClearedImage::new(&shown, confirm(&shown), "api.example.com").is_ok());
        assert_eq!(ClearedImage::new(&other, confirm(&shown), "api.example.com"), Err(NotConfirmed::OtherImage));
        assert_eq!(ClearedImage::new(&shown, confirm(&shown), "evil.example"), Err(NotConfirmed::OtherHost));
    }

    #[test]
    fn an_image_that_was_changed_after_it_was_shown_is_refused() {
        let shown = image(b"shown");
        let changed = AttachedImage { bytes: b"changed".as_slice().into(), ..shown.clone() };

        let confirmation = Confirmation::new(shown.id, &shown.sha256, "h");

        assert_eq!(ClearedImage::new(&changed, confirmation, "h"), Err(NotConfirmed::OtherImage));
    }

    #[test]
    fn only_redacted_words_are_drawn_without_a_confirmation() {
        let mut redactor = Redactor::new(Vault::default(), Policy::default());
        let words = redactor.redact(&"asked by bob@corp-mail.net".into()).unwrap();
        let drawn = ClearedImage::drawn(&words, |words| Some([b"GIF89a", words.as_bytes()].concat())).unwrap();
        assert_eq!((drawn.kind(), drawn.bytes()), (ImageKind::Gif, b"GIF89aasked by [Email-1]".as_slice()));
        assert_eq!(ClearedImage::drawn(&words, |_| None), None);
        assert_eq!(ClearedImage::drawn(&words, |_| Some(b"no picture".to_vec())), None);
    }

    #[test]
    fn its_debug_form_shows_no_byte() {
        let shown = image(b"shown");
        let cleared = ClearedImage::new(&shown, Confirmation::new(shown.id, &shown.sha256, "h"), "h").unwrap();

        assert_eq!(format!("{cleared:?}"), "ClearedImage(png, 5 bytes)");
    }
}
