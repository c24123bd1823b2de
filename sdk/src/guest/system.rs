//! Nested calls to the system program: how an address that a program derived, or that signed, becomes an account.

use super::account::AccountView;
use super::invoke::{Invocation, InvokeMeta, invoke, invoke_signed};
use crate::ids::system_program;
use crate::{Address, ProgramError, ProgramResult};

const CREATE_ACCOUNT: u32 = 0;
const ASSIGN: u32 = 1;
const TRANSFER: u32 = 2;
const ALLOCATE: u32 = 8;

/// An account to be made: at an address that the running program derives, or one that signs for itself.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// The system program.
    pub system_program: &'a AccountView,
    /// Who pays the lamports: a writable signer.
    pub payer: &'a AccountView,
    /// The account: writable, still the system program's, without data.
    pub account: &'a AccountView,
    /// What its address is derived from, bump included; nothing if the account signed.
    pub seeds: &'a [&'a [u8]],
    /// The balance it shall have at least.
    pub lamports: u64,
    /// Size of its data, which will be all zero.
    pub size_bytes: u64,
    /// The program it shall belong to.
    pub owner: &'a Address,
}

/// Moves lamports from an account that signed and that the system program owns; nothing is called for none.
///
/// # Errors
/// [`ProgramError::IncorrectProgramId`] if the account given as system program is another. Where the system program
/// refuses (there are not so many), the running program ends as well.
pub fn transfer(
    system_program: &AccountView,
    from: &AccountView,
    to: &AccountView,
    lamports: u64,
) -> ProgramResult {
    if *system_program.address() != system_program::ID {
        return Err(ProgramError::IncorrectProgramId);
    }
    if lamports == 0 {
        return Ok(());
    }
    let mut data = [0; 12];
    data[..4].copy_from_slice(&TRANSFER.to_le_bytes());
    data[4..].copy_from_slice(&lamports.to_le_bytes());
    let accounts = [InvokeMeta::writable_signer(from), InvokeMeta::writable(to)];
    invoke(&Invocation { program: system_program, accounts: &accounts, data: &data })
}

impl NewAccount<'_> {
    /// Makes the account. One that somebody has sent lamports to is topped up instead of created, so that nobody can
    /// block an address by paying into it.
    ///
    /// # Errors
    /// [`ProgramError::IncorrectProgramId`] if the account given as system program is another. Where the system program
    /// refuses (the account is in use, the payer too poor), the running program ends as well.
    pub fn make(&self) -> ProgramResult {
        if *self.system_program.address() != system_program::ID {
            return Err(ProgramError::IncorrectProgramId);
        }
        match self.account.lamports() {
            0 => self.create(),
            present => {
                let missing = self.lamports.saturating_sub(present);
                transfer(self.system_program, self.payer, self.account, missing)?;
                self.allocate()?;
                self.assign()
            }
        }
    }

    fn create(&self) -> ProgramResult {
        let mut data = [0; 52];
        data[..4].copy_from_slice(&CREATE_ACCOUNT.to_le_bytes());
        data[4..12].copy_from_slice(&self.lamports.to_le_bytes());
        data[12..20].copy_from_slice(&self.size_bytes.to_le_bytes());
        data[20..].copy_from_slice(self.owner.as_ref());
        let accounts = [InvokeMeta::writable_signer(self.payer), InvokeMeta::writable_signer(self.account)];
        self.call_signed(&accounts, &data)
    }

    fn allocate(&self) -> ProgramResult {
        let mut data = [0; 12];
        data[..4].copy_from_slice(&ALLOCATE.to_le_bytes());
        data[4..].copy_from_slice(&self.size_bytes.to_le_bytes());
        self.call_signed(&[InvokeMeta::writable_signer(self.account)], &data)
    }

    fn assign(&self) -> ProgramResult {
        let mut data = [0; 36];
        data[..4].copy_from_slice(&ASSIGN.to_le_bytes());
        data[4..].copy_from_slice(self.owner.as_ref());
        self.call_signed(&[InvokeMeta::writable_signer(self.account)], &data)
    }

    fn call_signed(&self, accounts: &[InvokeMeta<'_>], data: &[u8]) -> ProgramResult {
        let invocation = Invocation { program: self.system_program, accounts, data };
        let signers = [self.seeds];
        invoke_signed(&invocation, if self.seeds.is_empty() { &[] } else { &signers })
    }
}
