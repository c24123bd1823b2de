//! Bad bytes of any kind give a closed error, never a panic: to `sanitize` and `verify`, to the pipeline as a whole, to
//! the loader, and to the vm.

use proptest::prelude::*;
use sealane_runtime::ingest::{self, SanitizeError};
use sealane_runtime::ledger::Block;
use sealane_sdk::instruction::Instruction;
use sealane_tests::generators::{BlockGenerator, Contention};
use sealane_tests::oracles::{check_deployment, check_ingest, check_instruction, check_module};
use sealane_tests::{Harness, modules};
use sealane_vm::validate;
use solana_system_interface::instruction as system;
use std::cell::RefCell;

/// Ways to spoil bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(prop::sample::Index, u8),
    Remove(prop::sample::Index),
    Insert(prop::sample::Index, u8),
    Truncate(prop::sample::Index),
    /// Copies some bytes over others.
    Copy(prop::sample::Index, prop::sample::Index, u8),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    use prop::sample::Index;
    let change = prop_oneof![
        4 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => any::<Index>().prop_map(Change::Remove),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => any::<Index>().prop_map(Change::Truncate),
        1 => (any::<Index>(), any::<Index>(), 1..40_u8).prop_map(|(from, to, size)| Change::Copy(from, to, size)),
    ];
    prop::collection::vec(change, 1..6)
}

fn spoil(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        if bytes.is_empty() {
            break;
        }
        let len = bytes.len();
        match change {
            Change::Set(at, byte) => bytes[at.index(len)] = *byte,
            Change::Remove(at) => drop(bytes.remove(at.index(len))),
            Change::Insert(at, byte) => bytes.insert(at.index(len), *byte),
            Change::Truncate(at) => bytes.truncate(at.index(len)),
            Change::Copy(from, to, size) => {
                let (from, to) = (from.index(len), to.index(len));
                let size = usize::from(*size).min(len - from).min(len - to);
                bytes.copy_within(from..from + size, to);
            }
        }
    }
    bytes
}

/// Good transactions of every kind.
fn transactions() -> Vec<Vec<u8>> {
    let mut generator = BlockGenerator::new(11, Contention::Hot { percent: 0 });
    let ledger = sealane_runtime::Runtime::new(Harness::config(), &generator.world.genesis).unwrap();
    generator.block(&ledger, 60)
}

thread_local! {
    static TRANSACTIONS: Vec<Vec<u8>> = transactions();
    static HARNESS: RefCell<Harness> = RefCell::new(Harness::new());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_to_ingest(bytes in prop::collection::vec(any::<u8>(), 0..1_400)) {
        check_ingest(&bytes);
        check_ingest(&[&[0x81], bytes.as_slice()].concat());
    }

    #[test]
    fn spoiled_transactions_to_ingest(index in any::<prop::sample::Index>(), changes in changes()) {
        TRANSACTIONS.with(|transactions| {
            let bytes = transactions[index.index(transactions.len())].clone();
            check_ingest(&spoil(bytes, &changes));
        });
    }
}

