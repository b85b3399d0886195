//! The four steps of a test, each ticking as it is done.

use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::ProviderTest;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{card, text};
use crate::worker::{Failure, TestStep};
use egui::Ui;

const STEPS: [(TestStep, &str); 4] = [
    (TestStep::Reach, "The server is reached"),
    (TestStep::Authorize, "The key is accepted"),
    (TestStep::Model, "The model is there"),
    (TestStep::Answer, "The model answers"),
];

/// How far a step has come.
enum Progress<'a> {
    Done(&'a str),
    Failed(&'a Failure),
    Running,
    Waiting,
}

/// The test of the form on the screen.
pub(super) fn ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let (tokens, loadable) = (cx.tokens, &cx.state.provider_test);
    if let Some(failure) = loadable.failure() {
        ui.add_space(space::S);
        if crate::ui::widgets::error_panel(ui, tokens, failure) == crate::ui::widgets::Pressed::CopyDetails {
            cx.copy(failure.details.clone());
        }
    }
    let Some(test) = loadable.value() else { return };
    ui.add_space(space::S);
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        for (step, name) in STEPS {
            step_ui(ui, tokens, name, &progress(test, step, loadable.is_loading()));
        }
        match test.ok {
            Some(true) => text(ui, "Ready to use", Type::Strong, tokens.ok),
            Some(false) => text(ui, "Not ready: see the step that failed", Type::Strong, tokens.bad),
            None => return,
        };
    });
}

fn progress(test: &ProviderTest, step: TestStep, is_running: bool) -> Progress<'_> {
    if let Some((_, result)) = test.steps.iter().find(|(done, _)| *done == step) {
        return match result {
            Ok(words) => Progress::Done(words),
            Err(failure) => Progress::Failed(failure),
        };
    }
    let has_failed = test.steps.iter().any(|(_, result)| result.is_err());
    let next = STEPS.iter().map(|(step, _)| *step).find(|one| test.steps.iter().all(|(done, _)| done != one));
    if is_running && !has_failed && next == Some(step) { Progress::Running } else { Progress::Waiting }
}

fn step_ui(ui: &mut Ui, tokens: &Tokens, name: &str, progress: &Progress<'_>) {
    let (glyph, color, state) = match progress {
        Progress::Done(_) => (icons::CIRCLE_CHECK, tokens.ok, "done"),
        Progress::Failed(_) => (icons::CIRCLE_X, tokens.bad, "failed"),
        Progress::Running => (icons::CIRCLE_DOT, tokens.accent, "running"),
        Progress::Waiting => (icons::CIRCLE, tokens.muted, "waiting"),
    };
    ui.horizontal_top(|ui| {
        ui.label(icon(glyph, 16.0).color(color)).on_hover_text(state);
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let strong = if matches!(progress, Progress::Waiting) { tokens.muted } else { tokens.text };
            text(ui, name, Type::Body, strong);
            match progress {
                Progress::Done(words) if !words.is_empty() && *words != name => {
                    text(ui, words, Type::Caption, tokens.muted);
                }
                Progress::Failed(failure) => {
                    text(ui, &failure.summary, Type::Caption, tokens.bad);
                    if !failure.advice.is_empty() {
                        text(ui, &failure.advice, Type::Caption, tokens.text);
                    }
                }
                Progress::Done(_) | Progress::Running | Progress::Waiting => {}
            }
        });
    });
}
