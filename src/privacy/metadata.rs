//! Takes out of an image what it says besides its picture: camera, place, author, comments, embedded previews.
//!
//! Each format is walked part by part, and only the parts that a picture needs are kept: what is not known is dropped,
//! and so is all that follows the picture's end. A file that cannot be walked is refused.

use crate::domain::ImageKind;

/// The file is cut off or is not what it begins like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the image is damaged")]
pub struct DamagedImage;

/// The image without its metadata. The picture's own bytes are not changed.
pub fn without_metadata(kind: ImageKind, bytes: &[u8]) -> Result<Vec<u8>, DamagedImage> {
    let kept = match kind {
        ImageKind::Png => png(bytes),
        ImageKind::Jpeg => jpeg(bytes),
        ImageKind::WebP => webp(bytes),
        ImageKind::Gif => gif(bytes),
    };
    kept.ok_or(DamagedImage)
}

/// Reads from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }
}

/// Source: PNG specification, third edition, section 11. Colors, transparency and animation stay.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: &[&[u8; 4]] = &[
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"acTL",
        b"fcTL", b"fdAT",
    ];
    let mut reader = Reader(bytes);
    let mut kept = reader.take(8)?.to_vec();
    loop {
        let chunk = reader.0;
        let length = usize::try_from(u32::from_be_bytes(reader.array()?)).ok()?;
        let name: [u8; 4] = reader.array()?;
        reader.take(length.checked_add(4)?)?;
        if KEPT.contains(&&name) {
            kept.extend_from_slice(chunk.get(..length + 12)?);
        }
        if name == *b"IEND" {
            return Some(kept);
        }
    }
}

/// Source: ITU-T T.81, annex B.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader(bytes);
    let mut kept = reader.take(2)?.to_vec();
    loop {
        let begun = reader.0;
        if reader.byte()? != 0xff {
            return None;
        }
        let marker = reader.byte()?;
        match marker {
            // Filler between segments.
            0xff => {
                reader.0 = begun.get(1..)?;
                continue;
            }
            0xd9 => {
                kept.extend([0xff, 0xd9]);
                return Some(kept);
            }
            0x01 | 0xd0..=0xd7 => {
                kept.extend([0xff, marker]);
                continue;
            }
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(reader.array()?));
        let body = reader.take(length.checked_sub(2)?)?;
        if jpeg_keeps(marker, body) {
            kept.extend_from_slice(begun.get(..length + 2)?);
        }
        if marker == 0xda {
            let data = jpeg_scan(reader.0)?;
            kept.extend_from_slice(reader.take(data)?);
        }
    }
}

/// JFIF without a preview, and Adobe's note on how colors are coded; no other note, and no comment.
fn jpeg_keeps(marker: u8, body: &[u8]) -> bool {
    match marker {
        0xe0 => body.starts_with(b"JFIF\0") && body.len() == 14,
        0xee => body.starts_with(b"Adobe") && body.len() == 12,
        0xe1..=0xfe => false,
        _ => true,
    }
}

/// How long the coded data of a scan is: up to the next marker that is no restart and no stuffed zero.
fn jpeg_scan(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xff)?;
        match bytes.get(at + 1)? {
            0x00 | 0xd0..=0xd7 => at += 2,
            0xff => at += 1,
            _ => return Some(at),
        }
    }
}

/// Source: RFC 9649.
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: &[&[u8; 4]] = &[b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"];
    /// What the extended header says is there: color profile, EXIF, XMP.
    const FLAGS: u8 = 0x20 | 0x08 | 0x04;
    let mut reader = Reader(bytes);
    reader.take(4)?;
    let size = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
    let mut reader = Reader(reader.0.get(..size)?);
    reader.take(4)?;
    let mut kept = b"WEBP".to_vec();
    while !reader.0.is_empty() {
        let chunk = reader.0;
        let name: [u8; 4] = reader.array()?;
        let length = usize::try_from(u32::from_le_bytes(reader.array()?)).ok()?;
        let padded = length.checked_add(length % 2)?;
        reader.take(padded)?;
        if KEPT.contains(&&name) {
            let start = kept.len();
            kept.extend_from_slice(chunk.get(..padded + 8)?);
            if name == *b"VP8X" {
                *kept.get_mut(start + 8)? &= !FLAGS;
            }
        }
    }
    let size = u32::try_from(kept.len()).ok()?;
    Some([b"RIFF".as_slice(), &size.to_le_bytes(), &kept].concat())
}

/// Source: `GIF89a` specification. Of the extensions, timing and looping stay.
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader(bytes);
    let head = reader.take(13)?;
    let mut kept = head.to_vec();
    kept.extend_from_slice(reader.take(color_table(*head.get(10)?))?);
    loop {
        let block = reader.0;
        let keeps = match reader.byte()? {
            0x3b => {
                kept.push(0x3b);
                return Some(kept);
            }
            0x2c => {
                let place = reader.take(9)?;
                reader.take(color_table(*place.last()?) + 1)?;
                true
            }
            0x21 => {
                let label = reader.byte()?;
                let is_loop = reader.0.get(1..12).is_some_and(|name| name == b"NETSCAPE2.0");
                label == 0xf9 || (label == 0xff && is_loop)
            }
            _ => return None,
        };
        loop {
            let length = usize::from(reader.byte()?);
            reader.take(length)?;
            if length == 0 {
                break;
            }
        }
        if keeps {
            kept.extend_from_slice(block.get(..block.len() - reader.0.len())?);
        }
    }
}

