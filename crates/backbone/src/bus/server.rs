//! Listens to one server, or to the one that is the master, by one connection.

use std::sync::Arc;

use futures_util::StreamExt;
use kernel::Topic;
use redis::RedisResult;
use redis::aio::{PubSubSink, PubSubStream};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

use super::LINGER;
use super::shared::{BACKOFF, BEAT, PATIENCE, SILENCE, Shared};
use crate::redis::Server;

/// Topics in one SUBSCRIBE.
const CHUNK: usize = 500;

/// Listens, and connects again whenever the connection is gone.
pub(super) async fn subscriber(shared: Arc<Shared>, server: Arc<Server>) {
    let mut wait = BACKOFF.0;
    loop {
        match timeout(PATIENCE, connect(&shared, &server)).await {
            Ok(Ok((sink, stream))) => {
                wait = BACKOFF.0;
                shared.restored();
                let why = listen(&shared, sink, stream).await;
                shared.lost(why);
            }
            Ok(Err(error)) => tracing::debug!(%error, "bus not reachable"),
            Err(_) => tracing::debug!("bus not reachable: no answer"),
        }
        sleep(wait).await;
        wait = (wait * 2).min(BACKOFF.1);
    }
}

/// A connection on which everything wanted is subscribed.
async fn connect(shared: &Shared, server: &Server) -> RedisResult<(PubSubSink, PubSubStream)> {
    let (mut sink, stream) = server.client().await?.get_async_pubsub().await?.split();
    sink.subscribe(shared.beat_channel("")).await?;
    subscribe(shared, &mut sink, &shared.topics.restart()).await?;
    Ok((sink, stream))
}

async fn subscribe(shared: &Shared, sink: &mut PubSubSink, topics: &[Topic]) -> RedisResult<()> {
    for chunk in topics.chunks(CHUNK) {
        sink.subscribe(chunk.iter().map(|topic| shared.channel(*topic)).collect::<Vec<_>>()).await?;
        shared.topics.mark_ready(chunk);
    }
    Ok(())
}

/// Hears events and follows joins and leaves until the connection is no good any more; says why.
async fn listen(shared: &Shared, mut sink: PubSubSink, mut stream: PubSubStream) -> &'static str {
    let mut tick = interval(BEAT);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last_heard = Instant::now();
    loop {
        let change = tokio::select! {
            message = stream.next() => match message {
                Some(message) => {
                    last_heard = Instant::now();
                    shared.heard(&message);
                    continue;
                }
                None => return "connection closed",
            },
            () = shared.wanted.notified() => timeout(PATIENCE, subscribe(shared, &mut sink, &shared.topics.take_wanted())).await,
            () = shared.demoted.notified() => return "the server is a replica now",
            _ = tick.tick() => {
                if last_heard.elapsed() > SILENCE {
                    return "no sign of life";
                }
                let idle = shared.topics.take_idle(LINGER);
                if idle.is_empty() {
                    continue;
                }
                let channels = idle.iter().map(|topic| shared.channel(*topic)).collect::<Vec<_>>();
                let left = timeout(PATIENCE, sink.unsubscribe(channels)).await;
                // Who joined in between was subscribed already for Redis, and has just been unsubscribed.
                let again = idle.into_iter().filter(|topic| shared.topics.contains(*topic)).collect::<Vec<_>>();
                if again.is_empty() { left } else { timeout(PATIENCE, subscribe(shared, &mut sink, &again)).await }
            }
        };
        match change {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return "subscription refused",
            Err(_) => return "no answer to a subscription",
        }
    }
}
