//! The kinds that were found with their counts, and under each its values: kept or redacted.
//!
//! One row at a time takes the keyboard: Tab leads into the list and out of it again, arrows go through it.

use super::act::{self, Act, opposite};
use super::rows::{Choice, Listed, Order, Row, RowKey, Show};
use crate::domain::{Confidence, Decision, IssueId, PiiKind, RuleAction, ValueGroup};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::Findings;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{focus_ring, menu_select, text};
use crate::worker::DecisionTarget;
use egui::accesskit::Role;
use egui::text::{LayoutJob, TextWrapping};
use egui::{
    Align2, EventFilter, FontId, Key, Modifiers, Popup, Rect, Response, ScrollArea, Sense, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

const HEIGHT: f32 = 28.0;
/// Room at the right of a row for its decision, and for the button of its menu.
const DECISION: f32 = 74.0;
const MORE: f32 = 22.0;

/// The list of kinds and values.
#[derive(Debug, Default)]
pub(super) struct Values {
    choice: Choice,
    listed: Listed,
    selected: usize,
    /// What is selected, to find it again when the rows change.
    key: Option<RowKey>,
    scrolls: bool,
    takes_focus: bool,
}

/// A row as it is drawn.
#[derive(Clone, Copy, Debug)]
enum Shown<'a> {
    Kind { kind: PiiKind, values: usize, places: u64, all_kept: bool, is_folded: bool },
    Value(&'a ValueGroup),
}

impl Shown<'_> {
    fn decision(self) -> Decision {
        match self {
            Self::Kind { all_kept: true, .. } => Decision::Keep,
            Self::Kind { .. } => Decision::Redact,
            Self::Value(group) => group.decision,
        }
    }

    /// Secrets are kept one by one or not at all.
    fn may_turn(self) -> bool {
        match self {
            Self::Kind { kind, all_kept, .. } => all_kept || !kind.is_secret(),
            Self::Value(_) => true,
        }
    }

    fn turn(self) -> Option<Act> {
        match self {
            Self::Kind { kind, .. } => {
                let turned = Act::Decide(DecisionTarget::Kind(kind), opposite(self.decision()));
                self.may_turn().then_some(turned)
            }
            Self::Value(group) => Some(Act::turn(group)),
        }
    }

    fn name(self) -> String {
        match self {
            Self::Kind { kind, places, .. } => format!("Redact all {}, {places} places", kind.label()),
            Self::Value(group) => {
                let unsure = if group.confidence == Confidence::Possible { ", unsure" } else { "" };
                let own = match group.exceptions {
                    0 => String::new(),
                    count => format!(", {count} decided by place"),
                };
                format!("Redact {}, {} places{unsure}{own}", group.value.expose(), group.places)
            }
        }
    }

    fn hint(self) -> String {
        match self {
            Self::Kind { kind, .. } if kind.is_secret() => {
                "Secrets are redacted; keep single values if you must".to_owned()
            }
            Self::Kind { .. } => "Keep or redact all values of this kind".to_owned(),
            Self::Value(group) => {
                let sure = match group.confidence {
                    Confidence::Possible => "\nThe detectors were not sure",
                    Confidence::Likely | Confidence::Certain => "",
                };
                let own = match group.exceptions {
                    0 => String::new(),
                    1 => "\n1 place is decided on by itself".to_owned(),
                    count => format!("\n{count} places are decided on by themselves"),
                };
                format!(
                    "{} is sent as {}{sure}{own}",
                    super::super::links::head_of(group.value.expose(), 300),
                    group.placeholder
                )
            }
        }
    }
}

