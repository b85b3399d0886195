//! Pictures as attachments of a page.

use super::wiki::Wiki;
use crate::domain::{ImageKind, RemoteId};
use crate::integrations::{Call, IntegrationError};
use crate::privacy::{ClearedImage, Method, Outbound, Request};

/// Stands between the parts of the form. No picture that we send holds it: it is looked for in the bytes.
const BOUNDARY: &str = "tftsr-7d1f0c9a4b6e8253";

impl Wiki<'_> {
    /// Adds the picture. What names the file is a number, because the name of a file on this machine stays here.
    pub async fn attach(&self, page: &RemoteId, number: u32, image: &ClearedImage) -> Result<(), IntegrationError> {
        let outbound = Outbound::encode(
            &(self.v1(), page.clone(), number, image.clone()),
            |(at, page, number, image)| {
                let kind = image.kind();
                let name = file_name(*number, kind);
                let mut body = format!(
                "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: \
                 {}\r\n\r\n",
                kind.media_type()
            )
            .into_bytes();
                body.extend_from_slice(image.bytes());
                body.extend_from_slice(
                format!(
                    "\r\n--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"minorEdit\"\r\n\r\ntrue\r\n--{BOUNDARY}--\r\n"
                )
                .as_bytes(),
            );
                Request::to(Method::Post, at)
                    .path("/content")
                    .segment(page.as_str())
                    .path("/child/attachment")
                    .header("x-atlassian-token", "nocheck")
                    .body(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
            },
        );
        self.caller.send(Call::new(outbound)).await.map(drop)
    }
}

/// What an attachment is called, in the page and over there.
pub fn file_name(number: u32, kind: ImageKind) -> String {
    format!("picture-{number}.{}", kind.as_str())
}
