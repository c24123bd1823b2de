//! The accounts of one block: interned to dense slots, loaded from the store once, lent to transactions.
//!
//! Input: the admitted transactions. Output: access sets for the scheduler, and slots from which workers take accounts.
//! A slot that nobody writes is shared by reference; any other is handed out under a lock which, if the schedule is
//! right, is never found taken: finding it so is a bug of ours and ends the block.

use super::Admitted;
use super::programs::Programs;
use crate::bug;
use crate::error::Fatal;
use crate::ledger::{AccountChange, AccountStore, StoreError, sysvars};
use crate::schedule::{Access, AccessSets, Workers};
use crate::stages::{CHUNK_COUNT, map_chunks, timed};
use foldhash::fast::RandomState;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;
use parking_lot::Mutex;
use sealane_sdk::ids::{instructions, sysvar};
use sealane_sdk::{Account, Address};
use sealane_vm::{AccountRef, AccountTable, Callee};
use std::sync::Arc;
use std::time::Duration;

/// The addresses of a block as dense numbers, and which slots each transaction's keys are.
#[derive(Debug, Default)]
pub struct Interned<'b> {
    addresses: Vec<&'b Address>,
    written: Vec<bool>,
    key_slots: Vec<u32>,
    /// Transaction `i` has the slots `key_slots[key_starts[i]..key_starts[i + 1]]`.
    key_starts: Vec<u32>,
    /// What the scheduler is told.
    pub access_sets: AccessSets,
}

impl<'b> Interned<'b> {
    /// Gives every address of the block a number, in order of first appearance.
    #[must_use]
    pub fn new(transactions: &[Admitted<'b>]) -> Self {
        let mut interned = Self::default();
        // Users choose addresses, so the hasher's key is random; nothing depends on the table's order.
        let mut numbers: HashMap<&'b Address, u32, RandomState> =
            HashMap::with_capacity_and_hasher(transactions.len() * 2, RandomState::default());
        interned.key_starts.push(0);
        for admitted in transactions {
            let first = interned.key_slots.len();
            for (key_index, address) in admitted.transaction.keys().iter().enumerate() {
                let slot = match numbers.entry(address) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(new) => {
                        interned.addresses.push(address);
                        interned.written.push(false);
                        *new.insert(index_u32(interned.addresses.len() - 1))
                    }
                };
                interned.written[slot as usize] |= admitted.is_write_lock(key_index);
                interned.key_slots.push(slot);
            }
            interned.access_sets.push(
                interned.key_slots[first..]
                    .iter()
                    .enumerate()
                    .map(|(key_index, slot)| Access::new(*slot, admitted.is_write_lock(key_index))),
            );
            interned.key_starts.push(index_u32(interned.key_slots.len()));
        }
        interned
    }

    /// How many different accounts the block names.
    #[must_use]
    pub fn account_count(&self) -> usize {
        self.addresses.len()
    }

    /// The addresses, by slot.
    #[must_use]
    pub fn addresses(&self) -> &[&'b Address] {
        &self.addresses
    }

    /// The slots of a transaction's keys, in the order of the keys.
    #[must_use]
    pub fn slots_of(&self, transaction_index: usize) -> &[u32] {
        let start = self.key_starts[transaction_index] as usize;
        let end = self.key_starts[transaction_index + 1] as usize;
        &self.key_slots[start..end]
    }
}

/// One account of the block.
#[derive(Debug)]
struct Slot {
    /// Whether the account was a program when the block began.
    executable: bool,
    holder: Holder,
}

#[derive(Debug)]
enum Holder {
    /// No transaction of the block writes it.
    Shared(Arc<Account>),
    /// Some transaction of the block writes it.
    Exclusive(Mutex<Exclusive>),
}

#[derive(Debug)]
struct Exclusive {
    /// `None` while a transaction that writes the account runs.
    account: Option<Arc<Account>>,
    /// Transactions that read the account right now.
    readers: u32,
    changed: bool,
}

/// The loaded accounts of a block, lent to one transaction after another.
#[derive(Debug)]
pub struct BlockAccounts<'b> {
    interned: &'b Interned<'b>,
    slots: Vec<Slot>,
    callees: Vec<Option<Callee>>,
}

impl<'b> BlockAccounts<'b> {
    /// Fetches every account the block names, in parallel; `sysvars` are this block's, not the store's. The CPU time of
    /// all workers is added to `cpu`.
    ///
    /// # Errors
    /// [`Fatal`] if the store fails or a program on the ledger cannot be compiled.
    pub fn load(
        interned: &'b Interned<'b>,
        store: &dyn AccountStore,
        sysvars: &[AccountChange],
        programs: &mut Programs,
        workers: &Workers,
        cpu: &mut Duration,
    ) -> Result<Self, Fatal> {
        let missing = Arc::new(Account::default());
        let named: Vec<(&Address, bool)> =
            interned.addresses.iter().copied().zip(interned.written.iter().copied()).collect();
        let fetched = map_chunks(workers, &named, CHUNK_COUNT, cpu, |chunk, slots| {
            slots.extend(chunk.iter().map(|(address, written)| {
                let account = fetch(address, store, sysvars)?.unwrap_or_else(|| Arc::clone(&missing));
                Ok(Slot::new(account, *written))
            }));
        });
        timed(cpu, || {
            let slots = fetched.into_iter().collect::<Result<Vec<Slot>, StoreError>>()?;
            let mut callees = vec![None; slots.len()];
            for ((slot, callee), address) in slots.iter().zip(&mut callees).zip(&interned.addresses) {
                // Whoever writes a program's account still calls it as it was: nobody has written yet.
                if slot.executable {
                    *callee = programs.resolve(address, &slot.at_start(), store)?;
                }
            }
            Ok(Self { interned, slots, callees })
        })
    }

