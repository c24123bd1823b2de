//! What a random ledger begins with, and where everything in it is.

use crate::User;
use crate::modules;
use crate::programs::{self, PROBE, TWIN, deployed};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::execute::builtins::nonce::durable_nonce;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::ids::{system_program, token};
use sealane_sdk::limits::{LAMPORTS_PER_SIGNATURE, rent_exempt_minimum_lamports};
use sealane_sdk::{Account, Address};
use sealane_token::state::{AccountState, Mint, OptionalAddress, TokenAccount};

const USER_COUNT: usize = 48;
const POOR_USER_COUNT: usize = 6;
const CELL_COUNT: usize = 48;
const MINT_COUNT: usize = 3;
const HOLDING_COUNT: usize = 48;
const NONCE_COUNT: usize = 8;
const PROGRAM_COUNT: usize = 4;
const VAULT_COUNT: u8 = 4;
/// Room for the module of an upgradeable program in bytes: every module of `modules.rs` fits.
pub(super) const PROGRAM_CAPACITY_BYTES: usize = 600;
/// Size of a cell's data in bytes.
pub(super) const CELL_SIZE_BYTES: usize = 64;

/// Numbers of users are spread over these, so that no two kinds of key meet.
const POOR_USERS_FROM: u64 = 1_000;
const PLACES_FROM: u64 = 2_000;
const FRESH_FROM: u64 = 1_000_000;

/// A random ledger.
#[derive(Clone, Debug)]
pub struct World {
    /// What all of it derives from.
    pub seed: u64,
    /// What the ledger begins with.
    pub genesis: Genesis,
    /// Users with plenty of lamports.
    pub users: Vec<User>,
    /// Users with lamports for a fee or two.
    pub poor_users: Vec<User>,
    /// Accounts that hold data and belong to the probe or, every fourth, to its twin.
    pub cells: Vec<Address>,
    /// Addresses derived from the probe, with their seed and bump; they hold lamports and no data.
    pub vaults: Vec<Vault>,
    /// Mints; user `i` is the authority of mint `i`, and freezes its accounts as well.
    pub mints: Vec<Address>,
    /// Token accounts.
    pub holdings: Vec<Holding>,
    /// Durable nonces; user `i` is the authority of nonce `i`.
    pub nonces: Vec<Address>,
    /// Upgradeable programs, some of them deployed from the beginning; user `i` is the authority of program `i`.
    pub programs: Vec<User>,
    fresh_count: u64,
}

/// An address derived from the probe.
#[derive(Clone, Copy, Debug)]
pub struct Vault {
    /// Where it is.
    pub address: Address,
    /// The second seed; the first is `vault`.
    pub number: u8,
    /// The last seed.
    pub bump: u8,
}

/// A token account.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// Where it is.
    pub address: Address,
    /// Index of its mint.
    pub mint: usize,
    /// Index of its owner among the users.
    pub owner: usize,
}

