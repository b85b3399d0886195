//! The words of `tftsr integration`.

use super::words::{confluence_api, service, sign_in};
use crate::domain::{ConfluenceApi, Service, SignIn};
use clap::{Args as ClapArgs, Subcommand};

/// Each names a service: `confluence`, `servicenow` or `azuredevops`.
#[derive(Debug, Subcommand)]
pub enum IntegrationTask {
    /// How the services are set up, and whether they are connected
    Show {
        #[arg(value_parser = service)]
        service: Option<Service>,
    },
    /// Look for pages, incidents or work items; the words pass the privacy gate
    Search {
        #[arg(value_parser = service)]
        service: Service,
        #[arg(required = true)]
        words: Vec<String>,
        /// The key of a space, or the name of a project
        #[arg(long)]
        place: Option<String>,
        #[arg(long, default_value_t = 10)]
        limit: usize,
    },
    /// Set a service up. Only what is given changes. Secrets are never arguments
    Set(Box<IntegrationArgs>),
    /// Sign in, with the browser or with the stored secret
    Connect {
        #[arg(value_parser = service)]
        service: Service,
        /// Print the page's URL and open no browser
        #[arg(long)]
        print_url: bool,
    },
    /// Make a call that changes nothing
    Test {
        #[arg(value_parser = service)]
        service: Service,
    },
    /// Remove the stored sign-in
    Disconnect {
        #[arg(value_parser = service)]
        service: Service,
    },
}

#[derive(Debug, ClapArgs)]
pub struct IntegrationArgs {
    #[arg(value_parser = service)]
    pub service: Service,
    /// Address of the site, instance or organization
    #[arg(long)]
    pub url: Option<String>,
    /// `oauth`, `basic` (user and password; Confluence Cloud: e-mail and API token) or `token`
    #[arg(long, value_parser = sign_in)]
    pub sign_in: Option<SignIn>,
    /// User name or e-mail address
    #[arg(long)]
    pub user: Option<String>,
    /// Azure DevOps
    #[arg(long)]
    pub project: Option<String>,
    /// Confluence: key of the space
    #[arg(long)]
    pub space: Option<String>,
    /// Confluence: `auto`, `v1` or `v2`
    #[arg(long, value_parser = confluence_api)]
    pub api: Option<ConfluenceApi>,
    /// Whether an issue that starts with P1 or P2 makes a ticket
    #[arg(long)]
    pub auto_create: Option<bool>,
    #[arg(long)]
    pub client_id: Option<String>,
    #[arg(long)]
    pub authorize_url: Option<String>,
    #[arg(long)]
    pub token_url: Option<String>,
    /// With blanks between them
    #[arg(long)]
    pub scopes: Option<String>,
    /// Confluence Cloud: where OAuth tokens are good
    #[arg(long)]
    pub gateway_url: Option<String>,
    /// Azure DevOps: the company's directory
    #[arg(long)]
    pub tenant: Option<String>,
    /// Where the browser comes back to
    #[arg(long)]
    pub port: Option<u16>,
    /// How long an answer may take to begin, in seconds
    #[arg(long)]
    pub timeout: Option<u32>,
    /// Azure DevOps
    #[arg(long)]
    pub work_item_type: Option<String>,
    /// ServiceNow
    #[arg(long)]
    pub category: Option<String>,
    /// ServiceNow
    #[arg(long)]
    pub assignment_group: Option<String>,
    /// ServiceNow
    #[arg(long)]
    pub caller: Option<String>,
    /// Read the password or access token from this environment variable
    #[arg(long, value_name = "VARIABLE", conflicts_with_all = ["secret_stdin", "secret_prompt"])]
    pub secret_env: Option<String>,
    /// Read the password or access token from standard input
    #[arg(long, conflicts_with = "secret_prompt")]
    pub secret_stdin: bool,
    /// Ask for the password or access token at the terminal
    #[arg(long)]
    pub secret_prompt: bool,
    /// Read the client secret from this environment variable
    #[arg(long, value_name = "VARIABLE")]
    pub client_secret_env: Option<String>,
}
