//! Ways from a citation to the lines that it names.

use crate::domain::{Citation, EvidenceId, LineRange, LogFileId};
use crate::ui::theme::{Tokens, Type};
use crate::worker::IssueDetail;
use egui::accesskit::Role;
use egui::{Label, RichText, Sense, Ui, WidgetInfo};

/// Lines to show in the Logs tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FocusLines {
    pub log: LogFileId,
    pub lines: LineRange,
}

/// Where a citation leads: to the log that it was verified against, else to the log of that name.
pub(super) fn target(detail: &IssueDetail, citation: &Citation) -> Option<FocusLines> {
    let known = citation.log.and_then(|id| detail.logs.iter().find(|log| log.id == id));
    // The name of a log may itself have been redacted.
    let name = detail.vault.restore(&citation.file_name);
    let log = known.or_else(|| detail.logs.iter().find(|log| log.file_name == name))?;
    (citation.lines.last <= log.line_count).then_some(FocusLines { log: log.id, lines: citation.lines })
}

/// `app.log:905` as a link. Returns where it leads when it was clicked; without a target it is plain text.
pub(super) fn citation_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    detail: &IssueDetail,
    citation: &Citation,
) -> Option<FocusLines> {
    let place = format!("{}:{}", citation.file_name, citation.lines);
    let Some(target) = target(detail, citation) else {
        let plain = RichText::new(&place).font(Type::Caption.font()).color(tokens.warn).strikethrough();
        ui.label(plain).on_hover_text("These lines are not in the logs of this issue");
        return None;
    };
    place_link_ui(ui, tokens, &place, "Show these lines").then_some(target)
}

/// A small link inside the program. Returns whether it was clicked.
pub(super) fn place_link_ui(ui: &mut Ui, tokens: &Tokens, place: &str, hint: &str) -> bool {
    let link = RichText::new(place).font(Type::Caption.font()).color(tokens.accent);
    let response = ui.add(Label::new(link).sense(Sense::click()));
    response.widget_info(|| WidgetInfo::labeled(Role::Link, true, place));
    crate::ui::widgets::focus_ring(ui, tokens, &response);
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(hint).clicked()
}

/// The marks of these pins, `[E1]`, each with its snippet as a tooltip. Returns the pin that was clicked.
pub(super) fn marks_ui(ui: &mut Ui, tokens: &Tokens, detail: &IssueDetail, pins: &[EvidenceId]) -> Option<EvidenceId> {
    let mut clicked = None;
    for id in pins {
        let Some(pin) = detail.evidence.iter().find(|pin| pin.id == *id) else { continue };
        let snippet = detail.vault.restore(pin.snippet.expose());
        let hint = format!("{}\n{}", pin.place(), head_of(&snippet, 300));
        if place_link_ui(ui, tokens, &format!("[E{}]", pin.number), &hint) {
            clicked = Some(*id);
        }
    }
    clicked
}

/// Where a pin leads, if it is one of log lines that are still there.
pub(super) fn pin_target(detail: &IssueDetail, id: EvidenceId) -> Option<FocusLines> {
    let pin = detail.evidence.iter().find(|pin| pin.id == id)?;
    let crate::domain::EvidenceSource::Log { log, lines, .. } = &pin.source else { return None };
    detail.logs.iter().any(|one| one.id == *log).then_some(FocusLines { log: *log, lines: *lines })
}

/// The first `chars` characters, with `…` where more follow.
pub(super) fn head_of(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
