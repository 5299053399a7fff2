//! Unusual spend: how often it is seen where there is none, and how soon where somebody else spends with the key.

use std::fmt;
use std::time::{Duration, Instant};

use gauge::alert::unusual::{Habit, Sign, Unusual, unusual};
use gauge::forecast::PAST;
use gauge::history::{Pace, Span};
use jiff::{SignedDuration, Timestamp};

use super::leak::leaking;
use super::watch::Watch;
use crate::series::{Chance, Series, every};

/// How often a meter is read.
const INTERVAL: SignedDuration = SignedDuration::from_mins(5);
/// How many leaks there are in a series.
const LEAKS: usize = 6;
/// Days in a month, on average.
const MONTH: f64 = 365.25 / 12.0;

/// What was said of some meters.
#[derive(Clone, Debug, Default)]
pub(super) struct Scores {
    /// For how many months they were followed without a leak,
    months: f64,
    /// and what was said to be unusual then.
    wrong: Vec<Sign>,
    leaks: Vec<Leak>,
}

/// What became of a leak.
#[derive(Clone, Copy, Debug)]
struct Leak {
    /// After how many hours it was seen, if it was.
    seen: Option<f64>,
    /// After how many hours another threshold was crossed, if one was.
    low: Option<f64>,
    /// How many alerts it raised.
    alerts: usize,
}

impl Scores {
    /// False alarms a month.
    pub fn false_alarms(&self) -> f64 {
        self.monthly(|_| true)
    }

    fn monthly(&self, is: impl Fn(Sign) -> bool) -> f64 {
        count(self.wrong.iter().filter(|sign| is(**sign)).count()) / self.months
    }

    /// After how many hours this share of the leaks that were seen was.
    pub fn delay(&self, share: f64) -> f64 {
        quantile(self.leaks.iter().filter_map(|leak| leak.seen), share)
    }

    /// The share of the leaks that was seen.
    pub fn seen(&self) -> f64 {
        self.share(|leak| leak.seen.is_some())
    }

    /// The share of the leaks that was seen before the balance was low.
    fn sooner(&self) -> f64 {
        self.share(|leak| leak.seen.is_some_and(|seen| leak.low.is_none_or(|low| seen < low)))
    }

    fn share(&self, is: impl Fn(&Leak) -> bool) -> f64 {
        count(self.leaks.iter().filter(|leak| is(leak)).count()) / count(self.leaks.len())
    }

    fn add(&mut self, other: &Self) {
        self.months += other.months;
        self.wrong.extend(&other.wrong);
        self.leaks.extend(&other.leaks);
    }
}

/// What a meter is seen to do.
#[derive(Clone)]
struct Eye {
    habit: Habit,
    span: Option<Span>,
    pace: Pace,
    watch: Watch,
    holding: Vec<Unusual>,
}

impl Eye {
    /// Reads a meter: the signs that are new, and whether the balance is newly low.
    fn read(&mut self, series: &Series, at: Timestamp) -> (Vec<Sign>, bool) {
        let seen = self.watch.look(series, at);
        let amounts = series.standing(at);
        let span = match self.span {
            Some(last) if last.amounts == amounts && !self.pace.is_gap(last.until, at) => {
                Span { until: at, ..last }
            }
            _ => Span { resets_at: series.resets_at(at), ..Span::at(at, amounts) },
        };
        self.span = Some(span);
        self.habit.follow(&span);
        let full = seen.balance.and_then(|balance| balance.full);
        let now = self.habit.unusual(full, false, &self.holding);
        let signs = |all: &[Unusual]| all.iter().map(|unusual| unusual.sign).collect::<Vec<_>>();
        let before = signs(&self.holding);
        let new = signs(&now).into_iter().filter(|sign| !before.contains(sign)).collect();
        self.holding = now;
        (new, seen.fires.is_some())
    }
}

/// Follows a meter until an end, without a leak and with some in its last third.
pub(super) fn follow(series: &Series, end: Timestamp, watch: &Watch, seed: u64) -> Scores {
    let times = times(series, end);
    let pace = Pace::of_times(&times);
    let mut chance = Chance::new(seed);
    let length = end.duration_since(series.from).as_secs_f64();
    let mut begins: Vec<Timestamp> = (0..LEAKS)
        .filter_map(|_| {
            let second = length * chance.between(2.0 / 3.0, 1.0);
            series.from.checked_add(SignedDuration::try_from_secs_f64(second).ok()?).ok()
        })
        .collect();
    begins.sort();
    let mut begins = begins.into_iter().peekable();
    let mut eye = Eye {
        habit: Habit::new(pace, &series.zone),
        span: None,
        pace,
        watch: watch.clone(),
        holding: Vec::new(),
    };
    let mut scores = Scores { months: length / 86_400.0 / MONTH, ..Scores::default() };
    for at in &times {
        while let Some(begin) = begins.next_if(|begin| begin <= at) {
            scores.leaks.extend(leak(series, begin, &eye, &times, &mut chance));
        }
        scores.wrong.extend(eye.read(series, *at).0);
    }
    scores
}

