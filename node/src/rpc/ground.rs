//! The ground that tests of the RPC stand on: a ledger in memory with funded users and a token, and what answers calls about it.
#![expect(clippy::needless_pass_by_value, reason = "cases are written in place")]

use super::Chain;
use super::error::RpcError;
use super::{BlockEvent, Rpc, Subscription};
use sealane_associated_token::builders as associated_token;
use sealane_runtime::explain::BlockObservation;
use sealane_runtime::ledger::store::key_value::MemoryTables;
use sealane_runtime::{Balances, Ledger, LedgerConfig, Observation, RuntimeConfig};
use sealane_sdk::Address;
use sealane_sdk::ids::token;
use sealane_sdk::instruction::{Hash, Instruction};
use sealane_tests::harness::Harness;
use sealane_tests::user::{MessageVersion, User, sign};
use sealane_token::builders as token_program;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use solana_system_interface::instruction::create_account;
use std::sync::Arc;

/// Decimals of the token.
pub(super) const DECIMALS: u8 = 6;
/// How much of the token user 0 gets.
pub(super) const MINTED: u64 = 2_500_000;

/// A ledger and what answers calls about it.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) rpc: Rpc,
    pub(super) chain: Chain,
}

impl Ground {
    /// The genesis block alone.
    pub(super) fn new() -> Self {
        let runtime = RuntimeConfig {
            workers: 2,
            balances: Balances::Record,
            observation: Observation::On,
            ..RuntimeConfig::default()
        };
        let config = LedgerConfig { runtime, ..LedgerConfig::default() };
        let ledger = Ledger::create_in(Arc::new(MemoryTables::default()), config, &Harness::genesis());
        let chain = Chain::new(ledger.expect("a ledger"));
        Self { rpc: Rpc::new(chain.clone()).expect("a thread"), chain }
    }

    /// With a token in block 1, and user 0's and user 1's accounts of it in block 2.
    pub(super) fn with_token() -> Self {
        let ground = Self::new();
        let (payer, mint) = (user(0), mint());
        let size_bytes = 82;
        let lamports = sealane_sdk::limits::rent_exempt_minimum_lamports(size_bytes);
        ground.block(&[ground.sign(
            &[
                create_account(&payer.address, &mint.address, lamports, size_bytes as u64, &token::ID),
                token_program::initialize_mint2(&mint.address, &payer.address, None, DECIMALS),
            ],
            &[&payer, &mint],
        )]);
        ground.block(&[ground.sign(
            &[
                associated_token::create(&payer.address, &payer.address, &mint.address, &token::ID),
                associated_token::create(&payer.address, &user(1).address, &mint.address, &token::ID),
                token_program::mint_to(&mint.address, &token_account(0), &payer.address, &[], MINTED),
            ],
            &[&payer],
        )]);
        ground
    }

    /// A legacy transaction on the newest blockhash, paid by the first signer.
    pub(super) fn sign(&self, instructions: &[Instruction], signers: &[&User]) -> Vec<u8> {
        self.sign_version(instructions, signers, MessageVersion::Legacy)
    }

    /// The same of a version.
    pub(super) fn sign_version(
        &self,
        instructions: &[Instruction],
        signers: &[&User],
        version: MessageVersion,
    ) -> Vec<u8> {
        sign(instructions, signers, self.blockhash(), version)
    }

    /// A block of these transactions; none may be rejected.
    pub(super) fn block(&self, transactions: &[Vec<u8>]) -> Arc<BlockEvent> {
        let rejected = self.chain.execute(transactions);
        assert!(rejected.is_empty(), "{rejected:?}");
        self.last_event()
    }

    /// The last block.
    pub(super) fn last_event(&self) -> Arc<BlockEvent> {
        self.chain.recent_blocks().last().cloned().expect("a block")
    }

    /// The newest blockhash.
    pub(super) fn blockhash(&self) -> Hash {
        self.chain.reader().last().hash
    }

    /// What a call gives.
    pub(super) fn call(&self, method: &str, params: Value) -> Result<Value, RpcError> {
        let answer = self.rpc.call(method, Some(&*raw(&params)))?;
        Ok(serde_json::from_str(answer.get()).expect("an answer is JSON"))
    }

    /// A subscription.
    pub(super) fn subscribe(&self, method: &str, params: Value) -> Result<Subscription, RpcError> {
        self.rpc.subscription(method, Some(&*raw(&params)))
    }

    /// Calls, and compares.
    #[track_caller]
    pub(super) fn check(&self, method: &str, params: Value, expected: Value) {
        let found = self.call(method, params.clone());
        let found = found.unwrap_or_else(|error| panic!("{method} {params}: {error:?}"));
        assert_eq!(found, expected, "{method} {params}:\n{found:#}\n{expected:#}");
    }

    /// Calls, and compares the value in its context of the last block.
    #[track_caller]
    pub(super) fn check_value(&self, method: &str, params: Value, expected: Value) {
        let slot = self.chain.reader().last().header.number;
        let context = serde_json::json!({ "apiVersion": super::context::API_VERSION, "slot": slot });
        self.check(method, params, serde_json::json!({ "context": context, "value": expected }));
    }

    /// Calls, and compares the error's code and a part of its message.
    #[track_caller]
    pub(super) fn check_error(&self, method: &str, params: Value, code: i64, text: &str) -> RpcError {
        let error = self.call(method, params.clone()).expect_err("an error");
        assert_eq!(error.code, code, "{method} {params}: {error:?}");
        assert!(error.message.contains(text), "{method} {params}: {error:?}");
        error
    }

    /// The last block's observation.
    pub(super) fn observation(&self) -> Arc<BlockObservation> {
        self.last_event().observation.clone().expect("the runtime observes")
    }
}

/// The user with this number; those below 8 have lamports.
pub(super) fn user(number: u64) -> User {
    Harness::user(number)
}

/// The token's mint.
pub(super) fn mint() -> User {
    user(1_000)
}

/// The associated token account of a user.
pub(super) fn token_account(number: u64) -> Address {
    associated_token::associated_token_address(&user(number).address, &mint().address, &token::ID)
}

/// A value as text that is JSON.
pub(super) fn raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).expect("a value can be written")
}
