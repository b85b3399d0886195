//! From the stored facts to a document, and from a document to the bytes of a file. Values in, text or bytes out.
mod blame;
mod causes;
mod check;
mod contradictions;
mod error;
mod facts;
mod highlight;
mod markup;
mod measure;
mod outline;
pub mod parsed;
mod pictures;
mod rca;
mod sources;
mod template;
#[cfg(test)]
mod testing;
mod why_picture;
pub mod writers;

pub use self::check::{CheckFinding, CheckKind, check};
pub use self::error::DocumentError;
pub use self::facts::{LogCoverage, ProviderUse, RcaFacts};
pub use self::markup::inline as escaped;
pub use self::pictures::{Picture, Pictures};
pub use self::rca::{RCA_TEMPLATE, draft_rca};
pub use self::why_picture::{Shape, Tone, WHY_PICTURE, WhyPicture, reworded, svg as why_svg};
pub use self::writers::{DocumentFile, DocumentMeta, Source, Writer};
