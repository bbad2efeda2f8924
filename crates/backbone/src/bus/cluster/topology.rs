//! Asks the nodes how the slots are distributed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisResult, Value};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::Report;
use super::slots::SlotMap;
use crate::redis::{Address, Cluster};

/// How long one node may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What one node knows.
struct View {
    /// Rises with every change of who has what.
    epoch: u64,
    map: SlotMap,
}

/// Answers each request, a list of nodes to ask, with the latest of what they know; when none of them answers, with what the
/// nodes of the settings know.
pub(super) async fn survey(
    cluster: Arc<Cluster>,
    mut requests: mpsc::Receiver<Vec<Address>>,
    reports: mpsc::UnboundedSender<Report>,
) {
    let mut lines = HashMap::new();
    while let Some(nodes) = requests.recv().await {
        let mut latest = ask_all(&cluster, &mut lines, nodes).await;
        if latest.is_none() {
            latest = ask_all(&cluster, &mut lines, cluster.seeds()).await;
        }
        if reports.send(Report::Surveyed(latest.map(|view| view.map))).is_err() {
            return;
        }
    }
}

/// All are asked at once, since one that was frozen or cut off has an old view. Connections are kept for the next time.
async fn ask_all(
    cluster: &Cluster,
    lines: &mut HashMap<Address, MultiplexedConnection>,
    nodes: Vec<Address>,
) -> Option<View> {
    let asked = nodes.into_iter().map(|node| {
        let line = lines.remove(&node);
        async move {
            let answer = timeout(PATIENCE, ask(cluster, &node, line)).await;
            Some((node, answer.ok()?.ok()?))
        }
    });
    // Of those that are not asked any more none is kept.
    let answers = join_all(asked.collect::<Vec<_>>()).await;
    lines.clear();
    let mut views = Vec::new();
    for (node, (line, view)) in answers.into_iter().flatten() {
        lines.insert(node, line);
        views.extend(view);
    }
    views.into_iter().max_by_key(|view| view.epoch)
}

async fn ask(
    cluster: &Cluster,
    node: &Address,
    line: Option<MultiplexedConnection>,
) -> RedisResult<(MultiplexedConnection, Option<View>)> {
    let mut line = match line {
        Some(line) => line,
        None => {
            let config = AsyncConnectionConfig::new()
                .set_connection_timeout(Some(PATIENCE))
                .set_response_timeout(Some(PATIENCE));
            cluster.node(node)?.get_multiplexed_async_connection_with_config(&config).await?
        }
    };
    let mut pipe = redis::pipe();
    pipe.cmd("CLUSTER").arg("INFO").cmd("CLUSTER").arg("SLOTS");
    let (info, slots) = pipe.query_async::<(String, Value)>(&mut line).await?;
    let epoch =
        info.lines().find_map(|line| line.strip_prefix("cluster_current_epoch:")?.trim().parse().ok());
    let view = epoch.zip(SlotMap::parse(&slots, node)).map(|(epoch, map)| View { epoch, map });
    Ok((line, view))
}
