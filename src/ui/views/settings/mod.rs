//! Settings: a list of pages, and one column of a form. To add a page: its file, its arm in `page_ui`.
mod about;
mod appearance;
mod care;
mod integrations;
mod network;
mod ollama;
mod privacy;
mod prompts;
mod providers;
mod redaction_off;
mod rule_files;
mod rule_form;
mod rules;
mod security;

use super::View;
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::screen::{Screen, SettingsPage};
use crate::ui::theme::{FORM_WIDTH, Tokens, Type, radius, space};
use crate::ui::widgets::{focus_ring, text, truncated};
use egui::accesskit::Role;
use egui::{Align, ComboBox, Layout, Rect, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use self::appearance::AppearancePage;
use self::integrations::IntegrationsPage;
use self::network::NetworkPage;
use self::ollama::OllamaPage;
use self::privacy::PrivacyPage;
use self::providers::ProvidersPage;
use self::security::SecurityPage;

/// Width of the list of pages, in points.
const PAGES: f32 = 168.0;

/// All pages of Settings.
#[derive(Debug, Default)]
pub struct SettingsView {
    providers: ProvidersPage,
    ollama: OllamaPage,
    integrations: IntegrationsPage,
    security: SecurityPage,
    privacy: PrivacyPage,
    appearance: AppearancePage,
    network: NetworkPage,
}

impl View for SettingsView {
    fn title(&self) -> &'static str {
        "Settings"
    }

    fn icon(&self) -> char {
        icons::SETTINGS
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let Screen::Settings(page) = cx.screen else { return };
        if ui.available_width() < 640.0 {
            narrow_pages_ui(ui, cx, page);
            ui.add_space(space::S);
            self.page_ui(ui, cx, page);
            return;
        }
        let whole = ui.available_rect_before_wrap();
        let (left, right) = whole.split_left_right_at_x(whole.left() + PAGES);
        let left = UiBuilder::new().id_salt("pages").max_rect(left).layout(Layout::top_down(Align::Min));
        ui.scope_builder(left, |ui| pages_ui(ui, cx, page));
        let right = Rect::from_min_max(right.min + vec2(space::XL, 0.0), right.max);
        let right = UiBuilder::new().id_salt("page").max_rect(right).layout(Layout::top_down(Align::Min));
        ui.scope_builder(right, |ui| self.page_ui(ui, cx, page));
    }
}

impl SettingsView {
    fn page_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, page: SettingsPage) {
        ScrollArea::vertical().id_salt(page).auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(FORM_WIDTH.min(ui.available_width() - space::M));
            match page {
                SettingsPage::Providers => self.providers.ui(ui, cx),
                SettingsPage::Ollama => self.ollama.ui(ui, cx),
                SettingsPage::Integrations => self.integrations.ui(ui, cx),
                SettingsPage::Privacy => self.privacy.ui(ui, cx),
                SettingsPage::Security => self.security.ui(ui, cx),
                SettingsPage::Appearance => self.appearance.ui(ui, cx),
                SettingsPage::Network => self.network.ui(ui, cx),
                SettingsPage::About => about::page_ui(ui, cx),
            }
            ui.add_space(space::XL);
        });
    }
}

fn pages_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, here: SettingsPage) {
    ui.spacing_mut().item_spacing.y = 2.0;
    for page in SettingsPage::ALL {
        if page_row_ui(ui, cx.tokens, page, page == here) {
            cx.open(Screen::Settings(page));
        }
    }
}

fn page_row_ui(ui: &mut Ui, tokens: &Tokens, page: SettingsPage, chosen: bool) -> bool {
    let (rect, response) = ui.allocate_exact_size(vec2(PAGES, tokens.row_height), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, page.title()));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, radius::CONTROL, tokens.raised);
    }
    focus_ring(ui, tokens, &response);
    let inside = UiBuilder::new().max_rect(rect.shrink2(vec2(10.0, 0.0))).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(inside, |ui| {
        ui.label(icon(page.icon(), 16.0).color(if chosen { tokens.accent } else { tokens.muted }));
        truncated(ui, page.title(), Type::Body, tokens.text);
    });
    response.clicked()
}

fn narrow_pages_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, here: SettingsPage) {
    let mut chosen = here;
    ui.horizontal(|ui| {
        let name = text(ui, "Page", Type::Caption, cx.tokens.muted);
        let combo = ComboBox::from_id_salt("settings page").selected_text(here.title()).show_ui(ui, |ui| {
            for page in SettingsPage::ALL {
                ui.selectable_value(&mut chosen, page, page.title());
            }
        });
        combo.response.labelled_by(name.id);
    });
    if chosen != here {
        cx.open(Screen::Settings(chosen));
    }
}
