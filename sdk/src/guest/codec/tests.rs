//! What is written is read back, byte for byte as Borsh writes it; and no bytes do more than be refused.

use super::{Decode, Encode, encode};
use crate::Address;
use crate::guest::Arguments;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Debug;
use proptest::prelude::*;

/// The value is these bytes, there and back, and no prefix of them is one.
#[track_caller]
fn check<T>(value: &T, bytes: &[u8])
where
    T: Encode + for<'a> Decode<'a> + PartialEq + Debug,
{
    assert_eq!(encode(&[], value), bytes, "{value:?} written");
    let mut data = Arguments::new(bytes);
    assert_eq!(T::decode(&mut data).as_ref(), Some(value), "read back");
    assert_eq!(data.remaining_size(), 0, "{value:?} takes all its bytes");
    for size in 0..bytes.len() {
        assert_eq!(T::decode(&mut Arguments::new(&bytes[..size])), None, "{size} bytes of {value:?}");
    }
}

#[test]
fn values_stand_as_borsh_writes_them() {
    check(&0x0102_u16, &[2, 1]);
    check(&-2_i32, &[0xFE, 0xFF, 0xFF, 0xFF]);
    check(&true, &[1]);
    check(&Address::new_from_array([7; 32]), &[7; 32]);
    check(&[1_u16, 2], &[1, 0, 2, 0]);
    check(&None::<u64>, &[0]);
    check(&Some(3_u8), &[1, 3]);
    check(&Vec::from([5_u16, 6]), &[2, 0, 0, 0, 5, 0, 6, 0]);
    check(&String::from("Grüße"), b"\x07\0\0\0Gr\xC3\xBC\xC3\x9Fe");
    check(&Some(Vec::from([Some(true), None])), &[1, 2, 0, 0, 0, 1, 1, 0]);
}

#[test]
fn what_points_into_the_data_copies_nothing() {
    let data = encode(&[], &("text", &[1_u8, 2][..], Address::new_from_array([9; 32]), [3_u8; 4]));
    let mut reader = Arguments::new(&data);
    let text = <&str>::decode(&mut reader).expect("text");
    let bytes = <&[u8]>::decode(&mut reader).expect("bytes");
    let address = <&Address>::decode(&mut reader).expect("an address");
    let array = <&[u8; 4]>::decode(&mut reader).expect("an array");
    assert_eq!((text, bytes, address.as_array(), array), ("text", &[1, 2][..], &[9; 32], &[3; 4]));
    assert!(data.as_ptr_range().contains(&text.as_ptr()) && data.as_ptr_range().contains(&array.as_ptr()));
}

#[test]
fn bytes_that_are_no_value_are_refused() {
    assert_eq!(bool::decode(&mut Arguments::new(&[2])), None);
    assert_eq!(Option::<u8>::decode(&mut Arguments::new(&[2, 0])), None);
    assert_eq!(<&str>::decode(&mut Arguments::new(&[1, 0, 0, 0, 0xFF])), None, "no UTF-8");
    assert_eq!(
        Vec::<u8>::decode(&mut Arguments::new(&[0xFF; 8])),
        None,
        "more than there is, and no memory for it"
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        number in any::<i128>(),
        option in any::<Option<u64>>(),
        list in prop::collection::vec(any::<[u16; 3]>(), 0..5),
        text in ".{0,12}",
    ) {
        let bytes = encode(&[1, 2], &(number, option, &list, &text));
        let mut data = Arguments::new(&bytes[2..]);
        prop_assert_eq!(i128::decode(&mut data), Some(number));
        prop_assert_eq!(Option::decode(&mut data), Some(option));
        prop_assert_eq!(Vec::decode(&mut data), Some(list));
        prop_assert_eq!(String::decode(&mut data), Some(text));
        prop_assert_eq!(data.remaining_size(), 0);
    }
}
