//! Why a program stopped without returning: a host call's own error, or one of WebAssembly's traps, as closed errors.

use super::Instance;
use crate::config::MAX_BACKTRACE_FRAMES;
use crate::host::local_failure;
use crate::{CallError, Context, LogEvent, Trap};
use wasmtime::WasmBacktrace;

/// The error behind wasmtime's error, with the program's backtrace in the logs, which nobody hashes.
pub(super) fn classify(
    instance: &mut Instance,
    context: &mut Context<'_>,
    error: &wasmtime::Error,
) -> CallError {
    let failure = failure(instance, error);
    if let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() {
        log_backtrace(context, failure, backtrace);
    }
    failure
}

/// The error behind wasmtime's error.
pub(super) fn failure(instance: &mut Instance, error: &wasmtime::Error) -> CallError {
    if let Some(error) = error.downcast_ref::<CallError>() {
        return *error;
    }
    let trap = error.downcast_ref::<wasmtime::Trap>();
    trap.and_then(|trap| translate(instance, *trap)).unwrap_or_else(|| local_failure(error))
}

/// `None` for what no valid program can bring about.
fn translate(instance: &mut Instance, trap: wasmtime::Trap) -> Option<CallError> {
    use wasmtime::Trap as W;
    let trap = match trap {
        W::UnreachableCodeReached if stack_ran_out(instance) => Trap::StackOverflow,
        W::UnreachableCodeReached => Trap::Unreachable,
        W::MemoryOutOfBounds => Trap::MemoryOutOfBounds,
        W::TableOutOfBounds => Trap::TableOutOfBounds,
        W::IndirectCallToNull => Trap::IndirectCallToNull,
        W::BadSignature => Trap::BadSignature,
        W::IntegerOverflow => Trap::IntegerOverflow,
        W::IntegerDivisionByZero => Trap::IntegerDivisionByZero,
        W::BadConversionToInteger => Trap::BadConversionToInteger,
        W::OutOfFuel => return Some(CallError::OutOfUnits),
        // The native stack must never be what stops a program: how far it reaches depends on the machine.
        _ => return None,
    };
    Some(trap.into())
}

/// Whether the program's own count of its stack says that it ended the program.
fn stack_ran_out(instance: &mut Instance) -> bool {
    let Some(stack) = instance.stack else { return false };
    stack.get(&mut instance.store).i32().is_some_and(|free| free < 0)
}

/// Writes down which functions were running. Names are fit to be shown: `names.rs` saw to it when the program was loaded.
fn log_backtrace(context: &mut Context<'_>, error: CallError, backtrace: &WasmBacktrace) {
    // A call that failed below has told why itself.
    let stopped =
        if context.failure().is_some() { LogEvent::StoppedBelow } else { LogEvent::Stopped { error } };
    let frames = backtrace.frames();
    let shown = &frames[..frames.len().min(MAX_BACKTRACE_FRAMES)];
    let shown_frames = shown.iter().map(|frame| (frame.func_index(), frame.func_name().unwrap_or_default()));
    context.logs.backtrace(stopped, shown_frames);
    if shown.len() < frames.len() {
        // The engine tells of one more than is shown.
        context.logs.event(LogEvent::FramesLeftOut);
    }
}
