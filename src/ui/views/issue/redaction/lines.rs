//! The lines of a page, wrapped, with what was found in them; text is selected by the mouse.

use crate::ui::state::RedactionPage;
use crate::ui::theme::{Tokens, Type};
use crate::ui::widgets::focus_ring;
use crate::worker::{PreviewLine, PreviewMark};
use egui::accesskit::Role;
use egui::text::{ByteIndex, LayoutJob, LayoutSection, TextFormat};
use egui::{
    Align2, Color32, Frame, Galley, Pos2, Rect, Response, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use std::ops::Range;
use std::sync::Arc;

/// Height of a line that needs no wrapping, in points.
pub(super) const ROW: f32 = 20.0;
/// Between the two sides.
const GAP: f32 = 18.0;
/// The most of a line that is laid out, in bytes.
const LAID_OUT: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    #[default]
    After,
    Both,
}

/// Text selected in one line, as it was before redaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    /// Number of the line.
    pub(super) line: u64,
    /// Bytes of the line.
    pub(super) range: Range<usize>,
}

/// How the lines of a page are drawn.
#[derive(Debug, Default)]
pub(super) struct Lines {
    tops: Tops,
    pub(super) selection: Option<Selection>,
    /// Where the selection began: place of the line on the page, byte of the line.
    anchor: Option<(usize, usize)>,
    offset: f32,
    /// Line that is brought into view when it is next drawn.
    pub(super) scroll_to: Option<u64>,
    /// Points to move by, from the keyboard.
    pub(super) scroll_by: f32,
}

/// Where each line of a page begins, in points; kept until the page, the side or the width changes.
#[derive(Debug, Default)]
struct Tops {
    made_for: Option<(u64, Side, u32)>,
    tops: Vec<f32>,
}

/// What all lines of one frame share.
pub(super) struct Drawn<'a> {
    pub(super) tokens: &'a Tokens,
    pub(super) page: &'a RedactionPage,
    pub(super) side: Side,
    /// The finding that was gone to, in bytes of the log.
    pub(super) here: Option<&'a Range<u64>>,
    pub(super) name: &'a str,
}

impl Lines {
    /// The response has the keyboard; the value is the finding that was clicked.
    pub(super) fn ui(&mut self, ui: &mut Ui, drawn: &Drawn<'_>) -> (Response, Option<Range<u64>>) {
        let room = ui.available_rect_before_wrap();
        let response = ui.interact(room, egui::Id::unique("redaction text"), Sense::click_and_drag());
        let name = format!("Text of {}", drawn.name);
        response.widget_info(|| WidgetInfo::labeled(Role::List, true, &name));
        let mut clicked = None;
        let frame = Frame::new().fill(drawn.tokens.sunken).corner_radius(6).inner_margin(6);
        frame.show(ui, |ui| {
            ui.set_min_size(ui.available_size());
            let width = ui.available_width() - 12.0;
            self.tops.update(ui, drawn, width);
            let mut area = ScrollArea::vertical().id_salt("text").auto_shrink(false);
            if let Some(offset) = self.wanted_offset(drawn, ui.available_height()) {
                area = area.vertical_scroll_offset(offset);
            }
            let shown = area.show_viewport(ui, |ui, viewport| {
                ui.set_height(self.tops.height());
                let origin = ui.max_rect().left_top();
                clicked = self.pointer(ui, &response, drawn, (origin, width));
                for row in self.tops.rows_in(viewport.top(), viewport.bottom()) {
                    let top = self.tops.top(row);
                    let rect = Rect::from_min_size(origin + vec2(0.0, top), vec2(width, self.tops.top(row + 1) - top));
                    self.line_ui(ui, drawn, row, rect);
                }
            });
            self.offset = shown.state.unclamped_offset().y;
        });
        focus_ring(ui, drawn.tokens, &response);
        (response, clicked)
    }

    /// The number of the first line in view.
    pub(super) fn first_in_view(&self, page: &RedactionPage) -> u64 {
        page.first + self.tops.row_at(self.offset) as u64
    }

    fn wanted_offset(&mut self, drawn: &Drawn<'_>, height: f32) -> Option<f32> {
        let most = (self.tops.height() - height).max(0.0);
        let by = std::mem::take(&mut self.scroll_by);
        if let Some(line) = self.scroll_to.take() {
            let row = usize::try_from(line.saturating_sub(drawn.page.first)).unwrap_or(usize::MAX);
            let (top, bottom) = (self.tops.top(row), self.tops.top(row + 1));
            let is_seen = top >= self.offset && bottom <= self.offset + height;
            return (!is_seen).then(|| (top - height / 3.0).clamp(0.0, most));
        }
        (by.abs() > f32::EPSILON).then(|| (self.offset + by).clamp(0.0, most))
    }

