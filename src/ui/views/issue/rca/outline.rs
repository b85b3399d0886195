//! The headings of a document.

use crate::ui::theme::{Tokens, Type};
use egui::{Button, RichText, ScrollArea, Ui, vec2};

/// A heading: its level from 1, its words, and the character at which it begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    pub(super) level: u8,
    pub(super) title: String,
    pub(super) character: usize,
}

/// The headings of a Markdown text, those in code blocks left out.
pub(super) fn headings(text: &str) -> Vec<Heading> {
    let mut found = Vec::new();
    let (mut character, mut in_code) = (0, false);
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        in_code ^= bare.starts_with("```") || bare.starts_with("~~~");
        let marks = line.bytes().take_while(|byte| *byte == b'#').count();
        let title = line.get(marks..).filter(|rest| rest.starts_with(' ')).map(str::trim).unwrap_or_default();
        if let (false, Ok(level @ 1..=6), false) = (in_code, u8::try_from(marks), title.is_empty()) {
            found.push(Heading { level, title: title.to_owned(), character });
        }
        character += line.chars().count();
    }
    found
}

/// Returns the character of the heading that was chosen.
pub(super) fn ui(ui: &mut Ui, tokens: &Tokens, headings: &[Heading]) -> Option<usize> {
    let mut chosen = None;
    ScrollArea::vertical().id_salt("outline").auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for (index, heading) in headings.iter().enumerate() {
            if ui.push_id(index, |ui| heading_ui(ui, tokens, heading)).inner {
                chosen = Some(heading.character);
            }
        }
    });
    chosen
}

/// Returns whether it was chosen.
fn heading_ui(ui: &mut Ui, tokens: &Tokens, heading: &Heading) -> bool {
    ui.horizontal(|ui| {
        ui.add_space(f32::from(heading.level.saturating_sub(1).min(3)) * 10.0);
        let color = if heading.level <= 2 { tokens.text } else { tokens.muted };
        let words = RichText::new(&heading.title).font(Type::Caption.font()).color(color);
        let button = Button::new(words).frame_when_inactive(false).truncate();
        ui.add(button.min_size(vec2(0.0, 24.0))).clicked()
    })
    .inner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_found_with_their_characters() {
        let text = "# Ürsache\n\n```sh\n# not one\n```\n#nor this\n## Timeline \n";
        assert_eq!(
            headings(text),
            [
                Heading { level: 1, title: "Ürsache".to_owned(), character: 0 },
                Heading { level: 2, title: "Timeline".to_owned(), character: 41 },
            ]
        );
        assert_eq!(text.chars().skip(41).collect::<String>(), "## Timeline \n");
    }
}
