//! The pictures of a document: those it carries in itself and those it is given by name.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeMap;

/// A picture in a format that every writer can put into its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    Svg(String),
    Png(Vec<u8>),
    Jpeg(Vec<u8>),
}

impl Picture {
    /// Tells the format by the first bytes; `None` for any that not all writers know.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Some(Self::Png(bytes.to_vec()));
        }
        if bytes.starts_with(b"\xff\xd8\xff") {
            return Some(Self::Jpeg(bytes.to_vec()));
        }
        let text = std::str::from_utf8(bytes).ok()?;
        text.contains("<svg").then(|| Self::Svg(text.to_owned()))
    }

    pub const fn media_type(&self) -> &'static str {
        match self {
            Self::Svg(_) => "image/svg+xml",
            Self::Png(_) => "image/png",
            Self::Jpeg(_) => "image/jpeg",
        }
    }

    /// Without a dot.
    pub const fn extension(&self) -> &'static str {
        match self {
            Self::Svg(_) => "svg",
            Self::Png(_) => "png",
            Self::Jpeg(_) => "jpg",
        }
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Svg(text) => text.as_bytes(),
            Self::Png(bytes) | Self::Jpeg(bytes) => bytes,
        }
    }

    /// As a `data:` address.
    pub fn data_url(&self) -> String {
        format!("data:{};base64,{}", self.media_type(), STANDARD.encode(self.bytes()))
    }
}

/// Pictures by the destination that images of the text name, such as `why-tree.svg`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    named: BTreeMap<String, Picture>,
    /// Whether pictures that the text itself holds stay out of the file.
    leaves_out_held: bool,
}

impl Pictures {
    /// For readers outside: nothing in a picture can be redacted, so only those that are given by name are shown.
    pub fn of_cleared_only() -> Self {
        Self { leaves_out_held: true, ..Self::default() }
    }

    /// For a writer that could not draw them: each is told in words.
    pub(super) fn none() -> Self {
        Self::of_cleared_only()
    }

    pub fn insert(&mut self, name: impl Into<String>, picture: Picture) {
        self.named.insert(name.into(), picture);
    }

    /// One given by name.
    pub fn named(&self, name: &str) -> Option<&Picture> {
        self.named.get(name)
    }

    /// The picture of an image: one given by name, or one that a `data:` address holds in base64.
    pub fn find(&self, destination: &str) -> Option<Picture> {
        let held = || if self.leaves_out_held { None } else { held_in(destination) };
        self.named.get(destination).cloned().or_else(held)
    }
}

fn held_in(address: &str) -> Option<Picture> {
    let (kind, encoded) = address.strip_prefix("data:image/")?.split_once(',')?;
    let bytes = STANDARD.decode(encoded.trim()).ok().filter(|_| kind.ends_with(";base64"))?;
    Picture::from_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_nobody_cleared_stays_out_of_a_file_for_outsiders() {
        let held = Picture::Svg("<svg>10.0.0.7</svg>".to_owned()).data_url();
        assert!(Pictures::default().find(&held).is_some());
        assert_eq!(Pictures::of_cleared_only().find(&held), None);
    }

    #[test]
    fn a_picture_is_found_by_name_or_in_its_address() {
        let mut pictures = Pictures::default();
        let svg = Picture::Svg("<svg/>".to_owned());
        pictures.insert("why-tree.svg", svg.clone());
        assert_eq!(pictures.find("why-tree.svg"), Some(svg.clone()));
        assert_eq!(pictures.find(&svg.data_url()), Some(svg));
        for address in ["other.svg", "https://a.net/x.png", "data:image/gif;base64,R0lGODlh", "data:text/html,<svg>"] {
            assert_eq!(pictures.find(address), None, "{address}");
        }
    }
}
