//! The images of a chat: what waits beside the draft, what was sent with a question, and the dialog that asks for each.

use super::Scene;
use crate::domain::{ImageId, MessageId};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::pick::PickPurpose;
use crate::ui::state::Slot;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Kind, button, dialog, icon_button, text};
use crate::worker::{Command, ImageSource, ShownImage, Thumbnail, TriageCommand};
use egui::{
    Align, ColorImage, Event, Frame, Layout, ScrollArea, TextureFilter, TextureHandle, TextureOptions, Ui, vec2,
};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The side of a small picture in the chat, in points.
const TILE: f32 = 72.0;
/// The longer side in the dialog, in points.
const LARGE: f32 = 240.0;

const ENDINGS: [&str; 5] = ["png", "jpg", "jpeg", "webp", "gif"];

/// The pictures that are on the graphics card.
#[derive(Default)]
pub(in crate::ui::views::issue) struct Pictures {
    textures: HashMap<ImageId, TextureHandle>,
    /// What the images were loaded for: how many messages there were.
    loaded_for: Option<usize>,
}

impl std::fmt::Debug for Pictures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pictures({})", self.textures.len())
    }
}

/// What was said in the dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    Open,
    Given,
    Refused,
}

/// All images of the issue.
pub(super) fn all<'a>(scene: &'a Scene<'_>) -> &'a [ShownImage] {
    scene.state.images.value().map_or(&[], Vec::as_slice)
}

/// Those that wait beside the draft.
pub(super) fn waiting<'a>(scene: &'a Scene<'_>) -> impl Iterator<Item = &'a ShownImage> {
    all(scene).iter().filter(|image| image.message.is_none())
}

impl Pictures {
    /// Loads the images when the tab opens, and again when a message has taken some along.
    pub(super) fn load(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        let messages = scene.chat.and_then(|chat| chat.view.value()).map_or(0, |view| view.messages.len());
        if self.loaded_for == Some(messages) || scene.state.images.is_loading() {
            return;
        }
        self.loaded_for = Some(messages);
        let issue = scene.issue();
        cx.submit(Slot::Images(issue), Command::Triage(TriageCommand::LoadImages(issue)));
        self.textures.retain(|id, _| all(scene).iter().any(|image| image.id == *id));
    }

