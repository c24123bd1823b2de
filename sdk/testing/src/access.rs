//! Which accounts instructions lock, and where two of them meet.
//!
//! Two transactions run side by side unless both lock an account and one of them writes it. The fee payer is written too, so two
//! drafts with the same payer never do; instructions by themselves have no payer.

use crate::draft::Draft;
use crate::names::Names;
use sealane_runtime::ingest::is_reserved;
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;
use std::fmt::{self, Display, Formatter};
use std::sync::Arc;

/// The accounts that instructions lock.
#[derive(Clone, Debug, Default)]
pub struct Access {
    /// The account and whether it is written, each once, in the order of their first mention.
    pub(crate) locks: Vec<(Address, Lock)>,
    payer: Option<Address>,
    instructions: Vec<Instruction>,
    pub(crate) names: Arc<Names>,
}

/// What is done with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lock {
    /// It is only read.
    Reads,
    /// It may be written.
    Writes,
}

impl Lock {
    /// Whether it keeps all others out.
    #[must_use]
    pub const fn is_write(self) -> bool {
        matches!(self, Self::Writes)
    }
}

impl Display for Lock {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Reads => "reads",
            Self::Writes => "writes",
        })
    }
}

/// What locks accounts.
pub trait Accesses {
    /// The locks.
    fn access(&self) -> Access;
}

impl Accesses for Access {
    fn access(&self) -> Access {
        self.clone()
    }
}

impl Accesses for [Instruction] {
    fn access(&self) -> Access {
        Access::new(None, self)
    }
}

impl Accesses for Instruction {
    fn access(&self) -> Access {
        Access::new(None, std::slice::from_ref(self))
    }
}

impl<const COUNT: usize> Accesses for [Instruction; COUNT] {
    fn access(&self) -> Access {
        self.as_slice().access()
    }
}

impl Accesses for Vec<Instruction> {
    fn access(&self) -> Access {
        self.as_slice().access()
    }
}

impl Accesses for Draft {
    fn access(&self) -> Access {
        Access::new(Some(self.payer()), &self.instructions)
    }
}

impl<A: Accesses + ?Sized> Accesses for &A {
    fn access(&self) -> Access {
        (**self).access()
    }
}

/// An account that keeps two transactions from running side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The account.
    pub account: Address,
    /// What the first does with it.
    pub one: Lock,
    /// What the second does with it.
    pub other: Lock,
}

impl Access {
    /// The locks of `instructions`, and of who pays for them if that is known. As on the ledger, an account is written if an
    /// instruction says so, unless it is a program that is called here, or one of those that belong to the ledger.
    #[must_use]
    pub fn new(payer: Option<Address>, instructions: &[Instruction]) -> Self {
        let mut locks: Vec<(Address, Lock)> = payer.map(|payer| (payer, Lock::Writes)).into_iter().collect();
        let mut add =
            |address: Address, lock: Lock| match locks.iter_mut().find(|(known, _)| *known == address) {
                Some((_, known)) => *known = lock.max(*known),
                None => locks.push((address, lock)),
            };
        for instruction in instructions {
            for meta in &instruction.accounts {
                add(meta.pubkey, if meta.is_writable { Lock::Writes } else { Lock::Reads });
            }
            add(instruction.program_id, Lock::Reads);
        }
        for (address, lock) in &mut locks {
            let is_called = instructions.iter().any(|instruction| instruction.program_id == *address);
            if is_called || is_reserved(address) {
                *lock = Lock::Reads;
            }
        }
        Self { locks, payer, instructions: instructions.to_vec(), names: Arc::default() }
    }

    /// Shows accounts by these names.
    pub(crate) fn with_names(mut self, names: &Arc<Names>) -> Self {
        self.names = Arc::clone(names);
        self
    }

    /// The accounts that may be written.
    pub fn writes(&self) -> impl Iterator<Item = &Address> {
        self.of(Lock::Writes)
    }

    /// The accounts that are only read, programs included.
    pub fn reads(&self) -> impl Iterator<Item = &Address> {
        self.of(Lock::Reads)
    }

    fn of(&self, wanted: Lock) -> impl Iterator<Item = &Address> {
        self.locks.iter().filter(move |(_, lock)| *lock == wanted).map(|(address, _)| address)
    }

    /// The accounts at which the two meet; none if they can run side by side.
    #[must_use]
    pub fn conflicts(&self, other: &Self) -> Vec<Conflict> {
        let meet = |(account, one): &(Address, Lock)| {
            let (_, other) = other.locks.iter().find(|(address, _)| address == account)?;
            let is_conflict = one.is_write() || other.is_write();
            is_conflict.then_some(Conflict { account: *account, one: *one, other: *other })
        };
        self.locks.iter().filter_map(meet).collect()
    }

    /// What an account is here: `source of token::transfer`, or `the fee payer`.
    pub(crate) fn role(&self, account: &Address) -> String {
        if self.payer == Some(*account) {
            return "the fee payer".to_owned();
        }
        for instruction in &self.instructions {
            let position = instruction.accounts.iter().position(|meta| meta.pubkey == *account);
            let Some(position) = position else { continue };
            let (program, data) = (&instruction.program_id, &instruction.data);
            let Some(names) = self.names.instruction(program, data) else {
                return format!("account {position} of an instruction of {}", self.names.address(program));
            };
            let called =
                names.accounts.get(position).map_or_else(|| format!("account {position}"), Clone::clone);
            return format!("{called} of {}::{}", self.names.address(program), names.name);
        }
        "a program".to_owned()
    }
}
