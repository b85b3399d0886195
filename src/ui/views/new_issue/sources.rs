//! The logs that a new issue begins with: dropped, browsed for, typed as paths, or pasted.

use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::pick::PickPurpose;
use crate::ui::state::{Notice, Tone};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{BESIDE_FIELD, Field, Kind, button, button_enabled, icon_button, section, text, truncated};
use crate::worker::LogSource;
use egui::{Align, Frame, Key, Layout, Stroke, Ui};
use std::path::{Path, PathBuf};

/// One source a line: `file` or `pasted`, a tab, its path or name.
const LIST: &str = "new/sources";
const PATH: &str = "new/path";
const PASTE: &str = "new/paste";

/// The chosen logs are drafts too; this is what is only of the window.
#[derive(Debug, Default)]
pub(super) struct Sources {
    is_pasting: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    File(String),
    /// Its text is the draft with this name.
    Pasted(String),
}

impl Sources {
    /// Takes what was dropped on the window or chosen in the dialog.
    pub(super) fn collect(ui: &Ui, cx: &mut ViewContext<'_>) {
        let dropped: Vec<PathBuf> =
            ui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect());
        let picked = cx.take_picked(PickPurpose::NewIssueLogs);
        for path in dropped.iter().chain(&picked) {
            add_file(cx, path);
        }
    }

    pub(super) fn are_empty(cx: &mut ViewContext<'_>) -> bool {
        [LIST, PATH, PASTE].iter().all(|key| cx.draft(key).is_empty())
    }

    /// What is attached, for the worker.
    pub(super) fn logs(cx: &mut ViewContext<'_>) -> Vec<LogSource> {
        let sources = list(cx.draft(LIST));
        let to_log = |source| match source {
            Source::File(path) => LogSource::File(PathBuf::from(path)),
            Source::Pasted(name) => {
                let text = cx.draft(&pasted_key(&name)).as_str().into();
                LogSource::Pasted { name, text }
            }
        };
        sources.into_iter().map(to_log).collect()
    }

    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        section(ui, tokens, "Logs");
        self.drop_zone_ui(ui, cx);
        ui.add_space(space::XS);
        path_ui(ui, cx);
        if self.is_pasting {
            self.paste_ui(ui, cx);
        }
        let sources = list(cx.draft(LIST));
        if !sources.is_empty() {
            ui.add_space(space::S);
            let count = format!("{} chosen", format::count(sources.len() as u64));
            text(ui, &count, Type::Caption, tokens.muted);
        }
        for source in sources {
            if source_ui(ui, cx, &source) {
                remove(cx, &source);
            }
        }
    }

    fn drop_zone_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let hovering = ui.input(|input| !input.raw.hovered_files.is_empty());
        let (fill, stroke) = if hovering {
            (tokens.accent_tint, Stroke::new(2.0, tokens.accent))
        } else {
            (tokens.panel, Stroke::new(1.0, tokens.border_strong))
        };
        Frame::new().fill(fill).stroke(stroke).corner_radius(8).inner_margin(space::L).show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.vertical_centered(|ui| {
                ui.label(icon(icons::UPLOAD, 20.0).color(if hovering { tokens.accent } else { tokens.muted }));
                text(ui, "Drop log files here", Type::Body, tokens.text);
                text(ui, "Any text, also .gz and .zst", Type::Caption, tokens.muted);
            });
            ui.add_space(space::XS);
            ui.horizontal(|ui| {
                let buttons = 214.0;
                ui.add_space(((ui.available_width() - buttons) / 2.0).max(0.0));
                if button(ui, tokens, Kind::Secondary, Some(icons::FOLDER_OPEN), "Browse").clicked() {
                    cx.pick_files(PickPurpose::NewIssueLogs);
                }
                if button(ui, tokens, Kind::Secondary, Some(icons::CLIPBOARD), "Paste text").clicked() {
                    self.is_pasting = !self.is_pasting;
                }
            });
        });
    }

    fn paste_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        Field::new("Text to attach").rows(6).code().ui(ui, tokens, cx.draft(PASTE));
        ui.horizontal(|ui| {
            let ready = !cx.draft(PASTE).trim().is_empty();
            if button_enabled(ui, tokens, (Kind::Secondary, ready), Some(icons::PLUS), "Attach the text").clicked() {
                attach_pasted(cx);
                self.is_pasting = false;
            }
            if button(ui, tokens, Kind::Ghost, None, "Cancel pasting").clicked() {
                cx.clear_draft(PASTE);
                self.is_pasting = false;
            }
        });
    }
}

