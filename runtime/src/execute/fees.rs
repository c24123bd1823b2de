//! What must hold before a transaction's first instruction runs: its payer pays, its durable nonce is good.
//!
//! Both are checked when it is the transaction's turn, since earlier ones of the block may have changed either.

use super::Admitted;
use super::builtins::nonce;
use crate::error::{NonceError, PayerError, Rejection};
use crate::ingest::Age;
use sealane_sdk::Account;
use sealane_sdk::ids::system_program;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_vm::Context;

/// Index of the fee payer among a transaction's keys.
const PAYER_INDEX: usize = 0;

/// Takes the fee from the payer; gives the fee in lamports.
///
/// # Errors
/// [`Rejection::Payer`]; then nothing has changed.
pub fn charge(context: &mut Context<'_>, admitted: &Admitted<'_>) -> Result<u64, Rejection> {
    let fee = admitted.fee_lamports();
    let payer = context.accounts.account(PAYER_INDEX);
    let remaining = check_payer(payer, fee)
        .map_err(|reason| Rejection::Payer { payer: *context.accounts.address(PAYER_INDEX), reason })?;
    context.accounts.set_lamports(PAYER_INDEX, remaining);
    Ok(fee)
}

/// What the payer would have left after `fee`.
///
/// # Errors
/// [`PayerError`], in the order in which Solana checks.
pub fn check_payer(payer: &Account, fee: u64) -> Result<u64, PayerError> {
    if payer.lamports == 0 {
        return Err(PayerError::Missing);
    }
    let is_nonce = nonce::is_nonce_account(payer);
    if payer.owner != system_program::ID || !(payer.data.is_empty() || is_nonce) {
        return Err(PayerError::NotSystem);
    }
    let available = payer.lamports;
    let Some(remaining) = available.checked_sub(fee) else {
        return Err(PayerError::InsufficientForFee { available, fee });
    };
    let minimum = rent_exempt_minimum_lamports(payer.data.len());
    let was_exempt = available >= minimum;
    if remaining < minimum && was_exempt && (remaining > 0 || is_nonce) {
        return Err(PayerError::InsufficientForRent { remaining, minimum });
    }
    Ok(remaining)
}

/// Checks a durable nonce against the account that holds it. Nothing to do for a recent blockhash.
///
/// # Errors
/// [`Rejection::Nonce`].
pub fn check_nonce(context: &Context<'_>, admitted: &Admitted<'_>) -> Result<(), Rejection> {
    let Age::DurableNonce { nonce_account_index } = admitted.age else { return Ok(()) };
    let index = usize::from(nonce_account_index);
    check_nonce_account(context, admitted, index)
        .map_err(|reason| Rejection::Nonce { account: *context.accounts.address(index), reason })
}

fn check_nonce_account(
    context: &Context<'_>,
    admitted: &Admitted<'_>,
    index: usize,
) -> Result<(), NonceError> {
    let stored = nonce::read(context.accounts.account(index)).ok_or(NonceError::NotANonce)?;
    if stored.durable_nonce != *admitted.transaction.recent_blockhash() {
        return Err(NonceError::ValueMismatch);
    }
    if stored.durable_nonce == nonce::durable_nonce(&context.sysvars.durable_nonce_blockhash) {
        return Err(NonceError::NotExpired);
    }
    let signed =
        context.accounts.entries().iter().any(|entry| entry.signer && *entry.address == stored.authority);
    if signed { Ok(()) } else { Err(NonceError::AuthorityMissing(stored.authority)) }
}
