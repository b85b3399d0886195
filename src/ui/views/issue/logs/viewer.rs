//! The lines of a log: only those in view are read and drawn, however long the log is.

use super::rows::{Rows, Scroll, as_f64};
use crate::domain::{EvidenceSource, Level, LineRange, LogFile, LogFileId, LogLine};
use crate::ui::context::ViewContext;
use crate::ui::state::{BLOCK, LineCache, Slot};
use crate::ui::theme::{Tokens, Type};
use crate::worker::{Command, IssueDetail, LogCommand};
use egui::accesskit::Role;
use egui::text::CCursor;
use egui::{Color32, EventFilter, Galley, Key, Modifiers, Pos2, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::ops::Range;

/// Height of a line, in points.
const ROW: f32 = 20.0;
const BAR: f32 = 10.0;
/// The most of a line that is laid out, in characters; the whole of it is in copies.
const LAID_OUT: usize = 4000;

/// What stands before a line that is flagged.
const INSTRUCTS: &str = "reads like an instruction to the model";

/// The lines of one log.
#[derive(Debug, Default)]
pub(super) struct Viewer {
    scroll: Scroll,
    /// Rows in view when it was drawn last.
    page: f64,
    /// How far the text is moved to the left, in points.
    left: f32,
    widest: f32,
    /// Where a selection began, and where it ends now.
    selection: Option<(u64, u64)>,
    /// Text selected in one line: its number, where the selection began, and where it ends now, in bytes.
    words: Option<(u64, usize, usize)>,
    /// Brought into view when it is next drawn.
    goes_to: Option<u64>,
    /// Blocks that were asked for and are in view.
    asked: BTreeSet<u64>,
}

impl Viewer {
    /// Selects these lines and brings them into view.
    pub(super) const fn go_to(&mut self, lines: LineRange) {
        self.selection = Some((lines.first, lines.last));
        self.goes_to = Some(lines.first);
    }

    /// To the next or the previous of these lines, around the end.
    pub(super) fn go_to_next(&mut self, numbers: &[u64], forward: bool) {
        let here = self.selection.map(|(_, last)| last);
        let next = if forward {
            numbers.iter().find(|number| here.is_none_or(|here| **number > here)).or_else(|| numbers.first())
        } else {
            numbers.iter().rev().find(|number| here.is_some_and(|here| **number < here)).or_else(|| numbers.last())
        };
        if let Some(number) = next {
            self.go_to(LineRange::single(*number));
        }
    }

    /// The place of the selected line among these, from 1.
    pub(super) fn place_among(&self, numbers: &[u64]) -> Option<u64> {
        let (_, here) = self.selection?;
        numbers.binary_search(&here).ok().map(|index| index as u64 + 1)
    }

    pub(super) fn selected(&self) -> Option<LineRange> {
        let (one, other) = self.selection?;
        LineRange::new(one.min(other), one.max(other))
    }

    pub(super) const fn clear_selection(&mut self) {
        self.selection = None;
        self.words = None;
    }

    /// The text that is selected in one line: its number, and the bytes of it.
    pub(super) fn selected_words(&self) -> Option<(u64, Range<usize>)> {
        let (line, one, other) = self.words?;
        (one != other).then(|| (line, one.min(other)..one.max(other)))
    }

    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        cx: &mut ViewContext<'_>,
        detail: &IssueDetail,
        (log, hits): (&LogFile, Option<&[u64]>),
    ) {
        let rows = hits.map_or(Rows::All(log.line_count), Rows::Hits);
        let (_, rect) = ui.allocate_space(ui.available_size());
        // A name of its own, so that the keyboard stays here when something appears above.
        let response = ui.interact(rect, egui::Id::unique(("viewer", log.id)), Sense::click());
        let name = format!("Lines of {}", log.file_name);
        response.widget_info(|| WidgetInfo::labeled(Role::List, true, &name));
        crate::ui::widgets::focus_ring(ui, cx.tokens, &response);
        ui.painter().rect_filled(rect, 6, cx.tokens.sunken);
        let room = self.room(rect.width());
        let text_rect = rect.with_max_x(rect.right() - BAR - 2.0);
        let text_rect = text_rect.with_max_y(rect.bottom() - if room > 0.0 { BAR } else { 0.0 });
        let page = f64::from((text_rect.height() / ROW).max(1.0));
        if let Some(line) = self.goes_to.take() {
            self.scroll.reveal(rows.row_of(line), page);
        }
        self.keep_in_view(rows, page);
        self.keys(ui, &response, rows, page);
        self.wheel(ui, rect);
        self.scroll.clamp(rows.len(), page);
        self.bar_ui(ui, cx.tokens, rect, (rows, page));
        self.read(cx, log, rows, page);
        let frame = Drawn { cx, log, pins: &pinned(detail, log.id), zone: TimeZone::system(), rect: text_rect };
        self.rows_ui(ui, &frame, rows, page);
        self.sideways_ui(ui, cx.tokens, rect, room);
    }

    /// What was selected and in view stays in view when the viewer becomes smaller.
    fn keep_in_view(&mut self, rows: Rows<'_>, page: f64) {
        let before = std::mem::replace(&mut self.page, page);
        let Some((_, last)) = self.selection.filter(|_| page < before) else { return };
        let row = rows.row_of(last);
        if (self.scroll.top..=self.scroll.top + before).contains(&as_f64(row)) {
            self.scroll.reveal(row, page);
        }
    }

    fn rows_ui(&mut self, ui: &mut Ui, drawn: &Drawn<'_, '_>, rows: Rows<'_>, page: f64) {
        let digits = drawn.log.line_count.max(1).ilog10() + 1;
        let digits = f32::from(u8::try_from(digits).unwrap_or(20));
        let gutter = 12.0 + digits.max(3.0) * 8.0;
        let first = whole(self.scroll.top);
        #[expect(clippy::cast_possible_truncation, reason = "a part of one row")]
        let part = (self.scroll.top - as_f64(first)) as f32;
        let mut widest: f32 = 0.0;
        let mut child = ui.new_child(egui::UiBuilder::new().max_rect(drawn.rect));
        child.set_clip_rect(drawn.rect.intersect(ui.clip_rect()));
        for (step, row) in (0_u8..=u8::MAX).zip(first..first + whole(page) + 2) {
            let Some(number) = rows.line_at(row) else { break };
            let top = drawn.rect.top() + (f32::from(step) - part) * ROW;
            let line = Rect::from_min_size(pos2(drawn.rect.left(), top), vec2(drawn.rect.width(), ROW));
            if let Some(width) = self.row_ui(&child, drawn, (number, line), gutter) {
                widest = widest.max(width);
            }
        }
        // The widest so far: a bar that comes and goes with the lines in view would be restless.
        self.widest = self.widest.max(widest);
    }

    /// Returns how wide the text is, if it is known.
    fn row_ui(&mut self, ui: &Ui, drawn: &Drawn<'_, '_>, (number, rect): (u64, Rect), gutter: f32) -> Option<f32> {
        let tokens = drawn.cx.tokens;
        let line = drawn.cx.state.lines.line(drawn.log.id, number);
        let response =
            ui.interact(rect, ui.scope_id().with(("line", number)), Sense::CLICK | Sense::DRAG | Sense::HOVER);
        let is_selected = self.selected().is_some_and(|lines| (lines.first..=lines.last).contains(&number));
        response.widget_info(|| {
            let words = line.map_or("…", |line| line.text.expose());
            let warning = line.filter(|line| line.instructs).map_or("", |_| INSTRUCTS);
            let parted = if warning.is_empty() { "" } else { ": " };
            WidgetInfo::selected(Role::ListItem, true, is_selected, format!("{number}: {warning}{parted}{words}"))
        });
        if is_selected {
            ui.painter().rect_filled(rect, 0, tokens.accent_tint);
        } else if response.hovered() {
            ui.painter().rect_filled(rect, 0, tokens.raised);
        }
        self.clicked(ui, &response, number);
        // Only what stands out is marked: a mark on every line would say nothing.
        if let Some(level) = line.and_then(|line| line.level).filter(|level| *level == Level::Warn || level.is_error())
        {
            let mark = Rect::from_min_size(rect.left_top(), vec2(3.0, ROW));
            ui.painter().rect_filled(mark.shrink2(vec2(0.0, 2.0)), 1, tokens.level(Some(level)));
        }
        let middle = rect.center().y;
        let small = Type::Caption.font();
        let at = pos2(rect.left() + gutter, middle);
        ui.painter().text(at, egui::Align2::RIGHT_CENTER, number.to_string(), Type::Code.font(), tokens.muted);
        let mut x = rect.left() + gutter + 8.0;
        if let Some((_, numbers)) = drawn.pins.iter().find(|(lines, _)| (lines.first..=lines.last).contains(&number)) {
            let at = pos2(x, middle);
            x = ui.painter().text(at, egui::Align2::LEFT_CENTER, numbers, small, tokens.accent).right() + 6.0;
        }
        if line.is_some_and(|line| line.instructs) {
            let at = pos2(x, middle);
            let small = Type::Caption.font();
            x = ui.painter().text(at, egui::Align2::LEFT_CENTER, INSTRUCTS, small, tokens.warn).right() + 6.0;
        }
        let Some(line) = line else {
            let bar = Rect::from_center_size(pos2(x + 90.0, middle), vec2(180.0, 6.0));
            ui.painter().rect_filled(bar, 3, tokens.raised);
            return None;
        };
        Some(self.text_ui(ui, drawn, line, (&response, x)) + (x - rect.left()))
    }

    fn text_ui(&mut self, ui: &Ui, drawn: &Drawn<'_, '_>, line: &LogLine, (response, mut x): (&Response, f32)) -> f32 {
        let rect = response.rect;
        let tokens = drawn.cx.tokens;
        let middle = rect.center().y;
        if let Some(time) = line.time {
            let clock = super::super::when::clock(time, &drawn.zone);
            ui.painter().text(pos2(x, middle), egui::Align2::LEFT_CENTER, clock, Type::Code.font(), tokens.muted);
            x += 74.0;
        }
        let words = super::super::links::head_of(line.text.expose(), LAID_OUT).replace('\t', "    ");
        let color: Color32 = match line.level {
            Some(level) if level.is_error() => tokens.bad,
            Some(_) | None => tokens.text,
        };
        let galley = ui.painter().layout_no_wrap(words, Type::Code.font(), color);
        let width = galley.size().x;
        let clip = Rect::from_min_max(pos2(x, rect.top()), rect.right_bottom()).intersect(ui.clip_rect());
        let at = pos2(x - self.left, middle - galley.size().y / 2.0);
        self.select_words(ui, response, line, (&galley, at));
        let painter = ui.painter().with_clip_rect(clip);
        if let Some((_, range)) = self.selected_words().filter(|(number, _)| *number == line.number) {
            let place = |byte| galley.pos_from_cursor(CCursor::new(drawn_at(line.text.expose(), byte))).left() + at.x;
            let ground = Rect::from_x_y_ranges(place(range.start)..=place(range.end), rect.y_range());
            painter.rect_filled(ground, 2, tokens.accent.gamma_multiply(0.4));
        }
        painter.galley(at, galley, color);
        width + if line.time.is_some() { 74.0 } else { 0.0 }
    }

    /// Dragging along a line selects text in it.
    fn select_words(&mut self, ui: &Ui, response: &Response, line: &LogLine, (galley, at): (&Galley, Pos2)) {
        let byte = |pointer: Pos2| {
            let drawn = galley.cursor_from_pos(vec2(pointer.x - at.x, galley.size().y / 2.0)).index;
            byte_at(line.text.expose(), drawn.into())
        };
        let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) else { return };
        if response.drag_started() {
            let from = byte(ui.input(|input| input.pointer.press_origin()).unwrap_or(pointer));
            self.words = Some((line.number, from, from));
            self.selection = Some((line.number, line.number));
        }
        if let Some((number, _, to)) = &mut self.words
            && *number == line.number
        {
            *to = byte(pointer);
        }
    }

    fn clicked(&mut self, ui: &Ui, response: &Response, number: u64) {
        if !response.clicked() {
            return;
        }
        self.words = None;
        let extends = ui.input(|input| input.modifiers.shift);
        self.selection = match self.selection {
            Some((first, _)) if extends => Some((first, number)),
            Some((first, last)) if first == last && first == number => None,
            Some(_) | None => Some((number, number)),
        };
    }

    fn keys(&mut self, ui: &Ui, response: &Response, rows: Rows<'_>, page: f64) {
        if !response.has_focus() {
            return;
        }
        let filter = EventFilter { vertical_arrows: true, horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let step = i64::try_from(whole(page)).unwrap_or(1).max(1);
        let keys = [
            (Key::ArrowUp, -1),
            (Key::ArrowDown, 1),
            (Key::PageUp, -step),
            (Key::PageDown, step),
            (Key::Home, i64::MIN / 2),
            (Key::End, i64::MAX / 2),
        ];
        for (key, by) in keys {
            for (modifiers, extends) in [(Modifiers::NONE, false), (Modifiers::SHIFT, true)] {
                if ui.input_mut(|input| input.consume_key(modifiers, key)) {
                    self.move_by(by, extends, rows, page);
                }
            }
        }
        let sideways = ui.input(|input| {
            f32::from(u8::from(input.key_pressed(Key::ArrowRight)))
                - f32::from(u8::from(input.key_pressed(Key::ArrowLeft)))
        });
        self.left = (self.left + sideways * 80.0).clamp(0.0, self.room(response.rect.width()));
    }

    fn move_by(&mut self, by: i64, extends: bool, rows: Rows<'_>, page: f64) {
        let from = match self.selection {
            Some((_, last)) => rows.row_of(last).saturating_add_signed(by),
            // The first step selects the first line in view.
            None if by.abs() == 1 => whole(self.scroll.top),
            None => whole(self.scroll.top).saturating_add_signed(by),
        };
        let row = from.min(rows.len().saturating_sub(1));
        let Some(line) = rows.line_at(row) else { return };
        self.selection = match self.selection {
            Some((first, _)) if extends => Some((first, line)),
            Some(_) | None => Some((line, line)),
        };
        self.scroll.reveal(row, page);
    }

    fn wheel(&mut self, ui: &Ui, rect: Rect) {
        if ui.rect_contains_pointer(rect) {
            let delta = ui.input(egui::InputState::smooth_scroll_delta);
            self.scroll.top -= f64::from(delta.y / ROW);
            self.left = (self.left - delta.x).clamp(0.0, self.room(rect.width()));
        }
    }

    /// How far the text can be moved to the left, in points; 0 where all of it fits into `width`.
    fn room(&self, width: f32) -> f32 {
        let hidden = self.widest - width + BAR + 2.0;
        if hidden > 0.0 { hidden + 16.0 } else { 0.0 }
    }

    /// The bar below the lines, where some are wider than the viewer.
    fn sideways_ui(&mut self, ui: &Ui, tokens: &Tokens, rect: Rect, room: f32) {
        if room <= 0.0 {
            return;
        }
        let track = Rect::from_min_max(pos2(rect.left() + 2.0, rect.bottom() - BAR), rect.right_bottom());
        let track = track.with_max_x(rect.right() - BAR - 2.0);
        let response = ui.interact(track, ui.scope_id().with("sideways"), Sense::DRAG | Sense::CLICK);
        let length = (track.width() * rect.width() / (rect.width() + room)).max(28.0);
        let way = (track.width() - length).max(1.0);
        if let Some(pointer) = response.interact_pointer_pos() {
            self.left = ((pointer.x - track.left() - length / 2.0) / way * room).clamp(0.0, room);
        }
        let begin = track.left() + (self.left / room).min(1.0) * way;
        let handle = Rect::from_min_size(pos2(begin, track.top() + 2.0), vec2(length, BAR - 4.0));
        ui.painter().rect_filled(handle, 3, handle_color(tokens, &response));
    }

    fn bar_ui(&mut self, ui: &Ui, tokens: &Tokens, rect: Rect, (rows, page): (Rows<'_>, f64)) {
        if as_f64(rows.len()) <= page {
            return;
        }
        let track =
            Rect::from_min_max(pos2(rect.right() - BAR, rect.top() + 2.0), rect.right_bottom() - vec2(0.0, 2.0));
        let response = ui.interact(track, ui.scope_id().with("bar"), Sense::DRAG | Sense::CLICK);
        let height = f64::from(track.height()).max(1.0);
        let shortest = (28.0 / height).min(1.0);
        let (_, length) = self.scroll.handle(rows.len(), page, shortest);
        if let Some(pointer) = response.interact_pointer_pos() {
            let at = f64::from(pointer.y - track.top()) / height;
            self.scroll.drag_to(at - length / 2.0, length, rows.len(), page);
        }
        let (begin, length) = self.scroll.handle(rows.len(), page, shortest);
        #[expect(clippy::cast_possible_truncation, reason = "shares of a bar as tall as the window")]
        let (begin, length) = ((begin * height) as f32, (length * height) as f32);
        let handle = Rect::from_min_size(pos2(track.left() + 2.0, track.top() + begin), vec2(BAR - 4.0, length));
        ui.painter().rect_filled(handle, 3, handle_color(tokens, &response));
    }

    /// Asks for the blocks in view that are not there, and stops asking for those that no longer are.
    fn read(&mut self, cx: &mut ViewContext<'_>, log: &LogFile, rows: Rows<'_>, page: f64) {
        let first = whole(self.scroll.top);
        let lines = (first..first + whole(page) + 2).map_while(|row| rows.line_at(row));
        let wanted: BTreeSet<u64> = lines.map(LineCache::block_of).collect();
        for gone in self.asked.difference(&wanted) {
            if !cx.state.lines.has(log.id, *gone) {
                cx.cancel(Slot::Lines(log.id, *gone));
            }
        }
        self.asked.retain(|block| wanted.contains(block));
        for block in wanted {
            if !cx.state.lines.has(log.id, block) && self.asked.insert(block) {
                let read = LogCommand::ReadLines { log: log.id, first: block, count: BLOCK };
                cx.submit(Slot::Lines(log.id, block), Command::Log(read));
            }
        }
    }
}

/// Characters that a tab is drawn as.
const TAB: usize = 4;

/// The byte of a line whose tabs are drawn as spaces, from the character that is drawn there.
fn byte_at(text: &str, drawn: usize) -> usize {
    let mut seen = 0;
    let behind = text.char_indices().find(|(_, one)| {
        seen += if *one == '\t' { TAB } else { 1 };
        seen > drawn
    });
    behind.map_or(text.len(), |(at, _)| at)
}

/// The other way round.
fn drawn_at(text: &str, byte: usize) -> usize {
    let before = text.get(..byte).unwrap_or(text).chars();
    before.map(|one| if one == '\t' { TAB } else { 1 }).sum()
}

fn handle_color(tokens: &Tokens, response: &Response) -> Color32 {
    if response.hovered() || response.dragged() { tokens.muted } else { tokens.border_strong }
}

/// What all rows of one frame share.
struct Drawn<'a, 'b> {
    cx: &'a ViewContext<'b>,
    log: &'a LogFile,
    pins: &'a [(LineRange, String)],
    zone: TimeZone,
    rect: Rect,
}

/// The pinned lines of a log with their marks.
fn pinned(detail: &IssueDetail, log: LogFileId) -> Vec<(LineRange, String)> {
    let of_log = |source: &EvidenceSource| match source {
        EvidenceSource::Log { log: of, lines, .. } if *of == log => Some(*lines),
        EvidenceSource::Log { .. } | EvidenceSource::Message(_) | EvidenceSource::Note => None,
    };
    let pins = detail.evidence.iter();
    pins.filter_map(|pin| Some((of_log(&pin.source)?, format!("[E{}]", pin.number)))).collect()
}

/// The text of these lines, as far as they have been read.
pub(super) fn lines_text(cache: &LineCache, log: LogFileId, lines: LineRange) -> String {
    let numbers = (lines.first..=lines.last).take(100_000);
    let texts: Vec<_> = numbers.filter_map(|number| cache.line(log, number)).map(|line| line.text.expose()).collect();
    texts.join("\n")
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rows are counted from 0, far below 2^53")]
fn whole(rows: f64) -> u64 {
    rows.max(0.0).floor() as u64
}
