//! The list of issues, in blocks, so that tens of thousands of rows scroll without being asked for at once.

use super::{Loadable, Notice, Slot, State};
use crate::domain::{IssueId, IssueSummary};
use crate::ui::deletion;
use std::collections::BTreeMap;

/// Rows in a block. A block begins at row 0, 200, 400, …
pub const ISSUE_BLOCK: u64 = 200;

/// The answer to one question to the store, as far as it has been read.
#[derive(Clone, Debug, Default)]
pub struct IssueList {
    blocks: BTreeMap<u64, Vec<IssueSummary>>,
    /// How many match in all.
    pub total: u64,
    /// Whether issues were made, deleted or brought back since.
    pub is_stale: bool,
}

impl IssueList {
    pub fn new(rows: Vec<IssueSummary>, total: u64) -> Self {
        Self { blocks: BTreeMap::from([(0, rows)]), total, is_stale: false }
    }

    /// The first row of the block that holds row `index`, counted from 0.
    pub const fn block_of(index: u64) -> u64 {
        index / ISSUE_BLOCK * ISSUE_BLOCK
    }

    /// `None` when its block must be read first.
    pub fn row(&self, index: u64) -> Option<&IssueSummary> {
        let first = Self::block_of(index);
        self.blocks.get(&first)?.get(usize::try_from(index - first).ok()?)
    }

    /// Whether the block that holds row `index` has been read.
    pub fn has(&self, index: u64) -> bool {
        self.blocks.contains_key(&Self::block_of(index))
    }

    /// The rows that have been read.
    pub fn rows(&self) -> impl Iterator<Item = &IssueSummary> {
        self.blocks.values().flatten()
    }

    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut IssueSummary> {
        self.blocks.values_mut().flatten()
    }

    fn remove(&mut self, issue: IssueId) {
        for rows in self.blocks.values_mut() {
            rows.retain(|row| row.id != issue);
        }
    }
}

impl State {
    pub(super) fn issues_listed(&mut self, rows: Vec<IssueSummary>, total: u64, slot: Option<&Slot>) {
        match slot {
            Some(Slot::PaletteIssues) => self.palette_issues = Loadable::Ready(rows),
            // Of an older question: its rows are not of this list.
            Some(Slot::MoreIssues(question, _)) if *question != self.issue_questions => {}
            Some(Slot::MoreIssues(_, first)) => {
                if let Some(list) = self.issue_list.value_mut() {
                    list.blocks.insert(*first, rows);
                }
            }
            _ => self.issue_list = Loadable::Ready(IssueList::new(rows, total)),
        }
    }

    /// Takes the issue out of every list, and offers to bring it back.
    pub(super) fn issue_deleted(&mut self, issue: IssueId) {
        let title = self.title_of(issue);
        self.issues.remove(&issue);
        if let Some(dashboard) = self.dashboard.value_mut() {
            dashboard.latest.retain(|row| row.id != issue);
            dashboard.open.retain(|row| row.id != issue);
        }
        if let Some(list) = self.issue_list.value_mut() {
            list.remove(issue);
        }
        if let Some(rows) = self.palette_issues.value_mut() {
            rows.retain(|row| row.id != issue);
        }
        self.list_is_stale();
        let notice: Notice = deletion::notice(issue, &title);
        self.notify(notice);
    }

    pub(super) fn list_is_stale(&mut self) {
        if let Some(list) = self.issue_list.value_mut() {
            list.is_stale = true;
        }
    }

    /// The summaries of all issues that any list knows; one issue may come more than once.
    pub fn known_issues(&self) -> impl Iterator<Item = &IssueSummary> {
        let board = self.dashboard.value().into_iter().flat_map(|board| board.open.iter().chain(&board.latest));
        let listed = self.issue_list.value().into_iter().flat_map(IssueList::rows);
        let found = self.palette_issues.value().into_iter().flatten();
        board.chain(listed).chain(found)
    }

    /// Empty when it is not known.
    fn title_of(&self, issue: IssueId) -> String {
        let loaded = self.issue(issue).and_then(|state| state.detail.value()).map(|detail| &detail.issue.title);
        let title = loaded.or_else(|| self.known_issues().find(|row| row.id == issue).map(|row| &row.title));
        title.map(|title| title.expose().to_owned()).unwrap_or_default()
    }
}
