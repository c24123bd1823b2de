//! What a transaction asks for: units, priority fee, heap, size of loaded data; and what it pays.
//!
//! Input is a sanitized transaction; the budget goes to the producer (priority, packing) and to the executor (fee,
//! limits). Legacy and version-0 transactions ask by instructions to the compute-budget program, version 1 asks in its
//! message. The compute-budget program itself does nothing when called: everything it means is read here.
#![deny(clippy::arithmetic_side_effects, clippy::indexing_slicing, clippy::unwrap_used)]

use super::sanitize::{Config, SanitizedTransaction};
use sealane_sdk::ids::compute_budget;
use sealane_sdk::limits::{
    DEFAULT_INSTRUCTION_UNITS, HEAP_GRANULE_BYTES, LAMPORTS_PER_SIGNATURE, MAX_HEAP_FRAME_BYTES,
    MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES, MAX_TRANSACTION_UNITS, MICRO_LAMPORTS_PER_LAMPORT,
    MIN_HEAP_FRAME_BYTES,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What a transaction may use, and what it pays for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// Compute units the transaction may use, at most 1,400,000.
    pub units: u32,
    /// The part of the fee that buys priority, in lamports.
    pub priority_fee_lamports: u64,
    /// Heap of each program call in bytes, 32 KiB to 256 KiB.
    pub heap_size_bytes: u32,
    /// Most bytes of account data the transaction may load.
    pub loaded_data_size_limit_bytes: u32,
}

/// Why a compute-budget instruction is refused; the transaction is then rejected.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum BudgetError {
    /// The data is none of the program's four instructions.
    #[error("instruction {instruction_index} is not a compute-budget instruction")]
    Malformed {
        /// Which instruction.
        instruction_index: usize,
    },
    /// The same request was made before.
    #[error("instruction {instruction_index} repeats an earlier compute-budget request")]
    Duplicate {
        /// Which instruction.
        instruction_index: usize,
    },
    /// The heap is too small, too large, or no multiple of 1,024 bytes.
    #[error("instruction {instruction_index} requests a heap of {size_bytes} bytes")]
    HeapSize {
        /// Which instruction.
        instruction_index: usize,
        /// What it asks for.
        size_bytes: u32,
    },
    /// The limit on loaded account data is 0: not even the payer could be loaded.
    #[error("instruction {instruction_index} limits loaded account data to 0 bytes")]
    LoadedDataSizeLimit {
        /// Which instruction.
        instruction_index: usize,
    },
}

/// Reads the budget of a transaction.
///
/// Legacy and version 0: out of its compute-budget instructions. Defaults: 200,000 units for each other instruction,
/// price 0, a heap of 32 KiB, 64 MiB of loaded data. The priority fee is ⌈price × units / 10⁶⌉, at most the largest `u64`.
/// Bytes behind a request are ignored, as on Solana.
///
/// Version 1: out of its configuration, which names the priority fee itself. What it does not mention is the least there
/// is (SIMD-0385): no fee, no units, no loaded data, a heap of 32 KiB. Compute-budget instructions mean nothing there,
/// even malformed ones: they are called like any program, and do nothing.
///
/// In both, requests above the caps for units and loaded data are lowered to them.
///
/// # Errors
/// The first compute-budget instruction that is malformed, repeated or out of range; never in version 1.
pub fn budget(transaction: &SanitizedTransaction<'_>) -> Result<Budget, BudgetError> {
    match transaction.config() {
        None => budget_of_instructions(transaction),
        Some(config) => Ok(budget_of_config(config)),
    }
}

impl Budget {
    /// The fee in lamports: 5,000 a signature, plus the priority fee. Saturates at the largest `u64`.
    #[must_use]
    pub fn fee(&self, signature_count: u64) -> u64 {
        LAMPORTS_PER_SIGNATURE.saturating_mul(signature_count).saturating_add(self.priority_fee_lamports)
    }
}

