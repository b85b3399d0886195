//! The marks of Markdown as buttons.

use super::marks::Mark;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Tokens, Type};
use egui::{Button, Id, RichText, Ui, WidgetInfo, vec2};

/// What a button asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Mark(Mark),
    Find,
    Undo,
    Redo,
}

/// The row of buttons. `id` is the field's, which keeps the focus. Returns what was asked for.
pub(super) fn ui(ui: &mut Ui, tokens: &Tokens, id: Id) -> Option<Act> {
    let had_focus = ui.memory(|memory| memory.has_focus(id));
    let mut asked = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
        ui.spacing_mut().button_padding = vec2(2.0, 2.0);
        for mark in Mark::ALL {
            let (words, name) = face(mark, tokens);
            if small(ui, tokens, words, name) {
                asked = Some(Act::Mark(mark));
            }
        }
        ui.add_space(6.0);
        for (glyph, name, act) in [
            (icons::UNDO, "Undo (Ctrl+Z)", Act::Undo),
            (icons::REDO, "Redo (Ctrl+Y)", Act::Redo),
            (icons::SEARCH, "Find and replace (Ctrl+F)", Act::Find),
        ] {
            if small(ui, tokens, icon(glyph, 15.0).color(tokens.muted), name) {
                asked = Some(act);
            }
        }
    });
    if asked.is_some() && asked != Some(Act::Find) && had_focus {
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    asked
}

fn face(mark: Mark, tokens: &Tokens) -> (RichText, &'static str) {
    let words = |words: &str| RichText::new(words).font(Type::Body.font()).color(tokens.muted);
    let glyph = |glyph| icon(glyph, 15.0).color(tokens.muted);
    match mark {
        Mark::Heading => (words("H"), "Heading"),
        Mark::Bold => (RichText::new("B").font(Type::Strong.font()).color(tokens.muted), "Bold (Ctrl+B)"),
        Mark::Italic => (words("I").italics(), "Italic (Ctrl+I)"),
        Mark::Code => (glyph(icons::TERMINAL), "Code"),
        Mark::Bullets => (glyph(icons::LIST), "List"),
        Mark::Numbers => (words("1."), "Numbered list"),
        Mark::Tasks => (glyph(icons::SQUARE_CHECK), "Task list"),
        Mark::Quote => (words("”"), "Quote"),
        Mark::Link => (glyph(icons::LINK), "Link (Ctrl+Shift+K)"),
        Mark::Table => (glyph(icons::COLUMNS), "Table"),
    }
}

fn small(ui: &mut Ui, tokens: &Tokens, words: RichText, name: &str) -> bool {
    let side = tokens.row_height - 6.0;
    let button = Button::new(words).frame_when_inactive(false).min_size(vec2(side, side));
    let response = ui.add(button).on_hover_text(name);
    let short = name.split(" (").next().unwrap_or(name);
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, enabled, short));
    response.clicked()
}