/// How many bytes a color table takes, by the packed field that announces it.
const fn color_table(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"jane.doe@corp-mail.net";

    fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        [&length, name.as_slice(), body, b"crc!"].concat()
    }

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    }

    fn riff(name: [u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        let padding = vec![0; body.len() % 2];
        [name.as_slice(), &length, body, &padding].concat()
    }

    /// Each with its twin that has metadata in every place where such a file may have some.
    fn pairs() -> Vec<(ImageKind, Vec<u8>, Vec<u8>)> {
        let signature = b"\x89PNG\r\n\x1a\n".as_slice();
        let (ihdr, idat, iend) = (chunk(*b"IHDR", &[0; 13]), chunk(*b"IDAT", b"pixels"), chunk(*b"IEND", b""));
        let notes: Vec<u8> = [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"iCCP", b"prVw"]
            .iter()
            .flat_map(|name| chunk(**name, SECRET))
            .collect();
        let png = [signature, &ihdr, &idat, &iend].concat();
        let png_full = [signature, &ihdr, &notes, &idat, &notes, &iend, SECRET].concat();

        let jfif = segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
        let scan = [segment(0xda, b"\x01\x01\0\0\x3f\0"), b"da\xff\x00ta\xff\xd0more".to_vec()].concat();
        let tables = segment(0xdb, &[1; 65]);
        let notes: Vec<u8> =
            [0xe0, 0xe1, 0xe2, 0xed, 0xee, 0xfe].iter().flat_map(|marker| segment(*marker, SECRET)).collect();
        let (start, end) = (b"\xff\xd8".as_slice(), b"\xff\xd9".as_slice());
        let jpeg = [start, &jfif, &tables, &scan, &tables, &scan, end].concat();
        let jpeg_full = [start, &jfif, &notes, &tables, &scan, &notes, &tables, &scan, end, SECRET].concat();

        let webp_of = |flags: u8, more: &[u8]| {
            let parts = [
                b"WEBP".as_slice(),
                &riff(*b"VP8X", &[flags, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
                &riff(*b"VP8 ", b"pix"),
                more,
            ];
            let body = parts.concat();
            [b"RIFF".as_slice(), &u32::try_from(body.len()).unwrap().to_le_bytes(), &body].concat()
        };
        let notes = [riff(*b"EXIF", SECRET), riff(*b"XMP ", SECRET), riff(*b"ICCP", SECRET)].concat();

        let head = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff".as_slice();
        let picture = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0".as_slice();
        let comment = [b"\x21\xfe\x16".as_slice(), SECRET, b"\0"].concat();
        let xmp = [b"\x21\xff\x0bXMP DataXMP\x16".as_slice(), SECRET, b"\0"].concat();
        let looping = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0".as_slice();
        let gif = [head, looping, picture, b"\x3b"].concat();
        let gif_full = [head, &comment, looping, &xmp, picture, &comment, b"\x3b", SECRET].concat();

        vec![
            (ImageKind::Png, png, png_full),
            (ImageKind::Jpeg, jpeg, jpeg_full),
            (ImageKind::WebP, webp_of(0x10, b""), [webp_of(0x3c, &notes), SECRET.to_vec()].concat()),
            (ImageKind::Gif, gif, gif_full),
        ]
    }

    #[test]
    fn the_picture_stays_and_all_else_goes() {
        for (kind, plain, full) in pairs() {
            assert_eq!(ImageKind::of(&full), Some(kind));
            assert!(full.windows(SECRET.len()).any(|part| part == SECRET));
            assert_eq!(without_metadata(kind, &full).as_ref(), Ok(&plain), "{kind:?}");
            assert_eq!(without_metadata(kind, &plain), Ok(plain), "{kind:?}");
        }
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_refused_and_nothing_panics() {
        for (kind, plain, _) in pairs() {
            for end in 0..plain.len() {
                let cut = &plain[..end];
                assert_eq!(without_metadata(kind, cut), Err(DamagedImage), "{kind:?} {end}");
            }
        }
    }

    #[test]
    fn lengths_that_lie_are_refused() {
        let png = [b"\x89PNG\r\n\x1a\n".as_slice(), b"\xff\xff\xff\xffIHDR"].concat();
        let jpeg = b"\xff\xd8\xff\xe1\x00\x01".to_vec();
        let webp = b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff".to_vec();
        for (kind, bytes) in [(ImageKind::Png, png), (ImageKind::Jpeg, jpeg), (ImageKind::WebP, webp)] {
            assert_eq!(without_metadata(kind, &bytes), Err(DamagedImage), "{kind:?}");
        }
    }
}
