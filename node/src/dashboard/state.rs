//! What the page draws: the node, its mempool, the last blocks and their hottest accounts, as one JSON object.

use super::summary::{BlockSummary, HotAccount};
use crate::rpc::{BlockEvent, Chain, Rpc};
use crate::serve::Answers;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use sealane_sdk::Address;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Hottest accounts that are told.
const HOTTEST_COUNT: usize = 8;
/// Blocks that the hottest accounts are counted over.
const HEAT_BLOCK_COUNT: usize = 50;
/// Blocks with transactions that are told from before the recent ones, which may all be empty: so a quiet minute hides nothing.
const EARLIER_COUNT: usize = 25;

/// Makes what the page draws. Figures of a block are made once.
#[derive(Debug)]
pub(super) struct Dashboard {
    answers: Arc<Answers>,
    summaries: Mutex<BTreeMap<u64, Arc<BlockSummary>>>,
}

/// What the page has seen already.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Seen {
    /// Number of the last block it has; all that are there if it has none.
    after: Option<u64>,
}

/// What the page draws.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Drawn {
    version: &'static str,
    identity: String,
    genesis_hash: String,
    height: u64,
    store_bytes: u64,
    mempool: Mempool,
    #[serde(serialize_with = "each")]
    blocks: Vec<Arc<BlockSummary>>,
    hottest_over_blocks: usize,
    hottest: Vec<Hottest>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mempool {
    transactions: usize,
    transaction_limit: usize,
    bytes: usize,
    byte_limit: usize,
    oldest_ms: Option<u64>,
    refused: BTreeMap<String, u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Hottest {
    address: String,
    writers: u32,
    readers: u32,
    waiters: u32,
    waiting_units: u64,
    waiting: Vec<String>,
}

/// GET `/dashboard/state?after=NUMBER`.
pub(super) async fn state(State(dashboard): State<Arc<Dashboard>>, Query(seen): Query<Seen>) -> Response {
    let answers = Arc::clone(&dashboard.answers);
    let drawn = answers.beside(move || serde_json::to_vec(&dashboard.drawn(&seen))).await;
    match drawn {
        Ok(Ok(drawn)) => {
            ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], drawn)
                .into_response()
        }
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.message).into_response(),
    }
}

impl Dashboard {
    pub(super) const fn new(answers: Arc<Answers>) -> Self {
        Self { answers, summaries: Mutex::new(BTreeMap::new()) }
    }

    fn drawn(&self, seen: &Seen) -> Drawn {
        let rpc: &Rpc = self.answers.rpc();
        let chain = rpc.chain();
        let summaries = self.summaries(&chain.recent_blocks());
        let recent = &summaries[summaries.len().saturating_sub(HEAT_BLOCK_COUNT)..];
        let hottest = hottest(recent);
        let blocks = summaries.iter().filter(|block| seen.after.is_none_or(|after| block.number > after));
        Drawn {
            version: env!("CARGO_PKG_VERSION"),
            identity: chain.identity().to_string(),
            genesis_hash: chain.genesis_hash().to_string(),
            height: chain.reader().last().header.number,
            store_bytes: chain.reader().size_bytes(),
            mempool: mempool(chain),
            blocks: blocks.cloned().collect(),
            hottest_over_blocks: recent.len(),
            hottest,
        }
    }

    /// The figures of `events`, which are kept as long as those are, and before them those of blocks that held transactions.
    fn summaries(&self, events: &[Arc<BlockEvent>]) -> Vec<Arc<BlockSummary>> {
        let mut summaries = self.summaries.lock();
        for event in events {
            summaries.entry(event.number).or_insert_with(|| Arc::new(BlockSummary::new(event)));
        }
        let first = events.first().map_or(u64::MAX, |event| event.number);
        let mut recent = summaries.split_off(&first);
        summaries.retain(|_, block| block.transactions > 0);
        while summaries.len() > EARLIER_COUNT {
            summaries.pop_first();
        }
        summaries.append(&mut recent);
        summaries.values().cloned().collect()
    }
}

/// The accounts that made others wait most, over all of `blocks`.
fn hottest(blocks: &[Arc<BlockSummary>]) -> Vec<Hottest> {
    let mut accounts: BTreeMap<Address, HotAccount> = BTreeMap::new();
    for hot in blocks.iter().flat_map(|block| &block.heat) {
        let known = accounts.get_mut(&hot.heat.account).map(|known| known.add(hot));
        if known.is_none() {
            accounts.insert(hot.heat.account, hot.clone());
        }
    }
    let mut accounts: Vec<HotAccount> = accounts.into_values().collect();
    accounts.sort_by_key(|account| std::cmp::Reverse((account.heat.waiting_units, account.heat.waiters)));
    let told = accounts.into_iter().take(HOTTEST_COUNT);
    told.map(|HotAccount { heat, waiting }| Hottest {
        address: heat.account.to_string(),
        writers: heat.writers,
        readers: heat.readers,
        waiters: heat.waiters,
        waiting_units: heat.waiting_units,
        waiting,
    })
    .collect()
}

/// Serializes what is shared as if it were owned.
fn each<S: Serializer>(blocks: &[Arc<BlockSummary>], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(blocks.iter().map(|block| &**block))
}

fn mempool(chain: &Chain) -> Mempool {
    let (status, limits) = (chain.mempool(), chain.mempool().limits);
    Mempool {
        transactions: status.transaction_count,
        transaction_limit: limits.transaction_count,
        bytes: status.size_bytes,
        byte_limit: limits.size_bytes,
        oldest_ms: chain.oldest_wait().map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
        refused: chain
            .fates()
            .refused
            .into_iter()
            .map(|(reason, count)| (reason.to_owned(), count))
            .collect(),
    }
}
