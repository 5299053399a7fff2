//! pre.dev, after docs.pre.dev (`architect-agent/api/credits-balance`).

use serde::Deserialize;
use serde_json::json;

use crate::answer::{Answer, number};
use crate::ledger::Ledger;

/// A pre.dev key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreDevKey {
    /// Answers 200 with `success` false and 0 credits, which is no balance.
    pub unsuccessful: bool,
    /// A key that belongs to nobody: 400 "Missing context".
    pub without_owner: bool,
}

impl PreDevKey {
    pub(super) fn answer(self, ledger: &Ledger) -> Answer {
        if self.without_owner {
            return super::Provider::PreDev.error(400, None);
        }
        let credits = if self.unsuccessful { 0.into() } else { number(ledger.balance()) };
        Answer::json(200, json!({ "success": !self.unsuccessful, "creditsRemaining": credits }))
    }
}

pub(super) fn error(status: u16) -> Option<Answer> {
    let body = match status {
        400 => json!({
            "error": "Missing context",
            "message": "Unable to determine user or organization from API key",
        }),
        401 => json!({ "error": "Unauthorized", "message": "Invalid API key" }),
        402 => json!({
            "error": "Insufficient credits",
            "code": "INSUFFICIENT_CREDITS",
            "actionUrl": "https://pre.dev/projects/playground?upgrade=credits",
        }),
        429 => json!({ "error": "Rate limit exceeded", "code": "RATE_LIMITED" }),
        500 => json!({
            "error": "Failed to retrieve credits balance",
            "message": "Internal server error details",
        }),
        _ => return None,
    };
    Some(Answer::json(status, body))
}
