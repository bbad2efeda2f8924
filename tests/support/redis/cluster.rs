//! A cluster of six: three masters, each with a replica.

use std::ops::Range;

use futures_util::future::join_all;

use super::{PASSWORD, Redis, free_port};
use crate::{eventually, skipped};

const SLOTS: u16 = 16_384;
const MASTERS: u16 = 3;
/// How long a node may be silent before it counts as dead, milliseconds. Longer than a busy machine lets one wait.
const SILENCE_MS: &str = "1500";

/// A cluster. Ends when it is dropped.
#[derive(Debug)]
pub struct RedisCluster {
    /// The masters, then in the same order their replicas, as they were at the beginning.
    pub nodes: Vec<Redis>,
}

impl RedisCluster {
    /// Starts one; `None` when the installed Redis has no sharded pub/sub.
    pub async fn start() -> Option<Self> {
        if Redis::version().is_none_or(|version| version < 7) {
            skipped("Redis 7 or later is not installed");
            return None;
        }
        let node = |_| {
            let bus = free_port().to_string();
            Redis::launch(
                true,
                &[
                    ("cluster-enabled", "yes"),
                    ("cluster-port", &bus),
                    ("cluster-node-timeout", SILENCE_MS),
                    ("cluster-replica-validity-factor", "0"),
                    ("cluster-allow-replica-migration", "no"),
                ],
            )
        };
        let cluster = Self { nodes: (0..2 * MASTERS).map(node).collect() };
        join_all(cluster.nodes.iter().map(Redis::until_ready)).await;
        cluster.meet().await;
        Some(cluster)
    }

    /// Their URLs, as a setting has them.
    pub fn urls(&self) -> String {
        self.nodes.iter().take(2).map(Redis::url).collect::<Vec<_>>().join(",")
    }

    /// The slots that this master has at the beginning.
    pub fn slots(master: usize) -> Range<u16> {
        let share =
            |number: usize| u16::try_from(usize::from(SLOTS) * number / usize::from(MASTERS)).unwrap();
        share(master)..share(master + 1)
    }

    /// Moves slots, and the keys in them, from one master to another.
    pub async fn move_slots(&self, from: usize, to: usize, slots: Range<u16>) {
        let (source, target) = (&self.nodes[from], &self.nodes[to]);
        let (source_id, target_id) = (source.id().await, target.id().await);
        target.set_slots(&slots, &["IMPORTING", &source_id]).await;
        source.set_slots(&slots, &["MIGRATING", &target_id]).await;
        for slot in slots.clone() {
            source.hand_over(slot, target.port).await;
        }
        // The new owner first, as redis-cli does.
        for node in [target, source] {
            node.set_slots(&slots, &["NODE", &target_id]).await;
        }
    }

    async fn meet(&self) {
        let (masters, replicas) = self.nodes.split_at(usize::from(MASTERS));
        for (number, master) in masters.iter().enumerate() {
            let (slots, epoch) = (Self::slots(number), (number + 1).to_string());
            let (first, last) = (slots.start.to_string(), (slots.end - 1).to_string());
            master.ask::<()>(&["CLUSTER", "ADDSLOTSRANGE", &first, &last]).await.unwrap();
            master.ask::<()>(&["CLUSTER", "SET-CONFIG-EPOCH", &epoch]).await.unwrap();
        }
        for other in &self.nodes[1..] {
            let (port, bus) = (other.port.to_string(), other.bus_port());
            self.nodes[0].ask::<()>(&["CLUSTER", "MEET", "127.0.0.1", &port, &bus]).await.unwrap();
        }
        let info = async |node: &Redis, what: &str| {
            node.ask::<String>(&["CLUSTER", "INFO"]).await.is_ok_and(|info| info.contains(what))
        };
        for node in &self.nodes {
            eventually("all nodes know each other", async || info(node, "cluster_known_nodes:6").await).await;
        }
        for (master, replica) in masters.iter().zip(replicas) {
            let id = master.id().await;
            let replicate = ["CLUSTER", "REPLICATE", id.as_str()];
            eventually("it replicates", async || replica.ask::<()>(&replicate).await.is_ok()).await;
        }
        for node in &self.nodes {
            eventually("all slots are served", async || info(node, "cluster_state:ok").await).await;
        }
        for replica in replicas {
            eventually("the replica is in step", async || {
                let state = replica.ask::<String>(&["INFO", "replication"]).await.unwrap_or_default();
                state.contains("master_link_status:up")
            })
            .await;
        }
    }
}

impl Redis {
    async fn id(&self) -> String {
        self.ask(&["CLUSTER", "MYID"]).await.unwrap()
    }

    fn bus_port(&self) -> String {
        let at = self.arguments.iter().position(|word| word == "--cluster-port").unwrap();
        self.arguments[at + 1].clone()
    }

    async fn set_slots(&self, slots: &Range<u16>, how: &[&str]) {
        let mut pipe = redis::pipe();
        for slot in slots.clone() {
            pipe.cmd("CLUSTER").arg("SETSLOT").arg(slot).arg(how).ignore();
        }
        let client = redis::Client::open(self.url()).unwrap();
        let mut conn = client.get_multiplexed_async_connection().await.unwrap();
        conn.set_response_timeout(crate::PATIENCE);
        pipe.exec_async(&mut conn).await.unwrap();
    }

    /// Gives the keys of a slot to the server at this port.
    async fn hand_over(&self, slot: u16, port: u16) {
        let client = redis::Client::open(self.url()).unwrap();
        let mut conn = client.get_multiplexed_async_connection().await.unwrap();
        let mut keys = redis::cmd("CLUSTER");
        keys.arg("GETKEYSINSLOT").arg(slot).arg(1_000);
        let keys = keys.query_async::<Vec<String>>(&mut conn).await.unwrap();
        if !keys.is_empty() {
            let mut hand_over = redis::cmd("MIGRATE");
            hand_over.arg("127.0.0.1").arg(port).arg("").arg(0).arg(5_000).arg("AUTH").arg(PASSWORD);
            hand_over.arg("KEYS").arg(&keys).exec_async(&mut conn).await.unwrap();
        }
    }
}
