//! The forms in which accounts, transactions and what became of them are shown.
