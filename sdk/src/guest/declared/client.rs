//! What clients make of the declared accounts: metas with the exact read and write sets, and the description of each.

use super::context::Accounts;
use crate::idl;
use crate::instruction::AccountMeta;
use alloc::vec::Vec;

/// The accounts of an instruction as clients see them. `#[derive(Accounts)]` implements it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the accounts of an instruction, nor a type for one account",
    note = "add `#[derive(Accounts)]` to it; a field for one account has a type like `Account<{Self}>`, `Signer`, `Program<P>` or \
            `UncheckedAccount`"
)]
pub trait ClientAccounts: Accounts {
    /// The addresses that a client gives.
    type Addresses;

    /// The accounts as the instruction lists them: exactly those that it writes are writable, exactly those that must sign
    /// are signers.
    fn metas(addresses: &Self::Addresses, arguments: Self::Arguments<'_>) -> Vec<AccountMeta>;

    /// What clients of other languages are told of the accounts.
    fn describe(definitions: &mut idl::Definitions) -> Vec<idl::InstructionAccountItem>;
}
