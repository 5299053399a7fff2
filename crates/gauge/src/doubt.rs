//! Answers that are only believed when they come again: a provider in trouble is quick to say that nothing is left.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::database::Standing;
use crate::failure::{Failure, FailureKind};
use crate::poll::Bounds;
use crate::reading::{Meter, Reading};

/// What had more than this share of its 100 % left does not end at once.
const ENDS_SOON: Decimal = Decimal::from_parts(10, 0, 0, false, 2);
/// An older reading says nothing of how much can have been left until now,
const RECENT: SignedDuration = SignedDuration::from_hours(2);
/// and an older doubt is another one. What comes again within moments may be the same mistake.
const CONFIRMED_AFTER: SignedDuration = SignedDuration::from_secs(10);
pub(crate) const CONFIRMED_WITHIN: SignedDuration = SignedDuration::from_hours(1);

/// Why a reading is not believed yet: it says of a meter that nothing is left of much. The same again is believed, ten
/// seconds later or more.
#[must_use]
pub fn doubt(standing: &Standing, reading: &Reading, bounds: Bounds) -> Option<Failure> {
    let last = standing.reading.as_ref()?;
    let since = |at: Timestamp| reading.at.duration_since(at);
    let is_confirmed = |at| (CONFIRMED_AFTER..=CONFIRMED_WITHIN).contains(&since(at));
    if !(SignedDuration::ZERO..=RECENT).contains(&since(last.at))
        || standing.doubted_at.is_some_and(is_confirmed)
    {
        return None;
    }
    let ends_at_once = |meter: &&Meter| {
        let before = last.meters.iter().find(|before| before.id == meter.id && before.unit == meter.unit);
        let balance = before.and_then(|before| standing.balance(before));
        let is_out = meter.remaining.is_some_and(|left| left <= Decimal::ZERO) && !meter.unlimited;
        is_out
            && balance.is_some_and(|before| {
                before.remaining > Decimal::ZERO
                    && before.full.is_none_or(|full| before.remaining > full * ENDS_SOON)
            })
    };
    let meter = reading.meters.iter().find(ends_at_once)?;
    let before = last.meters.iter().find(|before| before.id == meter.id)?.remaining?;
    let minutes = reading.at.duration_since(last.at).as_mins().max(1);
    let message = format!(
        "The provider says that nothing is left, where {} were {minutes} min ago. It is asked again before that is believed.",
        meter.unit.display(before)
    );
    let retry_at = reading.at.checked_add(bounds.least).ok();
    Some(Failure { retry_at, ..Failure::new(FailureKind::UnexpectedResponse, message) })
}
