//! A field in which the values that would be redacted stand on the redacted ground.

use crate::ui::live_check::Mark;
use crate::ui::theme::Tokens;
use egui::text::CCursor;
use egui::text::{LayoutJob, TextFormat, TextWrapping};
use egui::text_edit::TextEditOutput;
use egui::{FontId, Galley, Pos2, Rect, Response, TextEdit, Ui};
use std::ops::Range;

/// How a field is laid out, and what is marked in it.
#[derive(Clone, Copy, Debug)]
pub struct Marked<'a> {
    pub marks: &'a [Mark],
    pub font: &'a FontId,
    pub is_multiline: bool,
}

/// Draws a field for `text`; `build` says all of it but its font.
pub fn marked_edit(
    ui: &mut Ui,
    tokens: &Tokens,
    text: &mut String,
    marked: Marked<'_>,
    build: impl for<'t> FnOnce(TextEdit<'t>) -> TextEdit<'t>,
) -> Response {
    let Marked { marks, font, is_multiline } = marked;
    let mut layouter = |ui: &Ui, text: &dyn egui::TextBuffer, width: f32| {
        let mut job = job(text.as_str(), marks, &formats(ui, tokens, font));
        job.wrap = TextWrapping::wrap_at_width(if is_multiline { width } else { f32::INFINITY });
        job.break_on_newline = is_multiline;
        job.keep_trailing_whitespace = true;
        ui.fonts_mut(|fonts| fonts.layout_job(job))
    };
    let edit = if is_multiline { TextEdit::multiline(text) } else { TextEdit::singleline(text) };
    let edit = build(edit.font(font.clone()));
    if marks.is_empty() {
        return edit.show(ui).response.response;
    }
    let output = edit.layouter(&mut layouter).show(ui);
    with_hint(ui, output, marks)
}

/// As the field itself would lay out, and on the redacted ground.
fn formats(ui: &Ui, tokens: &Tokens, font: &FontId) -> [TextFormat; 2] {
    let line_height = ui.fonts_mut(|fonts| fonts.row_height(font)) + ui.spacing().extra_text_line_spacing;
    let mut plain = TextFormat::simple(font.clone(), tokens.text);
    plain.line_height = Some(line_height);
    let marked = TextFormat { color: tokens.redacted_text, background: tokens.redacted_ground, ..plain.clone() };
    [plain, marked]
}

fn job(text: &str, marks: &[Mark], [plain, marked]: &[TextFormat; 2]) -> LayoutJob {
    let mut job = LayoutJob::default();
    let mut done = 0;
    for range in marks.iter().map(|mark| &mark.range) {
        let (Some(before), Some(inside)) = (text.get(done..range.start), text.get(range.clone())) else { continue };
        job.append(before, 0.0, plain.clone());
        job.append(inside, 0.0, marked.clone());
        done = range.end;
    }
    job.append(text.get(done..).unwrap_or_default(), 0.0, plain.clone());
    job
}

fn with_hint(ui: &Ui, output: TextEditOutput, marks: &[Mark]) -> Response {
    let response = output.response.response;
    let Some(pointer) = ui.input(|input| input.pointer.hover_pos()).filter(|_| response.hovered()) else {
        return response;
    };
    let place = pointer - output.galley_pos.to_vec2();
    match marks.iter().find(|mark| stands_at(&output.galley, &mark.range, place)) {
        Some(mark) => response.on_hover_text_at_pointer(mark.hint()),
        None => response,
    }
}

/// Whether a part of the text is drawn at this place. It may be broken over several rows.
fn stands_at(galley: &Galley, range: &Range<usize>, place: Pos2) -> bool {
    let text = galley.text();
    let cursor = |byte: usize| {
        let chars = text.get(..byte).map_or(0, |head| head.chars().count());
        galley.pos_from_cursor(CCursor::new(chars))
    };
    let (first, last): (Rect, Rect) = (cursor(range.start), cursor(range.end));
    let in_first = first.y_range().contains(place.y);
    let in_last = last.y_range().contains(place.y);
    match (in_first, in_last) {
        (true, true) => (first.left()..=last.left()).contains(&place.x),
        (true, false) => place.x >= first.left(),
        (false, true) => place.x <= last.left(),
        (false, false) => (first.bottom()..=last.top()).contains(&place.y),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{PiiKind, Placeholder};
    use egui::Color32;

    #[test]
    fn a_mark_that_does_not_fit_the_text_changes_nothing_of_it() {
        let mark =
            |range| Mark { range, placeholder: Placeholder { kind: PiiKind::Email, number: 1 }, is_known: false };
        let format = |color| TextFormat::simple(FontId::default(), color);
        let formats = [format(Color32::WHITE), format(Color32::RED)];
        for (text, marks) in [
            ("ask ä@b.io now", vec![mark(4..11)]),
            ("ask ä@b.io now", vec![mark(0..5)]),
            ("short", vec![mark(2..90), mark(1..2)]),
            ("", vec![mark(0..1)]),
        ] {
            let job = job(text, &marks, &formats);
            assert_eq!(job.text, text);
            let covered: usize =
                job.sections.iter().map(|section| section.byte_range.end.0 - section.byte_range.start.0).sum();
            assert_eq!(covered, text.len(), "{text}");
        }
    }
}
