//! Turns what the wire gave into what it means.

use super::error::IntegrationError;
use crate::domain::{Service, SignIn};
use crate::net::{Mask, NetError, StatusAnswer};
use serde_json::Value;

/// What must be known of a request to explain its failure.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) service: Service,
    pub(super) sign_in: SignIn,
    pub(super) mask: &'a Mask,
}

/// What a failure on the wire means.
pub(super) fn wire(asked: &Asked<'_>, error: NetError) -> IntegrationError {
    match error {
        NetError::Status(answer) => status(asked, &answer),
        // An expired sign-in leads to the page where one signs in.
        NetError::Redirect { .. } if asked.service == Service::AzureDevOps => {
            IntegrationError::SignInPage(asked.service)
        }
        NetError::Redirect { host, status } => IntegrationError::Redirected { host, status },
        other => IntegrationError::Net(other),
    }
}

fn status(asked: &Asked<'_>, answer: &StatusAnswer) -> IntegrationError {
    let service = asked.service;
    let said = said(asked.mask, answer);
    match answer.code {
        401 => IntegrationError::NotAuthorized { service, sign_in: asked.sign_in, said },
        403 => IntegrationError::Forbidden { service, said },
        404 | 410 => IntegrationError::NotFound { service, said },
        407 => IntegrationError::ProxySignIn,
        409 | 412 => IntegrationError::Conflict { service, said },
        429 => IntegrationError::RateLimited { retry_after: answer.retry_after, said },
        status @ 500.. => IntegrationError::ServerFailed { service, status, said },
        status => IntegrationError::Refused { service, status, said },
    }
}

/// The server's own words, from the shapes that the three services have; nothing of a page for people.
pub(super) fn said(mask: &Mask, answer: &StatusAnswer) -> String {
    let body = answer.body.as_str();
    if body.trim_start().starts_with('<') {
        return String::new();
    }
    let words = match serde_json::from_str::<Value>(body) {
        Ok(value) => message(&value).unwrap_or_default(),
        Err(_not_json) if answer.content_type == "text/plain" => body.to_owned(),
        Err(_not_json) => String::new(),
    };
    mask.excerpt(&words)
}

/// * Confluence v1 and the gateway: `{"message": …}`; v2: `{"errors": [{"title": …, "detail": …}]}`
/// * ServiceNow: `{"error": {"message": …, "detail": …}}`
/// * Azure DevOps: `{"message": …}`, on some paths `{"value": {"Message": …}}`
/// * OAuth: `{"error": "…", "error_description": …}`
fn message(body: &Value) -> Option<String> {
    let first = |value: &Value| value.as_array().and_then(|all| all.first()).cloned();
    let places = [
        body.get("errors").and_then(first),
        body.get("error").filter(|error| error.is_object()).cloned(),
        body.get("value").cloned(),
        Some(body.clone()),
    ];
    places.into_iter().flatten().find_map(|place| {
        let words: Vec<&str> = ["title", "message", "Message", "detail", "error", "error_description"]
            .iter()
            .filter_map(|name| place.get(*name)?.as_str())
            .filter(|text| !text.trim().is_empty())
            .collect();
        (!words.is_empty()).then(|| words.join(": "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_words_of_every_service_are_found() {
        let cases = [
            (json!({"statusCode": 404, "message": "No space"}), Some("No space")),
            (json!({"errors": [{"status": 400, "code": "X", "title": "Bad", "detail": "why"}]}), Some("Bad: why")),
            (
                json!({"error": {"message": "User Not Authenticated", "detail": "Required"}}),
                Some("User Not Authenticated: Required"),
            ),
            (json!({"$id": "1", "message": "TF401232: no item", "typeName": "x"}), Some("TF401232: no item")),
            (json!({"count": 1, "value": {"Message": "The patch is wrong"}}), Some("The patch is wrong")),
            (json!({"error": "invalid_grant", "error_description": "gone"}), Some("invalid_grant: gone")),
            (json!({"result": []}), None),
            (json!("text"), None),
            (json!(null), None),
        ];
        for (body, expected) in cases {
            assert_eq!(message(&body).as_deref(), expected, "{body}");
        }
    }
}
