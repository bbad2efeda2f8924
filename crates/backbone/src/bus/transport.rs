//! The bus over Redis pub/sub: tasks that publish, and tasks that listen.

use std::sync::Arc;

use kernel::{Env, Event, Internal};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::cluster::{self, Routes};
use super::publisher::{Publisher, QUEUE};
use super::shared::{Outgoing, PATIENCE, Shared};
use super::topics::{Ready, Topics};
use super::{BusHealth, Slot, server};
use crate::redis::{Place, RedisSettings};

pub(super) struct RedisTransport {
    shared: Arc<Shared>,
    outlet: Outlet,
    /// End with it.
    _tasks: JoinSet<()>,
}

/// Where events go to be sent.
enum Outlet {
    Server(mpsc::Sender<Outgoing>),
    Cluster(Arc<Routes>),
}

impl RedisTransport {
    pub(super) fn start(
        settings: &RedisSettings,
        env: &Env,
        topics: Arc<Topics>,
        listener: Arc<Slot>,
    ) -> Result<Self, Internal> {
        let shared = Arc::new(Shared::new(&settings.prefix, env, topics, listener));
        let mut tasks = JoinSet::new();
        let outlet = match Place::new(settings)? {
            Place::Server(server) => {
                let (queue, outgoing) = mpsc::channel(QUEUE);
                let publisher = Publisher {
                    shared: Arc::clone(&shared),
                    server: Arc::clone(&server),
                    command: "PUBLISH",
                    beat: shared.beat_channel(""),
                    redirects: None,
                };
                tasks.spawn(publisher.run(outgoing));
                tasks.spawn(server::subscriber(Arc::clone(&shared), server));
                Outlet::Server(queue)
            }
            Place::Cluster(cluster) => {
                let routes = Arc::<Routes>::default();
                tasks.spawn(cluster::keep_up(Arc::clone(&shared), cluster, Arc::clone(&routes)));
                Outlet::Cluster(routes)
            }
        };
        Ok(Self { shared, outlet, _tasks: tasks })
    }

    pub(super) fn publish(&self, event: &Event) {
        let outgoing = self.shared.outgoing(event);
        let queued = match &self.outlet {
            Outlet::Server(queue) => queue.try_send(outgoing).is_ok(),
            Outlet::Cluster(routes) => routes.send(outgoing),
        };
        if !queued {
            self.shared.dropped(1);
            tracing::debug!(topic = %event.topic, "bus queue full or nowhere to send to, event dropped");
        }
    }

    /// How many events were dropped, and how many came from other processes.
    pub(super) fn counts(&self) -> (u64, u64) {
        self.shared.counts()
    }

    pub(super) fn wake(&self) {
        self.shared.wanted.notify_one();
    }

    /// Waits until the topic is subscribed; not at all when Redis is down, and never longer than [`PATIENCE`].
    pub(super) async fn subscribed(&self, mut ready: Ready) {
        if *ready.borrow() || !self.shared.is_up() {
            return;
        }
        let _ = timeout(PATIENCE, ready.wait_for(|ready| *ready)).await;
    }

    pub(super) fn health(&self) -> BusHealth {
        self.shared.health()
    }
}
