//! Token accounts, mints, sysvars, and the constraints that only look: kept, and each broken. What calls other programs
//! (`init`, growth) takes a vm: `programs/vault/tests/` has it.
#![expect(missing_docs, missing_debug_implementations, reason = "the program is for this test alone")]

use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::prelude::*;
use sealane_sdk::{Account as Owned, bytemuck, ids};

declare_id!("Tokens1111111111111111111111111111111111111");

const OTHER_PROGRAM: Address = Address::new_from_array([77; 32]);

#[program(errors = TokenError)]
pub mod tokens {
    use super::*;

    pub fn look(context: Context<Look>) -> Result {
        let Look { mint, tokens, loose, .. } = &context.accounts;
        require!(tokens.amount()? == 5 && tokens.mint()? == *mint.address(), TokenError::Wrong);
        require!(tokens.authority()? == *context.accounts.owner.address(), TokenError::Wrong);
        require!(
            tokens.delegate()? == Some((key(9), 2)) && tokens.close_authority()?.is_none(),
            TokenError::Wrong
        );
        require!(!tokens.is_frozen()? && tokens.get()?.shared, TokenError::Wrong);
        require!(mint.supply()? == 100 && mint.decimals()? == 6, TokenError::Wrong);
        require!(mint.authority()? == Some(key(1)) && mint.freeze_authority()?.is_none(), TokenError::Wrong);
        if let Some(loose) = loose {
            require!(loose.amount()? == 5, TokenError::Wrong);
        }
        Ok(())
    }

    pub fn fill(context: Context<Fill>, number: u64) -> Result {
        context.accounts.fresh.load_mut()?.number = number;
        Ok(())
    }

    pub fn shrink(_context: Context<Shrink>, _size: u32) -> Result {
        Ok(())
    }
}

#[derive(Accounts)]
pub struct Look {
    pub owner: Signer,
    #[account(mint::decimals = 6, mint::authority = key(1))]
    pub mint: Mint,
    #[account(mut, token::mint = mint, token::authority = owner @ TokenError::NotYours)]
    pub tokens: TokenAccount,
    #[account(associated_token::mint = mint, associated_token::authority = owner)]
    pub associated: TokenAccount,
    #[account(token::mint = mint.key())]
    pub loose: Option<TokenAccount>,
    #[account(seeds = [b"foreign", owner.key().as_ref()], seeds::program = OTHER_PROGRAM, bump)]
    pub foreign: UncheckedAccount,
    #[account(rent_exempt = enforce)]
    pub exempt: UncheckedAccount,
    #[account(mint::freeze_authority = owner)]
    pub freezable: Mint,
    pub clock: Sysvar<Clock>,
    pub token_program: Program<Token>,
}

#[derive(Accounts)]
pub struct Fill {
    #[account(zero)]
    pub fresh: Account<Thing>,
}

#[derive(Accounts)]
#[instruction(size: u32)]
pub struct Shrink {
    #[account(mut)]
    pub payer: Signer,
    #[account(mut, owner = ID, realloc = size as usize, realloc::payer = payer, realloc::zero = true)]
    pub list: UncheckedAccount,
    pub system_program: Program<System>,
}

#[account]
pub struct Thing {
    pub number: u64,
}

#[error_code]
pub enum TokenError {
    #[msg("These are not yours.")]
    NotYours,
    #[msg("Something is wrong.")]
    Wrong,
}

const fn key(seed: u8) -> Address {
    Address::new_from_array([seed; 32])
}

const OWNER: Address = key(3);
const MINT: Address = key(4);

fn token_account() -> Owned {
    let mut data = vec![0; 165];
    data[..32].copy_from_slice(MINT.as_ref());
    data[32..64].copy_from_slice(OWNER.as_ref());
    data[64] = 5;
    data[72] = 1;
    data[76..108].copy_from_slice(key(9).as_ref());
    (data[108], data[121]) = (1, 2);
    Owned::with_data(ids::token::ID, data)
}