impl Values {
    /// Returns whether a place of a value is to be shown.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        (issue, findings): (IssueId, &Findings),
    ) -> bool {
        let tokens = cx.tokens;
        self.choice_ui(ui, tokens);
        if self.listed.update(issue, findings, &self.choice) {
            self.find_selected(&findings.groups);
        }
        let totals = self.listed.totals;
        let total = format!(
            "{} values in {} places · {} kept",
            format::count(totals.values),
            format::count(totals.places),
            format::count(totals.kept)
        );
        text(ui, &total, Type::Caption, tokens.muted);
        ui.add_space(space::XS);
        if self.listed.rows.is_empty() {
            text(ui, "Nothing here fits the filter", Type::Body, tokens.muted);
            return false;
        }
        let act = self.rows_ui(ui, cx, &findings.groups);
        let shows = matches!(act, Some(Act::Show(..)));
        if let Some(act) = act {
            act.run(cx, issue);
        }
        ui.add_space(space::XS);
        let legend = "Space keep or redact · Enter show · a always · n never";
        text(ui, legend, Type::Caption, tokens.muted);
        shows
    }

    fn choice_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        ui.horizontal(|ui| {
            let width = ui.available_width() - 176.0;
            let edit = TextEdit::singleline(&mut self.choice.filter)
                .hint_text("Filter kinds and values")
                .desired_width(width.max(90.0));
            let response = ui.add(edit);
            response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, "Filter kinds and values"));
            let word = |all: &[(Show, &'static str)], one: Show| {
                all.iter().find(|(show, _)| *show == one).map_or("", |(_, word)| *word)
            };
            let shown = word(&Show::ALL, self.choice.show);
            if let Some(show) = menu_select(ui, tokens, "Show", (shown, tokens.muted), &Show::ALL) {
                self.choice.show = show;
            }
            let order = Order::ALL.iter().find(|(one, _)| *one == self.choice.order).map_or("", |(_, word)| *word);
            if let Some(order) = menu_select(ui, tokens, "Order", (order, tokens.muted), &Order::ALL) {
                self.choice.order = order;
            }
        });
        ui.add_space(space::XS);
    }

    /// What was selected stays selected; where it is gone, what has come to its place is.
    fn find_selected(&mut self, groups: &[ValueGroup]) {
        if let Some(at) = self.key.and_then(|key| self.listed.position(key, groups)) {
            self.selected = at;
        }
        self.select(self.selected, groups);
    }

    fn select(&mut self, index: usize, groups: &[ValueGroup]) {
        self.selected = index.min(self.listed.rows.len().saturating_sub(1));
        self.key = self.listed.key(self.selected, groups);
    }

    fn shown<'a>(&self, index: usize, groups: &'a [ValueGroup]) -> Option<Shown<'a>> {
        match *self.listed.rows.get(index)? {
            Row::Kind { kind, values, places, all_kept } => {
                let is_folded = self.choice.folded.contains(&kind);
                Some(Shown::Kind { kind, values, places, all_kept, is_folded })
            }
            Row::Value(at) => groups.get(at).map(Shown::Value),
        }
    }

    fn rows_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, groups: &[ValueGroup]) -> Option<Act> {
        ui.spacing_mut().item_spacing.y = 0.0;
        let height = ui.available_height() - 30.0;
        let area = ScrollArea::vertical().id_salt("values").auto_shrink([false, false]).max_height(height);
        let mut act = None;
        area.show_viewport(ui, |ui, viewport| {
            ui.set_height(rows_height(self.listed.rows.len()));
            let origin = ui.max_rect().left_top();
            let width = ui.available_width();
            let rect = |index: usize| Rect::from_min_size(origin + vec2(0.0, rows_height(index)), vec2(width, HEIGHT));
            if std::mem::take(&mut self.scrolls) {
                ui.scroll_to_rect(rect(self.selected), None);
            }
            let visible = rows_in(viewport.top(), viewport.bottom(), self.listed.rows.len());
            // Also where it is out of view: a row that is not there would lose the keyboard.
            let out_of_view = (!visible.contains(&self.selected)).then_some(self.selected);
            let page = visible.len().saturating_sub(2).max(1);
            for index in visible.chain(out_of_view) {
                let Some(row) = self.shown(index, groups) else { continue };
                act = self.row_ui(ui, cx, (index, row, rect(index)), groups).or_else(|| act.take());
            }
            act = self.keys(ui, groups, page).or_else(|| act.take());
        });
        act
    }

    fn row_ui(
        &mut self,
        ui: &Ui,
        cx: &ViewContext<'_>,
        (index, row, rect): (usize, Shown<'_>, Rect),
        groups: &[ValueGroup],
    ) -> Option<Act> {
        let is_selected = index == self.selected;
        let sense = if is_selected { Sense::click() } else { Sense::CLICK | Sense::HOVER };
        let response = ui.interact(rect, row_id(ui, index), sense);
        let redacts = row.decision() == Decision::Redact;
        response.widget_info(|| WidgetInfo::selected(Role::CheckBox, row.may_turn(), redacts, row.name()));
        if is_selected && std::mem::take(&mut self.takes_focus) {
            response.request_focus();
        }
        draw(ui, cx.tokens, row, &response, is_selected);
        let act = more_ui(ui, cx, (row, rect), &response, is_selected);
        let mut turned = None;
        if response.clicked() {
            self.select(index, groups);
            self.takes_focus = true;
            ui.request_repaint();
            let at = response.interact_pointer_pos();
            let on_fold = at.is_some_and(|at| at.x < rect.left() + 22.0);
            match row {
                Shown::Kind { kind, .. } if on_fold => self.fold(kind, !self.choice.folded.contains(&kind)),
                // A click beside the decision selects only. Assistive technology clicks at no place.
                _ if at.is_none_or(|at| at.x > rect.right() - MORE - DECISION) => turned = row.turn(),
                Shown::Kind { .. } | Shown::Value(_) => {}
            }
        }
        response.on_hover_text(row.hint());
        act.or(turned)
    }

    /// Gives the keyboard to the row that is selected.
    pub(super) const fn take_focus(&mut self) {
        self.takes_focus = true;
        self.scrolls = true;
    }

    fn fold(&mut self, kind: PiiKind, is_folded: bool) {
        if is_folded {
            self.choice.folded.insert(kind);
        } else {
            self.choice.folded.remove(&kind);
        }
    }

    fn keys(&mut self, ui: &Ui, groups: &[ValueGroup], page: usize) -> Option<Act> {
        let id = row_id(ui, self.selected);
        if !ui.memory(|memory| memory.has_focus(id)) {
            return None;
        }
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        let last = self.listed.rows.len().saturating_sub(1);
        let at = self.selected;
        for (key, to) in [
            (Key::ArrowDown, at + 1),
            (Key::ArrowUp, at.saturating_sub(1)),
            (Key::PageDown, at + page),
            (Key::PageUp, at.saturating_sub(page)),
            (Key::Home, 0),
            (Key::End, last),
        ] {
            if pressed(key) {
                self.select(to.min(last), groups);
                self.scrolls = true;
                ui.memory_mut(|memory| memory.request_focus(row_id(ui, self.selected)));
                return None;
            }
        }
        let row = self.shown(at, groups)?;
        if let Shown::Kind { kind, .. } = row {
            if pressed(Key::ArrowLeft) {
                self.fold(kind, true);
            }
            if pressed(Key::ArrowRight) {
                self.fold(kind, false);
            }
        }
        if pressed(Key::Space) {
            return row.turn();
        }
        let Shown::Value(group) = row else { return None };
        if pressed(Key::Enter) {
            return Some(Act::show(group));
        }
        if pressed(Key::A) {
            return Some(Act::rule(group, RuleAction::Always, true));
        }
        pressed(Key::N).then(|| Act::rule(group, RuleAction::Never, true))
    }
}

