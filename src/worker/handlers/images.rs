//! Images of a chat: attached, shown small, and cleared one by one when the user has confirmed each.

use crate::domain::{AttachedImage, ImageId, ImageKind, IssueId, MessageId, Role};
use crate::privacy::{ClearedImage, Confirmation, without_metadata};
use crate::store::{Database, StoreError};
use crate::worker::blocking;
use crate::worker::command::{ImageSource, Turn};
use crate::worker::event::Event;
use crate::worker::failure::{Failure, FailureKind};
use crate::worker::import::name_of;
use crate::worker::services::Session;
use crate::worker::snapshot::{ShownImage, Thumbnail};
use image::{DynamicImage, ImageFormat, ImageReader, Limits, RgbaImage};
use sha2::{Digest as _, Sha256};
use std::fs::File;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::Arc;

/// More than most servers take.
const MOST_BYTES: u64 = 5 * 1024 * 1024;
/// How many may wait beside a draft.
const MOST_WAITING: usize = 8;
/// The longer side of a small picture, in pixels.
const THUMBNAIL: u32 = 480;
/// No picture of more pixels on a side is unpacked.
const LONGEST_SIDE: u32 = 16_384;
/// What unpacking one may take.
const MOST_ALLOCATED: u64 = 256 * 1024 * 1024;

pub(super) async fn attach(session: &Session, issue: IssueId, source: ImageSource) -> Result<Event, Failure> {
    let image = blocking::run(move |_stop| read(issue, source)).await?;
    let (waiting, has_it) = session
        .call(move |db| {
            let waiting: Vec<_> = db.images(issue)?.into_iter().filter(|one| one.message.is_none()).collect();
            let has_it = waiting.iter().any(|one| one.sha256 == image.sha256);
            if !has_it && waiting.len() < MOST_WAITING {
                db.insert_image(&image)?;
            }
            Ok((waiting.len(), has_it))
        })
        .await?;
    if waiting >= MOST_WAITING && !has_it {
        let summary = format!("a message takes {MOST_WAITING} images at most");
        return Err(Failure::new(FailureKind::Other, summary, "Remove one, or send these first"));
    }
    load(session, issue).await
}

pub(super) async fn remove(session: &Session, issue: IssueId, image: ImageId) -> Result<Event, Failure> {
    session.call(move |db| db.remove_waiting_image(image)).await?;
    load(session, issue).await
}

pub(super) async fn load(session: &Session, issue: IssueId) -> Result<Event, Failure> {
    let images = session.call(move |db| db.images(issue)).await?;
    let images = blocking::run(move |_stop| Ok(images.iter().map(shown).collect())).await?;
    Ok(Event::ImagesLoaded { issue, images })
}

/// The images that go with a turn: those that wait, and those of the question that is asked again.
pub(super) fn of_turn(db: &Database, issue: IssueId, turn: Turn) -> Result<Vec<AttachedImage>, StoreError> {
    let again = match turn {
        Turn::New => None,
        Turn::Edit(message) => Some(message),
        Turn::Regenerate | Turn::Continue => {
            db.messages(issue)?.iter().rfind(|message| message.role == Role::User).map(|message| message.id)
        }
    };
    let waits = turn.has_draft();
    let goes = |message: Option<MessageId>| (waits && message.is_none()) || (message.is_some() && message == again);
    Ok(db.images(issue)?.into_iter().filter(|image| goes(image.message)).collect())
}

/// Those of `images` that the user has confirmed for this host, in the order in which they were attached.
pub(super) fn cleared(
    images: &[AttachedImage],
    confirmations: Vec<Confirmation>,
    host: &str,
) -> Result<Vec<(ImageId, ClearedImage)>, Failure> {
    let mut cleared = Vec::new();
    for confirmation in confirmations {
        let gone =
            || Failure::new(FailureKind::RefusedByGate, "an image that was confirmed is gone", "Attach it again");
        let at = images.iter().position(|image| image.id == confirmation.image()).ok_or_else(gone)?;
        let image = images.get(at).ok_or_else(gone)?;
        let image = ClearedImage::new(image, confirmation, host).map_err(|error| {
            Failure::new(FailureKind::RefusedByGate, error.to_string(), "Look at the image again and confirm it")
                .because(&error)
        })?;
        cleared.push((at, image));
    }
    cleared.sort_by_key(|(at, _)| *at);
    cleared.dedup_by_key(|(at, _)| *at);
    Ok(cleared.into_iter().filter_map(|(at, image)| Some((images.get(at)?.id, image))).collect())
}

