//! The why tree as a picture: one layout, drawn as SVG for files and as shapes by the window.
//!
//! The tree grows downward and each level is set in, so that it is read like the list beside it and fits a page however
//! many branches it has. States are told by a mark, a word and the frame's dashes; colors only repeat it.

use super::log_story::said;
use super::measure::{width, wrap};
use crate::domain::{Evidence, Join, Unredacted, Why, WhyState, WhyTree};
use std::fmt::Write as _;

/// What an image in a document refers to when it means this picture: writers and the preview draw it in its place.
pub const WHY_PICTURE: &str = "why-tree.svg";

/// Width of the picture unless the tree is very deep, in units of about a pixel.
const PAGE: f32 = 680.0;
const MARGIN: f32 = 12.0;
/// How far each level is set in.
const STEP: f32 = 30.0;
/// A box is never narrower than this.
const NARROWEST: f32 = 300.0;
const GAP: f32 = 14.0;
const PADDING: f32 = 12.0;
/// Where words begin in a box: behind the mark of its state.
const TEXT_AT: f32 = 38.0;
const MARK_RADIUS: f32 = 8.5;
const CAPTION: f32 = 11.0;
const QUESTION: f32 = 12.0;
const ANSWER: f32 = 13.5;
const LEADING: f32 = 1.36;

/// What a shape means. The window has a color for each in both themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Ground,
    Border,
    Text,
    Muted,
    /// Of a confirmed why.
    Confirmed,
    /// Of a why that is not decided.
    Open,
    /// Of a refuted why.
    Refuted,
    /// Of a root cause.
    Accent,
    /// On the accent's ground.
    OnAccent,
}

impl Tone {
    /// On white paper.
    const fn on_paper(self) -> &'static str {
        match self {
            Self::Border => "#b9c2cd",
            Self::Text => "#1a2028",
            Self::Muted => "#56616e",
            Self::Confirmed => "#157556",
            Self::Open => "#7a5200",
            Self::Refuted => "#a03530",
            Self::Accent => "#1c55c0",
            Self::Ground | Self::OnAccent => "#ffffff",
        }
    }
}

/// A point, from the picture's upper left corner.
pub type Point = [f32; 2];

/// One thing to draw. Later ones cover earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    Box {
        at: Point,
        size: Point,
        radius: f32,
        fill: Tone,
        /// Tone and width of the frame.
        frame: (Tone, f32),
        is_dashed: bool,
    },
    Line {
        points: Vec<Point>,
        tone: Tone,
        width: f32,
        is_dashed: bool,
    },
    Circle {
        center: Point,
        radius: f32,
        fill: Tone,
        frame: Tone,
    },
    Text {
        /// The left end of the base line.
        at: Point,
        size: f32,
        is_bold: bool,
        tone: Tone,
        words: String,
    },
}

/// A laid out why tree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WhyPicture {
    /// Width and height.
    pub size: Point,
    pub shapes: Vec<Shape>,
    /// The picture in one sentence, for those who do not see it.
    pub description: String,
}

/// The why tree as a whole SVG document, with text as text. The tree holds its texts as the reader is to see them: for
/// readers outside, whoever calls puts placeholders into the tree first.
pub fn svg(whys: &WhyTree, evidence: &[Evidence]) -> String {
    let picture = WhyPicture::of(whys, evidence);
    let [width, height] = picture.size;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"Inter, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans', sans-serif\">\n\
         <title>Why tree</title>\n<desc>{}</desc>\n",
        escaped(&picture.description)
    );
    for shape in &picture.shapes {
        svg.push_str(&element(shape));
        svg.push('\n');
    }
    svg.push_str("</svg>\n");
    svg
}

fn element(shape: &Shape) -> String {
    match shape {
        Shape::Box { at: [x, y], size: [width, height], radius, fill, frame: (frame, thick), is_dashed } => {
            let (fill, frame) = (fill.on_paper(), frame.on_paper());
            format!(
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"{radius}\" \
                 fill=\"{fill}\" stroke=\"{frame}\" stroke-width=\"{thick}\"{}/>",
                dashes(*is_dashed)
            )
        }
        Shape::Line { points, tone, width, is_dashed } => {
            let points: Vec<String> = points.iter().map(|[x, y]| format!("{x:.1},{y:.1}")).collect();
            format!(
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" \
                 stroke-linecap=\"round\" stroke-linejoin=\"round\"{}/>",
                points.join(" "),
                tone.on_paper(),
                dashes(*is_dashed)
            )
        }
        Shape::Circle { center: [x, y], radius, fill, frame } => format!(
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{}\" stroke=\"{}\" stroke-width=\"1.5\"/>",
            fill.on_paper(),
            frame.on_paper()
        ),
        Shape::Text { at: [x, y], size, is_bold, tone, words } => {
            let weight = if *is_bold { " font-weight=\"600\"" } else { "" };
            let (fill, words) = (tone.on_paper(), escaped(words));
            format!("<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{fill}\"{weight}>{words}</text>")
        }
    }
}

