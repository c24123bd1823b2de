//! The system program: creates accounts, moves lamports, hands accounts to their owners. Nonces are in `nonce.rs`.
//!
//! Instruction encoding, checks, their order and the error codes are those of Solana's system program.

use super::call::{
    account_at, address_at, decode, fail, is_signer, move_lamports, require_accounts, signed_at,
};
use super::nonce;
use sealane_sdk::ids::system_program;
use sealane_sdk::limits::MAX_ACCOUNT_DATA_SIZE_BYTES;
use sealane_sdk::{Address, ProgramError};
use sealane_vm::{CallError, Context};
use solana_system_interface::error::SystemError;
use solana_system_interface::instruction::SystemInstruction;

/// The account an instruction works on, and whose signature allows it.
#[derive(Clone, Copy, Debug)]
struct Target {
    position: usize,
    address: Address,
    /// The account itself, or the base its address was derived from.
    authority: Address,
}

/// Runs one instruction.
pub(super) fn run(context: &mut Context<'_>) -> Result<(), CallError> {
    use SystemInstruction as I;
    match decode(context.data())? {
        I::CreateAccount { lamports, space, owner } => {
            require_accounts(context, 2)?;
            let to = target(context, 1)?;
            create_account(context, &to, lamports, space, &owner)
        }
        I::CreateAccountWithSeed { base, seed, lamports, space, owner } => {
            require_accounts(context, 2)?;
            let to = derived_target(context, 1, &base, &seed, &owner)?;
            create_account(context, &to, lamports, space, &owner)
        }
        I::CreateAccountAllowPrefund { lamports, space, owner } => {
            require_accounts(context, if lamports > 0 { 2 } else { 1 })?;
            let to = target(context, 0)?;
            allocate(context, &to, space)?;
            assign(context, &to, &owner)?;
            if lamports > 0 { transfer(context, 1, 0, lamports) } else { Ok(()) }
        }
        I::Assign { owner } => {
            require_accounts(context, 1)?;
            let account = target(context, 0)?;
            assign(context, &account, &owner)
        }
        I::AssignWithSeed { base, seed, owner } => {
            require_accounts(context, 1)?;
            let account = derived_target(context, 0, &base, &seed, &owner)?;
            assign(context, &account, &owner)
        }
        I::Allocate { space } => {
            require_accounts(context, 1)?;
            let account = target(context, 0)?;
            allocate(context, &account, space)
        }
        I::AllocateWithSeed { base, seed, space, owner } => {
            require_accounts(context, 1)?;
            let account = derived_target(context, 0, &base, &seed, &owner)?;
            allocate(context, &account, space)?;
            assign(context, &account, &owner)
        }
        I::Transfer { lamports } => {
            require_accounts(context, 2)?;
            transfer(context, 0, 1, lamports)
        }
        I::TransferWithSeed { lamports, from_seed, from_owner } => {
            require_accounts(context, 3)?;
            transfer_with_seed(context, lamports, &from_seed, &from_owner)
        }
        I::AdvanceNonceAccount => nonce::advance(context),
        I::WithdrawNonceAccount(lamports) => nonce::withdraw(context, lamports),
        I::InitializeNonceAccount(authority) => nonce::initialize(context, &authority),
        I::AuthorizeNonceAccount(authority) => nonce::authorize(context, &authority),
        I::UpgradeNonceAccount => nonce::upgrade(context),
    }
}

fn target(context: &Context<'_>, position: usize) -> Result<Target, CallError> {
    let address = *address_at(context, position)?;
    Ok(Target { position, address, authority: address })
}

fn derived_target(
    context: &mut Context<'_>,
    position: usize,
    base: &Address,
    seed: &str,
    owner: &Address,
) -> Result<Target, CallError> {
    let address = *address_at(context, position)?;
    let derived = derive(base, seed, owner)?;
    if address != derived {
        let line = format_args!("Create: address {address} does not match derived address {derived}");
        return fail(context, SystemError::AddressWithSeedMismatch, line);
    }
    Ok(Target { position, address, authority: *base })
}

