//! A program's description is what Anchor's specification says: it is read with the specification's own types, and what they
//! write again is the same, field for field. And the builders write what the program reads.
#![expect(missing_docs, missing_debug_implementations, reason = "the program is for this test alone")]

use anchor_lang_idl_spec::Idl;
use sealane_sdk::prelude::*;
use serde_json::{Value, json};

declare_id!("Descr1be11111111111111111111111111111111111");

const PREFIX: &[u8] = b"box";
const TREASURY: Address = Address::new_from_array([9; 32]);

/// Boxes.
#[program(errors = BoxError, events = [Opened])]
pub mod boxes {
    use super::*;

    /// Opens a box.
    ///
    /// It is empty.
    pub fn open(_context: Context<Open>, id: u64, _label: &str, _terms: Option<Terms>) -> Result {
        emit(&Opened { id, by: Some(Address::default()) });
        Ok(())
    }

    #[instruction(discriminator = [2, 0])]
    pub fn count(_context: Context<Count>, _kinds: Vec<Kind>, _raw: &[u8], _hash: [u8; 32]) -> Result<u128> {
        Ok(0)
    }
}

#[derive(Accounts)]
#[instruction(id: u64)]
pub struct Open {
    /// Who pays.
    #[account(mut)]
    pub payer: Signer,
    #[account(init, payer = payer, seeds = [PREFIX, payer, id, b"v1"], bump)]
    pub new_box: Account<Chest>,
    #[account(init, payer = payer)]
    pub key_account: Account<Chest>,
    #[account(mut, address = TREASURY)]
    pub treasury: UncheckedAccount,
    pub witness: Option<Signer>,
    pub system_program: Program<System>,
}

#[derive(Accounts)]
pub struct Count {
    pub owner: Signer,
    #[account(mut, has_one = owner, seeds = [PREFIX, chest.label], bump = chest.bump)]
    pub chest: Account<Chest>,
}

/// A box.
#[account]
pub struct Chest {
    /// Whose it is.
    pub owner: Address,
    pub label: [u8; 7],
    pub bump: u8,
}

#[derive(Argument, Clone, Debug)]
pub struct Terms {
    pub fee: i16,
    pub kind: Kind,
}

/// Kinds of boxes.
#[derive(Argument, Clone, Debug)]
pub enum Kind {
    Plain,
    Locked(u8),
    Shared { with: Address },
}

#[event]
pub struct Opened {
    pub id: u64,
    pub by: Option<Address>,
}

#[error_code]
pub enum BoxError {
    #[msg("The box is full.")]
    Full,
    /// The box is locked.
    Locked = 10,
}

fn described() -> Value {
    serde_json::from_str(&idl().to_json()).expect("the description is JSON")
}

#[test]
fn the_specifications_own_types_read_all_of_it() {
    let read: Idl = serde_json::from_value(described()).expect("it has the specified form");
    let written = serde_json::to_value(&read).expect("the types write JSON");
    assert_eq!(
        written,
        described(),
        "nothing is unknown to the specification, and nothing is written otherwise"
    );
    assert_eq!(read.metadata.spec, anchor_lang_idl_spec::IDL_SPEC);
}

#[test]
fn instructions_and_accounts_are_described() {
    let idl = described();
    assert_eq!(idl["address"], ID.to_string());
    assert_eq!(idl["metadata"]["name"], "boxes");
    assert_eq!(idl["metadata"]["description"], env!("CARGO_PKG_DESCRIPTION"));
    assert_eq!(idl["docs"], json!(["Boxes."]));
    let names: Vec<&Value> =
        idl["instructions"].as_array().expect("a list").iter().map(|each| &each["name"]).collect();
    assert_eq!(names, ["count", "open"]);

    let open = &idl["instructions"][1];
    assert_eq!(open["docs"], json!(["Opens a box.", "", "It is empty."]));
    assert_eq!(open["discriminator"], json!(discriminators::OPEN));
    assert_eq!(
        open["accounts"],
        json!([
            { "name": "payer", "docs": ["Who pays."], "writable": true, "signer": true },
            { "name": "new_box", "writable": true, "pda": { "seeds": [
                { "kind": "const", "value": b"box" },
                { "kind": "account", "path": "payer" },
                { "kind": "arg", "path": "id" },
                { "kind": "const", "value": b"v1" },
            ] } },
            { "name": "key_account", "writable": true, "signer": true },
            { "name": "treasury", "writable": true, "address": TREASURY.to_string() },
            { "name": "witness", "signer": true, "optional": true },
            { "name": "system_program", "address": "11111111111111111111111111111111" },
        ])
    );
    assert_eq!(
        open["args"],
        json!([
            { "name": "id", "type": "u64" },
            { "name": "_label", "type": "string" },
            { "name": "_terms", "type": { "option": { "defined": { "name": "Terms" } } } },
        ])
    );

    let count = &idl["instructions"][0];
    assert_eq!((&count["discriminator"], &count["returns"]), (&json!([2, 0]), &json!("u128")));
    assert_eq!(
        count["accounts"],
        json!([
            { "name": "owner", "signer": true, "relations": ["chest"] },
            { "name": "chest", "writable": true, "pda": { "seeds": [
                { "kind": "const", "value": b"box" },
                { "kind": "account", "path": "chest.label", "account": "Chest" },
            ] } },
        ])
    );
}

