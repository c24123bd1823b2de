//! Any instruction data to the built-in programs and the token programs; and to the token program's decoder, which must
//! read what it has written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealane_tests::oracles::check_instruction;
use sealane_token::instruction::TokenInstruction;

fuzz_target!(|data: &[u8]| {
    if let Ok(instruction) = TokenInstruction::decode(data) {
        let encoded = instruction.encode();
        assert_eq!(TokenInstruction::decode(&encoded), Ok(instruction), "decoding what was encoded");
    }
    check_instruction(data);
});
