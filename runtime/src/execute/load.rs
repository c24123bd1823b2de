//! The accounts of one block: interned to dense slots, loaded from the store once, lent to transactions.
//!
//! Input: the admitted transactions. Output: access sets for the scheduler, and slots from which workers take accounts.
//! A slot that nobody writes is shared by reference; any other is lent (`schedule/loan.rs`), and if the schedule is right
//! it is never found taken: finding it so is a bug of ours and ends the block.
#![expect(
    unsafe_code,
    reason = "what is lent is taken back by whom it was lent to, which the compiler does not know"
)]

use super::programs::Programs;
use super::recycle::{Bin, Recycled};
use super::{Admitted, Prepared};
use crate::bug;
use crate::error::Fatal;
use crate::half_hash::HalfHash;
use crate::ledger::{
    AccountChange, AccountStore, Found, MAX_COPIED_SIZE_BYTES, StoreError, StorePlace, StoredAccount, sysvars,
};
use crate::prefetch::{self, Place};
use crate::schedule::{Access, AccessSets, Loan, Soon, Taken, Workers};
use crate::stages::{CHUNK_COUNT, timed};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use sealane_sdk::ids::{instructions, sysvar};
use sealane_sdk::{Account, Address};
use sealane_vm::{AccountRef, AccountTable, Callee};
use std::hash::BuildHasher;
use std::sync::Arc;
use std::time::Duration;

/// How many transactions ahead their keys are fetched.
const AHEAD_COUNT: usize = 4;

/// What a transaction names, and how much of it no other one has named, roughly: room is made for that.
const KEYS_PER_TRANSACTION_COUNT: usize = 5;
const ACCOUNTS_PER_TRANSACTION_COUNT: usize = 3;

/// Accounts that a block changes beside those that its transactions do, roughly: sysvars, and the collector of fees.
const OWN_CHANGES_COUNT: usize = 8;

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
    /// The instructions sysvar's slot, if the block names it.
    instructions_slot: Option<u32>,
}

