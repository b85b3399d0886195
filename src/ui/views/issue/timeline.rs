//! The Timeline tab: what happened when, where that is known from, and how long things took.

use super::links::place_link_ui;
use super::{FocusLines, when};
use crate::domain::{LineRange, TimelineEvent, TimelineId, TimelineKind, TimelineSource};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Answer, Field, Kind, button, button_enabled, card, chip, confirm, empty_state, icon_button, select, text,
};
use crate::worker::{Command, IssueCommand, IssueDetail};
use egui::{Align, Layout, ScrollArea, Ui};
use jiff::{Timestamp, tz::TimeZone};

/// What is chosen in the Timeline tab.
#[derive(Debug, Default)]
pub(super) struct TimelineTab {
    form: Option<Form>,
    removes: Option<TimelineId>,
}

/// An event while it is written.
#[derive(Debug)]
struct Form {
    /// The event that is changed; `None` for a new one.
    changes: Option<TimelineEvent>,
    time: String,
    kind: TimelineKind,
    text: String,
}

impl Form {
    fn new() -> Self {
        let time = when::to_text(Timestamp::now(), &TimeZone::system());
        Self { changes: None, time, kind: TimelineKind::Note, text: String::new() }
    }

    fn of(event: &TimelineEvent) -> Self {
        let time = when::to_text(event.at, &TimeZone::system());
        Self { time, kind: event.kind, text: event.text.expose().to_owned(), changes: Some(event.clone()) }
    }

    fn event(&self, detail: &IssueDetail, at: Timestamp) -> TimelineEvent {
        let (kind, text) = (self.kind, self.text.trim().into());
        match &self.changes {
            Some(event) => TimelineEvent { at, kind, text, ..event.clone() },
            None => TimelineEvent {
                id: TimelineId::new(),
                issue: detail.issue.id,
                at,
                kind,
                text,
                source: TimelineSource::User,
            },
        }
    }
}

impl TimelineTab {
    /// Returns lines that were asked for.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> Option<FocusLines> {
        let tokens = cx.tokens;
        self.remove_ui(ui, cx, detail);
        ui.horizontal(|ui| {
            durations_ui(ui, tokens, detail);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, tokens, Kind::Secondary, Some(icons::PLUS), "Add event").clicked() {
                    self.form = Some(Form::new());
                }
            });
        });
        ui.add_space(space::S);
        let mut lines = None;
        ScrollArea::vertical().id_salt("timeline").auto_shrink(false).show(ui, |ui| {
            if self.form.as_ref().is_some_and(|form| form.changes.is_none()) {
                self.form_ui(ui, cx, detail);
            }
            if detail.timeline.is_empty() && self.form.is_none() {
                let sentence = "Nothing on the timeline yet: mark when the impact began and when it was noticed";
                if empty_state(ui, tokens, icons::CLOCK, sentence, Some("Add the first event")) {
                    self.form = Some(Form::new());
                }
            }
            for event in &detail.timeline {
                lines = ui.push_id(event.id, |ui| self.event_ui(ui, cx, detail, event)).inner.or(lines);
            }
        });
        lines
    }

    fn event_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        event: &TimelineEvent,
    ) -> Option<FocusLines> {
        let is_edited = |form: &Form| form.changes.as_ref().is_some_and(|one| one.id == event.id);
        if self.form.as_ref().is_some_and(is_edited) {
            self.form_ui(ui, cx, detail);
            return None;
        }
        self.row_ui(ui, cx, detail, event)
    }

    fn row_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        detail: &IssueDetail,
        event: &TimelineEvent,
    ) -> Option<FocusLines> {
        let tokens = cx.tokens;
        let mut lines = None;
        let response = ui.horizontal(|ui| {
            ui.set_min_height(tokens.row_height);
            let time = crate::domain::format::local_time(event.at, &TimeZone::system());
            ui.allocate_ui_with_layout(egui::vec2(190.0, 20.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(190.0);
                text(ui, &time, Type::Body, tokens.muted);
            });
            ui.allocate_ui_with_layout(egui::vec2(120.0, 20.0), Layout::left_to_right(Align::Center), |ui| {
                ui.set_min_width(120.0);
                chip(ui, tokens, event.kind.label(), color_of(tokens, event.kind));
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let is_own = event.source == TimelineSource::User;
                if is_own && icon_button(ui, tokens, icons::TRASH, "Remove event").clicked() {
                    self.removes = Some(event.id);
                }
                if icon_button(ui, tokens, icons::PENCIL, "Edit event").clicked() {
                    self.form = Some(Form::of(event));
                }
                lines = source_ui(ui, tokens, detail, event);
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = detail.vault.restore(event.text.expose());
                    text(ui, &words, Type::Body, tokens.text);
                });
            });
        });
        let rect = response.response.rect;
        ui.painter().hline(rect.x_range(), rect.bottom() + 3.0, (1.0, tokens.border));
        lines
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        let Some(form) = &mut self.form else { return };
        let zone = TimeZone::system();
        let at = when::parse(&form.time, detail.issue.began_at(), &zone);
        let done = card(ui, tokens, |ui| {
            ui.set_width(ui.available_width());
            ui.columns_const(|[left, right]| {
                let error = at.is_none().then_some("Write it as 2026-03-01 02:38, or 02:38 for the day it began");
                let zone_name = Timestamp::now().to_zoned(zone.clone()).strftime("Local time, %Z").to_string();
                Field::new("Time").help(&zone_name).error(error).ui(left, tokens, &mut form.time);
                let mut kinds: Vec<_> = TimelineKind::BY_HAND.iter().map(|kind| (*kind, kind.label())).collect();
                if !TimelineKind::BY_HAND.contains(&form.kind) {
                    kinds.push((form.kind, form.kind.label()));
                }
                select(right, tokens, "Kind", &mut form.kind, &kinds);
            });
            let marks = cx.marks(ui, "timeline/text", (Some(detail.issue.id), &form.text));
            Field::new("What happened").rows(2).marks(&marks).ui(ui, tokens, &mut form.text);
            ui.horizontal(|ui| {
                let ready = at.is_some() && !form.text.trim().is_empty();
                let save =
                    button_enabled(ui, tokens, (Kind::Primary, ready), Some(icons::CHECK), "Save event").clicked();
                (save, button(ui, tokens, Kind::Ghost, None, "Cancel").clicked())
            })
            .inner
        });
        let (save, cancel) = done.inner;
        if let (true, Some(at)) = (save, at) {
            let event = form.event(detail, at);
            cx.run_detached("", Command::Issue(IssueCommand::SaveTimelineEvent(event)));
        }
        if save || cancel {
            self.form = None;
        }
        ui.add_space(space::S);
    }

    fn remove_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(event) = self.removes else { return };
        match confirm(ui, cx.tokens, "Remove this event?", "It leaves the timeline and the documents", "Remove event") {
            Answer::Open => {}
            Answer::No => self.removes = None,
            Answer::Yes => {
                let issue = detail.issue.id;
                cx.run_detached("", Command::Issue(IssueCommand::RemoveTimelineEvent { issue, event }));
                self.removes = None;
            }
        }
    }
}

