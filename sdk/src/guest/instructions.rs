//! The transaction's own instructions: what runs at top level, what ran before it, and what will run after it.
//!
//! They are read from the instructions sysvar, an account that the transaction lists and the host fills: its data is
//! laid out as Solana's, all integers u16: how many instructions there are; where each starts; the instructions; and,
//! last, which one is running. An instruction is its number of accounts; for each account a byte of flags (1: signer,
//! 2: writable) and the address; the program's address; the size of the data; the data.
//!
//! A program that lends within a transaction, or wants to see a signature check beside itself, looks here. Nested calls
//! are not listed: a program that must be at top level compares the running instruction's program with its own address.

use super::account::AccountView;
use super::address::address_eq;
use crate::ids::instructions;
use crate::{Address, ProgramError};

const NUMBER_SIZE_BYTES: usize = 2;
const ADDRESS_SIZE_BYTES: usize = 32;
const ENTRY_SIZE_BYTES: usize = 1 + ADDRESS_SIZE_BYTES;
const IS_SIGNER: u8 = 1;
const IS_WRITABLE: u8 = 2;

/// The transaction's top-level instructions.
#[derive(Clone, Copy, Debug)]
pub struct Instructions<'a> {
    view: &'a AccountView,
}

/// One of them.
#[derive(Clone, Copy, Debug)]
pub struct TopLevelInstruction<'a> {
    instructions: Instructions<'a>,
    /// Where its accounts start.
    accounts_offset: usize,
    account_count: u16,
    /// The program it calls.
    pub program_id: Address,
    data_offset: usize,
    data_size_bytes: u16,
}

/// An account as an instruction lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedAccount {
    /// Its address.
    pub address: Address,
    /// Whether it signs the transaction.
    pub is_signer: bool,
    /// Whether the transaction may write it.
    pub is_writable: bool,
}

impl<'a> Instructions<'a> {
    /// Makes sure that the account is the sysvar: only the host writes what stands there.
    ///
    /// # Errors
    /// [`ProgramError::UnsupportedSysvar`] if it is another account.
    pub fn new(view: &'a AccountView) -> Result<Self, ProgramError> {
        if address_eq(view.address(), &instructions::ID) {
            Ok(Self { view })
        } else {
            Err(ProgramError::UnsupportedSysvar)
        }
    }

    /// How many there are.
    ///
    /// # Errors
    /// [`ProgramError::InvalidAccountData`] if the data ends before: never for what the host wrote, but nothing here
    /// depends on that. So with all that follow. [`ProgramError::AccountBorrowFailed`] while the data is lent to be
    /// written.
    pub fn count(&self) -> Result<u16, ProgramError> {
        self.number(0)
    }

    /// The index of the one that is running, or whose program made the nested call that is running.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub fn current_index(&self) -> Result<u16, ProgramError> {
        let offset = self.view.data_size().checked_sub(NUMBER_SIZE_BYTES);
        self.number(offset.ok_or(ProgramError::InvalidAccountData)?)
    }

    /// The instruction at `index`.
    ///
    /// # Errors
    /// [`ProgramError::InvalidArgument`] if there are fewer; as [`Self::count`].
    pub fn get(&self, index: u16) -> Result<TopLevelInstruction<'a>, ProgramError> {
        if index >= self.count()? {
            return Err(ProgramError::InvalidArgument);
        }
        let start = self.number(NUMBER_SIZE_BYTES + NUMBER_SIZE_BYTES * usize::from(index))?;
        let account_count = self.number(usize::from(start))?;
        let accounts_offset = usize::from(start) + NUMBER_SIZE_BYTES;
        let program_offset = accounts_offset + ENTRY_SIZE_BYTES * usize::from(account_count);
        let size_offset = program_offset + ADDRESS_SIZE_BYTES;
        Ok(TopLevelInstruction {
            instructions: *self,
            accounts_offset,
            account_count,
            program_id: Address::new_from_array(self.bytes(program_offset)?),
            data_offset: size_offset + NUMBER_SIZE_BYTES,
            data_size_bytes: self.number(size_offset)?,
        })
    }

    /// The instruction that is running.
    ///
    /// # Errors
    /// As [`Self::count`].
    pub fn current(&self) -> Result<TopLevelInstruction<'a>, ProgramError> {
        self.get(self.current_index()?)
    }

    fn number(&self, offset: usize) -> Result<u16, ProgramError> {
        Ok(u16::from_le_bytes(self.bytes(offset)?))
    }

    fn bytes<const SIZE: usize>(&self, offset: usize) -> Result<[u8; SIZE], ProgramError> {
        let mut bytes = [0; SIZE];
        self.read(offset, &mut bytes)?;
        Ok(bytes)
    }

    /// Fills `out` from the data, wherever the data is.
    fn read(&self, offset: usize, out: &mut [u8]) -> Result<(), ProgramError> {
        let end = offset.checked_add(out.len()).ok_or(ProgramError::InvalidAccountData)?;
        if end > self.view.data_size() {
            return Err(ProgramError::InvalidAccountData);
        }
        if self.view.is_windowed() {
            return self.view.read_window(offset, out);
        }
        let data = self.view.borrow_data()?;
        out.copy_from_slice(data.get(offset..end).ok_or(ProgramError::InvalidAccountData)?);
        Ok(())
    }
}

