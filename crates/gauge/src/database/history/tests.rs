use jiff::SignedDuration;
use proptest::prelude::*;
use rust_decimal::Decimal;
use tempfile::TempDir;

use super::*;
use crate::history::{Amounts, Rise};

const START: Timestamp = Timestamp::constant(1_800_000_000, 0);
const FIVE_MINUTES: SignedDuration = SignedDuration::from_mins(5);

fn key() -> SeriesKey {
    SeriesKey { account: "one".parse().unwrap(), meter: "credits".into(), unit: "USD".parse().unwrap() }
}

fn minutes(minutes: i64) -> Timestamp {
    START + SignedDuration::from_mins(minutes)
}

fn pace() -> Pace {
    Pace::of(FIVE_MINUTES)
}

fn empty() -> (Database, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let (database, _) = Database::open(&folder.path().join("gauge.db"), START).unwrap();
    (database, folder)
}

/// Appends readings as polling does.
async fn append_all(database: &Database, readings: Vec<Span>) {
    database
        .write(move |transaction| {
            let mut previous = None;
            for reading in &readings {
                append(transaction, &key(), pace(), reading, previous)?;
                previous = Some(reading.from);
            }
            Ok::<_, DatabaseError>(())
        })
        .await
        .unwrap();
}

/// Readings every five minutes or so: falls, top-ups, refunds, resets, nights without readings and times without moves.
fn readings(count: i64, seed: u64) -> Vec<Span> {
    let mut random = fastrand::Rng::with_seed(seed);
    let (mut at, mut cents, mut readings) = (START, 1_000_000_i64, Vec::new());
    for _ in 0..count {
        at += FIVE_MINUTES + SignedDuration::from_millis(random.i64(0..30_000));
        let mut rise = None;
        match random.u32(0..1000) {
            0 => cents += 50_000,
            1 => (cents, rise) = (cents + 7, Some(Rise::Refund)),
            2 => (cents, rise) = (1_000_000, Some(Rise::Reset)),
            3 => at += SignedDuration::from_hours(random.i64(1..60)),
            4..700 => cents -= random.i64(0..9),
            _ => {}
        }
        let amounts = Amounts { remaining: Some(Decimal::new(cents, 2).normalize()), ..Amounts::default() };
        readings.push(Span { rise, resets_at: rise.map(|_| at + FIVE_MINUTES), ..Span::at(at, amounts) });
    }
    readings
}

/// What the readings come to as spans, without any database.
fn joined(readings: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for reading in readings {
        match spans.last_mut() {
            Some(last)
                if last.amounts == reading.amounts
                    && reading.rise != Some(Rise::Reset)
                    && !pace().is_gap(last.until, reading.from) =>
            {
                last.until = reading.until;
            }
            _ => spans.push(*reading),
        }
    }
    spans
}

#[tokio::test]
async fn years_of_readings_come_back_as_they_were_made() {
    let (database, _folder) = empty();
    let readings = readings(12_000, 1);
    let spans = joined(&readings);
    append_all(&database, readings).await;
    let blocks: i64 = database
        .read(|connection| Ok(connection.query_row("SELECT count(*) FROM blocks", [], |row| row.get(0))?))
        .await
        .unwrap();
    assert!(blocks >= 2, "{} spans made {blocks} blocks", spans.len());

    let all = database.spans(&key(), Timestamp::MIN, Timestamp::MAX).await.unwrap().unwrap();
    assert_eq!(all.spans, spans);
    let last = spans.last().unwrap().until;
    let ledger = database.ledger(&key(), Timestamp::MIN, last).await.unwrap();
    let mut expected = Ledger::of(None, &spans, pace());
    merge_quarters(&mut expected);
    let mut merged = ledger.clone();
    merge_quarters(&mut merged);
    assert_eq!(merged, expected);

    for (from, until) in [(100, 400), (2_000, 2_003), (3_000, spans.len() - 1)] {
        let (from, until) = (spans[from].from, spans[until].until);
        let part = database.spans(&key(), from, until).await.unwrap().unwrap();
        let expected: Vec<_> =
            spans.iter().filter(|span| span.until >= from && span.from <= until).copied().collect();
        assert_eq!(part.spans, expected);
        let ledger = database.ledger(&key(), from, until).await.unwrap();
        let gaps = ledger.gaps.iter().filter(|gap| gap.until > from);
        assert_eq!(
            gaps.count(),
            expected.windows(2).filter(|pair| pace().is_gap(pair[0].until, pair[1].from)).count()
        );
    }

    let mut paged = Vec::new();
    let mut before = Timestamp::MAX;
    loop {
        let page = database.spans_before(&key(), before, 700).await.unwrap();
        let Some(last) = page.last() else { break };
        before = last.from;
        paged.extend(page);
    }
    paged.reverse();
    assert_eq!(paged, spans);
}

