//! Instructions of pools as clients build them (feature `host`).

use super::state::{Direction, Pool};
use super::tag;
use alloc::vec;
use alloc::vec::Vec;
use sealane_sdk::instruction::{Instruction, readonly, signer, writable, writable_signer};
use sealane_sdk::{Address, ids};

/// The addresses of a pool's accounts, all derived from the program, the mints and the trade fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolAddresses {
    /// The exchange.
    pub program: Address,
    /// The pool itself.
    pub pool: Address,
    /// The pool's mints, the smaller address first.
    pub mints: [Address; 2],
    /// Its vaults for those mints.
    pub vaults: [Address; 2],
    /// The mint of its liquidity tokens.
    pub lp_mint: Address,
    /// Its trade fee in hundredths of a per cent.
    pub trade_fee: u16,
    /// The pool's bump.
    pub bump: u8,
}

impl PoolAddresses {
    /// Derives them; the mints may come in any order.
    #[must_use]
    pub fn derive(program: &Address, mint: &Address, other_mint: &Address, trade_fee: u16) -> Self {
        let mints = if mint < other_mint { [*mint, *other_mint] } else { [*other_mint, *mint] };
        let seeds: [&[u8]; 4] = [b"pool", mints[0].as_ref(), mints[1].as_ref(), &trade_fee.to_le_bytes()];
        let (pool, bump) = Address::find_program_address(&seeds, program);
        let vault = |mint: &Address| {
            Address::find_program_address(&[b"vault", pool.as_ref(), mint.as_ref()], program).0
        };
        Self {
            program: *program,
            pool,
            vaults: [vault(&mints[0]), vault(&mints[1])],
            mints,
            lp_mint: Address::find_program_address(&[b"lp", pool.as_ref()], program).0,
            trade_fee,
            bump,
        }
    }

    /// A pool's account as creating it leaves it, but with these reserves: for a genesis.
    #[must_use]
    pub fn state(&self, fee_authority: &Address, protocol_share: u16, reserves: [u64; 2]) -> Pool {
        Pool::founded(self, fee_authority, protocol_share, reserves)
    }

    /// Create; `payer` pays for the accounts.
    #[must_use]
    pub fn create(&self, payer: &Address, fee_authority: &Address, protocol_share: u16) -> Instruction {
        let accounts = vec![
            writable_signer(payer),
            writable(&self.pool),
            writable(&self.vaults[0]),
            writable(&self.vaults[1]),
            writable(&self.lp_mint),
            readonly(&self.mints[0]),
            readonly(&self.mints[1]),
            readonly(fee_authority),
            readonly(&ids::system_program::ID),
            readonly(&ids::token::ID),
        ];
        let data =
            [&[tag::CREATE][..], &self.trade_fee.to_le_bytes(), &protocol_share.to_le_bytes()].concat();
        Instruction { program_id: self.program, accounts, data }
    }

    /// Add liquidity: up to `most` tokens of each mint for at least `least` liquidity tokens.
    #[must_use]
    pub fn add_liquidity(&self, provider: &Provider, most: [u64; 2], least: u64) -> Instruction {
        self.liquidity(tag::ADD_LIQUIDITY, provider, [most[0], most[1], least])
    }

    /// Remove liquidity: `liquidity` tokens for at least `least` tokens of each mint.
    #[must_use]
    pub fn remove_liquidity(&self, provider: &Provider, liquidity: u64, least: [u64; 2]) -> Instruction {
        self.liquidity(tag::REMOVE_LIQUIDITY, provider, [liquidity, least[0], least[1]])
    }

    /// Swap, exact input: pays `input` for at least `least_output`.
    #[must_use]
    pub fn swap_exact_input(
        &self,
        trader: &Trader,
        direction: Direction,
        input: u64,
        least_output: u64,
    ) -> Instruction {
        self.swap(tag::SWAP_EXACT_INPUT, trader, direction, [input, least_output])
    }

    /// Swap, exact output: gets `output` for at most `most_input`.
    #[must_use]
    pub fn swap_exact_output(
        &self,
        trader: &Trader,
        direction: Direction,
        output: u64,
        most_input: u64,
    ) -> Instruction {
        self.swap(tag::SWAP_EXACT_OUTPUT, trader, direction, [output, most_input])
    }

    /// Collect protocol fees into the token accounts `to`, one of each mint.
    #[must_use]
    pub fn collect_protocol_fees(&self, fee_authority: &Address, to: [Address; 2]) -> Instruction {
        let accounts = vec![
            writable(&self.pool),
            writable(&self.vaults[0]),
            writable(&self.vaults[1]),
            writable(&to[0]),
            writable(&to[1]),
            signer(fee_authority),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: self.program, accounts, data: vec![tag::COLLECT_PROTOCOL_FEES] }
    }

    fn liquidity(&self, tag: u8, provider: &Provider, amounts: [u64; 3]) -> Instruction {
        let accounts = vec![
            writable(&self.pool),
            writable(&self.vaults[0]),
            writable(&self.vaults[1]),
            writable(&self.lp_mint),
            writable(&provider.tokens[0]),
            writable(&provider.tokens[1]),
            writable(&provider.lp_tokens),
            signer(&provider.owner),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: self.program, accounts, data: data(tag, &amounts) }
    }

    fn swap(&self, tag: u8, trader: &Trader, direction: Direction, amounts: [u64; 2]) -> Instruction {
        let (from, to) = match direction {
            Direction::AForB => (0, 1),
            Direction::BForA => (1, 0),
        };
        let accounts = vec![
            writable(&self.pool),
            writable(&self.vaults[from]),
            writable(&self.vaults[to]),
            writable(&trader.tokens[from]),
            writable(&trader.tokens[to]),
            signer(&trader.owner),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: self.program, accounts, data: data(tag, &amounts) }
    }
}

/// Who trades, and the token accounts for the pool's mints, in the pool's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trader {
    /// Signs.
    pub owner: Address,
    /// Accounts for mint a and mint b.
    pub tokens: [Address; 2],
}

/// Who provides liquidity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Provider {
    /// Signs.
    pub owner: Address,
    /// Accounts for mint a and mint b.
    pub tokens: [Address; 2],
    /// Account for liquidity tokens.
    pub lp_tokens: Address,
}

fn data(tag: u8, amounts: &[u64]) -> Vec<u8> {
    let amounts = amounts.iter().flat_map(|amount| amount.to_le_bytes());
    core::iter::once(tag).chain(amounts).collect()
}
