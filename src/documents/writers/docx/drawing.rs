//! Pictures inside a line.

use super::runs::escape;
use crate::documents::pictures::Picture;
use crate::documents::writers::raster::{self, Raster};

/// English Metric Units in one pixel of a screen with 96 dots per inch.
const EMU: u64 = 9_525;
/// The widest and the highest that fits a page.
const MAX_WIDTH: u64 = 6_120_000;
const MAX_HEIGHT: u64 = 8_200_000;

/// The bytes that the file holds of the picture, its ending, and its size in pixels; `None` for what cannot be read.
pub(super) fn raster(picture: &Picture) -> Option<Raster> {
    match picture {
        Picture::Svg(source) => raster::of_svg(source),
        Picture::Png(bytes) => raster::of_bytes(bytes, "png"),
        Picture::Jpeg(bytes) => raster::of_bytes(bytes, "jpg"),
    }
}

/// A run that shows the picture with this relation. `number` is unique in the document.
pub(super) fn drawing(number: usize, relation: &str, alt: &str, (width, height): (u32, u32)) -> String {
    let (width, height) = fitted(u64::from(width.max(1)) * EMU, u64::from(height.max(1)) * EMU);
    let alt = escape(alt);
    let picture = "http://schemas.openxmlformats.org/drawingml/2006/picture";
    format!(
        "<w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\"><wp:extent cx=\"{width}\" \
         cy=\"{height}\"/><wp:docPr id=\"{number}\" name=\"Picture {number}\" descr=\"{alt}\"/><a:graphic>\
         <a:graphicData uri=\"{picture}\"><pic:pic><pic:nvPicPr><pic:cNvPr id=\"{number}\" name=\"Picture {number}\" \
         descr=\"{alt}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"{relation}\"/><a:stretch>\
         <a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{width}\" \
         cy=\"{height}\"/></a:xfrm><a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>\
         </a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
}

/// As large as it is, but no larger than the page.
fn fitted(width: u64, height: u64) -> (u64, u64) {
    let (mut width, mut height) = (width, height);
    if width > MAX_WIDTH {
        (width, height) = (MAX_WIDTH, height.saturating_mul(MAX_WIDTH) / width);
    }
    if height > MAX_HEIGHT {
        (width, height) = (width.saturating_mul(MAX_HEIGHT) / height, MAX_HEIGHT);
    }
    (width.max(1), height.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape_and_fits_the_page() {
        assert_eq!(fitted(1_000, 500), (1_000, 500));
        assert_eq!(fitted(2 * MAX_WIDTH, 1_000_000), (MAX_WIDTH, 500_000));
        assert_eq!(fitted(1_000, 2 * MAX_HEIGHT), (500, MAX_HEIGHT));
    }
}
