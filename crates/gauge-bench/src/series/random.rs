//! Chance, the same each time.

use fastrand::Rng;

/// Distributions over a plain source of chance.
pub(crate) struct Chance(Rng);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// Evenly between two numbers.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.f64()
    }

    /// Between two positive numbers, each doubling as likely as any other.
    pub fn magnitude(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }

    /// How often something comes true that does so with this probability.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.0.f64() < probability
    }

    /// Around one with a long tail above; its mean is one.
    pub fn lognormal(&mut self, spread: f64) -> f64 {
        (spread * self.normal() - spread * spread / 2.0).exp()
    }

    /// The bell curve.
    pub fn normal(&mut self) -> f64 {
        let (a, b) = (1.0 - self.0.f64(), self.0.f64());
        (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
    }

    /// How long until the next of events that come independently of each other, once a unit of time on average.
    pub fn wait(&mut self) -> f64 {
        -(1.0 - self.0.f64()).ln()
    }
}