/// When a meter is read: as in its series where that is done often, else every five minutes.
fn times(series: &Series, end: Timestamp) -> Vec<Timestamp> {
    let own: Vec<_> = series.readings.iter().copied().filter(|at| *at < end).collect();
    if Pace::of_times(&own).interval() <= INTERVAL { own } else { every(INTERVAL, series.from, end) }
}

/// Follows a leak until nothing is left; `None` where nothing is from the start.
fn leak(
    series: &Series,
    begin: Timestamp,
    eye: &Eye,
    times: &[Timestamp],
    chance: &mut Chance,
) -> Option<Leak> {
    let leaking = leaking(series, begin, INTERVAL, chance)?;
    let mut eye = eye.clone();
    let hours = |at: Timestamp| at.duration_since(begin).as_secs_f64() / 3600.0;
    let mut leak = Leak { seen: None, low: None, alerts: 0 };
    let first = times.partition_point(|at| *at < begin);
    for at in times[first..].iter().take_while(|at| **at <= leaking.until) {
        let (signs, low) = eye.read(&leaking, *at);
        leak.alerts += signs.len();
        if !signs.is_empty() {
            leak.seen.get_or_insert(hours(*at));
        }
        if low {
            leak.low.get_or_insert(hours(*at));
        }
    }
    Some(leak)
}

/// How long one look at as much of a meter's past takes as there is in the app, without a habit that was kept.
pub(super) fn cost(series: &Series) -> Duration {
    const TIMES: u32 = 20;
    let at = series.from + PAST;
    let mut spans = series.spans();
    spans.truncate(spans.partition_point(|span| span.from <= at));
    let begun = Instant::now();
    for _ in 0..TIMES {
        let said = unusual(&spans, Pace::of(INTERVAL), at, None, false, &series.zone, &[]);
        std::hint::black_box(said);
    }
    begun.elapsed() / TIMES
}

/// What was said, by kind.
#[derive(Default)]
pub(super) struct Report(Vec<(String, Scores)>);

impl Report {
    /// Adds what was said of a meter.
    pub fn add(&mut self, kind: &str, scores: &Scores) {
        match self.0.last_mut() {
            Some((last, sum)) if last == kind => sum.add(scores),
            _ => self.0.push((kind.to_owned(), scores.clone())),
        }
    }

    /// All kinds together.
    pub fn all(&self) -> Scores {
        let mut all = Scores::default();
        for (_, scores) in &self.0 {
            all.add(scores);
        }
        all
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| kind         | false a month | fast | odd hours | leaks | seen | sooner | median |   95 % |    low | alerts |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
        )?;
        let all = self.all();
        for (name, scores) in
            self.0.iter().map(|(name, scores)| (name.as_str(), scores)).chain([("all", &all)])
        {
            let low = scores.leaks.iter().map(|leak| leak.low.unwrap_or(f64::INFINITY));
            let alerts: usize = scores.leaks.iter().map(|leak| leak.alerts).sum();
            writeln!(
                f,
                "| {name:<12} | {:>13.2} | {:>4.2} | {:>9.2} | {:>5} | {:>3.0}% | {:>5.0}% | {:>6} | {:>6} | {:>6} | {:>6.2} |",
                scores.false_alarms(),
                scores.monthly(|sign| sign == Sign::FastSpend),
                scores.monthly(|sign| sign == Sign::OddHours),
                scores.leaks.len(),
                scores.seen() * 100.0,
                scores.sooner() * 100.0,
                hours(scores.delay(0.5)),
                hours(scores.delay(0.95)),
                hours(quantile(low, 0.5)),
                count(alerts) / count(scores.leaks.len()),
            )?;
        }
        Ok(())
    }
}

fn hours(time: f64) -> String {
    if time.is_finite() { format!("{time:.1} h") } else { "–".to_owned() }
}

fn quantile(values: impl Iterator<Item = f64>, share: f64) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
    let place = (share * count(values.len())) as usize;
    values.get(place).copied().unwrap_or(f64::NAN)
}

fn count(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
