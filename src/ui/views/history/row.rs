//! The columns of the list of issues, their heads and one row.

use crate::domain::{IssueSort, IssueSummary};
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{focus_ring, icon_button, menu_item, severity_chip, status_chip, truncated};
use egui::accesskit::Role;
use egui::{Align, Button, Layout, Popup, Rect, Response, RichText, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};
use jiff::Timestamp;

/// What was done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RowDeed {
    Nothing,
    Open,
    Export,
    Reopen,
    Delete,
}

/// Which columns there is room for, and how wide they are.
#[derive(Debug)]
pub(super) struct Columns {
    columns: Vec<(IssueSort, f32)>,
}

const MENU: f32 = 40.0;

impl Columns {
    /// The title takes what the others leave; the least needed go first where it is narrow.
    pub(super) fn fit(width: f32) -> Self {
        let mut columns = vec![
            (IssueSort::Severity, 84.0),
            (IssueSort::Title, 0.0),
            (IssueSort::Status, 96.0),
            (IssueSort::Domain, 140.0),
            (IssueSort::Created, 104.0),
            (IssueSort::Updated, 104.0),
        ];
        if width < 820.0 {
            columns.retain(|(sort, _)| *sort != IssueSort::Created);
        }
        if width < 640.0 {
            columns.retain(|(sort, _)| *sort != IssueSort::Domain);
        }
        let taken: f32 = columns.iter().map(|(_, width)| width).sum();
        for (_, column) in columns.iter_mut().filter(|(sort, _)| *sort == IssueSort::Title) {
            *column = (width - taken - MENU).max(120.0);
        }
        Self { columns }
    }

    /// Returns by what the list is to be sorted, if a head was clicked, and whether the largest comes first.
    pub(super) fn header_ui(
        &self,
        ui: &mut Ui,
        tokens: &Tokens,
        (by, descending): (IssueSort, bool),
    ) -> Option<(IssueSort, bool)> {
        let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
        let mut clicked = None;
        for (sort, cell) in self.cells(row) {
            let inside = UiBuilder::new().max_rect(cell).layout(Layout::left_to_right(Align::Center));
            let arrow = (sort == by).then_some(descending);
            if ui.scope_builder(inside, |ui| head_ui(ui, tokens, sort, arrow)).inner.clicked() {
                // Words begin at A, times with the latest, severities with the gravest.
                let first = matches!(sort, IssueSort::Created | IssueSort::Updated);
                clicked = Some((sort, if sort == by { !descending } else { first }));
            }
        }
        ui.painter().hline(row.x_range(), row.bottom(), (1.0, tokens.border));
        clicked
    }

    pub(super) fn row_ui(&self, ui: &mut Ui, tokens: &Tokens, issue: &IssueSummary) -> RowDeed {
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), tokens.row_height), Sense::click());
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, issue.title.expose()));
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 6, tokens.raised);
        }
        focus_ring(ui, tokens, &response);
        ui.painter().hline(rect.x_range(), rect.bottom(), (1.0, tokens.border));
        for (sort, cell) in self.cells(rect) {
            let inside = UiBuilder::new().max_rect(cell).layout(Layout::left_to_right(Align::Center));
            ui.scope_builder(inside, |ui| cell_ui(ui, tokens, sort, issue));
        }
        let last = Rect::from_min_max(pos2(rect.right() - MENU, rect.top()), rect.max);
        let inside = UiBuilder::new().id_salt(issue.id).max_rect(last).layout(Layout::right_to_left(Align::Center));
        let menu = ui.scope_builder(inside, |ui| {
            icon_button(ui, tokens, icons::MORE, &format!("Menu of {}", issue.title.expose()))
        });
        let mut deed = if response.clicked() { RowDeed::Open } else { RowDeed::Nothing };
        Popup::menu(&menu.inner).show(|ui| menu_ui(ui, tokens, issue, &mut deed));
        Popup::context_menu(&response).show(|ui| menu_ui(ui, tokens, issue, &mut deed));
        deed
    }

    fn cells(&self, row: Rect) -> impl Iterator<Item = (IssueSort, Rect)> + '_ {
        let mut left = row.left() + space::S;
        self.columns.iter().map(move |(sort, width)| {
            let cell = Rect::from_min_size(pos2(left, row.top()), vec2(width - space::S, row.height()));
            left += width;
            (*sort, cell)
        })
    }
}

/// A row that is on its way.
pub(super) fn waiting_ui(ui: &mut Ui, tokens: &Tokens) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), tokens.row_height), Sense::hover());
    let bar = Rect::from_center_size(rect.center(), vec2(rect.width() - space::L, 12.0));
    ui.painter().rect_filled(bar, 4, tokens.raised);
}

/// `arrow` is whether the largest comes first; `None` when the list is sorted by another column.
fn head_ui(ui: &mut Ui, tokens: &Tokens, sort: IssueSort, arrow: Option<bool>) -> Response {
    let color = if arrow.is_some() { tokens.text } else { tokens.muted };
    let label = RichText::new(sort.label()).font(Type::Caption.font()).color(color);
    ui.spacing_mut().button_padding = vec2(0.0, 2.0);
    let widget = match arrow {
        None => Button::new(label),
        Some(descending) => {
            let glyph = if descending { icons::ARROW_DOWN } else { icons::ARROW_UP };
            Button::new((label, icon(glyph, 12.0).color(tokens.accent))).gap(4.0)
        }
    };
    let response = ui.add(widget.frame(false));
    let name = match arrow {
        None => format!("Sort by {}", sort.label().to_lowercase()),
        Some(true) => format!("Sorted by {}, descending. Reverse", sort.label().to_lowercase()),
        Some(false) => format!("Sorted by {}, ascending. Reverse", sort.label().to_lowercase()),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    focus_ring(ui, tokens, &response);
    response
}

fn cell_ui(ui: &mut Ui, tokens: &Tokens, sort: IssueSort, issue: &IssueSummary) {
    let quiet = |ui: &mut Ui, words: &str| truncated(ui, words, Type::Caption, tokens.muted);
    match sort {
        IssueSort::Severity => severity_chip(ui, tokens, issue.severity),
        IssueSort::Title => truncated(ui, issue.title.expose(), Type::Body, tokens.text),
        IssueSort::Status => status_chip(ui, tokens, issue.status),
        IssueSort::Domain => quiet(ui, issue.domain.map_or("–", |domain| domain.label())),
        IssueSort::Created => {
            quiet(ui, &format::ago(issue.created_at, Timestamp::now())).on_hover_text(format::moment(issue.created_at))
        }
        IssueSort::Updated => {
            quiet(ui, &format::ago(issue.updated_at, Timestamp::now())).on_hover_text(format::moment(issue.updated_at))
        }
    };
}

fn menu_ui(ui: &mut Ui, tokens: &Tokens, issue: &IssueSummary, deed: &mut RowDeed) {
    let mut items = vec![(icons::FOLDER_OPEN, "Open", RowDeed::Open), (icons::DOWNLOAD, "Export…", RowDeed::Export)];
    if !issue.status.is_open() {
        items.push((icons::REOPEN, "Reopen", RowDeed::Reopen));
    }
    items.push((icons::TRASH, "Delete", RowDeed::Delete));
    // In points; a menu would otherwise take all the room it finds.
    ui.set_width(180.0);
    for (glyph, name, does) in items {
        if menu_item(ui, tokens, glyph, name, "").clicked() {
            *deed = does;
            ui.close();
        }
    }
}
