//! Opening the window, or saying in a sentence why it cannot be opened.

use super::app::App;
use super::desktop::{self, Desktop};
use super::fonts;
use crate::worker::{FirstWindow, Place, WindowPlace, WorkerOptions};
use eframe::{CreationContext, Error, NativeOptions, Renderer};
use egui::{Rect, ViewportBuilder, ViewportCommand, pos2, vec2};
use std::path::PathBuf;
use std::process::ExitCode;

/// Drawn from `assets/icon/tftsr.svg`.
const ICON: &[u8] = include_bytes!("../../assets/icon/window.png");
/// Tells Mesa to draw without a graphics card.
#[cfg(all(unix, not(target_os = "macos")))]
const SOFTWARE: &str = "LIBGL_ALWAYS_SOFTWARE";

/// Opens the window and returns when it is closed. With `logs` it shows a new issue that has them. Where there is a window
/// already, that one does so instead.
///
/// Without a display, or without OpenGL, it says so on standard error and returns 1.
pub fn run(options: WorkerOptions, logs: &[PathBuf]) -> ExitCode {
    if !has_display() {
        return complain(
            "no display was found; start it inside a desktop session, or see `tftsr --help` for the command line",
        );
    }
    // The folder that a path counts from may be another one by the time the log is read.
    let logs: Vec<_> = logs.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone())).collect();
    let first = match FirstWindow::claim(&options, &logs) {
        Ok(Place::Taken) => return ExitCode::SUCCESS,
        Ok(Place::Ours(first)) => Some(first),
        Err(error) => {
            tracing::debug!(%error, "whether there is a window already is not known");
            None
        }
    };
    let place = WindowPlace::load(&options);
    let native = NativeOptions {
        renderer: Renderer::Glow,
        viewport: viewport(place),
        // `fonts::ask_the_system` stands in its place.
        system_font_fallback: false,
        ..NativeOptions::default()
    };
    let start = |cc: &CreationContext<'_>| {
        let mut app = App::new(&cc.egui_ctx, options.clone())?;
        app.offer(logs);
        fonts::ask_the_system(&cc.egui_ctx);
        bring_back(cc, place);
        app.join(Desktop::join(&cc.egui_ctx, options, first, place));
        Ok(Box::new(app) as Box<dyn eframe::App>)
    };
    let Err(error) = eframe::run_native("tftsr", native, Box::new(start)) else { return ExitCode::SUCCESS };
    tracing::debug!(%error, "the window cannot be opened");
    if is_about_graphics(&error) {
        draw_in_software();
    }
    complain(&reason(&error))
}

/// The app id is the name of the desktop entry: by it a desktop knows whose window this is.
fn viewport(place: Option<WindowPlace>) -> ViewportBuilder {
    let viewport = ViewportBuilder::default()
        .with_title("TFTSR")
        .with_app_id("tftsr")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([800.0, 560.0]);
    let viewport = match place {
        Some(place) => desktop::again(viewport, place),
        None => viewport,
    };
    match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    }
}

/// A screen that was there last time may be gone, and the window with it.
fn bring_back(cc: &CreationContext<'_>, place: Option<WindowPlace>) {
    let (Some(window), Some(place)) = (cc.winit_window(), place) else { return };
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pixels of a screen")]
    let screens = window.available_monitors().map(|screen| {
        let (corner, size, scale) = (screen.position(), screen.size(), screen.scale_factor() as f32);
        let size = vec2(size.width as f32, size.height as f32);
        Rect::from_min_size(pos2(corner.x as f32, corner.y as f32) / scale, size / scale)
    });
    if let Some(corner) = desktop::fitting(&place, &screens.collect::<Vec<_>>()) {
        cc.egui_ctx.send_viewport_cmd(ViewportCommand::OuterPosition(corner));
    }
}

const fn is_about_graphics(error: &Error) -> bool {
    matches!(error, Error::Glutin(_) | Error::NoGlutinConfigs(..) | Error::OpenGL(_))
}

fn reason(error: &Error) -> String {
    match error {
        Error::Winit(_) | Error::WinitEventLoop(_) => {
            "the display does not answer; is the desktop session running, may this user open windows in it, and are the \
             libraries of X11 or Wayland installed (Debian: libx11-6 libxcursor1 libxi6 libxkbcommon-x11-0)?"
                .into()
        }
        Error::Glutin(_) | Error::NoGlutinConfigs(..) | Error::OpenGL(_) => {
            "OpenGL is missing; install the driver of the graphics card, or Mesa, which draws without one \
             (Debian: libgl1-mesa-dri)"
                .into()
        }
        Error::AppCreation(error) => format!("it cannot be started: {error}"),
    }
}

/// Puts a second attempt in this one's place, which draws without a graphics card. Returns if this was that attempt, or
/// if it cannot be made.
#[cfg(all(unix, not(target_os = "macos")))]
fn draw_in_software() {
    use std::os::unix::process::CommandExt as _;
    if std::env::var_os(SOFTWARE).is_some() {
        return;
    }
    if let Ok(program) = std::env::current_exe() {
        let error = std::process::Command::new(program).args(std::env::args_os().skip(1)).env(SOFTWARE, "1").exec();
        tracing::debug!(%error, "no second attempt");
    }
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
const fn draw_in_software() {}

#[expect(clippy::print_stderr, reason = "there is no window to say it in")]
fn complain(sentence: &str) -> ExitCode {
    eprintln!("tftsr: {sentence}");
    ExitCode::FAILURE
}

fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(not(all(unix, not(target_os = "macos")))) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_belongs_to_the_desktop_entry_and_has_an_icon() {
        let viewport = viewport(None);
        let entry = include_str!("../../packaging/linux/tftsr.desktop");
        let id = viewport.app_id.unwrap();
        assert!(entry.lines().any(|line| line == format!("StartupWMClass={id}")));
        assert_eq!(viewport.icon.unwrap().width, 128);
    }
}