fn durations_ui(ui: &mut Ui, tokens: &Tokens, detail: &IssueDetail) {
    let durations = detail.durations;
    let all = [
        ("To detect", durations.to_detect),
        ("To mitigate", durations.to_mitigate),
        ("To resolve", durations.to_resolve),
    ];
    for (name, took) in all {
        let figure = took.map_or_else(|| "–".to_owned(), format::duration);
        text(ui, name, Type::Caption, tokens.muted);
        text(ui, &figure, Type::Strong, tokens.text);
        ui.add_space(space::L);
    }
}

const fn color_of(tokens: &Tokens, kind: TimelineKind) -> egui::Color32 {
    match kind {
        TimelineKind::Start => tokens.bad,
        TimelineKind::Detection | TimelineKind::Response => tokens.warn,
        TimelineKind::Mitigation | TimelineKind::Resolution => tokens.ok,
        TimelineKind::FirstLogLine | TimelineKind::LastLogLine => tokens.info,
        TimelineKind::Created
        | TimelineKind::Status
        | TimelineKind::Redaction
        | TimelineKind::Document
        | TimelineKind::Publication
        | TimelineKind::Note => tokens.muted,
    }
}

fn source_ui(ui: &mut Ui, tokens: &Tokens, detail: &IssueDetail, event: &TimelineEvent) -> Option<FocusLines> {
    match &event.source {
        TimelineSource::User => drop(text(ui, "by hand", Type::Caption, tokens.muted)),
        TimelineSource::System => drop(text(ui, "automatic", Type::Caption, tokens.muted)),
        TimelineSource::Log { log, file_name, line } => {
            let is_there = detail.logs.iter().any(|one| one.id == *log);
            let place = format!("{file_name}:{line}");
            if !is_there {
                text(ui, &place, Type::Caption, tokens.muted);
            } else if place_link_ui(ui, tokens, &place, "Show this line") {
                return Some(FocusLines { log: *log, lines: LineRange::single((*line).max(1)) });
            }
        }
    }
    None
}
