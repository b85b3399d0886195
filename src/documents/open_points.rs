//! A document as its readers get it: what is not known stands in one list, and not as a question in each section.
//!
//! In the editor a question stands where its answer belongs. To readers of a draft these are holes, so files and pages
//! get them gathered; a section of which nothing is known is named there alone.

use super::questions::{PROMPT, UNMARKED};

/// The heading of the list.
const TITLE: &str = "Open questions";

/// The list stands before the first of these, because what follows is looked up and not read.
const APPENDICES: &[&str] = &["Evidence", "Supporting information"];

/// How many questions to the author a document still has.
pub fn open_points(markdown: &str) -> usize {
    markdown.matches(PROMPT).count()
}

/// The document with its questions to the author gathered in one list; unchanged where it has none.
pub fn for_readers(markdown: &str) -> String {
    if !markdown.contains(PROMPT) {
        return markdown.to_owned();
    }
    let mut gathering = Gathering::default();
    let mut fence = None;
    for line in markdown.lines() {
        fence = fence_after(fence, line);
        if fence.is_none() && (heading(line).is_some() || line.contains(PROMPT)) {
            gathering.take(line);
        } else {
            gathering.lines.push(Line::of(line));
        }
    }
    gathering.finish()
}

/// The fence that is open after this line, as its sign and length.
fn fence_after(open: Option<(char, usize)>, line: &str) -> Option<(char, usize)> {
    let text = line.trim_start().trim_start_matches("> ");
    let sign = text.chars().next().filter(|sign| matches!(sign, '`' | '~'));
    let length = sign.map_or(0, |sign| text.chars().take_while(|c| *c == sign).count());
    match (open, sign) {
        (None, Some(sign)) if length >= 3 => Some((sign, length)),
        (Some((wanted, least)), Some(sign)) if sign == wanted && length >= least => {
            let is_end = text.trim_end().chars().all(|c| c == sign);
            open.filter(|_| !is_end)
        }
        _ => open,
    }
}

/// Level and title of a heading.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.chars().take_while(|c| *c == '#').count();
    let title = line.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, title.trim().trim_end_matches('#').trim()))
}

/// A line that stays.
struct Line {
    text: String,
    /// Level and title, of a heading.
    heading: Option<(usize, String)>,
    /// Of a heading: whether a question was taken from below it.
    is_asked: bool,
}

impl Line {
    fn of(text: &str) -> Self {
        Self { text: text.to_owned(), heading: None, is_asked: false }
    }
}

#[derive(Default)]
struct Gathering {
    lines: Vec<Line>,
    /// What it is about, and the question.
    asked: Vec<(String, String)>,
    /// What is not marked in the timeline.
    unmarked: Vec<String>,
    /// Place in `lines` of the section that is read.
    section: Option<usize>,
}

impl Gathering {
    fn take(&mut self, line: &str) {
        if let Some((level, title)) = heading(line) {
            self.section = Some(self.lines.len());
            let heading = Some((level, title.to_owned()));
            self.lines.push(Line { text: line.to_owned(), heading, is_asked: false });
            return;
        }
        let (rest, questions) = apart(line);
        if let Some(section) = self.section.and_then(|at| self.lines.get_mut(at)) {
            section.is_asked = true;
        }
        let (rest, name) =
            if rest.trim_start().starts_with('|') { row(&rest, self.is_head()) } else { self.item(&rest) };
        for question in questions {
            self.ask(name.as_deref(), &question);
        }
        if let Some(rest) = rest {
            self.lines.push(Line::of(&rest));
        } else if !line.ends_with('\\')
            && let Some(before) = self.lines.last_mut()
            && before.text.ends_with('\\')
        {
            before.text.pop();
        }
    }

    /// Whether no section has begun.
    fn is_head(&self) -> bool {
        let section = self.section.and_then(|at| self.lines.get(at)?.heading.as_ref());
        section.is_none_or(|(level, _)| *level == 1)
    }

    /// As [`item`]; a line that continues an item is called like that.
    fn item(&self, line: &str) -> (Option<String>, Option<String>) {
        let (rest, name) = item(line);
        let continued = || item(&self.lines.last().filter(|_| line.starts_with(' '))?.text).1;
        let name = name.or_else(continued);
        (rest, name)
    }

