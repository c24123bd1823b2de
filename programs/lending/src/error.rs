//! What the lending program refuses with, as `Custom(n)`.
//!
//! The processor raises them and logs their text; clients read the number in the transaction's error.

sealane_sdk::program_errors! {
    /// The program's errors; the number is what `Custom(n)` carries.
    LendingError:
    InvalidInstruction = 0, "The instruction data does not decode.";
    MathOverflow = 1, "A number left its range.";
    ZeroAmount = 2, "The amount must not be zero.";
    TooSmall = 3, "The amount is so small that nothing would be left of it after rounding.";
    InvalidConfig = 4, "The configuration breaks one of its rules.";
    UnsupportedMint = 5, "The mint has more than 18 decimals.";

    AdminMismatch = 10, "The signer is not the market's admin.";
    OwnerMismatch = 11, "The signer is not the obligation's owner.";
    OracleAuthorityMismatch = 12, "The signer is not the oracle's authority.";
    MarketMismatch = 13, "The accounts belong to different markets.";
    OracleMismatch = 14, "The oracle is not the reserve's.";
    VaultMismatch = 15, "The token account is not the reserve's vault.";
    ShareMintMismatch = 16, "The mint is not the reserve's share mint.";
    AuthorityMismatch = 17, "The account is not the authority derived from the reserve.";
    PositionMismatch = 18, "The reserves listed are not those of the obligation's positions, in their order.";

    InvalidPrice = 20, "A price must be above zero.";
    StalePrice = 21, "The price is older than the reserve allows.";
    UncertainPrice = 22, "The price's confidence interval is wider than the reserve allows.";

    InsufficientLiquidity = 30, "The reserve's vault holds too few tokens.";
    InsufficientCollateral = 31, "The position holds fewer shares.";
    TooManyPositions = 32, "The obligation has no room for another position.";
    NoDebt = 33, "The obligation owes the reserve nothing.";
    BeyondLimit = 34, "The obligation would owe more than its collateral allows.";
    Healthy = 35, "The obligation is healthy: nobody may liquidate it.";
    BelowMinimum = 36, "The result is below the minimum asked for.";

    FlashLoanOpen = 40, "A flash loan of this reserve is not repaid yet.";
    FlashLoanMissing = 41, "There is no flash loan to repay.";
    FlashRepayMissing = 42, "The instruction named is not the repayment of this flash loan.";
    FlashNested = 43, "A flash loan is taken and repaid at top level, not in a nested call.";
    FlashAmountMismatch = 44, "The amount is not that of the flash loan.";
    FlashIndexMismatch = 45, "This is not the instruction that the flash loan named as its repayment.";
}

impl core::fmt::Display for LendingError {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(self.log_line())
    }
}

impl core::error::Error for LendingError {}

#[cfg(test)]
mod tests {
    use super::*;
    use sealane_sdk::ProgramError;

    #[test]
    fn numbers_lead_back_to_errors() {
        for error in LendingError::ALL {
            assert_eq!(ProgramError::from(*error), ProgramError::Custom(*error as u32));
            assert_eq!(LendingError::from_number(*error as u32), Some(*error));
        }
        assert_eq!(LendingError::from_number(9_999), None);
    }
}
