//! Why a program stopped without returning: a host call's own error, or one of WebAssembly's traps, as closed errors.

use super::Instance;
use crate::host::local_failure;
use crate::{CallError, Context, Trap};
use wasmtime::WasmBacktrace;

/// Most bytes of one line of a backtrace in the logs.
const MAX_FRAME_NAME_BYTES: usize = 120;

/// The error behind wasmtime's error, with a trap's backtrace in the logs, which nobody hashes.
pub(super) fn classify(
    instance: &mut Instance,
    context: &mut Context<'_>,
    error: &wasmtime::Error,
) -> CallError {
    let failure = failure(instance, error);
    // What wasmtime raised: a host call that ends a program says so in words of its own.
    if let (CallError::Trap(trap), None) = (failure, error.downcast_ref::<CallError>()) {
        context.logs.message(format!("trap: {trap}").as_bytes());
        log_backtrace(context, error);
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

fn log_backtrace(context: &mut Context<'_>, error: &wasmtime::Error) {
    let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() else { return };
    for frame in backtrace.frames() {
        let name = frame.func_name().unwrap_or("?").as_bytes();
        let name = &name[..name.len().min(MAX_FRAME_NAME_BYTES)];
        context.logs.message(&[b"  at ", name].concat());
    }
}
