//! A meter and its alerts, looked at now and then by the app's own code.

use gauge::alert::{self, Balance, Crossings, Rule};
use gauge::course::Course;
use gauge::database::Standing;
use gauge::doubt::doubt;
use gauge::history::Amounts;
use gauge::poll::Bounds;
use gauge::reading::{Meter, MeterKind, Reading};
use jiff::Timestamp;

use super::AlertsError;
use crate::history::account;
use crate::series::Series;

/// A meter under the default rules.
#[derive(Clone)]
pub(super) struct Watch {
    /// From mild to severe.
    rules: Vec<Rule>,
    meter: Meter,
    /// How the meter's account stands.
    pub standing: Standing,
    crossings: Option<Crossings>,
}

/// What a look at the meter shows. Rules are named by their places.
#[derive(Default)]
pub(super) struct Seen {
    /// What is left, and what that means.
    pub balance: Option<Balance>,
    /// The rule to tell about.
    pub fires: Option<usize>,
    /// Those whose thresholds it is under.
    pub under: Vec<usize>,
    /// Those that are armed again.
    pub cleared: Vec<usize>,
}

impl Watch {
    pub fn new() -> Result<Self, AlertsError> {
        let meter = Meter {
            id: "credits".to_owned(),
            label: "Credits".to_owned(),
            kind: MeterKind::Wallet,
            unit: "USD".parse()?,
            remaining: None,
            total: None,
            used: None,
            total_is_full: false,
            resets_at: None,
            expires_at: None,
            unlimited: false,
            refunds: false,
            note: None,
        };
        let standing = Standing {
            account: account(&"one".parse()?),
            reading: None,
            trouble: None,
            wanted: false,
            courses: [].into(),
            forecasts: [].into(),
            unusual: [].into(),
            plan: None,
            doubted_at: None,
            alerts: Vec::new(),
        };
        Ok(Self { rules: Rule::defaults(), meter, standing, crossings: None })
    }

    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Whether what the meter of a series says at a time is only believed when it comes again.
    pub fn doubts(&mut self, series: &Series, at: Timestamp, bounds: Bounds) -> bool {
        let reading = self.read(series, at);
        let doubts = doubt(&self.standing, &reading, bounds).is_some();
        self.standing.doubted_at = doubts.then_some(at);
        doubts
    }

    /// What the meter of a series says at a time.
    fn read(&mut self, series: &Series, at: Timestamp) -> Reading {
        let Amounts { remaining, total, used } = series.standing(at);
        let meter = &mut self.meter;
        (meter.remaining, meter.total, meter.used) = (remaining, total, used);
        // The only total there is in a series is that of an allowance.
        meter.total_is_full = total.is_some();
        meter.resets_at = series.resets_at(at);
        Reading { at, meters: vec![meter.clone()], notices: Vec::new() }
    }

    /// Looks at the meter of a series.
    pub fn look(&mut self, series: &Series, at: Timestamp) -> Seen {
        self.standing.reading = Some(self.read(series, at));
        let meter = &self.meter;
        let courses = &mut self.standing.courses;
        if let Some(course) = courses.get_mut(&meter.id) {
            course.follow(meter, at);
        } else if let Some(course) = Course::start(meter, at) {
            courses.insert(meter.id.clone(), course);
        }
        let Some((balance, course)) = self.standing.balance(meter).zip(self.standing.courses.get(&meter.id))
        else {
            return Seen::default();
        };
        let (topped_up_at, reset_at) = (course.topped_up_at, course.reset_at);
        let standing = alert::Standing { at, balance, topped_up_at, reset_at };
        let under = (0..).zip(&self.rules).filter(|(_, rule)| rule.is_crossed(&balance) == Some(true));
        let mut seen = Seen {
            balance: Some(balance),
            under: under.map(|(place, _)| place).collect(),
            ..Seen::default()
        };
        if let Some(crossings) = &mut self.crossings {
            let verdict = crossings.follow(&standing, &self.rules);
            let place =
                |threshold: &str| self.rules.iter().position(|rule| rule.below.to_string() == threshold);
            seen.fires = verdict.fires.and_then(|rule| place(&rule.below.to_string()));
            seen.cleared = verdict.cleared.iter().filter_map(|threshold| place(threshold)).collect();
        } else {
            self.crossings = Some(Crossings::baseline(&standing, &self.rules));
        }
        seen
    }
}
