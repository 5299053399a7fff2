//! An HTTP answer before it is sent, so that faults can still spoil it.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde_json::Value;

const CHUNK: usize = 16 * 1024;

#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    /// How the content is sent.
    pub(crate) sending: Sending,
    /// How long the client waits before anything comes.
    pub(crate) delay: Duration,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Content {
    Json(Value),
    Html(String),
    /// JSON, or what claims to be.
    RawJson(String),
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    Whole,
    /// The connection closes after half of what was announced.
    ClosedHalfway,
    /// Spaces follow until so many bytes are sent: still valid JSON.
    PaddedTo(usize),
    /// Spaces follow for ever, a block each pause.
    Endless(Duration),
}

impl Answer {
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::new(status, Content::Json(body))
    }

    pub(crate) fn html(status: u16, page: impl Into<String>) -> Self {
        Self::new(status, Content::Html(page.into()))
    }

    pub(crate) fn nothing(status: u16) -> Self {
        Self::new(status, Content::Nothing)
    }

    /// The page of the gateway in front of a provider, for a status whose body is not documented.
    pub(crate) fn gateway(status: u16) -> Self {
        let reason = StatusCode::from_u16(status).ok().and_then(|s| s.canonical_reason()).unwrap_or("Error");
        let heading = format!("{status} {reason}");
        Self::html(
            status,
            format!(
                "<html>\r\n<head><title>{heading}</title></head>\r\n<body>\r\n<center><h1>{heading}</h1></center>\r\n\
                 <hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n"
            ),
        )
    }

    fn new(status: u16, content: Content) -> Self {
        Self { status, headers: Vec::new(), content, sending: Sending::Whole, delay: Duration::ZERO }
    }

    pub(crate) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn text(&self) -> String {
        match &self.content {
            Content::Json(body) => body.to_string(),
            Content::Html(text) | Content::RawJson(text) => text.clone(),
            Content::Nothing => String::new(),
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let text = self.text();
        let (length, body) = match self.sending {
            Sending::Whole => (Some(text.len()), Body::from(text)),
            Sending::ClosedHalfway => (Some(text.len()), half(&text)),
            Sending::PaddedTo(size) => (Some(size.max(text.len())), padded(text, size)),
            Sending::Endless(pause) => (None, endless(text, pause)),
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        let kind = match self.content {
            Content::Json(_) | Content::RawJson(_) => Some("application/json"),
            Content::Html(_) => Some("text/html; charset=UTF-8"),
            Content::Nothing => None,
        };
        if let Some(kind) = kind {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(length) = length {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        response
    }
}

fn half(text: &str) -> Body {
    let half = Bytes::copy_from_slice(&text.as_bytes()[..text.len() / 2]);
    let first = stream::once(async move { Ok(half) });
    let broken = stream::once(async {
        // Lets the first half leave before the connection goes.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::other("closed halfway, as told"))
    });
    Body::from_stream(first.chain(broken))
}

fn padded(text: String, size: usize) -> Body {
    let missing = size.saturating_sub(text.len());
    let blocks = stream::iter((0..missing).step_by(CHUNK)).map(move |sent| spaces(CHUNK.min(missing - sent)));
    Body::from_stream(stream::once(async { Bytes::from(text) }).chain(blocks).map(Ok::<_, io::Error>))
}

fn endless(text: String, pause: Duration) -> Body {
    let blocks = stream::repeat(()).then(move |()| async move {
        tokio::time::sleep(pause).await;
        spaces(CHUNK)
    });
    Body::from_stream(stream::once(async { Bytes::from(text) }).chain(blocks).map(Ok::<_, io::Error>))
}

fn spaces(count: usize) -> Bytes {
    static BLOCK: [u8; CHUNK] = [b' '; CHUNK];
    Bytes::from_static(&BLOCK).slice(..count)
}

/// An amount as the providers send it: a JSON number, a double unless it is whole.
pub(crate) fn number(amount: Decimal) -> Value {
    match amount.to_i64() {
        Some(whole) if amount.is_integer() => whole.into(),
        _ => amount.to_f64().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_as_documented() {
        let text = |amount: &str| number(amount.parse().unwrap()).to_string();
        assert_eq!(text("0.6336833840"), "0.633683384");
        assert_eq!(text("450"), "450");
        assert_eq!(text("12.480"), "12.48");
        assert_eq!(text("-3.10"), "-3.1");
    }
}
