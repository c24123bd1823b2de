//! Return data: what a program leaves for its caller, and for the receipt.

use super::host_calls;
use crate::Address;

/// Replaces the transaction's return data by `data`, at most 1,024 bytes.
pub fn set_return_data(data: &[u8]) {
    host_calls::set_return_data(data);
}

/// Copies the return data to `out` as far as it fits; who returned it, and its whole size in bytes. `None` if
/// there is none.
#[must_use]
pub fn get_return_data(out: &mut [u8]) -> Option<(Address, usize)> {
    let (size, program) = host_calls::get_return_data(out);
    (size != 0).then(|| (Address::new_from_array(program), size))
}
