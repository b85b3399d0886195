//! Where links within a document lead.

use super::Block;
use std::collections::HashMap;

/// The number of each heading in the order of the document, by its anchor.
pub(in crate::documents) fn anchors(blocks: &[Block]) -> HashMap<String, usize> {
    fn collect(blocks: &[Block], anchors: &mut HashMap<String, usize>) {
        for block in blocks {
            match block {
                Block::Heading { anchor, .. } => {
                    let number = anchors.len();
                    anchors.insert(anchor.clone(), number);
                }
                Block::Quote { blocks, .. } => collect(blocks, anchors),
                Block::List { items, .. } => items.iter().for_each(|item| collect(&item.blocks, anchors)),
                Block::Paragraph(_) | Block::Code { .. } | Block::Table(_) | Block::Rule | Block::Raw(_) => {}
            }
        }
    }
    let mut anchors_of = HashMap::new();
    collect(blocks, &mut anchors_of);
    anchors_of
}
