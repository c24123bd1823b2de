//! A market's account: a header, seats, bids, asks, one behind the other, read and written in place.
//!
//! | part | bytes |
//! |---|---|
//! | header | 248 |
//! | seats | 64 each, as many as the header says |
//! | bids, then asks | 40 each, both as many as fit the rest of the account |

use super::book::Book;
use crate::DexError;
use bytemuck::{Pod, Zeroable};
use sealane_sdk::guest::address_eq;
use sealane_sdk::limits::ACCOUNT_WINDOW_THRESHOLD_BYTES;
use sealane_sdk::prelude::*;

/// What the address that signs for a market's vaults is derived from, before the market.
pub const SIGNER_SEED: &[u8] = b"market";

/// Which side of the book an order is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument)]
#[repr(u8)]
pub enum Side {
    /// Buys base with quote.
    Bid = 0,
    /// Sells base for quote.
    Ask = 1,
}

impl Side {
    /// The other side.
    #[must_use]
    pub const fn opposite(self) -> Self {
        match self {
            Self::Bid => Self::Ask,
            Self::Ask => Self::Bid,
        }
    }

    /// Whether an order of this side at `price` trades with one of the other side at `resting`.
    #[must_use]
    #[inline]
    pub const fn crosses(self, price: u64, resting: u64) -> bool {
        match self {
            Self::Bid => price >= resting,
            Self::Ask => price <= resting,
        }
    }
}

/// The head of a market's account.
#[account(tail)]
pub struct MarketHeader {
    /// The mint that is traded.
    pub base_mint: Address,
    /// The mint it is paid with.
    pub quote_mint: Address,
    /// Holds the base tokens of all seats.
    pub base_vault: Address,
    /// Holds the quote tokens of all seats, and the fees.
    pub quote_vault: Address,
    /// The address that signs for the vaults.
    pub signer: Address,
    /// Who may collect the fees.
    pub fee_authority: Address,
    /// Base tokens a lot.
    pub lot_size: u64,
    /// Prices are multiples of this; in quote tokens a lot.
    pub tick_size: u64,
    /// Quote tokens of fees, still in the vault.
    pub fees: u64,
    /// The sequence number of the next order: the earlier of two orders has the smaller one.
    pub next_sequence: u64,
    /// Part of the quote side of a trade that the taker pays, in hundredths of a per cent.
    pub taker_fee: u16,
    /// How many seats there are.
    pub seat_count: u16,
    /// How many bids there are.
    pub bid_count: u16,
    /// How many asks there are.
    pub ask_count: u16,
    /// What makes the address that signs for the vaults one that nobody has a key of.
    pub signer_bump: u8,
    padding: [u8; 7],
}

/// What a market is created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument)]
pub struct MarketTerms {
    /// Base tokens a lot, at least 1.
    pub lot_size: u64,
    /// Prices are multiples of this, at least 1; in quote tokens a lot.
    pub tick_size: u64,
    /// What the taker pays, in hundredths of a per cent of the quote, at most 1,000.
    pub taker_fee: u16,
    /// How many traders can have balances at a time, at least 1.
    pub seat_count: u16,
}

impl MarketHeader {
    /// The header of a new market. Mints and vaults: base, then quote.
    pub(super) fn founded(
        terms: &MarketTerms,
        [base_mint, quote_mint]: [Address; 2],
        [base_vault, quote_vault]: [Address; 2],
        (signer, signer_bump): (Address, u8),
        fee_authority: Address,
    ) -> Self {
        let MarketTerms { lot_size, tick_size, taker_fee, seat_count } = *terms;
        Self {
            base_mint,
            quote_mint,
            base_vault,
            quote_vault,
            signer,
            fee_authority,
            lot_size,
            tick_size,
            taker_fee,
            seat_count,
            signer_bump,
            ..Self::zeroed()
        }
    }

    /// The vault for what orders of this side offer.
    #[inline]
    pub(super) const fn vault_for(&self, side: Side) -> &Address {
        match side {
            Side::Bid => &self.quote_vault,
            Side::Ask => &self.base_vault,
        }
    }
}

/// A trader's balances in a market; all zero where nobody sits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Seat {
    /// Whose it is.
    pub owner: Address,
    /// Base tokens that can be settled or sold.
    pub base_free: u64,
    /// Base tokens that the trader's asks offer.
    pub base_locked: u64,
    /// Quote tokens that can be settled or spent.
    pub quote_free: u64,
    /// Quote tokens that the trader's bids offer.
    pub quote_locked: u64,
}

/// A resting order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Order {
    /// Quote tokens a lot.
    pub price: u64,
    /// When it came, in the order of all orders of the market.
    pub sequence: u64,
    /// Lots that are still to trade.
    pub lots: u64,
    /// What the client calls it.
    pub client_id: u64,
    /// The position of the trader's seat.
    pub seat_index: u32,
    pub(crate) padding: u32,
}

