//! The command palette: every command, every place and every issue, found by a few letters.

use super::command::{SAMPLES, UiCommand};
use super::context::ViewContext;
use super::icons::{self, icon};
use super::screen::{IssueTab, Screen, SettingsPage};
use super::state::Slot;
use super::theme::{Tokens, Type, radius, space};
use super::widgets::{empty_state, key_cap, truncated};
use crate::domain::{IssueId, IssueQuery};
use crate::worker::{Command, IssueCommand};
use egui::accesskit::Role;
use egui::{
    Align, Align2, Area, Frame, Id, Key, Layout, Margin, Modal, Modifiers, Response, RichText, ScrollArea, Sense,
    Stroke, TextEdit, Ui, UiBuilder, WidgetInfo, vec2,
};
use std::collections::HashSet;
use std::time::Duration;

/// At most so many entries are listed.
const LONGEST: usize = 40;
/// How long the typing must rest before the store is asked, in seconds.
const REST_SECS: f64 = 0.15;

/// The command palette, open or not.
#[derive(Debug, Default)]
pub struct Palette {
    is_open: bool,
    query: String,
    chosen: usize,
    wants_focus: bool,
    /// Whether the keyboard has moved the choice, so that the list must follow. Following in each frame would draw on
    /// and on.
    has_moved: bool,
    asked: String,
    changed_at: f64,
}

/// What an entry does.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Run(UiCommand),
    Open(Screen),
    Sample(&'static str),
}

#[derive(Clone, Debug)]
struct Entry {
    glyph: char,
    name: String,
    /// Quiet, behind the name.
    kind: &'static str,
    keys: String,
    deed: Deed,
}

impl Palette {
    /// Opens it, empty.
    pub fn open(&mut self) {
        *self = Self { is_open: true, wants_focus: true, ..Self::default() };
    }

    pub const fn is_open(&self) -> bool {
        self.is_open
    }

    /// Draws it over the window while it is open.
    pub fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        if !self.is_open {
            return;
        }
        self.ask(ui, cx);
        let entries = matching(&self.query, entries(ui, cx));
        self.chosen = self.chosen.min(entries.len().saturating_sub(1));
        let enter = self.keys(ui, entries.len());
        let area = Area::new(Id::unique("palette area")).order(egui::Order::Foreground);
        let area = area.anchor(Align2::CENTER_TOP, vec2(0.0, 72.0));
        let tokens = cx.tokens;
        let frame = Frame::new()
            .fill(tokens.panel)
            .stroke(Stroke::new(1.0, tokens.border_strong))
            .corner_radius(radius::CARD)
            .inner_margin(space::S)
            .shadow(ui.visuals().window_shadow);
        let modal = Modal::new(Id::unique("palette")).area(area).frame(frame).show(ui.ctx(), |ui| {
            ui.set_width(560.0_f32.min(ui.ctx().content_rect().width() - 64.0));
            self.field_ui(ui, tokens);
            ui.add_space(space::XS);
            self.list_ui(ui, tokens, &entries)
        });
        let clicked = modal.inner;
        let close = modal.should_close();
        let taken = clicked.or_else(|| enter.then_some(self.chosen));
        if let Some(entry) = taken.and_then(|index| entries.get(index)) {
            self.is_open = false;
            carry_out(cx, entry.deed);
        }
        self.is_open &= !close;
    }

    /// Before the field is drawn, which would take the arrows for itself. Returns whether Enter was pressed.
    fn keys(&mut self, ui: &Ui, count: usize) -> bool {
        ui.input_mut(|input| {
            if input.consume_key(Modifiers::NONE, Key::ArrowDown) && count > 0 {
                self.chosen = (self.chosen + 1) % count;
                self.has_moved = true;
            }
            if input.consume_key(Modifiers::NONE, Key::ArrowUp) && count > 0 {
                self.chosen = (self.chosen + count - 1) % count;
                self.has_moved = true;
            }
            input.consume_key(Modifiers::NONE, Key::Enter)
        })
    }

    /// Asks the store for issues once the typing rests.
    fn ask(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        if self.query == self.asked {
            return;
        }
        let left = self.changed_at + REST_SECS - ui.input(|input| input.time);
        if left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            return;
        }
        self.asked.clone_from(&self.query);
        if !self.query.trim().is_empty() {
            let query = IssueQuery { text: self.query.trim().to_owned(), limit: 20, ..IssueQuery::default() };
            cx.submit(Slot::PaletteIssues, Command::Issue(IssueCommand::List(query)));
        }
    }

    fn field_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let hint = RichText::new("Find a command, a setting or an issue").color(tokens.muted);
        let field = TextEdit::singleline(&mut self.query)
            .id_salt("palette query")
            .hint_text(hint)
            .font(Type::Lead.font())
            .desired_width(f32::INFINITY)
            .margin(Margin::symmetric(10, 9));
        let response = ui.add(field);
        response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Find a command, a setting or an issue"));
        if std::mem::take(&mut self.wants_focus) {
            response.request_focus();
        }
        if response.changed() {
            self.chosen = 0;
            self.changed_at = ui.input(|input| input.time);
        }
    }

    /// Returns the entry that was clicked.
    fn list_ui(&mut self, ui: &mut Ui, tokens: &Tokens, entries: &[Entry]) -> Option<usize> {
        if entries.is_empty() {
            empty_state(ui, tokens, icons::SEARCH, "Nothing has these letters in this order", None);
            return None;
        }
        let height = (ui.ctx().content_rect().height() - 220.0).clamp(120.0, 420.0);
        let mut clicked = None;
        let follows = std::mem::take(&mut self.has_moved);
        ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (index, entry) in entries.iter().enumerate() {
                let is_chosen = index == self.chosen;
                let response = entry_ui(ui, tokens, entry, is_chosen);
                if is_chosen && follows {
                    response.scroll_to_me(None);
                }
                if response.clicked() {
                    clicked = Some(index);
                }
            }
        });
        clicked
    }
}

