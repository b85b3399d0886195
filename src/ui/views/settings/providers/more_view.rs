//! What most people never touch: headers, limits, patience, the way through a proxy, prices.

use super::form::{Problems, ProviderForm, Way};
use crate::domain::{ApiFormat, ProviderKind};
use crate::ui::context::ViewContext;
use crate::ui::theme::{Tokens, space};
use crate::ui::widgets::{Field, select, tick};
use egui::{CollapsingHeader, Ui};

/// The folded part of the form; open when something in it is wrong.
pub(super) fn ui(ui: &mut Ui, cx: &ViewContext<'_>, form: &mut ProviderForm, problems: &Problems) {
    let must_open = problems.are_advanced().then_some(true);
    CollapsingHeader::new("More").open(must_open).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = space::M;
        let tokens = cx.tokens;
        if form.kind() == ProviderKind::OpenAi {
            address_ui(ui, cx, form);
        }
        let headers = Field::new("Further headers").rows(2).hint("X-Team: payments").code();
        let headers = headers.help("One a line. Not for secrets: they are shown here");
        headers.error(problems.extra_headers.as_deref()).ui(ui, tokens, &mut form.extra_headers);
        limits_ui(ui, tokens, form, problems);
        patience_ui(ui, tokens, form, problems);
        way_ui(ui, tokens, form, problems);
        price_ui(ui, tokens, form, problems);
    });
}

/// Where calls go and where the key stands in them, where it is not as usual.
pub(super) fn address_ui(ui: &mut Ui, cx: &ViewContext<'_>, form: &mut ProviderForm) {
    let tokens = cx.tokens;
    let (path, header) = match form.format() {
        ApiFormat::OpenAi => ("/chat/completions", "Authorization"),
        ApiFormat::Ollama => ("/api/chat", "Authorization"),
        ApiFormat::Anthropic => ("/v1/messages", "x-api-key"),
        ApiFormat::Gemini => ("/v1beta/{model}:streamGenerateContent?alt=sse", "x-goog-api-key"),
        ApiFormat::MsiGenai => ("/api/v2/chat", "x-msi-genai-api-key"),
    };
    Field::new("Path behind the address").hint(path).code().ui(ui, tokens, &mut form.endpoint_path);
    Field::new("Header that carries the key").hint(header).code().ui(ui, tokens, &mut form.auth_header);
    prefix_ui(ui, tokens, &mut form.auth_prefix);
}

fn prefix_ui(ui: &mut Ui, tokens: &Tokens, prefix: &mut Option<String>) {
    if tick(ui, tokens, prefix.is_none(), "Before the key what is usual there, such as the word Bearer") {
        *prefix = if prefix.is_none() { Some(String::new()) } else { None };
    }
    if let Some(prefix) = prefix {
        Field::new("Before the key").help("With its space, if one belongs there").code().ui(ui, tokens, prefix);
    }
}

fn limits_ui(ui: &mut Ui, tokens: &Tokens, form: &mut ProviderForm, problems: &Problems) {
    // The gateway takes neither.
    if form.format() != ApiFormat::MsiGenai {
        pair(ui, |left, right| {
            let max = Field::new("Longest answer, in tokens").error(problems.max_tokens.as_deref());
            max.ui(left, tokens, &mut form.max_tokens);
            let temperature = Field::new("Temperature").hint("left to the server");
            temperature.error(problems.temperature.as_deref()).ui(right, tokens, &mut form.temperature);
        });
    }
    let window = Field::new("Context window, in tokens").hint("not known");
    let window = window.help("What does not fit is summarized or left out, and said before it is sent");
    window.error(problems.context_window.as_deref()).ui(ui, tokens, &mut form.context_window);
}

fn patience_ui(ui: &mut Ui, tokens: &Tokens, form: &mut ProviderForm, problems: &Problems) {
    pair(ui, |left, right| {
        let wait = Field::new("Wait for the first word, in seconds");
        wait.error(problems.first_byte_timeout_secs.as_deref()).ui(left, tokens, &mut form.first_byte_timeout_secs);
        let idle = Field::new("Longest silence, in seconds").error(problems.idle_timeout_secs.as_deref());
        idle.ui(right, tokens, &mut form.idle_timeout_secs);
    });
}

fn way_ui(ui: &mut Ui, tokens: &Tokens, form: &mut ProviderForm, problems: &Problems) {
    let ways = [
        (Way::System, "As the system says"),
        (Way::Direct, "None, whatever the system says"),
        (Way::Through, "This one"),
    ];
    select(ui, tokens, "Proxy", &mut form.way, &ways);
    if form.way == Way::Through {
        let url = Field::new("Address of the proxy").hint("http://proxy:3128").code();
        url.error(problems.proxy_url.as_deref()).ui(ui, tokens, &mut form.proxy_url);
    }
}

fn price_ui(ui: &mut Ui, tokens: &Tokens, form: &mut ProviderForm, problems: &Problems) {
    pair(ui, |left, right| {
        let prompt = Field::new("US$ per million prompt tokens").hint("not known");
        prompt.error(problems.price.as_deref()).ui(left, tokens, &mut form.price_prompt);
        let completion = Field::new("US$ per million answer tokens").hint("not known");
        completion.ui(right, tokens, &mut form.price_completion);
    });
}

/// Two fields side by side.
fn pair(ui: &mut Ui, add: impl FnOnce(&mut Ui, &mut Ui)) {
    ui.columns(2, |columns| {
        if let [left, right] = columns {
            add(left, right);
        }
    });
}
