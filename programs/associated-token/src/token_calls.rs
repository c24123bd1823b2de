//! Nested calls to the token program.

use sealane_sdk::guest::{AccountView, Invocation, InvokeMeta, get_return_data, invoke, invoke_signed};
use sealane_sdk::{Address, ProgramError, ProgramResult, ids};

/// Token-2022's address. It speaks the token program's language, so an account of its mints works the same.
mod token_2022 {
    sealane_sdk::declare_id!("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
}

const CLOSE_ACCOUNT: u8 = 9;
const TRANSFER_CHECKED: u8 = 12;
const INITIALIZE_ACCOUNT3: u8 = 18;
const GET_ACCOUNT_DATA_SIZE: u8 = 21;
const INITIALIZE_IMMUTABLE_OWNER: u8 = 22;
/// Token-2022's number of the extension that fixes an account's owner; SPL Token ignores it.
const EXTENSION_IMMUTABLE_OWNER: u16 = 7;

/// Asks the token program how large an account of the mint is, in bytes.
///
/// # Errors
/// `IncorrectProgramId` if the account is no token program, or another program answered; `InvalidInstructionData` if
/// the answer is no u64.
pub(crate) fn account_size_bytes(
    token_program: &AccountView,
    mint: &AccountView,
) -> Result<u64, ProgramError> {
    check_token_program(token_program)?;
    let [low, high] = EXTENSION_IMMUTABLE_OWNER.to_le_bytes();
    let accounts = [InvokeMeta::readonly(mint)];
    let data = [GET_ACCOUNT_DATA_SIZE, low, high];
    invoke(&Invocation { program: token_program, accounts: &accounts, data: &data })?;
    let mut answer = [0; 8];
    let (answerer, answer_size) = get_return_data(&mut answer).ok_or(ProgramError::InvalidInstructionData)?;
    if answerer != *token_program.address() {
        return Err(ProgramError::IncorrectProgramId);
    }
    if answer_size != answer.len() {
        return Err(ProgramError::InvalidInstructionData);
    }
    Ok(u64::from_le_bytes(answer))
}

/// Fixes the account's owner, where the token program can.
pub(crate) fn initialize_immutable_owner(
    token_program: &AccountView,
    account: &AccountView,
) -> ProgramResult {
    let accounts = [InvokeMeta::writable(account)];
    invoke(&Invocation { program: token_program, accounts: &accounts, data: &[INITIALIZE_IMMUTABLE_OWNER] })
}

/// Makes the account a token account of `owner`.
pub(crate) fn initialize_account(
    token_program: &AccountView,
    account: &AccountView,
    mint: &AccountView,
    owner: &Address,
) -> ProgramResult {
    let accounts = [InvokeMeta::writable(account), InvokeMeta::readonly(mint)];
    let mut data = [INITIALIZE_ACCOUNT3; 33];
    data[1..].copy_from_slice(owner.as_ref());
    invoke(&Invocation { program: token_program, accounts: &accounts, data: &data })
}

/// A transfer by an authority that this program signs for.
pub(crate) struct Transfer<'a> {
    pub(crate) source: &'a AccountView,
    pub(crate) mint: &'a AccountView,
    pub(crate) destination: &'a AccountView,
    pub(crate) authority: &'a AccountView,
}

impl Transfer<'_> {
    /// Transfers `amount`.
    ///
    /// # Errors
    /// `IncorrectProgramId` if the account is no token program.
    pub(crate) fn run(
        &self,
        token_program: &AccountView,
        amount: u64,
        decimals: u8,
        seeds: &[&[u8]],
    ) -> ProgramResult {
        check_token_program(token_program)?;
        let accounts = [
            InvokeMeta::writable(self.source),
            InvokeMeta::readonly(self.mint),
            InvokeMeta::writable(self.destination),
            InvokeMeta::readonly_signer(self.authority),
        ];
        let mut data = [TRANSFER_CHECKED; 10];
        data[1..9].copy_from_slice(&amount.to_le_bytes());
        data[9] = decimals;
        invoke_signed(&Invocation { program: token_program, accounts: &accounts, data: &data }, &[seeds])
    }
}

/// Closes an empty account of an authority that this program signs for.
pub(crate) fn close_account(
    token_program: &AccountView,
    account: &AccountView,
    destination: &AccountView,
    authority: &AccountView,
    seeds: &[&[u8]],
) -> ProgramResult {
    let accounts = [
        InvokeMeta::writable(account),
        InvokeMeta::writable(destination),
        InvokeMeta::readonly_signer(authority),
    ];
    invoke_signed(
        &Invocation { program: token_program, accounts: &accounts, data: &[CLOSE_ACCOUNT] },
        &[seeds],
    )
}

fn check_token_program(program: &AccountView) -> ProgramResult {
    if [ids::token::ID, token_2022::ID].contains(program.address()) {
        Ok(())
    } else {
        Err(ProgramError::IncorrectProgramId)
    }
}
