//! Text, attributes and CDATA that no XML parser refuses.

/// Stands where a character was that XML cannot hold, so that its absence is seen.
const ILLEGAL: char = '\u{fffd}';

/// Text between elements.
pub(super) fn text(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(legal(c)),
        }
    }
}

/// The value of an attribute, without its quotes. Line ends would be read back as spaces, so they are written as such.
pub(super) fn attribute(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '\n' | '\t' | '\r' => out.push(' '),
            c => text(c.encode_utf8(&mut [0; 4]), &mut out),
        }
    }
    out
}

/// A CDATA section; its end cannot stand within it, so it is cut in two there.
pub(super) fn cdata(text: &str) -> String {
    let text: String = text.chars().map(legal).collect();
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

/// Source: XML 1.0, section 2.2.
const fn legal(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}' => c,
        _ => ILLEGAL,
    }
}