    fn ask(&mut self, name: Option<&str>, question: &str) {
        if let Some(mark) = question.strip_suffix(UNMARKED) {
            self.unmarked.push(mark.to_owned());
            return;
        }
        let section = self.section.and_then(|at| self.lines.get(at)?.heading.as_ref());
        let section = section.filter(|(level, _)| *level > 1).map(|(_, title)| title.as_str());
        let about = match (section, name) {
            (Some(section), Some(name)) if section.to_lowercase().contains(&name.to_lowercase()) => capitalized(name),
            (Some(section), Some(name)) => format!("{section}: {name}"),
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => String::new(),
        };
        self.asked.push((about, question.to_owned()));
    }

    fn finish(self) -> String {
        let list = list(&self.asked, &self.unmarked);
        let kept = without_empty(self.lines);
        let is_appendix = |line: &Line| {
            line.heading.as_ref().is_some_and(|(level, title)| *level == 2 && APPENDICES.contains(&title.as_str()))
        };
        let place = kept.iter().position(is_appendix).unwrap_or(kept.len());
        let mut text: Vec<String> = kept.into_iter().map(|line| line.text).collect();
        let behind = text.split_off(place);
        if text.last().is_some_and(|line| !line.is_empty()) {
            text.push(String::new());
        }
        text.extend([format!("## {TITLE}"), String::new(), list]);
        if !behind.is_empty() {
            text.push(String::new());
        }
        text.extend(behind);
        text.push(String::new());
        joined(&text)
    }
}

/// A line without its questions, and the questions.
fn apart(line: &str) -> (String, Vec<String>) {
    let (mut rest, mut questions, mut behind) = (String::new(), Vec::new(), line);
    while let Some((before, after)) = behind.split_once(PROMPT) {
        let (question, after) = after.split_once('*').unwrap_or((after, ""));
        rest.push_str(before);
        questions.push(question.to_owned());
        behind = after;
    }
    rest.push_str(behind);
    (rest, questions)
}

/// A row of a table: dropped where it is a field of the head and empty, otherwise with a dash in the gap.
fn row(line: &str, is_head: bool) -> (Option<String>, Option<String>) {
    let line = line.trim().trim_start_matches('|').trim_end_matches('|');
    let cells: Vec<&str> = line.split(" | ").map(str::trim).collect();
    match cells.as_slice() {
        [name, ""] if is_head => (None, Some((*name).to_owned())),
        [name, ..] => {
            let filled: Vec<&str> = cells.iter().map(|cell| if cell.is_empty() { "—" } else { *cell }).collect();
            (Some(format!("| {} |", filled.join(" | "))), Some((*name).to_owned()))
        }
        [] => (None, None),
    }
}

/// A paragraph or an item: dropped where nothing but its name is left. The name is what stands bold at its beginning.
fn item(line: &str) -> (Option<String>, Option<String>) {
    let text = line.trim_end_matches('\\').trim();
    let inner = ["- ", "* ", "+ ", "> "].iter().fold(text, |text, mark| text.strip_prefix(mark).unwrap_or(text).trim());
    let inner = if matches!(inner, "-" | "*" | "+" | ">") { "" } else { inner };
    let bold = inner.strip_prefix("**").and_then(|inner| inner.split_once("**"));
    let name = bold.map(|(name, _)| in_sentence(name.trim_end_matches(['.', ':'])));
    let is_empty = inner.is_empty() || bold.is_some_and(|(_, behind)| behind.trim().is_empty());
    let rest = (!is_empty).then(|| line.trim_end_matches(' ').to_owned());
    (rest, name)
}

/// Headings under which nothing is left are taken out, as long as a question stood there.
fn without_empty(lines: Vec<Line>) -> Vec<Line> {
    let mut kept: Vec<Line> = Vec::with_capacity(lines.len());
    for line in lines {
        if let Some((level, _)) = &line.heading {
            drop_empty(&mut kept, *level);
        }
        kept.push(line);
    }
    drop_empty(&mut kept, 1);
    kept
}

/// Takes the last heading away if it is of this level or deeper and nothing stands below it.
fn drop_empty(kept: &mut Vec<Line>, level: usize) {
    let Some(last) = kept.iter().rposition(|line| !line.text.trim().is_empty()) else { return };
    let is_empty = kept.get(last).is_some_and(|line| {
        line.is_asked && line.heading.as_ref().is_some_and(|(found, _)| *found >= level && *found > 1)
    });
    if is_empty {
        kept.truncate(last);
    }
}

