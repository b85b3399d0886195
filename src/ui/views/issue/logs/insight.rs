//! What is out of the ordinary in the logs: kinds of lines, first appearances, bursts, stack traces.

use super::super::{FocusLines, when};
use crate::domain::{Level, LineRange, Unredacted};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::{IssueState, Slot};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Pressed, error_panel, focus_ring, icon_button, segmented, skeleton, text};
use crate::worker::{BurstKind, Command, Insight, IssueDetail, LogCommand};
use egui::accesskit::Role;
use egui::{Align, Color32, Frame, Layout, Margin, Panel, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use jiff::tz::TimeZone;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Part {
    #[default]
    Templates,
    FirstSeen,
    Bursts,
    Traces,
}

/// The panel below the viewer.
#[derive(Debug)]
pub(super) struct InsightPanel {
    pub(super) is_open: bool,
    part: Part,
}

impl Default for InsightPanel {
    fn default() -> Self {
        Self { is_open: true, part: Part::default() }
    }
}

/// One row: how often, how bad, what, and where.
struct Row<'a> {
    figure: String,
    color: Color32,
    words: &'a str,
    hint: String,
    at: Option<(usize, u64)>,
}

impl InsightPanel {
    /// Returns the lines that were chosen.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        state: &IssueState,
        detail: &IssueDetail,
    ) -> Option<FocusLines> {
        if !self.is_open {
            return None;
        }
        let height = (ui.available_height() * 0.34).clamp(120.0, 240.0);
        let frame = Frame::new().inner_margin(Margin { top: 8, ..Margin::ZERO });
        Panel::bottom("insight")
            .exact_size(height)
            .resizable(false)
            .frame(frame)
            .show(ui, |ui| self.panel_ui(ui, cx, state, detail))
            .inner
    }

    fn panel_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        state: &IssueState,
        detail: &IssueDetail,
    ) -> Option<FocusLines> {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            let parts = [
                (Part::Templates, "Templates"),
                (Part::FirstSeen, "First seen"),
                (Part::Bursts, "Bursts"),
                (Part::Traces, "Stack traces"),
            ];
            segmented(ui, tokens, &mut self.part, &parts);
            if state.insight.is_loading() {
                text(ui, "Analyzing…", Type::Caption, tokens.muted);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::CHEVRON_DOWN, "Close insight").clicked() {
                    self.is_open = false;
                }
            });
        });
        if let Some(failure) = state.insight.failure() {
            let load = Command::Log(LogCommand::LoadInsight(detail.issue.id));
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => cx.submit(Slot::Insight(detail.issue.id), load),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(insight) = state.insight.value() else {
            skeleton(ui, tokens, 3);
            return None;
        };
        let rows = self.rows(tokens, insight);
        if rows.is_empty() {
            text(ui, self.nothing(), Type::Body, tokens.muted);
        }
        let chosen = rows_ui(ui, tokens, insight, &rows)?;
        focus_of(detail, insight, chosen)
    }

    const fn nothing(&self) -> &'static str {
        match self.part {
            Part::Templates => "No lines were recognized",
            Part::FirstSeen => "Nothing appears for the first time around the start of the incident",
            Part::Bursts => "No bursts and no silences",
            Part::Traces => "No stack traces",
        }
    }

    fn rows<'a>(&self, tokens: &Tokens, insight: &'a Insight) -> Vec<Row<'a>> {
        let level = |level: Option<Level>| tokens.level(level);
        match self.part {
            Part::Templates => insight
                .templates
                .iter()
                .map(|one| Row {
                    figure: format::count(one.count),
                    color: level(one.level),
                    words: one.text.expose(),
                    hint: one.examples.first().map_or(String::new(), |line| line.text.expose().to_owned()),
                    at: Some((one.log, one.first_line)),
                })
                .collect(),
            Part::FirstSeen => insight
                .first_seen
                .iter()
                .map(|one| Row {
                    figure: from_start(one.from_start_secs),
                    color: level(one.level),
                    words: one.line.text.expose(),
                    hint: "First of its kind".to_owned(),
                    at: Some((one.line.at.log, one.line.at.line)),
                })
                .collect(),
            Part::Bursts => insight
                .bursts
                .iter()
                .map(|one| {
                    let zone = TimeZone::system();
                    let (words, color) = match one.kind {
                        BurstKind::Silence => ("Silence", tokens.info),
                        BurstKind::Errors => ("Errors far above the usual", tokens.bad),
                        BurstKind::Lines => ("Lines far above the usual", tokens.warn),
                    };
                    let span = format!("{}–{}", when::clock(one.from, &zone), when::clock(one.to, &zone));
                    Row {
                        figure: format!("{} × {span}", format::count(one.count)),
                        color,
                        words,
                        hint: format!("Usually {} in each span", format::count(one.usual)),
                        at: one.line.map(|line| (line.log, line.line)),
                    }
                })
                .collect(),
            Part::Traces => insight
                .traces
                .iter()
                .map(|one| Row {
                    figure: format::count(one.count),
                    color: tokens.bad,
                    words: one.kind.expose(),
                    hint: format!(
                        "{}\n{}",
                        one.message.expose(),
                        one.frames.iter().map(Unredacted::expose).collect::<Vec<_>>().join("\n")
                    ),
                    at: Some((one.first.log, one.first.line)),
                })
                .collect(),
        }
    }
}

