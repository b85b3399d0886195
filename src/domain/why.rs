//! The why tree: from the effect to its cause, each step held by evidence.

use super::issue::words;
use super::{EvidenceId, IssueId, Unredacted, WhyId};
use jiff::Timestamp;

words! {
    /// How sure a why is.
    WhyState {
        Proposed = "proposed", "proposed";
        Possible = "possible", "possible";
        Confirmed = "confirmed", "confirmed";
        Refuted = "refuted", "refuted";
    }
}

words! {
    /// What kind of thing the root cause was. One each.
    RootCauseCategory {
        Change = "change", "Change";
        Capacity = "capacity", "Capacity";
        Configuration = "configuration", "Configuration";
        CodeDefect = "code_defect", "Code defect";
        Dependency = "dependency", "Dependency";
        Hardware = "hardware", "Hardware";
        Network = "network", "Network";
        Security = "security", "Security";
        HumanProcess = "human_process", "Human process";
        Data = "data", "Data";
        Unknown = "unknown", "Unknown";
    }
}

words! {
    /// How the causes of one effect belong together.
    Join {
        /// Any one of them suffices.
        Or = "or", "any of";
        /// All of them together were needed.
        And = "and", "all of";
    }
}

/// Who wrote a why or a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    User,
    /// The built-in guide: rules, no AI.
    Guide,
    /// A language model, by its name.
    Model(String),
}

impl Author {
    /// `user`, `guide` or `model:NAME`.
    pub fn to_word(&self) -> String {
        match self {
            Self::User => "user".to_owned(),
            Self::Guide => "guide".to_owned(),
            Self::Model(name) => format!("model:{name}"),
        }
    }

    /// Reads what [`Self::to_word`] wrote; an unknown word is the user.
    pub fn from_word(word: &str) -> Self {
        match word.strip_prefix("model:") {
            Some(name) => Self::Model(name.to_owned()),
            None if word == "guide" => Self::Guide,
            None => Self::User,
        }
    }
}

/// A node of the why tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    pub id: WhyId,
    pub issue: IssueId,
    /// The effect that this why explains; `None` for the first level.
    pub parent: Option<WhyId>,
    /// Place among its siblings, from 0.
    pub order: u32,
    pub question: Unredacted,
    pub answer: Unredacted,
    pub state: WhyState,
    /// How the causes below this why belong together.
    pub join: Join,
    pub author: Author,
    pub evidence: Vec<EvidenceId>,
    /// Set when this why is declared a root cause.
    pub root_cause: Option<RootCauseCategory>,
    pub created_at: Timestamp,
}

/// Why a change to the tree was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyError {
    #[error("a why is confirmed only with evidence")]
    NeedsEvidence,
    #[error("a root cause must be a confirmed why")]
    NotConfirmed,
    #[error("a root cause has no further cause")]
    HasFurtherCause,
    #[error("this why is not in the tree")]
    NotFound,
    #[error("a why cannot be its own cause")]
    Cycle,
    #[error("a why needs an answer before it can be confirmed")]
    NeedsAnswer,
}

/// All whys of one issue, with the rules that hold between them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhyTree {
    whys: Vec<Why>,
}

impl WhyTree {
    /// The tree of these whys; siblings are put in order.
    pub fn new(mut whys: Vec<Why>) -> Self {
        whys.sort_by_key(|why| (why.order, why.id));
        Self { whys }
    }

    /// In order among siblings, otherwise as stored.
    pub fn all(&self) -> &[Why] {
        &self.whys
    }

    pub fn get(&self, id: WhyId) -> Option<&Why> {
        self.whys.iter().find(|why| why.id == id)
    }

    /// The whys right below `parent`, or the first level for `None`, in order.
    pub fn children(&self, parent: Option<WhyId>) -> impl Iterator<Item = &Why> {
        self.whys.iter().filter(move |why| why.parent == parent)
    }

    /// Depth-first, each with its level: 1 for the first.
    pub fn walk(&self) -> Vec<(u32, &Why)> {
        let mut rows = Vec::with_capacity(self.whys.len());
        self.walk_below(None, 1, &mut rows);
        rows
    }

    fn walk_below<'a>(&'a self, parent: Option<WhyId>, level: u32, rows: &mut Vec<(u32, &'a Why)>) {
        for why in self.children(parent) {
            rows.push((level, why));
            self.walk_below(Some(why.id), level + 1, rows);
        }
    }

    /// The level of a why: 1 for the first. A why that is not in the tree is at 0.
    pub fn level(&self, id: WhyId) -> u32 {
        let mut level = 0;
        let mut at = Some(id);
        while let Some(why) = at.and_then(|id| self.get(id)) {
            level += 1;
            at = why.parent;
        }
        level
    }

    /// The deepest level that has an answer; the next question to ask is one below. It never falls back.
    pub fn deepest_answered_level(&self) -> u32 {
        self.walk().iter().filter(|(_, why)| !why.answer.is_blank()).map(|(level, _)| *level).max().unwrap_or(0)
    }

    /// The last why on the path that has been followed furthest: where a next why hangs by default.
    pub fn deepest(&self) -> Option<&Why> {
        let rows = self.walk();
        let alive = rows.iter().filter(|(_, why)| why.state != WhyState::Refuted);
        alive.max_by_key(|(level, why)| (*level, std::cmp::Reverse(why.order))).map(|(_, why)| *why)
    }