impl Seat {
    /// Makes the seat nobody's if it holds nothing. No order is its owner's then: every order offers something.
    pub(super) fn leave_if_empty(&mut self) {
        if (self.base_free | self.base_locked | self.quote_free | self.quote_locked) == 0 {
            *self = Self::default();
        }
    }
}

/// Size of the header in bytes.
pub const HEADER_SIZE_BYTES: usize = MarketHeader::SIZE_BYTES;

const _: () = assert!(HEADER_SIZE_BYTES == 248 && size_of::<Seat>() == 64 && size_of::<Order>() == 40);

/// Size in bytes of the account of a market with so many seats, and room for so many orders a side.
#[must_use]
pub const fn account_size_bytes(seat_count: u16, orders_a_side: u16) -> usize {
    HEADER_SIZE_BYTES
        + seat_count as usize * size_of::<Seat>()
        + 2 * orders_a_side as usize * size_of::<Order>()
}

/// How many orders a side fit an account of this size, if there are seats, at least one order fits, nothing is left over,
/// and programs can reach the whole account in memory.
#[must_use]
pub fn orders_a_side(account_size_bytes: usize, seat_count: u16) -> Option<u16> {
    let head_size = HEADER_SIZE_BYTES + usize::from(seat_count) * size_of::<Seat>();
    let rest = account_size_bytes.checked_sub(head_size)?;
    let count = u16::try_from(rest / (2 * size_of::<Order>())).ok()?;
    let fits = rest % (2 * size_of::<Order>()) == 0 && account_size_bytes <= ACCOUNT_WINDOW_THRESHOLD_BYTES;
    (fits && count > 0 && seat_count > 0).then_some(count)
}

/// Whether an account with this header is a market.
#[must_use]
pub fn is_market(header: &MarketHeader) -> bool {
    header.discriminator == MarketHeader::DISCRIMINATOR
}

/// A market in place.
#[derive(Debug)]
pub struct Market<'a> {
    /// Everything but balances and orders.
    pub header: &'a mut MarketHeader,
    /// The traders' balances.
    pub seats: &'a mut [Seat],
    bids: &'a mut [Order],
    asks: &'a mut [Order],
}

impl<'a> Market<'a> {
    /// The market in an account's data, which must be 8-aligned as all account data is.
    ///
    /// # Errors
    /// `InvalidAccountData` if it is none, `UninitializedAccount` if it begins with zeros.
    pub fn in_place(data: &'a mut [u8]) -> Result<Self, ProgramError> {
        let size_bytes = data.len();
        let (header, rest) = MarketHeader::split_mut::<u8>(data)?;
        let capacity =
            orders_a_side(size_bytes, header.seat_count).ok_or(ProgramError::InvalidAccountData)?;
        let (seats, orders) = rest.split_at_mut(usize::from(header.seat_count) * size_of::<Seat>());
        let (bids, asks) = orders.split_at_mut(usize::from(capacity) * size_of::<Order>());
        Ok(Self { header, seats: cast_all(seats)?, bids: cast_all(bids)?, asks: cast_all(asks)? })
    }

    /// One side of the book.
    #[inline]
    pub fn book(&mut self, side: Side) -> Book<'_> {
        match side {
            Side::Bid => Book::new(side, &mut self.header.bid_count, self.bids),
            Side::Ask => Book::new(side, &mut self.header.ask_count, self.asks),
        }
    }

    /// The position of a trader's seat.
    ///
    /// # Errors
    /// [`DexError::NoSeat`].
    pub fn seat_of(&self, owner: &Address) -> Result<u32, DexError> {
        let position = self.seats.iter().position(|seat| address_eq(&seat.owner, owner));
        position.and_then(|index| u32::try_from(index).ok()).ok_or(DexError::NoSeat)
    }

    /// The position of a trader's seat; a free one becomes his if he has none.
    ///
    /// # Errors
    /// [`DexError::SeatsFull`].
    pub fn take_seat(&mut self, owner: &Address) -> Result<u32, DexError> {
        if let Ok(index) = self.seat_of(owner) {
            return Ok(index);
        }
        let index = self.seat_of(&Address::default()).map_err(|_| DexError::SeatsFull)?;
        self.seat(index)?.owner = *owner;
        Ok(index)
    }

    /// The seat at a position that an order or [`Self::seat_of`] named.
    ///
    /// # Errors
    /// [`DexError::NoSeat`] if there is none.
    #[inline]
    pub fn seat(&mut self, index: u32) -> Result<&mut Seat, DexError> {
        self.seats.get_mut(index as usize).ok_or(DexError::NoSeat)
    }
}

fn cast_all<T: Pod>(bytes: &mut [u8]) -> Result<&mut [T], ProgramError> {
    bytemuck::try_cast_slice_mut(bytes).map_err(|_| ProgramError::InvalidAccountData)
}
