//! The only maker of [`Redacted`].

use super::cut::CutValues;
use super::detectors::Rows;
use super::finding::{Finding, united};
use super::head::{covering, head_end};
use super::known::KnownValues;
use super::masked::Masked;
use super::placeholders::mentions;
use super::plain::{Forms, plain};
use super::redacted::Reach;
use super::scan::{
    BLOCK, Scanned, blocks, detect, scan_forms, scan_seen, with_known, with_known_in, without_placeholders,
};
use super::tables::open_at;
use super::watch::Watch;
use super::{Policy, Redacted, Vault};
use crate::domain::{Loopback, PiiKind, Placeholder, RuleError, Unredacted};
use std::collections::BTreeMap;
use std::ops::Range;

/// How often a text is looked at again for what the values found in it hid.
const ROUNDS: usize = 8;

/// Why nothing may leave.
#[derive(Debug, thiserror::Error)]
pub enum PrivacyError {
    #[error("the detector for {0} could not run, so nothing is sent")]
    Detector(&'static str),
    #[error("the search was stopped, so nothing is sent")]
    Stopped,
    #[error("a detector told of a place outside the text, so nothing is sent")]
    OffBoundary,
    #[error("the values found before could not be indexed, so nothing is sent")]
    KnownValues(#[source] aho_corasick::BuildError),
    /// By the number that the store gave it.
    #[error("rule {number} cannot be used, so nothing is sent: {source}")]
    Rule { number: u64, source: RuleError },
}

/// The only maker of [`Redacted`]: puts placeholders in place of what the detectors find.
///
/// It fails closed: when a detector cannot run, there is no text to send.
#[derive(Debug)]
pub struct Redactor {
    vault: Vault,
    policy: Policy,
    watch: Watch,
    known: KnownValues,
    cut: CutValues,
    /// How many entries of the vault are among the known values.
    learned: usize,
    /// The highest number per kind that a text already had in brackets of its own.
    taken: BTreeMap<PiiKind, u32>,
    counts: BTreeMap<PiiKind, u64>,
    kept: u64,
    /// The table whose rows go on where the last part of a text ended.
    table: Option<Rows>,
}

/// A text before and after, for the eye.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    pub text: Redacted,
    /// Bytes of the source, and what stands for them.
    pub before: Vec<(Range<usize>, Placeholder)>,
    /// Bytes of the result where the placeholders stand.
    pub after: Vec<(Range<usize>, Placeholder)>,
    /// In how many places a value stands that the user keeps.
    pub kept: u64,
}

impl Redactor {
    pub fn new(vault: Vault, policy: Policy) -> Self {
        Self {
            vault,
            policy,
            watch: Watch::default(),
            known: KnownValues::default(),
            cut: CutValues::default(),
            learned: 0,
            taken: BTreeMap::new(),
            counts: BTreeMap::new(),
            kept: 0,
            table: None,
        }
    }

    /// Gives up with [`PrivacyError::Stopped`] soon after this holds, also within a text.
    #[must_use]
    pub fn stopping_when(self, is_stopped: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { watch: Watch::new(is_stopped), ..self }
    }

    /// The text with placeholders in place of values, and without what hides in it: see [`super::plain`].
    pub fn redact(&mut self, text: &Unredacted) -> Result<Redacted, PrivacyError> {
        Ok(self.redact_marked(text)?.text)
    }

    /// The text with placeholders in place of values, and where they are.
    ///
    /// Placeholders that stand in the text already stay.
    pub fn redact_marked(&mut self, text: &Unredacted) -> Result<Marked, PrivacyError> {
        let source = text.expose();
        let forms = Forms::of(source);
        let text = forms.as_ref().map_or(source, Forms::joined);
        let (findings, scanned) = self.found(text, forms.as_ref(), None)?;
        self.reserve_numbers(text, &findings);
        self.kept += scanned.kept;
        let mut marked = self.replaced(text, findings, scanned.kept);
        if let Some(forms) = &forms {
            marked.before.iter_mut().for_each(|(range, _)| *range = forms.in_source(range).unwrap_or_default());
        }
        Ok(marked)
    }