/// A quarter of an hour may be spread over two blocks.
fn merge_quarters(ledger: &mut Ledger) {
    ledger.spends.dedup_by(|later, earlier| {
        let same = later.0 == earlier.0;
        if same {
            earlier.1 += later.1;
        }
        same
    });
}

#[tokio::test]
async fn a_chart_of_any_range_has_the_same_extremes_and_sums() {
    let (database, _folder) = empty();
    let readings = readings(12_000, 2);
    let spans = joined(&readings);
    append_all(&database, readings).await;
    let until = spans.last().unwrap().until;
    for (from, columns) in
        [(None, 100), (None, 100_000), (Some(spans[4_000].from), 700), (Some(spans[6_000].from), 60)]
    {
        let chart = database.chart(&key(), from, until, columns, TimeZone::UTC).await.unwrap();
        assert!(
            from.is_none_or(|from| chart.from <= from && chart.from > from - SignedDuration::from_mins(16))
        );
        let from = chart.from;
        let within =
            || spans.iter().filter(|span| span.until >= from).map(|span| span.amounts.remaining.unwrap());
        assert_eq!(chart.points.iter().map(|point| point.low).min(), within().min());
        assert_eq!(chart.points.iter().map(|point| point.high).max(), within().max());
        assert_eq!(chart.points.last().unwrap().last, within().next_back().unwrap());
        assert!(chart.points.len() <= 3 * usize::try_from(columns).unwrap(), "{}", chart.points.len());
        let ledger = database.ledger(&key(), from, until).await.unwrap();
        assert_eq!(
            (chart.spent, chart.topped_up),
            (ledger.spent(from, until), ledger.topped_up(from, until))
        );
        assert_eq!(chart.since, Some(spans[0].from));
        let breaks = chart.points.iter().filter(|point| point.after_gap).count();
        assert!(breaks >= chart.gaps.len(), "{breaks} breaks for {} gaps", chart.gaps.len());
    }
}

#[tokio::test]
async fn a_range_that_ends_within_a_gap_knows_nothing_of_its_end() {
    let (database, _folder) = empty();
    let left = |dollars: i64| Amounts { remaining: Some(dollars.into()), ..Amounts::default() };
    let day = 24 * 60;
    let readings = [(0, 9), (5, 8), (10 * day, 3), (10 * day + 5, 2)];
    append_all(
        &database,
        readings.map(|(minute, dollars)| Span::at(minutes(minute), left(dollars))).to_vec(),
    )
    .await;
    let chart =
        database.chart(&key(), Some(minutes(2 * day)), minutes(5 * day), 100, TimeZone::UTC).await.unwrap();
    assert_eq!((chart.spent, chart.unknown_seconds), (Decimal::ZERO, 3 * 24 * 3600));
    assert!(chart.days.iter().all(|day| day.spent.is_none()), "{:?}", chart.days);
}

#[tokio::test]
async fn what_cannot_be_unpacked_any_more_is_a_time_without_readings() {
    let (database, _folder) = empty();
    let readings = readings(12_000, 3);
    let spans = joined(&readings);
    append_all(&database, readings).await;
    database
        .write(|transaction| {
            let damage = "UPDATE blocks SET spans = x'ffff', ledger = x'ffff', outline = x'ffff'
                          WHERE rowid = (SELECT max(rowid) FROM blocks)";
            transaction.execute(damage, [])?;
            Ok::<_, DatabaseError>(())
        })
        .await
        .unwrap();
    let last = spans.last().unwrap().until;
    let rest = database.spans(&key(), Timestamp::MIN, last).await.unwrap().unwrap().spans;
    assert!(rest.len() < spans.len() && rest.iter().all(|span| spans.contains(span)));
    let chart = database.chart(&key(), None, last, 1000, TimeZone::UTC).await.unwrap();
    assert!(chart.unknown_seconds > 24 * 3600);
    let more: Vec<_> = (1..3_000)
        .map(|n| {
            Span::at(last + FIVE_MINUTES * n, Amounts { remaining: Some(n.into()), ..Amounts::default() })
        })
        .collect();
    append_all(&database, more).await;
}

#[tokio::test]
async fn a_chart_of_the_first_minutes_has_all_that_was_spent() {
    let (database, _folder) = empty();
    let left = |cents| Amounts { remaining: Some(Decimal::new(cents, 2)), ..Amounts::default() };
    let moments = [(1, 500), (2, 480), (3, 475)];
    let readings = moments.map(|(minute, cents)| Span::at(minutes(minute), left(cents)));
    append_all(&database, readings.to_vec()).await;
    for from in [None, Some(minutes(-600))] {
        let chart = database.chart(&key(), from, minutes(4), 100, TimeZone::UTC).await.unwrap();
        assert_eq!(chart.spent, Decimal::new(25, 2));
    }
}

