//! The server as its clients meet it: a chain that makes blocks, real sockets, and clients that behave or do not.

mod hostile;
mod http;
mod running;
mod websocket;

use super::Limits;
use running::{Client, Running, Socket};
