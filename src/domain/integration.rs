//! A service that documents and tickets go to, and how it is set up.

use super::issue::words;
use super::service_url::{is_atlassian, put_right};
use super::{OriginError, RemoteName, ServiceUrl};

words! {
    /// What can be integrated.
    Service {
        Confluence = "confluence", "Confluence";
        ServiceNow = "servicenow", "ServiceNow";
        AzureDevOps = "azuredevops", "Azure DevOps";
    }
}

words! {
    /// How requests are authorized.
    SignIn {
        /// A token that the service gives after a visit in the browser.
        OAuth = "oauth", "Sign in with the browser (OAuth)";
        /// A name and a password; for Confluence Cloud an e-mail address and an API token.
        Basic = "basic", "User name and password";
        /// A personal access token.
        Token = "token", "Personal access token";
    }
}

words! {
    /// Which generation of Confluence's interface does spaces and pages.
    ConfluenceApi {
        /// By the host: the newer one for Atlassian's cloud.
        Auto = "auto", "Choose by address";
        V1 = "v1", "Version 1 (Data Center)";
        V2 = "v2", "Version 2 (Cloud)";
    }
}

impl Service {
    /// The ways to authorize that it has, the usual one first.
    pub const fn sign_ins(self) -> &'static [SignIn] {
        match self {
            Self::Confluence => &[SignIn::OAuth, SignIn::Basic, SignIn::Token],
            Self::AzureDevOps => &[SignIn::OAuth, SignIn::Token],
            Self::ServiceNow => &[SignIn::Basic, SignIn::OAuth],
        }
    }

    /// The variable that names the client id of an application registered by the user's company.
    pub const fn client_id_variable(self) -> &'static str {
        match self {
            Self::Confluence => "CONFLUENCE_CLIENT_ID",
            Self::ServiceNow => "SERVICENOW_CLIENT_ID",
            Self::AzureDevOps => "ADO_CLIENT_ID",
        }
    }
}

/// Where the browser comes back to, unless it is set otherwise.
pub const CALLBACK_PORT: u16 = 8765;

/// What the user may set of the OAuth sign-in. An empty field means what the service usually has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OAuthFields {
    pub client_id: String,
    pub authorize_url: String,
    pub token_url: String,
    /// With blanks between them.
    pub scopes: String,
    /// Confluence Cloud: where tokens are good, `https://api.atlassian.com`.
    pub gateway_url: String,
    /// Azure DevOps: the directory of the company, by name or id.
    pub tenant: String,
}

/// How one service is set up. The secrets lie elsewhere, sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationConfig {
    pub service: Service,
    /// As [`put_right`] leaves it.
    pub base_url: String,
    pub sign_in: SignIn,
    /// A user name, or an e-mail address.
    pub username: String,
    /// Azure DevOps.
    pub project_name: String,
    /// Confluence: where documents go unless another space is chosen.
    pub space_key: String,
    /// Whether an issue that starts with P1 or P2 makes a ticket.
    pub auto_create_enabled: bool,
    pub api: ConfluenceApi,
    pub oauth: OAuthFields,
    pub callback_port: u16,
    /// How long an answer may take to begin.
    pub timeout_secs: u32,
    /// Azure DevOps: the usual kind of work item; empty takes a fitting one that the project has.
    pub work_item_type: String,
    /// ServiceNow.
    pub category: String,
    /// ServiceNow.
    pub assignment_group: String,
    /// ServiceNow: who is named as caller; a user name, an e-mail address or a `sys_id`.
    pub caller_id: String,
}

/// Why a service cannot be used as it is set up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrationConfigError {
    #[error("the address of {} is missing", .0.label())]
    NoAddress(Service),
    #[error("{field} is not usable: {cause}")]
    Address { field: &'static str, cause: OriginError },
    #[error("the address names no organization")]
    NoOrganization,
    #[error("the user name is missing")]
    NoUser,
    #[error("a user name must not contain a colon")]
    UserHasColon,
    #[error("the project is missing")]
    NoProject,
    #[error("the client id is missing")]
    NoClientId,
    #[error("{field} has characters that cannot be sent")]
    Characters { field: &'static str },
    #[error("{} has no such way to authorize", .0.label())]
    SignIn(Service),
    #[error("the port for the browser must be between 1024 and 65535")]
    Port,
    #[error("the time-out must be between 1 and 600 seconds")]
    Timeout,
}

/// Where the OAuth sign-in happens, with all defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthEndpoints {
    pub authorize: ServiceUrl,
    pub token: ServiceUrl,
    pub scopes: Vec<String>,
    /// Names and values that go to the authorization page beside the usual ones.
    pub extra: &'static [(&'static str, &'static str)],
    /// Where the token is good, when that is not the site itself.
    pub gateway: Option<ServiceUrl>,
}

