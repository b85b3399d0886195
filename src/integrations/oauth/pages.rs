//! What the browser shows when it comes back. Plain pages: no script, nothing loaded, nothing kept.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use std::io::Cursor;
use tiny_http::{Header, Response};

/// What there is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Page {
    Done,
    Denied,
    /// `code` comes from outside.
    Refused {
        code: String,
    },
    NoCode,
    WrongState,
    /// The same answer came before.
    Again,
    Garbled,
    NotFound,
    WrongMethod,
    WrongHost,
}

const STYLE: &str = "\
:root{color-scheme:light dark;--canvas:#F6F7F9;--panel:#FFFFFF;--border:#DCE1E7;--text:#1A2028;--muted:#56616E;\
--ok:#157556;--bad:#C22F2A}\
@media(prefers-color-scheme:dark){:root{--canvas:#0E1116;--panel:#14181F;--border:#262E39;--text:#E7EBF0;\
--muted:#9BA7B4;--ok:#45B98F;--bad:#F0625B}}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--canvas);color:var(--text);\
font:16px/1.5 system-ui,sans-serif}\
main{max-width:28rem;margin:1rem;padding:1.5rem;background:var(--panel);border:1px solid var(--border);\
border-radius:10px;border-top:3px solid var(--bad)}\
main.ok{border-top-color:var(--ok)}\
h1{margin:0 0 .5rem;font-size:1.25rem}p{margin:0;color:var(--muted)}small{display:block;margin-top:1rem;\
color:var(--muted)}";

impl Page {
    const fn status(&self) -> u16 {
        match self {
            Self::Done => 200,
            Self::Denied | Self::WrongState => 403,
            Self::Refused { .. } | Self::NoCode | Self::Garbled => 400,
            Self::Again => 410,
            Self::NotFound => 404,
            Self::WrongMethod => 405,
            Self::WrongHost => 421,
        }
    }

    const fn heading(&self) -> &'static str {
        match self {
            Self::Done => "The sign-in has arrived",
            Self::Denied => "The sign-in was declined",
            Self::Refused { .. } => "The sign-in was refused",
            Self::NoCode => "Something is missing",
            Self::WrongState => "This does not belong to a sign-in of yours",
            Self::Again => "This was used already",
            Self::Garbled => "This cannot be read",
            Self::NotFound => "Nothing is here",
            Self::WrongMethod => "This is not how it works",
            Self::WrongHost => "This is the wrong address",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Done => "TFTSR goes on with it. You can close this window.".to_owned(),
            Self::Denied => "Nothing was connected. You can close this window and connect again in TFTSR.".to_owned(),
            Self::Refused { code } => format!(
                "The service answered <b>{}</b>. Nothing was connected; TFTSR says what to check. You can close this \
                 window.",
                escaped(code)
            ),
            Self::NoCode => "The service sent no code. Nothing was connected. You can close this window.".to_owned(),
            Self::WrongState => {
                "TFTSR has not asked for this answer, and did nothing with it. If you were signing in, \
                                 begin again with Connect in TFTSR."
                    .to_owned()
            }
            Self::Again => "An answer is good for one time. You can close this window.".to_owned(),
            Self::Garbled => "The address of this page is damaged. TFTSR did nothing with it.".to_owned(),
            Self::NotFound => "TFTSR waits here for a sign-in, and for nothing else.".to_owned(),
            Self::WrongMethod => "A sign-in comes back by opening this page.".to_owned(),
            Self::WrongHost => "TFTSR answers to its own address on this machine only.".to_owned(),
        }
    }

    fn html(&self) -> String {
        let class = if *self == Self::Done { " class=\"ok\"" } else { "" };
        let (heading, words) = (self.heading(), self.words());
        format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{heading}</title>\
             <meta name=\"viewport\" content=\"width=device-width\"><style>{STYLE}</style></head>\
             <body><main{class}><h1>{heading}</h1><p>{words}</p><small>TFTSR</small></main></body></html>"
        )
    }
}

/// The page with headers that let it do nothing and keep it nowhere: its address holds a code.
pub(super) fn response(page: &Page) -> Response<Cursor<Vec<u8>>> {
    let style = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    );
    let headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Security-Policy", &policy),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Connection", "close"),
    ];
    let mut response = Response::from_string(page.html()).with_status_code(page.status());
    for (name, value) in headers {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_is_text_and_never_markup() {
        let html = Page::Refused { code: "<script>alert(1)</script>\"&".to_owned() }.html();
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;"), "{html}");
        assert!(!html.contains("<script"));
    }

    #[test]
    fn only_the_page_of_a_success_is_a_success() {
        let all = [
            Page::Done,
            Page::Denied,
            Page::Refused { code: String::new() },
            Page::NoCode,
            Page::WrongState,
            Page::Again,
            Page::Garbled,
            Page::NotFound,
            Page::WrongMethod,
            Page::WrongHost,
        ];
        for page in all {
            assert_eq!(page.status() < 400, page == Page::Done, "{page:?}");
        }
    }
}
