//! Search in a log, and the filter by level.

use super::viewer::Viewer;
use crate::domain::{Level, LogFile};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::{LinesFound, Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Pressed, error_panel, icon_button, menu_select, text, toggle};
use crate::worker::{Command, LineFilter, LogCommand};
use egui::{Key, Margin, Modifiers, RichText, TextEdit, Ui};

/// How long typing must rest before the log is searched, in seconds.
const REST_SECS: f64 = 0.2;

/// Search in a log, and the filter by level.
#[derive(Debug, Default)]
pub(super) struct SearchBar {
    filter: LineFilter,
    /// What was searched for last.
    asked: LineFilter,
    changed_at: f64,
    /// Whether only what matched is shown; else one goes from match to match.
    pub(super) only_hits: bool,
}

impl SearchBar {
    /// Another log: the words stay, the search begins anew.
    pub(super) fn reset(&mut self) {
        self.asked = LineFilter::default();
    }

    /// Shows all lines, so that any of them can be gone to.
    pub(super) const fn show_all(&mut self) {
        self.only_hits = false;
    }

    /// Whether something is searched for.
    pub(super) fn is_active(&self) -> bool {
        self.asked != LineFilter::default()
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, log: &LogFile, viewer: &mut Viewer) {
        let tokens = cx.tokens;
        let width = (ui.available_width() - 330.0).clamp(90.0, 260.0);
        let hint = RichText::new("Search lines  /").color(tokens.muted);
        let edit = TextEdit::singleline(&mut self.filter.text).hint_text(hint).desired_width(width);
        let response = ui.add(edit.margin(Margin::symmetric(8, 5))).accessible_name("Search lines");
        let is_typing = ui.ctx().egui_wants_keyboard_input();
        if !is_typing && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Slash)) {
            response.request_focus();
        }
        let now = ui.input(|input| input.time);
        if response.changed() {
            self.changed_at = now;
        }
        let mut choices = vec![(None, "Any level")];
        choices.extend(Level::ALL.iter().map(|level| (Some(*level), level.label())));
        let current = self.filter.at_least.map_or("Any level", Level::label);
        let color = tokens.level(self.filter.at_least);
        if let Some(level) = menu_select(ui, tokens, "Level at least", (current, color), &choices) {
            self.filter.at_least = level;
            self.changed_at = 0.0;
        }
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        self.search_when_rested(ui, cx, log, (now, entered));
        if entered && let Some(found) = self.found(cx, log) {
            viewer.go_to_next(&found.numbers, true);
            response.request_focus();
        }
    }

    fn search_when_rested(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, log: &LogFile, (now, entered): (f64, bool)) {
        if self.filter == self.asked {
            return;
        }
        let left = self.changed_at + REST_SECS - now;
        if left > 0.0 && !entered {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
            return;
        }
        self.asked = self.filter.clone();
        if self.is_active() {
            let search = LogCommand::Search { log: log.id, filter: self.asked.clone() };
            cx.submit(Slot::LineSearch(log.id), Command::Log(search));
        } else {
            self.only_hits = false;
            cx.cancel(Slot::LineSearch(log.id));
        }
    }

    fn found<'a>(&self, cx: &ViewContext<'a>, log: &LogFile) -> Option<&'a LinesFound> {
        let searches = &cx.state.issue(log.issue)?.searches;
        searches.get(&log.id)?.value().filter(|_| self.is_active())
    }

    /// How many matched, and the ways from one to the next.
    pub(super) fn hits_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (log, found): (&LogFile, Option<&Loadable<LinesFound>>),
        viewer: &mut Viewer,
    ) {
        let (tokens, Some(found)) = (cx.tokens, found) else { return };
        if let Some(failure) = found.failure() {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => self.asked = LineFilter::default(),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(lines) = found.value() else {
            text(ui, "Searching…", Type::Caption, tokens.muted);
            return;
        };
        ui.horizontal(|ui| {
            let total = format::count(lines.numbers.len() as u64);
            let more = if lines.truncated { "+" } else { "" };
            let place = viewer.place_among(&lines.numbers);
            let words = match (lines.numbers.is_empty(), place) {
                (true, _) => format!("Nothing found in {}", log.file_name),
                (false, Some(place)) => format!("{} of {total}{more}", format::count(place)),
                (false, None) => format!("{total}{more} lines"),
            };
            text(ui, &words, Type::Caption, tokens.muted);
            if !lines.numbers.is_empty() {
                if icon_button(ui, tokens, icons::ARROW_UP, "Previous match").clicked() {
                    viewer.go_to_next(&lines.numbers, false);
                }
                if icon_button(ui, tokens, icons::ARROW_DOWN, "Next match").clicked() {
                    viewer.go_to_next(&lines.numbers, true);
                }
                toggle(ui, tokens, icons::FILTER, "Only matches", &mut self.only_hits);
            }
            if found.is_loading() {
                text(ui, "Searching…", Type::Caption, tokens.muted);
            }
        });
        ui.add_space(space::XS);
    }
}
