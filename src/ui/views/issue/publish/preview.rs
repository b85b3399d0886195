//! Exactly what would be sent: as a reader sees it, and as it goes over the wire.

use super::super::triage::Pictures;
use super::Confirmed;
use crate::privacy::Confirmation;
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Kind, button, chip, segmented, text, tick};
use crate::worker::{Onto, PublicationPicture, PublicationPreview};
use egui::{Frame, Id, Ui};

/// The side of a picture, in points.
const TILE: f32 = 120.0;

/// How much of the hash is shown; the rest is a tooltip.
const HASH_SHOWN: usize = 12;

/// What was pressed in the preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// Put the text in place of the page that has its title.
    UpdateThat,
    /// Look again, without the pictures of the document.
    WithoutPictures,
}

/// One preview while it is looked at.
#[derive(Debug, Default)]
pub(super) struct Shown {
    textures: Pictures,
    /// Whether the user lets the pictures of the document go as they are.
    has_confirmed: bool,
}

impl Shown {
    /// What may be sent of it; `None` while a picture waits for the user's word.
    pub(super) fn confirmed(&self, preview: &PublicationPreview) -> Option<Confirmed> {
        let held: Vec<_> = preview.pictures.iter().filter(|picture| !picture.is_drawn).collect();
        if !held.is_empty() && !self.has_confirmed {
            return None;
        }
        let confirm = |one: &&PublicationPicture| Confirmation::new(one.shown.id, &one.shown.sha256, &preview.host);
        let pictures = held.iter().map(confirm).collect();
        Some(Confirmed { body_sha256: preview.body_sha256.clone(), pictures })
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, preview: &PublicationPreview) -> Asked {
        let taken = taken_ui(ui, cx, preview);
        onto_ui(ui, cx.tokens, preview);
        let pictures = self.pictures_ui(ui, cx.tokens, preview);
        text_ui(ui, cx.tokens, preview);
        if taken == Asked::Nothing { pictures } else { taken }
    }

    /// What goes along. A picture of the document needs the user's word.
    fn pictures_ui(&mut self, ui: &mut Ui, tokens: &Tokens, preview: &PublicationPreview) -> Asked {
        let mut asked = Asked::Nothing;
        if preview.left_out > 0 {
            let words = match preview.left_out {
                1 => "One picture of the document stays out; its words stand in its place".to_owned(),
                many => format!("{many} pictures of the document stay out; their words stand in their place"),
            };
            text(ui, &words, Type::Caption, tokens.muted);
        }
        if preview.pictures.is_empty() {
            return asked;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = egui::vec2(space::S, space::S);
            for picture in &preview.pictures {
                ui.push_id(picture.shown.id, |ui| self.textures.picture_ui(ui, tokens, &picture.shown, TILE));
            }
        });
        if preview.pictures.iter().all(|picture| picture.is_drawn) {
            let words = "Goes along as an attachment; it is drawn from the words below, with their placeholders";
            text(ui, words, Type::Caption, tokens.muted);
            return asked;
        }
        let frame = Frame::new().fill(tokens.tint(tokens.warn)).corner_radius(8).inner_margin(space::M);
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            text(ui, "Nothing in the document's pictures can be redacted", Type::Body, tokens.text);
            let words = format!("I have looked at them: they may go to {} as they are", preview.host);
            if tick(ui, tokens, self.has_confirmed, &words) {
                self.has_confirmed = !self.has_confirmed;
            }
            if button(ui, tokens, Kind::Secondary, None, "Leave them out").clicked() {
                asked = Asked::WithoutPictures;
            }
        });
        asked
    }
}

fn taken_ui(ui: &mut Ui, cx: &ViewContext<'_>, preview: &PublicationPreview) -> Asked {
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
    asked
}

/// Where it goes, and what the gate found.
fn onto_ui(ui: &mut Ui, tokens: &Tokens, preview: &PublicationPreview) {
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
}

fn text_ui(ui: &mut Ui, tokens: &Tokens, preview: &PublicationPreview) {
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
    // The dialog scrolls as a whole: a second bar within would leave two lines to read in a small window.
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        text(ui, &crate::worker::visible(&shown), Type::Code, tokens.text);
    });
}
