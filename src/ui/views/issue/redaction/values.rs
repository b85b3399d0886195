//! The kinds that were found with their counts, and under each its values: kept or redacted.

use crate::domain::{Decision, IssueId, PiiKind, ValueGroup};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{focus_ring, text};
use crate::worker::{Command, DecisionTarget, PrivacyCommand};
use egui::accesskit::Role;
use egui::{EventFilter, Key, Modifiers, Rect, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

const HEIGHT: f32 = 28.0;

/// The list of kinds and values.
#[derive(Debug, Default)]
pub(super) struct Values {
    selected: usize,
    scrolls: bool,
}

/// One row of the list.
#[derive(Clone, Copy, Debug)]
enum Row<'a> {
    Kind { kind: PiiKind, values: usize, places: u64, all_kept: bool },
    Value(&'a ValueGroup),
}

impl Row<'_> {
    fn is_kept(self) -> bool {
        match self {
            Self::Kind { all_kept, .. } => all_kept,
            Self::Value(group) => group.decision == Decision::Keep,
        }
    }

    /// Secrets are kept one by one or not at all.
    const fn may_be_kept(self) -> bool {
        match self {
            Self::Kind { kind, .. } => !kind.is_secret(),
            Self::Value(_) => true,
        }
    }

    fn target(self) -> DecisionTarget {
        match self {
            Self::Kind { kind, .. } => DecisionTarget::Kind(kind),
            Self::Value(group) => DecisionTarget::Value { kind: group.kind, value: group.value.clone() },
        }
    }
}

impl Values {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, (issue, groups): (IssueId, &[ValueGroup])) {
        let tokens = cx.tokens;
        let rows = rows(groups);
        self.selected = self.selected.min(rows.len().saturating_sub(1));
        let places: u64 = groups.iter().map(|group| group.places).sum();
        let kept = groups.iter().filter(|group| group.decision == Decision::Keep).count();
        let total = format!(
            "{} values in {} places · {} kept",
            format::count(groups.len() as u64),
            format::count(places),
            format::count(kept as u64)
        );
        text(ui, &total, Type::Caption, tokens.muted);
        ui.add_space(space::XS);
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ui.available_height() - 26.0;
        let area = ScrollArea::vertical().id_salt("values").auto_shrink([false, false]).max_height(height);
        let mut decided = None;
        area.show_viewport(ui, |ui, viewport| {
            ui.set_height(rows_height(rows.len()));
            let origin = ui.max_rect().left_top();
            let width = ui.available_width();
            for (index, row) in rows.iter().enumerate() {
                let top = rows_height(index);
                let rect = Rect::from_min_size(origin + vec2(0.0, top), vec2(width, HEIGHT));
                let is_selected = index == self.selected;
                if is_selected && std::mem::take(&mut self.scrolls) {
                    ui.scroll_to_rect(rect, None);
                }
                if top + HEIGHT < viewport.top() || top > viewport.bottom() {
                    continue;
                }
                let response = row_ui(ui, tokens, rect, (index, *row), is_selected);
                if response.clicked() {
                    self.selected = index;
                    response.request_focus();
                    // A click beside the check box selects only.
                    let on_box = response.interact_pointer_pos().is_some_and(|at| at.x > rect.right() - 96.0);
                    decided = on_box.then(|| opposite(*row)).or(decided);
                }
                if response.has_focus() {
                    self.selected = index;
                    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
                    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
                    decided = self.keys(ui, &rows).or(decided);
                }
            }
        });
        if let Some((row, decision)) = decided
            && (decision == Decision::Redact || row.may_be_kept())
        {
            let decide = PrivacyCommand::Decide { issue, target: row.target(), decision };
            cx.run_detached("Redacting", Command::Privacy(decide));
        }
        ui.add_space(space::XS);
        text(ui, "Space: keep or redact · a: redact · n: keep · j, k: move", Type::Caption, tokens.muted);
    }

    fn keys<'a>(&mut self, ui: &Ui, rows: &[Row<'a>]) -> Option<(Row<'a>, Decision)> {
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let row = *rows.get(self.selected)?;
        let next = if pressed(Key::ArrowDown) || pressed(Key::J) {
            (self.selected + 1).min(rows.len().saturating_sub(1))
        } else if pressed(Key::ArrowUp) || pressed(Key::K) {
            self.selected.saturating_sub(1)
        } else {
            self.selected
        };
        if next != self.selected {
            self.selected = next;
            self.scrolls = true;
            ui.memory_mut(|memory| memory.request_focus(row_id(ui, next)));
            return None;
        }
        if pressed(Key::Space) {
            return Some(opposite(row));
        }
        if pressed(Key::A) {
            return Some((row, Decision::Redact));
        }
        pressed(Key::N).then_some((row, Decision::Keep))
    }
}

fn opposite(row: Row<'_>) -> (Row<'_>, Decision) {
    (row, if row.is_kept() { Decision::Redact } else { Decision::Keep })
}

