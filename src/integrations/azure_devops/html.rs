//! Plain text to the HTML of a description, and back.

/// Text as paragraphs with its line ends; every sign of it is shown as it is.
pub(super) fn html(text: &str) -> String {
    let escaped = text.replace("\r\n", "\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let paragraphs = escaped.trim().split("\n\n").map(str::trim).filter(|one| !one.is_empty());
    paragraphs.fold(String::new(), |html, one| html + "<p>" + &one.replace('\n', "<br>") + "</p>")
}

/// What a reader sees of a description, for a new issue.
pub(super) fn plain(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        push_unescaped(before, &mut text);
        let Some((tag, after)) = tag.split_once('>') else {
            rest = "";
            break;
        };
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if matches!(name.as_str(), "br" | "p" | "div" | "li" | "tr") && !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        rest = after;
    }
    push_unescaped(rest, &mut text);
    text.trim().to_owned()
}

fn push_unescaped(piece: &str, text: &mut String) {
    let known = quick_xml::escape::unescape_with(piece, quick_xml::escape::resolve_html5_entity);
    match known {
        Ok(plain) => text.push_str(&plain),
        Err(_unknown) => text.push_str(piece),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_signs() {
        assert_eq!(html("a <b> & c\nd\n\n\ne"), "<p>a &lt;b&gt; &amp; c<br>d</p><p>e</p>");
        assert_eq!(plain("<div>a &lt;b&gt; &amp; c&nbsp;d<br>e</div><p class='x'>f"), "a <b> & c\u{a0}d\ne\nf");
        assert_eq!(plain(&html("one\ntwo & three")), "one\ntwo & three");
        assert_eq!(plain("a & b < "), "a & b");
    }
}