impl<'b> Interned<'b> {
    /// Gives every address of the block a number, in order of first appearance.
    #[must_use]
    pub fn new(transactions: &[Prepared<'b>]) -> Self {
        let mut interned = Self::with_capacity(transactions.len());
        let mut numbers = Numbers::with_capacity(transactions.len() * ACCOUNTS_PER_TRANSACTION_COUNT);
        interned.key_starts.push(0);
        for (index, prepared) in transactions.iter().enumerate() {
            if let Some(ahead) = transactions.get(index + AHEAD_COUNT) {
                prefetch::slice(ahead.transaction.keys());
            }
            let first = interned.key_slots.len();
            for (key_index, address) in prepared.transaction.keys().iter().enumerate() {
                let slot = numbers.number(address, &mut interned.addresses);
                if slot as usize == interned.written.len() {
                    interned.written.push(false);
                }
                interned.written[slot as usize] |= prepared.is_write_lock(key_index);
                interned.key_slots.push(slot);
            }
            interned.access_sets.push(
                interned.key_slots[first..]
                    .iter()
                    .enumerate()
                    .map(|(key_index, slot)| Access::new(*slot, prepared.is_write_lock(key_index))),
            );
            interned.key_starts.push(index_u32(interned.key_slots.len()));
        }
        interned.instructions_slot = numbers.find(&instructions::ID, &interned.addresses);
        interned
    }

    fn with_capacity(transaction_count: usize) -> Self {
        let key_count = transaction_count * KEYS_PER_TRANSACTION_COUNT;
        let account_count = transaction_count * ACCOUNTS_PER_TRANSACTION_COUNT;
        Self {
            addresses: Vec::with_capacity(account_count),
            written: Vec::with_capacity(account_count),
            key_slots: Vec::with_capacity(key_count),
            key_starts: Vec::with_capacity(transaction_count + 1),
            access_sets: AccessSets::with_capacity(transaction_count, key_count),
            instructions_slot: None,
        }
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

/// The numbers given to addresses so far. The table has eight bytes for each, so that it stays in the core's cache.
#[derive(Debug)]
struct Numbers {
    /// Half of an address's hash, which is enough to move it in the table, and its number.
    table: HashTable<(HalfHash, u32)>,
    /// Users choose addresses, so the hasher's key is random; nothing depends on the table's order.
    random_state: RandomState,
}

impl Numbers {
    fn with_capacity(count: usize) -> Self {
        Self { table: HashTable::with_capacity(count), random_state: RandomState::default() }
    }

    /// The number of `address`: its position in `addresses`, at whose end it is put if it is new.
    #[inline]
    fn number<'b>(&mut self, address: &'b Address, addresses: &mut Vec<&'b Address>) -> u32 {
        let half = self.half(address);
        let is_same =
            |(other, slot): &(HalfHash, u32)| *other == half && addresses[*slot as usize] == address;
        match self.table.entry(half.spread(), is_same, |(half, _)| half.spread()) {
            Entry::Occupied(known) => known.get().1,
            Entry::Vacant(free) => {
                let slot = index_u32(addresses.len());
                addresses.push(address);
                free.insert((half, slot));
                slot
            }
        }
    }

    fn find(&self, address: &Address, addresses: &[&Address]) -> Option<u32> {
        let half = self.half(address);
        let is_same =
            |(other, slot): &(HalfHash, u32)| *other == half && addresses[*slot as usize] == address;
        self.table.find(half.spread(), is_same).map(|(_, slot)| *slot)
    }

    fn half(&self, address: &Address) -> HalfHash {
        HalfHash::of(self.random_state.hash_one(address))
    }
}

/// One account of the block.
#[derive(Debug)]
struct Slot {
    /// Where the account lies, unless it has moved since it was loaded.
    place: Place,
    /// Where the store holds it.
    store_place: StorePlace,
    /// If the account was a program when the block began, where among the block's callees it stands.
    callee: Option<u32>,
    holder: Holder,
}

#[derive(Debug)]
enum Holder {
    /// No transaction of the block writes it.
    Shared(Arc<Account>),
    /// Some transaction of the block writes it.
    Exclusive(Loan<Exclusive>),
}

#[derive(Debug)]
struct Exclusive {
    /// `None` while a transaction that writes the account runs.
    account: Option<Arc<Account>>,
    changed: bool,
    /// Whether it has no lamports left, and so is gone.
    gone: bool,
}

/// The loaded accounts of a block, lent to one transaction after another.
#[derive(Debug)]
pub struct BlockAccounts<'b> {
    interned: &'b Interned<'b>,
    slots: Vec<Slot>,
    /// What runs when one of the block's programs is called; `None` if nothing can.
    callees: Vec<Option<Callee>>,
}

/// That the accounts of a transaction are lent: to be used up by taking them back.
#[derive(Debug)]
#[must_use = "what is lent is taken back"]
pub struct Lent<'b> {
    accounts: &'b BlockAccounts<'b>,
    transaction_index: usize,
    /// Which of the transaction's keys were lent to be written, a bit each.
    write_locks: u64,
}

/// What a block did to its accounts.
#[derive(Debug)]
pub struct Changes {
    /// Every account that it changed; no address stands twice.
    pub changes: Vec<AccountChange>,
    /// Where the store said that the first of these are.
    pub places: Vec<StorePlace>,
}

impl<'b> BlockAccounts<'b> {
    /// Fetches every account the block names, in parallel; `sysvars` are this block's, not the store's, and copies are
    /// made in the room of `recycled`. The CPU time of all workers is added to `cpu`.
    ///
    /// # Errors
    /// [`Fatal`] if the store fails or a program on the ledger cannot be compiled.
    pub fn load(
        interned: &'b Interned<'b>,
        store: &dyn AccountStore,
        sysvars: &[AccountChange],
        programs: &mut Programs,
        recycled: &Recycled,
        workers: &Workers,
        cpu: &mut Duration,
    ) -> Result<Self, Fatal> {
        let fetched = workers.map_chunks(&interned.addresses, CHUNK_COUNT, |first, addresses| {
            recycled.with_bin(|bin| fetch(addresses, &interned.written[first..], store, sysvars, bin))
        });
        *cpu += fetched.cpu;
        timed(cpu, || {
            let mut slots = Vec::with_capacity(interned.addresses.len());
            let mut programs_found = Vec::new();
            for fetched in fetched.results {
                let (mut fetched, executable) = fetched?;
                programs_found.extend(executable.into_iter().map(|index| slots.len() + index));
                slots.append(&mut fetched);
            }
            let mut callees = Vec::with_capacity(programs_found.len());
            for slot in programs_found {
                // Whoever writes a program's account still calls it as it was: nobody has written yet.
                let account = slots[slot].at_start();
                slots[slot].callee = Some(index_u32(callees.len()));
                callees.push(programs.resolve(interned.addresses[slot], &account, store)?);
            }
            Ok(Self { interned, slots, callees })
        })
    }

