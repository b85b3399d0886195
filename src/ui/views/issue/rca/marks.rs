//! What the toolbar and its keys do to a text: pure functions on the text and what is selected in it.

use std::ops::Range;

/// A mark of Markdown that the toolbar can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Heading,
    Bold,
    Italic,
    Code,
    Bullets,
    Numbers,
    Tasks,
    Quote,
    Link,
    Table,
}

impl Mark {
    pub(super) const ALL: [Self; 10] = [
        Self::Heading,
        Self::Bold,
        Self::Italic,
        Self::Code,
        Self::Bullets,
        Self::Numbers,
        Self::Tasks,
        Self::Quote,
        Self::Link,
        Self::Table,
    ];
}

const TABLE: &str = "| Column | Column |\n| ------ | ------ |\n|        |        |\n";

/// Sets the mark where something is selected, or takes it away where it is set. Ranges count characters; returns what
/// is to be selected then.
pub(super) fn apply(text: &mut String, selected: Range<usize>, mark: Mark) -> Range<usize> {
    let selected = selected.start.min(selected.end)..selected.start.max(selected.end);
    match mark {
        Mark::Bold => around(text, selected, "**"),
        Mark::Italic => around(text, selected, "*"),
        Mark::Code => around(text, selected, "`"),
        Mark::Heading => lines(text, selected, |_, line| toggled(line, "## ")),
        Mark::Bullets => lines(text, selected, |_, line| toggled(line, "- ")),
        Mark::Numbers => lines(text, selected, numbered),
        Mark::Tasks => lines(text, selected, |_, line| toggled(line, "- [ ] ")),
        Mark::Quote => lines(text, selected, |_, line| toggled(line, "> ")),
        Mark::Link => link(text, selected),
        Mark::Table => insert_block(text, selected.end, TABLE),
    }
}

/// The byte at which this character begins; the end for one behind it.
pub(super) fn byte_of(text: &str, character: usize) -> usize {
    text.char_indices().nth(character).map_or(text.len(), |(at, _)| at)
}

/// The number of the character at this byte.
pub(super) fn character_of(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |before| before.chars().count())
}

fn bytes(text: &str, characters: &Range<usize>) -> Range<usize> {
    byte_of(text, characters.start)..byte_of(text, characters.end)
}

fn around(text: &mut String, selected: Range<usize>, sign: &str) -> Range<usize> {
    let range = bytes(text, &selected);
    let length = sign.len();
    let is_set = text.get(..range.start).is_some_and(|before| before.ends_with(sign))
        && text.get(range.end..).is_some_and(|after| after.starts_with(sign));
    if is_set {
        text.replace_range(range.end..range.end + length, "");
        text.replace_range(range.start - length..range.start, "");
        return selected.start - length..selected.end - length;
    }
    text.insert_str(range.end, sign);
    text.insert_str(range.start, sign);
    selected.start + length..selected.end + length
}

/// Changes every line of the selection.
fn lines(text: &mut String, selected: Range<usize>, change: impl Fn(usize, &str) -> String) -> Range<usize> {
    let range = whole_lines(text, &bytes(text, &selected));
    let old = text.get(range.clone()).unwrap_or_default();
    let new: Vec<String> = old.split('\n').enumerate().map(|(place, line)| change(place + 1, line)).collect();
    let new = new.join("\n");
    let from = character_of(text, range.start);
    let to = from + new.chars().count();
    text.replace_range(range, &new);
    if selected.is_empty() { to..to } else { from..to }
}

/// Without the line end of the last one.
fn whole_lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(range.end..).and_then(|after| after.find('\n')).map_or(text.len(), |at| range.end + at);
    start..end
}

fn toggled(line: &str, prefix: &str) -> String {
    if let Some(bare) = line.strip_prefix(prefix) {
        return bare.to_owned();
    }
    format!("{prefix}{}", without_prefix(line))
}

fn numbered(number: usize, line: &str) -> String {
    let digits = line.len() - line.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let bare = line.get(digits..).and_then(|rest| rest.strip_prefix(". ")).filter(|_| digits > 0);
    bare.map_or_else(|| format!("{number}. {}", without_prefix(line)), str::to_owned)
}

