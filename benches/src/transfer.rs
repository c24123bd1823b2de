//! The `transfer` workload: users who send each other tokens of one mint.
//!
//! Every user owns a system account that pays fees and one token account. Senders are drawn evenly, receivers as the
//! contention says, so a hot account is one that everybody pays into.

use crate::contention::Chooser;
use crate::sign::User;
use crate::tokens::{self, INITIAL_LAMPORTS, INITIAL_TOKENS};
use crate::traffic::{Plan, Progress, Traffic, Turn, generate};
use crate::workload::{Labels, Workload, WorkloadOptions};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use sealane_runtime::RuntimeConfig;
use sealane_runtime::ledger::Genesis;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::{Account, Address, ids};
use std::sync::Arc;

/// Makes the workload: `accounts` counts the token accounts, one a user, at least 2. `progress` is told after each signed
/// transaction.
///
/// # Errors
/// If there are fewer than two accounts, a block would be empty, or the genesis cannot be loaded.
pub fn transfer(
    options: &WorkloadOptions,
    config: &RuntimeConfig,
    progress: Progress<'_>,
) -> anyhow::Result<Workload> {
    generate("transfer", &mut Transfers::new(options)?, options, config, progress)
}

/// The traffic. `accounts` of the options counts the token accounts, one a user.
#[derive(Debug)]
pub struct Transfers {
    seed: u64,
    users: Vec<Arc<User>>,
    token_accounts: Vec<Address>,
    receivers: Chooser,
}

impl Transfers {
    /// The traffic of these options.
    ///
    /// # Errors
    /// If there are fewer than two accounts.
    pub fn new(options: &WorkloadOptions) -> anyhow::Result<Self> {
        let &WorkloadOptions { accounts, seed, contention, .. } = options;
        anyhow::ensure!(accounts >= 2, "a transfer needs two accounts, --accounts gives {accounts}");
        Ok(Self {
            seed,
            users: User::crowd(seed, accounts),
            token_accounts: (0..accounts as u64)
                .map(|number| tokens::address(seed, "tokens", number))
                .collect(),
            receivers: Chooser::new(contention, accounts),
        })
    }
}

impl Traffic for Transfers {
    fn furnish(&self, genesis: &mut Genesis, labels: &mut Labels) {
        let mint = tokens::address(self.seed, "mint", 0);
        let supply = INITIAL_TOKENS * self.users.len() as u64;
        genesis.add_program(ids::token::ID, sealane_artifacts::TOKEN);
        genesis.accounts.push((mint, Account::with_data(ids::token::ID, tokens::mint_data(supply, None))));
        for (number, (user, token_account)) in self.users.iter().zip(&self.token_accounts).enumerate() {
            let data = tokens::account_data(&mint, &user.address, INITIAL_TOKENS);
            genesis.accounts.push((*token_account, Account::with_data(ids::token::ID, data)));
            genesis.accounts.push((user.address, Account::system(INITIAL_LAMPORTS)));
            labels.accounts.insert(user.address, format!("user {number}"));
            labels.accounts.insert(*token_account, format!("tokens of user {number}"));
        }
    }

    fn next(&mut self, turn: Turn, random: &mut ChaCha8Rng) -> Plan {
        let count = self.users.len();
        let receiver = self.receivers.choose(random);
        let sender = (receiver + random.random_range(1..count)) % count;
        let payer = Arc::clone(&self.users[sender]);
        // The amount makes every transaction, and so every signature, different from all others.
        let amount = turn.number + 1;
        let mut data = vec![3];
        data.extend_from_slice(&amount.to_le_bytes());
        let accounts = vec![
            AccountMeta::new(self.token_accounts[sender], false),
            AccountMeta::new(self.token_accounts[receiver], false),
            AccountMeta::new_readonly(payer.address, true),
        ];
        Plan { payer, instructions: vec![Instruction { program_id: ids::token::ID, accounts, data }] }
    }
}
