//! What a program may change: the rules of the ledger, each a few lines, for WebAssembly and built-in programs alike.
//!
//! A change comes here first and goes on to the account table only if every rule allows it.

use crate::context::Context;
use crate::{CallError, Rule};
use sealane_sdk::Address;
use sealane_sdk::ids::bpf_loader_upgradeable;
use sealane_sdk::limits::{
    MAX_ACCOUNT_DATA_SIZE_BYTES, MAX_DATA_GROWTH_PER_CALL_BYTES, MAX_DATA_GROWTH_PER_TRANSACTION_BYTES,
};

/// Changes to the accounts of the running call. `position` counts in the call's own account list.
impl Context<'_> {
    /// Sets the lamports of an account.
    ///
    /// # Errors
    /// [`Rule::ReadOnlyLamports`], [`Rule::ForeignLamports`]; [`CallError::NoSuchAccount`].
    pub fn set_lamports(&mut self, position: usize, lamports: u64) -> Result<(), CallError> {
        let (index, writable) = self.locate(position)?;
        let before = self.accounts.account(index).lamports;
        if lamports == before {
            return Ok(());
        }
        self.require(writable, Rule::ReadOnlyLamports, index)?;
        if lamports < before {
            self.require(self.owns(index), Rule::ForeignLamports, index)?;
        }
        self.accounts.set_lamports(index, lamports);
        Ok(())
    }

    /// Gives an account to another program.
    ///
    /// # Errors
    /// [`Rule::ReadOnlyOwner`], [`Rule::ForeignOwner`], [`Rule::OwnerWithData`]; [`CallError::NoSuchAccount`].
    pub fn set_owner(&mut self, position: usize, owner: &Address) -> Result<(), CallError> {
        let (index, writable) = self.locate(position)?;
        if self.accounts.account(index).owner == *owner {
            return Ok(());
        }
        self.require(writable, Rule::ReadOnlyOwner, index)?;
        self.require(self.owns(index), Rule::ForeignOwner, index)?;
        let all_zero = self.accounts.account(index).data.iter().all(|byte| *byte == 0);
        self.require(all_zero, Rule::OwnerWithData, index)?;
        self.accounts.set_owner(index, owner);
        Ok(())
    }

    /// Writes `bytes` at `offset` of an account's data.
    ///
    /// # Errors
    /// [`Rule::ReadOnlyData`], [`Rule::ForeignData`], [`Rule::DataOutOfBounds`]; [`CallError::NoSuchAccount`].
    pub fn write_data(&mut self, position: usize, offset: usize, bytes: &[u8]) -> Result<(), CallError> {
        let index = self.may_change_data(position)?;
        let fits =
            offset.checked_add(bytes.len()).is_some_and(|end| end <= self.accounts.account(index).data.len());
        self.require(fits, Rule::DataOutOfBounds, index)?;
        self.accounts.write_data(index, offset, bytes);
        Ok(())
    }

    /// Makes an account's data `size` bytes long; new bytes are zero.
    ///
    /// # Errors
    /// As [`Self::write_data`], and [`Rule::DataTooLarge`], [`Rule::GrowthPerTransaction`]. The limit on growth a call
    /// ([`Rule::GrowthPerCall`]) holds for WebAssembly programs; [`Self::check_growth_per_call`] is theirs.
    pub fn resize_data(&mut self, position: usize, size: usize) -> Result<(), CallError> {
        let (index, _) = self.locate(position)?;
        let before = self.accounts.account(index).data.len();
        if size == before {
            return Ok(());
        }
        self.may_change_data(position)?;
        self.require(size <= MAX_ACCOUNT_DATA_SIZE_BYTES, Rule::DataTooLarge, index)?;
        let growth = self.accounts.growth_bytes() + (size as i64 - before as i64);
        self.require(
            growth <= MAX_DATA_GROWTH_PER_TRANSACTION_BYTES as i64,
            Rule::GrowthPerTransaction,
            index,
        )?;
        self.accounts.resize_data(index, size);
        Ok(())
    }

    /// Checks that an account may have `size` bytes of data, given what it had when the outermost call began.
    ///
    /// # Errors
    /// [`Rule::GrowthPerCall`]; [`CallError::NoSuchAccount`].
    pub fn check_growth_per_call(&self, position: usize, size: usize) -> Result<(), CallError> {
        let (index, _) = self.locate(position)?;
        let before = self.accounts.entry(index).map_or(0, |entry| entry.size_at_call_bytes);
        let fits = size.saturating_sub(before) <= MAX_DATA_GROWTH_PER_CALL_BYTES;
        self.require(fits, Rule::GrowthPerCall, index)
    }

    /// Makes an account a program, or no longer one: the loader's own right.
    ///
    /// # Errors
    /// [`Rule::ReadOnlyData`], [`Rule::ForeignData`], [`Rule::Executable`]; [`CallError::NoSuchAccount`].
    pub fn set_executable(&mut self, position: usize, executable: bool) -> Result<(), CallError> {
        let index = self.may_change_data(position)?;
        self.require(*self.program_address() == bpf_loader_upgradeable::ID, Rule::Executable, index)?;
        self.accounts.set_executable(index, executable);
        Ok(())
    }

    /// Checks the two rules that allow a change of data, and gives the account's index in the table.
    pub(crate) fn may_change_data(&self, position: usize) -> Result<usize, CallError> {
        let (index, writable) = self.locate(position)?;
        self.require(writable, Rule::ReadOnlyData, index)?;
        self.require(self.owns(index), Rule::ForeignData, index)?;
        Ok(index)
    }

    fn owns(&self, index: usize) -> bool {
        self.accounts.account(index).owner == *self.program_address()
    }

    fn require(&self, holds: bool, rule: Rule, index: usize) -> Result<(), CallError> {
        if holds { Ok(()) } else { Err(CallError::rule(rule, *self.accounts.address(index))) }
    }
}
