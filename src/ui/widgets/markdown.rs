//! Markdown, drawn as prose: headings, lists, tables, code, quotes, links that open only when they are clicked.
//!
//! A text is parsed once and kept as long as it is drawn, so a long chat costs what is on screen.

use super::button::icon_button;
use super::markdown_blocks::{Block, Look, Marker, Run, parse};
use super::markdown_table::{CELL_GAP, Wanted, column_widths};
use super::redacted::INVENTED;
use super::reveal::{Piece, Reveal, pieces};
use crate::privacy::mentions;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{PROSE_WIDTH, Tokens, Type, space};
use egui::cache::{ComputerMut, FrameCache};
use egui::{
    Align, Color32, CornerRadius, Frame, Label, Layout, Margin, OpenUrl, Rect, RichText, ScrollArea, Shape, Stroke, Ui,
    UiBuilder, vec2,
};
use std::cell::Cell;
use std::sync::Arc;

#[derive(Default)]
struct Parse;

impl ComputerMut<&str, Arc<Vec<Block>>> for Parse {
    fn compute(&mut self, text: &str) -> Arc<Vec<Block>> {
        Arc::new(parse(text))
    }
}

/// A table of more columns in less room, in points, is set in smaller type, as on paper.
const FEW_COLUMNS: usize = 2;
const TIGHT_TABLE: f32 = 560.0;

/// The least height of a line of code, in points.
const CODE_LINE: f32 = 17.0;

/// The scheme of links that lead to a place in this program.
pub const LOCAL_SCHEME: &str = "line:";

/// Draws Markdown. `id_salt` tells two texts in the same place apart. Returns what stood behind [`LOCAL_SCHEME`] in a
/// link that was clicked; every other link opens in the browser.
pub fn markdown_ui(
    ui: &mut Ui,
    tokens: &Tokens,
    id_salt: impl egui::AsIdSalt,
    text: &str,
    reveal: &Reveal<'_>,
) -> Option<String> {
    let blocks =
        ui.memory_mut(|memory| Arc::clone(memory.caches.cache::<FrameCache<Arc<Vec<Block>>, Parse>>().get(text)));
    ui.push_id(id_salt, |ui| {
        ui.style_mut().interaction.selectable_labels = true;
        // A row of prose is as high as its text, not as a button.
        ui.spacing_mut().interact_size.y = 0.0;
        ui.set_max_width(ui.available_width().min(PROSE_WIDTH));
        let view = View { tokens, reveal, clicked: Cell::new(None) };
        view.blocks_ui(ui, &blocks);
        view.clicked.into_inner()
    })
    .inner
}

struct View<'a> {
    tokens: &'a Tokens,
    reveal: &'a Reveal<'a>,
    clicked: Cell<Option<String>>,
}