    fn line_ui(&self, ui: &Ui, drawn: &Drawn<'_>, row: usize, rect: Rect) {
        let (Some(before), Some(after)) = (drawn.page.before.get(row), drawn.page.after.get(row)) else { return };
        let is_here = |mark: &PreviewMark| drawn.here.is_some_and(|here| overlaps(&mark.place, here));
        let tokens = drawn.tokens;
        let color = if before.marks.iter().any(is_here) { tokens.accent } else { tokens.muted };
        let at = pos2(rect.left() + gutter(drawn.page) - 10.0, rect.top() + 2.0);
        ui.painter().text(at, Align2::RIGHT_TOP, before.number.to_string(), Type::Code.font(), color);
        let shown = if drawn.side == Side::After { after } else { before };
        let response = ui.interact(rect, ui.scope_id().with(("line", row)), Sense::HOVER);
        response.widget_info(|| {
            WidgetInfo::labeled(Role::ListItem, true, format!("{}: {}", before.number, shown.text.expose()))
        });
        let (first, second) = columns(drawn, rect.width());
        let selected = self.selection.as_ref().filter(|selection| selection.line == before.number);
        let selected = selected.filter(|_| drawn.side != Side::After).map(|selection| &selection.range);
        let galley = layout(ui, drawn, shown, selected, first.1);
        ui.painter().galley(pos2(rect.left() + first.0, rect.top() + 2.0), galley, tokens.text);
        if let Some((x, width)) = second {
            let galley = layout(ui, drawn, after, None, width);
            ui.painter().galley(pos2(rect.left() + x, rect.top() + 2.0), galley, tokens.text);
            let line = rect.left() + x - GAP / 2.0;
            ui.painter().vline(line, rect.y_range(), Stroke::new(1.0, tokens.border));
        }
    }

    /// Selects text, and tells which finding was clicked.
    fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        drawn: &Drawn<'_>,
        (origin, width): (Pos2, f32),
    ) -> Option<Range<u64>> {
        let pointer = response.interact_pointer_pos()?;
        if response.drag_started() || response.clicked() || response.double_clicked() {
            response.request_focus();
        }
        let (first, _) = columns(drawn, width);
        let at = |row: usize, pos: Pos2| {
            let line = if drawn.side == Side::After { drawn.page.after.get(row) } else { drawn.page.before.get(row) }?;
            let galley = layout(ui, drawn, line, None, first.1);
            let place = pos - origin - vec2(first.0, self.tops.top(row) + 2.0);
            Some((line, byte_at(line.text.expose(), galley.cursor_from_pos(place).index.into())))
        };
        let row = self.tops.row_at(pointer.y - origin.y);
        if response.clicked() || response.double_clicked() {
            self.selection = None;
            let (line, byte) = at(row, pointer)?;
            if response.double_clicked() && drawn.side != Side::After {
                let range = word_at(line.text.expose(), byte);
                self.selection = (!range.is_empty()).then_some(Selection { line: line.number, range });
            }
            let mark = line.marks.iter().find(|mark| (mark.range.start..=mark.range.end).contains(&byte));
            return mark.map(|mark| mark.place.clone());
        }
        if drawn.side == Side::After {
            return None;
        }
        if response.drag_started() {
            let pressed = ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer);
            let row = self.tops.row_at(pressed.y - origin.y);
            self.anchor = at(row, pressed).map(|(_, byte)| (row, byte));
        }
        let (row, from) = self.anchor.filter(|_| response.dragged())?;
        let (line, to) = at(row, pointer)?;
        let range = from.min(to)..from.max(to);
        self.selection = (!range.is_empty()).then_some(Selection { line: line.number, range });
        None
    }
}

impl Tops {
    fn update(&mut self, ui: &Ui, drawn: &Drawn<'_>, width: f32) {
        let key = (drawn.page.version, drawn.side, width.to_bits());
        if self.made_for == Some(key) {
            return;
        }
        self.made_for = Some(key);
        let (first, second) = columns(drawn, width);
        let mut top = 0.0;
        self.tops = vec![top];
        for (before, after) in drawn.page.before.iter().zip(&drawn.page.after) {
            let shown = if drawn.side == Side::After { after } else { before };
            let mut height = layout(ui, drawn, shown, None, first.1).size().y;
            if let Some((_, width)) = second {
                height = height.max(layout(ui, drawn, after, None, width).size().y);
            }
            top += (height + 4.0).max(ROW).ceil();
            self.tops.push(top);
        }
    }

    fn height(&self) -> f32 {
        self.tops.last().copied().unwrap_or(0.0)
    }

    fn top(&self, row: usize) -> f32 {
        self.tops.get(row).copied().unwrap_or_else(|| self.height())
    }

    fn row_at(&self, y: f32) -> usize {
        self.tops.partition_point(|top| *top <= y).saturating_sub(1)
    }

    fn rows_in(&self, top: f32, bottom: f32) -> Range<usize> {
        let count = self.tops.len().saturating_sub(1);
        self.row_at(top).min(count)..(self.row_at(bottom) + 1).min(count)
    }
}

