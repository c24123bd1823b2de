//! The `orderbook` workload: traders on many limit order books, who place, cancel and settle.
//!
//! Every trader belongs to one market; the contention says how busy each market is. Prices walk at random, so that books
//! have depth and about every other order trades. While it plans, the traffic keeps the same books that the program will
//! keep: blocks run as if one after another, so it knows what rests, and all transactions succeed.

use crate::contention::Chooser;
use crate::sign::User;
use crate::tokens::{INITIAL_LAMPORTS, INITIAL_TOKENS, account_data, address, mint_data};
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::workload::{Labels, Workload, WorkloadOptions};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_dex::DexError;
use sealane_dex::market::builders::{MarketAddresses, MarketTrader};
use sealane_dex::market::matching::{self, Kind, NewOrder, SelfTradeRule};
use sealane_dex::market::state::{Market, MarketTerms, Side};
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::bytemuck::cast_slice_mut;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ids};
use std::sync::Arc;

/// One market for so many traders, who all have a seat.
const TRADERS_A_MARKET: u16 = 50;
/// Room for orders on each side of a book.
const ORDERS_A_SIDE: u16 = 64;
const TERMS: MarketTerms =
    MarketTerms { lot_size: 100, tick_size: 1, taker_fee: 5, seat_count: TRADERS_A_MARKET };
/// Where prices begin, and how far from the middle an order is placed at most: quote tokens a lot.
const INITIAL_PRICE: u64 = 10_000;
const SPREAD: u64 = 20;
const MOST_LOTS: u64 = 50;

/// Makes the workload: `accounts` counts the traders, fifty a market. `progress` is told after each signed transaction.
///
/// # Errors
/// If there are no accounts, a block would be empty, or the genesis cannot be loaded.
pub fn orderbook(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    generate("orderbook", &mut Orders::new(options)?, options, config, progress)
}

/// The traffic. `accounts` of the options counts the traders.
#[derive(Debug)]
pub struct Orders {
    seed: u64,
    users: Vec<Arc<User>>,
    markets: Vec<PlannedMarket>,
    popularity: Chooser,
}

/// A market, and its book as it will be when the transactions planned so far have run.
#[derive(Debug)]
struct PlannedMarket {
    addresses: MarketAddresses,
    /// The account's data, in words because it is read in place.
    words: Vec<u64>,
    /// Around which orders are placed, in quote tokens a lot.
    middle: u64,
}

impl Orders {
    /// The traffic of these options.
    ///
    /// # Errors
    /// If there are no accounts.
    pub fn new(options: &WorkloadOptions) -> anyhow::Result<Self> {
        let &WorkloadOptions { accounts, seed, contention, .. } = options;
        anyhow::ensure!(accounts >= 1, "order books need a trader, --accounts gives none");
        let market_count = accounts.div_ceil(usize::from(TRADERS_A_MARKET));
        let users = User::crowd(seed, accounts);
        let quote = address(seed, "book quote mint", 0);
        let market = |number| {
            let market = address(seed, "book market", number);
            let base = address(seed, "book base mint", number);
            let addresses = MarketAddresses::derive(&market, &base, &quote);
            PlannedMarket::new(addresses, &users[0].address)
        };
        Ok(Self {
            seed,
            markets: (0..market_count as u64).map(market).collect(),
            users,
            popularity: Chooser::new(contention, market_count),
        })
    }

    fn trader(&self, user_index: usize) -> MarketTrader {
        let tokens = |label| address(self.seed, label, user_index as u64);
        let owner = self.users[user_index].address;
        MarketTrader { owner, base_tokens: tokens("book base"), quote_tokens: tokens("book quote") }
    }
}

impl Traffic for Orders {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        genesis.add_program(ids::token::ID, sealane_artifacts::TOKEN);
        genesis.add_program(sealane_dex::ID, sealane_artifacts::DEX);
        let mut add = |address: Address, account: Account, label: String| {
            genesis.accounts.push((address, account));
            labels.accounts.insert(address, label);
        };
        let held = |data| Account::with_data(ids::token::ID, data);
        let supply = INITIAL_TOKENS * self.users.len() as u64;
        for (number, market) in self.markets.iter().enumerate() {
            let MarketAddresses { market, base_mint, quote_mint, vaults, signer, .. } = market.addresses;
            let data = self.markets[number].addresses.data(&TERMS, &self.users[0].address, ORDERS_A_SIDE);
            add(market, Account::with_data(sealane_dex::ID, data), format!("market {number}"));
            add(base_mint, held(mint_data(supply, None)), format!("base mint of market {number}"));
            add(quote_mint, held(mint_data(supply, None)), "quote mint of all markets".to_owned());
            let vault = |mint| held(account_data(mint, &signer, 0));
            add(vaults.base, vault(&base_mint), format!("base vault of market {number}"));
            add(vaults.quote, vault(&quote_mint), format!("quote vault of market {number}"));
        }
        for (number, user) in self.users.iter().enumerate() {
            let (market, trader) =
                (&self.markets[number % self.markets.len()].addresses, self.trader(number));
            let tokens = |mint| held(account_data(mint, &user.address, INITIAL_TOKENS));
            add(user.address, Account::system(INITIAL_LAMPORTS), format!("user {number}"));
            add(trader.base_tokens, tokens(&market.base_mint), format!("base tokens of user {number}"));
            add(trader.quote_tokens, tokens(&market.quote_mint), format!("quote tokens of user {number}"));
        }
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let market_index = self.popularity.choose(random);
        let count = (self.users.len() - market_index).div_ceil(self.markets.len());
        let user_index = market_index + self.markets.len() * random.random_range(0..count);
        let trader = self.trader(user_index);
        let market = &mut self.markets[market_index];
        let planned = match random.random_range(0..100) {
            0..20 => market.cancel(&trader, random),
            20..23 => market.cancel_all(&trader, turn),
            23..30 => market.settle(&trader, turn),
            _ => None,
        };
        let instructions = planned.unwrap_or_else(|| vec![market.place(&trader, turn, random)]);
        Plan { payer: Arc::clone(&self.users[user_index]), instructions }
    }
}

