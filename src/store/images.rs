//! Images of chats.

use super::columns::{optional_parsed, parsed, word};
use super::issues::found;
use super::{Database, StoreError};
use crate::domain::{AttachedImage, ImageId, ImageKind, IssueId, MessageId};
use rusqlite::{OptionalExtension as _, Row, params};
use std::sync::Arc;

impl Database {
    pub fn insert_image(&self, image: &AttachedImage) -> Result<(), StoreError> {
        self.require_issue(image.issue)?;
        let sql = "INSERT INTO images (id, issue_id, message_id, kind, bytes, sha256) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        self.connection.prepare_cached(sql)?.execute(params![
            image.id.to_string(),
            image.issue.to_string(),
            image.message.map(|message| message.to_string()),
            image.kind.as_str(),
            &image.bytes[..],
            image.sha256,
        ])?;
        Ok(())
    }

    /// All images of the issue, in the order in which they were attached.
    pub fn images(&self, issue: IssueId) -> Result<Vec<AttachedImage>, StoreError> {
        self.require_issue(issue)?;
        let sql = "SELECT * FROM images WHERE issue_id = ?1 ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql)?;
        let images = statement.query_map([issue.to_string()], image_from)?;
        Ok(images.collect::<Result<_, _>>()?)
    }

    pub fn image(&self, id: ImageId) -> Result<AttachedImage, StoreError> {
        let sql = "SELECT * FROM images WHERE id = ?1";
        let image = self.connection.prepare_cached(sql)?.query_row([id.to_string()], image_from).optional()?;
        image.ok_or(StoreError::NotFound("image"))
    }

    /// Says which question an image was sent with; `None` puts it beside the draft again.
    pub fn set_image_message(&self, id: ImageId, message: Option<MessageId>) -> Result<(), StoreError> {
        let sql = "UPDATE images SET message_id = ?2 WHERE id = ?1";
        let message = message.map(|message| message.to_string());
        found(self.connection.execute(sql, params![id.to_string(), message])?, "image")
    }

    /// Removes an image that has not been sent. One that has is part of the chat and goes with its message.
    pub fn remove_waiting_image(&self, id: ImageId) -> Result<(), StoreError> {
        let sql = "DELETE FROM images WHERE id = ?1 AND message_id IS NULL";
        found(self.connection.execute(sql, [id.to_string()])?, "image")
    }
}

fn image_from(row: &Row<'_>) -> rusqlite::Result<AttachedImage> {
    let bytes: Vec<u8> = row.get("bytes")?;
    Ok(AttachedImage {
        id: parsed(row, "id")?,
        issue: parsed(row, "issue_id")?,
        message: optional_parsed(row, "message_id")?,
        kind: word(row, "kind", ImageKind::parse)?,
        bytes: Arc::from(bytes),
        sha256: row.get("sha256")?,
    })
}
