//! What executing one transaction gives: the hand-over from execution to the block.

use crate::error::Rejection;
use crate::receipt::Receipt;
use sealane_sdk::Address;
use sealane_sdk::instruction::TransactionError;
use sealane_vm::CallError;
use serde::{Deserialize, Serialize};

/// What became of a transaction that was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It could not run: no fee, no receipt.
    Rejected(Rejection),
    /// It ran, and succeeded or failed: the receipt says which.
    Executed(Receipt),
}

/// Why an executed transaction failed. Its fee is charged and its nonce advanced; all else is rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failure {
    /// A program call failed.
    Call {
        /// Index of the top-level instruction, from 0.
        instruction_index: u8,
        /// Index among all instructions that began, nested ones included, of the innermost call that failed.
        trace_index: u8,
        /// The program that failed.
        program: Address,
        /// Why.
        error: CallError,
    },
    /// An account would be left with lamports, but fewer than the rent-exempt minimum.
    BelowRentExemption {
        /// Index of the account among the transaction's keys.
        account_index: u8,
        /// The account.
        account: Address,
    },
    /// The accounts the transaction names hold more data than it may load.
    LoadedDataTooLarge {
        /// Bytes they hold.
        size_bytes: u64,
        /// Bytes it may load.
        limit_bytes: u32,
    },
}

impl Failure {
    /// The nearest error of Solana's, for its clients.
    #[must_use]
    pub fn transaction_error(&self) -> TransactionError {
        match self {
            Self::Call { instruction_index, error, .. } => {
                TransactionError::InstructionError(*instruction_index, error.instruction_error())
            }
            Self::BelowRentExemption { account_index, .. } => {
                TransactionError::InsufficientFundsForRent { account_index: *account_index }
            }
            Self::LoadedDataTooLarge { .. } => TransactionError::MaxLoadedAccountsDataSizeExceeded,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Call { instruction_index, trace_index, program, error } => write!(
                f,
                "instruction {instruction_index} (call {trace_index} of the transaction), program {program}: {error}"
            ),
            Self::BelowRentExemption { account, .. } => {
                write!(f, "account {account} would be left with less than the rent-exempt minimum")
            }
            Self::LoadedDataTooLarge { size_bytes, limit_bytes } => {
                write!(f, "its accounts hold {size_bytes} bytes, it may load {limit_bytes}")
            }
        }
    }
}
