//! Programs that describe themselves: deployed to the address that they declare, and described by the node that has them.

use crate::desk::{Desk, errors};
use crate::running::RunningNode;
use serde_json::Value;

/// The section with the description, as `sealane build` calls it.
const IDL_SECTION: &str = "sealane:idl";

/// A module with one more custom section behind it.
pub(crate) fn with_section(module: &[u8], name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut content = leb128(name.len());
    content.extend(name.as_bytes());
    content.extend(bytes);
    [module, &[0], &leb128(content.len()), &content].concat()
}

/// A size in WebAssembly's variable length: 7 bits a byte, the lowest first.
fn leb128(mut size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    while size > 0x7f {
        bytes.push(u8::try_from(size & 0x7f).expect("seven bits") | 0x80);
        size >>= 7;
    }
    bytes.push(u8::try_from(size).expect("seven bits"));
    bytes
}

/// A description of the counter, at this address.
fn description(address: &str) -> Value {
    let mut idl: Value = serde_json::from_str(&sealane_counter::idl().to_json()).expect("it is JSON");
    idl["address"] = address.into();
    idl
}

/// A module that describes itself so.
fn described(idl: &Value) -> Vec<u8> {
    with_section(sealane_artifacts::COUNTER, IDL_SECTION, idl.to_string().as_bytes())
}

/// A node, somebody with money, and a project of theirs whose module was built.
fn ground() -> (RunningNode, Desk, String) {
    let node = RunningNode::start("", &[]);
    let desk = Desk::at(&node.url());
    desk.ok(&["airdrop", "10"]);
    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "project/program-keypair.json"]);
    let address = desk.address("project/program-keypair.json");
    desk.write("project/target/sealane/counter.wasm", described(&description(&address)));
    (node, desk, address)
}

#[test]
fn a_declared_program_goes_where_it_says_and_is_described_there() {
    let (_node, desk, address) = ground();
    let answer = desk.json(&["deploy", "project/target/sealane/counter.wasm"]);
    assert_eq!(answer["programId"], address);
    assert!(!desk.path("project/target/sealane/counter-keypair.json").exists(), "no other key was made");

    let fetched: Value = serde_json::from_str(&desk.ok(&["idl", "fetch", &address])).expect("it is JSON");
    assert_eq!(fetched, description(&address));
    desk.ok(&["idl", "fetch", "project/program-keypair.json", "--out", "clients/counter.json"]);
    let client = desk.ok(&["client", "ts", "clients/counter.json"]);
    assert!(client.contains(&address) && client.contains("getIncrementInstruction"), "{client}");

    // To upgrade it, its key is not needed.
    let mut newer = description(&address);
    newer["metadata"]["version"] = "9.9.9".into();
    desk.write("elsewhere/counter.wasm", described(&newer));
    assert_eq!(desk.json(&["deploy", "elsewhere/counter.wasm"])["programId"], address);
    let fetched: Value = serde_json::from_str(&desk.ok(&["idl", "fetch", &address])).expect("it is JSON");
    assert_eq!(fetched["metadata"]["version"], "9.9.9");
}

#[test]
fn a_declared_program_without_its_key_is_refused_and_at_another_address_warned_of() {
    let (_node, desk, address) = ground();
    desk.write("elsewhere/counter.wasm", described(&description(&address)));
    let before = desk.lamports(&desk.address(".config/solana/id.json"));
    let error = desk.refused(&["deploy", "elsewhere/counter.wasm"]);
    assert!(error.contains(&format!("counter is declared at {address}")), "{error}");
    assert!(error.contains("--program-id") && error.contains("declare_id!"), "{error}");
    assert_eq!(desk.lamports(&desk.address(".config/solana/id.json")), before);

    desk.ok(&["keygen", "new", "--no-passphrase", "--outfile", "other.json"]);
    let deployed = desk.run(&["deploy", "elsewhere/counter.wasm", "--program-id", "other.json"]);
    let said = errors(&deployed);
    assert!(deployed.status.success(), "{said}");
    assert!(said.contains("Warning") && said.contains(&format!("counter is at {address}")), "{said}");
}

#[test]
fn what_has_no_description_says_so() {
    let (_node, desk, address) = ground();
    let error = desk.refused(&["idl", "fetch", &address]);
    assert!(error.contains(&format!("there is no account {address}")), "{error}");
    let error = desk.refused(&["idl", "fetch", ".config/solana/id.json"]);
    assert!(error.contains("is no program: its owner is"), "{error}");
    // A program that the ledger began with is its own module.
    let error = desk.refused(&["idl", "fetch", &sealane_sdk::ids::token::ID.to_string()]);
    assert!(error.contains("the module holds no description"), "{error}");
    desk.write("plain.wasm", sealane_artifacts::COUNTER);
    let plain = desk.json(&["deploy", "plain.wasm"])["programId"].as_str().expect("an address").to_owned();
    let error = desk.refused(&["idl", "fetch", &plain]);
    assert!(error.contains("the module holds no description"), "{error}");
    let silent = Desk::at("http://127.0.0.1:1");
    assert!(silent.refused(&["idl", "fetch", &address]).contains("no node answers at http://127.0.0.1:1"));
}
