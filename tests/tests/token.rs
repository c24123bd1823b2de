//! The token program from end to end: the real WebAssembly module, through the runtime, as a client uses it.

use sealane_sdk::ids::token;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_tests::{Harness, User};
use sealane_token::TokenError;
use sealane_token::builders as tokens;
use sealane_token::instruction::{AuthorityType, CheckedAmount};
use sealane_token::state::{Mint, Multisig, State, TokenAccount, load};
use solana_system_interface::instruction as system;

const DECIMALS: u8 = 6;
/// Numbers of the key pairs that mint, accounts and multisig live at.
const PLACES_FROM: u64 = 100;

/// A mint of user 0's; users 1 and 2 each have an account of it.
struct Bank {
    harness: Harness,
    authority: User,
    owners: [User; 2],
    mint: User,
    accounts: [User; 2],
}

impl Bank {
    fn new() -> Self {
        let mut bank = Self {
            harness: Harness::new(),
            authority: Harness::user(0),
            owners: [1, 2].map(Harness::user),
            mint: Harness::user(PLACES_FROM),
            accounts: [1, 2].map(|number| Harness::user(PLACES_FROM + number)),
        };
        let (authority, mint) = (bank.authority.address, bank.mint.address);
        let initialize = tokens::initialize_mint2(&mint, &authority, Some(&authority), DECIMALS);
        bank.create(&bank.mint.clone(), Mint::SIZE_BYTES, 0, initialize);
        for (account, owner) in bank.accounts.clone().iter().zip(bank.owners.clone()) {
            let initialize = tokens::initialize_account3(&account.address, &mint, &owner.address);
            bank.create(account, TokenAccount::SIZE_BYTES, 0, initialize);
        }
        bank
    }

    /// Creates an account with `extra` lamports above the minimum, and initializes it.
    #[track_caller]
    fn create(&mut self, account: &User, size_bytes: usize, extra: u64, initialize: Instruction) {
        let lamports = rent_exempt_minimum_lamports(size_bytes) + extra;
        let payer = &self.authority;
        let create =
            system::create_account(&payer.address, &account.address, lamports, size_bytes as u64, &token::ID);
        self.harness.succeed(&[create, initialize], &[payer, account]);
    }

    /// Sends one instruction, paid by user 0.
    #[track_caller]
    fn send(&mut self, instruction: Instruction, signer: &User) {
        self.harness.succeed(&[instruction], &[&self.authority, signer]);
    }

    #[track_caller]
    fn error(&mut self, instruction: Instruction, signer: &User) -> ProgramError {
        self.harness.program_error(&[instruction], &[&self.authority, signer])
    }

    fn mint_to(&mut self, index: usize, amount: u64) {
        let authority = self.authority.clone();
        let mint_to = tokens::mint_to(
            &self.mint.address,
            &self.accounts[index].address,
            &authority.address,
            &[],
            amount,
        );
        self.send(mint_to, &authority);
    }

    /// An account of the first owner's for a mint that cannot freeze.
    fn account_of_another_mint(&mut self) -> Address {
        let (mint, account) = (other_mint(), Harness::user(PLACES_FROM + 31));
        let initialize = tokens::initialize_mint2(&mint.address, &self.authority.address, None, 0);
        self.create(&mint, Mint::SIZE_BYTES, 0, initialize);
        let initialize =
            tokens::initialize_account3(&account.address, &mint.address, &self.owners[0].address);
        self.create(&account, TokenAccount::SIZE_BYTES, 0, initialize);
        account.address
    }

    fn token_account(&self, address: &Address) -> TokenAccount {
        *load::<TokenAccount>(&self.harness.data(address)).expect("a token account")
    }

    fn balances(&self) -> [u64; 2] {
        self.accounts.each_ref().map(|account| self.token_account(&account.address).amount())
    }

    fn supply(&self) -> u64 {
        load::<Mint>(&self.harness.data(&self.mint.address)).expect("a mint").supply()
    }
}

