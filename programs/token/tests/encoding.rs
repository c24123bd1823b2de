//! Layouts, instruction encoding and error numbers, held against `spl-token-interface`.

use proptest::prelude::*;
use sealane_sdk::{Address, ProgramError};
use sealane_token::builders;
use sealane_token::error::{TokenError, log_line};
use sealane_token::instruction::{AuthorityType, CheckedAmount, TokenInstruction};
use sealane_token::state::{
    AccountState, Mint, Multisig, OptionalAddress, OptionalU64, TokenAccount, load, load_any,
};
use spl_token::solana_program::program_pack::Pack;
use spl_token_interface::error::TokenError as SplError;
use spl_token_interface::instruction as spl;
use spl_token_interface::state as spl_state;

fn address() -> impl Strategy<Value = Address> {
    any::<[u8; 32]>().prop_map(Address::new_from_array)
}

fn pack<T: Pack>(state: T) -> Vec<u8> {
    let mut data = vec![0; T::LEN];
    T::pack(state, &mut data).unwrap();
    data
}

proptest! {
    #[test]
    fn a_token_account_reads_and_writes_as_spl_packs_it(
        mint in address(), owner in address(), amount: u64, delegate in proptest::option::of(address()),
        frozen: bool, reserve: Option<u64>, delegated: u64, close in proptest::option::of(address()),
    ) {
        let state = if frozen { spl_state::AccountState::Frozen } else { spl_state::AccountState::Initialized };
        let packed = pack(spl_state::Account {
            mint, owner, amount, delegate: delegate.into(), state,
            is_native: reserve.into(), delegated_amount: delegated, close_authority: close.into(),
        });
        let account = load::<TokenAccount>(&packed).unwrap();
        prop_assert_eq!((account.mint, account.owner, account.amount()), (mint, owner, amount));
        prop_assert_eq!(account.delegate.get().copied(), delegate);
        prop_assert_eq!((account.is_frozen(), account.native_reserve.get()), (frozen, reserve));
        prop_assert_eq!(account.delegated_amount(), delegated);
        prop_assert_eq!(account.close_authority.get().copied(), close);

        let mut written: TokenAccount = bytemuck::Zeroable::zeroed();
        written.mint = mint;
        written.owner = owner;
        written.set_amount(amount);
        written.delegate.set(delegate.as_ref());
        written.set_state(if frozen { AccountState::Frozen } else { AccountState::Initialized });
        written.native_reserve.set(reserve);
        written.set_delegated_amount(delegated);
        written.close_authority.set(close.as_ref());
        prop_assert_eq!(bytemuck::bytes_of(&written), &packed[..]);
    }

    #[test]
    fn a_mint_reads_and_writes_as_spl_packs_it(
        authority in proptest::option::of(address()), supply: u64, decimals: u8,
        freeze in proptest::option::of(address()),
    ) {
        let packed = pack(spl_state::Mint {
            mint_authority: authority.into(), supply, decimals, is_initialized: true,
            freeze_authority: freeze.into(),
        });
        let mint = load::<Mint>(&packed).unwrap();
        prop_assert_eq!((mint.supply(), mint.decimals), (supply, decimals));
        prop_assert_eq!(mint.mint_authority.get().copied(), authority);
        prop_assert_eq!(mint.freeze_authority.get().copied(), freeze);

        let mut written: Mint = bytemuck::Zeroable::zeroed();
        written.mint_authority.set(authority.as_ref());
        written.set_supply(supply);
        written.decimals = decimals;
        written.set_initialized();
        written.freeze_authority.set(freeze.as_ref());
        prop_assert_eq!(bytemuck::bytes_of(&written), &packed[..]);
    }

    /// Bytes near the valid ones: SPL and we must agree on which are accepted.
    #[test]
    fn validity_is_spls(at in 0_usize..165, byte in prop_oneof![0_u8..4, any::<u8>()], size in 160_usize..170) {
        let mut data = pack(spl_state::Account { state: spl_state::AccountState::Initialized, ..Default::default() });
        data[at] = byte;
        data.resize(if size > 164 && size < 168 { 165 } else { size }, 0);
        prop_assert_eq!(load::<TokenAccount>(&data).err(), spl_state::Account::unpack(&data).err());
        prop_assert_eq!(load_any::<TokenAccount>(&data).err(), spl_state::Account::unpack_unchecked(&data).err());
        let mut data = pack(spl_state::Mint { is_initialized: true, ..Default::default() });
        data[at % 82] = byte;
        prop_assert_eq!(load::<Mint>(&data).err(), spl_state::Mint::unpack(&data).err());
        let mut data = pack(spl_state::Multisig { is_initialized: true, ..Default::default() });
        data[at % 5] = byte;
        prop_assert_eq!(load::<Multisig>(&data).err(), spl_state::Multisig::unpack(&data).err());
    }

    /// Any bytes: no panic, the same verdict as SPL, and what decodes encodes back to its own beginning.
    #[test]
    fn decoding_agrees_with_spl(
        tag in prop_oneof![0_u8..26, Just(38), Just(45), Just(255), any::<u8>()],
        rest in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..80),
            proptest::collection::vec(0_u8..5, 0..80),
        ],
    ) {
        let data = [vec![tag], rest].concat();
        let ours = TokenInstruction::decode(&data);
        let theirs = spl::TokenInstruction::unpack(&data);
        prop_assert_eq!(ours.clone().err(), theirs.clone().err());
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            let encoded = ours.encode();
            // SPL's decoded batch forgets its data.
            if tag != 255 {
                prop_assert_eq!(&encoded, &theirs.pack());
            }
            prop_assert!(data.starts_with(&encoded));
            prop_assert_eq!(TokenInstruction::decode(&encoded).unwrap(), ours);
        }
    }
}

