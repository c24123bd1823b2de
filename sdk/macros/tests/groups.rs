//! Groups of accounts: fields that are structs with `#[derive(Accounts)]` of their own, in the program, in what it refuses with,
//! in builders and in the description.
#![expect(missing_docs, missing_debug_implementations, reason = "the program is for this test alone")]

use anchor_lang_idl_spec::Idl;
use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::prelude::*;
use sealane_sdk::{Account as Owned, bytemuck};
use serde_json::{Value, json};

declare_id!("Groups1111111111111111111111111111111111111");

#[program]
pub mod groups {
    use super::*;

    pub fn trade(context: Context<Trade>, id: u16, amount: u64) -> Result<u64> {
        let Trade { maker, taker, fees, .. } = &context.accounts;
        maker.purse.load_mut()?.amount -= amount;
        taker.purse.load_mut()?.amount += amount;
        fees.purse.load_mut()?.amount += 1;
        require!(context.bumps.maker.derived == context.bumps.taker.derived);
        require!(context.bumps.sides == SidesBumps { inner: () });
        Ok(u64::from(id) + context.remaining_accounts.len() as u64)
    }

    pub fn leave(context: Context<Leave>) -> Result {
        let Leave { pair: Pair { one, other }, .. } = &context.accounts;
        require!(one.closed.address() != other.closed.address());
        Ok(())
    }
}

/// Who trades.
#[derive(Accounts)]
#[instruction(id: u16)]
pub struct Side {
    pub owner: Signer,
    /// Holds money.
    #[account(mut, has_one = owner)]
    pub purse: Account<Purse>,
    #[account(seeds = [b"side", id], bump)]
    pub derived: UncheckedAccount,
}

