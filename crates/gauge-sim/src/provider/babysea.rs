//! BabySea, after docs.babysea.ai and its official SDK (babysea-community/babysea, `src/types.ts`).

use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Ask;
use crate::answer::{Answer, number};
use crate::fault::{RetryHint, in_seconds};
use crate::ledger::{Ledger, utc_date};

/// A 429 carries `Retry-After` in seconds.
pub(super) const RETRY: RetryHint = RetryHint::Seconds(17);

/// Requests in each window of a minute.
const RATE_LIMIT: u32 = 60;

/// A BabySea key.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BabySeaKey {
    /// Whether it has the scope `account:read`; without it, billing and usage answer 403.
    pub account_read: bool,
    /// The plan; `None`: the free plan, all of whose billing fields but the balance are null.
    pub plan: Option<String>,
    /// Whether an estimate can look the balance up; if not, its balance fields are null.
    pub balance_known: bool,
}

impl Default for BabySeaKey {
    fn default() -> Self {
        Self { account_read: true, plan: Some("Starter Monthly".to_owned()), balance_known: true }
    }
}

/// The model of an estimate's path; its slash is not percent-encoded.
pub(super) fn model(path: &str) -> Option<&str> {
    path.strip_prefix("/v1/estimate/").filter(|model| !model.is_empty())
}

impl BabySeaKey {
    pub(super) fn answer(&self, account: &str, ledger: &Ledger, ask: &Ask<'_>) -> Answer {
        if let Some(model) = model(ask.path) {
            return self.estimate(model, ledger, ask);
        }
        if !self.account_read {
            return super::Provider::BabySea.error(403, None);
        }
        let account = format!("acc_{account}");
        if ask.path == "/v1/usage" {
            usage(&account, ledger, ask)
        } else {
            self.billing(&account, ledger, ask.now)
        }
    }

    fn billing(&self, account: &str, ledger: &Ledger, now: Timestamp) -> Answer {
        let paid = |value: Value| if self.plan.is_some() { value } else { Value::Null };
        let start = utc_date(now).first_of_month();
        let midnight = |date: jiff::civil::Date| {
            date.to_zoned(TimeZone::UTC).map_or(Value::Null, |time| paid(time_text(time.timestamp()).into()))
        };
        success(
            "User billing data retrieved successfully",
            now,
            &json!({
                "account_id": account,
                "billing_plan": self.plan,
                "billing_credit_balance": number(ledger.balance()),
                "billing_subscription_status": paid("active".into()),
                "billing_cancel_at_period_end": paid(false.into()),
                "billing_currency": paid("USD".into()),
                "billing_period_starts_at": midnight(start),
                "billing_period_ends_at": midnight(start.saturating_add(1.month())),
                "billing_created_at": midnight(start),
                "billing_updated_at": midnight(start),
            }),
        )
    }

    fn estimate(&self, model: &str, ledger: &Ledger, ask: &Ask<'_>) -> Answer {
        let count = ask.query.get("count").and_then(|count| count.parse::<u32>().ok()).unwrap_or(1).max(1);
        let each = price(model);
        let total = each * Decimal::from(count);
        let balance = self.balance_known.then(|| ledger.balance());
        let affordable = |balance: Decimal| number((balance / each).floor().max(Decimal::ZERO));
        let data = json!({
            "model_identifier": model,
            "model_type": "image",
            "assets_count": count,
            "cost_per_generation": number(each),
            "cost_total_consumed": number(total),
            "credit_balance": balance.map(number),
            "credit_balance_can_afford": balance.map(|balance| balance >= total),
            "credit_balance_max_affordable": balance.map(affordable),
        });
        success("Cost estimate calculated successfully", ask.now, &data)
    }
}

/// What one generation costs, in credits. The simulation knows every model, as an image model.
fn price(model: &str) -> Decimal {
    match model {
        "bfl/flux-schnell" => Decimal::new(4, 3),
        _ => Decimal::new(52, 3),
    }
}

