//! What must hold of any bytes, wherever they are given in: transactions, modules, instruction data. Nothing here asks
//! for success; it asks that the answer is a closed error or a sound value, and that the ledger stays whole.

use super::{Step, check_step};
use crate::Harness;
use crate::programs::{buffer_size_bytes, deployed};
use crate::user::{User, from_bytes, to_bytes};
use sealane_runtime::ingest;
use sealane_runtime::receipt::Receipt;
use sealane_runtime::{Execution, InstancePolicy, RuntimeConfig};
use sealane_sdk::ids::{
    associated_token, bpf_loader, bpf_loader_upgradeable, compute_budget, system_program, token,
};
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::{MAX_MODULE_SIZE_BYTES, rent_exempt_minimum_lamports};
use sealane_vm::validate;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;

/// Bytes of instruction data that fit into a transaction with a few accounts.
const MAX_DATA_SIZE_BYTES: usize = 600;
/// Bytes of a module that fit into one transaction with all that deploys it.
const MAX_SMALL_MODULE_SIZE_BYTES: usize = 450;
/// Numbers of the users that modules and programs are deployed at.
const PLACES_FROM: u64 = 5_000;

/// Gives any bytes to the ingest stages. What they accept, Solana's own types read as the same transaction.
///
/// # Panics
/// If something does not hold.
pub fn check_ingest(bytes: &[u8]) {
    let Ok(transaction) = ingest::sanitize(bytes) else { return };
    let key_count = transaction.keys().len();
    for instruction in transaction.instructions() {
        assert!(usize::from(instruction.program_index) < key_count, "the program is one of the keys");
        assert!(instruction.accounts.iter().all(|index| usize::from(*index) < key_count), "and the accounts");
    }
    let locks = ingest::write_locks(&transaction);
    assert!(key_count >= 64 || locks >> key_count == 0, "no lock beyond the keys");
    let _ = ingest::budget(&transaction);
    let results = ingest::verify(&[transaction]);
    assert_eq!(results.len(), 1, "one answer a transaction");
    let theirs = from_bytes(bytes);
    assert_eq!(transaction.keys(), theirs.message.static_account_keys(), "the same keys");
    assert_eq!(
        transaction.instructions().count(),
        theirs.message.instructions().len(),
        "as many instructions"
    );
    assert_eq!(to_bytes(&theirs), bytes, "one encoding");
}

/// Gives any bytes to the module checks. What passes compiles and runs, the same on new and on kept instances.
///
/// # Panics
/// If something does not hold.
pub fn check_module(bytes: &[u8]) {
    let verdict = validate::validate(bytes);
    let _ = validate::explain(bytes);
    if verdict.is_err() || bytes.len() > MAX_MODULE_SIZE_BYTES {
        return;
    }
    let program = Harness::user(PLACES_FROM);
    let new = run_module(bytes, &program, InstancePolicy::Fresh);
    let kept = run_module(bytes, &program, InstancePolicy::Kept);
    assert_eq!(new, kept, "a kept instance is as new");
    // Its second call, in the same block, finds nothing of the first.
    assert_eq!(new[0].body.failure, new[1].body.failure, "two calls are the same");
    assert_eq!(new[0].body.units_consumed, new[1].body.units_consumed, "and cost the same");
}

/// Calls a module three times in one block.
fn run_module(module: &[u8], program: &User, instances: InstancePolicy) -> Vec<Receipt> {
    let mut genesis = Harness::genesis();
    genesis.accounts.extend(deployed(program.address, module, None, module.len()));
    let config = RuntimeConfig { instances, workers: 1, execution: Execution::Serial, ..Harness::config() };
    let mut harness = Harness::with(config, &genesis);
    let call = Instruction { program_id: program.address, accounts: Vec::new(), data: vec![1, 2, 3] };
    let calls = [0, 1, 2].map(|number| harness.sign(std::slice::from_ref(&call), &[&Harness::user(number)]));
    harness.block(&calls).block.receipts.clone()
}

/// Takes a module through the loader, and calls it: deployed or refused, the ledger stays whole.
///
/// # Panics
/// If something does not hold.
pub fn check_deployment(module: &[u8]) {
    let module = &module[..module.len().min(MAX_SMALL_MODULE_SIZE_BYTES)];
    if module.is_empty() {
        return;
    }
    let mut harness = Harness::new();
    let (payer, program) = (Harness::user(0), Harness::user(PLACES_FROM));
    let deployment = deployment(&payer, &program, module);
    let buffer = Harness::user(PLACES_FROM + 1);
    let bytes = harness.sign(&deployment, &[&payer, &buffer, &program]);
    let receipt = checked_block(&mut harness, &[bytes]).pop().expect("the deployment runs");
    let is_valid = validate::validate(module).is_ok();
    // What follows a module's end as zeros is cut off, so a module that is none may still hold one.
    assert!(receipt.body.succeeded() || !is_valid, "a valid module is deployed: {receipt:?}");
    let call = Instruction { program_id: program.address, accounts: Vec::new(), data: Vec::new() };
    let bytes = harness.sign(&[call], &[&payer]);
    checked_block(&mut harness, &[bytes]);
}

fn deployment(payer: &User, program: &User, module: &[u8]) -> Vec<Instruction> {
    let buffer = Harness::user(PLACES_FROM + 1);
    let lamports = rent_exempt_minimum_lamports(buffer_size_bytes(module.len()));
    let created =
        loader::create_buffer(&payer.address, &buffer.address, &payer.address, lamports, module.len());
    let mut instructions = created.expect("the instruction encodes");
    instructions.push(loader::write(&buffer.address, &payer.address, 0, module.to_vec()));
    let deployed = loader::deploy_with_max_program_len(
        &payer.address,
        &program.address,
        &buffer.address,
        &payer.address,
        rent_exempt_minimum_lamports(State::size_of_program()),
        module.len() + 100,
    );
    instructions.extend(deployed.expect("the instruction encodes"));
    instructions
}

/// Gives any instruction data to every built-in program and the token programs, on accounts of all sorts.
///
/// # Panics
/// If something does not hold.
pub fn check_instruction(data: &[u8]) {
    let data = &data[..data.len().min(MAX_DATA_SIZE_BYTES)];
    let [payer, one, two] = [0, 1, 2].map(Harness::user);
    let mut harness = Harness::new();
    let programs = [
        system_program::ID,
        bpf_loader_upgradeable::ID,
        bpf_loader::ID,
        compute_budget::ID,
        token::ID,
        associated_token::ID,
    ];
    let transactions = programs.map(|program_id| {
        let accounts = vec![
            AccountMeta::new(payer.address, true),
            AccountMeta::new(one.address, true),
            AccountMeta::new_readonly(two.address, false),
            AccountMeta::new_readonly(system_program::ID, false),
        ];
        let instruction = Instruction { program_id, accounts, data: data.to_vec() };
        harness.sign(&[instruction], &[&payer, &one])
    });
    checked_block(&mut harness, &transactions);
}

/// Makes a block and holds it against every invariant.
fn checked_block(harness: &mut Harness, transactions: &[Vec<u8>]) -> Vec<Receipt> {
    let before = harness.accounts();
    let executed = harness.block(transactions);
    let step = Step::new(executed, &harness.runtime);
    check_step(&before, &step, None);
    step.executed.block.receipts.clone()
}
