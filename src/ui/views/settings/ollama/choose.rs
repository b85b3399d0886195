//! Models to pull: those that suit this machine, and any other by its name.

use super::{caption, is_local, is_running, named_button, pull};
use crate::domain::ModelId;
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::PullState;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{BESIDE_FIELD, Field, Kind, button, button_enabled, card, chip, section, skeleton, text};
use crate::worker::{Fit, Recommendation};
use egui::{Align, Color32, Layout, Ui};

/// So many are shown at first.
const FIRST: usize = 4;

/// What can be pulled.
#[derive(Debug, Default)]
pub(super) struct Choose {
    /// The name that is typed.
    name: String,
    shows_all: bool,
}

impl Choose {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        if is_local(cx) {
            section(ui, tokens, "Suits this machine");
        } else {
            section(ui, tokens, "Models to pull");
            caption(
                ui,
                tokens,
                "Ollama is on another machine. What suits it cannot be told from here: this is what suits yours",
            );
        }
        let Some(machine) = cx.state.ollama_page.machine.value() else {
            skeleton(ui, tokens, 4);
            return;
        };
        let all = &machine.recommended;
        card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            let shown = if self.shows_all { all.len() } else { FIRST };
            for (index, one) in all.iter().take(shown).enumerate() {
                if index > 0 {
                    ui.separator();
                }
                suggestion_ui(ui, cx, one);
            }
            if all.len() > FIRST {
                let words =
                    if self.shows_all { "Show fewer".to_owned() } else { format!("Show {} more", all.len() - FIRST) };
                if button(ui, tokens, Kind::Ghost, None, &words).clicked() {
                    self.shows_all = !self.shows_all;
                }
            }
        });
        ui.add_space(space::S);
        self.name_ui(ui, cx);
    }

    fn name_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let id = ModelId::parse(self.name.trim());
        let is_wrong = id.is_none() && !self.name.trim().is_empty();
        let error = is_wrong.then_some("Letters, digits and . _ : / @ + - only");
        ui.horizontal_top(|ui| {
            let width = (ui.available_width() - 96.0).max(120.0);
            ui.vertical(|ui| {
                ui.set_width(width);
                let help = "By its name, as ollama.com/library lists it";
                let field = Field::new("Another model").hint("mistral-nemo:12b").help(help).error(error).code();
                field.ui(ui, tokens, &mut self.name);
            });
            ui.vertical(|ui| {
                ui.add_space(BESIDE_FIELD);
                let ready = id.as_ref().is_some_and(|id| !is_active(cx, id)) && is_running(cx);
                let pressed = button_enabled(ui, tokens, (Kind::Secondary, ready), Some(icons::DOWNLOAD), "Pull");
                if pressed.clicked()
                    && let Some(id) = id
                {
                    pull(cx, id, false);
                    self.name.clear();
                }
            });
        });
    }
}

fn suggestion_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, one: &Recommendation) {
    let tokens = cx.tokens;
    let model = &one.model;
    ui.horizontal_top(|ui| {
        let words = egui::vec2((ui.available_width() - 92.0).max(120.0), 0.0);
        ui.allocate_ui_with_layout(words, Layout::top_down(Align::Min), |ui| {
            ui.set_width(words.x);
            ui.spacing_mut().item_spacing.y = 2.0;
            // On one line with the button beside it.
            ui.spacing_mut().interact_size.y = 0.0;
            ui.horizontal(|ui| {
                text(ui, &model.name, Type::Strong, tokens.text);
                if let Some(fit) = one.fit.filter(|_| is_local(cx)) {
                    chip(ui, tokens, fit.label(), color(cx, fit));
                }
            });
            let context = context_words(model.context);
            let figures = format!("{} GB · context {context} · {}", model.size_gb, model.good_for);
            caption(ui, tokens, &figures);
            if is_local(cx) {
                caption(ui, tokens, &one.reason);
            }
        });
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| pull_ui(ui, cx, &model.name));
    });
}

fn pull_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, name: &str) {
    let Some(id) = ModelId::parse(name) else { return };
    let is_there = super::models(cx).is_some_and(|models| models.installed.iter().any(|one| one.name == name));
    if is_there {
        chip(ui, cx.tokens, "installed", cx.tokens.ok);
    } else if is_active(cx, &id) {
        chip(ui, cx.tokens, "on its way", cx.tokens.accent);
    } else {
        let ready = (Kind::Secondary, is_running(cx));
        let label = (Some(icons::DOWNLOAD), "Pull");
        if named_button(ui, cx.tokens, ready, label, &format!("Pull {name}")).clicked() {
            pull(cx, id, false);
        }
    }
}

fn is_active(cx: &ViewContext<'_>, model: &ModelId) -> bool {
    cx.state.ollama_page.pull(model).is_some_and(|item| matches!(item.state, PullState::Active))
}

/// `128k`, as the makers count: a k is 1024 here.
fn context_words(tokens: u32) -> String {
    if tokens.is_multiple_of(1024) { format!("{}k", tokens / 1024) } else { format::tokens(tokens) }
}

const fn color(cx: &ViewContext<'_>, fit: Fit) -> Color32 {
    match fit {
        Fit::Gpu | Fit::Steady => cx.tokens.ok,
        Fit::Slow => cx.tokens.warn,
        Fit::Tight => cx.tokens.high,
    }
}
