//! The rule base against lines as they stand in logs of machines that work: it must say nothing.

use tftsr::insight::RuleBase;

const HARMLESS: &str = include_str!("data/harmless_lines.txt");

#[test]
fn no_rule_speaks_about_a_harmless_line() {
    let base = RuleBase::built_in();
    let wrong: Vec<String> = HARMLESS
        .lines()
        .flat_map(|line| base.matching(line).into_iter().map(move |rule| (rule, line)))
        .filter_map(|(rule, line)| Some(format!("{} speaks about {line}", base.get(rule)?.id)))
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}
