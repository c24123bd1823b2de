//! An obligation: what one user put up as collateral and what that user owes, reserve by reserve.

use crate::error::LendingError;
use bytemuck::{Pod, Zeroable};
use sealane_sdk::guest::address_eq;
use sealane_sdk::prelude::*;

/// Positions an obligation can have. A liquidation lists two accounts a position and still fits a transaction.
pub const MAX_POSITIONS: usize = 8;

/// An obligation's data: 528 bytes.
#[account]
pub struct Obligation {
    /// The market whose reserves it may use.
    pub market: Address,
    /// Who may borrow on it and take collateral back.
    pub owner: Address,
    position_count: u64,
    positions: [Position; MAX_POSITIONS],
}

/// What an obligation has in, and owes to, one reserve: 56 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Argument, Pod, Zeroable)]
#[repr(C)]
pub struct Position {
    /// The reserve.
    pub reserve: Address,
    /// Shares of the reserve that are collateral.
    pub shares: u64,
    /// Debt to the reserve over the reserve's index: a decimal of 18 places.
    pub scaled_debt: U128,
}

impl Obligation {
    /// The positions, in the order in which they were opened: instructions that judge the obligation list their reserves
    /// and oracles in this order.
    #[must_use]
    pub fn positions(&self) -> &[Position] {
        let count = usize::try_from(self.position_count).unwrap_or(usize::MAX);
        self.positions.get(..count).unwrap_or(&self.positions)
    }

    /// The position in `reserve`, if there is one.
    #[must_use]
    pub fn position(&self, reserve: &Address) -> Option<&Position> {
        self.positions().iter().find(|position| address_eq(&position.reserve, reserve))
    }

    /// Whether anything is owed.
    #[must_use]
    pub fn has_debt(&self) -> bool {
        self.positions().iter().any(|position| position.scaled_debt.get() != 0)
    }

    /// Adds shares to the position in `reserve`, which is opened if need be.
    ///
    /// # Errors
    /// [`LendingError::TooManyPositions`], [`LendingError::MathOverflow`].
    pub fn add_shares(&mut self, reserve: &Address, shares: u64) -> Result<(), LendingError> {
        let position = self.open(reserve)?;
        position.shares = position.shares.checked_add(shares).ok_or(LendingError::MathOverflow)?;
        Ok(())
    }

    /// Takes shares from the position in `reserve`, which is closed if nothing is left.
    ///
    /// # Errors
    /// [`LendingError::InsufficientCollateral`].
    pub fn remove_shares(&mut self, reserve: &Address, shares: u64) -> Result<(), LendingError> {
        let index = self.find(reserve).ok_or(LendingError::InsufficientCollateral)?;
        let position = &mut self.positions[index];
        position.shares = position.shares.checked_sub(shares).ok_or(LendingError::InsufficientCollateral)?;
        self.close_if_empty(index);
        Ok(())
    }

    /// Adds to the scaled debt to `reserve`; the position is opened if need be.
    ///
    /// # Errors
    /// [`LendingError::TooManyPositions`], [`LendingError::MathOverflow`].
    pub fn add_debt(&mut self, reserve: &Address, scaled: u128) -> Result<(), LendingError> {
        let position = self.open(reserve)?;
        let debt = position.scaled_debt.get().checked_add(scaled).ok_or(LendingError::MathOverflow)?;
        position.scaled_debt.set(debt);
        Ok(())
    }

    /// Takes from the scaled debt to `reserve`; the position is closed if nothing is left.
    ///
    /// # Errors
    /// [`LendingError::NoDebt`] if it is not that much.
    pub fn remove_debt(&mut self, reserve: &Address, scaled: u128) -> Result<(), LendingError> {
        let index = self.find(reserve).ok_or(LendingError::NoDebt)?;
        let position = &mut self.positions[index];
        let debt = position.scaled_debt.get().checked_sub(scaled).ok_or(LendingError::NoDebt)?;
        position.scaled_debt.set(debt);
        self.close_if_empty(index);
        Ok(())
    }

    fn find(&self, reserve: &Address) -> Option<usize> {
        self.positions().iter().position(|position| address_eq(&position.reserve, reserve))
    }