#[test]
fn no_data_is_no_instruction() {
    assert_eq!(TokenInstruction::decode(&[]), Err(ProgramError::Custom(12)));
}

#[test]
fn errors_have_spls_numbers_and_lines() {
    for number in 0..25 {
        match (TokenError::from_number(number), SplError::try_from(number)) {
            (Some(ours), Ok(theirs)) => {
                let error = ProgramError::from(ours);
                assert_eq!(error, ProgramError::from(theirs));
                assert_eq!(log_line(&error), error.to_str::<SplError>());
            }
            (None, Err(_)) => {}
            (ours, theirs) => panic!("error {number}: {ours:?}, but SPL has {theirs:?}"),
        }
    }
    for error in [
        ProgramError::InvalidArgument,
        ProgramError::InvalidAccountData,
        ProgramError::IncorrectProgramId,
        ProgramError::MissingRequiredSignature,
        ProgramError::UninitializedAccount,
        ProgramError::NotEnoughAccountKeys,
    ] {
        assert_eq!(log_line(&error), error.to_str::<SplError>());
    }
}

#[test]
fn optional_fields_keep_what_stood_there_when_cleared() {
    let mut field = OptionalAddress::some(Address::new_from_array([7; 32]));
    field.set(None);
    assert_eq!(bytemuck::bytes_of(&field), [[0; 4].as_slice(), &[7; 32]].concat());
    let mut field = OptionalU64::some(9);
    field.set(None);
    assert_eq!(bytemuck::bytes_of(&field), [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
}

/// Our instruction and SPL's must be the same on the wire: program, accounts with their flags, data.
macro_rules! same {
    ($ours:expr, $theirs:expr) => {{
        let (ours, theirs) = ($ours, $theirs.unwrap());
        assert_eq!((ours.program_id, &ours.data), (theirs.program_id, &theirs.data));
        let ours = ours.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable));
        let theirs = theirs.accounts.iter().map(|meta| (meta.pubkey, meta.is_signer, meta.is_writable));
        assert_eq!(ours.collect::<Vec<_>>(), theirs.collect::<Vec<_>>());
    }};
}

