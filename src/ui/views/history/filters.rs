//! The search field and the filters of the list of issues.

use crate::domain::{Domain, IssueQuery, Severity, Status};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::local_time;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Field, Kind, button, focus_ring, menu_item, tick};
use egui::accesskit::Role;
use egui::{Button, Key, Margin, Popup, PopupCloseBehavior, Response, RichText, ScrollArea, TextEdit, Ui, WidgetInfo};
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};

/// What the list is narrowed to. Empty filters nothing.
#[derive(Debug, Default)]
pub(super) struct Filters {
    pub(super) wants_focus: bool,
    text: String,
    statuses: Vec<Status>,
    severities: Vec<Severity>,
    domains: Vec<Domain>,
    tag: String,
    /// As typed: `2026-03-01`.
    from: String,
    to: String,
}

impl Filters {
    pub(super) fn are_empty(&self) -> bool {
        self.text.trim().is_empty() && self.only_text()
    }

    fn only_text(&self) -> bool {
        self.statuses.is_empty()
            && self.severities.is_empty()
            && self.domains.is_empty()
            && [&self.tag, &self.from, &self.to].iter().all(|text| text.trim().is_empty())
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Days that cannot be read filter nothing; their fields say so.
    pub(super) fn query(&self) -> IssueQuery {
        let zone = TimeZone::system();
        let tag = self.tag.trim();
        let end = |day: jiff::Zoned| day.checked_add(1.day()).ok().map(|next| next.timestamp());
        IssueQuery {
            text: self.text.trim().to_owned(),
            statuses: self.statuses.clone(),
            severities: self.severities.clone(),
            domains: self.domains.clone(),
            tag: (!tag.is_empty()).then(|| tag.to_owned()),
            created_from: local_time::day(&self.from, &zone).map(|day| day.timestamp()),
            created_to: local_time::day(&self.to, &zone).and_then(end),
            ..IssueQuery::default()
        }
    }

    /// Returns whether the text has changed.
    pub(super) fn search_ui(&mut self, ui: &mut Ui, tokens: &Tokens) -> bool {
        const NAME: &str = "Search titles, descriptions, whys, documents and chats";
        ui.horizontal(|ui| {
            ui.label(icon(icons::SEARCH, 16.0).color(tokens.muted));
            let edit = TextEdit::singleline(&mut self.text).id_salt("history search").margin(Margin::symmetric(10, 7));
            let edit = edit.hint_text(RichText::new(NAME).color(tokens.muted)).desired_width(f32::INFINITY);
            let response = ui.add(edit);
            response.widget_info(|| WidgetInfo::labeled(Role::SearchInput, true, NAME));
            if std::mem::take(&mut self.wants_focus) {
                response.request_focus();
            }
            response.changed()
        })
        .inner
    }

    pub(super) fn menus_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        ui.horizontal_wrapped(|ui| {
            choices_ui(ui, tokens, "Status", &mut self.statuses, (Status::ALL, Status::label));
            choices_ui(ui, tokens, "Severity", &mut self.severities, (Severity::ALL, Severity::label));
            choices_ui(ui, tokens, "Domain", &mut self.domains, (Domain::ALL, Domain::label));
            self.tag_menu_ui(ui, cx);
            self.date_menu_ui(ui, tokens);
            self.chips_ui(ui, tokens);
        });
    }

