//! `sealane ledger verify`: a ledger that is right, ones that were altered, and ones that lie.
