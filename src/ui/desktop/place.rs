//! Where the window is, from frame to frame, and where the next one may be.

use crate::worker::{WindowPlace, WorkerOptions};
use egui::{Context, Pos2, Rect, ViewportBuilder, ViewportCommand, pos2};

/// How much of a window must be on a screen, in points, so that it can be taken hold of.
const GRIP: f32 = 48.0;

/// Follows the window's place and keeps the last one.
#[derive(Debug, Default)]
pub(super) struct PlaceKeeper {
    options: WorkerOptions,
    loaded: Option<WindowPlace>,
    now: Option<WindowPlace>,
    /// The window was maximized last time and is to be so again.
    growing: Growing,
}

/// The window is made hidden and shown with its first frame. On X11 no window manager hears of a hidden one, so that it is
/// to be maximized is said once more as soon as it is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Growing {
    #[default]
    No,
    NotShownYet,
    Shown,
}

impl PlaceKeeper {
    pub(super) const fn new(options: WorkerOptions, loaded: Option<WindowPlace>) -> Self {
        let growing = match loaded {
            Some(WindowPlace { is_maximized: true, .. }) => Growing::NotShownYet,
            _ => Growing::No,
        };
        Self { options, loaded, now: loaded, growing }
    }

    pub(super) fn watch(&mut self, ctx: &Context) {
        let zoom = ctx.zoom_factor();
        let seen = ctx.input(|input| {
            let viewport = input.viewport();
            let inner = viewport.inner_rect.or(input.raw.screen_rect);
            let is_special = viewport.minimized == Some(true) || viewport.fullscreen == Some(true);
            (!is_special).then_some((inner?, viewport.outer_rect, viewport.maximized == Some(true)))
        });
        let Some((inner, outer, is_maximized)) = seen else { return };
        if self.growing != Growing::No {
            self.grow(ctx, is_maximized);
            return;
        }
        let size = [inner.width() * zoom, inner.height() * zoom];
        if is_maximized {
            // It goes back to the size that it had before.
            let before = self.now.map(|place| WindowPlace { is_maximized, ..place });
            self.now = before.or(Some(WindowPlace { corner: None, size, is_maximized }));
        } else {
            let corner = outer.map(|outer| [outer.left() * zoom, outer.top() * zoom]);
            self.now = Some(WindowPlace { corner, size, is_maximized });
        }
    }

    fn grow(&mut self, ctx: &Context, is_maximized: bool) {
        self.growing = match self.growing {
            Growing::NotShownYet if !is_maximized => {
                ctx.request_repaint();
                Growing::Shown
            }
            Growing::Shown if !is_maximized => {
                ctx.send_viewport_cmd(ViewportCommand::Maximized(true));
                Growing::No
            }
            _ => Growing::No,
        };
    }

    pub(super) fn save(&self) {
        if let Some(place) = self.now.filter(|place| Some(*place) != self.loaded) {
            place.save(&self.options);
        }
    }
}

/// The window that was there last time.
pub(in crate::ui) fn again(viewport: ViewportBuilder, place: WindowPlace) -> ViewportBuilder {
    let viewport = viewport.with_inner_size(place.size).with_maximized(place.is_maximized);
    match place.corner {
        Some(corner) => viewport.with_position(corner),
        None => viewport,
    }
}

/// Where a window belongs that would be on none of these screens; `None` if it can be seen and taken hold of.
pub(in crate::ui) fn fitting(place: &WindowPlace, screens: &[Rect]) -> Option<Pos2> {
    let [left, top] = place.corner?;
    let [width, _] = place.size;
    let title_bar = Rect::from_min_max(pos2(left, top), pos2(left + width, top + GRIP));
    let is_seen = |screen: &Rect| {
        let common = screen.intersect(title_bar);
        common.width() >= GRIP && common.height() >= GRIP / 2.0
    };
    let first = screens.first()?;
    (!screens.iter().any(is_seen)).then(|| first.min + egui::vec2(GRIP, GRIP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_comes_back_small_is_maximized_once_it_is_shown() {
        let place = WindowPlace { corner: None, size: [1000.0, 700.0], is_maximized: true };
        let asked = |place: WindowPlace| {
            let mut keeper = PlaceKeeper::new(WorkerOptions::default(), Some(place));
            let ctx = Context::default();
            let mut frame = || {
                let screen_rect = Some(Rect::from_min_size(Pos2::ZERO, egui::vec2(800.0, 600.0)));
                let mut output =
                    ctx.run_ui(egui::RawInput { screen_rect, ..Default::default() }, |ui| keeper.watch(ui.ctx()));
                output.textures_delta.clear();
                let viewport = &output.viewport_output[&egui::ViewportId::ROOT];
                viewport.commands.contains(&ViewportCommand::Maximized(true))
            };
            [frame(), frame(), frame()]
        };
        assert_eq!(asked(place), [false, true, false]);
        assert_eq!(asked(WindowPlace { is_maximized: false, ..place }), [false; 3]);
    }

    #[test]
    fn a_window_whose_screen_is_gone_comes_back_to_the_first_one() {
        let screens = [
            Rect::from_min_max(pos2(0.0, 0.0), pos2(1920.0, 1080.0)),
            Rect::from_min_max(pos2(1920.0, 0.0), pos2(3200.0, 1024.0)),
        ];
        let place = |left, top| WindowPlace { corner: Some([left, top]), size: [1000.0, 700.0], is_maximized: false };
        let back = Some(pos2(GRIP, GRIP));
        let cases = [
            (place(100.0, 100.0), None),
            (place(2000.0, 10.0), None),
            (place(1900.0, 500.0), None),
            // Half of it is outside, and its title can still be taken hold of.
            (place(-900.0, 0.0), None),
            (place(-980.0, 0.0), back),
            (place(3190.0, 0.0), back),
            (place(100.0, 1070.0), back),
            (place(100.0, -200.0), back),
        ];
        for (place, expected) in cases {
            assert_eq!(fitting(&place, &screens), expected, "{place:?}");
        }
        let nowhere = WindowPlace { corner: None, size: [1000.0, 700.0], is_maximized: false };
        assert_eq!(fitting(&nowhere, &screens), None);
        assert_eq!(fitting(&place(9000.0, 0.0), &[]), None);
    }
}
