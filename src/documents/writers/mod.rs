//! The formats of a document's file, one a file.
mod markdown;
pub mod storage;
mod writer;

pub use self::writer::{DocumentMeta, Writer};

/// In the order in which the export dialog lists them.
pub static ALL: &[&Writer] = &[&markdown::WRITER];

/// The writer for a file name's ending, without its dot; upper and lower case are the same.
pub fn for_extension(extension: &str) -> Option<&'static Writer> {
    ALL.iter().copied().find(|writer| writer.extension.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_found_by_the_ending_of_a_file() {
        assert_eq!(for_extension("MD").map(|writer| writer.id), Some("markdown"));
        assert!(for_extension("exe").is_none());
    }

    #[test]
    fn no_two_writers_share_an_id_or_an_ending() {
        for (place, writer) in ALL.iter().enumerate() {
            let twin = ALL.iter().skip(place + 1).find(|one| one.id == writer.id || one.extension == writer.extension);
            assert!(twin.is_none(), "{}", writer.id);
        }
    }
}
