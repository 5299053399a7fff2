//! A stack deep enough for expressions.

use std::thread;

/// The CEL parser needs 16 MiB for the worst expression within our limits when built without optimization, and a
/// thread's usual 2 MiB overflow. Only what is touched of it takes memory.
const STACK: usize = 32 * 1024 * 1024;

/// Why something could not be run on the deep stack.
#[derive(Debug, thiserror::Error)]
pub(super) enum StackError {
    /// The system gave no thread.
    #[error("the system did not start a thread ({0}); close other programs and try again")]
    Spawn(#[from] std::io::Error),
    /// The work panicked.
    #[error("the expression made its interpreter fail; write it in another way")]
    Panicked,
}

/// Runs `work` on a thread with a deep stack, and waits for it.
pub(super) fn on_deep_stack<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, StackError> {
    thread::scope(|scope| {
        let worker = thread::Builder::new()
            .name("expressions".to_owned())
            .stack_size(STACK)
            .spawn_scoped(scope, work)?;
        worker.join().map_err(|_| StackError::Panicked)
    })
}
