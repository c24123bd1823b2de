//! The server: binds its ports, serves them until it is told to stop, and tells subscribers of blocks meanwhile.

use super::accept::Door;
use super::admission::Admission;
use super::answer::Answers;
use super::config::ServeConfig;
use super::metrics::Metrics;
use super::routes;
use super::socket::SocketContext;
use super::stopped;
use super::subscribers::Subscribers;
use super::unsent::Unsent;
use crate::rpc::{BlockEvent, Rpc};
use anyhow::Context;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::watch;

/// Connections that wait to be accepted, a port.
const BACKLOG_COUNT: u32 = 1_024;

/// A server that has its ports, and serves nobody yet.
#[derive(Debug)]
pub(crate) struct Server {
    config: ServeConfig,
    http: TcpListener,
    websocket: TcpListener,
}

impl Server {
    /// Takes both ports.
    ///
    /// # Errors
    /// If one of them is taken or not allowed.
    pub(crate) async fn bind(config: ServeConfig) -> anyhow::Result<Self> {
        let http = listen(config.http).await?;
        let websocket = listen(config.websocket).await?;
        Ok(Self { config, http, websocket })
    }

    /// Where HTTP is answered.
    ///
    /// # Errors
    /// If the operating system does not tell.
    pub(crate) fn http_address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.http.local_addr()?)
    }

    /// Where WebSockets are expected.
    ///
    /// # Errors
    /// As [`Self::http_address`].
    pub(crate) fn websocket_address(&self) -> anyhow::Result<SocketAddr> {
        Ok(self.websocket.local_addr()?)
    }

    /// Serves until `stop` is true (or nobody can make it so any more), then lets requests end, for a few seconds at most.
    ///
    /// # Errors
    /// If a part of the server fails by a fault of its own.
    pub(crate) async fn run(self, rpc: Arc<Rpc>, stop: watch::Receiver<bool>) -> anyhow::Result<()> {
        let Self { config: ServeConfig { limits, .. }, http, websocket } = self;
        let admission = Admission::new(&limits);
        let subscribers = Arc::new(Subscribers::new(limits.subscription_count));
        let unsent = Unsent::new(limits.unsent_size_bytes);
        let metrics = Arc::new(Metrics::new(&rpc, &admission, &subscribers, &unsent));
        let answers = Arc::new(Answers::new(Arc::clone(&rpc), Arc::clone(&metrics), &limits));
        let events = rpc.chain().subscribe();
        let telling = tell(events, rpc, Arc::clone(&subscribers), Arc::clone(&metrics), stop.clone());
        let telling = tokio::spawn(telling);
        let context = SocketContext {
            answers,
            subscribers,
            unsent,
            metrics: Arc::clone(&metrics),
            limits,
            stop: stop.clone(),
        };
        let router = routes::router(context);
        let door = Door { router, admission: Arc::clone(&admission), metrics, limits, stop };
        let doors = (tokio::spawn(door.clone().open(http)), tokio::spawn(door.open(websocket)));
        doors.0.await.context("the HTTP port's part of the server failed")?;
        doors.1.await.context("the WebSocket port's part of the server failed")?;
        if tokio::time::timeout(limits.stop_timeout, admission.until_empty()).await.is_err() {
            tracing::info!(connections = admission.count(), "connections that did not end are cut off");
        }
        telling.await.context("the subscriptions' part of the server failed")
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let socket =
        if address.is_ipv4() { tokio::net::TcpSocket::new_v4() } else { tokio::net::TcpSocket::new_v6() };
    let bind = || {
        let socket = socket?;
        // A node that was just stopped leaves connections behind that would keep the port.
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(BACKLOG_COUNT)
    };
    bind().with_context(|| format!("cannot listen on {address}"))
}

/// Tells subscribers and metrics of each block, in order, until the server stops or the chain ends.
async fn tell(
    mut events: broadcast::Receiver<Arc<BlockEvent>>,
    rpc: Arc<Rpc>,
    subscribers: Arc<Subscribers>,
    metrics: Arc<Metrics>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = stopped(&mut stop) => return,
        };
        let (rpc, subscribers, metrics) = (Arc::clone(&rpc), Arc::clone(&subscribers), Arc::clone(&metrics));
        let told = tokio::task::spawn_blocking(move || match event {
            Ok(event) => {
                metrics.blocks.note(&event);
                subscribers.tell(&rpc, &event);
                true
            }
            Err(RecvError::Lagged(missed_count)) => {
                tracing::warn!(missed_count, "subscribers were not told of some blocks");
                subscribers.catch_up(&rpc);
                true
            }
            Err(RecvError::Closed) => false,
        });
        match told.await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::error!(%error, "telling subscribers failed by a fault of ours"),
        }
    }
}