fn mint(freeze: Option<Address>) -> Owned {
    let mut data = vec![0; 82];
    data[0] = 1;
    data[4..36].copy_from_slice(key(1).as_ref());
    (data[36], data[44], data[45]) = (100, 6, 1);
    if let Some(freeze) = freeze {
        data[46] = 1;
        data[50..].copy_from_slice(freeze.as_ref());
    }
    Owned::with_data(ids::token::ID, data)
}

fn addresses() -> LookAddresses {
    LookAddresses { owner: OWNER, mint: MINT, tokens: key(5), loose: None, exempt: key(6), freezable: key(7) }
}

const NAMES: [&str; 10] = [
    "owner",
    "mint",
    "tokens",
    "associated",
    "loose",
    "foreign",
    "exempt",
    "freezable",
    "clock",
    "token_program",
];

/// A call of `look` that succeeds until it is changed.
struct Case(Vec<RegionAccount>);

impl Case {
    fn new() -> Self {
        let instruction = builders::look(&addresses());
        let accounts = instruction.accounts.iter().zip(NAMES).map(|(meta, name)| RegionAccount {
            address: meta.pubkey,
            account: match name {
                "mint" => mint(None),
                "freezable" => mint(Some(OWNER)),
                "tokens" | "associated" => token_account(),
                "exempt" => Owned::with_data(OTHER_PROGRAM, vec![1; 10]),
                _ => Owned::system(1),
            },
            signer: meta.is_signer,
            writable: meta.is_writable,
        });
        Self(accounts.collect())
    }

    fn account(&mut self, name: &str) -> &mut RegionAccount {
        let position = NAMES.iter().position(|each| *each == name);
        &mut self.0[position.expect("an account of that name")]
    }

    fn data(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.account(name).account.data
    }

    fn run(&self) -> (ProgramResult, Vec<String>) {
        Region::new(&ID, &self.0, &discriminators::LOOK).run_logged(process)
    }
}

/// Changes one thing about the good call: the account of this name is refused for this rule.
#[track_caller]
fn broken(account: &str, rule: &str, error: impl Into<ProgramError>, change: impl FnOnce(&mut Case)) {
    let mut case = Case::new();
    change(&mut case);
    let (result, log) = case.run();
    let line = format!("Error: look: account {account}: {rule}");
    assert_eq!((result, log.first()), (Err(error.into()), Some(&line)));
    assert!(
        log[1].starts_with(&format!("AnchorError caused by account: {account}. Error Code: ")),
        "{log:?}"
    );
}

#[test]
fn a_call_that_keeps_every_rule_succeeds() {
    assert_eq!(Case::new().run(), (Ok(()), Vec::new()));
    let mut with_loose = Case::new();
    *with_loose.account("loose") =
        RegionAccount { address: key(8), account: token_account(), signer: false, writable: false };
    assert_eq!(with_loose.run(), (Ok(()), Vec::new()));
}

#[test]
fn token_accounts_and_mints_are_what_they_say() {
    use ConstraintError as E;
    for name in ["tokens", "mint"] {
        broken(name, "is not made yet", E::AccountNotInitialized, |case| case.data(name).clear());
        broken(name, "must belong to the token program", E::AccountOwnedByWrongProgram, |case| {
            case.account(name).account.owner = OTHER_PROGRAM;
        });
    }
    broken("tokens", "is no token account", E::AccountDidNotDeserialize, |case| case.data("tokens").push(0));
    broken("tokens", "is no token account", E::AccountDidNotDeserialize, |case| {
        case.account("tokens").account = mint(None);
    });
    broken("mint", "is no mint", E::AccountDidNotDeserialize, |case| {
        case.account("mint").account = token_account();
    });
    let fresh = "is not initialized by the token program";
    broken("tokens", fresh, E::AccountNotInitialized, |case| case.data("tokens")[108] = 0);
    broken("mint", fresh, E::AccountNotInitialized, |case| case.data("mint")[45] = 0);
}

