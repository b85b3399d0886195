//! One section, polished by a model: what goes is shown first, what comes back is a proposal.

use super::changes::Changes;
use super::editor::Editor;
use crate::domain::{Document, ProviderConfig, ProviderId, Unredacted};
use crate::ui::context::ViewContext;
use crate::ui::drafts::provider_of;
use crate::ui::icons;
use crate::ui::state::{IssueState, Loadable, Slot};
use crate::ui::theme::{Type, space};
use crate::ui::views::issue::triage::{Outgoing, Verdict};
use crate::ui::widgets::{Kind, Pressed, button, error_panel, skeleton, text};
use crate::worker::{Command, DocumentCommand};
use egui::Ui;

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    /// The section under the cursor may be chosen.
    #[default]
    Choosing,
    Reviewing,
    Waiting,
}

/// The polishing of one section.
#[derive(Debug)]
pub(super) struct Polish {
    step: Step,
    /// As it was when it was asked for.
    section: String,
    provider: Option<ProviderId>,
    outgoing: Outgoing,
    changes: Changes,
}

impl Default for Polish {
    fn default() -> Self {
        Self {
            step: Step::default(),
            section: String::new(),
            provider: None,
            outgoing: Outgoing::of_section(),
            changes: Changes::default(),
        }
    }
}

impl Polish {
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        state: &IssueState,
        (editor, document): (&mut Editor, &Document),
    ) {
        match self.step {
            Step::Choosing => self.choose_ui(ui, cx, (editor, document)),
            Step::Reviewing => self.review_ui(ui, cx, state, document),
            Step::Waiting => self.proposal_ui(ui, cx, state, (editor, document)),
        }
    }

    fn choose_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, (editor, document): (&Editor, &Document)) {
        let tokens = cx.tokens;
        let section = editor.text().get(editor.section()).unwrap_or_default();
        let title = section.lines().next().unwrap_or_default().trim_start_matches('#').trim();
        text(ui, &format!("Polish “{title}”"), Type::Lead, tokens.text);
        let words = "The section in which the cursor stands. A model makes it clear, short and blameless; you see what is sent, \
                     and take or leave what comes back.";
        text(ui, words, Type::Body, tokens.muted);
        ui.add_space(space::S);
        let Some(provider) = provider(cx, document) else {
            text(ui, "No AI provider is set up. Add one in Settings.", Type::Body, tokens.muted);
            return;
        };
        let name = format!("Look at what goes to {}", provider.name);
        if button(ui, tokens, Kind::Primary, Some(icons::SPARKLES), &name).clicked() {
            section.clone_into(&mut self.section);
            self.provider = Some(provider.id);
            self.step = Step::Reviewing;
            let (issue, provider, text) = (document.issue, provider.id, section.into());
            let preview = DocumentCommand::PreviewPolish { issue, provider, text };
            cx.submit(Slot::PolishPreview(issue), Command::Document(preview));
        }
    }

    fn review_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, document: &Document) {
        if let Some(failure) = state.polish_preview.failure() {
            if error_panel(ui, cx.tokens, failure) != Pressed::Nothing {
                self.step = Step::Choosing;
            }
            return;
        }
        let Loadable::Ready(preview) = &state.polish_preview else { return skeleton(ui, cx.tokens, 4) };
        let verdict = if preview.may_skip_review { Verdict::Send } else { self.outgoing.ui(ui, cx.tokens, preview) };
        match verdict {
            Verdict::Open => {}
            Verdict::Cancel => self.step = Step::Choosing,
            Verdict::Send => {
                let Some(provider) = self.provider else { return };
                let (issue, text, prompt) = (document.issue, self.section.as_str().into(), preview.prompt.clone());
                let polish = DocumentCommand::Polish { issue, provider, text, prompt };
                cx.submit(Slot::Polish(issue), Command::Document(polish));
                self.step = Step::Waiting;
            }
        }
    }

    fn proposal_ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        state: &IssueState,
        (editor, document): (&mut Editor, &Document),
    ) {
        let tokens = cx.tokens;
        if let Some(failure) = state.polished.failure() {
            if error_panel(ui, tokens, failure) != Pressed::Nothing {
                self.step = Step::Choosing;
            }
            return;
        }
        let Loadable::Ready(polished) = &state.polished else {
            text(ui, "The model is writing…", Type::Body, tokens.muted);
            skeleton(ui, tokens, 6);
            if button(ui, tokens, Kind::Secondary, Some(icons::STOP), "Stop").clicked() {
                cx.cancel(Slot::Polish(document.issue));
                self.step = Step::Choosing;
            }
            return;
        };
        text(ui, "What the model proposes", Type::Lead, tokens.text);
        self.changes.compare(self.section.trim_end(), polished.expose().trim_end());
        ui.horizontal(|ui| {
            if button(ui, tokens, Kind::Primary, Some(icons::CHECK), "Take it").clicked() {
                self.take(ui, cx, editor, polished);
            }
            if button(ui, tokens, Kind::Secondary, Some(icons::X), "Leave it").clicked() {
                self.step = Step::Choosing;
            }
        });
        let lost = lost_marks(&self.section, polished.expose());
        if !lost.is_empty() {
            let words = format!("It leaves out {}: take it only if that is meant", lost.join(" "));
            text(ui, &words, Type::Caption, tokens.warn);
        }
        self.changes.ui(ui, tokens);
    }

    /// Puts the proposal in the place of the section, wherever it stands by now.
    fn take(&mut self, ui: &Ui, cx: &mut ViewContext<'_>, editor: &mut Editor, polished: &Unredacted) {
        self.step = Step::Choosing;
        let Some(start) = editor.text().find(&self.section) else {
            cx.notify(crate::ui::state::Notice::failure(&crate::worker::Failure::new(
                crate::worker::FailureKind::Other,
                "the section has been changed since",
                "Polish it again",
            )));
            return;
        };
        let behind = self.section.get(self.section.trim_end().len()..).unwrap_or("\n").to_owned();
        let with = format!("{}{behind}", polished.expose().trim_end());
        editor.replace(cx, ui, start..start + self.section.len(), &with);
    }
}

/// The marks of evidence, such as `[E1]`, that a text no longer has.
fn lost_marks<'a>(before: &'a str, after: &str) -> Vec<&'a str> {
    let mut lost: Vec<&str> = Vec::new();
    for (at, _) in before.match_indices("[E") {
        let rest = before.get(at..).unwrap_or_default();
        let Some(mark) = rest.find(']').and_then(|end| rest.get(..=end)) else { continue };
        let is_mark = mark.len() > 3 && mark.bytes().skip(2).take(mark.len() - 3).all(|byte| byte.is_ascii_digit());
        if is_mark && !after.contains(mark) && !lost.contains(&mark) {
            lost.push(mark);
        }
    }
    lost
}

/// The provider chosen for the issue, or the first that is no guide.
fn provider(cx: &mut ViewContext<'_>, document: &Document) -> Option<ProviderConfig> {
    let chosen: Option<ProviderId> = cx.draft(&provider_of(document.issue)).parse().ok();
    let providers = cx.state.providers.value().map_or(&[][..], Vec::as_slice);
    let chosen = providers.iter().find(|one| Some(one.id) == chosen && !one.is_guide());
    chosen.or_else(|| providers.iter().find(|one| !one.is_guide())).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_that_a_proposal_drops_is_named_once() {
        let before = "A [E1] and [E12], again [E1]; [Email-1] [E] [E3x] [E4";
        assert_eq!(lost_marks(before, "A [E12]"), ["[E1]"]);
        assert_eq!(lost_marks(before, before), [""; 0]);
    }
}