#[test]
fn types_events_and_errors_are_described() {
    let idl = described();
    assert_eq!(idl["accounts"], json!([{ "name": "Chest", "discriminator": Chest::DISCRIMINATOR }]));
    let event = <Opened as sealane_sdk::guest::declared::Event>::DISCRIMINATOR;
    assert_eq!(idl["events"], json!([{ "name": "Opened", "discriminator": event }]));
    assert_eq!(
        idl["errors"],
        json!([
            { "code": 6000, "name": "Full", "msg": "The box is full." },
            { "code": 6010, "name": "Locked", "msg": "The box is locked." },
        ])
    );
    assert_eq!(
        idl["types"],
        json!([
            { "name": "Chest", "docs": ["A box."], "serialization": "bytemuck", "repr": { "kind": "c" },
              "type": { "kind": "struct", "fields": [
                { "name": "owner", "docs": ["Whose it is."], "type": "pubkey" },
                { "name": "label", "type": { "array": ["u8", 7] } },
                { "name": "bump", "type": "u8" },
            ] } },
            { "name": "Kind", "docs": ["Kinds of boxes."], "type": { "kind": "enum", "variants": [
                { "name": "Plain" },
                { "name": "Locked", "fields": ["u8"] },
                { "name": "Shared", "fields": [{ "name": "with", "type": "pubkey" }] },
            ] } },
            { "name": "Opened", "type": { "kind": "struct", "fields": [
                { "name": "id", "type": "u64" },
                { "name": "by", "type": { "option": "pubkey" } },
            ] } },
            { "name": "Terms", "type": { "kind": "struct", "fields": [
                { "name": "fee", "type": "i16" },
                { "name": "kind", "type": { "defined": { "name": "Kind" } } },
            ] } },
        ])
    );
}

#[test]
fn builders_write_what_is_declared() {
    let [payer, key_account] = [1, 2].map(|seed| Address::new_from_array([seed; 32]));
    let addresses = OpenAddresses { payer, key_account, witness: None };
    let terms = Terms { fee: -2, kind: Kind::Shared { with: payer } };
    let instruction = builders::open(&addresses, 7, "ab", Some(terms));
    let expected = [
        &discriminators::OPEN[..],
        &7_u64.to_le_bytes(),
        &[2, 0, 0, 0, b'a', b'b'],
        &[1, 0xFE, 0xFF, 2],
        payer.as_ref(),
    ];
    assert_eq!(instruction.data, expected.concat());
    let (new_box, _) =
        Address::find_program_address(&[b"box", payer.as_ref(), &7_u64.to_le_bytes(), b"v1"], &ID);
    let metas: Vec<_> =
        instruction.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable)).collect();
    assert_eq!(
        metas,
        [
            (payer, true, true),
            (new_box, false, true),
            (key_account, true, true),
            (TREASURY, false, true),
            (ID, false, false),
            (Address::default(), false, false),
        ]
    );
    let with_witness = builders::open(&OpenAddresses { witness: Some(TREASURY), ..addresses }, 7, "", None);
    assert_eq!(with_witness.accounts[4].pubkey, TREASURY);
    assert!(with_witness.accounts[4].is_signer);
}
