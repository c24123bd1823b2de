//! Balances of a transaction's accounts, noted by the worker before and after it runs.

use crate::balances::{BalanceRecord, TokenBalance};
use sealane_vm::AccountTable;

/// Notes the balances of one transaction after another.
#[derive(Debug, Default)]
pub(super) struct BalanceRecorder {
    tokens_before: Vec<TokenBalance>,
    tokens_after: Vec<TokenBalance>,
}

impl BalanceRecorder {
    /// Before the transaction: its accounts are in the table.
    pub(super) fn begin(&mut self, accounts: &AccountTable<'_>) {
        note_tokens(accounts, &mut self.tokens_before);
    }

    /// After it: what it did is kept or rolled back.
    pub(super) fn end(&mut self, accounts: &AccountTable<'_>) -> BalanceRecord {
        note_tokens(accounts, &mut self.tokens_after);
        let lamports = accounts.entries().iter().enumerate();
        let lamports =
            lamports.map(|(index, entry)| (entry.lamports_before, accounts.account(index).lamports));
        BalanceRecord::new(lamports, &self.tokens_before, &self.tokens_after)
    }
}

fn note_tokens(accounts: &AccountTable<'_>, tokens: &mut Vec<TokenBalance>) {
    tokens.clear();
    let indices = 0..u8::try_from(accounts.len()).unwrap_or(u8::MAX);
    tokens.extend(indices.filter_map(|index| TokenBalance::of(index, accounts.account(usize::from(index)))));
}