const fn dashes(is_dashed: bool) -> &'static str {
    if is_dashed { " stroke-dasharray=\"5 4\"" } else { "" }
}

/// XML cannot hold most control characters, not even escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')) {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c => escaped.push(c),
        }
    }
    escaped
}

impl WhyPicture {
    /// Lays the tree out. The same tree gives the same picture.
    pub fn of(whys: &WhyTree, evidence: &[Evidence]) -> Self {
        let mut layout = Layout { whys, evidence, y: MARGIN, right: PAGE, boxes: Vec::new(), lines: Vec::new() };
        layout.below(None, 0);
        let size = [layout.right, layout.y - GAP + MARGIN];
        let (mut shapes, boxes) = (layout.lines, layout.boxes);
        shapes.extend(boxes);
        Self { size, shapes, description: description(whys) }
    }
}

fn description(whys: &WhyTree) -> String {
    let rows = whys.walk();
    let count = |state| rows.iter().filter(|(_, why)| why.state == state).count();
    let levels = rows.iter().map(|(level, _)| *level).max().unwrap_or(0);
    let (confirmed, refuted) = (count(WhyState::Confirmed), count(WhyState::Refuted));
    let roots = whys.root_causes().len();
    let mut words = format!("{} whys on {levels} levels: {confirmed} confirmed, {refuted} refuted", rows.len());
    write!(words, ", {roots} declared as root cause").ok();
    words
}

/// Where the layout has come to.
struct Layout<'a> {
    whys: &'a WhyTree,
    evidence: &'a [Evidence],
    /// Where the next box begins.
    y: f32,
    right: f32,
    boxes: Vec<Shape>,
    /// Below the boxes.
    lines: Vec<Shape>,
}

