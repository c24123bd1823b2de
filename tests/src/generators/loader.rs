//! Programs come, change and go while others call them.

use super::block::{Draft, Maker};
use super::world::PROGRAM_CAPACITY_BYTES;
use crate::modules;
use crate::programs::{buffer_size_bytes, program_data_address};
use crate::user::User;
use rand::Rng;
use sealane_sdk::instruction::{AccountMeta, Instruction};
use sealane_sdk::limits::rent_exempt_minimum_lamports;
use solana_loader_v3_interface::instruction as loader;
use solana_loader_v3_interface::state::UpgradeableLoaderState;

/// Calls a program, or the place where one may be, with its data account among the call's accounts half of the time:
/// that makes the call wait for deployments and still see the program as the block found it.
pub(super) fn call(maker: &mut Maker<'_>) -> Draft {
    let index = maker.choose(maker.world.programs.len());
    let program = maker.world.programs[index].address;
    let accounts = if maker.chance(50) {
        vec![AccountMeta::new_readonly(program_data_address(&program), false)]
    } else {
        Vec::new()
    };
    let payer = maker.user();
    Draft::new(vec![Instruction { program_id: program, accounts, data: Vec::new() }], vec![payer])
}

/// Deploys, upgrades, hands on or closes a program.
pub(super) fn manage(maker: &mut Maker<'_>) -> Draft {
    let index = maker.choose(maker.world.programs.len());
    let program = maker.world.programs[index].clone();
    let authority = if maker.chance(5) { maker.user() } else { maker.world.users[index % 4].clone() };
    let is_there = maker.ledger.account(&program.address).ok().flatten().is_some();
    match maker.random.random_range(0..10) {
        0 => {
            let close = loader::close_any(
                &program_data_address(&program.address),
                &authority.address,
                Some(&authority.address),
                Some(&program.address),
            );
            Draft::new(vec![close], vec![authority])
        }
        1 => {
            let new = if maker.chance(50) { maker.user() } else { authority.clone() };
            let set = loader::set_upgrade_authority(&program.address, &authority.address, Some(&new.address));
            Draft::new(vec![set], vec![authority])
        }
        _ if is_there => upgrade(maker, &program, authority),
        _ => deploy(maker, &program, authority),
    }
}

fn deploy(maker: &mut Maker<'_>, program: &User, authority: User) -> Draft {
    let (mut instructions, buffer) = filled_buffer(maker, &authority);
    let lamports = rent_exempt_minimum_lamports(UpgradeableLoaderState::size_of_program());
    let deployment = loader::deploy_with_max_program_len(
        &authority.address,
        &program.address,
        &buffer.address,
        &authority.address,
        lamports,
        PROGRAM_CAPACITY_BYTES,
    );
    instructions.extend(deployment.expect("the instruction encodes"));
    Draft::new(instructions, vec![authority, buffer, program.clone()])
}

fn upgrade(maker: &mut Maker<'_>, program: &User, authority: User) -> Draft {
    let (mut instructions, buffer) = filled_buffer(maker, &authority);
    instructions.push(loader::upgrade(
        &program.address,
        &buffer.address,
        &authority.address,
        &authority.address,
    ));
    Draft::new(instructions, vec![authority, buffer])
}

/// A new buffer with a module, good or bad.
fn filled_buffer(maker: &mut Maker<'_>, authority: &User) -> (Vec<Instruction>, User) {
    let number: u16 = maker.random.random();
    let module = match maker.random.random_range(0..10) {
        0 => modules::failing(u32::from(number)),
        1 => modules::without_entrypoint(),
        2 => vec![0xFF; 40],
        _ => modules::saying(&format!("module {number}")),
    };
    let buffer = maker.world.fresh_user();
    let lamports = rent_exempt_minimum_lamports(buffer_size_bytes(module.len()));
    let created = loader::create_buffer(
        &authority.address,
        &buffer.address,
        &authority.address,
        lamports,
        module.len(),
    );
    let mut instructions = created.expect("the instruction encodes");
    instructions.push(loader::write(&buffer.address, &authority.address, 0, module));
    (instructions, buffer)
}
