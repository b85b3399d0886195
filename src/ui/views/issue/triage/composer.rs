//! Where a message is written.

use super::Scene;
use super::images::Pictures;
use super::sending::{Sending, Wish};
use crate::domain::MessageId;
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::live_check::{Look, count_in_words};
use crate::ui::pick::PickPurpose;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, Marked, button, button_enabled, icon_button, marked_edit, text};
use crate::worker::Turn;
use egui::{Align, Frame, Key, KeyboardShortcut, Layout, Margin, Modifiers, RichText, ScrollArea, Stroke, Ui};

/// Where a message is written. Its text is the draft of the issue.
#[derive(Debug, Default)]
pub(super) struct Composer {
    /// The earlier message that is rewritten, and what was typed before.
    edits: Option<(MessageId, String)>,
    focuses: bool,
    /// What would be redacted of the text, as far as it is known.
    look: Look,
}

impl Composer {
    /// Takes an earlier message into the field.
    pub(super) fn edit(&mut self, cx: &mut ViewContext<'_>, scene: &Scene<'_>, message: MessageId, words: String) {
        let draft = cx.draft(&super::draft_key(scene.issue()));
        let before = std::mem::replace(draft, words);
        // Another edit that was begun does not take the place of what was typed before.
        let before = self.edits.take().map_or(before, |(_, before)| before);
        self.edits = Some((message, before));
        self.focuses = true;
    }

