//! Every issue there is: searched, filtered, sorted.

use super::View;
use crate::domain::{IssueId, IssueSort, IssueSummary};
use crate::ui::context::ViewContext;
use crate::ui::deletion;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::screen::{IssueTab, Screen};
use crate::ui::state::{ISSUE_BLOCK, IssueList, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Pressed, empty_state, error_panel, skeleton, text};
use crate::worker::{Command, IssueChange, IssueCommand};
use egui::{ScrollArea, Ui};
use std::collections::BTreeSet;
use std::time::Duration;

mod export;
mod filters;
mod row;

use self::export::ExportDialog;
use self::filters::Filters;
use self::row::{Columns, RowDeed};

/// How long the typing must rest before the store is asked, in seconds.
const REST_SECS: f64 = 0.2;

/// Every issue there is.
#[derive(Debug, Default)]
pub struct HistoryView {
    filters: Filters,
    sort: Option<(IssueSort, bool)>,
    /// What the list was last asked with.
    asked: Option<crate::domain::IssueQuery>,
    changed_at: f64,
    /// The blocks of the newest question that were asked for, by question and first row.
    requested: BTreeSet<(u64, u64)>,
    export: Option<ExportDialog>,
}

impl View for HistoryView {
    fn title(&self) -> &'static str {
        "History"
    }

    fn icon(&self) -> char {
        icons::HISTORY
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        if self.filters.search_ui(ui, cx.tokens) {
            self.changed_at = ui.input(|input| input.time);
        }
        self.filters.menus_ui(ui, cx);
        ui.add_space(space::S);
        self.ask(ui, cx);
        if let Some(failure) = cx.state.issue_list.failure() {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => self.asked = None,
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
            return;
        }
        match cx.state.issue_list.value() {
            None => skeleton(ui, cx.tokens, 12),
            Some(list) if list.total == 0 => self.empty_ui(ui, cx),
            Some(list) => self.list_ui(ui, cx, list),
        }
        if let Some(dialog) = &mut self.export
            && dialog.ui(ui, cx)
        {
            self.export = None;
        }
    }
}

impl HistoryView {
    /// Puts the keyboard into the search field.
    pub const fn focus_search(&mut self) {
        self.filters.wants_focus = true;
    }

    fn query(&self) -> crate::domain::IssueQuery {
        let mut query = self.filters.query();
        (query.sort, query.descending) = self.sort.unwrap_or((IssueSort::Updated, true));
        query.limit = ISSUE_BLOCK;
        query
    }

    /// Asks anew when the question has changed and rests, or when the list is not true any more.
    fn ask(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let query = self.query();
        let is_stale = !cx.state.issue_list.is_loading()
            && (cx.state.issue_list.is_unasked() || cx.state.issue_list.value().is_some_and(|list| list.is_stale));
        let is_other = self.asked.as_ref() != Some(&query);
        if !is_other && !is_stale {
            return;
        }
        let left = self.changed_at + REST_SECS - ui.input(|input| input.time);
        if is_other && left > 0.0 && self.asked.is_some() {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            return;
        }
        self.asked = Some(query.clone());
        cx.submit(Slot::Issues, Command::Issue(IssueCommand::List(query)));
    }

    fn empty_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        if self.filters.are_empty() {
            if empty_state(
                ui,
                cx.tokens,
                icons::HISTORY,
                "No issue has been recorded yet",
                Some("Create the first issue"),
            ) {
                cx.open(Screen::NewIssue);
            }
        } else if empty_state(ui, cx.tokens, icons::SEARCH, "No issue matches", Some("Clear search and filters")) {
            self.filters.clear();
        }
    }

    fn list_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, list: &IssueList) {
        let tokens = cx.tokens;
        let count = match list.total {
            1 => "1 issue".to_owned(),
            total => format!("{} issues", format::count(total)),
        };
        text(ui, &count, Type::Caption, tokens.muted);
        ui.spacing_mut().item_spacing.y = 0.0;
        let columns = Columns::fit(ui.available_width());
        if let Some(sort) = columns.header_ui(ui, tokens, self.sort.unwrap_or((IssueSort::Updated, true))) {
            self.sort = Some(sort);
        }
        let rows = usize::try_from(list.total).unwrap_or(usize::MAX);
        ScrollArea::vertical().auto_shrink(false).show_rows(ui, tokens.row_height, rows, |ui, shown| {
            for index in shown {
                let index = index as u64;
                if let Some(row) = list.row(index) {
                    let deed = columns.row_ui(ui, tokens, row);
                    self.carry_out(cx, row, deed);
                } else {
                    row::waiting_ui(ui, tokens);
                    self.ask_block(cx, list, index);
                }
            }
        });
    }

    fn ask_block(&mut self, cx: &mut ViewContext<'_>, list: &IssueList, index: u64) {
        let (question, first) = (cx.state.issue_questions, IssueList::block_of(index));
        // While a new question runs, the rows belong to the one before.
        if list.has(index) || cx.state.issue_list.is_loading() || !self.requested.insert((question, first)) {
            return;
        }
        self.requested.retain(|(of, _)| *of == question);
        let query = crate::domain::IssueQuery { offset: first, ..self.asked.clone().unwrap_or_default() };
        cx.submit(Slot::MoreIssues(question, first), Command::Issue(IssueCommand::List(query)));
    }

    fn carry_out(&mut self, cx: &mut ViewContext<'_>, row: &IssueSummary, deed: RowDeed) {
        match deed {
            RowDeed::Nothing => {}
            RowDeed::Open => cx.open(Screen::Issue(row.id, IssueTab::default())),
            RowDeed::Export => self.export = Some(ExportDialog::new(cx.state, row)),
            RowDeed::Reopen => reopen(cx, row.id),
            RowDeed::Delete => deletion::delete_issue(cx, row.id),
        }
    }
}

fn reopen(cx: &mut ViewContext<'_>, issue: IssueId) {
    let change = IssueChange::Status(crate::domain::Status::Triaging);
    cx.run_detached("", Command::Issue(IssueCommand::Change { issue, change }));
}
