//! Faults: how a provider's answer is spoilt, for which requests, and how often.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimePrinter};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{Answer, Content, Sending};
use crate::provider::Provider;

/// A failure, and the requests that it befalls. Of several that fit a request, the oldest is taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub failure: Failure,
    /// Only requests with this account's key; `None`: all requests, even with an unknown key.
    #[serde(default)]
    pub account: Option<String>,
    /// Only paths that begin with this, such as `/api/v1/credits`.
    #[serde(default)]
    pub path: Option<String>,
    /// Gone after so many requests; `None`: stays until it is cleared.
    #[serde(default)]
    pub requests: Option<u32>,
}

impl Fault {
    /// `failure` for every request until it is cleared.
    #[must_use]
    pub fn new(failure: Failure) -> Self {
        Self { failure, account: None, path: None, requests: None }
    }

    /// Only for requests with the key of this account.
    #[must_use]
    pub fn on_account(self, id: &str) -> Self {
        Self { account: Some(id.to_owned()), ..self }
    }

    /// Only for paths that begin with this.
    #[must_use]
    pub fn on_path(self, path: &str) -> Self {
        Self { path: Some(path.to_owned()), ..self }
    }

    /// Gone after so many requests.
    #[must_use]
    pub fn times(self, requests: u32) -> Self {
        Self { requests: Some(requests), ..self }
    }

    pub(crate) fn befalls(&self, account: Option<&str>, path: &str) -> bool {
        self.requests != Some(0)
            && self.account.as_deref().is_none_or(|wanted| account == Some(wanted))
            && self.path.as_deref().is_none_or(|prefix| path.starts_with(prefix))
    }
}

/// A fault that is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StandingFault {
    /// Clears it.
    pub id: u64,
    /// What it is; `requests` counts down.
    #[serde(flatten)]
    pub fault: Fault,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Failure {
    /// The status with the body that the provider documents for it, else its gateway's HTML page.
    Status {
        /// The HTTP status.
        status: u16,
        /// When to ask again; without it what the provider documents for 429, else nothing.
        #[serde(default)]
        retry: Option<RetryHint>,
    },
    /// An HTML page, as of a captive portal or a maintenance notice.
    Html {
        /// The HTTP status.
        #[serde(default = "ok")]
        status: u16,
    },
    /// Cloudflare's "Just a moment…" page, 403.
    CloudflareChallenge,
    /// OpenRouter's web application firewall: 403 `{"success":false,"error":"Access denied by security policy."}`.
    Firewall,
    /// The first half of the JSON, with the right length of that half.
    TruncatedJson,
    /// Every number becomes a list with that number in it.
    WrongTypes,
    /// Every number becomes a string.
    NumbersAsStrings,
    /// Every number becomes null.
    NullNumbers,
    /// Every number's key is gone.
    MissingNumbers,
    /// 200 with the provider's error in it.
    ErrorIn200,
    /// 200 with no body.
    EmptyBody,
    /// 302 to the same path on another origin, or without one to `/moved` before the path on this
    /// origin, where the right answer is.
    Redirect {
        /// Scheme, host and port, such as `http://127.0.0.1:4000`.
        #[serde(default)]
        to: Option<String>,
    },
    /// 302 to where the request came from.
    RedirectLoop,
    /// The right answer, late.
    Slow {
        /// How late, in real milliseconds.
        delay_ms: u64,
    },
    /// The right answer, then spaces for ever.
    EndlessBody {
        /// Real milliseconds between blocks of 16 KiB.
        #[serde(default)]
        pause_ms: u64,
    },
    /// The right answer, then spaces up to this size.
    HugeBody {
        /// The size in bytes.
        bytes: usize,
    },
    /// The connection closes after half of the body.
    ClosedHalfway,
}

fn ok() -> u16 {
    200
}

/// How an answer says when to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryHint {
    /// `Retry-After` with seconds.
    Seconds(u32),
    /// `Retry-After` with an HTTP date so many seconds from now.
    Date(u32),
    /// `X-RateLimit-Limit`, `-Remaining` and `-Reset` so many seconds from now: unix milliseconds from
    /// OpenRouter, unix seconds from the others.
    Reset(u32),
}

impl RetryHint {
    pub(crate) fn seconds(self) -> u32 {
        match self {
            Self::Seconds(seconds) | Self::Date(seconds) | Self::Reset(seconds) => seconds,
        }
    }

    /// Adds the headers. Clients wait in real time, so the moment is in real time too.
    pub(crate) fn add_to(self, answer: Answer, provider: Provider) -> Answer {
        let at = in_seconds(self.seconds());
        match self {
            Self::Seconds(seconds) => answer.with_header("retry-after", seconds.to_string()),
            Self::Date(_) => match DateTimePrinter::new().timestamp_to_rfc9110_string(&at) {
                Ok(date) => answer.with_header("retry-after", date),
                Err(_) => answer,
            },
            Self::Reset(_) => {
                let reset = match provider {
                    Provider::OpenRouter => at.as_millisecond(),
                    _ => at.as_second(),
                };
                answer
                    .with_header("x-ratelimit-limit", "60")
                    .with_header("x-ratelimit-remaining", "0")
                    .with_header("x-ratelimit-reset", reset.to_string())
            }
        }
    }
}

/// So many seconds from now, in real time.
pub(crate) fn in_seconds(seconds: u32) -> Timestamp {
    let now = Timestamp::now();
    now.saturating_add(SignedDuration::from_secs(seconds.into())).unwrap_or(now)
}

