//! Instructions as clients build them, and the errors they get back: Solana's own component types.

pub use solana_hash::Hash;
pub use solana_instruction::{AccountMeta, Instruction};
pub use solana_instruction_error::InstructionError;
pub use solana_signature::Signature;
pub use solana_transaction_error::TransactionError;

use crate::Address;

/// An account that the instruction may change.
#[must_use]
pub fn writable(address: &Address) -> AccountMeta {
    AccountMeta::new(*address, false)
}

/// An account that the instruction only reads.
#[must_use]
pub fn readonly(address: &Address) -> AccountMeta {
    AccountMeta::new_readonly(*address, false)
}

/// An account that signs and is only read.
#[must_use]
pub fn signer(address: &Address) -> AccountMeta {
    AccountMeta::new_readonly(*address, true)
}

/// An account that signs and that the instruction may change.
#[must_use]
pub fn writable_signer(address: &Address) -> AccountMeta {
    AccountMeta::new(*address, true)
}
