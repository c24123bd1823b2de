//! A reserve: one token's liquidity, what depositors and borrowers have of it, and the interest between them.
//!
//! Depositors hold *shares*, tokens of the reserve's share mint. All they hold together is worth
//!
//! > available + flash loan + debt − the protocol's fees
//!
//! and every rounding below keeps that value over the shares from falling. Borrowers' debts are counted *scaled*: divided
//! by an index that starts at one and grows with the interest, so that all debts grow by writing one number.

use super::ReserveConfig;
use crate::error::LendingError;
use crate::math::{
    Rounding, WAD, compound, mul_basis_points, mul_div, mul_wad, to_u64, u64_to_wad, wad_to_u64,
};
use sealane_sdk::prelude::*;

/// A reserve's data: 376 bytes. All tokens are counted in their smallest unit.
#[account]
pub struct Reserve {
    /// The market it belongs to.
    pub market: Address,
    /// The mint of the tokens that are lent.
    pub token_mint: Address,
    /// Where those that are not lent lie.
    pub token_vault: Address,
    /// The mint of the shares.
    pub share_mint: Address,
    /// Where shares lie that are collateral of some obligation.
    pub collateral_vault: Address,
    /// Where the token's price is read.
    pub oracle: Address,
    /// Owner of both vaults and mint authority of the shares: derived from
    /// [`AUTHORITY_SEED`](crate::AUTHORITY_SEED) and the reserve.
    pub authority: Address,
    /// What the market's admin decided.
    pub config: ReserveConfig,
    /// The slot up to which interest is counted.
    pub accrued_slot: u64,
    /// Tokens that can be withdrawn or lent. The vault holds at least as many: what others send to it counts for nothing.
    pub available: u64,
    /// Shares in existence.
    pub share_supply: u64,
    /// Tokens out on a flash loan, 0 between transactions.
    pub flash_amount: u64,
    /// Index of the top-level instruction that repays the flash loan.
    pub flash_repay_index: u64,
    /// By how much a debt has grown since the reserve was made; a decimal of 18 places.
    pub index: U128,
    /// The sum of all obligations' scaled debts, exactly; a decimal of 18 places.
    pub scaled_debt: U128,
    /// What the protocol earned and did not collect yet; a decimal of 18 places.
    pub protocol_fees: U128,
    /// The token's decimals, at most 18. The shares have as many.
    pub decimals: u8,
    /// The bump of [`authority`](Self::authority).
    pub authority_bump: u8,
    padding: [u8; 6],
}

/// What a repayment comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repayment {
    /// Tokens paid.
    pub amount: u64,
    /// Scaled debt paid off.
    pub scaled: u128,
}

/// Depositors and interest.
impl Reserve {
    /// Sets what a new reserve does not have zero.
    pub const fn start(&mut self, slot: u64) {
        self.accrued_slot = slot;
        self.index.set(WAD);
    }

    /// Adds the interest of the slots since the last accrual, at the rate of the utilization there was since then. An
    /// earlier slot, or the same, changes nothing.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`] if debts would grow beyond 3 × 10²⁰ times what was borrowed.
    pub fn accrue(&mut self, slot: u64) -> Result<(), LendingError> {
        let slots = slot.saturating_sub(self.accrued_slot);
        if slots == 0 {
            return Ok(());
        }
        let rate = self.config.rate_per_slot(self.utilization()?)?;
        let index = self.index.get();
        let grown = mul_wad(index, compound(rate, slots)?, Rounding::Up)?;
        // Both roundings down: the fees are no more than their part of what the debts grew by.
        let interest = mul_wad(self.scaled_debt.get(), grown - index, Rounding::Down)?;
        let fees = mul_basis_points(interest, self.config.protocol_fee_basis_points, Rounding::Down)?;
        self.protocol_fees.set(add(self.protocol_fees.get(), fees)?);
        self.index.set(grown);
        self.accrued_slot = slot;
        Ok(())
    }

