//! A ledger in the test's own process: users with lamports, programs, and short ways to send and to look.
//!
//! Each transaction that is sent becomes a block of its own, by the same pipeline that a node runs; nothing is stood in for. What a
//! node could not do (set an account, move the clock, go back) happens between blocks.

use crate::access::{Access, Accesses};
use crate::draft::Draft;
use crate::names::Names;
use crate::profiles;
use crate::result::TransactionResult;
use crate::store::SharedStore;
use crate::units_file;
use crate::user::{MessageVersion, User, sign};
use sealane_runtime::ledger::{AccountChange, Genesis, MemoryStore};
use sealane_runtime::simulate::{SimulateError, SimulateOptions};
use sealane_runtime::{RootPolicy, Runtime, RuntimeConfig, Standing};
use sealane_sdk::error::ErrorCode;
use sealane_sdk::idl::Idl;
use sealane_sdk::instruction::{Hash, Instruction};
use sealane_sdk::{Account, Address};
use std::sync::Arc;

/// Lamports that [`TestLedger::user`] gives: a thousand SOL.
pub const USER_LAMPORTS: u64 = 1_000_000_000_000;
/// Unix time that a test ledger begins at, in seconds: the beginning of 2026.
pub const START_UNIX_TIME: i64 = 1_767_225_600;

/// A ledger for one test.
///
/// ```
/// use sealane_testing::{TestLedger, system};
///
/// let mut ledger = TestLedger::new();
/// let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
/// let before = ledger.lamports(&bob.address);
/// ledger.succeed(&[system::transfer(&alice.address, &bob.address, 7)], &[&alice]);
/// assert_eq!(ledger.lamports(&bob.address), before + 7);
/// ```
#[derive(Debug)]
pub struct TestLedger {
    /// The runtime itself, for what has no shorter way.
    pub runtime: Runtime,
    /// Unix time of the next block in seconds. The clock stands still until it is set; see [`Self::warp_to_time`].
    pub unix_time: i64,
    pub(crate) store: SharedStore,
    pub(crate) names: Arc<Names>,
}

/// A ledger as it was, to go back to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    standing: Standing,
    accounts: MemoryStore,
    unix_time: i64,
}

impl Default for TestLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl TestLedger {
    /// A ledger with the built-in programs and the token programs.
    #[must_use]
    pub fn new() -> Self {
        let genesis = Genesis { unix_time: START_UNIX_TIME, ..Genesis::default() };
        let genesis =
            genesis.with_token_programs(sealane_artifacts::TOKEN, sealane_artifacts::ASSOCIATED_TOKEN);
        Self::with(Self::config(), &genesis)
    }

    /// A ledger of this genesis.
    ///
    /// # Panics
    /// If the runtime cannot be made: this machine cannot run compiled code, or start threads.
    #[must_use]
    pub fn with(config: RuntimeConfig, genesis: &Genesis) -> Self {
        let store = SharedStore::default();
        let runtime = Runtime::with_store(config, genesis, Box::new(store.clone())).expect("a runtime");
        Self { runtime, unix_time: genesis.unix_time, store, names: Arc::default() }
    }

    /// How test ledgers work unless they are told otherwise: one worker, no state roots, all else as on a node.
    #[must_use]
    pub fn config() -> RuntimeConfig {
        RuntimeConfig { workers: 1, roots: RootPolicy::Skip, ..RuntimeConfig::default() }
    }

    /// The user of this name, with [`USER_LAMPORTS`] more than before; output calls their address by that name.
    #[track_caller]
    pub fn user(&mut self, name: &str) -> User {
        let user = User::named(name);
        self.name(&user.address, name);
        self.airdrop(&user.address, USER_LAMPORTS);
        user
    }

    /// Gives lamports out of nothing.
    ///
    /// # Panics
    /// If the account would have more lamports than there can be.
    #[track_caller]
    pub fn airdrop(&mut self, address: &Address, lamports: u64) {
        let account =
            self.account(address).map_or_else(|| Account::system(0), |account| Account::clone(&account));
        let lamports =
            account.lamports.checked_add(lamports).expect("an account has less than 2^64 lamports");
        self.set_account(*address, Account { lamports, ..account });
    }

