//! A log's text before and after redaction, page by page, and the way from one finding to the next.

use super::act::{self, Act, opposite};
use super::lines::{Drawn, Lines, ROW, Side};
use crate::domain::{Decision, IssueId, LogFile, LogFileId, RuleAction, Unredacted, ValueGroup};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::{IssueState, RedactionPage, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Kind, Pressed, button, error_panel, icon_button, icon_button_enabled, menu_select, segmented, skeleton, text,
    truncated,
};
use crate::worker::{Command, DecisionTarget, IssueDetail, PreviewMark, PrivacyCommand, Seek};
use egui::{Align, EventFilter, Key, Layout, Modifiers, Popup, Response, Ui};
use std::ops::Range;

/// Lines of a page.
const PAGE: u32 = 256;

/// The text of one log.
#[derive(Debug, Default)]
pub(super) struct Preview {
    log: Option<LogFileId>,
    side: Side,
    /// The first line of the page, from 1.
    first: u64,
    /// The finding that was gone to, in bytes of the log.
    here: Option<Range<u64>>,
    lines: Lines,
    /// How many answers of the search for spans have been followed.
    seeks: u64,
    /// Whether there was no further finding.
    at_end: bool,
    /// Whether another side was chosen: its lines have other heights, and what was in view is to stay there.
    has_turned: bool,
    keyboard: Keyboard,
}

/// Where the keyboard is, as of the last frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Keyboard {
    #[default]
    Elsewhere,
    /// It is to come to the text.
    Wanted,
    Here,
}

/// What one frame draws.
struct Shown<'a> {
    issue: IssueId,
    log: &'a LogFile,
    page: &'a RedactionPage,
    groups: &'a [ValueGroup],
}

impl Shown<'_> {
    /// The mark that was gone to, and the line that it stands in.
    fn current(&self, here: Option<&Range<u64>>) -> Option<(u64, &str, &PreviewMark)> {
        let here = here?;
        self.page.before.iter().find_map(|line| {
            let fits = |mark: &&PreviewMark| mark.place.start < here.end && here.start < mark.place.end;
            let mark = line.marks.iter().find(fits)?;
            Some((line.number, line.text.expose().get(mark.range.clone()).unwrap_or_default(), mark))
        })
    }

    /// What can be done with the finding that was gone to. Drawn from right to left.
    fn current_ui(
        &self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        (number, value, mark): (u64, &str, &PreviewMark),
    ) -> Option<Act> {
        let tokens = cx.tokens;
        let mut act = None;
        let (here, of_value) = match (mark.is_kept, self.group(mark).map(|group| group.decision)) {
            (true, Some(Decision::Redact)) => ("Redact here", "Keep value"),
            (true, _) => ("Redact here", "Redact value"),
            (false, Some(Decision::Keep)) => ("Keep here", "Redact value"),
            (false, _) => ("Keep here", "Keep value"),
        };
        if let Some(group) = self.group(mark) {
            let more = icon_button(ui, tokens, icons::MORE, "More for this finding");
            Popup::menu(&more).show(|ui| act = act::menu_ui(ui, cx, group));
        }
        if button(ui, tokens, Kind::Secondary, None, of_value).clicked() {
            act = Some(self.turn_value(mark, value));
        }
        if button(ui, tokens, Kind::Secondary, None, here).clicked() {
            act = Some(self.turn_here(mark));
        }
        let state = if mark.is_kept { "kept".to_owned() } else { format!("sent as {}", mark.placeholder) };
        let words = format!("{value} · line {} · {state}", format::count(number));
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            truncated(ui, &words, Type::Caption, tokens.text);
        });
        act
    }

    fn group(&self, mark: &PreviewMark) -> Option<&ValueGroup> {
        self.groups.iter().find(|group| group.placeholder == mark.placeholder)
    }

    fn turn_here(&self, mark: &PreviewMark) -> Act {
        let decision = if mark.is_kept { Decision::Redact } else { Decision::Keep };
        let target = DecisionTarget::Span { log: self.log.id, kind: mark.placeholder.kind, range: mark.place.clone() };
        Act::Decide(target, decision)
    }

    /// A value that stands in no list, such as a repeat of a name, is decided on by what it is.
    fn turn_value(&self, mark: &PreviewMark, value: &str) -> Act {
        let shown = if mark.is_kept { Decision::Keep } else { Decision::Redact };
        self.group(mark).map_or_else(
            || {
                let target = DecisionTarget::Value { kind: mark.placeholder.kind, value: value.into() };
                Act::Decide(target, opposite(shown))
            },
            Act::turn,
        )
    }

    fn rule(&self, mark: &PreviewMark, value: &str, action: RuleAction) -> Act {
        let text = self.group(mark).map_or_else(|| Unredacted::from(value), |group| group.value.clone());
        Act::Rule { action, matcher: crate::domain::RuleMatch::Words, text, everywhere: true }
    }
}

