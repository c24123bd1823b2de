//! Instructions as clients build them: accounts and data for the host (feature `host`).
//!
//! Wherever an instruction judges an obligation, `positions` are the reserves of its positions, in their order, as the
//! table in [`instruction`](crate::instruction) says: [`Obligation::positions`](crate::state::Obligation::positions) lists
//! them.

use crate::instruction::LendingInstruction as I;
use crate::state::{Reserve, ReserveConfig};
use alloc::vec::Vec;
use sealane_sdk::instruction::{AccountMeta, Instruction, readonly, signer, writable};
use sealane_sdk::{Address, ids};

/// A reserve's addresses, as instructions need them.
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

/// The address that owns a reserve's vaults and mints its shares; and its bump.
#[must_use]
pub fn reserve_authority(reserve: &Address, program_id: &Address) -> (Address, u8) {
    Address::find_program_address(&crate::authority_seeds(reserve), program_id)
}

/// The instructions of the program at one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Builders {
    /// Where the program is.
    pub program_id: Address,
}

impl Default for Builders {
    /// Those of the program at its usual address.
    fn default() -> Self {
        Self { program_id: crate::ID }
    }
}

/// Setting up, and what admins and oracles do.
impl Builders {
    /// [`I::InitMarket`].
    #[must_use]
    pub fn init_market(&self, market: &Address, admin: &Address) -> Instruction {
        self.build([writable(market), signer(admin)], &[], I::InitMarket)
    }

    /// [`I::InitOracle`].
    #[must_use]
    pub fn init_oracle(&self, oracle: &Address, authority: &Address, exponent: i32) -> Instruction {
        self.build([writable(oracle), signer(authority)], &[], I::InitOracle { exponent })
    }

    /// [`I::UpdatePrice`].
    #[must_use]
    pub fn update_price(
        &self,
        oracle: &Address,
        authority: &Address,
        price: u64,
        confidence: u64,
    ) -> Instruction {
        self.build([writable(oracle), signer(authority)], &[], I::UpdatePrice { price, confidence })
    }

    /// [`I::InitReserve`].
    #[must_use]
    pub fn init_reserve(
        &self,
        accounts: &ReserveAccounts,
        admin: &Address,
        config: ReserveConfig,
    ) -> Instruction {
        let metas = [
            writable(&accounts.reserve),
            readonly(&accounts.market),
            signer(admin),
            readonly(&accounts.token_mint),
            writable(&accounts.token_vault),
            writable(&accounts.share_mint),
            writable(&accounts.collateral_vault),
            readonly(&accounts.oracle),
            readonly(&accounts.authority),
            readonly(&ids::token::ID),
        ];
        self.build(metas, &[], I::InitReserve { config })
    }

    /// [`I::ConfigureReserve`].
    #[must_use]
    pub fn configure_reserve(
        &self,
        accounts: &ReserveAccounts,
        admin: &Address,
        config: ReserveConfig,
    ) -> Instruction {
        let metas = [writable(&accounts.reserve), readonly(&accounts.market), signer(admin)];
        self.build(metas, &[], I::ConfigureReserve { config })
    }

    /// [`I::CollectFees`].
    #[must_use]
    pub fn collect_fees(
        &self,
        accounts: &ReserveAccounts,
        admin: &Address,
        destination: &Address,
    ) -> Instruction {
        let metas = [
            writable(&accounts.reserve),
            readonly(&accounts.market),
            signer(admin),
            writable(&accounts.token_vault),
            writable(destination),
            readonly(&accounts.authority),
            readonly(&ids::token::ID),
        ];
        self.build(metas, &[], I::CollectFees)
    }

    /// [`I::Accrue`].
    #[must_use]
    pub fn accrue(&self, reserve: &Address) -> Instruction {
        self.build([writable(reserve)], &[], I::Accrue)
    }

    /// [`I::InitObligation`].
    #[must_use]
    pub fn init_obligation(&self, obligation: &Address, market: &Address, owner: &Address) -> Instruction {
        self.build([writable(obligation), readonly(market), signer(owner)], &[], I::InitObligation)
    }
}

/// What users do. `owner` owns the token accounts given, and signs.
impl Builders {
    /// [`I::Deposit`], from `tokens` to `shares`.
    #[must_use]
    pub fn deposit(
        &self,
        accounts: &ReserveAccounts,
        tokens: &Address,
        shares: &Address,
        owner: &Address,
        amount: u64,
    ) -> Instruction {
        self.build(exchange(accounts, tokens, shares, owner), &[], I::Deposit { amount })
    }

    /// [`I::Withdraw`], from `shares` to `tokens`.
    #[must_use]
    pub fn withdraw(
        &self,
        accounts: &ReserveAccounts,
        shares: &Address,
        tokens: &Address,
        owner: &Address,
        amount: u64,
    ) -> Instruction {
        self.build(exchange(accounts, shares, tokens, owner), &[], I::Withdraw { shares: amount })
    }

