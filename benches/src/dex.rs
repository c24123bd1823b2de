//! The `dex` workload: users who trade on many constant-product pools, and some who provide liquidity.
//!
//! Every pool trades a token of its own against one common quote token, as most do on real chains. The contention says how
//! popular each pool is. A transaction writes the pool, its vaults and the trader's accounts; one in ten goes over two
//! pools. All succeed.

use crate::contention::Chooser;
use crate::sign::User;
use crate::tokens::{INITIAL_LAMPORTS, INITIAL_TOKENS, account_data, address, mint_data};
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::workload::{Labels, Workload, WorkloadOptions};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_dex::pool::builders::{PoolAddresses, Provider, Trader};
use sealane_dex::pool::state::Direction;
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::bytemuck::bytes_of;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ids};
use std::sync::Arc;

/// One pool for so many users, roughly.
const USERS_A_POOL: usize = 100;
/// On how many pools a user trades, if there are so many.
const POOLS_A_USER: usize = 4;
/// What a trade costs, in hundredths of a per cent, and the protocol's part of it.
const TRADE_FEE: u16 = 30;
const PROTOCOL_SHARE: u16 = 1_000;
/// Liquidity tokens that each regular of a pool begins with.
pub(crate) const INITIAL_LIQUIDITY: u64 = 1 << 30;
/// What the smallest trade pays; each pays more than any before, so that no two transactions are the same.
pub(crate) const LEAST_AMOUNT: u64 = 1_000;

/// Makes the workload: `accounts` counts the users, of whom there are about a hundred a pool. `progress` is told after each
/// signed transaction.
///
/// # Errors
/// If there are no accounts, a block would be empty, or the genesis cannot be loaded.
pub fn dex(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    generate("dex", &mut Trades::new(options)?, options, config, progress)
}

/// The traffic. `accounts` of the options counts the users.
#[derive(Debug)]
pub struct Trades {
    seed: u64,
    pub(crate) users: Vec<Arc<User>>,
    pub(crate) pools: Vec<PoolAddresses>,
    pub(crate) popularity: Chooser,
}

impl Trades {
    /// The traffic of these options.
    ///
    /// # Errors
    /// If there are no accounts.
    pub fn new(options: &WorkloadOptions) -> anyhow::Result<Self> {
        let &WorkloadOptions { accounts, seed, contention, .. } = options;
        anyhow::ensure!(accounts >= 1, "trades need a user, --accounts gives none");
        let pool_count = accounts.div_ceil(USERS_A_POOL);
        let quote = quote_mint(seed);
        let pool = |number| PoolAddresses::derive(&token_mint(seed, number), &quote, TRADE_FEE);
        Ok(Self {
            seed,
            users: User::crowd(seed, accounts),
            pools: (0..pool_count as u64).map(pool).collect(),
            popularity: Chooser::new(contention, pool_count),
        })
    }

    /// On how many pools each user trades.
    pub(crate) fn pools_a_user(&self) -> usize {
        POOLS_A_USER.min(self.pools.len())
    }

    /// The pool that a user trades on as his `nth`, below [`Self::pools_a_user`]: all different.
    pub(crate) fn pool_of(&self, user_index: usize, nth: usize) -> usize {
        let stride = self.pools.len() / self.pools_a_user();
        (user_index + nth * stride) % self.pools.len()
    }

    /// Someone who trades on this pool.
    pub(crate) fn regular(&self, pool_index: usize, random: &mut ChaCha8Rng) -> usize {
        let pool_count = self.pools.len();
        let stride = pool_count / self.pools_a_user();
        let nth = random.random_range(0..self.pools_a_user());
        let first = (pool_index + pool_count - nth * stride) % pool_count;
        let count = (self.users.len() - first).div_ceil(pool_count);
        first + pool_count * random.random_range(0..count)
    }

    /// How many users trade on a pool.
    pub(crate) fn regular_count(&self, pool_index: usize) -> u64 {
        let trades_there =
            |user: usize| (0..self.pools_a_user()).filter(move |nth| self.pool_of(user, *nth) == pool_index);
        (0..self.users.len()).map(|user| trades_there(user).count() as u64).sum()
    }

    /// Which of a pool's tokens is the quote token: 0 or 1.
    pub(crate) fn quote_position(&self, pool_index: usize) -> usize {
        usize::from(self.pools[pool_index].mints[0] != quote_mint(self.seed))
    }

    pub(crate) fn provider(&self, user_index: usize, pool_index: usize) -> Provider {
        let (user, number) = (&self.users[user_index], user_index as u64);
        let quote = address(self.seed, "dex quote", number);
        let place = number * self.pools.len() as u64 + pool_index as u64;
        let token = address(self.seed, "dex token", place);
        let quote_first = self.pools[pool_index].mints[0] == quote_mint(self.seed);
        Provider {
            owner: user.address,
            tokens: if quote_first { [quote, token] } else { [token, quote] },
            lp_tokens: address(self.seed, "dex lp", place),
        }
    }

    fn trader(&self, user_index: usize, pool_index: usize) -> Trader {
        let Provider { owner, tokens, .. } = self.provider(user_index, pool_index);
        Trader { owner, tokens }
    }

    /// Which way buys the pool's own token for quote tokens.
    fn buying(&self, pool_index: usize) -> Direction {
        match self.pools[pool_index].mints[0] == quote_mint(self.seed) {
            true => Direction::AForB,
            false => Direction::BForA,
        }
    }

