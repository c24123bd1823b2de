//! Which accounts hold a program, and where in them the module ends.

use super::loader::{buffer_account, data_account, module, new_program_account, other, program_account};
use crate::execute::builtins::{module_of, program_bytes, program_data_address};
use proptest::prelude::*;
use sealane_sdk::Account;
use sealane_sdk::ids::bpf_loader;

#[test]
fn which_accounts_hold_programs() {
    let module = module(&[0; 4]);
    let immutable = Account { executable: true, ..Account::with_data(bpf_loader::ID, module.clone()) };
    assert_eq!(program_bytes(&immutable, None), Some(&module[..]));
    assert_eq!(program_data_address(&immutable), None);
    assert_eq!(program_bytes(&Account { executable: false, ..immutable.clone() }, None), None);
    assert_eq!(program_bytes(&Account { owner: other(), ..immutable }, None), None);
    let data = data_account(1, None, &module);
    assert_eq!(program_bytes(&program_account(), Some(&data)), Some(&module[..]));
    assert_eq!(program_bytes(&program_account(), Some(&Account { owner: other(), ..data.clone() })), None);
    assert_eq!(program_bytes(&program_account(), Some(&buffer_account(None, &module))), None);
    assert_eq!(program_bytes(&Account { executable: true, ..new_program_account() }, Some(&data)), None);
    assert_eq!(program_data_address(&new_program_account()), None);
    assert_eq!(program_data_address(&Account::default()), None);
}

/// What the module ends with when every way to end it is tried and the validator asked: the plain twin of `module_of`.
fn module_of_by_trial(bytes: &[u8]) -> Option<&[u8]> {
    let zeros = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    let mut valid = (bytes.len() - zeros..=bytes.len())
        .map(|end| &bytes[..end])
        .filter(|module| sealane_vm::validate::validate(module).is_ok());
    let found = valid.next();
    assert!(valid.next().is_none(), "zeros behind a module make no other module");
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn zeros_behind_a_module_are_not_part_of_it(
        filler in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..40),
        custom in prop::option::of(prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..40)),
        zeros in 0_usize..40,
    ) {
        let mut bytes = module(&filler);
        if let Some(custom) = custom {
            // A custom section with an empty name.
            bytes.extend([0, u8::try_from(custom.len() + 1).unwrap(), 0]);
            bytes.extend(custom);
        }
        let module = bytes.clone();
        bytes.resize(module.len() + zeros, 0);
        prop_assert_eq!(module_of(&bytes), &module[..]);
        prop_assert_eq!(module_of_by_trial(&bytes), Some(&module[..]));
    }

    #[test]
    fn bytes_that_are_no_module_stay_or_lose_zeros(
        bytes in prop::collection::vec(prop_oneof![Just(0_u8), any::<u8>()], 0..60),
    ) {
        let kept = module_of(&bytes);
        prop_assert!(bytes.starts_with(kept));
        prop_assert!(bytes[kept.len()..].iter().all(|byte| *byte == 0));
    }
}
