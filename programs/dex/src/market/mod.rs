//! Limit order books: orders wait in price-time order, and new ones trade with them at once.
//!
//! | number | instruction | arguments after the number, little-endian | file |
//! |---|---|---|---|
//! | 64 | create | lot size u64, tick size u64, taker fee u16 (hundredths of a per cent), seats u16 | `create.rs` |
//! | 65 | place an order | side u8, kind u8, self-trade rule u8, price u64, lots u64, client's id u64 | `orders.rs` |
//! | 66 | cancel an order | side u8, price u64, sequence number u64 | `orders.rs` |
//! | 67 | cancel all of a trader's orders | none | `orders.rs` |
//! | 68 | settle: pay out what is a trader's and free | none | `settle.rs` |
//! | 69 | collect fees | none | `settle.rs` |
//!
//! A market is one account: its header, the traders' seats, the bids, the asks ([`state`]). What a trade gives is booked
//! in the traders' seats, makers' included, so that no account of a maker's need be named by whoever trades with him;
//! settling pays it out. A market's transactions all write that one account: different markets run side by side, one
//! market is a chain.
//!
//! Base is traded in lots; prices are quote tokens a lot, so that price × lots is exact and only fees are rounded.

mod create;
mod orders;
mod settle;

pub mod matching;

pub mod book;
pub mod state;

#[cfg(feature = "host")]
pub mod builders;

#[cfg(all(test, feature = "host"))]
mod tests;

use matching::{Kind, NewOrder, SelfTradeRule};
use sealane_sdk::guest::{AccountView, Arguments};
use sealane_sdk::{Address, ProgramError, ProgramResult};
use state::{MarketTerms, Side};

/// Numbers of the instructions: the first byte of the data.
pub mod tag {
    #![expect(missing_docs, reason = "the table of the module above says what each is")]
    pub const CREATE: u8 = 64;
    pub const PLACE: u8 = 65;
    pub const CANCEL: u8 = 66;
    pub const CANCEL_ALL: u8 = 67;
    pub const SETTLE: u8 = 68;
    pub const COLLECT_FEES: u8 = 69;
}

/// Carries out one instruction; `arguments` are the data behind its number.
///
/// # Errors
/// `InvalidInstructionData` for data that is no instruction; else those of the instruction.
pub fn process(
    program_id: &Address,
    accounts: &[AccountView],
    number: u8,
    arguments: &[u8],
) -> ProgramResult {
    let mut arguments = Arguments::new(arguments);
    match number {
        tag::CREATE => {
            let terms = MarketTerms {
                lot_size: arguments.u64()?,
                tick_size: arguments.u64()?,
                taker_fee: arguments.u16()?,
                seat_count: arguments.u16()?,
            };
            arguments.end()?;
            create::create(program_id, accounts, &terms)
        }
        tag::PLACE => {
            let order = NewOrder {
                side: side(arguments.u8()?)?,
                kind: kind(arguments.u8()?)?,
                self_trade: self_trade_rule(arguments.u8()?)?,
                price: arguments.u64()?,
                lots: arguments.u64()?,
                client_id: arguments.u64()?,
            };
            arguments.end()?;
            orders::place(program_id, accounts, &order)
        }
        tag::CANCEL => {
            let (side, price, sequence) = (side(arguments.u8()?)?, arguments.u64()?, arguments.u64()?);
            arguments.end()?;
            orders::cancel(program_id, accounts, side, price, sequence)
        }
        tag::CANCEL_ALL => {
            arguments.end()?;
            orders::cancel_all(program_id, accounts)
        }
        tag::SETTLE => {
            arguments.end()?;
            settle::settle(program_id, accounts)
        }
        tag::COLLECT_FEES => {
            arguments.end()?;
            settle::collect_fees(program_id, accounts)
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

const fn side(number: u8) -> Result<Side, ProgramError> {
    match number {
        0 => Ok(Side::Bid),
        1 => Ok(Side::Ask),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

const fn kind(number: u8) -> Result<Kind, ProgramError> {
    match number {
        0 => Ok(Kind::Limit),
        1 => Ok(Kind::PostOnly),
        2 => Ok(Kind::ImmediateOrCancel),
        3 => Ok(Kind::FillOrKill),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

const fn self_trade_rule(number: u8) -> Result<SelfTradeRule, ProgramError> {
    match number {
        0 => Ok(SelfTradeRule::DecrementBoth),
        1 => Ok(SelfTradeRule::CancelResting),
        2 => Ok(SelfTradeRule::Fail),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
