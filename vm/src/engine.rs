//! The engine: compiles programs and holds the pool that their instances come from. One a process is enough.
//!
//! In: a program's bytes. Out: a [`Program`] that any worker can call.

use crate::compile::COMPILE_TIME_LIMIT;
use crate::config;
use crate::host::{self, HostState};
use crate::profile::Recorder;
use crate::program::{LoadError, Program};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::Linker;

/// Why an engine cannot be made: the machine's fault, never a program's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// The processor or the system lacks something that compiled programs need.
    #[error("this machine cannot run compiled WebAssembly: {0}")]
    Unsupported(String),
    /// Address space for the instance pool could not be reserved.
    #[error("no room for the instance pool: {0}")]
    Pool(String),
}

/// Compiles programs and holds the pool that their instances come from.
#[derive(Clone)]
pub struct Engine {
    engine: wasmtime::Engine,
    linker: Arc<Linker<HostState>>,
    key: [u8; 32],
    compile_time_limit: Duration,
    /// Where programs tell of their functions; none in the engine that runs a ledger.
    recorder: Option<Arc<Mutex<Recorder>>>,
}

impl Engine {
    /// An engine with the one configuration there is.
    ///
    /// # Errors
    /// [`EngineError::Pool`] when addresses run out (each engine reserves four terabytes of them, so a process makes
    /// one), [`EngineError::Unsupported`] when the machine cannot run compiled code.
    pub fn new() -> Result<Self, EngineError> {
        let config = config::engine_config();
        let engine = wasmtime::Engine::new(&config).map_err(|error| {
            let text = format!("{error:#}");
            if text.contains("mmap") || text.contains("memory") {
                EngineError::Pool(text)
            } else {
                EngineError::Unsupported(text)
            }
        })?;
        let linker = host::link(&engine).map_err(|error| EngineError::Unsupported(format!("{error:#}")))?;
        let key = key(&engine);
        let (linker, compile_time_limit) = (Arc::new(linker), COMPILE_TIME_LIMIT);
        Ok(Self { engine, linker, key, compile_time_limit, recorder: None })
    }

    /// An engine whose programs tell `recorder` of their functions.
    pub(crate) fn with_recorder(
        engine: wasmtime::Engine,
        linker: Linker<HostState>,
        recorder: Arc<Mutex<Recorder>>,
    ) -> Self {
        let key = key(&engine);
        let (linker, compile_time_limit) = (Arc::new(linker), COMPILE_TIME_LIMIT);
        Self { engine, linker, key, compile_time_limit, recorder: Some(recorder) }
    }

    /// The same engine with another limit on how long compiling a program may take by the clock on the wall. It
    /// decides when a node gives up ([`LocalFault::TimedOut`](crate::LocalFault::TimedOut)) and nothing else: it is
    /// no part of [`Self::key`].
    #[must_use]
    pub fn with_compile_time_limit(self, limit: Duration) -> Self {
        Self { compile_time_limit: limit, ..self }
    }

    /// Validates, instruments, compiles and links a program.
    ///
    /// # Errors
    /// [`LoadError::Refused`] is a verdict on the bytes, the same on every machine; [`LoadError::Local`] is none.
    pub fn load(&self, bytes: &[u8]) -> Result<Arc<Program>, LoadError> {
        Program::load(self, bytes).map(Arc::new)
    }

    /// What compiled code depends on beside the program's bytes: price table, engine settings, target and our own
    /// version, as one hash. Compiled code may only be reused under the same key.
    #[must_use]
    pub const fn key(&self) -> &[u8; 32] {
        &self.key
    }

    pub(crate) const fn compile_time_limit(&self) -> Duration {
        self.compile_time_limit
    }

    pub(crate) const fn recorder(&self) -> Option<&Arc<Mutex<Recorder>>> {
        self.recorder.as_ref()
    }

    pub(crate) const fn wasmtime(&self) -> &wasmtime::Engine {
        &self.engine
    }

    pub(crate) fn linker(&self) -> &Linker<HostState> {
        &self.linker
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

fn key(engine: &wasmtime::Engine) -> [u8; 32] {
    let mut hasher = Sha256Hasher(Sha256::new());
    env!("CARGO_PKG_VERSION").hash(&mut hasher);
    config::PRICES_VERSION.hash(&mut hasher);
    sealane_sdk::abi::ABI_VERSION.hash(&mut hasher);
    crate::stack_limit::INSTRUMENTATION_VERSION.hash(&mut hasher);
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.finalize().into()
}

/// Feeds what `Hash` writes into SHA-256.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        unreachable!("only the whole digest is used")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasmtime::{Config, InstanceAllocationStrategy, OperatorCost, OptLevel};

    /// Compiled code is only reused under its key, so whatever a program's result or units could depend on must be in
    /// it, whether or not anybody remembers to count a version up.
    #[test]
    fn the_key_follows_what_compiled_code_depends_on() {
        let key_with = |change: &dyn Fn(&mut Config)| {
            let mut config = config::engine_config();
            // The pool's terabytes of addresses are not needed for this.
            config.allocation_strategy(InstanceAllocationStrategy::OnDemand);
            change(&mut config);
            key(&wasmtime::Engine::new(&config).expect("this machine runs compiled WebAssembly"))
        };
        let ours = key_with(&|_| {});
        assert_eq!(ours, key_with(&|_| {}));
        type Change<'a> = &'a dyn Fn(&mut Config);
        let changes: [(&str, Change<'_>); 6] = [
            ("price of an operator", &|config| {
                config.operator_cost(OperatorCost { I32Add: 2, ..config::operator_cost() });
            }),
            ("price of a byte", &|config| {
                let mut prices = config::operator_cost();
                prices.variable.memory_copy_per_byte += 1;
                config.operator_cost(prices);
            }),
            ("fuel", &|config| {
                config.consume_fuel(false);
            }),
            ("NaNs", &|config| {
                config.cranelift_nan_canonicalization(false);
            }),
            ("features", &|config| {
                config.wasm_tail_call(true);
            }),
            ("optimisation", &|config| {
                config.cranelift_opt_level(OptLevel::None);
            }),
        ];
        for (what, change) in changes {
            assert_ne!(ours, key_with(change), "{what}");
        }
    }
}
