//! What goes out and what comes back.

use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, StatusCode, Url};

use crate::failure::{Failure, FailureKind};

/// How many values the JSON of an answer may hold. Balances need a hundred; each costs memory and time.
const MAX_VALUES: usize = 20_000;

/// One HTTP request. It has no `Debug`, since anything in it may be a secret.
#[derive(Clone)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address.
    pub url: Url,
    /// The headers, besides those that every request has.
    pub headers: HeaderMap,
    /// The body, sent as JSON.
    pub body: Option<serde_json::Value>,
}

/// One HTTP answer, whatever its status.
#[derive(Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, or what it is instead.
    pub fn json(&self) -> Result<serde_json::Value, Failure> {
        let wrong = |what: &str| {
            Failure::new(
                FailureKind::UnexpectedResponse,
                format!("{what}. If this stays, look for a newer definition of the provider, or an update."),
            )
        };
        if self.is_html() {
            return Err(Failure::new(
                FailureKind::UnexpectedResponse,
                "A web page came instead of data. The network may want a login, or the provider is being maintained; \
                 open its site in a browser.",
            ));
        }
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body);
        if body.trim_ascii().is_empty() {
            return Err(wrong("The answer is empty"));
        }
        let json: serde_json::Value =
            serde_json::from_slice(body).map_err(|error| match error.classify() {
                serde_json::error::Category::Eof => wrong("The answer breaks off in the middle"),
                _ => wrong("The answer is no JSON"),
            })?;
        if values(&json) > MAX_VALUES {
            return Err(wrong("The answer is far larger than a balance"));
        }
        Ok(json)
    }

    /// Whether the body is a web page.
    #[must_use]
    pub fn is_html(&self) -> bool {
        let declared = self
            .headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.trim_start().to_ascii_lowercase().starts_with("text/html"));
        let start = self.body.trim_ascii_start();
        let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        // Some servers label JSON as a page, so a body that looks like JSON is not one.
        begins(b"<!doctype") || begins(b"<html") || declared && !matches!(start.first(), Some(b'{' | b'['))
    }
}

fn values(json: &serde_json::Value) -> usize {
    1 + match json {
        serde_json::Value::Array(items) => items.iter().map(values).sum(),
        serde_json::Value::Object(fields) => fields.values().map(values).sum(),
        _ => 0,
    }
}
