//! Pictures as pixels, for formats that know no vectors.

use image::ImageReader;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use std::io::Cursor;
use std::sync::{Arc, LazyLock};

/// Dots of the picture for each dot of the screen, so that it is sharp on paper.
const DENSITY: f32 = 2.0;
/// Larger pictures are not drawn: they would need more memory than a page is worth.
const MAX_SIDE: u32 = 12_000;

static FACES: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut faces = fontdb::Database::new();
    faces.load_font_data(include_bytes!("../../../assets/fonts/Inter-Regular.ttf").to_vec());
    faces.load_font_data(include_bytes!("../../../assets/fonts/Inter-SemiBold.ttf").to_vec());
    faces.load_font_data(epaint_default_fonts::NOTO_EMOJI_REGULAR.to_vec());
    faces.load_system_fonts();
    faces.set_sans_serif_family("Inter");
    Arc::new(faces)
});

/// A picture in a format of pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raster {
    pub(super) bytes: Vec<u8>,
    /// Without a dot.
    pub(super) extension: &'static str,
    /// In dots of a screen.
    pub(super) size: (u32, u32),
}

/// A PNG of the drawing; `None` where it cannot be read.
pub(super) fn of_svg(source: &str) -> Option<Raster> {
    let options = Options { fontdb: Arc::clone(&FACES), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(source, &options).ok()?;
    let size = tree.size().to_int_size();
    let dots = size.scale_by(DENSITY).filter(|dots| dots.width().max(dots.height()) <= MAX_SIDE)?;
    let mut pixels = Pixmap::new(dots.width(), dots.height())?;
    resvg::render(&tree, Transform::from_scale(DENSITY, DENSITY), &mut pixels.as_mut());
    Some(Raster { bytes: pixels.encode_png().ok()?, extension: "png", size: (size.width(), size.height()) })
}

/// A picture of pixels as it is; `None` where its size cannot be read.
pub(super) fn of_bytes(bytes: &[u8], extension: &'static str) -> Option<Raster> {
    let size = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?.into_dimensions().ok()?;
    Some(Raster { bytes: bytes.to_vec(), extension, size })
}
