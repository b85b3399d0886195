//! Every action that has a name: menu, shortcuts and palette are driven from this table.

use super::icons;
use super::screen::{IssueTab, Screen, SettingsPage};
use egui::{Context, Id, Key, KeyboardShortcut, Modifiers};

/// An action of the window itself. Those of a tab are named here too, and carried out by the tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UiCommand {
    Dashboard,
    NewIssue,
    Search,
    Settings,
    ToggleRail,
    ToggleOffline,
    /// A tab of the issue that is shown, counted from 0.
    Tab(u8),
    SampleIncident,
    /// The command palette.
    Palette,
    Help,
}

/// The samples that come with the program: the name for the worker, and what it is.
pub const SAMPLES: &[(&str, &str)] = &[
    ("postgres-pool", "Checkout fails: a connection pool is exhausted"),
    ("kubernetes-rollout", "Payments are down: pods crash after a rollout"),
    ("linux-disk", "Uploads fail: a server has no disk space left"),
];

impl UiCommand {
    pub const ALL: [Self; 16] = [
        Self::Dashboard,
        Self::NewIssue,
        Self::Search,
        Self::Settings,
        Self::ToggleRail,
        Self::ToggleOffline,
        Self::Tab(0),
        Self::Tab(1),
        Self::Tab(2),
        Self::Tab(3),
        Self::Tab(4),
        Self::Tab(5),
        Self::Tab(6),
        Self::SampleIncident,
        Self::Palette,
        Self::Help,
    ];

    pub fn text(self) -> &'static str {
        match self {
            Self::Dashboard => "Dashboard",
            Self::NewIssue => "New issue",
            Self::Search => "History",
            Self::Settings => "Settings",
            Self::ToggleRail => "Show or hide the rail",
            Self::ToggleOffline => "Work offline",
            Self::Tab(index) => IssueTab::ALL.get(usize::from(index)).map_or("", |tab| tab.title()),
            Self::SampleIncident => "Open a sample",
            Self::Palette => "Find commands and issues",
            Self::Help => "Keys and help",
        }
    }

    pub const fn icon(self) -> char {
        match self {
            Self::Dashboard => icons::DASHBOARD,
            Self::NewIssue => icons::PLUS,
            Self::Search => icons::HISTORY,
            Self::Settings => icons::SETTINGS,
            Self::ToggleRail => icons::PANEL_LEFT,
            Self::ToggleOffline => icons::OFFLINE,
            Self::Tab(_) => icons::LAYERS,
            Self::SampleIncident => icons::PLAY,
            Self::Palette => icons::SEARCH,
            Self::Help => icons::HELP,
        }
    }

    pub fn shortcut(self) -> Option<KeyboardShortcut> {
        let command = |key| Some(KeyboardShortcut::new(Modifiers::COMMAND, key));
        match self {
            Self::NewIssue => command(Key::N),
            Self::Search => command(Key::F),
            Self::Settings => command(Key::Comma),
            Self::ToggleRail => command(Key::B),
            Self::Palette => command(Key::K),
            Self::Help => Some(KeyboardShortcut::new(Modifiers::NONE, Key::F1)),
            Self::Tab(0) => command(Key::Num1),
            Self::Tab(1) => command(Key::Num2),
            Self::Tab(2) => command(Key::Num3),
            Self::Tab(3) => command(Key::Num4),
            Self::Tab(4) => command(Key::Num5),
            Self::Tab(5) => command(Key::Num6),
            Self::Tab(6) => command(Key::Num7),
            Self::Tab(_) | Self::Dashboard | Self::ToggleOffline | Self::SampleIncident => None,
        }
    }

    /// The shortcut as it is written on this system's keys; empty when there is none.
    pub fn shortcut_text(self, ctx: &Context) -> String {
        self.shortcut().map(|shortcut| ctx.format_shortcut(&shortcut)).unwrap_or_default()
    }

    /// Where it leads from `here`; `None` for what is not a place, or not one from here.
    pub fn leads_to(self, here: Screen) -> Option<Screen> {
        match self {
            Self::Dashboard => Some(Screen::Dashboard),
            Self::NewIssue => Some(Screen::NewIssue),
            Self::Search => Some(Screen::History),
            Self::Settings => Some(Screen::Settings(SettingsPage::default())),
            Self::Tab(index) => {
                let tab = IssueTab::ALL.get(usize::from(index))?;
                Some(Screen::Issue(here.issue()?, *tab))
            }
            Self::ToggleRail | Self::ToggleOffline | Self::SampleIncident | Self::Palette | Self::Help => None,
        }
    }

    /// While this field has the focus, Ctrl+F and Ctrl+B are its own: find and bold.
    pub fn lend_keys(ctx: &Context, field: Id) {
        ctx.data_mut(|data| data.insert_temp(lent_to(), field));
    }

    /// The actions whose shortcuts were pressed in this frame; the keys count as used.
    pub fn pressed(ctx: &Context) -> Vec<Self> {
        let lent =
            ctx.data(|data| data.get_temp::<Id>(lent_to())).is_some_and(|field| ctx.memory(|m| m.has_focus(field)));
        let pressed = |command: &Self| {
            !(lent && matches!(command, Self::Search | Self::ToggleRail))
                && command.shortcut().is_some_and(|shortcut| ctx.input_mut(|input| input.consume_shortcut(&shortcut)))
        };
        Self::ALL.into_iter().filter(pressed).collect()
    }
}

/// Under which the field that has keys of its own is remembered.
fn lent_to() -> Id {
    Id::unique("keys of a field")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_actions_share_a_key() {
        let keys: Vec<_> = UiCommand::ALL.into_iter().filter_map(UiCommand::shortcut).collect();
        let distinct: HashSet<_> = keys.iter().map(|key| (key.modifiers, key.logical_key)).collect();
        assert_eq!(keys.len(), distinct.len());
    }

    #[test]
    fn a_tab_is_reached_only_inside_an_issue() {
        let issue = crate::domain::IssueId::new();
        assert_eq!(UiCommand::Tab(0).leads_to(Screen::Dashboard), None);
        let inside = Screen::Issue(issue, IssueTab::Triage);
        assert_eq!(UiCommand::Tab(0).leads_to(inside), Some(Screen::Issue(issue, IssueTab::Logs)));
    }
}
