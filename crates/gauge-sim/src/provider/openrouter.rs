//! OpenRouter, after its published API description (OpenRouterTeam/typescript-sdk, `.speakeasy/in.openapi.yaml`).

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Ask;
use crate::answer::{Answer, number};
use crate::fault::RetryHint;
use crate::ledger::{Ledger, utc_date};

/// A 429 carries the `X-RateLimit` headers.
pub(super) const RETRY: RetryHint = RetryHint::Reset(60);

/// An OpenRouter key. For an ordinary key, what the account uses is what the key uses.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OpenRouterKey {
    /// A management key: may see the credits, and cannot itself spend, so its usage is 0.
    pub management: bool,
    /// What `/api/v1/credits` says to a key that is not a management key.
    pub credits: CreditsToOrdinaryKey,
    /// What the key may spend, in USD, in each window or ever; `None`: no limit.
    pub limit: Option<Decimal>,
    /// When the limit is whole again; `None`: never.
    pub limit_reset: Option<LimitReset>,
    /// When the key stops working.
    pub expires_at: Option<Timestamp>,
    /// An account that has never bought credits.
    pub free_tier: bool,
}

/// What `/api/v1/credits` says to an ordinary key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreditsToOrdinaryKey {
    /// 403, as documented.
    #[default]
    Forbidden,
    /// 200 with zeros that are no balance, as observed in September 2026 with funded accounts.
    Zeros,
}

/// When a key's limit is whole again, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitReset {
    /// At midnight.
    Daily,
    /// On Monday at midnight.
    Weekly,
    /// On the first of the month at midnight.
    Monthly,
}

impl LimitReset {
    /// The first day of the window that `today` is in.
    pub(crate) fn window_start(self, today: Date) -> Date {
        match self {
            Self::Daily => today,
            Self::Weekly => today.saturating_sub(today.weekday().to_monday_zero_offset().days()),
            Self::Monthly => today.first_of_month(),
        }
    }

    /// What was used in the window that `now` is in.
    pub(crate) fn used(self, ledger: &Ledger, now: Timestamp) -> Decimal {
        ledger.since(self.window_start(utc_date(now))).net_cost()
    }
}

impl OpenRouterKey {
    pub(crate) fn limit_remaining(&self, ledger: &Ledger, now: Timestamp) -> Option<Decimal> {
        let used = match self.limit_reset {
            Some(reset) => reset.used(ledger, now),
            None => ledger.used,
        };
        self.limit.map(|limit| limit - used)
    }

    pub(super) fn answer(&self, key: &str, ledger: &Ledger, ask: &Ask<'_>) -> Answer {
        if self.expires_at.is_some_and(|expiry| expiry <= ask.now) {
            return super::Provider::OpenRouter.error(401, None);
        }
        if ask.path == "/api/v1/key" {
            return self.about(key, ledger, ask.now);
        }
        match (self.management, self.credits) {
            (true, _) => credits(ledger.bought, ledger.used),
            (false, CreditsToOrdinaryKey::Zeros) => credits(Decimal::ZERO, Decimal::ZERO),
            (false, CreditsToOrdinaryKey::Forbidden) => super::Provider::OpenRouter.error(403, None),
        }
    }

    fn about(&self, key: &str, ledger: &Ledger, now: Timestamp) -> Answer {
        let usage = |amount: Decimal| if self.management { Value::from(0) } else { number(amount) };
        let window = |reset: LimitReset| usage(reset.used(ledger, now));
        Answer::json(
            200,
            json!({ "data": {
                "byok_usage": 0,
                "byok_usage_daily": 0,
                "byok_usage_monthly": 0,
                "byok_usage_weekly": 0,
                "creator_user_id": "user_2dHFtVWx2n56w6HkM0000000000",
                "expires_at": self.expires_at,
                "include_byok_in_limit": false,
                "is_free_tier": self.free_tier,
                "is_management_key": self.management,
                "is_provisioning_key": self.management,
                "label": shortened(key),
                "limit": self.limit.map(number),
                "limit_remaining": self.limit_remaining(ledger, now).map(number),
                "limit_reset": self.limit_reset,
                "rate_limit": {
                    "interval": "1h",
                    "note": "This field is deprecated and safe to ignore.",
                    "requests": 1000,
                },
                "usage": usage(ledger.used),
                "usage_daily": window(LimitReset::Daily),
                "usage_monthly": window(LimitReset::Monthly),
                "usage_weekly": window(LimitReset::Weekly),
            } }),
        )
    }
}

fn credits(total: Decimal, used: Decimal) -> Answer {
    Answer::json(200, json!({ "data": { "total_credits": number(total), "total_usage": number(used) } }))
}

/// `sk-or-v1-au7...890`, as OpenRouter labels a key.
fn shortened(key: &str) -> String {
    match (key.get(..12), key.get(key.len().saturating_sub(3)..)) {
        (Some(start), Some(end)) => format!("{start}...{end}"),
        _ => "...".to_owned(),
    }
}

pub(super) fn error(status: u16) -> Option<Answer> {
    let message = match status {
        401 => "Missing Authentication header",
        402 => "Insufficient credits. Add more using https://openrouter.ai/credits",
        403 => "Only management keys can perform this operation",
        429 => {
            let error = json!({
                "code": 429,
                "message": "Rate limit exceeded",
                "metadata": { "error_type": "rate_limit_exceeded" },
            });
            return Some(Answer::json(429, json!({ "error": error })));
        }
        500 => "Internal Server Error",
        _ => return None,
    };
    Some(Answer::json(status, json!({ "error": { "code": status, "message": message } })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_begin_at_utc_midnight_on_monday_and_on_the_first() {
        let day = |date: &str| date.parse::<Date>().unwrap();
        let saturday = day("2026-11-21");
        assert_eq!(LimitReset::Daily.window_start(saturday), saturday);
        assert_eq!(LimitReset::Weekly.window_start(saturday), day("2026-11-16"));
        assert_eq!(LimitReset::Weekly.window_start(day("2026-11-16")), day("2026-11-16"));
        assert_eq!(LimitReset::Monthly.window_start(saturday), day("2026-11-01"));
    }

    #[test]
    fn a_label_shows_the_ends_of_the_key_only() {
        assert_eq!(shortened("sk-or-v1-au7xxxxxxxx890"), "sk-or-v1-au7...890");
        assert_eq!(shortened("short"), "...");
    }
}
