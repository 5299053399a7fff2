//! Simulated providers on loopback, for demo mode, tests and benchmarks.
//!
//! A [`Simulation`] holds accounts of Stability AI, OpenRouter, BabySea and pre.dev. They spend like
//! their owners would, in a time of their own, and their providers answer as documented, or fail as
//! told. A [`Server`] puts a simulation on a loopback address: all four providers under one origin,
//! told apart by path, and the control endpoints under `/_sim`.
//!
//! The same seed and the same simulated times give the same figures.
//!
//! ```
//! use gauge_sim::{Account, Behaviour, Clock, PreDevKey, Server, Simulation};
//!
//! let simulation = Simulation::new(Clock::still("2026-11-21T10:00:00Z".parse()?), 7);
//! simulation.add(Account {
//!     bought: 450.into(),
//!     ..Account::new("predev", "made-up-key", Behaviour::PreDev(PreDevKey::default()))
//! })?;
//! let server = Server::start(simulation.clone(), "127.0.0.1:0".parse()?)?;
//! assert!(server.origin().starts_with("http://127.0.0.1:"));
//! assert_eq!(simulation.spend("predev", 50.into())?.balance, 400.into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Control endpoints
//!
//! Under `/_sim`, for tests and scripts outside this process. JSON in and out; amounts are decimal
//! strings; an error is a status of 400 or above and says what is wrong.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `GET /clock` | | `{"now", "speed"}` |
//! | `POST /clock` | `{"speed"?, "advance_seconds"?}` | `{"now", "speed"}` |
//! | `GET /accounts` | | `[Standing]` |
//! | `POST /accounts` | `Account` | `Standing` |
//! | `GET`, `PATCH`, `DELETE /accounts/ID` | `AccountChange` to `PATCH` | `Standing`; 204 to `DELETE` |
//! | `POST /accounts/ID/balance`, `/top-up`, `/refund` | `{"amount"}` | `Standing` |
//! | `POST /accounts/ID/spend` | `{"amount", "refund"?, "refund_after_seconds"?}` | `Standing` |
//! | `GET`, `POST`, `DELETE /faults` | `Fault` to `POST` | `[StandingFault]`; `{"id"}`; 204 |
//! | `DELETE /faults/ID` | | 204 |
//! | `GET /requests?after=N&wait_ms=M` | | `[Request]`; waits up to M ms for the first |
//! | `DELETE /requests` | | 204 |

mod account;
mod answer;
mod clock;
mod control;
mod demo;
mod fault;
mod ledger;
mod past;
mod provider;
mod request_log;
mod server;
mod simulation;
mod spending;

pub use account::{Account, AccountChange, AutoTopUp, Credential, Standing};
pub use clock::Clock;
pub use fault::{Failure, Fault, RetryHint, StandingFault};
pub use past::{Past, PastReading};
pub use provider::{
    BabySeaKey, Behaviour, CreditsToOrdinaryKey, LimitReset, OpenRouterKey, Organization, PreDevKey,
    Provider, StabilityKey,
};
pub use request_log::{KeySighting, Request};
pub use server::{ServeError, Server};
pub use simulation::{Simulation, SimulationError};
pub use spending::{Profile, Spending};
