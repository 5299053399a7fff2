use std::thread;
use std::time::{Duration, Instant};

use crate::Error;

/// How long to wait for what normally takes less than a second, on a machine that does much else.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Asks again and again until there is an answer, and returns it.
///
/// `what` completes "waited in vain for …", the error when there is no answer `within` that time. A plain condition
/// becomes an answer with [`bool::then_some`]`(())`.
pub fn eventually<T>(
    what: &str,
    within: Duration,
    mut answer: impl FnMut() -> Option<T>,
) -> Result<T, Error> {
    let started = Instant::now();
    loop {
        if let Some(found) = answer() {
            return Ok(found);
        }
        if started.elapsed() > within {
            return Err(Error::Late { what: what.to_owned(), seconds: within.as_secs_f32() });
        }
        thread::sleep(Duration::from_millis(20));
    }
}
