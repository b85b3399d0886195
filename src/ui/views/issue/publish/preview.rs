//! Exactly what would be sent: as a reader sees it, and as it goes over the wire.

use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, chip, segmented, text};
use crate::worker::{Onto, PublicationPreview};
use egui::{Frame, Id, ScrollArea, Ui};

/// How high the text may be, in points.
const HEIGHT: f32 = 260.0;

/// How much of the hash is shown; the rest is a tooltip.
const HASH_SHOWN: usize = 12;

/// What was pressed in the preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// Put the text in place of the page that has its title.
    UpdateThat,
}

pub(super) fn preview_ui(ui: &mut Ui, cx: &ViewContext<'_>, preview: &PublicationPreview) -> Asked {
    let tokens = cx.tokens;
    let mut asked = Asked::Nothing;
    if let Some(other) = &preview.title_taken_by {
        let frame = Frame::new().fill(tokens.tint(tokens.warn)).corner_radius(8).inner_margin(space::M);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            let words = format!("A page with this title is there already: “{}”", other.title.expose());
            text(ui, &words, Type::Body, tokens.text);
            text(ui, "Update that page, or choose another title", Type::Caption, tokens.muted);
            ui.horizontal(|ui| {
                if button(ui, tokens, Kind::Secondary, Some(icons::REFRESH), "Update that page").clicked() {
                    asked = Asked::UpdateThat;
                }
                ui.hyperlink_to("Open it", &other.url);
            });
        });
    }
    ui.horizontal_wrapped(|ui| {
        ui.label(icon(icons::SEND, 14.0).color(tokens.muted));
        let host = &preview.host;
        let words = match &preview.onto {
            Onto::New => format!("To {host}, as new"),
            Onto::Update(item) if item.version > 0 => {
                format!("To {host}, in place of {} version {}", item.number, item.version)
            }
            Onto::Update(item) => format!("To {host}, into {}", item.number),
            Onto::Found(item) => format!("{} is there already: it is linked, and nothing is sent", item.number),
        };
        text(ui, &words, Type::Body, tokens.text);
        for (kind, count) in &preview.redacted {
            chip(ui, tokens, &format!("{count} {}", kind.label()), tokens.redacted_text);
        }
        if preview.kept > 0 {
            chip(ui, tokens, &format!("{} kept by you", format::count(preview.kept)), tokens.warn);
        }
    });
    let id = Id::unique("publish/exact");
    let mut exact = ui.data_mut(|data| data.get_temp::<bool>(id)).unwrap_or(false);
    ui.horizontal(|ui| {
        segmented(ui, tokens, &mut exact, &[(false, "As read"), (true, "Exact bytes")]);
        let hash: String = preview.body_sha256.chars().take(HASH_SHOWN).collect();
        let bytes = format::count(preview.body.len() as u64);
        let line = text(ui, &format!("{bytes} bytes · SHA-256 {hash}…"), Type::Caption, tokens.muted);
        line.on_hover_text(&preview.body_sha256);
    });
    ui.data_mut(|data| data.insert_temp(id, exact));
    let shown =
        if exact { preview.body.clone() } else { format!("{}\n\n{}", preview.title.as_str(), preview.text.as_str()) };
    let frame = Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(space::S);
    frame.show(ui, |ui| {
        ScrollArea::vertical().id_salt("publish/preview").max_height(HEIGHT).auto_shrink([false, true]).show(
            ui,
            |ui| {
                text(ui, &crate::worker::visible(&shown), Type::Code, tokens.text);
            },
        );
    });
    asked
}