#[derive(Accounts)]
#[instruction(id: u16, amount: u64)]
pub struct Trade {
    pub maker: Side,
    /// Who comes later.
    pub taker: Side,
    #[account(constraint = amount > 0)]
    pub witness: UncheckedAccount,
    pub fees: Fees,
    pub sides: Sides,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct Fees {
    #[account(mut)]
    pub purse: Account<Purse>,
}

#[derive(Accounts)]
pub struct Sides {
    pub inner: Inner,
}

#[derive(Accounts)]
pub struct Inner {
    #[account(signer)]
    pub deep: UncheckedAccount,
}

#[derive(Accounts)]
pub struct Leave {
    #[account(mut)]
    pub closed: Account<Purse>,
    pub pair: Pair,
}

#[derive(Accounts)]
pub struct Pair {
    pub one: Closing,
    pub other: Closing,
}

#[derive(Accounts)]
pub struct Closing {
    #[account(mut, close = owner)]
    pub closed: Account<Purse>,
    #[account(mut)]
    pub owner: UncheckedAccount,
}

#[account]
pub struct Purse {
    pub owner: Address,
    pub amount: u64,
}

const fn key(seed: u8) -> Address {
    Address::new_from_array([seed; 32])
}

fn purse(owner: Address, amount: u64) -> Owned {
    let mut purse = Purse::zeroed();
    (purse.owner, purse.amount) = (owner, amount);
    Owned::with_data(ID, bytemuck::bytes_of(&purse).to_vec())
}

fn addresses() -> TradeAddresses {
    let side = |seed: u8| SideAddresses { owner: key(seed), purse: key(seed + 1) };
    TradeAddresses {
        maker: side(1),
        taker: side(11),
        witness: key(21),
        fees: FeesAddresses { purse: key(22) },
        sides: SidesAddresses { inner: InnerAddresses { deep: key(23) } },
    }
}

/// The call that the builder makes, on accounts as the builder lists them.
fn call(change: impl FnOnce(&mut Vec<RegionAccount>)) -> (Region, ProgramResult, Vec<String>) {
    let instruction = builders::trade(&addresses(), 7, 5);
    let account = |address: &Address| match address {
        address if *address == key(2) || *address == key(22) => purse(key(1), 100),
        address if *address == key(12) => purse(key(11), 1),
        _ => Owned::system(1),
    };
    let accounts = instruction.accounts.iter().map(|meta| RegionAccount {
        address: meta.pubkey,
        account: account(&meta.pubkey),
        signer: meta.is_signer,
        writable: meta.is_writable,
    });
    let mut accounts: Vec<_> = accounts.collect();
    change(&mut accounts);
    let mut region = Region::new(&ID, &accounts, &instruction.data);
    let (result, log) = region.run_logged(process);
    (region, result, log)
}

fn amount(region: &Region, index: usize) -> u64 {
    bytemuck::pod_read_unaligned::<Purse>(&region.account(index).data).amount
}

#[track_caller]
fn broken(change: impl FnOnce(&mut Vec<RegionAccount>), account: &str, rule: &str, error: ConstraintError) {
    let (_, result, log) = call(change);
    let number = error as u32;
    let lines = [
        format!("Error: trade: account {account}: {rule}"),
        format!(
            "AnchorError caused by account: {account}. Error Code: {}. Error Number: {number}. Error Message: {rule}.",
            error.name()
        ),
    ];
    assert_eq!((result, log), (Err(error.into()), lines.to_vec()));
}

#[test]
fn a_call_that_keeps_every_rule_succeeds() {
    let (region, result, log) = call(|_| {});
    assert_eq!((result, log), (Ok(()), Vec::new()));
    assert_eq!([1, 4, 7].map(|index| amount(&region, index)), [95, 6, 101]);
}

#[test]
fn rules_are_named_with_the_group() {
    use ConstraintError as E;
    broken(|accounts| accounts[0].signer = false, "maker.owner", "must sign", E::AccountNotSigner);
    broken(|accounts| accounts[3].signer = false, "taker.owner", "must sign", E::AccountNotSigner);
    broken(|accounts| accounts[1].writable = false, "maker.purse", "must be writable", E::ConstraintMut);
    broken(
        |accounts| accounts[4].account = purse(key(1), 1),
        "taker.purse",
        "has_one = owner does not hold",
        E::ConstraintHasOne,
    );
    broken(
        |accounts| accounts[5].address = key(40),
        "taker.derived",
        "its address is not the one that its seeds derive",
        E::ConstraintSeeds,
    );
    broken(|accounts| accounts[8].signer = false, "sides.inner.deep", "must sign", E::ConstraintSigner);
    broken(
        |accounts| accounts.truncate(4),
        "taker.purse",
        "is missing: the instruction got too few accounts",
        E::AccountNotEnoughKeys,
    );
    broken(
        |accounts| accounts.truncate(9),
        "system_program",
        "is missing: the instruction got too few accounts",
        E::AccountNotEnoughKeys,
    );
}

#[test]
fn one_account_in_two_groups_is_refused() {
    broken(
        |accounts| accounts[7] = accounts[4].clone(),
        "fees.purse",
        "is the same account as another one: two are to be written (`dup` allows one)",
        ConstraintError::ConstraintDuplicateMutableAccount,
    );
}

#[test]
fn accounts_in_groups_are_closed() {
    let account = |seed: u8, account: Owned| RegionAccount {
        address: key(seed),
        account,
        signer: false,
        writable: true,
    };
    let accounts = [
        account(1, purse(key(9), 1)),
        account(2, purse(key(9), 2)),
        account(8, Owned::system(1)),
        account(3, purse(key(9), 3)),
        account(9, Owned::system(1)),
    ];
    let lamports = accounts[1].account.lamports;
    let mut region = Region::new(&ID, &accounts, &discriminators::LEAVE);
    assert_eq!(region.run_logged(process), (Ok(()), Vec::new()));
    assert_eq!(amount(&region, 0), 1, "only those in the groups are closed");
    for (closed, paid) in [(1, 2), (3, 4)] {
        assert_eq!(region.account(closed), Owned::default());
        assert_eq!(region.account(paid).lamports, lamports + 1);
    }
    // The same account in both groups of a group, and in a group and beside it.
    let (one, other) = (accounts[1].clone(), accounts[3].clone());
    for (index, repeated, account) in [(3, one, "pair.other.closed"), (0, other, "pair.other.closed")] {
        let mut accounts = accounts.clone();
        accounts[index] = repeated;
        let (result, log) = Region::new(&ID, &accounts, &discriminators::LEAVE).run_logged(process);
        assert_eq!(result, Err(ConstraintError::ConstraintDuplicateMutableAccount.into()));
        assert!(log[0].starts_with(&format!("Error: leave: account {account}: is the same")), "{log:?}");
    }
}

#[test]
fn builders_list_the_accounts_of_groups_in_their_place() {
    let derived = Address::find_program_address(&[b"side", &7_u16.to_le_bytes()], &ID).0;
    assert_eq!(addresses().maker.derived(&7), derived);
    let instruction = builders::trade(&addresses(), 7, 5);
    let metas: Vec<_> =
        instruction.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable)).collect();
    assert_eq!(
        metas,
        [
            (key(1), true, false),
            (key(2), false, true),
            (derived, false, false),
            (key(11), true, false),
            (key(12), false, true),
            (derived, false, false),
            (key(21), false, false),
            (key(22), false, true),
            (key(23), true, false),
            (Address::default(), false, false),
        ]
    );
}

#[test]
fn the_description_nests_them() {
    let idl: Value = serde_json::from_str(&idl().to_json()).expect("the description is JSON");
    let read: Idl = serde_json::from_value(idl.clone()).expect("it has the specified form");
    assert_eq!(serde_json::to_value(&read).expect("the types write JSON"), idl);
    let trade = &idl["instructions"][1];
    let side = json!([
        { "name": "owner", "signer": true, "relations": ["purse"] },
        { "name": "purse", "docs": ["Holds money."], "writable": true },
        { "name": "derived", "pda": { "seeds": [
            { "kind": "const", "value": b"side" },
            { "kind": "arg", "path": "id" },
        ] } },
    ]);
    assert_eq!(
        trade["accounts"],
        json!([
            { "name": "maker", "accounts": side },
            { "name": "taker", "accounts": side },
            { "name": "witness" },
            { "name": "fees", "accounts": [{ "name": "purse", "writable": true }] },
            { "name": "sides", "accounts": [
                { "name": "inner", "accounts": [{ "name": "deep", "signer": true }] },
            ] },
            { "name": "system_program", "address": "11111111111111111111111111111111" },
        ])
    );
    assert_eq!(
        first_names(),
        [
            "maker.owner",
            "maker.purse",
            "maker.derived",
            "taker.owner",
            "taker.purse",
            "taker.derived",
            "witness"
        ]
    );
}

fn first_names() -> Vec<String> {
    let described = idl();
    let trade = described.instructions.iter().find(|instruction| instruction.name == "trade");
    trade.expect("it is there").account_names().into_iter().take(7).collect()
}