#[test]
fn token_constraints_are_checked() {
    use ConstraintError as E;
    broken("tokens", "token::mint = mint does not hold", E::ConstraintTokenMint, |case| {
        case.data("tokens")[0] ^= 1;
    });
    broken("tokens", "token::authority = owner does not hold", TokenError::NotYours, |case| {
        case.data("tokens")[32] ^= 1;
    });
    broken("tokens", "must be writable", E::ConstraintMut, |case| case.account("tokens").writable = false);
    broken("associated", "associated_token::mint = mint does not hold", E::ConstraintAssociated, |case| {
        case.account("associated").address = key(50)
    });
    broken(
        "associated",
        "associated_token::authority = owner does not hold",
        E::ConstraintTokenOwner,
        |case| case.data("associated")[32] ^= 1,
    );
    broken("mint", "mint::decimals = 6 does not hold", E::ConstraintMintDecimals, |case| {
        case.data("mint")[44] = 7;
    });
    broken("mint", "mint::authority = key(1) does not hold", E::ConstraintMintMintAuthority, |case| {
        case.data("mint")[4] ^= 1;
    });
    broken("mint", "mint::authority = key(1) does not hold", E::ConstraintMintMintAuthority, |case| {
        case.data("mint")[0] = 0;
    });
    broken(
        "freezable",
        "mint::freeze_authority = owner does not hold",
        E::ConstraintMintFreezeAuthority,
        |case| case.data("freezable")[46] = 0,
    );
    broken("loose", "token::mint = mint.key() does not hold", E::ConstraintTokenMint, |case| {
        let mut account = token_account();
        account.data[0] ^= 1;
        *case.account("loose") = RegionAccount { address: key(8), account, signer: false, writable: false };
    });
}

#[test]
fn other_constraints_are_checked() {
    use ConstraintError as E;
    let derived = "its address is not the one that its seeds derive";
    broken("foreign", derived, E::ConstraintSeeds, |case| case.account("foreign").address = key(50));
    broken("foreign", derived, E::ConstraintSeeds, |case| {
        let of_this_program = Address::find_program_address(&[b"foreign", OWNER.as_ref()], &ID).0;
        case.account("foreign").address = of_this_program;
    });
    broken("exempt", "rent_exempt = enforce does not hold", E::ConstraintRentExempt, |case| {
        case.account("exempt").account.lamports -= 1;
    });
    broken("clock", "must be the sysvar clock", E::AccountSysvarMismatch, |case| {
        case.account("clock").address = ids::rent::ID;
    });
}

#[test]
fn builders_derive_what_follows() {
    let instruction = builders::look(&addresses());
    let associated = Address::find_program_address(
        &[OWNER.as_ref(), ids::token::ID.as_ref(), MINT.as_ref()],
        &ids::associated_token::ID,
    );
    let foreign = Address::find_program_address(&[b"foreign", OWNER.as_ref()], &OTHER_PROGRAM);
    let keys: Vec<Address> = instruction.accounts.iter().map(|meta| meta.pubkey).collect();
    let last = [key(6), key(7), ids::clock::ID, ids::token::ID];
    assert_eq!(keys, [&[OWNER, MINT, key(5), associated.0, ID, foreign.0][..], &last].concat());
    assert_eq!(addresses().associated(), associated.0);
}

#[test]
fn the_description_says_how_they_are_derived() {
    let idl: serde_json::Value = serde_json::from_str(&idl().to_json()).expect("the description is JSON");
    let read: anchor_lang_idl_spec::Idl =
        serde_json::from_value(idl.clone()).expect("it has the specified form");
    assert_eq!(serde_json::to_value(&read).expect("the types write JSON"), idl);
    let accounts = &idl["instructions"][1]["accounts"];
    assert_eq!(
        accounts[3],
        serde_json::json!({ "name": "associated", "pda": {
            "seeds": [
                { "kind": "account", "path": "owner" },
                { "kind": "const", "value": ids::token::ID.to_bytes() },
                { "kind": "account", "path": "mint" },
            ],
            "program": { "kind": "const", "value": ids::associated_token::ID.to_bytes() },
        } })
    );
    assert_eq!(accounts[5]["pda"]["program"]["value"], serde_json::json!(OTHER_PROGRAM.to_bytes()));
    assert_eq!(accounts[8]["address"], ids::clock::ID.to_string());
}

