//! The address of a service, put right from whatever was copied out of a browser.

use super::{Origin, OriginError, Service};
use std::fmt;
use url::{Host, Url};

/// Where a service is: an origin and the path below which its interface lies, without a slash at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceUrl {
    origin: Origin,
    path: String,
    query: Option<String>,
}

impl ServiceUrl {
    /// A URL as it stands, apart from slashes at its end.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let origin = Origin::of(text)?;
        let Ok(url) = Url::parse(text.trim()) else { return Err(OriginError::Malformed) };
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { origin, path, query: url.query().map(str::to_owned) })
    }

    /// The same with a further path, which must begin with a slash.
    #[must_use]
    pub fn join(&self, below: &str) -> Self {
        Self { origin: self.origin.clone(), path: format!("{}{below}", self.path), query: None }
    }

    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Begins with a slash, unless it is empty.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Whether `link`, absolute or relative to the origin, leads to the same server. Gives its path and query.
    pub(super) fn same_origin(&self, link: &str) -> Option<String> {
        let base = Url::parse(&format!("{}{}/", self.origin, self.path)).ok()?;
        let url = base.join(link).ok()?;
        if Origin::of(url.as_str()).as_ref() != Ok(&self.origin) {
            return None;
        }
        Some(url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())))
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)?;
        self.query.as_ref().map_or(Ok(()), |query| write!(f, "?{query}"))
    }
}

/// Paths behind which nothing belongs to the base URL of a Confluence Data Center.
const CONFLUENCE_PAGES: &[&str] =
    &["/display", "/spaces", "/pages", "/rest", "/dashboard.action", "/index.action", "/x"];

/// Hosts of Atlassian's cloud.
const ATLASSIAN: &[&str] = &[".atlassian.net", ".jira.com"];

/// Whether a URL is that of a site in Atlassian's cloud.
pub(super) fn is_atlassian(url: &str) -> bool {
    let Ok(origin) = Origin::of(url) else { return false };
    ATLASSIAN.iter().any(|suffix| origin.host().ends_with(suffix))
}

/// What the user copied, as the base URL that is meant: with a scheme, without the path of a page, query and slashes at
/// the end. What cannot be read stays as it is.
pub fn put_right(service: Service, text: &str) -> String {
    let text = text.trim();
    let whole = if text.contains("://") || text.is_empty() { text.to_owned() } else { format!("https://{text}") };
    let Ok(mut url) = Url::parse(&whole) else { return text.to_owned() };
    url.set_query(None);
    url.set_fragment(None);
    let path = match service {
        Service::Confluence => confluence_path(&url),
        Service::ServiceNow => servicenow_path(&url),
        Service::AzureDevOps => azure_path(&url),
    };
    url.set_path(&path);
    url.as_str().trim_end_matches('/').to_owned()
}

fn confluence_path(url: &Url) -> String {
    if is_atlassian(url.as_str()) {
        return String::new();
    }
    let path = url.path();
    let cut = CONFLUENCE_PAGES.iter().filter_map(|page| {
        let at = path.find(page)?;
        let rest = path.get(at + page.len()..)?;
        (rest.is_empty() || rest.starts_with('/')).then_some(at)
    });
    cut.min().and_then(|at| path.get(..at)).unwrap_or(path).to_owned()
}

fn servicenow_path(url: &Url) -> String {
    let path = url.path();
    let is_page = path.contains(".do") || path.starts_with("/now/") || path.starts_with("/api/");
    let is_hosted = url.host_str().is_some_and(|host| host.ends_with(".service-now.com"));
    if is_page || is_hosted { String::new() } else { path.to_owned() }
}

/// `https://dev.azure.com/contoso/Project/_boards` is the organization `contoso`; in older names it is in the host.
fn azure_path(url: &Url) -> String {
    let path = url.path();
    let up_to_area = path.split("/_").next().unwrap_or_default();
    match url.host() {
        Some(Host::Domain("dev.azure.com")) => {
            let organization = path.split('/').find(|part| !part.is_empty());
            organization.map_or_else(String::new, |name| format!("/{name}"))
        }
        Some(Host::Domain(host)) if host.ends_with(".visualstudio.com") => {
            let has_collection = path.split('/').any(|part| part.eq_ignore_ascii_case("DefaultCollection"));
            if has_collection { "/DefaultCollection".to_owned() } else { String::new() }
        }
        _ => up_to_area.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_copied_from_a_browser_is_put_right() {
        use Service::{AzureDevOps, Confluence, ServiceNow};
        let cases = [
            (Confluence, "https://acme.atlassian.net/wiki/", "https://acme.atlassian.net"),
            (Confluence, "acme.atlassian.net/wiki/spaces/OPS/overview?x=1", "https://acme.atlassian.net"),
            (Confluence, "https://docs.corp.com/confluence/", "https://docs.corp.com/confluence"),
            (Confluence, "https://docs.corp.com/wiki/display/OPS/Home", "https://docs.corp.com/wiki"),
            (Confluence, "https://docs.corp.com/displays", "https://docs.corp.com/displays"),
            (Confluence, "http://localhost:8090", "http://localhost:8090"),
            (ServiceNow, " https://dev1.service-now.com/nav_to.do?uri=x ", "https://dev1.service-now.com"),
            (ServiceNow, "https://dev1.service-now.com/now/nav/ui/classic", "https://dev1.service-now.com"),
            (ServiceNow, "https://desk.corp.com/snow/", "https://desk.corp.com/snow"),
            (AzureDevOps, "https://dev.azure.com/contoso/", "https://dev.azure.com/contoso"),
            (AzureDevOps, "https://dev.azure.com/contoso/My%20Project/_boards", "https://dev.azure.com/contoso"),
            (AzureDevOps, "https://contoso.visualstudio.com/My%20Project", "https://contoso.visualstudio.com"),
            (AzureDevOps, "https://tfs.corp.com/tfs/Main/_projects", "https://tfs.corp.com/tfs/Main"),
            (AzureDevOps, "", ""),
            (AzureDevOps, "https://", "https://"),
        ];
        for (service, copied, expected) in cases {
            assert_eq!(put_right(service, copied), expected, "{copied}");
            assert_eq!(put_right(service, expected), expected, "{copied}: once more");
        }
    }

    #[test]
    fn a_link_to_another_server_is_told() {
        let base = ServiceUrl::parse("https://wiki.corp.com/confluence").unwrap();
        let own = |link| base.same_origin(link);
        assert_eq!(own("/rest/api/space?start=25").as_deref(), Some("/rest/api/space?start=25"));
        assert_eq!(own("https://wiki.corp.com/a?b=c").as_deref(), Some("/a?b=c"));
        for link in [
            "https://evil.example/rest",
            "//evil.example/rest",
            "http://wiki.corp.com/a",
            "https://u@wiki.corp.com/",
            "file:///etc",
        ] {
            assert_eq!(own(link), None, "{link}");
        }
    }
}
