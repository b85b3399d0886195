//! What is done with findings, wherever it was asked for.

use crate::domain::{Decision, IssueId, PiiKind, Rule, RuleAction, RuleMatch, RuleScope, Unredacted, ValueGroup};
use crate::ui::context::ViewContext;
use crate::ui::icons;
use crate::ui::state::{Notice, NoticeAction, Slot, Tone};
use crate::ui::widgets::menu_item;
use crate::worker::{Command, DecisionTarget, Failure, PrivacyCommand, RuleCommand, Seek};
use egui::Ui;

/// What can be done with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ui::views::issue) enum Act {
    Decide(DecisionTarget, Decision),
    /// A rule about a text. `true`: for all issues.
    Rule {
        action: RuleAction,
        matcher: RuleMatch,
        text: Unredacted,
        everywhere: bool,
    },
    /// To its first place.
    Show(PiiKind, Unredacted),
}

impl Act {
    /// The other decision about a value.
    pub(super) fn turn(group: &ValueGroup) -> Self {
        let target = DecisionTarget::Value { kind: group.kind, value: group.value.clone() };
        Self::Decide(target, opposite(group.decision))
    }

    pub(super) fn rule(group: &ValueGroup, action: RuleAction, everywhere: bool) -> Self {
        Self::Rule { action, matcher: RuleMatch::Words, text: group.value.clone(), everywhere }
    }

    pub(super) fn show(group: &ValueGroup) -> Self {
        Self::Show(group.kind, group.value.clone())
    }

    pub(in crate::ui::views::issue) fn run(self, cx: &mut ViewContext<'_>, issue: IssueId) {
        match self {
            Self::Decide(target, decision) => {
                let decide = PrivacyCommand::Decide { issue, target, decision };
                cx.run_detached("", Command::Privacy(decide));
            }
            Self::Rule { action, matcher, text, everywhere } => {
                let scope = if everywhere { RuleScope::All } else { RuleScope::Issue(issue) };
                save_rule(cx, issue, Rule::new(scope, action, matcher, text));
            }
            Self::Show(kind, value) => {
                let find = PrivacyCommand::FindSpan { issue, seek: Seek::First { kind, value } };
                cx.submit(Slot::SpanSeek(issue), Command::Privacy(find));
            }
        }
    }
}

pub(super) const fn opposite(decision: Decision) -> Decision {
    match decision {
        Decision::Keep => Decision::Redact,
        Decision::Redact => Decision::Keep,
    }
}

fn save_rule(cx: &mut ViewContext<'_>, issue: IssueId, rule: Rule) {
    if let Err(error) = crate::privacy::check_rule(&rule) {
        let notice = Notice::new(Tone::Warn, Failure::from(error).summary);
        cx.notify(notice.detail("Decide about the value in this issue instead"));
        return;
    }
    let what = match rule.action {
        RuleAction::Always => "Always redacted from now on",
        RuleAction::Never => "Not flagged from now on",
    };
    let place = match rule.scope {
        RuleScope::All => "In all issues; see Settings → Privacy",
        RuleScope::Issue(_) => "In this issue; see Settings → Privacy",
    };
    let undo = NoticeAction::Run(Box::new(Command::Rule(RuleCommand::Remove(rule.id))));
    cx.notify(Notice::ok(what).detail(place).action("Undo", undo));
    cx.run_detached("", Command::Rule(RuleCommand::Save { rule, instead_of: Some(issue) }));
}

/// The entries of a value's menu. Returns what was chosen.
pub(super) fn menu_ui(ui: &mut Ui, cx: &ViewContext<'_>, group: &ValueGroup) -> Option<Act> {
    ui.set_max_width(280.0);
    let tokens = cx.tokens;
    let (glyph, word) = match group.decision {
        Decision::Redact => (icons::EYE, "Keep in this issue"),
        Decision::Keep => (icons::SHIELD_CHECK, "Redact in this issue"),
    };
    let mut act = None;
    for (glyph, word, shortcut, choice) in [
        (glyph, word, "Space", Act::turn(group)),
        (icons::SEARCH, "Go to the first place", "Enter", Act::show(group)),
        (icons::SHIELD, "Always redact, in all issues", "a", Act::rule(group, RuleAction::Always, true)),
        (icons::SHIELD, "Always redact, in this issue", "", Act::rule(group, RuleAction::Always, false)),
        (icons::BAN, "Never flag, in all issues", "n", Act::rule(group, RuleAction::Never, true)),
        (icons::BAN, "Never flag, in this issue", "", Act::rule(group, RuleAction::Never, false)),
    ] {
        if menu_item(ui, tokens, glyph, word, shortcut).clicked() {
            act = Some(choice);
            ui.close();
        }
    }
    act
}
