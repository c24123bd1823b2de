//! Asks the processor to fetch memory that will be needed soon, so that several misses pass at once instead of one after
//! another. Accounts lie where the allocator put them, and a block's are more than the cache holds.
//!
//! `unsafe`, since the instruction has no safe form. It reads nothing that a program could see and faults at no address:
//! whatever is passed here, at worst it is in vain.
#![cfg_attr(
    all(target_arch = "x86_64", not(miri)),
    expect(unsafe_code, reason = "the processor's prefetch instruction has no safe form")
)]

use sealane_sdk::Account;

/// What the processor fetches at once, in bytes.
const LINE_SIZE_BYTES: usize = 64;

/// Of larger things only so much is fetched, in bytes: what is behind that the processor sees coming by itself.
const MAX_SIZE_BYTES: usize = 512;

/// Fetches the line at `address`.
#[inline]
fn line(address: usize) {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: the instruction is part of every x86-64 processor, and a hint: an address that cannot be read is ignored.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::without_provenance(address)) }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    let _ = address;
}

/// Fetches `size_bytes` bytes from `address` on, or the first of them if they are many.
#[inline]
fn range(address: usize, size_bytes: usize) {
    let end = address.saturating_add(size_bytes.min(MAX_SIZE_BYTES));
    (address..end).step_by(LINE_SIZE_BYTES).for_each(line);
    if size_bytes > 0 {
        line(end - 1);
    }
}

/// Fetches `value` itself, nothing that it points to.
#[inline]
pub(crate) fn value<T>(value: &T) {
    range(std::ptr::from_ref(value).addr(), size_of::<T>());
}

/// Fetches the beginning of `items`.
#[inline]
pub(crate) fn slice<T>(items: &[T]) {
    range(items.as_ptr().addr(), size_of_val(items));
}

/// Where an account lay when somebody looked, to be fetched later without looking again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    account: usize,
    data: usize,
    data_size_bytes: u32,
}

impl Place {
    /// Where `account` and its data are. If they move, or are gone, fetching is in vain.
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            account: std::ptr::from_ref(account).addr(),
            data: account.data.as_ptr().addr(),
            data_size_bytes: u32::try_from(account.data.len()).unwrap_or(u32::MAX),
        }
    }

    /// Fetches both.
    #[inline]
    pub(crate) fn fetch(self) {
        range(self.account, size_of::<Account>());
        range(self.data, self.data_size_bytes as usize);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_harmed_whatever_the_address() {
        line(0);
        line(usize::MAX);
        range(usize::MAX - 3, usize::MAX);
        range(1, 0);
        let place = Place::of(&Account::with_data(sealane_sdk::Address::default(), vec![7; 2_000]));
        // The account is gone by now.
        place.fetch();
    }
}
