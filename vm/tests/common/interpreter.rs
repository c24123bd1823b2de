//! The second engine behind the same few questions that ours is asked. In: a module's bytes. Out: results, traps in our
//! words, memory and globals.

use super::engines::mix;
use sealane_vm::{CallError, Trap, Value};
use wasmi::{CompilationMode, TrapCode, Val};

/// The second engine: an interpreter, without fuel, with a deeper stack than ours.
pub(crate) struct Interpreter {
    store: wasmi::Store<()>,
    instance: wasmi::Instance,
}

impl Interpreter {
    /// An instance of a module that our loader accepted.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        let mut config = wasmi::Config::default();
        config
            .consume_fuel(false)
            .compilation_mode(CompilationMode::Eager)
            .set_max_recursion_depth(1_000_000)
            .set_max_stack_height(256 * 1024 * 1024);
        let engine = wasmi::Engine::new(&config);
        let module = wasmi::Module::new(&engine, bytes).expect("the loader accepted it");
        let mut store = wasmi::Store::new(&engine, ());
        let linker = wasmi::Linker::new(&engine);
        let instance = linker.instantiate_and_start(&mut store, &module).expect("segments fit");
        Self { store, instance }
    }

    /// Arguments for a function: small numbers, borders and arbitrary bits, NaNs among them.
    #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
    pub(crate) fn arguments(&self, name: &str, seed: u64) -> Vec<Value> {
        let function = self.instance.get_func(&self.store, name).expect("exported");
        let parameters = function.ty(&self.store).params().to_vec();
        let borders = [0, 1, u64::MAX, 1 << 31, 1 << 63, i64::MAX as u64, 65_535, 0x7ff4_0000_7fa0_0000];
        (0..)
            .zip(parameters)
            .map(|(index, parameter)| {
                let random = mix(seed ^ (index << 48));
                let bits = match random % 4 {
                    0 => random >> 2,
                    1 => (random >> 2) % 100,
                    _ => borders[(random >> 2) as usize % borders.len()],
                };
                match parameter {
                    wasmi::ValType::I32 => Value::I32(bits as u32 as i32),
                    wasmi::ValType::I64 => Value::I64(bits as i64),
                    wasmi::ValType::F32 => Value::F32(bits as u32),
                    wasmi::ValType::F64 => Value::F64(bits),
                    other => panic!("no program has a parameter {other:?}"),
                }
            })
            .collect()
    }

    /// Calls an exported function.
    pub(crate) fn call(&mut self, name: &str, arguments: &[Value]) -> Result<Vec<Value>, CallError> {
        let function = self.instance.get_func(&self.store, name).expect("exported");
        let arguments: Vec<Val> = arguments.iter().map(|value| to_wasmi(*value)).collect();
        let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
        match function.call(&mut self.store, &arguments, &mut results) {
            Ok(()) => Ok(results.iter().map(from_wasmi).collect()),
            Err(error) => Err(trap(error.as_trap_code().unwrap_or_else(|| panic!("{error}"))).into()),
        }
    }

    /// The whole memory.
    pub(crate) fn memory(&self) -> &[u8] {
        self.instance.get_memory(&self.store, "memory").expect("exported").data(&self.store)
    }

    /// The value of an exported global.
    pub(crate) fn global(&self, name: &str) -> Option<Value> {
        Some(from_wasmi(&self.instance.get_global(&self.store, name)?.get(&self.store)))
    }
}

fn to_wasmi(value: Value) -> Val {
    match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(wasmi::F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(wasmi::F64::from_bits(bits)),
    }
}

fn from_wasmi(value: &Val) -> Value {
    match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(value) => Value::F32(value.to_bits()),
        Val::F64(value) => Value::F64(value.to_bits()),
        other => panic!("no program has a value {other:?}"),
    }
}

fn trap(code: TrapCode) -> Trap {
    match code {
        TrapCode::UnreachableCodeReached => Trap::Unreachable,
        TrapCode::MemoryOutOfBounds => Trap::MemoryOutOfBounds,
        TrapCode::TableOutOfBounds => Trap::TableOutOfBounds,
        TrapCode::IndirectCallToNull => Trap::IndirectCallToNull,
        TrapCode::BadSignature => Trap::BadSignature,
        TrapCode::IntegerOverflow => Trap::IntegerOverflow,
        TrapCode::IntegerDivisionByZero => Trap::IntegerDivisionByZero,
        TrapCode::BadConversionToInteger => Trap::BadConversionToInteger,
        other => panic!("ours returned or trapped, the interpreter says {other:?}"),
    }
}
