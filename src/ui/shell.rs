//! Rail, header and status bar around the view that is shown. Draws and asks; knows no worker.

use super::command::UiCommand;
use super::context::{Desk, Request, ViewContext};
use super::drafts::provider_of;
use super::format;
use super::help;
use super::icons::{self, icon};
use super::palette::Palette;
use super::screen::{IssueTab, Screen};
use super::state::{NoticeAction, Phase, Running, SettingsChange, State};
use super::theme::{self, Tokens, Type, space};
use super::views::{View, Views};
use super::widgets::{
    NoticeClick, Pressed, error_panel, focus_ring, icon_button, notices_ui, progress_bar, severity_dot, text, truncated,
};
use crate::domain::{IssueId, IssueSummary, ProviderConfig};
use egui::accesskit::Role;
use egui::{Align, CentralPanel, Frame, Layout, Margin, Panel, Rect, Sense, Ui, UiBuilder, WidgetInfo, vec2};

const RAIL_WIDTH: f32 = 220.0;
const RAIL_COLLAPSED: f32 = 56.0;

/// The whole window but for the worker: state, drafts, views and what they asked for.
#[derive(Default)]
pub struct Shell {
    pub state: State,
    pub desk: Desk,
    pub views: Views,
    pub screen: Screen,
    pub rail_collapsed: bool,
    pub shows_help: bool,
    pub palette: Palette,
}

impl Shell {
    /// Draws the window. What was asked for is in `desk.requests` afterwards.
    pub fn ui(&mut self, ui: &mut Ui) {
        let tokens = theme::current(ui.ctx(), self.state.settings.density);
        match self.state.phase {
            Phase::Ready => self.workspace_ui(ui, &tokens),
            Phase::Starting => {}
            Phase::Setup { .. } | Phase::Welcome | Phase::Locked { .. } | Phase::Broken(_) => self.door_ui(ui, &tokens),
        }
        let click = notices_ui(ui, &tokens, &self.state.notices);
        self.notice_clicked(click);
        for change in std::mem::take(&mut self.desk.settings_changes) {
            self.state.change_settings(change);
            // The next frame shows it.
            ui.ctx().request_repaint();
        }
    }

    /// Does what a menu entry, a shortcut or the palette asks for.
    pub fn run(&mut self, command: UiCommand) {
        if let Some(screen) = command.leads_to(self.screen) {
            self.screen = screen;
        }
        match command {
            UiCommand::ToggleRail => {
                self.rail_collapsed = !self.rail_collapsed;
                let collapsed = self.rail_collapsed;
                self.state.change_settings(SettingsChange::new(move |settings| settings.rail_collapsed = collapsed));
            }
            UiCommand::ToggleOffline => {
                self.state.change_settings(SettingsChange::new(|settings| settings.offline = !settings.offline));
            }
            UiCommand::Search => self.views.history.focus_search(),
            UiCommand::Palette => self.palette.open(),
            UiCommand::Help => self.shows_help = true,
            UiCommand::Dashboard
            | UiCommand::NewIssue
            | UiCommand::Settings
            | UiCommand::Tab(_)
            | UiCommand::SampleIncident => {}
        }
    }

    /// Lets go of all that was read from the store, and of what was being typed; that is stored.
    pub fn forget(&mut self) {
        let settings = self.state.settings.clone();
        self.state = State { settings, ..State::default() };
        self.desk = Desk::default();
        self.views = Views::default();
        self.palette = Palette::default();
        self.screen = Screen::default();
    }

    /// Goes elsewhere if this issue is shown: it is being deleted.
    pub fn leave(&mut self, issue: IssueId) {
        if self.screen.issue() == Some(issue) {
            self.screen = Screen::Dashboard;
        }
    }

    /// Takes a notice away, and sends what its end asks for.
    pub fn dismiss_notice(&mut self, index: usize) {
        if index >= self.state.notices.len() {
            return;
        }
        if let Some(command) = self.state.notices.remove(index).afterwards {
            self.desk.requests.push(Request::Detach { label: String::new(), command: *command });
        }
    }

