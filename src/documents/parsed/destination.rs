//! Where a link leads, and whether a click may go there.

/// Where a link or an image leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination<'a> {
    /// Outside: `https`, `http`, `mailto` or `tel`.
    Outside(&'a str),
    /// A heading of this document, by its anchor.
    Heading(&'a str),
    /// Somewhere that a file sent to others cannot lead: shown as text, never followed.
    Nowhere(&'a str),
}

/// Tells where a link leads. Scripts, files of this machine and relative paths lead nowhere.
pub fn destination(target: &str) -> Destination<'_> {
    if let Some(anchor) = target.strip_prefix('#').filter(|anchor| !anchor.is_empty()) {
        return Destination::Heading(anchor);
    }
    let scheme = target.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let has_controls = target.chars().any(|c| c.is_control() || c.is_whitespace());
    match scheme.as_deref() {
        Some("http" | "https" | "mailto" | "tel") if !has_controls => Destination::Outside(target),
        _ => Destination::Nowhere(target),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_reader_can_reach_is_a_link() {
        let cases = [
            ("https://a.net/x", Destination::Outside("https://a.net/x")),
            ("MAILTO:a@b.net", Destination::Outside("MAILTO:a@b.net")),
            ("#root-cause", Destination::Heading("root-cause")),
            ("javascript:alert(1)", Destination::Nowhere("javascript:alert(1)")),
            ("java\nscript:alert(1)", Destination::Nowhere("java\nscript:alert(1)")),
            ("http://a\n.net", Destination::Nowhere("http://a\n.net")),
            ("file:///etc/passwd", Destination::Nowhere("file:///etc/passwd")),
            ("data:text/html,x", Destination::Nowhere("data:text/html,x")),
            ("../logs/app.log", Destination::Nowhere("../logs/app.log")),
            ("#", Destination::Nowhere("#")),
            ("", Destination::Nowhere("")),
        ];
        for (target, expected) in cases {
            assert_eq!(destination(target), expected, "{target:?}");
        }
    }
}
