//! What the exchange refuses with, as `Custom(n)`.
//!
//! Pools and markets raise them; clients read the number in the transaction's error, people the line in its log.

sealane_sdk::program_errors! {
    /// The exchange's errors; the number is what `Custom(n)` carries.
    DexError:
    InvalidFee = 0, "A fee or a share is above what is allowed.",
        "Error: fee too high";
    MintOrder = 1, "A pool's first mint must have the smaller address; a market's mints must differ.",
        "Error: mints in the wrong order, or the same";
    WrongAccount = 2, "An account is not the one on record for this pool or market.",
        "Error: account does not belong to this pool or market";
    WrongAuthority = 3, "Somebody else may collect the fees.",
        "Error: wrong authority";
    ZeroAmount = 4, "Nothing would be given, or nothing be got for it.",
        "Error: amount is zero";
    SlippageExceeded = 5, "The trade would cost more, or give less, than the caller accepts.",
        "Error: slippage limit exceeded";
    InsufficientLiquidity = 6, "The pool does not hold so much.",
        "Error: insufficient liquidity";
    Overflow = 7, "An amount leaves the range of 64 bits.",
        "Error: amount overflows";
    InvalidMarket = 64, "Lot size or tick size is zero, or the account's size does not fit the seats and orders asked for.",
        "Error: invalid market parameters";
    InvalidPrice = 65, "The price is zero or no multiple of the tick size.",
        "Error: price is not a multiple of the tick size";
    UnknownOrder = 66, "There is no such order, or it is somebody else's.",
        "Error: no such order of this trader";
    BookFull = 67, "That side of the book is full of orders that are at least as good.",
        "Error: order book is full";
    SeatsFull = 68, "All seats of the market are taken.",
        "Error: all seats are taken";
    NoSeat = 69, "The trader has no seat in this market.",
        "Error: trader has no seat";
    WouldTrade = 70, "A post-only order would trade at once.",
        "Error: post-only order would trade";
    NotFilled = 71, "A fill-or-kill order cannot be filled in full.",
        "Error: order cannot be filled in full";
    SelfTrade = 72, "The order would trade with one of the same trader's, and was placed so as to fail then.",
        "Error: order would trade with one of the same trader";
}
