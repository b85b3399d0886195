//! What ties the window to its desktop: its place, other starts, dark or light, and the end of the session.
mod appearance;
mod farewell;
mod place;

pub(super) use self::place::{again, fitting};

use self::appearance::Appearance;
use self::place::PlaceKeeper;
use crate::worker::{FirstWindow, HandedOver, WindowPlace, WorkerOptions};
use egui::{Context, RawInput, UserAttentionType, ViewportCommand};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;

/// The desktop as the window knows it. The default knows none, as in tests.
#[derive(Debug, Default)]
pub struct Desktop {
    /// Held for as long as the window is there.
    _first: Option<FirstWindow>,
    arrivals: Option<Receiver<HandedOver>>,
    appearance: Appearance,
    place: PlaceKeeper,
}

impl Desktop {
    /// Listens to the desktop from now on. What cannot be had is done without.
    pub fn join(ctx: &Context, options: WorkerOptions, first: Option<FirstWindow>, place: Option<WindowPlace>) -> Self {
        let mut first = first;
        let wake = ctx.clone();
        let arrivals = first.as_mut().and_then(|first| first.listen(move || wake.request_repaint()).ok());
        if let Err(error) = farewell::close_at_the_end_of_the_session(ctx) {
            tracing::debug!(%error, "no signals");
        }
        Self { _first: first, arrivals, appearance: Appearance::watch(ctx), place: PlaceKeeper::new(options, place) }
    }

    /// Shows the window to who has started the program again; the logs of those starts.
    pub fn arrivals(&mut self, ctx: &Context) -> Vec<PathBuf> {
        let mut logs = Vec::new();
        for arrival in self.arrivals.iter().flat_map(Receiver::try_iter) {
            logs.extend(arrival);
            ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
            ctx.send_viewport_cmd(ViewportCommand::Focus);
            // Where a window may not come to the front by itself, it says that it would like to.
            ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
        }
        logs
    }

    /// Tells egui what the desktop prefers, where the windowing system does not.
    pub fn color(&self, input: &mut RawInput) {
        input.system_theme = self.appearance.theme().or(input.system_theme);
    }

    /// Looks where the window is.
    pub fn watch(&mut self, ctx: &Context) {
        self.place.watch(ctx);
    }

    /// Leaves the window's place for the next one.
    pub fn leave(&self) {
        self.place.save();
    }
}
