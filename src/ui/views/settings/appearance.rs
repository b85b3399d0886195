//! Colors, size and density.

use crate::domain::{Density, ThemeChoice};
use crate::ui::context::ViewContext;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, section, segmented, text};
use egui::{Slider, Ui};

/// The page, and the zoom while it is being dragged.
#[derive(Debug, Default)]
pub(super) struct AppearancePage {
    /// In percent; `None` when nobody drags.
    dragged: Option<f32>,
}

impl AppearancePage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        section(ui, tokens, "Theme");
        let mut theme = cx.state.settings.theme;
        let themes: Vec<_> = ThemeChoice::ALL.iter().map(|one| (*one, one.label())).collect();
        if segmented(ui, tokens, &mut theme, &themes) {
            cx.change_settings(move |settings| settings.theme = theme);
        }
        text(ui, "System follows the desktop, also when it changes at night", Type::Caption, tokens.muted);
        ui.add_space(space::XL);
        section(ui, tokens, "Size");
        self.zoom_ui(ui, cx);
        ui.add_space(space::XL);
        section(ui, tokens, "Density");
        let mut density = cx.state.settings.density;
        let densities: Vec<_> = Density::ALL.iter().map(|one| (*one, one.label())).collect();
        if segmented(ui, tokens, &mut density, &densities) {
            cx.change_settings(move |settings| settings.density = density);
        }
        text(ui, "How tall the rows of lists and tables are", Type::Caption, tokens.muted);
    }

    /// Applied on release: a slider that grows under the pointer cannot be held.
    fn zoom_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let stored = cx.state.settings.zoom * 100.0;
        let mut percent = self.dragged.unwrap_or(stored);
        ui.horizontal(|ui| {
            ui.spacing_mut().slider_width = 280.0;
            // The rail would be as pale as the page.
            ui.visuals_mut().widgets.inactive.bg_fill = cx.tokens.border_strong;
            let label = text(ui, "Zoom", Type::Body, cx.tokens.text);
            let slider = Slider::new(&mut percent, 75.0..=200.0).step_by(5.0).fixed_decimals(0).suffix(" %");
            let response = ui.add(slider).labelled_by(label.id);
            if response.dragged() {
                self.dragged = Some(percent);
            } else if response.drag_stopped() || response.changed() {
                self.dragged = None;
                set_zoom(cx, percent);
            }
            if (stored - 100.0).abs() > 0.5 && button(ui, cx.tokens, Kind::Ghost, None, "Reset to 100 %").clicked() {
                set_zoom(cx, 100.0);
            }
        });
        text(ui, "Of everything, applied when the slider is let go", Type::Caption, cx.tokens.muted);
    }
}

fn set_zoom(cx: &mut ViewContext<'_>, percent: f32) {
    let zoom = (percent / 100.0).clamp(0.75, 2.0);
    cx.change_settings(move |settings| settings.zoom = zoom);
}
