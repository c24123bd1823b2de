//! Solana's own Rust client against a node, whose URL is the first argument: lamports come, go and are looked up.

use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_rpc_client::rpc_client::RpcClient;
use solana_signer::Signer;
use solana_transaction::Transaction;
use std::time::Duration;

fn main() {
    let url = std::env::args().nth(1).expect("the node's URL is the argument");
    let client = RpcClient::new_with_commitment(url, CommitmentConfig::confirmed());
    client.get_health().expect("the node is well");
    let [from, to] = [Keypair::new(), Keypair::new()];
    let airdrop = client.request_airdrop(&from.pubkey(), 2_000_000_000).expect("the faucet gives");
    while !client.confirm_transaction(&airdrop).expect("a status") {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(client.get_balance(&from.pubkey()).expect("a balance"), 2_000_000_000);

    let blockhash = client.get_latest_blockhash().expect("a blockhash");
    let transfer = solana_system_interface::instruction::transfer(&from.pubkey(), &to.pubkey(), 1_000_000);
    let transaction = Transaction::new_signed_with_payer(&[transfer], Some(&from.pubkey()), &[&from], blockhash);
    let simulated = client.simulate_transaction(&transaction).expect("a simulation").value;
    assert_eq!((simulated.err, simulated.units_consumed), (None, Some(150)));
    let signature = client.send_and_confirm_transaction(&transaction).expect("it is confirmed");
    assert_eq!(client.get_balance(&to.pubkey()).expect("a balance"), 1_000_000);
    let account = client.get_account(&to.pubkey()).expect("an account");
    assert_eq!((account.lamports, account.rent_epoch), (1_000_000, u64::MAX));
    let statuses = client.get_signature_statuses(&[signature]).expect("statuses").value;
    assert_eq!(statuses[0].as_ref().expect("it is known").status, Ok(()));

    let slot = client.get_slot().expect("a slot");
    client.get_block(slot).expect("the last block");
    assert_eq!(client.get_epoch_info().expect("an epoch").epoch, 0);

    let again = client.send_transaction(&Transaction::new_signed_with_payer(
        &[solana_system_interface::instruction::transfer(&from.pubkey(), &to.pubkey(), u64::MAX)],
        Some(&from.pubkey()),
        &[&from],
        client.get_latest_blockhash().expect("a blockhash"),
    ));
    let error = again.expect_err("nobody has so much").to_string();
    assert!(error.contains("custom program error: 0x1"), "{error}");
    println!("all is well");
}