impl World {
    /// The world of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut world = Self {
            seed,
            genesis: programs::genesis(),
            users: (0..USER_COUNT as u64).map(|number| User::new(seed, number)).collect(),
            poor_users: (0..POOR_USER_COUNT as u64)
                .map(|number| User::new(seed, POOR_USERS_FROM + number))
                .collect(),
            cells: Vec::new(),
            vaults: Vec::new(),
            mints: Vec::new(),
            holdings: Vec::new(),
            nonces: Vec::new(),
            programs: Vec::new(),
            fresh_count: 0,
        };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        world.add_users(&mut random);
        world.add_probe_accounts(&mut random);
        world.add_tokens(&mut random);
        world.add_nonces();
        world.add_programs();
        world
    }

    /// A key pair that nobody has used.
    pub fn fresh_user(&mut self) -> User {
        self.fresh_count += 1;
        User::new(self.seed, FRESH_FROM + self.fresh_count)
    }

    fn add(&mut self, address: Address, account: Account) {
        self.genesis.accounts.push((address, account));
    }

    fn place(&mut self) -> User {
        self.fresh_count += 1;
        User::new(self.seed, PLACES_FROM + self.fresh_count)
    }

    fn add_users(&mut self, random: &mut ChaCha8Rng) {
        for index in 0..self.users.len() {
            let lamports = 10_000_000_000 + random.random_range(0..1_000_000_000);
            self.add(self.users[index].address, Account::system(lamports));
        }
        let exempt = rent_exempt_minimum_lamports(0);
        for index in 0..self.poor_users.len() {
            // Below the minimum an account may be drained to the end; above it, not into the forbidden range.
            let base = if index % 2 == 0 { 0 } else { exempt };
            let lamports =
                base + random.random_range(1..4) * LAMPORTS_PER_SIGNATURE + random.random_range(0..2) * 100;
            self.add(self.poor_users[index].address, Account::system(lamports));
        }
    }

    fn add_probe_accounts(&mut self, random: &mut ChaCha8Rng) {
        for index in 0..CELL_COUNT {
            let mut data = vec![0; CELL_SIZE_BYTES];
            random.fill(&mut data[..]);
            let owner = if index % 4 == 3 { TWIN } else { PROBE };
            let mut account = Account::with_data(owner, data);
            account.lamports += random.random_range(0..1_000_000);
            let address = self.place().address;
            self.cells.push(address);
            self.add(address, account);
        }
        for number in 0..VAULT_COUNT {
            let (address, bump) = Address::find_program_address(&[b"vault", &[number]], &PROBE);
            self.vaults.push(Vault { address, number, bump });
            self.add(address, Account::system(5_000_000_000));
        }
    }

    fn add_tokens(&mut self, random: &mut ChaCha8Rng) {
        for _ in 0..MINT_COUNT {
            let mint = self.place().address;
            self.mints.push(mint);
        }
        let mut supplies = [0; MINT_COUNT];
        for index in 0..HOLDING_COUNT {
            // Neighbours hold tokens of the same mint, so that they can pay each other.
            let mint = index / 2 % MINT_COUNT;
            let holding = Holding { address: self.place().address, mint, owner: index % self.users.len() };
            let amount = random.random_range(0..1_000_000);
            supplies[mint] += amount;
            let data = token_account(&self.mints[mint], &self.users[holding.owner].address, amount);
            self.holdings.push(holding);
            self.add(holding.address, Account::with_data(token::ID, data));
        }
        for (index, supply) in supplies.into_iter().enumerate() {
            let data = mint_account(&self.users[index].address, supply);
            self.add(self.mints[index], Account::with_data(token::ID, data));
        }
    }

    fn add_nonces(&mut self) {
        for index in 0..NONCE_COUNT {
            let nonce = self.place().address;
            let data = nonce_data(&self.users[index].address, &durable_nonce(&[0xA5; 32]));
            self.nonces.push(nonce);
            self.add(nonce, Account::with_data(system_program::ID, data));
        }
    }

    fn add_programs(&mut self) {
        for index in 0..PROGRAM_COUNT {
            let program = self.place();
            if index % 2 == 0 {
                let module = modules::saying(&format!("program {index}"));
                let authority = Some(self.users[index].address);
                let accounts = deployed(program.address, &module, authority, PROGRAM_CAPACITY_BYTES);
                self.genesis.accounts.extend(accounts);
            }
            self.programs.push(program);
        }
    }
}

/// The data of a token account.
#[must_use]
pub fn token_account(mint: &Address, owner: &Address, amount: u64) -> Vec<u8> {
    let mut account: TokenAccount = sealane_sdk::bytemuck::Zeroable::zeroed();
    account.mint = *mint;
    account.owner = *owner;
    account.set_amount(amount);
    account.set_state(AccountState::Initialized);
    sealane_sdk::bytemuck::bytes_of(&account).to_vec()
}

/// The data of a mint whose authority also freezes.
#[must_use]
pub fn mint_account(authority: &Address, supply: u64) -> Vec<u8> {
    let mut mint: Mint = sealane_sdk::bytemuck::Zeroable::zeroed();
    mint.mint_authority = OptionalAddress::some(*authority);
    mint.freeze_authority = OptionalAddress::some(*authority);
    mint.decimals = 6;
    mint.set_supply(supply);
    mint.set_initialized();
    sealane_sdk::bytemuck::bytes_of(&mint).to_vec()
}

/// The data of an initialized nonce account.
#[must_use]
pub fn nonce_data(authority: &Address, durable_nonce: &[u8; 32]) -> Vec<u8> {
    let mut data = Vec::with_capacity(80);
    data.extend_from_slice(&1_u32.to_le_bytes());
    data.extend_from_slice(&1_u32.to_le_bytes());
    data.extend_from_slice(authority.as_ref());
    data.extend_from_slice(durable_nonce);
    data.extend_from_slice(&LAMPORTS_PER_SIGNATURE.to_le_bytes());
    data
}
