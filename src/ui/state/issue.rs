//! What is known of one issue.

use super::Loadable;
use crate::domain::{
    ChatMessage, Decision, Document, DocumentId, DocumentKind, LogFileId, PiiSpan, ProviderId, Unredacted, ValueGroup,
};
use crate::worker::{
    CheckFinding, ConversationView, DocumentConflicts, DocumentView, Failure, FindingsChange, Insight, IssueDetail,
    OutgoingPreview, PreviewLine, ShownImage, SpanPlace,
};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What is known of one issue: one `Loadable` per thing a tab asks for.
#[derive(Debug, Default)]
pub struct IssueState {
    pub detail: Loadable<Box<IssueDetail>>,
    pub conversations: HashMap<ProviderId, Chat>,
    /// What would be sent.
    pub preview: Loadable<Box<OutgoingPreview>>,
    /// How many previews have come, so that a view can tell the one it asked for from an older one.
    pub previews: u64,
    /// All images of the chat; those without a message wait beside the draft.
    pub images: Loadable<Vec<ShownImage>>,
    pub findings: Loadable<Findings>,
    /// How many times another span was looked for and the answer has come.
    pub seeks: u64,
    /// Where the span is that was looked for last; `None` when there is no further one.
    pub sought: Option<SpanPlace>,
    pub insight: Loadable<Arc<Insight>>,
    pub documents: HashMap<DocumentKind, Loadable<Box<DocumentView>>>,
    /// A draft that does not fit with what the user wrote, until it is decided.
    pub conflicts: HashMap<DocumentKind, Box<DocumentConflicts>>,
    /// Per kind, what the last check found.
    pub checks: HashMap<DocumentKind, Loadable<Vec<CheckFinding>>>,
    /// The older version that is compared with.
    pub compared: Loadable<Box<Document>>,
    pub polish_preview: Loadable<Box<OutgoingPreview>>,
    /// What a model proposes in place of a section.
    pub polished: Loadable<Unredacted>,
    /// Per document, whether what was typed last is stored.
    pub saves: HashMap<DocumentId, Loadable<()>>,
    /// Per log, the page asked for last.
    pub redaction_previews: BTreeMap<LogFileId, Loadable<RedactionPage>>,
    pub searches: BTreeMap<LogFileId, Loadable<LinesFound>>,
}

/// What was found in the logs of an issue.
#[derive(Debug, Default)]
pub struct Findings {
    pub groups: Vec<ValueGroup>,
    /// Logs that are to be searched again.
    pub outdated: Vec<LogFileId>,
    /// Another one with every change, so that what is made of the groups is made once.
    pub version: u64,
    /// Whether something has happened since that changes what is found or what holds.
    pub is_stale: bool,
}

impl Findings {
    /// Takes in what a decision has changed.
    pub fn change(&mut self, change: &FindingsChange, version: u64) {
        self.version = version;
        for group in &mut self.groups {
            match change {
                FindingsChange::Value { value, decision } if group.value == *value => {
                    group.decision = *decision;
                    group.exceptions = 0;
                }
                FindingsChange::Kind { kind, decision, except } if group.kind == *kind => {
                    let is_other = !except.is_empty() && except.contains(&group.value);
                    group.decision = if is_other { opposite(*decision) } else { *decision };
                    group.exceptions = 0;
                }
                FindingsChange::Span { kind, value, exceptions } if group.kind == *kind && group.value == *value => {
                    group.exceptions = *exceptions;
                }
                FindingsChange::Value { .. } | FindingsChange::Kind { .. } | FindingsChange::Span { .. } => {}
            }
        }
    }
}

const fn opposite(decision: Decision) -> Decision {
    match decision {
        Decision::Keep => Decision::Redact,
        Decision::Redact => Decision::Keep,
    }
}

impl IssueState {
    /// Pages made with older decisions or rules stay on screen and are asked for anew.
    pub fn previews_are_stale(&mut self) {
        for page in self.redaction_previews.values_mut() {
            page.cancel();
            if let Some(page) = page.value_mut() {
                page.is_stale = true;
            }
        }
    }

    /// Takes the newer of the two. An older one, which was overtaken, changes nothing.
    pub fn take_detail(&mut self, detail: Box<IssueDetail>) {
        let newest = self.detail.value().map_or(0, |known| known.revision);
        if detail.revision >= newest {
            self.detail = Loadable::Ready(detail);
        } else {
            self.detail.cancel();
        }
    }
}

/// The last answer of what would be redacted of a text that is being typed.
#[derive(Clone, Debug, Default)]
pub struct DraftCheck {
    /// How many answers have come for this field.
    pub arrived: u64,
    pub spans: Vec<PiiSpan>,
    /// The detectors could not run.
    pub failure: Option<Failure>,
}

/// The chat with one provider.
#[derive(Debug, Default)]
pub struct Chat {
    pub view: Loadable<Box<ConversationView>>,
    /// Why the last question was not answered; shown at the end of the chat.
    pub failure: Option<Failure>,
    /// Waiting to try again: attempt, milliseconds, reason.
    pub retrying: Option<(u32, u64, String)>,
    /// Whether an answer is on its way.
    pub answering: bool,
}

impl Chat {
    pub fn start(&mut self, question: Option<ChatMessage>, answer: ChatMessage) {
        self.retrying = None;
        self.failure = None;
        for message in question.into_iter().chain([answer]) {
            self.put(message);
        }
    }

    /// Puts a message in place of the one with its id, or at the end.
    pub fn put(&mut self, message: ChatMessage) {
        let Some(view) = self.view.value_mut() else { return };
        match view.messages.iter_mut().find(|known| known.id == message.id) {
            Some(known) => *known = message,
            None => view.messages.push(message),
        }
    }

    /// Appends to the message that grows, if it is known.
    pub fn grow(&mut self, message: crate::domain::MessageId, delta: &str) {
        if let Some(known) = self.message(message) {
            known.text.push(delta);
        }
    }

    /// Appends to what its model thinks.
    pub fn reason(&mut self, message: crate::domain::MessageId, delta: &str) {
        if let Some(known) = self.message(message) {
            known.reasoning.push(delta);
        }
    }

    fn message(&mut self, id: crate::domain::MessageId) -> Option<&mut ChatMessage> {
        let messages = self.view.value_mut().map(|view| view.messages.iter_mut());
        messages.into_iter().flatten().rev().find(|known| known.id == id)
    }
}

/// Some lines of a log, before and after redaction.
#[derive(Clone, Debug)]
pub struct RedactionPage {
    /// Number of the first line, from 1.
    pub first: u64,
    pub before: Vec<PreviewLine>,
    pub after: Vec<PreviewLine>,
    /// Another one with every page.
    pub version: u64,
    /// Whether it was made with older decisions or rules.
    pub is_stale: bool,
}

/// Which lines matched.
#[derive(Clone, Debug)]
pub struct LinesFound {
    /// Ascending.
    pub numbers: Arc<Vec<u64>>,
    /// Whether there were more than are listed.
    pub truncated: bool,
}
