//! Blocks: a number of transactions, each of a random kind.

use super::contention::Chooser;
use super::versions::{self, Versions};
use super::world::CELL_SIZE_BYTES;
use super::{Contention, World, hostile, loader, nonce, probe, system, token};
use crate::programs::{unit_limit, unit_price};
use crate::user::{MessageVersion, User, sign};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sealane_runtime::Runtime;
use sealane_sdk::Address;
use sealane_sdk::instruction::{Hash, Instruction};

/// A kind of transaction: its name, how often it occurs, and how it is made.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// For people.
    pub name: &'static str,
    weight: u32,
    draft: fn(&mut Maker<'_>) -> Draft,
}

const fn kind(name: &'static str, weight: u32, draft: fn(&mut Maker<'_>) -> Draft) -> Kind {
    Kind { name, weight, draft }
}

/// Every kind of transaction that runs, or might.
pub const KINDS: &[Kind] = &[
    kind("transfer", 10, system::transfer),
    kind("transfer to a new account", 3, system::transfer_to_new),
    kind("create account", 5, system::create_account),
    kind("create with seed", 2, system::create_with_seed),
    kind("allocate and assign", 2, system::allocate_and_assign),
    kind("payer runs dry", 5, system::poor_payer),
    kind("token transfer", 12, token::transfer),
    kind("mint or burn", 5, token::mint_or_burn),
    kind("delegate", 3, token::delegate),
    kind("freeze or thaw", 2, token::freeze_or_thaw),
    kind("close and open holding", 3, token::close_and_open),
    kind("associated account", 5, token::associated),
    kind("probe arithmetic", 10, probe::arithmetic),
    kind("probe script", 16, probe::script),
    kind("probe vault", 4, probe::vault),
    kind("probe open and close", 4, probe::open_and_close),
    kind("durable nonce", 8, nonce::transaction),
    kind("nonce management", 3, nonce::manage),
    kind("program call", 8, loader::call),
    kind("program management", 8, loader::manage),
];

/// A transaction before it is signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it does.
    pub instructions: Vec<Instruction>,
    /// Who signs; the first pays.
    pub signers: Vec<User>,
    /// The blockhash it names, if not the newest.
    pub blockhash: Option<Hash>,
}

impl Draft {
    /// A transaction on the newest blockhash.
    pub(super) fn new(instructions: Vec<Instruction>, signers: Vec<User>) -> Self {
        Self { instructions, signers, blockhash: None }
    }
}

/// What a kind has at hand when it makes a transaction.
#[derive(Debug)]
pub struct Maker<'g> {
    pub(super) random: &'g mut ChaCha8Rng,
    pub(super) world: &'g mut World,
    pub(super) ledger: &'g Runtime,
    pub(super) chooser: Chooser,
}

impl Maker<'_> {
    /// An index below `len`, as the contention says.
    pub(super) fn choose(&mut self, len: usize) -> usize {
        self.chooser.choose(self.random, len)
    }

    /// Whether something happens that happens `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: u8) -> bool {
        self.random.random_range(0..100) < percent
    }

    pub(super) fn user(&mut self) -> User {
        let index = self.choose(self.world.users.len());
        self.world.users[index].clone()
    }

    /// A cell, whoever it belongs to.
    pub(super) fn cell(&mut self) -> Address {
        let index = self.choose(self.world.cells.len());
        self.world.cells[index]
    }

    /// A cell that belongs to `program` and has not been resized, if a few tries find one.
    pub(super) fn cell_of(&mut self, program: &Address) -> Address {
        let mut cell = self.cell();
        for _ in 0..8 {
            let account = self.ledger.account(&cell).ok().flatten();
            let is_good = account
                .is_some_and(|account| account.owner == *program && account.data.len() >= CELL_SIZE_BYTES);
            if is_good {
                break;
            }
            cell = self.cell();
        }
        cell
    }
}

/// Makes the blocks of one chain.
#[derive(Debug)]
pub struct BlockGenerator {
    /// The world the blocks are for; it learns of accounts that blocks create.
    pub world: World,
    random: ChaCha8Rng,
    contention: Contention,
    versions: Versions,
    /// Transactions of earlier blocks and of this one, to be sent again.
    earlier: Vec<Vec<u8>>,
    kinds: Vec<&'static str>,
}

