//! The screens. A view is a struct of its own drafts and selections that draws the state and asks for what it needs.
//!
//! To add one: its file, its `mod` line, its field in [`Views`], its arm in [`Views::at`].
mod dashboard;
mod first_start;
mod issue;
mod unlock;
mod view;

pub use self::view::View;

use self::dashboard::DashboardView;
use self::first_start::FirstStartView;
use self::issue::IssueView;
use self::unlock::UnlockView;
use super::screen::Screen;

/// All views, each with its own drafts and selections.
#[derive(Default)]
pub struct Views {
    pub dashboard: DashboardView,
    pub first_start: FirstStartView,
    pub issue: IssueView,
    pub unlock: UnlockView,
}

impl Views {
    /// The view of a screen. A screen whose view is not there shows the dashboard.
    pub fn at(&mut self, screen: Screen) -> &mut dyn View {
        match screen {
            Screen::Issue(..) => &mut self.issue,
            Screen::Dashboard | Screen::NewIssue | Screen::History | Screen::Settings(_) => &mut self.dashboard,
        }
    }
}

#[cfg(test)]
mod tests;