impl Preview {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        self.follow(state);
        let chosen = detail.logs.iter().find(|log| Some(log.id) == self.log);
        let with_findings = || detail.logs.iter().find(|log| log.findings != Some(0));
        let Some(log) = chosen.or_else(with_findings).or_else(|| detail.logs.first()) else { return };
        if self.log != Some(log.id) {
            self.open(log.id);
        }
        let page = state.redaction_previews.get(&log.id);
        let shown = page.and_then(|page| page.value()).filter(|page| page.first == self.first);
        let asked = page.is_some_and(|page| page.is_loading() || page.failure().is_some());
        if shown.is_none_or(|page| page.is_stale) && !asked {
            self.ask(cx, log);
        }
        self.bar_ui(ui, cx, detail, log);
        ui.add_space(space::XS);
        if let Some(failure) = page.and_then(|page| page.failure()) {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => self.ask(cx, log),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
            return;
        }
        let Some(page) = shown else { return skeleton(ui, cx.tokens, 10) };
        let groups = state.findings.value().map_or(&[][..], |findings| &findings.groups);
        let shown = Shown { issue: detail.issue.id, log, page, groups };
        self.finding_ui(ui, cx, &shown);
        ui.add_space(space::XS);
        self.text_ui(ui, cx, &shown);
    }

    fn open(&mut self, log: LogFileId) {
        let mut lines = Lines::default();
        lines.scroll_to = Some(1);
        *self = Self { log: Some(log), side: self.side, first: 1, seeks: self.seeks, lines, ..Self::default() };
    }

    /// Goes to where the span is that was looked for.
    fn follow(&mut self, state: &IssueState) {
        if std::mem::replace(&mut self.seeks, state.seeks) == state.seeks {
            return;
        }
        self.at_end = state.sought.is_none();
        let Some(place) = &state.sought else { return };
        if self.log != Some(place.log) {
            self.open(place.log);
        }
        self.first = (place.line.saturating_sub(1) / u64::from(PAGE)) * u64::from(PAGE) + 1;
        self.here = Some(place.range.clone());
        self.lines.scroll_to = Some(place.line);
        self.lines.selection = None;
    }

    fn ask(&self, cx: &mut ViewContext<'_>, log: &LogFile) {
        let preview = PrivacyCommand::PreviewLog { log: log.id, first: self.first, count: PAGE };
        cx.submit(Slot::RedactionPreview(log.id), Command::Privacy(preview));
    }

    fn bar_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, detail: &IssueDetail, log: &LogFile) {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            let sides = [(Side::Before, "Before"), (Side::After, "After"), (Side::Both, "Side by side")];
            self.has_turned |= segmented(ui, tokens, &mut self.side, &sides);
            let choices: Vec<_> = detail.logs.iter().map(|log| (log.id, log.file_name.as_str())).collect();
            if let Some(chosen) = menu_select(ui, tokens, "Log", (&log.file_name, tokens.muted), &choices) {
                self.open(chosen);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let last = self.first.saturating_add(u64::from(PAGE)) > log.line_count;
                if icon_button_enabled(ui, tokens, icons::CHEVRON_RIGHT, "Next page", !last).clicked() {
                    self.turn(true);
                }
                if icon_button_enabled(ui, tokens, icons::CHEVRON_LEFT, "Previous page", self.first > 1).clicked() {
                    self.turn(false);
                }
                let until = (self.first + u64::from(PAGE) - 1).min(log.line_count);
                let lines = format!("{}–{}", format::count(self.first), format::count(until));
                text(ui, &lines, Type::Caption, tokens.muted);
            });
        });
    }

    const fn turn(&mut self, forward: bool) {
        let by = PAGE as u64;
        self.first = if forward { self.first + by } else { self.first.saturating_sub(by) };
        if self.first == 0 {
            self.first = 1;
        }
        self.here = None;
        self.at_end = false;
        self.lines.selection = None;
        self.lines.scroll_to = Some(self.first);
    }

    /// What is selected or was gone to, and what can be done with it.
    fn finding_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, shown: &Shown<'_>) {
        let tokens = cx.tokens;
        let mut act = None;
        ui.horizontal(|ui| {
            ui.set_min_height(tokens.row_height);
            if icon_button(ui, tokens, icons::ARROW_UP, "Previous finding").clicked() {
                self.seek(cx, shown, false);
            }
            if icon_button(ui, tokens, icons::ARROW_DOWN, "Next finding").clicked() {
                self.seek(cx, shown, true);
            }
            let selected = self.selected_text(shown);
            if let Some((line, range)) = selected {
                act = self.selection_ui(ui, cx, (line, range));
                return;
            }
            let Some((number, value, mark)) = shown.current(self.here.as_ref()) else {
                let hint = match (self.at_end, self.side) {
                    (true, _) => "There is no further finding in the logs of this issue",
                    (false, Side::After) => "j, k or the arrows go from one finding to the next",
                    (false, Side::Before | Side::Both) => "Select text to redact it, or go through the findings",
                };
                text(ui, hint, Type::Caption, tokens.muted);
                return;
            };
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                act = shown.current_ui(ui, cx, (number, value, mark));
            });
        });
        if let Some(act) = act {
            act.run(cx, shown.issue);
        }
    }

    /// The line of the selection, and the bytes of it that are selected.
    fn selected_text<'a>(&self, shown: &Shown<'a>) -> Option<(&'a str, Range<usize>)> {
        let selection = self.lines.selection.as_ref().filter(|_| self.side != Side::After)?;
        let row = usize::try_from(selection.line.checked_sub(shown.page.first)?).ok()?;
        let line = shown.page.before.get(row)?.text.expose();
        line.get(selection.range.clone())?;
        Some((line, selection.range.clone()))
    }

    fn selection_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, (line, range): (&str, Range<usize>)) -> Option<Act> {
        let act = super::select::redact_ui(ui, cx.tokens, (line, &range));
        if icon_button(ui, cx.tokens, icons::X, "Clear selection").clicked() || act.is_some() {
            self.lines.selection = None;
        }
        let selected = line.get(range).unwrap_or_default().trim();
        truncated(ui, &format!("“{selected}”"), Type::Code, cx.tokens.text);
        act
    }

    fn text_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, shown: &Shown<'_>) {
        if std::mem::take(&mut self.has_turned) {
            let line = shown.current(self.here.as_ref()).map(|(line, ..)| line);
            self.lines.scroll_to = Some(line.unwrap_or_else(|| self.lines.first_in_view(shown.page)));
        }
        let height = ui.available_height() - 28.0;
        let size = egui::vec2(ui.available_width(), height.max(60.0));
        let (response, clicked) = ui
            .allocate_ui(size, |ui| {
                ui.set_min_size(size);
                let drawn = Drawn {
                    tokens: cx.tokens,
                    page: shown.page,
                    side: self.side,
                    here: self.here.as_ref(),
                    name: &shown.log.file_name,
                };
                self.lines.ui(ui, &drawn)
            })
            .inner;
        if let Some(place) = clicked {
            self.here = Some(place);
            self.at_end = false;
        }
        self.keys(ui, cx, shown, &response);
        let legend = "j k next, previous · Space keep or redact here · v the value · a always · n never · F6 the list";
        text(ui, legend, Type::Caption, cx.tokens.muted);
    }

    pub(super) const fn has_focus(&self) -> bool {
        matches!(self.keyboard, Keyboard::Here)
    }

    /// Gives the keyboard to the text.
    pub(super) const fn take_focus(&mut self) {
        self.keyboard = Keyboard::Wanted;
    }

    fn keys(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, shown: &Shown<'_>, response: &Response) {
        let is_wanted = self.keyboard == Keyboard::Wanted;
        self.keyboard = if response.has_focus() { Keyboard::Here } else { Keyboard::Elsewhere };
        if is_wanted {
            response.request_focus();
        } else if self.keyboard == Keyboard::Elsewhere {
            // Nothing else can want these keys when nothing has the focus, as right after the tab was opened.
            let is_free = ui.memory(|memory| memory.focused().is_none());
            if !(is_free && ui.input(|input| input.key_pressed(Key::J) || input.key_pressed(Key::K))) {
                return;
            }
            response.request_focus();
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let page = (response.rect.height() - 2.0 * ROW).max(ROW);
        for (key, by) in [(Key::ArrowDown, ROW), (Key::ArrowUp, -ROW), (Key::PageDown, page), (Key::PageUp, -page)] {
            if pressed(key) {
                self.lines.scroll_by += by;
                ui.request_repaint();
            }
        }
        if pressed(Key::J) {
            self.seek(cx, shown, true);
        }
        if pressed(Key::K) {
            self.seek(cx, shown, false);
        }
        let Some((_, value, mark)) = shown.current(self.here.as_ref()) else { return };
        let act = if pressed(Key::Space) {
            shown.turn_here(mark)
        } else if pressed(Key::V) {
            shown.turn_value(mark, value)
        } else if pressed(Key::A) {
            shown.rule(mark, value, RuleAction::Always)
        } else if pressed(Key::N) {
            shown.rule(mark, value, RuleAction::Never)
        } else {
            return;
        };
        act.run(cx, shown.issue);
    }

    /// Goes to the next finding of this page; behind the last one of it, the store knows the way.
    fn seek_on_page(&mut self, page: &RedactionPage, forward: bool) -> bool {
        let marks = page.before.iter().flat_map(|line| line.marks.iter().map(move |mark| (line.number, mark)));
        let next = match (&self.here, forward) {
            (None, true) => marks.min_by_key(|(_, mark)| mark.place.start),
            (None, false) => marks.max_by_key(|(_, mark)| mark.place.start),
            (Some(here), true) => {
                marks.filter(|(_, mark)| mark.place.start > here.start).min_by_key(|(_, mark)| mark.place.start)
            }
            (Some(here), false) => {
                marks.filter(|(_, mark)| mark.place.start < here.start).max_by_key(|(_, mark)| mark.place.start)
            }
        };
        let Some((number, mark)) = next else { return false };
        self.here = Some(mark.place.clone());
        self.at_end = false;
        self.lines.scroll_to = Some(number);
        true
    }

    fn seek(&mut self, cx: &mut ViewContext<'_>, shown: &Shown<'_>, forward: bool) {
        self.lines.selection = None;
        if shown.current(self.here.as_ref()).is_none() {
            self.here = None;
        }
        if self.seek_on_page(shown.page, forward) {
            return;
        }
        let log = shown.log.id;
        let here = self.here.as_ref().map(|here| here.start);
        let seek = if forward {
            let end = shown.page.before.last().map_or(0, |line| line.start + line.text.expose().len() as u64);
            Seek::After { log, offset: here.unwrap_or(end) }
        } else {
            Seek::Before { log, offset: here.unwrap_or_else(|| shown.page.before.first().map_or(0, |line| line.start)) }
        };
        let find = PrivacyCommand::FindSpan { issue: shown.issue, seek };
        cx.submit(Slot::SpanSeek(shown.issue), Command::Privacy(find));
    }
}
