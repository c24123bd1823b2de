//! What a ledger's accounts take of memory: resident bytes an account, with the state tree and without.
//!
//! ```text
//! cargo run --release --example memory -- ACCOUNTS DATA_BYTES
//! ```

use sealane_runtime::ledger::Genesis;
use sealane_runtime::{RootPolicy, Runtime, RuntimeConfig};
use sealane_sdk::{Account, Address};

/// The allocator of the node.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Accounts that a block brings: so many at once are on their way while the ledger grows.
const BLOCK_ACCOUNT_COUNT: usize = 20_000;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<usize>());
    let account_count = arguments.next().transpose()?.unwrap_or(1_000_000);
    let data_size_bytes = arguments.next().transpose()?.unwrap_or(165);
    for roots in [RootPolicy::Skip, RootPolicy::Compute] {
        let before_bytes = resident_bytes()?;
        let config = RuntimeConfig { workers: 1, roots, ..RuntimeConfig::default() };
        let runtime = Runtime::new(config, &genesis(account_count, data_size_bytes))?;
        // What was only needed to begin is given back to the system after a while.
        std::thread::sleep(std::time::Duration::from_millis(200));
        drop(Runtime::new(
            RuntimeConfig { workers: 1, ..RuntimeConfig::default() },
            &genesis(BLOCK_ACCOUNT_COUNT, 0),
        )?);
        let taken_bytes = resident_bytes()?.saturating_sub(before_bytes);
        println!(
            "{account_count} accounts of {data_size_bytes} bytes of data, {roots:?} roots: {} MiB, {} bytes an account",
            taken_bytes >> 20,
            taken_bytes / account_count as u64,
        );
        drop(runtime);
    }
    Ok(())
}

fn genesis(account_count: usize, data_size_bytes: usize) -> Genesis {
    let accounts = (0..account_count as u64)
        .map(|number| {
            let mut address = [7; 32];
            address[..8].copy_from_slice(&number.to_le_bytes());
            let account = Account::with_data(Address::default(), vec![1; data_size_bytes]);
            (Address::new_from_array(address), account)
        })
        .collect();
    Genesis { accounts, ..Genesis::default() }
}

/// Memory of this process that is resident, in bytes.
fn resident_bytes() -> anyhow::Result<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    let pages: u64 = statm.split_whitespace().nth(1).unwrap_or_default().parse()?;
    Ok(pages * 4096)
}
