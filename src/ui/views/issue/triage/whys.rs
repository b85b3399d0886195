//! The why tree beside the chat: what is known, on what evidence, and what is missing.

use super::Scene;
use super::outgoing::{SENT_BEFORE, percent};
use crate::domain::{EvidenceId, Why, WhyId};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::theme::{Type, space};
use crate::ui::views::issue::why_row::{WhyForm, indent, look};
use crate::ui::views::issue::{FocusLines, links};
use crate::ui::widgets::{Kind, Reveal, button, chip, icon_button, revealed_ui, section, text};
use egui::{Align, Layout, ScrollArea, Ui, vec2};

/// The panel beside the chat.
#[derive(Debug, Default)]
pub(super) struct WhyPanel {
    form: Option<WhyForm>,
}

impl WhyPanel {
    /// Returns lines that were asked for.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        shows_values: bool,
    ) -> Option<FocusLines> {
        let tokens = cx.tokens;
        let mut lines = None;
        ScrollArea::vertical().id_salt("whys").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 6.0;
            section(ui, tokens, "Why tree");
            let rows = scene.detail.whys.walk();
            if rows.is_empty() {
                text(ui, "No whys yet: accept a proposal, or add the first one", Type::Body, tokens.muted);
            }
            for (level, why) in rows {
                ui.push_id(why.id, |ui| {
                    lines = self.why_ui(ui, cx, scene, ((level, why), shows_values)).or(lines);
                });
            }
            let last = scene.detail.whys.deepest().map(|why| why.id);
            self.add_ui(ui, cx, scene, last);
            ui.add_space(space::S);
            conclusion_ui(ui, cx, scene);
            ui.add_space(space::S);
            coverage_ui(ui, cx, scene);
        });
        lines
    }

    fn why_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        scene: &Scene<'_>,
        ((level, why), shows_values): ((u32, &Why), bool),
    ) -> Option<FocusLines> {
        if let Some(form) = self.form.as_mut().filter(|form| form.changes == Some(why.id)) {
            if form.ui(ui, cx, scene.detail) {
                self.form = None;
            }
            return None;
        }
        let tokens = cx.tokens;
        let value = |placeholder| scene.value(placeholder);
        let reveal = Reveal { value: &value, shows_values };
        let mut clicked = None;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.add_space(indent(level, 10.0));
            let (glyph, color) = look(tokens, why.state);
            let beside_head = vec2(16.0, tokens.row_height - 4.0);
            ui.allocate_ui_with_layout(beside_head, Layout::left_to_right(Align::Center), |ui| {
                ui.label(icon(glyph, 16.0).color(color)).on_hover_text(why.state.label());
            });
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.spacing_mut().interact_size.y = 0.0;
                clicked = self.head_ui(ui, cx, scene, (level, why));
                if !why.question.is_blank() {
                    revealed_ui(ui, tokens, why.question.expose(), (Type::Body, tokens.muted), &reveal);
                }
                if why.answer.is_blank() {
                    text(ui, "no answer yet", Type::Body, tokens.muted);
                } else {
                    revealed_ui(ui, tokens, why.answer.expose(), (Type::Body, tokens.text), &reveal);
                }
            });
        });
        links::pin_target(scene.detail, clicked?)
    }

    /// Returns the pin that was clicked.
    fn head_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        scene: &Scene<'_>,
        (level, why): (u32, &Why),
    ) -> Option<EvidenceId> {
        let tokens = cx.tokens;
        let mut clicked = None;
        ui.horizontal(|ui| {
            ui.set_min_height(26.0);
            text(ui, &format!("Why {level}"), Type::Caption, tokens.muted);
            clicked = links::marks_ui(ui, tokens, scene.detail, &why.evidence);
            if why.root_cause.is_some() {
                chip(ui, tokens, "root cause", tokens.accent);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::PLUS, "Add a why below").clicked() {
                    self.form = Some(WhyForm::below(Some(why.id)));
                }
                if icon_button(ui, tokens, icons::PENCIL, "Edit why").clicked() {
                    self.form = Some(WhyForm::of(why));
                }
            });
        });
        clicked
    }

    fn add_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>, last: Option<WhyId>) {
        if let Some(form) = self.form.as_mut().filter(|form| form.changes.is_none()) {
            if form.ui(ui, cx, scene.detail) {
                self.form = None;
            }
        } else if button(ui, cx.tokens, Kind::Ghost, Some(icons::PLUS), "Add why").clicked() {
            self.form = Some(WhyForm::below(last));
        }
    }
}

fn conclusion_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, scene: &Scene<'_>) {
    let tokens = cx.tokens;
    text(ui, "Root cause", Type::Strong, tokens.text);
    for why in scene.detail.whys.root_causes() {
        let category = why.root_cause.map_or("", crate::domain::RootCauseCategory::label);
        let words = format!("{} ({category})", scene.detail.vault.restore(why.answer.expose()));
        text(ui, &words, Type::Body, tokens.ok);
    }
    for missing in &scene.detail.missing {
        ui.horizontal_top(|ui| {
            ui.label(icon(icons::CIRCLE, 14.0).color(tokens.muted));
            text(ui, missing, Type::Caption, tokens.muted);
        });
    }
    if links::place_link_ui(ui, tokens, "Open Resolution", "States, evidence, actions, and how it ended") {
        cx.open(Screen::Issue(scene.issue(), IssueTab::Resolution));
    }
}

fn coverage_ui(ui: &mut Ui, cx: &ViewContext<'_>, scene: &Scene<'_>) {
    let Some(preview) = scene.state.preview.value().filter(|_| !scene.provider.is_guide()) else { return };
    let tokens = cx.tokens;
    text(ui, "Coverage", Type::Strong, tokens.text);
    let Some(coverage) = preview.coverage else {
        text(ui, SENT_BEFORE, Type::Caption, tokens.muted);
        return;
    };
    let words = format!(
        "lines {}   templates {}   time {}",
        percent(coverage.lines),
        percent(coverage.templates),
        percent(coverage.time)
    );
    text(ui, &words, Type::Caption, tokens.muted).on_hover_text("What part of the logs goes along with a question");
}
