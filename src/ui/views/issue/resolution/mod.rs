//! The Resolution tab: the whole why tree, its evidence, the actions, and how the issue ended.
mod actions;
mod conclude;
mod evidence;
mod tree;

use self::actions::Actions;
use self::conclude::Conclusion;
use self::evidence::EvidenceList;
use self::tree::Tree;
use super::FocusLines;
use crate::ui::context::ViewContext;
use crate::ui::theme::space;
use crate::worker::IssueDetail;
use egui::{Frame, Margin, Panel, ScrollArea, Ui};

/// Below this width what is missing stands below the tree.
const WIDE: f32 = 820.0;

/// What is chosen in the Resolution tab.
#[derive(Debug, Default)]
pub(super) struct ResolutionTab {
    tree: Tree,
    evidence: EvidenceList,
    actions: Actions,
    conclusion: Conclusion,
}

impl ResolutionTab {
    /// Returns lines that were asked for.
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, detail: &IssueDetail) -> Option<FocusLines> {
        let is_wide = ui.available_width() >= WIDE;
        if is_wide {
            let frame = Frame::new().inner_margin(Margin { left: 16, ..Margin::ZERO });
            let panel = Panel::right("conclusion").exact_size(300.0).resizable(false).show_separator_line(false);
            panel.frame(frame).show(ui, |ui| {
                let area = ScrollArea::vertical().id_salt("conclusion").auto_shrink(false);
                area.show(ui, |ui| self.conclusion.ui(ui, cx, detail));
            });
        }
        let mut lines = None;
        ScrollArea::vertical().id_salt("resolution").auto_shrink(false).show(ui, |ui| {
            lines = self.tree.ui(ui, cx, detail);
            ui.add_space(space::L);
            lines = self.evidence.ui(ui, cx, detail).or(lines);
            ui.add_space(space::L);
            self.actions.ui(ui, cx, detail);
            if !is_wide {
                ui.add_space(space::L);
                self.conclusion.ui(ui, cx, detail);
            }
            ui.add_space(space::L);
        });
        lines
    }
}
