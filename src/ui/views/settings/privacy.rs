//! What is looked for in texts, and when a text must be looked at before it leaves.

use super::rules::RulesPart;
use crate::domain::{PiiKind, Settings, Strictness};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::theme::{Tokens, Type, space};
use crate::ui::widgets::{card, option_card, section, switch_row, text};
use egui::Ui;

/// What each kind catches, for people.
const fn explanation(kind: PiiKind) -> &'static str {
    match kind {
        PiiKind::Url => "Web addresses",
        PiiKind::Ipv4 => "IPv4 addresses",
        PiiKind::Ipv6 => "IPv6 addresses",
        PiiKind::Mac => "Hardware addresses of network cards",
        PiiKind::Host => "Names of machines and domains",
        PiiKind::User => "Account names",
        PiiKind::Email => "E-mail addresses",
        PiiKind::Phone => "Phone numbers",
        PiiKind::Ssn => "US social security numbers",
        PiiKind::CreditCard => "Card numbers with a valid check digit",
        PiiKind::Iban => "Bank accounts with valid check digits",
        PiiKind::NationalId => "National identity and tax numbers",
        PiiKind::Custom => "What your own rules find",
        PiiKind::Bearer => "Bearer tokens",
        PiiKind::BasicAuth => "User and password of HTTP basic authentication",
        PiiKind::ApiKey => "Keys of APIs and clouds",
        PiiKind::Password => "Passwords",
        PiiKind::Jwt => "JSON web tokens",
        PiiKind::PrivateKey => "Private keys",
        PiiKind::Token => "Access tokens of known vendors",
        PiiKind::ConnectionString => "Connection strings with credentials",
        PiiKind::Session => "Session identifiers and cookies",
        PiiKind::Secret => "Other values that look secret",
    }
}

/// The Privacy page.
#[derive(Debug, Default)]
pub(super) struct PrivacyPage {
    rules: RulesPart,
}

impl PrivacyPage {
    pub(super) fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        section(ui, cx.tokens, "Review before sending");
        strictness_ui(ui, cx);
        ui.add_space(space::XL);
        self.rules.ui(ui, cx);
        ui.add_space(space::XL);
        kinds_ui(ui, cx);
        ui.add_space(space::XL);
        super::redaction_off::section_ui(ui, cx);
    }
}

fn kinds_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let tokens = cx.tokens;
    section(ui, tokens, "What counts as personal");
    text(ui, "Found values are replaced by placeholders such as [Email-1]", Type::Caption, tokens.muted);
    card(ui, tokens, |ui| {
        ui.set_width(ui.available_width());
        for kind in PiiKind::ALL.iter().copied().filter(|kind| !kind.is_secret()) {
            kind_ui(ui, cx, kind);
        }
        ui.separator();
        let is_on = cx.state.settings.redact_reserved_addresses;
        let help = "127.0.0.1, 0.0.0.0, multicast and documentation addresses, which name nobody";
        if switch_row(ui, tokens, is_on, "Reserved addresses too", help) {
            cx.change_settings(move |settings| settings.redact_reserved_addresses = !is_on);
        }
    });
    ui.add_space(space::XL);
    section(ui, tokens, "Secrets");
    text(ui, "Always looked for: a leaked secret cannot be taken back", Type::Caption, tokens.muted);
    card(ui, tokens, |ui| secrets_ui(ui, tokens));
}

fn strictness_ui(ui: &mut Ui, cx: &mut ViewContext<'_>) {
    let choices = [
        (Strictness::AlwaysReview, icons::SHIELD_CHECK, "You look at each text before it leaves, whatever was found"),
        (Strictness::ReviewWhenFound, icons::EYE, "A text without findings leaves without a look"),
        (
            Strictness::LocalWithoutReview,
            icons::CPU,
            "Redacted text goes to this machine's own servers at once; for all others you always look",
        ),
    ];
    for (choice, glyph, help) in choices {
        let chosen = cx.state.settings.strictness == choice;
        if option_card(ui, cx.tokens, chosen, (glyph, choice.label(), help)) {
            cx.change_settings(move |settings| settings.strictness = choice);
        }
    }
}

fn kind_ui(ui: &mut Ui, cx: &mut ViewContext<'_>, kind: PiiKind) {
    let is_on = !cx.state.settings.kinds_off.contains(&kind);
    if switch_row(ui, cx.tokens, is_on, explanation(kind), "") {
        cx.change_settings(move |settings| set_kind(settings, kind, !is_on));
    }
}

fn set_kind(settings: &mut Settings, kind: PiiKind, is_on: bool) {
    settings.kinds_off.retain(|other| *other != kind);
    if !is_on {
        settings.kinds_off.push(kind);
    }
}

fn secrets_ui(ui: &mut Ui, tokens: &Tokens) {
    ui.set_width(ui.available_width());
    ui.spacing_mut().interact_size.y = 20.0;
    for kind in PiiKind::ALL.iter().copied().filter(|kind| kind.is_secret()) {
        ui.horizontal(|ui| {
            ui.label(icons::icon(icons::LOCK, 14.0).color(tokens.muted));
            text(ui, explanation(kind), Type::Body, tokens.text);
        });
    }
}
