//! Find and replace in the source of a document.

use crate::ui::icons;
use crate::ui::theme::{Tokens, Type};
use crate::ui::widgets::{Kind, button_enabled, icon_button, icon_button_enabled, text, toggle};
use egui::{Frame, Id, Key, Modifiers, Response, TextEdit, Ui};
use std::ops::Range;

/// More places than this are not listed.
const MOST: usize = 10_000;

/// The bar and what it has found.
#[derive(Debug, Default)]
pub(super) struct Find {
    is_open: bool,
    needle: String,
    with: String,
    minds_case: bool,
    takes_focus: bool,
    /// Bytes of the text.
    found: Vec<Range<usize>>,
    /// Which one is selected, once one was.
    at: Option<usize>,
    /// What was searched last: the version of the text, the needle, whether case counts.
    searched: Option<(u64, String, bool)>,
}

/// What is to be done with the source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wish {
    /// Select these bytes.
    pub(super) select: Option<Range<usize>>,
    /// Put texts in the places of these bytes, from the end on.
    pub(super) replace: Vec<Range<usize>>,
    pub(super) with: String,
}

impl Find {
    /// Opens the bar, with what is selected in the source if that is one line.
    pub(super) fn open(&mut self, selected: &str) {
        self.is_open = true;
        self.takes_focus = true;
        if !selected.is_empty() && !selected.contains('\n') {
            selected.clone_into(&mut self.needle);
        }
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, tokens: &Tokens, (source, version): (&str, u64)) -> Wish {
        let mut wish = Wish::default();
        if !self.is_open {
            return wish;
        }
        self.search(source, version);
        let frame = Frame::new().fill(tokens.raised).corner_radius(6).inner_margin(6);
        frame.show(ui, |ui| {
            // Two rows: in one, half a window has no room for both, and rows that wrap lie on each other in a frame.
            ui.vertical(|ui| {
                ui.horizontal(|ui| self.find_ui(ui, tokens, &mut wish));
                ui.horizontal(|ui| self.replace_ui(ui, tokens, &mut wish));
            });
        });
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.is_open = false;
        }
        wish
    }

    fn find_ui(&mut self, ui: &mut Ui, tokens: &Tokens, wish: &mut Wish) {
        let field = line_ui(ui, &mut self.needle, "Find");
        if std::mem::take(&mut self.takes_focus) {
            field.request_focus();
        }
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let back = ui.input(|input| input.modifiers.shift);
        if enter {
            field.request_focus();
        }
        toggle(ui, tokens, icons::TAG, "Aa", &mut self.minds_case);
        let any = !self.found.is_empty();
        let previous = icon_button_enabled(ui, tokens, icons::ARROW_UP, "Previous match", any).clicked();
        let next = icon_button_enabled(ui, tokens, icons::ARROW_DOWN, "Next match", any).clicked();
        if previous || (enter && back) {
            self.step(self.found.len().saturating_sub(1), wish);
        } else if next || enter {
            self.step(1, wish);
        }
        let words = match (self.needle.is_empty(), self.found.len()) {
            (true, _) => String::new(),
            (false, 0) => "none".to_owned(),
            (false, all) => match self.at {
                Some(at) => format!("{} of {all}", at + 1),
                None => format!("{all} found"),
            },
        };
        text(ui, &words, Type::Caption, tokens.muted);
        if icon_button(ui, tokens, icons::X, "Close find").clicked() {
            self.is_open = false;
        }
    }

    fn replace_ui(&mut self, ui: &mut Ui, tokens: &Tokens, wish: &mut Wish) {
        line_ui(ui, &mut self.with, "Replace with");
        let ready = (Kind::Secondary, !self.found.is_empty());
        if button_enabled(ui, tokens, ready, None, "Replace").clicked() {
            wish.replace.extend(self.found.get(self.at.unwrap_or(0)).cloned());
            wish.with.clone_from(&self.with);
        }
        if button_enabled(ui, tokens, ready, None, "Replace all").clicked() {
            wish.replace.clone_from(&self.found);
            wish.with.clone_from(&self.with);
        }
    }

    fn step(&mut self, by: usize, wish: &mut Wish) {
        if self.found.is_empty() {
            return;
        }
        let next = self.at.map_or(0, |at| (at + by) % self.found.len());
        self.at = Some(next);
        wish.select = self.found.get(next).cloned();
    }

    fn search(&mut self, source: &str, version: u64) {
        let asked = (version, self.needle.clone(), self.minds_case);
        if self.searched.as_ref() == Some(&asked) {
            return;
        }
        if self.searched.as_ref().is_none_or(|(_, needle, _)| *needle != self.needle) {
            self.at = None;
        }
        self.searched = Some(asked);
        self.found = places(source, &self.needle, self.minds_case);
        self.at = self.at.filter(|at| *at < self.found.len());
    }
}

fn line_ui(ui: &mut Ui, value: &mut String, name: &str) -> Response {
    let edit = TextEdit::singleline(value).id(Id::unique(("find", name))).hint_text(name).desired_width(150.0);
    ui.add(edit.font(Type::Body.font())).accessible_name(name)
}

/// Where a text stands, in bytes, without overlaps.
fn places(source: &str, needle: &str, minds_case: bool) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    let pattern = regex::RegexBuilder::new(&regex::escape(needle)).case_insensitive(!minds_case).build();
    pattern.map_or_else(
        |_too_large| Vec::new(),
        |pattern| pattern.find_iter(source).take(MOST).map(|found| found.range()).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_counts_only_where_it_is_asked_for_and_signs_are_signs() {
        let source = "Pool (pool) POOL ÜBER über";
        assert_eq!(places(source, "pool", false).len(), 3);
        assert_eq!(places(source, "pool", true).first(), Some(&(6..10)));
        assert_eq!(places(source, "über", false).len(), 2);
        assert_eq!(places(source, "(pool)", false).first(), Some(&(5..11)));
        assert!(places(source, "", false).is_empty());
    }
}
