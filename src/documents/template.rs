//! Fills the blocks of a template: `{{name}}`, where a name has at most 32 small letters and underscores.

use super::DocumentError;

const LONGEST_NAME: usize = 32;

/// Puts each block in its place. What a block holds is not searched again, so text may contain `{{`.
pub(super) fn fill(template: &str, blocks: &[(&str, String)]) -> Result<String, DocumentError> {
    let mut filled = String::with_capacity(template.len() * 2);
    let mut rest = template;
    let mut line = 1;
    while let Some((before, after)) = rest.split_once("{{") {
        line += before.matches('\n').count();
        filled.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            return Err(DocumentError::MalformedBlock { line });
        };
        let name = name.trim();
        if !is_name(name) {
            return Err(DocumentError::MalformedBlock { line });
        }
        let Some((_, text)) = blocks.iter().find(|(block, _)| *block == name) else {
            return Err(DocumentError::UnknownBlock { line, name: name.to_owned() });
        };
        filled.push_str(text);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn is_name(name: &str) -> bool {
    (1..=LONGEST_NAME).contains(&name.len()) && name.chars().all(|c| c.is_ascii_lowercase() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks() -> Vec<(&'static str, String)> {
        vec![("title", "Pool {{summary}}".to_owned()), ("summary", "cut".to_owned())]
    }

    #[test]
    fn the_text_of_a_block_is_not_searched_again() {
        let filled = fill("# {{title}}\n\n{{ summary }} {{summary}}\n", &blocks());
        assert_eq!(filled.as_deref(), Ok("# Pool {{summary}}\n\ncut cut\n"));
    }

    #[test]
    fn a_wrong_template_is_refused_with_its_line() {
        let unknown = DocumentError::UnknownBlock { line: 3, name: "impact".to_owned() };
        assert_eq!(fill("a\n\n{{impact}}", &blocks()), Err(unknown));
        for template in ["a\n{{title", "a\n{{title\n}} }}{{}}", "a\n{{Title}}", "a\n{{a b}}"] {
            let malformed = fill(template, &blocks());
            assert!(matches!(malformed, Err(DocumentError::MalformedBlock { line: 2 | 3 })), "{template}");
        }
    }
}
