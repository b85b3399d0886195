//! The why tree with its states and evidence, editable.

use crate::domain::{EvidenceId, Join, RootCauseCategory, Why, WhyError, WhyId, WhyState};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Notice, Tone};
use crate::ui::theme::{Type, space};
use crate::ui::views::issue::why_row::{WhyForm, indent, look};
use crate::ui::views::issue::{FocusLines, links};
use crate::ui::widgets::{
    Answer, Kind, Reveal, button, chip, confirm, empty_state, icon_button, menu_item, menu_select, revealed_ui,
    section, text,
};
use crate::worker::{Command, IssueDetail, ResolutionCommand};
use egui::{Align, Frame, Layout, Popup, Stroke, Ui, UiBuilder};

/// The why tree with its states and evidence.
#[derive(Debug, Default)]
pub(super) struct Tree {
    form: Option<WhyForm>,
    removes: Option<WhyId>,
}

impl Tree {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> Option<FocusLines> {
        let tokens = cx.tokens;
        self.remove_ui(ui, cx, detail);
        ui.horizontal(|ui| {
            section(ui, tokens, "Why tree");
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if button(ui, tokens, Kind::Secondary, Some(icons::PLUS), "Add why").clicked() {
                    self.form = Some(WhyForm::below(detail.whys.deepest().map(|why| why.id)));
                }
            });
        });
        let rows = detail.whys.walk();
        if rows.is_empty() && self.form.is_none() {
            let sentence = "Begin with what was seen: why did it happen?";
            if empty_state(ui, tokens, icons::TREE, sentence, Some("Add the first why")) {
                self.form = Some(WhyForm::below(None));
            }
        }
        if self.form.as_ref().is_some_and(|form| form.adds_below(None)) {
            self.form_ui(ui, cx, detail);
        }
        let mut lines = None;
        for (level, why) in rows {
            ui.push_id(why.id, |ui| {
                // A row with a space in front would be laid out as wide as without it, and reach too far.
                let mut card = ui.available_rect_before_wrap();
                card.min.x += indent(level, 20.0);
                ui.scope_builder(UiBuilder::new().max_rect(card), |ui| {
                    lines = self.why_ui(ui, cx, detail, (level, why)).or(lines);
                });
            });
        }
        lines
    }

    fn form_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        if self.form.as_mut().is_some_and(|form| form.ui(ui, cx, detail)) {
            self.form = None;
        }
    }

    fn why_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (level, why): (u32, &Why),
    ) -> Option<FocusLines> {
        if self.form.as_ref().is_some_and(|form| form.changes == Some(why.id)) {
            self.form_ui(ui, cx, detail);
            return None;
        }
        let tokens = cx.tokens;
        let stroke = if why.root_cause.is_some() { tokens.accent } else { tokens.border };
        let frame = Frame::new().fill(tokens.panel).stroke(Stroke::new(1.0, stroke)).corner_radius(8);
        let mut lines = None;
        frame.inner_margin(10).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.spacing_mut().item_spacing.y = space::XS;
            self.head_ui(ui, cx, detail, (level, why));
            let value = |placeholder| detail.vault.value(placeholder).map(|value| value.expose().to_owned());
            let reveal = Reveal { value: &value, shows_values: true };
            if !why.question.is_blank() {
                revealed_ui(ui, tokens, why.question.expose(), (Type::Body, tokens.muted), &reveal);
            }
            if why.answer.is_blank() {
                text(ui, "No answer yet", Type::Strong, tokens.muted);
            } else {
                revealed_ui(ui, tokens, why.answer.expose(), (Type::Strong, tokens.text), &reveal);
            }
            lines = evidence_ui(ui, cx, detail, why);
            if why.join == Join::And && detail.whys.children(Some(why.id)).count() > 1 {
                text(ui, "All of the causes below were needed", Type::Caption, tokens.muted);
            }
        });
        if self.form.as_ref().is_some_and(|form| form.adds_below(Some(why.id))) {
            self.form_ui(ui, cx, detail);
        }
        lines
    }

    fn head_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, (level, why): (u32, &Why)) {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            let (glyph, color) = look(tokens, why.state);
            ui.label(icon(glyph, 16.0).color(color));
            text(ui, &format!("Why {level}"), Type::Caption, tokens.muted);
            let choices: Vec<_> = WhyState::ALL.iter().map(|one| (*one, one.label())).collect();
            if let Some(state) = menu_select(ui, tokens, "State", (why.state.label(), color), &choices) {
                set_state(cx, detail, why.id, state);
            }
            root_cause_ui(ui, cx, detail, why);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::TRASH, "Remove why").clicked() {
                    self.removes = Some(why.id);
                }
                if icon_button(ui, tokens, icons::PENCIL, "Edit why").clicked() {
                    self.form = Some(WhyForm::of(why));
                }
                if icon_button(ui, tokens, icons::PLUS, "Add a why below").clicked() {
                    self.form = Some(WhyForm::below(Some(why.id)));
                }
                text(ui, &author(why), Type::Caption, tokens.muted);
            });
        });
    }

    fn remove_ui(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) {
        let Some(why) = self.removes else { return };
        let below = detail.whys.subtree(why).len().saturating_sub(1);
        let consequence = match below {
            0 => "Its evidence stays in the list".to_owned(),
            1 => "The why below it goes with it. The evidence stays in the list".to_owned(),
            more => format!("The {more} whys below it go with it. The evidence stays in the list"),
        };
        match confirm(ui, cx.tokens, "Remove this why?", &consequence, "Remove why") {
            Answer::Open => {}
            Answer::No => self.removes = None,
            Answer::Yes => {
                let remove = ResolutionCommand::RemoveWhy { issue: detail.issue.id, why };
                cx.run_detached("", Command::Resolution(remove));
                self.removes = None;
            }
        }
    }
}

