//! The accounts of one transaction, changed in place, with a log that undoes the changes.
//!
//! The runtime pushes accounts in before the first call and takes them out after the last. Everything here is
//! *mechanism*: whether a change is allowed is decided in `rules.rs`, before it comes here.

use crate::context::Callee;
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// How the table holds an account.
#[derive(Debug)]
pub enum AccountRef<'a> {
    /// Nobody writes the account in this block: it is only looked at.
    Shared(&'a Account),
    /// The account belongs to the transaction until it ends. The first change copies it if the store still holds it.
    Owned(Arc<Account>),
}

impl AccountRef<'_> {
    fn get(&self) -> &Account {
        match self {
            Self::Shared(account) => account,
            Self::Owned(account) => account,
        }
    }
}

/// One account of the transaction.
#[derive(Debug)]
pub struct TableEntry<'a> {
    /// The account's address.
    pub address: &'a Address,
    /// The account itself.
    pub account: AccountRef<'a>,
    /// What runs when the account is called as a program, as of the start of the block.
    pub callee: Option<&'a Callee>,
    /// Whether the transaction declared it writable (and it is not reserved).
    pub writable: bool,
    /// Whether the transaction carries its signature.
    pub signer: bool,
    /// Whether anything in it was changed, even if it was changed back.
    pub changed: bool,
    /// Whether a call got the account or ran it as its program.
    pub touched: bool,
    /// Lamports before the transaction, its fee included.
    pub lamports_before: u64,
    /// Data size in bytes before the transaction.
    pub size_before_bytes: usize,
    /// Data size in bytes when the outermost of the running calls began.
    pub(crate) size_at_call_bytes: usize,
}

/// One change, told by what was there before. Bytes lie in the log's own buffer.
#[derive(Clone, Copy, Debug)]
enum Undo {
    Lamports {
        index: usize,
        lamports: u64,
    },
    Owner {
        index: usize,
        owner: Address,
    },
    Executable {
        index: usize,
        executable: bool,
    },
    /// The last `size` bytes of the buffer stood at `offset`.
    Data {
        index: usize,
        offset: usize,
        size: usize,
    },
    /// The data had `size_before` bytes; if it shrank, the cut bytes are the last of the buffer.
    Resize {
        index: usize,
        size_before: usize,
        cut: usize,
    },
}

/// Where in the undo log something began; [`AccountTable::rollback`] goes back to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(usize);

/// The accounts of one transaction, in the order of its keys, and the log that undoes what was done to them.
#[derive(Debug, Default)]
pub struct AccountTable<'a> {
    entries: Vec<TableEntry<'a>>,
    undo: Vec<Undo>,
    undo_bytes: Vec<u8>,
    /// Bytes all data grew since the transaction began, shrinking counted against it.
    growth_bytes: i64,
}

impl<'a> AccountTable<'a> {
    /// Adds the next account.
    #[inline]
    pub fn push(
        &mut self,
        address: &'a Address,
        account: AccountRef<'a>,
        callee: Option<&'a Callee>,
        writable: bool,
        signer: bool,
    ) {
        let (lamports_before, size_before_bytes) = (account.get().lamports, account.get().data.len());
        self.entries.push(TableEntry {
            address,
            account,
            callee,
            writable,
            signer,
            changed: false,
            touched: false,
            lamports_before,
            size_before_bytes,
            size_at_call_bytes: size_before_bytes,
        });
    }

    /// Takes all accounts out and forgets the undo log: the end of the transaction.
    pub fn drain(&mut self) -> impl Iterator<Item = TableEntry<'a>> + '_ {
        self.undo.clear();
        self.undo_bytes.clear();
        self.growth_bytes = 0;
        self.entries.drain(..)
    }

