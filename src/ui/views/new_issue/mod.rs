//! A new issue: what is wrong, since when, and the logs. All that is typed is a draft.

use super::View;
use crate::domain::{Domain, Severity, Unredacted};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::live_check::Mark;
use crate::ui::local_time;
use crate::ui::state::Slot;
use crate::ui::theme::{FORM_WIDTH, Type, space};
use crate::ui::widgets::{
    BESIDE_FIELD, Field, Kind, Pressed, button, button_enabled, error_panel, progress_bar, segmented, select, text,
};
use crate::worker::{Command, IssueCommand, NewIssue};
use egui::{Frame, Panel, ScrollArea, Ui};
use jiff::{Timestamp, tz::TimeZone};
use std::time::Duration;

mod import;
mod sources;

use self::import::ImportDialog;
use self::sources::Sources;

const TITLE: &str = "new/title";
const DESCRIPTION: &str = "new/description";
const DOMAIN: &str = "new/domain";
const SEVERITY: &str = "new/severity";
const STARTED: &str = "new/started";
const TAGS: &str = "new/tags";

/// How long the words must rest before a domain is suggested, in seconds.
const REST_SECS: f64 = 0.5;

/// The form of a new issue.
#[derive(Debug, Default)]
pub struct NewIssueView {
    sources: Sources,
    suggestion: Suggestion,
    import: ImportDialog,
    has_focused: bool,
}

/// What the last suggestion was asked with.
#[derive(Debug, Default)]
struct Suggestion {
    words: String,
    asked: String,
    changed_at: f64,
}

impl View for NewIssueView {
    fn title(&self) -> &'static str {
        "New issue"
    }

    fn icon(&self) -> char {
        icons::PLUS
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        Sources::collect(ui, cx);
        let creating = cx.state.new_issue.is_loading();
        let bar = Frame::new().fill(cx.tokens.canvas).inner_margin(egui::Margin { top: 10, ..egui::Margin::ZERO });
        Panel::bottom("start triage")
            .resizable(false)
            .frame(bar)
            .show(ui, |ui| if creating { creating_ui(ui, cx) } else { self.start_ui(ui, cx) });
        self.import.ui(ui, cx);
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.add_enabled_ui(!creating, |ui| self.form_ui(ui, cx));
        });
        self.suggest(ui, cx);
    }
}

impl NewIssueView {
    /// What the keys of its drafts begin with.
    pub const DRAFTS: &str = "new/";

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        // Clear of the scroll bar, and of the clip that would cut the frames of fields.
        let width = ui.available_width() - space::M;
        ui.set_max_width(width);
        if let Some(failure) = cx.state.new_issue.failure() {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => submit(cx),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
            ui.add_space(space::M);
        }
        if width < 820.0 {
            ui.vertical(|ui| {
                ui.set_width(width.min(FORM_WIDTH));
                self.words_ui(ui, cx);
                ui.add_space(space::L);
                self.sources.ui(ui, cx);
            });
            return;
        }
        ui.horizontal_top(|ui| {
            let left = (width * 0.56).min(FORM_WIDTH);
            ui.vertical(|ui| {
                ui.set_width(left);
                self.words_ui(ui, cx);
            });
            ui.add_space(space::XL);
            ui.vertical(|ui| {
                ui.set_width((width - left - space::XL - 3.0 * space::S).min(480.0));
                self.sources.ui(ui, cx);
            });
        });
        ui.add_space(space::L);
    }

    fn words_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        ui.spacing_mut().item_spacing.y = space::M;
        let hint = "Charges fail with 502 since the rollout";
        let marks = marks_of(ui, cx, TITLE);
        let title = Field::new("Title").hint(hint).marks(&marks).ui(ui, tokens, cx.draft(TITLE));
        if !self.has_focused {
            self.has_focused = true;
            title.request_focus();
        }
        let help = "What is seen, by whom, since when, and what was changed before";
        let marks = marks_of(ui, cx, DESCRIPTION);
        Field::new("Description").rows(6).help(help).marks(&marks).ui(ui, tokens, cx.draft(DESCRIPTION));
        severity_ui(ui, cx);
        domain_ui(ui, cx);
        started_ui(ui, cx);
        Field::new("Tags").hint("payments, eu-west").help("Separated by commas").ui(ui, tokens, cx.draft(TAGS));
    }

    fn start_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let problem = problem(cx);
        ui.horizontal(|ui| {
            let can = (Kind::Primary, problem.is_none());
            if button_enabled(ui, cx.tokens, can, Some(icons::PLAY), "Start triage").clicked() {
                submit(cx);
            }
            if button(ui, cx.tokens, Kind::Secondary, Some(icons::DOWNLOAD), "From a ticket…").clicked() {
                self.import.open();
            }
            if !Self::is_untouched(cx) && button(ui, cx.tokens, Kind::Ghost, None, "Clear the form").clicked() {
                cx.clear_drafts(Self::DRAFTS);
            }
            if let Some(problem) = problem {
                text(ui, problem, Type::Caption, cx.tokens.muted);
            }
        });
    }

    fn is_untouched(cx: &mut ViewContext<'_>) -> bool {
        [TITLE, DESCRIPTION, DOMAIN, SEVERITY, STARTED, TAGS].iter().all(|key| cx.draft(key).is_empty())
            && Sources::are_empty(cx)
    }

    /// Asks for a domain once the words rest.
    fn suggest(&mut self, ui: &Ui, cx: &mut ViewContext<'_>) {
        let now = ui.input(|input| input.time);
        let mut words = cx.draft(TITLE).clone();
        words.push('\n');
        words.push_str(cx.draft(DESCRIPTION));
        let suggestion = &mut self.suggestion;
        if words != suggestion.words {
            suggestion.words = words;
            suggestion.changed_at = now;
        }
        if suggestion.words == suggestion.asked || suggestion.words.trim().is_empty() {
            return;
        }
        let left = suggestion.changed_at + REST_SECS - now;
        if left > 0.0 {
            ui.ctx().request_repaint_after(Duration::from_secs_f64(left));
            return;
        }
        suggestion.asked.clone_from(&suggestion.words);
        let text = Unredacted::from(suggestion.words.as_str());
        cx.submit(Slot::DomainSuggestion, Command::Issue(IssueCommand::SuggestDomain { text }));
    }
}

