//! What the author of a program gets to see when it goes wrong: function, account and rule, one line a fault. A line that gets worse
//! is a fault by itself.

use sealane_faults::{
    CheckAddresses, CheckDataAddresses, Data, ID, MakeAddresses, StopAddresses, TREASURY, Versioned,
    VersionedV1, WriteBothAddresses, builders,
};
use sealane_sdk::guest::AccountData;
use sealane_sdk::ids::system_program;
use sealane_sdk::instruction::Instruction;
use sealane_sdk::{Account, Address, bytemuck};
use sealane_testing::{TestLedger, User, deploy_crate, system};
use std::fmt::Write;

/// What the instructions are called on.
struct World {
    ledger: TestLedger,
    alice: User,
    bob: User,
    data: Address,
    read_only: Address,
    older: Address,
}

const ID_ARGUMENT: u16 = 2;

impl World {
    fn new() -> Self {
        let mut ledger = TestLedger::new();
        deploy_crate!(ledger, sealane_faults);
        let [alice, bob] = ["alice", "bob"].map(|name| ledger.user(name));
        let [data, read_only, older] = [1, 2, 3].map(|number| Address::new_from_array([number; 32]));
        for address in [data, read_only] {
            ledger.set::<Data>(address, ID, |data| data.owner = alice.address);
        }
        ledger.set::<VersionedV1>(older, ID, |_| {});
        let mut world = Self { ledger, alice, bob, data, read_only, older };
        let bump = world.derived().1;
        world.ledger.change::<Data>(&data, |data| data.bump = bump);
        world
    }

    fn derived(&self) -> (Address, u8) {
        Address::find_program_address(
            &[b"seed", self.alice.address.as_ref(), &ID_ARGUMENT.to_le_bytes()],
            &ID,
        )
    }

    fn stop(&self) -> StopAddresses {
        let (data, read_only) = (self.data, self.read_only);
        StopAddresses { authority: self.alice.address, data, read_only, program: system_program::ID }
    }

    fn check(&self) -> Instruction {
        let addresses = CheckAddresses {
            owner: self.alice.address,
            witness: self.bob.address,
            writable: self.bob.address,
            owned: self.read_only,
            program: ID,
            wallet: self.bob.address,
            data: self.data,
        };
        builders::check(&addresses, ID_ARGUMENT)
    }

    /// The instruction of [`Self::check`] with this account at the field of that name.
    fn check_with(&self, field: &str, address: Address) -> Instruction {
        with(self.check(), field, |account| account.pubkey = address)
    }

    fn write_both(&self) -> WriteBothAddresses {
        WriteBothAddresses { one: self.data, other: self.read_only }
    }
}

/// The instruction with another account in the field of this name.
fn with(
    mut instruction: Instruction,
    field: &str,
    change: impl FnOnce(&mut sealane_sdk::instruction::AccountMeta),
) -> Instruction {
    let idl = sealane_faults::idl();
    let described =
        idl.instructions.iter().find(|described| instruction.data.starts_with(&described.discriminator));
    let accounts = described.expect("an instruction of the program").account_names();
    let position = accounts.iter().position(|account| account == field).expect("a field of the instruction");
    change(&mut instruction.accounts[position]);
    instruction
}

/// Runs what must fail; bob signs where he must.
#[track_caller]
fn cause(world: &mut World, instruction: &Instruction) -> String {
    let world = &mut *world;
    // The stack counts in units too: enough of them that it ends first.
    let transaction = [system::unit_limit(1_400_000), instruction.clone()];
    let signers = [&world.alice, &world.bob];
    let needed = |signer: &&User| {
        instruction.accounts.iter().any(|account| account.is_signer && account.pubkey == signer.address)
    };
    let others = signers[1..].iter().copied().filter(needed);
    let signers: Vec<&User> = [&world.alice].into_iter().chain(others).collect();
    let failed = world.ledger.send(&transaction, &signers).expect_failure();
    failed.cause().expect("it failed").to_string()
}

