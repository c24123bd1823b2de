//! A program's memory in the host's hands: reading is free, and every write is marked, as the program marks its own.
//!
//! In: the memory of an instance, and the marks in its store. Out: bytes to write to; and at last the marks, from which
//! a kept instance learns what to make new. The host's own code has no other way to write there.

use crate::write_marks::Granules;
use std::ops::Range;

/// What the host has written into a memory since it was new.
#[derive(Debug, Default)]
pub(crate) struct HostMarks {
    /// How the memory is divided.
    pub(crate) granules: Granules,
    /// A bit for each granule.
    pub(crate) mask: u64,
}

/// A program's whole memory.
#[derive(Debug)]
pub(crate) struct GuestMemory<'a> {
    bytes: &'a mut [u8],
    marks: &'a mut HostMarks,
}

impl<'a> GuestMemory<'a> {
    /// The bytes of a memory, with the marks of its store.
    pub(crate) const fn new(bytes: &'a mut [u8], marks: &'a mut HostMarks) -> Self {
        Self { bytes, marks }
    }

    /// All of it, to be read.
    pub(crate) const fn as_slice(&self) -> &[u8] {
        self.bytes
    }

    /// `size` bytes from `start` on, to be written; `None` if they do not all exist.
    pub(crate) fn write(&mut self, start: usize, size: usize) -> Option<&mut [u8]> {
        let bytes = self.bytes.get_mut(start..start.checked_add(size)?)?;
        self.marks.mask |= self.marks.granules.mask(start, size);
        Some(bytes)
    }

    /// The same, where the host itself decided what lies there.
    ///
    /// # Panics
    /// If the bytes do not all exist.
    pub(crate) fn write_own(&mut self, start: u32, size: u32) -> &mut [u8] {
        self.write(start as usize, size as usize).expect("the input region lies in memory")
    }

    /// Copies bytes to `to`, as `memory.copy` does.
    ///
    /// # Panics
    /// If there are no such bytes here or there.
    pub(crate) fn copy_within(&mut self, from: Range<usize>, to: usize) {
        self.marks.mask |= self.marks.granules.mask(to, from.len());
        self.bytes.copy_within(from, to);
    }
}
