//! What will be sent, to the letter, before it is.

use crate::domain::Role;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{Kind, Reveal, button, chip, dialog, redacted_line_ui, text, truncated};
use crate::worker::OutgoingPreview;
use egui::{Align, Frame, Layout, ScrollArea, Ui};

/// In place of figures, where the server keeps the conversation.
pub(super) const SENT_BEFORE: &str = "the server has the logs from the start of this session";

/// What the user said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ui::views::issue) enum Verdict {
    Open,
    Send,
    Cancel,
}

/// A line of the text that goes out.
#[derive(Debug)]
enum Line {
    Role(Role),
    Text(String),
}

/// The panel.
#[derive(Debug, Default)]
pub(in crate::ui::views::issue) struct Outgoing {
    lines: Vec<Line>,
    /// What the lines were cut from, to cut them once only: messages and bytes.
    of: (usize, usize),
    /// A section of a document goes without logs, so nothing is said of them.
    is_of_section: bool,
}

impl Outgoing {
    /// Of a section that is to be polished.
    pub(in crate::ui::views::issue) fn of_section() -> Self {
        Self { is_of_section: true, ..Self::default() }
    }

    pub(in crate::ui::views::issue) fn ui(&mut self, ui: &Ui, tokens: &Tokens, preview: &OutgoingPreview) -> Verdict {
        self.cut(preview);
        let (verdict, close) = dialog(ui, tokens, ("What will be sent", 760.0), |ui| {
            facts_ui(ui, tokens, preview, !self.is_of_section);
            ui.add_space(space::S);
            let height = (ui.ctx().content_rect().height() - 330.0).clamp(120.0, 420.0);
            self.text_ui(ui, tokens, height);
            ui.add_space(space::M);
            buttons_ui(ui, tokens, preview)
        });
        if close && verdict == Verdict::Open { Verdict::Cancel } else { verdict }
    }

    fn cut(&mut self, preview: &OutgoingPreview) {
        let messages = &preview.prompt.messages;
        let of = (messages.len(), messages.iter().map(|message| message.text.as_str().len()).sum());
        let is_same = self.of == of && {
            let mut lines = self.lines.iter();
            messages.iter().all(|message| {
                lines.next();
                message
                    .text
                    .as_str()
                    .split('\n')
                    .all(|line| matches!(lines.next(), Some(Line::Text(known)) if known == line))
            })
        };
        if is_same {
            return;
        }
        self.of = of;
        self.lines.clear();
        for message in messages {
            self.lines.push(Line::Role(message.role));
            self.lines.extend(message.text.as_str().split('\n').map(|line| Line::Text(line.to_owned())));
        }
    }

    fn text_ui(&self, ui: &mut Ui, tokens: &Tokens, height: f32) {
        Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(space::S).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = ROW;
            let area = ScrollArea::both().id_salt("outgoing").auto_shrink([false, true]).max_height(height);
            area.show_rows(ui, ROW, self.lines.len(), |ui, rows| {
                for line in self.lines.get(rows).unwrap_or_default() {
                    line_ui(ui, tokens, line);
                }
            });
        });
    }
}

const ROW: f32 = 20.0;

fn line_ui(ui: &mut Ui, tokens: &Tokens, line: &Line) {
    ui.horizontal(|ui| {
        ui.set_height(ROW);
        match line {
            Line::Role(role) => {
                let words = if *role == Role::System { "Instructions" } else { role.label() };
                text(ui, words, Type::Caption, tokens.accent);
            }
            Line::Text(line) => redacted_line_ui(ui, tokens, line, &Reveal { value: &|_| None, shows_values: false }),
        }
    });
}