/// The menu of a value: a button while the pointer is over the row, and the other mouse button.
fn more_ui(
    ui: &Ui,
    cx: &ViewContext<'_>,
    (row, rect): (Shown<'_>, Rect),
    response: &Response,
    is_selected: bool,
) -> Option<Act> {
    let Shown::Value(group) = row else { return None };
    let mut act = None;
    Popup::context_menu(response).show(|ui| act = act::menu_ui(ui, cx, group));
    let place = Rect::from_min_max(pos2(rect.right() - MORE, rect.top()), rect.right_bottom());
    if is_selected || ui.rect_contains_pointer(rect) {
        let more = ui.interact(place, response.id.with("more"), Sense::CLICK | Sense::HOVER);
        more.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Actions for {}", group.value.expose())));
        let color = if more.hovered() { cx.tokens.text } else { cx.tokens.muted };
        let font = FontId::new(14.0, crate::ui::theme::icon_family());
        ui.painter().text(place.center(), Align2::CENTER_CENTER, icons::MORE, font, color);
        Popup::menu(&more).show(|ui| act = act::menu_ui(ui, cx, group).or_else(|| act.take()));
    }
    act
}

fn draw(ui: &Ui, tokens: &Tokens, row: Shown<'_>, response: &Response, is_selected: bool) {
    let rect = response.rect;
    if is_selected || response.hovered() {
        ui.painter().rect_filled(rect, 6, tokens.raised);
    }
    focus_ring(ui, tokens, response);
    let middle = rect.center().y;
    let small = Type::Caption.font();
    let icon = |size: f32| FontId::new(size, crate::ui::theme::icon_family());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let (glyph, word, color) = match row.decision() {
        Decision::Redact => (icons::SHIELD_CHECK, "redact", tokens.redacted_text),
        Decision::Keep => (icons::EYE, "keep", tokens.warn),
    };
    let color = if row.may_turn() { color } else { tokens.muted };
    let right = pos2(rect.right() - MORE - 4.0, middle);
    let word = painter.text(right, Align2::RIGHT_CENTER, word, small.clone(), color);
    let glyph = painter.text(pos2(word.left() - 6.0, middle), Align2::RIGHT_CENTER, glyph, icon(14.0), color);
    let (title, face, count, x) = match row {
        Shown::Kind { kind, values, places, is_folded, .. } => {
            let fold = if is_folded { icons::CHEVRON_RIGHT } else { icons::CHEVRON_DOWN };
            painter.text(pos2(rect.left() + 4.0, middle), Align2::LEFT_CENTER, fold, icon(14.0), tokens.muted);
            let counts = format!("{} · {}", format::count(values as u64), format::count(places));
            (kind.label(), Type::Strong, counts, rect.left() + 22.0)
        }
        Shown::Value(group) => (group.value.expose(), Type::Code, format::count(group.places), rect.left() + 22.0),
    };
    let at = pos2((rect.right() - MORE - DECISION).min(glyph.left() - 8.0), middle);
    let mut left = painter.text(at, Align2::RIGHT_CENTER, count, small.clone(), tokens.muted).left();
    if let Shown::Value(group) = row {
        if group.exceptions > 0 {
            let center = pos2(left - 9.0, middle);
            painter.circle_filled(center, 3.0, tokens.accent);
            left -= 14.0;
        }
        if group.confidence == Confidence::Possible {
            let at = pos2(left - 6.0, middle);
            left = painter.text(at, Align2::RIGHT_CENTER, "unsure", small, tokens.muted).left();
        }
    }
    let title = super::super::links::head_of(title.lines().next().unwrap_or_default(), 200);
    let mut job = LayoutJob::simple_singleline(title, face.font(), tokens.text);
    job.wrap = TextWrapping::truncate_at_width(left - 6.0 - x);
    let title = painter.layout_job(job);
    painter.galley(pos2(x, middle - title.size().y / 2.0), title, tokens.text);
}

#[expect(clippy::cast_precision_loss, reason = "rows of a list of values")]
fn rows_height(rows: usize) -> f32 {
    rows as f32 * HEIGHT
}

/// Which rows stand between two heights.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "heights of a list, from 0")]
fn rows_in(top: f32, bottom: f32, count: usize) -> std::ops::Range<usize> {
    let first = (top / HEIGHT).max(0.0) as usize;
    let last = (bottom / HEIGHT).max(0.0) as usize + 1;
    first.min(count)..last.min(count)
}

fn row_id(ui: &Ui, index: usize) -> egui::Id {
    ui.scope_id().with(("value", index))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_secrets_is_not_kept_as_a_whole() {
        let row = |kind, all_kept| Shown::Kind { kind, values: 1, places: 1, all_kept, is_folded: false };
        assert_eq!(row(PiiKind::Password, false).turn(), None);
        let redact = Act::Decide(DecisionTarget::Kind(PiiKind::Password), Decision::Redact);
        assert_eq!(row(PiiKind::Password, true).turn(), Some(redact));
        assert!(row(PiiKind::Email, false).turn().is_some());
    }

    #[test]
    fn only_the_rows_in_view_are_drawn() {
        assert_eq!(rows_in(0.0, 280.0, 50_000), 0..11);
        assert_eq!(rows_in(1_399_000.0, 1_399_900.0, 50_000), 49_964..49_997);
        assert_eq!(rows_in(0.0, 280.0, 3), 0..3);
    }
}
