//! What the program says when it fails by a fault of its own, or of a library: a sentence with the place, and no more.
//!
//! The message of a panic may quote the text that it failed on, so it is never shown, and neither is a backtrace.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::process::ExitCode;

/// The crates that load a library of the desktop when they first need it, and panic when it is not there.
const LOADERS: [&str; 3] = ["xkbcommon-dl", "x11-dl", "wayland-sys"];
/// The crates that look for the system's fonts. They panic where there are none; `ui::fonts` does without.
const FONTS: [&str; 3] = ["fontique", "egui_system_font_provider", "poll-promise"];

/// Runs the program to its end. What would be a panic is a sentence on standard error and exit code 1.
pub fn in_words(program: impl FnOnce() -> ExitCode) -> ExitCode {
    set_hook(Box::new(tell));
    catch_unwind(AssertUnwindSafe(program)).unwrap_or(ExitCode::FAILURE)
}

#[expect(clippy::print_stderr, reason = "there may be nothing left to say it with")]
fn tell(panic: &PanicHookInfo<'_>) {
    let file = panic.location().map_or("", |location| location.file());
    let line = panic.location().map_or(0, std::panic::Location::line);
    tracing::debug!(file, line, thread = std::thread::current().name(), "a panic");
    if FONTS.iter().any(|crate_of_fonts| file.contains(crate_of_fonts)) {
        return;
    }
    eprintln!("tftsr: {}", sentence(file, line));
}

fn sentence(file: &str, line: u32) -> String {
    if LOADERS.iter().any(|loader| file.contains(loader)) {
        return "a library that the window needs is missing or too old (Debian: apt install libx11-6 libx11-xcb1 libxcursor1 \
                libxi6 libxkbcommon-x11-0 libwayland-client0); the command line works without, see `tftsr --help`"
            .to_owned();
    }
    // Where it was built is nobody's business; which crate it was is.
    let place = file.split_once("/registry/src/").map_or(file, |(_, below)| below);
    format!("stopped by a fault of the program, at {place}:{line}; what was stored is kept. Please report this line")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_is_named_and_who_built_it_is_not() {
        let own = sentence("src/ui/app.rs", 12);
        assert!(own.contains("src/ui/app.rs:12"), "{own}");
        let other = sentence("/home/ann/.cargo/registry/src/index-1/egui-0.37.0/src/x.rs", 3);
        assert!(other.contains("index-1/egui-0.37.0/src/x.rs:3") && !other.contains("ann"), "{other}");
    }

    #[test]
    fn a_missing_library_is_said_to_be_missing() {
        let said = sentence("/cargo/registry/src/index-1/xkbcommon-dl-0.4.2/src/x11.rs", 59);
        assert!(said.contains("libxkbcommon-x11-0"), "{said}");
    }
}