/// One kind of line becomes another.
fn without_prefix(line: &str) -> &str {
    let prefixes = ["- [ ] ", "- [x] ", "- ", "> "];
    let bare = prefixes.iter().find_map(|prefix| line.strip_prefix(prefix));
    let heading = || line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ');
    bare.or_else(heading).unwrap_or(line)
}

/// The words become the link's, and the address is selected.
fn link(text: &mut String, selected: Range<usize>) -> Range<usize> {
    let range = bytes(text, &selected);
    let words = text.get(range.clone()).unwrap_or_default().to_owned();
    let words = if words.is_empty() { "text".to_owned() } else { words };
    let address = "https://";
    text.replace_range(range, &format!("[{words}]({address})"));
    let start = selected.start + words.chars().count() + 3;
    start..start + address.len()
}

/// Below the line of the cursor, with blank lines around it.
fn insert_block(text: &mut String, at: usize, block: &str) -> Range<usize> {
    let byte = byte_of(text, at);
    let end = whole_lines(text, &(byte..byte)).end;
    let before = if text.get(..end).is_none_or(str::is_empty) { "" } else { "\n\n" };
    text.insert_str(end, &format!("{before}{block}"));
    let start = character_of(text, end + before.len());
    start + 2..start + 8
}

/// Pads the cells of the table around this character, so that its columns stand one below the other. Returns where the
/// same place is then; `None` where there is no table, or nothing to do.
pub(super) fn align_table(text: &mut String, at: usize) -> Option<usize> {
    let byte = byte_of(text, at);
    let range = table_around(text, byte)?;
    let old = text.get(range.clone())?.to_owned();
    let new = aligned(&old)?;
    if new == old {
        return None;
    }
    // The place is told by its line and by how many bars stand before it.
    let before = old.get(..byte.saturating_sub(range.start))?;
    let (line, bars) = (before.matches('\n').count(), before.rsplit('\n').next()?.matches('|').count());
    text.replace_range(range.clone(), &new);
    let new_line = new.split('\n').nth(line)?;
    let column = new_line.match_indices('|').nth(bars.saturating_sub(1)).map_or(0, |(at, _)| at + 2);
    let offset: usize = new.split('\n').take(line).map(|line| line.len() + 1).sum();
    let place = range.start + offset + column.min(new_line.len());
    Some(character_of(text, place.min(text.len())))
}

/// Whether this character stands in a row of a table.
pub(super) fn is_in_table(text: &str, at: usize) -> bool {
    table_around(text, byte_of(text, at)).is_some()
}

fn table_around(text: &str, byte: usize) -> Option<Range<usize>> {
    let is_row = |line: &str| line.trim_start().starts_with('|');
    let mut range = whole_lines(text, &(byte..byte));
    if !is_row(text.get(range.clone())?) {
        return None;
    }
    while range.start > 0 {
        let above = whole_lines(text, &(range.start - 1..range.start - 1));
        if !is_row(text.get(above.clone())?) {
            break;
        }
        range.start = above.start;
    }
    while range.end < text.len() {
        let below = whole_lines(text, &(range.end + 1..range.end + 1));
        if !is_row(text.get(below.clone())?) {
            break;
        }
        range.end = below.end;
    }
    Some(range)
}