fn facts_ui(ui: &mut Ui, tokens: &Tokens, preview: &OutgoingPreview, has_logs: bool) {
    ui.horizontal_wrapped(|ui| {
        let (glyph, color, place) = if preview.is_local {
            (icons::SHIELD_CHECK, tokens.ok, "local")
        } else {
            (icons::CLOUD, tokens.warn, "remote")
        };
        ui.label(icon(glyph, 16.0).color(color));
        text(ui, &preview.host, Type::Strong, tokens.text);
        chip(ui, tokens, place, color);
        if preview.is_unredacted {
            chip(ui, tokens, "redaction off", tokens.warn);
        }
        let counts = format!("{} · about {} tokens", preview.prompt.model.as_str(), format::tokens(preview.tokens));
        text(ui, &counts, Type::Body, tokens.muted);
    });
    ui.horizontal_wrapped(|ui| {
        if preview.is_unredacted {
            text(ui, "Real values are in this text: redaction is off for this server", Type::Caption, tokens.warn);
        } else if preview.redacted.is_empty() {
            text(ui, "Nothing had to be redacted", Type::Caption, tokens.muted);
        }
        for (kind, count) in &preview.redacted {
            chip(ui, tokens, &format!("{} {}", kind.label(), format::count(*count)), tokens.redacted_text);
        }
        if preview.kept > 0 {
            chip(ui, tokens, &format!("{} kept by you", format::count(preview.kept)), tokens.warn);
        }
        for image in &preview.images {
            let size = format::size(image.bytes().len() as u64);
            chip(ui, tokens, &format!("{} image, {size}, not redacted", image.kind().label()), tokens.warn);
        }
    });
    if has_logs {
        truncated(ui, &format!("Coverage  {}", coverage_words(preview)), Type::Caption, tokens.muted);
    }
    for left_out in &preview.left_out {
        truncated(ui, &format!("Left out: {left_out}"), Type::Caption, tokens.muted);
    }
    instructions_ui(ui, tokens, &preview.instruction_like);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = space::S;
        let size = format!("{} bytes on the wire", format::count(preview.body_bytes as u64));
        text(ui, &size, Type::Caption, tokens.muted);
        ui.style_mut().interaction.selectable_labels = true;
        let hash = format!("SHA-256 {}", preview.body_sha256);
        truncated(ui, &hash, Type::Caption, tokens.muted)
            .on_hover_text("Of the exact body. The audit log will say the same");
    });
}

fn coverage_words(preview: &OutgoingPreview) -> String {
    let Some(coverage) = preview.coverage else { return SENT_BEFORE.to_owned() };
    let shares = [("lines", coverage.lines), ("templates", coverage.templates), ("time", coverage.time)];
    let mut words: Vec<String> = shares.map(|(name, share)| format!("{name} {}", percent(share))).to_vec();
    words.extend(preview.log_shares.iter().map(|(name, share)| format!("{name} {}", percent(*share))));
    words.join(" · ")
}

fn instructions_ui(ui: &mut Ui, tokens: &Tokens, places: &[String]) {
    /// More than these are counted.
    const SHOWN: usize = 12;
    if places.is_empty() {
        return;
    }
    let shown: Vec<&str> = places.iter().take(SHOWN).map(String::as_str).collect();
    let more = match places.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {} more", format::count(more as u64)),
    };
    ui.horizontal_top(|ui| {
        ui.label(icon(icons::ALERT, 14.0).color(tokens.warn));
        let words = format!("Lines that try to instruct the model: {}{more}", shown.join(", "));
        text(ui, &words, Type::Caption, tokens.warn);
    });
}

/// `4 %`.
pub(super) fn percent(share: f32) -> String {
    format!("{:.0} %", share.clamp(0.0, 1.0) * 100.0)
}

fn buttons_ui(ui: &mut Ui, tokens: &Tokens, preview: &OutgoingPreview) -> Verdict {
    let mut verdict = Verdict::Open;
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if button(ui, tokens, Kind::Primary, Some(icons::SEND), &format!("Send to {}", preview.host)).clicked() {
            verdict = Verdict::Send;
        }
        if button(ui, tokens, Kind::Secondary, None, "Cancel").clicked() {
            verdict = Verdict::Cancel;
        }
    });
    verdict
}
