//! Log analysis without any AI: from bytes to a ranked extract with line references, and the built-in guide.
//!
//! This room does no I/O of its own: it reads what it is given, in chunks, in bounded memory.
//! A log goes through [`Scan`]; the analyses of an issue's logs become one [`Insight`].
mod analyzer;
mod bursts;
mod chain;
mod changes;
mod clocks;
mod compressed;
mod decode;
mod domains;
mod events;
mod guide;
mod index;
mod json;
mod levels;
mod lines;
mod literals;
mod mask;
mod mend;
mod merge;
mod moments;
mod observed;
mod pack;
mod ports;
pub mod prompts;
mod proposals;
mod quotes;
mod rules;
pub mod samples;
mod stored;
mod summary;
mod templates;
mod timestamps;
mod traces;

pub use self::analyzer::{Analyzer, LineFacts, Scan, Scanned};
pub use self::bursts::{Bucket, Burst, BurstKind, Histogram};
pub use self::compressed::open;
pub use self::decode::{DecodeError, Decoder};
pub use self::domains::suggest_domain;
pub use self::events::Grouper;
pub use self::guide::{Guide, GuideAnswer, GuideInput, MAX_WHYS};
pub use self::index::{IndexBuilder, IndexError, LINES_PER_CHECKPOINT, LogIndex, Place};
pub use self::levels::{LevelCounts, level_of};
pub use self::lines::{LineSplitter, MAX_LINE_BYTES, clip_line};
pub use self::moments::{Moment, MomentKind};
pub use self::pack::{Coverage, Pack, estimate_tokens, pack};
pub use self::proposals::{citations, level_in_text, parse_proposals};
pub use self::rules::{KnowledgeError, Rule, RuleBase, RuleHit, RuleIndex, RuleKind, RuleMoment};
pub use self::summary::{
    FirstSeen, Insight, LineRef, LogAnalysis, LogSummary, NotableLine, Reason, SeenLine, TemplateStat,
};
pub use self::templates::{MAX_TEMPLATES, Miner, TemplateId};
pub use self::timestamps::TimeFinder;
pub use self::traces::{TraceCollector, TraceGroup};
