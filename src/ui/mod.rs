//! The window: draws what the worker tells, and asks for what the user wants.
//!
//! Three kinds of state are kept apart. The truth is in the store. What views read is in [`state::State`], changed by
//! events alone. Drafts, selection and scrolling are in each view's own struct.
mod app;
mod command;
mod context;
mod drafts;
mod fonts;
mod format;
mod icons;
mod pick;
mod screen;
mod shell;
mod state;
mod theme;
mod views;
mod widgets;

pub use self::app::{Options, run};
