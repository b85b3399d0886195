//! The system texts for language models: one file per domain, and a part that all share.

use crate::domain::Domain;

const COMMON: &str = include_str!("../../assets/prompts/common.md");

/// The system message where the whole one would leave no room for log lines.
pub const BRIEF: &str = include_str!("../../assets/prompts/brief.md");

/// The first system message of a conversation: the domain's part, then the shared one.
pub fn for_domain(domain: Option<Domain>) -> String {
    match domain {
        Some(domain) => format!("{}\n{COMMON}", domain_part(domain)),
        None => COMMON.to_owned(),
    }
}

const fn domain_part(domain: Domain) -> &'static str {
    match domain {
        Domain::Linux => include_str!("../../assets/prompts/linux.md"),
        Domain::Windows => include_str!("../../assets/prompts/windows.md"),
        Domain::Network => include_str!("../../assets/prompts/network.md"),
        Domain::Kubernetes => include_str!("../../assets/prompts/kubernetes.md"),
        Domain::Databases => include_str!("../../assets/prompts/databases.md"),
        Domain::Virtualization => include_str!("../../assets/prompts/virtualization.md"),
        Domain::Hardware => include_str!("../../assets/prompts/hardware.md"),
        Domain::Observability => include_str!("../../assets/prompts/observability.md"),
        Domain::Telephony => include_str!("../../assets/prompts/telephony.md"),
        Domain::Security => include_str!("../../assets/prompts/security.md"),
        Domain::PublicSafety => include_str!("../../assets/prompts/public_safety.md"),
        Domain::Application => include_str!("../../assets/prompts/application.md"),
        Domain::Automation => include_str!("../../assets/prompts/automation.md"),
        Domain::HpeInfra => include_str!("../../assets/prompts/hpe_infra.md"),
        Domain::DellHardware => include_str!("../../assets/prompts/dell_hardware.md"),
        Domain::Identity => include_str!("../../assets/prompts/identity.md"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::insight::{estimate_tokens, parse_proposals};

    #[test]
    fn every_prompt_says_what_it_must_and_stays_short() {
        for domain in Domain::ALL {
            let prompt = for_domain(Some(*domain));
            for needed in ["```triage", "untrusted", "Ask", "Look first", "file:line", "missing"] {
                assert!(prompt.contains(needed), "{domain:?} lacks {needed}");
            }
            assert!(estimate_tokens(&prompt) < 2500, "{domain:?} is too long");
        }
    }

    #[test]
    fn the_example_block_is_one_that_is_understood() {
        let (_, proposals) = parse_proposals(&for_domain(None), "m");
        assert_eq!(proposals.len(), 1);
        assert_eq!(proposals[0].citations.len(), 1);
    }

    #[test]
    fn no_prompt_holds_what_a_detector_would_find() {
        let suspicious = regex::Regex::new(
            r"(?i)\d+\.\d+\.\d+\.\d+|[\w.]+@[\w.]+|https?://|\b\w+\.(com|net|org|local|io)\b|password\s*[=:]",
        )
        .unwrap();
        for domain in Domain::ALL {
            let prompt = for_domain(Some(*domain));
            assert_eq!(suspicious.find(&prompt).map(|found| found.as_str()), None, "{domain:?}");
        }
    }
}
