//! A forecast in a few words.

use jiff::Timestamp;

use super::{Forecast, State};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Forecast {
    /// What it comes to for someone who only glances at it: “about 6 days left”. `None` where nothing can be said, or
    /// nothing that the amount does not say as well.
    #[must_use]
    pub fn in_brief(&self, now: Timestamp) -> Option<String> {
        match self.state {
            State::NotEnoughData | State::Unlimited => None,
            State::Idle => Some("not being spent".to_owned()),
            State::LastsUntilReset if self.runs_out.is_some() => {
                Some("may run out before it resets".to_owned())
            }
            State::LastsUntilReset => Some("lasts until it resets".to_owned()),
            State::Ok => match self.runs_out?.likely {
                None => Some("more than a year left".to_owned()),
                Some(likely) if self.runs_out?.late <= Some(now) && likely <= now => None,
                Some(likely) => Some(format!("{} left", about(likely.duration_since(now).as_secs()))),
            },
        }
    }
}

/// A length of time in its fitting unit, rounded.
fn about(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => return "less than a minute".to_owned(),
        60..5400 => (rounded(seconds, MINUTE), "minute"),
        5400..129_600 => (rounded(seconds, HOUR), "hour"),
        129_600..5_184_000 => (rounded(seconds, DAY), "day"),
        _ => (rounded(seconds, 30 * DAY), "month"),
    };
    format!("about {count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn rounded(seconds: i64, unit: i64) -> i64 {
    (seconds + unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forecast::RunsOut;
    use jiff::SignedDuration;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn forecast(state: State, likely: Option<SignedDuration>) -> Forecast {
        let at = likely.map(|after| NOW + after);
        let runs_out = RunsOut { early: at, likely: at, late: at };
        Forecast { state, per_day: None, runs_out: Some(runs_out) }
    }

    #[test]
    fn a_length_is_said_in_the_unit_that_fits() {
        let said = |after| forecast(State::Ok, Some(after)).in_brief(NOW).unwrap();
        assert_eq!(said(SignedDuration::from_secs(20)), "less than a minute left");
        assert_eq!(said(SignedDuration::from_mins(89)), "about 89 minutes left");
        assert_eq!(said(SignedDuration::from_hours(26)), "about 26 hours left");
        assert_eq!(said(SignedDuration::from_hours(6 * 24 + 5)), "about 6 days left");
        assert_eq!(said(SignedDuration::from_hours(90 * 24)), "about 3 months left");
        assert_eq!(forecast(State::Ok, None).in_brief(NOW).unwrap(), "more than a year left");
    }

    #[test]
    fn what_ran_out_needs_no_forecast() {
        assert_eq!(forecast(State::Ok, Some(SignedDuration::ZERO)).in_brief(NOW), None);
    }

    #[test]
    fn an_allowance_is_held_against_its_reset() {
        let lasts = Forecast { runs_out: None, ..forecast(State::LastsUntilReset, None) };
        assert_eq!(lasts.in_brief(NOW).unwrap(), "lasts until it resets");
        let may = forecast(State::LastsUntilReset, Some(SignedDuration::from_hours(9)));
        assert_eq!(may.in_brief(NOW).unwrap(), "may run out before it resets");
    }
}
