//! Instructions: how they are encoded, and which accounts each takes.
//!
//! The first byte is the tag; arguments follow, little-endian, without padding; nothing may follow them. In the account
//! lists, *w* is an account that is written, *s* one that signs; all others are only read.
//!
//! | tag | instruction | accounts |
//! |---|---|---|
//! | 0 | InitMarket | market *w*, admin *s* |
//! | 1 | InitOracle | oracle *w*, authority *s* |
//! | 2 | UpdatePrice | oracle *w*, authority *s* |
//! | 3 | InitReserve | reserve *w*, market, admin *s*, token mint, token vault *w*, share mint *w*, collateral vault *w*, oracle, reserve's authority, token program |
//! | 4 | ConfigureReserve | reserve *w*, market, admin *s* |
//! | 5 | InitObligation | obligation *w*, market, owner *s* |
//! | 6 | Accrue | reserve *w* |
//! | 7 | Deposit | reserve *w*, token vault *w*, share mint *w*, source tokens *w*, destination shares *w*, source's owner *s*, reserve's authority, token program |
//! | 8 | Withdraw | reserve *w*, token vault *w*, share mint *w*, source shares *w*, destination tokens *w*, source's owner *s*, reserve's authority, token program |
//! | 9 | DepositCollateral | obligation *w*, reserve, collateral vault *w*, source shares *w*, owner of both *s*, token program |
//! | 10 | WithdrawCollateral | obligation *w*, reserve, collateral vault *w*, destination shares *w*, owner *s*, reserve's authority, token program; *positions* |
//! | 11 | Borrow | obligation *w*, reserve *w*, token vault *w*, destination tokens *w*, owner *s*, reserve's authority, token program; *positions* |
//! | 12 | Repay | obligation *w*, reserve *w*, token vault *w*, source tokens *w*, source's owner *s*, token program |
//! | 13 | Liquidate | obligation *w*, debt's reserve *w*, its token vault *w*, collateral's reserve, its collateral vault *w*, its authority, source tokens *w*, destination shares *w*, source's owner *s*, token program; *positions* |
//! | 14 | FlashBorrow | reserve *w*, token vault *w*, destination tokens *w*, reserve's authority, instructions sysvar, token program |
//! | 15 | FlashRepay | reserve *w*, token vault *w*, source tokens *w*, source's owner *s*, instructions sysvar, token program |
//! | 16 | CollectFees | reserve *w*, market, admin *s*, token vault *w*, destination tokens *w*, reserve's authority, token program |
//!
//! *positions* are two accounts, reserve and its oracle, for each position of the obligation in order. Borrow lists those
//! of after: a reserve that is borrowed from for the first time comes last. WithdrawCollateral lists those of after as
//! well; if nothing is owed, it needs none. Liquidate lists those of before.

use crate::error::LendingError;
use crate::state::ReserveConfig;
use sealane_sdk::ProgramError;
use sealane_sdk::guest::Arguments;

/// The first bytes of instructions.
pub mod tag {
    #![expect(missing_docs, reason = "each is the tag of the instruction of its name")]
    pub const INIT_MARKET: u8 = 0;
    pub const INIT_ORACLE: u8 = 1;
    pub const UPDATE_PRICE: u8 = 2;
    pub const INIT_RESERVE: u8 = 3;
    pub const CONFIGURE_RESERVE: u8 = 4;
    pub const INIT_OBLIGATION: u8 = 5;
    pub const ACCRUE: u8 = 6;
    pub const DEPOSIT: u8 = 7;
    pub const WITHDRAW: u8 = 8;
    pub const DEPOSIT_COLLATERAL: u8 = 9;
    pub const WITHDRAW_COLLATERAL: u8 = 10;
    pub const BORROW: u8 = 11;
    pub const REPAY: u8 = 12;
    pub const LIQUIDATE: u8 = 13;
    pub const FLASH_BORROW: u8 = 14;
    pub const FLASH_REPAY: u8 = 15;
    pub const COLLECT_FEES: u8 = 16;
}

