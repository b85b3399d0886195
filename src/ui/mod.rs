//! The window: draws what the worker tells, and asks for what the user wants.
//!
//! Three kinds of state are kept apart. The truth is in the store. What views read is in [`state::State`], changed by
//! events alone. Drafts, selection and scrolling are in each view's own struct.
mod app;
pub mod command;
pub mod context;
pub mod deletion;
pub mod desktop;
pub mod drafts;
pub mod fonts;
pub mod format;
mod help;
pub mod icons;
pub mod live_check;
pub mod local_time;
mod opening;
pub mod palette;
pub mod pick;
pub mod screen;
pub mod shell;
pub mod state;
pub mod theme;
pub mod views;
pub mod widgets;

pub use self::app::App;
pub use self::opening::run;
