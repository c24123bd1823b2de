//! Compiling apart from everything else: a module that passed all checks comes in from `program.rs`, and machine code
//! comes out, or the news that this machine could not make it.
//!
//! What goes wrong here is never the module's fault, and no verdict on it: other machines have the code. So whatever
//! happens while compiling ends as a [`LocalFault`]: the compiler returns an error, it panics, it takes longer than
//! the time limit. It runs on a thread of its own, since its stack is then always of the same size, however deep the
//! caller stood in its own, and since the caller can then stop waiting. Memory has no limit of its own: what compiling
//! takes is bounded by the bounds of the checks (`validate/work.rs`; `benches/RESULTS.md` has the figures), and where
//! the machine has less, the allocator ends the process, as it does everywhere in a node. A node that ended so comes
//! back with the last block it committed, and has said nothing about the module.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

/// Why this machine could not make a program out of a module that every machine accepts. Nothing of it is recorded:
/// texts are the compiler's and the system's own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalFault {
    /// The system gave no thread to compile on.
    #[error("there is no thread to compile on: {0}")]
    Thread(String),
    /// The compiler panicked; the panic's message is on the standard error stream.
    #[error("the compiler panicked")]
    Panicked,
    /// The compiler took longer than it may.
    #[error("the compiler took longer than {} s", .0.as_secs_f64())]
    TimedOut(Duration),
    /// The compiler, or what links and makes a first instance, returned an error.
    #[error("{0}")]
    Failed(String),
}

/// How long compiling one program may take by the clock on the wall, unless the engine is told otherwise. It is there
/// for a compiler that does not come to an end: the worst program that the checks accept takes some ten seconds of
/// CPU, so that a machine may be many times slower, or busy with other things, before this says anything.
pub(crate) const COMPILE_TIME_LIMIT: Duration = Duration::from_secs(600);

/// Stack of the thread that compiles, in bytes. The compiler's own recursion is bounded, and most of it goes along
/// expressions; the example `compile_bombs` compiles the deepest functions there can be on it.
const COMPILE_STACK_SIZE_BYTES: usize = 16 * 1024 * 1024;

/// Runs `work`, which compiles, on a thread of its own.
///
/// A thread cannot be stopped from outside: after [`LocalFault::TimedOut`] it runs on and its result is thrown away.
///
/// # Errors
/// [`LocalFault::Thread`], [`LocalFault::Panicked`], [`LocalFault::TimedOut`].
pub(crate) fn on_own_thread<T: Send + 'static>(
    time_limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LocalFault> {
    // A time of nothing is over before anything can be done, however quick that would be.
    if time_limit.is_zero() {
        return Err(LocalFault::TimedOut(time_limit));
    }
    let (sender, receiver) = sync_channel(1);
    let builder =
        thread::Builder::new().name("sealane-compile".to_owned()).stack_size(COMPILE_STACK_SIZE_BYTES);
    builder
        .spawn(move || {
            // Nobody listens any more if the time is over.
            let _ = sender.send(work());
        })
        .map_err(|error| LocalFault::Thread(error.to_string()))?;
    receiver.recv_timeout(time_limit).map_err(|error| match error {
        RecvTimeoutError::Timeout => LocalFault::TimedOut(time_limit),
        // The sender is gone and has sent nothing, so `work` did not return.
        RecvTimeoutError::Disconnected => LocalFault::Panicked,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    #[test]
    fn what_work_returns_comes_back() {
        assert_eq!(on_own_thread(LONG, || 7), Ok(7));
    }

    /// A panic in the compiler would otherwise end the worker, and with it a block that other nodes go on with.
    #[test]
    fn a_panic_is_a_fault_of_this_machine() {
        let outcome: Result<(), _> =
            on_own_thread(LONG, || panic!("as a compiler that met what it did not expect"));
        assert_eq!(outcome, Err(LocalFault::Panicked));
    }

    #[test]
    fn work_without_end_is_a_fault_of_this_machine() {
        let (end, wait) = sync_channel::<()>(0);
        let limit = Duration::from_millis(1);
        let outcome = on_own_thread(limit, move || wait.recv().is_err());
        assert_eq!(outcome, Err(LocalFault::TimedOut(limit)));
        drop(end);
    }

    /// However little stack the caller has left, the compiler has all of its own.
    #[test]
    fn the_stack_does_not_depend_on_the_caller() {
        fn descend(depth: usize) -> usize {
            let frame = std::hint::black_box([depth; 128]);
            if depth == 0 { 0 } else { descend(depth - 1) + usize::from(frame[7] == depth) }
        }
        let small = thread::Builder::new().stack_size(128 * 1024);
        let depth = COMPILE_STACK_SIZE_BYTES / 4 / 1024;
        let caller = small.spawn(move || on_own_thread(LONG, move || descend(depth))).expect("a thread");
        assert_eq!(caller.join().expect("no panic"), Ok(depth));
    }
}
