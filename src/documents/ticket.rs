//! What a tracker is told of a document: the sections that matter to whoever runs the service, as plain text.

use super::parsed::{Block, Inline, Item, Table, parse, plain_text};
use super::questions::PROMPT;

/// What a ticket tells, and the sections of the two documents that say it. Source: the fields of a post-incident report.
const PARTS: [(&str, &[&str]); 4] = [
    ("Executive summary", &["Executive summary", "Summary"]),
    ("Customer and service impact", &["Impact"]),
    (
        "Technical summary",
        &["Root causes and trigger", "Root cause", "Contributing factors", "Resolution and recovery", "Resolution"],
    ),
    ("Action items", &["Action items", "Corrective actions"]),
];

/// The document in the words of a ticket. A document of other sections, by a template of the user's own, goes whole.
pub fn ticket_text(markdown: &str) -> String {
    let parsed = parse(markdown);
    let mut text = String::new();
    for (name, sections) in PARTS {
        let lines: Vec<String> =
            sections.iter().flat_map(|section| lines(section_of(&parsed.blocks, section))).collect();
        if !lines.is_empty() {
            push_part(&mut text, name, &lines);
        }
    }
    if text.is_empty() { lines(&parsed.blocks).join("\n") } else { text }
}

fn push_part(text: &mut String, name: &str, lines: &[String]) {
    if !text.is_empty() {
        text.push_str("\n\n");
    }
    text.push_str(name);
    for line in lines {
        text.push('\n');
        text.push_str(line);
    }
}

/// What stands below the heading, up to the next of its level.
fn section_of<'a>(blocks: &'a [Block], name: &str) -> &'a [Block] {
    let heading = |block: &Block| match block {
        Block::Heading { level, content, .. } => Some((*level, plain_text(content))),
        _ => None,
    };
    let is_it = |block: &Block| heading(block).is_some_and(|(_, words)| words.trim().eq_ignore_ascii_case(name));
    let Some(at) = blocks.iter().position(is_it) else { return &[] };
    let Some((begin, rest)) = blocks.get(at..).and_then(<[Block]>::split_first) else { return &[] };
    let level = heading(begin).map_or(0, |(level, _)| level);
    let ends = |block: &Block| heading(block).is_some_and(|(other, _)| other <= level);
    rest.get(..rest.iter().position(ends).unwrap_or(rest.len())).unwrap_or_default()
}

/// Each block as lines, without marks. Questions that nobody has answered say nothing to a reader of the ticket.
fn lines(blocks: &[Block]) -> Vec<String> {
    let mut lines = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { content, .. } => lines.push(plain_text(content)),
            Block::Paragraph(content) => lines.extend(paragraph(content)),
            Block::Quote { blocks, .. } => lines.extend(self::lines(blocks)),
            Block::Code { text, .. } | Block::Raw(text) => lines.extend(text.lines().map(|line| format!("    {line}"))),
            Block::List { first, items } => list(*first, items, &mut lines),
            Block::Table(table) => lines.extend(rows(table)),
            Block::Rule => {}
        }
    }
    lines
}

fn paragraph(content: &[Inline]) -> Option<String> {
    let words = plain_text(content);
    let asks = PROMPT.trim_start_matches('*');
    let is_picture = matches!(content, [Inline::Image { .. }]);
    (!is_picture && !words.trim().is_empty() && !words.contains(asks)).then_some(words)
}

fn list(first: Option<u64>, items: &[Item], out: &mut Vec<String>) {
    for (number, item) in (first.unwrap_or(1)..).zip(items) {
        let mark = match (item.done, first) {
            (Some(true), _) => "[x] ".to_owned(),
            (Some(false), _) => "[ ] ".to_owned(),
            (None, Some(_)) => format!("{number}. "),
            (None, None) => "- ".to_owned(),
        };
        for (at, line) in lines(&item.blocks).into_iter().enumerate() {
            out.push(if at == 0 { format!("{mark}{line}") } else { format!("  {line}") });
        }
    }
}

/// A row names its fields: a ticket shows its text in letters of any width.
fn rows(table: &Table) -> Vec<String> {
    let names: Vec<String> = table.head.iter().map(|cell| plain_text(cell)).collect();
    let row = |cells: &Vec<Vec<Inline>>| {
        let fields = names.iter().zip(cells).filter_map(|(name, cell)| {
            let value = plain_text(cell);
            (!value.trim().is_empty()).then(|| if name.is_empty() { value } else { format!("{name}: {value}") })
        });
        format!("- {}", fields.collect::<Vec<_>>().join("; "))
    };
    table.rows.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const POST_MORTEM: &str = "# Post-mortem: Checkout\n\n| Field | Value |\n|---|---|\n| Severity | P1 |\n\n\
        ## Executive summary\n\nThe pool was **too small**.\n\n## Impact\n\n- **Users.** 1 200 saw `502`\n\
        - **Data.** *Not recorded yet: was data lost?*\n\n## Timeline\n\n| At | What |\n|---|---|\n| 9:00 | Alert |\n\n\
        ## Root causes and trigger\n\nA leak.\n\n![Why tree](why-tree.svg)\n\n1. Why?\n2. Why again?\n\n\
        ## Resolution and recovery\n\n*Not recorded yet: how was it ended?*\n\n\
        ## Action items\n\n| What | Owner | Due |\n|---|---|---|\n| Raise the pool | SRE | |\n";

    #[test]
    fn a_post_mortem_becomes_the_four_parts_of_an_incident_report() {
        let expected = "Executive summary\nThe pool was too small.\n\nCustomer and service impact\n\
            - Users. 1 200 saw 502\n\nTechnical summary\nA leak.\n1. Why?\n2. Why again?\n\n\
            Action items\n- What: Raise the pool; Owner: SRE";
        assert_eq!(ticket_text(POST_MORTEM), expected);
    }

    #[test]
    fn an_rca_has_the_same_parts_by_its_own_names() {
        let rca = "# RCA\n\n## Summary\n\nIt broke.\n\n## Root cause\n\nA leak.\n\n### Detail\n\nIn `pool.rs`.\n\n\
            ## Corrective actions\n\n- [x] Fix\n- [ ] Test\n";
        let expected = "Executive summary\nIt broke.\n\nTechnical summary\nA leak.\nDetail\nIn pool.rs.\n\n\
            Action items\n[x] Fix\n[ ] Test";
        assert_eq!(ticket_text(rca), expected);
    }

    #[test]
    fn a_document_of_other_sections_goes_whole() {
        assert_eq!(ticket_text("# Report\n\n> All is *well*\n\n```\na\n```\n"), "Report\nAll is well\n    a");
        assert_eq!(ticket_text(""), "");
    }
}
