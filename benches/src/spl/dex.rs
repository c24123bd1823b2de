//! The `dex` workload on SPL Token Swap and SPL Token: the users, pools and contention of the one on our own programs. Every
//! trade has an exact input, as the program knows no other; the other parts of the mix are the same.

use super::token_swap::{self, Fees, POOL_SIZE_BYTES, Pool};
use crate::dex::{INITIAL_LIQUIDITY, LEAST_AMOUNT, Trades};
use crate::sign::User;
use crate::tokens::{INITIAL_TOKENS, account_data, address, mint_data};
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::workload::{Labels, Workload, WorkloadOptions};
use anyhow::Error;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_artifacts::solana::known;
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ids};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A trade costs 0.3 %, of which a sixth goes to the pool's owner.
const FEES: Fees =
    Fees { trade: [25, 10_000], owner_trade: [5, 10_000], owner_withdraw: [0, 0], host: [0, 0] };

/// Makes the workload: `accounts` counts the users, of whom there are about a hundred a pool. `progress` is told after each
/// signed transaction.
///
/// # Errors
/// If a program cannot be built, there are no accounts, a block would be empty, or the genesis cannot be loaded.
pub fn dex(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    let programs = [known::token().map_err(Error::msg)?, known::token_swap().map_err(Error::msg)?];
    generate("dex", &mut SplTrades::new(options, programs)?, options, config, progress)
}

/// The traffic.
struct SplTrades {
    trades: Trades,
    pools: Vec<Pool>,
    token: &'static [u8],
    token_swap: &'static [u8],
}

impl SplTrades {
    fn new(options: &WorkloadOptions, [token, token_swap]: [&'static [u8]; 2]) -> anyhow::Result<Self> {
        let trades = Trades::new(options)?;
        let pools = trades.pools.iter().enumerate().map(|(number, own)| {
            let fee_account = address(options.seed, "dex fees", number as u64);
            Pool::new(own.pool, own.mints, own.vaults, own.lp_mint, fee_account)
        });
        Ok(Self { pools: pools.collect(), trades, token, token_swap })
    }

    fn swap(&self, user: usize, pool: usize, from: usize, amount: u64) -> Instruction {
        let provider = self.trades.provider(user, pool);
        self.pools[pool].swap(&provider.owner, &provider.tokens, from, amount, 1)
    }

    /// Sells the token of one of the user's pools for quote tokens, and buys that of another one with them.
    fn route(&self, user: usize, pool: usize, amount: u64, random: &mut ChaCha8Rng) -> Vec<Instruction> {
        let second = self.trades.pool_of(user, random.random_range(0..self.trades.pools_a_user()));
        let quote = |pool: usize| self.trades.quote_position(pool);
        let sell = self.swap(user, pool, 1 - quote(pool), amount);
        if second == pool {
            return vec![sell];
        }
        vec![sell, self.swap(user, second, quote(second), amount)]
    }
}

impl Traffic for SplTrades {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        // Users and mints are the same; what belongs to a pool is made anew.
        let (mut own, mut own_labels) = (Genesis::default(), Labels::default());
        self.trades.furnish(&mut own, &mut own_labels);
        let fresh: Vec<Address> = Genesis::default().accounts.iter().map(|(address, _)| *address).collect();
        let programs = programs_of(&own);
        own.accounts.retain(|(address, _)| !programs.contains(address) && !fresh.contains(address));
        let mut accounts: BTreeMap<Address, Account> = own.accounts.into_iter().collect();
        for (number, pool) in self.pools.iter().enumerate() {
            accounts.insert(pool.pool, Account::with_data(token_swap::ID, pool.data(&FEES)));
            for (vault, mint) in pool.vaults.iter().zip(&pool.mints) {
                accounts.insert(*vault, held(account_data(mint, &pool.authority, INITIAL_TOKENS)));
            }
            let supply = INITIAL_LIQUIDITY * self.trades.regular_count(number);
            accounts.insert(pool.pool_mint, held(mint_data(supply, Some(&pool.authority))));
            let owner = &self.trades.users[0].address;
            accounts.insert(pool.fee_account, held(account_data(&pool.pool_mint, owner, 0)));
            labels.accounts.insert(pool.fee_account, format!("fees of pool {number}"));
        }
        genesis.accounts.extend(accounts);
        genesis.add_program(ids::token::ID, self.token);
        genesis.add_program(token_swap::ID, self.token_swap);
        labels.accounts.append(&mut own_labels.accounts);
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let pool_index = self.trades.popularity.choose(random);
        let user_index = self.trades.regular(pool_index, random);
        let amount = LEAST_AMOUNT + turn.number;
        let (pool, provider) = (&self.pools[pool_index], self.trades.provider(user_index, pool_index));
        let (owner, tokens, lp) = (&provider.owner, &provider.tokens, &provider.lp_tokens);
        let instructions = match random.random_range(0..100) {
            0..5 => vec![pool.deposit(owner, tokens, lp, amount, [INITIAL_TOKENS; 2])],
            5..10 => vec![pool.withdraw(owner, tokens, lp, amount, [0, 0])],
            10..20 => self.route(user_index, pool_index, amount, random),
            _ => vec![self.swap(user_index, pool_index, random.random_range(0..2), amount)],
        };
        Plan { payer: Arc::<User>::clone(&self.trades.users[user_index]), instructions }
    }
}

/// The programs of a genesis, and the accounts that hold their modules.
fn programs_of(genesis: &Genesis) -> Vec<Address> {
    let loaders = [ids::bpf_loader::ID, ids::bpf_loader_upgradeable::ID];
    let owned = genesis.accounts.iter().filter(|(_, account)| loaders.contains(&account.owner));
    owned.map(|(address, _)| *address).collect()
}

fn held(data: Vec<u8>) -> Account {
    Account::with_data(ids::token::ID, data)
}

const _: () = assert!(POOL_SIZE_BYTES == 324);