/// Each kind in the order of [`PiiKind::ALL`], with its values below it, the most frequent first.
fn rows(groups: &[ValueGroup]) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for kind in PiiKind::ALL {
        let mut values: Vec<_> = groups.iter().filter(|group| group.kind == *kind).collect();
        if values.is_empty() {
            continue;
        }
        values.sort_by_key(|group| (std::cmp::Reverse(group.places), group.placeholder.number));
        let places = values.iter().map(|group| group.places).sum();
        let all_kept = values.iter().all(|group| group.decision == Decision::Keep);
        rows.push(Row::Kind { kind: *kind, values: values.len(), places, all_kept });
        rows.extend(values.into_iter().map(Row::Value));
    }
    rows
}

#[expect(clippy::cast_precision_loss, reason = "rows of a list of values")]
fn rows_height(rows: usize) -> f32 {
    rows as f32 * HEIGHT
}

fn row_id(ui: &Ui, index: usize) -> egui::Id {
    ui.scope_id().with(("value", index))
}

fn row_ui(ui: &Ui, tokens: &Tokens, rect: Rect, (index, row): (usize, Row<'_>), is_selected: bool) -> egui::Response {
    let response = ui.interact(rect, row_id(ui, index), Sense::click());
    let redacts = !row.is_kept();
    let name = match row {
        Row::Kind { kind, places, .. } => format!("Redact all {}, {places} places", kind.label()),
        Row::Value(group) => format!("Redact {}, {} places", group.value.expose(), group.places),
    };
    let enabled = row.may_be_kept() || !redacts;
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, enabled, redacts, &name));
    if is_selected || response.hovered() {
        ui.painter().rect_filled(rect, 6, tokens.raised);
    }
    focus_ring(ui, tokens, &response);
    let middle = rect.center().y;
    let small = Type::Caption.font();
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let (glyph, word, color) =
        if redacts { (icons::SHIELD_CHECK, "redact", tokens.redacted_text) } else { (icons::EYE, "keep", tokens.warn) };
    let right = pos2(rect.right() - 8.0, middle);
    let color = if enabled { color } else { tokens.muted };
    let word = painter.text(right, egui::Align2::RIGHT_CENTER, word, small.clone(), color);
    let glyph_font = egui::FontId::new(14.0, crate::ui::theme::icon_family());
    let at = pos2(word.left() - 6.0, middle);
    let glyph = painter.text(at, egui::Align2::RIGHT_CENTER, glyph, glyph_font, color);
    let (title, face, count, x) = match row {
        Row::Kind { kind, values, places, .. } => {
            let counts = format!("{values} · {}", format::count(places));
            (kind.label(), Type::Strong, counts, rect.left() + 8.0)
        }
        Row::Value(group) => (group.value.expose(), Type::Code, format::count(group.places), rect.left() + 22.0),
    };
    let at = pos2((rect.right() - 88.0).min(glyph.left() - 8.0), middle);
    let count = painter.text(at, egui::Align2::RIGHT_CENTER, count, small, tokens.muted);
    let clip = Rect::from_min_max(rect.left_top(), pos2(count.left() - 6.0, rect.bottom()));
    let title = super::super::links::head_of(title.lines().next().unwrap_or_default(), 200);
    let painter = painter.with_clip_rect(clip.intersect(painter.clip_rect()));
    painter.text(pos2(x, middle), egui::Align2::LEFT_CENTER, title, face.font(), tokens.text);
    let hint = match row {
        Row::Kind { kind, .. } if kind.is_secret() => "Secrets are redacted; keep single values if you must".to_owned(),
        Row::Kind { .. } => "Keep or redact all values of this kind".to_owned(),
        Row::Value(group) => format!("{} is sent as {}", group.value.expose(), group.placeholder),
    };
    response.on_hover_text(hint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Placeholder;

    fn group(kind: PiiKind, number: u32, places: u64, decision: Decision) -> ValueGroup {
        let placeholder = Placeholder { kind, number };
        ValueGroup { kind, value: placeholder.to_string().into(), placeholder, places, decision }
    }

    #[test]
    fn values_stand_below_their_kind_the_most_frequent_first() {
        let groups = [
            group(PiiKind::Email, 1, 2, Decision::Keep),
            group(PiiKind::Ipv4, 1, 1, Decision::Redact),
            group(PiiKind::Email, 2, 9, Decision::Keep),
        ];
        let rows = rows(&groups);
        let words: Vec<_> = rows
            .iter()
            .map(|row| match row {
                Row::Kind { kind, values, places, all_kept } => {
                    format!("{} {values} {places} {all_kept}", kind.label())
                }
                Row::Value(group) => group.placeholder.to_string(),
            })
            .collect();
        assert_eq!(words, ["IPv4 1 1 false", "[IPv4-1]", "Email 2 11 true", "[Email-2]", "[Email-1]"]);
    }

    #[test]
    fn a_kind_of_secrets_is_not_kept_as_a_whole() {
        let groups = [group(PiiKind::Password, 1, 1, Decision::Redact)];
        let may: Vec<_> = rows(&groups).into_iter().map(Row::may_be_kept).collect();
        assert_eq!(may, [false, true]);
    }
}
