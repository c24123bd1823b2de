//! The heap of a program that was written for Solana: 32 KiB, as it expects, and more if it needs more.
//!
//! Solana's own allocator knows addresses that do not exist here. The standard library's begins by growing the memory, and
//! an instance whose memory grew is used only once; with this one most calls never grow it, and a token transfer takes a
//! fifth of the time.
use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::memory_grow;
use core::cell::{Cell, UnsafeCell};
use core::ptr::null_mut;

/// What a program can have without asking for more.
const ARENA_SIZE_BYTES: usize = 32 * 1024;
const PAGE_SIZE_BYTES: usize = 64 * 1024;

#[repr(align(16))]
struct Arena(UnsafeCell<[u8; ARENA_SIZE_BYTES]>);

// SAFETY: a program has one thread.
unsafe impl Sync for Arena {}

static ARENA: Arena = Arena(UnsafeCell::new([0; ARENA_SIZE_BYTES]));

/// Hands out one piece after the other. Only the last piece can be given back or resized.
struct Heap {
    /// Where the next piece may begin; 0 before the first.
    next: Cell<usize>,
    end: Cell<usize>,
}

// SAFETY: a program has one thread.
unsafe impl Sync for Heap {}

#[global_allocator]
static HEAP: Heap = Heap { next: Cell::new(0), end: Cell::new(0) };

impl Heap {
    /// The address of `size` bytes, which stay free.
    fn find(&self, size: usize, align: usize) -> Option<usize> {
        if self.next.get() == 0 {
            let start = ARENA.0.get().addr();
            self.next.set(start);
            self.end.set(start + ARENA_SIZE_BYTES);
        }
        let start = self.next.get().next_multiple_of(align);
        if start.checked_add(size)? <= self.end.get() {
            return Some(start);
        }
        let pages = size.checked_add(align)?.div_ceil(PAGE_SIZE_BYTES);
        let page = memory_grow(0, pages);
        if page == usize::MAX {
            return None;
        }
        let start = page * PAGE_SIZE_BYTES;
        self.end.set(start + pages * PAGE_SIZE_BYTES);
        Some(start.next_multiple_of(align))
    }
}

// SAFETY: pieces do not overlap: each begins where the last one ended or later, and what is grown is nobody else's.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some(start) = self.find(layout.size(), layout.align()) else { return null_mut() };
        self.next.set(start + layout.size());
        start as *mut u8
    }

    unsafe fn dealloc(&self, piece: *mut u8, layout: Layout) {
        if piece.addr() + layout.size() == self.next.get() {
            self.next.set(piece.addr());
        }
    }

    unsafe fn realloc(&self, piece: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let is_last = piece.addr() + layout.size() == self.next.get();
        if is_last && piece.addr() + size <= self.end.get() {
            self.next.set(piece.addr() + size);
            return piece;
        }
        if size <= layout.size() {
            return piece;
        }
        let Some(start) = self.find(size, layout.align()) else { return null_mut() };
        self.next.set(start + size);
        // SAFETY: the old piece has `layout.size()` bytes and the new one is larger and elsewhere.
        unsafe { core::ptr::copy_nonoverlapping(piece, start as *mut u8, layout.size()) };
        start as *mut u8
    }
}
