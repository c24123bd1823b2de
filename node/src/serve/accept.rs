//! Takes connections of one port, counts them, and speaks HTTP/1.1 with each until it ends or the server stops.

use super::admission::{Admission, Permit};
use super::config::Limits;
use super::metrics::Metrics;
use super::patience::Patient;
use super::stopped;
use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::Service;

/// Bytes of a request's head, and of what is buffered for a connection.
const BUFFER_SIZE_BYTES: usize = 64 << 10;
/// Headers of a request.
const MAX_HEADER_COUNT: usize = 64;
/// How long to wait before accepting again when the process has no file descriptors left.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// What connections need, for one port.
#[derive(Clone, Debug)]
pub(super) struct Door {
    pub(super) router: Router,
    pub(super) admission: Arc<Admission>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) limits: Limits,
    pub(super) stop: watch::Receiver<bool>,
}

impl Door {
    /// Takes connections until the server stops; those that are there then end their request.
    pub(super) async fn open(self, listener: TcpListener) {
        let mut stop = self.stop.clone();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stopped(&mut stop) => return,
            };
            match accepted {
                Ok((stream, peer)) => match self.admission.admit(peer.ip()) {
                    Some(permit) => drop(tokio::spawn(self.clone().serve(stream, permit))),
                    None => drop(self.metrics.refused_connections.inc()),
                },
                Err(error) if is_of_the_peer(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "cannot accept connections");
                    tokio::time::sleep(EXHAUSTED_PAUSE).await;
                }
            }
        }
    }

    async fn serve(self, stream: TcpStream, permit: Arc<Permit>) {
        let Self { router, limits, mut stop, .. } = self;
        // Answers are written at once, and small.
        let _ = stream.set_nodelay(true);
        let stream = TokioIo::new(Patient::new(stream, limits.write_timeout));
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let mut request = request.map(Body::new);
            // A WebSocket goes on when HTTP is done with the connection, and counts on.
            request.extensions_mut().insert(Arc::clone(&permit));
            let mut router = router.clone();
            async move { Ok::<_, Infallible>(router.call(request).await.unwrap_or_else(|never| match never {})) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.head_timeout)
            .max_buf_size(BUFFER_SIZE_BYTES)
            .max_headers(MAX_HEADER_COUNT)
            .serve_connection(stream, service)
            .with_upgrades();
        let mut connection = pin!(connection);
        // However a connection ends, it is the client's matter.
        tokio::select! {
            _ = connection.as_mut() => {}
            () = stopped(&mut stop) => {
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            }
        }
    }
}

/// Errors of a connection that ended before it was taken; the next one may be there already.
fn is_of_the_peer(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