impl Layout<'_> {
    /// Puts the causes of `parent`; returns the height at which each is reached.
    fn below(&mut self, parent: Option<&Why>, depth: u16) -> Vec<(f32, WhyState)> {
        let children: Vec<&Why> = self.whys.children(parent.map(|why| why.id)).collect();
        if let Some(parent) = parent.filter(|_| children.len() > 1) {
            self.join(parent.join, depth);
        }
        let mut reached = Vec::new();
        for why in children {
            reached.push((self.y + 22.0, why.state));
            self.node(why, depth);
            let (left, bottom) = (left(depth), self.y - GAP);
            let causes = self.below(Some(why), depth.saturating_add(1));
            self.connect((left + STEP / 2.0, bottom), &causes);
        }
        reached
    }

    /// The word between the causes of one effect.
    fn join(&mut self, join: Join, depth: u16) {
        let words = match join {
            Join::And => "caused by all of:",
            Join::Or => "caused by any of:",
        };
        let at = [left(depth), self.y + 4.0];
        self.boxes.push(line_of_text(at, (CAPTION, false), Tone::Muted, words));
        self.y += 14.0;
    }

    fn connect(&mut self, (x, from): (f32, f32), causes: &[(f32, WhyState)]) {
        // Where lines share a way, the confirmed one is seen.
        let (last, first): (Vec<_>, Vec<_>) = causes.iter().partition(|(_, state)| *state == WhyState::Confirmed);
        for (y, state) in first.into_iter().chain(last) {
            self.lines.push(Shape::Line {
                points: vec![[x, from], [x, y], [x + STEP / 2.0, y]],
                tone: if state == WhyState::Confirmed { Tone::Confirmed } else { Tone::Border },
                width: if state == WhyState::Confirmed { 2.0 } else { 1.5 },
                is_dashed: matches!(state, WhyState::Proposed | WhyState::Refuted),
            });
        }
    }

    fn node(&mut self, why: &Why, depth: u16) {
        let left = left(depth);
        let wide = (PAGE - MARGIN - left).max(NARROWEST);
        self.right = self.right.max(left + wide + MARGIN);
        let room = wide - TEXT_AT - PADDING;
        let frame_at = self.boxes.len();
        let top = self.y;
        self.y += PADDING;
        self.head(why, (left, room), u32::from(depth) + 1);
        let x = left + TEXT_AT;
        if !why.question.is_blank() {
            self.paragraph(why.question.expose(), x, room, (QUESTION, false, Tone::Muted));
        }
        let is_refuted = why.state == WhyState::Refuted;
        if why.answer.is_blank() {
            self.paragraph("No answer yet", x, room, (ANSWER, false, Tone::Open));
        } else {
            let tone = if is_refuted { Tone::Muted } else { Tone::Text };
            self.paragraph(said(why, self.evidence).words, x, room, (ANSWER, !is_refuted, tone));
        }
        self.y += PADDING - 2.0;
        let frame = frame([left, top], [wide, self.y - top], why);
        self.boxes.insert(frame_at, frame);
        self.mark(why.state, [left + 20.0, top + 22.0]);
        self.y += GAP;
    }

    /// Level, state, evidence, and whether it is a root cause.
    fn head(&mut self, why: &Why, (left, room): (f32, f32), level: u32) {
        let mut numbers: Vec<u32> =
            self.evidence.iter().filter(|pin| why.evidence.contains(&pin.id)).map(|pin| pin.number).collect();
        numbers.sort_unstable();
        let marks: Vec<String> = numbers.iter().map(|number| format!("[E{number}]")).collect();
        let words = format!("Why {level} · {} {}", why.state.label(), marks.join(" "));
        let tone = tone(why.state);
        let badge = why.root_cause.map(|category| format!("Root cause: {}", category.label().to_lowercase()));
        let badge_width = badge.as_ref().map_or(0.0, |words| width(words, CAPTION) + 26.0);
        if let Some(words) = badge {
            let (x, y) = (left + TEXT_AT + room - badge_width + 10.0, self.y - 3.0);
            let size = [badge_width - 10.0, 18.0];
            let (fill, frame) = (Tone::Accent, (Tone::Accent, 1.0));
            self.boxes.push(Shape::Box { at: [x, y], size, radius: 9.0, fill, frame, is_dashed: false });
            self.boxes.push(line_of_text([x + 8.0, y + 13.0], (CAPTION, true), Tone::OnAccent, &words));
        }
        self.paragraph(words.trim_end(), left + TEXT_AT, room - badge_width, (CAPTION, true, tone));
        self.y += 1.0;
    }

    fn paragraph(&mut self, text: &str, x: f32, room: f32, (size, is_bold, tone): (f32, bool, Tone)) {
        for line in wrap(text, size, room) {
            self.boxes.push(line_of_text([x, self.y + size], (size, is_bold), tone, &line));
            self.y += (size * LEADING).round();
        }
    }

    /// A tick, a question mark, three dots or a cross.
    fn mark(&mut self, state: WhyState, [x, y]: Point) {
        let (tone, is_full) = (tone(state), state == WhyState::Confirmed);
        let fill = if is_full { tone } else { Tone::Ground };
        self.boxes.push(Shape::Circle { center: [x, y], radius: MARK_RADIUS, fill, frame: tone });
        let stroke = |points| Shape::Line {
            points,
            tone: if is_full { Tone::OnAccent } else { tone },
            width: 1.8,
            is_dashed: false,
        };
        match state {
            WhyState::Confirmed => {
                self.boxes.push(stroke(vec![[x - 4.0, y + 0.2], [x - 1.2, y + 3.2], [x + 4.2, y - 3.2]]));
            }
            WhyState::Refuted => {
                self.boxes.push(stroke(vec![[x - 3.2, y - 3.2], [x + 3.2, y + 3.2]]));
                self.boxes.push(stroke(vec![[x + 3.2, y - 3.2], [x - 3.2, y + 3.2]]));
            }
            WhyState::Possible => {
                self.boxes.push(line_of_text([x - 3.4, y + 4.3], (12.0, true), tone, "?"));
            }
            WhyState::Proposed => {
                for dx in [-3.8, 0.0, 3.8] {
                    let (fill, frame) = (tone, tone);
                    self.boxes.push(Shape::Circle { center: [x + dx, y], radius: 0.6, fill, frame });
                }
            }
        }
    }
}

fn left(depth: u16) -> f32 {
    MARGIN + f32::from(depth) * STEP
}

