//! What can be seen without a vm: encoding and addresses, held against SPL's crate, and every check that comes before
//! the first nested call.

use sealane_associated_token::{AssociatedTokenInstruction, INVALID_OWNER, builders, process};
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, ProgramError, ProgramResult, ids};
use spl_associated_token_account_interface::{address, instruction as spl};
use spl_token_interface::state::{Account as TokenAccount, AccountState};

const PAYER: Address = named(1);
const WALLET: Address = named(2);
const MINT: Address = named(3);
const OTHER_MINT: Address = named(4);
const TOKEN: Address = ids::token::ID;

const fn named(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

#[test]
fn decoding() {
    use AssociatedTokenInstruction as I;
    let bad = Err(ProgramError::InvalidInstructionData);
    let cases: [(&[u8], _); 7] = [
        (&[], Ok(I::Create)),
        (&[0], Ok(I::Create)),
        (&[1], Ok(I::CreateIdempotent)),
        (&[2], Ok(I::RecoverNested)),
        (&[3], bad.clone()),
        (&[0, 0], bad.clone()),
        (&[255; 40], bad),
    ];
    for (data, expected) in cases {
        assert_eq!(I::decode(data), expected, "{data:?}");
    }
}

#[test]
fn builders_build_what_spl_builds() {
    let cases = [
        (
            builders::create(&PAYER, &WALLET, &MINT, &TOKEN),
            spl::create_associated_token_account(&PAYER, &WALLET, &MINT, &TOKEN),
        ),
        (
            builders::create_idempotent(&PAYER, &WALLET, &MINT, &TOKEN),
            spl::create_associated_token_account_idempotent(&PAYER, &WALLET, &MINT, &TOKEN),
        ),
        (
            builders::recover_nested(&WALLET, &MINT, &OTHER_MINT, &TOKEN),
            spl::recover_nested(&WALLET, &MINT, &OTHER_MINT, &TOKEN),
        ),
    ];
    for (ours, theirs) in cases {
        assert_eq!((ours.program_id, &ours.data), (theirs.program_id, &theirs.data));
        let ours = ours.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable));
        let theirs = theirs.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable));
        assert_eq!(ours.collect::<Vec<_>>(), theirs.collect::<Vec<_>>());
    }
    assert_eq!(
        builders::associated_token_address(&WALLET, &MINT, &TOKEN),
        address::get_associated_token_address(&WALLET, &MINT)
    );
}

fn token_account(owner: Address, mint: Address) -> Account {
    use spl_token_interface::state;
    let account =
        TokenAccount { mint, owner, amount: 7, state: AccountState::Initialized, ..TokenAccount::default() };
    let mut data = vec![0; 165];
    <state::Account as solana_program_pack::Pack>::pack(account, &mut data).unwrap();
    Account::with_data(TOKEN, data)
}

fn mint() -> Account {
    let mut data = vec![0; 82];
    data[45] = 1;
    Account::with_data(TOKEN, data)
}

/// Runs an instruction on accounts that are empty but for those in `present`.
fn run(instruction: &Instruction, present: &[(Address, Account)]) -> ProgramResult {
    let accounts: Vec<RegionAccount> = instruction
        .accounts
        .iter()
        .map(|meta| RegionAccount {
            address: meta.pubkey,
            account: present
                .iter()
                .find(|item| item.0 == meta.pubkey)
                .map_or_else(Account::default, |item| item.1.clone()),
            signer: meta.is_signer,
            writable: meta.is_writable,
        })
        .collect();
    Region::new(&sealane_associated_token::ID, &accounts, &instruction.data).run(process)
}

#[test]
fn create_checks_address_and_owner() {
    let idempotent = builders::create_idempotent(&PAYER, &WALLET, &MINT, &TOKEN);
    let account = idempotent.accounts[1].pubkey;
    let good = token_account(WALLET, MINT);
    let uninitialized = Account::with_data(TOKEN, vec![0; 165]);
    let mut extended = good.clone();
    extended.data.extend([2, 7, 0, 0, 0]);
    let mut mint_type = good.clone();
    mint_type.data.extend([1, 7, 0, 0, 0]);
    let cases = [
        (good.clone(), Ok(())),
        (extended, Ok(())),
        (mint_type, Err(ProgramError::IllegalOwner)),
        (token_account(PAYER, MINT), Err(INVALID_OWNER)),
        (token_account(WALLET, OTHER_MINT), Err(ProgramError::InvalidAccountData)),
        (uninitialized, Err(ProgramError::IllegalOwner)),
        (Account::with_data(PAYER, good.data.clone()), Err(ProgramError::IllegalOwner)),
    ];
    for (index, (state, expected)) in cases.into_iter().enumerate() {
        assert_eq!(run(&idempotent, &[(account, state)]), expected, "case {index}");
    }
    let create = builders::create(&PAYER, &WALLET, &MINT, &TOKEN);
    assert_eq!(run(&create, &[(account, good)]), Err(ProgramError::IllegalOwner));
    let mut elsewhere = create;
    elsewhere.accounts[1].pubkey = named(77);
    assert_eq!(run(&elsewhere, &[]), Err(ProgramError::InvalidSeeds));
    let mut other_program = builders::create(&PAYER, &WALLET, &MINT, &named(78));
    assert_eq!(run(&other_program, &[]), Err(ProgramError::IncorrectProgramId));
    other_program.accounts.truncate(5);
    assert_eq!(run(&other_program, &[]), Err(ProgramError::NotEnoughAccountKeys));
}

#[test]
fn recover_nested_checks_everything_before_it_calls() {
    let instruction = builders::recover_nested(&WALLET, &MINT, &OTHER_MINT, &TOKEN);
    let keys: Vec<Address> = instruction.accounts.iter().map(|meta| meta.pubkey).collect();
    let (nested, owner) = (keys[0], keys[3]);
    let present = |nested_state: Account, owner_state: Account, nested_mint: Account| {
        [(nested, nested_state), (owner, owner_state), (MINT, mint()), (OTHER_MINT, nested_mint)]
    };
    let good_nested = || token_account(owner, OTHER_MINT);
    let good_owner = || token_account(WALLET, MINT);
    let illegal = || Err(ProgramError::IllegalOwner);
    let cases = [
        (present(good_nested(), Account::default(), mint()), illegal()),
        (present(good_nested(), token_account(PAYER, MINT), mint()), Err(INVALID_OWNER)),
        (present(Account::default(), good_owner(), mint()), illegal()),
        (present(token_account(WALLET, OTHER_MINT), good_owner(), mint()), Err(INVALID_OWNER)),
        (present(good_nested(), good_owner(), Account::default()), illegal()),
        (
            present(good_nested(), good_owner(), Account::with_data(TOKEN, vec![0; 82])),
            Err(ProgramError::UninitializedAccount),
        ),
        (
            present(good_nested(), good_owner(), Account::with_data(TOKEN, vec![0; 81])),
            Err(ProgramError::InvalidAccountData),
        ),
    ];
    for (index, (present, expected)) in cases.into_iter().enumerate() {
        assert_eq!(run(&instruction, &present), expected, "case {index}");
    }
    for index in [0, 2, 3] {
        let mut elsewhere = instruction.clone();
        elsewhere.accounts[index].pubkey = named(77);
        assert_eq!(run(&elsewhere, &[]), Err(ProgramError::InvalidSeeds), "account {index}");
    }
    let mut unsigned = instruction.clone();
    unsigned.accounts[5].is_signer = false;
    assert_eq!(run(&unsigned, &[]), Err(ProgramError::MissingRequiredSignature));
    assert_eq!(run(&instruction, &[]), illegal());
}
