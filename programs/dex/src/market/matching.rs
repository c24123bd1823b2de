//! What orders do to a market: trading with what rests, resting, being cancelled. Pure functions of the market's account;
//! no token moves here.
//!
//! Whoever calls must drop all changes if a function fails; a failed instruction does.

use super::state::{Market, Order, Seat, Side};
use crate::DexError;
use crate::math::mul_div_ceil;
use crate::pool::state::WHOLE;
use sealane_sdk::Address;
use sealane_sdk::macros::Argument;

/// What becomes of the part of an order that does not trade at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument)]
#[repr(u8)]
pub enum Kind {
    /// It rests in the book.
    Limit = 0,
    /// All of it rests; an order that would trade fails.
    PostOnly = 1,
    /// It is dropped.
    ImmediateOrCancel = 2,
    /// There must be none, else the order fails.
    FillOrKill = 3,
}

/// What happens where an order meets one of the same trader's. They never trade with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument)]
#[repr(u8)]
pub enum SelfTradeRule {
    /// Both lose the lots that would have traded.
    DecrementBoth = 0,
    /// The resting one is cancelled.
    CancelResting = 1,
    /// The new one fails.
    Fail = 2,
}

/// An order as it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument)]
pub struct NewOrder {
    /// Buying or selling.
    pub side: Side,
    /// What becomes of the rest.
    pub kind: Kind,
    /// What happens on meeting an own order.
    pub self_trade: SelfTradeRule,
    /// The worst acceptable price, in quote tokens a lot.
    pub price: u64,
    /// How many lots.
    pub lots: u64,
    /// What the client calls it.
    pub client_id: u64,
}

/// What came of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Placed {
    /// Its sequence number: with its price, what cancels it.
    pub sequence: u64,
    /// Lots that traded.
    pub filled_lots: u64,
    /// Quote tokens that those lots cost, without the fee.
    pub filled_quote: u64,
    /// The taker's fee in quote tokens.
    pub fee: u64,
    /// Lots that rest in the book.
    pub resting_lots: u64,
    /// Tokens (quote for a bid, base for an ask) that the trader has to pay in, because his free balance does not cover
    /// what the order costs.
    pub due: u64,
}

/// Places an order of `owner`'s.
///
/// # Errors
/// Any [`DexError`] from 64 on, [`DexError::ZeroAmount`] for no lots, [`DexError::Overflow`].
pub fn place(market: &mut Market<'_>, owner: &Address, order: &NewOrder) -> Result<Placed, DexError> {
    if order.lots == 0 {
        return Err(DexError::ZeroAmount);
    }
    if order.price == 0 || !order.price.is_multiple_of(market.header.tick_size) {
        return Err(DexError::InvalidPrice);
    }
    let seat_index = market.take_seat(owner)?;
    let sequence = market.header.next_sequence;
    market.header.next_sequence = sum(sequence, 1)?;
    let Matched { lots, quote, rest } = trade(market, seat_index, order)?;
    let resting_lots = match order.kind {
        Kind::Limit | Kind::PostOnly => rest,
        Kind::ImmediateOrCancel => 0,
        Kind::FillOrKill if lots == order.lots => 0,
        Kind::FillOrKill => return Err(DexError::NotFilled),
    };
    let fee = mul_div_ceil(quote, u64::from(market.header.taker_fee), WHOLE)?;
    market.header.fees = sum(market.header.fees, fee)?;
    let lot_size = market.header.lot_size;
    let seat = market.seat(seat_index)?;
    let cost = match order.side {
        Side::Bid => {
            let locked = product(order.price, resting_lots)?;
            seat.base_free = sum(seat.base_free, product(lots, lot_size)?)?;
            seat.quote_locked = sum(seat.quote_locked, locked)?;
            sum(sum(quote, fee)?, locked)?
        }
        Side::Ask => {
            let locked = product(resting_lots, lot_size)?;
            seat.quote_free = sum(seat.quote_free, difference(quote, fee)?)?;
            seat.base_locked = sum(seat.base_locked, locked)?;
            sum(product(lots, lot_size)?, locked)?
        }
    };
    let due = pay(seat, order.side, cost);
    if resting_lots > 0 {
        let Order { padding, .. } = Order::default();
        let NewOrder { side, price, client_id, .. } = *order;
        let resting = Order { price, sequence, lots: resting_lots, client_id, seat_index, padding };
        if let Some(evicted) = market.book(side).insert(resting)? {
            release(market, side, &evicted, evicted.lots)?;
        }
    }
    // An order that left nothing behind must not keep a seat from others.
    market.seat(seat_index)?.leave_if_empty();
    Ok(Placed { sequence, filled_lots: lots, filled_quote: quote, fee, resting_lots, due })
}

