//! Instructions as clients build them, and the errors they get back: Solana's own component types.

pub use solana_hash::Hash;
pub use solana_instruction::{AccountMeta, Instruction};
pub use solana_instruction_error::InstructionError;
pub use solana_signature::Signature;
pub use solana_transaction_error::TransactionError;
