//! Durable nonces: the system program's nonce instructions, and what the executor needs to know about nonce accounts.
//!
//! A nonce account is a system account of (at least) 80 bytes, all integers little-endian:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | version: 0 legacy (never good for a transaction), 1 current |
//! | 4 | 4 | state: 0 uninitialized, 1 initialized; what follows means something only then |
//! | 8 | 32 | authority |
//! | 40 | 32 | durable nonce: SHA-256 of `DURABLE_NONCE` and a blockhash |
//! | 72 | 8 | lamports per signature |

use super::call::{
    account_at, address_at, fail, is_signer, move_lamports, require_accounts, require_sysvar, writable_at,
};
use sealane_sdk::ids::{recent_blockhashes, rent, system_program};
use sealane_sdk::limits::{LAMPORTS_PER_SIGNATURE, NONCE_ACCOUNT_SIZE_BYTES, rent_exempt_minimum_lamports};
use sealane_sdk::{Account, Address, ProgramError};
use sealane_vm::{CallError, Context};
use sha2::{Digest, Sha256};
use solana_system_interface::error::SystemError;

/// Size of the version and the state in bytes: all that an uninitialized account has.
const HEAD_SIZE_BYTES: usize = 8;

/// What an initialized nonce account holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonceData {
    /// Who must sign to use the nonce.
    pub authority: Address,
    /// The value that stands in a transaction in the place of a recent blockhash.
    pub durable_nonce: [u8; 32],
    /// Lamports a signature cost when the nonce was made.
    pub lamports_per_signature: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    Legacy = 0,
    Current = 1,
}

/// A nonce account's data; no nonce if it is uninitialized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    version: Version,
    nonce: Option<NonceData>,
}

/// The nonce that `account` holds, if it is one that a transaction can use.
#[must_use]
pub fn read(account: &Account) -> Option<NonceData> {
    match State::parse(&account.data)? {
        State { version: Version::Current, nonce } if account.owner == system_program::ID => nonce,
        _ => None,
    }
}

/// Whether `account` is a nonce account of the usual size that is initialized: the one kind of account with data that
/// may pay fees.
#[must_use]
pub fn is_nonce_account(account: &Account) -> bool {
    account.owner == system_program::ID
        && account.data.len() == NONCE_ACCOUNT_SIZE_BYTES
        && State::parse(&account.data).is_some_and(|state| state.nonce.is_some())
}

/// The durable nonce made from a blockhash. The prefix keeps the two apart: no blockhash is a nonce.
#[must_use]
pub fn durable_nonce(blockhash: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update(b"DURABLE_NONCE").chain_update(blockhash).finalize().into()
}

/// The first 80 bytes of the account's data after its nonce has advanced to the one made from `blockhash`; `None` if it
/// holds none that a transaction can use. The executor writes them when a transaction that used the nonce fails.
#[must_use]
pub fn advanced(account: &Account, blockhash: &[u8; 32]) -> Option<[u8; NONCE_ACCOUNT_SIZE_BYTES]> {
    let NonceData { authority, .. } = read(account)?;
    Some(initialized(authority, durable_nonce(blockhash)))
}