    /// Has the processor fetch what a transaction will need.
    #[inline]
    pub fn prefetch(&self, transaction_index: usize, admitted: &Admitted<'b>, soon: Soon) {
        let slots = self.interned.slots_of(transaction_index).iter().map(|slot| &self.slots[*slot as usize]);
        match soon {
            Soon::Later => {
                prefetch::value(admitted.prepared);
                slots.for_each(prefetch::value);
            }
            Soon::Next => {
                prefetch::slice(admitted.transaction.message());
                for Slot { place, holder, .. } in slots {
                    if matches!(holder, Holder::Exclusive(_)) {
                        place.fetch();
                    }
                }
            }
        }
    }

    /// Which of a transaction's keys is the instructions sysvar, if one is.
    pub(super) fn instructions_index(&self, transaction_index: usize) -> Option<usize> {
        let slot = self.interned.instructions_slot?;
        self.interned.slots_of(transaction_index).iter().position(|other| *other == slot)
    }

    /// Puts a transaction's accounts into `table`, in the order of its keys, until they are taken back.
    pub fn lend(
        &'b self,
        transaction_index: usize,
        admitted: &Admitted<'b>,
        table: &mut AccountTable<'b>,
    ) -> Lent<'b> {
        let transaction = &admitted.transaction;
        let slots = self.interned.slots_of(transaction_index);
        for (key_index, (slot, address)) in slots.iter().zip(transaction.keys()).enumerate() {
            let write = admitted.is_write_lock(key_index);
            let Slot { callee, holder, .. } = &self.slots[*slot as usize];
            let account = match holder {
                Holder::Shared(_) if self.interned.instructions_slot == Some(*slot) => {
                    AccountRef::Owned(Arc::new(instructions_account(admitted)))
                }
                Holder::Shared(account) => AccountRef::Shared(account),
                Holder::Exclusive(exclusive) => AccountRef::Owned(lend(exclusive, write, *slot)),
            };
            let callee = callee.and_then(|callee| self.callees[callee as usize].as_ref());
            table.push(address, account, callee, write, transaction.is_signer(key_index));
        }
        Lent { accounts: self, transaction_index, write_locks: admitted.write_locks }
    }

    /// What the block did to its accounts, collected in parallel.
    #[must_use]
    pub fn into_changes(self, workers: &Workers, cpu: &mut Duration) -> Changes {
        let Self { interned, mut slots, .. } = self;
        let chunks = workers.map_chunks_mut(&mut slots, CHUNK_COUNT, |first, chunk| {
            let mut changes = Changes::with_capacity(chunk.len());
            for (address, slot) in interned.addresses[first..].iter().zip(chunk) {
                if let Some(change) = slot.change() {
                    changes.changes.push((**address, change));
                    changes.places.push(slot.store_place);
                }
            }
            changes
        });
        *cpu += chunks.cpu;
        timed(cpu, || {
            let mut all =
                Changes::with_capacity(chunks.results.iter().map(|chunk| chunk.changes.len()).sum());
            for mut chunk in chunks.results {
                all.changes.append(&mut chunk.changes);
                all.places.append(&mut chunk.places);
            }
            all
        })
    }
}

impl<'b> Lent<'b> {
    /// Takes the transaction's accounts back from `table`, into which they were put. An account without lamports is gone.
    pub fn take_back(self, table: &mut AccountTable<'b>) {
        let Self { accounts, transaction_index, write_locks } = self;
        let slots = accounts.interned.slots_of(transaction_index).iter();
        for ((key_index, slot), entry) in slots.enumerate().zip(table.drain()) {
            if let (Holder::Exclusive(exclusive), AccountRef::Owned(account)) =
                (&accounts.slots[*slot as usize].holder, entry.account)
            {
                if write_locks >> key_index & 1 == 1 {
                    // SAFETY: `Lent` is made when all accounts of its transaction are lent, this one to be written, and is used
                    // up by taking back each of them once.
                    unsafe { exclusive.end_writing(|exclusive| exclusive.put_back(account, entry.changed)) }
                } else {
                    drop(account);
                    // SAFETY: as above, but lent to be read.
                    unsafe { exclusive.end_reading() }
                }
            }
        }
    }
}

