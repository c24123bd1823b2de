//! What executing one transaction gives: the hand-over from execution to the block.

use crate::bug;
use crate::error::Rejection;
use crate::places::Places;
use crate::receipt::Receipt;
use parking_lot::Mutex;
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

/// The outcomes of a block's transactions, kept by the workers as they come.
#[derive(Debug)]
pub struct Outcomes {
    /// A receipt is written where the block will have it.
    receipts: Places<Receipt>,
    /// Those that were rejected, which are few, by position.
    rejections: Mutex<Vec<(usize, Rejection)>>,
}

impl Outcomes {
    /// No outcomes yet, of `count` transactions.
    #[must_use]
    pub fn new(count: usize) -> Self {
        Self { receipts: Places::new(count), rejections: Mutex::default() }
    }

    /// How many transactions there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.receipts.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Keeps the outcome of the transaction at `position`: each has one.
    pub fn keep(&self, position: usize, outcome: Outcome) {
        match outcome {
            Outcome::Executed(receipt) => {
                if self.receipts.fill(position, receipt).is_err() {
                    bug!("transaction {position} was executed twice");
                }
            }
            Outcome::Rejected(rejection) => self.rejections.lock().push((position, rejection)),
        }
    }

    /// The receipts in order, and the rejections by position, ascending.
    #[must_use]
    pub fn into_parts(self) -> (Vec<Receipt>, Vec<(usize, Rejection)>) {
        let mut rejections = self.rejections.into_inner();
        rejections.sort_unstable_by_key(|(position, _)| *position);
        let receipts = match self.receipts.into_values() {
            Ok(receipts) => receipts,
            Err(places) => {
                let mut rejected = rejections.iter().map(|(position, _)| *position).peekable();
                let receipts = places.into_iter().enumerate().filter_map(|(position, receipt)| {
                    let is_rejected = rejected.next_if_eq(&position).is_some();
                    if receipt.is_some() == is_rejected {
                        bug!("transaction {position} was never executed, or twice");
                    }
                    receipt
                });
                let receipts = receipts.collect();
                if let Some(position) = rejected.next() {
                    bug!("transaction {position} was rejected twice");
                }
                return (receipts, rejections);
            }
        };
        if let Some((position, _)) = rejections.first() {
            bug!("transaction {position} was executed and rejected");
        }
        (receipts, rejections)
    }
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