/// Every instruction and what its author is told, compared as one table.
#[track_caller]
fn check(world: &mut World, cases: &[(Instruction, &str)]) {
    let mut differences = String::new();
    for (instruction, expected) in cases {
        let found = cause(world, instruction);
        if found != *expected {
            let _ = writeln!(differences, "expected {expected}\nfound    {found}\n");
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
}

#[test]
fn a_program_that_stops_tells_function_and_reason() {
    let mut world = World::new();
    let stop = world.stop();
    check(
        &mut world,
        &[
            (
                builders::read_behind_the_end(&stop, 3),
                "faults::read_behind_the_end: panicked: index out of bounds: the len is 3 but the index is 3, programs/faults/src/lib.rs:176, in sealane_faults::entry_of_a_list",
            ),
            (
                builders::unwrap_nothing(&stop),
                "faults::unwrap_nothing: panicked: the price is known by now, programs/faults/src/lib.rs:33",
            ),
            (
                builders::overflow(&stop, 1),
                "faults::overflow: panicked: attempt to add with overflow, programs/faults/src/lib.rs:181, in sealane_faults::total",
            ),
            (
                builders::overflow_checked(&stop, 1),
                "faults::overflow_checked: Program arithmetic overflowed [ArithmeticOverflow]",
            ),
            (
                builders::divide(&stop, 0),
                "faults::divide: panicked: attempt to divide by zero, programs/faults/src/lib.rs:186, in sealane_faults::share",
            ),
            (
                builders::spin(&stop),
                "faults::spin: compute units exhausted (1,399,850 used), in sealane_faults::wait_forever",
            ),
            (
                builders::fill_memory(&stop),
                "faults::fill_memory: panicked: memory allocation of 1048576 bytes failed, in sealane_faults::hoard",
            ),
            (
                builders::fill_stack(&stop, 1_000_000),
                "faults::fill_stack: memory access out of bounds: the stack is full, unless the program reckons with addresses, in sealane_faults::dig",
            ),
            (
                builders::large_local(&stop),
                "faults::large_local: memory access out of bounds: the stack is full, unless the program reckons with addresses, in sealane_faults::sum_of_a_large_array",
            ),
        ],
    );
}

#[test]
fn a_program_that_breaks_the_ledgers_rules_tells_account_and_rule() {
    let mut world = World::new();
    let stop = world.stop();
    let nobody = Instruction { program_id: Address::new_from_array([99; 32]), ..builders::refuse(&stop) };
    check(
        &mut world,
        &[
            (
                builders::write_undeclared(&stop),
                "faults::write_undeclared: account read_only: its data changed, but it is read-only here",
            ),
            (
                builders::take_lamports(&stop),
                "faults::take_lamports: account read_only: its lamports changed, but it is read-only here",
            ),
            (
                builders::steal(&stop),
                "faults::steal: account authority: lamports were taken from it by a program that does not own it",
            ),
            (
                builders::print_lamports(&stop),
                "faults::print_lamports: the sum of lamports over the call's accounts changed",
            ),
            (
                builders::starve(&stop),
                "faults::starve: account data: would be left with less than the rent-exempt minimum",
            ),
            (
                builders::grow(&stop),
                "faults::grow: account data: its data grew by more than 10240 bytes in one call",
            ),
            (
                builders::borrow_twice(&stop),
                "faults::borrow_twice: account data: its data is lent out already [AccountBorrowFailed]",
            ),
            (
                builders::hold_while_calling(&stop),
                "faults::hold_while_calling: account data: its data is lent out already [AccountBorrowFailed]",
            ),
            (
                builders::escalate(&stop),
                "faults::escalate: account read_only: a nested call cannot make it writable",
            ),
            (nobody, "7gyGAp71YXQRoxmFBaHxofQXAipvgHyBKPyxmdSJxyvz: is not a program that can be called"),
            (builders::refuse(&stop), "faults::refuse: Not today. [NotToday, 6000]"),
            (builders::refuse_unknown(&stop), "faults::refuse_unknown: returned error 77 [unknown, 77]"),
        ],
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn every_constraint_tells_account_and_rule() {
    let mut world = World::new();
    let (alice, bob) = (world.alice.address, world.bob.address);
    world.ledger.succeed(&[world.check()], &[&world.alice, &world.bob]);
    let theirs = Address::new_from_array([4; 32]);
    let bump = world.derived().1;
    world.ledger.set::<Data>(theirs, ID, |data| (data.owner, data.bump) = (bob, bump));
    let [seven, eight] = [(7, 5), (8, 6)].map(|(number, place)| {
        let address = Address::new_from_array([place; 32]);
        world
            .ledger
            .set::<Data>(address, ID, |data| (data.owner, data.number, data.bump) = (alice, number, bump));
        address
    });
    let other_seed = {
        let mut instruction = world.check();
        let end = instruction.data.len() - 2;
        instruction.data[end..].copy_from_slice(&1_u16.to_le_bytes());
        instruction
    };
    let unsigned = |field: &str| with(world.check(), field, |account| account.is_signer = false);
    let cases = [
        (
            with(unsigned("owner"), "owner", |account| account.pubkey = TREASURY),
            "faults::check: account owner: must sign [AccountNotSigner, 3010]",
        ),
        (
            with(unsigned("witness"), "witness", |account| account.pubkey = TREASURY),
            "faults::check: account witness: must sign [ConstraintSigner, 2002]",
        ),
        (
            with(world.check_with("writable", TREASURY), "writable", |account| account.is_writable = false),
            "faults::check: account writable: must be writable [ConstraintMut, 2000]",
        ),
        (
            world.check_with("treasury", bob),
            "faults::check: account treasury: address = TREASURY does not hold [ConstraintAddress, 2012]",
        ),
        (
            world.check_with("owned", bob),
            "faults::check: account owned: owner = ID does not hold [ConstraintOwner, 2004]",
        ),
        (
            world.check_with("program", bob),
            "faults::check: account program: must be a program [ConstraintExecutable, 2007]",
        ),
        (
            world.check_with("wallet", world.data),
            "faults::check: account wallet: must belong to the system program [AccountNotSystemOwned, 3011]",
        ),
        (
            world.check_with("derived", bob),
            "faults::check: account derived: its address is not the one that its seeds and bump derive [ConstraintSeeds, 2006]",
        ),
        (
            world.check_with("searched", bob),
            "faults::check: account searched: its address is not the one that its seeds derive [ConstraintSeeds, 2006]",
        ),
        (
            other_seed,
            "faults::check: account derived: its address is not the one that its seeds and bump derive [ConstraintSeeds, 2006]",
        ),
        (
            world.check_with("data", theirs),
            "faults::check: account data: has_one = owner does not hold [ConstraintHasOne, 2001]",
        ),
        (
            world.check_with("data", seven),
            "faults::check: account data: constraint = data.load()?.number != 7 && id < 3 does not hold [ConstraintRaw, 2003]",
        ),
        (
            world.check_with("data", eight),
            "faults::check: account data: constraint = data.load()?.number != 8 does not hold: Eight is too much. [Eight, 6001]",
        ),
        (
            world.check_with("system_program", bob),
            "faults::check: account system_program: must be the system program [InvalidProgramId, 3008]",
        ),
    ];
    check(&mut world, &cases);
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn accounts_that_hold_something_else_are_told_as_such() {
    let mut world = World::new();
    let [foreign, empty, zeros, short] = [11, 12, 13, 14].map(|number| Address::new_from_array([number; 32]));
    let alice = world.alice.address;
    let data = bytemuck::bytes_of(&Data::zeroed().with_discriminator()).to_vec();
    world.ledger.set_account(foreign, Account::with_data(system_program::ID, data.clone()));
    world.ledger.set_account(zeros, Account::with_data(ID, vec![0; data.len()]));
    world.ledger.set_account(short, Account::with_data(ID, data[..20].to_vec()));
    let check_data = |data: Address, optional: Option<Address>| {
        builders::check_data(&CheckDataAddresses { data, optional })
    };
    let (new, _) = Address::find_program_address(&[b"new", alice.as_ref()], &ID);
    let make = || builders::make(&MakeAddresses { payer: alice });
    world.ledger.set::<Versioned>(new, ID, |_| {});
    let twice = WriteBothAddresses { other: world.data, ..world.write_both() };
    let mut few = builders::write_both(&world.write_both());
    few.accounts.truncate(1);
    let mut cut = world.check();
    cut.data.truncate(9);
    let mut long = world.check();
    long.data.push(0);
    let mut unknown = make();
    unknown.data.fill(0xee);
    let cases = [
        (
            check_data(foreign, None),
            "faults::check_data: account data: must belong to this program [AccountOwnedByWrongProgram, 3007]",
        ),
        (
            check_data(empty, None),
            "faults::check_data: account data: is not made yet [AccountNotInitialized, 3012]",
        ),
        (
            check_data(zeros, None),
            "faults::check_data: account data: holds nothing yet [AccountNotInitialized, 3012]",
        ),
        (
            check_data(short, None),
            "faults::check_data: account data: has data of another size than its type [AccountDidNotDeserialize, 3003]",
        ),
        (
            check_data(world.older, None),
            "faults::check_data: account data: holds data of another type [AccountDiscriminatorMismatch, 3002]",
        ),
        (
            check_data(world.data, Some(world.older)),
            "faults::check_data: account optional: holds an older version of its data: it must be migrated first [AccountDiscriminatorMismatch, 3002]",
        ),
        (
            check_data(world.data, Some(world.data)),
            "faults::check_data: account optional: holds data of another type [AccountDiscriminatorMismatch, 3002]",
        ),
        (
            make(),
            "faults::make: account new: is in use: `init` makes accounts that are not there yet [AccountDiscriminatorAlreadySet, 3000]",
        ),
        (
            with(make(), "new", |account| account.pubkey = empty),
            "faults::make: account new: its address is not the one that its seeds derive [ConstraintSeeds, 2006]",
        ),
        (
            builders::write_both(&twice),
            "faults::write_both: account other: is the same account as one: two are to be written (`dup` allows one) [ConstraintDuplicateMutableAccount, 2040]",
        ),
        (
            with(builders::write_both(&world.write_both()), "one", |account| account.is_writable = false),
            "faults::write_both: account one: must be writable [ConstraintMut, 2000]",
        ),
        (
            few,
            "faults::write_both: account other: is missing: the instruction got too few accounts [AccountNotEnoughKeys, 3005]",
        ),
        (cut, "faults::check: argument id: expected a u16 (2 bytes) [InstructionDidNotDeserialize, 102]"),
        (long, "faults::check: there are bytes behind the last argument [InstructionDidNotDeserialize, 102]"),
        (unknown, "faults: No instruction has this discriminator. [InstructionFallbackNotFound, 101]"),
    ];
    check(&mut world, &cases);
}
