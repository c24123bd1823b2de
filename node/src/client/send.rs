//! Signing, sending, and waiting until a transaction is in a block or can be in none any more.

use super::error::ClientError;
use super::http::Client;
use super::methods::{LatestBlockhash, Preflight};
use anyhow::{Context, bail};
use solana_keypair::Keypair;
use solana_message::{Instruction, Message};
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::thread::sleep;
use std::time::Duration;

/// Most signatures that `getSignatureStatuses` takes at once.
pub(crate) const SIGNATURES_A_CALL: usize = 256;
/// Time between two looks at what became of a transaction.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// Looks between two times that a transaction is handed in again: the node may have had no room for it.
const LOOKS_A_RESEND: usize = 20;

/// A transaction that is in a block and succeeded.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Its first signature.
    pub(crate) signature: String,
    /// The block.
    pub(crate) slot: u64,
}

impl Client {
    /// Signs `instructions` with the payer and the other signers, sends and waits for them.
    ///
    /// # Errors
    /// If the transaction is refused, fails or expires.
    pub(crate) fn run(
        &self,
        payer: &Keypair,
        others: &[&Keypair],
        instructions: &[Instruction],
    ) -> anyhow::Result<Sent> {
        let blockhash = self.latest_blockhash()?;
        let bytes = signed(payer, others, instructions, &blockhash)?;
        let signature = self.hand_in(&bytes)?;
        self.wait_for(&signature, &bytes, &blockhash)
    }

    /// Sends a signed transaction, after a simulation of it.
    ///
    /// # Errors
    /// With the logs of the simulation if that is what failed.
    pub(crate) fn hand_in(&self, transaction: &[u8]) -> anyhow::Result<String> {
        self.send_transaction(transaction, Preflight::Simulate).map_err(|error| {
            let logs = error.simulation_logs().unwrap_or_default().join("\n  ");
            if logs.is_empty() {
                return error.into();
            }
            anyhow::anyhow!("{error}\nwhat it logged:\n  {logs}")
        })
    }

    /// Waits until the transaction is in a block; sends it again from time to time, until its blockhash is too old.
    ///
    /// # Errors
    /// If it failed or expired.
    pub(crate) fn wait_for(
        &self,
        signature: &str,
        transaction: &[u8],
        blockhash: &LatestBlockhash,
    ) -> anyhow::Result<Sent> {
        for look in 1.. {
            if let Some(sent) = self.look_at(signature)? {
                return Ok(sent);
            }
            if look % LOOKS_A_RESEND == 0 {
                if self.block_height()? > blockhash.last_valid_block_height {
                    break;
                }
                // It may be there already, or find no room again: what counts is what the next look says.
                drop(self.send_transaction(transaction, Preflight::Skip));
            }
            sleep(LOOK_EVERY);
        }
        // It may have come into the last block that could take it between the two calls.
        match self.look_at(signature)? {
            Some(sent) => Ok(sent),
            None => bail!(
                "transaction {signature} came into no block before its blockhash was too old; nothing was spent, send it again"
            ),
        }
    }

    /// Waits for a transaction that somebody else made, for so many looks.
    ///
    /// # Errors
    /// If it failed, or is in no block by then.
    pub(crate) fn wait_for_signature(&self, signature: &str, timeout: Duration) -> anyhow::Result<Sent> {
        let looks = timeout.as_millis() / LOOK_EVERY.as_millis();
        for _ in 0..looks {
            if let Some(sent) = self.look_at(signature)? {
                return Ok(sent);
            }
            sleep(LOOK_EVERY);
        }
        bail!("transaction {signature} is in no block after {} s", timeout.as_secs())
    }

    fn look_at(&self, signature: &str) -> anyhow::Result<Option<Sent>> {
        let statuses = self.signature_statuses(&[signature.to_owned()])?;
        let Some(status) = statuses.into_iter().next().flatten() else { return Ok(None) };
        if !status.err.is_null() {
            bail!(
                "transaction {signature} failed in block {}: {}; `sealane confirm -v {signature}` shows its logs",
                status.slot,
                status.err
            );
        }
        Ok(Some(Sent { signature: signature.to_owned(), slot: status.slot }))
    }
}

/// A signed transaction's bytes.
///
/// # Errors
/// If a signer is missing.
pub(crate) fn signed(
    payer: &Keypair,
    others: &[&Keypair],
    instructions: &[Instruction],
    blockhash: &LatestBlockhash,
) -> anyhow::Result<Vec<u8>> {
    let message = Message::new_with_blockhash(instructions, Some(&payer.pubkey()), &blockhash.hash);
    let mut signers: Vec<&Keypair> = vec![payer];
    for other in others {
        if signers.iter().all(|signer| signer.pubkey() != other.pubkey()) {
            signers.push(other);
        }
    }
    let mut transaction = Transaction::new_unsigned(message);
    transaction.try_sign(&signers, blockhash.hash).context("cannot sign")?;
    encode(&transaction)
}

/// The bytes of a transaction, as they are sent.
///
/// # Errors
/// Never for transactions that were built here.
pub(crate) fn encode(transaction: &Transaction) -> anyhow::Result<Vec<u8>> {
    bincode::serde::encode_to_vec(transaction, bincode::config::legacy()).context("a transaction encodes")
}

/// Calls again while what is wrong may pass, a few times.
///
/// # Errors
/// The last one.
pub(crate) fn patiently<T>(mut call: impl FnMut() -> Result<T, ClientError>) -> Result<T, ClientError> {
    let mut pause = Duration::from_millis(50);
    for _ in 0..6 {
        match call() {
            Err(error) if error.is_passing() => sleep(pause),
            answered => return answered,
        }
        pause *= 2;
    }
    call()
}
