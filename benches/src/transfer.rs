//! The `transfer` workload: users who send each other tokens of one mint.
//!
//! Every user owns a system account that pays fees and one token account. Senders are drawn evenly, receivers as the
//! contention says, so a hot account is one that everybody pays into.

use crate::contention::{Chooser, Contention};
use crate::sign::{User, sign};
use crate::workload::{Workload, genesis_blockhash};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator};
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::bytemuck::{Zeroable, bytes_of};
use sealane_sdk::instruction::{AccountMeta, Hash, Instruction};
use sealane_sdk::{Account, Address, ids};
use sealane_token::state::{AccountState, Mint, TokenAccount};

/// What shapes the workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TransferOptions {
    /// Transfers in all.
    pub transactions: usize,
    /// Token accounts, and users that own one each; at least 2.
    pub accounts: usize,
    /// Transfers a block.
    pub block_size: usize,
    /// What all random choices derive from.
    pub seed: u64,
    /// How receivers are drawn.
    pub contention: Contention,
}

/// Tokens each account begins with: more than it can ever send.
const INITIAL_TOKENS: u64 = 1 << 40;
/// Lamports each user begins with: a thousand SOL, for fees.
const INITIAL_LAMPORTS: u64 = 1_000_000_000_000;

/// Makes the workload; `progress` is told after each signed transaction.
///
/// # Errors
/// If the genesis cannot be loaded.
pub fn transfer(
    options: &TransferOptions,
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
        (0..options.accounts as u64).map(|number| token_account_address(options.seed, number)).collect();
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
        let bytes =
            transfer_bytes(user, &token_accounts[*sender], &token_accounts[*receiver], *amount, blockhash);
        progress();
        bytes
    };
    let mut signed: Vec<Vec<u8>> = transfers.par_iter().with_min_len(64).map(sign_one).collect();
    let mut blocks = Vec::with_capacity(signed.len().div_ceil(options.block_size));
    while !signed.is_empty() {
        let rest = signed.split_off(options.block_size.min(signed.len()));
        blocks.push(std::mem::replace(&mut signed, rest));
    }
    Ok(Workload { name: "transfer", genesis, blocks })
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

/// An address that nobody holds a key of: the seed, the number and a label.
fn token_account_address(seed: u64, number: u64) -> Address {
    let mut bytes = *b"................ a token account";
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&number.to_le_bytes());
    Address::new_from_array(bytes)
}

fn genesis(seed: u64, users: &[User], token_accounts: &[Address]) -> Genesis {
    let mint = token_account_address(seed, u64::MAX);
    let supply = INITIAL_TOKENS * users.len() as u64;
    let mut genesis = Genesis::default()
        .with_program(ids::token::ID, sealane_artifacts::TOKEN)
        .with_account(mint, Account::with_data(ids::token::ID, mint_data(supply)));
    for (user, token_account) in users.iter().zip(token_accounts) {
        let data = token_account_data(&mint, &user.address, INITIAL_TOKENS);
        let account = Account::with_data(ids::token::ID, data);
        genesis.accounts.push((*token_account, account));
        genesis.accounts.push((user.address, Account::system(INITIAL_LAMPORTS)));
    }
    genesis
}

/// A mint that nobody can mint more of, six decimals.
fn mint_data(supply: u64) -> Vec<u8> {
    let mut mint = Mint::zeroed();
    mint.decimals = 6;
    mint.set_supply(supply);
    mint.set_initialized();
    bytes_of(&mint).to_vec()
}

fn token_account_data(mint: &Address, owner: &Address, amount: u64) -> Vec<u8> {
    let mut account = TokenAccount::zeroed();
    (account.mint, account.owner) = (*mint, *owner);
    account.set_amount(amount);
    account.set_state(AccountState::Initialized);
    bytes_of(&account).to_vec()
}
