//! A connection that is made when somebody needs it, and given up when it is no good.

use std::time::Duration;

use kernel::Internal;
use redis::aio::ConnectionLike;
use redis::{Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, RedisResult, ServerErrorKind, Value};
use tokio::sync::Mutex;
use tokio::time::timeout;

use super::{Conn, Place, RedisSettings};

/// How long Redis may take for anything.
const PATIENCE: Duration = Duration::from_secs(2);

/// A connection for commands that many share. What fails with the connection is not tried again: whether it was done is not
/// known. The next call connects anew, wherever Redis is by then.
pub(crate) struct Link {
    place: Place,
    line: Mutex<Line>,
}

#[derive(Default)]
struct Line {
    conn: Option<Conn>,
    /// Which connection it is: a late failure of an older one says nothing of this one.
    number: u64,
}

impl Link {
    /// Not connected yet.
    ///
    /// # Errors
    /// As [`Place::new`].
    pub(crate) fn new(settings: &RedisSettings) -> Result<Self, Internal> {
        Ok(Self { place: Place::new(settings)?, line: Mutex::default() })
    }

    /// The connection. Whoever finds none makes it, and the others wait for that one.
    async fn conn(&self) -> RedisResult<(Conn, u64)> {
        let mut line = self.line.lock().await;
        if let Some(conn) = &line.conn {
            return Ok((conn.clone(), line.number));
        }
        let conn = self.place.connect(PATIENCE).await?;
        line.number += 1;
        line.conn = Some(conn.clone());
        Ok((conn, line.number))
    }

    /// Nobody else shall use this connection.
    async fn give_up(&self, number: u64) {
        let mut line = self.line.lock().await;
        if line.number == number {
            line.conn = None;
        }
    }

    /// Does something with the connection, within [`PATIENCE`] each for connecting and for the answer.
    async fn on<T>(
        &self,
        work: impl AsyncFnOnce(&mut Conn) -> RedisResult<T>,
        is_bad: impl Fn(&T) -> bool,
    ) -> RedisResult<T> {
        let (mut conn, number) = timeout(PATIENCE, self.conn()).await.map_err(|_| late())??;
        let done = timeout(PATIENCE, work(&mut conn)).await.unwrap_or_else(|_| Err(late()));
        if done.as_ref().map_or_else(is_lost, is_bad) {
            self.give_up(number).await;
        }
        done
    }
}

impl ConnectionLike for &Link {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(self.on(async move |conn| conn.req_packed_command(cmd).await, is_demotion))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let work = async move |conn: &mut Conn| conn.req_packed_commands(pipeline, offset, count).await;
        Box::pin(self.on(work, |answers| answers.iter().any(is_demotion)))
    }

    fn get_db(&self) -> i64 {
        0
    }
}

fn late() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

/// The connection is broken or silent, or leads to a server that is not, or not yet, the master. A cluster's connection
/// mends itself when nodes close theirs; but of nodes that fall silent it would learn no successor.
fn is_lost(error: &RedisError) -> bool {
    error.is_unrecoverable_error() || error.is_io_error() || demotes(error.kind())
}

fn is_demotion(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(error) if error.kind().is_some_and(|kind| demotes(ErrorKind::Server(kind))))
}

fn demotes(kind: ErrorKind) -> bool {
    use ServerErrorKind::{BusyLoading, ClusterDown, MasterDown, ReadOnly};
    matches!(kind, ErrorKind::Server(ReadOnly | MasterDown | BusyLoading | ClusterDown))
}
