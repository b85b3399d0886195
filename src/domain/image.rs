//! Images that are attached to a chat.

use super::issue::words;
use super::{ImageId, IssueId, MessageId};
use std::fmt;
use std::sync::Arc;

words! {
    /// What is told by the first bytes of an image; never by its file's name.
    ImageKind {
        Png = "png", "PNG";
        Jpeg = "jpeg", "JPEG";
        WebP = "webp", "WebP";
        Gif = "gif", "GIF";
    }
}

impl ImageKind {
    /// Reads the magic bytes.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => None,
        }
    }

    /// As it is called in a data URI.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
        }
    }
}

/// An image as it is stored, without its metadata. It has no name: a file's name never leaves, and is not kept.
///
/// `Debug` prints the length only.
#[derive(Clone, PartialEq, Eq)]
pub struct AttachedImage {
    pub id: ImageId,
    pub issue: IssueId,
    /// The question that it was sent with; `None` while it waits beside the draft.
    pub message: Option<MessageId>,
    pub kind: ImageKind,
    pub bytes: Arc<[u8]>,
    /// Of the bytes, in hex.
    pub sha256: String,
}

impl fmt::Debug for AttachedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttachedImage")
            .field("id", &self.id)
            .field("message", &self.message)
            .field("kind", &self.kind)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_the_first_bytes_alone() {
        let cases: [(&[u8], Option<ImageKind>); 8] = [
            (b"\x89PNG\r\n\x1a\n....", Some(ImageKind::Png)),
            (b"\xff\xd8\xff\xe0", Some(ImageKind::Jpeg)),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", Some(ImageKind::WebP)),
            (b"RIFF\x01\x02\x03\x04WAVE", None),
            (b"GIF89a", Some(ImageKind::Gif)),
            (b"GIF88a", None),
            (b"<svg/>", None),
            (b"", None),
        ];
        for (bytes, expected) in cases {
            assert_eq!(ImageKind::of(bytes), expected, "{bytes:?}");
        }
    }
}
