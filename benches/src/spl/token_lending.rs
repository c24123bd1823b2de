//! SPL Token Lending 0.2: a market, its reserves, obligations, and the price accounts of Pyth's that it reads.

use super::bytes::Bytes;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Address, ids};

/// Where it is on Solana.
pub const ID: Address = Address::from_str_const("6TvznH3B2e3p2mbhufNBpgSrLx6UkgvxtVQvopEZ2kuH");
/// Size of a market's account in bytes.
pub const MARKET_SIZE_BYTES: usize = 258;
/// Size of a reserve's account in bytes.
pub const RESERVE_SIZE_BYTES: usize = 571;
/// Size of an obligation's account in bytes.
pub const OBLIGATION_SIZE_BYTES: usize = 916;
/// Size of a product's account of Pyth's in bytes.
pub const PRODUCT_SIZE_BYTES: usize = 512;
/// Size of a price account of Pyth's in bytes: a head, an aggregate, and 32 components.
pub const PRICE_SIZE_BYTES: usize = 240 + 32 * 96;
/// Where in a price account the slot stands that the price is of.
pub const PRICE_SLOT_OFFSET: u32 = 40;
/// Oldest price that is used, in slots.
pub const MAX_PRICE_AGE_SLOTS: u64 = 4;
/// One, as the program's decimals have it.
pub const WAD: u128 = 1_000_000_000_000_000_000;
/// What the prices are in.
pub const QUOTE_CURRENCY: &[u8] = b"USD";
/// Pyth's number that begins its accounts.
const PYTH_MAGIC: u32 = 0xa1b2_c3d4;
const PYTH_VERSION: u32 = 2;

/// How a reserve lends, in per cent; fees in parts of [`WAD`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where the rate's slope changes.
    pub optimal_utilization: u8,
    /// What may be borrowed of a collateral's worth.
    pub loan_to_value: u8,
    /// What a liquidator gets on top.
    pub liquidation_bonus: u8,
    /// From what part of a collateral's worth on an obligation is unhealthy.
    pub liquidation_threshold: u8,
    /// Rates a year: at no, at optimal and at full utilization.
    pub borrow_rates: [u8; 3],
    /// What borrowing costs.
    pub borrow_fee_wad: u64,
    /// What a flash loan costs.
    pub flash_loan_fee_wad: u64,
    /// What a host gets of the fees.
    pub host_fee: u8,
}

impl Config {
    fn pack(&self, bytes: Bytes) -> Bytes {
        bytes
            .raw(&[self.optimal_utilization, self.loan_to_value, self.liquidation_bonus])
            .byte(self.liquidation_threshold)
            .raw(&self.borrow_rates)
            .number(self.borrow_fee_wad)
            .number(self.flash_loan_fee_wad)
            .byte(self.host_fee)
    }
}

/// A market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Market {
    /// Its state.
    pub market: Address,
    /// What signs for it, and owns what its reserves hold.
    pub authority: Address,
    bump: u8,
}

/// The accounts of a reserve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    /// Its state.
    pub reserve: Address,
    /// The mint of what it lends.
    pub mint: Address,
    /// What it has to lend.
    pub supply: Address,
    /// What it earned by fees.
    pub fees: Address,
    /// The mint of shares in it.
    pub collateral_mint: Address,
    /// Shares that secure loans.
    pub collateral_supply: Address,
    /// Pyth's product account.
    pub product: Address,
    /// Pyth's price account.
    pub price: Address,
}

/// What a reserve's state says when a ledger begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveState {
    /// Tokens that can be lent.
    pub available: u64,
    /// Tokens that are lent, in parts of [`WAD`].
    pub borrowed_wads: u128,
    /// Shares in it.
    pub shares: u64,
    /// The price of a whole token, in parts of [`WAD`].
    pub price_wads: u128,
}

impl Market {
    /// The market at `market`.
    #[must_use]
    pub fn new(market: Address) -> Self {
        let (authority, bump) = Address::find_program_address(&[market.as_ref()], &ID);
        Self { market, authority, bump }
    }

    /// Its state's data, as [`Self::initialize`] leaves it.
    #[must_use]
    pub fn data(&self, owner: &Address, oracle_program: &Address) -> Vec<u8> {
        Bytes::default()
            .byte(1)
            .byte(self.bump)
            .address(owner)
            .raw(&quote_currency())
            .address(&ids::token::ID)
            .address(oracle_program)
            .padded(MARKET_SIZE_BYTES)
    }

    /// Makes it.
    #[must_use]
    pub fn initialize(&self, owner: &Address, oracle_program: &Address) -> Instruction {
        let accounts = vec![
            AccountMeta::new(self.market, false),
            readonly(&ids::rent::ID),
            readonly(&ids::token::ID),
            readonly(oracle_program),
        ];
        let data = Bytes::default().byte(0).address(owner).raw(&quote_currency());
        Instruction { program_id: ID, accounts, data: data.exact() }
    }

