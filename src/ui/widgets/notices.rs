//! The stack of notices at the lower right.

use super::button::{Kind, button, icon_button};
use super::surface::text;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Notice, Tone};
use crate::ui::theme::{Tokens, Type, space};
use egui::{Align2, Area, Frame, Id, Order, Stroke, Ui, vec2};

/// What was done to a notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeClick {
    Dismiss(usize),
    Act(usize),
}

/// Draws the notices, newest at the bottom, at most five of them.
pub fn notices_ui(ui: &Ui, tokens: &Tokens, notices: &[Notice]) -> Option<NoticeClick> {
    if notices.is_empty() {
        return None;
    }
    let area =
        Area::new(Id::unique("notices")).order(Order::Foreground).anchor(Align2::RIGHT_BOTTOM, vec2(-16.0, -44.0));
    area.show(ui.ctx(), |ui| {
        let skip = notices.len().saturating_sub(5);
        let mut click = None;
        for (index, notice) in notices.iter().enumerate().skip(skip) {
            click = ui.push_id(index, |ui| notice_ui(ui, tokens, index, notice)).inner.or(click);
        }
        click
    })
    .inner
}

fn notice_ui(ui: &mut Ui, tokens: &Tokens, index: usize, notice: &Notice) -> Option<NoticeClick> {
    let (glyph, color) = match notice.tone {
        Tone::Info => (icons::INFO, tokens.info),
        Tone::Ok => (icons::CIRCLE_CHECK, tokens.ok),
        Tone::Warn => (icons::ALERT, tokens.warn),
        Tone::Bad => (icons::CIRCLE_ALERT, tokens.bad),
    };
    let frame = Frame::new()
        .fill(tokens.panel)
        .stroke(Stroke::new(1.0, tokens.border_strong))
        .corner_radius(8)
        .inner_margin(space::M)
        .shadow(ui.visuals().popup_shadow);
    let mut click = None;
    frame.show(ui, |ui| {
        ui.set_width(320.0);
        ui.horizontal_top(|ui| {
            ui.label(icon(glyph, 16.0).color(color));
            ui.vertical(|ui| {
                ui.set_width(256.0);
                text(ui, &notice.text, Type::Body, tokens.text);
                if !notice.detail.is_empty() {
                    text(ui, &notice.detail, Type::Caption, tokens.muted);
                }
                if let Some((label, _)) = &notice.action
                    && button(ui, tokens, Kind::Secondary, None, label).clicked()
                {
                    click = Some(NoticeClick::Act(index));
                }
            });
            if icon_button(ui, tokens, icons::X, "Dismiss").clicked() {
                click = Some(NoticeClick::Dismiss(index));
            }
        });
    });
    click
}
