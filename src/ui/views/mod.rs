//! The screens. A view is a struct of its own drafts and selections that draws the state and asks for what it needs.
//!
//! To add one: its file, its `mod` line, its field in [`Views`], its arm in [`Views::at`].
mod dashboard;
mod first_start;
mod history;
mod new_issue;
mod settings;
mod unlock;
mod view;

pub use self::new_issue::NewIssueView;
pub use self::view::View;

use self::dashboard::DashboardView;
use self::first_start::FirstStartView;
use self::history::HistoryView;
use self::settings::SettingsView;
use self::unlock::UnlockView;
use super::screen::Screen;

/// All views, each with its own drafts and selections.
#[derive(Default)]
pub struct Views {
    pub dashboard: DashboardView,
    pub first_start: FirstStartView,
    pub history: HistoryView,
    pub new_issue: NewIssueView,
    pub settings: SettingsView,
    pub unlock: UnlockView,
}

impl Views {
    /// The view of a screen. A screen whose view is not there shows the dashboard.
    pub fn at(&mut self, screen: Screen) -> &mut dyn View {
        match screen {
            Screen::NewIssue => &mut self.new_issue,
            Screen::History => &mut self.history,
            Screen::Settings(_) => &mut self.settings,
            Screen::Dashboard | Screen::Issue(..) => &mut self.dashboard,
        }
    }
}

#[cfg(test)]
mod screen_tests;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