    /// Remembers the values of a text, so that their repeats are found in texts made of it.
    pub fn learn(&mut self, text: &Unredacted) -> Result<(), PrivacyError> {
        let text = text.expose();
        let found = detect(text, &self.policy)?;
        let values = found.into_iter().filter_map(|one| Some((one.kind, plain(text.get(one.range)?))));
        let values: Vec<_> = values.collect();
        self.known.learn_values(values.iter().map(|(kind, value)| (*kind, &**value))).map(drop)
    }

    /// Everything that is to be replaced in what is seen of a text.
    ///
    /// `open` is a table that goes on at its beginning.
    fn found(
        &mut self,
        text: &str,
        forms: Option<&Forms>,
        open: Option<&Rows>,
    ) -> Result<(Vec<Finding>, Scanned), PrivacyError> {
        let mut scanned = match forms {
            None => scan_seen(text, &blocks(text), open, (&self.policy, &self.watch))?,
            Some(forms) => scan_forms(forms, open, (&self.policy, &self.watch))?.0,
        };
        self.learn_vault()?;
        self.known.learn(text, &scanned.findings)?;
        let findings = std::mem::take(&mut scanned.findings);
        let mut findings = with_known(text, findings, &self.known, &self.policy, &self.watch)?;
        for _ in 0..ROUNDS {
            findings = self.settled(text, findings, &scanned.kept_ranges)?;
            let mut cut = without_placeholders(text, self.cut.find(text, &findings, &self.vault));
            cut.retain(|cut| !covers(&findings, &cut.range));
            if cut.is_empty() {
                break;
            }
            findings = united(findings.into_iter().chain(cut).collect());
        }
        Ok((findings, scanned))
    }

    /// The first part of a text that goes on after its end, and how many bytes of it that is.
    ///
    /// The rest is kept for later: where the text ends now, a value may have only begun. The part ends at a line break,
    /// in a longer line right behind a value, and never within one. With `all`, nothing follows and nothing is kept.
    pub fn redact_head(&mut self, text: &Unredacted, all: bool) -> Result<(Redacted, usize), PrivacyError> {
        let source = text.expose();
        let forms = Forms::of(source);
        let text = forms.as_ref().map_or(source, Forms::joined);
        let open = self.table.take();
        let (mut findings, scanned) = self.found(text, forms.as_ref(), open.as_ref())?;
        let mut end = if all { text.len() } else { head_end(text, &findings) };
        if let Some(rows) = open_at(&scanned.tables, end).filter(|_| !all) {
            // A row that reaches over the cut is read again with what follows.
            let rows = rows.from(text, end);
            let row = rows.range.start;
            if row > 0 && covering(&findings, row).is_none() {
                end = row;
            }
            self.table = Some(rows.moved_back(end));
        }
        let head = text.get(..end).ok_or(PrivacyError::OffBoundary)?;
        findings.retain(|finding| finding.range.end <= end);
        self.reserve_numbers(head, &findings);
        let kept = scanned.kept_ranges.iter().filter(|range| range.end <= end).count();
        let kept = scanned.kept.min(u64::try_from(kept).unwrap_or(u64::MAX));
        self.kept += kept;
        let used = match &forms {
            _ if all => source.len(),
            None => end,
            Some(forms) => forms.in_source(&(0..end)).map_or(0, |range| range.end),
        };
        Ok((self.replaced(head, findings, kept).text, used))
    }

    /// The text as it is, with real values in place of placeholders: redaction is off, which only a server on this
    /// machine may see. The network refuses to send it anywhere else.
    pub fn pass(&self, text: &Unredacted, _to: Loopback) -> Redacted {
        Redacted::seal(self.vault.restore(text.expose()), Reach::ThisMachine)
    }

    /// How many places were replaced so far, by kind.
    pub fn counts(&self) -> Vec<(PiiKind, u64)> {
        self.counts.iter().map(|(kind, count)| (*kind, *count)).collect()
    }

    /// In how many places so far a value stands that the user keeps.
    pub const fn kept(&self) -> u64 {
        self.kept
    }