    /// The declared root causes, in tree order.
    pub fn root_causes(&self) -> Vec<&Why> {
        self.walk().into_iter().map(|(_, why)| why).filter(|why| why.root_cause.is_some()).collect()
    }

    /// The order of a next sibling below `parent`.
    pub fn next_order(&self, parent: Option<WhyId>) -> u32 {
        self.children(parent).map(|why| why.order + 1).max().unwrap_or(0)
    }

    /// Whether `id` may take this state now.
    ///
    /// A why becomes `confirmed` only with an answer and with evidence. A declared root cause keeps its state.
    pub fn may_become(&self, id: WhyId, state: WhyState) -> Result<(), WhyError> {
        let why = self.get(id).ok_or(WhyError::NotFound)?;
        match state {
            WhyState::Confirmed if why.answer.is_blank() => Err(WhyError::NeedsAnswer),
            WhyState::Confirmed if why.evidence.is_empty() => Err(WhyError::NeedsEvidence),
            WhyState::Proposed | WhyState::Possible | WhyState::Refuted if why.root_cause.is_some() => {
                Err(WhyError::NotConfirmed)
            }
            WhyState::Confirmed | WhyState::Proposed | WhyState::Possible | WhyState::Refuted => Ok(()),
        }
    }

    /// Whether `id` may be declared a root cause: confirmed, and no confirmed cause below it.
    pub fn may_be_root_cause(&self, id: WhyId) -> Result<(), WhyError> {
        let why = self.get(id).ok_or(WhyError::NotFound)?;
        if why.state != WhyState::Confirmed {
            return Err(WhyError::NotConfirmed);
        }
        if self.children(Some(id)).any(|below| below.state == WhyState::Confirmed) {
            return Err(WhyError::HasFurtherCause);
        }
        Ok(())
    }

    /// Whether `id` may hang below `parent`: not below itself.
    pub fn may_move(&self, id: WhyId, parent: Option<WhyId>) -> Result<(), WhyError> {
        let mut at = parent;
        while let Some(above) = at {
            if above == id {
                return Err(WhyError::Cycle);
            }
            at = self.get(above).ok_or(WhyError::NotFound)?.parent;
        }
        Ok(())
    }

    /// `id` and everything below it.
    pub fn subtree(&self, id: WhyId) -> Vec<WhyId> {
        let mut found = vec![id];
        let mut next = 0;
        while let Some(parent) = found.get(next).copied() {
            found.extend(self.children(Some(parent)).map(|why| why.id));
            next += 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(parent: Option<WhyId>, answer: &str) -> Why {
        Why {
            id: WhyId::new(),
            issue: IssueId::new(),
            parent,
            order: 0,
            question: "Why?".into(),
            answer: answer.into(),
            state: WhyState::Possible,
            join: Join::Or,
            author: Author::User,
            evidence: Vec::new(),
            root_cause: None,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_why_without_evidence_is_not_confirmed() {
        let only = why(None, "the pool was exhausted");
        let tree = WhyTree::new(vec![only.clone()]);
        assert_eq!(tree.may_become(only.id, WhyState::Confirmed), Err(WhyError::NeedsEvidence));
    }

    #[test]
    fn a_root_cause_is_confirmed_and_has_no_confirmed_cause_below() {
        let mut top = why(None, "the pool was exhausted");
        top.state = WhyState::Confirmed;
        let mut below = why(Some(top.id), "its size was cut");
        let (above, cause) = (top.id, below.id);
        let tree = WhyTree::new(vec![top.clone(), below.clone()]);
        assert_eq!(tree.may_be_root_cause(above), Ok(()));
        assert_eq!(tree.may_be_root_cause(cause), Err(WhyError::NotConfirmed));
        below.state = WhyState::Confirmed;
        let tree = WhyTree::new(vec![top, below]);
        assert_eq!(tree.may_be_root_cause(above), Err(WhyError::HasFurtherCause));
        assert_eq!(tree.may_be_root_cause(cause), Ok(()));
    }

    #[test]
    fn the_level_counts_answered_whys_from_the_top() {
        let top = why(None, "a");
        let middle = why(Some(top.id), "b");
        let open = why(Some(middle.id), "");
        let tree = WhyTree::new(vec![top, middle.clone(), open.clone()]);
        assert_eq!(tree.level(open.id), 3);
        assert_eq!(tree.deepest_answered_level(), 2);
        assert_eq!(tree.subtree(middle.id), [middle.id, open.id]);
    }

    #[test]
    fn a_why_cannot_hang_below_itself() {
        let top = why(None, "a");
        let below = why(Some(top.id), "b");
        let (above, under) = (top.id, below.id);
        let tree = WhyTree::new(vec![top, below]);
        assert_eq!(tree.may_move(above, Some(under)), Err(WhyError::Cycle));
        assert_eq!(tree.may_move(under, None), Ok(()));
    }

    #[test]
    fn an_author_survives_the_way_to_a_word_and_back() {
        for author in [Author::User, Author::Guide, Author::Model("llama3.1:8b".to_owned())] {
            assert_eq!(Author::from_word(&author.to_word()), author);
        }
    }
}
