//! Calls of the probe: order-sensitive arithmetic, random scripts that nest, derived signers, accounts that come and go.

use super::block::{Draft, Maker};
use super::scripts::{Cast, random_script};
use crate::programs::{PROBE, TWIN, probe};
use rand::Rng;
use sealane_probe::{ACCOUNT_SIGNER, ACCOUNT_WRITABLE, Script};
use sealane_sdk::ids::system_program;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::{MAX_STACK_HEIGHT, rent_exempt_minimum_lamports};
use solana_system_interface::instruction as system;

/// `x ← x × a + b` on two cells: the result shows the order in which transactions ran.
pub(super) fn arithmetic(maker: &mut Maker<'_>) -> Draft {
    let (payer, first, second) = (maker.user(), maker.cell_of(&PROBE), maker.cell_of(&PROBE));
    let accounts = vec![AccountMeta::new(first, false), AccountMeta::new(second, false)];
    let factor = maker.random.random::<u64>() | 1;
    let mut script = Script::new().multiply_add(0, 0, factor, maker.random.random());
    if maker.chance(70) {
        script = script.copy_data(0, 0, 1, 8, 8);
    }
    if maker.chance(20) {
        script = script.return_code(maker.random.random_range(1..1_000));
    }
    Draft::new(vec![probe(accounts, script)], vec![payer])
}

/// One or two calls with random scripts, of the probe or its twin.
pub(super) fn script(maker: &mut Maker<'_>) -> Draft {
    let payer = maker.user();
    let program_id = if maker.chance(75) { PROBE } else { TWIN };
    let mut accounts = vec![AccountMeta::new(payer.address, true)];
    let cell_count = maker.random.random_range(1..5);
    for _ in 0..cell_count {
        let cell = if maker.chance(95) { maker.cell_of(&program_id) } else { maker.cell() };
        accounts.push(if maker.chance(92) {
            AccountMeta::new(cell, false)
        } else {
            AccountMeta::new_readonly(cell, false)
        });
    }
    let vault_index = maker.choose(maker.world.vaults.len());
    let vault = maker.world.vaults[vault_index];
    accounts.push(AccountMeta::new(vault.address, false));
    accounts
        .extend([PROBE, TWIN, system_program::ID].map(|program| AccountMeta::new_readonly(program, false)));
    let cast = Cast::new(&accounts, cell_count, vault);
    let call_count = if maker.chance(25) { 2 } else { 1 };
    let instructions = (0..call_count).map(|_| {
        // One level more than the ledger allows, now and then.
        let depth = if maker.chance(50) { 0 } else { maker.random.random_range(1..=MAX_STACK_HEIGHT) };
        let data = random_script(maker.random, &cast, &program_id, depth).into_bytes();
        Instruction { program_id, accounts: accounts.clone(), data }
    });
    Draft::new(instructions.collect(), vec![payer])
}

/// Moves lamports out of a derived account, by its seeds; now and then by the wrong ones.
pub(super) fn vault(maker: &mut Maker<'_>) -> Draft {
    let payer = maker.user();
    let index = maker.choose(maker.world.vaults.len());
    let vault = maker.world.vaults[index];
    let lamports = maker.random.random_range(0..2_000_000);
    let number = if maker.chance(12) { vault.number + 1 } else { vault.number };
    let accounts = vec![
        AccountMeta::new(vault.address, false),
        AccountMeta::new(payer.address, true),
        AccountMeta::new_readonly(system_program::ID, false),
    ];
    let transfer = system::transfer(&vault.address, &payer.address, lamports);
    let script = Script::new().invoke(
        2,
        &[(0, ACCOUNT_SIGNER | ACCOUNT_WRITABLE), (1, ACCOUNT_WRITABLE)],
        &transfer.data,
        &[&[b"vault", &[number], &[vault.bump]]],
    );
    Draft::new(vec![probe(accounts, script)], vec![payer])
}

/// Creates a cell and writes to it, or closes one; and, half of the time, both in the same transaction.
pub(super) fn open_and_close(maker: &mut Maker<'_>) -> Draft {
    let payer = maker.user();
    if maker.chance(40) {
        let cell = maker.cell();
        let accounts = vec![AccountMeta::new(cell, false), AccountMeta::new(payer.address, false)];
        return Draft::new(vec![probe(accounts, Script::new().close(0, 1))], vec![payer]);
    }
    let account = maker.world.fresh_user();
    let space = 40;
    let lamports = rent_exempt_minimum_lamports(space);
    let create = system::create_account(&payer.address, &account.address, lamports, space as u64, &PROBE);
    let accounts = vec![AccountMeta::new(account.address, false), AccountMeta::new(payer.address, false)];
    let mut script = Script::new().write_data(0, 0, b"opened");
    if maker.chance(50) {
        script = script.close(0, 1);
    } else {
        maker.world.cells.push(account.address);
    }
    Draft::new(vec![create, probe(accounts, script)], vec![payer, account])
}