    pub const fn vault(&self) -> &Vault {
        &self.vault
    }

    pub fn into_vault(self) -> Vault {
        self.vault
    }

    fn learn_vault(&mut self) -> Result<(), PrivacyError> {
        let new = self.vault.new_entries_since(self.learned);
        self.known.learn_values(new.iter().map(|(placeholder, value)| (placeholder.kind, value.expose())))?;
        self.learned = self.vault.len();
        Ok(())
    }

    /// Looks again at the text without its values, until nothing else comes to light.
    ///
    /// A value may hide the beginning of another one that touches it. Of a long text only the lines about the values can
    /// look different then, so only they are looked at again; all of it only for values that were not known before.
    fn settled(
        &mut self,
        text: &str,
        mut findings: Vec<Finding>,
        kept: &[Range<usize>],
    ) -> Result<Vec<Finding>, PrivacyError> {
        // What the user keeps is kept with its parts, but for secrets in it, which it may be itself.
        let stays = |finding: &Finding| {
            let inside = |one: &Range<usize>| one.start <= finding.range.start && finding.range.end <= one.end;
            if Policy::redacts_inside_kept(finding.kind) {
                kept.contains(&finding.range)
            } else {
                kept.iter().any(inside)
            }
        };
        for _ in 0..ROUNDS {
            if findings.is_empty() {
                break;
            }
            let new = self.known.learn(text, &findings)?;
            let masked = Masked::new(text, &findings);
            let near = if text.len() <= BLOCK { blocks(&masked.text) } else { masked.near_masks() };
            let more = scan_seen(&masked.text, &near, None, (&self.policy, &self.watch))?.findings;
            let searched = if new { &blocks(&masked.text) } else { &near };
            let more = with_known_in(&masked.text, searched, more, &self.known, (&self.policy, &self.watch))?;
            let more = more.iter().filter_map(|finding| masked.in_source(finding));
            let before = findings.len();
            findings.extend(more.filter(|finding| !stays(finding)));
            if findings.len() == before {
                break;
            }
            findings = united(findings);
        }
        Ok(findings)
    }

    /// A literal `[Email-3]` of the user's must not come to mean a value, in whatever spelling that would be restored.
    ///
    /// What stays of the text is looked at piece by piece: letters that make one word with `Email-3` may be a value's.
    fn reserve_numbers(&mut self, text: &str, findings: &[Finding]) {
        const LARGEST: u32 = 1_000_000;
        let starts = std::iter::once(0).chain(findings.iter().map(|finding| finding.range.end));
        let ends = findings.iter().map(|finding| finding.range.start).chain(std::iter::once(text.len()));
        let pieces = starts.zip(ends).filter_map(|(start, end)| text.get(start..end));
        let mentioned = pieces.flat_map(mentions).map(|mention| mention.placeholder);
        for placeholder in mentioned.filter(|placeholder| placeholder.number <= LARGEST) {
            let taken = self.taken.entry(placeholder.kind).or_default();
            *taken = placeholder.number.max(*taken);
        }
    }

