//! Meters: from the facts of one check to what is left.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::definition::MeterRule;
use super::expression::{Evaluation, EvaluationError, Expression};
use super::value;
use crate::failure::{Failure, FailureKind};
use crate::reading::{Meter, MeterKind};

/// What can be done about an answer that does not fit.
pub(super) const HELP: &str = " If this stays, look for a newer definition of the provider, or an update.";

/// An answer in which a field of the definition does not find what it expects.
pub(super) fn unexpected(what: &str, field: &str, error: &EvaluationError) -> Failure {
    Failure::new(
        FailureKind::UnexpectedResponse,
        format!("The answer has another shape than documented: `{field}` of {what}: {error}.{HELP}"),
    )
}

/// A meter, if it applies.
pub(super) fn meter(rule: &MeterRule, evaluation: &Evaluation<'_>) -> Result<Option<Meter>, Failure> {
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
