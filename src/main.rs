//! Starts the application; everything else is in the library.
#![cfg_attr(all(windows, not(debug_assertions)), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    tftsr::run(std::env::args_os())
}