#[test]
fn no_bytes_and_too_many_bytes() {
    assert!(ingest::sanitize(&[]).is_err());
    let too_many: Result<_, SanitizeError> = ingest::sanitize(&[1; 5_000]).map(|_| ());
    assert!(too_many.is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// A block of spoiled transactions: every one is either in the block or rejected.
    #[test]
    fn spoiled_transactions_to_the_pipeline(
        picks in prop::collection::vec((any::<prop::sample::Index>(), changes()), 1..20)
    ) {
        let transactions = TRANSACTIONS.with(|transactions| {
            let spoiled = picks.iter().map(|(index, changes)| {
                spoil(transactions[index.index(transactions.len())].clone(), changes)
            });
            spoiled.collect::<Vec<_>>()
        });
        HARNESS.with_borrow_mut(|harness| {
            let executed = harness.block(&transactions);
            assert_eq!(executed.block.receipts.len() + executed.rejected.len(), transactions.len());
        });
    }

    /// Instructions with any data to the built-in programs and the token programs.
    #[test]
    fn any_data_to_programs(
        data in prop::collection::vec(any::<u8>(), 0..200),
        tag in 0..14_u8,
        accounts in prop::collection::vec((0..6_u64, any::<bool>()), 0..8),
    ) {
        use sealane_sdk::ids::{associated_token, bpf_loader, bpf_loader_upgradeable, compute_budget, system_program, token};
        use sealane_sdk::instruction::AccountMeta;
        let metas = accounts.iter().map(|(number, writable)| {
            AccountMeta { pubkey: Harness::user(*number).address, is_signer: false, is_writable: *writable }
        });
        let metas: Vec<AccountMeta> = metas.collect();
        let tagged = [&[tag, 0, 0, 0][..], &data].concat();
        let programs =
            [system_program::ID, bpf_loader_upgradeable::ID, bpf_loader::ID, compute_budget::ID, token::ID, associated_token::ID];
        HARNESS.with_borrow_mut(|harness| {
            let transactions: Vec<Vec<u8>> = programs
                .iter()
                .flat_map(|program| [(program, &data), (program, &tagged)])
                .map(|(program, data)| {
                    let instruction =
                        Instruction { program_id: *program, accounts: metas.clone(), data: data.clone() };
                    harness.sign(&[instruction], &[&Harness::user(7)])
                })
                .collect();
            harness.block(&transactions);
        });
    }
}

/// Modules to spoil: small ones, and the real programs.
fn module(index: usize) -> Vec<u8> {
    match index % 4 {
        0 => modules::saying("a module to spoil"),
        1 => modules::failing(7),
        2 => sealane_artifacts::ASSOCIATED_TOKEN.to_vec(),
        _ => modules::assemble(
            r#"(module
                (type $unary (func (param i32) (result i32)))
                (memory (export "memory") 1 2)
                (table 4 funcref)
                (global (export "__heap_base") i32 (i32.const 1024))
                (global $count (mut i64) (i64.const 3))
                (elem (i32.const 0) $double $double)
                (func $double (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
                (func (export "entrypoint") (param i32) (result i64)
                    (global.set $count (i64.add (global.get $count) (i64.const 1)))
                    (drop (call_indirect (type $unary) (i32.const 4) (i32.const 1)))
                    (loop $again (br_if $again (i32.eqz (i32.const 1))))
                    (i64.const 0)))"#,
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_to_the_validator(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = validate::validate(&bytes);
        let module = [b"\0asm\x01\0\0\0", &bytes[..]].concat();
        let _ = validate::validate(&module);
        let _ = validate::explain(&module);
    }

    #[test]
    fn spoiled_modules_to_the_validator(index in 0..4_usize, changes in changes()) {
        let _ = validate::validate(&spoil(module(index), &changes));
    }

    /// Those that pass run, the same on new and on kept instances.
    #[test]
    fn spoiled_modules_to_the_vm(small in any::<bool>(), changes in changes()) {
        check_module(&spoil(module(if small { 0 } else { 3 }), &changes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Spoiled modules that are deployed, or refused, and called: whatever they do, the block goes on.
    #[test]
    fn spoiled_modules_on_the_ledger(changes in prop::collection::vec(changes(), 4), number in any::<u32>()) {
        HARNESS.with_borrow_mut(|harness| run_spoiled_modules(harness, &changes, u64::from(number)));
    }

    #[test]
    fn any_module_to_the_loader(bytes in prop::collection::vec(any::<u8>(), 0..300), changes in changes()) {
        check_deployment(&bytes);
        check_deployment(&spoil(module(0), &changes));
        check_instruction(&bytes);
    }
}

fn run_spoiled_modules(harness: &mut Harness, changes: &[Vec<Change>], number: u64) {
    use sealane_sdk::limits::rent_exempt_minimum_lamports;
    use solana_loader_v3_interface::{instruction as loader, state::UpgradeableLoaderState as State};
    let payer = Harness::user(0);
    let mut programs = Vec::new();
    let mut deployments = Vec::new();
    for (index, changes) in (0_u64..).zip(changes) {
        let small = if index % 2 == 0 { 0 } else { 3 };
        let module = spoil(module(small), changes);
        let [program, buffer] = [0, 1].map(|kind| Harness::user(1_000_000 + number * 16 + index * 2 + kind));
        let buffer_lamports =
            rent_exempt_minimum_lamports(sealane_tests::programs::buffer_size_bytes(module.len()));
        let mut instructions = loader::create_buffer(
            &payer.address,
            &buffer.address,
            &payer.address,
            buffer_lamports,
            module.len(),
        )
        .unwrap();
        instructions.push(loader::write(&buffer.address, &payer.address, 0, module));
        let lamports = rent_exempt_minimum_lamports(State::size_of_program());
        let deploy = loader::deploy_with_max_program_len(
            &payer.address,
            &program.address,
            &buffer.address,
            &payer.address,
            lamports,
            600,
        );
        instructions.extend(deploy.unwrap());
        deployments.push(harness.sign(&instructions, &[&payer, &buffer, &program]));
        programs.push(program);
    }
    harness.block(&deployments);
    let calls: Vec<Vec<u8>> = programs
        .iter()
        .map(|program| {
            let call = Instruction { program_id: program.address, accounts: Vec::new(), data: vec![1, 2, 3] };
            let transfer = system::transfer(&payer.address, &Harness::user(1).address, number);
            harness.sign(&[transfer, call], &[&payer])
        })
        .collect();
    harness.block(&calls);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// The bytes of a block, spoiled: either they do not decode, or the block is refused, or it says the same.
    #[test]
    fn spoiled_blocks_to_a_replica(changes in changes()) {
        let mut producer = Harness::new();
        let [from, to] = [0, 1].map(Harness::user);
        let transfers: Vec<Vec<u8>> = (1..4)
            .map(|lamports| producer.sign(&[system::transfer(&from.address, &to.address, lamports)], &[&from]))
            .collect();
        let block = producer.block(&transfers).block;
        let config = bincode::config::standard().with_limit::<{ 1 << 20 }>();
        let bytes = bincode::serde::encode_to_vec(&*block, config).unwrap();
        let spoiled = spoil(bytes, &changes);
        if let Ok((decoded, _)) = bincode::serde::decode_from_slice::<Block, _>(&spoiled, config) {
            let mut replica = Harness::new();
            if let Ok(executed) = replica.runtime.replay_block(&decoded) {
                prop_assert_eq!(executed.block, block);
            }
        }
    }
}