/// The address derived from a base, a seed and an owner. Solana passes a failure's number on as the program's own
/// error (0: the seed is too long, 2: the owner's address ends like the marker of derived addresses), and so does this.
fn derive(base: &Address, seed: &str, owner: &Address) -> Result<Address, CallError> {
    Address::create_with_seed(base, seed, owner).map_err(|error| ProgramError::Custom(error as u32).into())
}

fn create_account(
    context: &mut Context<'_>,
    to: &Target,
    lamports: u64,
    space: u64,
    owner: &Address,
) -> Result<(), CallError> {
    if account_at(context, to.position)?.lamports > 0 {
        let line = format_args!("Create Account: account {} already in use", to.address);
        return fail(context, SystemError::AccountAlreadyInUse, line);
    }
    allocate(context, to, space)?;
    assign(context, to, owner)?;
    transfer(context, 0, to.position, lamports)
}

fn allocate(context: &mut Context<'_>, account: &Target, space: u64) -> Result<(), CallError> {
    if !is_signer(context, &account.authority) {
        let line = format_args!("Allocate: 'to' account {} must sign", account.address);
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    let present = account_at(context, account.position)?;
    if !present.data.is_empty() || present.owner != system_program::ID {
        let line = format_args!("Allocate: account {} already in use", account.address);
        return fail(context, SystemError::AccountAlreadyInUse, line);
    }
    match usize::try_from(space) {
        Ok(size_bytes) if size_bytes <= MAX_ACCOUNT_DATA_SIZE_BYTES => {
            context.resize_data(account.position, size_bytes)
        }
        _ => {
            let line = format_args!("Allocate: requested {space}, max allowed {MAX_ACCOUNT_DATA_SIZE_BYTES}");
            fail(context, SystemError::InvalidAccountDataLength, line)
        }
    }
}

fn assign(context: &mut Context<'_>, account: &Target, owner: &Address) -> Result<(), CallError> {
    if account_at(context, account.position)?.owner == *owner {
        return Ok(());
    }
    if !is_signer(context, &account.authority) {
        let line = format_args!("Assign: account {} must sign", account.address);
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    context.set_owner(account.position, owner)
}

fn transfer(context: &mut Context<'_>, from: usize, to: usize, lamports: u64) -> Result<(), CallError> {
    if !signed_at(context, from)? {
        let address = address_at(context, from)?;
        let line = format_args!("Transfer: `from` account {address} must sign");
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    transfer_allowed(context, from, to, lamports)
}

/// Accounts: the funding account, the base it was derived from, the recipient.
fn transfer_with_seed(
    context: &mut Context<'_>,
    lamports: u64,
    seed: &str,
    owner: &Address,
) -> Result<(), CallError> {
    let base = address_at(context, 1)?;
    if !signed_at(context, 1)? {
        let line = format_args!("Transfer: 'from' account {base} must sign");
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    let derived = derive(base, seed, owner)?;
    let from = address_at(context, 0)?;
    if *from != derived {
        let line = format_args!("Transfer: 'from' address {from} does not match derived address {derived}");
        return fail(context, SystemError::AddressWithSeedMismatch, line);
    }
    transfer_allowed(context, 0, 2, lamports)
}

/// Moves lamports once the signature is checked.
fn transfer_allowed(
    context: &mut Context<'_>,
    from: usize,
    to: usize,
    lamports: u64,
) -> Result<(), CallError> {
    let payer = account_at(context, from)?;
    if !payer.data.is_empty() {
        let line = format_args!("Transfer: `from` must not carry data");
        return fail(context, ProgramError::InvalidArgument, line);
    }
    let available = payer.lamports;
    if lamports > available {
        let line = format_args!("Transfer: insufficient lamports {available}, need {lamports}");
        return fail(context, SystemError::ResultWithNegativeLamports, line);
    }
    move_lamports(context, from, to, lamports)
}
