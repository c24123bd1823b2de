//! Nested calls to the system program: how a derived address becomes an account.

use sealane_sdk::guest::{AccountView, Invocation, InvokeMeta, invoke, invoke_signed};
use sealane_sdk::{Address, ProgramError, ProgramResult, ids};

const CREATE_ACCOUNT: u32 = 0;
const ASSIGN: u32 = 1;
const TRANSFER: u32 = 2;
const ALLOCATE: u32 = 8;

/// An account to be made.
pub(crate) struct Place<'a> {
    pub(crate) system_program: &'a AccountView,
    pub(crate) payer: &'a AccountView,
    pub(crate) account: &'a AccountView,
    /// The account's address is derived from these.
    pub(crate) seeds: &'a [&'a [u8]],
    /// The balance it shall have at least.
    pub(crate) lamports: u64,
    pub(crate) size_bytes: u64,
    pub(crate) owner: &'a Address,
}

impl Place<'_> {
    /// Makes the account. One that somebody has sent lamports to is topped up instead of created, so that nobody can
    /// block an address by paying into it.
    ///
    /// # Errors
    /// `IncorrectProgramId` if the account given as system program is another.
    pub(crate) fn make(&self) -> ProgramResult {
        if *self.system_program.address() != ids::system_program::ID {
            return Err(ProgramError::IncorrectProgramId);
        }
        match self.account.lamports() {
            0 => self.create(),
            present => {
                self.top_up(self.lamports.saturating_sub(present))?;
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

    fn top_up(&self, lamports: u64) -> ProgramResult {
        if lamports == 0 {
            return Ok(());
        }
        let mut data = [0; 12];
        data[..4].copy_from_slice(&TRANSFER.to_le_bytes());
        data[4..].copy_from_slice(&lamports.to_le_bytes());
        let accounts = [InvokeMeta::writable_signer(self.payer), InvokeMeta::writable(self.account)];
        invoke(&Invocation { program: self.system_program, accounts: &accounts, data: &data })
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
        invoke_signed(&Invocation { program: self.system_program, accounts, data }, &[self.seeds])
    }
}
