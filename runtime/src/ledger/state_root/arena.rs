//! Nodes of the state tree, reached by position; places that became free are used again.
//!
//! They lie in chunks of a page, so that a growing tree moves nothing and holds hardly any room that it does not use.

/// What a chunk takes at most, in bytes.
const CHUNK_SIZE_BYTES: usize = 4_096;

/// Items by position.
#[derive(Clone, Debug)]
pub(super) struct Arena<T> {
    /// All but the last are full. The first one grows: most branches of a small ledger hold few accounts.
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { chunks: Vec::new(), free: Vec::new() }
    }
}

impl<T: Copy> Arena<T> {
    /// Items of a chunk.
    const COUNT: usize = CHUNK_SIZE_BYTES / size_of::<T>();

    pub(super) fn put(&mut self, item: T) -> u32 {
        if let Some(position) = self.free.pop() {
            self.set(position, item);
            return position;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.len() == Self::COUNT) {
            let count = if self.chunks.is_empty() { 1 } else { Self::COUNT };
            self.chunks.push(Vec::with_capacity(count));
        }
        let index = self.chunks.len() - 1;
        let chunk = &mut self.chunks[index];
        if chunk.len() == chunk.capacity() {
            chunk.reserve_exact(chunk.len().min(Self::COUNT - chunk.len()));
        }
        chunk.push(item);
        let position = index * Self::COUNT + chunk.len() - 1;
        // Two positions must fit 32 bits with a bit to spare; so many accounts do not fit any memory.
        u32::try_from(position).expect("fewer than two thousand million accounts a branch")
    }

    pub(super) fn free(&mut self, position: u32) {
        self.free.push(position);
    }

    pub(super) fn set(&mut self, position: u32, item: T) {
        let position = position as usize;
        self.chunks[position / Self::COUNT][position % Self::COUNT] = item;
    }

    pub(super) fn get(&self, position: u32) -> &T {
        let position = position as usize;
        &self.chunks[position / Self::COUNT][position % Self::COUNT]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_stays_where_it_was_put() {
        let mut arena = Arena::default();
        let item = |number: u32| [u64::from(number); 9];
        for number in 0..1_000 {
            assert_eq!(arena.put(item(number)), number);
        }
        (0..1_000).for_each(|position| assert_eq!(*arena.get(position), item(position)));
        arena.free(3);
        arena.free(700);
        assert_eq!([arena.put(item(1)), arena.put(item(2)), arena.put(item(5))], [700, 3, 1_000]);
        assert_eq!([700, 3, 1_000].map(|position| *arena.get(position)), [1, 2, 5].map(item));
        assert!(
            arena.chunks.iter().all(|chunk| chunk.capacity() * size_of::<[u64; 9]>() <= CHUNK_SIZE_BYTES)
        );
    }
}
