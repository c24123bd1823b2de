//! Sends requests at a steady rate over several connections. A connection that falls behind sends what is due as soon as it may.

use super::connection::{Connection, Target};
use super::now;
use super::prepare::Request;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What became of the requests, by their index.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// When each was sent, from the begin; `None` if it was not.
    pub(super) sent_after: Vec<Option<Duration>>,
    /// How long each answer took.
    pub(super) answered_within: Vec<Duration>,
    /// Requests that were accepted.
    pub(super) accepted: usize,
    /// Errors by what they say, with how often.
    pub(super) refused: BTreeMap<String, usize>,
}

/// Sends all of `requests`, `rate` a second, and reads the answers.
///
/// # Errors
/// If a connection breaks.
pub(super) fn send(
    target: &Target,
    requests: &[Request],
    rate: u32,
    connections: usize,
    depth: usize,
    begin: Instant,
) -> anyhow::Result<Sent> {
    let lanes = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..connections)
            .map(|lane| {
                scope.spawn(move || Lane { target, requests, rate, connections, depth, begin }.run(lane))
            })
            .collect();
        lanes.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut all = Sent { sent_after: vec![None; requests.len()], ..Sent::default() };
    for lane in lanes {
        let (indices, lane) = lane.map_err(|_| anyhow::anyhow!("a connection's thread failed"))??;
        for (index, sent_after) in indices.into_iter().zip(lane.sent_after) {
            all.sent_after[index] = sent_after;
        }
        all.answered_within.extend(lane.answered_within);
        all.accepted += lane.accepted;
        for (reason, count) in lane.refused {
            *all.refused.entry(reason).or_default() += count;
        }
    }
    Ok(all)
}

/// One connection: every so many requests are its own.
#[derive(Clone, Copy)]
struct Lane<'l> {
    target: &'l Target,
    requests: &'l [Request],
    rate: u32,
    connections: usize,
    depth: usize,
    begin: Instant,
}

impl Lane<'_> {
    fn run(self, lane: usize) -> anyhow::Result<(Vec<usize>, Sent)> {
        let mut connection = Connection::open(self.target)?;
        let indices: Vec<usize> = (lane..self.requests.len()).step_by(self.connections).collect();
        let mut sent = Sent::default();
        let mut next = 0;
        let mut out = Vec::new();
        while next < indices.len() {
            let due = self.due(&indices, next);
            out.clear();
            let some = &indices[next..due];
            some.iter().for_each(|index| out.extend_from_slice(&self.requests[*index].bytes));
            let sent_at = now();
            connection.write(&out)?;
            for _ in some {
                let (status, answer) = connection.read()?;
                sent.sent_after.push(Some(sent_at.duration_since(self.begin)));
                sent.answered_within.push(sent_at.elapsed());
                match refusal(status, &answer) {
                    None => sent.accepted += 1,
                    Some(reason) => *sent.refused.entry(reason).or_default() += 1,
                }
            }
            next = due;
        }
        Ok((indices, sent))
    }

    /// Waits until the request at `next` is due, and gives the end of those that are, no more than fit the depth.
    fn due(&self, indices: &[usize], next: usize) -> usize {
        let due_after = Duration::from_secs_f64(indices[next] as f64 / f64::from(self.rate));
        if let Some(pause) = due_after.checked_sub(self.begin.elapsed()) {
            std::thread::sleep(pause);
        }
        let due = self.begin.elapsed().as_micros() * u128::from(self.rate) / 1_000_000;
        let due = usize::try_from(due).unwrap_or(usize::MAX);
        let end = next + indices[next..].iter().take(self.depth).take_while(|index| **index <= due).count();
        end.max(next + 1)
    }
}

/// Why a request was not accepted, without what differs from one to the next.
fn refusal(status: u16, answer: &str) -> Option<String> {
    if answer.contains("\"result\":") {
        return None;
    }
    let error: serde_json::Value = serde_json::from_str(answer).unwrap_or_default();
    let reason =
        error["error"]["message"].as_str().map_or_else(|| format!("HTTP {status}"), ToOwned::to_owned);
    Some(reason.chars().filter(|character| !character.is_ascii_digit()).take(100).collect())
}
