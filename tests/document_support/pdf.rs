//! Reads a PDF back as a screen reader does: by its tags, in their order.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::hayro_syntax::object::{Array, Dict, Name, Object, ObjectIdentifier};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Rect};
use std::collections::{BTreeMap, HashMap};

/// What a PDF says.
#[derive(Debug, Default)]
pub struct Told {
    /// Element by element, in the order of the tags, without pictures, footnotes, and the marks of items and notes.
    pub text: String,
    /// Of the footnotes alone.
    pub notes: String,
    /// What no tag holds and what is marked as no part of the text: heads, feet and rules.
    pub around: String,
    /// The kinds of the elements, in their order: `H1`, `P`, `Table` …
    pub tags: Vec<String>,
    /// The words for pictures.
    pub alternatives: Vec<String>,
    /// Whatever the file says anywhere, decoded: all objects, texts and streams.
    pub everything: String,
}

pub fn read(bytes: &[u8]) -> Told {
    let pdf = Pdf::new(bytes.to_vec()).unwrap();
    let mut told = Told::default();
    let mut marked = HashMap::new();
    for page in pdf.pages().iter() {
        let cache = InterpreterCache::new();
        let area = Rect::new(0.0, 0.0, 1.0, 1.0);
        let mut context = Context::new(Affine::IDENTITY, area, &cache, pdf.xref(), InterpreterSettings::default());
        let mut letters = Letters::default();
        interpret_page(page, &mut context, &mut letters);
        let id = page.raw().obj_id().unwrap();
        told.around.push_str(&letters.around);
        told.everything.push_str(&letters.around);
        for (mark, text) in letters.marked {
            told.everything.push_str(&text);
            marked.insert((id, mark), text);
        }
    }
    let catalog = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()).unwrap();
    let root = catalog.get::<Dict<'_>>("StructTreeRoot").unwrap();
    Walk { marked: &marked, told: &mut told }.children(&root, None, Place::Text);
    for object in pdf.objects() {
        everything(&object, &mut told.everything, 0);
    }
    told
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Note,
    Picture,
    /// Of an item or a footnote.
    Mark,
}

struct Walk<'a> {
    marked: &'a HashMap<(ObjectIdentifier, i32), String>,
    told: &'a mut Told,
}

impl Walk<'_> {
    fn children(&mut self, of: &Dict<'_>, page: Option<ObjectIdentifier>, place: Place) {
        let page = of.get_ref("Pg").map(ObjectIdentifier::from).or(page);
        if let Some(all) = of.get::<Array<'_>>("K") {
            for child in all.iter::<Object<'_>>() {
                self.child(child, page, place);
            }
        } else if let Some(only) = of.get::<Object<'_>>("K") {
            self.child(only, page, place);
        }
    }

    fn child(&mut self, child: Object<'_>, page: Option<ObjectIdentifier>, place: Place) {
        match child {
            Object::Number(number) => self.leaf(page, number.as_i64(), place),
            Object::Dict(element) if element.contains_key("MCID") => {
                let page = element.get_ref("Pg").map(ObjectIdentifier::from).or(page);
                self.leaf(page, element.get::<i32>("MCID").unwrap().into(), place);
            }
            Object::Dict(element) => {
                let Some(kind) = element.get::<Name<'_>>("S") else { return };
                let kind = String::from_utf8_lossy(&kind).into_owned();
                let place = match kind.as_str() {
                    "Note" | "FENote" => Place::Note,
                    "Figure" => Place::Picture,
                    "Lbl" => Place::Mark,
                    _ => place,
                };
                self.told.tags.push(kind);
                if let Some(Object::String(words)) = element.get::<Object<'_>>("Alt") {
                    self.told.alternatives.push(decoded(words.as_bytes()));
                }
                self.children(&element, page, place);
            }
            _ => {}
        }
    }

    fn leaf(&mut self, page: Option<ObjectIdentifier>, mark: i64, place: Place) {
        let mark = i32::try_from(mark).unwrap();
        let Some(text) = page.and_then(|page| self.marked.get(&(page, mark))) else { return };
        match place {
            Place::Text => self.told.text.push_str(text),
            Place::Note => self.told.notes.push_str(text),
            Place::Picture | Place::Mark => {}
        }
    }
}

/// Texts of the file's objects: titles, outlines, alternatives, addresses, and every stream.
fn everything(object: &Object<'_>, into: &mut String, depth: usize) {
    match object {
        Object::String(text) => {
            into.push_str(&decoded(text.as_bytes()));
            into.push('\n');
        }
        Object::Dict(entries) if depth < 50 => {
            for key in entries.keys() {
                // What is elsewhere comes by itself.
                if entries.get_ref(&*key).is_none()
                    && let Some(inner) = entries.get::<Object<'_>>(&*key)
                {
                    everything(&inner, into, depth + 1);
                }
            }
        }
        Object::Array(all) if depth < 50 => {
            for inner in all.raw_iter() {
                if inner.as_obj_ref().is_none()
                    && let hayro_interpret::hayro_syntax::object::MaybeRef::NotRef(inner) = inner
                {
                    everything(&inner, into, depth + 1);
                }
            }
        }
        Object::Stream(stream) => {
            if let Ok(data) = stream.decoded() {
                into.push_str(&String::from_utf8_lossy(&data));
            }
        }
        _ => {}
    }
}

/// Texts of objects are UTF-16 with a mark, or bytes.
fn decoded(bytes: &[u8]) -> String {
    bytes.strip_prefix(b"\xfe\xff").map_or_else(
        || String::from_utf8_lossy(bytes).into_owned(),
        |wide| {
            let units: Vec<u16> = wide.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair)).collect();
            String::from_utf16_lossy(&units)
        },
    )
}

/// The letters of one page.
#[derive(Default)]
struct Letters {
    open: Vec<Option<i32>>,
    marked: BTreeMap<i32, String>,
    around: String,
}

impl Device<'_> for Letters {
    fn begin_marked_content(&mut self, _tag: &[u8], mark: Option<i32>) {
        self.open.push(mark);
    }

    fn end_marked_content(&mut self) {
        self.open.pop();
    }

    fn draw_glyph(&mut self, glyph: &Glyph<'_>, _: Affine, _: Affine, _: &Paint<'_>, _: &GlyphDrawMode) {
        let into = match self.open.iter().rev().find_map(|mark| *mark) {
            Some(mark) => self.marked.entry(mark).or_default(),
            None => &mut self.around,
        };
        match glyph.as_unicode() {
            Some(BfString::Char(letter)) => into.push(letter),
            Some(BfString::String(letters)) => into.push_str(&letters),
            None => into.push('\u{fffd}'),
        }
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
