//! From the stored facts to a document, and from a document to the bytes of a file. Values in, text or bytes out.
mod blame;
mod causes;
mod check;
mod contradictions;
mod draft;
mod error;
mod facts;
mod highlight;
mod markup;
mod measure;
mod merge;
mod outline;
pub mod parsed;
mod pictures;
mod post_mortem;
mod questions;
mod sections;
mod sources;
mod template;
#[cfg(test)]
mod testing;
mod why_picture;
pub mod writers;

pub use self::check::{CheckFinding, CheckKind, check};
pub use self::draft::{draft, template_file, template_of};
pub use self::error::DocumentError;
pub use self::facts::{Facts, LogCoverage, ProviderUse};
pub use self::markup::inline as escaped;
pub use self::merge::{Choice, DiffLine, LineChange, Merge, MergePart, common, diff, merge};
pub use self::pictures::{Picture, Pictures};
pub use self::why_picture::{Shape, Tone, WHY_PICTURE, WhyPicture, reworded, svg as why_svg};
pub use self::writers::{DocumentFile, DocumentMeta, Source, Writer};
