//! Write locks against Solana's own rule, and the reserved list.

use super::*;
use crate::ingest::{is_reserved, write_locks};
use sealane_sdk::ids;

fn check(header: (u8, u8, u8), keys: &[Address], instructions: Vec<CompiledInstruction>, expected: u64) {
    let bytes = to_bytes(&legacy_transaction(header, keys, instructions));
    assert_eq!(write_locks(&sanitized(&bytes)), expected, "{header:?} {keys:?}");
}

#[test]
fn locks_are_the_writable_keys_without_reserved_and_called_ones() {
    let keys = [address(1), address(2), address(3), address(4)];
    check((1, 0, 0), &keys, vec![], 0b1111);
    check((2, 1, 1), &keys, vec![], 0b0101);
    check((1, 0, 3), &keys, vec![], 0b0001);
    check((1, 0, 0), &keys, vec![instruction(2, &[2, 3], &[])], 0b1011);
    check((1, 0, 1), &keys, vec![instruction(3, &[], &[]), instruction(1, &[], &[])], 0b0101);
    check((1, 0, 0), &[address(1), ids::system_program::ID, ids::clock::ID, address(2)], vec![], 0b1001);
    // A reserved key signs nothing, but its slot may say so.
    check((1, 0, 0), &[ids::rent::ID], vec![], 0);
}

#[test]
fn reserved_are_the_built_in_addresses_and_no_others() {
    let reserved = [
        ids::system_program::ID,
        ids::compute_budget::ID,
        ids::bpf_loader::ID,
        ids::bpf_loader_upgradeable::ID,
        ids::native_loader::ID,
        ids::sysvar::ID,
        ids::clock::ID,
        ids::rent::ID,
        ids::recent_blockhashes::ID,
        ids::slot_hashes::ID,
        ids::instructions::ID,
    ];
    for address in reserved {
        assert!(is_reserved(&address), "{address}");
        let mut bytes = address.to_bytes();
        for position in 0..32 {
            bytes[position] ^= 1;
            assert!(!is_reserved(&Address::new_from_array(bytes)));
            bytes[position] ^= 1;
        }
    }
    for address in [ids::token::ID, ids::associated_token::ID, ids::incinerator::ID, address(1), address(255)]
    {
        assert!(!is_reserved(&address), "{address}");
    }
}

proptest! {
    #[test]
    fn locks_agree_with_solana(transaction in good_transactions(), reserved_index in 0_usize..20) {
        let mut transaction = transaction;
        let keys = match &mut transaction.message {
            VersionedMessage::Legacy(message) => &mut message.account_keys,
            VersionedMessage::V0(message) => &mut message.account_keys,
            VersionedMessage::V1(message) => &mut message.account_keys,
        };
        if let Some(key) = keys.get_mut(reserved_index) {
            *key = ids::recent_blockhashes::ID;
        }
        let bytes = to_bytes(&transaction);
        prop_assume!(fits(&transaction, &bytes));
        let reserved = std::iter::once(ids::recent_blockhashes::ID).collect::<std::collections::BTreeSet<_>>();
        let reserved = Reserved(reserved);
        let locks = write_locks(&sanitized(&bytes));
        for index in 0..transaction.message.static_account_keys().len() {
            let expected = transaction.message.is_maybe_writable_with_reserved_addresses(index, Some(&reserved));
            prop_assert_eq!(locks >> index & 1 == 1, expected, "key {}", index);
        }
    }
}

struct Reserved(std::collections::BTreeSet<Address>);

impl solana_message::AddressSet for Reserved {
    fn contains(&self, address: &Address) -> bool {
        self.0.contains(address)
    }
}
