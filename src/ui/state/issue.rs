//! What is known of one issue.

use super::Loadable;
use crate::domain::{ChatMessage, DocumentId, DocumentKind, LogFileId, ProviderId, ValueGroup};
use crate::worker::{ConversationView, DocumentView, Failure, Insight, IssueDetail, OutgoingPreview, PreviewLine};
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
    pub findings: Loadable<Vec<ValueGroup>>,
    pub insight: Loadable<Arc<Insight>>,
    pub documents: HashMap<DocumentKind, Loadable<Box<DocumentView>>>,
    /// Per document, whether what was typed last is stored.
    pub saves: HashMap<DocumentId, Loadable<()>>,
    /// Per log, the page asked for last.
    pub redaction_previews: BTreeMap<LogFileId, Loadable<RedactionPage>>,
    pub searches: BTreeMap<LogFileId, Loadable<LinesFound>>,
}

impl IssueState {
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
}

/// Which lines matched.
#[derive(Clone, Debug)]
pub struct LinesFound {
    /// Ascending.
    pub numbers: Arc<Vec<u64>>,
    /// Whether there were more than are listed.
    pub truncated: bool,
}
