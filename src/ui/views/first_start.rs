//! The first start, on one page: protection, provider, and what a model can get wrong.

use super::View;
use crate::domain::{ProviderConfig, ProviderKind};
use crate::ui::context::ViewContext;
use crate::ui::icons::{self, icon};
use crate::ui::state::{Loadable, Phase, Slot};
use crate::ui::theme::{FORM_WIDTH, Tokens, Type, space};
use crate::ui::widgets::{
    Field, Kind, Pressed, SecretField, button, button_enabled, error_panel, option_card, section, select, text,
};
use crate::worker::{Command, Failure, OllamaFound, Protection, SessionCommand};
use egui::{Frame, Panel, ScrollArea, Ui};

/// The fewest characters of a passphrase.
const SHORTEST: usize = 10;

/// Which provider to start with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum ProviderChoice {
    #[default]
    Guide,
    /// The local Ollama, with this model.
    Ollama(String),
}

/// Whether there is a store already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    /// Its key is to be chosen here.
    ToMake { keychain_available: bool },
    /// The environment gave the key.
    Open,
}

/// The first start.
#[derive(Debug, Default)]
pub struct FirstStartView {
    /// `None` until the user has chosen.
    uses_keychain: Option<bool>,
    passphrase: SecretField,
    repeat: SecretField,
    provider: ProviderChoice,
    is_submitted: bool,
    asked_ollama: bool,
}

impl View for FirstStartView {
    fn title(&self) -> &'static str {
        "Welcome"
    }

    fn icon(&self) -> char {
        icons::SHIELD
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>) {
        let (door, failure) = match &cx.state.phase {
            Phase::Setup { keychain_available, failure } => {
                (Door::ToMake { keychain_available: *keychain_available }, failure.as_ref())
            }
            Phase::Welcome => (Door::Open, None),
            Phase::Starting | Phase::Locked { .. } | Phase::Ready | Phase::Broken(_) => return,
        };
        if !self.asked_ollama {
            self.asked_ollama = true;
            cx.submit(Slot::Ollama, Command::Session(SessionCommand::DetectOllama));
        }
        let side = ((ui.available_width() - FORM_WIDTH) / 2.0).max(space::L);
        // Always in sight, however low the window is.
        let bar = Frame::new().fill(cx.tokens.canvas).inner_margin(space::S);
        Panel::bottom("accept").resizable(false).frame(bar).show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.add_space(side - space::S);
                self.buttons_ui(ui, cx, door);
            });
        });
        ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.horizontal_top(|ui| {
                ui.add_space(side);
                ui.vertical(|ui| {
                    ui.set_width(FORM_WIDTH.min(ui.available_width()));
                    self.page_ui(ui, cx, door, failure);
                });
            });
        });
    }
}

impl FirstStartView {
    /// What was chosen besides the protection: the provider to save once the store is open, if it is not the guide.
    pub fn chosen_provider(&self) -> Option<ProviderConfig> {
        match &self.provider {
            ProviderChoice::Guide => None,
            ProviderChoice::Ollama(model) => {
                Some(ProviderConfig::new("Ollama", ProviderKind::Ollama, "http://localhost:11434", model))
            }
        }
    }

    /// Whether the disclaimer was accepted on this page.
    pub const fn is_submitted(&self) -> bool {
        self.is_submitted
    }