#[tokio::test]
async fn a_chart_from_midnight_on_has_nothing_of_the_day_before() {
    let (database, _folder) = empty();
    let midnight: Timestamp = "2027-01-16T00:00:00Z".parse().unwrap();
    let moments = [(-20, 900), (-10, 800), (0, 700), (10, 650)];
    let readings = moments.map(|(minute, cents)| {
        let amounts = Amounts { remaining: Some(Decimal::new(cents, 2)), ..Amounts::default() };
        Span::at(midnight + SignedDuration::from_mins(minute), amounts)
    });
    append_all(&database, readings.to_vec()).await;
    let until = readings[3].from;
    let chart = database.chart(&key(), Some(midnight), until, 100, TimeZone::UTC).await.unwrap();
    assert_eq!((chart.from, chart.spent, chart.days.len()), (midnight, Decimal::new(50, 2), 1));
    assert_eq!(chart.days[0].spent, Some(chart.spent));
}

#[tokio::test]
async fn a_long_time_without_readings_is_a_gap_though_nothing_moved() {
    let (database, _folder) = empty();
    let five = Amounts { remaining: Some(Decimal::from(5)), ..Amounts::default() };
    let readings = [0, 5, 110, 240, 245].map(|minute| Span::at(minutes(minute), five));
    append_all(&database, readings.to_vec()).await;
    let spans = database.spans_before(&key(), Timestamp::MAX, 10).await.unwrap();
    let times: Vec<_> = spans.iter().map(|span| (span.from, span.until)).collect();
    assert_eq!(times, [(minutes(240), minutes(245)), (minutes(0), minutes(110))]);
}

#[tokio::test]
async fn a_glance_says_what_was_spent_lately_and_nothing_of_days_nobody_looked() {
    let (database, _folder) = empty();
    // 1_800_000_000 is 2027-01-15T08:00:00Z.
    let reading = |minute, dollars| {
        let amounts = Amounts { remaining: Some(Decimal::from(dollars)), ..Amounts::default() };
        Span::at(minutes(minute), amounts)
    };
    let day = 24 * 60;
    append_all(
        &database,
        vec![reading(0, 100), reading(5, 90), reading(3 * day, 80), reading(3 * day + 5, 79)],
    )
    .await;
    let glance =
        async |now| database.recent(&key().account, "credits", now, TimeZone::UTC).await.unwrap().unwrap();
    let recent = glance(minutes(3 * day + 60)).await;
    let amount = |dollars| Some(Decimal::from(dollars));
    assert_eq!((recent.spent_today, recent.spent_7_days), (amount(1), amount(21)));
    assert_eq!(recent.points.iter().filter(|point| point.after_gap).count(), 1);
    let later = glance(minutes(5 * day)).await;
    assert_eq!((later.spent_today, later.spent_7_days, later.spent_30_days), (None, amount(21), amount(21)));
    let missing = database.recent(&key().account, "other", START, TimeZone::UTC).await.unwrap();
    assert_eq!(missing, None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever was read, a block gives it back.
    #[test]
    fn a_block_holds_what_was_put_into_it(
        steps in proptest::collection::vec(
            (0_i64..10_000_000, 0_i64..10_000_000, proptest::option::of(-1_000_000_000_000_i64..1_000_000_000_000), 0_u32..12, 0_u8..6),
            1..60,
        ),
    ) {
        let mut at = START;
        let spans: Vec<_> = steps.into_iter().map(|(gap, length, amount, scale, kind)| {
            let from = at + SignedDuration::from_millis(gap);
            at = from + SignedDuration::from_millis(length);
            let amount = amount.map(|amount| Decimal::new(amount, scale).normalize());
            let amounts = match kind {
                0 => Amounts { used: amount, ..Amounts::default() },
                1 => Amounts { remaining: amount, total: Some(crate::amount::LARGEST), used: None },
                _ => Amounts { remaining: amount, ..Amounts::default() },
            };
            let rise = [None, Some(Rise::Reset), Some(Rise::Refund)][usize::from(kind) % 3];
            Span { from, until: at, amounts, rise, resets_at: (kind == 5).then_some(at) }
        }).collect();
        let block = crate::history::Block::pack(None, &spans, pace()).unwrap();
        prop_assert_eq!(crate::history::unpack_spans(&block.spans, block.first).unwrap(), spans.clone());
        let ledger = Ledger::of(None, &spans, pace());
        prop_assert_eq!(crate::history::unpack_ledger(&block.ledger, block.first).unwrap(), ledger);
        let outline = Outline::of(&spans, pace());
        prop_assert_eq!(crate::history::unpack_outline(&block.outline, block.first).unwrap(), outline);
    }

    #[test]
    fn damaged_blocks_are_errors(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = crate::history::unpack_spans(&bytes, START);
        let _ = crate::history::unpack_ledger(&bytes, START);
        let _ = crate::history::unpack_outline(&bytes, START);
    }
}
