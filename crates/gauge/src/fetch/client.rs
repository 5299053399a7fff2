//! The client: one exchange at a time, within limits, with a few careful retries.

use std::sync::OnceLock;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder, Retryable};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::redirect::{Action, Attempt, Policy};
use reqwest::{Response, StatusCode, Url};

use super::answer::{Answer, Request};
use super::transport;
use crate::failure::{Failure, FailureKind};
use crate::origin::Origin;

/// How many redirects are followed, all within one origin.
const MAX_REDIRECTS: usize = 3;

/// The limits of one exchange.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For making a connection.
    pub connect: Duration,
    /// For one try as a whole.
    pub total: Duration,
    /// The most bytes of a body, decompressed.
    pub body: usize,
    /// How many more tries there are after a lost connection or a failure of the server.
    pub retries: usize,
    /// The longest wait before the second try; each further one may be four times as long.
    pub first_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(20),
            body: 1024 * 1024,
            retries: 2,
            first_wait: Duration::from_millis(500),
        }
    }
}

/// Makes HTTP exchanges. Cheap to share; connections are kept for reuse.
#[derive(Debug)]
pub struct Client {
    limits: Limits,
    redirects: fn(Attempt<'_>) -> Action,
    /// For the internet, through the system's proxy.
    outward: OnceLock<reqwest::Client>,
    /// For this machine, never through a proxy: a key would travel to it in plain text.
    loopback: OnceLock<reqwest::Client>,
}

/// The end of one try.
enum Outcome {
    Done(Result<Answer, Failure>),
    /// Worth another try; this is what to say when there is none.
    Again(Result<Answer, Failure>),
}

impl Client {
    /// A client with the usual limits.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    /// A client with other limits.
    #[must_use]
    pub fn with_limits(limits: Limits) -> Self {
        let (outward, loopback) = (OnceLock::new(), OnceLock::new());
        Self { limits, redirects: within_one_origin, outward, loopback }
    }

    /// A client whose requests are only led on as they are, with their body.
    #[must_use]
    pub(crate) fn for_posts(limits: Limits) -> Self {
        Self { redirects: as_it_is_within_one_origin, ..Self::with_limits(limits) }
    }

    /// Posts JSON once, and gives the status of the answer, which is not read.
    pub(crate) async fn post(
        &self,
        url: Url,
        origin: &Origin,
        body: Vec<u8>,
    ) -> Result<StatusCode, reqwest::Error> {
        let request = self.client_for(origin)?.post(url).header(CONTENT_TYPE, "application/json").body(body);
        Ok(request.send().await?.status())
    }

    /// Sends a request and gives the answer, whatever its status. After a lost connection, or a failure of the server
    /// that names no time, it is sent again up to twice.
    ///
    /// Redirects are followed within one origin; another one is the answer.
    pub async fn exchange(&self, request: &Request) -> Result<Answer, Failure> {
        let again = || async {
            match self.attempt(request).await {
                Outcome::Done(result) => Ok(result),
                Outcome::Again(result) => Err(result),
            }
        };
        match again.retry(self.waits()).await {
            Ok(result) | Err(result) => result,
        }
    }

    /// Waits with full jitter: anything up to a bound that grows.
    fn waits(&self) -> impl BackoffBuilder {
        let bounds = ExponentialBuilder::default()
            .with_min_delay(self.limits.first_wait)
            .with_factor(4.0)
            .with_max_times(self.limits.retries)
            .build();
        bounds.map(|bound| bound.mul_f64(fastrand::f64()))
    }

    async fn attempt(&self, request: &Request) -> Outcome {
        let seconds = self.limits.total.as_secs();
        let client = match Origin::try_from(&request.url) {
            Ok(origin) => self.client_for(&origin),
            Err(error) => {
                return Outcome::Done(Err(Failure::new(FailureKind::Definition, format!("{error}."))));
            }
        };
        let client = match client {
            Ok(client) => client,
            Err(error) => return Outcome::Done(Err(transport::no_answer(&error, seconds))),
        };
        let mut builder =
            client.request(request.method.clone(), request.url.clone()).headers(request.headers.clone());
        if let Some(body) = &request.body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let response = match builder.send().await {
            Ok(response) => response,
            Err(error) => return Outcome::of_failure(transport::no_answer(&error, seconds)),
        };
        match self.read(response).await {
            Ok(answer) if answer.status.is_server_error() && !answer.headers.contains_key(RETRY_AFTER) => {
                Outcome::Again(Ok(answer))
            }
            Ok(answer) => Outcome::Done(Ok(answer)),
            Err(failure) => Outcome::of_failure(failure),
        }
    }

    async fn read(&self, mut response: Response) -> Result<Answer, Failure> {
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.limits.body => {
                    return Err(Failure::new(
                        FailureKind::UnexpectedResponse,
                        format!(
                            "The answer is larger than {} KiB, which no balance is. Check the account's base URL.",
                            self.limits.body / 1024
                        ),
                    ));
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(Answer { status, headers, body }),
                Err(error) => return Err(transport::broken_answer(&error, self.limits.total.as_secs())),
            }
        }
    }

    /// The client for an address, made at first use: that reads the system's certificates and proxy settings.
    fn client_for(&self, origin: &Origin) -> Result<&reqwest::Client, reqwest::Error> {
        let (slot, builder) = if origin.is_loopback() {
            (&self.loopback, reqwest::Client::builder().no_proxy())
        } else {
            (&self.outward, reqwest::Client::builder())
        };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let client = builder
            .user_agent(concat!("credit-gauge/", env!("CARGO_PKG_VERSION")))
            .default_headers(HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]))
            .connect_timeout(self.limits.connect)
            .timeout(self.limits.total)
            .redirect(Policy::custom(self.redirects))
            .referer(false)
            .build()?;
        Ok(slot.get_or_init(|| client))
    }
}

impl Outcome {
    fn of_failure(failure: Failure) -> Self {
        if failure.kind == FailureKind::Offline {
            Self::Again(Err(failure))
        } else {
            Self::Done(Err(failure))
        }
    }
}

impl Default for Client {
    fn default() -> Self {
        Self::new()
    }
}

/// Any other redirect turns a post into a request without its body.
fn as_it_is_within_one_origin(attempt: Attempt<'_>) -> Action {
    match attempt.status() {
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT => within_one_origin(attempt),
        _ => attempt.stop(),
    }
}

fn within_one_origin(attempt: Attempt<'_>) -> Action {
    let first = attempt.previous().first();
    let same = first.is_some_and(|first| first.origin() == attempt.url().origin());
    if same && attempt.previous().len() <= MAX_REDIRECTS { attempt.follow() } else { attempt.stop() }
}
