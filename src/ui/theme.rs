//! Every color, size and text style; dark and light. No other file of the window names one.

use super::fonts::{definitions, strong_family};
use crate::domain::{Density, Level, Severity, ThemeChoice};
use egui::style::{ScrollStyle, WidgetVisuals};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme,
    ThemePreference, Visuals, vec2,
};

pub use super::fonts::icon_family;

/// Distances between things, in points.
pub mod space {
    pub const XS: f32 = 4.0;
    pub const S: f32 = 8.0;
    pub const M: f32 = 12.0;
    pub const L: f32 = 16.0;
    pub const XL: f32 = 24.0;
    pub const XXL: f32 = 32.0;
}

/// Rounding of corners, in points.
pub mod radius {
    pub const CONTROL: u8 = 6;
    pub const CARD: u8 = 10;
}

/// The widest a line of prose may be, in points: about 80 characters of body text.
pub const PROSE_WIDTH: f32 = 600.0;
/// Width of the column of a form, in points.
pub const FORM_WIDTH: f32 = 560.0;

/// Colors of one theme, and what depends on density. Names as in the design.
#[derive(Clone, Debug, PartialEq)]
pub struct Tokens {
    pub is_dark: bool,
    pub canvas: Color32,
    pub panel: Color32,
    pub raised: Color32,
    pub sunken: Color32,
    pub border: Color32,
    pub border_strong: Color32,
    pub text: Color32,
    pub muted: Color32,
    /// For decoration and disabled controls only: it is too pale to be read.
    pub faint: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    pub accent_tint: Color32,
    pub ok: Color32,
    pub warn: Color32,
    pub bad: Color32,
    pub info: Color32,
    /// Severity P2; the others are `bad`, `warn` and `muted`.
    pub high: Color32,
    pub redacted_ground: Color32,
    pub redacted_text: Color32,
    /// Height of a row of a list or table, in points: 34, or 28 when compact.
    pub row_height: f32,
}

impl Tokens {
    #[expect(clippy::mistyped_literal_suffixes, reason = "0E_11_16 is a color, by channels")]
    pub const fn dark() -> Self {
        Self {
            is_dark: true,
            canvas: hex(0x0E_11_16),
            panel: hex(0x14_18_1F),
            raised: hex(0x1B_21_2A),
            sunken: hex(0x0A_0D_11),
            border: hex(0x26_2E_39),
            border_strong: hex(0x3A_45_53),
            text: hex(0xE7_EB_F0),
            muted: hex(0x9B_A7_B4),
            faint: hex(0x6B_77_85),
            accent: hex(0x5B_9B_FF),
            on_accent: hex(0x0A_12_20),
            accent_tint: hex(0x16_26_3F),
            ok: hex(0x45_B9_8F),
            warn: hex(0xE2_A5_3D),
            bad: hex(0xF0_62_5B),
            info: hex(0x5B_B4_DB),
            high: hex(0xF0_8A_4B),
            redacted_ground: hex(0x3A_2A_52),
            redacted_text: hex(0xD9_C2_FF),
            row_height: 34.0,
        }
    }

    /// `warn` and `high` are a shade darker than the design's first values, which miss 4.5:1 on `raised`, on `sunken` or
    /// on their own tints; all others are the design's.
    pub const fn light() -> Self {
        Self {
            is_dark: false,
            canvas: hex(0xF6_F7_F9),
            panel: hex(0xFF_FF_FF),
            raised: hex(0xF0_F2_F5),
            sunken: hex(0xE9_EC_F0),
            border: hex(0xDC_E1_E7),
            border_strong: hex(0xB9_C2_CD),
            text: hex(0x1A_20_28),
            muted: hex(0x56_61_6E),
            faint: hex(0x80_8B_97),
            accent: hex(0x1C_63_E0),
            on_accent: hex(0xFF_FF_FF),
            accent_tint: hex(0xE3_ED_FE),
            ok: hex(0x15_75_56),
            warn: hex(0x93_5F_00),
            bad: hex(0xC2_2F_2A),
            info: hex(0x1B_6E_96),
            high: hex(0xAE_4D_19),
            redacted_ground: hex(0xEE_E3_FF),
            redacted_text: hex(0x5A_2C_A0),
            row_height: 34.0,
        }
    }

    pub const fn severity(&self, severity: Severity) -> Color32 {
        match severity {
            Severity::P1 => self.bad,
            Severity::P2 => self.high,
            Severity::P3 => self.warn,
            Severity::P4 => self.muted,
        }
    }

