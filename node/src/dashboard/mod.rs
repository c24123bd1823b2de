//! The page at `/` and what it asks for beside JSON-RPC.

use crate::serve::Answers;
use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

/// What the page asks for.
pub(crate) fn routes(_answers: Arc<Answers>) -> Router {
    Router::new()
}

/// The page.
pub(crate) fn page() -> Response {
    Html("<!doctype html><title>Sealane</title>").into_response()
}
