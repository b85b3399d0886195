//! Small choices: a word that opens a menu, a tab, a switch.

use super::button::focus_ring;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Tokens, Type, space};
use egui::accesskit::Role;
use egui::{Button, Color32, Popup, Response, RichText, Sense, Stroke, Ui, WidgetInfo, vec2};

/// The present choice as a small word in `color`, which opens a menu of all of them. `name` is what is chosen:
/// `Severity`. Returns what was chosen now.
pub fn menu_select<T: Copy + PartialEq>(
    ui: &mut Ui,
    tokens: &Tokens,
    name: &str,
    (current, color): (&str, Color32),
    choices: &[(T, &str)],
) -> Option<T> {
    let atoms =
        (RichText::new(current).font(Type::Caption.font()).color(color), icon(icons::CHEVRON_DOWN, 12.0).color(color));
    let response = ui
        .scope(|ui| {
            ui.spacing_mut().button_padding = vec2(7.0, 2.0);
            ui.spacing_mut().interact_size.y = 22.0;
            ui.add(Button::new(atoms).gap(7.0).fill(tokens.tint(color)).stroke(Stroke::NONE).corner_radius(5))
        })
        .inner;
    let label = format!("{name} {current}");
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, &label));
    focus_ring(ui, tokens, &response);
    let mut chosen = None;
    Popup::menu(&response).show(|ui| {
        egui::ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for (value, text) in choices {
                let entry = Button::new(RichText::new(*text).color(tokens.text))
                    .frame_when_inactive(false)
                    .selected(*text == current)
                    .min_size(vec2(150.0, tokens.row_height - 6.0));
                if ui.add(entry).clicked() {
                    chosen = Some(*value);
                    ui.close();
                }
            }
        });
    });
    chosen
}

/// A tab: title, a count where there is one, a dot where something waits for the user.
pub fn pill_tab(
    ui: &mut Ui,
    tokens: &Tokens,
    (title, is_chosen): (&str, bool),
    count: Option<u64>,
    dot: bool,
) -> Response {
    let color = if is_chosen { tokens.text } else { tokens.muted };
    let painter = ui.painter();
    // As wide as when it is chosen, so that the others do not move.
    let strong = painter.layout_no_wrap(title.to_owned(), Type::Strong.font(), color);
    let width = strong.size().x.ceil();
    let word = if is_chosen { strong } else { painter.layout_no_wrap(title.to_owned(), Type::Body.font(), color) };
    let number = count
        .filter(|count| *count > 0)
        .map(|count| painter.layout_no_wrap(crate::ui::format::count(count), Type::Caption.font(), tokens.muted));
    let extra = number.as_ref().map_or(0.0, |number| number.size().x + 6.0) + if dot { 12.0 } else { 0.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width + extra + 20.0, 34.0), Sense::click());
    let name = match (count.filter(|count| *count > 0), dot) {
        (Some(count), true) => format!("{title} {count}, needs attention"),
        (Some(count), false) => format!("{title} {count}"),
        (None, true) => format!("{title}, needs attention"),
        (None, false) => title.to_owned(),
    };
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, is_chosen, &name));
    if response.hovered() && !is_chosen {
        ui.painter().rect_filled(rect.shrink2(vec2(2.0, 3.0)), 6, tokens.raised);
    }
    let mut x = rect.left() + 10.0;
    let middle = |height: f32| rect.center().y - height / 2.0;
    ui.painter().galley(egui::pos2(x, middle(word.size().y)), word, color);
    x += width + 6.0;
    if let Some(number) = number {
        let width = number.size().x;
        ui.painter().galley(egui::pos2(x, middle(number.size().y)), number, tokens.muted);
        x += width + 6.0;
    }
    if dot {
        ui.painter().circle_filled(egui::pos2(x + 3.0, rect.center().y), 3.0, tokens.warn);
    }
    if is_chosen {
        let line = egui::Rect::from_min_max(
            egui::pos2(rect.left() + space::S, rect.bottom() - 2.0),
            egui::pos2(rect.right() - space::S, rect.bottom()),
        );
        ui.painter().rect_filled(line, 1, tokens.accent);
    }
    focus_ring(ui, tokens, &response);
    response
}

/// A switch that looks like a button and stays pressed. Changes `on` and returns whether it did.
pub fn toggle(ui: &mut Ui, tokens: &Tokens, glyph: char, name: &str, on: &mut bool) -> bool {
    let color = if *on { tokens.accent } else { tokens.muted };
    let fill = if *on { tokens.accent_tint } else { Color32::TRANSPARENT };
    let atoms = (icon(glyph, 16.0).color(color), RichText::new(name).font(Type::Caption.font()).color(color));
    let widget = Button::new(atoms).gap(5.0).fill(fill).stroke(Stroke::NONE);
    let response = ui.add(widget.min_size(vec2(0.0, tokens.row_height - 6.0)));
    let is_on = *on;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, is_on, name));
    focus_ring(ui, tokens, &response);
    if response.clicked() {
        *on = !*on;
    }
    response.clicked()
}
