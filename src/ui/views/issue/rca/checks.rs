//! What a document still lacks; each line leads to its place.

use crate::ui::icons::{self, icon};
use crate::ui::state::Loadable;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{error_panel, skeleton, text};
use crate::worker::{CheckFinding, CheckKind};
use egui::{Align, Button, Layout, RichText, ScrollArea, Ui, vec2};

/// Where words begin behind the icon, in points.
const INDENT: f32 = 22.0;

/// Where a finding leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leads {
    /// A byte of the source.
    To(usize),
    /// The form for what people tell.
    Facts,
    /// The tab with whys, evidence and actions.
    Resolution,
    Timeline,
}

/// Returns where a finding that was chosen leads.
pub(super) fn ui(ui: &mut Ui, tokens: &Tokens, check: Option<&Loadable<Vec<CheckFinding>>>) -> Option<Leads> {
    if let Some(failure) = check.and_then(Loadable::failure) {
        error_panel(ui, tokens, failure);
    }
    let Some(findings) = check.and_then(Loadable::value) else {
        skeleton(ui, tokens, 6);
        return None;
    };
    head_ui(ui, tokens, findings.len());
    let mut leads = None;
    ScrollArea::vertical().id_salt("check").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (index, finding) in findings.iter().enumerate() {
            if let Some(to) = ui.push_id(index, |ui| finding_ui(ui, tokens, finding)).inner {
                leads = Some(to);
            }
        }
    });
    leads
}

fn head_ui(ui: &mut Ui, tokens: &Tokens, count: usize) {
    ui.horizontal(|ui| {
        let (glyph, color, words) = match count {
            0 => (icons::CIRCLE_CHECK, tokens.ok, "Ready: nothing is missing".to_owned()),
            1 => (icons::CIRCLE_ALERT, tokens.warn, "One thing before this is ready".to_owned()),
            count => (icons::CIRCLE_ALERT, tokens.warn, format!("{count} things before this is ready")),
        };
        ui.label(icon(glyph, 16.0).color(color));
        text(ui, &words, Type::Strong, tokens.text);
    });
    ui.add_space(space::S);
}

fn finding_ui(ui: &mut Ui, tokens: &Tokens, finding: &CheckFinding) -> Option<Leads> {
    let mut leads = None;
    let wide = ui.available_width();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = INDENT - 14.0;
        let color = if finding.kind == CheckKind::Blame { tokens.bad } else { tokens.warn };
        ui.label(icon(glyph_of(finding.kind), 14.0).color(color));
        ui.scope(|ui| {
            ui.spacing_mut().button_padding.x = 0.0;
            ui.set_max_width(wide - 130.0);
            let words = RichText::new(&finding.message).font(Type::Body.font()).color(tokens.text);
            let place = Button::new(words).frame_when_inactive(false).wrap().min_size(vec2(0.0, 22.0));
            if ui.add_enabled(finding.at.is_some(), place).clicked() {
                leads = finding.at.map(Leads::To);
            }
        });
        if let Some((name, to)) = source_of(finding) {
            let layout = Layout::right_to_left(Align::Center);
            ui.with_layout(layout, |ui| {
                ui.add_space(space::M);
                if ui.link(RichText::new(name).font(Type::Caption.font()).color(tokens.accent)).clicked() {
                    leads = Some(to);
                }
            });
        }
    });
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        ui.add_space(INDENT + 1.0);
        text(ui, &finding.suggestion, Type::Caption, tokens.muted);
    });
    ui.add_space(space::S);
    leads
}

/// Where the fact itself is told, for findings whose place in the text is not where they are put right.
fn source_of(finding: &CheckFinding) -> Option<(&'static str, Leads)> {
    match finding.kind {
        CheckKind::UnansweredWhy
        | CheckKind::NoRootCause
        | CheckKind::RootCauseWithoutEvidence
        | CheckKind::NoAction
        | CheckKind::ActionWithoutOwner
        | CheckKind::ActionWithoutDate => Some(("Resolution", Leads::Resolution)),
        CheckKind::UnmarkedTime | CheckKind::ContradictingTimes => Some(("Timeline", Leads::Timeline)),
        CheckKind::OpenQuestion if finding.suggestion.contains("Facts") => Some(("Facts", Leads::Facts)),
        CheckKind::OpenQuestion
        | CheckKind::UnknownEvidence
        | CheckKind::MissingSection
        | CheckKind::EmptySection
        | CheckKind::NameOutside
        | CheckKind::Blame => None,
    }
}

const fn glyph_of(kind: CheckKind) -> char {
    match kind {
        CheckKind::UnansweredWhy | CheckKind::OpenQuestion => icons::HELP,
        CheckKind::NoRootCause | CheckKind::RootCauseWithoutEvidence | CheckKind::UnknownEvidence => icons::PIN,
        CheckKind::NoAction | CheckKind::ActionWithoutOwner | CheckKind::ActionWithoutDate => icons::SQUARE_CHECK,
        CheckKind::MissingSection | CheckKind::EmptySection => icons::FILE_TEXT,
        CheckKind::UnmarkedTime | CheckKind::ContradictingTimes => icons::CLOCK,
        CheckKind::Blame | CheckKind::NameOutside => icons::USERS,
    }
}
