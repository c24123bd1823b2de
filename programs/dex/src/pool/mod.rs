//! Constant-product pools: two vaults, whose product a trade never lowers, and liquidity tokens that are shares in them.
//!
//! | number | instruction | arguments after the number, little-endian | file |
//! |---|---|---|---|
//! | 0 | create | trade fee and protocol's share of it, u16 each, in hundredths of a per cent | `create.rs` |
//! | 1 | add liquidity | most of a, most of b, least liquidity tokens: u64 each | `liquidity.rs` |
//! | 2 | remove liquidity | liquidity tokens, least of a, least of b: u64 each | `liquidity.rs` |
//! | 3 | swap, exact input | input, least output: u64 each | `swap.rs` |
//! | 4 | swap, exact output | output, most input: u64 each | `swap.rs` |
//! | 5 | collect protocol fees | none | `collect.rs` |
//!
//! A trade writes the pool, both its vaults and two accounts of the trader: trades on other pools run beside it.

mod create;

mod liquidity;
mod swap;

mod collect;

pub mod curve;
pub mod state;

#[cfg(feature = "host")]
pub mod builders;

use sealane_sdk::guest::{AccountView, Arguments};
use sealane_sdk::{Address, ProgramError, ProgramResult};

/// Numbers of the instructions: the first byte of the data.
pub mod tag {
    #![expect(missing_docs, reason = "the table of the module above says what each is")]
    pub const CREATE: u8 = 0;
    pub const ADD_LIQUIDITY: u8 = 1;
    pub const REMOVE_LIQUIDITY: u8 = 2;
    pub const SWAP_EXACT_INPUT: u8 = 3;
    pub const SWAP_EXACT_OUTPUT: u8 = 4;
    pub const COLLECT_PROTOCOL_FEES: u8 = 5;
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
            let (trade_fee, protocol_share) = (arguments.u16()?, arguments.u16()?);
            arguments.end()?;
            create::create(program_id, accounts, trade_fee, protocol_share)
        }
        tag::ADD_LIQUIDITY | tag::REMOVE_LIQUIDITY => {
            let amounts = [arguments.u64()?, arguments.u64()?, arguments.u64()?];
            arguments.end()?;
            match number {
                tag::ADD_LIQUIDITY => liquidity::add(program_id, accounts, amounts),
                _ => liquidity::remove(program_id, accounts, amounts),
            }
        }
        tag::SWAP_EXACT_INPUT | tag::SWAP_EXACT_OUTPUT => {
            let (amount, limit) = (arguments.u64()?, arguments.u64()?);
            arguments.end()?;
            match number {
                tag::SWAP_EXACT_INPUT => swap::exact_input(program_id, accounts, amount, limit),
                _ => swap::exact_output(program_id, accounts, amount, limit),
            }
        }
        tag::COLLECT_PROTOCOL_FEES => {
            arguments.end()?;
            collect::collect(program_id, accounts)
        }
        _ => Err(ProgramError::InvalidInstructionData),
    }
}
