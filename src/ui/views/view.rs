//! The shape of a view.

use crate::ui::context::ViewContext;
use egui::Ui;

/// A screen. It draws the state, keeps what is only its own, and asks for the rest.
pub trait View {
    /// Stands in the header, and names the screen for a screen reader.
    fn title(&self) -> &'static str;
    /// One of `icons`.
    fn icon(&self) -> char;
    /// At the right end of the header: at most two buttons.
    fn header_ui(&mut self, _ui: &mut Ui, _cx: &mut ViewContext<'_>) {}
    /// Whether [`Self::header_ui`] draws the whole header, title and all.
    fn has_own_header(&self) -> bool {
        false
    }
    /// The middle of the window, with its margins already taken off.
    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>);
}
