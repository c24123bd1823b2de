//! Programs on the ledger: written in pieces, deployed, called from the next block on, upgraded, handed on, closed.

use sealane_runtime::outcome::Failure;
use sealane_runtime::receipt::Receipt;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use sealane_sdk::{Address, ProgramError};
use sealane_tests::harness::explain;
use sealane_tests::modules;
use sealane_tests::programs::{buffer_size_bytes, program_data_address};
use sealane_tests::{Harness, User};
use sealane_vm::CallError;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState as State;

/// Module bytes that fit into one write with room to spare.
const CHUNK_SIZE_BYTES: usize = 900;

fn authority() -> User {
    Harness::user(1)
}

/// Puts a module into a new buffer, piece by piece.
#[track_caller]
fn fill_buffer(harness: &mut Harness, number: u64, module: &[u8]) -> User {
    let (authority, buffer) = (authority(), Harness::user(number));
    let lamports = rent_exempt_minimum_lamports(buffer_size_bytes(module.len()));
    let create = loader::create_buffer(
        &authority.address,
        &buffer.address,
        &authority.address,
        lamports,
        module.len(),
    );
    harness.succeed(&create.unwrap(), &[&authority, &buffer]);
    let writes: Vec<Vec<u8>> = (0..)
        .step_by(CHUNK_SIZE_BYTES)
        .zip(module.chunks(CHUNK_SIZE_BYTES))
        .map(|(offset, chunk)| {
            let write = loader::write(&buffer.address, &authority.address, offset, chunk.to_vec());
            harness.sign(&[write], &[&authority])
        })
        .collect();
    let executed = harness.block(&writes);
    assert_eq!(executed.block.receipts.len(), writes.len());
    for receipt in &executed.block.receipts {
        assert!(receipt.body.succeeded(), "{}", explain(receipt));
    }
    buffer
}

fn deployment(program: &User, buffer: &User, capacity_bytes: usize) -> Vec<Instruction> {
    let (authority, lamports) = (authority().address, rent_exempt_minimum_lamports(State::size_of_program()));
    let deploy = loader::deploy_with_max_program_len(
        &authority,
        &program.address,
        &buffer.address,
        &authority,
        lamports,
        capacity_bytes,
    );
    deploy.unwrap()
}

/// Deploys a module with room for twice its size.
#[track_caller]
fn deploy(harness: &mut Harness, number: u64, module: &[u8]) -> User {
    let (authority, program) = (authority(), Harness::user(number));
    let buffer = fill_buffer(harness, number + 1, module);
    harness.succeed(&deployment(&program, &buffer, 2 * module.len()), &[&authority, &program]);
    program
}

fn call(program: &User) -> Instruction {
    Instruction { program_id: program.address, accounts: Vec::new(), data: Vec::new() }
}

fn said(receipt: &Receipt) -> Option<&[u8]> {
    receipt.body.return_data.as_ref().map(|(_, data)| &data[..])
}

#[test]
fn a_program_is_deployed_and_called_from_the_next_block_on() {
    let mut harness = Harness::new();
    let (authority, payer, program) = (authority(), Harness::user(0), Harness::user(50));
    let buffer = fill_buffer(&mut harness, 51, &modules::saying("hello"));
    let refunded = harness.lamports(&buffer.address);
    let transactions = [
        harness.sign(&[call(&program)], &[&payer]),
        harness.sign(&deployment(&program, &buffer, 1_000), &[&authority, &program]),
        harness.sign(&[call(&program)], &[&authority]),
    ];
    let before = harness.lamports(&authority.address);
    let executed = harness.block(&transactions);
    let failures: Vec<Option<CallError>> = executed
        .block
        .receipts
        .iter()
        .map(|receipt| match receipt.body.failure {
            Some(Failure::Call { error, .. }) => Some(error),
            _ => None,
        })
        .collect();
    let not_yet = Some(CallError::NotCallable(program.address));
    assert_eq!(failures, [not_yet, None, not_yet]);
    assert_eq!(harness.account(&buffer.address), None, "the buffer is used up");
    let paid = rent_exempt_minimum_lamports(State::size_of_program())
        + rent_exempt_minimum_lamports(State::size_of_programdata(1_000));
    assert_eq!(harness.lamports(&authority.address), before + refunded - paid - 15_000);
    let receipt = harness.succeed(&[call(&program)], &[&payer]);
    assert_eq!(said(&receipt), Some(&b"hello"[..]));
}

