//! The simulation: accounts in the course of time, faults, and the log, behind one lock.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use tokio::sync::watch;

use crate::account::{Account, AccountChange, Credential, LiveAccount, Standing};
use crate::answer::Answer;
use crate::clock::Clock;
use crate::fault::{Fault, StandingFault};
use crate::past::Past;
use crate::provider::{Ask, Provider};
use crate::request_log::{Incoming, Request, RequestLog};

/// Simulated providers and their accounts. A clone is another handle on the same simulation.
#[derive(Debug, Clone)]
pub struct Simulation {
    state: Arc<Mutex<State>>,
    /// The number of the last request, for those who wait for the next.
    last_request: watch::Sender<u64>,
}

/// Why a simulation refused a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SimulationError {
    /// No account has this id.
    #[error("no account `{0}`; GET /_sim/accounts lists them")]
    NoAccount(String),
    /// No fault has this id.
    #[error("no fault {0}; GET /_sim/faults lists them")]
    NoFault(u64),
    /// Another account has this id or its key.
    #[error("account `{0}` has this id or key already; choose another")]
    Taken(String),
    /// The key cannot be sent in a header.
    #[error("the key of account `{0}` must be printable ASCII without spaces, at least 8 characters")]
    BadKey(String),
    /// The amount is too large.
    #[error("{0} is out of range; amounts go up to {max}", max = Simulation::MAX_AMOUNT)]
    AmountOutOfRange(Decimal),
    /// Only the simulated future is open, and not all of it.
    #[error("the clock advances by at most {max} days at a time", max = Simulation::MAX_ADVANCE.as_secs() / 86_400)]
    TooFar,
}

#[derive(Debug)]
struct State {
    clock: Clock,
    seed: u64,
    accounts: Vec<LiveAccount>,
    faults: Vec<StandingFault>,
    last_fault: u64,
    log: RequestLog,
}

