//! What the accounts of a transaction held before and after it, as a receipt keeps it for those who ask later: lamports of all keys,
//! and amounts of token accounts.
//!
//! Made on the worker (`execute/balances.rs`), if the runtime is told to record it; kept with the receipt, and not hashed: a node may
//! do without. Clients and explorers of Solana show balances of past transactions, and nothing else that a block holds tells them.
//!
//! ```text
//! record    count of keys (1 byte), for each key: lamports before (LEB128), what was added (zigzag, LEB128);
//!           then the token accounts, each: key index (1 byte), flags (1 byte), mint, owner, [amount before], [amount after] (LEB128)
//! flags     1: held before, 2: held after, 4: an account of the second token program
//! ```

use sealane_sdk::ids::token;
use sealane_sdk::{Account, Address};
use serde::{Deserialize, Serialize};

/// The second token program, whose accounts begin like the first one's.
pub const TOKEN_2022_ID: Address = Address::from_str_const("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

/// Whether receipts have the balances before and after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Balances {
    /// They have not.
    #[default]
    Omit,
    /// They have.
    Record,
}

/// The balances of one transaction, packed; empty if they were not recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceRecord(Vec<u8>);

/// The balances of one transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionBalances {
    /// Lamports of each key before the transaction, its fee not yet taken.
    pub lamports_before: Vec<u64>,
    /// Lamports of each key after it.
    pub lamports_after: Vec<u64>,
    /// The token accounts among the keys, before it.
    pub tokens_before: Vec<TokenBalance>,
    /// The token accounts among the keys, after it.
    pub tokens_after: Vec<TokenBalance>,
}

/// What a token account held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenBalance {
    /// Index among the transaction's keys.
    pub account_index: u8,
    /// The token program that owns the account.
    pub program: Address,
    /// Whose token it holds.
    pub mint: Address,
    /// Who may spend it.
    pub owner: Address,
    /// How much, in the smallest unit.
    pub amount: u64,
}

const HELD_BEFORE: u8 = 1;
const HELD_AFTER: u8 = 2;
const IS_TOKEN_2022: u8 = 4;

impl TokenBalance {
    /// What `account` holds, if it is an initialized token account.
    #[must_use]
    pub fn of(account_index: u8, account: &Account) -> Option<Self> {
        let Account { lamports, owner: program, data, .. } = account;
        let is_known = *program == token::ID || *program == TOKEN_2022_ID;
        if !is_known || *lamports == 0 {
            return None;
        }
        let HeldToken { mint, owner, amount } = HeldToken::of_data(data)?;
        Some(Self { account_index, program: *program, mint, owner, amount })
    }
}

/// The head of a token account's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldToken {
    /// Whose token it holds.
    pub mint: Address,
    /// Who may spend it.
    pub owner: Address,
    /// How much, in the smallest unit.
    pub amount: u64,
}

impl HeldToken {
    /// What stands in `data`, if that is an initialized token account's: 165 bytes (mint, owner, amount, …, state at 108), or more with
    /// a 2 behind them, which tells accounts with extensions from mints with extensions.
    #[must_use]
    pub fn of_data(data: &[u8]) -> Option<Self> {
        const SIZE_BYTES: usize = 165;
        const STATE_OFFSET: usize = 108;
        let is_account = match data.get(SIZE_BYTES) {
            None => data.len() == SIZE_BYTES,
            Some(kind) => *kind == 2,
        };
        if !is_account || !matches!(data.get(STATE_OFFSET), Some(1 | 2)) {
            return None;
        }
        let (mint, rest) = data.split_first_chunk::<32>()?;
        let (owner, rest) = rest.split_first_chunk::<32>()?;
        let amount = u64::from_le_bytes(*rest.first_chunk()?);
        Some(Self { mint: Address::new_from_array(*mint), owner: Address::new_from_array(*owner), amount })
    }
}

impl BalanceRecord {
    /// Whether nothing was recorded.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Packs balances: lamports of each key before and after, token accounts before and after, by ascending index.
    pub(crate) fn new(
        lamports: impl ExactSizeIterator<Item = (u64, u64)>,
        tokens_before: &[TokenBalance],
        tokens_after: &[TokenBalance],
    ) -> Self {
        let mut bytes = Vec::with_capacity(1 + lamports.len() * 8 + tokens_after.len() * 80);
        bytes.push(
            u8::try_from(lamports.len()).unwrap_or_else(|_| crate::bug!("a transaction has at most 64 keys")),
        );
        for (before, after) in lamports {
            push_number(&mut bytes, before);
            push_number(&mut bytes, zigzag(after.wrapping_sub(before).cast_signed()));
        }
        let mut after = tokens_after.iter().peekable();
        for before in tokens_before {
            while let Some(later) = after.next_if(|later| later.account_index < before.account_index) {
                push_token(&mut bytes, later, None, Some(later.amount));
            }
            let same = after.next_if(|later| TokenBalance { amount: before.amount, ..**later } == *before);
            push_token(&mut bytes, before, Some(before.amount), same.map(|later| later.amount));
        }
        after.for_each(|later| push_token(&mut bytes, later, None, Some(later.amount)));
        bytes.shrink_to_fit();
        Self(bytes)
    }

