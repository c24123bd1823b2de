//! The page at `/`: HTML, CSS and JavaScript out of the binary, and the figures that it draws beside what JSON-RPC tells.
//!
//! `page` hands out the files, `summary` makes figures of one block, `state` puts those of the last blocks together. The page
//! learns of new blocks through `slotSubscribe` and fetches what it has not seen.

mod page;
mod state;
mod summary;

pub(crate) use page::page;

use crate::serve::Answers;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// What the page asks for, beside JSON-RPC.
pub(crate) fn routes(answers: Arc<Answers>) -> Router {
    let state = Arc::new(state::Dashboard::new(answers));
    page::files(Router::new()).route("/dashboard/state", get(state::state)).with_state(state)
}