/// Transactions remembered for sending them again.
const EARLIER_COUNT: usize = 64;
/// Of a hundred transactions, those that were sent before.
const AGAIN_PERCENT: u8 = 3;
/// Of a hundred transactions, those whose bytes are spoiled.
const SPOILED_PERCENT: u8 = 6;

impl BlockGenerator {
    /// The blocks of this seed.
    #[must_use]
    pub fn new(seed: u64, contention: Contention) -> Self {
        Self {
            world: World::new(seed),
            random: ChaCha8Rng::seed_from_u64(seed ^ 0x5EA1_A4E0_B10C_C5ED),
            contention,
            versions: Versions::All,
            earlier: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// The same, with transactions of these versions only.
    #[must_use]
    pub fn with_versions(mut self, versions: Versions) -> Self {
        self.versions = versions;
        self
    }

    /// The kinds of the last block's transactions: the name of one of [`KINDS`], `again` or `spoiled`.
    #[must_use]
    pub fn kinds(&self) -> &[&'static str] {
        &self.kinds
    }

    /// Transactions for the block after `ledger`'s last: most run, some fail, some are rejected.
    #[must_use]
    pub fn block(&mut self, ledger: &Runtime, count: usize) -> Vec<Vec<u8>> {
        self.kinds.clear();
        (0..count).map(|position| self.transaction(ledger, position)).collect()
    }

    fn transaction(&mut self, ledger: &Runtime, position: usize) -> Vec<u8> {
        let percent = self.random.random_range(0..100);
        if percent < AGAIN_PERCENT && !self.earlier.is_empty() {
            self.kinds.push("again");
            let again = self.random.random_range(0..self.earlier.len());
            return self.earlier[again].clone();
        }
        let (kind, bytes) = self.new_transaction(ledger, position);
        if percent >= 100 - SPOILED_PERCENT {
            self.kinds.push("spoiled");
            return hostile::spoil(&mut self.random, bytes);
        }
        self.kinds.push(kind);
        self.remember(&bytes);
        bytes
    }

    fn remember(&mut self, bytes: &[u8]) {
        if self.earlier.len() < EARLIER_COUNT {
            self.earlier.push(bytes.to_vec());
        } else {
            let forgotten = self.random.random_range(0..EARLIER_COUNT);
            self.earlier[forgotten] = bytes.to_vec();
        }
    }

    /// A transaction that fits, and its kind.
    fn new_transaction(&mut self, ledger: &Runtime, position: usize) -> (&'static str, Vec<u8>) {
        loop {
            let (kind, draft, version) = self.draft(ledger, position);
            let signers: Vec<&User> = draft.signers.iter().collect();
            let blockhash = draft.blockhash.unwrap_or_else(|| ledger.last_hash());
            let bytes = sign(&draft.instructions, &signers, blockhash, version);
            if bytes.len() <= version.max_size_bytes() {
                return (kind, bytes);
            }
        }
    }

    fn draft(&mut self, ledger: &Runtime, position: usize) -> (&'static str, Draft, MessageVersion) {
        let kind = choose_kind(&mut self.random);
        let mut maker = Maker {
            random: &mut self.random,
            world: &mut self.world,
            ledger,
            chooser: Chooser::new(self.contention, position),
        };
        let mut draft = (kind.draft)(&mut maker);
        add_budget(&mut maker, &mut draft);
        let version = versions::choose(self.versions, &mut maker, &mut draft);
        (kind.name, draft, version)
    }
}

/// A kind, each as often as its weight says.
fn choose_kind(random: &mut ChaCha8Rng) -> &'static Kind {
    let total: u32 = KINDS.iter().map(|kind| kind.weight).sum();
    let mut number = random.random_range(0..total);
    for kind in KINDS {
        match number.checked_sub(kind.weight) {
            Some(rest) => number = rest,
            None => return kind,
        }
    }
    unreachable!("the number is below the sum of the weights")
}

/// Sometimes a price, a limit, or a limit too low; behind the first instruction, which may advance a nonce.
fn add_budget(maker: &mut Maker<'_>, draft: &mut Draft) {
    if maker.chance(20) {
        let price = maker.random.random_range(0..200_000);
        draft.instructions.insert(1, unit_price(price));
    }
    if maker.chance(20) {
        let limit = if maker.chance(30) { 2_000 } else { 400_000 };
        let units = maker.random.random_range(0..limit);
        draft.instructions.insert(1, unit_limit(units));
    }
}