impl PlannedMarket {
    fn new(addresses: MarketAddresses, fee_authority: &Address) -> Self {
        let data = addresses.data(&TERMS, fee_authority, ORDERS_A_SIDE);
        let mut words = vec![0; data.len() / size_of::<u64>()];
        cast_slice_mut(&mut words).copy_from_slice(&data);
        Self { addresses, words, middle: INITIAL_PRICE }
    }

    /// Does to the planned book what a transaction will do; if it will fail, nothing.
    fn try_out<T>(&mut self, change: impl FnOnce(&mut Market<'_>) -> Result<T, DexError>) -> Option<T> {
        let before = self.words.clone();
        let mut market = Market::in_place(cast_slice_mut(&mut self.words)).ok()?;
        let result = change(&mut market);
        if result.is_err() {
            self.words = before;
        }
        result.ok()
    }

    /// An order near the middle: one in ten may only rest, one in ten may only trade. Where the book has no room for it, an
    /// order that only trades.
    fn place(&mut self, trader: &MarketTrader, turn: Turn, random: &mut ChaCha8Rng) -> Instruction {
        let side = if random.random() { Side::Bid } else { Side::Ask };
        self.middle = (self.middle + random.random_range(0..=2)).saturating_sub(1).max(2 * SPREAD);
        let kind = match random.random_range(0..10) {
            0 => Kind::PostOnly,
            1 => Kind::ImmediateOrCancel,
            _ => Kind::Limit,
        };
        let order = NewOrder {
            side,
            kind,
            self_trade: SelfTradeRule::CancelResting,
            price: self.middle + random.random_range(0..=2 * SPREAD) - SPREAD,
            lots: random.random_range(1..=MOST_LOTS),
            // Makes every order different from all others.
            client_id: turn.number,
        };
        let owner = &trader.owner;
        if self.try_out(|market| matching::place(market, owner, &order)).is_some() {
            return self.addresses.place(trader, &order);
        }
        let order = NewOrder { kind: Kind::ImmediateOrCancel, ..order };
        self.try_out(|market| matching::place(market, owner, &order));
        self.addresses.place(trader, &order)
    }

    /// Cancels the trader's best order, if one rests.
    fn cancel(&mut self, trader: &MarketTrader, random: &mut ChaCha8Rng) -> Option<Vec<Instruction>> {
        let side = if random.random() { Side::Bid } else { Side::Ask };
        let owner = &trader.owner;
        let (price, sequence) = self.try_out(|market| {
            let seat_index = market.seat_of(owner)?;
            let book = market.book(side);
            let own = book.orders().iter().rfind(|order| order.seat_index == seat_index);
            let (price, sequence) =
                own.map(|order| (order.price, order.sequence)).ok_or(DexError::UnknownOrder)?;
            matching::cancel(market, owner, side, price, sequence)?;
            Ok((price, sequence))
        })?;
        Some(vec![self.addresses.cancel(owner, side, price, sequence)])
    }

    /// Cancels all orders of the trader's, if he has a seat.
    fn cancel_all(&mut self, trader: &MarketTrader, turn: Turn) -> Option<Vec<Instruction>> {
        self.try_out(|market| matching::cancel_all(market, &trader.owner))?;
        Some(vec![turn.mark(), self.addresses.cancel_all(&trader.owner)])
    }

    /// Pays out what the trader has free, if he has a seat.
    fn settle(&mut self, trader: &MarketTrader, turn: Turn) -> Option<Vec<Instruction>> {
        self.try_out(|market| {
            let seat_index = market.seat_of(&trader.owner)?;
            matching::pay_out(market.seat(seat_index)?);
            Ok(())
        })?;
        Some(vec![turn.mark(), self.addresses.settle(trader)])
    }
}
