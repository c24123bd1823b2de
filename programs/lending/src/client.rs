//! What clients give the `builders` of instructions, for those who have a reserve's addresses together (feature `host`).
//!
//! Wherever an instruction judges an obligation, [`with_positions`] adds the reserves of its positions, in their order:
//! [`Obligation::positions`](crate::state::Obligation::positions) lists them.

use crate::instructions::collateral::{DepositCollateralAddresses, WithdrawCollateralAddresses};
use crate::instructions::flash::{FlashBorrowAddresses, FlashRepayAddresses};
use crate::instructions::liquidate::LiquidateAddresses;
use crate::instructions::liquidity::ExchangeAddresses;
use crate::instructions::loan::{BorrowAddresses, RepayAddresses};
use crate::instructions::reserve::{CollectFeesAddresses, ConfigureReserveAddresses, InitReserveAddresses};
use crate::state::Reserve;
use sealane_sdk::Address;
use sealane_sdk::instruction::{Instruction, readonly};

/// A reserve's addresses, as instructions need them. The methods add those of a user: what a builder is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveAccounts {
    /// The reserve itself.
    pub reserve: Address,
    /// The market it belongs to.
    pub market: Address,
    /// The mint of the tokens that are lent.
    pub token_mint: Address,
    /// Where those lie that are not lent.
    pub token_vault: Address,
    /// The mint of the shares.
    pub share_mint: Address,
    /// Where shares lie that are collateral.
    pub collateral_vault: Address,
    /// Where the token's price is read.
    pub oracle: Address,
    /// Owner of the vaults and mint authority of the shares.
    pub authority: Address,
}

/// The address that owns a reserve's vaults and mints its shares; and its bump.
#[must_use]
pub fn reserve_authority(reserve: &Address) -> (Address, u8) {
    Address::find_program_address(&[crate::AUTHORITY_SEED, reserve.as_ref()], &crate::ID)
}

/// The instruction with the reserve and the oracle of each position behind its accounts.
#[must_use]
pub fn with_positions(mut instruction: Instruction, positions: &[ReserveAccounts]) -> Instruction {
    let listed = positions.iter().flat_map(|one| [readonly(&one.reserve), readonly(&one.oracle)]);
    instruction.accounts.extend(listed);
    instruction
}

impl ReserveAccounts {
    /// The addresses on record.
    #[must_use]
    pub const fn of(address: Address, reserve: &Reserve) -> Self {
        Self {
            reserve: address,
            market: reserve.market,
            token_mint: reserve.token_mint,
            token_vault: reserve.token_vault,
            share_mint: reserve.share_mint,
            collateral_vault: reserve.collateral_vault,
            oracle: reserve.oracle,
            authority: reserve.authority,
        }
    }
}

/// What admins do.
impl ReserveAccounts {
    /// For `init_reserve`.
    #[must_use]
    pub const fn init(&self, admin: Address) -> InitReserveAddresses {
        let Self { reserve, market, token_mint, token_vault, share_mint, collateral_vault, oracle, .. } =
            *self;
        InitReserveAddresses {
            reserve,
            market,
            admin,
            token_mint,
            token_vault,
            share_mint,
            collateral_vault,
            oracle,
        }
    }

    /// For `configure_reserve`.
    #[must_use]
    pub const fn configure(&self, admin: Address) -> ConfigureReserveAddresses {
        ConfigureReserveAddresses { reserve: self.reserve, market: self.market, admin }
    }

    /// For `collect_fees`, to the tokens at `destination`.
    #[must_use]
    pub const fn collect_fees(&self, admin: Address, destination: Address) -> CollectFeesAddresses {
        let Self { reserve, market, token_vault, authority, .. } = *self;
        CollectFeesAddresses { reserve, market, admin, token_vault, destination, authority }
    }
}

/// What users do. `owner` owns the token accounts given, and signs.
impl ReserveAccounts {
    /// For `deposit`, from tokens to shares, and `withdraw`, from shares to tokens.
    #[must_use]
    pub const fn exchange(&self, source: Address, destination: Address, owner: Address) -> ExchangeAddresses {
        let Self { reserve, token_vault, share_mint, authority, .. } = *self;
        ExchangeAddresses { reserve, token_vault, share_mint, source, destination, owner, authority }
    }

    /// For `deposit_collateral`, from the shares at `source`.
    #[must_use]
    pub const fn deposit_collateral(
        &self,
        obligation: Address,
        source: Address,
        owner: Address,
    ) -> DepositCollateralAddresses {
        let Self { reserve, collateral_vault, .. } = *self;
        DepositCollateralAddresses { obligation, reserve, collateral_vault, source, owner }
    }

    /// For `withdraw_collateral`, to the shares at `destination`.
    #[must_use]
    pub const fn withdraw_collateral(
        &self,
        obligation: Address,
        destination: Address,
        owner: Address,
    ) -> WithdrawCollateralAddresses {
        let Self { reserve, collateral_vault, authority, .. } = *self;
        WithdrawCollateralAddresses { obligation, reserve, collateral_vault, destination, owner, authority }
    }

    /// For `borrow`, to the tokens at `destination`.
    #[must_use]
    pub const fn borrow(&self, obligation: Address, destination: Address, owner: Address) -> BorrowAddresses {
        let Self { reserve, token_vault, authority, .. } = *self;
        BorrowAddresses { obligation, reserve, token_vault, destination, owner, authority }
    }

    /// For `repay`, from the tokens at `source`.
    #[must_use]
    pub const fn repay(&self, obligation: Address, source: Address, owner: Address) -> RepayAddresses {
        let Self { reserve, token_vault, .. } = *self;
        RepayAddresses { obligation, reserve, token_vault, source, owner }
    }

    /// For `liquidate`: a debt to this reserve, from the tokens at `source`, for collateral of another one (or the same), to
    /// the shares at `destination`.
    #[must_use]
    pub const fn liquidate(
        &self,
        obligation: Address,
        collateral: &Self,
        [source, destination]: [Address; 2],
        owner: Address,
    ) -> LiquidateAddresses {
        LiquidateAddresses {
            obligation,
            debt_reserve: self.reserve,
            token_vault: self.token_vault,
            collateral_reserve: collateral.reserve,
            collateral_vault: collateral.collateral_vault,
            authority: collateral.authority,
            source,
            destination,
            owner,
        }
    }

    /// For `flash_borrow`, to the tokens at `destination`.
    #[must_use]
    pub const fn flash_borrow(&self, destination: Address) -> FlashBorrowAddresses {
        let Self { reserve, token_vault, authority, .. } = *self;
        FlashBorrowAddresses { reserve, token_vault, destination, authority }
    }

    /// For `flash_repay`, from the tokens at `source`.
    #[must_use]
    pub const fn flash_repay(&self, source: Address, owner: Address) -> FlashRepayAddresses {
        FlashRepayAddresses { reserve: self.reserve, token_vault: self.token_vault, source, owner }
    }
}
