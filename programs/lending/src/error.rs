//! What the lending program refuses with, as `Custom(n)`.
//!
//! The instructions raise them and log their text; clients read the number in the transaction's error.

use sealane_sdk::prelude::*;

/// The program's errors; `Custom(n)` carries their numbers, which count from 6000 so that none is taken for one of the token
/// program's.
#[error_code]
pub enum LendingError {
    /// A number left its range.
    MathOverflow = 1,
    /// The amount must not be zero.
    ZeroAmount = 2,
    /// The amount is so small that nothing would be left of it after rounding.
    TooSmall = 3,
    /// The configuration breaks one of its rules.
    InvalidConfig = 4,
    /// The mint has more than 18 decimals.
    UnsupportedMint = 5,

    /// The signer is not the market's admin.
    AdminMismatch = 10,
    /// The signer is not the obligation's owner.
    OwnerMismatch = 11,
    /// The signer is not the oracle's authority.
    OracleAuthorityMismatch = 12,
    /// The accounts belong to different markets.
    MarketMismatch = 13,
    /// The oracle is not the reserve's.
    OracleMismatch = 14,
    /// The token account is not the reserve's vault.
    VaultMismatch = 15,
    /// The mint is not the reserve's share mint.
    ShareMintMismatch = 16,
    /// The account is not the authority derived from the reserve.
    AuthorityMismatch = 17,
    /// The reserves listed are not those of the obligation's positions, in their order.
    PositionMismatch = 18,

    /// A price must be above zero.
    InvalidPrice = 20,
    /// The price is older than the reserve allows.
    StalePrice = 21,
    /// The price's confidence interval is wider than the reserve allows.
    UncertainPrice = 22,

    /// The reserve's vault holds too few tokens.
    InsufficientLiquidity = 30,
    /// The position holds fewer shares.
    InsufficientCollateral = 31,
    /// The obligation has no room for another position.
    TooManyPositions = 32,
    /// The obligation owes the reserve nothing.
    NoDebt = 33,
    /// The obligation would owe more than its collateral allows.
    BeyondLimit = 34,
    /// The obligation is healthy: nobody may liquidate it.
    Healthy = 35,
    /// The result is below the minimum asked for.
    BelowMinimum = 36,

    /// A flash loan of this reserve is not repaid yet.
    FlashLoanOpen = 40,
    /// There is no flash loan to repay.
    FlashLoanMissing = 41,
    /// The instruction named is not the repayment of this flash loan.
    FlashRepayMissing = 42,
    /// A flash loan is taken and repaid at top level, not in a nested call.
    FlashNested = 43,
    /// The amount is not that of the flash loan.
    FlashAmountMismatch = 44,
    /// This is not the instruction that the flash loan named as its repayment.
    FlashIndexMismatch = 45,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_lead_back_to_errors() {
        for error in LendingError::ALL {
            assert_eq!(ProgramError::from(*error), ProgramError::Custom(*error as u32));
            assert_eq!(LendingError::from_number(*error as u32), Some(*error));
        }
        assert_eq!(LendingError::MathOverflow as u32, 6_001);
        assert_eq!(LendingError::FlashIndexMismatch as u32, 6_045);
        assert_eq!(LendingError::from_number(9_999), None);
    }
}