/// Cancels an order of `owner`'s: what it offered is free again.
///
/// # Errors
/// [`DexError::NoSeat`], [`DexError::UnknownOrder`] if there is no such order, or it is somebody else's.
pub fn cancel(
    market: &mut Market<'_>,
    owner: &Address,
    side: Side,
    price: u64,
    sequence: u64,
) -> Result<(), DexError> {
    let seat_index = market.seat_of(owner)?;
    let order = market.book(side).remove(price, sequence).ok_or(DexError::UnknownOrder)?;
    if order.seat_index != seat_index {
        return Err(DexError::UnknownOrder);
    }
    release(market, side, &order, order.lots)
}

/// Cancels all orders of `owner`'s.
///
/// # Errors
/// [`DexError::NoSeat`].
pub fn cancel_all(market: &mut Market<'_>, owner: &Address) -> Result<(), DexError> {
    let seat_index = market.seat_of(owner)?;
    for side in [Side::Bid, Side::Ask] {
        while let Some(order) = market.book(side).remove_of_seat(seat_index) {
            release(market, side, &order, order.lots)?;
        }
    }
    Ok(())
}

/// Takes what is free out of a seat, base and quote, to be paid out. A seat that is left with nothing is free for others.
pub fn pay_out(seat: &mut Seat) -> (u64, u64) {
    let free = (seat.base_free, seat.quote_free);
    (seat.base_free, seat.quote_free) = (0, 0);
    seat.leave_if_empty();
    free
}

/// What an order did on coming in.
struct Matched {
    lots: u64,
    quote: u64,
    /// Lots that neither traded nor were lost to an own order.
    rest: u64,
}

/// Trades with the best orders of the other side as long as the price allows it, each at its own price.
fn trade(market: &mut Market<'_>, seat_index: u32, order: &NewOrder) -> Result<Matched, DexError> {
    let (lot_size, maker_side) = (market.header.lot_size, order.side.opposite());
    let mut matched = Matched { lots: 0, quote: 0, rest: order.lots };
    while matched.rest > 0 {
        let best = market.book(maker_side).best();
        let Some(maker) = best.filter(|best| order.side.crosses(order.price, best.price)) else {
            break;
        };
        if order.kind == Kind::PostOnly {
            return Err(DexError::WouldTrade);
        }
        let lots = matched.rest.min(maker.lots);
        if maker.seat_index == seat_index {
            let lost = match order.self_trade {
                SelfTradeRule::Fail => return Err(DexError::SelfTrade),
                SelfTradeRule::CancelResting => maker.lots,
                SelfTradeRule::DecrementBoth => {
                    matched.rest -= lots;
                    lots
                }
            };
            market.book(maker_side).reduce_best(lost);
            release(market, maker_side, &maker, lost)?;
            continue;
        }
        market.book(maker_side).reduce_best(lots);
        let (base, quote) = (product(lots, lot_size)?, product(lots, maker.price)?);
        let seat = market.seat(maker.seat_index)?;
        match maker_side {
            Side::Ask => {
                seat.base_locked = difference(seat.base_locked, base)?;
                seat.quote_free = sum(seat.quote_free, quote)?;
            }
            Side::Bid => {
                seat.quote_locked = difference(seat.quote_locked, quote)?;
                seat.base_free = sum(seat.base_free, base)?;
            }
        }
        matched.lots += lots;
        matched.quote = sum(matched.quote, quote)?;
        matched.rest -= lots;
    }
    Ok(matched)
}

/// Frees what so many lots of a resting order offered.
fn release(market: &mut Market<'_>, side: Side, order: &Order, lots: u64) -> Result<(), DexError> {
    let lot_size = market.header.lot_size;
    let seat = market.seat(order.seat_index)?;
    match side {
        Side::Bid => {
            let quote = product(order.price, lots)?;
            seat.quote_locked = difference(seat.quote_locked, quote)?;
            seat.quote_free = sum(seat.quote_free, quote)?;
        }
        Side::Ask => {
            let base = product(lots, lot_size)?;
            seat.base_locked = difference(seat.base_locked, base)?;
            seat.base_free = sum(seat.base_free, base)?;
        }
    }
    Ok(())
}

/// Pays from the free balance as far as it goes; gives what is missing.
fn pay(seat: &mut Seat, side: Side, cost: u64) -> u64 {
    let free = match side {
        Side::Bid => &mut seat.quote_free,
        Side::Ask => &mut seat.base_free,
    };
    let paid = cost.min(*free);
    *free -= paid;
    cost - paid
}

fn sum(a: u64, b: u64) -> Result<u64, DexError> {
    a.checked_add(b).ok_or(DexError::Overflow)
}

fn difference(a: u64, b: u64) -> Result<u64, DexError> {
    a.checked_sub(b).ok_or(DexError::Overflow)
}

fn product(a: u64, b: u64) -> Result<u64, DexError> {
    a.checked_mul(b).ok_or(DexError::Overflow)
}
