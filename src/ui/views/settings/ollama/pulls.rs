//! Models on their way: how far each has come, and what can be done about it.

use super::{caption, pull};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::state::{PullItem, PullState, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, Pressed, button, card, error_panel, icon_button, progress_bar, truncated};
use crate::worker::{FailureKind, PullPhase, PullProgress};
use egui::{Align, Layout, Ui};
use jiff::SignedDuration;

pub(super) fn ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let state = cx.state;
    if cx.state.settings.offline {
        caption(ui, cx.tokens, "TFTSR works offline, but Ollama itself fetches models from the network");
    }
    for item in &state.ollama_page.pulls {
        card(ui, cx.tokens, |ui| {
            ui.set_width(ui.available_width());
            item_ui(ui, cx, item);
        });
    }
}

fn item_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, item: &PullItem) {
    let tokens = cx.tokens;
    ui.horizontal(|ui| {
        let (glyph, color) = match item.state {
            PullState::Active => (icons::DOWNLOAD, tokens.accent),
            PullState::Stopped => (icons::STOP, tokens.muted),
            PullState::Failed(_) => (icons::CIRCLE_ALERT, tokens.bad),
            PullState::Done => (icons::CIRCLE_CHECK, tokens.ok),
        };
        ui.label(icon(glyph, 16.0).color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            buttons_ui(ui, cx, item);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                truncated(ui, item.model.as_str(), Type::Strong, tokens.text);
            });
        });
    });
    match &item.state {
        PullState::Failed(failure) => {
            if error_panel(ui, tokens, failure) == Pressed::Retry {
                pull(cx, item.model.clone(), false);
            }
            let is_space = failure.kind == FailureKind::NoSpace;
            if is_space && button(ui, tokens, Kind::Secondary, None, "Pull anyway").clicked() {
                pull(cx, item.model.clone(), true);
            }
        }
        PullState::Done => caption(ui, tokens, "Ready to use"),
        PullState::Active | PullState::Stopped => {
            progress_bar(ui, tokens, share(item), ui.available_width());
            ui.add_space(space::XS);
            caption(ui, tokens, &words(item));
        }
    }
}

/// Empty while nothing is known, half-tone while the server only prepares.
fn share(item: &PullItem) -> Option<f32> {
    let waits = matches!(item.progress.phase, PullPhase::Queued) || !matches!(item.state, PullState::Active);
    item.progress.share.or_else(|| waits.then_some(0.0))
}

/// Drawn from right to left.
fn buttons_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, item: &PullItem) {
    let name = item.model.as_str();
    if matches!(item.state, PullState::Active) {
        if icon_button(ui, cx.tokens, icons::STOP, &format!("Stop pulling {name}")).clicked() {
            cx.cancel(Slot::Pull(item.model.clone()));
        }
        return;
    }
    if icon_button(ui, cx.tokens, icons::X, &format!("Take {name} off this list")).clicked() {
        cx.forget_pull(item.model.clone());
    }
    let can_resume = matches!(item.state, PullState::Stopped | PullState::Failed(_));
    if can_resume && icon_button(ui, cx.tokens, icons::PLAY, &format!("Resume pulling {name}")).clicked() {
        pull(cx, item.model.clone(), false);
    }
}

fn words(item: &PullItem) -> String {
    let progress = &item.progress;
    let mut parts = Vec::new();
    match (&item.state, &progress.phase) {
        (PullState::Stopped, _) => parts.push("Stopped; what has come is kept".to_owned()),
        (_, PullPhase::Retrying { attempt, reason }) => parts.push(format!("Connecting again ({attempt}): {reason}")),
        (_, phase) => parts.push(phase.label().to_owned()),
    }
    parts.extend(figures(progress));
    parts.join(" · ")
}

/// `1.2 GB of 4.7 GB`, `38.0 MB/s`, `2 min left`.
fn figures(progress: &PullProgress) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(total) = progress.total_bytes {
        parts.push(format!("{} of {}", format::size(progress.done_bytes), format::size(total)));
    }
    if let Some(speed) = progress.bytes_per_second {
        parts.push(format!("{}/s", format::size(speed)));
    }
    if let Some(left) = progress.left.and_then(|left| SignedDuration::try_from(left).ok()) {
        parts.push(format!("{} left", format::duration(left)));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ModelId;
    use std::time::Duration;

    #[test]
    fn what_is_known_is_said_and_nothing_else() {
        let progress = PullProgress {
            phase: PullPhase::Downloading,
            done_bytes: 1_200_000_000,
            total_bytes: Some(4_700_000_000),
            share: Some(0.25),
            bytes_per_second: Some(38_000_000),
            left: Some(Duration::from_secs(92)),
        };
        let mut item = PullItem { model: ModelId::parse("a").unwrap(), progress, state: PullState::Active };
        assert_eq!(words(&item), "Downloading · 1.2 GB of 4.7 GB · 38.0 MB/s · 1 min left");
        item.progress = PullProgress::default();
        assert_eq!((words(&item).as_str(), share(&item)), ("Waiting for its turn", Some(0.0)));
        item.progress.phase = PullPhase::Preparing;
        assert_eq!(share(&item), None);
    }
}
