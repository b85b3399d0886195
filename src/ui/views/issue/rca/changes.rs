//! What differs between two texts, line by line, with what is the same folded away.

use crate::ui::theme::{Tokens, Type};
use crate::worker::{DiffLine, LineChange, diff};
use egui::{Color32, Frame, Label, RichText, ScrollArea, Ui};

/// How many lines around a change are shown.
const AROUND: usize = 2;

/// A comparison, made once for two texts.
#[derive(Debug, Default)]
pub(super) struct Changes {
    of: Option<(String, String)>,
    rows: Vec<Row>,
    added: usize,
    removed: usize,
}

#[derive(Debug, PartialEq, Eq)]
enum Row {
    Line(DiffLine),
    /// So many lines that are the same.
    Fold(usize),
}

impl Changes {
    pub(super) fn compare(&mut self, old: &str, new: &str) {
        if self.of.as_ref().is_some_and(|(known_old, known_new)| known_old == old && known_new == new) {
            return;
        }
        let lines = diff(old, new);
        let count = |change| lines.iter().filter(|line| line.change == change).count();
        (self.added, self.removed) = (count(LineChange::Added), count(LineChange::Removed));
        self.rows = folded(lines);
        self.of = Some((old.to_owned(), new.to_owned()));
    }

    pub(super) fn ui(&self, ui: &mut Ui, tokens: &Tokens) {
        if self.added + self.removed == 0 {
            text_line(ui, "Both are the same.", tokens.muted);
            return;
        }
        let lines = if self.added == 1 { "line" } else { "lines" };
        text_line(ui, &format!("{} {lines} added, {} removed", self.added, self.removed), tokens.muted);
        ScrollArea::vertical().id_salt("changes").auto_shrink(false).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for row in &self.rows {
                row_ui(ui, tokens, row);
            }
        });
    }
}

fn text_line(ui: &mut Ui, words: &str, color: Color32) {
    ui.label(RichText::new(words).font(Type::Caption.font()).color(color));
}

/// A sign tells what became of a line, so that color does not have to.
fn row_ui(ui: &mut Ui, tokens: &Tokens, row: &Row) {
    let line = match row {
        Row::Fold(count) => {
            let words = if *count == 1 { "⋯ 1 line".to_owned() } else { format!("⋯ {count} lines") };
            return text_line(ui, &words, tokens.muted);
        }
        Row::Line(line) => line,
    };
    line_ui(ui, tokens, line);
}

/// One line of a comparison.
pub(super) fn line_ui(ui: &mut Ui, tokens: &Tokens, line: &DiffLine) {
    let (sign, color, fill) = match line.change {
        LineChange::Same => (' ', tokens.muted, Color32::TRANSPARENT),
        LineChange::Added => ('+', tokens.text, tokens.ok.gamma_multiply(0.16)),
        LineChange::Removed => ('−', tokens.text, tokens.bad.gamma_multiply(0.14)),
    };
    Frame::new().fill(fill).inner_margin(egui::Margin::symmetric(6, 1)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let code = |words: &str| RichText::new(words).font(Type::Code.font()).color(color);
            ui.label(code(&sign.to_string()));
            let shown = if line.text.is_empty() { " " } else { line.text.as_str() };
            ui.add(Label::new(code(shown)).wrap());
        });
    });
}

fn folded(lines: Vec<DiffLine>) -> Vec<Row> {
    let changed: Vec<bool> = lines.iter().map(|line| line.change != LineChange::Same).collect();
    let is_near = |at: usize| {
        let (from, to) = (at.saturating_sub(AROUND), (at + AROUND + 1).min(changed.len()));
        changed.get(from..to).is_some_and(|near| near.contains(&true))
    };
    let near: Vec<bool> = (0..lines.len()).map(is_near).collect();
    let mut rows: Vec<Row> = Vec::new();
    for (line, is_near) in lines.into_iter().zip(near) {
        if is_near {
            rows.push(Row::Line(line));
            continue;
        }
        match rows.last_mut() {
            Some(Row::Fold(count)) => *count += 1,
            _ => rows.push(Row::Fold(1)),
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_is_folded_but_for_the_lines_around_a_change() {
        let old: Vec<String> = (1..=12).map(|number| number.to_string()).collect();
        let mut new = old.clone();
        new[5] = "six".to_owned();
        let mut changes = Changes::default();
        changes.compare(&old.join("\n"), &new.join("\n"));
        assert_eq!((changes.added, changes.removed), (1, 1));
        assert_eq!(changes.rows.first(), Some(&Row::Fold(3)));
        assert_eq!(changes.rows.last(), Some(&Row::Fold(4)));
        assert_eq!(changes.rows.len(), 8);
    }
}
