//! How the rewriter inserts instructions that cost no units, in an engine whose prices go by kind of instruction.
//!
//! The kinds that are inserted cost nothing, and `nop` costs one unit. Where the program itself has one of these kinds,
//! the rewriter puts a `nop` before it; the program's own `nop`s, which were always free, are left out. A `nop` becomes
//! no code, and it is counted at the same place as the instruction behind it: so units are what they would be without
//! any of this.

use wasmparser::Operator;
use wasmtime::OperatorCost;

macro_rules! free_operators {
    ($($name:ident)*) => {
        /// Whether the engine counts nothing for instructions of this kind, so that a `nop` must pay for it.
        pub(crate) const fn is_free(operator: &Operator<'_>) -> bool {
            matches!(operator, $(Operator::$name { .. })|*)
        }

        /// Makes the kinds that are inserted free, and `nop` what pays for them.
        pub(crate) const fn free_operators(cost: OperatorCost) -> OperatorCost {
            OperatorCost { Nop: 1, $($name: 0,)* ..cost }
        }
    };
}

free_operators! {
    LocalGet LocalSet LocalTee GlobalGet GlobalSet I32Const I32Add I64Const I64ExtendI32U I64Add I64Sub I64Shl I64ShrU
    I64And I64Or
}