fn budget_of_instructions(transaction: &SanitizedTransaction<'_>) -> Result<Budget, BudgetError> {
    let keys = transaction.keys();
    let mut requests = Requests::default();
    let mut other_instruction_count = 0_u32;
    for (instruction_index, instruction) in transaction.instructions().enumerate() {
        let program = keys.get(usize::from(instruction.program_index));
        if program == Some(&compute_budget::ID) {
            requests.add(instruction_index, instruction.data)?;
        } else {
            other_instruction_count = other_instruction_count.saturating_add(1);
        }
    }
    let default_units = DEFAULT_INSTRUCTION_UNITS.saturating_mul(other_instruction_count);
    let units = requests.units.unwrap_or(default_units).min(MAX_TRANSACTION_UNITS);
    Ok(Budget {
        units,
        priority_fee_lamports: requests.price_micro_lamports.map_or(0, |price| priority_fee(price, units)),
        heap_size_bytes: requests.heap_size_bytes.unwrap_or(MIN_HEAP_FRAME_BYTES),
        loaded_data_size_limit_bytes: requests
            .loaded_data_size_limit_bytes
            .unwrap_or(MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES)
            .min(MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES),
    })
}

fn budget_of_config(config: Config) -> Budget {
    let Config { priority_fee_lamports, unit_limit, loaded_data_size_limit_bytes, heap_size_bytes } = config;
    let loaded_data_size_limit_bytes = loaded_data_size_limit_bytes.unwrap_or(0);
    Budget {
        units: unit_limit.unwrap_or(0).min(MAX_TRANSACTION_UNITS),
        priority_fee_lamports: priority_fee_lamports.unwrap_or(0),
        heap_size_bytes: heap_size_bytes.unwrap_or(MIN_HEAP_FRAME_BYTES),
        loaded_data_size_limit_bytes: loaded_data_size_limit_bytes.min(MAX_LOADED_ACCOUNTS_DATA_SIZE_BYTES),
    }
}

/// ⌈price × units / 10⁶⌉ in lamports. Saturates.
fn priority_fee(price_micro_lamports: u64, units: u32) -> u64 {
    let micro_lamports = u128::from(price_micro_lamports).saturating_mul(u128::from(units));
    u64::try_from(micro_lamports.div_ceil(u128::from(MICRO_LAMPORTS_PER_LAMPORT))).unwrap_or(u64::MAX)
}

/// The requests found so far.
#[derive(Default)]
struct Requests {
    heap_size_bytes: Option<u32>,
    units: Option<u32>,
    price_micro_lamports: Option<u64>,
    loaded_data_size_limit_bytes: Option<u32>,
}

impl Requests {
    fn add(&mut self, instruction_index: usize, data: &[u8]) -> Result<(), BudgetError> {
        let malformed = BudgetError::Malformed { instruction_index };
        let Some((tag, rest)) = data.split_first() else { return Err(malformed) };
        let word = rest.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
        let long = rest.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        let is_repeated = match (tag, word, long) {
            (1, Some(size_bytes), _) => {
                let is_in_range = (MIN_HEAP_FRAME_BYTES..=MAX_HEAP_FRAME_BYTES).contains(&size_bytes);
                if !is_in_range || !size_bytes.is_multiple_of(HEAP_GRANULE_BYTES) {
                    return Err(BudgetError::HeapSize { instruction_index, size_bytes });
                }
                self.heap_size_bytes.replace(size_bytes).is_some()
            }
            (2, Some(units), _) => self.units.replace(units).is_some(),
            (3, _, Some(price)) => self.price_micro_lamports.replace(price).is_some(),
            (4, Some(0), _) => return Err(BudgetError::LoadedDataSizeLimit { instruction_index }),
            (4, Some(size_bytes), _) => self.loaded_data_size_limit_bytes.replace(size_bytes).is_some(),
            _ => return Err(malformed),
        };
        if is_repeated { Err(BudgetError::Duplicate { instruction_index }) } else { Ok(()) }
    }
}
