//! Exact amounts and the units they are counted in.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How many decimals an amount keeps. Providers answer with binary doubles; nine decimals are finer than any price and
/// coarser than a double's error, so that 25.00 − 8.45 is 16.55.
pub const DECIMALS: u32 = 9;

/// How many significant digits of a double are exact in decimal.
const DIGITS: u32 = 15;

/// The largest amount there is, beyond any balance in any unit. Within it, amounts can be added up and multiplied by
/// percentages without leaving what a [`Decimal`] holds, which would end the program.
pub const LARGEST: Decimal = Decimal::from_parts(0xa764_0000, 0x0de0_b6b3, 0, false, 0);

/// Turns a number from a provider's answer into an exact amount, or `None` when it is no amount (infinite, not a
/// number, or beyond [`LARGEST`]).
///
/// ```
/// assert_eq!(gauge::amount::from_double(25.0 - 8.45).unwrap().to_string(), "16.55");
/// assert_eq!(gauge::amount::from_double(1.0 / 0.0), None);
/// ```
#[must_use]
pub fn from_double(value: f64) -> Option<Decimal> {
    let amount = round(Decimal::from_f64_retain(value)?.round_sf(DIGITS)?);
    Some(amount).filter(|amount| is_sound(*amount))
}

/// Whether an amount is one that can be calculated with.
#[must_use]
pub fn is_sound(amount: Decimal) -> bool {
    amount.abs() <= LARGEST
}

/// Rounds to [`DECIMALS`] and drops trailing zeros.
#[must_use]
pub fn round(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// What a meter counts: an ISO 4217 currency code, or a named unit such as `credits`. Two units are never added up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, as = "String")]
pub struct Unit(String);

/// A text that names no unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no unit: write an ISO 4217 code such as USD, or a lower-case name such as credits (letters, digits, spaces and dashes)"
)]
pub struct UnitError(String);

impl Unit {
    /// The unit's name as in JSON: `USD`, `credits`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the unit is money: three capital letters, as in ISO 4217.
    #[must_use]
    pub fn is_currency(&self) -> bool {
        self.0.len() == 3 && self.0.bytes().all(|b| b.is_ascii_uppercase())
    }

    /// How many decimals the unit is usually written with: a currency's minor unit, else none.
    #[must_use]
    pub fn usual_decimals(&self) -> u32 {
        match self.0.as_str() {
            // ISO 4217's currencies without a minor unit that API providers bill in.
            "JPY" | "KRW" | "VND" | "CLP" | "ISK" => 0,
            _ if self.is_currency() => 2,
            _ => 0,
        }
    }

    /// The amount as a decimal string for machines: exact, no separators, with at least the unit's usual decimals.
    ///
    /// ```
    /// let usd: gauge::amount::Unit = "USD".parse().unwrap();
    /// assert_eq!(usd.exact("25".parse().unwrap()), "25.00");
    /// assert_eq!(usd.exact("0.0005".parse().unwrap()), "0.0005");
    /// ```
    #[must_use]
    pub fn exact(&self, amount: Decimal) -> String {
        let mut amount = amount.normalize();
        if amount.scale() < self.usual_decimals() {
            amount.rescale(self.usual_decimals());
        }
        amount.to_string()
    }

    /// The amount with its unit as a person reads it, short: `$16.55`, `−€3.20`, `250.5 credits`, `1,234,567 tokens`.
    /// Small money keeps two significant digits, so that a fraction of a cent does not read as nothing.
    #[must_use]
    pub fn display(&self, amount: Decimal) -> String {
        let decimals = if amount.is_zero() || amount.abs() >= Decimal::new(1, 2) {
            if self.is_currency() { self.usual_decimals() } else { amount.normalize().scale().min(2) }
        } else {
            // 0.00042 has its first digit in the fourth place: show that and one more.
            let digits = amount.abs().mantissa().to_string().len();
            let leading = amount.scale().saturating_sub(u32::try_from(digits).unwrap_or(0));
            leading + 2
        };
        let mut rounded =
            amount.abs().round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
        if self.is_currency() {
            rounded.rescale(decimals);
        } else {
            rounded = rounded.normalize();
        }
        let sign = if amount.is_sign_negative() && !rounded.is_zero() { "−" } else { "" };
        let number = group_thousands(&rounded.to_string());
        match self.symbol() {
            Some(symbol) => format!("{sign}{symbol}{number}"),
            None if number == "1" => format!("{sign}1 {}", self.0.strip_suffix('s').unwrap_or(&self.0)),
            None => format!("{sign}{number} {}", self.0),
        }
    }

