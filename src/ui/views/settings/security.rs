//! Where the key comes from, what has been done, and whether all is in order.

use super::care::CarePage;
use crate::domain::{AuditAction, AuditEntry, AuditQuery, AuditVerdict};
use crate::ui::context::ViewContext;
use crate::ui::format;
use crate::ui::icons::{self, icon};
use crate::ui::pick::PickPurpose;
use crate::ui::state::{Loadable, Slot};
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{
    Kind, Pressed, button, button_enabled, card, error_panel, icon_button, section, select, skeleton, text, truncated,
};
use crate::worker::{CheckItem, Command, KeySource, SettingsCommand};
use egui::{Align, CollapsingHeader, Color32, Layout, Ui};

/// Rows asked for at first, and how many more with each press of the button.
const PAGE: u64 = 100;

/// The page, and what its table is narrowed to.
#[derive(Debug, Default)]
pub(super) struct SecurityPage {
    care: CarePage,
    action: Option<AuditAction>,
    asked: Option<AuditQuery>,
    pages: u64,
}

impl SecurityPage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        section(ui, cx.tokens, "Database key");
        key_ui(ui, cx);
        ui.add_space(space::S);
        self.care.key_ui(ui, cx);
        ui.add_space(space::XL);
        section(ui, cx.tokens, "Back-ups");
        self.care.backups_ui(ui, cx);
        self.care.dialogs_ui(ui, cx);
        ui.add_space(space::XL);
        section(ui, cx.tokens, "Check-up");
        doctor_ui(ui, cx);
        ui.add_space(space::XL);
        section(ui, cx.tokens, "Audit log");
        verify_ui(ui, cx);
        self.audit_ui(ui, cx);
    }

    fn audit_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let tokens = cx.tokens;
        let mut choices = vec![(None, "Everything")];
        choices.extend(AuditAction::ALL.iter().map(|action| (Some(*action), action.label())));
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                ui.set_width(280.0);
                if select(ui, tokens, "Action", &mut self.action, &choices) {
                    self.pages = 0;
                }
            });
            ui.with_layout(Layout::bottom_up(Align::Min), |ui| {
                if icon_button(ui, tokens, icons::REFRESH, "Read the audit log again").clicked() {
                    self.asked = None;
                }
            });
        });
        let action = self.action.map(|action| action.as_str().to_owned());
        let query = AuditQuery { action, limit: (self.pages + 1) * PAGE, ..AuditQuery::default() };
        if self.asked.as_ref() != Some(&query) {
            self.asked = Some(query.clone());
            cx.submit(Slot::Audit, Command::Settings(SettingsCommand::ListAudit(query)));
        }
        if let Some(failure) = cx.state.audit.failure() {
            match error_panel(ui, tokens, failure) {
                Pressed::Retry => self.asked = None,
                Pressed::CopyDetails => cx.copy(failure.details.clone()),
                Pressed::Nothing => {}
            }
        }
        let Some(entries) = cx.state.audit.value() else {
            skeleton(ui, tokens, 6);
            return;
        };
        if entries.is_empty() {
            text(ui, "Nothing of this kind has been done yet", Type::Body, tokens.muted);
        }
        for entry in entries {
            entry_ui(ui, tokens, entry);
        }
        let is_full = entries.len() as u64 >= (self.pages + 1) * PAGE;
        if is_full && button(ui, tokens, Kind::Ghost, Some(icons::CHEVRON_DOWN), "Show older entries").clicked() {
            self.pages += 1;
        }
    }
}

fn key_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let Some(session) = &cx.state.session else { return };
    let (glyph, words) = match session.key_source {
        KeySource::Keychain => (icons::KEY, "A random key in this system's keychain"),
        KeySource::Passphrase => (icons::LOCK, "A passphrase, asked for at each start"),
        KeySource::Environment => (icons::TERMINAL, "The environment variable TFTSR_DB_KEY"),
    };
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            ui.label(icon(glyph, 18.0).color(tokens.muted));
            text(ui, words, Type::Body, tokens.text);
        });
        let folder = session.data_dir.display().to_string();
        ui.horizontal(|ui| {
            ui.label(icon(icons::FOLDER, 18.0).color(tokens.muted));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if icon_button(ui, tokens, icons::COPY, "Copy the path of the data folder").clicked() {
                    cx.copy(folder.clone());
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    truncated(ui, &folder, Type::Code, tokens.text);
                });
            });
        });
    });
}