    /// Before the store is open.
    fn door_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        let Self { state, desk, views, screen, .. } = self;
        let cx = &mut ViewContext::new(state, tokens, *screen, desk);
        let frame = Frame::new().fill(tokens.canvas).inner_margin(space::L);
        CentralPanel::default().frame(frame).show(ui, |ui| match &cx.state.phase {
            Phase::Setup { .. } | Phase::Welcome => views.first_start.ui(ui, cx),
            Phase::Locked { .. } => views.unlock.ui(ui, cx),
            Phase::Broken(failure) => {
                ui.set_max_width(theme::FORM_WIDTH);
                text(ui, "The data cannot be opened", Type::Title, tokens.text);
                if error_panel(ui, tokens, failure) == Pressed::CopyDetails {
                    cx.copy(failure.details.clone());
                }
            }
            Phase::Starting | Phase::Ready => {}
        });
    }

    fn workspace_ui(&mut self, ui: &mut Ui, tokens: &Tokens) {
        for command in UiCommand::pressed(ui.ctx()) {
            self.desk.requests.push(Request::Run(command));
        }
        let Self { state, desk, views, screen, palette, .. } = self;
        let cx = &mut ViewContext::new(state, tokens, *screen, desk);
        status_panel_ui(ui, cx);
        let collapsed = self.rail_collapsed || ui.available_width() < 860.0;
        rail_panel_ui(ui, cx, collapsed);
        let view = views.at(cx.screen);
        header_panel_ui(ui, cx, view);
        let frame = Frame::new().fill(tokens.canvas).inner_margin(Margin::symmetric(20, 16));
        CentralPanel::default().frame(frame).show(ui, |ui| view.ui(ui, cx));
        palette.ui(ui, cx);
        if self.shows_help && help::help_ui(ui, tokens) {
            self.shows_help = false;
        }
    }

    fn notice_clicked(&mut self, click: Option<NoticeClick>) {
        let index = match click {
            None => return,
            Some(NoticeClick::Dismiss(index)) => return self.dismiss_notice(index),
            Some(NoticeClick::Act(index)) => index,
        };
        if index >= self.state.notices.len() {
            return;
        }
        if let Some((label, action)) = self.state.notices.remove(index).action {
            self.desk.requests.push(match action {
                NoticeAction::Run(command) => Request::Detach { label, command: *command },
                NoticeAction::Open(screen) => Request::Open(screen),
            });
        }
    }
}

fn header_panel_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, view: &mut dyn View) {
    let tokens = cx.tokens;
    let frame = Frame::new().fill(tokens.canvas).inner_margin(Margin::symmetric(20, 10));
    Panel::top("header").resizable(false).show_separator_line(true).frame(frame).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.set_min_height(34.0);
            if view.has_own_header() {
                return view.header_ui(ui, cx);
            }
            text(ui, view.title(), Type::Title, tokens.text);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| view.header_ui(ui, cx));
        });
    });
}

fn rail_panel_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, collapsed: bool) {
    let tokens = cx.tokens;
    let width = if collapsed { RAIL_COLLAPSED } else { RAIL_WIDTH };
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(8, 10));
    Panel::left("rail").resizable(false).exact_size(width).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        ui.horizontal(|ui| {
            ui.set_min_height(30.0);
            if !collapsed {
                ui.add_space(space::S);
                text(ui, "TFTSR", Type::Lead, tokens.text);
            }
            let side =
                if collapsed { Layout::left_to_right(Align::Center) } else { Layout::right_to_left(Align::Center) };
            ui.with_layout(side, |ui| {
                if icon_button(ui, tokens, icons::PANEL_LEFT, UiCommand::ToggleRail.text()).clicked() {
                    cx.run(UiCommand::ToggleRail);
                }
            });
        });
        ui.add_space(space::S);
        for command in [UiCommand::Dashboard, UiCommand::NewIssue, UiCommand::Search] {
            place_ui(ui, cx, command, collapsed);
        }
        ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
            place_ui(ui, cx, UiCommand::Settings, collapsed);
            ui.add_space(space::XS);
            ui.with_layout(Layout::top_down(Align::Min), |ui| open_issues_ui(ui, cx, collapsed));
        });
    });
}

/// One place of the rail.
fn place_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, command: UiCommand, collapsed: bool) {
    let chosen = match (command.leads_to(cx.screen), cx.screen) {
        (Some(Screen::Settings(_)), Screen::Settings(_)) => true,
        (to, here) => to == Some(here),
    };
    let tokens = cx.tokens;
    let (response, inside) = rail_row_ui(ui, tokens, command.text(), chosen);
    let color = if chosen { tokens.accent } else { tokens.muted };
    ui.scope_builder(inside, |ui| {
        ui.add_space(if collapsed { 11.0 } else { space::S });
        ui.label(icon(command.icon(), 18.0).color(color));
        if !collapsed {
            truncated(ui, command.text(), Type::Body, tokens.text);
        }
    });
    let keys = command.shortcut_text(ui.ctx());
    let hint = if keys.is_empty() { command.text().to_owned() } else { format!("{}  {keys}", command.text()) };
    if response.on_hover_text(hint).clicked() {
        cx.run(command);
    }
}

fn open_issues_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, collapsed: bool) {
    let tokens = cx.tokens;
    let open = cx.state.dashboard.value().map_or(&[][..], |board| board.open.as_slice());
    if open.is_empty() {
        return;
    }
    ui.add_space(space::L);
    if collapsed {
        ui.separator();
    } else {
        ui.horizontal(|ui| {
            ui.add_space(space::S);
            text(ui, "Open", Type::Caption, tokens.muted);
        });
    }
    egui::ScrollArea::vertical().auto_shrink([false, true]).show(ui, |ui| {
        for issue in open {
            if issue_row_ui(ui, cx, issue, collapsed) {
                cx.open(Screen::Issue(issue.id, IssueTab::default()));
            }
        }
    });
}