    /// Takes what was dropped, chosen or pasted. Nothing is sent by it.
    pub(super) fn take(ui: &Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        if scene.provider.is_guide() {
            return;
        }
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        let picked = cx.take_picked(PickPurpose::ChatImages);
        let mut sources: Vec<_> = dropped.into_iter().chain(picked).map(ImageSource::File).collect();
        ui.input_mut(|input| {
            input.events.retain(|event| {
                let source = pasted(event);
                let keeps = source.is_none();
                sources.extend(source);
                keeps
            });
        });
        for source in sources {
            let attach = TriageCommand::AttachImage { issue: scene.issue(), source };
            cx.run_detached("Attaching image", Command::Triage(attach));
        }
        if ui.input(|input| !input.raw.hovered_files.is_empty()) {
            let rect = ui.max_rect();
            let painter = ui.ctx().layer_painter(egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop")));
            painter.rect_filled(rect, 10, cx.tokens.accent_tint.gamma_multiply(0.85));
            painter.rect_stroke(rect, 10, (2.0, cx.tokens.accent), egui::StrokeKind::Inside);
            let words = "Drop to attach the image";
            painter.text(rect.center(), egui::Align2::CENTER_CENTER, words, Type::Title.font(), cx.tokens.text);
        }
    }

    /// The images that wait, above the field.
    pub(super) fn waiting_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        if waiting(scene).next().is_none() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(space::S, space::XS);
            for image in waiting(scene) {
                ui.push_id(image.id, |ui| ui.vertical(|ui| self.waits_ui(ui, cx, scene, image)));
            }
        });
    }

    fn waits_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, image: &ShownImage) {
        self.picture_ui(ui, cx.tokens, image, TILE);
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = space::XS;
            text(ui, &format::size(image.bytes), Type::Caption, cx.tokens.muted);
            if icon_button(ui, cx.tokens, icons::X, "Remove image").clicked() {
                let remove = TriageCommand::RemoveImage { issue: scene.issue(), image: image.id };
                cx.run_detached("", Command::Triage(remove));
            }
        });
    }

    /// The images that were sent with a question.
    pub(super) fn of_message_ui(&mut self, ui: &mut Ui, tokens: &Tokens, scene: &Scene<'_>, message: MessageId) {
        let of_this = || all(scene).iter().filter(|image| image.message == Some(message));
        if of_this().next().is_none() {
            return;
        }
        ui.horizontal_wrapped(|ui| {
            for image in of_this() {
                ui.push_id(image.id, |ui| self.picture_ui(ui, tokens, image, TILE));
            }
        });
        let hint = "Images go once: later questions do not send them again";
        text(ui, hint, Type::Caption, tokens.muted);
    }

    /// The picture in a square of `side` points, or a tile with the name of its format.
    pub(in crate::ui::views::issue) fn picture_ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        image: &ShownImage,
        side: f32,
    ) {
        let name = format!("{} image, {}", image.kind.label(), format::size(image.bytes));
        let Some(thumbnail) = &image.thumbnail else {
            let frame = Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(space::S);
            let tile = frame.show(ui, |ui| {
                ui.set_min_size(vec2(side.min(TILE) - 16.0, side.min(TILE) - 16.0));
                ui.vertical_centered(|ui| {
                    ui.label(icon(icons::IMAGE, 20.0).color(tokens.muted));
                    text(ui, image.kind.label(), Type::Caption, tokens.muted);
                });
            });
            tile.response.on_hover_text(format!("{name}. This format has no preview here"));
            return;
        };
        let texture = self.textures.entry(image.id).or_insert_with(|| texture(ui, image.id, thumbnail));
        let natural = texture.size_vec2();
        let scale = (side / natural.max_elem()).min(1.0);
        let picture = egui::Image::new((texture.id(), natural * scale)).corner_radius(6).alt_text(name.clone());
        ui.add(picture).on_hover_text(name);
    }

    /// Asks before images go: one dialog for all that go along with this message.
    pub(super) fn consent_ui(
        &mut self,
        ui: &Ui,
        tokens: &Tokens,
        (images, host): (&[&ShownImage], &str),
        is_first: bool,
    ) -> Consent {
        let title = if images.len() == 1 { "Send this image?" } else { "Send these images?" };
        let (consent, close) = dialog(ui, tokens, (title, 560.0), |ui| {
            let height = (ui.ctx().content_rect().height() - 320.0).clamp(100.0, 300.0);
            let area = ScrollArea::both().id_salt("images").max_height(height).auto_shrink([false, true]);
            area.show(ui, |ui| ui.horizontal(|ui| self.all_asked_ui(ui, tokens, images)));
            ui.add_space(space::S);
            warning_ui(ui, tokens, images, host);
            ui.add_space(space::L);
            consent_buttons_ui(ui, tokens, images.len(), is_first)
        });
        if close && consent == Consent::Open { Consent::Refused } else { consent }
    }

    fn all_asked_ui(&mut self, ui: &mut Ui, tokens: &Tokens, images: &[&ShownImage]) {
        ui.spacing_mut().item_spacing.x = space::M;
        for image in images {
            ui.push_id(image.id, |ui| ui.vertical(|ui| self.asked_ui(ui, tokens, image)));
        }
    }

    fn asked_ui(&mut self, ui: &mut Ui, tokens: &Tokens, image: &ShownImage) {
        self.picture_ui(ui, tokens, image, LARGE);
        let size = format!("{} · {}", image.kind.label(), format::size(image.bytes));
        text(ui, &size, Type::Caption, tokens.muted);
        if image.thumbnail.is_none() {
            text(ui, "No preview: look at the file first", Type::Caption, tokens.warn);
        }
    }
}