    /// [`I::DepositCollateral`], from `shares`.
    #[must_use]
    pub fn deposit_collateral(
        &self,
        obligation: &Address,
        accounts: &ReserveAccounts,
        shares: &Address,
        owner: &Address,
        amount: u64,
    ) -> Instruction {
        let metas = [
            writable(obligation),
            readonly(&accounts.reserve),
            writable(&accounts.collateral_vault),
            writable(shares),
            signer(owner),
            readonly(&ids::token::ID),
        ];
        self.build(metas, &[], I::DepositCollateral { shares: amount })
    }

    /// [`I::WithdrawCollateral`], to `shares`.
    #[must_use]
    pub fn withdraw_collateral(
        &self,
        obligation: &Address,
        accounts: &ReserveAccounts,
        shares: &Address,
        owner: &Address,
        amount: u64,
        positions: &[ReserveAccounts],
    ) -> Instruction {
        let metas = [
            writable(obligation),
            readonly(&accounts.reserve),
            writable(&accounts.collateral_vault),
            writable(shares),
            signer(owner),
            readonly(&accounts.authority),
            readonly(&ids::token::ID),
        ];
        self.build(metas, positions, I::WithdrawCollateral { shares: amount })
    }

    /// [`I::Borrow`], to `tokens`.
    #[must_use]
    pub fn borrow(
        &self,
        obligation: &Address,
        accounts: &ReserveAccounts,
        tokens: &Address,
        owner: &Address,
        amount: u64,
        positions: &[ReserveAccounts],
    ) -> Instruction {
        let metas = [
            writable(obligation),
            writable(&accounts.reserve),
            writable(&accounts.token_vault),
            writable(tokens),
            signer(owner),
            readonly(&accounts.authority),
            readonly(&ids::token::ID),
        ];
        self.build(metas, positions, I::Borrow { amount })
    }

    /// [`I::Repay`], from `tokens`.
    #[must_use]
    pub fn repay(
        &self,
        obligation: &Address,
        accounts: &ReserveAccounts,
        tokens: &Address,
        owner: &Address,
        most: u64,
    ) -> Instruction {
        let metas = [
            writable(obligation),
            writable(&accounts.reserve),
            writable(&accounts.token_vault),
            writable(tokens),
            signer(owner),
            readonly(&ids::token::ID),
        ];
        self.build(metas, &[], I::Repay { most })
    }

    /// [`I::Liquidate`], from `tokens` to `shares`; `most` tokens for at least `minimum_shares`.
    #[must_use]
    pub fn liquidate(
        &self,
        obligation: &Address,
        [debt, collateral]: [&ReserveAccounts; 2],
        [tokens, shares]: [&Address; 2],
        owner: &Address,
        [most, minimum_shares]: [u64; 2],
        positions: &[ReserveAccounts],
    ) -> Instruction {
        let metas = [
            writable(obligation),
            writable(&debt.reserve),
            writable(&debt.token_vault),
            readonly(&collateral.reserve),
            writable(&collateral.collateral_vault),
            readonly(&collateral.authority),
            writable(tokens),
            writable(shares),
            signer(owner),
            readonly(&ids::token::ID),
        ];
        self.build(metas, positions, I::Liquidate { most, minimum_shares })
    }

    /// [`I::FlashBorrow`], to `tokens`.
    #[must_use]
    pub fn flash_borrow(
        &self,
        accounts: &ReserveAccounts,
        tokens: &Address,
        amount: u64,
        repay_index: u16,
    ) -> Instruction {
        let metas = [
            writable(&accounts.reserve),
            writable(&accounts.token_vault),
            writable(tokens),
            readonly(&accounts.authority),
            readonly(&ids::instructions::ID),
            readonly(&ids::token::ID),
        ];
        self.build(metas, &[], I::FlashBorrow { amount, repay_index })
    }

    /// [`I::FlashRepay`], from `tokens`.
    #[must_use]
    pub fn flash_repay(
        &self,
        accounts: &ReserveAccounts,
        tokens: &Address,
        owner: &Address,
        amount: u64,
    ) -> Instruction {
        let metas = [
            writable(&accounts.reserve),
            writable(&accounts.token_vault),
            writable(tokens),
            signer(owner),
            readonly(&ids::instructions::ID),
            readonly(&ids::token::ID),
        ];
        self.build(metas, &[], I::FlashRepay { amount })
    }

    fn build<const COUNT: usize>(
        &self,
        metas: [AccountMeta; COUNT],
        positions: &[ReserveAccounts],
        instruction: I,
    ) -> Instruction {
        let listed = positions.iter().flat_map(|one| [readonly(&one.reserve), readonly(&one.oracle)]);
        let accounts: Vec<AccountMeta> = metas.into_iter().chain(listed).collect();
        Instruction { program_id: self.program_id, accounts, data: instruction.encode() }
    }
}

/// The accounts of a deposit or a withdrawal.
fn exchange(
    accounts: &ReserveAccounts,
    source: &Address,
    destination: &Address,
    owner: &Address,
) -> [AccountMeta; 8] {
    [
        writable(&accounts.reserve),
        writable(&accounts.token_vault),
        writable(&accounts.share_mint),
        writable(source),
        writable(destination),
        signer(owner),
        readonly(&accounts.authority),
        readonly(&ids::token::ID),
    ]
}