fn issue_row_ui(ui: &mut Ui, cx: &ViewContext<'_>, issue: &IssueSummary, collapsed: bool) -> bool {
    let chosen = cx.screen.issue() == Some(issue.id);
    let title = issue.title.expose();
    let (response, inside) = rail_row_ui(ui, cx.tokens, title, chosen);
    ui.scope_builder(inside, |ui| {
        ui.add_space(if collapsed { 15.0 } else { 12.0 });
        severity_dot(ui, cx.tokens, issue.severity);
        if !collapsed {
            truncated(ui, title, Type::Body, cx.tokens.text);
        }
    });
    response.on_hover_text(title).clicked()
}

/// The ground of a row of the rail, and where its content goes.
fn rail_row_ui(ui: &mut Ui, tokens: &Tokens, name: &str, chosen: bool) -> (egui::Response, UiBuilder) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), tokens.row_height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, name));
    if chosen {
        ui.painter().rect_filled(rect, 6, tokens.raised);
        let mark = Rect::from_min_size(rect.left_top() + vec2(0.0, 8.0), vec2(3.0, rect.height() - 16.0));
        ui.painter().rect_filled(mark, 2, tokens.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 6, tokens.raised);
    }
    focus_ring(ui, tokens, &response);
    // Titles that are cut end short of the edge.
    let inside = rect.with_max_x(rect.right() - space::S);
    (response, UiBuilder::new().max_rect(inside).layout(Layout::left_to_right(Align::Center)))
}

/// The provider that the issue on screen uses, else the default one.
fn provider_in_use(cx: &mut ViewContext<'_>) -> ProviderConfig {
    let chosen = cx.screen.issue().and_then(|issue| cx.draft(&provider_of(issue)).parse().ok());
    chosen.and_then(|id| cx.state.provider_by_id(id)).cloned().unwrap_or_else(|| cx.state.provider())
}

fn status_panel_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let frame = Frame::new().fill(tokens.panel).inner_margin(Margin::symmetric(12, 0));
    Panel::bottom("status").resizable(false).exact_size(30.0).frame(frame).show(ui, |ui| {
        ui.horizontal_centered(|ui| {
            // All stand on one center line: nothing is taller than the bar.
            ui.spacing_mut().interact_size.y = 0.0;
            let provider = provider_in_use(cx);
            let (glyph, place, color) = if provider.is_local() {
                (icons::SHIELD_CHECK, "local", tokens.ok)
            } else {
                (icons::CLOUD, "remote", tokens.warn)
            };
            let is_unredacted = cx.state.settings.unredacted_for(&provider).is_some();
            ui.label(icon(glyph, 14.0).color(color));
            let name =
                if provider.model.is_empty() { provider.name } else { format!("{} {}", provider.name, provider.model) };
            text(ui, &format!("{name} · {place}"), Type::Caption, tokens.muted);
            if is_unredacted {
                ui.label(icon(icons::ALERT, 14.0).color(tokens.warn));
                let hint = "This server gets texts as they are. Change it in Settings, Privacy";
                text(ui, "Redaction off", Type::Caption, tokens.warn).on_hover_text(hint);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                text(ui, concat!("v", env!("CARGO_PKG_VERSION")), Type::Caption, tokens.muted);
                offline_ui(ui, cx);
                if let Some(running) = cx.state.running.values().last() {
                    running_ui(ui, cx, running);
                }
            });
        });
    });
}

fn offline_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let (glyph, name) = if cx.state.settings.offline {
        (icons::OFFLINE, "Offline: nothing leaves this machine. Go online")
    } else {
        (icons::ONLINE, "Work offline")
    };
    if cx.state.settings.offline {
        text(ui, "Offline", Type::Caption, cx.tokens.warn);
    }
    if icon_button(ui, cx.tokens, glyph, name).clicked() {
        cx.run(UiCommand::ToggleOffline);
    }
}

/// Drawn from right to left.
fn running_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, running: &Running) {
    let tokens = cx.tokens;
    if let Some(slot) = &running.slot
        && icon_button(ui, tokens, icons::X, "Cancel what is running").clicked()
    {
        cx.cancel(slot.clone());
    }
    let share = running.share();
    if let Some(share) = share {
        text(ui, &format!("{:.0} %", share * 100.0), Type::Caption, tokens.muted);
    }
    progress_bar(ui, tokens, share, 120.0);
    let others = cx.state.running.len().saturating_sub(1);
    let more = if others > 0 { format!(" and {} more", format::count(others as u64)) } else { String::new() };
    text(ui, &format!("{}{more}", running.label), Type::Caption, tokens.muted);
}
