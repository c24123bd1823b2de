//! The access sets of a block: for each transaction, in block order, which accounts it reads and writes.
//!
//! Input comes from interning the lock lists of sanitized transactions; output goes to `graph` and `batches`.
//! All sets stand in one flat array, so that building the graph is one pass over contiguous memory.

/// One lock of one transaction: a dense account slot, and whether it is a write lock. Packed into four bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Access(u32);

impl Access {
    /// The largest account slot that fits beside the write flag.
    pub const MAX_ACCOUNT: u32 = u32::MAX >> 1;

    /// A lock on the account in slot `account`, a write lock if `write` holds.
    ///
    /// # Panics
    /// If `account` is above [`Access::MAX_ACCOUNT`].
    #[inline]
    pub const fn new(account: u32, write: bool) -> Self {
        assert!(account <= Self::MAX_ACCOUNT, "account slots are dense numbers within one block");
        Self(account << 1 | write as u32)
    }

    /// A read lock on the account in slot `account`.
    ///
    /// # Panics
    /// If `account` is above [`Access::MAX_ACCOUNT`].
    #[inline]
    pub const fn read(account: u32) -> Self {
        Self::new(account, false)
    }

    /// A write lock on the account in slot `account`.
    ///
    /// # Panics
    /// If `account` is above [`Access::MAX_ACCOUNT`].
    #[inline]
    pub const fn write(account: u32) -> Self {
        Self::new(account, true)
    }

    /// The dense slot of the account.
    #[inline]
    pub const fn account(self) -> u32 {
        self.0 >> 1
    }

    /// Whether this is a write lock.
    #[inline]
    pub const fn is_write(self) -> bool {
        self.0 & 1 == 1
    }

    /// Whether two transactions holding these locks must not run side by side on their account.
    #[inline]
    pub const fn conflicts_with(self, other: Self) -> bool {
        self.account() == other.account() && (self.is_write() || other.is_write())
    }
}

impl std::fmt::Debug for Access {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = if self.is_write() { "write" } else { "read" };
        write!(formatter, "{kind}({})", self.account())
    }
}

/// The access sets of all transactions of a block, in block order.
///
/// An account may stand in one transaction's set more than once; the strongest lock counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessSets {
    accesses: Vec<Access>,
    /// For each transaction, where its accesses end; they begin where those of the one before it end.
    ends: Vec<u32>,
}

impl AccessSets {
    /// No transactions yet.
    pub const fn new() -> Self {
        Self { accesses: Vec::new(), ends: Vec::new() }
    }

    /// No transactions yet, with room for `transaction_count` of them holding `access_count` locks together.
    pub fn with_capacity(transaction_count: usize, access_count: usize) -> Self {
        Self { accesses: Vec::with_capacity(access_count), ends: Vec::with_capacity(transaction_count) }
    }

    /// Forgets all transactions and keeps the room.
    pub fn clear(&mut self) {
        self.accesses.clear();
        self.ends.clear();
    }

    /// Adds the next transaction of the block with its locks, and returns its index.
    ///
    /// # Panics
    /// If the block would hold 2³² locks or more. At 64 locks a transaction that is 67 million transactions.
    #[inline]
    pub fn push(&mut self, accesses: impl IntoIterator<Item = Access>) -> usize {
        self.accesses.extend(accesses);
        let end = u32::try_from(self.accesses.len()).expect("a block holds fewer than 2^32 locks");
        self.ends.push(end);
        self.ends.len() - 1
    }

    /// The number of transactions.
    #[inline]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no transaction.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The number of locks of all transactions together.
    pub fn access_count(&self) -> usize {
        self.accesses.len()
    }

    /// The locks of the transaction at `index`.
    ///
    /// # Panics
    /// If `index` is not below [`AccessSets::len`].
    #[inline]
    pub fn get(&self, index: usize) -> &[Access] {
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        &self.accesses[start..self.ends[index] as usize]
    }

    /// The locks of each transaction, in block order.
    pub fn iter(&self) -> impl Iterator<Item = &[Access]> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let accesses = &self.accesses[start..*end as usize];
            start = *end as usize;
            accesses
        })
    }
}
