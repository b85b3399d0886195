//! What is open, and how it goes.

use super::View;
use crate::domain::{DashboardFigures, IssueSummary};
use crate::ui::command::{SAMPLES, UiCommand};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::state::Slot;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Kind, Pressed, button, card, domain_chip, error_panel, menu_item, section, severity_chip, skeleton, status_chip,
    text, truncated,
};
use crate::worker::{Command, IssueCommand};
use egui::accesskit::Role;
use egui::{Align, Color32, Layout, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};
use jiff::Timestamp;

/// What is open, and how it goes.
#[derive(Debug, Default)]
pub struct DashboardView;

impl View for DashboardView {
    fn title(&self) -> &'static str {
        "Dashboard"
    }

    fn icon(&self) -> char {
        icons::DASHBOARD
    }

    fn header_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        if button(ui, cx.tokens, Kind::Primary, Some(icons::PLUS), "New issue").clicked() {
            cx.run(UiCommand::NewIssue);
        }
        samples_ui(ui, cx);
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        if cx.state.dashboard.is_unasked() {
            cx.submit(Slot::Dashboard, Command::Issue(IssueCommand::LoadDashboard));
        }
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            if let Some(failure) = cx.state.dashboard.failure() {
                match error_panel(ui, cx.tokens, failure) {
                    Pressed::Retry => cx.submit(Slot::Dashboard, Command::Issue(IssueCommand::LoadDashboard)),
                    Pressed::CopyDetails => cx.copy(failure.details.clone()),
                    Pressed::Nothing => {}
                }
            }
            let Some(dashboard) = cx.state.dashboard.value() else {
                skeleton(ui, cx.tokens, 6);
                return;
            };
            figures_ui(ui, cx.tokens, &dashboard.figures);
            ui.add_space(space::XL);
            if dashboard.total == 0 {
                empty_ui(ui, cx);
                return;
            }
            section(ui, cx.tokens, "Latest");
            for row in &dashboard.latest {
                if row_ui(ui, cx.tokens, row) {
                    cx.open(Screen::Issue(row.id, IssueTab::default()));
                }
            }
        });
    }
}

fn figures_ui(ui: &mut Ui, tokens: &Tokens, figures: &DashboardFigures) {
    let median = figures.median_to_resolve.map_or_else(|| "–".to_owned(), format::duration);
    let urgent = if figures.urgent > 0 { tokens.bad } else { tokens.text };
    let all = [
        ("Open", format::count(figures.open), tokens.text),
        ("P1 and P2 unresolved", format::count(figures.urgent), urgent),
        ("Resolved this week", format::count(figures.resolved_this_week), tokens.text),
        ("Median time to resolve", median, tokens.text),
    ];
    ui.columns(all.len(), |columns| {
        for (ui, (label, figure, color)) in columns.iter_mut().zip(all) {
            figure_ui(ui, tokens, label, (&figure, color));
        }
    });
}

fn figure_ui(ui: &mut Ui, tokens: &Tokens, label: &str, (figure, color): (&str, Color32)) {
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        truncated(ui, label, Type::Caption, tokens.muted);
        // A narrow card takes the smaller style, so that a long duration stays on one line.
        let style = if ui.available_width() < 150.0 { Type::Title } else { Type::Figure };
        truncated(ui, figure, style, color);
    });
}

/// Returns whether the row was opened.
fn row_ui(ui: &mut Ui, tokens: &Tokens, row: &IssueSummary) -> bool {
    let size = vec2(ui.available_width(), tokens.row_height + 4.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, row.title.expose()));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 6, tokens.raised);
    }
    crate::ui::widgets::focus_ring(ui, tokens, &response);
    ui.painter().hline(rect.x_range(), rect.bottom() + 3.0, (1.0, tokens.border));
    let inner =
        UiBuilder::new().max_rect(rect.shrink2(vec2(space::S, 0.0))).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(inner, |ui| {
        severity_chip(ui, tokens, row.severity);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let age = format::ago(row.updated_at, Timestamp::now());
            ui.allocate_ui_with_layout(vec2(84.0, 20.0), Layout::right_to_left(Align::Center), |ui| {
                ui.set_min_width(84.0);
                truncated(ui, &age, Type::Caption, tokens.muted);
            });
            status_chip(ui, tokens, row.status);
            if let Some(domain) = row.domain {
                domain_chip(ui, tokens, domain);
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                truncated(ui, row.title.expose(), Type::Body, tokens.text);
            });
        });
    });
    response.clicked()
}

fn empty_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        ui.vertical_centered(|ui| {
            ui.add_space(space::XL);
            ui.label(icons::icon(icons::COMPASS, 28.0).color(tokens.muted));
            text(ui, "Nothing to look into yet", Type::Lead, tokens.text);
            text(
                ui,
                "Describe what is wrong and drop in some logs, or look at a sample first",
                Type::Body,
                tokens.muted,
            );
            ui.add_space(space::M);
            if button(ui, tokens, Kind::Primary, Some(icons::PLUS), "Create the first issue").clicked() {
                cx.run(UiCommand::NewIssue);
            }
            ui.add_space(space::XL);
        });
    });
}

fn samples_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let opener = button(ui, tokens, Kind::Secondary, Some(icons::PLAY), "Open a sample");
    egui::Popup::menu(&opener).show(|ui| {
        for (name, title) in SAMPLES {
            if menu_item(ui, tokens, icons::FILE_TEXT, title, "").clicked() {
                let sample = IssueCommand::CreateSample { name: (*name).to_owned() };
                cx.submit(Slot::Sample, Command::Issue(sample));
            }
        }
    });
}