/// The probe, some 26 KiB in thirty pieces; then it runs from its new place.
#[test]
fn a_large_program_comes_in_pieces() {
    let mut harness = Harness::new();
    let program = deploy(&mut harness, 50, sealane_artifacts::PROBE);
    let data = sealane_probe::Script::new().log("from the new place").set_return_data(b"here").into_bytes();
    let instruction = Instruction { data, ..call(&program) };
    let receipt = harness.succeed(&[instruction], &[&Harness::user(0)]);
    assert_eq!(said(&receipt), Some(&b"here"[..]));
}

#[test]
fn an_upgrade_is_visible_from_the_next_block_on() {
    let mut harness = Harness::new();
    let (authority, payer) = (authority(), Harness::user(0));
    let program = deploy(&mut harness, 50, &modules::saying("the first"));
    let buffer = fill_buffer(&mut harness, 60, &modules::saying("the 2nd"));
    let upgrade = loader::upgrade(&program.address, &buffer.address, &authority.address, &authority.address);
    let transactions = [
        harness.sign(&[call(&program)], &[&payer]),
        harness.sign(&[upgrade], &[&authority]),
        harness.sign(&[call(&program)], &[&Harness::user(2)]),
    ];
    let executed = harness.block(&transactions);
    let texts: Vec<Option<&[u8]>> = executed.block.receipts.iter().map(said).collect();
    assert_eq!(texts, [Some(&b"the first"[..]), None, Some(&b"the first"[..])]);
    let receipt = harness.succeed(&[call(&program)], &[&payer]);
    assert_eq!(said(&receipt), Some(&b"the 2nd"[..]), "nothing is left of the longer module");
}

#[test]
fn only_the_authority_upgrades() {
    let mut harness = Harness::new();
    let (authority, stranger) = (authority(), Harness::user(3));
    let program = deploy(&mut harness, 50, &modules::saying("mine"));
    let buffer = fill_buffer(&mut harness, 60, &modules::saying("other"));
    let upgrade = |by: &User| loader::upgrade(&program.address, &buffer.address, &by.address, &by.address);
    assert_eq!(
        harness.program_error(&[upgrade(&stranger)], &[&stranger]),
        ProgramError::IncorrectAuthority,
        "the buffer is not the stranger's"
    );
    let mut unsigned = upgrade(&authority);
    unsigned.accounts[6].is_signer = false;
    let error = harness.program_error(&[unsigned], &[&stranger]);
    assert_eq!(error, ProgramError::MissingRequiredSignature);

    let hand_over =
        loader::set_upgrade_authority(&program.address, &authority.address, Some(&stranger.address));
    harness.succeed(&[hand_over], &[&authority]);
    let error = harness.program_error(&[upgrade(&authority)], &[&authority]);
    assert_eq!(error, ProgramError::IncorrectAuthority, "no longer the authority");
    let give_up = loader::set_upgrade_authority(&program.address, &stranger.address, None);
    harness.succeed(&[give_up], &[&stranger]);
    let back = loader::set_upgrade_authority(&program.address, &stranger.address, Some(&stranger.address));
    assert_eq!(harness.program_error(&[back], &[&stranger]), ProgramError::Immutable, "for ever");
    assert_eq!(said(&harness.succeed(&[call(&program)], &[&stranger])), Some(&b"mine"[..]));
}