fn doctor_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    text(ui, "Looks at the database, its key, the folders and who may read them", Type::Caption, tokens.muted);
    let idle = !cx.state.doctor.is_loading();
    if button_enabled(ui, tokens, (Kind::Secondary, idle), Some(icons::ACTIVITY), "Run the check-up").clicked() {
        cx.submit(Slot::Doctor, Command::Settings(SettingsCommand::Doctor));
    }
    if let Some(failure) = cx.state.doctor.failure() {
        match error_panel(ui, tokens, failure) {
            Pressed::Retry => cx.submit(Slot::Doctor, Command::Settings(SettingsCommand::Doctor)),
            Pressed::CopyDetails => cx.copy(failure.details.clone()),
            Pressed::Nothing => {}
        }
    }
    for item in cx.state.doctor.value().into_iter().flatten() {
        check_ui(ui, tokens, item);
    }
}

fn check_ui(ui: &mut Ui, tokens: &Tokens, item: &CheckItem) {
    let (glyph, color) = if item.ok { (icons::CIRCLE_CHECK, tokens.ok) } else { (icons::CIRCLE_ALERT, tokens.bad) };
    ui.horizontal_top(|ui| {
        ui.label(icon(glyph, 16.0).color(color));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            text(ui, &item.name, Type::Body, tokens.text);
            if !item.detail.is_empty() {
                text(ui, &item.detail, Type::Caption, tokens.muted);
            }
        });
    });
}

fn verify_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    let words = "What left this machine and what was changed; each row is chained to the one before, so that no row can \
                 be changed or taken out unseen";
    text(ui, words, Type::Caption, tokens.muted);
    ui.horizontal(|ui| {
        let idle = !cx.state.audit_verdict.is_loading();
        if button_enabled(ui, tokens, (Kind::Secondary, idle), Some(icons::SHIELD_CHECK), "Verify").clicked() {
            cx.submit(Slot::AuditVerdict, Command::Settings(SettingsCommand::VerifyAudit));
        }
        if let Some(path) = cx.take_picked(PickPurpose::AuditExport).into_iter().next() {
            // The system's dialog has asked about an existing file.
            let export = SettingsCommand::ExportAudit { query: AuditQuery::default(), path, overwrite: true };
            cx.run_detached("Exporting audit log", Command::Settings(export));
        }
        if button(ui, tokens, Kind::Secondary, Some(icons::DOWNLOAD), "Export").clicked() {
            cx.pick_save(PickPurpose::AuditExport, "audit.jsonl");
        }
        if let Some((glyph, color, verdict)) = verdict(&cx.state.audit_verdict, tokens) {
            ui.label(icon(glyph, 16.0).color(color));
            text(ui, &verdict, Type::Body, tokens.text);
        }
    });
}

fn verdict(verdict: &Loadable<AuditVerdict>, tokens: &Tokens) -> Option<(char, Color32, String)> {
    if let Some(failure) = verdict.failure() {
        return Some((icons::CIRCLE_ALERT, tokens.bad, failure.summary.clone()));
    }
    if verdict.is_loading() {
        return None;
    }
    Some(match verdict.value()? {
        AuditVerdict::Intact { rows } => {
            (icons::CIRCLE_CHECK, tokens.ok, format!("All {} rows are there and unchanged", format::count(*rows)))
        }
        AuditVerdict::Broken { sequence, problem } => {
            (icons::CIRCLE_ALERT, tokens.bad, format!("Row {sequence} does not fit: {problem}"))
        }
    })
}

fn entry_ui(ui: &mut Ui, tokens: &Tokens, entry: &AuditEntry) {
    let action =
        AuditAction::parse(&entry.action).map_or_else(|| entry.action.clone(), |known| known.label().to_owned());
    ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top() - 2.0, (1.0, tokens.border));
    let title = format!("{}   {action}  ·  {}", format::moment(entry.at), entry.entity_type);
    let title = egui::RichText::new(title).font(Type::Body.font()).color(tokens.text);
    CollapsingHeader::new(title).id_salt(entry.sequence).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        let entity = if entry.entity_id.is_empty() {
            entry.entity_type.clone()
        } else {
            format!("{} {}", entry.entity_type, entry.entity_id)
        };
        let details = serde_json::to_string_pretty(&entry.details).unwrap_or_default();
        let number = entry.sequence.to_string();
        let facts = [("Number", &number), ("About", &entity), ("By", &entry.user), ("Hash", &entry.hash)];
        for (name, value) in facts {
            ui.horizontal(|ui| {
                ui.set_min_height(18.0);
                ui.spacing_mut().interact_size.y = 18.0;
                text(ui, name, Type::Caption, tokens.muted);
                truncated(ui, value, Type::Code, tokens.text);
            });
        }
        if !entry.details.is_null() {
            text(ui, &details, Type::Code, tokens.muted);
        }
    });
}