fn usage(account: &str, ledger: &Ledger, ask: &Ask<'_>) -> Answer {
    let days = ask.query.get("days").and_then(|days| days.parse::<i32>().ok()).unwrap_or(30).clamp(1, 90);
    let sum = ledger.since(utc_date(ask.now).saturating_sub((days - 1).days()));
    let done = sum.calls.saturating_sub(sum.refunded_calls);
    let cost = number(sum.net_cost());
    success(
        "Usage retrieved successfully",
        ask.now,
        &json!({
            "account_id": account,
            "usage_period_days": days,
            "usage_credit_balance": number(ledger.balance()),
            "usage_total_requests": sum.calls,
            "usage_total_success": sum.calls,
            "usage_total_client_errors": 0,
            "usage_total_server_errors": 0,
            "usage_total_generations": sum.calls,
            "usage_total_provider_submissions": sum.calls,
            "usage_total_estimated_cost": cost,
            "usage_endpoints": [{
                "endpoint": "/v1/generate/image",
                "total_requests": sum.calls,
                "success_count": sum.calls,
                "client_error_count": 0,
                "server_error_count": 0,
                "error_codes": {},
            }],
            "usage_providers": [{
                "provider": "replicate",
                "total_submissions": sum.calls,
                "used_count": done,
                "cancelled_count": 0,
                "discarded_count": 0,
                "failed_count": sum.refunded_calls,
                "total_estimated_cost": cost,
                "wasted_estimated_cost": number(sum.refunded),
            }],
        }),
    )
}

fn success(message: &str, now: Timestamp, data: &Value) -> Answer {
    Answer::json(
        200,
        json!({
            "status": "success",
            "request_id": "req_a1b2c3d4",
            "message": message,
            "timestamp": time_text(now),
            "data": data,
        }),
    )
}

/// A time as BabySea writes it, with milliseconds.
fn time_text(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

pub(super) fn error(status: u16, retry: Option<RetryHint>) -> Option<Answer> {
    let (code, kind, message) = match status {
        401 => ("BSE1002", "authentication_failed", "Invalid or expired API key."),
        402 => ("BSE1004", "insufficient_credits", "Account balance cannot cover the request."),
        403 => ("BSE1003", "insufficient_permissions", "Key lacks the required scope."),
        404 => ("BSE1008", "account_not_found", "The account linked to the key was not found."),
        429 => return Some(rate_limited(retry.unwrap_or(RETRY))),
        _ => return None,
    };
    Some(failure(status, code, kind, message))
}

/// The answer to a request without a key.
pub(super) fn key_missing() -> Answer {
    failure(401, "BSE1001", "authentication_required", "API key is missing.")
}

fn failure(status: u16, code: &str, kind: &str, message: &str) -> Answer {
    let error = json!({ "code": code, "type": kind, "message": message, "retryable": false });
    Answer::json(status, json!({ "status": "error", "request_id": "req_a1b2c3d4", "error": error }))
}

fn rate_limited(retry: RetryHint) -> Answer {
    let error = json!({
        "code": "BSE1005",
        "type": "rate_limit_exceeded",
        "message": "Rate limit exceeded. Please retry after the period indicated in the Retry-After header.",
        "retryable": true,
        "details": { "retry_after_seconds": retry.seconds(), "limit": RATE_LIMIT },
    });
    Answer::json(429, json!({ "status": "error", "request_id": "req_a1b2c3d4", "error": error }))
}

/// BabySea sends these with every answer; the reset is in unix seconds.
pub(super) fn with_rate_limit(answer: Answer) -> Answer {
    answer
        .with_header("x-ratelimit-limit", RATE_LIMIT.to_string())
        .with_header("x-ratelimit-remaining", (RATE_LIMIT - 1).to_string())
        .with_header("x-ratelimit-reset", in_seconds(60).as_second().to_string())
}
