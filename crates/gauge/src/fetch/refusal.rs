//! What the status of an answer means.

use jiff::Timestamp;
use reqwest::header::LOCATION;
use reqwest::{StatusCode, Url};
use serde_json::Value;

use super::answer::Answer;
use super::quote::Redaction;
use super::retry_at::wish;
use crate::failure::{Failure, FailureKind};

/// When the provider wants to be asked again: `Retry-After`, else `X-RateLimit-Reset`, at most a day ahead.
#[must_use]
pub fn retry_at(answer: &Answer, now: Timestamp) -> Option<Timestamp> {
    wish(&answer.headers, now)
}

/// Whether something in front of the provider refused the request: a firewall, a bot challenge, a country block, a
/// proxy. Such a refusal says nothing about the key.
#[must_use]
pub fn blocked(answer: &Answer) -> Option<Failure> {
    let status = answer.status;
    if status == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
        return Some(Failure::new(
            FailureKind::Blocked,
            "The proxy of this network wants a login (407). Set it up with its user name, or use another network.",
        ));
    }
    // https://developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response/
    let challenge = answer.headers.get("cf-mitigated").is_some_and(|value| value == "challenge");
    let page = status == StatusCode::FORBIDDEN && answer.is_html();
    let law = status == StatusCode::UNAVAILABLE_FOR_LEGAL_REASONS;
    (challenge || page || law).then(|| {
        Failure::new(
            FailureKind::Blocked,
            format!(
                "Something in front of the provider blocked the request ({}): a firewall, a bot check or a country \
                 block. The key is not the cause. Try another network, or switch a VPN or proxy on or off.",
                status.as_u16()
            ),
        )
    })
}

/// What an answer with another status than 2xx means that is not [`blocked`]. `body` is the answer's JSON, if it has any.
#[must_use]
pub fn refusal(
    answer: &Answer,
    body: Option<&Value>,
    redaction: &Redaction,
    now: Timestamp,
) -> Option<Failure> {
    let status = answer.status;
    if status.is_success() {
        return None;
    }
    let words = body.and_then(|body| redaction.quote(body));
    let code = match words {
        Some(words) => format!("({}: “{words}”)", status.as_u16()),
        None => format!("({})", status.as_u16()),
    };
    let (kind, message) = match status.as_u16() {
        401 => {
            (FailureKind::Unauthorized, format!("The key was refused {code}. Replace it with a valid one."))
        }
        403 => {
            (FailureKind::Forbidden, format!("The key may not read the balance {code}. Use one that may."))
        }
        404 | 410 => (
            FailureKind::NotFound,
            format!(
                "The provider has nothing at this address {code}. Check the account's base URL and settings."
            ),
        ),
        408 => {
            (FailureKind::Timeout, format!("The request took too long {code}. It is made again by itself."))
        }
        429 => (
            FailureKind::RateLimited,
            format!("The provider was asked too often {code}. It is asked again later by itself."),
        ),
        500..=599 => (
            FailureKind::ServerError,
            format!("The provider failed on its side {code}. It is asked again later by itself."),
        ),
        300..=399 => (FailureKind::UnexpectedResponse, redirected(answer, &code)),
        _ => (
            FailureKind::UnexpectedResponse,
            format!(
                "The provider did not understand the request {code}. Check the account's settings, or look for a newer definition or an update."
            ),
        ),
    };
    let retry_at = matches!(kind, FailureKind::RateLimited | FailureKind::ServerError)
        .then(|| wish(&answer.headers, now))
        .flatten();
    Some(Failure { kind, message, retry_at })
}

/// The failure that an answer states although its status says that all is well: a filled `error` or `errors`, or a
/// `success` that is false.
#[must_use]
pub fn stated_error(body: &Value, redaction: &Redaction) -> Option<Failure> {
    let is_stated = |name: &str| match &body[name] {
        Value::Null | Value::Bool(false) | Value::Number(_) => false,
        Value::Bool(true) => true,
        Value::String(text) => !text.trim().is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    };
    let failed = is_stated("error") || is_stated("errors") || body["success"] == Value::Bool(false);
    failed.then(|| {
        let said = redaction.quote(body).map_or_else(String::new, |words| format!(": “{words}”"));
        Failure::new(FailureKind::ProviderError, format!("The provider answered with an error{said}."))
    })
}

/// Says where a redirect that was not followed leads. Only the origin: the rest may hold anything.
fn redirected(answer: &Answer, code: &str) -> String {
    let to = answer
        .headers
        .get(LOCATION)
        .and_then(|location| location.to_str().ok())
        .and_then(|location| Url::parse(location).ok())
        .map(|url| url.origin().ascii_serialization());
    match to {
        Some(to) => format!(
            "The provider sends on to {to} {code}, which was not followed, to keep the key where it belongs. Check the \
             account's base URL."
        ),
        None => {
            format!("The provider sends on in circles or to nowhere {code}. Check the account's base URL.")
        }
    }
}
