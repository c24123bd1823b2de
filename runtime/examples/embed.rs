//! A ledger in a program of one's own: make one or open it, execute a block, read it back, prove an account.
//!
//! `cargo run --example embed -- DIRECTORY`

use sealane_runtime::face::{Ledger, LedgerConfig};
use sealane_runtime::ledger::Genesis;
use sealane_sdk::{Account, Address};
use sha2::{Digest, Sha256};
use solana_keypair::Keypair;
use solana_message::Message;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::Transaction;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let directory = std::env::args_os().nth(1).ok_or("name the directory of the ledger")?;
    run(Path::new(&directory))
}

/// Pays somebody a little, on the ledger in `directory`.
pub(crate) fn run(directory: &Path) -> Result<(), Box<dyn Error>> {
    let alice = Keypair::new_from_array([1; 32]);
    let bob = Address::new_from_array([2; 32]);
    let genesis = Genesis::default().with_account(alice.pubkey(), Account::system(1_000_000_000_000));

    let mut ledger = Ledger::open_or_create(directory, LedgerConfig::default(), &genesis)?;
    let (reader, blocks) = (ledger.reader(), ledger.subscribe(16));

    let message = Message::new(&[transfer(&alice.pubkey(), &bob, 1_000_000)], Some(&alice.pubkey()));
    let transaction = Transaction::new(&[&alice], message, ledger.last_hash());
    let bytes = wincode::serialize(&transaction)?;
    let unix_time = ledger.last_header().unix_time + 1;
    let executed = ledger.execute_block(unix_time, &[bytes])?;
    println!("block {} is on disk: {}", executed.block.header.number, executed.hash);

    let heard = blocks.next().ok_or("the ledger is open")?;
    println!("it changed {} accounts", heard.committed.changes.len());
    let signature = *transaction.signatures[0].as_array();
    let recorded = reader.transaction(&signature)?.ok_or("it was executed")?;
    println!("the transaction used {} units", recorded.receipt.body.units_consumed);

    let account = reader.account(&bob)?.ok_or("bob has been paid")?;
    let root = executed.block.header.roots.ok_or("blocks have roots")?.state;
    let sha256 = |pieces: &[&[u8]]| -> [u8; 32] { Sha256::digest(pieces.concat()).into() };
    let proven = ledger.prove(&bob)?.check(&root.to_bytes(), &bob, &sha256).ok_or("proofs are good")?;
    println!("bob has {} lamports, as is proven: {proven:?}", account.lamports);
    ledger.close()?;
    Ok(())
}