    fn page_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, door: Door, failure: Option<&Failure>) {
        let tokens = cx.tokens;
        text(ui, "Welcome to TFTSR", Type::Title, tokens.text);
        let promise = "From symptoms and logs to a root cause with evidence. Nothing that identifies anybody leaves \
                       this machine unless you have seen it redacted.";
        text(ui, promise, Type::Body, tokens.muted);
        ui.add_space(space::M);
        match door {
            Door::ToMake { keychain_available } => self.protection_ui(ui, tokens, keychain_available),
            Door::Open => {
                section(ui, tokens, "Your data is protected");
                text(ui, "The database is encrypted with the passphrase in TFTSR_DB_KEY", Type::Body, tokens.muted);
            }
        }
        ui.add_space(space::M);
        self.provider_ui(ui, tokens, &cx.state.ollama);
        ui.add_space(space::M);
        ui.scope(|ui| disclaimer_ui(ui, tokens));
        ui.add_space(space::M);
        if let Some(failure) = failure
            && error_panel(ui, tokens, failure) == Pressed::CopyDetails
        {
            cx.copy(failure.details.clone());
        }
    }

    fn protection_ui(&mut self, ui: &mut Ui, tokens: &Tokens, keychain_available: bool) {
        section(ui, tokens, "Protect your data");
        let keychain = self.with_keychain(keychain_available);
        if keychain_available {
            let help = "A random key, opened when you sign in to this computer";
            if option_card(ui, tokens, keychain, (icons::KEY, "System keychain", help)) {
                self.uses_keychain = Some(true);
            }
            let help = "Asked for at each start. It cannot be recovered";
            if option_card(ui, tokens, !keychain, (icons::LOCK, "Passphrase", help)) {
                self.uses_keychain = Some(false);
            }
        } else {
            text(ui, "This system offers no keychain, so a passphrase protects the database", Type::Body, tokens.muted);
        }
        if !self.with_keychain(keychain_available) {
            ui.add_space(space::XS);
            let hint = strength_hint(self.passphrase.strength());
            self.passphrase.ui(ui, tokens, Field::new("Passphrase").help(hint));
            let differs = !self.repeat.is_empty() && !self.repeat.is_same(&self.passphrase);
            let error = differs.then_some("The two do not match");
            self.repeat.ui(ui, tokens, Field::new("Repeat the passphrase").error(error));
        }
    }

    fn provider_ui(&mut self, ui: &mut Ui, tokens: &Tokens, ollama: &Loadable<Option<OllamaFound>>) {
        section(ui, tokens, "Choose who helps");
        let help = "Asks the right questions by rules. Works without a network and without a model";
        let chosen = self.provider == ProviderChoice::Guide;
        if option_card(ui, tokens, chosen, (icons::COMPASS, "Built-in guide", help)) {
            self.provider = ProviderChoice::Guide;
        }
        let models = ollama.value().and_then(Option::as_ref).map_or(&[][..], |found| found.models.as_slice());
        self.ollama_ui(ui, tokens, models);
        let note = match ollama.value() {
            Some(Some(found)) if found.models.is_empty() => "Ollama runs here but has no model; add one in Settings",
            _ => "Other providers can be added later in Settings",
        };
        text(ui, note, Type::Caption, tokens.muted);
    }

    /// One card for the local Ollama, and a menu of its models where there are several.
    fn ollama_ui(&mut self, ui: &mut Ui, tokens: &Tokens, models: &[String]) {
        let Some(first) = models.first() else { return };
        let chosen = match &self.provider {
            ProviderChoice::Ollama(model) => models.iter().position(|one| one == model),
            ProviderChoice::Guide => None,
        };
        let name = match models {
            [only] => format!("Ollama {only}"),
            _ => "Ollama".to_owned(),
        };
        let help = "A language model on this machine: nothing leaves it";
        if option_card(ui, tokens, chosen.is_some(), (icons::CPU, &name, help)) && chosen.is_none() {
            self.provider = ProviderChoice::Ollama(first.clone());
        }
        let Some(mut index) = chosen.filter(|_| models.len() > 1) else { return };
        let choices: Vec<_> = models.iter().map(String::as_str).enumerate().collect();
        if select(ui, tokens, "Model", &mut index, &choices)
            && let Some(model) = models.get(index)
        {
            self.provider = ProviderChoice::Ollama(model.clone());
        }
    }

    fn buttons_ui(&mut self, ui: &mut Ui, cx: &mut ViewContext<'_>, door: Door) {
        let keychain = matches!(door, Door::ToMake { keychain_available } if self.with_keychain(keychain_available));
        let (length, _) = self.passphrase.strength();
        let ready = door == Door::Open || keychain || (length >= SHORTEST && self.passphrase.is_same(&self.repeat));
        ui.horizontal(|ui| {
            let accept = button_enabled(ui, cx.tokens, (Kind::Primary, ready), Some(icons::CHECK), "Accept and start");
            if accept.clicked() && door == Door::Open {
                self.is_submitted = true;
                cx.enter();
            } else if accept.clicked() {
                let protection = if keychain {
                    Protection::Keychain
                } else {
                    self.repeat.clear(ui.ctx());
                    Protection::Passphrase(self.passphrase.take(ui.ctx()))
                };
                self.is_submitted = true;
                cx.submit(Slot::Session, Command::Session(SessionCommand::Create { protection }));
            }
            if button(ui, cx.tokens, Kind::Ghost, None, "Leave").clicked() {
                cx.quit();
            }
        });
    }

    fn with_keychain(&self, available: bool) -> bool {
        available && self.uses_keychain.unwrap_or(true)
    }
}

const fn strength_hint((length, classes): (usize, usize)) -> &'static str {
    match (length, classes) {
        (0, _) => "At least 10 characters; several words are easier to keep in mind than symbols",
        (1..SHORTEST, _) => "Too short: at least 10 characters",
        (SHORTEST..14, 0..=2) => "Fair: longer is better",
        (SHORTEST..20, _) => "Good",
        _ => "Strong",
    }
}

fn disclaimer_ui(ui: &mut Ui, tokens: &Tokens) {
    section(ui, tokens, "Before you rely on an answer");
    ui.spacing_mut().interact_size.y = 0.0;
    let points = [
        "Language models make mistakes, and sound certain when they do",
        "Verify each claim against the evidence before you act on it",
        "Try commands away from production first, and keep back-ups",
    ];
    for point in points {
        ui.horizontal(|ui| {
            ui.label(icon(icons::ALERT, 14.0).color(tokens.warn));
            text(ui, point, Type::Body, tokens.text);
        });
    }
}