    /// Makes a reserve with its first liquidity, `amount` of `source`, whose shares go to the new account `shares`.
    #[must_use]
    pub fn initialize_reserve(
        &self,
        reserve: &Reserve,
        config: &Config,
        owner: &Address,
        [source, shares]: [&Address; 2],
        amount: u64,
    ) -> Instruction {
        let accounts = vec![
            writable(source),
            writable(shares),
            writable(&reserve.reserve),
            readonly(&reserve.mint),
            writable(&reserve.supply),
            writable(&reserve.fees),
            writable(&reserve.collateral_mint),
            writable(&reserve.collateral_supply),
            readonly(&reserve.product),
            readonly(&reserve.price),
            readonly(&self.market),
            readonly(&self.authority),
            AccountMeta::new_readonly(*owner, true),
            AccountMeta::new_readonly(*owner, true),
            readonly(&ids::clock::ID),
            readonly(&ids::rent::ID),
            readonly(&ids::token::ID),
        ];
        let data = config.pack(Bytes::default().byte(2).number(amount)).exact();
        Instruction { program_id: ID, accounts, data }
    }

    /// Puts `amount` tokens in for shares.
    #[must_use]
    pub fn deposit(
        &self,
        reserve: &Reserve,
        owner: &Address,
        [tokens, shares]: [&Address; 2],
        amount: u64,
    ) -> Instruction {
        let list = [tokens, shares, &reserve.reserve, &reserve.supply, &reserve.collateral_mint];
        self.instruction(4, &list, &[&self.market, &self.authority], owner, amount)
    }

    /// Takes tokens out for `amount` shares.
    #[must_use]
    pub fn redeem(
        &self,
        reserve: &Reserve,
        owner: &Address,
        [shares, tokens]: [&Address; 2],
        amount: u64,
    ) -> Instruction {
        let list = [shares, tokens, &reserve.reserve, &reserve.collateral_mint, &reserve.supply];
        self.instruction(5, &list, &[&self.market, &self.authority], owner, amount)
    }

    /// Makes an obligation.
    #[must_use]
    pub fn initialize_obligation(&self, obligation: &Address, owner: &Address) -> Instruction {
        let accounts = vec![
            writable(obligation),
            readonly(&self.market),
            AccountMeta::new_readonly(*owner, true),
            readonly(&ids::clock::ID),
            readonly(&ids::rent::ID),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: ID, accounts, data: vec![6] }
    }

    /// Puts `amount` shares up as collateral.
    #[must_use]
    pub fn deposit_collateral(
        &self,
        obligation: &Address,
        reserve: &Reserve,
        owner: &Address,
        shares: &Address,
        amount: u64,
    ) -> Instruction {
        let accounts = vec![
            writable(shares),
            writable(&reserve.collateral_supply),
            readonly(&reserve.reserve),
            writable(obligation),
            readonly(&self.market),
            AccountMeta::new_readonly(*owner, true),
            AccountMeta::new_readonly(*owner, true),
            readonly(&ids::clock::ID),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: ID, accounts, data: Bytes::default().byte(8).number(amount).exact() }
    }

    /// Takes `amount` shares of collateral back.
    #[must_use]
    pub fn withdraw_collateral(
        &self,
        obligation: &Address,
        reserve: &Reserve,
        owner: &Address,
        shares: &Address,
        amount: u64,
    ) -> Instruction {
        let accounts = vec![
            writable(&reserve.collateral_supply),
            writable(shares),
            readonly(&reserve.reserve),
            writable(obligation),
            readonly(&self.market),
            readonly(&self.authority),
            AccountMeta::new_readonly(*owner, true),
            readonly(&ids::clock::ID),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: ID, accounts, data: Bytes::default().byte(9).number(amount).exact() }
    }

    /// Borrows `amount` tokens.
    #[must_use]
    pub fn borrow(
        &self,
        obligation: &Address,
        reserve: &Reserve,
        owner: &Address,
        tokens: &Address,
        amount: u64,
    ) -> Instruction {
        let list = [&reserve.supply, tokens, &reserve.reserve, &reserve.fees, obligation];
        self.instruction(10, &list, &[&self.market, &self.authority], owner, amount)
    }

    /// Pays `amount` tokens back.
    #[must_use]
    pub fn repay(
        &self,
        obligation: &Address,
        reserve: &Reserve,
        owner: &Address,
        tokens: &Address,
        amount: u64,
    ) -> Instruction {
        let list = [tokens, &reserve.supply, &reserve.reserve, obligation];
        self.instruction(11, &list, &[&self.market], owner, amount)
    }

    /// Pays at most `amount` of somebody's debt to `debt`, for shares of `collateral`.
    #[must_use]
    pub fn liquidate(
        &self,
        obligation: &Address,
        [debt, collateral]: [&Reserve; 2],
        liquidator: &Address,
        [tokens, shares]: [&Address; 2],
        amount: u64,
    ) -> Instruction {
        let accounts = vec![
            writable(tokens),
            writable(shares),
            writable(&debt.reserve),
            writable(&debt.supply),
            readonly(&collateral.reserve),
            writable(&collateral.collateral_supply),
            writable(obligation),
            readonly(&self.market),
            readonly(&self.authority),
            AccountMeta::new_readonly(*liquidator, true),
            readonly(&ids::clock::ID),
            readonly(&ids::token::ID),
        ];
        Instruction { program_id: ID, accounts, data: Bytes::default().byte(12).number(amount).exact() }
    }

