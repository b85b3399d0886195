//! The head of an issue: severity, title, status, domain, provider, elapsed time, and what is seldom needed.

use super::publish::{FindDialog, PublishDialog, publications_ui};
use crate::domain::{Domain, ProviderId, Service, Severity, Status, WaitingTicket};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::pick::PickPurpose;
use crate::ui::screen::Screen;
use crate::ui::state::{Notice, NoticeAction, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{
    Answer, Field, Kind, Marked, button, confirm, dialog, icon_button, marked_edit, menu_item, menu_select, text,
};
use crate::worker::{Command, FailureKind, IssueChange, IssueCommand, IssueDetail, PublishCommand};
use egui::{Align, Button, Key, Layout, Popup, RichText, Ui, vec2};
use jiff::Timestamp;
use std::path::PathBuf;

/// Height of the row of the title, in points.
const TITLE_ROW: f32 = 34.0;

/// Width of the menu of what is seldom needed, in points.
const MENU_WIDTH: f32 = 200.0;

/// What is open in the header.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// The title while it is edited, and whether its field has been focused.
    title: Option<(String, bool)>,
    deletes: bool,
    /// The path being typed for an export.
    export: Option<String>,
    /// Where the last export was to go, to ask whether to replace it.
    exporting: Option<PathBuf>,
    pub(super) publish: PublishDialog,
    find: FindDialog,
    /// The tickets that wait, as they were when it was last tried to make them by themselves.
    tried: Vec<WaitingTicket>,
}

