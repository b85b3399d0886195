//! The sections of an RCA that say what it rests on: evidence, logs, and how it was made.

use super::Facts;
use super::markup::{code_block, inline, quote, short_hash, table};
use super::questions::prompt;
use crate::domain::format::{bytes, count, local_time};
use crate::domain::{Evidence, EvidenceId, EvidenceSource, LogFile, LogState};
use std::collections::{BTreeSet, HashMap};

/// Every pin under its number, so that each mark in the text has its place.
pub(super) fn evidence(facts: &Facts<'_>) -> String {
    let mut pins: Vec<&Evidence> = facts.evidence.iter().collect();
    pins.sort_by_key(|pin| pin.number);
    if pins.is_empty() {
        return prompt("which log lines, messages or notes hold what is said above?");
    }
    let mut levels: HashMap<EvidenceId, BTreeSet<u32>> = HashMap::new();
    for (level, why) in facts.whys.walk() {
        for pin in &why.evidence {
            levels.entry(*pin).or_default().insert(level);
        }
    }
    pins.into_iter().map(|pin| pinned(pin, levels.get(&pin.id))).collect::<Vec<_>>().join("\n\n")
}

/// `levels` are those of the whys that rest on it.
fn pinned(pin: &Evidence, levels: Option<&BTreeSet<u32>>) -> String {
    let (place, text) = match &pin.source {
        EvidenceSource::Log { file_name, file_hash, lines, .. } => {
            let word = if lines.first == lines.last { "line" } else { "lines" };
            let place = format!("{}, {word} {lines}, SHA-256 {}", inline(file_name), short_hash(file_hash));
            (place, code_block(pin.snippet.expose()))
        }
        EvidenceSource::Message(_) => ("Chat".to_owned(), quote(pin.snippet.expose())),
        EvidenceSource::Note => ("Note".to_owned(), quote(pin.snippet.expose())),
    };
    format!("**[E{}]** {place}{}\n\n{text}", pin.number, held(levels))
}

/// Which whys rest on a pin.
fn held(levels: Option<&BTreeSet<u32>>) -> String {
    let whys: Vec<String> = levels.into_iter().flatten().map(|level| format!("Why {level}")).collect();
    if whys.is_empty() { String::new() } else { format!(", for {}", whys.join(" and ")) }
}

/// The logs, and what part of them the analysis represents.
pub(super) fn logs(facts: &Facts<'_>) -> String {
    if facts.logs.is_empty() {
        return "No logs are attached to this issue.".to_owned();
    }
    let head = ["Log file", "Size", "Lines", "From", "To", "SHA-256", "Values found", "State"];
    let rows: Vec<Vec<String>> = facts.logs.iter().map(|log| log_row(facts, log)).collect();
    let coverage = facts.coverage.map_or_else(
        || "These logs have not been analyzed.".to_owned(),
        |part| {
            let (lines, templates, time) = (percent(part.lines), percent(part.templates), percent(part.time));
            format!(
                "The analysis represents {lines} of the lines, {templates} of the templates and {time} of the time."
            )
        },
    );
    let mut parts = vec![table(&head, &rows), coverage];
    if !facts.story.assumptions.is_empty() {
        let assumptions: Vec<String> =
            facts.story.assumptions.iter().map(|assumption| format!("- {}", inline(assumption))).collect();
        parts.push(format!("Taken for granted:\n\n{}", assumptions.join("\n")));
    }
    parts.join("\n\n")
}

fn log_row(facts: &Facts<'_>, log: &LogFile) -> Vec<String> {
    let time = |at| local_time(at, &facts.zone);
    let (from, to) = log.time_range.map(|(from, to)| (time(from), time(to))).unwrap_or_default();
    let state = match log.state {
        LogState::Ready => "unchanged",
        LogState::Missing(_) => "no longer readable",
        LogState::Changed => "changed since it was attached",
    };
    vec![
        inline(&log.file_name),
        bytes(log.size_bytes),
        count(log.line_count),
        from,
        to,
        short_hash(&log.content_hash),
        log.findings.map_or_else(|| "not searched".to_owned(), count),
        state.to_owned(),
    ]
}

/// `4 %`; what is there but less than that is `< 1 %`.
fn percent(part: f32) -> String {
    let hundredths = part.clamp(0.0, 1.0) * 100.0;
    if hundredths > 0.0 && hundredths < 1.0 {
        "less than 1 %".to_owned()
    } else {
        format!("{:.0} %", hundredths.floor())
    }
}

/// Who was asked, and what was kept back.
pub(super) fn how_made(facts: &Facts<'_>) -> String {
    let at = local_time(facts.now, &facts.zone);
    let mut parts = vec![format!("Drafted by TFTSR at {at} from the facts stored with this issue.")];
    if facts.providers.is_empty() {
        parts.push("No provider was asked.".to_owned());
    } else {
        parts.push("Asked during the investigation:".to_owned());
        parts.push(
            facts.providers.iter().map(|asked| provider_item(asked.name, asked.model)).collect::<Vec<_>>().join("\n"),
        );
    }
    let replaced: Vec<String> = facts
        .redacted
        .iter()
        .filter(|(_, places)| *places > 0)
        .map(|(kind, places)| format!("{} × {}", count(*places), kind.label()))
        .collect();
    parts.push(match (replaced.is_empty(), facts.providers.iter().any(|asked| !asked.model.is_empty())) {
        (true, _) => "No personal data and no secret was found in the logs.".to_owned(),
        (false, true) => format!("Replaced by placeholders before anything was sent: {}.", replaced.join(", ")),
        (false, false) => format!("Found in the logs, and sent to nobody: {}.", replaced.join(", ")),
    });
    parts.join("\n\n")
}

fn provider_item(name: &str, model: &str) -> String {
    let model = inline(model);
    if model.is_empty() { format!("- {}", inline(name)) } else { format!("- {}, model {model}", inline(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_never_rounded_up_to_all_or_down_to_none() {
        let cases = [(0.0, "0 %"), (0.004, "less than 1 %"), (0.042, "4 %"), (0.996, "99 %"), (1.0, "100 %")];
        for (part, expected) in cases {
            assert_eq!(percent(part), expected);
        }
    }
}