fn aligned(table: &str) -> Option<String> {
    let rows: Vec<Vec<String>> = table.split('\n').map(cells).collect();
    let is_rule = |cell: &String| !cell.is_empty() && cell.chars().all(|c| matches!(c, '-' | ':'));
    let rule = rows.get(1).filter(|row| row.iter().all(is_rule))?.clone();
    let columns = rows.iter().map(Vec::len).max()?;
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let others = rows.iter().enumerate().filter(|(place, _)| *place != 1);
            let widest = others.filter_map(|(_, row)| row.get(column)).map(|cell| columns_of(cell)).max();
            widest.unwrap_or(0).max(3)
        })
        .collect();
    let lines = rows.iter().enumerate().map(|(place, row)| {
        let cells = widths.iter().enumerate().map(|(column, width)| {
            let cell = row.get(column).map_or("", String::as_str);
            if place == 1 { rule_of(rule.get(column), *width) } else { padded(cell, *width) }
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    });
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// A bar behind a backslash or in code is no end of a cell; code in tables escapes its bars, too.
fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_start_matches('|');
    let (mut cells, mut cell, mut is_escaped) = (Vec::new(), String::new(), false);
    for c in row.chars() {
        if c == '|' && !is_escaped {
            cells.push(std::mem::take(&mut cell).trim().to_owned());
        } else {
            cell.push(c);
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    if !cell.trim().is_empty() {
        cells.push(cell.trim().to_owned());
    }
    cells
}

fn rule_of(cell: Option<&String>, width: usize) -> String {
    let (left, right) = cell.map_or((false, false), |cell| (cell.starts_with(':'), cell.ends_with(':')));
    let dashes = "-".repeat(width - usize::from(left) - usize::from(right));
    format!("{}{dashes}{}", if left { ":" } else { "" }, if right { ":" } else { "" })
}

fn padded(cell: &str, width: usize) -> String {
    format!("{cell}{}", " ".repeat(width.saturating_sub(columns_of(cell))))
}

/// How many columns of a code face a text takes.
fn columns_of(text: &str) -> usize {
    let wide = |c: char| matches!(u32::from(c), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xff00..=0xff60);
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &str, selected: Range<usize>, mark: Mark) -> (String, String) {
        let mut text = text.to_owned();
        let selected = apply(&mut text, selected, mark);
        let shown = text.chars().skip(selected.start).take(selected.end - selected.start).collect();
        (text, shown)
    }

    #[test]
    fn a_mark_is_set_around_what_is_selected_and_taken_away_again() {
        let (text, selected) = applied("größer pool", 0..6, Mark::Bold);
        assert_eq!((text.as_str(), selected.as_str()), ("**größer** pool", "größer"));
        assert_eq!(applied(&text, 2..8, Mark::Bold).0, "größer pool");
    }

    #[test]
    fn line_marks_take_the_place_of_each_other() {
        let cases = [
            (Mark::Bullets, "- one\n- two"),
            (Mark::Numbers, "1. one\n2. two"),
            (Mark::Tasks, "- [ ] one\n- [ ] two"),
            (Mark::Quote, "> one\n> two"),
        ];
        for (mark, expected) in cases {
            assert_eq!(
                applied("- one\n- two", 0..11, mark).0,
                if mark == Mark::Bullets { "one\ntwo" } else { expected }
            );
            assert_eq!(applied("one\ntwo", 0..7, mark).0, expected, "{mark:?}");
        }
        assert_eq!(applied("### Deep", 3..3, Mark::Heading).0, "## Deep");
    }

    #[test]
    fn a_link_asks_for_its_address() {
        assert_eq!(applied("see docs", 4..8, Mark::Link), ("see [docs](https://)".to_owned(), "https://".to_owned()));
    }

    #[test]
    fn a_table_stands_below_the_line_with_its_first_cell_selected() {
        let (text, selected) = applied("line\nnext", 2..2, Mark::Table);
        assert!(text.starts_with("line\n\n| Column | Column |\n"), "{text}");
        assert_eq!(selected, "Column");
    }

    #[test]
    fn columns_are_padded_and_the_cursor_stays_in_its_cell() {
        let mut text = "x\n\n| a | b |\n|:--|-:|\n| longer | 漢字 |\n| e\\|f |\n\ny".to_owned();
        let at = character_of(&text, text.find("漢").unwrap());
        let place = align_table(&mut text, at).unwrap();
        assert_eq!(text, "x\n\n| a      | b    |\n| :----- | ---: |\n| longer | 漢字 |\n| e\\|f   |      |\n\ny");
        assert_eq!(text.chars().nth(place), Some('漢'));
        assert_eq!(align_table(&mut text, at), None, "nothing is left to do");
    }

    #[test]
    fn bars_without_a_rule_are_no_table() {
        let mut text = "| a | b |\n| c |".to_owned();
        assert_eq!(align_table(&mut text, 3), None);
        assert!(!is_in_table("a | b", 1));
    }
}
