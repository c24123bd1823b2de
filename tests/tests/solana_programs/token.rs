//! SPL Token 9.

use super::harness;
use sealane_sdk::ids::token;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ProgramError};
use sealane_tests::{Harness, User};
use sealane_token::builders as tokens;
use sealane_token::instruction::CheckedAmount;
use sealane_token::state::{Mint, State, TokenAccount, load};
use solana_system_interface::instruction as system;

const DECIMALS: u8 = 6;

/// A mint of user 0's, and an account of it for each of users 1 and 2.
struct Bank {
    harness: Harness,
    authority: User,
    owners: [User; 2],
    mint: Address,
    accounts: [Address; 2],
}

impl Bank {
    fn new() -> Self {
        let mut harness = harness([]);
        let authority = Harness::user(0);
        let owners = [1, 2].map(Harness::user);
        let mint = Harness::user(100);
        let initialize = tokens::initialize_mint2(&mint.address, &authority.address, None, DECIMALS);
        create(&mut harness, &mint, Mint::SIZE_BYTES, initialize);
        let places = [101, 102].map(Harness::user);
        for (place, owner) in places.iter().zip(&owners) {
            let initialize = tokens::initialize_account3(&place.address, &mint.address, &owner.address);
            create(&mut harness, place, TokenAccount::SIZE_BYTES, initialize);
        }
        let accounts = places.map(|place| place.address);
        Self { harness, authority, owners, mint: mint.address, accounts }
    }

    fn amounts(&self) -> [u64; 2] {
        self.accounts.map(|account| self.harness.token_amount(&account))
    }

    fn supply(&self) -> u64 {
        load::<Mint>(&self.harness.data(&self.mint)).expect("a mint").supply()
    }
}

/// Creates an account at `place` for the token program and initializes it, paid by user 0.
#[track_caller]
fn create(harness: &mut Harness, place: &User, size_bytes: usize, initialize: Instruction) {
    let payer = Harness::user(0);
    let lamports = rent_exempt_minimum_lamports(size_bytes);
    let create =
        system::create_account(&payer.address, &place.address, lamports, size_bytes as u64, &token::ID);
    harness.succeed(&[create, initialize], &[&payer, place]);
}

#[test]
fn tokens_are_minted_sent_and_burned() {
    let mut bank = Bank::new();
    let [first, second] = bank.accounts;
    let (authority, owner) = (bank.authority.clone(), bank.owners[0].clone());
    let mint = tokens::mint_to(&bank.mint, &first, &authority.address, &[], 1_000_000);
    bank.harness.succeed(&[mint], &[&authority]);
    assert_eq!((bank.amounts(), bank.supply()), ([1_000_000, 0], 1_000_000));

    let transfer = tokens::transfer(&first, &second, &owner.address, &[], 300_001);
    bank.harness.succeed(&[transfer], &[&owner]);
    assert_eq!(bank.amounts(), [699_999, 300_001]);

    let checked = CheckedAmount { amount: 99_999, decimals: DECIMALS };
    let transfer = tokens::transfer_checked(&first, &bank.mint, &second, &owner.address, &[], checked);
    bank.harness.succeed(&[transfer], &[&owner]);
    assert_eq!(bank.amounts(), [600_000, 400_000]);

    let burn = tokens::burn(&first, &bank.mint, &owner.address, &[], 600_000);
    bank.harness.succeed(&[burn], &[&owner]);
    assert_eq!((bank.amounts(), bank.supply()), ([0, 400_000], 400_000));

    // The empty account's lamports go to its owner.
    let before = bank.harness.lamports(&owner.address);
    let close = tokens::close_account(&first, &owner.address, &owner.address, &[]);
    let receipt = bank.harness.succeed(&[close], &[&owner]);
    let rent = rent_exempt_minimum_lamports(TokenAccount::SIZE_BYTES);
    assert_eq!(bank.harness.lamports(&owner.address), before + rent - receipt.body.fee_lamports);
    assert!(bank.harness.account(&first).is_none());
}

#[test]
fn refusals_are_its_own_errors() {
    let mut bank = Bank::new();
    let [first, second] = bank.accounts;
    let (owner, stranger) = (bank.owners[0].clone(), bank.owners[1].clone());
    let too_much = tokens::transfer(&first, &second, &owner.address, &[], 1);
    let error = bank.harness.program_error(&[too_much], &[&owner]);
    assert_eq!(error, ProgramError::Custom(sealane_token::TokenError::InsufficientFunds as u32));
    let foreign = tokens::transfer(&first, &second, &stranger.address, &[], 0);
    let error = bank.harness.program_error(&[foreign], &[&stranger]);
    assert_eq!(error, ProgramError::Custom(sealane_token::TokenError::OwnerMismatch as u32));
    assert_eq!(bank.amounts(), [0, 0]);
}

/// What it says goes to the log; what it returns, to the caller. Its `usize` is four bytes long here, eight on Solana.
#[test]
fn it_logs_and_returns_data() {
    let mut bank = Bank::new();
    let payer = bank.authority.clone();
    let instruction = tokens::get_account_data_size(&bank.mint);
    let receipt = bank.harness.succeed(&[instruction], &[&payer]);
    let lines = receipt.logs.lines();
    assert!(lines.iter().any(|line| line == "Program log: Instruction: GetAccountDataSize"), "{lines:#?}");
    let size = u32::try_from(TokenAccount::SIZE_BYTES).expect("small").to_le_bytes();
    assert_eq!(receipt.body.return_data, Some((token::ID, size.to_vec())));
}