    /// Puts a transaction's accounts into `table`, in the order of its keys.
    pub fn lend(&'b self, transaction_index: usize, admitted: &Admitted<'b>, table: &mut AccountTable<'b>) {
        let transaction = &admitted.transaction;
        for (key_index, slot) in self.interned.slots_of(transaction_index).iter().enumerate() {
            let slot = *slot as usize;
            let write = admitted.is_write_lock(key_index);
            let account = match &self.slots[slot].holder {
                Holder::Shared(_) if transaction.keys()[key_index] == instructions::ID => {
                    AccountRef::Owned(Arc::new(instructions_account(admitted)))
                }
                Holder::Shared(account) => AccountRef::Shared(account),
                Holder::Exclusive(exclusive) => AccountRef::Owned(exclusive.lock().lend(write, slot)),
            };
            table.push(
                &transaction.keys()[key_index],
                account,
                self.callees[slot].as_ref(),
                write,
                transaction.is_signer(key_index),
            );
        }
    }

    /// Takes a transaction's accounts back from `table`. An account without lamports is gone.
    pub fn take_back(&self, transaction_index: usize, table: &mut AccountTable<'b>) {
        for (slot, entry) in self.interned.slots_of(transaction_index).iter().zip(table.drain()) {
            if let (Holder::Exclusive(exclusive), AccountRef::Owned(account)) =
                (&self.slots[*slot as usize].holder, entry.account)
            {
                exclusive.lock().take_back(account, entry.writable, entry.changed);
            }
        }
    }

    /// What the block did to its accounts, collected in parallel.
    #[must_use]
    pub fn into_changes(self, workers: &Workers, cpu: &mut Duration) -> Vec<AccountChange> {
        let Self { interned, mut slots, .. } = self;
        let chunks = workers.map_chunks_mut(&mut slots, CHUNK_COUNT, |first, chunk| {
            let addresses = interned.addresses[first..].iter();
            let changes =
                addresses.zip(chunk).filter_map(|(address, slot)| Some((**address, slot.change()?)));
            changes.collect::<Vec<AccountChange>>()
        });
        *cpu += chunks.cpu;
        timed(cpu, || chunks.results.into_iter().flatten().collect())
    }
}

impl Slot {
    fn new(account: Arc<Account>, written: bool) -> Self {
        let executable = account.executable;
        let holder = if written {
            Holder::Exclusive(Mutex::new(Exclusive { account: Some(account), readers: 0, changed: false }))
        } else {
            Holder::Shared(account)
        };
        Self { executable, holder }
    }

    /// What the block did to the account: its new value, or that it is gone; `None` if nothing.
    fn change(&mut self) -> Option<Option<Arc<Account>>> {
        let Holder::Exclusive(exclusive) = &mut self.holder else { return None };
        let Exclusive { account, readers, changed } = exclusive.get_mut();
        let account = account.take().unwrap_or_else(|| bug!("an account was never given back"));
        assert_eq!(*readers, 0, "an account is still being read at the end of the block");
        changed.then(|| (account.lamports > 0).then_some(account))
    }

    /// The account, before any transaction of the block has run.
    fn at_start(&self) -> Arc<Account> {
        match &self.holder {
            Holder::Shared(account) => Arc::clone(account),
            Holder::Exclusive(exclusive) => exclusive
                .lock()
                .account
                .clone()
                .unwrap_or_else(|| bug!("an account is lent before the block runs")),
        }
    }
}

impl Exclusive {
    fn lend(&mut self, write: bool, slot: usize) -> Arc<Account> {
        let taken =
            || -> Arc<Account> { bug!("the schedule lets two transactions at the account in slot {slot}") };
        if write {
            if self.readers > 0 {
                return taken();
            }
            self.account.take().unwrap_or_else(taken)
        } else {
            self.readers += 1;
            self.account.clone().unwrap_or_else(taken)
        }
    }

    fn take_back(&mut self, account: Arc<Account>, write: bool, changed: bool) {
        if !write {
            self.readers -= 1;
            return;
        }
        debug_assert!(self.account.is_none(), "the account was lent to be written");
        self.changed |= changed;
        let gone = changed && account.lamports == 0;
        self.account = Some(if gone { Arc::new(Account::default()) } else { account });
    }
}

/// The account at `address` as the block begins.
fn fetch(
    address: &Address,
    store: &dyn AccountStore,
    sysvars: &[AccountChange],
) -> Result<Option<Arc<Account>>, StoreError> {
    let account = store.account(address)?;
    if account.as_ref().is_some_and(|account| account.owner == sysvar::ID) {
        let current = sysvars.iter().find(|(sysvar, _)| sysvar == address);
        return Ok(current.and_then(|(_, account)| account.clone()).or(account));
    }
    Ok(account)
}

/// The instructions sysvar, which every transaction that names it has for itself.
fn instructions_account(admitted: &Admitted<'_>) -> Account {
    let transaction = &admitted.transaction;
    let keys = transaction.keys();
    let instructions: Vec<_> = transaction.instructions().collect();
    sysvars::instructions_account(instructions.iter().map(|instruction| {
        let accounts = instruction.accounts.iter().map(|index| {
            let index = usize::from(*index);
            (&keys[index], transaction.is_signer(index), admitted.is_write_lock(index))
        });
        (&keys[usize::from(instruction.program_index)], accounts, instruction.data)
    }))
}

fn index_u32(index: usize) -> u32 {
    u32::try_from(index).unwrap_or_else(|_| bug!("a block names more than 2^32 accounts"))
}