#[test]
fn buffers_obey_their_authority() {
    let mut harness = Harness::new();
    let (authority, stranger) = (authority(), Harness::user(3));
    let module = modules::saying("text");
    let buffer = fill_buffer(&mut harness, 60, &module);
    let write = |by: &User, offset: u32| loader::write(&buffer.address, &by.address, offset, vec![1; 4]);
    let cases = [
        ("by a stranger", write(&stranger, 0), &stranger, ProgramError::IncorrectAuthority),
        (
            "behind the end",
            write(&authority, u32::try_from(module.len()).unwrap() - 3),
            &authority,
            ProgramError::AccountDataTooSmall,
        ),
        ("far behind the end", write(&authority, u32::MAX), &authority, ProgramError::AccountDataTooSmall),
        (
            "closed by a stranger",
            loader::close(&buffer.address, &stranger.address, &stranger.address),
            &stranger,
            ProgramError::IncorrectAuthority,
        ),
        (
            "handed on by a stranger",
            loader::set_buffer_authority(&buffer.address, &stranger.address, &stranger.address),
            &stranger,
            ProgramError::IncorrectAuthority,
        ),
    ];
    let before = harness.data(&buffer.address);
    for (name, instruction, signer, expected) in cases {
        assert_eq!(harness.program_error(&[instruction], &[signer]), expected, "{name}");
    }
    assert_eq!(harness.data(&buffer.address), before);
    let lamports = harness.lamports(&stranger.address) + harness.lamports(&buffer.address);
    harness.succeed(&[loader::close(&buffer.address, &stranger.address, &authority.address)], &[&authority]);
    assert_eq!(harness.account(&buffer.address), None);
    assert_eq!(harness.lamports(&stranger.address), lamports);
}

#[test]
fn a_closed_program_stays_closed() {
    let mut harness = Harness::new();
    let (authority, payer) = (authority(), Harness::user(0));
    let program = deploy(&mut harness, 50, &modules::saying("here"));
    let data_address = program_data_address(&program.address);
    let close =
        loader::close_any(&data_address, &payer.address, Some(&authority.address), Some(&program.address));
    let transactions = [harness.sign(&[close], &[&authority]), harness.sign(&[call(&program)], &[&payer])];
    let executed = harness.block(&transactions);
    let texts: Vec<Option<&[u8]>> = executed.block.receipts.iter().map(said).collect();
    assert_eq!(texts, [None, Some(&b"here"[..])], "visible to the end of the block");
    assert_eq!(harness.account(&data_address), None);
    let error = harness.call_error(&[call(&program)], &[&payer]);
    assert_eq!(error, CallError::NotCallable(program.address));

    let buffer = fill_buffer(&mut harness, 60, &modules::saying("again"));
    let create_less = deployment(&program, &buffer, 1_000).split_off(1);
    let error = harness.program_error(&create_less, &[&authority]);
    assert_eq!(error, ProgramError::AccountAlreadyInitialized, "its address is spent");
}

#[test]
fn a_program_changes_once_a_block() {
    let mut harness = Harness::new();
    let (authority, payer) = (authority(), Harness::user(0));
    let program = Harness::user(50);
    let first = fill_buffer(&mut harness, 51, &modules::saying("one"));
    let second = fill_buffer(&mut harness, 52, &modules::saying("two"));
    let upgrade = loader::upgrade(&program.address, &second.address, &authority.address, &authority.address);
    let transactions = [
        harness.sign(&deployment(&program, &first, 1_000), &[&authority, &program]),
        harness.sign(&[upgrade], &[&authority]),
    ];
    let executed = harness.block(&transactions);
    let receipt = &executed.block.receipts[1];
    assert!(!receipt.body.succeeded());
    assert!(
        receipt.logs.lines().join("\n").contains("deployed in this block already"),
        "{}",
        explain(receipt)
    );
    assert_eq!(said(&harness.succeed(&[call(&program)], &[&payer])), Some(&b"one"[..]));
}