    fn furnish_pool(&self, index: usize, regular_count: u64, add: &mut impl FnMut(Address, Account, String)) {
        let (pool, quote) = (&self.pools[index], quote_mint(self.seed));
        let supply = INITIAL_TOKENS * (regular_count + 1);
        add(
            token_mint(self.seed, index as u64),
            held(mint_data(supply, None)),
            format!("mint of token {index}"),
        );
        let lp_mint = mint_data(INITIAL_LIQUIDITY * regular_count, Some(&pool.pool));
        add(pool.lp_mint, held(lp_mint), format!("LP mint of pool {index}"));
        let state = pool.state(&self.users[0].address, PROTOCOL_SHARE, [INITIAL_TOKENS; 2]);
        let state = Account::with_data(sealane_dex::ID, bytes_of(&state).to_vec());
        add(pool.pool, state, format!("pool {index}"));
        for (vault, mint) in pool.vaults.iter().zip(&pool.mints) {
            let kind = if *mint == quote { "quote" } else { "token" };
            let data = account_data(mint, &pool.pool, INITIAL_TOKENS);
            add(*vault, held(data), format!("{kind} vault of pool {index}"));
        }
    }

    fn furnish_user(&self, user_index: usize, add: &mut impl FnMut(Address, Account, String)) {
        let owner = &self.users[user_index].address;
        add(*owner, Account::system(INITIAL_LAMPORTS), format!("user {user_index}"));
        for nth in 0..self.pools_a_user() {
            let index = self.pool_of(user_index, nth);
            let (pool, provider) = (&self.pools[index], self.provider(user_index, index));
            for (tokens, mint) in provider.tokens.iter().zip(&pool.mints) {
                // The account for quote tokens comes with every pool anew, and is the same each time.
                let kind = if *mint == quote_mint(self.seed) {
                    "quote tokens".to_owned()
                } else {
                    format!("token {index}")
                };
                let data = account_data(mint, owner, INITIAL_TOKENS);
                add(*tokens, held(data), format!("{kind} of user {user_index}"));
            }
            let data = account_data(&pool.lp_mint, owner, INITIAL_LIQUIDITY);
            add(provider.lp_tokens, held(data), format!("LP tokens {index} of user {user_index}"));
        }
    }

    fn swap(
        &self,
        user_index: usize,
        pool_index: usize,
        amount: u64,
        random: &mut ChaCha8Rng,
    ) -> Instruction {
        let (pool, trader) = (&self.pools[pool_index], self.trader(user_index, pool_index));
        let direction = if random.random() { Direction::AForB } else { Direction::BForA };
        if random.random_range(0..100) < 70 {
            pool.swap_exact_input(&trader, direction, amount, 1)
        } else {
            pool.swap_exact_output(&trader, direction, amount, u64::MAX)
        }
    }

    /// Sells the token of one of the user's pools for quote tokens, and buys that of another one with them.
    fn route(
        &self,
        user_index: usize,
        pool_index: usize,
        amount: u64,
        random: &mut ChaCha8Rng,
    ) -> Vec<Instruction> {
        let nth = random.random_range(0..self.pools_a_user());
        let second = self.pool_of(user_index, nth);
        if second == pool_index {
            return vec![self.swap(user_index, pool_index, amount, random)];
        }
        let trader = |pool_index| self.trader(user_index, pool_index);
        let buy =
            self.pools[second].swap_exact_output(&trader(second), self.buying(second), amount, u64::MAX);
        let sell = match self.buying(pool_index) {
            Direction::AForB => Direction::BForA,
            Direction::BForA => Direction::AForB,
        };
        vec![self.pools[pool_index].swap_exact_input(&trader(pool_index), sell, amount, 1), buy]
    }
}

impl Traffic for Trades {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        genesis.add_program(ids::token::ID, sealane_artifacts::TOKEN);
        genesis.add_program(sealane_dex::ID, sealane_artifacts::DEX);
        let mut add = |address: Address, account: Account, label: String| {
            genesis.accounts.push((address, account));
            labels.accounts.insert(address, label);
        };
        let mut regular_counts = vec![0; self.pools.len()];
        for user_index in 0..self.users.len() {
            self.furnish_user(user_index, &mut add);
            for nth in 0..self.pools_a_user() {
                regular_counts[self.pool_of(user_index, nth)] += 1;
            }
        }
        for (pool_index, regular_count) in regular_counts.into_iter().enumerate() {
            self.furnish_pool(pool_index, regular_count, &mut add);
        }
        let supply = INITIAL_TOKENS * (self.users.len() + self.pools.len()) as u64;
        add(quote_mint(self.seed), held(mint_data(supply, None)), "mint of the quote token".to_owned());
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let pool_index = self.popularity.choose(random);
        let user_index = self.regular(pool_index, random);
        let amount = LEAST_AMOUNT + turn.number;
        let (pool, provider) = (&self.pools[pool_index], self.provider(user_index, pool_index));
        let instructions = match random.random_range(0..100) {
            0..5 => vec![pool.add_liquidity(&provider, [amount, 4 * amount], 1)],
            5..10 => vec![pool.remove_liquidity(&provider, amount, [0, 0])],
            10..20 => self.route(user_index, pool_index, amount, random),
            _ => vec![self.swap(user_index, pool_index, amount, random)],
        };
        Plan { payer: Arc::clone(&self.users[user_index]), instructions }
    }
}

fn held(data: Vec<u8>) -> Account {
    Account::with_data(ids::token::ID, data)
}

fn quote_mint(seed: u64) -> Address {
    address(seed, "dex quote mint", 0)
}

fn token_mint(seed: u64, pool_number: u64) -> Address {
    address(seed, "dex token mint", pool_number)
}