#[test]
fn tokens_are_minted_moved_and_burned() {
    let mut bank = Bank::new();
    bank.mint_to(0, 1_000);
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let (owner, mint) = (bank.owners[0].clone(), bank.mint.address);
    let checked = |amount| CheckedAmount { amount, decimals: DECIMALS };
    let steps = [
        (tokens::transfer(&source, &destination, &owner.address, &[], 300), [700, 300], 1_000),
        (
            tokens::transfer_checked(&source, &mint, &destination, &owner.address, &[], checked(50)),
            [650, 350],
            1_000,
        ),
        (tokens::transfer(&source, &source, &owner.address, &[], 650), [650, 350], 1_000),
        (tokens::burn(&source, &mint, &owner.address, &[], 50), [600, 350], 950),
        (tokens::burn_checked(&source, &mint, &owner.address, &[], checked(100)), [500, 350], 850),
        (tokens::transfer(&source, &destination, &owner.address, &[], 0), [500, 350], 850),
        (tokens::transfer(&source, &destination, &owner.address, &[], 500), [0, 850], 850),
    ];
    for (index, (instruction, balances, supply)) in steps.into_iter().enumerate() {
        bank.send(instruction, &owner);
        assert_eq!((bank.balances(), bank.supply()), (balances, supply), "step {index}");
    }
}

/// What is sent, by whom, and the error it must end with.
type Case<'u> = (&'static str, Instruction, &'u User, ProgramError);

#[track_caller]
fn check_errors<'u>(bank: &mut Bank, cases: impl IntoIterator<Item = Case<'u>>) {
    let before = (bank.balances(), bank.supply());
    for (name, instruction, signer, expected) in cases {
        assert_eq!(bank.error(instruction, signer), expected, "{name}");
    }
    assert_eq!((bank.balances(), bank.supply()), before, "nothing came of any of it");
}

#[test]
fn bad_transfers_fail_as_in_spl_token() {
    use tokens::{transfer, transfer_checked};
    let mut bank = Bank::new();
    bank.mint_to(0, 100);
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let [owner, stranger] = bank.owners.clone();
    let (mint, other) = (bank.mint.address, bank.account_of_another_mint());
    let wrong_decimals = CheckedAmount { amount: 1, decimals: DECIMALS + 1 };
    let by_stranger = transfer(&source, &destination, &stranger.address, &[], 1);
    let checked = transfer_checked(&source, &mint, &destination, &owner.address, &[], wrong_decimals);
    let to = |destination, amount| transfer(&source, destination, &owner.address, &[], amount);
    let cases = [
        ("too many", to(&destination, 101), &owner, TokenError::InsufficientFunds.into()),
        ("not the owner", by_stranger, &stranger, TokenError::OwnerMismatch.into()),
        ("another mint", to(&other, 1), &owner, TokenError::MintMismatch.into()),
        ("wrong decimals", checked, &owner, TokenError::MintDecimalsMismatch.into()),
    ];
    check_errors(&mut bank, cases);
}

#[test]
fn bad_management_fails_as_in_spl_token() {
    let mut bank = Bank::new();
    bank.mint_to(0, 100);
    let account = bank.accounts[0].address;
    let ([owner, stranger], authority) = (bank.owners.clone(), bank.authority.clone());
    let (mint, other) = (bank.mint.address, bank.account_of_another_mint());
    let mint_to = |by: &User, amount| tokens::mint_to(&mint, &account, &by.address, &[], amount);
    let close = tokens::close_account(&account, &owner.address, &owner.address, &[]);
    let mut initialize = tokens::initialize_account3(&account, &mint, &owner.address);
    initialize.accounts.push(AccountMeta::new_readonly(owner.address, true));
    let freeze = tokens::freeze_account(&other, &other_mint().address, &authority.address, &[]);
    let unknown = Instruction {
        program_id: token::ID,
        accounts: vec![AccountMeta::new_readonly(owner.address, true)],
        data: vec![200],
    };
    let short = Instruction { data: vec![3, 1, 0, 0, 0, 0, 0, 0, 0], ..unknown.clone() };
    let cases = [
        ("minted by a stranger", mint_to(&stranger, 1), &stranger, TokenError::OwnerMismatch.into()),
        ("more than there can be", mint_to(&authority, u64::MAX), &authority, TokenError::Overflow.into()),
        ("closed with tokens", close, &owner, TokenError::NonNativeHasBalance.into()),
        ("initialized twice", initialize, &owner, TokenError::AlreadyInUse.into()),
        ("nobody may freeze", freeze, &authority, TokenError::MintCannotFreeze.into()),
        ("no instruction", unknown, &owner, TokenError::InvalidInstruction.into()),
        ("too few accounts", short, &owner, ProgramError::NotEnoughAccountKeys),
    ];
    check_errors(&mut bank, cases);
}

