//! Instructions of markets as clients build them, and a market's account as they read it (feature `host`).

use super::matching::NewOrder;
use super::state::{
    HEADER_SIZE_BYTES, MarketHeader, MarketTerms, Order, Seat, Side, account_size_bytes, is_market,
    orders_a_side,
};
use super::tag;
use alloc::vec;
use alloc::vec::Vec;
use bytemuck::{AnyBitPattern, bytes_of, pod_read_unaligned};
use sealane_sdk::instruction::{AccountMeta, Instruction, readonly, signer, writable, writable_signer};
use sealane_sdk::{Address, ids};

/// The addresses of a market's accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketAddresses {
    /// The exchange.
    pub program: Address,
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
    pub fn derive(program: &Address, market: &Address, base_mint: &Address, quote_mint: &Address) -> Self {
        let vault = |mint: &Address| {
            Address::find_program_address(&[b"vault", market.as_ref(), mint.as_ref()], program).0
        };
        let (signer, signer_bump) = Address::find_program_address(&[b"market", market.as_ref()], program);
        Self {
            program: *program,
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
        let header = MarketHeader::new(
            terms,
            [self.base_mint, self.quote_mint],
            [self.vaults.base, self.vaults.quote],
            *fee_authority,
            self.signer_bump,
        );
        let mut data = bytes_of(&header).to_vec();
        data.resize(account_size_bytes(terms.seat_count, orders_a_side), 0);
        data
    }

    /// Create; the market's account must have been made before, empty and the program's, and signs.
    #[must_use]
    pub fn create(&self, payer: &Address, fee_authority: &Address, terms: &MarketTerms) -> Instruction {
        let accounts = vec![
            writable_signer(payer),
            writable_signer(&self.market),
            writable(&self.vaults.base),
            writable(&self.vaults.quote),
            readonly(&self.base_mint),
            readonly(&self.quote_mint),
            readonly(&self.signer),
            readonly(fee_authority),
            readonly(&ids::system_program::ID),
            readonly(&ids::token::ID),
        ];
        let data = [
            &[tag::CREATE][..],
            &terms.lot_size.to_le_bytes(),
            &terms.tick_size.to_le_bytes(),
            &terms.taker_fee.to_le_bytes(),
            &terms.seat_count.to_le_bytes(),
        ];
        Instruction { program_id: self.program, accounts, data: data.concat() }
    }

    /// Place an order.
    #[must_use]
    pub fn place(&self, trader: &MarketTrader, order: &NewOrder) -> Instruction {
        let (source, vault) = match order.side {
            Side::Bid => (&trader.quote_tokens, &self.vaults.quote),
            Side::Ask => (&trader.base_tokens, &self.vaults.base),
        };
        let accounts = vec![
            writable(&self.market),
            signer(&trader.owner),
            writable(source),
            writable(vault),
            readonly(&ids::token::ID),
        ];
        let NewOrder { side, kind, self_trade, price, lots, client_id } = *order;
        let mut data = vec![tag::PLACE, side as u8, kind as u8, self_trade as u8];
        data.extend([price, lots, client_id].iter().flat_map(|word| word.to_le_bytes()));
        Instruction { program_id: self.program, accounts, data }
    }

    /// Cancel an order.
    #[must_use]
    pub fn cancel(&self, owner: &Address, side: Side, price: u64, sequence: u64) -> Instruction {
        let mut data = vec![tag::CANCEL, side as u8];
        data.extend([price, sequence].iter().flat_map(|word| word.to_le_bytes()));
        Instruction { program_id: self.program, accounts: self.owned_by(owner), data }
    }

    /// Cancel all orders of a trader's.
    #[must_use]
    pub fn cancel_all(&self, owner: &Address) -> Instruction {
        let data = vec![tag::CANCEL_ALL];
        Instruction { program_id: self.program, accounts: self.owned_by(owner), data }
    }

    /// Settle: pay out what is free.
    #[must_use]
    pub fn settle(&self, trader: &MarketTrader) -> Instruction {
        let mut accounts = self.owned_by(&trader.owner);
        accounts.extend([
            writable(&trader.base_tokens),
            writable(&trader.quote_tokens),
            writable(&self.vaults.base),
            writable(&self.vaults.quote),
            readonly(&self.signer),
            readonly(&ids::token::ID),
        ]);
        Instruction { program_id: self.program, accounts, data: vec![tag::SETTLE] }
    }

    /// Collect fees into the quote account `to`.
    #[must_use]
    pub fn collect_fees(&self, fee_authority: &Address, to: &Address) -> Instruction {
        let mut accounts = self.owned_by(fee_authority);
        accounts.extend([
            writable(to),
            writable(&self.vaults.quote),
            readonly(&self.signer),
            readonly(&ids::token::ID),
        ]);
        Instruction { program_id: self.program, accounts, data: vec![tag::COLLECT_FEES] }
    }

    fn owned_by(&self, owner: &Address) -> Vec<AccountMeta> {
        vec![writable(&self.market), signer(owner)]
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