impl View<'_> {
    fn blocks_ui(&self, ui: &mut Ui, blocks: &[Block]) {
        for (index, block) in blocks.iter().enumerate() {
            ui.push_id(index, |ui| self.block_ui(ui, block));
        }
    }

    fn block_ui(&self, ui: &mut Ui, block: &Block) {
        match block {
            Block::Heading(level, runs) => {
                ui.add_space(space::XS);
                let style = match level {
                    1 => Type::Title,
                    2 => Type::Lead,
                    _ => Type::Strong,
                };
                self.runs_ui(ui, runs, style);
            }
            Block::Paragraph(runs) => self.runs_ui(ui, runs, Type::Body),
            Block::Code { language, text } => self.code_ui(ui, language, text),
            Block::List(items) => {
                for (index, (marker, blocks)) in items.iter().enumerate() {
                    ui.push_id(index, |ui| self.item_ui(ui, *marker, blocks));
                }
            }
            Block::Quote(blocks) => {
                let response = Frame::new().inner_margin(Margin { left: 12, ..Margin::ZERO }).show(ui, |ui| {
                    self.blocks_ui(ui, blocks);
                });
                let rect = response.response.rect;
                ui.painter().vline(rect.left() + 2.0, rect.y_range(), Stroke::new(3.0, self.tokens.border_strong));
            }
            Block::Table { rows } => self.table_ui(ui, rows),
            Block::Rule => {
                ui.separator();
            }
        }
    }

    fn item_ui(&self, ui: &mut Ui, marker: Marker, blocks: &[Block]) {
        ui.horizontal_top(|ui| {
            let muted = self.tokens.muted;
            match marker {
                Marker::Bullet => ui.label(RichText::new("•").color(muted)),
                Marker::Number(number) => ui.label(RichText::new(format!("{number}.")).color(muted)),
                Marker::Task(true) => ui.label(icon(icons::SQUARE_CHECK, 14.0).color(self.tokens.ok)),
                Marker::Task(false) => ui.label(icon(icons::STOP, 14.0).color(muted)),
            };
            ui.vertical(|ui| {
                ui.spacing_mut().item_spacing.y = space::XS;
                self.blocks_ui(ui, blocks);
            });
        });
    }

    fn code_ui(&self, ui: &mut Ui, language: &str, text: &str) {
        let tokens = self.tokens;
        let frame = Frame::new().fill(tokens.sunken).stroke(Stroke::new(1.0, tokens.border)).corner_radius(6);
        let block = frame.inner_margin(space::S).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ScrollArea::horizontal().id_salt("code").show(ui, |ui| {
                ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
                for line in text.lines() {
                    ui.horizontal(|ui| self.code_line_ui(ui, line));
                }
            });
        });
        code_corner_ui(ui, tokens, block.response.rect, (language, &|| self.reveal.shown(text)));
    }

    fn code_line_ui(&self, ui: &mut Ui, line: &str) {
        ui.set_min_height(CODE_LINE);
        self.pieces_ui(ui, line, |text| RichText::new(text).font(Type::Code.font()).color(self.tokens.text));
    }

    fn table_ui(&self, ui: &mut Ui, rows: &[Vec<Vec<Run>>]) {
        let tokens = self.tokens;
        let frame = Frame::new().stroke(Stroke::new(1.0, tokens.border)).corner_radius(6);
        frame.show(ui, |ui| {
            let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
            let is_tight = columns > FEW_COLUMNS && ui.available_width() < TIGHT_TABLE;
            let style = if is_tight { Type::Caption } else { Type::Body };
            let widths = self.table_widths(ui, rows, style);
            ScrollArea::horizontal().id_salt("table").show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                let styles = std::iter::once(Type::Strong).chain(std::iter::repeat(style));
                for (index, (row, style)) in rows.iter().zip(styles).enumerate() {
                    ui.push_id(index, |ui| self.table_row_ui(ui, row, style, &widths));
                }
            });
        });
    }

    /// The head of a table stands on a ground of its own; a line parts any other row from the one above it.
    fn table_row_ui(&self, ui: &mut Ui, row: &[Vec<Run>], style: Type, widths: &[f32]) {
        let tokens = self.tokens;
        // Painted behind the row once its height is known.
        let behind = ui.painter().add(Shape::Noop);
        let margin = Margin::symmetric(10, 6);
        let response = Frame::new().inner_margin(margin).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().item_spacing.x = CELL_GAP;
                for (column, width) in widths.iter().enumerate() {
                    self.cell_ui(ui, row.get(column).map_or(&[], Vec::as_slice), style, *width);
                }
            });
        });
        let rect = response.response.rect;
        let line = Stroke::new(1.0, tokens.border);
        let shape = if style == Type::Strong {
            let round = CornerRadius { nw: 6, ne: 6, sw: 0, se: 0 };
            Shape::rect_filled(rect.shrink(0.5), round, tokens.raised)
        } else {
            Shape::hline(rect.x_range(), rect.top(), line)
        };
        ui.painter().set(behind, shape);
    }

    fn cell_ui(&self, ui: &mut Ui, cell: &[Run], style: Type, width: f32) {
        ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
            ui.set_width(width);
            self.runs_ui(ui, cell, style);
        });
    }

    /// How wide each column is, in points, so that the table fits where it can.
    fn table_widths(&self, ui: &Ui, rows: &[Vec<Vec<Run>>], style: Type) -> Vec<f32> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut wanted = vec![Wanted::default(); columns];
        for (row, style) in rows.iter().zip([Type::Strong].into_iter().chain(std::iter::repeat(style))) {
            for (cell, column) in row.iter().zip(&mut wanted) {
                let natural: f32 = cell.iter().map(|run| self.run_width(ui, run, style)).sum();
                column.natural = column.natural.max(natural);
                column.word = cell.iter().map(|run| Self::word_width(ui, run, style)).fold(column.word, f32::max);
            }
        }
        column_widths(&wanted, ui.available_width() - 20.0)
    }

    fn run_width(&self, ui: &Ui, run: &Run, style: Type) -> f32 {
        let font = look_style(run.look, style).font();
        let width =
            |text: &str| ui.painter().layout_no_wrap(text.to_owned(), font.clone(), Color32::PLACEHOLDER).size().x;
        let shown = pieces(&run.text, self.reveal).into_iter().map(|piece| match piece {
            Piece::Plain(text) => width(text),
            Piece::Redacted { value: Some(value), .. } if self.reveal.shows_values => width(&value),
            Piece::Redacted { placeholder, .. } => width(&placeholder.to_string()),
        });
        // A point for rounding, so that what fits does not wrap.
        shown.sum::<f32>().ceil() + 1.0
    }

    /// How wide the longest word is.
    fn word_width(ui: &Ui, run: &Run, style: Type) -> f32 {
        let longest = run.text.split_whitespace().max_by_key(|word| word.chars().count()).unwrap_or_default();
        let font = look_style(run.look, style).font();
        ui.painter().layout_no_wrap(longest.to_owned(), font, Color32::PLACEHOLDER).size().x.ceil() + 1.0
    }

    fn runs_ui(&self, ui: &mut Ui, runs: &[Run], style: Type) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing = vec2(0.0, 2.0);
            for run in runs {
                // An address with a placeholder leads nowhere, and no value is ever put into one: a click would carry it out.
                let url = run.url.as_ref().filter(|url| mentions(url).is_empty());
                let Some(url) = url else {
                    self.pieces_ui(ui, &run.text, |text| self.styled(text, run.look, style));
                    continue;
                };
                let shown = self.reveal.shown(&run.text);
                let link = self.styled(&shown, run.look, style).color(self.tokens.accent).underline();
                let local = url.strip_prefix(LOCAL_SCHEME);
                let response = ui.link(link).on_hover_text(local.map_or(url.as_str(), |_| "Show these lines"));
                match local {
                    Some(place) if response.clicked() => self.clicked.set(Some(place.to_owned())),
                    None if response.clicked() => ui.ctx().open_url(OpenUrl::new_tab(url)),
                    Some(_) | None => {}
                }
            }
        });
    }

    fn pieces_ui(&self, ui: &mut Ui, text: &str, styled: impl Fn(&str) -> RichText) {
        for piece in pieces(text, self.reveal) {
            match piece {
                Piece::Plain(text) => {
                    ui.add(Label::new(styled(text)));
                }
                Piece::Redacted { placeholder, value } => self.redacted_ui(ui, placeholder, value.as_deref(), &styled),
            }
        }
    }

    fn redacted_ui(
        &self,
        ui: &mut Ui,
        placeholder: crate::domain::Placeholder,
        value: Option<&str>,
        styled: &impl Fn(&str) -> RichText,
    ) {
        let name = placeholder.to_string();
        let kind = placeholder.kind.label();
        let Some(value) = value else {
            let unknown = styled(&name).color(self.tokens.warn).underline();
            ui.add(Label::new(unknown)).on_hover_text(INVENTED);
            return;
        };
        let shown = if self.reveal.shows_values { value } else { &name };
        let marked = styled(shown).color(self.tokens.redacted_text).background_color(self.tokens.redacted_ground);
        ui.add(Label::new(marked)).on_hover_text(format!("{kind}, sent as {name}"));
    }

    fn styled(&self, text: &str, look: Look, style: Type) -> RichText {
        let mut rich = RichText::new(text).font(look_style(look, style).font()).color(self.tokens.text);
        if look.code {
            rich = rich.background_color(self.tokens.sunken);
        }
        if look.italic {
            rich = rich.italics();
        }
        if look.struck {
            rich = rich.strikethrough();
        }
        rich
    }
}

