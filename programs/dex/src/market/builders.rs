//! A market's addresses, its instructions from them, and its account as clients read it (feature `host`): a convenience over
//! [`crate::builders`], which knows the accounts, that chooses account and vault by the side of an order.

use super::create::CreateMarketAddresses;
use super::matching::NewOrder;
use super::orders::{CancelOrdersAddresses, PlaceOrderAddresses};
use super::settle::{CollectMarketFeesAddresses, SettleAddresses};
use super::state::{
    HEADER_SIZE_BYTES, MarketHeader, MarketTerms, Order, SIGNER_SEED, Seat, Side, account_size_bytes,
    is_market, orders_a_side,
};
use crate::{VAULT_SEED, builders};
use alloc::vec::Vec;
use bytemuck::{AnyBitPattern, bytes_of, pod_read_unaligned};
use sealane_sdk::Address;
use sealane_sdk::instruction::Instruction;

/// The addresses of a market's accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketAddresses {
    /// The market itself: an account that the client makes.
    pub market: Address,
    /// What is traded.
    pub base_mint: Address,
    /// What it is paid with.
    pub quote_mint: Address,
    /// The market's vaults for both.
    pub vaults: Vaults,
    /// The address that signs for the vaults.
    pub signer: Address,
    /// That address's bump.
    pub signer_bump: u8,
}

/// A market's vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vaults {
    /// Holds base tokens.
    pub base: Address,
    /// Holds quote tokens.
    pub quote: Address,
}

/// Who trades on a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketTrader {
    /// Signs.
    pub owner: Address,
    /// Account for base tokens.
    pub base_tokens: Address,
    /// Account for quote tokens.
    pub quote_tokens: Address,
}

impl MarketAddresses {
    /// Derives them.
    #[must_use]
    pub fn derive(market: &Address, base_mint: &Address, quote_mint: &Address) -> Self {
        let find = |seeds: &[&[u8]]| Address::find_program_address(seeds, &crate::ID);
        let vault = |mint: &Address| find(&[VAULT_SEED, market.as_ref(), mint.as_ref()]).0;
        let (signer, signer_bump) = find(&[SIGNER_SEED, market.as_ref()]);
        Self {
            market: *market,
            base_mint: *base_mint,
            quote_mint: *quote_mint,
            vaults: Vaults { base: vault(base_mint), quote: vault(quote_mint) },
            signer,
            signer_bump,
        }
    }

    /// The data of the market's account as creating it leaves it, with room for so many orders a side: for a genesis.
    #[must_use]
    pub fn data(&self, terms: &MarketTerms, fee_authority: &Address, orders_a_side: u16) -> Vec<u8> {
        let header = MarketHeader::founded(
            terms,
            [self.base_mint, self.quote_mint],
            [self.vaults.base, self.vaults.quote],
            (self.signer, self.signer_bump),
            *fee_authority,
        );
        let mut data = bytes_of(&header).to_vec();
        data.resize(account_size_bytes(terms.seat_count, orders_a_side), 0);
        data
    }

    /// Create; the market's account must have been made before, empty and the program's, and signs.
    #[must_use]
    pub fn create(&self, payer: &Address, fee_authority: &Address, terms: &MarketTerms) -> Instruction {
        let Self { market, base_mint, quote_mint, .. } = *self;
        let (payer, fee_authority) = (*payer, *fee_authority);
        let accounts = CreateMarketAddresses { payer, market, base_mint, quote_mint, fee_authority };
        builders::create_market(&accounts, *terms)
    }

    /// Place an order.
    #[must_use]
    pub fn place(&self, trader: &MarketTrader, order: &NewOrder) -> Instruction {
        let (source, vault) = match order.side {
            Side::Bid => (trader.quote_tokens, self.vaults.quote),
            Side::Ask => (trader.base_tokens, self.vaults.base),
        };
        let accounts = PlaceOrderAddresses { market: self.market, trader: trader.owner, source, vault };
        builders::place_order(&accounts, *order)
    }

    /// Cancel an order.
    #[must_use]
    pub fn cancel(&self, owner: &Address, side: Side, price: u64, sequence: u64) -> Instruction {
        builders::cancel_order(&self.orders_of(owner), side, price, sequence)
    }

    /// Cancel all orders of a trader's.
    #[must_use]
    pub fn cancel_all(&self, owner: &Address) -> Instruction {
        builders::cancel_all_orders(&self.orders_of(owner))
    }

    /// Settle: pay out what is free.
    #[must_use]
    pub fn settle(&self, trader: &MarketTrader) -> Instruction {
        builders::settle(&SettleAddresses {
            market: self.market,
            trader: trader.owner,
            base_tokens: trader.base_tokens,
            quote_tokens: trader.quote_tokens,
            base_vault: self.vaults.base,
            quote_vault: self.vaults.quote,
            signer: self.signer,
        })
    }

    /// Collect fees into the quote account `to`.
    #[must_use]
    pub fn collect_fees(&self, fee_authority: &Address, to: &Address) -> Instruction {
        builders::collect_market_fees(&CollectMarketFeesAddresses {
            market: self.market,
            fee_authority: *fee_authority,
            quote_tokens: *to,
            quote_vault: self.vaults.quote,
            signer: self.signer,
        })
    }

    fn orders_of(&self, owner: &Address) -> CancelOrdersAddresses {
        CancelOrdersAddresses { market: self.market, trader: *owner }
    }
}

/// A market as its account says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketSnapshot {
    /// Everything but balances and orders.
    pub header: MarketHeader,
    /// All seats; those that are nobody's have the zero address as owner.
    pub seats: Vec<Seat>,
    /// Bids, best first.
    pub bids: Vec<Order>,
    /// Asks, best first.
    pub asks: Vec<Order>,
}

impl MarketSnapshot {
    /// Reads a market's account; `None` if it is none.
    #[must_use]
    pub fn read(data: &[u8]) -> Option<Self> {
        let header: MarketHeader = pod_read_unaligned(data.get(..HEADER_SIZE_BYTES)?);
        let capacity = usize::from(orders_a_side(data.len(), header.seat_count)?);
        if !is_market(&header) {
            return None;
        }
        let (seats, orders) =
            data.get(HEADER_SIZE_BYTES..)?.split_at(usize::from(header.seat_count) * size_of::<Seat>());
        let (bids, asks) = orders.split_at(capacity * size_of::<Order>());
        let best_first = |bytes: &[u8], count: u16| {
            let mut orders: Vec<Order> = read_all(bytes);
            orders.truncate(usize::from(count));
            orders.reverse();
            orders
        };
        Some(Self {
            seats: read_all(seats),
            bids: best_first(bids, header.bid_count),
            asks: best_first(asks, header.ask_count),
            header,
        })
    }
}

/// A copy, because what clients have read need not be aligned.
fn read_all<T: AnyBitPattern>(bytes: &[u8]) -> Vec<T> {
    bytes.chunks_exact(size_of::<T>()).map(pod_read_unaligned).collect()
}
