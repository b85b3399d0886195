//! Version, licences, paths, and what a model can get wrong.

use crate::ui::command::UiCommand;
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Kind, button, card, icon_button, section, text, truncated};
use egui::{Align, CollapsingHeader, Layout, Ui};

/// What the program stands on, and under which licences.
const LICENCES: &[(&str, &str)] = &[
    ("Inter, typeface", "SIL Open Font License 1.1"),
    ("JetBrains Mono, typeface", "SIL Open Font License 1.1"),
    ("Lucide, icons", "ISC"),
    ("egui and eframe, window", "MIT or Apache 2.0"),
    ("SQLCipher, encrypted database", "BSD 3-Clause"),
    ("rusqlite, database access", "MIT"),
    ("OpenSSL, cryptography of the database", "Apache 2.0"),
    ("rustls and ring, encrypted connections", "Apache 2.0, ISC and MIT"),
    ("reqwest, HTTP", "MIT or Apache 2.0"),
    ("Tokio, concurrency", "MIT"),
];

const FONT_TEXTS: &[(&str, &str)] = &[
    ("License of Inter", include_str!("../../../../assets/fonts/Inter-OFL.txt")),
    ("License of JetBrains Mono", include_str!("../../../../assets/fonts/JetBrainsMono-OFL.txt")),
    ("License of Lucide", include_str!("../../../../assets/fonts/LUCIDE-LICENSE.txt")),
];

pub(super) fn page_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    text(ui, concat!("TFTSR ", env!("CARGO_PKG_VERSION")), Type::Title, tokens.text);
    text(ui, "From symptoms and logs to a root cause with evidence", Type::Body, tokens.muted);
    ui.add_space(space::S);
    if button(ui, tokens, Kind::Secondary, Some(icons::HELP), "Keys and help").clicked() {
        cx.run(UiCommand::Help);
    }
    ui.add_space(space::XL);
    section(ui, tokens, "Before you rely on an answer");
    let disclaimer = "Language models make mistakes, and sound certain when they do. Verify each claim against the \
                      evidence before you act on it. Try commands away from production first, and keep back-ups.";
    text(ui, disclaimer, Type::Body, tokens.text);
    ui.add_space(space::XL);
    section(ui, tokens, "Where your data is");
    paths_ui(ui, cx);
    ui.add_space(space::XL);
    section(ui, tokens, "Licenses");
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        row_ui(ui, cx, ("TFTSR", "MIT or Apache 2.0"));
        for row in LICENCES {
            row_ui(ui, cx, *row);
        }
    });
    for (name, words) in FONT_TEXTS {
        CollapsingHeader::new(*name).show(ui, |ui| text(ui, words, Type::Caption, tokens.muted));
    }
}

fn row_ui(ui: &mut Ui, cx: &ViewContext<'_>, (what, licence): (&str, &str)) {
    ui.horizontal(|ui| {
        text(ui, what, Type::Body, cx.tokens.text);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            truncated(ui, licence, Type::Caption, cx.tokens.muted);
        });
    });
}

fn paths_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let Some(session) = &cx.state.session else { return };
    let folder = &session.data_dir;
    let all = [
        ("Data folder", folder.clone()),
        ("Database, encrypted", folder.join("tftsr.db")),
        ("Exports", folder.join("exports")),
        ("Logs of the program", folder.join("logs")),
    ];
    for (name, path) in all {
        let path = path.display().to_string();
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, cx.tokens, icons::COPY, &format!("Copy the path of {}", name.to_lowercase()))
                    .clicked()
                {
                    cx.copy(path.clone());
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| {
                    ui.spacing_mut().item_spacing.y = 0.0;
                    text(ui, name, Type::Caption, cx.tokens.muted);
                    truncated(ui, &path, Type::Code, cx.tokens.text);
                });
            });
        });
    }
}