impl State {
    fn parse(data: &[u8]) -> Option<Self> {
        let number =
            |offset: usize| data.get(offset..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let bytes32 = |offset: usize| data.get(offset..)?.first_chunk::<32>().copied();
        let version = match number(0)? {
            0 => Version::Legacy,
            1 => Version::Current,
            _ => return None,
        };
        let nonce = match number(4)? {
            0 => None,
            1 => Some(NonceData {
                authority: Address::from(bytes32(8)?),
                durable_nonce: bytes32(40)?,
                lamports_per_signature: u64::from_le_bytes(*data.get(72..)?.first_chunk()?),
            }),
            _ => return None,
        };
        Some(Self { version, nonce })
    }
}

/// The bytes of an account whose nonce has just been made, at the present price of a signature.
fn initialized(authority: Address, durable_nonce: [u8; 32]) -> [u8; NONCE_ACCOUNT_SIZE_BYTES] {
    bytes(
        Version::Current,
        &NonceData { authority, durable_nonce, lamports_per_signature: LAMPORTS_PER_SIGNATURE },
    )
}

fn bytes(version: Version, nonce: &NonceData) -> [u8; NONCE_ACCOUNT_SIZE_BYTES] {
    let mut bytes = [0; NONCE_ACCOUNT_SIZE_BYTES];
    bytes[0..4].copy_from_slice(&(version as u32).to_le_bytes());
    bytes[4..8].copy_from_slice(&1_u32.to_le_bytes());
    bytes[8..40].copy_from_slice(nonce.authority.as_ref());
    bytes[40..72].copy_from_slice(&nonce.durable_nonce);
    bytes[72..80].copy_from_slice(&nonce.lamports_per_signature.to_le_bytes());
    bytes
}

/// `AdvanceNonceAccount`. Accounts: nonce, recent blockhashes, authority (anywhere).
pub(super) fn advance(context: &mut Context<'_>) -> Result<(), CallError> {
    require_accounts(context, 1)?;
    require_blockhashes(context, 1, "Advance nonce account")?;
    require_writable(context, "Advance nonce account")?;
    let Some(NonceData { authority, durable_nonce, .. }) = state(context)?.nonce else {
        return invalid_state(context, "Advance nonce account");
    };
    if !is_signer(context, &authority) {
        let line = format_args!("Advance nonce account: Account {authority} must be a signer");
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    let next = next_durable_nonce(context);
    if durable_nonce == next {
        let line = format_args!("Advance nonce account: nonce can only advance once per slot");
        return fail(context, SystemError::NonceBlockhashNotExpired, line);
    }
    context.write_data(0, 0, &initialized(authority, next))
}

/// `WithdrawNonceAccount`. Accounts: nonce, recipient, recent blockhashes, rent, authority (anywhere).
pub(super) fn withdraw(context: &mut Context<'_>, lamports: u64) -> Result<(), CallError> {
    require_accounts(context, 2)?;
    require_sysvar(context, 2, &recent_blockhashes::ID)?;
    require_sysvar(context, 3, &rent::ID)?;
    require_writable(context, "Withdraw nonce account")?;
    let account = account_at(context, 0)?;
    let (available, size_bytes) = (account.lamports, account.data.len());
    let signer = match state(context)?.nonce {
        None => {
            require_funds(context, "Withdraw nonce account", available, lamports)?;
            *address_at(context, 0)?
        }
        Some(NonceData { authority, durable_nonce, .. }) => {
            if lamports == available {
                if durable_nonce == next_durable_nonce(context) {
                    let line = format_args!("Withdraw nonce account: nonce can only advance once per slot");
                    return fail(context, SystemError::NonceBlockhashNotExpired, line);
                }
                let mut head = [0; HEAD_SIZE_BYTES];
                head[0..4].copy_from_slice(&(Version::Current as u32).to_le_bytes());
                context.write_data(0, 0, &head)?;
            } else {
                let minimum = rent_exempt_minimum_lamports(size_bytes);
                let needed = lamports.checked_add(minimum).ok_or(ProgramError::InsufficientFunds)?;
                require_funds(context, "Withdraw nonce account", available, needed)?;
            }
            authority
        }
    };
    if !is_signer(context, &signer) {
        let line = format_args!("Withdraw nonce account: Account {signer} must sign");
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    move_lamports(context, 0, 1, lamports)
}

/// `InitializeNonceAccount`. Accounts: nonce, recent blockhashes, rent. Nobody needs to sign.
pub(super) fn initialize(context: &mut Context<'_>, authority: &Address) -> Result<(), CallError> {
    require_accounts(context, 1)?;
    require_blockhashes(context, 1, "Initialize nonce account")?;
    require_sysvar(context, 2, &rent::ID)?;
    require_writable(context, "Initialize nonce account")?;
    if state(context)?.nonce.is_some() {
        return invalid_state(context, "Initialize nonce account");
    }
    let account = account_at(context, 0)?;
    let (available, minimum) = (account.lamports, rent_exempt_minimum_lamports(account.data.len()));
    require_funds(context, "Initialize nonce account", available, minimum)?;
    let next = next_durable_nonce(context);
    context.write_data(0, 0, &initialized(*authority, next))
}

/// `AuthorizeNonceAccount`. Accounts: nonce, present authority (anywhere).
pub(super) fn authorize(context: &mut Context<'_>, authority: &Address) -> Result<(), CallError> {
    require_accounts(context, 1)?;
    require_writable(context, "Authorize nonce account")?;
    let State { version, nonce: Some(nonce) } = state(context)? else {
        return invalid_state(context, "Authorize nonce account");
    };
    if !is_signer(context, &nonce.authority) {
        let line = format_args!("Authorize nonce account: Account {} must sign", nonce.authority);
        return fail(context, ProgramError::MissingRequiredSignature, line);
    }
    context.write_data(0, 0, &bytes(version, &NonceData { authority: *authority, ..nonce }))
}

/// `UpgradeNonceAccount`: takes a legacy nonce out of the realm of blockhashes. Accounts: nonce. Nobody needs to sign.
pub(super) fn upgrade(context: &mut Context<'_>) -> Result<(), CallError> {
    require_accounts(context, 1)?;
    if account_at(context, 0)?.owner != system_program::ID {
        return Err(ProgramError::InvalidAccountOwner.into());
    }
    if !writable_at(context, 0)? {
        return Err(ProgramError::InvalidArgument.into());
    }
    let State { version: Version::Legacy, nonce: Some(nonce) } = state(context)? else {
        return Err(ProgramError::InvalidArgument.into());
    };
    let nonce = NonceData { durable_nonce: durable_nonce(&nonce.durable_nonce), ..nonce };
    context.write_data(0, 0, &bytes(Version::Current, &nonce))
}

/// The state of the account at position 0.
fn state(context: &Context<'_>) -> Result<State, CallError> {
    State::parse(&account_at(context, 0)?.data).ok_or(CallError::from(ProgramError::InvalidAccountData))
}

fn next_durable_nonce(context: &Context<'_>) -> [u8; 32] {
    durable_nonce(&context.sysvars.durable_nonce_blockhash)
}

fn require_blockhashes(context: &mut Context<'_>, position: usize, what: &str) -> Result<(), CallError> {
    require_sysvar(context, position, &recent_blockhashes::ID)?;
    // The sysvar begins with how many blockhashes it holds.
    let is_empty = context.sysvars.recent_blockhashes_bytes.iter().take(8).all(|byte| *byte == 0);
    if is_empty {
        let line = format_args!("{what}: recent blockhash list is empty");
        return fail(context, SystemError::NonceNoRecentBlockhashes, line);
    }
    Ok(())
}

fn require_writable(context: &mut Context<'_>, what: &str) -> Result<(), CallError> {
    if writable_at(context, 0)? {
        return Ok(());
    }
    let address = address_at(context, 0)?;
    fail(context, ProgramError::InvalidArgument, format_args!("{what}: Account {address} must be writeable"))
}

fn require_funds(
    context: &mut Context<'_>,
    what: &str,
    available: u64,
    needed: u64,
) -> Result<(), CallError> {
    if needed <= available {
        return Ok(());
    }
    let line = format_args!("{what}: insufficient lamports {available}, need {needed}");
    fail(context, ProgramError::InsufficientFunds, line)
}

fn invalid_state<T>(context: &mut Context<'_>, what: &str) -> Result<T, CallError> {
    let address = address_at(context, 0)?;
    fail(
        context,
        ProgramError::InvalidAccountData,
        format_args!("{what}: Account {address} state is invalid"),
    )
}