/// Lends an account that some transaction of the block writes.
#[inline]
fn lend(exclusive: &Loan<Exclusive>, write: bool, slot: u32) -> Arc<Account> {
    let lent = if write {
        exclusive.begin_writing(Exclusive::take)
    } else {
        exclusive.begin_reading(|exclusive| exclusive.account.clone())
    };
    match lent {
        Ok(Some(account)) => account,
        Ok(None) | Err(Taken) => bug!("the schedule lets two transactions at the account in slot {slot}"),
    }
}

impl Changes {
    /// No changes, with room for `count` and a few that the block makes itself.
    fn with_capacity(count: usize) -> Self {
        Self { changes: Vec::with_capacity(count + OWN_CHANGES_COUNT), places: Vec::with_capacity(count) }
    }
}

impl Slot {
    fn new(account: StoredAccount<'_>, store_place: StorePlace, written: bool, bin: &mut Bin) -> Self {
        if !written {
            let account = account.to_shared();
            let place = Place::of(&account);
            return Self { place, store_place, callee: None, holder: Holder::Shared(account) };
        }
        // Most accounts that may be written are. Copied here, many at a time, and not by the transaction that first writes
        // it, the copy stays where it is during the block and can be fetched in time. Large ones wait: they may not be written.
        let is_copied = account.data.len() <= MAX_COPIED_SIZE_BYTES && !account.executable;
        let account = if is_copied { bin.copy(account) } else { account.to_shared() };
        let place = Place::of(&account);
        let exclusive = Exclusive { account: Some(account), changed: false, gone: false };
        Self { place, store_place, callee: None, holder: Holder::Exclusive(Loan::new(exclusive)) }
    }

    /// What the block did to the account: its new value, or that it is gone; `None` if nothing.
    fn change(&mut self) -> Option<Option<Arc<Account>>> {
        let Holder::Exclusive(exclusive) = &mut self.holder else { return None };
        let exclusive =
            exclusive.get_mut().ok().and_then(|exclusive| Some((exclusive.account.take()?, exclusive)));
        let (account, exclusive) = exclusive.unwrap_or_else(|| bug!("an account was never given back"));
        exclusive.changed.then_some((!exclusive.gone).then_some(account))
    }

    /// The account, before any transaction of the block has run.
    fn at_start(&mut self) -> Arc<Account> {
        match &mut self.holder {
            Holder::Shared(account) => Arc::clone(account),
            Holder::Exclusive(exclusive) => exclusive
                .get_mut()
                .ok()
                .and_then(|exclusive| exclusive.account.clone())
                .unwrap_or_else(|| bug!("an account is lent before the block runs")),
        }
    }
}

impl Exclusive {
    /// Gives the account away to be written.
    fn take(&mut self) -> Option<Arc<Account>> {
        self.account.take()
    }

    /// Takes the account back from who wrote it, if it `changed` it.
    fn put_back(&mut self, account: Arc<Account>, changed: bool) {
        debug_assert!(self.account.is_none(), "the account was lent to be written");
        self.changed |= changed;
        if changed {
            self.gone = account.lamports == 0;
        }
        self.account = Some(if changed && self.gone { Arc::new(Account::default()) } else { account });
    }
}

/// The slots of `addresses` as the block begins, and which of them hold programs.
fn fetch(
    addresses: &[&Address],
    written: &[bool],
    store: &dyn AccountStore,
    sysvars: &[AccountChange],
    bin: &mut Bin,
) -> Result<(Vec<Slot>, Vec<usize>), StoreError> {
    let missing = Arc::default();
    let mut slots = Vec::with_capacity(addresses.len());
    let mut executable = Vec::new();
    store.visit(addresses, &mut |index, Found { account, place }| {
        let account = match account {
            Some(account) if account.owner == sysvar::ID => {
                let current = sysvars.iter().find(|(sysvar, _)| sysvar == addresses[index]);
                current.and_then(|(_, account)| account.as_ref()).map_or(account, StoredAccount::from)
            }
            Some(account) => account,
            None => StoredAccount::from(&missing),
        };
        if account.executable {
            executable.push(index);
        }
        slots.push(Slot::new(account, place, written[index], bin));
    })?;
    assert_eq!(slots.len(), addresses.len(), "the store has visited every address in order");
    Ok((slots, executable))
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
