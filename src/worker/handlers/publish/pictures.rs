//! The pictures of a page: those that its document holds, each to be confirmed, and the why tree, drawn from cleared words.

use crate::documents::WHY_PICTURE;
use crate::documents::writers::storage::held_pictures;
use crate::domain::{AttachedImage, Audience, Evidence, ImageId, ImageKind, IssueId, RemoteId, Unredacted, WhyTree};
use crate::integrations::{Wiki, file_name};
use crate::privacy::{ClearedImage, Confirmation, without_metadata};
use crate::worker::blocking;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::handlers::images;
use crate::worker::services::Session;
use crate::worker::snapshot::{PublicationPicture, ShownImage};
use sha2::{Digest as _, Sha256};

/// Larger pictures stay out of a page, as they stay out of a chat.
const MOST_BYTES: usize = 5 << 20;

/// A picture that goes along with a page.
#[derive(Debug)]
pub(super) enum PagePicture {
    /// From the document: whether it may go is the user's word.
    Held(AttachedImage),
    /// From words that passed the gate.
    Drawn(ClearedImage),
}

/// A document's text with short names in the place of the pictures that it holds.
#[derive(Debug)]
pub(super) struct Parted {
    pub(super) markdown: Unredacted,
    pub(super) held: Vec<AttachedImage>,
    /// How many pictures stay out of the page: of a kind that no page shows, damaged, or too large.
    pub(super) left_out: usize,
}

impl Parted {
    pub(super) fn names(&self) -> Vec<String> {
        self.held.iter().map(|image| file_name(&image.sha256, image.kind)).collect()
    }
}

/// Takes the pictures out of the text. Without `goes_along`, and for readers outside, none of them goes: nothing in them can
/// be redacted.
pub(super) async fn parted(
    issue: IssueId,
    markdown: Unredacted,
    (audience, goes_along): (Audience, bool),
) -> Result<Parted, Failure> {
    blocking::run(move |_stop| Ok(part(issue, markdown, goes_along && audience == Audience::Internal))).await
}

fn part(issue: IssueId, markdown: Unredacted, goes_along: bool) -> Parted {
    let mut text = markdown.into_exposed();
    let (mut held, mut left_out) = (Vec::new(), 0);
    for picture in held_pictures(&text) {
        let image = Some(picture.bytes).filter(|_| goes_along).and_then(|bytes| readable(issue, &bytes));
        // A picture that stays out is told by its words alone.
        let name = image.as_ref().map(|image| file_name(&image.sha256, image.kind)).unwrap_or_default();
        text = text.replace(&picture.address, &name);
        match image {
            Some(image) => held.push(image),
            None => left_out += 1,
        }
    }
    Parted { markdown: text.into(), held, left_out }
}

fn readable(issue: IssueId, bytes: &[u8]) -> Option<AttachedImage> {
    let kind = ImageKind::of(bytes).filter(|_| bytes.len() <= MOST_BYTES)?;
    let bytes = without_metadata(kind, bytes).ok()?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Some(AttachedImage { id: ImageId::new(), issue, message: None, kind, bytes: bytes.into(), sha256 })
}

/// What the why tree is drawn from, where the text shows it.
pub(super) async fn why_tree(
    session: &Session,
    issue: IssueId,
    markdown: &Unredacted,
) -> Result<Option<(WhyTree, Vec<Evidence>)>, Failure> {
    if !markdown.expose().contains(WHY_PICTURE) {
        return Ok(None);
    }
    session.call(move |db| Ok(Some((WhyTree::new(db.whys(issue)?), db.evidence(issue)?)))).await
}

/// As they are shown before they go.
pub(super) async fn shown(pictures: Vec<PagePicture>) -> Result<(Vec<PagePicture>, Vec<PublicationPicture>), Failure> {
    blocking::run(move |_stop| {
        let shown = pictures.iter().map(|picture| match picture {
            PagePicture::Held(image) => PublicationPicture { shown: images::shown(image), is_drawn: false },
            PagePicture::Drawn(image) => {
                let thumbnail = images::thumbnail(image.kind(), image.bytes()).map(Into::into);
                let (kind, bytes, sha256) = (image.kind(), image.bytes().len() as u64, image.sha256().to_owned());
                let shown = ShownImage { id: ImageId::new(), message: None, kind, bytes, sha256, thumbnail };
                PublicationPicture { shown, is_drawn: true }
            }
        });
        let shown = shown.collect();
        Ok((pictures, shown))
    })
    .await
}

