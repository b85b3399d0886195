//! A log's text before and after redaction, page by page.

use crate::domain::{LogFile, LogFileId};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons;
use crate::ui::state::{IssueState, RedactionPage, Slot};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Pressed, error_panel, icon_button, icon_button_enabled, marked_line_ui, menu_select, segmented, skeleton, text,
};
use crate::worker::{Command, IssueDetail, PreviewLine, PrivacyCommand};
use egui::{Align, Frame, Label, Layout, RichText, ScrollArea, Ui};

/// Lines of a page.
const PAGE: u32 = 256;
const ROW: f32 = 20.0;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
    Before,
    #[default]
    After,
    Both,
}

/// The text of one log.
#[derive(Debug, Default)]
pub(super) struct Preview {
    log: Option<LogFileId>,
    side: Side,
    /// The first line of the page, from 1.
    first: u64,
    /// The line of the finding that was gone to.
    here: Option<u64>,
    scroll_to: Option<u64>,
    /// Looking for the next finding on the pages to come: forward or back.
    seeks: Option<bool>,
}

impl Preview {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, state: &IssueState, detail: &IssueDetail) {
        let chosen = detail.logs.iter().find(|log| Some(log.id) == self.log);
        let with_findings = || detail.logs.iter().find(|log| log.findings != Some(0));
        let Some(log) = chosen.or_else(with_findings).or_else(|| detail.logs.first()) else { return };
        if self.log != Some(log.id) {
            *self = Self { log: Some(log.id), side: self.side, first: 1, ..Self::default() };
        }
        let page = state.redaction_previews.get(&log.id);
        let shown = page.and_then(|page| page.value()).filter(|page| page.first == self.first);
        let asked = page.is_some_and(|page| page.is_loading() || page.failure().is_some());
        if shown.is_none() && !asked {
            self.ask(cx, log);
        }
        self.bar_ui(ui, cx, detail, (log, shown));
        ui.add_space(space::S);
        if let Some(failure) = page.and_then(|page| page.failure()) {
            match error_panel(ui, cx.tokens, failure) {
                Pressed::Retry => self.ask(cx, log),
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
            return;
        }
        let Some(page) = shown else { return skeleton(ui, cx.tokens, 10) };
        if let Some(forward) = self.seeks {
            self.seek(page, log, forward);
        }
        self.lines_ui(ui, cx.tokens, page);
    }

    fn ask(&self, cx: &mut ViewContext<'_>, log: &LogFile) {
        let preview = PrivacyCommand::PreviewLog { log: log.id, first: self.first, count: PAGE };
        cx.submit(Slot::RedactionPreview(log.id), Command::Privacy(preview));
    }

