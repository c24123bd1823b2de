//! The heap: an allocator that only moves forward, from the end of the input region on.
//!
//! A call is short and its memory is reset before the next, so nothing is ever collected; only the newest
//! allocation can grow in place or be given back. The state is two zeroed words, set up by the first
//! allocation, so that a program that never allocates pays nothing.

/// Installs the bump allocator as the global allocator. Part of [`entrypoint!`](crate::entrypoint).
#[macro_export]
macro_rules! default_allocator {
    () => {
        #[cfg(target_arch = "wasm32")]
        #[global_allocator]
        static ALLOCATOR: $crate::guest::alloc::BumpAllocator = $crate::guest::alloc::BumpAllocator::new();
    };
}

/// The pages memory grows by: 64 KiB.
#[cfg(any(target_arch = "wasm32", test))]
const PAGE_SIZE_BYTES: usize = crate::limits::WASM_PAGE_SIZE_BYTES;

/// Free memory: from `position` to `end`.
///
/// The host may grow the memory too, for account data, so pages gotten later need not follow the ones before:
/// what is left of the old chunk is then given up.
#[cfg(any(target_arch = "wasm32", test))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Chunk {
    position: usize,
    end: usize,
}

#[cfg(any(target_arch = "wasm32", test))]
impl Chunk {
    /// The rest of the page that `position` lies in. What lies behind may already be the host's.
    const fn rest_of_page(position: usize) -> Self {
        Self { position, end: position.next_multiple_of(PAGE_SIZE_BYTES) }
    }

    /// The address of `size` bytes; `alignment` is a power of two. `grow` adds pages and tells where they
    /// start.
    fn allocate(
        &mut self,
        size: usize,
        alignment: usize,
        mut grow: impl FnMut(usize) -> Option<usize>,
    ) -> Option<usize> {
        let start = align(self.position, alignment)?;
        let end = start.checked_add(size)?;
        if end <= self.end {
            self.position = end;
            return Some(start);
        }
        // Enough pages for the case that they do not follow this chunk; they start aligned to any alignment
        // up to theirs.
        let wanted = size.checked_add(alignment.saturating_sub(PAGE_SIZE_BYTES))?;
        let pages = wanted.div_ceil(PAGE_SIZE_BYTES);
        let grown = grow(pages)?;
        if grown != self.end {
            self.position = grown;
        }
        self.end = grown.checked_add(pages.checked_mul(PAGE_SIZE_BYTES)?)?;
        let start = align(self.position, alignment)?;
        self.position = start.checked_add(size)?;
        Some(start)
    }

    /// Makes the newest allocation larger or smaller in place; false if it is not the newest, or there is no
    /// room.
    fn resize_newest(&mut self, start: usize, size: usize, new_size: usize) -> bool {
        let Some(new_end) = start.checked_add(new_size) else { return false };
        if start.checked_add(size) != Some(self.position) || new_end > self.end {
            return false;
        }
        self.position = new_end;
        true
    }
}

#[cfg(any(target_arch = "wasm32", test))]
fn align(address: usize, alignment: usize) -> Option<usize> {
    Some(address.checked_add(alignment.wrapping_sub(1))? & !alignment.wrapping_sub(1))
}

#[cfg(target_arch = "wasm32")]
pub use wasm::BumpAllocator;

#[cfg(target_arch = "wasm32")]
mod wasm {
    #![expect(unsafe_code, reason = "an allocator hands out raw memory")]

    use super::{Chunk, PAGE_SIZE_BYTES};
    use crate::abi::{InputHeader, REGION_ALIGNMENT_BYTES};
    use core::alloc::{GlobalAlloc, Layout};
    use core::cell::Cell;

    unsafe extern "C" {
        /// Where the program's static data and stack end; the linker defines it.
        static __heap_base: u8;
    }

    /// The allocator of programs. See [`default_allocator!`](crate::default_allocator).
    #[derive(Debug)]
    pub struct BumpAllocator {
        chunk: Cell<Chunk>,
    }

    // SAFETY: programs have one thread.
    unsafe impl Sync for BumpAllocator {}

    impl BumpAllocator {
        /// An allocator that has not handed out anything yet.
        #[expect(clippy::new_without_default, reason = "only ever made once, for a static")]
        #[must_use]
        pub const fn new() -> Self {
            Self { chunk: Cell::new(Chunk { position: 0, end: 0 }) }
        }

        fn chunk(&self) -> Chunk {
            let chunk = self.chunk.get();
            if chunk.end != 0 {
                return chunk;
            }
            let heap_base = (&raw const __heap_base).expose_provenance();
            let region = heap_base.next_multiple_of(REGION_ALIGNMENT_BYTES);
            // SAFETY: the host has written the input region there before it called the program.
            let size = unsafe { (*core::ptr::with_exposed_provenance::<InputHeader>(region)).region_size };
            Chunk::rest_of_page(region + size as usize)
        }
    }

