//! Looking for similar pages and tickets, to put them beside the issue.

use crate::domain::{RemoteItem, Service};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::Slot;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, Pressed, button, buttons_row, dialog, error_panel, segmented, skeleton, text};
use crate::worker::{Command, IssueDetail, PublishCommand, RemoteSearch};
use egui::{Align, Key, Layout, ScrollArea, Ui};

const WIDTH: f32 = 640.0;
const HEIGHT: f32 = 280.0;

/// How many are listed.
const LIMIT: usize = 25;

/// The dialog to find similar pages and tickets.
#[derive(Debug, Default)]
pub(in super::super) struct FindDialog {
    words: Option<String>,
    service: Option<Service>,
    has_searched: bool,
    attached: Vec<String>,
}

impl FindDialog {
    pub(in super::super) fn open(&mut self, detail: &IssueDetail) {
        *self = Self { words: Some(detail.issue.title.expose().to_owned()), ..Self::default() };
    }

    pub(in super::super) fn ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        if self.words.is_none() {
            return;
        }
        let (done, close) = dialog(ui, cx.tokens, ("Find similar", WIDTH), |ui| self.contents_ui(ui, cx, detail));
        if done || close {
            *self = Self::default();
        }
    }

    fn contents_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> bool {
        let tokens = cx.tokens;
        let Some(words) = &mut self.words else { return true };
        let mut service = self.service.unwrap_or(Service::Confluence);
        let choices: Vec<_> = Service::ALL.iter().map(|one| (*one, one.label())).collect();
        if segmented(ui, tokens, &mut service, &choices) {
            self.has_searched = false;
        }
        self.service = Some(service);
        ui.add_space(space::S);
        let marks = cx.marks(ui, "find/words", (Some(detail.issue.id), words));
        let help = "Looked for in titles, and in the text of pages. Values leave as placeholders";
        let response = Field::new("Words").help(help).marks(&marks).ui(ui, tokens, words);
        let entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.add_space(space::S);
        let asks = button(ui, tokens, Kind::Primary, Some(icons::SEARCH), "Search").clicked() || entered;
        if asks && !words.trim().is_empty() {
            let search = RemoteSearch {
                service,
                issue: Some(detail.issue.id),
                words: words.as_str().into(),
                place: None,
                limit: LIMIT,
                titles_only: false,
            };
            self.has_searched = true;
            cx.submit(Slot::RemoteSearch, Command::Publish(PublishCommand::Search(search)));
        }
        ui.add_space(space::S);
        if self.has_searched {
            self.found_ui(ui, cx, detail, service);
        }
        ui.add_space(space::M);
        buttons_row(ui, |ui| button(ui, tokens, Kind::Ghost, None, "Done").clicked())
    }

    fn found_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, service: Service) {
        let tokens = cx.tokens;
        let found = &cx.state.publish.found;
        if let Some(failure) = found.failure() {
            match error_panel(ui, tokens, failure) {
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Retry | Pressed::Nothing => {}
            }
            return;
        }
        let items = match found.value() {
            Some((of, items)) if *of == service && !found.is_loading() => items,
            _ => return skeleton(ui, tokens, 3),
        };
        if items.is_empty() {
            text(ui, "Nothing was found; try fewer or other words", Type::Body, tokens.muted);
        }
        ScrollArea::vertical().max_height(HEIGHT).auto_shrink([false, true]).show(ui, |ui| {
            for item in items {
                self.item_ui(ui, cx, detail, item);
            }
        });
    }

    fn item_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, item: &RemoteItem) {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            let is_attached = self.attached.contains(&item.url);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if is_attached {
                    text(ui, "put beside the issue", Type::Caption, tokens.ok);
                } else if button(ui, tokens, Kind::Secondary, Some(icons::PIN), "Attach").clicked() {
                    let attach = PublishCommand::Attach { issue: detail.issue.id, item: Box::new(item.clone()) };
                    cx.run_detached("", Command::Publish(attach));
                    self.attached.push(item.url.clone());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| words_ui(ui, cx, item));
            });
        });
    }
}

fn words_ui(ui: &mut Ui, cx: &ViewContext<'_>, item: &RemoteItem) {
    let state = if item.state.is_empty() { String::new() } else { format!(" · {}", item.state) };
    ui.hyperlink_to(&item.number, &item.url);
    let words = format!("{}{state}", item.title.expose());
    crate::ui::widgets::truncated(ui, &words, Type::Body, cx.tokens.text);
}
