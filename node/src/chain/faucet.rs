//! Lamports for the asking, on networks where they are worth nothing.

use super::handle::Shared;
use super::submit::SubmitError;
use sealane_sdk::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::sync::atomic::{AtomicU32, Ordering};

/// Units that are asked for, at least: a transfer and two more instructions use 450.
const UNITS: u32 = 10_000;

/// Who gives, and how much.
#[derive(Debug)]
pub(crate) struct FaucetConfig {
    /// Signs the transfers; its account has the lamports.
    pub(crate) keypair: Keypair,
    /// Lamports that are given at once, at most.
    pub(crate) limit_lamports: u64,
}

/// Why nothing is given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AirdropError {
    /// This node has no faucet.
    #[error("this node has no faucet")]
    Disabled,
    /// More was asked for than is given at once.
    #[error("the faucet gives {limit_lamports} lamports at once at most")]
    TooMuch {
        /// Lamports that are given at once, at most.
        limit_lamports: u64,
    },
    /// The transfer is not taken.
    #[error(transparent)]
    Submit(#[from] SubmitError),
}

/// The faucet of a node.
#[derive(Debug)]
pub(super) struct Faucet {
    config: FaucetConfig,
    /// Makes transfers of the same amount to the same account differ.
    given_count: AtomicU32,
}

impl Faucet {
    pub(super) const fn new(config: FaucetConfig) -> Self {
        Self { config, given_count: AtomicU32::new(0) }
    }
}

impl Shared {
    /// Lets a transfer wait that gives `lamports`; gives its signature.
    pub(super) fn airdrop(&self, to: &Address, lamports: u64) -> Result<[u8; 64], AirdropError> {
        let faucet = self.faucet.as_ref().ok_or(AirdropError::Disabled)?;
        let FaucetConfig { keypair, limit_lamports } = &faucet.config;
        if lamports > *limit_lamports {
            return Err(AirdropError::TooMuch { limit_lamports: *limit_lamports });
        }
        // Within what the mempool counts for it anyway.
        let differs = faucet.given_count.fetch_add(1, Ordering::Relaxed) % 1_000_000;
        let instructions = [
            ComputeBudgetInstruction::set_compute_unit_limit(UNITS + differs),
            solana_system_interface::instruction::transfer(&keypair.pubkey(), to, lamports),
        ];
        let payer = keypair.pubkey();
        let transaction = Transaction::new_signed_with_payer(
            &instructions,
            Some(&payer),
            &[keypair],
            self.reader.last().hash,
        );
        let bytes = bincode::serde::encode_to_vec(&transaction, bincode::config::legacy())
            .map_err(|error| SubmitError::Malformed(error.to_string()))?;
        Ok(self.admit(bytes)?)
    }
}