    /// The color of a log line's level; `muted` for what is not recognized.
    pub const fn level(&self, level: Option<Level>) -> Color32 {
        match level {
            Some(Level::Error | Level::Fatal) => self.bad,
            Some(Level::Warn) => self.warn,
            Some(Level::Info | Level::Notice) => self.info,
            Some(Level::Trace | Level::Debug) | None => self.muted,
        }
    }

    /// A ground that hints at `color`, for chips and notices.
    pub fn tint(&self, color: Color32) -> Color32 {
        self.panel.lerp_to_gamma(color, 0.10)
    }

    #[must_use]
    pub const fn with_density(mut self, density: Density) -> Self {
        self.row_height = match density {
            Density::Comfortable => 34.0,
            Density::Compact => 28.0,
        };
        self
    }
}

#[expect(clippy::disallowed_methods, reason = "the one file that names colors")]
const fn hex(rgb: u32) -> Color32 {
    let [_, r, g, b] = rgb.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// The named text styles: what a text is, not how large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// 12: labels of fields, metadata.
    Caption,
    /// 14.
    Body,
    /// 14, semibold.
    Strong,
    /// 16, semibold: the heading of a section or card.
    Lead,
    /// 20, semibold: the heading of a screen.
    Title,
    /// 28, semibold: one number that matters.
    Figure,
    /// 13, code face.
    Code,
}

impl Type {
    pub const ALL: [Self; 7] =
        [Self::Caption, Self::Body, Self::Strong, Self::Lead, Self::Title, Self::Figure, Self::Code];

    pub fn style(self) -> TextStyle {
        match self {
            Self::Caption => TextStyle::Small,
            Self::Body => TextStyle::Body,
            Self::Strong => TextStyle::Name("Strong".into()),
            Self::Lead => TextStyle::Name("Lead".into()),
            Self::Title => TextStyle::Heading,
            Self::Figure => TextStyle::Name("Figure".into()),
            Self::Code => TextStyle::Monospace,
        }
    }

    pub fn font(self) -> FontId {
        match self {
            Self::Caption => FontId::new(12.0, FontFamily::Proportional),
            Self::Body => FontId::new(14.0, FontFamily::Proportional),
            Self::Strong => FontId::new(14.0, strong_family()),
            Self::Lead => FontId::new(16.0, strong_family()),
            Self::Title => FontId::new(20.0, strong_family()),
            Self::Figure => FontId::new(28.0, strong_family()),
            Self::Code => FontId::new(13.0, FontFamily::Monospace),
        }
    }
}

/// Installs the faces. Once, before the first frame.
pub fn install_fonts(ctx: &Context) {
    ctx.set_fonts(definitions());
}

/// Gives both themes their style and follows `choice`. Call it when a setting has changed, not in each frame.
///
/// `zoom` is the scale of everything: 1 is normal, 0.75 to 2 are allowed.
pub fn apply(ctx: &Context, choice: ThemeChoice, density: Density, zoom: f32) {
    ctx.set_style_of(Theme::Dark, style(&Tokens::dark().with_density(density)));
    ctx.set_style_of(Theme::Light, style(&Tokens::light().with_density(density)));
    ctx.set_theme(match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
    });
    ctx.set_zoom_factor(zoom.clamp(0.75, 2.0));
}

/// The tokens of the theme that is shown now.
pub fn current(ctx: &Context, density: Density) -> Tokens {
    match ctx.theme() {
        Theme::Dark => Tokens::dark(),
        Theme::Light => Tokens::light(),
    }
    .with_density(density)
}

fn style(tokens: &Tokens) -> Style {
    let mut style = Style { visuals: visuals(tokens), ..Style::default() };
    style.text_styles = Type::ALL.iter().map(|one| (one.style(), one.font())).collect();
    style.text_styles.insert(TextStyle::Button, Type::Body.font());
    style.spacing.item_spacing = vec2(space::S, space::S);
    style.spacing.button_padding = vec2(space::M, 5.0);
    style.spacing.interact_size = vec2(32.0, tokens.row_height - 4.0);
    style.spacing.menu_margin = Margin::same(6);
    style.spacing.window_margin = Margin::same(20);
    style.spacing.icon_width = 16.0;
    style.spacing.icon_width_inner = 9.0;
    style.spacing.tooltip_width = 360.0;
    style.spacing.combo_width = 140.0;
    style.spacing.scroll = ScrollStyle {
        floating: true,
        bar_width: 8.0,
        floating_width: 4.0,
        // Beside the content, where there is a bar: over it, it would hide the ends of rows and the last line of code.
        floating_allocated_width: 8.0,
        dormant_handle_opacity: 0.35,
        ..ScrollStyle::thin()
    };
    style.animation_time = 0.0;
    style.scroll_animation = egui::style::ScrollAnimation::none();
    style.interaction.tooltip_delay = 0.4;
    style.interaction.selectable_labels = false;
    style.url_in_tooltip = true;
    style
}