fn from_start(secs: i64) -> String {
    let span = format::duration(jiff::SignedDuration::from_secs(secs.saturating_abs()));
    if secs < 0 { format!("−{span}") } else { format!("+{span}") }
}

/// Returns the place that was chosen: the log among the insight's, and the line.
fn rows_ui(ui: &mut Ui, tokens: &Tokens, insight: &Insight, rows: &[Row<'_>]) -> Option<(usize, u64)> {
    const HEIGHT: f32 = 24.0;
    let mut chosen = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.add_space(space::XS);
    ScrollArea::vertical().id_salt("insight").auto_shrink(false).show_rows(ui, HEIGHT, rows.len(), |ui, shown| {
        for row in rows.get(shown).unwrap_or_default() {
            let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), HEIGHT), Sense::click());
            let place = row.at.map(|(log, line)| {
                let name = insight.logs.get(log).map_or("?", |log| log.name.as_str());
                format!("{name}:{line}")
            });
            let name = format!("{} {} {}", row.figure, row.words, place.as_deref().unwrap_or_default());
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            if response.hovered() || response.has_focus() {
                ui.painter().rect_filled(rect, 4, tokens.raised);
            }
            focus_ring(ui, tokens, &response);
            row_painted(ui, tokens, rect, (row, place.as_deref()));
            let response = if row.hint.is_empty() { response } else { response.on_hover_text(&row.hint) };
            if response.clicked() {
                chosen = row.at;
            }
        }
    });
    chosen
}

fn row_painted(ui: &Ui, tokens: &Tokens, rect: egui::Rect, (row, place): (&Row<'_>, Option<&str>)) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let middle = rect.center().y;
    painter.circle_filled(pos2(rect.left() + 8.0, middle), 3.0, row.color);
    let figure = painter.layout_no_wrap(row.figure.clone(), Type::Caption.font(), tokens.text);
    let column = figure.size().x.max(60.0);
    painter.galley(pos2(rect.left() + 18.0, middle - figure.size().y / 2.0), figure, tokens.text);
    let mut right = rect.right() - 8.0;
    if let Some(place) = place {
        let at = pos2(right, middle);
        right = painter.text(at, egui::Align2::RIGHT_CENTER, place, Type::Caption.font(), tokens.accent).left() - 10.0;
    }
    let left = rect.left() + 18.0 + column + 10.0;
    let clip = egui::Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left), rect.bottom()));
    let words = super::super::links::head_of(row.words, 400);
    let galley = painter.layout_no_wrap(words, Type::Code.font(), tokens.text);
    let painter = painter.with_clip_rect(clip.intersect(painter.clip_rect()));
    painter.galley(pos2(left, middle - galley.size().y / 2.0), galley, tokens.text);
}

/// The log of the issue that the insight speaks of: by its place where the name fits, else by name.
fn focus_of(detail: &IssueDetail, insight: &Insight, (log, line): (usize, u64)) -> Option<FocusLines> {
    let name = &insight.logs.get(log)?.name;
    let placed = detail.logs.get(log).filter(|one| one.file_name == *name);
    let found = placed.or_else(|| detail.logs.iter().find(|one| one.file_name == *name))?;
    Some(FocusLines { log: found.id, lines: LineRange::single(line) })
}