    /// How many accounts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The entry at `index`, if there is one.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<&TableEntry<'a>> {
        self.entries.get(index)
    }

    /// All entries in the order of the transaction's keys.
    #[must_use]
    pub fn entries(&self) -> &[TableEntry<'a>] {
        &self.entries
    }

    /// The account at `index`.
    ///
    /// # Panics
    /// If there is none: indices come from sanitized transactions or checked calls.
    #[must_use]
    pub fn account(&self, index: usize) -> &Account {
        self.entries[index].account.get()
    }

    /// The address at `index`.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn address(&self, index: usize) -> &'a Address {
        self.entries[index].address
    }

    /// Notes that a call gets the account, or runs it.
    pub(crate) fn touch(&mut self, index: usize) {
        self.entries[index].touched = true;
    }

    /// Notes the account's present size as the one that growth within the call that begins is measured against.
    pub(crate) fn begin_call(&mut self, index: usize) {
        let entry = &mut self.entries[index];
        entry.size_at_call_bytes = entry.account.get().data.len();
    }

    /// Bytes that all data grew in this transaction (negative: it shrank).
    #[must_use]
    pub const fn growth_bytes(&self) -> i64 {
        self.growth_bytes
    }

    /// Sets the lamports of an account.
    pub fn set_lamports(&mut self, index: usize, lamports: u64) {
        let before = std::mem::replace(&mut self.change(index).lamports, lamports);
        self.undo.push(Undo::Lamports { index, lamports: before });
    }

    /// Sets the owner of an account.
    pub fn set_owner(&mut self, index: usize, owner: &Address) {
        let before = std::mem::replace(&mut self.change(index).owner, *owner);
        self.undo.push(Undo::Owner { index, owner: before });
    }

    /// Makes an account a program, or no longer one.
    pub fn set_executable(&mut self, index: usize, executable: bool) {
        let before = std::mem::replace(&mut self.change(index).executable, executable);
        self.undo.push(Undo::Executable { index, executable: before });
    }

    /// Writes `bytes` at `offset` of an account's data.
    ///
    /// # Panics
    /// If the range lies outside the data: `rules.rs` has checked it.
    pub fn write_data(&mut self, index: usize, offset: usize, bytes: &[u8]) {
        let end = offset.checked_add(bytes.len()).expect("range was checked");
        let Self { entries, undo_bytes, .. } = self;
        let data = &mut change(&mut entries[index]).data[offset..end];
        undo_bytes.extend_from_slice(data);
        data.copy_from_slice(bytes);
        self.undo.push(Undo::Data { index, offset, size: bytes.len() });
    }

    /// Makes an account's data `size` bytes long; new bytes are zero.
    pub fn resize_data(&mut self, index: usize, size: usize) {
        let Self { entries, undo_bytes, .. } = self;
        let data = &mut change(&mut entries[index]).data;
        let size_before = data.len();
        let cut = size_before.saturating_sub(size);
        undo_bytes.extend_from_slice(&data[size_before - cut..]);
        data.resize(size, 0);
        self.growth_bytes += size as i64 - size_before as i64;
        self.undo.push(Undo::Resize { index, size_before, cut });
    }

    /// The present end of the undo log.
    #[must_use]
    pub fn mark(&self) -> Mark {
        Mark(self.undo.len())
    }

    /// Undoes everything since `mark`.
    pub fn rollback(&mut self, mark: Mark) {
        while self.undo.len() > mark.0 {
            let undo = self.undo.pop().expect("longer than the mark");
            self.undo_one(undo);
        }
    }

    fn undo_one(&mut self, undo: Undo) {
        match undo {
            Undo::Lamports { index, lamports } => self.change(index).lamports = lamports,
            Undo::Owner { index, owner } => self.change(index).owner = owner,
            Undo::Executable { index, executable } => self.change(index).executable = executable,
            Undo::Data { index, offset, size } => {
                let Self { entries, undo_bytes, .. } = self;
                let from = undo_bytes.len() - size;
                change(&mut entries[index]).data[offset..offset + size].copy_from_slice(&undo_bytes[from..]);
                undo_bytes.truncate(from);
            }
            Undo::Resize { index, size_before, cut } => {
                let Self { entries, undo_bytes, growth_bytes, .. } = self;
                let data = &mut change(&mut entries[index]).data;
                *growth_bytes -= data.len() as i64 - size_before as i64;
                data.resize(size_before, 0);
                let from = undo_bytes.len() - cut;
                data[size_before - cut..].copy_from_slice(&undo_bytes[from..]);
                undo_bytes.truncate(from);
            }
        }
    }

    fn change(&mut self, index: usize) -> &mut Account {
        change(&mut self.entries[index])
    }
}

/// The account of `entry`, to be changed.
fn change<'e>(entry: &'e mut TableEntry<'_>) -> &'e mut Account {
    entry.changed = true;
    match &mut entry.account {
        AccountRef::Owned(account) => Arc::make_mut(account),
        AccountRef::Shared(_) => unreachable!("an account that nobody writes in this block is being written"),
    }
}