fn author(why: &Why) -> String {
    match &why.author {
        crate::domain::Author::User => String::new(),
        crate::domain::Author::Guide => "guide".to_owned(),
        crate::domain::Author::Model(name) => name.clone(),
    }
}

fn set_state(cx: &mut ViewContext<'_>, detail: &IssueDetail, why: WhyId, state: WhyState) {
    match detail.whys.may_become(why, state) {
        Ok(()) => {
            let set = ResolutionCommand::SetWhyState { issue: detail.issue.id, why, state };
            cx.run_detached("", Command::Resolution(set));
        }
        Err(refused) => refuse(cx, refused),
    }
}

/// Says which rule stands against it, and what would satisfy it.
fn refuse(cx: &mut ViewContext<'_>, refused: WhyError) {
    let advice = match refused {
        WhyError::NeedsEvidence => "Pin log lines or a note, attach the pin to this why, then confirm it",
        WhyError::NeedsAnswer => "Write the answer first",
        WhyError::NotConfirmed => "Confirm the why first; to change a declared one, take the declaration back",
        WhyError::HasFurtherCause => "Declare the confirmed why below it instead",
        WhyError::NotFound => "It was removed meanwhile",
        WhyError::Cycle => "Choose a why that is not below it",
    };
    let sentence = refused.to_string();
    let mut letters = sentence.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    cx.notify(Notice::new(Tone::Warn, first + letters.as_str()).detail(advice));
}

fn root_cause_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, why: &Why) {
    let tokens = cx.tokens;
    let mut choices: Vec<_> = RootCauseCategory::ALL.iter().map(|one| (Some(*one), one.label())).collect();
    if why.root_cause.is_some() {
        choices.push((None, "Not the root cause"));
    }
    let chosen = match why.root_cause {
        Some(category) => {
            let current = format!("root cause: {}", category.label());
            menu_select(ui, tokens, "Category", (&current, tokens.accent), &choices)
        }
        None if why.state == WhyState::Confirmed => {
            menu_select(ui, tokens, "Root cause", ("declare root cause", tokens.muted), &choices)
        }
        None => None,
    };
    let Some(category) = chosen else { return };
    if category.is_some()
        && let Err(refused) = detail.whys.may_be_root_cause(why.id)
    {
        refuse(cx, refused);
        return;
    }
    let declare = ResolutionCommand::DeclareRootCause { issue: detail.issue.id, why: why.id, category };
    cx.run_detached("", Command::Resolution(declare));
}

fn evidence_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail, why: &Why) -> Option<FocusLines> {
    let tokens = cx.tokens;
    let mut lines = None;
    ui.horizontal_wrapped(|ui| {
        // As high as its buttons from the start, so that all of it stands on one center line.
        ui.spacing_mut().interact_size.y = tokens.row_height - 2.0;
        let pins: Vec<_> = detail.evidence.iter().filter(|pin| why.evidence.contains(&pin.id)).collect();
        if pins.is_empty() {
            chip(ui, tokens, "no evidence", tokens.warn);
        }
        for pin in pins {
            wrap_before(ui, 180.0);
            if let Some(id) = links::marks_ui(ui, tokens, detail, &[pin.id]) {
                lines = links::pin_target(detail, id);
            }
            text(ui, &pin.place(), Type::Caption, tokens.muted);
            if icon_button(ui, tokens, icons::X, &format!("Detach E{}", pin.number)).clicked() {
                attach(cx, detail, (why.id, pin.id), false);
            }
        }
        let free: Vec<_> = detail.evidence.iter().filter(|pin| !why.evidence.contains(&pin.id)).collect();
        if free.is_empty() {
            return;
        }
        wrap_before(ui, 160.0);
        let opener = button(ui, tokens, Kind::Ghost, Some(icons::LINK), "Attach evidence");
        Popup::menu(&opener).show(|ui| {
            for pin in free {
                let snippet = detail.vault.restore(pin.snippet.expose());
                let name = format!("E{}  {}  {}", pin.number, pin.place(), links::head_of(snippet.trim(), 40));
                if menu_item(ui, tokens, icons::PIN, &name, "").clicked() {
                    attach(cx, detail, (why.id, pin.id), true);
                }
            }
        });
    });
    lines
}

/// Begins a new row where `width` points are no longer left in this one: buttons do not wrap by themselves.
fn wrap_before(ui: &mut Ui, width: f32) {
    if ui.available_size_before_wrap().x < width {
        ui.end_row();
    }
}

fn attach(cx: &mut ViewContext<'_>, detail: &IssueDetail, (why, evidence): (WhyId, EvidenceId), attaches: bool) {
    let issue = detail.issue.id;
    let command = if attaches {
        ResolutionCommand::AttachEvidence { issue, why, evidence }
    } else {
        ResolutionCommand::DetachEvidence { issue, why, evidence }
    };
    cx.run_detached("", Command::Resolution(command));
}