/// An instruction, decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LendingInstruction {
    /// Makes a market of the admin who signs.
    InitMarket,
    /// Makes an oracle of the authority that signs; it has no price yet.
    InitOracle {
        /// Prices are in units of 10^exponent: -18 to 0. i32.
        exponent: i32,
    },
    /// Sets an oracle's price as of the running slot.
    UpdatePrice {
        /// Above zero. u64.
        price: u64,
        /// Half the width of the interval the price lies in. u64.
        confidence: u64,
    },
    /// Makes a reserve, its vaults and its share mint. All four accounts exist, zeroed, with their right size and owner.
    InitReserve {
        /// 12 × u32.
        config: ReserveConfig,
    },
    /// Accrues, then replaces the configuration.
    ConfigureReserve {
        /// 12 × u32.
        config: ReserveConfig,
    },
    /// Makes an obligation of the owner who signs.
    InitObligation,
    /// Accrues interest. Every instruction that writes a reserve does so by itself.
    Accrue,
    /// Pays tokens in and mints shares for them.
    Deposit {
        /// Tokens. u64.
        amount: u64,
    },
    /// Burns shares and pays tokens out for them.
    Withdraw {
        /// Shares. u64.
        shares: u64,
    },
    /// Puts shares up as collateral.
    DepositCollateral {
        /// Shares. u64.
        shares: u64,
    },
    /// Takes collateral back, as far as the rest bears the debt.
    WithdrawCollateral {
        /// Shares. u64.
        shares: u64,
    },
    /// Borrows, as far as the collateral bears the debt.
    Borrow {
        /// Tokens. u64.
        amount: u64,
    },
    /// Pays a debt back, in part or as a whole; anybody may.
    Repay {
        /// Tokens at most: no more than the debt is taken. u64.
        most: u64,
    },
    /// Pays part of an unhealthy obligation's debt back and gets shares of its collateral for it, with a bonus.
    Liquidate {
        /// Tokens at most: no more is taken than the close factor and the collateral allow. u64.
        most: u64,
        /// Shares to get at least. u64.
        minimum_shares: u64,
    },
    /// Borrows without collateral until a later instruction of the transaction, which must be the FlashRepay of the same
    /// reserve and amount. At top level only; one loan a reserve at a time.
    FlashBorrow {
        /// Tokens. u64.
        amount: u64,
        /// Index of the repaying instruction among the transaction's. u16.
        repay_index: u16,
    },
    /// Pays a flash loan back, with its fee.
    FlashRepay {
        /// Tokens, without the fee. u64.
        amount: u64,
    },
    /// Pays out what the protocol earned.
    CollectFees,
}

impl LendingInstruction {
    /// Decodes instruction data.
    ///
    /// # Errors
    /// [`LendingError::InvalidInstruction`] for an unknown tag, or too few or too many bytes.
    pub fn decode(data: &[u8]) -> Result<Self, LendingError> {
        Self::read(&mut Arguments::new(data)).map_err(|_| LendingError::InvalidInstruction)
    }

    fn read(arguments: &mut Arguments<'_>) -> Result<Self, ProgramError> {
        let instruction = match arguments.u8()? {
            tag::INIT_MARKET => Self::InitMarket,
            tag::INIT_ORACLE => Self::InitOracle { exponent: i32::from_le_bytes(arguments.bytes()?) },
            tag::UPDATE_PRICE => Self::UpdatePrice { price: arguments.u64()?, confidence: arguments.u64()? },
            tag::INIT_RESERVE => Self::InitReserve { config: config(arguments)? },
            tag::CONFIGURE_RESERVE => Self::ConfigureReserve { config: config(arguments)? },
            tag::INIT_OBLIGATION => Self::InitObligation,
            tag::ACCRUE => Self::Accrue,
            tag::DEPOSIT => Self::Deposit { amount: arguments.u64()? },
            tag::WITHDRAW => Self::Withdraw { shares: arguments.u64()? },
            tag::DEPOSIT_COLLATERAL => Self::DepositCollateral { shares: arguments.u64()? },
            tag::WITHDRAW_COLLATERAL => Self::WithdrawCollateral { shares: arguments.u64()? },
            tag::BORROW => Self::Borrow { amount: arguments.u64()? },
            tag::REPAY => Self::Repay { most: arguments.u64()? },
            tag::LIQUIDATE => Self::Liquidate { most: arguments.u64()?, minimum_shares: arguments.u64()? },
            tag::FLASH_BORROW => {
                Self::FlashBorrow { amount: arguments.u64()?, repay_index: arguments.u16()? }
            }
            tag::FLASH_REPAY => Self::FlashRepay { amount: arguments.u64()? },
            tag::COLLECT_FEES => Self::CollectFees,
            _ => return Err(ProgramError::InvalidInstructionData),
        };
        arguments.end()?;
        Ok(instruction)
    }

    /// The line the program logs when it starts on the instruction.
    #[must_use]
    pub const fn log_line(&self) -> &'static str {
        match self {
            Self::InitMarket => "Instruction: InitMarket",
            Self::InitOracle { .. } => "Instruction: InitOracle",
            Self::UpdatePrice { .. } => "Instruction: UpdatePrice",
            Self::InitReserve { .. } => "Instruction: InitReserve",
            Self::ConfigureReserve { .. } => "Instruction: ConfigureReserve",
            Self::InitObligation => "Instruction: InitObligation",
            Self::Accrue => "Instruction: Accrue",
            Self::Deposit { .. } => "Instruction: Deposit",
            Self::Withdraw { .. } => "Instruction: Withdraw",
            Self::DepositCollateral { .. } => "Instruction: DepositCollateral",
            Self::WithdrawCollateral { .. } => "Instruction: WithdrawCollateral",
            Self::Borrow { .. } => "Instruction: Borrow",
            Self::Repay { .. } => "Instruction: Repay",
            Self::Liquidate { .. } => "Instruction: Liquidate",
            Self::FlashBorrow { .. } => "Instruction: FlashBorrow",
            Self::FlashRepay { .. } => "Instruction: FlashRepay",
            Self::CollectFees => "Instruction: CollectFees",
        }
    }
}