    fn instruction(
        &self,
        tag: u8,
        changed: &[&Address],
        read: &[&Address],
        owner: &Address,
        amount: u64,
    ) -> Instruction {
        let mut accounts: Vec<_> = changed.iter().map(|address| writable(address)).collect();
        accounts.extend(read.iter().map(|address| readonly(address)));
        accounts.push(AccountMeta::new_readonly(*owner, true));
        accounts.extend([readonly(&ids::clock::ID), readonly(&ids::token::ID)]);
        Instruction { program_id: ID, accounts, data: Bytes::default().byte(tag).number(amount).exact() }
    }
}

impl Reserve {
    /// Accrues interest and reads the price.
    #[must_use]
    pub fn refresh(&self) -> Instruction {
        let accounts = vec![writable(&self.reserve), readonly(&self.price), readonly(&ids::clock::ID)];
        Instruction { program_id: ID, accounts, data: vec![3] }
    }

    /// Its state's data at slot 0; the mint has six decimals.
    #[must_use]
    pub fn data(&self, market: &Address, state: &ReserveState, config: &Config) -> Vec<u8> {
        let bytes = Bytes::default()
            .byte(1)
            .number(0)
            .byte(1)
            .address(market)
            .address(&self.mint)
            .byte(6)
            .address(&self.supply)
            .address(&self.fees)
            .address(&self.price)
            .number(state.available)
            .wide(state.borrowed_wads)
            .wide(WAD)
            .wide(state.price_wads)
            .address(&self.collateral_mint)
            .number(state.shares)
            .address(&self.collateral_supply);
        config.pack(bytes).padded(RESERVE_SIZE_BYTES)
    }

    /// The data of Pyth's product account.
    #[must_use]
    pub fn product_data(&self) -> Vec<u8> {
        let key = b"quote_currency";
        let size = |words: &[u8]| u8::try_from(words.len()).expect("the words are short");
        let size_bytes = u32::try_from(PRODUCT_SIZE_BYTES).expect("it is small");
        pyth_head(2, size_bytes)
            .address(&self.price)
            .byte(size(key))
            .raw(key)
            .byte(size(QUOTE_CURRENCY))
            .raw(QUOTE_CURRENCY)
            .padded(PRODUCT_SIZE_BYTES)
    }

    /// The data of Pyth's price account: `price` hundredths, trading, as of `slot`.
    #[must_use]
    pub fn price_data(&self, price: u64, slot: u64) -> Vec<u8> {
        let size_bytes = u32::try_from(PRICE_SIZE_BYTES).expect("it is small");
        pyth_head(3, size_bytes)
            .raw(&1_u32.to_le_bytes())
            .raw(&(-2_i32).to_le_bytes())
            .number(0)
            .number(slot)
            .number(slot)
            .raw(&[0; 64])
            .address(&self.product)
            .raw(&[0; 64])
            .number(price)
            .number(0)
            .raw(&1_u32.to_le_bytes())
            .raw(&0_u32.to_le_bytes())
            .number(slot)
            .padded(PRICE_SIZE_BYTES)
    }
}

/// Values the obligation anew by these reserves, which must have been refreshed: those of its collateral, then those of its debts.
#[must_use]
pub fn refresh_obligation(obligation: &Address, reserves: &[&Reserve]) -> Instruction {
    let mut accounts = vec![writable(obligation), readonly(&ids::clock::ID)];
    accounts.extend(reserves.iter().map(|reserve| readonly(&reserve.reserve)));
    Instruction { program_id: ID, accounts, data: vec![7] }
}

/// The data of an obligation at slot 0, with one collateral and one debt.
#[must_use]
pub fn obligation_data(
    market: &Address,
    owner: &Address,
    (collateral, shares): (&Address, u64),
    (debt, borrowed): (&Address, u64),
) -> Vec<u8> {
    Bytes::default()
        .byte(1)
        .number(0)
        .byte(1)
        .address(market)
        .address(owner)
        .raw(&[0; 64])
        .raw(&[1, 1])
        .address(collateral)
        .number(shares)
        .wide(0)
        .address(debt)
        .wide(WAD)
        .wide(u128::from(borrowed) * WAD)
        .wide(0)
        .padded(OBLIGATION_SIZE_BYTES)
}

/// What Pyth's accounts begin with: a magic number, a version, the kind, the size.
fn pyth_head(kind: u32, size_bytes: u32) -> Bytes {
    [PYTH_MAGIC, PYTH_VERSION, kind, size_bytes]
        .iter()
        .fold(Bytes::default(), |bytes, number| bytes.raw(&number.to_le_bytes()))
}

fn quote_currency() -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[..QUOTE_CURRENCY.len()].copy_from_slice(QUOTE_CURRENCY);
    bytes
}

const fn writable(address: &Address) -> AccountMeta {
    AccountMeta { pubkey: *address, is_signer: false, is_writable: true }
}

const fn readonly(address: &Address) -> AccountMeta {
    AccountMeta { pubkey: *address, is_signer: false, is_writable: false }
}