    /// Calls an address by this name in all output.
    pub fn name(&mut self, address: &Address, name: &str) {
        Arc::make_mut(&mut self.names).name_address(*address, name);
    }

    /// Lets output call a program's instructions, accounts and errors by their names. Deploying with
    /// [`deploy_crate!`](crate::deploy_crate) does so too.
    pub fn describe(&mut self, program: &Address, idl: &Idl) {
        Arc::make_mut(&mut self.names).describe(*program, idl);
    }

    /// Lets output call a program's errors by their names; for programs without a description.
    pub fn describe_errors<E: ErrorCode>(&mut self, program: &Address) {
        Arc::make_mut(&mut self.names).add_errors::<E>(*program);
    }

    /// The newest blockhash.
    #[must_use]
    pub const fn blockhash(&self) -> Hash {
        self.runtime.last_hash()
    }

    /// Number of the next block, which is the slot that programs see.
    #[must_use]
    pub const fn slot(&self) -> u64 {
        self.runtime.last_header().number + 1
    }

    /// A transaction's bytes: paid by the first signer, on the newest blockhash.
    #[must_use]
    #[track_caller]
    pub fn sign(&self, instructions: &[Instruction], signers: &[&User]) -> Vec<u8> {
        sign(instructions, signers, self.blockhash(), MessageVersion::Legacy)
    }

    /// Makes a block of one transaction, signed by `signers`, of whom the first pays.
    ///
    /// # Panics
    /// If the instructions want the signature of somebody else, or the ledger itself fails.
    #[track_caller]
    #[must_use = "a transaction may have failed: say what you expect of it"]
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&User]) -> TransactionResult {
        let bytes = self.sign(instructions, signers);
        self.send_bytes(&bytes)
    }

    /// As [`Self::send`], for a transaction that is signed already.
    ///
    /// # Panics
    /// If the ledger itself fails.
    #[track_caller]
    #[must_use = "a transaction may have failed: say what you expect of it"]
    pub fn send_bytes(&mut self, bytes: &[u8]) -> TransactionResult {
        self.execute(&[bytes]).pop().expect("one transaction has one result")
    }

    /// Makes one block of several transactions, which run in parallel where they can. In their order.
    ///
    /// # Panics
    /// As [`Self::send`].
    #[track_caller]
    #[must_use = "a transaction may have failed: say what you expect of it"]
    pub fn send_block(&mut self, drafts: &[Draft]) -> Vec<TransactionResult> {
        let signed: Vec<Vec<u8>> =
            drafts.iter().map(|draft| self.sign(&draft.instructions, &draft.signers())).collect();
        self.execute(&signed)
    }

    /// Sends what must succeed.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn succeed(&mut self, instructions: &[Instruction], signers: &[&User]) -> TransactionResult {
        self.send(instructions, signers).expect_success()
    }

    /// Sends what must run and fail.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn fail(&mut self, instructions: &[Instruction], signers: &[&User]) -> TransactionResult {
        self.send(instructions, signers).expect_failure()
    }

    /// What the transaction would do; the ledger stays as it is.
    ///
    /// # Panics
    /// If the ledger itself fails.
    #[track_caller]
    #[must_use = "a transaction may have failed: say what you expect of it"]
    pub fn simulate(&self, instructions: &[Instruction], signers: &[&User]) -> TransactionResult {
        let bytes = self.sign(instructions, signers);
        let outcome = match self.runtime.simulate(&bytes, SimulateOptions::checked(self.unix_time)) {
            Ok(simulation) => Ok(simulation.receipt),
            Err(SimulateError::Rejected(rejection)) => Err(rejection),
            Err(error) => panic!("the ledger fails: {error}"),
        };
        TransactionResult::new(&bytes, outcome, &self.names)
    }

    /// Makes a block with nothing in it.
    #[track_caller]
    pub fn empty_block(&mut self) {
        self.execute::<&[u8]>(&[]);
    }

    /// The accounts that something locks, to be shown with this ledger's names.
    #[must_use]
    pub fn access(&self, accesses: &(impl Accesses + ?Sized)) -> Access {
        accesses.access().with_names(&self.names)
    }

    /// The one way of transactions into a block.
    #[track_caller]
    fn execute<T: AsRef<[u8]> + Sync>(&mut self, transactions: &[T]) -> Vec<TransactionResult> {
        let profiles = profiles::record(&self.runtime, self.unix_time, transactions);
        let executed = match self.runtime.produce_block(self.unix_time, transactions) {
            Ok(executed) => executed,
            Err(error) => panic!("the ledger fails: {error}"),
        };
        let mut rejected = executed.rejected.into_iter().peekable();
        let mut receipts = executed.block.receipts.iter().cloned();
        let mut results = Vec::with_capacity(transactions.len());
        for (index, bytes) in transactions.iter().enumerate() {
            let outcome = match rejected.next_if(|(rejected, _)| *rejected == index) {
                Some((_, rejection)) => Err(rejection),
                None => Ok(receipts.next().expect("what is not rejected has a receipt")),
            };
            results.push(TransactionResult::new(bytes.as_ref(), outcome, &self.names));
        }
        results.iter().for_each(units_file::append);
        profiles::keep(profiles, &results, &self.names);
        results
    }
}

