//! From the facts to a document: a template, and the blocks that fill it. Both kinds may use every block.

use super::causes::{contributing_factors, root_cause, whys};
use super::markup::inline;
use super::questions::told;
use super::sections::{
    corrective_actions, declined_actions, impact, lessons_learned, resolution, summary, timeline, title_block,
};
use super::sources::{evidence, how_made, logs};
use super::template::fill;
use super::{DocumentError, Facts, WHY_PICTURE, post_mortem};
use crate::domain::{DocumentKind, Question, Unredacted};

/// The template that comes with the program; a user may put another in its place.
pub const fn template_of(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Rca => include_str!("../../assets/templates/rca.md"),
        DocumentKind::PostMortem => include_str!("../../assets/templates/postmortem.md"),
    }
}

/// The file name of a kind's template, here and in the user's folder of templates.
pub const fn template_file(kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::Rca => "rca.md",
        DocumentKind::PostMortem => "postmortem.md",
    }
}

/// The document as Markdown, by `template` or by the program's own.
///
/// The text holds the facts as they are given: real values where the facts have real values.
pub fn draft(facts: &Facts<'_>, kind: DocumentKind, template: Option<&str>) -> Result<Unredacted, DocumentError> {
    let title = inline(facts.issue.title.expose());
    let blocks = [
        ("title", if title.is_empty() { "untitled".to_owned() } else { title }),
        ("title_block", title_block(facts)),
        ("metadata", post_mortem::metadata(facts)),
        ("summary", summary(facts)),
        ("executive_summary", post_mortem::executive_summary(facts)),
        ("impact", impact(facts)),
        ("detection", post_mortem::detection(facts)),
        ("lead_up", post_mortem::lead_up(facts)),
        ("timeline", timeline(facts)),
        ("why_picture", why_picture(facts)),
        ("whys", whys(facts)),
        ("root_cause", root_cause(facts)),
        ("trigger", told(facts, Question::Trigger)),
        ("contributing_factors", contributing_factors(facts)),
        ("resolution", resolution(facts)),
        ("went_well", told(facts, Question::WentWell)),
        ("went_wrong", told(facts, Question::WentWrong)),
        ("lucky", told(facts, Question::Lucky)),
        ("lessons_learned", lessons_learned(facts)),
        ("corrective_actions", corrective_actions(facts)),
        ("declined_actions", declined_actions(facts)),
        ("supporting", told(facts, Question::Supporting)),
        ("evidence", evidence(facts)),
        ("logs", logs(facts)),
        ("external_statement", told(facts, Question::ExternalStatement)),
        ("how_made", how_made(facts)),
    ];
    fill(template.unwrap_or_else(|| template_of(kind)), &blocks).map(|text| tidy(&text).into())
}

/// An image in place of which writers and preview draw the why tree.
fn why_picture(facts: &Facts<'_>) -> String {
    if facts.whys.all().is_empty() { String::new() } else { format!("![Why tree]({WHY_PICTURE})") }
}

/// A block may be empty: one blank line is left where it stood. Text in code blocks has its own blank lines, and keeps
/// them.
fn tidy(text: &str) -> String {
    let (mut tidied, mut fence, mut is_blank) = (String::with_capacity(text.len()), None, false);
    for line in text.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        fence = match fence {
            None if ticks >= 3 => Some(ticks),
            Some(open) if ticks >= open && line.trim_start_matches('`').is_empty() => None,
            known => known,
        };
        if line.is_empty() && is_blank && fence.is_none() {
            continue;
        }
        is_blank = line.is_empty();
        tidied.push_str(line);
        tidied.push('\n');
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_block_leaves_one_blank_line_and_code_keeps_its_own() {
        assert_eq!(tidy("a\n\n\n\nb\n````\n\n\n```\n\n\n````\n\n\n\nc"), "a\n\nb\n````\n\n\n```\n\n\n````\n\nc\n");
    }
}