/// The pictures as they may leave. Fails unless each that the document holds was confirmed for this host.
pub(super) fn cleared(
    pictures: &[PagePicture],
    confirmations: Vec<Confirmation>,
    host: &str,
) -> Result<Vec<ClearedImage>, Failure> {
    let held: Vec<AttachedImage> = pictures
        .iter()
        .filter_map(|picture| match picture {
            PagePicture::Held(image) => Some(image.clone()),
            PagePicture::Drawn(_) => None,
        })
        .collect();
    let confirmed = images::cleared(&held, confirmations, host)?;
    if confirmed.len() != held.len() {
        let summary = "the page shows pictures that were not confirmed, and nothing in a picture can be redacted";
        let advice = "Look at the pictures and confirm them, or leave them out";
        return Err(Failure::new(FailureKind::RefusedByGate, summary, advice).retryable());
    }
    let drawn = pictures.iter().filter_map(|picture| match picture {
        PagePicture::Held(_) => None,
        PagePicture::Drawn(image) => Some(image.clone()),
    });
    Ok(confirmed.into_iter().map(|(_, image)| image).chain(drawn).collect())
}

/// Puts them beside the page. What could not be put there is told, and undoes nothing.
pub(super) async fn attach(wiki: &Wiki<'_>, page: &RemoteId, pictures: &[ClearedImage]) -> Vec<String> {
    let mut failures = Vec::new();
    for image in pictures {
        if let Err(error) = wiki.attach(page, image).await {
            failures.push(format!("a picture could not be attached: {error}"));
        }
    }
    failures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Picture;
    use image::{DynamicImage, ImageFormat};
    use std::io::Cursor;

    fn png() -> String {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(2, 2).write_to(&mut bytes, ImageFormat::Png).unwrap();
        Picture::Png(bytes.into_inner()).data_url()
    }

    fn taken(text: &str, goes_along: bool) -> Parted {
        part(IssueId::new(), text.into(), goes_along)
    }

    #[test]
    fn a_picture_gives_way_to_its_name() {
        let parted = taken(&format!("![a]({0}) and ![b]({0})", png()), true);
        let names = parted.names();
        let [name] = names.as_slice() else { panic!("{names:?}") };
        assert_eq!(parted.markdown.expose(), format!("![a]({name}) and ![b]({name})"));
        let (stem, extension) = name.split_once('.').unwrap();
        assert!(stem.starts_with("picture-") && extension == "png", "{name}");
        assert_eq!(parted.left_out, 0);
    }

    #[test]
    fn what_may_not_go_or_is_no_picture_leaves_its_words() {
        let svg = Picture::Svg("<svg>10.0.0.7</svg>".to_owned()).data_url();
        for (text, goes_along) in [(png(), false), (svg, true), ("data:image/png;base64,AAAA".to_owned(), true)] {
            let parted = taken(&format!("![words]({text})"), goes_along);
            assert_eq!((parted.markdown.expose(), parted.left_out), ("![words]()", 1), "{text}");
            assert!(parted.held.is_empty());
        }
    }

    #[test]
    fn a_page_with_a_picture_that_nobody_confirmed_does_not_go() {
        let held = taken(&format!("![a]({})", png()), true).held.remove(0);
        let (id, sha256) = (held.id, held.sha256.clone());
        let pictures = [PagePicture::Held(held)];
        assert!(cleared(&pictures, Vec::new(), "wiki.example").is_err());
        let elsewhere = vec![Confirmation::new(id, &sha256, "other.example")];
        assert!(cleared(&pictures, elsewhere, "wiki.example").is_err());
        let confirmed = vec![Confirmation::new(id, &sha256, "wiki.example")];
        assert_eq!(cleared(&pictures, confirmed, "wiki.example").unwrap().len(), 1);
    }
}
