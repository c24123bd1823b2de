//! Instructions of the associated token program.

use super::{Called, Told};

pub(super) fn parse(called: &Called<'_>) -> Option<Told> {
    const CREATE: [&str; 6] = ["source", "account", "wallet", "mint", "systemProgram", "tokenProgram"];
    match called.data {
        [] | [0] => Told::new("create", called, &CREATE),
        [1] => Told::new("createIdempotent", called, &CREATE),
        [2] => Told::new(
            "recoverNested",
            called,
            &[
                "nestedSource",
                "nestedMint",
                "destination",
                "nestedOwner",
                "ownerMint",
                "wallet",
                "tokenProgram",
            ],
        ),
        _ => None,
    }
}
