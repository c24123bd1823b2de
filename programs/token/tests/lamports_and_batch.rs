//! The instructions that SPL Token's younger program has and its older one, the oracle of the other suite, has not:
//! UnwrapLamports, WithdrawExcessLamports and Batch.

use bytemuck::Zeroable;
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::instruction::Instruction;
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Account, Address, ProgramError};
use sealane_token::state::{AccountState, Mint, Multisig, OptionalAddress, TokenAccount, load};
use sealane_token::{TokenError, builders, native_mint};

const MINT: Address = named(1);
const SOURCE: Address = named(2);
const OTHER: Address = named(3);
const OWNER: Address = named(4);
const STRANGER: Address = named(5);
const MULTISIG: Address = named(6);
const PURSE: Address = named(7);
const RESERVE: u64 = rent_exempt_minimum_lamports(165);

const fn named(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

/// A token account of `OWNER` with 500 tokens; 500 lamports above its reserve.
fn token_account(mint: Address) -> Account {
    let mut state = TokenAccount::zeroed();
    state.mint = mint;
    state.owner = OWNER;
    state.set_amount(500);
    state.set_state(AccountState::Initialized);
    if mint == native_mint::ID {
        state.native_reserve.set(Some(RESERVE));
    }
    with_excess(bytemuck::bytes_of(&state))
}

fn mint(authority: Option<&Address>) -> Account {
    let mut state = Mint::zeroed();
    state.mint_authority.set(authority);
    state.set_supply(1_000);
    state.set_initialized();
    with_excess(bytemuck::bytes_of(&state))
}

fn multisig() -> Account {
    let mut state = Multisig::zeroed();
    state.required_count = 1;
    state.signer_count = 1;
    state.signers[0] = OWNER;
    state.set_initialized();
    with_excess(bytemuck::bytes_of(&state))
}

fn with_excess(data: &[u8]) -> Account {
    let mut account = Account::with_data(sealane_token::ID, data.to_vec());
    account.lamports += 500;
    account
}

type World = Vec<(Address, Account)>;

/// Runs an instruction; the world as it is afterwards.
fn run(instruction: &Instruction, world: &World) -> Result<World, ProgramError> {
    let find = |address: &Address| {
        world.iter().find(|item| item.0 == *address).map_or_else(Account::default, |item| item.1.clone())
    };
    // An account that is listed twice has the privileges of both places, as the runtime sees to.
    let signs =
        |address: &Address| instruction.accounts.iter().any(|meta| meta.pubkey == *address && meta.is_signer);
    let accounts: Vec<RegionAccount> = instruction
        .accounts
        .iter()
        .map(|meta| RegionAccount {
            address: meta.pubkey,
            account: find(&meta.pubkey),
            signer: signs(&meta.pubkey),
            writable: meta.is_writable,
        })
        .collect();
    let mut region = Region::new(&sealane_token::ID, &accounts, &instruction.data);
    region.run(sealane_token::process)?;
    Ok(accounts.iter().enumerate().map(|(index, item)| (item.address, region.account(index))).collect())
}

fn lamports(world: &World, address: Address) -> u64 {
    world.iter().find(|item| item.0 == address).unwrap().1.lamports
}

fn tokens(world: &World, address: Address) -> u64 {
    load::<TokenAccount>(&world.iter().find(|item| item.0 == address).unwrap().1.data).unwrap().amount()
}

fn custom(error: TokenError) -> Option<ProgramError> {
    Some(error.into())
}

#[test]
fn unwrapping_moves_lamports_and_tokens_together() {
    let world = vec![(SOURCE, token_account(native_mint::ID))];
    let unwrap = |amount| builders::unwrap_lamports(&SOURCE, &PURSE, &OWNER, &[], amount);
    for (amount, moved) in [(None, 500), (Some(500), 500), (Some(120), 120), (Some(0), 0)] {
        let after = run(&unwrap(amount), &world).unwrap();
        assert_eq!((tokens(&after, SOURCE), lamports(&after, PURSE)), (500 - moved, moved), "{amount:?}");
        assert_eq!(lamports(&after, SOURCE), RESERVE + 500 - moved);
    }
    // To itself, the tokens become lamports that SyncNative would find again.
    let after = run(&builders::unwrap_lamports(&SOURCE, &SOURCE, &OWNER, &[], Some(100)), &world).unwrap();
    assert_eq!((tokens(&after, SOURCE), lamports(&after, SOURCE)), (400, RESERVE + 500));

    assert_eq!(run(&unwrap(Some(501)), &world).err(), custom(TokenError::InsufficientFunds));
    let stranger = builders::unwrap_lamports(&SOURCE, &PURSE, &STRANGER, &[], None);
    assert_eq!(run(&stranger, &world).err(), custom(TokenError::OwnerMismatch));
    let plain = vec![(SOURCE, token_account(MINT))];
    assert_eq!(run(&unwrap(None), &plain).err(), custom(TokenError::NonNativeNotSupported));
    let mut foreign = world;
    foreign[0].1.owner = STRANGER;
    assert_eq!(run(&unwrap(Some(0)), &foreign).err(), Some(ProgramError::IncorrectProgramId));
}

#[test]
fn withdrawing_takes_what_is_above_the_reserve() {
    let withdraw = |source, authority, signers: &[Address]| {
        builders::withdraw_excess_lamports(&source, &PURSE, &authority, signers)
    };
    let good = [
        (SOURCE, token_account(MINT), withdraw(SOURCE, OWNER, &[])),
        (MINT, mint(Some(&OWNER)), withdraw(MINT, OWNER, &[])),
        (MINT, mint(None), withdraw(MINT, MINT, &[])),
        (MULTISIG, multisig(), withdraw(MULTISIG, MULTISIG, &[OWNER])),
    ];
    for (address, account, instruction) in good {
        let minimum = rent_exempt_minimum_lamports(account.data.len());
        let after = run(&instruction, &vec![(address, account)]).unwrap();
        assert_eq!((lamports(&after, address), lamports(&after, PURSE)), (minimum, 500));
    }
    let mut poor = token_account(MINT);
    poor.lamports = RESERVE - 1;
    let mut unsigned = withdraw(MINT, MINT, &[]);
    unsigned.accounts[2].is_signer = false;
    unsigned.accounts[0].is_signer = false;
    let bad = [
        (
            SOURCE,
            token_account(native_mint::ID),
            withdraw(SOURCE, OWNER, &[]),
            custom(TokenError::NativeNotSupported),
        ),
        (SOURCE, token_account(MINT), withdraw(SOURCE, STRANGER, &[]), custom(TokenError::OwnerMismatch)),
        (SOURCE, poor, withdraw(SOURCE, OWNER, &[]), custom(TokenError::NotRentExempt)),
        (
            SOURCE,
            Account::with_data(sealane_token::ID, vec![0; 9]),
            withdraw(SOURCE, OWNER, &[]),
            custom(TokenError::InvalidState),
        ),
        (MINT, mint(None), withdraw(MINT, OWNER, &[]), custom(TokenError::AuthorityTypeNotSupported)),
        (MINT, mint(None), unsigned, Some(ProgramError::MissingRequiredSignature)),
        (
            MULTISIG,
            multisig(),
            withdraw(MULTISIG, MULTISIG, &[STRANGER]),
            Some(ProgramError::MissingRequiredSignature),
        ),
    ];
    for (index, (address, account, instruction, expected)) in bad.into_iter().enumerate() {
        assert_eq!(run(&instruction, &vec![(address, account)]).err(), expected, "case {index}");
    }
}

#[test]
fn a_batch_runs_its_instructions_in_order() {
    let world = vec![(SOURCE, token_account(MINT)), (OTHER, token_account(MINT)), (MINT, mint(Some(&OWNER)))];
    let transfer = |amount| builders::transfer(&SOURCE, &OTHER, &OWNER, &[], amount);
    let batch = builders::batch(&[
        builders::mint_to(&MINT, &SOURCE, &OWNER, &[], 100),
        transfer(550),
        builders::approve(&OTHER, &STRANGER, &OWNER, &[], 7),
    ]);
    let after = run(&batch, &world).unwrap();
    assert_eq!((tokens(&after, SOURCE), tokens(&after, OTHER)), (50, 1_050));
    let other = after.iter().find(|item| item.0 == OTHER).unwrap();
    let delegate = load::<TokenAccount>(&other.1.data).unwrap().delegate;
    assert_eq!(delegate, OptionalAddress::some(STRANGER));

    let failing = builders::batch(&[transfer(500), transfer(1)]);
    assert_eq!(run(&failing, &world).err(), custom(TokenError::InsufficientFunds));
    let nested = builders::batch(&[builders::batch(&[transfer(1)])]);
    assert_eq!(run(&nested, &world).err(), custom(TokenError::InvalidInstruction));
}

#[test]
fn a_malformed_batch_is_refused() {
    let good = builders::batch(&[builders::transfer(&SOURCE, &OTHER, &OWNER, &[], 1)]);
    let invalid = || custom(TokenError::InvalidInstruction);
    let cases: [(&[u8], Option<ProgramError>); 6] = [
        (&[255], invalid()),
        (&[255, 0], invalid()),
        (&[255, 0, 0], invalid()),
        (&[255, 3, 9, 3, 0, 0], invalid()),
        (&[255, 9, 1, 17], Some(ProgramError::NotEnoughAccountKeys)),
        (&[255, 1, 9, 3, 1, 0, 0, 0, 0, 0, 0, 0], Some(ProgramError::NotEnoughAccountKeys)),
    ];
    let world = vec![(SOURCE, token_account(MINT)), (OTHER, token_account(MINT))];
    for (data, expected) in cases {
        let instruction = Instruction { data: data.to_vec(), ..good.clone() };
        assert_eq!(run(&instruction, &world).err(), expected, "{data:?}");
    }
}

/// In one call, tokens moved out of a foreign account and back in again would leave it as it was, and the ledger
/// would see nothing: batched instructions must look at the owner themselves.
#[test]
fn a_batch_refuses_foreign_accounts() {
    let mut foreign = token_account(MINT);
    foreign.owner = STRANGER;
    let [source, other, mint_view] = [&SOURCE, &OTHER, &MINT];
    let checked = sealane_token::instruction::CheckedAmount { amount: 1, decimals: 0 };
    let instructions = [
        builders::transfer(source, other, &OWNER, &[], 1),
        builders::transfer(other, source, &OWNER, &[], 1),
        builders::transfer_checked(source, mint_view, other, &OWNER, &[], checked),
        builders::transfer_checked(other, mint_view, source, &OWNER, &[], checked),
        builders::mint_to(mint_view, source, &OWNER, &[], 1),
        builders::burn(source, mint_view, &OWNER, &[], 1),
        builders::approve(source, other, &OWNER, &[], 1),
        builders::revoke(source, &OWNER, &[]),
        builders::close_account(source, &PURSE, &OWNER, &[]),
        builders::withdraw_excess_lamports(source, &PURSE, &OWNER, &[]),
        builders::unwrap_lamports(source, &PURSE, &OWNER, &[], None),
        builders::sync_native(source),
    ];
    let world = vec![(SOURCE, foreign), (OTHER, token_account(MINT)), (MINT, mint(Some(&OWNER)))];
    for instruction in instructions {
        let batch = builders::batch(std::slice::from_ref(&instruction));
        assert_eq!(run(&batch, &world).err(), Some(ProgramError::IncorrectProgramId), "{instruction:?}");
    }
}