const CONFLUENCE_CLOUD_SCOPES: &str = "read:confluence-user read:confluence-content.all \
     read:confluence-content.summary write:confluence-content write:confluence-file read:confluence-space.summary \
     search:confluence offline_access";
const AZURE_SCOPES: &str = "499b84ac-1321-427f-aa17-267ca6975798/vso.work_write offline_access";

/// Source: <https://developer.atlassian.com/cloud/confluence/oauth-2-3lo-apps/>.
const ATLASSIAN_EXTRA: &[(&str, &str)] = &[("audience", "api.atlassian.com"), ("prompt", "consent")];

impl IntegrationConfig {
    /// A service as it is before anything was set.
    pub fn new(service: Service) -> Self {
        Self {
            service,
            base_url: String::new(),
            sign_in: service.sign_ins().first().copied().unwrap_or(SignIn::Basic),
            username: String::new(),
            project_name: String::new(),
            space_key: String::new(),
            auto_create_enabled: false,
            api: ConfluenceApi::Auto,
            oauth: OAuthFields::default(),
            callback_port: CALLBACK_PORT,
            timeout_secs: 30,
            work_item_type: String::new(),
            category: String::new(),
            assignment_group: String::new(),
            caller_id: String::new(),
        }
    }

    /// With blanks around the fields taken off, and the address as it is meant.
    #[must_use]
    pub fn put_right(mut self) -> Self {
        self.base_url = put_right(self.service, &self.base_url);
        // A site of the cloud under a name of its own.
        if self.service == Service::Confluence && self.is_cloud() {
            self.base_url = self.base_url.trim_end_matches("/wiki").to_owned();
        }
        let oauth = &mut self.oauth;
        for field in [
            &mut self.username,
            &mut self.project_name,
            &mut self.space_key,
            &mut self.work_item_type,
            &mut self.category,
            &mut self.assignment_group,
            &mut self.caller_id,
            &mut oauth.client_id,
            &mut oauth.authorize_url,
            &mut oauth.token_url,
            &mut oauth.scopes,
            &mut oauth.gateway_url,
            &mut oauth.tenant,
        ] {
            *field = field.trim().to_owned();
        }
        self
    }

    /// Whether it can be used, apart from its secret.
    pub fn validate(&self) -> Result<(), IntegrationConfigError> {
        use IntegrationConfigError as E;
        self.base()?;
        if !self.service.sign_ins().contains(&self.sign_in) {
            return Err(E::SignIn(self.service));
        }
        if self.sign_in == SignIn::Basic {
            match self.username.as_str() {
                "" => return Err(E::NoUser),
                name if name.contains(':') => return Err(E::UserHasColon),
                _ => {}
            }
        }
        if self.service == Service::AzureDevOps && self.project().is_none() {
            return Err(E::NoProject);
        }
        if self.callback_port < 1024 {
            return Err(E::Port);
        }
        if !(1..=600).contains(&self.timeout_secs) {
            return Err(E::Timeout);
        }
        for (field, text) in [("the space", &self.space_key), ("the project", &self.project_name)] {
            if !text.is_empty() && RemoteName::parse(text).is_none() {
                return Err(E::Characters { field });
            }
        }
        self.oauth_endpoints().map(drop)
    }

    /// Where the site is: what links for people are made of.
    pub fn base(&self) -> Result<ServiceUrl, IntegrationConfigError> {
        if self.base_url.is_empty() {
            return Err(IntegrationConfigError::NoAddress(self.service));
        }
        let base = address("the address", &self.base_url)?;
        if self.service == Service::AzureDevOps && base.origin().host() == "dev.azure.com" && base.path().is_empty() {
            return Err(IntegrationConfigError::NoOrganization);
        }
        Ok(base)
    }

    /// Confluence: whether the site is in Atlassian's cloud, where the interface lies below `/wiki`.
    pub fn is_cloud(&self) -> bool {
        self.service == Service::Confluence && (self.api == ConfluenceApi::V2 || is_atlassian(&self.base_url))
    }

    /// Confluence: whether spaces and pages are spoken to with the newer interface.
    pub fn uses_v2(&self) -> bool {
        self.service == Service::Confluence
            && match self.api {
                ConfluenceApi::V1 => false,
                ConfluenceApi::V2 => true,
                ConfluenceApi::Auto => is_atlassian(&self.base_url),
            }
    }