#[test]
fn builders_build_what_spl_builds() {
    let [a, b, c, d] = [1, 2, 3, 4].map(|byte| Address::new_from_array([byte; 32]));
    let program = spl_token_interface::id();
    let checked = CheckedAmount { amount: 5, decimals: 6 };
    for signers in [vec![], vec![c, d]] {
        let keys: Vec<&Address> = signers.iter().collect();
        let s = &signers[..];
        same!(builders::transfer(&a, &b, &c, s, 5), spl::transfer(&program, &a, &b, &c, &keys, 5));
        same!(
            builders::transfer_checked(&a, &b, &c, &d, s, checked),
            spl::transfer_checked(&program, &a, &b, &c, &d, &keys, 5, 6)
        );
        same!(builders::approve(&a, &b, &c, s, 5), spl::approve(&program, &a, &b, &c, &keys, 5));
        same!(
            builders::approve_checked(&a, &b, &c, &d, s, checked),
            spl::approve_checked(&program, &a, &b, &c, &d, &keys, 5, 6)
        );
        same!(builders::revoke(&a, &b, s), spl::revoke(&program, &a, &b, &keys));
        same!(
            builders::set_authority(&a, Some(&b), AuthorityType::CloseAccount, &c, s),
            spl::set_authority(&program, &a, Some(&b), spl::AuthorityType::CloseAccount, &c, &keys)
        );
        same!(builders::mint_to(&a, &b, &c, s, 5), spl::mint_to(&program, &a, &b, &c, &keys, 5));
        same!(
            builders::mint_to_checked(&a, &b, &c, s, checked),
            spl::mint_to_checked(&program, &a, &b, &c, &keys, 5, 6)
        );
        same!(builders::burn(&a, &b, &c, s, 5), spl::burn(&program, &a, &b, &c, &keys, 5));
        same!(
            builders::burn_checked(&a, &b, &c, s, checked),
            spl::burn_checked(&program, &a, &b, &c, &keys, 5, 6)
        );
        same!(builders::close_account(&a, &b, &c, s), spl::close_account(&program, &a, &b, &c, &keys));
        same!(builders::freeze_account(&a, &b, &c, s), spl::freeze_account(&program, &a, &b, &c, &keys));
        same!(builders::thaw_account(&a, &b, &c, s), spl::thaw_account(&program, &a, &b, &c, &keys));
    }
    let (signers, keys) = ([b, c], [&b, &c]);
    same!(
        builders::initialize_mint(&a, &b, Some(&c), 6),
        spl::initialize_mint(&program, &a, &b, Some(&c), 6)
    );
    same!(builders::initialize_mint2(&a, &b, None, 6), spl::initialize_mint2(&program, &a, &b, None, 6));
    same!(builders::initialize_account(&a, &b, &c), spl::initialize_account(&program, &a, &b, &c));
    same!(builders::initialize_account2(&a, &b, &c), spl::initialize_account2(&program, &a, &b, &c));
    same!(builders::initialize_account3(&a, &b, &c), spl::initialize_account3(&program, &a, &b, &c));
    same!(builders::initialize_multisig(&a, &signers, 2), spl::initialize_multisig(&program, &a, &keys, 2));
    same!(builders::initialize_multisig2(&a, &signers, 2), spl::initialize_multisig2(&program, &a, &keys, 2));
    same!(builders::sync_native(&a), spl::sync_native(&program, &a));
    same!(builders::get_account_data_size(&a), spl::get_account_data_size(&program, &a));
    same!(builders::initialize_immutable_owner(&a), spl::initialize_immutable_owner(&program, &a));
    same!(builders::amount_to_ui_amount(&a, 5), spl::amount_to_ui_amount(&program, &a, 5));
    same!(builders::ui_amount_to_amount(&a, "1.5"), spl::ui_amount_to_amount(&program, &a, "1.5"));
}