fn list(asked: &[(String, String)], unmarked: &[String]) -> String {
    let mut items = Vec::new();
    if let [marks @ .., last] = unmarked {
        let (marks, verb) = match marks {
            [] => (last.clone(), "is"),
            marks => (format!("{} and {last}", marks.join(", ")), "are"),
        };
        items.push(format!("- **Times.** {} {verb} not marked in the timeline.", capitalized(&marks)));
    }
    for (about, question) in asked {
        let question = capitalized(question);
        items.push(if about.is_empty() { format!("- {question}") } else { format!("- **{about}.** {question}") });
    }
    items.join("\n")
}

/// One blank line at most where something was taken out; code keeps its own.
fn joined(lines: &[String]) -> String {
    let (mut text, mut fence, mut is_blank) = (String::new(), None, false);
    for line in lines {
        fence = fence_after(fence, line);
        if line.is_empty() && is_blank && fence.is_none() {
            continue;
        }
        is_blank = line.is_empty();
        text.push_str(line);
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `Users` as it stands within a line; abbreviations stay.
fn in_sentence(name: &str) -> String {
    let mut letters = name.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_stand_in_one_list_before_what_is_looked_up() {
        let text = "# RCA: x\n\n| Field | Value |\n| --- | --- |\n| Issue | 7 |\n\
            | Authors | *Not recorded yet: who writes it?* |\n\
            | Time to detect | *Not recorded yet: detection is not marked in the timeline* |\n\
            | Time to mitigate | *Not recorded yet: mitigation is not marked in the timeline* |\n\n\
            ## Impact\n\n- **Duration.** Since noon. *Not recorded yet: when did it end?*\n\
            - **Users.** *Not recorded yet: which users?*\n\n\
            ## Resolution\n\n*Not recorded yet: what was done?*\n\n## Evidence\n\nA line.\n";
        let expected = "# RCA: x\n\n| Field | Value |\n| --- | --- |\n| Issue | 7 |\n\n\
            ## Impact\n\n- **Duration.** Since noon.\n\n\
            ## Open questions\n\n- **Times.** Detection and mitigation are not marked in the timeline.\n\
            - **Authors.** Who writes it?\n- **Impact: duration.** When did it end?\n\
            - **Impact: users.** Which users?\n- **Resolution.** What was done?\n\n## Evidence\n\nA line.\n";
        assert_eq!(for_readers(text), expected);
        assert_eq!(open_points(text), 6);
    }

    #[test]
    fn what_is_complete_or_quoted_stays_as_it_is() {
        let cases =
            ["# x\n\n## Empty\n\n## Full\n\nText.\n\n\n", "# x\n\n```text\n# no heading\n```\n", "no end of line"];
        for text in cases {
            assert_eq!(for_readers(text), text);
        }
        let code = "# x\n\n```text\n*Not recorded yet: y?*\n\n\n## z\n```\n";
        assert!(for_readers(code).starts_with(code), "{}", for_readers(code));
    }

    #[test]
    fn a_section_with_parts_stays_and_an_answer_that_is_missing_leaves_no_broken_line() {
        let text = "## Supporting information\n\n*Not recorded yet: which tickets?*\n\n### Logs\n\nOne.\n";
        let expected = "## Open questions\n\n- **Supporting information.** Which tickets?\n\n## Supporting information\n\n### Logs\n\nOne.\n";
        assert_eq!(for_readers(text), expected);

        let text = "## 5 Whys\n\n- **Why 1.** Why?\\\n  *Not recorded yet: what is the answer?*\n  - **Why 2.** So?\n";
        let read = for_readers(text);
        assert!(read.contains("- **Why 1.** Why?\n  - **Why 2.** So?\n"), "{read}");
        assert!(read.contains("- **5 Whys: why 1.** What is the answer?"), "{read}");

        let text = "## Causes and trigger\n\nA cause.\n\n**Trigger.** *Not recorded yet: what set it off?*\n";
        assert_eq!(
            for_readers(text),
            "## Causes and trigger\n\nA cause.\n\n## Open questions\n\n- **Trigger.** What set it off?\n"
        );
    }

    #[test]
    fn a_gap_in_a_table_of_several_columns_keeps_its_row() {
        let text = "## Declined\n\n| Action | Why not |\n|---|---|\n| Buy | *Not recorded yet: why is it not done?* |\n\
            | a | b | *Not recorded yet: c?* |\n";
        let read = for_readers(text);
        assert!(read.contains("| Buy | — |\n| a | b | — |"), "{read}");
        assert!(read.contains("- **Declined: Buy.** Why is it not done?"), "{read}");
    }
}