impl Simulation {
    /// Amounts beyond this, either way, are refused.
    pub const MAX_AMOUNT: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);
    /// How far [`Simulation::advance`] goes at once.
    pub const MAX_ADVANCE: Duration = Duration::from_secs(400 * 86_400);

    /// A simulation without accounts.
    #[must_use]
    pub fn new(clock: Clock, seed: u64) -> Self {
        let state = State {
            clock,
            seed,
            accounts: Vec::new(),
            faults: Vec::new(),
            last_fault: 0,
            log: RequestLog::default(),
        };
        Self { state: Arc::new(Mutex::new(state)), last_request: watch::Sender::new(0) }
    }

    /// Adds an account, which lives from now on.
    pub fn add(&self, account: Account) -> Result<(), SimulationError> {
        let mut state = self.state();
        state.admit(&account)?;
        let live = LiveAccount::new(account, state.seed, state.clock.now());
        state.accounts.push(live);
        Ok(())
    }

    /// Adds an account that has lived for months and is left with `bought` − `used` now; where its key has a limit, `used`
    /// is of the present window. Gives what it told until now.
    pub fn add_with_past(&self, account: Account) -> Result<Vec<Past>, SimulationError> {
        let mut state = self.state();
        state.admit(&account)?;
        let (live, past) = LiveAccount::with_past(account, state.seed, state.clock.now());
        state.accounts.push(live);
        Ok(past)
    }

    /// Removes an account; its key is unknown from now on.
    pub fn remove(&self, id: &str) -> Result<(), SimulationError> {
        let mut state = self.state();
        let index = state.index(id)?;
        state.accounts.remove(index);
        Ok(())
    }

    /// Changes an account.
    pub fn change(&self, id: &str, change: AccountChange) -> Result<Standing, SimulationError> {
        if let Some(spending) = &change.spending {
            in_range(spending.call_cost)?;
        }
        self.with(id, |live, _| live.change(change))
    }

    /// What a person types to add each account to an app.
    #[must_use]
    pub fn credentials(&self) -> Vec<Credential> {
        self.state().accounts.iter().map(LiveAccount::credential).collect()
    }

    /// How every account stands now.
    #[must_use]
    pub fn standings(&self) -> Vec<Standing> {
        let mut state = self.state();
        let now = state.clock.now();
        let live = |live: &mut LiveAccount| {
            live.advance(now);
            live.standing(now)
        };
        state.accounts.iter_mut().map(live).collect()
    }

    /// How an account stands now.
    pub fn standing(&self, id: &str) -> Result<Standing, SimulationError> {
        self.with(id, |_, _| ())
    }

    /// Makes the balance this, by changing what was bought.
    pub fn set_balance(&self, id: &str, amount: Decimal) -> Result<Standing, SimulationError> {
        in_range(amount)?;
        self.with(id, |live, _| live.ledger.set_balance(amount))
    }

    /// Buys so much more.
    pub fn top_up(&self, id: &str, amount: Decimal) -> Result<Standing, SimulationError> {
        in_range(amount)?;
        self.with(id, |live, _| live.ledger.bought += amount)
    }

    /// Spends so much in one call, into a debt if need be.
    pub fn spend(&self, id: &str, amount: Decimal) -> Result<Standing, SimulationError> {
        in_range(amount)?;
        self.with(id, |live, now| live.spend(now, amount))
    }

    /// Reserves `amount` and gives `refund` of it back `after` so much simulated time.
    pub fn reserve(
        &self,
        id: &str,
        amount: Decimal,
        refund: Decimal,
        after: SignedDuration,
    ) -> Result<Standing, SimulationError> {
        in_range(amount)?;
        in_range(refund)?;
        self.with(id, |live, now| {
            live.spend(now, amount);
            live.refund_later(now, after, refund);
        })
    }

    /// Gives back so much of what was spent.
    pub fn refund(&self, id: &str, amount: Decimal) -> Result<Standing, SimulationError> {
        in_range(amount)?;
        self.with(id, |live, now| live.ledger.refund(now, amount))
    }

    /// Sets a fault and returns its id.
    pub fn set_fault(&self, fault: Fault) -> Result<u64, SimulationError> {
        let mut state = self.state();
        if let Some(id) = &fault.account {
            state.index(id)?;
        }
        state.last_fault += 1;
        let id = state.last_fault;
        state.faults.push(StandingFault { id, fault });
        Ok(id)
    }

    /// The faults that are set, oldest first.
    #[must_use]
    pub fn faults(&self) -> Vec<StandingFault> {
        self.state().faults.clone()
    }

    /// Clears one fault.
    pub fn clear_fault(&self, id: u64) -> Result<(), SimulationError> {
        let mut state = self.state();
        let index =
            state.faults.iter().position(|fault| fault.id == id).ok_or(SimulationError::NoFault(id))?;
        state.faults.remove(index);
        Ok(())
    }

    /// Clears all faults.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// The requests whose number is above `number`; 0 for all that are kept, the last 10,000.
    #[must_use]
    pub fn requests_after(&self, number: u64) -> Vec<Request> {
        self.state().log.after(number)
    }

    /// Waits until a request has come whose number is above `number`, and returns those.
    pub async fn wait_for_requests_after(&self, number: u64) -> Vec<Request> {
        // Fails only when the sender is gone, and `self` holds it.
        let _ = self.last_request.subscribe().wait_for(|last| *last > number).await;
        self.requests_after(number)
    }

    /// Forgets the requests so far; numbers go on.
    pub fn clear_requests(&self) {
        self.state().log.clear();
    }

    /// The simulated time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.state().clock.now()
    }

    /// Simulated seconds a real second.
    #[must_use]
    pub fn speed(&self) -> u32 {
        self.state().clock.speed()
    }

    /// Lets so much simulated time pass at once, and all that happens in it.
    pub fn advance(&self, by: Duration) -> Result<Timestamp, SimulationError> {
        if by > Self::MAX_ADVANCE {
            return Err(SimulationError::TooFar);
        }
        let mut state = self.state();
        state.clock.advance(by);
        let now = state.clock.now();
        state.accounts.iter_mut().for_each(|live| live.advance(now));
        Ok(now)
    }

    /// Changes how fast simulated time runs; see [`Clock::new`].
    pub fn set_speed(&self, speed: u32) {
        self.state().clock.set_speed(speed);
    }

    /// Answers a request as the provider would whose path it is, or as a fault says, and notes it.
    pub(crate) fn answer(&self, incoming: &Incoming) -> Answer {
        let (answer, number) = self.state().answer(incoming);
        self.last_request.send_modify(|last| *last = number.max(*last));
        answer
    }

    fn with(
        &self,
        id: &str,
        act: impl FnOnce(&mut LiveAccount, Timestamp),
    ) -> Result<Standing, SimulationError> {
        let mut state = self.state();
        let now = state.clock.now();
        let index = state.index(id)?;
        let live = &mut state.accounts[index];
        live.advance(now);
        act(live, now);
        Ok(live.standing(now))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether an account may be added.
    fn admit(&self, account: &Account) -> Result<(), SimulationError> {
        if account.key.len() < 8 || !account.key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SimulationError::BadKey(account.id.clone()));
        }
        let same = |live: &&LiveAccount| live.account.id == account.id || live.account.key == account.key;
        if let Some(other) = self.accounts.iter().find(same) {
            return Err(SimulationError::Taken(other.account.id.clone()));
        }
        [account.bought, account.used, account.spending.call_cost].into_iter().try_for_each(in_range)
    }

    fn index(&self, id: &str) -> Result<usize, SimulationError> {
        let found = self.accounts.iter().position(|live| live.account.id == id);
        found.ok_or_else(|| SimulationError::NoAccount(id.to_owned()))
    }

    fn answer(&mut self, incoming: &Incoming) -> (Answer, u64) {
        let now = self.clock.now();
        let sender = incoming
            .bearer()
            .and_then(|key| self.accounts.iter_mut().find(|live| live.account.key == key))
            .map(|live| {
                live.advance(now);
                &*live
            });
        let id = sender.map(|live| live.account.id.clone());
        let whole_path = incoming.uri.path();
        let (path, moved) = match whole_path.strip_prefix("/moved") {
            Some(path) => (path, true),
            None => (whole_path, false),
        };
        let mut fault = None;
        let answer = match Provider::at(path) {
            None => Answer::gateway(404),
            Some(_) if incoming.method != Method::GET => Answer::nothing(405).with_header("allow", "GET"),
            Some(provider) => {
                let ask = Ask {
                    path,
                    query: query(incoming.uri.query().unwrap_or_default()),
                    organization: incoming.header("organization"),
                    authorized: incoming.header("authorization").is_some(),
                    now,
                };
                let right = provider.answer(sender, &ask);
                let befalls = |set: &&mut StandingFault| !moved && set.fault.befalls(id.as_deref(), path);
                match self.faults.iter_mut().find(befalls) {
                    None => right,
                    Some(set) => {
                        fault = Some(set.id);
                        set.fault.requests = set.fault.requests.map(|left| left - 1);
                        let target = incoming.uri.path_and_query().map_or(path, |target| target.as_str());
                        set.fault.failure.spoil(right, provider, target)
                    }
                }
            }
        };
        self.faults.retain(|set| set.fault.requests != Some(0));
        let keys: Vec<_> =
            self.accounts.iter().map(|live| (live.account.id.as_str(), live.account.key.as_str())).collect();
        let number = self.log.note(incoming, &keys, id.as_deref(), answer.status, fault);
        (answer, number)
    }
}

fn query(text: &str) -> std::collections::BTreeMap<String, String> {
    let pair = |pair: &str| pair.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()));
    text.split('&').filter_map(pair).collect()
}

fn in_range(amount: Decimal) -> Result<(), SimulationError> {
    if amount.abs() > Simulation::MAX_AMOUNT {
        return Err(SimulationError::AmountOutOfRange(amount));
    }
    Ok(())
}