impl Failure {
    /// What a client gets instead of `answer` to its request for `path_and_query`.
    pub(crate) fn spoil(&self, answer: Answer, provider: Provider, path_and_query: &str) -> Answer {
        match self {
            Self::Status { status, retry } => provider.error(*status, *retry),
            Self::Html { status } => Answer::html(
                *status,
                "<!DOCTYPE html><html><body><h1>Down for maintenance</h1></body></html>",
            ),
            Self::CloudflareChallenge => Answer::html(403, CHALLENGE)
                .with_header("cf-mitigated", "challenge")
                .with_header("server", "cloudflare"),
            Self::Firewall => {
                Answer::json(403, json!({ "success": false, "error": "Access denied by security policy." }))
            }
            Self::TruncatedJson => {
                let text = answer.text();
                let half = text.chars().take(text.chars().count() / 2).collect();
                Answer { content: Content::RawJson(half), ..answer }
            }
            Self::WrongTypes => with_numbers(answer, &|number| Some(json!([number]))),
            Self::NumbersAsStrings => with_numbers(answer, &|number| Some(json!(number.to_string()))),
            Self::NullNumbers => with_numbers(answer, &|_| Some(Value::Null)),
            Self::MissingNumbers => with_numbers(answer, &|_| None),
            Self::ErrorIn200 => provider.error_in_200(),
            Self::EmptyBody => Answer { content: Content::Nothing, ..answer },
            Self::Redirect { to: Some(origin) } => redirect(format!("{origin}{path_and_query}")),
            Self::Redirect { to: None } => redirect(format!("/moved{path_and_query}")),
            Self::RedirectLoop => redirect(path_and_query.to_owned()),
            Self::Slow { delay_ms } => Answer { delay: Duration::from_millis(*delay_ms), ..answer },
            Self::EndlessBody { pause_ms } => {
                Answer { sending: Sending::Endless(Duration::from_millis(*pause_ms)), ..answer }
            }
            Self::HugeBody { bytes } => Answer { sending: Sending::PaddedTo(*bytes), ..answer },
            Self::ClosedHalfway => Answer { sending: Sending::ClosedHalfway, ..answer },
        }
    }
}

const CHALLENGE: &str = "<!DOCTYPE html><html lang=\"en-US\"><head><title>Just a moment...</title></head><body>\
     <noscript>Enable JavaScript and cookies to continue</noscript>\
     <script src=\"/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1\"></script></body></html>";

fn redirect(location: String) -> Answer {
    Answer::nothing(302).with_header("location", location)
}

fn with_numbers(mut answer: Answer, change: &dyn Fn(&Value) -> Option<Value>) -> Answer {
    if let Content::Json(body) = &mut answer.content {
        change_numbers(body, change);
    }
    answer
}

fn change_numbers(value: &mut Value, change: &dyn Fn(&Value) -> Option<Value>) {
    match value {
        Value::Object(fields) => fields.retain(|_, field| {
            if field.is_number() {
                return change(field).map(|changed| *field = changed).is_some();
            }
            change_numbers(field, change);
            true
        }),
        Value::Array(items) => items.iter_mut().for_each(|item| change_numbers(item, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spoilt(failure: &Failure) -> Answer {
        let right = json!({ "data": { "total_credits": 100.5, "label": "x", "rows": [{ "n": 1 }] } });
        failure.spoil(Answer::json(200, right), Provider::OpenRouter, "/api/v1/credits")
    }

    fn text(failure: &Failure) -> String {
        spoilt(failure).text()
    }

    #[test]
    fn numbers_are_changed_wherever_they_are() {
        assert_eq!(
            text(&Failure::NumbersAsStrings),
            r#"{"data":{"label":"x","rows":[{"n":"1"}],"total_credits":"100.5"}}"#
        );
        assert_eq!(
            text(&Failure::WrongTypes),
            r#"{"data":{"label":"x","rows":[{"n":[1]}],"total_credits":[100.5]}}"#
        );
        assert_eq!(
            text(&Failure::NullNumbers),
            r#"{"data":{"label":"x","rows":[{"n":null}],"total_credits":null}}"#
        );
        assert_eq!(text(&Failure::MissingNumbers), r#"{"data":{"label":"x","rows":[{}]}}"#);
    }

    #[test]
    fn truncated_json_does_not_parse() {
        assert!(serde_json::from_str::<Value>(&text(&Failure::TruncatedJson)).is_err());
    }

    #[test]
    fn a_fault_befalls_only_what_it_names() {
        let fault = Fault::new(Failure::EmptyBody).on_account("a").on_path("/api/v1/credits");
        assert!(fault.befalls(Some("a"), "/api/v1/credits"));
        assert!(!fault.befalls(Some("a"), "/api/v1/key"));
        assert!(!fault.befalls(Some("b"), "/api/v1/credits"));
        assert!(!fault.befalls(None, "/api/v1/credits"));
        assert!(Fault::new(Failure::EmptyBody).befalls(None, "/credits-balance"));
        assert!(!Fault::new(Failure::EmptyBody).times(0).befalls(None, "/credits-balance"));
    }

    #[test]
    fn a_misspelt_fault_is_refused() {
        let parse = |text| serde_json::from_str::<Fault>(text);
        assert!(parse(r#"{"failure":{"kind":"status","status":503},"acount":"x"}"#).is_err());
        assert!(parse(r#"{"failure":{"kind":"status","stauts":503}}"#).is_err());
        assert_eq!(
            parse(r#"{"failure":{"kind":"status","status":429,"retry":{"seconds":17}},"requests":1}"#)
                .unwrap(),
            Fault::new(Failure::Status { status: 429, retry: Some(RetryHint::Seconds(17)) }).times(1)
        );
    }
}