    fn symbol(&self) -> Option<&'static str> {
        Some(match self.0.as_str() {
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            "JPY" => "¥",
            "INR" => "₹",
            "KRW" => "₩",
            _ => return None,
        })
    }
}

fn group_thousands(number: &str) -> String {
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    let mut grouped = String::with_capacity(number.len() + whole.len() / 3);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if let Some(fraction) = fraction {
        grouped.push('.');
        grouped.push_str(fraction);
    }
    grouped
}

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        let currency = text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
        let named = text.len() <= 40
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.chars().all(|c| c.is_alphanumeric() && !c.is_uppercase() || c == ' ' || c == '-')
            && !text.ends_with(' ');
        if currency || named { Ok(Self(text.to_owned())) } else { Err(UnitError(text.to_owned())) }
    }
}

impl TryFrom<String> for Unit {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        text.parse()
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.0
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(unit: &str, amount: &str) -> String {
        unit.parse::<Unit>().unwrap().display(amount.parse().unwrap())
    }

    #[test]
    fn reads_like_money_or_a_count() {
        assert_eq!(shown("USD", "16.55"), "$16.55");
        assert_eq!(shown("USD", "-3.2"), "−$3.20");
        assert_eq!(shown("CHF", "1234.5"), "1,234.50 CHF");
        assert_eq!(shown("credits", "250.5"), "250.5 credits");
        assert_eq!(shown("credits", "1234567"), "1,234,567 credits");
        assert_eq!(shown("JPY", "1200"), "¥1,200");
        assert_eq!(shown("USD", "0"), "$0.00");
        assert_eq!(shown("USD", "0.00042"), "$0.00042");
        assert_eq!(shown("USD", "-0.000421"), "−$0.00042");
        assert_eq!(shown("credits", "0.633683384"), "0.63 credits");
    }

    #[test]
    fn units_are_codes_or_lower_case_names() {
        for good in ["USD", "credits", "prototype credits", "gpu-hours"] {
            assert!(good.parse::<Unit>().is_ok(), "{good}");
        }
        for bad in ["", "usd$", "Credits", " credits", "credits ", "USDT1", "<b>"] {
            assert!(bad.parse::<Unit>().is_err(), "{bad}");
        }
    }

    #[test]
    fn no_amount_is_beyond_any_balance() {
        assert_eq!(LARGEST, "1000000000000000000".parse().unwrap());
        assert_eq!(from_double(1e18), Some(LARGEST));
        for double in [1.1e18, -1.1e18, 7e28, -7e28, 1e300, f64::NAN] {
            assert_eq!(from_double(double), None, "{double}");
        }
    }

    proptest! {
        #[test]
        fn cents_survive_the_trip_through_a_double(cents in -1_000_000_000_i64..1_000_000_000) {
            let exact = Decimal::new(cents, 2);
            let double: f64 = exact.to_string().parse().unwrap();
            prop_assert_eq!(from_double(double), Some(exact.normalize()));
        }

        #[test]
        fn an_amount_that_is_not_zero_never_reads_as_zero(mantissa in 1_i64..10_000_000, scale in 0_u32..=9) {
            let amount = Decimal::new(mantissa, scale);
            let shown = "USD".parse::<Unit>().unwrap().display(amount);
            prop_assert!(shown.bytes().any(|b| (b'1'..=b'9').contains(&b)), "{} shows as {}", amount, shown);
        }
    }
}
