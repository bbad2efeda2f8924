//! Listens to one node, by one connection, until it is no good any more.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use kernel::Topic;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Msg, PushInfo, PushKind, RedisResult, Value};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::Report;
use super::placement::NodeNumber;
use crate::bus::shared::{BEAT, PATIENCE, SILENCE, Shared};
use crate::redis::{Address, Cluster};

/// What a listener is to do.
#[derive(Debug)]
pub(super) enum Order {
    Join(Topic),
    Leave(Topic),
}

pub(super) struct Listener {
    pub(super) shared: Arc<Shared>,
    pub(super) cluster: Arc<Cluster>,
    pub(super) node: Address,
    pub(super) number: NodeNumber,
    /// Where the node's signs of life are.
    pub(super) beat: String,
    pub(super) reports: mpsc::UnboundedSender<Report>,
}

/// Answers to commands that are under way: which topic was asked for, and whether it was refused.
type Answers = FuturesUnordered<BoxFuture<'static, (Option<Topic>, RedisResult<Value>)>>;

impl Listener {
    pub(super) async fn run(self, orders: mpsc::UnboundedReceiver<Order>) {
        let (pushes, heard) = mpsc::unbounded_channel();
        let why = match timeout(PATIENCE, self.connect(pushes)).await {
            Ok(Ok(conn)) => self.listen(conn, heard, orders).await,
            Ok(Err(error)) => {
                tracing::debug!(%error, node = %self.node, "bus cannot reach a node");
                "no connection"
            }
            Err(_) => "no connection in time",
        };
        self.report(Report::Lost(self.number, why));
    }

    async fn connect(&self, pushes: mpsc::UnboundedSender<PushInfo>) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_push_sender(pushes);
        self.cluster.node(&self.node)?.get_multiplexed_async_connection_with_config(&config).await
    }

    /// Hears events and follows orders; says why it ended.
    ///
    /// What is subscribed is told by pushes alone. A node that gives a slot away ends subscriptions unasked, and the client
    /// takes that for the answer to whatever command waits: so an answer may be another command's, or never come. Only
    /// refusals are read from answers; one that is lost or ascribed to another topic is made good by the time that a
    /// subscription may take.
    async fn listen(
        &self,
        conn: MultiplexedConnection,
        mut heard: mpsc::UnboundedReceiver<PushInfo>,
        mut orders: mpsc::UnboundedReceiver<Order>,
    ) -> &'static str {
        let (mut answers, mut waiting) = (Answers::new(), HashMap::<String, Instant>::new());
        let mut tick = interval(BEAT);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut last_heard = Instant::now();
        waiting.insert(self.beat.clone(), last_heard);
        answers.push(command(&conn, "SSUBSCRIBE", self.beat.clone(), None));
        loop {
            tokio::select! {
                push = heard.recv() => {
                    let Some(push) = push else { return "connection closed" };
                    last_heard = Instant::now();
                    if let Some(why) = self.heard(push, &mut waiting) {
                        return why;
                    }
                }
                order = orders.recv() => match order {
                    Some(Order::Join(topic)) => {
                        let channel = self.shared.channel(topic);
                        waiting.insert(channel.clone(), Instant::now());
                        answers.push(command(&conn, "SSUBSCRIBE", channel, Some(topic)));
                    }
                    Some(Order::Leave(topic)) => {
                        let channel = self.shared.channel(topic);
                        waiting.remove(&channel);
                        answers.push(command(&conn, "SUNSUBSCRIBE", channel, None));
                    }
                    None => return "not needed any more",
                },
                Some((topic, answer)) = answers.next(), if !answers.is_empty() => match (topic, answer) {
                    (_, Ok(_)) => {}
                    (_, Err(error)) if error.is_io_error() => {}
                    (Some(topic), Err(_)) => {
                        waiting.remove(&self.shared.channel(topic));
                        self.report(Report::Refused(self.number, topic));
                    }
                    (None, Err(_)) => {}
                },
                _ = tick.tick() => {
                    if last_heard.elapsed() > SILENCE {
                        return "no sign of life";
                    }
                    if waiting.values().any(|since| since.elapsed() > PATIENCE) {
                        return "no answer to a subscription";
                    }
                }
            }
        }
    }

    /// Why the connection is no good any more, if it is not.
    fn heard(&self, push: PushInfo, waiting: &mut HashMap<String, Instant>) -> Option<&'static str> {
        match push.kind {
            PushKind::SMessage => {
                if let Some(message) = Msg::from_push_info(push) {
                    self.shared.heard(&message);
                }
            }
            PushKind::SSubscribe => {
                let channel = channel_of(&push)?;
                waiting.remove(channel);
                match self.shared.topic(channel) {
                    Some(topic) => self.report(Report::Subscribed(self.number, topic)),
                    None => self.report(Report::Ready(self.number)),
                }
            }
            PushKind::SUnsubscribe => match self.shared.topic(channel_of(&push)?) {
                Some(topic) => self.report(Report::Ended(self.number, topic)),
                None => return Some("the slot of its signs of life has moved"),
            },
            PushKind::Disconnection => return Some("connection closed"),
            _ => {}
        }
        None
    }

    fn report(&self, report: Report) {
        let _ = self.reports.send(report);
    }
}

fn channel_of(push: &PushInfo) -> Option<&str> {
    match push.data.first()? {
        Value::BulkString(name) => std::str::from_utf8(name).ok(),
        _ => None,
    }
}

/// Channels of different slots cannot be in one command, so each has its own.
fn command(
    conn: &MultiplexedConnection,
    name: &'static str,
    channel: String,
    topic: Option<Topic>,
) -> BoxFuture<'static, (Option<Topic>, RedisResult<Value>)> {
    let mut conn = conn.clone();
    Box::pin(async move { (topic, redis::cmd(name).arg(channel).query_async(&mut conn).await) })
}
