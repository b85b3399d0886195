//! Says which logs are to be searched again, and searches them.

use crate::domain::LogFile;
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Running, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, progress_bar, text};
use crate::worker::{Command, IssueDetail, PrivacyCommand};
use egui::{Align, Frame, Layout, Margin, Ui};

/// A bar over the findings, where they are not those of now.
pub(super) fn ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, outdated: &[crate::domain::LogFileId]) {
    let running: Vec<&Running> = cx.state.running.values().filter(|one| is_of(one, detail)).collect();
    let logs: Vec<&LogFile> = detail.logs.iter().filter(|log| outdated.contains(&log.id)).collect();
    if logs.is_empty() && running.is_empty() {
        return;
    }
    let tokens = cx.tokens;
    let words = if running.is_empty() { words(&logs) } else { "Looking for personal data".to_owned() };
    let mut again = false;
    let mut cancel = false;
    let frame = Frame::new().fill(tokens.tint(tokens.warn)).corner_radius(6).inner_margin(Margin::symmetric(10, 4));
    frame.show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.label(icon(icons::ALERT, 16.0).color(tokens.warn));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if running.is_empty() {
                    again = button(ui, tokens, Kind::Secondary, Some(icons::REFRESH), "Detect again").clicked();
                } else {
                    cancel = button(ui, tokens, Kind::Ghost, None, "Cancel detection").clicked();
                    progress_bar(ui, tokens, share(&running), 120.0);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    text(ui, &words, Type::Body, tokens.text);
                });
            });
        });
    });
    ui.add_space(space::S);
    let slots: Vec<Slot> = running.iter().filter_map(|one| one.slot.clone()).collect();
    if cancel {
        for slot in slots {
            cx.cancel(slot);
        }
    }
    if again {
        for log in logs {
            cx.submit(Slot::Redetect(log.id), Command::Privacy(PrivacyCommand::Redetect { log: log.id }));
        }
    }
}

fn is_of(running: &Running, detail: &IssueDetail) -> bool {
    let Some(Slot::Redetect(log)) = &running.slot else { return false };
    detail.logs.iter().any(|one| one.id == *log)
}

fn share(running: &[&Running]) -> Option<f32> {
    let shares: Option<Vec<f32>> = running.iter().map(|one| one.share()).collect();
    let shares = shares.filter(|shares| !shares.is_empty())?;
    #[expect(clippy::cast_precision_loss, reason = "a handful of logs")]
    Some(shares.iter().sum::<f32>() / shares.len() as f32)
}

fn words(logs: &[&LogFile]) -> String {
    let unfinished: Vec<_> = logs.iter().filter(|log| log.findings.is_none()).collect();
    match (unfinished.as_slice(), logs) {
        ([one], [_]) => format!("{} was not searched to its end", one.file_name),
        ([_, ..], _) => format!("{} logs were not searched to their end", unfinished.len()),
        ([], [one]) => format!("Rules or settings have changed since {} was searched", one.file_name),
        ([], _) => format!("Rules or settings have changed since {} logs were searched", logs.len()),
    }
}