fn read(issue: IssueId, source: ImageSource) -> Result<AttachedImage, Failure> {
    let bytes = match source {
        ImageSource::File(path) => bytes_of(&path)?,
        ImageSource::Pixels(picture) => png_of(picture)?,
    };
    let refused = |summary: &str| Failure::new(FailureKind::Other, summary, "Attach a PNG, JPEG, WebP or GIF image");
    let kind = ImageKind::of(&bytes).ok_or_else(|| refused("this is not an image that can be sent"))?;
    let bytes = without_metadata(kind, &bytes).map_err(|error| refused(&error.to_string()).because(&error))?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(AttachedImage { id: ImageId::new(), issue, message: None, kind, bytes: bytes.into(), sha256 })
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = name_of(path);
    let cannot = |error: std::io::Error| {
        Failure::new(FailureKind::Other, format!("{name} cannot be read"), "Check the path and your rights")
            .because(&error)
    };
    let mut bytes = Vec::new();
    File::open(path).map_err(cannot)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > MOST_BYTES { Err(too_large()) } else { Ok(bytes) }
}

fn too_large() -> Failure {
    Failure::new(FailureKind::Other, "the image is larger than 5 MB", "Make it smaller, or cut out what matters")
}

fn png_of(picture: Thumbnail) -> Result<Vec<u8>, Failure> {
    let wrong = || Failure::new(FailureKind::Other, "the clipboard's image cannot be read", "Attach a file instead");
    let picture = RgbaImage::from_raw(picture.width, picture.height, picture.rgba).ok_or_else(wrong)?;
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut bytes, ImageFormat::Png).map_err(|error| wrong().because(&error))?;
    let bytes = bytes.into_inner();
    if bytes.len() as u64 > MOST_BYTES { Err(too_large()) } else { Ok(bytes) }
}

pub(super) fn shown(image: &AttachedImage) -> ShownImage {
    ShownImage {
        id: image.id,
        message: image.message,
        kind: image.kind,
        bytes: image.bytes.len() as u64,
        sha256: image.sha256.clone(),
        thumbnail: thumbnail(image.kind, &image.bytes).map(Arc::new),
    }
}

/// A small picture; `None` for a format that is not unpacked here, and for a picture that is too large or damaged.
pub(super) fn thumbnail(kind: ImageKind, bytes: &[u8]) -> Option<Thumbnail> {
    let format = match kind {
        ImageKind::Png => ImageFormat::Png,
        ImageKind::Jpeg => ImageFormat::Jpeg,
        ImageKind::WebP | ImageKind::Gif => return None,
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_ALLOCATED);
    reader.limits(limits);
    let whole = reader.decode().ok()?;
    let fits = whole.width() <= THUMBNAIL && whole.height() <= THUMBNAIL;
    let small = if fits { whole } else { whole.thumbnail(THUMBNAIL, THUMBNAIL) }.into_rgba8();
    Some(Thumbnail { width: small.width(), height: small.height(), rgba: small.into_raw() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Thumbnail {
        Thumbnail { width, height, rgba: [200, 30, 30, 255].repeat((width * height) as usize) }
    }

    fn attached(width: u32, height: u32) -> AttachedImage {
        read(IssueId::new(), ImageSource::Pixels(picture(width, height))).unwrap()
    }

    #[test]
    fn pixels_from_the_clipboard_become_a_png_with_a_small_picture() {
        let image = attached(1_000, 500);
        assert_eq!(image.kind, ImageKind::Png);
        let small = thumbnail(image.kind, &image.bytes).unwrap();
        assert_eq!((small.width, small.height), (480, 240));
        assert_eq!(small.rgba.get(..4), Some([200, 30, 30, 255].as_slice()));
    }

    #[test]
    fn a_file_is_judged_by_its_bytes_and_its_size() {
        let folder = tempfile::tempdir().unwrap();
        let attach = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            read(IssueId::new(), ImageSource::File(path)).map_err(|failure| failure.summary)
        };
        let png = attached(4, 4).bytes;
        assert_eq!(attach("shot.txt", &png).unwrap().kind, ImageKind::Png);
        assert_eq!(attach("notes.png", b"password=x").unwrap_err(), "This is not an image that can be sent");
        assert_eq!(attach("cut.png", png.get(..40).unwrap()).unwrap_err(), "The image is damaged");
        let large = vec![0x89; 5 * 1024 * 1024 + 1];
        assert_eq!(attach("large.png", &large).unwrap_err(), "The image is larger than 5 MB");
        let missing = ImageSource::File(folder.path().join("missing.png"));
        assert_eq!(read(IssueId::new(), missing).unwrap_err().summary, "missing.png cannot be read");
    }

    #[test]
    fn only_confirmed_images_are_cleared_in_the_order_of_the_draft() {
        let images = [attached(1, 1), attached(2, 1), attached(3, 1)];
        let confirm = |image: &AttachedImage| Confirmation::new(image.id, &image.sha256, "h");
        let confirmations = vec![confirm(&images[2]), confirm(&images[0])];
        let ids: Vec<_> = cleared(&images, confirmations, "h").unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids, [images[0].id, images[2].id]);
        let elsewhere = cleared(&images, vec![confirm(&images[0])], "evil.example").unwrap_err();
        assert_eq!(elsewhere.kind, FailureKind::RefusedByGate);
        let gone = cleared(&images[1..], vec![confirm(&images[0])], "h").unwrap_err();
        assert_eq!(gone.kind, FailureKind::RefusedByGate);
    }
}
