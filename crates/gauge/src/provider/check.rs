//! One check: the requests of a definition, made in order, and the reading that their answers give.

use std::collections::BTreeMap;

use cel::Value;
use jiff::Timestamp;
use secrecy::SecretString;

use super::definition::{Definition, ErrorRule, RequestRule};
use super::document::Optional;
use super::expression::Facts;
use super::meter::{HELP, meter, unexpected};
use super::request::Requester;
use super::target::Target;
use super::value;
use crate::failure::{Failure, FailureKind};
use crate::fetch::{self, Answer, Client, Redaction};
use crate::reading::Reading;

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

/// What the requests gave so far.
struct Answers {
    /// What the account sets.
    inputs: Value,
    /// The JSON of each; an empty object where there is none and that is no failure.
    bodies: Vec<(String, Value)>,
    /// The status of each; 0 where there was no answer.
    statuses: Vec<(String, Value)>,
}

impl Answers {
    fn add(&mut self, request: &str, status: u16, body: Value) {
        self.bodies.push((request.to_owned(), body));
        self.statuses.push((request.to_owned(), Value::Int(i64::from(status))));
    }

    fn facts(&self, now: Timestamp) -> Facts {
        let mut variables = self.bodies.clone();
        variables.push(("inputs".to_owned(), self.inputs.clone()));
        variables.push(("status".to_owned(), value::map(self.statuses.iter().cloned())));
        Facts { now, variables }
    }
}

impl Check<'_> {
    /// Makes the requests, and gives all answers as facts.
    async fn ask(&self) -> Result<Facts, Failure> {
        let inputs = self.target.inputs.iter().map(|(id, value)| (id, Value::from(value.clone())));
        let mut answers = Answers { inputs: value::map(inputs), bodies: Vec::new(), statuses: Vec::new() };
        for rule in &self.definition.requests {
            let (status, body) = if self.is_wanted(rule, &answers)? {
                self.make(rule, &answers.inputs).await?
            } else {
                (0, nothing())
            };
            answers.add(&rule.id, status, body);
        }
        Ok(answers.facts(self.now))
    }

    fn is_wanted(&self, rule: &RequestRule, answers: &Answers) -> Result<bool, Failure> {
        if rule.when.is_none() {
            return Ok(true);
        }
        let facts = answers.facts(self.now);
        let wanted =
            facts.evaluate(|evaluation| evaluation.holds(rule.when.as_ref())).and_then(|wanted| wanted);
        wanted.map_err(|error| unexpected(&format!("the request “{}”", rule.id), "when", &error))
    }

    /// Makes one request, and gives the status and the JSON of its answer. Failures that the definition calls optional
    /// give nothing.
    async fn make(&self, rule: &RequestRule, inputs: &Value) -> Result<(u16, Value), Failure> {
        let requester = Requester { target: self.target, credentials: self.credentials };
        let request = requester.request(rule)?;
        let (status, judged) = match self.client.exchange(&request).await {
            Ok(answer) => (answer.status.as_u16(), self.judge(rule, &answer, inputs)),
            Err(failure) => (0, Err(failure)),
        };
        match judged {
            Ok(body) => Ok((status, body)),
            Err(failure) if rule.optional == Optional::Any && failure.kind != FailureKind::Unauthorized => {
                tracing::debug!(provider = self.definition.id, request = rule.id, kind = ?failure.kind, "not needed");
                Ok((status, nothing()))
            }
            Err(failure) => Err(self.advise(failure)),
        }
    }

    /// The JSON of an answer, or what is wrong with it: the definition's own errors first, then what blocks requests
    /// on the way, then the statuses that are no failure, then the general meaning of the status, then an error that the
    /// answer states all the same.
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
            return Ok(nothing());
        }
        if let Some(failure) = fetch::refusal(answer, json.as_ref().ok(), &self.redaction, self.now) {
            return Err(failure);
        }
        let json = json?;
        match fetch::stated_error(&json, &self.redaction) {
            Some(failure) => Err(failure),
            None => Ok(value::from_json(&json)),
        }
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

    /// The reading that the answers give.
    fn read(&self, facts: &Facts) -> Result<Reading, Failure> {
        let read = facts.evaluate(|evaluation| {
            let mut meters = Vec::new();
            for rule in &self.definition.meters {
                match meter(rule, evaluation) {
                    Ok(meter) => meters.extend(meter),
                    Err(_) if rule.optional => {}
                    Err(failure) => return Err(failure),
                }
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

/// What stands for the JSON of an answer that was not needed.
fn nothing() -> Value {
    value::map::<String>([])
}