#[test]
fn refused_modules_say_why() {
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("no module", b"this is not WebAssembly".to_vec(), "not a WebAssembly module"),
        ("a module cut off", modules::saying("text")[..60].to_vec(), ""),
        ("no entrypoint", modules::without_entrypoint(), "entrypoint"),
        ("an unknown import", modules::importing_the_unknown(), "open_the_door"),
        (
            "a start function",
            modules::assemble(
                r#"(module (memory (export "memory") 1) (global (export "__heap_base") i32 (i32.const 8))
                    (func $f) (start $f) (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#,
            ),
            "start",
        ),
        (
            "too much memory",
            modules::assemble(
                r#"(module (memory (export "memory") 257) (global (export "__heap_base") i32 (i32.const 8))
                    (func (export "entrypoint") (param i32) (result i64) (i64.const 0)))"#,
            ),
            "",
        ),
    ];
    let mut harness = Harness::new();
    let authority = authority();
    for (number, (name, module, expected)) in (100..).step_by(2).zip(cases) {
        let buffer = fill_buffer(&mut harness, number, &module);
        let program = Harness::user(number + 1);
        let before = harness.data(&buffer.address);
        let (failure, receipt) = harness.fail(&deployment(&program, &buffer, 2_000), &[&authority, &program]);
        let invalid = CallError::from(ProgramError::InvalidAccountData);
        assert!(matches!(failure, Failure::Call { error, .. } if error == invalid), "{name}: {failure}");
        let text = receipt.logs.lines().join("\n").to_lowercase();
        assert!(text.contains(&expected.to_lowercase()), "{name}: {text}");
        println!("{name}:\n{}", explain(&receipt));
        assert_eq!(harness.account(&program.address), None, "{name}");
        assert_eq!(harness.data(&buffer.address), before, "{name}: the buffer can be mended");
    }
}

/// Calls do not lock what they run for writing, so callers of one program run side by side; a deployment does.
#[test]
fn calls_of_a_program_do_not_conflict() {
    let mut harness = Harness::new();
    let authority = authority();
    let program = deploy(&mut harness, 50, &modules::saying("many"));
    let buffer = fill_buffer(&mut harness, 60, &modules::saying("more"));
    let upgrade = loader::upgrade(&program.address, &buffer.address, &authority.address, &authority.address);
    let mut writable = call(&program);
    // Declared writable, and demoted because it is called.
    writable.accounts.push(AccountMeta::new(program.address, false));
    let transactions = [
        harness.sign(&[call(&program)], &[&Harness::user(0)]),
        harness.sign(&[writable], &[&Harness::user(2)]),
        harness.sign(&[upgrade], &[&authority]),
        harness.sign(&[call(&program)], &[&Harness::user(3)]),
    ];
    let executed = harness.block(&transactions);
    assert_eq!(executed.block.batches, [0, 0, 1, 2]);
    let all_good = executed.block.receipts.iter().all(|receipt| receipt.body.succeeded());
    assert!(all_good);
}

/// The module's own zeros at its end are part of it, the zeros behind it in its account are not.
#[test]
fn a_module_that_ends_in_zeros_is_whole() {
    let mut harness = Harness::new();
    let module = modules::assemble(
        r#"(module
            (import "sealane" "set_return_data" (func (param i32 i32)))
            (memory (export "memory") 1)
            (global (export "__heap_base") i32 (i32.const 1024))
            (func (export "entrypoint") (param i32) (result i64)
                (call 0 (i32.const 16) (i32.const 8)) (i64.const 0))
            (data (i32.const 16) "end\00\00\00\00\00"))"#,
    );
    assert!(module.ends_with(&[0; 5]));
    let program = deploy(&mut harness, 50, &module);
    assert_eq!(said(&harness.succeed(&[call(&program)], &[&Harness::user(0)])), Some(&b"end\0\0\0\0\0"[..]));
}

#[test]
fn deployment_pays_for_every_byte() {
    let mut harness = Harness::new();
    let (authority, program) = (authority(), Harness::user(50));
    let buffer = fill_buffer(&mut harness, 51, sealane_artifacts::PROBE);
    let mut instructions = deployment(&program, &buffer, 60_000);
    let size = u32::try_from(sealane_artifacts::PROBE.len()).unwrap();
    instructions.insert(0, sealane_tests::programs::unit_limit(size));
    assert_eq!(harness.call_error(&instructions, &[&authority, &program]), CallError::OutOfUnits);
    assert_eq!(harness.account(&program.address), None);
    let unused: Address = program_data_address(&program.address);
    assert_eq!(harness.account(&unused), None);
}
