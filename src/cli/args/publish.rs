//! The words of `tftsr publish`.

use super::words::{audience, one_of, service, severity};
use crate::domain::{Audience, DocumentKind, IssueId, Service, Severity};
use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
pub struct PublishArgs {
    /// Its id, as `tftsr issue list` shows it
    pub issue: IssueId,
    /// confluence: the document as a page; servicenow, azuredevops: a ticket
    #[arg(long = "to", default_value = "confluence", value_name = "SERVICE", value_parser = service)]
    pub service: Service,
    /// Confluence: the key of the space; without it the one of the settings
    #[arg(long)]
    pub space: Option<String>,
    /// Confluence: the id of the page above
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Confluence: the id of the page to put it in place of; a page that shows this document is found by itself
    #[arg(long, value_name = "ID")]
    pub update: Option<String>,
    /// rca or postmortem: the page, without it the RCA; of a ticket, whose words it takes
    #[arg(long, value_parser = document_kind)]
    pub document: Option<DocumentKind>,
    /// Confluence: let the pictures that the document holds go along as they are; nothing in them is redacted
    #[arg(long)]
    pub pictures: bool,
    /// Confluence: for readers outside, values that you keep are replaced, too
    #[arg(long, default_value = "internal", value_parser = audience)]
    pub audience: Audience,
    /// Without it the issue's title; of a page with the name of the document before it
    #[arg(long)]
    pub title: Option<String>,
    /// Azure DevOps: the project; without it the one of the settings
    #[arg(long)]
    pub project: Option<String>,
    /// Azure DevOps: the kind of work item
    #[arg(long)]
    pub kind: Option<String>,
    /// Without it the issue's own
    #[arg(long, value_parser = severity)]
    pub severity: Option<Severity>,
    /// Add a note to the issue's ticket
    #[arg(long)]
    pub note: Option<String>,
    /// Tell the issue's ticket that it is resolved
    #[arg(long)]
    pub resolve: bool,
    /// Accept the text unseen
    #[arg(long)]
    pub yes: bool,
}

fn document_kind(word: &str) -> Result<DocumentKind, String> {
    one_of(word, DocumentKind::parse(word), DocumentKind::ALL, DocumentKind::as_str)
}
