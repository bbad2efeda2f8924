//! A connection for commands, to one server or to a cluster.

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster_async::ClusterConnection;
use redis::{Cmd, ErrorKind, Pipeline, RedisFuture, RedisResult, ServerErrorKind, Value};

/// A connection for commands. Cheap to clone: all clones share it.
#[derive(Clone)]
pub(crate) enum Conn {
    Server(MultiplexedConnection),
    /// To all nodes: sends each command to the node that has its key.
    Cluster(ClusterConnection),
}

impl Conn {
    /// Asks for a sign of life: in a cluster, whether all slots are served as far as one of the nodes knows.
    pub(crate) async fn check(&mut self) -> RedisResult<()> {
        let Self::Cluster(cluster) = self else {
            return redis::cmd("PING").exec_async(self).await;
        };
        let info = redis::cmd("CLUSTER").arg("INFO").query_async::<String>(cluster).await?;
        if info.contains("cluster_state:ok") {
            return Ok(());
        }
        Err((ErrorKind::Server(ServerErrorKind::ClusterDown), "not all slots are served").into())
    }
}

impl ConnectionLike for Conn {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Server(server) => server.req_packed_command(cmd),
            Self::Cluster(cluster) => cluster.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Server(server) => server.req_packed_commands(pipeline, offset, count),
            Self::Cluster(cluster) => cluster.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Server(server) => server.get_db(),
            Self::Cluster(cluster) => cluster.get_db(),
        }
    }
}