impl TopLevelInstruction<'_> {
    /// How many accounts it lists, repeated ones included.
    #[must_use]
    pub const fn account_count(&self) -> u16 {
        self.account_count
    }

    /// The account at `index` of its list.
    ///
    /// # Errors
    /// [`ProgramError::NotEnoughAccountKeys`] if there are fewer; as [`Instructions::count`].
    pub fn account(&self, index: u16) -> Result<ListedAccount, ProgramError> {
        if index >= self.account_count {
            return Err(ProgramError::NotEnoughAccountKeys);
        }
        let offset = self.accounts_offset + ENTRY_SIZE_BYTES * usize::from(index);
        let [flags, address @ ..]: [u8; ENTRY_SIZE_BYTES] = self.instructions.bytes(offset)?;
        Ok(ListedAccount {
            address: Address::new_from_array(address),
            is_signer: flags & IS_SIGNER != 0,
            is_writable: flags & IS_WRITABLE != 0,
        })
    }

    /// Size of its data in bytes.
    #[must_use]
    pub const fn data_size_bytes(&self) -> u16 {
        self.data_size_bytes
    }

    /// Its data, which must have exactly `SIZE` bytes.
    ///
    /// # Errors
    /// [`ProgramError::InvalidInstructionData`] if it has another size; as [`Instructions::count`].
    pub fn data<const SIZE: usize>(&self) -> Result<[u8; SIZE], ProgramError> {
        if usize::from(self.data_size_bytes) != SIZE {
            return Err(ProgramError::InvalidInstructionData);
        }
        self.instructions.bytes(self.data_offset)
    }

    /// Fills `out` with its data from `offset` on.
    ///
    /// # Errors
    /// [`ProgramError::InvalidInstructionData`] if there is less; as [`Instructions::count`].
    pub fn read_data(&self, offset: usize, out: &mut [u8]) -> Result<(), ProgramError> {
        match offset.checked_add(out.len()) {
            Some(end) if end <= usize::from(self.data_size_bytes) => {
                self.instructions.read(self.data_offset + offset, out)
            }
            _ => Err(ProgramError::InvalidInstructionData),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest::region::{Region, RegionAccount};
    use crate::ids::sysvar;
    use crate::{Account, ProgramResult};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// Program, accounts (flags, address) and data.
    type Plain = (u8, Vec<(u8, u8)>, Vec<u8>);

    fn encode(instructions: &[Plain], current: u16) -> Vec<u8> {
        let number = |value: usize| u16::try_from(value).expect("small").to_le_bytes();
        let mut bytes = number(instructions.len()).to_vec();
        bytes.resize(2 + 2 * instructions.len(), 0);
        for (index, (program, accounts, data)) in instructions.iter().enumerate() {
            let start = number(bytes.len());
            bytes[2 + 2 * index..][..2].copy_from_slice(&start);
            bytes.extend_from_slice(&number(accounts.len()));
            for (flags, address) in accounts {
                bytes.push(*flags);
                bytes.extend_from_slice(&[*address; 32]);
            }
            bytes.extend_from_slice(&[*program; 32]);
            bytes.extend_from_slice(&number(data.len()));
            bytes.extend_from_slice(data);
        }
        bytes.extend_from_slice(&current.to_le_bytes());
        bytes
    }

    fn with_data(address: Address, data: Vec<u8>, body: impl FnOnce(&AccountView) -> ProgramResult) {
        let account = Account::with_data(sysvar::ID, data);
        let item = RegionAccount { address, account, signer: false, writable: false };
        let mut region = Region::new(&Address::new_from_array([9; 32]), &[item], &[]);
        assert_eq!(region.run(|_, views, _| body(&views[0])), Ok(()));
    }

    fn plain() -> impl Strategy<Value = Plain> {
        let accounts = prop::collection::vec((0..4_u8, any::<u8>()), 0..6);
        (any::<u8>(), accounts, prop::collection::vec(any::<u8>(), 0..40))
    }

    fn check(found: &TopLevelInstruction<'_>, (program, accounts, data): &Plain) -> ProgramResult {
        assert_eq!(found.program_id, Address::new_from_array([*program; 32]));
        assert_eq!(usize::from(found.account_count()), accounts.len());
        for (index, (flags, address)) in (0..).zip(accounts) {
            let expected = ListedAccount {
                address: Address::new_from_array([*address; 32]),
                is_signer: flags & 1 != 0,
                is_writable: flags & 2 != 0,
            };
            assert_eq!(found.account(index)?, expected);
        }
        let beyond = found.account(found.account_count());
        assert_eq!(beyond, Err(ProgramError::NotEnoughAccountKeys));
        assert_eq!(usize::from(found.data_size_bytes()), data.len());
        for offset in 0..=data.len() {
            let mut out = alloc::vec![0; data.len() - offset];
            found.read_data(offset, &mut out)?;
            assert_eq!(out, data[offset..]);
            let beyond = found.read_data(offset + 1, &mut out);
            assert_eq!(beyond, Err(ProgramError::InvalidInstructionData));
        }
        let exact = found.data::<7>();
        if data.len() == 7 {
            assert_eq!(exact?.as_slice(), data);
        } else {
            assert_eq!(exact, Err(ProgramError::InvalidInstructionData));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn what_is_listed_is_read(list in prop::collection::vec(plain(), 1..6), choice in any::<prop::sample::Index>()) {
            let current = u16::try_from(choice.index(list.len())).expect("few");
            with_data(instructions::ID, encode(&list, current), |view| {
                let instructions = Instructions::new(view)?;
                assert_eq!(usize::from(instructions.count()?), list.len());
                assert_eq!(instructions.current_index()?, current);
                check(&instructions.current()?, &list[usize::from(current)])?;
                for (index, plain) in (0..).zip(&list) {
                    check(&instructions.get(index)?, plain)?;
                }
                let beyond = instructions.get(instructions.count()?).err();
                assert_eq!(beyond, Some(ProgramError::InvalidArgument));
                Ok(())
            });
        }

        /// Whatever the bytes are, reading them ends with a value or an error.
        #[test]
        fn no_bytes_lead_outside(
            bytes in prop::collection::vec(prop_oneof![0..3_u8, any::<u8>()], 0..120),
            index in 0..4_u16,
        ) {
            with_data(instructions::ID, bytes, |view| {
                let instructions = Instructions::new(view)?;
                let _ = instructions.current();
                if let Ok(found) = instructions.get(index) {
                    let _ = (found.account(0), found.account(u16::MAX - 1), found.data::<8>());
                    let _ = found.read_data(usize::MAX, &mut [0]);
                }
                Ok(())
            });
        }
    }

    #[test]
    fn another_account_is_not_the_sysvar() {
        with_data(Address::new_from_array([3; 32]), encode(&[], 0), |view| {
            assert_eq!(Instructions::new(view).err(), Some(ProgramError::UnsupportedSysvar));
            Ok(())
        });
    }
}
