//! From symptoms and logs to a root cause with evidence, and nothing unredacted leaves the machine.
//!
//! The map of the house is in ARCHITECTURE.md.
pub mod documents;
pub mod domain;
pub mod insight;
pub mod net;
pub mod privacy;
pub mod providers;
pub mod ui;
pub mod worker;
