//! Where links and images lead, and the anchors within the page.

use super::xml::attribute;

/// How many digits and letters of a heading its anchor keeps.
const ANCHOR_MAX: usize = 80;

/// What a destination becomes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// An address that a browser or mail program opens.
    Outside(String),
    /// A place in this page, without its `#`.
    Anchor(String),
    /// Neither: shown as text beside the words of the link.
    Unknown,
}

/// Schemes that do nothing but open something elsewhere.
const SCHEMES: [&str; 7] = ["http", "https", "mailto", "ftp", "ftps", "tel", "ssh"];

pub(super) fn target(destination: &str, is_email: bool) -> Target {
    if is_email {
        return Target::Outside(format!("mailto:{destination}"));
    }
    if let Some(anchor) = destination.strip_prefix('#').filter(|anchor| !anchor.is_empty()) {
        return Target::Anchor(slug(anchor));
    }
    let scheme = destination.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme {
        Some(scheme) if SCHEMES.contains(&scheme.as_str()) => Target::Outside(destination.to_owned()),
        Some(_) | None => Target::Unknown,
    }
}

/// The name by which links find a heading: its words in small letters, joined by hyphens.
pub(super) fn slug(text: &str) -> String {
    let mut slug = String::new();
    for c in text.trim().chars().take(ANCHOR_MAX) {
        if c.is_alphanumeric() || matches!(c, '-' | '_') {
            slug.extend(c.to_lowercase());
        } else if c.is_whitespace() {
            slug.push('-');
        }
    }
    slug
}

/// The macro that a link to a place leads to.
pub(super) fn anchor(name: &str) -> String {
    format!(
        "<ac:structured-macro ac:name=\"anchor\" ac:schema-version=\"1\"><ac:parameter ac:name=\"\">{}</ac:parameter>\
         </ac:structured-macro>",
        attribute(name)
    )
}

/// The beginning and the end of a link.
pub(super) fn link(target: &Target, title: &str) -> (String, String) {
    match target {
        Target::Outside(address) if title.is_empty() => {
            (format!("<a href=\"{}\">", attribute(address)), "</a>".to_owned())
        }
        Target::Outside(address) => {
            let (address, title) = (attribute(address), attribute(title));
            (format!("<a href=\"{address}\" title=\"{title}\">"), "</a>".to_owned())
        }
        Target::Anchor(name) => {
            let name = attribute(name);
            let begin = format!("<ac:link ac:anchor=\"{name}\"><ac:link-body>");
            (begin, "</ac:link-body></ac:link>".to_owned())
        }
        Target::Unknown => (String::new(), String::new()),
    }
}
