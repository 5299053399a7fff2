//! The four providers: which path is whose, and what each answers.
//!
//! Shapes and texts are those of the providers' documentation and official SDKs; each module names its own.

mod babysea;
mod openrouter;
mod predev;
mod stability;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

pub use babysea::BabySeaKey;
pub use openrouter::{CreditsToOrdinaryKey, LimitReset, OpenRouterKey};
pub use predev::PreDevKey;
pub use stability::{Organization, StabilityKey};

use crate::account::LiveAccount;
use crate::answer::Answer;
use crate::fault::RetryHint;

/// A simulated provider; in JSON and as text its id: `stability`, `openrouter`, `babysea` or `predev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// Stability AI: `/v1/user/balance`, `/v1/user/account`.
    Stability,
    /// OpenRouter: `/api/v1/key`, `/api/v1/credits`.
    OpenRouter,
    /// BabySea: `/v1/user/billing`, `/v1/usage`, `/v1/estimate/MODEL`.
    BabySea,
    /// pre.dev: `/credits-balance`.
    PreDev,
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// The provider of an account, and what kind of key the account has there.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "provider", rename_all = "lowercase")]
pub enum Behaviour {
    /// Stability AI.
    Stability(StabilityKey),
    /// OpenRouter.
    OpenRouter(OpenRouterKey),
    /// BabySea.
    BabySea(BabySeaKey),
    /// pre.dev.
    PreDev(PreDevKey),
}

impl Behaviour {
    /// The provider.
    #[must_use]
    pub fn provider(&self) -> Provider {
        match self {
            Self::Stability(_) => Provider::Stability,
            Self::OpenRouter(_) => Provider::OpenRouter,
            Self::BabySea(_) => Provider::BabySea,
            Self::PreDev(_) => Provider::PreDev,
        }
    }
}

/// What a request asks for, as far as a provider looks.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    pub(crate) path: &'a str,
    pub(crate) query: BTreeMap<String, String>,
    /// The `Organization` header.
    pub(crate) organization: Option<&'a str>,
    /// Whether an `Authorization` header came at all.
    pub(crate) authorized: bool,
    /// The simulated time.
    pub(crate) now: Timestamp,
}

impl Provider {
    /// The id that definitions of this provider use.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Stability => "stability",
            Self::OpenRouter => "openrouter",
            Self::BabySea => "babysea",
            Self::PreDev => "predev",
        }
    }

    pub(crate) fn at(path: &str) -> Option<Self> {
        match path {
            "/v1/user/balance" | "/v1/user/account" => Some(Self::Stability),
            "/api/v1/key" | "/api/v1/credits" => Some(Self::OpenRouter),
            "/v1/user/billing" | "/v1/usage" => Some(Self::BabySea),
            "/credits-balance" => Some(Self::PreDev),
            _ => babysea::model(path).map(|_| Self::BabySea),
        }
    }

    /// Decimal places of this provider's amounts.
    pub(crate) fn decimals(self) -> u32 {
        match self {
            Self::Stability => 10,
            Self::OpenRouter => 6,
            Self::BabySea => 3,
            Self::PreDev => 0,
        }
    }

    /// The right answer: to a key that this provider does not know, `account` is `None`.
    pub(crate) fn answer(self, account: Option<&LiveAccount>, ask: &Ask<'_>) -> Answer {
        let answer = match account.map(|live| (live, &live.account.behaviour)) {
            Some((live, _)) if live.account.rejected => self.unauthorized(ask),
            Some((live, Behaviour::Stability(key))) if self == Self::Stability => {
                key.answer(&live.ledger, ask)
            }
            Some((live, Behaviour::OpenRouter(key))) if self == Self::OpenRouter => {
                key.answer(&live.account.key, &live.ledger, ask)
            }
            Some((live, Behaviour::BabySea(key))) if self == Self::BabySea => {
                key.answer(&live.account.id, &live.ledger, ask)
            }
            Some((live, Behaviour::PreDev(key))) if self == Self::PreDev => key.answer(&live.ledger),
            _ => self.unauthorized(ask),
        };
        self.dressed(answer)
    }

    /// The documented body of this status, or the gateway's page where none is documented.
    pub(crate) fn error(self, status: u16, retry: Option<RetryHint>) -> Answer {
        let answer = match self {
            Self::Stability => stability::error(status),
            Self::OpenRouter => openrouter::error(status),
            Self::BabySea => babysea::error(status, retry),
            Self::PreDev => predev::error(status),
        };
        let answer = answer.unwrap_or_else(|| Answer::gateway(status));
        let documented = match self {
            Self::OpenRouter if status == 429 => Some(openrouter::RETRY),
            Self::BabySea if status == 429 => Some(babysea::RETRY),
            _ => None,
        };
        match retry.or(documented) {
            Some(hint) => hint.add_to(answer, self),
            None => self.dressed(answer),
        }
    }

    /// A 200 with an error of this provider in it.
    pub(crate) fn error_in_200(self) -> Answer {
        let answer = match self {
            Self::Stability => stability::error(500),
            Self::OpenRouter => openrouter::error(500),
            Self::BabySea => babysea::error(404, None),
            Self::PreDev => Some(Answer::json(
                200,
                json!({ "success": false, "error": "Failed to retrieve credits balance" }),
            )),
        };
        Answer { status: 200, ..answer.unwrap_or_else(|| Answer::gateway(200)) }
    }

    fn unauthorized(self, ask: &Ask<'_>) -> Answer {
        match self {
            Self::BabySea if !ask.authorized => babysea::key_missing(),
            _ => self.error(401, None),
        }
    }

    /// Adds the headers that this provider sends with every answer.
    fn dressed(self, answer: Answer) -> Answer {
        match self {
            Self::BabySea => babysea::with_rate_limit(answer),
            _ => answer,
        }
    }
}
