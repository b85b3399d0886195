//! The preview of a document: only what is in sight is drawn, so that two hundred pages scroll like one.

use crate::domain::Unredacted;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::Reveal;
use crate::ui::widgets::markdown::markdown_ui;
use crate::worker::{IssueDetail, Shape, Tone, WHY_PICTURE, WhyPicture, reworded};
use egui::{
    Color32, FontId, Pos2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2,
};
use pulldown_cmark::{Event, Options, Parser};
use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::convert::Infallible;
use std::hash::{Hash as _, Hasher as _};
use std::ops::Range;

/// What is drawn beyond the edges of what is in sight, in points.
const BEYOND: f32 = 300.0;
/// The height of a line that has not been drawn yet, in points. A guess.
const LINE: f32 = 22.0;

/// A block of the document that is drawn as a whole.
#[derive(Clone, Debug)]
struct Chunk {
    /// Bytes of the source.
    range: Range<usize>,
    hash: u64,
    /// Once it was drawn, in points.
    height: Option<f32>,
    is_picture: bool,
}

/// The preview of a document.
#[derive(Debug, Default)]
pub(super) struct Preview {
    /// Of which version of the text, and for which width.
    of: Option<(u64, f32)>,
    chunks: Vec<Chunk>,
    offset: f32,
    /// The byte that is to stand at the top, and how many more frames may be needed: blocks have their true height only
    /// once they were drawn.
    goes_to: Option<(usize, u8)>,
}

impl Preview {
    /// Returns the byte of the source that stands at the top, if the user has scrolled.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        tokens: &Tokens,
        (source, version): (&str, u64),
        detail: &IssueDetail,
    ) -> Option<usize> {
        self.read(source, version, ui.available_width());
        let value = |placeholder| detail.vault.value(placeholder).map(|value| value.expose().to_owned());
        let reveal = Reveal { value: &value, shows_values: true };
        let mut area = ScrollArea::vertical().id_salt("preview").auto_shrink(false);
        let led = self.goes_to.take().map(|(byte, tries)| (byte, tries, self.top_of(source, byte)));
        if let Some((_, _, offset)) = led {
            area = area.vertical_scroll_offset(offset);
        }
        let output = area.show_viewport(ui, |ui, viewport| {
            let gap = ui.spacing().item_spacing.y;
            ui.spacing_mut().item_spacing.y = 0.0;
            let (mut y, mut skipped) = (0.0, space::XS);
            for (index, chunk) in self.chunks.iter_mut().enumerate() {
                let height = chunk.height.unwrap_or_else(|| guess(source, chunk));
                if y + height < viewport.top() - BEYOND || y > viewport.bottom() + BEYOND {
                    y += height;
                    skipped += height;
                    continue;
                }
                ui.add_space(std::mem::take(&mut skipped));
                let drawn = ui.scope(|ui| {
                    ui.spacing_mut().item_spacing.y = gap;
                    let text = source.get(chunk.range.clone()).filter(|_| !chunk.is_picture);
                    match text {
                        Some(text) => drop(markdown_ui(ui, tokens, ("document", index), text, &reveal)),
                        None => picture_ui(ui, tokens, detail, &reveal),
                    }
                });
                ui.add_space(gap);
                let height = drawn.response.rect.height() + gap;
                chunk.height = Some(height);
                y += height;
            }
            ui.add_space(skipped);
        });
        let moved = (output.state.clamped_offset().y - self.offset).abs() > 0.5;
        self.offset = output.state.clamped_offset().y;
        if let Some((byte, tries, offset)) = led
            && tries > 0
            && (self.top_of(source, byte) - offset).abs() > 1.0
        {
            self.goes_to = Some((byte, tries - 1));
            ui.ctx().request_repaint();
        }
        let by_user = moved && led.is_none() && ui.rect_contains_pointer(output.inner_rect);
        by_user.then(|| self.byte_at(source, self.offset))
    }

    /// Shows the block that holds this byte of the source at the top.
    pub(super) const fn show(&mut self, byte: usize) {
        self.goes_to = Some((byte, 4));
    }

    fn top_of(&self, source: &str, byte: usize) -> f32 {
        let at = self.chunks.partition_point(|chunk| chunk.range.start <= byte).saturating_sub(1);
        let height = |chunk: &Chunk| chunk.height.unwrap_or_else(|| guess(source, chunk));
        let above: f32 = self.chunks.iter().take(at).map(height).sum();
        let inside = self.chunks.get(at).map_or(0.0, |chunk| height(chunk) * share(&chunk.range, byte));
        above + inside
    }

    fn byte_at(&self, source: &str, offset: f32) -> usize {
        let mut top = 0.0;
        for chunk in &self.chunks {
            let height = chunk.height.unwrap_or_else(|| guess(source, chunk));
            if offset < top + height {
                let part = ((offset - top) / height.max(1.0)).clamp(0.0, 1.0);
                return chunk.range.start + scaled(chunk.range.len(), part);
            }
            top += height;
        }
        source.len()
    }

    /// Cuts the source into blocks when it has changed; a block that is still there keeps its height.
    fn read(&mut self, source: &str, version: u64, width: f32) {
        if self.of == Some((version, width)) {
            return;
        }
        let is_other_width = self.of.is_none_or(|(_, known)| (known - width).abs() > 0.5);
        let known: HashMap<u64, f32> = if is_other_width {
            HashMap::new()
        } else {
            self.chunks.iter().filter_map(|chunk| Some((chunk.hash, chunk.height?))).collect()
        };
        self.of = Some((version, width));
        self.chunks = blocks(source)
            .into_iter()
            .map(|range| {
                let text = source.get(range.clone()).unwrap_or_default();
                let hash = hash_of(text);
                let is_picture = text.trim().starts_with("![") && text.contains(&format!("]({WHY_PICTURE})"));
                Chunk { range, hash, height: known.get(&hash).copied(), is_picture }
            })
            .collect();
    }
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn guess(source: &str, chunk: &Chunk) -> f32 {
    let lines = source.get(chunk.range.clone()).map_or(1, |text| text.lines().count());
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * LINE + space::S
}

