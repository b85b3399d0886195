//! Runs of text of one look.

/// How a run looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the marks of Markdown, which combine freely")]
pub(super) struct Look {
    pub(super) is_bold: bool,
    pub(super) is_italic: bool,
    pub(super) is_struck: bool,
    pub(super) is_code: bool,
    pub(super) is_link: bool,
    /// Six hexadecimal digits; empty for the color of the style.
    pub(super) color: &'static str,
}

/// Text for XML, fit for attributes in double quotes as well.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() && !matches!(c, '\n' | '\t') => escaped.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A run; line ends and tabs of the text are those of the document.
pub(super) fn run(out: &mut String, text: &str, look: Look) {
    if text.is_empty() {
        return;
    }
    out.push_str("<w:r>");
    properties(out, look);
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push_str("<w:br/>");
        }
        for (number, part) in line.split('\t').enumerate() {
            if number > 0 {
                out.push_str("<w:tab/>");
            }
            if !part.is_empty() {
                out.push_str("<w:t xml:space=\"preserve\">");
                out.push_str(&escape(part));
                out.push_str("</w:t>");
            }
        }
    }
    out.push_str("</w:r>");
}

/// In the order in which the schema wants them.
fn properties(out: &mut String, look: Look) {
    if look == Look::default() {
        return;
    }
    out.push_str("<w:rPr>");
    if look.is_link {
        out.push_str("<w:rStyle w:val=\"Hyperlink\"/>");
    } else if look.is_code {
        out.push_str("<w:rStyle w:val=\"Code\"/>");
    }
    if look.is_code && look.is_link {
        out.push_str("<w:rFonts w:ascii=\"Consolas\" w:hAnsi=\"Consolas\" w:cs=\"Consolas\"/>");
    }
    if look.is_bold {
        out.push_str("<w:b/><w:bCs/>");
    }
    if look.is_italic {
        out.push_str("<w:i/><w:iCs/>");
    }
    if look.is_struck {
        out.push_str("<w:strike/>");
    }
    if !look.color.is_empty() {
        out.push_str("<w:color w:val=\"");
        out.push_str(look.color);
        out.push_str("\"/>");
    }
    out.push_str("</w:rPr>");
}
