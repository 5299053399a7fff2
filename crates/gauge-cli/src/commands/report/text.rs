//! A report as a person reads it.

use gauge::history::Day;
use jiff::SignedDuration;
use rust_decimal::Decimal;

use super::{Account, Meter, Range};
use crate::output::clean;
use crate::table::{Cell, Table};
use crate::words;

/// How many characters the bar of the biggest day has.
const BAR: u32 = 24;

/// A line a meter.
pub fn summary(accounts: &[Account], range: &Range) -> String {
    let mut table =
        Table::new(["ACCOUNT", "METER", "SPENT", "A DAY", "BIGGEST DAY", "TOPPED UP", "RUNS OUT"]);
    let now = range.to.to_zoned(range.zone.clone());
    for account in accounts {
        let mut name = account.name.as_str();
        for meter in &account.meters {
            let amount = |amount: Decimal| Cell::from(meter.unit.display(amount)).right();
            let biggest = meter
                .biggest_day()
                .map(|(date, spent)| format!("{} on {}", meter.unit.display(spent), date.strftime("%-d %b")));
            table.row([
                std::mem::take(&mut name).into(),
                meter.id.as_str().into(),
                amount(meter.spent),
                amount(meter.per_day),
                Cell::from(biggest.unwrap_or_default()).right(),
                amount(meter.topped_up),
                words::forecast(&meter.forecast, &now).into(),
            ]);
            if let Some(remark) = unknown(meter) {
                table.remark(&remark);
            }
        }
    }
    table.render()
}

/// What is to be said of the time nobody looked.
fn unknown(meter: &Meter) -> Option<String> {
    if meter.unknown.is_zero() {
        return None;
    }
    let spent: Decimal = meter.gaps.iter().map(|gap| gap.spent).sum();
    let length = words::length(meter.unknown);
    Some(if spent.is_zero() {
        format!("nobody looked for {length}")
    } else {
        format!(
            "nobody looked for {length}, in which {} was spent on no day for certain",
            meter.unit.display(spent)
        )
    })
}

/// A table of days a meter.
pub fn day_by_day(accounts: &[Account]) -> String {
    let mut text = String::new();
    for account in accounts {
        for meter in &account.meters {
            let biggest = meter.biggest_day().map(|(_, spent)| spent);
            let mut table = Table::new(["DAY", "SPENT", "", "TOPPED UP", ""]);
            for day in &meter.days {
                let spent = day.spent.filter(|spent| !spent.is_zero());
                let amount = |amount: Decimal| Cell::from(meter.unit.display(amount)).right();
                table.row([
                    day.date.strftime("%a %-d %b").to_string().into(),
                    match day.spent {
                        None => Cell::from("–").right(),
                        Some(_) => spent.map_or_else(|| Cell::from("0").right(), amount),
                    },
                    bar(spent.zip(biggest)).into(),
                    day.topped_up.filter(|added| !added.is_zero()).map_or_else(|| "".into(), amount),
                    remark(day).into(),
                ]);
            }
            let heading = clean(&format!("{}, {}", account.name, meter.id));
            text.extend(["\n", &heading, "\n", &table.render()]);
        }
    }
    text
}

/// What is to be said of the part of a day in which nobody looked, unless it is a mere end of a longer time.
fn remark(day: &Day) -> String {
    let unknown = SignedDuration::from_secs(day.unknown_seconds);
    match day.spent {
        None => "nobody looked".to_owned(),
        Some(_) if unknown < SignedDuration::from_hours(1) => String::new(),
        Some(_) => format!("nobody looked for {}", words::length(unknown)),
    }
}

/// A bar as long as an amount is beside the biggest.
fn bar(beside: Option<(Decimal, Decimal)>) -> String {
    let share = beside.and_then(|(amount, biggest)| amount.checked_div(biggest)).unwrap_or_default();
    "▇".repeat(usize::try_from((share * Decimal::from(BAR)).round()).unwrap_or(0))
}
