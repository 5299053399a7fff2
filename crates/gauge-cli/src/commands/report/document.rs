//! A report as a JSON document.

use gauge::account::AccountId;
use gauge::amount::Unit;
use gauge::history::{Day, Unmeasured};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

use super::{Account, Meter, Range};
use crate::commands::SCHEMA;
use crate::commands::forecast::Told;

/// `report --json`.
#[derive(Serialize)]
pub struct Document<'a> {
    schema: u32,
    from: Timestamp,
    to: Timestamp,
    accounts: Vec<AccountEntry<'a>>,
}

#[derive(Serialize)]
struct AccountEntry<'a> {
    id: &'a AccountId,
    meters: Vec<MeterEntry<'a>>,
}

#[derive(Serialize)]
struct MeterEntry<'a> {
    id: &'a str,
    unit: &'a Unit,
    spent: String,
    topped_up: String,
    per_day: String,
    biggest_day: Option<BiggestDay>,
    unknown_seconds: i64,
    days: Vec<DayEntry>,
    gaps: Vec<GapEntry>,
    forecast: Told,
}

#[derive(Serialize)]
struct BiggestDay {
    date: Date,
    spent: String,
}

#[derive(Serialize)]
struct DayEntry {
    date: Date,
    spent: Option<String>,
    topped_up: Option<String>,
    unknown_seconds: i64,
}

#[derive(Serialize)]
struct GapEntry {
    from: Timestamp,
    until: Timestamp,
    spent: String,
    topped_up: String,
}

/// The document of a report.
pub fn document<'a>(accounts: &'a [Account], range: &Range) -> Document<'a> {
    let account = |account: &'a Account| AccountEntry {
        id: &account.id,
        meters: account.meters.iter().map(MeterEntry::from).collect(),
    };
    Document {
        schema: SCHEMA,
        from: range.from,
        to: range.to,
        accounts: accounts.iter().map(account).collect(),
    }
}

impl<'a> From<&'a Meter> for MeterEntry<'a> {
    fn from(meter: &'a Meter) -> Self {
        let exact = |amount: Decimal| meter.unit.exact(amount);
        let day = |day: &Day| DayEntry {
            date: day.date,
            spent: day.spent.map(exact),
            topped_up: day.topped_up.map(exact),
            unknown_seconds: day.unknown_seconds,
        };
        let gap = |gap: &Unmeasured| GapEntry {
            from: gap.from,
            until: gap.until,
            spent: exact(gap.spent),
            topped_up: exact(gap.topped_up),
        };
        Self {
            id: &meter.id,
            unit: &meter.unit,
            spent: exact(meter.spent),
            topped_up: exact(meter.topped_up),
            per_day: exact(meter.per_day),
            biggest_day: meter.biggest_day().map(|(date, spent)| BiggestDay { date, spent: exact(spent) }),
            unknown_seconds: meter.unknown.as_secs(),
            days: meter.days.iter().map(day).collect(),
            gaps: meter.gaps.iter().map(gap).collect(),
            forecast: Told::of(&meter.forecast, &meter.unit),
        }
    }
}