    fn bar_ui(
        &mut self,
        ui: &mut Ui,
        cx: &ViewContext<'_>,
        detail: &IssueDetail,
        (log, page): (&LogFile, Option<&RedactionPage>),
    ) {
        let tokens = cx.tokens;
        ui.horizontal(|ui| {
            let sides = [(Side::Before, "Before"), (Side::After, "After"), (Side::Both, "Side by side")];
            segmented(ui, tokens, &mut self.side, &sides);
            let choices: Vec<_> = detail.logs.iter().map(|log| (log.id, log.file_name.as_str())).collect();
            if let Some(chosen) = menu_select(ui, tokens, "Log", (&log.file_name, tokens.muted), &choices) {
                self.log = Some(chosen);
                *self = Self { log: self.log, side: self.side, first: 1, ..Self::default() };
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let last = self.first.saturating_add(u64::from(PAGE)) > log.line_count;
                if icon_button_enabled(ui, tokens, icons::CHEVRON_RIGHT, "Next page", !last).clicked() {
                    self.turn(true);
                }
                if icon_button_enabled(ui, tokens, icons::CHEVRON_LEFT, "Previous page", self.first > 1).clicked() {
                    self.turn(false);
                }
                let until = (self.first + u64::from(PAGE) - 1).min(log.line_count);
                let lines = format!("{}–{}", format::count(self.first), format::count(until));
                text(ui, &lines, Type::Caption, tokens.muted);
                if icon_button(ui, tokens, icons::ARROW_DOWN, "Next finding").clicked() {
                    self.seeks = Some(true);
                }
                if icon_button(ui, tokens, icons::ARROW_UP, "Previous finding").clicked() {
                    self.seeks = Some(false);
                }
                if page.is_none() || self.seeks.is_some() {
                    text(ui, "Reading…", Type::Caption, tokens.muted);
                }
            });
        });
    }

    const fn turn(&mut self, forward: bool) {
        let by = PAGE as u64;
        self.first = if forward { self.first + by } else { self.first.saturating_sub(by) };
        if self.first == 0 {
            self.first = 1;
        }
        self.here = None;
        self.scroll_to = Some(self.first);
    }

    /// Goes to the next finding of this page, else on to the page behind it.
    fn seek(&mut self, page: &RedactionPage, log: &LogFile, forward: bool) {
        let mut found = page.before.iter().filter(|line| !line.marks.is_empty()).map(|line| line.number);
        let next = if forward {
            found.find(|number| self.here.is_none_or(|here| *number > here))
        } else {
            found.rfind(|number| self.here.is_none_or(|here| *number < here))
        };
        let is_end = if forward { self.first + u64::from(PAGE) > log.line_count } else { self.first <= 1 };
        match next {
            Some(number) => {
                self.here = Some(number);
                self.scroll_to = Some(number);
                self.seeks = None;
            }
            None if is_end => self.seeks = None,
            None => self.turn(forward),
        }
    }

    fn lines_ui(&mut self, ui: &mut Ui, tokens: &Tokens, page: &RedactionPage) {
        let frame = Frame::new().fill(tokens.sunken).corner_radius(6).inner_margin(6);
        frame.show(ui, |ui| {
            let mut area = ScrollArea::both().id_salt(("text", page.first)).auto_shrink(false);
            if let Some(line) = self.scroll_to.take() {
                let row = u16::try_from(line.saturating_sub(page.first)).unwrap_or(u16::MAX);
                area = area.vertical_scroll_offset((f32::from(row) * ROW - 80.0).max(0.0));
            }
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.spacing_mut().interact_size.y = ROW;
            area.show_rows(ui, ROW, page.before.len(), |ui, rows| {
                let half = (ui.clip_rect().width() - 24.0) / 2.0;
                for (before, after) in page.before.iter().zip(&page.after).skip(rows.start).take(rows.len()) {
                    self.line_ui(ui, tokens, (before, after), half);
                }
            });
        });
    }

    fn line_ui(&self, ui: &mut Ui, tokens: &Tokens, lines: (&PreviewLine, &PreviewLine), half: f32) {
        ui.horizontal(|ui| {
            ui.set_height(ROW);
            self.sides_ui(ui, tokens, lines, half);
        });
    }

    fn sides_ui(&self, ui: &mut Ui, tokens: &Tokens, (before, after): (&PreviewLine, &PreviewLine), half: f32) {
        let color = if self.here == Some(before.number) { tokens.accent } else { tokens.muted };
        let number = RichText::new(format!("{:>6}", before.number)).font(Type::Code.font()).color(color);
        ui.add(Label::new(number).extend());
        match self.side {
            Side::Before => marked_line_ui(ui, tokens, before.text.expose(), &before.marks),
            Side::After => marked_line_ui(ui, tokens, after.text.expose(), &after.marks),
            Side::Both => {
                for (line, width) in [(before, half - 60.0), (after, half)] {
                    let (_, rect) = ui.allocate_space(egui::vec2(width.max(120.0), ROW));
                    let mut child = ui
                        .new_child(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)));
                    child.set_clip_rect(rect.intersect(ui.clip_rect()));
                    marked_line_ui(&mut child, tokens, line.text.expose(), &line.marks);
                }
            }
        }
    }
}
