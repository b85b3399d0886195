//! The faces that come with the program, and what stands behind them for other scripts.
//!
//! Inter for text, with tabular figures built in as the plain digits; `JetBrains` Mono for code; Lucide for icons. Then
//! egui's own faces for emoji and symbols; the system is asked for what none of them has, Chinese for one.

use egui::{Context, FallbackRequest, FontData, FontDefinitions, FontFamily, FontInsert, FontProvider, FontTweak};
use egui_system_font_provider::SystemFontProvider;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

const FACES: &[(&str, &[u8])] = &[
    ("Inter", include_bytes!("../../assets/fonts/Inter-Regular.ttf")),
    ("Inter SemiBold", include_bytes!("../../assets/fonts/Inter-SemiBold.ttf")),
    ("JetBrains Mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
];
const ICONS: &[u8] = include_bytes!("../../assets/fonts/lucide.ttf");

/// The family of semibold text.
pub fn strong_family() -> FontFamily {
    FontFamily::Name("strong".into())
}

/// The family of the icons.
pub fn icon_family() -> FontFamily {
    FontFamily::Name("icons".into())
}

/// All faces, and the order in which each family asks them for a glyph.
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in FACES {
        fonts.font_data.insert((*name).to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    // The glyphs stand on the baseline of the em box; lowered, their centers meet the centers of capitals.
    let tweak = FontTweak { y_offset_factor: 0.07, ..FontTweak::default() };
    fonts.font_data.insert("Lucide".to_owned(), Arc::new(FontData::from_static(ICONS).tweak(tweak)));

    let behind = |fonts: &FontDefinitions, family| fonts.families.get(family).cloned().unwrap_or_default();
    let behind_text = behind(&fonts, &FontFamily::Proportional);
    let behind_code = behind(&fonts, &FontFamily::Monospace);
    let mut family = |family, first: &str, rest: &[String]| {
        let faces = [first.to_owned(), "Lucide".to_owned()].into_iter().chain(rest.iter().cloned()).collect();
        fonts.families.insert(family, faces);
    };
    family(FontFamily::Proportional, "Inter", &behind_text);
    family(strong_family(), "Inter SemiBold", &behind_text);
    family(FontFamily::Monospace, "JetBrains Mono", &behind_code);
    family(icon_family(), "Lucide", &[]);
    fonts
}

/// Has the system's fonts asked for glyphs that none of ours has.
pub fn ask_the_system(ctx: &Context) {
    ctx.add_font_provider(Arc::new(SystemFonts(SystemFontProvider::new())));
}

/// The system's fonts, if it has any: looking for them panics where there are none, and so does asking for one afterwards.
struct SystemFonts(SystemFontProvider);

impl FontProvider for SystemFonts {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        catch_unwind(AssertUnwindSafe(|| self.0.font_for(request))).unwrap_or_default()
    }
}
