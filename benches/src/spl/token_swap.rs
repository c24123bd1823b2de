//! SPL Token Swap 3: pools with the constant-product curve.

use super::bytes::Bytes;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ids};

/// Where it is on Solana.
pub const ID: Address = Address::from_str_const("SwapsVeCiPHMUAtzQWZw7RjsKjgCjhwU55QGu4U1Szw");
/// Size of a pool's account in bytes: a version, then the state.
pub const POOL_SIZE_BYTES: usize = 1 + 323;
/// Pool tokens that whoever makes a pool gets.
pub const INITIAL_POOL_TOKENS: u64 = 1_000_000_000;
/// Bytes of the curve: its kind (0 is the constant product) and nothing more.
const CURVE_SIZE_BYTES: usize = 33;

/// Parts of what is traded and withdrawn: numerator and denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fees {
    /// Stays in the pool.
    pub trade: [u64; 2],
    /// Goes to the owner, as pool tokens.
    pub owner_trade: [u64; 2],
    /// Goes to the owner at withdrawals.
    pub owner_withdraw: [u64; 2],
    /// What a host gets of the owner's.
    pub host: [u64; 2],
}

impl Fees {
    fn pack(&self, bytes: Bytes) -> Bytes {
        let all = [self.trade, self.owner_trade, self.owner_withdraw, self.host];
        all.as_flattened().iter().fold(bytes, |bytes, number| bytes.number(*number))
    }
}

/// The accounts of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its state.
    pub pool: Address,
    /// What signs for it, and owns its vaults.
    pub authority: Address,
    bump: u8,
    /// The mints of its tokens.
    pub mints: [Address; 2],
    /// Its tokens.
    pub vaults: [Address; 2],
    /// The mint of its pool tokens.
    pub pool_mint: Address,
    /// Pool tokens of its owner.
    pub fee_account: Address,
}

impl Pool {
    /// The pool at `pool`, with its authority.
    #[must_use]
    pub fn new(
        pool: Address,
        mints: [Address; 2],
        vaults: [Address; 2],
        pool_mint: Address,
        fee_account: Address,
    ) -> Self {
        let (authority, bump) = Address::find_program_address(&[pool.as_ref()], &ID);
        Self { pool, authority, bump, mints, vaults, pool_mint, fee_account }
    }

    /// Its state's data, as [`Self::initialize`] leaves it.
    #[must_use]
    pub fn data(&self, fees: &Fees) -> Vec<u8> {
        let head = Bytes::default().byte(1).byte(1).byte(self.bump).address(&ids::token::ID);
        let addresses = [
            &self.vaults[0],
            &self.vaults[1],
            &self.pool_mint,
            &self.mints[0],
            &self.mints[1],
            &self.fee_account,
        ];
        let bytes = addresses.iter().fold(head, |bytes, address| bytes.address(address));
        fees.pack(bytes).padded(POOL_SIZE_BYTES)
    }

    /// Makes the pool of what its vaults hold; the first pool tokens go to `destination`.
    #[must_use]
    pub fn initialize(&self, destination: &Address, fees: &Fees) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.pool, true),
            AccountMeta::new_readonly(self.authority, false),
            AccountMeta::new_readonly(self.vaults[0], false),
            AccountMeta::new_readonly(self.vaults[1], false),
            AccountMeta::new(self.pool_mint, false),
            AccountMeta::new_readonly(self.fee_account, false),
            AccountMeta::new(*destination, false),
            token_program(),
        ];
        let data = fees.pack(Bytes::default().byte(0)).raw(&[0; CURVE_SIZE_BYTES]).exact();
        Instruction { program_id: ID, accounts, data }
    }

    /// Trades `amount` of the token at `from` (0 or 1) of the user for at least `least` of the other one.
    #[must_use]
    pub fn swap(
        &self,
        owner: &Address,
        tokens: &[Address; 2],
        from: usize,
        amount: u64,
        least: u64,
    ) -> Instruction {
        let to = 1 - from;
        let between = [tokens[from], self.vaults[from], self.vaults[to], tokens[to]];
        let tail = [self.pool_mint, self.fee_account];
        self.instruction(owner, &[&between[..], &tail].concat(), 1, &[amount, least])
    }

    /// Puts both tokens in, at most so many, for so many pool tokens.
    #[must_use]
    pub fn deposit(
        &self,
        owner: &Address,
        tokens: &[Address; 2],
        pool_tokens: &Address,
        amount: u64,
        most: [u64; 2],
    ) -> Instruction {
        let [first, second] = self.vaults;
        let accounts = [tokens[0], tokens[1], first, second, self.pool_mint, *pool_tokens];
        self.instruction(owner, &accounts, 2, &[amount, most[0], most[1]])
    }

    /// Takes both tokens out, at least so many, for so many pool tokens.
    #[must_use]
    pub fn withdraw(
        &self,
        owner: &Address,
        tokens: &[Address; 2],
        pool_tokens: &Address,
        amount: u64,
        least: [u64; 2],
    ) -> Instruction {
        let [first, second] = self.vaults;
        let accounts = [self.pool_mint, *pool_tokens, first, second, tokens[0], tokens[1], self.fee_account];
        self.instruction(owner, &accounts, 3, &[amount, least[0], least[1]])
    }

    /// Puts one token in, for at least so many pool tokens.
    #[must_use]
    pub fn deposit_single(
        &self,
        owner: &Address,
        tokens: &Address,
        pool_tokens: &Address,
        amount: u64,
        least: u64,
    ) -> Instruction {
        let [first, second] = self.vaults;
        let accounts = [*tokens, first, second, self.pool_mint, *pool_tokens];
        self.instruction(owner, &accounts, 4, &[amount, least])
    }

    fn instruction(&self, owner: &Address, writable: &[Address], tag: u8, numbers: &[u64]) -> Instruction {
        let mut accounts = vec![
            AccountMeta::new_readonly(self.pool, false),
            AccountMeta::new_readonly(self.authority, false),
            AccountMeta::new_readonly(*owner, true),
        ];
        accounts.extend(writable.iter().map(|address| AccountMeta::new(*address, false)));
        accounts.push(token_program());
        let data = numbers.iter().fold(Bytes::default().byte(tag), |bytes, number| bytes.number(*number));
        Instruction { program_id: ID, accounts, data: data.exact() }
    }
}

fn token_program() -> AccountMeta {
    AccountMeta::new_readonly(ids::token::ID, false)
}
