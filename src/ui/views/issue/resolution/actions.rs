//! Corrective actions.

use crate::domain::{ActionId, ActionItem, ActionKind, ActionStatus, Priority, WhyId};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::views::issue::{links, when};
use crate::ui::widgets::{
    Answer, Field, Kind, button, button_enabled, card, confirm, icon_button, menu_select, section, select,
    table_header, text, truncated,
};
use crate::worker::{Command, IssueDetail, ResolutionCommand};
use egui::{Align, Layout, Ui, vec2};

/// Corrective actions.
#[derive(Debug, Default)]
pub(super) struct Actions {
    form: Option<Form>,
    removes: Option<ActionId>,
}

/// An action while it is written.
#[derive(Debug)]
struct Form {
    changes: Option<ActionId>,
    title: String,
    owner: String,
    due: String,
    kind: ActionKind,
    priority: Priority,
    status: ActionStatus,
    declined_because: String,
    root_cause: Option<WhyId>,
}

impl Form {
    fn new(detail: &IssueDetail) -> Self {
        Self {
            changes: None,
            title: String::new(),
            owner: String::new(),
            due: String::new(),
            kind: ActionKind::Prevent,
            priority: Priority::Medium,
            status: ActionStatus::Open,
            declined_because: String::new(),
            root_cause: detail.whys.root_causes().first().map(|why| why.id),
        }
    }

    fn of(action: &ActionItem) -> Self {
        Self {
            changes: Some(action.id),
            title: action.title.expose().to_owned(),
            owner: action.owner.expose().to_owned(),
            due: action.due.map(|due| due.to_string()).unwrap_or_default(),
            kind: action.kind,
            priority: action.priority,
            status: action.status,
            declined_because: action.declined_because.expose().to_owned(),
            root_cause: action.root_cause,
        }
    }

    /// `None` while the due date cannot be read or the title is missing.
    fn action(&self, detail: &IssueDetail) -> Option<ActionItem> {
        let due = match self.due.trim() {
            "" => None,
            text => Some(when::parse_date(text)?),
        };
        (!self.title.trim().is_empty()).then(|| ActionItem {
            id: self.changes.unwrap_or_else(ActionId::new),
            issue: detail.issue.id,
            title: self.title.trim().into(),
            kind: self.kind,
            priority: self.priority,
            owner: self.owner.trim().into(),
            due,
            status: self.status,
            declined_because: self.declined_because.trim().into(),
            root_cause: self.root_cause,
        })
    }
}

/// Widths of the columns after the title, in points.
const COLUMNS: [(&str, f32); 5] =
    [("Kind", 76.0), ("Priority", 84.0), ("Owner", 100.0), ("Due", 88.0), ("Status", 104.0)];