/// Room for the numbers of the lines.
fn gutter(page: &RedactionPage) -> f32 {
    let digits = page.before.last().map_or(1, |line| line.number.max(1).ilog10() + 1);
    18.0 + f32::from(u8::try_from(digits).unwrap_or(20)).max(3.0) * 8.0
}

/// Where the columns begin and how wide they are.
fn columns(drawn: &Drawn<'_>, width: f32) -> ((f32, f32), Option<(f32, f32)>) {
    split(drawn.side, gutter(drawn.page), width)
}

fn split(side: Side, gutter: f32, width: f32) -> ((f32, f32), Option<(f32, f32)>) {
    let room = (width - gutter).max(80.0);
    match side {
        Side::Before | Side::After => ((gutter, room), None),
        Side::Both => {
            let half = ((room - GAP) / 2.0).max(40.0);
            ((gutter, half), Some((gutter + half + GAP, half)))
        }
    }
}

fn overlaps(one: &Range<u64>, other: &Range<u64>) -> bool {
    one.start < other.end && other.start < one.end
}

/// A line wrapped to a width: at spaces and signs, and within words that are longer.
fn layout(ui: &Ui, drawn: &Drawn<'_>, line: &PreviewLine, selected: Option<&Range<usize>>, width: f32) -> Arc<Galley> {
    let whole = line.text.expose();
    let text = whole.get(..whole.floor_char_boundary(LAID_OUT)).unwrap_or(whole);
    let mut cuts: Vec<usize> = line.marks.iter().flat_map(|mark| [mark.range.start, mark.range.end]).collect();
    cuts.extend(selected.iter().flat_map(|range| [range.start, range.end]));
    cuts.extend([0, text.len()]);
    cuts.retain(|cut| *cut <= text.len());
    cuts.sort_unstable();
    cuts.dedup();
    let mut job = LayoutJob::default();
    job.wrap.max_width = width;
    let mut marks = line.marks.iter().peekable();
    for piece in cuts.windows(2) {
        let [start, end] = piece else { continue };
        while marks.next_if(|mark| mark.range.end <= *start).is_some() {}
        let mark = marks.peek().filter(|mark| mark.range.start <= *start);
        let is_selected = selected.is_some_and(|range| range.start <= *start && *end <= range.end);
        let format = format_of(drawn, mark.copied(), is_selected);
        job.sections.push(LayoutSection { leading_space: 0.0, byte_range: ByteIndex(*start)..ByteIndex(*end), format });
    }
    text.clone_into(&mut job.text);
    if text.len() < whole.len() {
        let format = TextFormat::simple(Type::Code.font(), drawn.tokens.muted);
        job.append(" … the rest is not shown", 0.0, format);
    }
    ui.painter().layout_job(job)
}

fn format_of(drawn: &Drawn<'_>, mark: Option<&PreviewMark>, is_selected: bool) -> TextFormat {
    let tokens = drawn.tokens;
    let mut format = TextFormat::simple(Type::Code.font(), tokens.text);
    if let Some(mark) = mark {
        let is_here = drawn.here.is_some_and(|here| overlaps(&mark.place, here));
        (format.color, format.background) = match (is_here, mark.is_kept) {
            (true, _) => (tokens.on_accent, tokens.accent),
            (false, false) => (tokens.redacted_text, tokens.redacted_ground),
            (false, true) => (tokens.warn, Color32::TRANSPARENT),
        };
        if mark.is_kept {
            format.underline = Stroke::new(1.0, format.color);
        }
    }
    if is_selected {
        format.background = tokens.accent;
        format.color = tokens.on_accent;
    }
    format
}

fn byte_at(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// The word that this byte stands in: up to white space, quotes, brackets, commas, semicolons and equals signs.
fn word_at(text: &str, byte: usize) -> Range<usize> {
    let is_end = |one: char| one.is_whitespace() || "\"'`()[]{}<>,;=|".contains(one);
    let (before, after) = text.split_at_checked(byte).unwrap_or((text, ""));
    let start = before.rfind(is_end).map_or(0, |at| before.ceil_char_boundary(at + 1));
    let end = byte + after.find(is_end).unwrap_or(after.len());
    start..end.min(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_ends_where_a_value_does() {
        for (text, byte, expected) in [
            ("user=kim.olsen host", 7, "kim.olsen"),
            ("user=kim.olsen host", 14, "kim.olsen"),
            ("(«é» x)", 3, "«é»"),
            ("a b", 1, "a"),
            ("", 0, ""),
        ] {
            assert_eq!(text.get(word_at(text, byte)), Some(expected), "{text} {byte}");
        }
    }

    #[test]
    fn two_columns_share_the_width() {
        let (first, second) = split(Side::Both, 50.0, 800.0);
        let (x, width) = second.unwrap();
        assert!((x + width - 800.0).abs() < 0.1 && (first.1 - width).abs() < 0.1);
        assert_eq!(split(Side::After, 50.0, 800.0).1, None);
    }
}
