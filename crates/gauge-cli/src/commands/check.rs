//! `check`: whether an account has enough left.

use clap::Args;
use gauge::account::AccountId;
use gauge::amount::Unit;
use gauge::gauge::Gauge;
use gauge::reading::{Meter, MeterKind};
use rust_decimal::Decimal;

use crate::error::{CommandError, Outcome};
use crate::output;
use crate::refresh::{MaxAge, refresh};

/// Whether an account has enough left: exit code 0 enough, 1 not enough, 3 unknown.
#[derive(Args)]
pub struct Check {
    /// The account
    #[arg(value_name = "ID")]
    account: AccountId,
    /// The least that is enough, such as 5 or 0.50
    #[arg(long, value_name = "AMOUNT", value_parser = amount, allow_negative_numbers = true)]
    min: Decimal,
    /// The unit of the amount, such as USD or credits; needed where the account has several
    #[arg(long)]
    unit: Option<Unit>,
    #[command(flatten)]
    max_age: MaxAge,
}

fn amount(text: &str) -> Result<Decimal, String> {
    text.parse()
        .ok()
        .filter(|amount: &Decimal| !amount.is_sign_negative())
        .ok_or_else(|| "write an amount that is not negative, such as 5 or 0.50".to_owned())
}

impl Check {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let id = &self.account;
        gauge.database().account(id).await?;
        let standings = refresh(gauge, std::slice::from_ref(id), self.max_age.max_age).await?;
        let standing = standings.iter().find(|standing| standing.account.id == *id);
        let unknown = |why: &str| {
            output::message(format_args!("{id}: unknown. {why}"));
            Ok(Outcome::Unavailable)
        };
        if let Some(trouble) = standing.and_then(|standing| standing.trouble.as_ref()) {
            return unknown(&trouble.message);
        }
        let Some(reading) = standing.and_then(|standing| standing.reading.as_ref()) else {
            return unknown("The account was removed meanwhile");
        };
        match judge(&reading.meters, self.min, self.unit.as_ref())? {
            Verdict::Unlimited(meter) => {
                let note = meter.note.as_deref().unwrap_or_default();
                output::message(format_args!("{id}: unlimited ({}). {note}", meter.label));
            }
            Verdict::Enough(meter) => output::message(format_args!("{id}: {}", left(meter))),
            Verdict::NotEnough(meter) => {
                let wanted = meter.unit.display(self.min);
                output::message(format_args!("{id}: {}, less than {wanted}", left(meter)));
                return Ok(Outcome::No);
            }
            Verdict::Unknown(why) => return unknown(&why),
        }
        Ok(Outcome::Done)
    }
}

fn left(meter: &Meter) -> String {
    let amount = meter.remaining.map_or_else(|| "–".to_owned(), |amount| meter.unit.display(amount));
    format!("{amount} left ({})", meter.label)
}

/// Whether enough is left, and which meter says so.
enum Verdict<'a> {
    /// The meter with least left holds enough.
    Enough(&'a Meter),
    /// No meter limits anything; this is one of them.
    Unlimited(&'a Meter),
    NotEnough(&'a Meter),
    Unknown(String),
}

/// An account can spend only what the least of its meters allows: a wallet with 50 dollars behind a key limit of 5 is
/// good for 5. Meters that limit nothing do not count, nor do records of what was spent without a budget: a key without a
/// limit of its own may well be one of an empty account.
fn judge<'a>(meters: &'a [Meter], min: Decimal, unit: Option<&Unit>) -> Result<Verdict<'a>, CommandError> {
    let counts = |meter: &&Meter| meter.kind != MeterKind::Spend || meter.remaining.is_some();
    let counted: Vec<_> = meters.iter().filter(counts).collect();
    if counted.is_empty() {
        return Ok(Verdict::Unknown("The provider tells what was spent, but not what is left".to_owned()));
    }
    let chosen: Vec<_> =
        counted.iter().copied().filter(|meter| unit.is_none_or(|unit| meter.unit == *unit)).collect();
    if chosen.is_empty() {
        let message =
            format!("the account has nothing in that unit; use --unit with {}", units(&counted).join(" or "));
        return Err(CommandError::Usage(message));
    }
    let limiting: Vec<_> = chosen.iter().copied().filter(|meter| !meter.unlimited).collect();
    if let several @ [_, _, ..] = units(&limiting).as_slice() {
        let message = format!("the account counts in {}: choose one with --unit", several.join(" and "));
        return Err(CommandError::Usage(message));
    }
    let least = limiting
        .iter()
        .copied()
        .filter(|meter| meter.remaining.is_some())
        .min_by_key(|meter| meter.remaining);
    if let Some(least) = least.filter(|meter| meter.remaining < Some(min)) {
        return Ok(Verdict::NotEnough(least));
    }
    let silent = limiting.iter().find(|meter| meter.remaining.is_none());
    Ok(match (silent, least) {
        (Some(silent), _) => {
            Verdict::Unknown(format!("The provider did not say what is left of “{}”", silent.label))
        }
        (None, Some(least)) => Verdict::Enough(least),
        (None, None) => Verdict::Unlimited(chosen[0]),
    })
}