    /// Returns what is to be sent.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        (sending, pictures): (&Sending, &mut Pictures),
    ) -> Option<Wish> {
        let tokens = cx.tokens;
        ui.add_space(space::S);
        self.editing_ui(ui, cx, scene);
        self.look = Self::look(ui, cx, scene);
        let mut wish = None;
        let frame = Frame::new().fill(tokens.panel).stroke(Stroke::new(1.0, tokens.border_strong)).corner_radius(10);
        frame.inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
            pictures.waiting_ui(ui, cx, scene);
            ui.horizontal(|ui| wish = self.row_ui(ui, cx, scene, sending));
        });
        wish = self.line_ui(ui, cx, scene, sending).or(wish);
        if wish.is_some() {
            self.edits = None;
        }
        wish
    }

    fn row_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, sending: &Sending) -> Option<Wish> {
        let mut wish = None;
        ui.with_layout(Layout::right_to_left(Align::Max), |ui| {
            // In a row of its own: a button sets its words where its layout aligns, here at the bottom.
            ui.horizontal(|ui| wish = self.send_button_ui(ui, cx, scene, sending));
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                if !scene.provider.is_guide() && icon_button(ui, cx.tokens, icons::IMAGE, "Attach image").clicked() {
                    cx.pick_files(PickPurpose::ChatImages);
                }
                wish = self.field_ui(ui, cx, scene, sending).or_else(|| wish.take());
            });
        });
        wish
    }

    /// Nothing is redacted for the guide, which sends nothing, nor where redaction is off.
    fn look(ui: &Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>) -> Look {
        if scene.provider.is_guide() || scene.is_unredacted(cx) {
            return Look::default();
        }
        let key = super::draft_key(scene.issue());
        let draft = cx.draft(&key).clone();
        cx.check(ui, &key, (Some(scene.issue()), &draft))
    }

    fn turn(&self) -> Turn {
        self.edits.as_ref().map_or(Turn::New, |(message, _)| Turn::Edit(*message))
    }

    fn editing_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
        let Some((_, before)) = &self.edits else { return };
        let cancels = ui
            .horizontal(|ui| {
                let words = "Editing an earlier message: it and all after it are replaced";
                text(ui, words, Type::Caption, cx.tokens.warn);
                button(ui, cx.tokens, Kind::Ghost, None, "Cancel edit").clicked()
            })
            .inner;
        if cancels {
            before.clone_into(cx.draft(&super::draft_key(scene.issue())));
            self.edits = None;
        }
    }

    fn field_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        sending: &Sending,
    ) -> Option<Wish> {
        let hint = if scene.provider.is_guide() {
            "Tell what you saw, or ask for the next step".to_owned()
        } else {
            format!("Ask {}", scene.provider.name)
        };
        let tokens = cx.tokens;
        let draft = cx.draft(&super::draft_key(scene.issue()));
        let newline = KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter);
        let lines = draft.lines().count().clamp(1, 7);
        let font = Type::Body.font();
        let marked = Marked { marks: &self.look.marks, font: &font, is_multiline: true };
        let area = ScrollArea::vertical().id_salt("draft").max_height(150.0).auto_shrink([false, true]);
        let response = area.show(ui, |ui| {
            let response = marked_edit(ui, tokens, draft, marked, |edit| {
                edit.id_salt("chat draft")
                    .hint_text(RichText::new(hint).color(tokens.muted))
                    .desired_rows(lines)
                    .desired_width(f32::INFINITY)
                    .frame(Frame::new().inner_margin(Margin::symmetric(2, 6)))
                    .return_key(newline)
            });
            response.accessible_name("Message")
        });
        let response = response.inner;
        if std::mem::take(&mut self.focuses) {
            response.request_focus();
        }
        let enters = ui.input(|input| input.key_pressed(Key::Enter) && input.modifiers.is_none());
        if response.has_focus() && enters && !cx.draft(&super::draft_key(scene.issue())).trim().is_empty() {
            return self.wish(cx, scene, sending, false);
        }
        None
    }

    fn wish(&self, cx: &mut ViewContext<'_>, scene: &Scene<'_>, sending: &Sending, reviews: bool) -> Option<Wish> {
        if scene.is_answering() || sending.is_waiting() {
            return None;
        }
        let draft = cx.draft(&super::draft_key(scene.issue())).clone();
        Some(if reviews { Wish::review(self.turn(), draft) } else { Wish::new(self.turn(), draft) })
    }

    fn send_button_ui(
        &self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        sending: &Sending,
    ) -> Option<Wish> {
        let tokens = cx.tokens;
        if scene.is_answering() {
            if button(ui, tokens, Kind::Secondary, Some(icons::STOP), "Stop").on_hover_text("Esc").clicked() {
                cx.cancel(scene.answer_slot());
            }
            return None;
        }
        let is_blank = cx.draft(&super::draft_key(scene.issue())).trim().is_empty();
        let (name, glyph, ready) = match (scene.provider.is_guide(), is_blank) {
            (true, true) => ("Next step", icons::COMPASS, true),
            (_, is_blank) => ("Send", icons::SEND, !is_blank),
        };
        let ready = ready && !sending.is_waiting();
        let clicked = button_enabled(ui, tokens, (Kind::Primary, ready), Some(glyph), name).clicked();
        if clicked { self.wish(cx, scene, sending, false) } else { None }
    }

    fn known_ui(&self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, sending: &Sending) {
        let tokens = cx.tokens;
        let draft = cx.draft(&super::draft_key(scene.issue())).clone();
        if scene.is_unredacted(cx) {
            text(ui, "Redaction is off for this server ·", Type::Caption, tokens.warn);
        } else if self.look.has_failed {
            text(ui, "The detectors cannot run: nothing can be sent ·", Type::Caption, tokens.bad);
        } else if let Some(preview) = sending.known(scene, &draft) {
            let values: u64 = preview.redacted.iter().map(|(_, count)| count).sum();
            let word = if values == 1 { "value" } else { "values" };
            let values = format::count(values);
            let known = format!("{values} {word} redacted · {} tokens ·", format::tokens(preview.tokens));
            text(ui, &known, Type::Caption, tokens.muted);
        } else if sending.is_redacting() {
            text(ui, "Redacting…", Type::Caption, tokens.muted);
        } else if let Some(count) = count_in_words(&self.look.marks) {
            text(ui, &format!("{count} ·"), Type::Caption, tokens.redacted_text);
        }
    }

    /// What is known of what will be sent, and the way to see it.
    fn line_ui(&self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, sending: &Sending) -> Option<Wish> {
        let tokens = cx.tokens;
        let mut wish = None;
        ui.horizontal(|ui| {
            ui.set_min_height(22.0);
            if scene.provider.is_guide() {
                text(
                    ui,
                    "The built-in guide answers by rules: nothing leaves this machine",
                    Type::Caption,
                    tokens.muted,
                );
                return;
            }
            self.known_ui(ui, cx, scene, sending);
            let hint = "The exact text, before it is sent";
            if super::super::links::place_link_ui(ui, tokens, "What will be sent", hint) {
                wish = self.wish(cx, scene, sending, true);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text(ui, "Enter sends · Shift+Enter new line", Type::Caption, tokens.muted);
            });
        });
        wish
    }
}