#[expect(clippy::cast_precision_loss, reason = "a place inside a block, to the point")]
fn share(range: &Range<usize>, byte: usize) -> f32 {
    (byte.saturating_sub(range.start) as f32 / range.len().max(1) as f32).min(1.0)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place inside a block, to the line; `part` is from 0 to 1"
)]
fn scaled(length: usize, part: f32) -> usize {
    (length as f32 * part) as usize
}

/// The blocks of the first level, in bytes.
fn blocks(source: &str) -> Vec<Range<usize>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        match event {
            Event::Start(_) => {
                if depth == 0 {
                    found.push(range);
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ if depth == 0 => found.push(range),
            _ => {}
        }
    }
    found
}

/// The why tree, as wide as there is room and no wider than it was laid out.
fn picture_ui(ui: &mut Ui, tokens: &Tokens, detail: &IssueDetail, reveal: &Reveal<'_>) {
    let shown = |text: &Unredacted| Ok::<_, Infallible>(reveal.shown(text.expose()).into());
    let Ok(whys) = reworded(&detail.whys, shown);
    let picture = WhyPicture::of(&whys, &detail.evidence);
    let [width, height] = picture.size;
    let scale = (ui.available_width() / width.max(1.0)).min(1.0);
    let (rect, response) = ui.allocate_exact_size(vec2(width, height) * scale, Sense::hover());
    let name = format!("Why tree: {}", picture.description);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    if ui.is_rect_visible(rect) {
        for shape in &picture.shapes {
            Pen { ui, tokens, origin: rect.min, scale }.draw(shape);
        }
    }
}

struct Pen<'a> {
    ui: &'a Ui,
    tokens: &'a Tokens,
    origin: Pos2,
    scale: f32,
}