    /// All debts to the reserve: a decimal of 18 places, rounded down.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn total_debt(&self) -> Result<u128, LendingError> {
        mul_wad(self.scaled_debt.get(), self.index.get(), Rounding::Down)
    }

    /// What part of the tokens is lent: a decimal of 18 places, 0 to 1.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn utilization(&self) -> Result<u128, LendingError> {
        let debt = self.total_debt()?;
        if debt == 0 {
            return Ok(0);
        }
        let tokens = add(add(u64_to_wad(self.available), u64_to_wad(self.flash_amount))?, debt)?;
        mul_div(debt, WAD, tokens, Rounding::Down)
    }

    /// What all shares are worth together, in tokens: a decimal of 18 places, rounded down.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn total_value(&self) -> Result<u128, LendingError> {
        let tokens =
            add(add(u64_to_wad(self.available), u64_to_wad(self.flash_amount))?, self.total_debt()?)?;
        tokens.checked_sub(self.protocol_fees.get()).ok_or(LendingError::MathOverflow)
    }

    /// The shares that `tokens` buy, rounded down.
    ///
    /// One token and one share that do not exist are counted in: the first depositor gets a share a token, and whoever
    /// drives up the price of a nearly empty reserve's shares leaves most of what that costs to those two.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn shares_of(&self, tokens: u64) -> Result<u64, LendingError> {
        let shares = u128::from(self.share_supply) + 1;
        to_u64(mul_div(u64_to_wad(tokens), shares, add(self.total_value()?, WAD)?, Rounding::Down)?)
    }

    /// The tokens that `shares` are worth, rounded down.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn tokens_of(&self, shares: u64) -> Result<u64, LendingError> {
        let supply = u128::from(self.share_supply) + 1;
        let tokens = mul_div(add(self.total_value()?, WAD)?, u128::from(shares), supply, Rounding::Down)?;
        wad_to_u64(tokens, Rounding::Down)
    }

    /// Takes `amount` tokens in; gives the shares to mint for them.
    ///
    /// # Errors
    /// [`LendingError::TooSmall`] if they are worth no share, [`LendingError::MathOverflow`].
    pub fn deposit(&mut self, amount: u64) -> Result<u64, LendingError> {
        let shares = self.shares_of(amount)?;
        if shares == 0 {
            return Err(LendingError::TooSmall);
        }
        self.available = self.available.checked_add(amount).ok_or(LendingError::MathOverflow)?;
        self.share_supply = self.share_supply.checked_add(shares).ok_or(LendingError::MathOverflow)?;
        Ok(shares)
    }

    /// Takes `shares` back; gives the tokens to pay for them.
    ///
    /// # Errors
    /// [`LendingError::TooSmall`] if they are worth no token, [`LendingError::InsufficientLiquidity`] if too many tokens
    /// are lent, [`LendingError::MathOverflow`].
    pub fn withdraw(&mut self, shares: u64) -> Result<u64, LendingError> {
        let amount = self.tokens_of(shares)?;
        if amount == 0 {
            return Err(LendingError::TooSmall);
        }
        self.take(amount)?;
        self.share_supply = self.share_supply.checked_sub(shares).ok_or(LendingError::MathOverflow)?;
        Ok(amount)
    }

    /// Takes the protocol's fees out, as far as there are whole tokens available.
    ///
    /// # Errors
    /// [`LendingError::ZeroAmount`] if that is none.
    pub fn collect_fees(&mut self) -> Result<u64, LendingError> {
        let fees = self.protocol_fees.get();
        let amount = to_u64((fees / WAD).min(u128::from(self.available)))?;
        if amount == 0 {
            return Err(LendingError::ZeroAmount);
        }
        self.take(amount)?;
        self.protocol_fees.set(fees - u64_to_wad(amount));
        Ok(amount)
    }

    fn take(&mut self, amount: u64) -> Result<(), LendingError> {
        self.available = self.available.checked_sub(amount).ok_or(LendingError::InsufficientLiquidity)?;
        Ok(())
    }
}

