//! The form for a page: space, page above, title, audience.

use crate::domain::{Audience, DocumentKind, RemoteId, RemoteItem, Service};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Field, Kind, Pressed, button, error_panel, segmented, select, skeleton, text};
use crate::worker::{Command, IssueDetail, PublicationPart, PublishCommand, RemoteSearch};
use egui::Ui;

/// How many pages are offered as the one above.
const PARENTS: usize = 8;

#[derive(Debug)]
pub(super) struct PageForm {
    kind: DocumentKind,
    title: String,
    audience: Audience,
    /// Which of the listed spaces; `None` follows the settings.
    space: Option<usize>,
    parent: Option<RemoteItem>,
    /// What is looked for as the page above.
    words: String,
    has_searched: bool,
    /// Whether the pictures that the document holds go along.
    pictures: bool,
}

impl PageForm {
    pub(super) fn new(detail: &IssueDetail, kind: DocumentKind) -> Self {
        let before = detail.publications.iter().rev().find(|one| one.document == Some(kind));
        let fresh = format!("{}: {}", kind.label(), detail.issue.title.expose());
        Self {
            kind,
            title: before.map_or(fresh, |one| detail.vault.restore(one.title.expose())),
            audience: before.map_or(Audience::Internal, |one| one.audience),
            space: None,
            parent: None,
            words: String::new(),
            has_searched: false,
            pictures: true,
        }
    }

    pub(super) const fn leave_pictures_out(&mut self) {
        self.pictures = false;
    }

    pub(super) fn is_complete(&self) -> bool {
        !self.title.trim().is_empty()
    }

    pub(super) fn fingerprint(&self) -> String {
        let parent = self.parent.as_ref().map(|page| &page.id);
        format!("{:?}", (&self.title, self.audience, self.space, parent, self.pictures))
    }

    pub(super) fn part(&self, cx: &ViewContext<'_>, onto: Option<RemoteId>) -> Option<PublicationPart> {
        let places = cx.state.publish.places.value().filter(|places| places.service == Service::Confluence)?;
        let chosen = self.space.and_then(|at| places.places.get(at)).map(|place| place.key.clone());
        let space = chosen.or_else(|| places.usual.clone()).or_else(|| Some(places.places.first()?.key.clone()))?;
        Some(PublicationPart::Page {
            kind: self.kind,
            space,
            parent: self.parent.as_ref().map(|page| page.id.clone()),
            title: self.title.as_str().into(),
            audience: self.audience,
            pictures: self.pictures,
            onto,
        })
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        match &cx.state.publish.places {
            Loadable::Failed { failure, .. } => {
                let again = || Command::Publish(PublishCommand::ListPlaces(Service::Confluence));
                match error_panel(ui, tokens, failure) {
                    Pressed::Retry => cx.submit(Slot::PublishPlaces, again()),
                    Pressed::CopyDetails => cx.copy(failure.details.clone()),
                    Pressed::Nothing => {}
                }
                return;
            }
            Loadable::NotAsked | Loadable::Loading { .. } => return skeleton(ui, tokens, 4),
            Loadable::Ready(places) => {
                let usual = places.places.iter().position(|place| Some(&place.key) == places.usual.as_ref());
                let names: Vec<String> =
                    places.places.iter().map(|place| format!("{} · {}", place.label, place.key)).collect();
                let choices: Vec<_> = names.iter().enumerate().map(|(at, name)| (at, name.as_str())).collect();
                let mut chosen = self.space.or(usual).unwrap_or(0);
                if select(ui, tokens, "Space", &mut chosen, &choices) {
                    self.space = Some(chosen);
                    self.parent = None;
                }
            }
        }
        let marks = cx.marks(ui, "publish/title", (Some(detail.issue.id), &self.title));
        Field::new("Title").marks(&marks).ui(ui, tokens, &mut self.title);
        self.parent_ui(ui, cx, detail);
        text(ui, "Audience", Type::Caption, tokens.muted);
        let choices: Vec<_> = Audience::ALL.iter().map(|one| (*one, one.label())).collect();
        segmented(ui, tokens, &mut self.audience, &choices);
        let help = match self.audience {
            Audience::Internal => "Values become placeholders, but for those that you decided to keep",
            Audience::External => "All values become placeholders, those that you keep included",
        };
        text(ui, help, Type::Caption, tokens.muted);
    }

    fn parent_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let tokens = cx.tokens;
        if let Some(parent) = &self.parent {
            let mut clears = false;
            ui.horizontal(|ui| {
                text(ui, &format!("Below the page “{}”", parent.title.expose()), Type::Body, tokens.text);
                clears = button(ui, tokens, Kind::Ghost, None, "Choose another").clicked();
            });
            if clears {
                self.parent = None;
            }
            return;
        }
        let mut asks = false;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = space::S;
            let width = ui.available_width() - 96.0;
            ui.allocate_ui(egui::vec2(width, 0.0), |ui| {
                let field = Field::new("Page above (optional)").hint("Words of its title");
                let response = field.ui(ui, tokens, &mut self.words);
                asks = response.lost_focus() && ui.input(|input| input.key_pressed(egui::Key::Enter));
            });
            ui.vertical(|ui| {
                ui.add_space(crate::ui::widgets::BESIDE_FIELD);
                asks |= button(ui, tokens, Kind::Secondary, Some(icons::SEARCH), "Search").clicked();
            });
        });
        if asks && !self.words.trim().is_empty() {
            self.has_searched = true;
            let place = match self.part(cx, None) {
                Some(PublicationPart::Page { space, .. }) => Some(space),
                _ => None,
            };
            let search = RemoteSearch {
                service: Service::Confluence,
                issue: Some(detail.issue.id),
                words: self.words.as_str().into(),
                place,
                limit: PARENTS,
                titles_only: true,
            };
            cx.submit(Slot::RemoteSearch, Command::Publish(PublishCommand::Search(search)));
        }
        if self.has_searched {
            self.parents_ui(ui, cx);
        }
    }

    fn parents_ui(&mut self, ui: &mut Ui, cx: &ViewContext<'_>) {
        let tokens = cx.tokens;
        if let Some(failure) = cx.state.publish.found.failure() {
            text(ui, &failure.summary, Type::Caption, tokens.bad);
        }
        let Some((Service::Confluence, items)) = cx.state.publish.found.value() else { return };
        if items.is_empty() {
            text(ui, "No page in this space has these words in its title", Type::Caption, tokens.muted);
        }
        for item in items {
            if button(ui, tokens, Kind::Ghost, Some(icons::FILE_TEXT), item.title.expose()).clicked() {
                self.parent = Some(item.clone());
            }
        }
    }
}