impl Pen<'_> {
    fn at(&self, [x, y]: [f32; 2]) -> Pos2 {
        self.origin + vec2(x, y) * self.scale
    }

    fn draw(&self, shape: &Shape) {
        let painter = self.ui.painter();
        match shape {
            Shape::Box { at, size: [width, height], radius, fill, frame: (frame, thick), is_dashed } => {
                let rect = Rect::from_min_size(self.at(*at), Vec2::new(*width, *height) * self.scale);
                let stroke = Stroke::new(thick * self.scale, self.color(*frame));
                if *is_dashed {
                    painter.rect_filled(rect, radius * self.scale, self.color(*fill));
                    let corners =
                        [rect.left_top(), rect.right_top(), rect.right_bottom(), rect.left_bottom(), rect.left_top()];
                    painter.extend(egui::Shape::dashed_line(&corners, stroke, 5.0 * self.scale, 4.0 * self.scale));
                } else {
                    painter.rect(rect, radius * self.scale, self.color(*fill), stroke, StrokeKind::Middle);
                }
            }
            Shape::Line { points, tone, width, is_dashed } => {
                let points: Vec<Pos2> = points.iter().map(|point| self.at(*point)).collect();
                let stroke = Stroke::new(width * self.scale, self.color(*tone));
                if *is_dashed {
                    painter.extend(egui::Shape::dashed_line(&points, stroke, 5.0 * self.scale, 4.0 * self.scale));
                } else {
                    painter.add(egui::Shape::line(points, stroke));
                }
            }
            Shape::Circle { center, radius, fill, frame } => {
                let stroke = Stroke::new(1.5 * self.scale, self.color(*frame));
                painter.circle(self.at(*center), radius * self.scale, self.color(*fill), stroke);
            }
            Shape::Text { at, size, is_bold, tone, words } => {
                let style = if *is_bold { Type::Strong } else { Type::Body };
                let font = FontId::new(size * self.scale, style.font().family);
                let galley = painter.layout_no_wrap(words.clone(), font, self.color(*tone));
                let base = galley.rows.first().and_then(|row| row.glyphs.first()).map_or(0.0, |glyph| glyph.pos.y);
                let at = self.at(*at);
                painter.galley(pos2(at.x, at.y - base), galley, self.color(*tone));
            }
        }
    }

    const fn color(&self, tone: Tone) -> Color32 {
        let tokens = self.tokens;
        match tone {
            Tone::Ground => tokens.panel,
            Tone::Border => tokens.border_strong,
            Tone::Text => tokens.text,
            Tone::Muted => tokens.muted,
            Tone::Confirmed => tokens.ok,
            Tone::Open => tokens.warn,
            Tone::Refuted => tokens.bad,
            Tone::Accent => tokens.accent,
            Tone::OnAccent => tokens.on_accent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_the_first_level_are_found_with_their_bytes() {
        let source = "# Ü\n\npara\ngraph\n\n- a\n  - b\n- c\n\n---\n\n| a |\n|---|\n| b |\n";
        let texts: Vec<_> = blocks(source).into_iter().filter_map(|range| source.get(range)).map(str::trim).collect();
        assert_eq!(texts, ["# Ü", "para\ngraph", "- a\n  - b\n- c", "---", "| a |\n|---|\n| b |"]);
    }

    #[test]
    fn the_top_of_the_preview_and_the_source_lead_to_each_other() {
        let source = "# A\n\none\n\ntwo\n";
        let mut preview = Preview::default();
        preview.read(source, 1, 400.0);
        for chunk in &mut preview.chunks {
            chunk.height = Some(100.0);
        }
        assert_eq!(preview.top_of(source, 5).to_bits(), 100.0_f32.to_bits());
        assert_eq!(preview.byte_at(source, 100.0), 5);
        assert_eq!(preview.byte_at(source, 999.0), source.len());
        // A block that did not change keeps its height when the text does.
        preview.read("# A\n\nONE\n\ntwo\n", 2, 400.0);
        let heights: Vec<_> = preview.chunks.iter().map(|chunk| chunk.height).collect();
        assert_eq!(heights, [Some(100.0), None, Some(100.0)]);
    }
}