fn warning_ui(ui: &mut Ui, tokens: &Tokens, images: &[&ShownImage], host: &str) {
    let words = if images.len() == 1 {
        format!("Nothing in this image can be redacted. Whatever it shows will be sent to {host}.")
    } else {
        format!("Nothing in these images can be redacted. Whatever they show will be sent to {host}.")
    };
    ui.horizontal_top(|ui| {
        ui.label(icon(icons::ALERT, 16.0).color(tokens.warn));
        ui.vertical(|ui| {
            text(ui, &words, Type::Strong, tokens.text);
            let stays = "The file's name and its metadata stay here: camera, place, author and comments are taken out";
            text(ui, stays, Type::Caption, tokens.muted);
        });
    });
}

/// Drawn from right to left. Cancel has the focus at first: Enter sends nothing.
fn consent_buttons_ui(ui: &mut Ui, tokens: &Tokens, count: usize, is_first: bool) -> Consent {
    let mut consent = Consent::Open;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let cancel = button(ui, tokens, Kind::Secondary, None, "Cancel");
        if is_first {
            cancel.request_focus();
        }
        if cancel.clicked() {
            consent = Consent::Refused;
        }
        let name = if count == 1 { "Send image".to_owned() } else { format!("Send {count} images") };
        if button(ui, tokens, Kind::Danger, Some(icons::SEND), &name).clicked() {
            consent = Consent::Given;
        }
    });
    consent
}

fn texture(ui: &Ui, id: ImageId, thumbnail: &Thumbnail) -> TextureHandle {
    let points = |count: u32| usize::try_from(count).unwrap_or(0);
    let (width, height) = (points(thumbnail.width), points(thumbnail.height));
    let picture = if width > 0 && width * height * 4 == thumbnail.rgba.len() {
        ColorImage::from_rgba_unmultiplied([width, height], &thumbnail.rgba)
    } else {
        ColorImage::filled([1, 1], egui::Color32::TRANSPARENT)
    };
    // Drawn at a sixth of its size.
    let small = TextureOptions { mipmap_mode: Some(TextureFilter::Linear), ..TextureOptions::LINEAR };
    ui.ctx().load_texture(format!("image {id}"), picture, small)
}

/// What a paste attaches: a picture, or the path of a file that is named like one.
fn pasted(event: &Event) -> Option<ImageSource> {
    match event {
        Event::PasteImage(picture) => {
            let side = |side: usize| u32::try_from(side).unwrap_or(0);
            let rgba = picture.pixels.iter().flat_map(egui::Color32::to_srgba_unmultiplied).collect();
            Some(ImageSource::Pixels(Thumbnail { width: side(picture.width()), height: side(picture.height()), rgba }))
        }
        Event::Paste(text) => pasted_path(text).map(ImageSource::File),
        _ => None,
    }
}

/// File managers put `file:///home/me/shot.png` into the clipboard, or the path alone.
fn pasted_path(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let path = match url::Url::parse(text) {
        Ok(url) if url.scheme() == "file" => url.to_file_path().ok()?,
        Ok(_) | Err(_) => PathBuf::from(text),
    };
    let ending = path.extension().and_then(|ending| ending.to_str())?.to_ascii_lowercase();
    let is_one = !text.contains('\n') && path.is_absolute() && ENDINGS.contains(&ending.as_str());
    is_one.then(|| Path::new(&path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_of_an_image_is_attached_when_it_is_pasted() {
        let cases = [
            ("file:///home/me/my%20shot.PNG", Some("/home/me/my shot.PNG")),
            ("/tmp/a.jpeg\n", Some("/tmp/a.jpeg")),
            ("a.png", None),
            ("/var/log/app.log", None),
            ("see /tmp/a.png", None),
            ("/tmp/a.png\n/tmp/b.png", None),
            ("https://example.com/a.png", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(pasted_path(text), expected.map(PathBuf::from), "{text}");
        }
    }
}
