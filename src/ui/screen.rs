//! The screens, and what is where.

use super::icons;
use crate::domain::{DocumentKind, IssueId};

/// What the middle of the window shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Screen {
    #[default]
    Dashboard,
    NewIssue,
    History,
    Issue(IssueId, IssueTab),
    Settings(SettingsPage),
}

impl Screen {
    /// The issue that is shown, if one is.
    pub const fn issue(self) -> Option<IssueId> {
        match self {
            Self::Issue(issue, _) => Some(issue),
            Self::Dashboard | Self::NewIssue | Self::History | Self::Settings(_) => None,
        }
    }
}

/// The tabs of an issue, in the order of Ctrl+1 to Ctrl+7.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IssueTab {
    Logs,
    Redaction,
    #[default]
    Triage,
    Resolution,
    Document(DocumentKind),
    Timeline,
}

impl IssueTab {
    pub const ALL: [Self; 7] = [
        Self::Logs,
        Self::Redaction,
        Self::Triage,
        Self::Resolution,
        Self::Document(DocumentKind::Rca),
        Self::Document(DocumentKind::PostMortem),
        Self::Timeline,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Logs => "Logs",
            Self::Redaction => "Redaction",
            Self::Triage => "Triage",
            Self::Resolution => "Resolution",
            Self::Document(kind) => kind.label(),
            Self::Timeline => "Timeline",
        }
    }
}

/// The pages of Settings, in the order in which they are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SettingsPage {
    #[default]
    Providers,
    Ollama,
    Integrations,
    Privacy,
    Security,
    Appearance,
    Network,
    About,
}

impl SettingsPage {
    pub const ALL: [Self; 8] = [
        Self::Providers,
        Self::Ollama,
        Self::Integrations,
        Self::Privacy,
        Self::Security,
        Self::Appearance,
        Self::Network,
        Self::About,
    ];

    pub const fn title(self) -> &'static str {
        match self {
            Self::Providers => "AI providers",
            Self::Ollama => "Ollama",
            Self::Integrations => "Integrations",
            Self::Privacy => "Privacy",
            Self::Security => "Security",
            Self::Appearance => "Appearance",
            Self::Network => "Network",
            Self::About => "About",
        }
    }

    pub const fn icon(self) -> char {
        match self {
            Self::Providers => icons::SPARKLES,
            Self::Ollama => icons::CPU,
            Self::Integrations => icons::LINK,
            Self::Privacy => icons::SHIELD,
            Self::Security => icons::LOCK,
            Self::Appearance => icons::SUN,
            Self::Network => icons::GLOBE,
            Self::About => icons::INFO,
        }
    }
}