/// Where the other mint is.
fn other_mint() -> User {
    Harness::user(PLACES_FROM + 30)
}

#[test]
fn a_missing_signature_is_missed() {
    let mut bank = Bank::new();
    bank.mint_to(0, 100);
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let mut transfer = tokens::transfer(&source, &destination, &bank.owners[0].address, &[], 1);
    transfer.accounts[2].is_signer = false;
    let payer = bank.authority.clone();
    let error = bank.harness.program_error(&[transfer], &[&payer]);
    assert_eq!(error, ProgramError::MissingRequiredSignature);
}

#[test]
fn a_delegate_moves_what_it_may() {
    let mut bank = Bank::new();
    bank.mint_to(0, 100);
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let (owner, delegate) = (bank.owners[0].clone(), Harness::user(3));
    let transfer = |amount| tokens::transfer(&source, &destination, &delegate.address, &[], amount);
    assert_eq!(bank.error(transfer(1), &delegate), TokenError::OwnerMismatch.into(), "not yet");
    bank.send(tokens::approve(&source, &delegate.address, &owner.address, &[], 60), &owner);
    bank.send(transfer(40), &delegate);
    assert_eq!(bank.token_account(&source).delegated_amount(), 20);
    assert_eq!(bank.error(transfer(21), &delegate), TokenError::InsufficientFunds.into());
    bank.send(transfer(20), &delegate);
    assert_eq!(bank.token_account(&source).delegate.get(), None, "used up");
    assert_eq!(bank.error(transfer(1), &delegate), TokenError::OwnerMismatch.into());
    bank.send(tokens::approve(&source, &delegate.address, &owner.address, &[], 60), &owner);
    bank.send(tokens::revoke(&source, &owner.address, &[]), &owner);
    assert_eq!(bank.error(transfer(1), &delegate), TokenError::OwnerMismatch.into(), "no longer");
    assert_eq!(bank.balances(), [40, 60]);
}

#[test]
fn a_frozen_account_stays_as_it_is() {
    let mut bank = Bank::new();
    bank.mint_to(0, 100);
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let (owner, authority, mint) = (bank.owners[0].clone(), bank.authority.clone(), bank.mint.address);
    let transfer = || tokens::transfer(&source, &destination, &owner.address, &[], 10);
    bank.send(tokens::freeze_account(&source, &mint, &authority.address, &[]), &authority);
    assert!(bank.token_account(&source).is_frozen());
    assert_eq!(bank.error(transfer(), &owner), TokenError::AccountFrozen.into());
    let burn = tokens::burn(&source, &mint, &owner.address, &[], 1);
    assert_eq!(bank.error(burn, &owner), TokenError::AccountFrozen.into());
    bank.send(tokens::thaw_account(&source, &mint, &authority.address, &[]), &authority);
    bank.send(transfer(), &owner);
    assert_eq!(bank.balances(), [90, 10]);
}

#[test]
fn a_multisig_needs_its_signatures() {
    let mut bank = Bank::new();
    let multisig = Harness::user(PLACES_FROM + 9);
    let members = [3, 4, 5].map(Harness::user);
    let addresses = members.each_ref().map(|member| member.address);
    let initialize = tokens::initialize_multisig2(&multisig.address, &addresses, 2);
    bank.create(&multisig, Multisig::SIZE_BYTES, 0, initialize);
    bank.mint_to(0, 100);
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let owner = bank.owners[0].clone();
    let hand_over = tokens::set_authority(
        &source,
        Some(&multisig.address),
        AuthorityType::AccountOwner,
        &owner.address,
        &[],
    );
    bank.send(hand_over, &owner);
    let transfer =
        |signers: &[Address]| tokens::transfer(&source, &destination, &multisig.address, signers, 5);

    let payer = bank.authority.clone();
    let one = bank.harness.program_error(&[transfer(&addresses[..1])], &[&payer, &members[0]]);
    assert_eq!(one, ProgramError::MissingRequiredSignature, "one of two");
    let stranger = [addresses[0], owner.address];
    let with_stranger = bank.harness.program_error(&[transfer(&stranger)], &[&payer, &members[0], &owner]);
    assert_eq!(with_stranger, ProgramError::MissingRequiredSignature, "one of two and a stranger");
    bank.harness.succeed(&[transfer(&addresses[1..])], &[&payer, &members[1], &members[2]]);
    assert_eq!(bank.balances(), [95, 5]);
}