impl Header {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        provider: &mut Option<ProviderId>,
    ) {
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            ui.horizontal(|ui| {
                // As high as the title, so that all stand on its center line.
                ui.set_min_height(TITLE_ROW);
                severity_ui(ui, cx, detail);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    self.more_ui(ui, cx, detail);
                    status_ui(ui, cx, detail);
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| self.title_ui(ui, cx, detail));
                });
            });
            ui.horizontal(|ui| {
                domain_ui(ui, cx, detail);
                elapsed_ui(ui, cx, detail);
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| provider_ui(ui, cx, provider));
            });
            publications_ui(ui, cx, detail, &mut self.publish);
        });
        self.try_tickets(cx, detail);
        self.dialogs_ui(ui, cx, detail);
        self.publish.ui(ui, cx, detail);
        self.find.ui(ui, cx, detail);
    }

    /// Once for each ticket that waits: what the settings let go without a look is made, and the rest goes on waiting.
    fn try_tickets(&mut self, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        if detail.waiting != self.tried {
            self.tried.clone_from(&detail.waiting);
            if !detail.waiting.is_empty() {
                let issue = detail.issue.id;
                cx.submit(Slot::Tickets(issue), Command::Publish(PublishCommand::Automatic(issue)));
            }
        }
    }

    fn title_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        let Some((title, has_focused)) = &mut self.title else {
            let shown = RichText::new(detail.issue.title.expose()).font(Type::Title.font()).color(tokens.text);
            let response = ui.add(Button::new(shown).truncate().frame_when_inactive(false));
            let name = format!("Edit title {}", detail.issue.title.expose());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &name));
            if response.on_hover_text("Edit title").clicked() {
                self.title = Some((detail.issue.title.expose().to_owned(), false));
            }
            return;
        };
        let marks = cx.marks(ui, "issue/title", (Some(detail.issue.id), title));
        let font = Type::Title.font();
        let marked = Marked { marks: &marks, font: &font, is_multiline: false };
        let response = marked_edit(ui, tokens, title, marked, |edit| edit.desired_width(f32::INFINITY));
        let response = response.accessible_name("Title");
        if !*has_focused {
            *has_focused = true;
            response.request_focus();
        }
        if response.lost_focus() {
            let typed = title.trim().to_owned();
            let gives_up = ui.input(|input| input.key_pressed(Key::Escape));
            if !gives_up && !typed.is_empty() && typed != detail.issue.title.expose() {
                change(cx, detail, IssueChange::Title(typed.into()));
            }
            self.title = None;
        }
    }

    fn more_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>, detail: &IssueDetail) {
        let opener = icon_button(ui, cx.tokens, icons::MORE, "More actions");
        Popup::menu(&opener).show(|ui| {
            ui.set_width(MENU_WIDTH);
            if menu_item(ui, cx.tokens, icons::SEND, "Create ticket…", "").clicked() {
                self.publish.open_ticket(detail, Service::ServiceNow);
                ui.close();
            }
            if menu_item(ui, cx.tokens, icons::SEARCH, "Find similar…", "").clicked() {
                self.find.open(detail);
                ui.close();
            }
            if menu_item(ui, cx.tokens, icons::DOWNLOAD, "Export issue…", "").clicked() {
                self.export = Some(String::new());
                // A press that is no click, such as a screen reader's, does not close it by itself.
                ui.close();
            }
            if menu_item(ui, cx.tokens, icons::TRASH, "Delete issue…", "").clicked() {
                self.deletes = true;
                ui.close();
            }
        });
    }

    fn dialogs_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        if self.deletes {
            let consequence = "Its logs, chat and documents go with it. It can be brought back for a while";
            match confirm(ui, cx.tokens, "Delete this issue?", consequence, "Delete issue") {
                Answer::Open => {}
                Answer::No => self.deletes = false,
                Answer::Yes => {
                    self.deletes = false;
                    delete(cx, detail);
                }
            }
        }
        // Asked first: in the frame in which an export begins, what is known is still of the one before.
        self.replace_ui(ui, cx, detail);
        self.export_ui(ui, cx, detail);
    }

    fn export_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(path) = &mut self.export else { return };
        if let Some(picked) = cx.take_picked(PickPurpose::Export).into_iter().next() {
            *path = picked.display().to_string();
        }
        let (asked, close) = dialog(ui, cx.tokens, ("Export issue", 480.0), |ui| {
            let help = "The whole issue as Markdown, with its documents and real values";
            Field::new("File").help(help).code().ui(ui, cx.tokens, path);
            ui.add_space(space::M);
            ui.horizontal(|ui| {
                let ready = !path.trim().is_empty();
                let export = crate::ui::widgets::button_enabled(ui, cx.tokens, (Kind::Primary, ready), None, "Export");
                if button(ui, cx.tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Choose…").clicked() {
                    cx.pick_save(PickPurpose::Export, "issue.md");
                }
                let cancel = button(ui, cx.tokens, Kind::Ghost, None, "Cancel").clicked();
                (export.clicked(), cancel)
            })
            .inner
        });
        let (export, cancel) = asked;
        if export {
            let path = PathBuf::from(path.trim());
            submit_export(cx, detail, path.clone(), false);
            self.exporting = Some(path);
        }
        if export || cancel || close {
            self.export = None;
        }
    }

    fn replace_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(path) = &self.exporting else { return };
        let exists = cx.state.export.failure().is_some_and(|failure| failure.kind == FailureKind::FileExists);
        if !exists {
            if !cx.state.export.is_loading() && !cx.state.export.is_unasked() {
                self.exporting = None;
            }
            return;
        }
        let question = format!("{} is there already", path.display());
        match confirm(ui, cx.tokens, "Replace the file?", &question, "Replace") {
            Answer::Open => {}
            Answer::No => self.exporting = None,
            Answer::Yes => {
                submit_export(cx, detail, path.clone(), true);
                self.exporting = None;
            }
        }
    }
}

fn submit_export(cx: &mut ViewContext<'_>, detail: &IssueDetail, path: PathBuf, overwrite: bool) {
    let issue = detail.issue.id;
    cx.submit(Slot::Export(issue), Command::Issue(IssueCommand::Export { issue, path, overwrite }));
}

fn delete(cx: &mut ViewContext<'_>, detail: &IssueDetail) {
    let issue = detail.issue.id;
    cx.run_detached("Deleting issue", Command::Issue(IssueCommand::Delete(issue)));
    let undo = NoticeAction::Run(Box::new(Command::Issue(IssueCommand::Restore(issue))));
    cx.notify(Notice::ok("Issue deleted").action("Undo", undo));
    cx.open(Screen::Dashboard);
}

