//! Why a transaction is rejected, and why a block cannot be.
//!
//! Three things are never mixed: a *rejected* transaction ([`Rejection`]: no fee, no receipt), an *executed* one that
//! failed ([`Failure`](crate::outcome::Failure): an outcome, not an error), and a *fatal* fault of the node
//! ([`BlockError::Fatal`]: the block yields no root).

use crate::ingest::{BudgetError, ReplayError, SanitizeError, VerifyError};
use crate::ledger::{HeadError, StoreError};
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, InstructionError, TransactionError};

/// Why a transaction cannot run. It pays nothing and leaves no receipt.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Its bytes are not a transaction.
    #[error("malformed: {0}")]
    Sanitize(#[from] SanitizeError),
    /// A signature is not valid.
    #[error("signature: {0}")]
    Verify(#[from] VerifyError),
    /// Its blockhash is not recent, or it was seen before.
    #[error("replay: {0}")]
    Replay(#[from] ReplayError),
    /// Its compute-budget instructions are not valid.
    #[error("compute budget: {0}")]
    Budget(#[from] BudgetError),
    /// Its fee payer cannot pay.
    #[error("fee payer {payer}: {reason}")]
    Payer {
        /// The fee payer.
        payer: Address,
        /// What is wrong with it.
        reason: PayerError,
    },
    /// Its durable nonce is not good.
    #[error("nonce account {account}: {reason}")]
    Nonce {
        /// The nonce account.
        account: Address,
        /// What is wrong with it.
        reason: NonceError,
    },
}

/// What is wrong with a fee payer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayerError {
    /// There is no such account.
    #[error("does not exist")]
    Missing,
    /// The account belongs to a program, or holds data that is not a nonce.
    #[error("is not owned by the system program, or holds data")]
    NotSystem,
    /// Fewer lamports than the fee.
    #[error("holds {available} lamports, the fee is {fee}")]
    InsufficientForFee {
        /// Lamports it holds.
        available: u64,
        /// Lamports of the fee.
        fee: u64,
    },
    /// The fee would leave it above zero but below the rent-exempt minimum.
    #[error("the fee would leave {remaining} lamports, below the rent-exempt minimum of {minimum}")]
    InsufficientForRent {
        /// Lamports that would be left.
        remaining: u64,
        /// The rent-exempt minimum for its size.
        minimum: u64,
    },
}

/// What is wrong with a durable nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NonceError {
    /// The account holds no initialized nonce.
    #[error("holds no initialized nonce")]
    NotANonce,
    /// The nonce has another value than the transaction's blockhash.
    #[error("its value is not the transaction's blockhash")]
    ValueMismatch,
    /// The nonce's value was made in this very block and cannot advance yet.
    #[error("its value was made from the latest blockhash and cannot advance yet")]
    NotExpired,
    /// The nonce's authority did not sign.
    #[error("its authority {0} did not sign")]
    AuthorityMissing(Address),
}

impl Rejection {
    /// The nearest error of Solana's, for its clients.
    #[must_use]
    pub fn transaction_error(&self) -> TransactionError {
        match self {
            Self::Sanitize(_) => TransactionError::SanitizeFailure,
            Self::Verify(_) => TransactionError::SignatureFailure,
            Self::Replay(ReplayError::BlockhashNotFound) => TransactionError::BlockhashNotFound,
            Self::Replay(ReplayError::AlreadyProcessed) => TransactionError::AlreadyProcessed,
            Self::Budget(error) => budget_transaction_error(error),
            Self::Nonce { .. } => TransactionError::BlockhashNotFound,
            Self::Payer { reason, .. } => match reason {
                PayerError::Missing => TransactionError::AccountNotFound,
                PayerError::NotSystem => TransactionError::InvalidAccountForFee,
                PayerError::InsufficientForFee { .. } => TransactionError::InsufficientFundsForFee,
                PayerError::InsufficientForRent { .. } => {
                    TransactionError::InsufficientFundsForRent { account_index: 0 }
                }
            },
        }
    }
}

fn budget_transaction_error(error: &BudgetError) -> TransactionError {
    let at = |instruction_index: usize| u8::try_from(instruction_index).unwrap_or(u8::MAX);
    match *error {
        BudgetError::Duplicate { instruction_index } => {
            TransactionError::DuplicateInstruction(at(instruction_index))
        }
        BudgetError::LoadedDataSizeLimit { .. } => TransactionError::InvalidLoadedAccountsDataSizeLimit,
        BudgetError::Malformed { instruction_index } | BudgetError::HeapSize { instruction_index, .. } => {
            TransactionError::InstructionError(
                at(instruction_index),
                InstructionError::InvalidInstructionData,
            )
        }
    }
}

/// Why a block was not committed. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// A block to be replayed holds a transaction that is rejected.
    #[error("transaction {index} of the block is rejected: {rejection}")]
    RejectedInBlock {
        /// Its index in the block.
        index: usize,
        /// Why.
        rejection: Rejection,
    },
    /// A block to be replayed does not follow the last one.
    #[error("block {number} with parent {parent} does not follow block {last_number}, {last_hash}")]
    NotNext {
        /// Its number.
        number: u64,
        /// Its parent.
        parent: Hash,
        /// Number of the last block here.
        last_number: u64,
        /// Hash of the last block here.
        last_hash: Hash,
    },
    /// A block's time is before its parent's.
    #[error("the block's time {unix_time} is before its parent's, {parent_unix_time}")]
    TimeRunsBackwards {
        /// Its time in unix seconds.
        unix_time: i64,
        /// The parent's.
        parent_unix_time: i64,
    },
    /// A block to be replayed says something else than its execution does.
    #[error("the block's {field} is not what its execution gives")]
    Mismatch {
        /// Which part of the block.
        field: &'static str,
    },
    /// A block holds more than it may.
    #[error("a block of {count} transactions is more than {limit}")]
    TooLarge {
        /// Transactions in the block.
        count: usize,
        /// The most there may be.
        limit: usize,
    },
    /// A fault of this node: the block yields no root.
    #[error("fatal: {0}")]
    Fatal(#[from] Fatal),
}

/// A fault of the node itself, never of a transaction.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    /// The store failed.
    #[error("store: {0}")]
    Store(#[from] StoreError),
    /// The accounts in the store are not those of the block that a ledger is to go on from.
    #[error(
        "the state root of the accounts in the store is {computed}, the last block's header says {header}"
    )]
    StateRoot {
        /// The root of the store's accounts.
        computed: Hash,
        /// What the header says.
        header: Hash,
    },
    /// Where a ledger is to go on from contradicts itself.
    #[error("ledger: {0}")]
    Head(#[from] HeadError),
    /// A bug of ours surfaced outside the workers.
    #[error("bug: {0}")]
    Bug(String),
    /// A worker hit a bug of ours.
    #[error("worker: {0}")]
    Worker(String),
    /// The engine could not be made, or could not compile a program that is on the ledger.
    #[error("engine: {0}")]
    Engine(String),
}
