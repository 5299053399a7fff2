//! One check: the requests of a definition, made in order, and the reading that their answers give.

use std::collections::BTreeMap;

use cel::Value;
use jiff::Timestamp;
use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderValue};
use rust_decimal::Decimal;
use secrecy::{ExposeSecret, SecretString};

use super::definition::{Body, Definition, ErrorRule, MeterRule, RequestRule};
use super::document::Optional;
use super::expression::{Evaluation, EvaluationError, Expression, Facts};
use super::target::Target;
use super::template::{KEY, Template};
use super::value;
use crate::failure::{Failure, FailureKind};
use crate::fetch::{self, Answer, Client, Redaction, Request};
use crate::origin::Origin;
use crate::reading::{Meter, MeterKind, Reading};

/// The secrets of one account.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The key.
    pub key: SecretString,
    /// The inputs that are secrets, by their names.
    pub inputs: BTreeMap<String, SecretString>,
}

impl Credentials {
    /// A key and no further secrets.
    #[must_use]
    pub fn of(key: SecretString) -> Self {
        Self { key, inputs: BTreeMap::new() }
    }
}

/// Asks one account what it has left. `now` becomes the time of the reading.
///
/// The requests are made in the definition's order, each within the limits of `client`. No failure holds a secret, nor
/// anything else of an answer but the provider's own message.
pub async fn check(
    client: &Client,
    definition: &Definition,
    target: &Target,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Reading, Failure> {
    let redaction = Redaction::of(std::iter::once(&credentials.key).chain(credentials.inputs.values()));
    let check = Check { client, definition, target, credentials, redaction, now };
    let facts = check.ask().await?;
    check.read(&facts)
}

struct Check<'a> {
    client: &'a Client,
    definition: &'a Definition,
    target: &'a Target,
    credentials: &'a Credentials,
    redaction: Redaction,
    now: Timestamp,
}

/// What one request gave: the status (0 without an answer) and the JSON (an empty object where that is no failure).
struct Given {
    status: i64,
    body: Value,
}

impl Given {
    fn nothing(status: i64) -> Self {
        Self { status, body: value::map::<String>([]) }
    }
}