fn change(cx: &mut ViewContext<'_>, detail: &IssueDetail, change: IssueChange) {
    cx.run_detached("", Command::Issue(IssueCommand::Change { issue: detail.issue.id, change }));
}

fn severity_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
    let severity = detail.issue.severity;
    let choices: Vec<_> = Severity::ALL.iter().map(|one| (*one, one.label())).collect();
    let current = (severity.as_str(), cx.tokens.severity(severity));
    if let Some(chosen) = menu_select(ui, cx.tokens, "Severity", current, &choices) {
        change(cx, detail, IssueChange::Severity(chosen));
    }
}

fn status_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
    let tokens = cx.tokens;
    let status = detail.issue.status;
    let color = match status {
        Status::Open => tokens.info,
        Status::Triaging => tokens.accent,
        Status::Resolved => tokens.ok,
        Status::Closed => tokens.muted,
    };
    let choices: Vec<_> = Status::ALL.iter().map(|one| (*one, one.label())).collect();
    if let Some(chosen) = menu_select(ui, tokens, "Status", (status.label(), color), &choices) {
        change(cx, detail, IssueChange::Status(chosen));
    }
}

fn domain_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
    let mut choices = vec![(None, "No domain")];
    choices.extend(Domain::ALL.iter().map(|one| (Some(*one), one.label())));
    let current = detail.issue.domain.map_or("No domain", Domain::label);
    if let Some(chosen) = menu_select(ui, cx.tokens, "Domain", (current, cx.tokens.muted), &choices) {
        change(cx, detail, IssueChange::Domain(chosen));
    }
}

fn elapsed_ui(ui: &mut Ui, cx: &ViewContext<'_>, detail: &IssueDetail) {
    let issue = &detail.issue;
    let until = issue.resolved_at.unwrap_or_else(Timestamp::now);
    let took = format::duration(until.duration_since(issue.began_at()));
    let began = format::moment(issue.began_at());
    let word = if issue.started_at.is_some() { "started" } else { "created" };
    let whole = if issue.resolved_at.is_some() {
        format!("{word} {began} · resolved after {took}")
    } else {
        format!("{word} {began} · {took}")
    };
    text(ui, &whole, Type::Caption, cx.tokens.muted);
    if issue.resolved_at.is_none() {
        ui.ctx().request_repaint_after(std::time::Duration::from_mins(1));
    }
}

/// Drawn from right to left.
fn provider_ui(ui: &mut Ui, cx: &ViewContext<'_>, chosen: &mut Option<ProviderId>) {
    let tokens = cx.tokens;
    let providers = cx.state.providers.value().map_or(&[][..], Vec::as_slice);
    let default = cx.state.provider();
    let current = chosen.and_then(|id| cx.state.provider_by_id(id)).unwrap_or(&default);
    let names: Vec<String> = providers.iter().map(provider_name).collect();
    let choices: Vec<_> = providers.iter().zip(&names).map(|(one, name)| (one.id, name.as_str())).collect();
    let (glyph, color, place) = if current.is_local() {
        (icons::SHIELD_CHECK, tokens.ok, "Nothing leaves this machine")
    } else {
        (icons::CLOUD, tokens.warn, "A remote server gets what you send, redacted")
    };
    ui.spacing_mut().item_spacing = vec2(space::XS, 0.0);
    let name = provider_name(current);
    if let Some(provider) = menu_select(ui, tokens, "Provider", (&name, tokens.muted), &choices) {
        *chosen = Some(provider);
    }
    ui.label(icon(glyph, 14.0).color(color)).on_hover_text(place);
}

fn provider_name(provider: &crate::domain::ProviderConfig) -> String {
    if provider.model.is_empty() { provider.name.clone() } else { format!("{} {}", provider.name, provider.model) }
}