    pub fn project(&self) -> Option<RemoteName> {
        RemoteName::parse(&self.project_name)
    }

    pub fn space(&self) -> Option<RemoteName> {
        RemoteName::parse(&self.space_key)
    }

    /// Where the OAuth sign-in happens: what was set, and else what the service has.
    pub fn oauth_endpoints(&self) -> Result<OAuthEndpoints, IntegrationConfigError> {
        let own = |set: &str, usual: String| if set.is_empty() { usual } else { set.to_owned() };
        let base = &self.base_url;
        let tenant = own(&self.oauth.tenant, "organizations".to_owned());
        if !tenant.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c)) || tenant.contains("..") {
            return Err(IntegrationConfigError::Characters { field: "the tenant" });
        }
        let microsoft = format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0");
        let (authorize, token, scopes) = match self.service {
            Service::Confluence if self.is_cloud() => (
                "https://auth.atlassian.com/authorize".to_owned(),
                "https://auth.atlassian.com/oauth/token".to_owned(),
                CONFLUENCE_CLOUD_SCOPES,
            ),
            Service::Confluence => {
                (format!("{base}/rest/oauth2/latest/authorize"), format!("{base}/rest/oauth2/latest/token"), "WRITE")
            }
            Service::ServiceNow => (format!("{base}/oauth_auth.do"), format!("{base}/oauth_token.do"), ""),
            Service::AzureDevOps => (format!("{microsoft}/authorize"), format!("{microsoft}/token"), AZURE_SCOPES),
        };
        let is_cloud = self.is_cloud();
        let gateway = own(&self.oauth.gateway_url, "https://api.atlassian.com".to_owned());
        let gateway = is_cloud.then(|| address("the address of the gateway", &gateway)).transpose()?;
        Ok(OAuthEndpoints {
            authorize: address("the address of the sign-in page", &own(&self.oauth.authorize_url, authorize))?,
            token: address("the address for tokens", &own(&self.oauth.token_url, token))?,
            scopes: own(&self.oauth.scopes, scopes.to_owned()).split_whitespace().map(str::to_owned).collect(),
            extra: if is_cloud { ATLASSIAN_EXTRA } else { &[] },
            gateway,
        })
    }

    /// Whether a secret that was entered for `before` may be used with this: it belongs to one site, one way to
    /// authorize and one user.
    pub fn keeps_credential_of(&self, before: &Self) -> bool {
        let place = |config: &Self| config.base().ok().map(|base| base.origin().clone());
        let endpoints = |config: &Self| config.oauth_endpoints().ok().map(|all| (all.token, all.gateway));
        self.sign_in == before.sign_in
            && place(self) == place(before)
            && match self.sign_in {
                SignIn::Basic => self.username == before.username,
                SignIn::Token => true,
                SignIn::OAuth => endpoints(self) == endpoints(before) && self.oauth.client_id == before.oauth.client_id,
            }
    }

    /// Whether a client secret that was entered for `before` may be used with this: it goes to the token's address.
    pub fn keeps_client_secret_of(&self, before: &Self) -> bool {
        let token = |config: &Self| config.oauth_endpoints().ok().map(|all| all.token);
        token(self).is_some() && token(self) == token(before)
    }
}