impl Check<'_> {
    /// Makes the requests, and gives all answers as facts.
    async fn ask(&self) -> Result<Facts, Failure> {
        let inputs =
            value::map(self.target.inputs.iter().map(|(id, value)| (id, Value::from(value.clone()))));
        let mut answers: Vec<(String, Value)> = Vec::new();
        let mut statuses: Vec<(String, Value)> = Vec::new();
        for rule in &self.definition.requests {
            let facts = || Facts {
                now: self.now,
                variables: [
                    ("inputs".to_owned(), inputs.clone()),
                    ("status".to_owned(), value::map(statuses.iter().cloned())),
                ]
                .into_iter()
                .chain(answers.iter().cloned())
                .collect(),
            };
            let wanted = match &rule.when {
                None => true,
                Some(when) => {
                    let holds =
                        facts().evaluate(|evaluation| evaluation.holds(Some(when))).and_then(|holds| holds);
                    holds
                        .map_err(|error| unexpected(&format!("the request “{}”", rule.id), "when", &error))?
                }
            };
            let given = if wanted { self.make(rule, &inputs).await? } else { Given::nothing(0) };
            answers.push((rule.id.clone(), given.body));
            statuses.push((rule.id.clone(), Value::Int(given.status)));
        }
        answers.push(("inputs".to_owned(), inputs));
        answers.push(("status".to_owned(), value::map(statuses)));
        Ok(Facts { now: self.now, variables: answers })
    }

    /// Makes one request. Failures that the definition calls optional give nothing.
    async fn make(&self, rule: &RequestRule, inputs: &Value) -> Result<Given, Failure> {
        let request = self.request(rule)?;
        let answer = match self.client.exchange(&request).await {
            Ok(answer) => answer,
            Err(failure) => return self.unless_optional(rule, 0, failure),
        };
        let status = i64::from(answer.status.as_u16());
        match self.judge(rule, &answer, inputs) {
            Ok(body) => Ok(Given { status, body }),
            Err(failure) => self.unless_optional(rule, status, failure),
        }
    }

    fn unless_optional(&self, rule: &RequestRule, status: i64, failure: Failure) -> Result<Given, Failure> {
        if rule.optional == Optional::Any && failure.kind != FailureKind::Unauthorized {
            tracing::debug!(provider = self.definition.id, request = rule.id, kind = ?failure.kind, "did without an optional answer");
            return Ok(Given::nothing(status));
        }
        Err(self.advise(failure))
    }

    /// The JSON of an answer, or what is wrong with it: the definition's own errors first, then what blocks requests
    /// on the way, then the statuses that are no failure, then the general meaning of the status.
    fn judge(&self, rule: &RequestRule, answer: &Answer, inputs: &Value) -> Result<Value, Failure> {
        let json = answer.json();
        if let Some(failure) = self.own_error(rule, answer, json.as_ref().ok(), inputs)? {
            return Err(failure);
        }
        if let Some(failure) = fetch::blocked(answer) {
            return Err(failure);
        }
        if let Optional::Statuses(statuses) = &rule.optional
            && statuses.contains(&answer.status.as_u16())
        {
            return Ok(value::map::<String>([]));
        }
        if let Some(failure) = fetch::refusal(answer, json.as_ref().ok(), &self.redaction, self.now) {
            return Err(failure);
        }
        json.map(|json| value::from_json(&json))
    }

    /// The failure that the definition's `[[errors]]` see in an answer.
    fn own_error(
        &self,
        rule: &RequestRule,
        answer: &Answer,
        json: Option<&serde_json::Value>,
        inputs: &Value,
    ) -> Result<Option<Failure>, Failure> {
        let status = answer.status.as_u16();
        let fits = |error: &&ErrorRule| {
            error.request.as_ref().is_none_or(|request| *request == rule.id)
                && (error.status.0.is_empty() || error.status.0.contains(&status))
        };
        let candidates: Vec<&ErrorRule> = self.definition.errors.iter().filter(fits).collect();
        if candidates.is_empty() {
            return Ok(None);
        }
        let facts = Facts {
            now: self.now,
            variables: vec![
                ("status".to_owned(), Value::Int(i64::from(status))),
                ("body".to_owned(), json.map_or(Value::Null, value::from_json)),
                ("inputs".to_owned(), inputs.clone()),
            ],
        };
        // An error's condition looks into bodies of any shape: where it finds nothing, it does not hold.
        let found = facts
            .evaluate(|evaluation| {
                candidates.into_iter().find(|error| evaluation.holds(error.when.as_ref()).unwrap_or(false))
            })
            .map_err(|error| unexpected(&format!("the request “{}”", rule.id), "errors", &error))?;
        Ok(found.map(|error| {
            let words = json.and_then(|json| self.redaction.quote(json));
            let said = match words {
                Some(words) => format!("({status}: “{words}”)"),
                None => format!("({status})"),
            };
            let message = match &error.message {
                Some(message) => format!("{message} {said}"),
                None => format!("{} answered with an error {said}.", self.definition.name),
            };
            let retry_at = error.kind.is_transient().then(|| fetch::retry_at(answer, self.now)).flatten();
            Failure { kind: error.kind, message, retry_at }
        }))
    }

    /// Adds to a refusal of the key which key is needed.
    fn advise(&self, failure: Failure) -> Failure {
        match &self.definition.key_help {
            Some(help) if failure.kind.is_refusal() => {
                Failure { message: format!("{} {help}", failure.message), ..failure }
            }
            _ => failure,
        }
    }

    fn request(&self, rule: &RequestRule) -> Result<Request, Failure> {
        let wrong = |reason: &str| {
            Failure::new(
                FailureKind::Definition,
                format!("The request “{}” cannot be made: {reason}.", rule.id),
            )
        };
        let path = rule
            .path
            .fill(|name| path_segment(&self.value(name)))
            .ok_or_else(|| wrong("a setting that its address needs is empty or only dots"))?;
        let mut url = Url::parse(&format!("{}{path}", self.target.base_url()))
            .map_err(|_| wrong("its address is not valid"))?;
        for (name, template) in &rule.query {
            if let Some(value) = self.fill(template) {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        if Origin::try_from(&url).ok().as_ref() != Some(&self.target.origin) {
            return Err(wrong("its address leads to another server than the base URL"));
        }
        let mut headers = HeaderMap::new();
        for (name, template) in &rule.headers {
            if let Some(value) = self.fill(template) {
                let mut value = HeaderValue::from_str(&value).map_err(|_| {
                    Failure::new(
                        FailureKind::Unauthorized,
                        format!("The key, or a setting that goes into {name}, has a character in it that cannot be sent. Copy and paste it again."),
                    )
                })?;
                value.set_sensitive(true);
                headers.append(name, value);
            }
        }
        let body = rule.body.as_ref().and_then(|body| self.body(body));
        Ok(Request { method: rule.method.clone(), url, headers, body })
    }

    /// A body, or a part of one; what an empty input goes into is left out.
    fn body(&self, body: &Body) -> Option<serde_json::Value> {
        match body {
            Body::Text(template) => self.fill(template).map(Into::into),
            Body::List(items) => Some(items.iter().filter_map(|item| self.body(item)).collect()),
            Body::Object(fields) => Some(
                fields.iter().filter_map(|(name, value)| Some((name.clone(), self.body(value)?))).collect(),
            ),
            Body::Other(value) => Some(value.clone()),
        }
    }

    fn fill(&self, template: &Template) -> Option<String> {
        template.fill(|name| self.value(name))
    }

    /// What a placeholder stands for; empty when it was not given.
    fn value(&self, name: &str) -> String {
        if name == KEY {
            return self.credentials.key.expose_secret().trim().to_owned();
        }
        let secret =
            || self.credentials.inputs.get(name).map(|secret| secret.expose_secret().trim().to_owned());
        self.target.inputs.get(name).cloned().or_else(secret).unwrap_or_default()
    }

    /// The reading that the answers give.
    fn read(&self, facts: &Facts) -> Result<Reading, Failure> {
        let read = facts.evaluate(|evaluation| {
            let mut meters = Vec::new();
            for rule in &self.definition.meters {
                meters.extend(meter(rule, evaluation)?);
            }
            let mut notices = Vec::new();
            for rule in &self.definition.notices {
                let holds = evaluation.holds(rule.when.as_ref());
                if holds.map_err(|error| unexpected("a notice", "when", &error))? {
                    notices.push(rule.text.clone());
                }
            }
            Ok(Reading { at: self.now, meters, notices })
        });
        let reading = read.unwrap_or_else(|error| Err(unexpected("the definition", "meters", &error)))?;
        if reading.meters.is_empty() {
            return Err(Failure::new(
                FailureKind::UnexpectedResponse,
                format!("{} answered, but with nothing that tells a balance.{HELP}", self.definition.name),
            ));
        }
        Ok(reading)
    }
}

/// What can be done about an answer that does not fit.
const HELP: &str = " If this stays, look for a newer definition of the provider, or an update.";

fn unexpected(what: &str, field: &str, error: &EvaluationError) -> Failure {
    Failure::new(
        FailureKind::UnexpectedResponse,
        format!("The answer has another shape than documented: `{field}` of {what}: {error}.{HELP}"),
    )
}

/// A meter, if it applies.
fn meter(rule: &MeterRule, evaluation: &Evaluation<'_>) -> Result<Option<Meter>, Failure> {
    let wrong = |field: &str, error: &EvaluationError| unexpected(&format!("“{}”", rule.label), field, error);
    if !evaluation.holds(rule.when.as_ref()).map_err(|error| wrong("when", &error))? {
        return Ok(None);
    }
    let amount = |field: &str, expression: Option<&Expression>| -> Result<Option<Decimal>, Failure> {
        let Some(expression) = expression else { return Ok(None) };
        let amount = evaluation.value(expression).and_then(|found| Ok(value::amount(&found)?));
        amount.map_err(|error| wrong(field, &error))
    };
    let time = |field: &str, expression: Option<&Expression>| -> Result<Option<Timestamp>, Failure> {
        let Some(expression) = expression else { return Ok(None) };
        let time = evaluation.value(expression).and_then(|found| Ok(value::time(&found)?));
        time.map_err(|error| wrong(field, &error))
    };
    let unlimited = rule.unlimited.is_some()
        && evaluation.holds(rule.unlimited.as_ref()).map_err(|error| wrong("unlimited", &error))?;
    let meter = Meter {
        id: rule.id.clone(),
        label: rule.label.clone(),
        kind: rule.kind,
        unit: rule.unit.clone(),
        remaining: amount("remaining", rule.remaining.as_ref())?,
        total: amount("total", rule.total.as_ref())?,
        used: amount("used", rule.used.as_ref())?,
        total_is_full: rule.total_is_full,
        resets_at: time("resets_at", rule.resets_at.as_ref())?,
        expires_at: time("expires_at", rule.expires_at.as_ref())?,
        unlimited,
        refunds: rule.refunds,
        note: rule.note.clone(),
    };
    let is_spend = rule.kind == MeterKind::Spend && meter.used.is_some();
    if meter.remaining.is_none() && !unlimited && !is_spend {
        return Err(wrong(
            "remaining",
            &EvaluationError::Mismatch("the provider does not tell it".to_owned()),
        ));
    }
    Ok(Some(meter))
}

/// A value as a part of a path that cannot become more than one part, nor lead upwards.
fn path_segment(value: &str) -> String {
    if value.bytes().all(|b| b == b'.') {
        // A part of dots alone would be taken for a way upwards, even when encoded.
        return String::new();
    }
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>().replace('+', "%20")
}