    // SAFETY: memory is handed out once: chunks lie behind the input region, the host gives pages to one
    // asker only, and the position only moves back over the newest allocation when that is given back.
    unsafe impl GlobalAlloc for BumpAllocator {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            let mut chunk = self.chunk();
            let start = chunk.allocate(layout.size(), layout.align(), |pages| {
                let before = core::arch::wasm32::memory_grow::<0>(pages);
                (before != usize::MAX).then(|| before * PAGE_SIZE_BYTES)
            });
            self.chunk.set(chunk);
            start.map_or(core::ptr::null_mut(), core::ptr::with_exposed_provenance_mut)
        }

        unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
            let mut chunk = self.chunk.get();
            chunk.resize_newest(start.addr(), layout.size(), 0);
            self.chunk.set(chunk);
        }

        unsafe fn realloc(&self, start: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
            let mut chunk = self.chunk.get();
            if chunk.resize_newest(start.addr(), layout.size(), new_size) {
                self.chunk.set(chunk);
                return start;
            }
            if new_size <= layout.size() {
                return start;
            }
            // SAFETY: the caller vouches for the old memory; the new is larger, so it holds all of the old.
            unsafe {
                let new = self.alloc(Layout::from_size_align_unchecked(new_size, layout.align()));
                if !new.is_null() {
                    new.copy_from_nonoverlapping(start, layout.size());
                }
                new
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunk, PAGE_SIZE_BYTES};
    use alloc::vec::Vec;
    use proptest::prelude::*;

    /// A memory that hands out pages, some of which the host takes in between.
    fn grow(memory_pages: &mut usize, host_pages: usize) -> impl FnMut(usize) -> Option<usize> {
        move |pages| {
            *memory_pages += host_pages;
            let start = *memory_pages * PAGE_SIZE_BYTES;
            *memory_pages += pages;
            Some(start)
        }
    }

    #[test]
    fn starts_with_the_rest_of_the_page() {
        for (region_end, end) in [(1_024, 65_536), (65_536, 65_536), (65_544, 131_072)] {
            assert_eq!(Chunk::rest_of_page(region_end), Chunk { position: region_end, end });
        }
    }

    #[test]
    fn contiguous_pages_extend_the_chunk() {
        let mut pages = 1;
        let mut chunk = Chunk::rest_of_page(60_000);
        assert_eq!(chunk.allocate(10_000, 8, grow(&mut pages, 0)), Some(60_000));
        assert_eq!((chunk.position, chunk.end, pages), (70_000, 131_072, 2));
    }

    #[test]
    fn pages_behind_the_hosts_start_a_new_chunk() {
        let mut pages = 1;
        let mut chunk = Chunk::rest_of_page(60_000);
        assert_eq!(chunk.allocate(10_000, 8, grow(&mut pages, 1)), Some(131_072));
        assert_eq!((chunk.position, chunk.end, pages), (141_072, 196_608, 3));
    }

    #[test]
    fn the_newest_allocation_changes_size_in_place() {
        let mut chunk = Chunk::rest_of_page(1_000);
        let no_growth = |_| -> Option<usize> { None };
        let first = chunk.allocate(10, 1, no_growth).expect("room");
        let second = chunk.allocate(10, 1, no_growth).expect("room");
        assert!(!chunk.resize_newest(first, 10, 20));
        assert!(chunk.resize_newest(second, 10, 20));
        assert!(!chunk.resize_newest(second, 20, 100_000));
        assert!(chunk.resize_newest(second, 20, 0));
        assert_eq!(chunk.position, second);
    }

    #[test]
    fn a_memory_that_cannot_grow_is_no_allocation() {
        let mut chunk = Chunk::rest_of_page(1_000);
        let before = chunk;
        for size in [70_000, usize::MAX] {
            assert_eq!(chunk.allocate(size, 8, |_| None), None);
        }
        assert_eq!(chunk, before);
    }

    proptest! {
        /// Allocations never overlap each other or what the host took, are aligned, and lie in the memory.
        #[test]
        fn allocations_are_apart(
            region_end in (0_usize..200_000).prop_map(|end| end.next_multiple_of(8)),
            requests in prop::collection::vec((0_usize..100_000, 0_u32..18, 0_usize..3), 1..40),
        ) {
            let mut pages = region_end.div_ceil(PAGE_SIZE_BYTES);
            let mut chunk = Chunk::rest_of_page(region_end);
            let mut taken: Vec<(usize, usize)> = Vec::new();
            for (size, alignment_bits, host_pages) in requests {
                let before = pages;
                let start = chunk.allocate(size, 1 << alignment_bits, grow(&mut pages, host_pages));
                let start = start.expect("the memory grows without limit");
                prop_assert_eq!(start % (1 << alignment_bits), 0);
                prop_assert!(start >= region_end && start + size <= pages * PAGE_SIZE_BYTES);
                if pages != before && host_pages != 0 {
                    taken.push((before * PAGE_SIZE_BYTES, host_pages * PAGE_SIZE_BYTES));
                }
                for (other, other_size) in &taken {
                    prop_assert!(start + size <= *other || other + other_size <= start);
                }
                taken.push((start, size));
            }
        }
    }
}
