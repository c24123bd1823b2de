//! One WebSocket: its calls are answered one after another, its notices go out between them.
//!
//! A client that calls faster than it reads answers waits for itself. One that reads no notices loses its connection: by the
//! bound of its outbox, or because nothing of what is written to it is taken. One that says nothing, not even pong, too.

use super::admission::Permit;
use super::answer::Answers;
use super::config::Limits;
use super::metrics::Metrics;
use super::outbox::{Outbox, Taken};
use super::stopped;
use super::subscribers::{Session, Subscribers};
use super::unsent::Unsent;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::{SinkExt, StreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until};

/// Bytes of notices that are written at once.
const CHUNK_SIZE_BYTES: usize = 64 << 10;
/// Between the answer to a subscription and the first notice behind it. `@solana/kit` drops what comes before its caller reads,
/// which is what comes with the answer in one segment: of a signature that is past already there would be no other notice.
const QUIET_TIME: Duration = Duration::from_millis(20);

/// What the names of methods that subscribe have in common.
const SUBSCRIBE: &[u8] = b"Subscribe";

/// What all sockets share.
#[derive(Clone, Debug)]
pub(super) struct SocketContext {
    pub(super) answers: Arc<Answers>,
    pub(super) subscribers: Arc<Subscribers>,
    pub(super) unsent: Arc<Unsent>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) limits: Limits,
    pub(super) stop: watch::Receiver<bool>,
}

/// Why a socket ends.
enum End {
    /// The client is gone, or did what no client does.
    Gone,
    /// The client reads too slowly.
    Slow,
    /// The client says nothing any more.
    Silent,
    /// The server stops.
    Stop,
}

/// A socket at work.
struct Socket {
    socket: WebSocket,
    outbox: Arc<Outbox>,
    session: Arc<Session>,
    answers: Arc<Answers>,
    limits: Limits,
    /// No notices before.
    quiet_until: Instant,
}

/// Serves `socket` until it ends. The connection counts until then.
pub(super) async fn serve(socket: WebSocket, context: SocketContext, permit: Option<Arc<Permit>>) {
    let SocketContext { answers, subscribers, unsent, metrics, limits, mut stop } = context;
    metrics.sockets.inc();
    let outbox = Arc::new(Outbox::new(limits.outbox_size_bytes, unsent));
    let session = Arc::new(Session::new(subscribers, Arc::clone(&outbox), &limits));
    let mut socket = Socket { socket, outbox, session, answers, limits, quiet_until: Instant::now() };
    let end = tokio::select! {
        end = socket.run() => end,
        () = stopped(&mut stop) => End::Stop,
    };
    let frame = match end {
        End::Gone => None,
        End::Slow => {
            metrics.slow_readers.inc();
            Some((close_code::POLICY, "reads too slowly"))
        }
        End::Silent => Some((close_code::POLICY, "answers no ping")),
        End::Stop => Some((close_code::AWAY, "the node stops")),
    };
    if let Some((code, reason)) = frame {
        let close = Message::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) }));
        let _ = tokio::time::timeout(limits.stop_timeout / 2, socket.socket.send(close)).await;
    }
    metrics.sockets.dec();
    drop(permit);
}

impl Socket {
    async fn run(&mut self) -> End {
        let mut ping = pings(&self.limits);
        let mut heard = Instant::now();
        loop {
            let outbox = Arc::clone(&self.outbox);
            let quiet_until = self.quiet_until;
            let notices = async {
                sleep_until(quiet_until).await;
                outbox.take(CHUNK_SIZE_BYTES).await
            };
            let ended = tokio::select! {
                taken = notices => self.send_notices(taken).await,
                message = self.socket.next() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(message)) => self.hear(message).await,
                        Some(Err(_)) | None => Err(End::Gone),
                    }
                }
                _ = ping.tick() => {
                    if heard.elapsed() > self.limits.silence_timeout {
                        return End::Silent;
                    }
                    self.send(Message::Ping(Bytes::new())).await
                }
            };
            if let Err(end) = ended {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Message) -> Result<(), End> {
        let text = match message {
            Message::Text(text) => text.into(),
            Message::Binary(bytes) => bytes,
            // Pongs go out by themselves.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => {
                // The answer to it is queued by now. Who gets none takes the end for a fault, and connects again.
                let _ = tokio::time::timeout(self.limits.stop_timeout / 2, self.socket.flush()).await;
                return Err(End::Gone);
            }
        };
        let subscribes = text.windows(SUBSCRIBE.len()).any(|window| window == SUBSCRIBE);
        let answer = self.answers.answer(text, Some(&self.session)).await;
        if answer.is_empty() {
            return Ok(());
        }
        // It was made of text that was UTF-8, or of JSON.
        let text = String::from_utf8(answer).map_err(|_| End::Gone)?;
        self.send(Message::Text(text.into())).await?;
        if subscribes {
            self.quiet_until = Instant::now() + QUIET_TIME;
        }
        Ok(())
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        let outbox = Arc::clone(&self.outbox);
        tokio::select! {
            sent = self.socket.send(message) => sent.map_err(|_| End::Gone),
            () = outbox.overflow() => Err(End::Slow),
        }
    }

    async fn send_notices(&mut self, taken: Taken) -> Result<(), End> {
        let Taken::Messages(messages) = taken else { return Err(End::Slow) };
        let outbox = Arc::clone(&self.outbox);
        let send = async {
            for message in messages {
                self.socket.feed(Message::Text(message)).await?;
            }
            self.socket.flush().await
        };
        tokio::select! {
            sent = send => sent.map_err(|_| End::Gone),
            () = outbox.overflow() => Err(End::Slow),
        }
    }
}

fn pings(limits: &Limits) -> Interval {
    let mut pings = interval_at(Instant::now() + limits.ping_interval, limits.ping_interval);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings
}
