//! Pictures as attachments of a page.
//!
//! An attachment is called by the hash of its bytes. So the same picture is never put there twice, another one never takes
//! its place, and older versions of a page keep theirs. The name of a file on this machine stays here.

use super::answers::Listed;
use super::wiki::{Generation, Wiki};
use crate::domain::{ImageKind, RemoteId, RemoteName};
use crate::integrations::writing::outcome_is_unknown;
use crate::integrations::{Call, IntegrationError};
use crate::privacy::{ClearedImage, Method, Outbound, Request};
use serde::Deserialize;

/// Stands between the parts of the form: longer than chance puts it into a picture.
const BOUNDARY: &str = "tftsr-7d1f0c9a4b6e8253d2c5a1f04b97e6a8";

/// As much of the hash as makes a name its own among the pictures of a page.
const HASH_CHARS: usize = 16;

#[derive(Deserialize)]
struct Attached {
    #[serde(default)]
    title: String,
}

impl Wiki<'_> {
    /// Adds the picture, unless the page has it. Where the answer did not come, it is looked whether it is there now.
    pub async fn attach(&self, page: &RemoteId, image: &ClearedImage) -> Result<(), IntegrationError> {
        let name = file_name(image.sha256(), image.kind());
        if self.has_attachment(page, &name).await? {
            return Ok(());
        }
        let Err(error) = self.caller.send(Call::new(self.upload(page, image))).await else { return Ok(()) };
        let says_there = matches!(error, IntegrationError::Refused { .. } | IntegrationError::Conflict { .. });
        let looks = outcome_is_unknown(&error) || says_there;
        if looks && self.has_attachment(page, &name).await.unwrap_or(false) { Ok(()) } else { Err(error) }
    }

    /// Only the first generation takes attachments.
    fn upload(&self, page: &RemoteId, image: &ClearedImage) -> Outbound {
        Outbound::encode(&(self.v1(), page.clone(), image.clone()), |(at, page, image)| {
            Request::to(Method::Post, at)
                .path("/content")
                .segment(page.as_str())
                .path("/child/attachment")
                .header("x-atlassian-token", "nocheck")
                .header("accept", "application/json")
                .body(&format!("multipart/form-data; boundary={BOUNDARY}"), form(image))
        })
    }

    async fn has_attachment(&self, page: &RemoteId, name: &str) -> Result<bool, IntegrationError> {
        // It is made of letters and digits, so it always can be asked for.
        let Some(wanted) = RemoteName::parse(name) else { return Ok(false) };
        let ask = match self.generation {
            Generation::V1 => Outbound::encode(&(self.v1(), page.clone(), wanted), |(at, page, name)| {
                Request::to(Method::Get, at)
                    .path("/content")
                    .segment(page.as_str())
                    .path("/child/attachment")
                    .query("filename", name.as_str())
            }),
            Generation::V2 => Outbound::encode(&(self.v2(), page.clone(), wanted), |(at, page, name)| {
                Request::to(Method::Get, at)
                    .path("/pages")
                    .segment(page.as_str())
                    .path("/attachments")
                    .query("filename", name.as_str())
            }),
        };
        let listed: Listed<Attached> = self.caller.send(Call::new(ask)).await?.json("a list of attachments")?;
        Ok(listed.results.iter().any(|one| one.title == name))
    }
}

fn form(image: &ClearedImage) -> Vec<u8> {
    let (name, kind) = (file_name(image.sha256(), image.kind()), image.kind().media_type());
    let head = format!(
        "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: {kind}\r\n\r\n"
    );
    let tail = format!(
        "\r\n--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"minorEdit\"\r\n\r\ntrue\r\n--{BOUNDARY}--\r\n"
    );
    [head.as_bytes(), image.bytes(), tail.as_bytes()].concat()
}

/// What an attachment is called, in the page and over there. `sha256` is of the picture, in hex.
pub fn file_name(sha256: &str, kind: ImageKind) -> String {
    let hash: String = sha256.chars().take(HASH_CHARS).collect();
    format!("picture-{hash}.{}", kind.as_str())
}
