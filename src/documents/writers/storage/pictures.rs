//! The pictures that a text holds in itself, which a page can show as attachments alone.

use crate::documents::parsed::dialect;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pulldown_cmark::{Event, Parser, Tag};

/// A picture in a `data:` address of an image.
#[derive(Clone, PartialEq, Eq)]
pub struct HeldPicture {
    /// The whole address, as it stands in the text.
    pub address: String,
    /// Empty where the address holds no base64.
    pub bytes: Vec<u8>,
}

/// Without the picture.
impl std::fmt::Debug for HeldPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HeldPicture({} bytes)", self.bytes.len())
    }
}

/// Every `data:` address of an image, once, in the order of the text.
pub fn held_pictures(markdown: &str) -> Vec<HeldPicture> {
    let mut held: Vec<HeldPicture> = Vec::new();
    for event in Parser::new_ext(markdown, dialect()) {
        let Event::Start(Tag::Image { dest_url, .. }) = event else { continue };
        let is_new = held.iter().all(|one| one.address != dest_url.as_ref());
        if is_new && dest_url.starts_with("data:") {
            held.push(HeldPicture { bytes: bytes_of(&dest_url), address: dest_url.into_string() });
        }
    }
    held
}

fn bytes_of(address: &str) -> Vec<u8> {
    let encoded = address.split_once(";base64,").map(|(_, encoded)| encoded.trim());
    encoded.and_then(|encoded| STANDARD.decode(encoded).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Picture;

    #[test]
    fn pictures_are_found_once_and_code_is_no_picture() {
        let png = Picture::Png(b"\x89PNG\r\n\x1a\nx".to_vec()).data_url();
        let text = format!(
            "![a]({png}) and ![again][p], ![x](https://a.net/x.png), ![t](why-tree.svg)\n\n    ![c](data:,c)\n\n\
             ![bad](data:image/png;base64,???)\n\n[p]: {png}\n"
        );
        let held = held_pictures(&text);
        let found: Vec<_> = held.iter().map(|one| (one.address.as_str(), one.bytes.len())).collect();
        assert_eq!(found, [(png.as_str(), 9), ("data:image/png;base64,???", 0)]);
    }
}
