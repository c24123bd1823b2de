//! Compiling is bounded, and what goes wrong with it is no verdict: every family of expensive programs meets a bound,
//! what the bounds let through compiles, real programs are far below them, and a machine that cannot compile a program
//! says so instead of refusing it.

mod bombs;
#[path = "../common/mod.rs"]
mod common;
mod local_faults;

use bombs::{BOMBS, Bomb, largest, module};
use common::engine;
use sealane_artifacts::Program;
use sealane_vm::validate::{Bound, ModuleError, validate};
use std::sync::OnceLock;

/// Most functions of the largest body that fit into a module.
const MOST_LARGEST_FUNCTIONS: u32 = 5;

/// For each family, the most pieces that are accepted, and the refusal of one more.
fn largest_of_all() -> &'static [(Bomb, u32, ModuleError)] {
    static LARGEST: OnceLock<Vec<(Bomb, u32, ModuleError)>> = OnceLock::new();
    LARGEST.get_or_init(|| {
        let with_largest = |bomb: &Bomb| {
            let (pieces, refusal) = largest(*bomb, 1);
            (*bomb, pieces, refusal)
        };
        BOMBS.iter().map(with_largest).collect()
    })
}

/// Nothing grows without a bound: each family is refused at some size, by a bound that is named with the function and a
/// value beyond it, and is accepted one piece below that; and a few functions of that size are too much together.
#[test]
fn every_family_meets_a_bound() {
    for (bomb, pieces, refusal) in largest_of_all() {
        assert!(*pieces > 0, "{}: {refusal}", bomb.name);
        let ModuleError::Bound { value, limit, .. } = refusal else { panic!("{}: {refusal}", bomb.name) };
        assert!(value > limit && refusal.function().is_some(), "{}: {refusal}", bomb.name);
        if matches!(refusal, ModuleError::Bound { bound: Bound::BodySize | Bound::FunctionWork, .. }) {
            let many = validate(&module(*bomb, *pieces, MOST_LARGEST_FUNCTIONS + 1));
            assert!(
                matches!(many, Err(ModuleError::Bound { bound: Bound::ModuleWork | Bound::ModuleSize, .. })),
                "{}: {many:?}",
                bomb.name
            );
        }
    }
}

/// A module that passes the checks must compile on every machine, or the ledger would stand still: here each family at
/// an eighth of what is accepted, since the whole takes minutes without optimisation (the example `compile_bombs` and
/// the bench `compile` compile the largest).
#[test]
fn what_is_accepted_compiles() {
    for (bomb, pieces, _) in largest_of_all() {
        let program = engine().load(&module(*bomb, pieces.div_ceil(8), 1));
        assert!(program.is_ok(), "{}: {:?}", bomb.name, program.err());
    }
}

/// The bounds are for bombs: the programs of this repository take less than a twentieth of what a module may. The compiler puts all
/// instructions of a declared program into one function, which takes less than a tenth of what a function may.
#[test]
fn real_programs_are_far_below_the_bounds() {
    for Program { name, bytes } in sealane_artifacts::PROGRAMS {
        let info = validate(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let largest = info.functions.iter().map(|function| function.work_units).max().unwrap_or(0);
        let whole: u64 = info.functions.iter().map(|function| function.work_units).sum();
        println!("{name}: {} functions, work {whole}, the largest {largest}", info.functions.len());
        assert!(whole < Bound::ModuleWork.limit() / 20, "{name}: {whole}");
        assert!(largest < Bound::FunctionWork.limit() / 10, "{name}: {largest}");
    }
}