    fn open(&mut self, reserve: &Address) -> Result<&mut Position, LendingError> {
        let index = match self.find(reserve) {
            Some(index) => index,
            None => {
                let index = self.positions().len();
                let place = self.positions.get_mut(index).ok_or(LendingError::TooManyPositions)?;
                place.reserve = *reserve;
                self.position_count += 1;
                index
            }
        };
        self.positions.get_mut(index).ok_or(LendingError::TooManyPositions)
    }

    /// Positions stay in their order, without gaps.
    fn close_if_empty(&mut self, index: usize) {
        let position = &self.positions[index];
        if position.shares != 0 || position.scaled_debt.get() != 0 {
            return;
        }
        self.positions[index..].rotate_left(1);
        self.positions[MAX_POSITIONS - 1] = Position::zeroed();
        self.position_count -= 1;
    }
}

const _: () = assert!(Obligation::SIZE_BYTES == 528 && size_of::<Position>() == 56);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    #[derive(Clone, Copy, Debug)]
    enum Step {
        AddShares(u64),
        RemoveShares(u64),
        AddDebt(u128),
        RemoveDebt(u128),
    }

    fn steps() -> impl Strategy<Value = Vec<(u8, Step)>> {
        let step = prop_oneof![
            (0..5_u64).prop_map(Step::AddShares),
            (0..5_u64).prop_map(Step::RemoveShares),
            (0..5_u128).prop_map(Step::AddDebt),
            (0..5_u128).prop_map(Step::RemoveDebt),
        ];
        prop::collection::vec((0..10_u8, step), 0..60)
    }

    proptest! {
        /// An obligation is a map from reserves to shares and debt, without empty entries and of limited size.
        #[test]
        fn positions_are_a_small_map(steps in steps()) {
            let mut obligation = Obligation::zeroed();
            let mut model: BTreeMap<u8, (u64, u128)> = BTreeMap::new();
            for (key, step) in steps {
                let reserve = Address::new_from_array([key; 32]);
                let before = (obligation, model.clone());
                let (shares, debt) = model.get(&key).copied().unwrap_or_default();
                let has_room = model.contains_key(&key) || model.len() < MAX_POSITIONS;
                let (result, expected) = match step {
                    // Nothing opens no position; the processor refuses it before.
                    Step::AddShares(0) | Step::AddDebt(0) => continue,
                    Step::AddShares(more) => (
                        obligation.add_shares(&reserve, more),
                        if has_room { Ok((shares + more, debt)) } else { Err(LendingError::TooManyPositions) },
                    ),
                    Step::AddDebt(more) => (
                        obligation.add_debt(&reserve, more),
                        if has_room { Ok((shares, debt + more)) } else { Err(LendingError::TooManyPositions) },
                    ),
                    Step::RemoveShares(less) => (
                        obligation.remove_shares(&reserve, less),
                        match shares.checked_sub(less) {
                            Some(rest) if model.contains_key(&key) => Ok((rest, debt)),
                            _ => Err(LendingError::InsufficientCollateral),
                        },
                    ),
                    Step::RemoveDebt(less) => (
                        obligation.remove_debt(&reserve, less),
                        match debt.checked_sub(less) {
                            Some(rest) if model.contains_key(&key) => Ok((shares, rest)),
                            _ => Err(LendingError::NoDebt),
                        },
                    ),
                };
                prop_assert_eq!(result, expected.map(|_| ()));
                match expected {
                    Ok((0, 0)) => { model.remove(&key); }
                    Ok(entry) => { model.insert(key, entry); }
                    Err(_) => prop_assert_eq!(&(obligation, model.clone()), &before),
                }
                let found: BTreeMap<u8, (u64, u128)> = obligation
                    .positions()
                    .iter()
                    .map(|position| {
                        (position.reserve.to_bytes()[0], (position.shares, position.scaled_debt.get()))
                    })
                    .collect();
                prop_assert_eq!(&found, &model);
                prop_assert_eq!(obligation.positions().len(), model.len());
                prop_assert_eq!(obligation.has_debt(), model.values().any(|(_, debt)| *debt != 0));
            }
        }
    }
}
