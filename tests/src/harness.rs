//! A ledger in the test's own process: users with lamports, the programs, and short ways to send and to look.
//!
//! Every test makes its own [`Harness`]. Instructions go in, receipts and failures come out, with a text that says all
//! there is to know when a test fails.

use crate::programs;
use crate::user::User;
use sealane_runtime::ledger::Genesis;
use sealane_runtime::outcome::Failure;
use sealane_runtime::receipt::Receipt;
use sealane_runtime::{ExecutedBlock, Rejection, Runtime, RuntimeConfig};
use sealane_sdk::guest::declared::ConstraintError;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_testing::TestLedger;
use sealane_vm::CallError;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// Users who have lamports from the beginning.
pub const FUNDED_USER_COUNT: u64 = 8;
/// Lamports each of them has: a thousand SOL.
pub const FUNDED_LAMPORTS: u64 = 1_000_000_000_000;
/// The world the harness's users are from.
const WORLD: u64 = 0;

/// Every account of a ledger, in address order.
pub type Accounts = BTreeMap<Address, Arc<Account>>;

/// A [`TestLedger`] for the tests of this repository: with more programs and users, state roots and two workers, and with results as
/// the runtime gives them, which those tests are about.
#[derive(Debug)]
pub struct Harness {
    ledger: TestLedger,
}

impl Deref for Harness {
    type Target = TestLedger;

    fn deref(&self) -> &TestLedger {
        &self.ledger
    }
}

impl DerefMut for Harness {
    fn deref_mut(&mut self) -> &mut TestLedger {
        &mut self.ledger
    }
}

impl Default for Harness {
    fn default() -> Self {
        Self::new()
    }
}

impl Harness {
    /// A ledger with the programs and the funded users.
    #[must_use]
    pub fn new() -> Self {
        Self::with_accounts([])
    }

    /// A ledger that also has these accounts.
    #[must_use]
    pub fn with_accounts(accounts: impl IntoIterator<Item = (Address, Account)>) -> Self {
        let mut genesis = Self::genesis();
        genesis.accounts.extend(accounts);
        Self::with(Self::config(), &genesis)
    }

    /// A ledger that also has this program and these accounts.
    #[must_use]
    pub fn with_program(
        program: Address,
        module: &'static [u8],
        accounts: impl IntoIterator<Item = (Address, Account)>,
    ) -> Self {
        let mut genesis = Self::genesis().with_program(program, module);
        genesis.accounts.extend(accounts);
        Self::with(Self::config(), &genesis)
    }

    /// A ledger of this genesis.
    ///
    /// # Panics
    /// If the runtime cannot be made.
    #[must_use]
    pub fn with(config: RuntimeConfig, genesis: &Genesis) -> Self {
        let mut ledger = TestLedger::with(config, genesis);
        ledger.unix_time += 1;
        Self { ledger }
    }

    /// How the harness's runtimes work unless a test says otherwise: two workers, fees burned.
    #[must_use]
    pub fn config() -> RuntimeConfig {
        RuntimeConfig { workers: 2, ..RuntimeConfig::default() }
    }

    /// The programs and the funded users.
    #[must_use]
    pub fn genesis() -> Genesis {
        let mut genesis = programs::genesis();
        let users = (0..FUNDED_USER_COUNT).map(Self::user);
        genesis.accounts.extend(users.map(|user| (user.address, Account::system(FUNDED_LAMPORTS))));
        genesis
    }

    /// The user with this number; the first [`FUNDED_USER_COUNT`] have lamports.
    #[must_use]
    pub fn user(number: u64) -> User {
        User::new(WORLD, number)
    }

    /// Makes a block.
    ///
    /// # Panics
    /// If the block fails as a whole.
    #[track_caller]
    pub fn block<T: AsRef<[u8]> + Sync>(&mut self, transactions: &[T]) -> ExecutedBlock {
        let unix_time = self.unix_time;
        let result = self.runtime.produce_block(unix_time, transactions);
        self.unix_time += 1;
        result.unwrap_or_else(|error| panic!("the block fails: {error}"))
    }

    /// Makes so many blocks with nothing in them.
    #[track_caller]
    pub fn empty_blocks(&mut self, count: usize) {
        for _ in 0..count {
            self.block::<&[u8]>(&[]);
        }
    }

    /// Makes a block of one transaction.
    ///
    /// # Errors
    /// The rejection, if it is rejected.
    ///
    /// # Panics
    /// If the block fails as a whole.
    #[track_caller]
    pub fn send(&mut self, instructions: &[Instruction], signers: &[&User]) -> Result<Receipt, Rejection> {
        let bytes = self.sign(instructions, signers);
        self.send_bytes(&bytes)
    }

