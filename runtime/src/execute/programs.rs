//! Which code runs when an account is called, as of the start of a block.
//!
//! A program deployed or upgraded in a block is visible from the next block on: transactions of a block see the
//! programs as the store held them when it began.

use super::builtins;
use crate::error::Fatal;
use crate::ledger::{AccountStore, MAX_COPIED_SIZE_BYTES};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use sealane_sdk::ids::native_loader;
use sealane_sdk::{Account, Address};
use sealane_vm::{Builtin, Callee, Engine, LoadError, ProgramCache};
use std::sync::{Arc, OnceLock};

/// Compiled programs that are kept; a program that was pushed out is compiled again when it is called.
const COMPILED_PROGRAMS_COUNT: usize = 1_024;

/// The compiled programs of all ledgers of this process: they share one engine, since each reserves terabytes of
/// addresses.
fn compiled() -> Result<&'static Arc<ProgramCache>, Fatal> {
    static COMPILED: OnceLock<Arc<ProgramCache>> = OnceLock::new();
    if let Some(compiled) = COMPILED.get() {
        return Ok(compiled);
    }
    let engine = Engine::new().map_err(|error| Fatal::Engine(error.to_string()))?;
    Ok(COMPILED.get_or_init(|| Arc::new(ProgramCache::new(engine, COMPILED_PROGRAMS_COUNT))))
}

/// Programs by address, each with the accounts its code came from: as long as those are the same, so is the code.
#[derive(Debug)]
pub struct Programs {
    compiled: Arc<ProgramCache>,
    builtins: Vec<(Address, Builtin)>,
    resolved: HashMap<Address, Resolved, RandomState>,
}

#[derive(Debug)]
struct Resolved {
    account: Arc<Account>,
    data_account: Option<Arc<Account>>,
    callee: Option<Callee>,
}

impl Programs {
    /// No program resolved yet.
    ///
    /// # Errors
    /// [`Fatal::Engine`] if this machine cannot run compiled code.
    pub fn new() -> Result<Self, Fatal> {
        Ok(Self::compiled_by(Arc::clone(compiled()?)))
    }

    /// No program resolved yet; those that will be are compiled by this cache's engine.
    #[must_use]
    pub fn compiled_by(compiled: Arc<ProgramCache>) -> Self {
        Self { compiled, builtins: builtins::builtins().to_vec(), resolved: HashMap::default() }
    }

    /// What runs when the executable `account` at `address` is called; `None` if nothing can.
    ///
    /// # Errors
    /// [`Fatal`] if the store fails, or this machine cannot compile a module that the ledger holds.
    pub fn resolve(
        &mut self,
        address: &Address,
        account: &Arc<Account>,
        store: &dyn AccountStore,
    ) -> Result<Option<Callee>, Fatal> {
        if account.owner == native_loader::ID {
            let builtin = self.builtins.iter().find(|(builtin, _)| builtin == address);
            return Ok(builtin.map(|(_, builtin)| Callee::Builtin(*builtin)));
        }
        let data_account = match builtins::program_data_address(account) {
            Some(data_address) => store.account(&data_address)?,
            None => None,
        };
        if let Some(known) = self.resolved.get(address)
            && known.is_of(account, data_account.as_ref())
        {
            return Ok(known.callee.clone());
        }
        let callee = match builtins::program_bytes(account, data_account.as_deref()) {
            None => None,
            Some(module) => match self.compiled.load(module) {
                Ok(program) => Some(Callee::Wasm(program)),
                Err(LoadError::Refused(_)) => None,
                Err(error) => return Err(Fatal::Engine(format!("program {address}: {error}"))),
            },
        };
        let resolved = Resolved { account: Arc::clone(account), data_account, callee: callee.clone() };
        self.resolved.insert(*address, resolved);
        Ok(callee)
    }
}

impl Resolved {
    fn is_of(&self, account: &Arc<Account>, data_account: Option<&Arc<Account>>) -> bool {
        let same_data = match (&self.data_account, data_account) {
            (Some(known), Some(now)) => is_same(known, now),
            (None, None) => true,
            _ => false,
        };
        same_data && is_same(&self.account, account)
    }
}

/// Whether these are one account, unchanged. Small ones a store may give out as a copy each time.
fn is_same(one: &Arc<Account>, other: &Arc<Account>) -> bool {
    Arc::ptr_eq(one, other) || (one.data.len() <= MAX_COPIED_SIZE_BYTES && one == other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::MemoryStore;
    use sealane_sdk::ids::bpf_loader;
    use std::time::Duration;

    fn account(data: &[u8]) -> Arc<Account> {
        Arc::new(Account { lamports: 1, owner: bpf_loader::ID, executable: true, data: data.to_vec() })
    }

    /// A node that cannot compile a program right now must stop: were the program "not callable" here, this node's
    /// receipts would differ from everybody else's. And once it can compile it, nothing of the failure is left.
    #[test]
    fn a_program_that_this_machine_cannot_compile_is_fatal_and_no_verdict() {
        let engine = compiled().expect("an engine").engine().clone();
        let hurried = engine.clone().with_compile_time_limit(Duration::ZERO);
        let mut programs = Programs::new().expect("an engine");
        programs.compiled = Arc::new(ProgramCache::new(hurried, 4));
        let store = MemoryStore::default();
        let address = Address::from([7; 32]);
        let module = r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 8))
            (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#;
        let program = account(&wat::parse_str(module).expect("a module"));
        for _ in 0..2 {
            let outcome = programs.resolve(&address, &program, &store);
            assert!(
                matches!(&outcome, Err(Fatal::Engine(why)) if why.contains("longer than")),
                "{outcome:?}"
            );
        }
        programs.compiled = Arc::new(ProgramCache::new(engine, 4));
        let outcome = programs.resolve(&address, &program, &store);
        assert!(matches!(outcome, Ok(Some(Callee::Wasm(_)))), "{outcome:?}");
        // What is no program at all is a verdict, and the same everywhere.
        let outcome = programs.resolve(&Address::from([8; 32]), &account(b"no module"), &store);
        assert!(matches!(outcome, Ok(None)), "{outcome:?}");
    }
}
