//! Simulated time: starts where it is told and runs faster than real time, or stands still.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// The simulated time of a [`Simulation`](crate::Simulation).
#[derive(Debug, Clone)]
pub struct Clock {
    /// The simulated time at `since`.
    at: Timestamp,
    since: Instant,
    speed: u32,
}

impl Clock {
    /// The fastest a clock runs: ten simulated hours a second.
    pub const MAX_SPEED: u32 = 36_000;

    /// A clock that shows `start` now and then runs `speed` simulated seconds a real second: 1 is real
    /// time, 600 is ten minutes a second, 0 stands still. Above [`Clock::MAX_SPEED`] it runs at that.
    #[must_use]
    pub fn new(start: Timestamp, speed: u32) -> Self {
        Self { at: start, since: Instant::now(), speed: speed.min(Self::MAX_SPEED) }
    }

    /// A clock that stands still at `at` and moves only by [`Simulation::advance`](crate::Simulation::advance).
    #[must_use]
    pub fn still(at: Timestamp) -> Self {
        Self::new(at, 0)
    }

    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        later(self.at, self.since.elapsed().saturating_mul(self.speed))
    }

    /// Simulated seconds a real second.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.speed
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        *self = Self::new(later(self.now(), by), self.speed);
    }

    pub(crate) fn set_speed(&mut self, speed: u32) {
        *self = Self::new(self.now(), speed);
    }
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_clock_moves_only_when_advanced() {
        let start = "2026-11-21T10:00:00Z".parse().unwrap();
        let mut clock = Clock::still(start);
        assert_eq!(clock.now(), start);
        clock.advance(Duration::from_secs(90));
        assert_eq!(clock.now(), "2026-11-21T10:01:30Z".parse().unwrap());
    }

    #[test]
    fn a_change_of_speed_keeps_the_time() {
        let start = "2026-11-21T10:00:00Z".parse().unwrap();
        let mut clock = Clock::new(start, 600);
        clock.set_speed(0);
        let then = clock.now();
        assert!(then >= start);
        assert_eq!(clock.now(), then);
    }
}
