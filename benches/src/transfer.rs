//! The `transfer` workload: users who send each other tokens of one mint.
//!
//! Every user owns a system account that pays fees and one token account. Senders are drawn evenly, receivers as the
//! contention says, so a hot account is one that everybody pays into.

use crate::contention::Chooser;
use crate::sign::{User, sign};
use crate::tokens;
use crate::workload::{Labels, Workload, WorkloadOptions, genesis_blockhash, sign_blocks};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::iter::{IntoParallelIterator, ParallelIterator};
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::instruction::{AccountMeta, Hash, Instruction};
use sealane_sdk::{Account, Address, ids};

/// Tokens each account begins with: more than it can ever send.
const INITIAL_TOKENS: u64 = 1 << 40;
/// Lamports each user begins with: a thousand SOL, for fees.
const INITIAL_LAMPORTS: u64 = 1_000_000_000_000;

/// Makes the workload: `accounts` counts the token accounts, one a user, at least 2. `progress` is told after each signed
/// transaction.
///
/// # Errors
/// If the genesis cannot be loaded.
pub fn transfer(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: &(impl Fn() + Sync),
) -> anyhow::Result<Workload> {
    anyhow::ensure!(
        options.accounts >= 2,
        "a transfer needs two accounts, --accounts gives {}",
        options.accounts
    );
    anyhow::ensure!(options.block_size >= 1, "--block-size must be at least 1");
    let users: Vec<User> =
        (0..options.accounts as u64).into_par_iter().map(|number| User::new(options.seed, number)).collect();
    let token_accounts: Vec<Address> =
        (0..options.accounts as u64).map(|number| tokens::address(options.seed, "tokens", number)).collect();
    let genesis = genesis(options.seed, &users, &token_accounts);
    let blockhash = genesis_blockhash(&genesis, config)?;

    let chooser = Chooser::new(options.contention, options.accounts);
    let mut random = ChaCha8Rng::seed_from_u64(options.seed);
    let transfers: Vec<(usize, usize, u64)> = (0..options.transactions as u64)
        .map(|number| {
            let receiver = chooser.choose(&mut random);
            let sender = (receiver + random.random_range(1..options.accounts)) % options.accounts;
            // The amount makes every transaction, and so every signature, different from all others.
            (sender, receiver, number + 1)
        })
        .collect();
    let sign_one = |(sender, receiver, amount): &(usize, usize, u64)| {
        let user = &users[*sender];
        transfer_bytes(user, &token_accounts[*sender], &token_accounts[*receiver], *amount, blockhash)
    };
    let blocks = sign_blocks(&transfers, options.block_size, sign_one, progress);
    let mut labels = Labels::default();
    for (number, (user, token_account)) in users.iter().zip(&token_accounts).enumerate() {
        labels.accounts.insert(user.address, format!("user {number}"));
        labels.accounts.insert(*token_account, format!("tokens of user {number}"));
    }
    Ok(Workload { name: "transfer", genesis, blocks, labels })
}

fn transfer_bytes(
    user: &User,
    source: &Address,
    destination: &Address,
    amount: u64,
    blockhash: Hash,
) -> Vec<u8> {
    let mut data = vec![3];
    data.extend_from_slice(&amount.to_le_bytes());
    let accounts = vec![
        AccountMeta::new(*source, false),
        AccountMeta::new(*destination, false),
        AccountMeta::new_readonly(user.address, true),
    ];
    sign(user, &[Instruction { program_id: ids::token::ID, accounts, data }], blockhash)
}

fn genesis(seed: u64, users: &[User], token_accounts: &[Address]) -> Genesis {
    let mint = tokens::address(seed, "mint", 0);
    let supply = INITIAL_TOKENS * users.len() as u64;
    let mut genesis = Genesis::default()
        .with_program(ids::token::ID, sealane_artifacts::TOKEN)
        .with_account(mint, Account::with_data(ids::token::ID, tokens::mint_data(supply, None)));
    for (user, token_account) in users.iter().zip(token_accounts) {
        let data = tokens::account_data(&mint, &user.address, INITIAL_TOKENS);
        let account = Account::with_data(ids::token::ID, data);
        genesis.accounts.push((*token_account, account));
        genesis.accounts.push((user.address, Account::system(INITIAL_LAMPORTS)));
    }
    genesis
}