#[test]
fn authorities_are_handed_on_and_given_up() {
    let mut bank = Bank::new();
    let (authority, next, mint) = (bank.authority.clone(), Harness::user(3), bank.mint.address);
    let account = bank.accounts[0].address;
    let set = |new: Option<&Address>, old: &User| {
        tokens::set_authority(&mint, new, AuthorityType::MintTokens, &old.address, &[])
    };
    bank.send(set(Some(&next.address), &authority), &authority);
    let mint_to = |by: &User| tokens::mint_to(&mint, &account, &by.address, &[], 5);
    assert_eq!(bank.error(mint_to(&authority), &authority), TokenError::OwnerMismatch.into());
    bank.send(mint_to(&next), &next);
    bank.send(set(None, &next), &next);
    assert_eq!(bank.error(mint_to(&next), &next), TokenError::FixedSupply.into());
    assert_eq!(bank.error(set(Some(&next.address), &next), &next), TokenError::FixedSupply.into());
    assert_eq!(bank.supply(), 5);
}

#[test]
fn an_empty_account_is_closed() {
    let mut bank = Bank::new();
    let (account, owner) = (bank.accounts[0].address, bank.owners[0].clone());
    let receiver = Harness::user(6).address;
    let (held, before) = (bank.harness.lamports(&account), bank.harness.lamports(&receiver));
    bank.send(tokens::close_account(&account, &receiver, &owner.address, &[]), &owner);
    assert_eq!(bank.harness.account(&account), None, "it is gone");
    assert_eq!(bank.harness.lamports(&receiver), before + held);
}

#[test]
fn lamports_are_wrapped_and_unwrapped() {
    let native_mint = sealane_token::native_mint::ID;
    let mut bank = Bank::new();
    bank.harness = Harness::with_accounts([(
        native_mint,
        Account::with_data(token::ID, sealane_tests::generators::mint_account(&Address::default(), 0)),
    )]);
    let (wrapped, owner, payer) =
        (Harness::user(PLACES_FROM + 20), bank.owners[0].clone(), bank.authority.clone());
    let initialize = tokens::initialize_account3(&wrapped.address, &native_mint, &owner.address);
    bank.create(&wrapped, TokenAccount::SIZE_BYTES, 500, initialize);
    let amount = |bank: &Bank| bank.token_account(&wrapped.address).amount();
    assert_eq!(amount(&bank), 500, "what is above the minimum is wrapped");
    bank.harness.succeed(&[system::transfer(&payer.address, &wrapped.address, 250)], &[&payer]);
    assert_eq!(amount(&bank), 500, "not seen yet");
    bank.harness.succeed(&[tokens::sync_native(&wrapped.address)], &[&payer]);
    assert_eq!(amount(&bank), 750);
    let before = bank.harness.lamports(&owner.address);
    let close = tokens::close_account(&wrapped.address, &owner.address, &owner.address, &[]);
    bank.send(close, &owner);
    let minimum = rent_exempt_minimum_lamports(TokenAccount::SIZE_BYTES);
    assert_eq!(bank.harness.lamports(&owner.address), before + minimum + 750);
}

/// What a transaction does in its first instruction, its second one sees; and if it fails, neither happened.
#[test]
fn instructions_of_a_transaction_stand_or_fall_together() {
    let mut bank = Bank::new();
    let [source, destination] = bank.accounts.each_ref().map(|account| account.address);
    let (owner, authority, mint) = (bank.owners[0].clone(), bank.authority.clone(), bank.mint.address);
    let mint_to = tokens::mint_to(&mint, &source, &authority.address, &[], 10);
    let transfer = |amount| tokens::transfer(&source, &destination, &owner.address, &[], amount);
    let error = bank.harness.program_error(&[mint_to.clone(), transfer(11)], &[&authority, &owner]);
    assert_eq!(error, TokenError::InsufficientFunds.into());
    assert_eq!((bank.balances(), bank.supply()), ([0, 0], 0));
    bank.harness.succeed(&[mint_to, transfer(10)], &[&authority, &owner]);
    assert_eq!((bank.balances(), bank.supply()), ([0, 10], 10));
}