    fn replaced(&mut self, text: &str, findings: Vec<Finding>, kept: u64) -> Marked {
        let mut result = String::with_capacity(text.len());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let mut done = 0;
        for Finding { kind, range, .. } in findings {
            result.push_str(text.get(done..range.start).unwrap_or_default());
            let value = text.get(range.clone()).unwrap_or_default();
            let floor = self.taken.get(&kind).copied().unwrap_or(0);
            let placeholder = self.vault.placeholder_above(kind, value, floor);
            let start = result.len();
            result.push_str(&placeholder.to_string());
            after.push((start..result.len(), placeholder));
            done = range.end;
            before.push((range, placeholder));
            *self.counts.entry(placeholder.kind).or_default() += 1;
        }
        result.push_str(text.get(done..).unwrap_or_default());
        Marked { text: Redacted::seal(result, Reach::Anywhere), before, after, kept }
    }
}

/// Whether one of these, in order and apart from each other, holds the whole range.
fn covers(findings: &[Finding], range: &Range<usize>) -> bool {
    let first = findings.partition_point(|finding| finding.range.end < range.end);
    findings.get(first).is_some_and(|finding| finding.range.start <= range.start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Decision, Rule, RuleAction, RuleMatch, RuleScope, Settings};
    use crate::privacy::Rules;

    fn redactor() -> Redactor {
        Redactor::new(Vault::default(), Policy::default())
    }

    fn keeping(value: &str, kind: PiiKind) -> Redactor {
        let policy = Policy::new(&Settings::default(), [(kind, value.into(), Decision::Keep)], []);
        Redactor::new(Vault::default(), policy)
    }

    #[test]
    fn a_long_line_is_never_cut_within_or_right_before_a_value() {
        let line = format!("{} password=Tr0ub4dor3 {}", "x ".repeat(40_000), "y ".repeat(31_000));
        for extra in 0..40 {
            let text = Unredacted::new(format!("{line}{}", "y".repeat(extra * 97)));
            let mut redactor = redactor();
            let (head, used) = redactor.redact_head(&text, false).unwrap();
            let (rest, _) = redactor.redact_head(&text.expose().get(used..).unwrap().into(), true).unwrap();

            assert!(!head.as_str().contains("Tr0ub4dor3") && !rest.as_str().contains("Tr0ub4dor3"), "{extra}");
            assert_eq!(redactor.counts(), [(PiiKind::Password, 1)]);
        }
    }

    #[test]
    fn the_same_value_has_the_same_placeholder_in_every_text() {
        let mut redactor = redactor();

        let first = redactor.redact(&"ann@acme.io wrote to bob@acme.io".into()).unwrap();
        let second = redactor.redact(&"bob@acme.io answered".into()).unwrap();

        assert_eq!(first.as_str(), "[Email-1] wrote to [Email-2]");
        assert_eq!(second.as_str(), "[Email-2] answered");
        assert_eq!(redactor.counts(), [(PiiKind::Email, 3)]);
    }

    #[test]
    fn a_password_found_once_is_hidden_where_nothing_names_it() {
        let mut redactor = redactor();

        redactor.redact(&"password=Tr0ub4dor3".into()).unwrap();
        let later = redactor.redact(&"retrying with Tr0ub4dor3 now, not Tr0ub4dor33".into()).unwrap();

        assert_eq!(later.as_str(), "retrying with [Password-1] now, not Tr0ub4dor33");
    }

    #[test]
    fn what_the_user_keeps_stays_and_is_counted() {
        let mut redactor = keeping("ann@acme.io", PiiKind::Email);

        let marked = redactor.redact_marked(&"ann@acme.io and bob@acme.io".into()).unwrap();

        assert_eq!(marked.text.as_str(), "ann@acme.io and [Email-1]");
        assert_eq!(marked.kept, 1);
    }

    #[test]
    fn a_password_inside_a_kept_url_is_still_hidden() {
        let policy = Policy::new(&Settings::default(), [], [(PiiKind::Url, Decision::Keep)]);
        let mut redactor = Redactor::new(Vault::default(), policy);

        let cleared = redactor.redact(&"https://ann:S3cr3t!x@git.acme.io/a".into()).unwrap();

        assert_eq!(cleared.as_str(), "https://ann:[Password-1]@git.acme.io/a");
    }

    #[test]
    fn secret_kinds_cannot_be_let_go_as_a_whole() {
        let settings = Settings { kinds_off: vec![PiiKind::Password], ..Settings::default() };
        let policy = Policy::new(&settings, [], [(PiiKind::Password, Decision::Keep)]);
        let mut redactor = Redactor::new(Vault::default(), policy);

        assert_eq!(redactor.redact(&"password=Tr0ub4dor3".into()).unwrap().as_str(), "password=[Password-1]");
    }

    #[test]
    fn a_literal_placeholder_does_not_come_to_mean_a_value() {
        let mut redactor = redactor();

        let cleared = redactor.redact(&"what is [Email-1]? ask bob@acme.io".into()).unwrap();

        assert_eq!(cleared.as_str(), "what is [Email-1]? ask [Email-2]");
        assert_eq!(redactor.vault().restore(cleared.as_str()), "what is [Email-1]? ask bob@acme.io");
    }

    /// What hides the value also takes away the letters that made another word of it.
    #[test]
    fn half_a_value_before_a_cut_is_hidden_where_the_same_text_has_all_of_it() {
        let text = "peer 2a00:1450::7 left, peer 2a00: … [cut]";

        let cleared = redactor().redact(&text.into()).unwrap();

        assert_eq!(cleared.as_str(), "peer [IPv6-1] left, peer [IPv6-2] … [cut]");
    }

    #[test]
    fn the_end_of_a_placeholder_before_a_cut_is_no_beginning_of_a_value() {
        let mut redactor = redactor();
        redactor.redact(&"password=ecret-1]_Tr0ub4d".into()).unwrap();
        let values: Vec<_> = redactor.vault().entries().map(|(_, value)| value.expose().to_owned()).collect();
        assert_eq!(values, ["ecret-1]_Tr0ub4d"]);

        let cleared = redactor.redact(&"sent [Secret-1] … [cut]".into()).unwrap();

        assert_eq!(cleared.as_str(), "sent [Secret-1] … [cut]");
    }

    #[test]
    fn a_literal_placeholder_that_a_value_touches_does_not_come_to_mean_one() {
        let rule = Rule::new(RuleScope::All, RuleAction::Always, RuleMatch::Pattern, "falcon/[0-9]+");
        let policy = Policy::default().with_rules(Rules::compile(&[rule]).unwrap());
        let mut redactor = Redactor::new(Vault::default(), policy);
        let text = "no Custom-1falcon/7 today";

        let cleared = redactor.redact(&text.into()).unwrap();

        assert_eq!(cleared.as_str(), "no Custom-1[Custom-2] today");
        assert_eq!(redactor.vault().restore(cleared.as_str()), text);
    }

    #[test]
    fn a_text_that_was_not_redacted_stays_on_this_machine() {
        use crate::domain::{Endpoint, Message, Origin, Prompt, ProviderConfig, ProviderKind, Role};
        use crate::privacy::{Outbound, Request};
        let loopback = Origin::of("http://localhost:11434").unwrap().loopback().unwrap();
        assert_eq!(Origin::of("https://api.example.com").unwrap().loopback(), None);
        let mut redactor = redactor();
        let cleared = redactor.redact(&"to bob@acme.io".into()).unwrap();
        let passed = redactor.pass(&"to [Email-1] and ann@acme.io".into(), loopback);
        assert_eq!(passed.as_str(), "to bob@acme.io and ann@acme.io");

        let provider = ProviderConfig::new("p", ProviderKind::OpenAi, "http://localhost", "m");
        let prompt = |text: &Redacted| Prompt {
            model: provider.model_id().unwrap(),
            messages: vec![Message { role: Role::User, text: text.clone() }],
            max_tokens: 1,
            temperature: None,
            context_window: None,
        };
        let endpoint = Endpoint::of(&provider, "/x").unwrap();
        for (text, expected) in [(cleared, false), (passed, true)] {
            let call = (endpoint.clone(), prompt(&text));
            assert_eq!(Outbound::encode(&call, |(endpoint, _)| Request::get(endpoint)).stays_here(), expected);
        }
    }

    #[test]
    fn the_marks_tell_where_values_were_and_placeholders_are() {
        let marked = redactor().redact_marked(&"to bob@acme.io.".into()).unwrap();
        let placeholder = Placeholder { kind: PiiKind::Email, number: 1 };

        assert_eq!(marked.before, [(3..14, placeholder)]);
        assert_eq!(marked.after, [(3..12, placeholder)]);
    }

    #[test]
    fn reserved_addresses_are_a_matter_of_the_settings() {
        let settings = Settings { redact_reserved_addresses: true, ..Settings::default() };
        let text = Unredacted::from("bind 127.0.0.1");
        let mut strict = Redactor::new(Vault::default(), Policy::new(&settings, [], []));

        assert_eq!(redactor().redact(&text).unwrap().as_str(), "bind 127.0.0.1");
        assert_eq!(strict.redact(&text).unwrap().as_str(), "bind [IPv4-1]");
    }
}
