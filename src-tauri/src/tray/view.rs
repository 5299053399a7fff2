//! All that the tray shows, as one value: a pure function of the snapshot, so that what did not change is not sent.

use gauge::level::Freshness;
use gauge::settings::TrayStyle;
use gauge::snapshot::Snapshot;
use jiff::Zoned;

use super::icon::{Face, Style};
use super::words::{self, Line};

/// What the tray shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct View {
    /// The icon.
    pub(crate) face: Face,
    /// The tooltip's heading.
    pub(crate) title: String,
    /// The tooltip's lines, which are also the menu's rows since some desktops show no tooltips; worst first.
    pub(crate) lines: Vec<Line>,
}

impl View {
    /// What to show for a snapshot. `paused` says whether all polling is; `now` tells today from other days.
    #[must_use]
    pub(crate) fn of(snapshot: &Snapshot, paused: bool, style: TrayStyle, now: &Zoned) -> Self {
        Self {
            face: face(snapshot, paused, style),
            title: words::title(snapshot, paused),
            lines: words::lines(snapshot, now),
        }
    }

    /// Whether the icon asks to be looked at, which Linux's panels can show: credit is about to end, or has.
    #[cfg(any(target_os = "linux", test))]
    #[must_use]
    pub(crate) fn wants_attention(&self) -> bool {
        self.face.level >= gauge::level::Level::Critical && !self.face.stale && !self.face.paused
    }
}

/// The icon of a snapshot: filled to the smallest share left of the meters that stand as badly as the whole.
#[must_use]
pub(crate) fn face(snapshot: &Snapshot, paused: bool, style: TrayStyle) -> Face {
    let accounts = || snapshot.accounts.iter().filter(|account| !account.paused);
    let worst = accounts().flat_map(|account| &account.meters).filter(|meter| meter.level == snapshot.level);
    let percent = worst.filter_map(|meter| meter.percent_left).reduce(f64::min);
    Face {
        level: snapshot.level,
        fill: percent.map(share),
        stale: accounts().all(|account| account.freshness != Freshness::Fresh),
        paused,
        offline: snapshot.offline,
        style: match style {
            TrayStyle::Colour => Style::Colour,
            TrayStyle::Monochrome if cfg!(target_os = "macos") => Style::Template,
            TrayStyle::Monochrome => Style::Monochrome,
        },
    }
}

/// Percent as a share, in whole hundredths: finer steps would redraw the icon without being seen.
#[expect(clippy::cast_possible_truncation, reason = "a whole number from 0 to 100")]
fn share(percent: f64) -> f32 {
    (percent.clamp(0.0, 100.0).round() / 100.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tray::sample::{account, in_trouble, now, snapshot, wallet};
    use gauge::failure::FailureKind;
    use gauge::level::Level;
    use jiff::tz::TimeZone;

    fn drawn(accounts: Vec<gauge::snapshot::AccountSnapshot>) -> Face {
        face(&snapshot(accounts), false, TrayStyle::Colour)
    }

    #[test]
    fn is_filled_to_the_worst_of_the_meters_that_decide_the_level() {
        let accounts = vec![
            account("good", vec![wallet(Level::Ok, Some("60"))]),
            account("low", vec![wallet(Level::Low, Some("20")), wallet(Level::Low, Some("16.2"))]),
        ];
        let face = drawn(accounts);
        assert_eq!((face.level, face.fill, face.stale), (Level::Low, Some(0.2), false));
    }

    #[test]
    fn a_level_without_a_share_is_not_filled_to_that_of_a_better_one() {
        let mut amount_only = wallet(Level::Low, Some("4"));
        amount_only.percent_left = None;
        let accounts =
            vec![account("good", vec![wallet(Level::Ok, Some("60"))]), account("low", vec![amount_only])];
        assert_eq!(drawn(accounts).fill, None);
    }

    #[test]
    fn a_debt_is_no_less_than_empty() {
        assert_eq!(drawn(vec![account("debt", vec![wallet(Level::Empty, Some("-8"))])]).fill, Some(0.0));
    }

    #[test]
    fn is_stale_when_nothing_is_fresh() {
        let fresh = account("fresh", vec![wallet(Level::Ok, Some("60"))]);
        let old = in_trouble(account("old", vec![wallet(Level::Critical, Some("2"))]), FailureKind::Timeout);
        assert!(!drawn(vec![fresh, old.clone()]).stale);
        assert!(drawn(vec![old.clone()]).stale);
        let view = View::of(&snapshot(vec![old]), false, TrayStyle::Colour, &now().to_zoned(TimeZone::UTC));
        assert!(!view.wants_attention());
    }
}
