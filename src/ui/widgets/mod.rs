//! Small pieces that draw and take values. None knows the state.
mod button;
mod chip;
mod dialog;
mod feedback;
mod field;
pub mod markdown;
mod markdown_blocks;
mod markdown_table;
mod marked_edit;
mod menu;
mod notices;
mod option;
mod redacted;
mod reveal;
mod surface;

pub use self::button::{
    Kind, button, button_enabled, focus_ring, icon_button, icon_button_enabled, menu_item, segmented,
};
pub use self::chip::{badge, chip, domain_chip, key_cap, severity_chip, severity_dot, status_chip};
pub use self::dialog::{Answer, buttons_row, confirm, dialog};
pub use self::feedback::{Pressed, empty_state, error_panel, inline_error, progress_bar, skeleton};
pub use self::field::{BESIDE_FIELD, Field, SecretField, select};
pub use self::marked_edit::{Marked, marked_edit};
pub use self::menu::{menu_select, pill_tab, toggle};
pub use self::notices::{NoticeClick, notices_ui};
pub use self::option::{option_card, switch, switch_row, tick};
pub use self::redacted::{redacted_line_ui, revealed_ui};
pub use self::reveal::{Piece, Reveal, pieces};
pub use self::surface::{card, section, table_header, text, truncated};