/// Encodes instructions, for clients.
#[cfg(feature = "host")]
impl LendingInstruction {
    /// Encodes the instruction, as [`decode`](Self::decode) reads it.
    #[must_use]
    pub fn encode(&self) -> alloc::vec::Vec<u8> {
        let config = |tag: u8, config: &ReserveConfig| [&[tag], bytemuck::bytes_of(config)].concat();
        let one = |tag: u8, amount: u64| [&[tag], amount.to_le_bytes().as_slice()].concat();
        let two = |tag: u8, first: u64, second: u64| {
            [&[tag], first.to_le_bytes().as_slice(), second.to_le_bytes().as_slice()].concat()
        };
        match *self {
            Self::InitMarket => [tag::INIT_MARKET].to_vec(),
            Self::InitOracle { exponent } => {
                [&[tag::INIT_ORACLE], exponent.to_le_bytes().as_slice()].concat()
            }
            Self::UpdatePrice { price, confidence } => two(tag::UPDATE_PRICE, price, confidence),
            Self::InitReserve { config: ref new } => config(tag::INIT_RESERVE, new),
            Self::ConfigureReserve { config: ref new } => config(tag::CONFIGURE_RESERVE, new),
            Self::InitObligation => [tag::INIT_OBLIGATION].to_vec(),
            Self::Accrue => [tag::ACCRUE].to_vec(),
            Self::Deposit { amount } => one(tag::DEPOSIT, amount),
            Self::Withdraw { shares } => one(tag::WITHDRAW, shares),
            Self::DepositCollateral { shares } => one(tag::DEPOSIT_COLLATERAL, shares),
            Self::WithdrawCollateral { shares } => one(tag::WITHDRAW_COLLATERAL, shares),
            Self::Borrow { amount } => one(tag::BORROW, amount),
            Self::Repay { most } => one(tag::REPAY, most),
            Self::Liquidate { most, minimum_shares } => two(tag::LIQUIDATE, most, minimum_shares),
            Self::FlashBorrow { amount, repay_index } => {
                [one(tag::FLASH_BORROW, amount).as_slice(), &repay_index.to_le_bytes()].concat()
            }
            Self::FlashRepay { amount } => one(tag::FLASH_REPAY, amount),
            Self::CollectFees => [tag::COLLECT_FEES].to_vec(),
        }
    }
}

fn config(arguments: &mut Arguments<'_>) -> Result<ReserveConfig, ProgramError> {
    Ok(bytemuck::cast(arguments.bytes::<{ size_of::<ReserveConfig>() }>()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// What decodes is what was encoded, and nothing shorter or longer decodes.
        #[test]
        fn instructions_are_read_back(
            choice in 0..17_usize,
            first in any::<u64>(),
            second in any::<u64>(),
            exponent in any::<i32>(),
            repay_index in any::<u16>(),
            config in any::<[u32; 12]>(),
        ) {
            use LendingInstruction as I;
            let config: ReserveConfig = bytemuck::cast(config);
            let all = [
                I::InitMarket,
                I::InitOracle { exponent },
                I::UpdatePrice { price: first, confidence: second },
                I::InitReserve { config },
                I::ConfigureReserve { config },
                I::InitObligation,
                I::Accrue,
                I::Deposit { amount: first },
                I::Withdraw { shares: first },
                I::DepositCollateral { shares: first },
                I::WithdrawCollateral { shares: first },
                I::Borrow { amount: first },
                I::Repay { most: first },
                I::Liquidate { most: first, minimum_shares: second },
                I::FlashBorrow { amount: first, repay_index },
                I::FlashRepay { amount: first },
                I::CollectFees,
            ];
            let mut data = all[choice].encode();
            prop_assert_eq!(usize::from(data[0]), choice);
            prop_assert_eq!(I::decode(&data), Ok(all[choice]));
            prop_assert_eq!(I::decode(&data[..data.len() - 1]), Err(LendingError::InvalidInstruction));
            data.push(0);
            prop_assert_eq!(I::decode(&data), Err(LendingError::InvalidInstruction));
            prop_assert_eq!(I::decode(&[17]), Err(LendingError::InvalidInstruction));
        }
    }
}