/// Borrowers.
impl Reserve {
    /// The tokens that a scaled debt stands for now, rounded up.
    ///
    /// # Errors
    /// [`LendingError::MathOverflow`].
    pub fn debt_of(&self, scaled: u128) -> Result<u64, LendingError> {
        wad_to_u64(mul_wad(scaled, self.index.get(), Rounding::Up)?, Rounding::Up)
    }

    /// Lends `amount`; gives the scaled debt, rounded up, to be added to the borrower's.
    ///
    /// # Errors
    /// [`LendingError::InsufficientLiquidity`], [`LendingError::MathOverflow`].
    pub fn borrow(&mut self, amount: u64) -> Result<u128, LendingError> {
        let scaled = mul_div(u64_to_wad(amount), WAD, self.index.get(), Rounding::Up)?;
        self.take(amount)?;
        self.scaled_debt.set(add(self.scaled_debt.get(), scaled)?);
        Ok(scaled)
    }

    /// Takes back up to `most` tokens of a scaled debt; who pays all of it pays no more than it is.
    ///
    /// # Errors
    /// [`LendingError::NoDebt`], [`LendingError::TooSmall`] if nothing of the debt would be paid off,
    /// [`LendingError::MathOverflow`].
    pub fn repay(&mut self, most: u64, scaled: u128) -> Result<Repayment, LendingError> {
        if scaled == 0 {
            return Err(LendingError::NoDebt);
        }
        let debt = self.debt_of(scaled)?;
        let repayment = if most >= debt {
            Repayment { amount: debt, scaled }
        } else {
            let part = mul_div(u64_to_wad(most), WAD, self.index.get(), Rounding::Down)?;
            Repayment { amount: most, scaled: part.min(scaled) }
        };
        if repayment.scaled == 0 {
            return Err(LendingError::TooSmall);
        }
        self.available = self.available.checked_add(repayment.amount).ok_or(LendingError::MathOverflow)?;
        let rest = self.scaled_debt.get().checked_sub(repayment.scaled).ok_or(LendingError::MathOverflow)?;
        self.scaled_debt.set(rest);
        Ok(repayment)
    }

    /// Lends `amount` until the top-level instruction at `repay_index`.
    ///
    /// # Errors
    /// [`LendingError::FlashLoanOpen`] if another one is, [`LendingError::InsufficientLiquidity`].
    pub fn flash_borrow(&mut self, amount: u64, repay_index: u16) -> Result<(), LendingError> {
        if self.flash_amount != 0 {
            return Err(LendingError::FlashLoanOpen);
        }
        self.take(amount)?;
        self.flash_amount = amount;
        self.flash_repay_index = u64::from(repay_index);
        Ok(())
    }

    /// Takes the flash loan back in the instruction at `index`; gives what is to be paid, the fee, which is the
    /// depositors', included.
    ///
    /// # Errors
    /// [`LendingError::FlashLoanMissing`], [`LendingError::FlashAmountMismatch`], [`LendingError::FlashIndexMismatch`],
    /// [`LendingError::MathOverflow`].
    pub fn flash_repay(&mut self, amount: u64, index: u16) -> Result<u64, LendingError> {
        if self.flash_amount == 0 {
            return Err(LendingError::FlashLoanMissing);
        }
        if self.flash_amount != amount {
            return Err(LendingError::FlashAmountMismatch);
        }
        if self.flash_repay_index != u64::from(index) {
            return Err(LendingError::FlashIndexMismatch);
        }
        let total = amount.checked_add(self.config.flash_fee(amount)?).ok_or(LendingError::MathOverflow)?;
        self.available = self.available.checked_add(total).ok_or(LendingError::MathOverflow)?;
        (self.flash_amount, self.flash_repay_index) = (0, 0);
        Ok(total)
    }
}

fn add(left: u128, right: u128) -> Result<u128, LendingError> {
    left.checked_add(right).ok_or(LendingError::MathOverflow)
}

const _: () = assert!(Reserve::SIZE_BYTES == 376);