fn entry_ui(ui: &mut Ui, tokens: &Tokens, entry: &Entry, is_chosen: bool) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), tokens.row_height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, is_chosen, &entry.name));
    if is_chosen || response.hovered() {
        let ground = if is_chosen { tokens.accent_tint } else { tokens.raised };
        ui.painter().rect_filled(rect, radius::CONTROL, ground);
    }
    let inside = UiBuilder::new().max_rect(rect.shrink2(vec2(10.0, 0.0))).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(inside, |ui| {
        let color = if is_chosen { tokens.accent } else { tokens.muted };
        ui.label(icon(entry.glyph, 16.0).color(color));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !entry.keys.is_empty() {
                key_cap(ui, tokens, &entry.keys);
            }
            truncated(ui, entry.kind, Type::Caption, tokens.muted);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                truncated(ui, &entry.name, Type::Body, tokens.text);
            });
        });
    });
    response
}

fn carry_out(cx: &mut ViewContext<'_>, deed: Deed) {
    match deed {
        Deed::Run(command) => cx.run(command),
        Deed::Open(screen) => cx.open(screen),
        Deed::Sample(name) => {
            let command = IssueCommand::CreateSample { name: name.to_owned() };
            cx.submit(Slot::Sample, Command::Issue(command));
        }
    }
}

/// Everything that can be found from here.
fn entries(ui: &Ui, cx: &ViewContext<'_>) -> Vec<Entry> {
    let mut entries = Vec::new();
    for command in UiCommand::ALL {
        let is_place = command.leads_to(cx.screen).is_some();
        let reachable = is_place || !matches!(command, UiCommand::Tab(_));
        // A sample is an entry of its own below; the palette is open already.
        if reachable && !matches!(command, UiCommand::SampleIncident | UiCommand::Palette) {
            entries.push(Entry {
                glyph: command.icon(),
                name: command.text().to_owned(),
                kind: if is_place { "go to" } else { "command" },
                keys: command.shortcut_text(ui.ctx()),
                deed: Deed::Run(command),
            });
        }
    }
    entries.extend(SettingsPage::ALL.into_iter().map(|page| Entry {
        glyph: page.icon(),
        name: format!("Settings: {}", page.title()),
        kind: "go to",
        keys: String::new(),
        deed: Deed::Open(Screen::Settings(page)),
    }));
    entries.extend(SAMPLES.iter().map(|(name, title)| Entry {
        glyph: icons::PLAY,
        name: format!("Sample: {title}"),
        kind: "command",
        keys: String::new(),
        deed: Deed::Sample(name),
    }));
    let mut seen: HashSet<IssueId> = HashSet::new();
    entries.extend(cx.state.known_issues().filter(|row| seen.insert(row.id)).map(|row| Entry {
        glyph: icons::FILE_TEXT,
        name: row.title.expose().to_owned(),
        kind: row.status.label(),
        keys: String::new(),
        deed: Deed::Open(Screen::Issue(row.id, IssueTab::default())),
    }));
    entries
}

/// The entries that fit, best first; all in their order while nothing is typed.
fn matching(query: &str, entries: Vec<Entry>) -> Vec<Entry> {
    let mut scored: Vec<(u32, Entry)> =
        entries.into_iter().filter_map(|entry| Some((score(query, &entry.name)?, entry))).collect();
    // Stable: equals keep their order.
    scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    scored.truncate(LONGEST);
    scored.into_iter().map(|(_, entry)| entry).collect()
}

/// How well the letters of `query` are found in `text`, in their order; `None` when they are not.
///
/// A letter counts more at the beginning of a word and behind the letter before it; a short text more than a long one.
fn score(query: &str, text: &str) -> Option<u32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let letters: Vec<char> = query.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    if letters.is_empty() {
        return Some(0);
    }
    let starts = (0..text.len()).filter(|at| text.get(*at) == letters.first());
    let shortness = u32::try_from(100_usize.saturating_sub(text.len())).unwrap_or(0) / 10;
    starts.filter_map(|start| score_from(&letters, &text, start)).max().map(|score| score + shortness)
}

/// Each letter is taken where it comes first, from `start` on.
fn score_from(letters: &[char], text: &[char], start: usize) -> Option<u32> {
    let (mut total, mut at, mut expected) = (0, start, start);
    for letter in letters {
        at += text.get(at..)?.iter().position(|c| c == letter)?;
        let begins_word = at == 0 || text.get(at - 1).is_some_and(|before| !before.is_alphanumeric());
        total += 1 + if begins_word { 8 } else { 0 } + if at == expected { 5 } else { 0 };
        at += 1;
        expected = at;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_must_come_in_their_order() {
        assert!(score("histry", "History").is_some());
        assert!(score("yrotsih", "History").is_none());
        assert!(score("", "anything").is_some());
        assert!(score("ärger", "Großer Ärger").is_some());
    }

    #[test]
    fn beginnings_of_words_and_runs_win() {
        let better = |query, a, b| assert!(score(query, a) > score(query, b), "{query}: {a} before {b}");
        better("ni", "New issue", "Diagnose it in the night");
        better("pool", "The pool is exhausted", "Postponed on login");
        better("set", "Settings", "Charges fail since the reset of the set-up");
    }
}