fn marks_of(ui: &Ui, cx: &mut ViewContext<'_>, key: &str) -> Vec<Mark> {
    let words = cx.draft(key).clone();
    cx.marks(ui, key, (None, &words))
}

fn severity_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = space::XS;
        text(ui, "Severity", Type::Caption, cx.tokens.muted);
        let mut severity = severity(cx);
        let choices: Vec<_> = Severity::ALL.iter().map(|one| (*one, one.label())).collect();
        if segmented(ui, cx.tokens, &mut severity, &choices) {
            severity.as_str().clone_into(cx.draft(SEVERITY));
        }
    });
}

fn severity(cx: &mut ViewContext<'_>) -> Severity {
    Severity::parse(cx.draft(SEVERITY)).unwrap_or(Severity::P3)
}

fn domain_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let chosen = Domain::parse(cx.draft(DOMAIN));
    let suggested = cx.state.domain_suggestion.value().copied().flatten();
    let suggested = suggested.filter(|one| Some(*one) != chosen && !cx.draft(TITLE).trim().is_empty());
    ui.horizontal_top(|ui| {
        let mut choices = vec![(None, "Not chosen")];
        choices.extend(Domain::ALL.iter().map(|domain| (Some(*domain), domain.label())));
        let mut choice = chosen;
        ui.vertical(|ui| {
            ui.set_width(280.0);
            if select(ui, tokens, "Domain", &mut choice, &choices) {
                choice.map_or("", Domain::as_str).clone_into(cx.draft(DOMAIN));
            }
        });
        if let Some(domain) = suggested {
            ui.vertical(|ui| {
                ui.add_space(BESIDE_FIELD);
                let label = format!("Suggested: {} – use", domain.label());
                if button(ui, tokens, Kind::Ghost, Some(icons::SPARKLES), &label).clicked() {
                    domain.as_str().clone_into(cx.draft(DOMAIN));
                }
            });
        }
    });
}

fn started_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let error = started_at(cx).err();
    ui.horizontal_top(|ui| {
        ui.vertical(|ui| {
            ui.set_width(280.0);
            let zone = TimeZone::system();
            let help = format!("Your local time, {}", Timestamp::now().to_zoned(zone).strftime("%Z"));
            let field = Field::new("Started at").hint("2026-03-01 01:40").help(&help).error(error);
            field.ui(ui, tokens, cx.draft(STARTED));
        });
        ui.vertical(|ui| {
            ui.add_space(BESIDE_FIELD);
            if button(ui, tokens, Kind::Secondary, Some(icons::CLOCK), "Now").clicked() {
                *cx.draft(STARTED) = local_time::format(Timestamp::now(), &TimeZone::system());
            }
        });
    });
}

/// `None` while the field is empty.
fn started_at(cx: &mut ViewContext<'_>) -> Result<Option<Timestamp>, &'static str> {
    let typed = cx.draft(STARTED);
    if typed.trim().is_empty() { Ok(None) } else { local_time::parse(typed, &TimeZone::system()).map(Some) }
}

/// What keeps the form from being sent.
fn problem(cx: &mut ViewContext<'_>) -> Option<&'static str> {
    if cx.draft(TITLE).trim().is_empty() {
        return Some("A title is needed");
    }
    started_at(cx).is_err().then_some("Correct the time first")
}

fn submit(cx: &mut ViewContext<'_>) {
    if problem(cx).is_some() {
        return;
    }
    let tags = cx.draft(TAGS).split(',').map(str::trim).filter(|tag| !tag.is_empty()).map(Unredacted::from).collect();
    let issue = NewIssue {
        title: cx.draft(TITLE).trim().into(),
        description: cx.draft(DESCRIPTION).trim().into(),
        domain: Domain::parse(cx.draft(DOMAIN)),
        severity: Some(severity(cx)),
        started_at: started_at(cx).ok().flatten(),
        tags,
        logs: Sources::logs(cx),
        source: "manual".to_owned(),
    };
    cx.submit(Slot::NewIssue, Command::Issue(IssueCommand::Create(issue)));
}

/// In place of the button while the issue is made.
fn creating_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let running = cx.state.running.values().find(|running| running.slot == Some(Slot::NewIssue));
    let share = running.and_then(crate::ui::state::Running::share);
    ui.horizontal(|ui| {
        if button(ui, tokens, Kind::Secondary, Some(icons::X), "Cancel").clicked() {
            cx.cancel(Slot::NewIssue);
        }
        progress_bar(ui, tokens, share, 220.0);
        let done = share.map(|share| format!(" {:.0} %", share * 100.0)).unwrap_or_default();
        text(ui, &format!("Importing logs and looking for personal data{done}"), Type::Caption, tokens.muted);
    });
}