    /// The balances; `None` if they were not recorded, or the record was altered.
    #[must_use]
    pub fn unpack(&self) -> Option<TransactionBalances> {
        let mut rest = &*self.0;
        let mut balances = TransactionBalances::default();
        for _ in 0..byte(&mut rest)? {
            let before = number(&mut rest)?;
            let added = number(&mut rest)?;
            balances.lamports_before.push(before);
            balances.lamports_after.push(before.wrapping_add_signed(unzigzag(added)));
        }
        while !rest.is_empty() {
            let (account_index, flags) = (byte(&mut rest)?, byte(&mut rest)?);
            let program = if flags & IS_TOKEN_2022 == 0 { token::ID } else { TOKEN_2022_ID };
            let (mint, owner) = (address(&mut rest)?, address(&mut rest)?);
            let sides =
                [(HELD_BEFORE, &mut balances.tokens_before), (HELD_AFTER, &mut balances.tokens_after)];
            for (flag, side) in sides {
                if flags & flag != 0 {
                    let amount = number(&mut rest)?;
                    side.push(TokenBalance { account_index, program, mint, owner, amount });
                }
            }
        }
        Some(balances)
    }
}

fn push_token(bytes: &mut Vec<u8>, token: &TokenBalance, before: Option<u64>, after: Option<u64>) {
    let flag = |is_set: bool, flag: u8| if is_set { flag } else { 0 };
    let flags = flag(before.is_some(), HELD_BEFORE)
        | flag(after.is_some(), HELD_AFTER)
        | flag(token.program == TOKEN_2022_ID, IS_TOKEN_2022);
    bytes.extend_from_slice(&[token.account_index, flags]);
    bytes.extend_from_slice(token.mint.as_array());
    bytes.extend_from_slice(token.owner.as_array());
    before.into_iter().chain(after).for_each(|amount| push_number(bytes, amount));
}

const fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)).cast_unsigned()
}

const fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

fn push_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

fn byte(rest: &mut &[u8]) -> Option<u8> {
    let (first, behind) = rest.split_first()?;
    *rest = behind;
    Some(*first)
}

fn address(rest: &mut &[u8]) -> Option<Address> {
    let (address, behind) = rest.split_first_chunk::<32>()?;
    *rest = behind;
    Some(Address::new_from_array(*address))
}

fn number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let byte = byte(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tokens() -> impl Strategy<Value = Vec<TokenBalance>> {
        let token = (0..6_u8, any::<bool>(), 0..3_u8, 0..3_u8, any::<u64>());
        prop::collection::vec(token, 0..6).prop_map(|tokens| {
            let mut tokens: Vec<_> = tokens
                .into_iter()
                .map(|(account_index, is_second, mint, owner, amount)| TokenBalance {
                    account_index,
                    program: if is_second { TOKEN_2022_ID } else { token::ID },
                    mint: Address::new_from_array([mint; 32]),
                    owner: Address::new_from_array([owner; 32]),
                    amount,
                })
                .collect();
            tokens.sort_by_key(|token| token.account_index);
            tokens.dedup_by_key(|token| token.account_index);
            tokens
        })
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_again(
            lamports in prop::collection::vec(any::<(u64, u64)>(), 1..64),
            before in tokens(),
            after in tokens(),
        ) {
            let record = BalanceRecord::new(lamports.iter().copied(), &before, &after);
            let (lamports_before, lamports_after) = lamports.into_iter().unzip();
            let expected =
                TransactionBalances { lamports_before, lamports_after, tokens_before: before, tokens_after: after };
            prop_assert_eq!(record.unpack(), Some(expected));
        }

        #[test]
        fn altered_records_are_read_without_a_panic(bytes in any::<Vec<u8>>()) {
            let _ = BalanceRecord(bytes).unpack();
        }
    }

    #[test]
    fn nothing_recorded_is_nothing_and_takes_no_room() {
        assert_eq!(BalanceRecord::default().unpack(), None);
        assert!(BalanceRecord::default().is_empty());
        // Two users and a program: what most transactions name.
        let record = BalanceRecord::new([(5_000_000, 4_994_000), (0, 1_000), (1, 1)].into_iter(), &[], &[]);
        assert!(record.0.len() <= 16, "{} bytes", record.0.len());
    }

    #[test]
    fn token_accounts_are_told_from_mints_and_from_rooms_for_them() {
        let mut data = vec![0; 165];
        assert_eq!(HeldToken::of_data(&data), None, "not initialized");
        data[108] = 1;
        data[64] = 9;
        assert_eq!(HeldToken::of_data(&data).map(|held| held.amount), Some(9));
        data[108] = 2;
        assert!(HeldToken::of_data(&data).is_some(), "frozen");
        data.push(1);
        assert_eq!(HeldToken::of_data(&data), None, "a mint with extensions");
        data[165] = 2;
        assert!(HeldToken::of_data(&data).is_some(), "an account with extensions");
        assert_eq!(HeldToken::of_data(&data[..82]), None, "a mint");
    }
}
