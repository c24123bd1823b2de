//! The methods, a file a subject. Each takes the shared state and the parameters, and gives its answer.

mod accounts;

use super::call::Method;

/// Every method, in the order of their names.
pub(crate) const METHODS: &[(&str, Method)] = &[
    ("getBalance", accounts::balance),
    ("getLatestBlockhash", accounts::latest_blockhash),
    ("getSlot", accounts::slot),
];

/// What answers the method of that name.
pub(super) fn find(name: &str) -> Option<Method> {
    let index = METHODS.binary_search_by_key(&name, |(name, _)| name).ok()?;
    METHODS.get(index).map(|(_, method)| *method)
}