fn item(seed: u8, account: Owned) -> RegionAccount {
    RegionAccount { address: key(seed), account, signer: false, writable: true }
}

#[test]
fn an_account_that_is_all_zero_is_filled() {
    let data = [&discriminators::FILL[..], &9_u64.to_le_bytes()].concat();
    let run = |account: RegionAccount| {
        let mut region = Region::new(&ID, &[account], &data);
        let (result, log) = region.run_logged(process);
        (result, log.into_iter().next().unwrap_or_default(), region.account(0).data)
    };
    let zeros = |size: usize| Owned::with_data(ID, vec![0; size]);
    let (result, _, data) = run(item(1, zeros(16)));
    let mut thing = Thing::zeroed();
    thing.number = 9;
    assert_eq!((result, data.as_slice()), (Ok(()), bytemuck::bytes_of(&thing)));
    let foreign = Owned::with_data(OTHER_PROGRAM, vec![0; 16]);
    let read_only = RegionAccount { writable: false, ..item(1, zeros(16)) };
    let filled = Owned::with_data(ID, bytemuck::bytes_of(&thing).to_vec());
    for (account, rule, error) in [
        (
            item(1, filled),
            "holds something already: `zero` fills an account that is all zero",
            ConstraintError::ConstraintZero,
        ),
        (
            item(1, zeros(17)),
            "has data of another size than its type",
            ConstraintError::AccountDidNotDeserialize,
        ),
        (item(1, zeros(0)), "is not made yet", ConstraintError::AccountNotInitialized),
        (item(1, foreign), "must belong to this program", ConstraintError::AccountOwnedByWrongProgram),
        (read_only, "must be writable", ConstraintError::ConstraintMut),
    ] {
        let (result, line, _) = run(account);
        assert_eq!((result, line), (Err(error.into()), format!("Error: fill: account fresh: {rule}")));
    }
}

#[test]
fn an_account_shrinks_and_what_that_frees_is_paid_back() {
    let payer = RegionAccount { signer: true, ..item(1, Owned::system(1)) };
    let list = item(2, Owned::with_data(ID, vec![7; 100]));
    let system = RegionAccount { address: Address::default(), writable: false, ..item(0, Owned::system(1)) };
    let run = |size: u32, list: &RegionAccount| {
        let data = [&discriminators::SHRINK[..], &size.to_le_bytes()].concat();
        let mut region = Region::new(&ID, &[payer.clone(), list.clone(), system.clone()], &data);
        let (result, log) = region.run_logged(process);
        (result, log.into_iter().next().unwrap_or_default(), region)
    };
    let (result, _, region) = run(40, &list);
    assert_eq!((result, region.account(1).data), (Ok(()), vec![7; 40]));
    assert_eq!(region.account(0).lamports, 1 + 60 * 6_960);
    assert_eq!(region.account(1).lamports, list.account.lamports - 60 * 6_960);

    let (result, line, _) = run(100 + 10 * 1024 + 1, &list);
    let rule = "would grow by more than 10 KiB: grow it in several instructions";
    assert_eq!(result, Err(ConstraintError::AccountReallocExceedsLimit.into()));
    assert_eq!(line, format!("Error: shrink: account list: {rule}"));
    let read_only = RegionAccount { writable: false, ..list };
    let (result, line, _) = run(40, &read_only);
    assert_eq!(result, Err(ConstraintError::ConstraintMut.into()));
    assert_eq!(line, "Error: shrink: account list: must be writable");
}
