//! The forms in which accounts, transactions and what became of them are shown.

pub(crate) mod account;
pub(crate) mod amount;
pub(crate) mod binary;
pub(crate) mod instruction;
pub(crate) mod meta;
pub(crate) mod mints;
pub(crate) mod parsed;
pub(crate) mod transaction;
