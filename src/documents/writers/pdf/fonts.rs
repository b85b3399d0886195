//! The faces of a document: those that come with the program, and for other scripts those of the system.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use typst::foundations::Bytes;
use typst::text::Font;

const TEXT: &[&[u8]] = &[
    include_bytes!("../../../../assets/fonts/Inter-Regular.ttf"),
    include_bytes!("../../../../assets/fonts/Inter-Italic.ttf"),
    include_bytes!("../../../../assets/fonts/Inter-SemiBold.ttf"),
    include_bytes!("../../../../assets/fonts/Inter-SemiBoldItalic.ttf"),
];
const CODE: &[&[u8]] = &[include_bytes!("../../../../assets/fonts/JetBrainsMono-Regular.ttf")];
/// Emoji and signs.
const SIGNS: &[&[u8]] =
    &[epaint_default_fonts::HACK_REGULAR, epaint_default_fonts::NOTO_EMOJI_REGULAR, epaint_default_fonts::EMOJI_ICON];

static BUNDLED: LazyLock<Bundled> =
    LazyLock::new(|| Bundled { text: load(TEXT), code: load(CODE), signs: load(SIGNS) });
static SYSTEM: LazyLock<fontdb::Database> = LazyLock::new(|| {
    let mut faces = fontdb::Database::new();
    faces.load_system_fonts();
    faces
});

struct Bundled {
    text: Vec<Font>,
    code: Vec<Font>,
    signs: Vec<Font>,
}

fn load(files: &'static [&'static [u8]]) -> Vec<Font> {
    files.iter().filter_map(|file| Font::new(Bytes::new(*file), 0)).collect()
}

/// What one document is set in.
#[derive(Debug)]
pub(super) struct Fonts {
    /// Of the system, for what the bundled ones lack.
    further: Vec<Font>,
    missing: BTreeSet<char>,
}

impl Fonts {
    /// The bundled faces, and as few of the system's as the two texts need.
    pub(super) fn for_text(text: &str, title: &str) -> Self {
        let used: BTreeSet<char> = text.chars().chain(title.chars()).filter(|c| !is_invisible(*c)).collect();
        let mut missing: BTreeSet<char> = used.into_iter().filter(|c| !is_bundled(*c)).collect();
        // Shown by their names where the faces have no picture of them.
        missing.extend((0x2400..=0x2421).filter_map(char::from_u32).filter(|c| !is_bundled(*c)));
        let mut further = Vec::new();
        if missing.iter().any(|c| !is_control_picture(*c)) {
            add_system_faces(&mut missing, &mut further);
        }
        Self { further, missing }
    }

    /// The name of a character that no face has.
    pub(super) fn name_of_missing(&self, c: char) -> Option<String> {
        if !self.missing.contains(&c) {
            return None;
        }
        let control = u32::from(c).checked_sub(0x2400).and_then(|code| CONTROLS.get(usize::try_from(code).ok()?));
        Some(control.map_or_else(|| format!("U+{:04X}", u32::from(c)), |name| (*name).to_owned()))
    }

    /// The text with what no face has replaced by its name, for where marks cannot stand.
    pub(super) fn drawable(&self, text: &str) -> String {
        let drawn = |c: char| self.name_of_missing(c).map_or_else(|| c.to_string(), |name| format!("[{name}]"));
        text.chars().map(drawn).collect()
    }

    pub(super) fn faces(&self) -> Vec<Font> {
        let Bundled { text, code, signs } = &*BUNDLED;
        text.iter().chain(code).chain(signs).chain(&self.further).cloned().collect()
    }

    pub(super) fn text_families(&self) -> Vec<String> {
        self.families([&BUNDLED.text, &BUNDLED.signs])
    }

    pub(super) fn code_families(&self) -> Vec<String> {
        self.families([&BUNDLED.code, &BUNDLED.signs])
    }

    fn families(&self, bundled: [&Vec<Font>; 2]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for font in bundled.into_iter().flatten().chain(&self.further) {
            if !names.contains(&font.info().family) {
                names.push(font.info().family.clone());
            }
        }
        names
    }
}

fn is_bundled(c: char) -> bool {
    let Bundled { text, code, signs } = &*BUNDLED;
    text.first().into_iter().chain(code).chain(signs).any(|font| has(font, c))
}

fn has(font: &Font, c: char) -> bool {
    font.info().coverage.contains(u32::from(c))
}

/// Joiners, marks of direction, selectors of variants and the like, which are never drawn.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

fn is_control_picture(c: char) -> bool {
    ('\u{2400}'..='\u{2421}').contains(&c)
}

/// Takes faces until nothing is missing, plain upright ones of well-known families first.
fn add_system_faces(missing: &mut BTreeSet<char>, further: &mut Vec<Font>) {
    let mut faces: Vec<_> = SYSTEM.faces().collect();
    faces.sort_by_key(|face| (rank(face), face.post_script_name.clone()));
    for face in faces {
        if missing.is_empty() {
            return;
        }
        let font =
            SYSTEM.with_face_data(face.id, |bytes, index| Font::new(Bytes::new(bytes.to_vec()), index)).flatten();
        let Some(font) = font.filter(|font| missing.iter().any(|c| has(font, *c))) else { continue };
        missing.retain(|c| !has(&font, *c));
        further.push(font);
    }
}

/// Lower is sooner.
fn rank(face: &fontdb::FaceInfo) -> u8 {
    let family = face.families.first().map(|(name, _)| name.as_str()).unwrap_or_default();
    let is_known = KNOWN.iter().any(|known| family.starts_with(known));
    let is_plain = face.style == fontdb::Style::Normal && face.weight == fontdb::Weight::NORMAL;
    let is_color = family.contains("Color") || family.contains("Emoji");
    u8::from(!is_plain) * 4 + u8::from(is_color) * 2 + u8::from(!is_known)
}

/// Families that have much and are well drawn, of three systems.
const KNOWN: &[&str] = &[
    "Noto Sans",
    "Source Han Sans",
    "DejaVu Sans",
    "PingFang",
    "Hiragino Sans",
    "Apple SD Gothic",
    "Microsoft YaHei",
    "Yu Gothic",
    "Malgun Gothic",
    "Segoe UI",
    "Arial",
    "WenQuanYi",
    "Droid Sans Fallback",
];

/// The names of the control characters, by their numbers, space and delete at the end.
const CONTROLS: &[&str] = &[
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
    "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US", "SP", "DEL",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faces_that_come_along_can_be_read() {
        assert_eq!((BUNDLED.text.len(), BUNDLED.code.len(), BUNDLED.signs.len()), (4, 1, 3));
    }

    #[test]
    fn western_text_and_common_signs_need_no_face_of_the_system() {
        for c in "Ünïcödé Привет Ελλάδα → ✓ • … — “”  😀 🔥 🚀 ⚠ ☑ ☐ ↩".chars().filter(|c| !is_invisible(*c))
        {
            assert!(is_bundled(c), "{c}");
        }
    }

    #[test]
    fn a_character_of_no_face_is_named() {
        // A private character, which no font should have.
        let fonts = Fonts::for_text("a\u{10fffd}", "");
        assert_eq!(fonts.name_of_missing('\u{10fffd}').as_deref(), Some("U+10FFFD"));
        assert_eq!(fonts.name_of_missing('a'), None);
        // No face of the system is looked for because of the pictures of control characters alone.
        let fonts = Fonts::for_text("a\u{241b}", "");
        assert_eq!(fonts.name_of_missing('\u{241b}').as_deref(), Some("ESC"));
    }
}
