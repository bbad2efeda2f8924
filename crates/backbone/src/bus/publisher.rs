//! Sends events to one server, or to one node of a cluster.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisResult, ServerErrorKind, Value};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::shared::{BACKOFF, BEAT, Outgoing, PATIENCE, Shared};
use crate::redis::{Address, Server};

/// Events waiting to be sent. Beyond it they are dropped: the log has them.
pub(super) const QUEUE: usize = 8_192;
/// Events sent in one round trip.
const PIPELINE: usize = 256;

pub(super) struct Publisher {
    pub(super) shared: Arc<Shared>,
    pub(super) server: Arc<Server>,
    /// The command that publishes.
    pub(super) command: &'static str,
    /// Where signs of life go.
    pub(super) beat: String,
    /// Where to tell of events that another node of the cluster takes.
    pub(super) redirects: Option<mpsc::UnboundedSender<Redirect>>,
}

/// An event that another node takes.
#[derive(Debug)]
pub(super) struct Redirect {
    pub(super) to: Address,
    pub(super) event: Outgoing,
}

impl Publisher {
    /// Sends what is queued, many at a time. What cannot be sent is dropped.
    pub(super) async fn run(self, mut queue: mpsc::Receiver<Outgoing>) {
        let (mut conn, mut losses) = (None, 0);
        let mut batch = Vec::with_capacity(PIPELINE);
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            batch.clear();
            let beats = tokio::select! {
                biased;
                _ = beat.tick() => {
                    batch.push(self.shared.beat(&self.beat));
                    true
                }
                received = queue.recv_many(&mut batch, PIPELINE) => if received == 0 { return } else { false },
            };
            // Another server may be the master since.
            if self.server.may_be_demoted() && losses != self.shared.losses() {
                (conn, losses) = (None, self.shared.losses());
            }
            if conn.is_none() {
                conn = timeout(PATIENCE, self.server.connect(PATIENCE)).await.ok().and_then(Result::ok);
            }
            let Some(live) = conn.as_mut() else {
                // Not connected: what has been queued meanwhile is old news as well. The next beat tries again.
                let mut dropped = if beats { 0 } else { batch.len() };
                while queue.try_recv().is_ok() {
                    dropped += 1;
                }
                self.shared.dropped(dropped);
                sleep(BACKOFF.0).await;
                continue;
            };
            if let Err(error) = self.send(live, &mut batch, beats).await {
                // Those that are left in the batch were not answered.
                self.shared.dropped(if beats { 0 } else { batch.len() });
                tracing::debug!(%error, "bus publish failed");
                conn = None;
            }
        }
    }

    async fn send(
        &self,
        conn: &mut MultiplexedConnection,
        batch: &mut Vec<Outgoing>,
        beats: bool,
    ) -> RedisResult<()> {
        let mut pipe = redis::pipe();
        for event in &*batch {
            pipe.cmd(self.command).arg(&event.channel).arg(event.payload.as_ref());
        }
        // A replica publishes as well, to nobody of ours.
        let asks = beats && self.server.may_be_demoted();
        if asks {
            pipe.cmd("ROLE");
        }
        let mut answers = pipe.ignore_errors().query_async::<Vec<RedisResult<Value>>>(conn).await?;
        let role = answers.pop_if(|_| asks).transpose()?;
        let failed = batch.drain(..).zip(answers).filter_map(|(event, answer)| Some((event, answer.err()?)));
        let mut done = Ok(());
        for (event, error) in failed {
            match (error.redirect_node().and_then(|(node, _)| Address::parse(node)), &self.redirects) {
                (Some(to), Some(redirects)) => {
                    let _ = redirects.send(Redirect { to, event });
                }
                _ => {
                    self.shared.dropped(usize::from(!beats));
                    done = Err(error);
                }
            }
        }
        if role.is_some_and(|role| is_replica(&role)) {
            self.shared.demoted.notify_one();
            return Err((ErrorKind::Server(ServerErrorKind::ReadOnly), "it is a replica now").into());
        }
        done
    }
}

/// What `ROLE` answers begins with what the server is.
fn is_replica(role: &Value) -> bool {
    let Value::Array(words) = role else { return false };
    matches!(words.first(), Some(Value::BulkString(word)) if word != b"master")
}
