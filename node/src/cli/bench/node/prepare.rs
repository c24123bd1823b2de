//! What is made before time counts: users with lamports, and signed requests.

use super::connection::{Connection, Target};
use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sealane_benches::sign::{User, sign};
use sealane_sdk::instruction::{Hash, Signature};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// What each user gets: fees and transfers of a thousand transactions and more.
const AIRDROP_LAMPORTS: u64 = 100_000_000;
/// Airdrops that are asked for at once.
const BATCH_COUNT: usize = 100;
/// How long airdrops may take to be confirmed: so many times, with a pause between.
const ATTEMPT_COUNT: usize = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// One signed transfer.
#[derive(Debug)]
pub(super) struct Request {
    /// The whole HTTP request.
    pub(super) bytes: Vec<u8>,
    /// In base58.
    pub(super) signature: String,
}

/// Users who have lamports.
///
/// # Errors
/// If the node has no faucet, or it gives too little.
pub(super) fn users(target: &Target, seed: u64, count: usize) -> anyhow::Result<Vec<Arc<User>>> {
    let users = User::crowd(seed, count);
    let mut connection = Connection::open(target)?;
    let mut last = Value::Null;
    for some in users.chunks(BATCH_COUNT) {
        let calls: Vec<Value> = some
            .iter()
            .enumerate()
            .map(|(id, user)| {
                let params = json!([user.address.to_string(), AIRDROP_LAMPORTS]);
                json!({"jsonrpc": "2.0", "id": id, "method": "requestAirdrop", "params": params})
            })
            .collect();
        connection.write(target.request(&Value::Array(calls).to_string()).as_bytes())?;
        let answers: Vec<Value> = serde_json::from_str(&connection.read()?.1)?;
        for answer in answers {
            let error = answer["error"]["message"].as_str();
            anyhow::ensure!(error.is_none(), "an airdrop was refused: {}", error.unwrap_or_default());
            last = answer["result"].clone();
        }
    }
    wait_for(target, &last)?;
    Ok(users)
}

fn wait_for(target: &Target, signature: &Value) -> anyhow::Result<()> {
    for _ in 0..ATTEMPT_COUNT {
        let statuses = target.call("getSignatureStatuses", &json!([[signature]]))?;
        let status = &statuses["value"][0];
        if !status.is_null() {
            anyhow::ensure!(status["err"].is_null(), "an airdrop failed: {}", status["err"]);
            return Ok(());
        }
        std::thread::sleep(PAUSE);
    }
    anyhow::bail!("the airdrops are not confirmed: is the node making blocks?")
}

/// `count` transfers between `users`, signed and written out, on all processors.
///
/// # Errors
/// If the node gives no blockhash.
pub(super) fn requests(target: &Target, users: &[Arc<User>], count: usize) -> anyhow::Result<Vec<Request>> {
    let latest = target.call("getLatestBlockhash", &json!([]))?;
    let blockhash: Hash =
        latest["value"]["blockhash"].as_str().and_then(|text| text.parse().ok()).context("no blockhash")?;
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let indices: Vec<usize> = (0..count).collect();
    let parts = std::thread::scope(|scope| {
        let part =
            |part: &'_ [usize]| part.iter().map(|index| request(target, users, *index, blockhash)).collect();
        let workers: Vec<_> = indices
            .chunks(count.div_ceil(threads).max(1))
            .map(|some| scope.spawn(move || -> Vec<Request> { part(some) }))
            .collect();
        workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut requests = Vec::with_capacity(count);
    for part in parts {
        requests.extend(part.map_err(|_| anyhow::anyhow!("signing failed"))?);
    }
    Ok(requests)
}

fn request(target: &Target, users: &[Arc<User>], index: usize, blockhash: Hash) -> Request {
    let sender = &users[index % users.len()];
    let receiver = &users[(index + users.len() / 2) % users.len()];
    // The amount tells transfers of the same two apart.
    let lamports = 1 + (index / users.len()) as u64;
    let transfer =
        solana_system_interface::instruction::transfer(&sender.address, &receiver.address, lamports);
    let transaction = sign(sender, &[transfer], blockhash);
    let signature: [u8; 64] =
        transaction.get(1..65).and_then(|bytes| bytes.try_into().ok()).unwrap_or([0; 64]);
    let body = format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":{index},\"method\":\"sendTransaction\",\"params\":[\"{}\",\
         {{\"encoding\":\"base64\",\"skipPreflight\":true}}]}}",
        BASE64_STANDARD.encode(&transaction)
    );
    Request { bytes: target.request(&body).into_bytes(), signature: Signature::from(signature).to_string() }
}
