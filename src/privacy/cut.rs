//! Values that a cut goes through: the beginning of a known value before the mark of a cut is a finding.
//!
//! Long lines of a log are clipped before they are quoted. The detectors saw the whole line when it was attached, but
//! half a token need not look like one.

use super::Vault;
use super::finding::Finding;
use super::known::parts;
use crate::domain::{CUT_MARK, Confidence, PiiKind};
use memchr::memmem;

/// Longest clipped line that anything quotes, in bytes.
const WINDOW_BYTES: usize = 1024;

/// Fewer bytes than these tell nothing.
const LEAST_BYTES: usize = 4;

/// The values of a vault and of the texts in which something was cut, sorted.
#[derive(Default)]
pub(super) struct CutValues {
    sorted: Vec<(Box<str>, PiiKind)>,
    /// How many entries of the vault are in it.
    learned: usize,
}

impl std::fmt::Debug for CutValues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CutValues({} values)", self.sorted.len())
    }
}

impl CutValues {
    /// What stands right before the marks of cuts and begins a value of the vault, or one that was found in the text.
    pub fn find(&mut self, text: &str, found: &[Finding], vault: &Vault) -> Vec<Finding> {
        let cuts: Vec<usize> = memmem::find_iter(text.as_bytes(), CUT_MARK).collect();
        if cuts.is_empty() {
            return Vec::new();
        }
        let new = vault.new_entries_since(self.learned).iter();
        self.learn(new.map(|(placeholder, value)| (placeholder.kind, value.expose())));
        self.learned = vault.len();
        self.learn(found.iter().filter_map(|one| Some((one.kind, text.get(one.range.clone())?))));
        cuts.into_iter().filter_map(|cut| self.before(text, cut)).collect()
    }

    fn learn<'a>(&mut self, values: impl Iterator<Item = (PiiKind, &'a str)>) {
        for (kind, value) in values {
            let worth = |part: &&str| part.len() > LEAST_BYTES;
            self.sorted.extend(parts(value).filter(worth).map(|part| (part.into(), kind)));
        }
        self.sorted.sort_unstable();
        self.sorted.dedup();
    }

    /// The longest beginning of a value that ends at `cut`.
    fn before(&self, text: &str, cut: usize) -> Option<Finding> {
        let window = text.floor_char_boundary(cut.saturating_sub(WINDOW_BYTES));
        let starts = window..cut.saturating_sub(LEAST_BYTES - 1);
        starts.into_iter().find_map(|start| {
            let rest = text.get(start..cut)?;
            let (value, kind) = self.sorted.get(self.sorted.partition_point(|(value, _)| **value < *rest))?;
            value.starts_with(rest).then_some(Finding {
                kind: *kind,
                range: start..cut,
                confidence: Confidence::Likely,
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_of_a_known_value_before_a_cut_is_found() {
        let mut vault = Vault::default();
        vault.placeholder_for(PiiKind::Jwt, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIi");
        vault.placeholder_for(
            PiiKind::PrivateKey,
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----",
        );
        let mut cut = CutValues::default();
        let mut found = |text: &str| -> Vec<String> {
            let found = cut.find(text, &[], &vault);
            found.into_iter().map(|one| text.get(one.range).unwrap().to_owned()).collect()
        };

        assert_eq!(found("token eyJhbGciOiJI … [cut]"), ["eyJhbGciOiJI"]);
        assert_eq!(found("app.log:3 MIIEvQ … [cut]"), ["MIIEvQ"]);
        assert!(found("token eyJhbGciOiJI").is_empty());
        assert!(found("an eye … [cut] or two").is_empty());
    }

    #[test]
    fn the_beginning_of_a_value_of_the_same_text_is_found() {
        let text = "peer 2a00:1450::7 left, peer 2a00: … [cut]";
        let whole = Finding { kind: PiiKind::Ipv6, range: 5..17, confidence: Confidence::Certain };

        let found = CutValues::default().find(text, &[whole], &Vault::default());

        let found: Vec<_> = found.into_iter().map(|one| (one.kind, text.get(one.range).unwrap())).collect();
        assert_eq!(found, [(PiiKind::Ipv6, "2a00:")]);
    }
}
