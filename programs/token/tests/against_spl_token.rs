//! The same instructions on the same accounts, carried out by SPL Token's own processor and by ours: the same error,
//! or the same accounts.

mod worlds;

use sealane_sdk::guest::region::{Region, RegionAccount};
use sealane_sdk::{Account, Address, ProgramError, ids};
use sealane_token::instruction::TokenInstruction;
use solana_account_info::AccountInfo;
use worlds::{Random, World};

/// Worlds that the test makes, with a few instructions each.
const WORLD_COUNT: u64 = 15_000;
const INSTRUCTIONS_PER_WORLD: usize = 4;

#[test]
fn errors_and_accounts_are_those_of_spl_token() {
    solana_sysvar::program_stubs::set_syscall_stubs(Box::new(Stubs));
    let (mut succeeded_by_tag, mut failed) = ([0_u32; 25], 0_u32);
    for seed in 0..WORLD_COUNT {
        let random = &mut Random(seed);
        let mut world = World::new(random);
        for _ in 0..INSTRUCTIONS_PER_WORLD {
            let (accounts, data) = world.instruction(random);
            let (theirs, our_answer) = (run_spl(&accounts, &data), run_ours(&accounts, &data));
            assert_eq!(
                our_answer.as_ref().err(),
                theirs.as_ref().err(),
                "seed {seed}: {:?}\n{accounts:#?}",
                TokenInstruction::decode(&data)
            );
            let (Ok(ours), Ok(theirs)) = (our_answer, theirs) else {
                failed += 1;
                continue;
            };
            assert_eq!(ours, theirs, "seed {seed}: {:?}", TokenInstruction::decode(&data));
            succeeded_by_tag[usize::from(data[0])] += 1;
            world.keep(&accounts, &ours);
        }
    }
    // The worlds must be such that every instruction gets past its checks often, and is refused often.
    assert!(succeeded_by_tag.iter().all(|count| *count >= 50), "{succeeded_by_tag:?}");
    assert!(failed > 10_000, "{failed}");
}

fn run_ours(accounts: &[RegionAccount], data: &[u8]) -> Result<Vec<Account>, ProgramError> {
    let mut region = Region::new(&sealane_token::ID, accounts, data);
    region.run(sealane_token::process)?;
    Ok((0..accounts.len()).map(|index| region.account(index)).collect())
}

fn run_spl(accounts: &[RegionAccount], data: &[u8]) -> Result<Vec<Account>, ProgramError> {
    let mut states: Vec<Account> = accounts.iter().map(|item| item.account.clone()).collect();
    let first = |index: usize| {
        accounts.iter().position(|item| item.address == accounts[index].address).unwrap_or(index)
    };
    // `AccountInfo::assign` writes through its reference to the owner: each account's stands in a place of its own.
    let owners: Vec<Address> = states.iter().map(|state| state.owner).collect();
    let mut infos: Vec<AccountInfo<'_>> = Vec::new();
    for (index, state) in states.iter_mut().enumerate() {
        let item = &accounts[index];
        let info = if first(index) < index {
            infos[first(index)].clone()
        } else {
            let (signer, writable) = (item.signer, item.writable);
            let (lamports, bytes) = (&mut state.lamports, &mut state.data[..]);
            AccountInfo::new(&item.address, signer, writable, lamports, bytes, &owners[index], false)
        };
        infos.push(info);
    }
    spl_token::processor::Processor::process(&spl_token::ID, &infos, data)?;
    Ok(infos
        .iter()
        .map(|info| {
            let closed = info.lamports() == 0 && *info.owner == ids::system_program::ID;
            // Off chain, SPL Token zeroes a closed account's data where on chain it empties it.
            let data = if closed { Vec::new() } else { info.data.borrow().to_vec() };
            Account { lamports: info.lamports(), owner: *info.owner, executable: false, data }
        })
        .collect())
}

/// What SPL Token's host calls answer.
struct Stubs;

impl solana_sysvar::program_stubs::SyscallStubs for Stubs {
    fn sol_log(&self, _message: &str) {}

    fn sol_get_rent_sysvar(&self, out: *mut u8) -> u64 {
        #[expect(unsafe_code, reason = "the interface is a raw pointer to a Rent")]
        // SAFETY: the caller passes a place for a `Rent`.
        unsafe {
            out.cast::<solana_sysvar::rent::Rent>().write(solana_sysvar::rent::Rent::default());
        }
        0
    }
}
