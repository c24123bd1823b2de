//! A program's exports, called one at a time: for conformance tests, which ask more of a module than its entrypoint.
//!
//! In: a loaded program. Out: results, traps and state of one instance, which is made, metered, bounded and judged as
//! that of any call (`fresh.rs`, `trap.rs`). Only the input region is missing, and the context with it, so a program
//! that calls the host cannot be run this way.

use super::{Instance, trap};
use crate::CallError;
use crate::host::{local_failure, set_units, units};
use crate::program::Program;
use sealane_sdk::limits::MAX_STACK_SLOTS;
use wasmtime::{AsContextMut, Val};

/// A value as WebAssembly sees it; floats are their bits, so that `==` tells every NaN from every other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// The bits of a 32-bit float.
    F32(u32),
    /// The bits of a 64-bit float.
    F64(u64),
}

/// One instance of a program, whose exported functions can be called in any order. For tests: nothing of a ledger
/// comes here.
#[derive(Debug)]
pub struct Exports {
    instance: Instance,
}

impl Exports {
    /// A new instance.
    ///
    /// # Panics
    /// If the machine cannot make one.
    #[must_use]
    pub fn new(program: &Program) -> Self {
        Self { instance: Instance::new(program).unwrap_or_else(|error| local_failure(&error)) }
    }

    /// Calls an exported function with at most `limit_units` compute units, a whole stack, and what earlier calls left
    /// behind. `None` if there is no such function.
    ///
    /// # Errors
    /// [`CallError::Trap`] and [`CallError::OutOfUnits`], as for a program that is called in a transaction.
    ///
    /// # Panics
    /// If the arguments do not fit the function, or the program calls the host.
    pub fn call(
        &mut self,
        name: &str,
        arguments: &[Value],
        limit_units: u64,
    ) -> Option<Result<Vec<Value>, CallError>> {
        let Instance { store, instance, stack, .. } = &mut self.instance;
        let function = instance.get_func(&mut *store, name)?;
        let arguments: Vec<Val> = arguments.iter().copied().map(Val::from).collect();
        let mut results = vec![Val::I32(0); function.ty(&*store).results().len()];
        // A trap leaves the slots of the frames it ended taken; in a transaction the instance ends with it.
        if let Some(stack) = stack {
            let full = Val::I32(MAX_STACK_SLOTS.cast_signed());
            stack.set(&mut *store, full).unwrap_or_else(|error| local_failure(&error));
        }
        store.data_mut().limiter.debt_units = 0;
        set_units(&mut store.as_context_mut(), limit_units);
        let outcome = function.call(&mut *store, &arguments, &mut results);
        let left = units(&mut store.as_context_mut());
        Some(match (outcome, left) {
            (Ok(()), None) => Err(CallError::OutOfUnits),
            (Ok(()), Some(_)) => Ok(results.into_iter().map(Value::from).collect()),
            (Err(error), _) => Err(trap::failure(&mut self.instance, &error)),
        })
    }

    /// The whole memory.
    #[must_use]
    pub fn memory(&mut self) -> &[u8] {
        self.instance.memory()
    }

    /// The value of an exported global.
    #[must_use]
    pub fn global(&mut self, name: &str) -> Option<Value> {
        let Instance { store, instance, .. } = &mut self.instance;
        let global = instance.get_global(&mut *store, name)?;
        Some(global.get(store).into())
    }
}

impl From<Value> for Val {
    fn from(value: Value) -> Self {
        match value {
            Value::I32(value) => Self::I32(value),
            Value::I64(value) => Self::I64(value),
            Value::F32(bits) => Self::F32(bits),
            Value::F64(bits) => Self::F64(bits),
        }
    }
}

impl From<Val> for Value {
    /// # Panics
    /// For vectors and references, which no validated program has.
    fn from(value: Val) -> Self {
        match value {
            Val::I32(value) => Self::I32(value),
            Val::I64(value) => Self::I64(value),
            Val::F32(bits) => Self::F32(bits),
            Val::F64(bits) => Self::F64(bits),
            other => panic!("a validated program has no value {other:?}"),
        }
    }
}