impl Actions {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        self.remove_ui(ui, cx, detail);
        ui.horizontal(|ui| {
            section(ui, tokens, "Corrective actions");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, tokens, Kind::Secondary, Some(icons::PLUS), "Add action").clicked() {
                    self.form = Some(Form::new(detail));
                }
            });
        });
        if self.form.is_some() {
            self.form_ui(ui, cx, detail);
        }
        if detail.actions.is_empty() {
            if self.form.is_none() {
                text(ui, "What will keep this from happening again?", Type::Body, tokens.muted);
            }
            return;
        }
        let title_width = (ui.available_width() - 560.0).max(120.0);
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 0.0;
            cell(ui, title_width, |ui| table_header(ui, tokens, "Action"));
            for (name, width) in COLUMNS {
                cell(ui, width, |ui| table_header(ui, tokens, name));
            }
        });
        for action in &detail.actions {
            ui.push_id(action.id, |ui| self.row_ui(ui, cx, action, title_width));
        }
    }

    fn row_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, action: &ActionItem, title_width: f32) {
        let tokens = cx.tokens;
        let response = ui.horizontal(|ui| {
            ui.set_min_height(tokens.row_height);
            let due = action.due.map_or_else(|| "–".to_owned(), |due| due.to_string());
            let owner = if action.owner.is_blank() { "–" } else { action.owner.expose() };
            cell(ui, title_width, |ui| truncated(ui, action.title.expose(), Type::Body, tokens.text));
            let words = [action.kind.label(), action.priority.label(), owner, &due];
            for (word, (_, width)) in words.into_iter().zip(COLUMNS) {
                cell(ui, width, |ui| truncated(ui, word, Type::Body, tokens.muted));
            }
            cell(ui, 104.0, |ui| {
                let choices: Vec<_> = ActionStatus::ALL.iter().map(|one| (*one, one.label())).collect();
                let current = (action.status.label(), color_of(tokens, action.status));
                if let Some(status) = menu_select(ui, tokens, "Status", current, &choices) {
                    save(cx, ActionItem { status, ..action.clone() });
                }
            });
            if icon_button(ui, tokens, icons::PENCIL, "Edit action").clicked() {
                self.form = Some(Form::of(action));
            }
            if icon_button(ui, tokens, icons::TRASH, "Remove action").clicked() {
                self.removes = Some(action.id);
            }
        });
        let rect = response.response.rect;
        ui.painter().hline(rect.x_range(), rect.bottom() + 3.0, (1.0, tokens.border));
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        let Some(form) = &mut self.form else { return };
        let done = card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            let marks = cx.marks(ui, "action/title", (Some(detail.issue.id), &form.title));
            Field::new("Title").hint("What is to be done").marks(&marks).ui(ui, tokens, &mut form.title);
            let is_due_wrong = !form.due.trim().is_empty() && when::parse_date(&form.due).is_none();
            ui.columns_const(|[owner, due]| {
                Field::new("Owner").ui(owner, tokens, &mut form.owner);
                let error = is_due_wrong.then_some("Write it as 2026-03-31");
                Field::new("Due").hint("2026-03-31").error(error).ui(due, tokens, &mut form.due);
            });
            ui.columns_const(|[kind, priority, status]| {
                let kinds: Vec<_> = ActionKind::ALL.iter().map(|one| (*one, one.label())).collect();
                select(kind, tokens, "Kind", &mut form.kind, &kinds);
                let priorities: Vec<_> = Priority::ALL.iter().map(|one| (*one, one.label())).collect();
                select(priority, tokens, "Priority", &mut form.priority, &priorities);
                let statuses: Vec<_> = ActionStatus::ALL.iter().map(|one| (*one, one.label())).collect();
                select(status, tokens, "Status", &mut form.status, &statuses);
            });
            if form.status == ActionStatus::Declined {
                Field::new("Why it is not done").ui(ui, tokens, &mut form.declined_because);
            }
            let causes = detail.whys.root_causes();
            if !causes.is_empty() {
                let names: Vec<_> = causes.iter().map(|why| links::head_of(why.answer.expose(), 60)).collect();
                let mut choices: Vec<_> =
                    causes.iter().zip(&names).map(|(why, name)| (Some(why.id), name.as_str())).collect();
                choices.push((None, "None"));
                select(ui, tokens, "Root cause", &mut form.root_cause, &choices);
            }
            ui.add_space(space::XS);
            let action = form.action(detail);
            ui.horizontal(|ui| {
                let ready = (Kind::Primary, action.is_some());
                let saves = button_enabled(ui, tokens, ready, Some(icons::CHECK), "Save action").clicked();
                let cancels = button(ui, tokens, Kind::Ghost, None, "Cancel").clicked();
                (action.filter(|_| saves), cancels)
            })
            .inner
        });
        let (saved, cancels) = done.inner;
        if saved.is_some() || cancels {
            self.form = None;
        }
        if let Some(action) = saved {
            save(cx, action);
        }
        ui.add_space(space::S);
    }

    fn remove_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(action) = self.removes else { return };
        match confirm(
            ui,
            cx.tokens,
            "Remove this action?",
            "To keep a trace of it, set it to declined",
            "Remove action",
        ) {
            Answer::Open => {}
            Answer::No => self.removes = None,
            Answer::Yes => {
                let remove = ResolutionCommand::RemoveAction { issue: detail.issue.id, action };
                cx.run_detached("", Command::Resolution(remove));
                self.removes = None;
            }
        }
    }
}

fn save(cx: &mut ViewContext<'_>, action: ActionItem) {
    cx.run_detached("", Command::Resolution(ResolutionCommand::SaveAction(action)));
}

fn cell<R>(ui: &mut Ui, width: f32, contents: impl FnOnce(&mut Ui) -> R) {
    ui.allocate_ui_with_layout(vec2(width, 22.0), Layout::left_to_right(Align::Center), |ui| {
        ui.set_min_width(width);
        contents(ui);
    });
}

const fn color_of(tokens: &Tokens, status: ActionStatus) -> egui::Color32 {
    match status {
        ActionStatus::Open => tokens.info,
        ActionStatus::InProgress => tokens.accent,
        ActionStatus::Done => tokens.ok,
        ActionStatus::Declined => tokens.muted,
    }
}