fn path_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    ui.horizontal_top(|ui| {
        let width = (ui.available_width() - 82.0).max(120.0);
        let response = ui.vertical(|ui| {
            ui.set_width(width);
            Field::new("Path of a log").hint("/var/log/app.log").code().ui(ui, tokens, cx.draft(PATH))
        });
        let entered = response.inner.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.vertical(|ui| {
            ui.add_space(BESIDE_FIELD);
            let ready = !cx.draft(PATH).trim().is_empty();
            let add = button_enabled(ui, tokens, (Kind::Secondary, ready), Some(icons::PLUS), "Add");
            if ready && (entered || add.clicked()) {
                let path = PathBuf::from(cx.draft(PATH).trim());
                add_file(cx, &path);
                cx.clear_draft(PATH);
            }
        });
    });
}

/// Returns whether it is to be removed.
fn source_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, source: &Source) -> bool {
    let tokens: &Tokens = cx.tokens;
    let (glyph, name, detail) = match source {
        Source::File(path) => (icons::FILE_TEXT, file_name(path).to_owned(), path.clone()),
        Source::Pasted(name) => {
            let size = format::size(cx.draft(&pasted_key(name)).len() as u64);
            (icons::CLIPBOARD, name.clone(), format!("pasted, {size}"))
        }
    };
    let frame = Frame::new().fill(tokens.panel).stroke(Stroke::new(1.0, tokens.border)).corner_radius(6);
    frame
        .inner_margin(egui::Margin::symmetric(10, 4))
        .show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label(icon(glyph, 16.0).color(tokens.muted));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    let remove = icon_button(ui, tokens, icons::X, &format!("Remove {name}")).clicked();
                    ui.with_layout(Layout::top_down(Align::Min), |ui| {
                        ui.spacing_mut().item_spacing.y = 0.0;
                        truncated(ui, &name, Type::Body, tokens.text);
                        truncated(ui, &detail, Type::Caption, tokens.muted);
                    });
                    remove
                })
                .inner
            })
            .inner
        })
        .inner
}

fn add_file(cx: &mut ViewContext<'_>, path: &Path) {
    let Some(path) = path.to_str().filter(|path| !path.contains(['\n', '\t'])) else {
        let notice = Notice::new(Tone::Warn, "This file's name cannot be kept in the form");
        cx.notify(notice.detail("Rename the file, then drop it again"));
        return;
    };
    let mut sources = list(cx.draft(LIST));
    let source = Source::File(path.to_owned());
    if !sources.contains(&source) {
        sources.push(source);
        write_list(cx, &sources);
    }
}

fn attach_pasted(cx: &mut ViewContext<'_>) {
    let mut sources = list(cx.draft(LIST));
    let mut number = 1;
    while sources.contains(&Source::Pasted(format!("pasted-{number}.log"))) {
        number += 1;
    }
    let name = format!("pasted-{number}.log");
    let text = std::mem::take(cx.draft(PASTE));
    *cx.draft(&pasted_key(&name)) = text;
    sources.push(Source::Pasted(name));
    write_list(cx, &sources);
}

fn remove(cx: &mut ViewContext<'_>, source: &Source) {
    if let Source::Pasted(name) = source {
        cx.clear_draft(&pasted_key(name));
    }
    let mut sources = list(cx.draft(LIST));
    sources.retain(|one| one != source);
    write_list(cx, &sources);
}

fn pasted_key(name: &str) -> String {
    format!("new/pasted/{name}")
}

fn file_name(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

fn list(draft: &str) -> Vec<Source> {
    let read = |line: &str| match line.split_once('\t') {
        Some(("file", path)) => Some(Source::File(path.to_owned())),
        Some(("pasted", name)) => Some(Source::Pasted(name.to_owned())),
        _ => None,
    };
    draft.lines().filter_map(read).collect()
}

fn write_list(cx: &mut ViewContext<'_>, sources: &[Source]) {
    let line = |source: &Source| match source {
        Source::File(path) => format!("file\t{path}\n"),
        Source::Pasted(name) => format!("pasted\t{name}\n"),
    };
    *cx.draft(LIST) = sources.iter().map(line).collect();
}
