//! The logs of the issue, each with what is known of it, and the imports under way.

use super::super::when;
use crate::domain::{IssueId, LogFile, LogFileId, LogState};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::state::Slot;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Answer, confirm, focus_ring, icon_button, progress_bar, text, truncated};
use crate::worker::{Command, IssueDetail, LogCommand};
use egui::accesskit::Role;
use egui::{Align, Frame, Layout, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo};
use jiff::tz::TimeZone;

/// What was done in the list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Listed {
    Open(LogFileId),
    Remove(LogFileId),
}

pub(super) fn ui(
    ui: &mut Ui,
    cx: &mut ViewContext<'_>,
    detail: &IssueDetail,
    chosen: Option<LogFileId>,
) -> Option<Listed> {
    let mut done = None;
    ScrollArea::vertical().id_salt("list of logs").auto_shrink([false, true]).show(ui, |ui| {
        for log in &detail.logs {
            done = ui.push_id(log.id, |ui| log_ui(ui, cx, log, chosen == Some(log.id))).inner.or(done);
        }
        imports_ui(ui, cx, detail.issue.id);
    });
    done
}

fn log_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, log: &LogFile, is_chosen: bool) -> Option<Listed> {
    let tokens = cx.tokens;
    let mut removed = false;
    let response = ui.scope_builder(UiBuilder::new().id_salt("log").sense(Sense::click()), |ui| {
        let fill = if is_chosen || ui.response().hovered() { tokens.raised } else { tokens.canvas };
        let stroke = Stroke::new(1.0, if is_chosen { tokens.border_strong } else { tokens.border });
        Frame::new().fill(fill).stroke(stroke).corner_radius(8).inner_margin(10).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = 2.0;
            removed = name_ui(ui, tokens, &log.file_name);
            facts_ui(ui, cx, log);
        });
    });
    let response = response.response;
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, is_chosen, &log.file_name));
    focus_ring(ui, tokens, &response);
    match (removed, response.clicked()) {
        (true, _) => Some(Listed::Remove(log.id)),
        (false, true) => Some(Listed::Open(log.id)),
        (false, false) => None,
    }
}

/// Returns whether the log is to be removed.
fn name_ui(ui: &mut Ui, tokens: &Tokens, file_name: &str) -> bool {
    let mut removed = false;
    ui.horizontal(|ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            removed = icon_button(ui, tokens, icons::TRASH, &format!("Remove {file_name}")).clicked();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                truncated(ui, file_name, Type::Strong, tokens.text);
            });
        });
    });
    removed
}

fn facts_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, log: &LogFile) {
    let tokens = cx.tokens;
    let size = format!("{} lines · {} · {}", format::count(log.line_count), format::size(log.size_bytes), log.encoding);
    text(ui, &size, Type::Caption, tokens.muted);
    if let Some(range) = log.time_range {
        text(ui, &when::range(range, &TimeZone::system()), Type::Caption, tokens.muted);
    }
    let findings = match log.findings {
        None => "not scanned yet".to_owned(),
        Some(0) => "nothing to redact".to_owned(),
        Some(count) => format!("{} to redact", format::count(count)),
    };
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::XS;
        ui.spacing_mut().interact_size.y = 0.0;
        text(ui, &findings, Type::Caption, tokens.muted);
        let short = super::super::links::head_of(&log.content_hash, 8);
        text(ui, &format!("· {short}"), Type::Caption, tokens.muted).on_hover_text(&log.content_hash);
        if icon_button(ui, tokens, icons::COPY, "Copy SHA-256").clicked() {
            cx.copy(log.content_hash.clone());
        }
    });
    match &log.state {
        LogState::Ready => {}
        LogState::Missing(_) => state_ui(ui, tokens, "missing: put the file back, or import it again"),
        LogState::Changed => state_ui(ui, tokens, "changed since it was imported: import it again"),
    }
}

fn state_ui(ui: &mut Ui, tokens: &Tokens, words: &str) {
    ui.horizontal(|ui| {
        ui.label(icon(icons::ALERT, 14.0).color(tokens.warn));
        text(ui, words, Type::Caption, tokens.warn);
    });
}

/// The imports under way, each with its progress and a way to stop it.
pub(super) fn imports_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, issue: IssueId) {
    let tokens = cx.tokens;
    let state = cx.state;
    for running in state.running.values() {
        let Some(slot @ Slot::Import(of, _)) = &running.slot else { continue };
        if *of != issue {
            continue;
        }
        ui.horizontal(|ui| {
            let share = running.total.filter(|total| *total > 0).map(|total| {
                #[expect(clippy::cast_precision_loss, reason = "a share of a short bar")]
                let share = running.done as f32 / total as f32;
                share
            });
            text(ui, "Importing", Type::Caption, tokens.muted);
            progress_bar(ui, tokens, share, 90.0);
            text(ui, &format::size(running.done), Type::Caption, tokens.muted);
            if icon_button(ui, tokens, icons::X, "Cancel import").clicked() {
                cx.cancel(slot.clone());
            }
        });
    }
}

/// Asks before a log is removed.
pub(super) fn remove_ui(ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, removes: &mut Option<LogFileId>) {
    let Some(log) = removes.and_then(|id| detail.logs.iter().find(|log| log.id == id)) else { return };
    let consequence = format!("{} leaves this issue. Pins keep their snippets; the file itself stays", log.file_name);
    match confirm(ui, cx.tokens, "Remove this log?", &consequence, "Remove log") {
        Answer::Open => {}
        Answer::No => *removes = None,
        Answer::Yes => {
            let remove = LogCommand::Remove { issue: detail.issue.id, log: log.id };
            cx.run_detached("Removing log", Command::Log(remove));
            *removes = None;
        }
    }
}