fn address(field: &'static str, url: &str) -> Result<ServiceUrl, IntegrationConfigError> {
    ServiceUrl::parse(url).map_err(|cause| IntegrationConfigError::Address { field, cause })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(service: Service, base_url: &str) -> IntegrationConfig {
        IntegrationConfig { base_url: base_url.to_owned(), ..IntegrationConfig::new(service) }.put_right()
    }

    fn endpoints(config: &IntegrationConfig) -> (String, String, String) {
        let all = config.oauth_endpoints().unwrap();
        (all.authorize.to_string(), all.token.to_string(), all.gateway.map(|one| one.to_string()).unwrap_or_default())
    }

    #[test]
    fn each_service_signs_in_where_its_vendor_says() {
        let cases = [
            (
                config(Service::Confluence, "https://acme.atlassian.net/wiki/"),
                (
                    "https://auth.atlassian.com/authorize",
                    "https://auth.atlassian.com/oauth/token",
                    "https://api.atlassian.com",
                ),
            ),
            (
                config(Service::Confluence, "https://docs.corp.com/confluence/"),
                (
                    "https://docs.corp.com/confluence/rest/oauth2/latest/authorize",
                    "https://docs.corp.com/confluence/rest/oauth2/latest/token",
                    "",
                ),
            ),
            (
                config(Service::ServiceNow, "https://dev1.service-now.com/"),
                ("https://dev1.service-now.com/oauth_auth.do", "https://dev1.service-now.com/oauth_token.do", ""),
            ),
            (
                config(Service::AzureDevOps, "https://dev.azure.com/contoso"),
                (
                    "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
                    "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
                    "",
                ),
            ),
        ];
        for (config, (authorize, token, gateway)) in cases {
            assert_eq!(endpoints(&config), (authorize.to_owned(), token.to_owned(), gateway.to_owned()));
        }
    }

    #[test]
    fn what_is_set_goes_before_what_is_usual() {
        let mut own = config(Service::AzureDevOps, "https://dev.azure.com/contoso");
        own.oauth.tenant = "corp.onmicrosoft.com".to_owned();
        own.oauth.token_url = "https://sso.corp.com/token".to_owned();
        own.oauth.scopes = " a  b ".to_owned();
        let all = own.oauth_endpoints().unwrap();
        assert_eq!(all.authorize.path(), "/corp.onmicrosoft.com/oauth2/v2.0/authorize");
        assert_eq!(
            (all.token.to_string().as_str(), all.scopes),
            ("https://sso.corp.com/token", vec!["a".into(), "b".into()])
        );
        own.oauth.tenant = "a/../b".to_owned();
        assert_eq!(own.oauth_endpoints(), Err(IntegrationConfigError::Characters { field: "the tenant" }));
    }

    #[test]
    fn the_generation_follows_the_host_unless_it_is_set() {
        let cloud = config(Service::Confluence, "https://acme.atlassian.net");
        let own = config(Service::Confluence, "https://wiki.corp.com");
        assert!(cloud.is_cloud() && cloud.uses_v2());
        assert!(!own.is_cloud() && !own.uses_v2());
        let forced = IntegrationConfig { api: ConfluenceApi::V1, ..cloud };
        assert!(forced.is_cloud() && !forced.uses_v2());
        let renamed =
            IntegrationConfig { api: ConfluenceApi::V2, base_url: "https://wiki.corp.com/wiki".into(), ..own };
        let renamed = renamed.put_right();
        assert!(renamed.is_cloud() && renamed.base_url == "https://wiki.corp.com");
    }

    #[test]
    fn what_is_missing_is_named() {
        use IntegrationConfigError as E;
        let now = config(Service::ServiceNow, "https://dev1.service-now.com");
        assert_eq!(now.validate(), Err(E::NoUser));
        assert_eq!(IntegrationConfig { username: "a:b".into(), ..now.clone() }.validate(), Err(E::UserHasColon));
        assert_eq!(IntegrationConfig { username: "a".into(), ..now.clone() }.validate(), Ok(()));
        assert_eq!(IntegrationConfig { sign_in: SignIn::Token, ..now }.validate(), Err(E::SignIn(Service::ServiceNow)));
        let azure = config(Service::AzureDevOps, "https://dev.azure.com/contoso");
        assert_eq!(azure.validate(), Err(E::NoProject));
        assert_eq!(config(Service::AzureDevOps, "https://dev.azure.com/").validate(), Err(E::NoOrganization));
        assert_eq!(config(Service::Confluence, "").validate(), Err(E::NoAddress(Service::Confluence)));
        let plain = config(Service::Confluence, "http://wiki.corp.com").validate();
        assert_eq!(plain, Err(E::Address { field: "the address", cause: OriginError::PlainHttp }));
    }

    #[test]
    fn a_secret_does_not_move_to_another_server_user_or_application() {
        let before =
            IntegrationConfig { username: "a".into(), ..config(Service::ServiceNow, "https://dev1.service-now.com") };
        let change = |change: fn(&mut IntegrationConfig)| {
            let mut after = before.clone();
            change(&mut after);
            (after.keeps_credential_of(&before), after.keeps_client_secret_of(&before))
        };
        assert_eq!(change(|after| after.category = "network".into()), (true, true));
        assert_eq!(change(|after| after.username = "b".into()), (false, true));
        assert_eq!(change(|after| after.base_url = "https://dev2.service-now.com".into()), (false, false));
        assert_eq!(change(|after| after.oauth.token_url = "https://evil.example".into()), (true, false));
        assert_eq!(change(|after| after.sign_in = SignIn::OAuth), (false, true));
    }
}
