//! Opening the window, or saying in a sentence why it cannot be opened.

use super::app::App;
use crate::worker::WorkerOptions;
use eframe::{CreationContext, Error, NativeOptions, Renderer};
use egui::ViewportBuilder;
use std::path::PathBuf;
use std::process::ExitCode;

/// Drawn from `assets/icon/tftsr.svg`.
const ICON: &[u8] = include_bytes!("../../assets/icon/window.png");
/// Tells Mesa to draw without a graphics card.
#[cfg(all(unix, not(target_os = "macos")))]
const SOFTWARE: &str = "LIBGL_ALWAYS_SOFTWARE";

/// Opens the window and returns when it is closed. With `logs` it shows a new issue that has them.
///
/// Without a display, or without OpenGL, it says so on standard error and returns 1.
pub fn run(options: WorkerOptions, logs: &[PathBuf]) -> ExitCode {
    if !has_display() {
        return complain(
            "no display was found; start it inside a desktop session, or see `tftsr --help` for the command line",
        );
    }
    let native = NativeOptions { renderer: Renderer::Glow, viewport: viewport(), ..NativeOptions::default() };
    // The folder that a path counts from may be another one by the time the log is read.
    let logs = logs.iter().map(|path| std::path::absolute(path).unwrap_or_else(|_| path.clone())).collect();
    let start = |cc: &CreationContext<'_>| {
        let mut app = App::new(&cc.egui_ctx, options)?;
        app.offer(logs);
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
fn viewport() -> ViewportBuilder {
    let viewport = ViewportBuilder::default()
        .with_title("TFTSR")
        .with_app_id("tftsr")
        .with_inner_size([1280.0, 800.0])
        .with_min_inner_size([800.0, 560.0]);
    match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport.with_icon(icon),
        Err(_) => viewport,
    }
}

const fn is_about_graphics(error: &Error) -> bool {
    matches!(error, Error::Glutin(_) | Error::NoGlutinConfigs(..) | Error::OpenGL(_))
}

fn reason(error: &Error) -> String {
    match error {
        Error::Winit(_) | Error::WinitEventLoop(_) => {
            "the display does not answer; is the desktop session running, and may this user open windows in it?".into()
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
        let viewport = viewport();
        let entry = include_str!("../../packaging/linux/tftsr.desktop");
        let id = viewport.app_id.unwrap();
        assert!(entry.lines().any(|line| line == format!("StartupWMClass={id}")));
        assert_eq!(viewport.icon.unwrap().width, 128);
    }
}