/// The units of the meters, each once.
fn units<'a>(meters: &[&'a Meter]) -> Vec<&'a str> {
    let mut units = Vec::new();
    for meter in meters {
        if !units.contains(&meter.unit.as_str()) {
            units.push(meter.unit.as_str());
        }
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(kind: MeterKind, unit: &str, remaining: Option<i64>) -> Meter {
        Meter {
            id: unit.to_lowercase(),
            label: "Credits".to_owned(),
            kind,
            unit: unit.parse().unwrap(),
            remaining: remaining.map(Decimal::from),
            total: None,
            used: None,
            total_is_full: false,
            resets_at: None,
            expires_at: None,
            unlimited: false,
            refunds: false,
            note: None,
        }
    }

    fn wallet(remaining: Option<i64>) -> Meter {
        meter(MeterKind::Wallet, "USD", remaining)
    }

    fn verdict(meters: &[Meter], min: i64, unit: Option<&str>) -> String {
        let unit = unit.map(|unit| unit.parse().unwrap());
        match judge(meters, min.into(), unit.as_ref()) {
            Ok(Verdict::Enough(least)) => format!("enough {}", least.remaining.unwrap()),
            Ok(Verdict::Unlimited(_)) => "unlimited".to_owned(),
            Ok(Verdict::NotEnough(least)) => format!("not enough {}", least.remaining.unwrap()),
            Ok(Verdict::Unknown(_)) => "unknown".to_owned(),
            Err(error) => format!("usage {error}"),
        }
    }

    #[test]
    fn exactly_enough_is_enough_and_a_debt_is_not() {
        assert_eq!(verdict(&[wallet(Some(5))], 5, None), "enough 5");
        assert_eq!(verdict(&[wallet(Some(4))], 5, None), "not enough 4");
        assert_eq!(verdict(&[wallet(Some(-3))], 0, None), "not enough -3");
    }

    #[test]
    fn the_least_of_one_unit_decides() {
        let limit = meter(MeterKind::KeyLimit, "USD", Some(2));
        assert_eq!(verdict(&[wallet(Some(50)), limit], 5, None), "not enough 2");
    }

    #[test]
    fn what_is_not_known_never_passes_for_enough() {
        let limit = meter(MeterKind::KeyLimit, "USD", None);
        assert_eq!(verdict(&[wallet(Some(50)), limit.clone()], 5, None), "unknown");
        assert_eq!(verdict(&[wallet(Some(1)), limit], 5, None), "not enough 1");
        assert_eq!(verdict(&[wallet(None)], 0, None), "unknown");
        let spent = meter(MeterKind::Spend, "USD", None);
        assert_eq!(verdict(&[Meter { unlimited: true, ..spent.clone() }], 0, None), "unknown");
        assert_eq!(verdict(&[spent], 0, None), "unknown");
    }

    #[test]
    fn what_limits_nothing_does_not_decide() {
        let unlimited = Meter { unlimited: true, ..meter(MeterKind::KeyLimit, "USD", None) };
        let spent = meter(MeterKind::Spend, "EUR", None);
        assert_eq!(verdict(std::slice::from_ref(&unlimited), 5, None), "unlimited");
        assert_eq!(verdict(&[wallet(Some(9)), unlimited, spent], 5, None), "enough 9");
    }

    #[test]
    fn units_are_never_mixed() {
        let meters = [wallet(Some(9)), meter(MeterKind::Quota, "characters", Some(100))];
        assert_eq!(
            verdict(&meters, 5, None),
            "usage the account counts in USD and characters: choose one with --unit"
        );
        assert_eq!(verdict(&meters, 50, Some("characters")), "enough 100");
        assert_eq!(
            verdict(&meters, 5, Some("EUR")),
            "usage the account has nothing in that unit; use --unit with USD or characters"
        );
    }
}