    fn tag_menu_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        let opener = opener_ui(ui, tokens, "Tag", !self.tag.trim().is_empty());
        Popup::menu(&opener).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            ui.set_width(220.0);
            let field = Field::new("Tag").ui(ui, tokens, &mut self.tag);
            if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
                ui.close();
            }
            let mut known: Vec<&str> = Vec::new();
            for tag in cx.state.known_issues().flat_map(|row| &row.tags).map(crate::domain::Unredacted::expose) {
                if known.len() < 8 && !known.contains(&tag) {
                    known.push(tag);
                }
            }
            for tag in known {
                if menu_item(ui, tokens, icons::TAG, tag, "").clicked() {
                    tag.clone_into(&mut self.tag);
                    ui.close();
                }
            }
        });
    }

    fn date_menu_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let opener = opener_ui(ui, tokens, "Created", !self.from.is_empty() || !self.to.is_empty());
        Popup::menu(&opener).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            ui.set_width(240.0);
            for (name, days) in [("Today", 0), ("Last 7 days", 6), ("Last 30 days", 29)] {
                if menu_item(ui, tokens, icons::CLOCK, name, "").clicked() {
                    self.from = day_text(days);
                    self.to.clear();
                    ui.close();
                }
            }
            ui.separator();
            let wrong = |text: &str| {
                let is_wrong = !text.trim().is_empty() && local_time::day(text, &TimeZone::system()).is_none();
                is_wrong.then_some("Write the day as 2026-03-01")
            };
            let error = wrong(&self.from);
            Field::new("From").hint("2026-03-01").error(error).ui(ui, tokens, &mut self.from);
            let error = wrong(&self.to);
            Field::new("To, that day included").hint("2026-03-31").error(error).ui(ui, tokens, &mut self.to);
        });
    }

    /// One chip for each filter that holds; a click takes it away.
    fn chips_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        if self.only_text() {
            return;
        }
        ui.separator();
        self.statuses.retain(|one| !chip_ui(ui, tokens, one.label()));
        self.severities.retain(|one| !chip_ui(ui, tokens, one.as_str()));
        self.domains.retain(|one| !chip_ui(ui, tokens, one.label()));
        let named = [("tag", &mut self.tag), ("from", &mut self.from), ("to", &mut self.to)];
        for (name, text) in named {
            if !text.trim().is_empty() && chip_ui(ui, tokens, &format!("{name} {}", text.trim())) {
                text.clear();
            }
        }
        if button(ui, tokens, Kind::Ghost, None, "Clear filters").clicked() {
            let text = std::mem::take(&mut self.text);
            *self = Self { text, ..Self::default() };
        }
    }
}

/// The local day so many days ago.
fn day_text(days: i64) -> String {
    let at = Timestamp::now() - SignedDuration::from_hours(24 * days);
    at.to_zoned(TimeZone::system()).date().to_string()
}

/// A button that opens a menu.
fn opener_ui(ui: &mut Ui, tokens: &Tokens, name: &str, is_active: bool) -> Response {
    let color = if is_active { tokens.accent } else { tokens.text };
    let label = RichText::new(name).font(Type::Body.font()).color(color);
    let widget = Button::new((label, icon(icons::CHEVRON_DOWN, 14.0).color(tokens.muted))).gap(4.0);
    let response = ui.add(widget);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Filter by {}", name.to_lowercase())));
    focus_ring(ui, tokens, &response);
    response
}

fn choices_ui<T: Copy + PartialEq>(
    ui: &mut Ui,
    tokens: &Tokens,
    name: &str,
    chosen: &mut Vec<T>,
    (all, label): (&[T], fn(T) -> &'static str),
) {
    let opener = opener_ui(ui, tokens, name, !chosen.is_empty());
    Popup::menu(&opener).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_min_width(170.0);
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            for one in all {
                let is_chosen = chosen.contains(one);
                if !tick(ui, tokens, is_chosen, label(*one)) {
                    continue;
                }
                if is_chosen {
                    chosen.retain(|other| other != one);
                } else {
                    chosen.push(*one);
                }
            }
        });
        if !chosen.is_empty() {
            ui.add_space(space::XS);
            if button(ui, tokens, Kind::Ghost, None, &format!("Any {}", name.to_lowercase())).clicked() {
                chosen.clear();
            }
        }
    });
}

/// Returns whether it was clicked away.
fn chip_ui(ui: &mut Ui, tokens: &Tokens, what: &str) -> bool {
    let label = RichText::new(what).font(Type::Caption.font()).color(tokens.accent);
    let widget = Button::new((label, icon(icons::X, 12.0).color(tokens.accent))).gap(4.0).fill(tokens.accent_tint);
    let response = ui.add(widget.min_size(egui::vec2(0.0, 24.0)));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Remove filter {what}")));
    focus_ring(ui, tokens, &response);
    response.on_hover_text("Remove this filter").clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_becomes_the_question() {
        let filters = Filters {
            text: " pool ".to_owned(),
            statuses: vec![Status::Open],
            tag: "eu".to_owned(),
            from: "2026-03-01".to_owned(),
            to: "2026-03-01".to_owned(),
            ..Filters::default()
        };
        let query = filters.query();
        assert_eq!((query.text.as_str(), query.tag.as_deref()), ("pool", Some("eu")));
        assert_eq!(query.statuses, [Status::Open]);
        let (Some(from), Some(to)) = (query.created_from, query.created_to) else { panic!("no days") };
        assert!((20..=28).contains(&to.duration_since(from).as_hours()));
    }

    #[test]
    fn a_day_that_is_none_filters_nothing() {
        let filters = Filters { from: "last week".to_owned(), ..Filters::default() };
        assert_eq!(filters.query().created_from, None);
    }
}