/// Time, and going back.
impl TestLedger {
    /// Lets programs see this slot in the next block.
    ///
    /// ```
    /// let mut ledger = sealane_testing::TestLedger::new();
    /// ledger.warp_to_slot(1_000);
    /// assert_eq!(ledger.slot(), 1_000);
    /// ```
    ///
    /// # Panics
    /// If the slot is 0, which is the genesis block's.
    pub fn warp_to_slot(&mut self, slot: u64) {
        assert!(slot > 0, "slot 0 is the genesis block's");
        self.runtime.skip_to(slot - 1, self.unix_time);
    }

    /// Lets programs see this time from the next block on, in unix seconds; it may lie in the past.
    pub fn warp_to_time(&mut self, unix_time: i64) {
        if unix_time < self.runtime.last_header().unix_time {
            let number = self.runtime.last_header().number;
            self.runtime.skip_to(number + 1, unix_time);
        }
        self.unix_time = unix_time;
    }

    /// Moves the clock by so many seconds.
    pub fn advance_time(&mut self, seconds: i64) {
        self.warp_to_time(self.unix_time.saturating_add(seconds));
    }

    /// Makes every blockhash so far too old to send on: as many slots go by.
    ///
    /// ```
    /// use sealane_testing::{TestLedger, system};
    ///
    /// let mut ledger = TestLedger::new();
    /// let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
    /// let signed = ledger.sign(&[system::transfer(&alice.address, &bob.address, 5)], &[&alice]);
    /// ledger.expire_blockhash();
    /// let rejection = ledger.send_bytes(&signed).expect_rejection();
    /// assert!(rejection.to_string().contains("blockhash is not recent"));
    /// ```
    pub fn expire_blockhash(&mut self) {
        for _ in 0..self.runtime.rules().blockhash_age_blocks {
            let number = self.runtime.last_header().number;
            self.runtime.skip_to(number + 1, self.unix_time);
        }
    }

    /// The ledger as it is, for [`Self::restore`]. It shares what it holds with the ledger and costs little.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let (standing, accounts) = (self.runtime.standing(), self.store.copy());
        Snapshot { standing, accounts, unix_time: self.unix_time }
    }

    /// Makes the ledger again what it was: accounts, blocks, clock. Names that were given since stay.
    ///
    /// ```
    /// let mut ledger = sealane_testing::TestLedger::new();
    /// let alice = ledger.user("alice");
    /// let snapshot = ledger.snapshot();
    /// ledger.airdrop(&alice.address, 1);
    /// ledger.restore(&snapshot);
    /// assert_eq!(ledger.lamports(&alice.address), sealane_testing::USER_LAMPORTS);
    /// ```
    pub fn restore(&mut self, snapshot: &Snapshot) {
        self.store.replace(snapshot.accounts.clone());
        self.runtime.rewind(&snapshot.standing);
        self.unix_time = snapshot.unix_time;
    }

    /// Changes accounts between blocks.
    pub(crate) fn apply(&mut self, changes: impl IntoIterator<Item = AccountChange>) {
        self.store.apply(changes);
        self.runtime.accounts_were_set();
    }
}
