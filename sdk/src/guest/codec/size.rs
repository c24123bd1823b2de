//! Largest sizes of values, computed when a program is compiled. None stands for no limit.

/// Bytes of so many values of one size.
#[must_use]
pub const fn of_many(count: usize, size_bytes: Option<usize>) -> Option<usize> {
    match size_bytes {
        Some(size_bytes) => Some(size_bytes.saturating_mul(count)),
        None => None,
    }
}

/// Bytes of values that stand one behind another.
#[must_use]
pub const fn of_all(sizes_bytes: &[Option<usize>]) -> Option<usize> {
    let (mut sum, mut index) = (0_usize, 0);
    while index < sizes_bytes.len() {
        match sizes_bytes[index] {
            Some(size_bytes) => sum = sum.saturating_add(size_bytes),
            None => return None,
        }
        index += 1;
    }
    Some(sum)
}

/// Bytes of the largest.
#[must_use]
pub const fn of_largest(sizes_bytes: &[Option<usize>]) -> Option<usize> {
    let (mut largest, mut index) = (0, 0);
    while index < sizes_bytes.len() {
        match sizes_bytes[index] {
            Some(size_bytes) if size_bytes > largest => largest = size_bytes,
            Some(_) => {}
            None => return None,
        }
        index += 1;
    }
    Some(largest)
}

/// Bytes of text or a list of so many elements: their count goes before them.
#[must_use]
pub const fn of_list(count: usize, element_size_bytes: Option<usize>) -> Option<usize> {
    of_all(&[Some(size_of::<u32>()), of_many(count, element_size_bytes)])
}