fn frame(at: Point, size: Point, why: &Why) -> Shape {
    let frame = match (why.root_cause, why.state) {
        (Some(_), _) => (Tone::Accent, 2.0),
        (None, WhyState::Confirmed) => (Tone::Confirmed, 1.5),
        (None, WhyState::Possible | WhyState::Proposed | WhyState::Refuted) => (Tone::Border, 1.2),
    };
    let is_dashed = matches!(why.state, WhyState::Proposed | WhyState::Refuted);
    Shape::Box { at, size, radius: 8.0, fill: Tone::Ground, frame, is_dashed }
}

const fn tone(state: WhyState) -> Tone {
    match state {
        WhyState::Confirmed => Tone::Confirmed,
        WhyState::Possible | WhyState::Proposed => Tone::Open,
        WhyState::Refuted => Tone::Refuted,
    }
}

fn line_of_text(at: Point, (size, is_bold): (f32, bool), tone: Tone, words: &str) -> Shape {
    Shape::Text { at, size, is_bold, tone, words: words.to_owned() }
}

/// The same tree with other texts: what `with` makes of each question, answer and model's name.
pub fn reworded<E>(whys: &WhyTree, mut with: impl FnMut(&Unredacted) -> Result<Unredacted, E>) -> Result<WhyTree, E> {
    let whys = whys.all().iter().map(|why| {
        let (question, answer) = (with(&why.question)?, with(&why.answer)?);
        Ok(Why { question, answer, ..why.clone() })
    });
    Ok(WhyTree::new(whys.collect::<Result<_, E>>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Author, EvidenceId, EvidenceSource, IssueId, RootCauseCategory, WhyId};
    use jiff::Timestamp;

    fn why(parent: Option<&Why>, answer: &str, state: WhyState) -> Why {
        Why {
            id: WhyId::new(),
            issue: IssueId::new(),
            parent: parent.map(|why| why.id),
            order: 0,
            question: "Why did charges fail?".into(),
            answer: answer.into(),
            state,
            join: Join::And,
            author: Author::User,
            evidence: Vec::new(),
            root_cause: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    fn words(picture: &WhyPicture) -> Vec<&str> {
        let words = picture.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { words, .. } => Some(words.as_str()),
            _ => None,
        });
        words.collect()
    }

    #[test]
    fn states_evidence_and_root_cause_are_told_in_words() {
        let top = why(None, "the pool was exhausted", WhyState::Confirmed);
        let mut cause = why(Some(&top), "its size was cut", WhyState::Confirmed);
        cause.root_cause = Some(RootCauseCategory::Configuration);
        let pin = Evidence {
            id: EvidenceId::new(),
            issue: top.issue,
            number: 7,
            source: EvidenceSource::Note,
            snippet: "x".into(),
            created_at: Timestamp::UNIX_EPOCH,
        };
        cause.evidence = vec![pin.id];
        let other = Why { order: 1, ..why(Some(&top), "more traffic", WhyState::Refuted) };
        let picture = WhyPicture::of(&WhyTree::new(vec![top, cause, other]), &[pin]);
        let words = words(&picture);
        for expected in [
            "Why 2 · confirmed [E7]",
            "Root cause: configuration",
            "Why 2 · refuted",
            "caused by all of:",
            "more traffic",
        ] {
            assert!(words.contains(&expected), "{expected}: {words:?}");
        }
    }

    #[test]
    fn nothing_leaves_the_picture_however_deep_and_long() {
        let mut whys = vec![why(None, "x", WhyState::Possible)];
        for _ in 0..30 {
            let next = why(whys.last(), &"a long answer of many words ".repeat(9), WhyState::Proposed);
            whys.push(next);
        }
        let picture = WhyPicture::of(&WhyTree::new(whys), &[]);
        let [wide, high] = picture.size;
        for shape in &picture.shapes {
            let [right, bottom] = match shape {
                Shape::Box { at: [x, y], size: [width, height], .. } => [x + width, y + height],
                Shape::Text { at: [x, y], size, words, .. } => [x + width(words, *size), *y],
                Shape::Circle { center: [x, y], radius, .. } => [x + radius, y + radius],
                Shape::Line { points, .. } => *points.last().unwrap(),
            };
            assert!(right <= wide && bottom <= high, "{shape:?} in {wide} × {high}");
        }
    }

    #[test]
    fn a_hostile_text_stays_text() {
        let tree = WhyTree::new(vec![why(None, "</text><script>\u{0}&amp;\"", WhyState::Possible)]);
        let svg = svg(&tree, &[]);
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;&amp;amp;&quot;"), "{svg}");
        assert!(!svg.contains("<script") && !svg.contains('\u{0}'));
    }
}
