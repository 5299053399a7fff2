//! Stability AI, after its published API description (Stability-AI/rest-api-support, `generated/spec/merged.json`).

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::json;

use super::Ask;
use crate::answer::{Answer, number};
use crate::ledger::Ledger;

/// A Stability AI key. The account's balance is its default organisation's.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StabilityKey {
    /// The owner's address in `/v1/user/account`.
    pub email: String,
    /// The default organisation's id and name.
    pub organization: (String, String),
    /// The other organisations that the owner belongs to.
    pub others: Vec<Organization>,
}

/// An organisation other than the default one; its balance stands still.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// What the `Organization` header names, such as `org-1234`.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// Its balance.
    pub credits: Decimal,
}

impl Default for StabilityKey {
    fn default() -> Self {
        Self {
            email: "example@stability.ai".to_owned(),
            organization: ("org-5678".to_owned(), "Another Organization".to_owned()),
            others: Vec::new(),
        }
    }
}

impl StabilityKey {
    pub(super) fn answer(&self, ledger: &Ledger, ask: &Ask<'_>) -> Answer {
        if ask.path == "/v1/user/account" {
            return self.account();
        }
        let other = |id: &str| self.others.iter().find(|other| other.id == id).map(|other| other.credits);
        let credits = match ask.organization {
            Some(id) if id != self.organization.0 => other(id),
            _ => Some(ledger.balance()),
        };
        match credits {
            Some(credits) => Answer::json(200, json!({ "credits": number(credits) })),
            None => super::Provider::Stability.error(403, None),
        }
    }

    fn account(&self) -> Answer {
        let (id, name) = &self.organization;
        let mut organizations = vec![json!({ "id": id, "name": name, "role": "MEMBER", "is_default": true })];
        organizations.extend(self.others.iter().map(
            |other| json!({ "id": other.id, "name": other.name, "role": "MEMBER", "is_default": false }),
        ));
        Answer::json(
            200,
            json!({
                "email": self.email,
                "id": "user-1234",
                "organizations": organizations,
                "profile_picture": "https://api.stability.ai/example.png",
            }),
        )
    }
}

pub(super) fn error(status: u16) -> Option<Answer> {
    let (id, name, message) = match status {
        401 => ("9160aa70-222f-4a36-9eb7-475e2668362a", "unauthorized", "missing authorization header"),
        403 => (
            "5cf19777-d17f-49fe-9bd9-39ff0ec6bb50",
            "permission_denied",
            "You do not have permission to access this resource",
        ),
        404 => (
            "92b19e7f-22a2-4e71-a821-90edda229293",
            "not_found",
            "The specified engine (ID some-fake-engine) was not found.",
        ),
        // More than 150 requests in 10 s; no body is documented.
        429 => return Some(Answer::nothing(429)),
        500 => (
            "f81964d6-619b-453e-97bc-9fd7ac3f04e7",
            "server_error",
            "An unexpected server error occurred, please try again.",
        ),
        _ => return None,
    };
    Some(Answer::json(status, json!({ "id": id, "name": name, "message": message })))
}