const fn look_style(look: Look, style: Type) -> Type {
    match (look.code, look.bold, style) {
        (true, _, _) => Type::Code,
        (false, true, Type::Body) => Type::Strong,
        (false, _, style) => style,
    }
}

/// The language and the button to copy, over the top right corner of the block: they take no row of it.
fn code_corner_ui(ui: &mut Ui, tokens: &Tokens, block: Rect, (language, text): (&str, &dyn Fn() -> String)) {
    let side = CODE_LINE + 2.0 * space::S;
    let rect = Rect::from_min_max(egui::pos2(block.left() + space::S, block.top()), block.right_bottom())
        .with_max_y(block.top() + side)
        .shrink(2.0);
    let builder = UiBuilder::new().id_salt("corner").max_rect(rect).layout(Layout::right_to_left(Align::Center));
    // A child that is not allocated: the text below the block does not move.
    let mut corner = ui.new_child(builder);
    let behind = corner.painter().add(Shape::Noop);
    corner.spacing_mut().item_spacing.x = space::XS;
    if icon_button(&mut corner, tokens, icons::COPY, "Copy code").clicked() {
        corner.copy_text(text());
    }
    if !language.is_empty() {
        corner.label(RichText::new(language).font(Type::Caption.font()).color(tokens.muted));
    }
    // Covers the lines that reach this far.
    let ground = corner.min_rect().with_min_y(rect.top()).with_max_y(rect.bottom());
    corner.painter().set(behind, Shape::rect_filled(ground, 6, tokens.sunken));
}
