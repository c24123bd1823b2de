//! What is asked for: JSON-RPC by POST, a WebSocket, the dashboard, metrics, health.

use super::admission::Permit;
use super::body;
use super::socket::{self, SocketContext};
use crate::dashboard;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{Extension, Request, State, WebSocketUpgrade};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};

/// A handshake that begins a WebSocket, or anything else.
type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// How long browsers may remember what they may ask.
const CORS_MAX_AGE: Duration = Duration::from_secs(86_400);

/// Everything the server answers, on both ports alike: clients differ in which one they take for what.
pub(super) fn router(context: SocketContext) -> Router {
    let dashboard = dashboard::routes(Arc::clone(&context.answers));
    Router::new()
        .route("/", get(page_or_socket).post(call))
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .fallback(socket_or_nothing)
        .with_state(context)
        .merge(dashboard)
        .layer(cors())
}

/// Pages of wallets and explorers call from other origins, with headers of their own such as `solana-client`.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::OPTIONS])
        .allow_headers(AllowHeaders::mirror_request())
        .max_age(CORS_MAX_AGE)
}

async fn call(State(context): State<SocketContext>, headers: HeaderMap, body: Body) -> Response {
    let limits = &context.limits;
    let text = match body::read(&headers, body, limits.body_size_bytes, limits.body_timeout).await {
        Ok(text) => text,
        Err(status) => return refuse(status),
    };
    let answer = context.answers.answer(text, None).await;
    if answer.is_empty() {
        return StatusCode::NO_CONTENT.into_response();
    }
    match context.unsent.hold(answer) {
        Some(answer) => json(answer),
        None => {
            (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], "too much waits to be sent\n")
                .into_response()
        }
    }
}

fn json(answer: Bytes) -> Response {
    let mut response = Response::new(Body::from(answer));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// Whoever sends too much, too slowly, or not to the end has nothing to say on this connection any more.
fn refuse(status: StatusCode) -> Response {
    let reason = format!("{}\n", status.canonical_reason().unwrap_or_default());
    (status, [(header::CONNECTION, "close")], reason).into_response()
}

async fn page_or_socket(
    context: State<SocketContext>,
    permit: Option<Extension<Arc<Permit>>>,
    upgrade: Upgrade,
) -> Response {
    match upgrade {
        Ok(upgrade) => begin_socket(context, permit, upgrade),
        Err(_) => dashboard::page(),
    }
}

async fn socket_or_nothing(
    context: State<SocketContext>,
    permit: Option<Extension<Arc<Permit>>>,
    upgrade: Upgrade,
    request: Request,
) -> Response {
    match upgrade {
        Ok(upgrade) if request.method() == Method::GET => begin_socket(context, permit, upgrade),
        _ => (StatusCode::NOT_FOUND, "there is nothing here: the page is at /, JSON-RPC is POST /\n")
            .into_response(),
    }
}

fn begin_socket(
    State(context): State<SocketContext>,
    permit: Option<Extension<Arc<Permit>>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let size_bytes = context.limits.body_size_bytes;
    upgrade
        .max_message_size(size_bytes)
        .max_frame_size(size_bytes)
        .on_upgrade(move |stream| socket::serve(stream, context, permit.map(|Extension(permit)| permit)))
}

/// 200 and `ok` while blocks are made, 503 and the reason if not.
async fn health(State(context): State<SocketContext>) -> Response {
    let rpc = Arc::clone(context.answers.rpc());
    let health = context.answers.beside(move || rpc.call("getHealth", None)).await.and_then(|health| health);
    match health {
        Ok(_) => "ok".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.message).into_response(),
    }
}

async fn metrics(State(context): State<SocketContext>) -> Response {
    match context.metrics.encode() {
        Ok(text) => ([(header::CONTENT_TYPE, super::metrics::CONTENT_TYPE)], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
