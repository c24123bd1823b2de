//! HTTP and WebSocket: requests come in from sockets, go to `rpc` as calls, and answers and notices go out.
//!
//! The way of a request: [`accept`] takes the connection and counts it, [`routes`] tells what is asked for, [`answer`] takes the
//! JSON-RPC envelope apart and decides on which thread a call runs, and the answer goes back. A WebSocket stays in
//! [`socket`], and what it subscribed to is found by [`subscribers`] after each block.
//!
//! Everything that a client can make grow has a bound in [`config::Limits`]: connections, bytes of a request, of a batch's
//! answer, of what waits to be sent, subscriptions, and the time for each.

mod config;

mod accept;
mod admission;
mod answer;
mod body;
mod patience;
mod routes;
mod server;
mod socket;

mod outbox;
mod subscribers;
mod unsent;

mod metrics;

pub(crate) use answer::Answers;
#[cfg(test)]
use config::Limits;
pub(crate) use config::ServeConfig;
pub(crate) use server::Server;

/// Waits until the server is to stop, or nobody can tell it to any more.
async fn stopped(stop: &mut tokio::sync::watch::Receiver<bool>) {
    // An error says that whoever could tell is gone.
    let _ = stop.wait_for(|stops| *stops).await;
}

#[cfg(test)]
mod tests;