    /// As [`Self::send`], for a transaction that is signed already.
    ///
    /// # Errors
    /// The rejection, if it is rejected.
    ///
    /// # Panics
    /// If the block fails as a whole.
    #[track_caller]
    pub fn send_bytes(&mut self, bytes: &[u8]) -> Result<Receipt, Rejection> {
        let mut executed = self.block(&[bytes]);
        match (Arc::make_mut(&mut executed.block).receipts.pop(), executed.rejected.pop()) {
            (Some(receipt), None) => Ok(receipt),
            (None, Some((0, rejection))) => Err(rejection),
            other => panic!("one transaction gives one outcome, not {other:?}"),
        }
    }

    /// Sends what must succeed.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn succeed(&mut self, instructions: &[Instruction], signers: &[&User]) -> Receipt {
        match self.send(instructions, signers) {
            Ok(receipt) if receipt.body.succeeded() => receipt,
            Ok(receipt) => panic!("the transaction fails\n{}", explain(&receipt)),
            Err(rejection) => panic!("the transaction is rejected: {rejection}"),
        }
    }

    /// Sends what must run and fail.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn fail(&mut self, instructions: &[Instruction], signers: &[&User]) -> (Failure, Receipt) {
        match self.send(instructions, signers) {
            Ok(receipt) => match receipt.body.failure.clone() {
                Some(failure) => (failure, receipt),
                None => panic!("the transaction succeeds\n{}", explain(&receipt)),
            },
            Err(rejection) => panic!("the transaction is rejected: {rejection}"),
        }
    }

    /// Sends what must fail in a call; gives the error.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn call_error(&mut self, instructions: &[Instruction], signers: &[&User]) -> CallError {
        match self.fail(instructions, signers) {
            (Failure::Call { error, .. }, _) => error,
            (other, receipt) => panic!("the transaction fails otherwise: {other}\n{}", explain(&receipt)),
        }
    }

    /// Sends what must fail with a program's error.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn program_error(&mut self, instructions: &[Instruction], signers: &[&User]) -> ProgramError {
        match self.call_error(instructions, signers) {
            CallError::Returned(code) => ProgramError::from(code),
            other => panic!("the transaction fails otherwise: {other}"),
        }
    }

    /// Sends the instruction without each of the rights that it asks for, one at a time: a declared program must refuse every time.
    /// `user` signs it; `payer`, where the user does not sign.
    ///
    /// # Panics
    /// If it runs, or fails otherwise.
    #[track_caller]
    pub fn demand_rights(&mut self, instruction: &Instruction, user: &User, payer: &User) {
        for position in 0..instruction.accounts.len() {
            let mut other = instruction.clone();
            let meta = &mut other.accounts[position];
            let (expected, signer) = match (meta.is_writable, meta.is_signer) {
                (true, _) => (ConstraintError::ConstraintMut, user),
                (false, true) => (ConstraintError::AccountNotSigner, payer),
                (false, false) => continue,
            };
            (meta.is_writable, meta.is_signer) = (false, false);
            assert_eq!(self.program_error(&[other], &[signer]), expected.into(), "account {position}");
        }
    }

    /// Sends what must be rejected.
    ///
    /// # Panics
    /// If it is not.
    #[track_caller]
    pub fn reject(&mut self, instructions: &[Instruction], signers: &[&User]) -> Rejection {
        match self.send(instructions, signers) {
            Ok(receipt) => panic!("the transaction runs\n{}", explain(&receipt)),
            Err(rejection) => rejection,
        }
    }

    /// The tokens at `address`.
    ///
    /// # Panics
    /// If there is no token account.
    #[must_use]
    #[track_caller]
    pub fn token_amount(&self, address: &Address) -> u64 {
        self.tokens(address)
    }
}

/// Every account of a runtime's store.
///
/// # Panics
/// If the store fails.
#[must_use]
pub fn accounts(runtime: &Runtime) -> Accounts {
    let mut accounts = Accounts::new();
    let visited = runtime.store().for_each(&mut |address, account| {
        accounts.insert(*address, Arc::clone(account));
    });
    visited.expect("the store can be read through");
    accounts
}

/// A receipt for people: the failure, the units, the logs.
#[must_use]
pub fn explain(receipt: &Receipt) -> String {
    let mut text = match &receipt.body.failure {
        None => "succeeded".to_owned(),
        Some(failure) => format!("failed: {failure}"),
    };
    let _ = write!(text, "\n{} units, fee {}", receipt.body.units_consumed, receipt.body.fee_lamports);
    for line in receipt.logs.lines() {
        let _ = write!(text, "\n    {line}");
    }
    text
}