fn visuals(tokens: &Tokens) -> Visuals {
    let mut visuals = if tokens.is_dark { Visuals::dark() } else { Visuals::light() };
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(tokens.muted);
    visuals.widgets.noninteractive = widget(tokens.panel, tokens.border, tokens.text);
    visuals.widgets.inactive = widget(tokens.raised, tokens.border, tokens.text);
    visuals.widgets.hovered = widget(tokens.raised.lerp_to_gamma(tokens.text, 0.06), tokens.border_strong, tokens.text);
    visuals.widgets.active = widget(tokens.raised.lerp_to_gamma(tokens.text, 0.10), tokens.accent, tokens.text);
    visuals.widgets.active.bg_stroke.width = 2.0;
    visuals.widgets.open = widget(tokens.raised, tokens.border_strong, tokens.text);
    visuals.selection.bg_fill = tokens.accent_tint;
    // Also the ring of a focused field.
    visuals.selection.stroke = Stroke::new(2.0, tokens.accent);
    visuals.hyperlink_color = tokens.accent;
    visuals.faint_bg_color = tokens.raised;
    visuals.extreme_bg_color = tokens.sunken;
    visuals.text_edit_bg_color = Some(if tokens.is_dark { tokens.sunken } else { tokens.panel });
    visuals.code_bg_color = tokens.sunken;
    visuals.warn_fg_color = tokens.warn;
    visuals.error_fg_color = tokens.bad;
    visuals.window_corner_radius = CornerRadius::same(radius::CARD);
    visuals.menu_corner_radius = CornerRadius::same(radius::CONTROL);
    visuals.window_fill = tokens.panel;
    visuals.window_stroke = Stroke::new(1.0, tokens.border_strong);
    visuals.panel_fill = tokens.canvas;
    let shadow = Shadow { offset: [0, 6], blur: 20, spread: 0, color: Color32::from_black_alpha(60) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals.indent_has_left_vline = false;
    // A blinking cursor would draw two frames a second for nothing.
    visuals.text_cursor.blink = false;
    visuals.text_cursor.stroke = Stroke::new(2.0, tokens.accent);
    visuals.disabled_alpha = 0.6;
    visuals
}

const fn widget(fill: Color32, border: Color32, text: Color32) -> WidgetVisuals {
    WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke { width: 1.0, color: border },
        corner_radius: CornerRadius::same(radius::CONTROL),
        fg_stroke: Stroke { width: 1.0, color: text },
        expansion: 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: <https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>.
    fn contrast(a: Color32, b: Color32) -> f32 {
        let linear = |byte: u8| {
            let c = f32::from(byte) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |c: Color32| 0.2126 * linear(c.r()) + 0.7152 * linear(c.g()) + 0.0722 * linear(c.b());
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        let mut failures = Vec::new();
        for tokens in [Tokens::dark(), Tokens::light()] {
            let t = &tokens;
            let grounds = [
                ("canvas", t.canvas),
                ("panel", t.panel),
                ("raised", t.raised),
                ("sunken", t.sunken),
                ("tint", t.accent_tint),
            ];
            let texts = [
                ("text", t.text),
                ("muted", t.muted),
                ("accent", t.accent),
                ("ok", t.ok),
                ("warn", t.warn),
                ("bad", t.bad),
                ("info", t.info),
                ("P2", t.high),
            ];
            let mut pairs: Vec<(String, Color32, Color32)> = Vec::new();
            for (name, text) in texts {
                for (ground_name, ground) in grounds {
                    pairs.push((format!("{name} on {ground_name}"), text, ground));
                }
                pairs.push((format!("{name} on its tint"), text, t.tint(text)));
            }
            pairs.push(("button".to_owned(), t.on_accent, t.accent));
            pairs.push(("redacted".to_owned(), t.redacted_text, t.redacted_ground));
            for (name, text, ground) in pairs {
                let ratio = contrast(text, ground);
                if ratio < 4.5 {
                    failures.push(format!("dark={} {name}: {ratio:.2}", t.is_dark));
                }
            }
        }
        assert!(failures.is_empty(), "{failures:#?}");
    }
}
