//! What the exchange refuses with, as `Custom(n)`.
//!
//! Pools and markets raise them; clients read the number in the transaction's error, people the line in its log. They are
//! numbered from 0, as they always were. What the declarations of accounts refuse with has Anchor's numbers, from 100 on.

use sealane_sdk::prelude::*;

/// The exchange's errors; the number is what `Custom(n)` carries.
#[error_code(offset = 0)]
pub enum DexError {
    #[msg("A fee or a share is above what is allowed.")]
    InvalidFee,
    #[msg("A pool's first mint must have the smaller address.")]
    MintOrder,
    #[msg("An account is not the one on record for this pool or market.")]
    WrongAccount,
    #[msg("Somebody else may collect the fees.")]
    WrongAuthority,
    #[msg("Nothing would be given, or nothing be got for it.")]
    ZeroAmount,
    #[msg("The trade would cost more, or give less, than the caller accepts.")]
    SlippageExceeded,
    #[msg("The pool does not hold so much.")]
    InsufficientLiquidity,
    #[msg("An amount leaves the range of 64 bits.")]
    Overflow,
    #[msg(
        "Lot size or tick size is zero, or the account's size does not fit the seats and orders asked for."
    )]
    InvalidMarket = 64,
    #[msg("The price is zero or no multiple of the tick size.")]
    InvalidPrice,
    #[msg("There is no such order, or it is somebody else's.")]
    UnknownOrder,
    #[msg("That side of the book is full of orders that are at least as good.")]
    BookFull,
    #[msg("All seats of the market are taken.")]
    SeatsFull,
    #[msg("The trader has no seat in this market.")]
    NoSeat,
    #[msg("A post-only order would trade at once.")]
    WouldTrade,
    #[msg("A fill-or-kill order cannot be filled in full.")]
    NotFilled,
    #[msg("The order would trade with one of the same trader's, and was placed so as to fail then.")]
    SelfTrade,
}
