//! How single words of the command line are read.

use crate::domain::{
    ApiFormat, Audience, ConfluenceApi, DocumentKind, Domain, ModelId, Paper, Price, ProviderKind, Proxy, RuleAction,
    RuleMatch, Service, Severity, SignIn, Status,
};
use crate::worker::{DOCUMENT_FORMATS, DocumentFormat, PRESETS, Preset};

pub(super) fn one_of<T: Copy>(
    word: &str,
    found: Option<T>,
    all: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, String> {
    found.ok_or_else(|| {
        let words: Vec<_> = all.iter().map(|one| name(*one)).collect();
        format!("`{word}` is none of {}", words.join(", "))
    })
}

pub(super) fn model(word: &str) -> Result<ModelId, String> {
    ModelId::parse(word).ok_or_else(|| "a model's name has letters, digits and . _ : / @ + - only".to_owned())
}

pub(super) fn domain(word: &str) -> Result<Domain, String> {
    one_of(word, Domain::parse(word), Domain::ALL, Domain::as_str)
}

pub(super) fn severity(word: &str) -> Result<Severity, String> {
    one_of(word, Severity::parse(word), Severity::ALL, Severity::as_str)
}

pub(super) fn status(word: &str) -> Result<Status, String> {
    one_of(word, Status::parse(word), Status::ALL, Status::as_str)
}

pub(super) fn audience(word: &str) -> Result<Audience, String> {
    one_of(word, Audience::parse(word), Audience::ALL, Audience::as_str)
}

pub(super) fn document_kind(word: &str) -> Result<DocumentKind, String> {
    one_of(word, DocumentKind::parse(word), DocumentKind::ALL, DocumentKind::as_str)
}

pub(super) fn paper(word: &str) -> Result<Paper, String> {
    one_of(word, Paper::parse(word), Paper::ALL, Paper::as_str)
}

pub(super) fn document_format(word: &str) -> Result<&'static DocumentFormat, String> {
    one_of(word, crate::worker::document_format(word), DOCUMENT_FORMATS, |format| format.extension)
}

pub(super) fn service(word: &str) -> Result<Service, String> {
    one_of(word, Service::parse(word), Service::ALL, Service::as_str)
}

pub(super) fn sign_in(word: &str) -> Result<SignIn, String> {
    one_of(word, SignIn::parse(word), SignIn::ALL, SignIn::as_str)
}

pub(super) fn confluence_api(word: &str) -> Result<ConfluenceApi, String> {
    one_of(word, ConfluenceApi::parse(word), ConfluenceApi::ALL, ConfluenceApi::as_str)
}

pub(super) fn provider_kind(word: &str) -> Result<ProviderKind, String> {
    let kinds: Vec<_> = ProviderKind::ALL.iter().copied().filter(|kind| *kind != ProviderKind::Guide).collect();
    let found = ProviderKind::parse(word).filter(|kind| kinds.contains(kind));
    one_of(word, found, &kinds, ProviderKind::as_str)
}

pub(super) fn preset(name: &str) -> Result<&'static Preset, String> {
    let found = PRESETS.iter().find(|one| one.name.eq_ignore_ascii_case(name));
    found.ok_or_else(|| {
        let names: Vec<_> = PRESETS.iter().map(|one| one.name).collect();
        format!("`{name}` is none of {}", names.join(", "))
    })
}

/// What is to be sent as temperature; `None` leaves it to the server.
#[derive(Clone, Copy, Debug)]
pub struct Temperature(pub Option<f32>);

pub(super) fn temperature(text: &str) -> Result<Temperature, String> {
    if text == "none" {
        return Ok(Temperature(None));
    }
    let value = text.parse().ok().filter(|value| (0.0..=2.0).contains(value));
    value.map(|value| Temperature(Some(value))).ok_or_else(|| "a number from 0 to 2, or none".to_owned())
}

pub(super) fn proxy(text: &str) -> Result<Proxy, String> {
    Proxy::parse(text).ok_or_else(|| "system, none, or an address such as http://proxy:3128".to_owned())
}

pub(super) fn price(text: &str) -> Result<Price, String> {
    let read = |text: &str| text.trim().parse().ok().filter(|price: &f64| (0.0..=1e6).contains(price));
    let both = text.split_once('/').and_then(|(prompt, completion)| read(prompt).zip(read(completion)));
    both.map(|(prompt, completion)| Price { prompt, completion }).ok_or_else(|| "two numbers such as 3/15".to_owned())
}

pub(super) fn api_format(word: &str) -> Result<ApiFormat, String> {
    one_of(word, ApiFormat::parse(word), ApiFormat::ALL, ApiFormat::as_str)
}

pub(super) fn rule_action(word: &str) -> Result<RuleAction, String> {
    one_of(word, RuleAction::parse(word), RuleAction::ALL, RuleAction::as_str)
}

pub(super) fn rule_match(word: &str) -> Result<RuleMatch, String> {
    one_of(word, RuleMatch::parse(word), RuleMatch::ALL, RuleMatch::as_str)
}

pub(super) fn header(text: &str) -> Result<(String, String), String> {
    let Some((name, value)) = text.split_once('=') else { return Err("write it as NAME=VALUE".to_owned()) };
    Ok((name.trim().to_owned(), value.trim().to_owned()))
}
