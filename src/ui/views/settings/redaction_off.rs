//! Which servers on this machine get texts as they are.

use crate::domain::{ProviderConfig, ProviderId, RedactionOff};
use crate::ui::context::ViewContext;
use crate::ui::theme::{Type, space};
use crate::ui::widgets::{Answer, card, confirm, section, switch_row, text};
use egui::{Id, Ui};

pub(super) fn section_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    section(ui, tokens, "Without redaction");
    let help = "A server on this machine may get texts with their real values. No other server can: with another address, \
                redaction is on again. The status bar shows it, and the audit log keeps it";
    text(ui, help, Type::Caption, tokens.muted);
    let providers = cx.state.providers.value().map_or(&[][..], Vec::as_slice);
    let local: Vec<_> = providers.iter().filter(|one| !one.is_guide() && RedactionOff::of(one).is_some()).collect();
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        if local.is_empty() {
            text(ui, "No provider is on this machine", Type::Body, tokens.muted);
        }
        for provider in local {
            row_ui(ui, cx, provider);
        }
    });
    ui.add_space(space::XL);
}

fn row_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, provider: &ProviderConfig) {
    let is_off = cx.state.settings.unredacted_for(provider).is_some();
    let asks = Id::unique(("redaction off", provider.id));
    let name = format!("No redaction for {}", provider.name);
    if switch_row(ui, cx.tokens, is_off, &name, &provider.base_url) {
        if is_off {
            set(cx, provider.id, None);
        } else {
            ui.data_mut(|data| data.insert_temp(asks, true));
        }
    }
    if !ui.data(|data| data.get_temp(asks).unwrap_or(false)) {
        return;
    }
    let title = format!("Switch redaction off for {}?", provider.name);
    let consequence = format!(
        "{} gets titles, logs and messages with all names, addresses and secrets in them. It stays that way until you \
         switch redaction on again",
        provider.base_url
    );
    let answer = confirm(ui, cx.tokens, &title, &consequence, "Switch off");
    if answer == Answer::Yes {
        set(cx, provider.id, RedactionOff::of(provider));
    }
    if answer != Answer::Open {
        ui.data_mut(|data| data.remove::<bool>(asks));
    }
}

fn set(cx: &mut ViewContext<'_>, provider: ProviderId, off: Option<RedactionOff>) {
    cx.change_settings(move |settings| {
        settings.redaction_off.retain(|one| one.provider != provider);
        settings.redaction_off.extend(off);
    });
}
