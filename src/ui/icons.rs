//! The icons: one constant per glyph of the Lucide font in `assets/fonts`.
//!
//! Draw them with [`icon`]; the font is in the family [`super::theme::icon_family`]. A glyph that is not listed here is
//! not in the font either: the file holds these and no others.

use super::theme::icon_family;
use egui::{FontId, RichText};

/// An icon as text of `size` points: 16 beside body text, 20 alone.
pub fn icon(glyph: char, size: f32) -> RichText {
    RichText::new(glyph).font(FontId::new(size, icon_family()))
}

pub const ACTIVITY: char = '\u{e038}';
pub const ALERT: char = '\u{e193}';
pub const ARROW_DOWN: char = '\u{e042}';
pub const ARROW_LEFT: char = '\u{e048}';
pub const ARROW_RIGHT: char = '\u{e049}';
pub const ARROW_UP: char = '\u{e04a}';
pub const ATTACH: char = '\u{e12d}';
pub const BAN: char = '\u{e051}';
pub const BOOK: char = '\u{e05e}';
pub const BUSY: char = '\u{e109}';
pub const CHECK: char = '\u{e06c}';
pub const CHEVRON_DOWN: char = '\u{e06d}';
pub const CHEVRON_LEFT: char = '\u{e06e}';
pub const CHEVRON_RIGHT: char = '\u{e06f}';
pub const CHEVRON_UP: char = '\u{e070}';
pub const CIRCLE: char = '\u{e076}';
pub const CIRCLE_ALERT: char = '\u{e077}';
pub const CIRCLE_CHECK: char = '\u{e226}';
pub const CIRCLE_DOT: char = '\u{e345}';
pub const CIRCLE_X: char = '\u{e084}';
pub const CLIPBOARD: char = '\u{e085}';
pub const CLOCK: char = '\u{e087}';
pub const CLOUD: char = '\u{e088}';
pub const COLUMNS: char = '\u{e098}';
pub const COMPASS: char = '\u{e09b}';
pub const COPY: char = '\u{e09e}';
pub const CPU: char = '\u{e0a9}';
pub const DASHBOARD: char = '\u{e1c1}';
pub const DOWNLOAD: char = '\u{e0b2}';
pub const EXTERNAL: char = '\u{e0b9}';
pub const EYE: char = '\u{e0ba}';
pub const EYE_OFF: char = '\u{e0bb}';
pub const FILE: char = '\u{e0c0}';
pub const FILE_TEXT: char = '\u{e0cc}';
pub const FILTER: char = '\u{e0dc}';
pub const FLAG: char = '\u{e0d1}';
pub const FOLDER: char = '\u{e0d7}';
pub const FOLDER_OPEN: char = '\u{e247}';
pub const GIT_BRANCH: char = '\u{e0e2}';
pub const GLOBE: char = '\u{e0e8}';
pub const HASH: char = '\u{e0ef}';
pub const HELP: char = '\u{e082}';
pub const HISTORY: char = '\u{e1f5}';
pub const IMAGE: char = '\u{e0f6}';
pub const INFO: char = '\u{e0f9}';
pub const KEY: char = '\u{e0fd}';
pub const LAYERS: char = '\u{e529}';
pub const LINK: char = '\u{e102}';
pub const LIST: char = '\u{e106}';
pub const LOCK: char = '\u{e10b}';
pub const LOCK_OPEN: char = '\u{e10c}';
pub const MESSAGE: char = '\u{e117}';
pub const MONITOR: char = '\u{e11d}';
pub const MOON: char = '\u{e11e}';
pub const MORE: char = '\u{e0b6}';
pub const OFFLINE: char = '\u{e1af}';
pub const ONLINE: char = '\u{e1ae}';
pub const PANEL_LEFT: char = '\u{e12a}';
pub const PANEL_RIGHT: char = '\u{e431}';
pub const PENCIL: char = '\u{e1f9}';
pub const PIN: char = '\u{e259}';
pub const PLAY: char = '\u{e13c}';
pub const PLUS: char = '\u{e13d}';
pub const REDO: char = '\u{e2a0}';
pub const REFRESH: char = '\u{e145}';
pub const REOPEN: char = '\u{e148}';
pub const SAVE: char = '\u{e14d}';
pub const SEARCH: char = '\u{e151}';
pub const SEND: char = '\u{e152}';
pub const SERVER: char = '\u{e153}';
pub const SETTINGS: char = '\u{e154}';
pub const SHIELD: char = '\u{e158}';
pub const SHIELD_CHECK: char = '\u{e1ff}';
pub const SPARKLES: char = '\u{e412}';
pub const SQUARE_CHECK: char = '\u{e559}';
pub const STOP: char = '\u{e167}';
pub const SUN: char = '\u{e178}';
pub const TAG: char = '\u{e17f}';
pub const TERMINAL: char = '\u{e181}';
pub const TRASH: char = '\u{e18e}';
pub const TREE: char = '\u{e125}';
pub const UNDO: char = '\u{e2a1}';
pub const UPLOAD: char = '\u{e19e}';
pub const USERS: char = '\u{e1a4}';
pub const X: char = '\u{e1b2}';
pub const ZAP: char = '\u{e1b4}';
