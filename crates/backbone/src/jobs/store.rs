//! The table `jobs`.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, Insertable, QueryDsl, Queryable};
use diesel::sql_types::{Array, BigInt, Integer, Jsonb, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::schema::jobs;

#[derive(Debug, Insertable)]
#[diesel(table_name = jobs)]
pub(super) struct NewJob {
    pub(super) id: Uuid,
    pub(super) kind: &'static str,
    pub(super) payload: Value,
    pub(super) due_at: Timestamp,
    pub(super) created_at: Timestamp,
}

/// A job that its holder is to do.
#[derive(Debug, Queryable)]
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) lease: Uuid,
    pub(super) kind: String,
    pub(super) payload: Value,
    /// How often it was taken, this time included.
    pub(super) tries: i32,
}

/// Rows in one INSERT: PostgreSQL takes 65,535 parameters, a row has five.
const CHUNK: usize = 1_000;

pub(super) async fn insert(conn: &mut AsyncPgConnection, rows: &[NewJob]) -> QueryResult<()> {
    for chunk in rows.chunks(CHUNK) {
        diesel::insert_into(jobs::table).values(chunk).execute(conn).await?;
    }
    Ok(())
}

crate::statement! {
    /// Takes jobs that are due, the longest due first, past those that another is taking at this moment. `millis` says
    /// for each of `kinds` how long it may be held.
    pub(super) struct Take<'a> {
        kinds: &'a [&'static str], millis: &'a [i64], now: Timestamp, most: i64, lease: Uuid,
    } -> (SqlUuid, SqlUuid, Text, Jsonb, Integer);
    "WITH kinds AS (SELECT * FROM unnest(" {kinds as Array<Text>} ", " {millis as Array<BigInt>} ") AS k (kind, millis)), \
     due AS MATERIALIZED (SELECT id, due_at, millis FROM jobs JOIN kinds USING (kind) \
         WHERE failed_at IS NULL AND due_at <= " {now as Timestamptz} " \
         ORDER BY due_at, id LIMIT " {most as BigInt} " FOR UPDATE OF jobs SKIP LOCKED), \
     taken AS (UPDATE jobs SET tries = tries + 1, lease = " {lease as SqlUuid} ", \
             due_at = " {now as Timestamptz} " + due.millis * interval '1 millisecond' \
         FROM due WHERE jobs.id = due.id \
         RETURNING jobs.id, lease, kind, payload, tries, due.due_at AS was_due) \
     SELECT id, lease, kind, payload, tries FROM taken ORDER BY was_due, id"
}

impl Take<'_> {
    pub(super) async fn load(self, conn: &mut AsyncPgConnection) -> QueryResult<Vec<Taken>> {
        RunQueryDsl::load(self, conn).await
    }
}

crate::statement! {
    /// How many jobs are due, due later and given up, each counted up to `most`: both indexes are read no further.
    pub(super) struct Count { now: Timestamp, most: i64 } -> (BigInt, BigInt, BigInt);
    "SELECT (SELECT count(*) FROM (SELECT FROM jobs WHERE failed_at IS NULL AND due_at <= " {now as Timestamptz} " \
         LIMIT " {most as BigInt} ") AS due), \
     (SELECT count(*) FROM (SELECT FROM jobs WHERE failed_at IS NULL AND due_at > " {now as Timestamptz} " \
         LIMIT " {most as BigInt} ") AS later), \
     (SELECT count(*) FROM (SELECT FROM jobs WHERE failed_at IS NOT NULL LIMIT " {most as BigInt} ") AS failed)"
}

impl Count {
    pub(super) async fn get(self, conn: &mut AsyncPgConnection) -> QueryResult<(i64, i64, i64)> {
        RunQueryDsl::get_result(self, conn).await
    }
}

/// It is done.
pub(super) async fn done(conn: &mut AsyncPgConnection, job: &Taken) -> QueryResult<()> {
    let held = jobs::table.find(job.id).filter(jobs::lease.eq(job.lease));
    diesel::delete(held).execute(conn).await.map(drop)
}

/// It is to be tried again at `due`.
pub(super) async fn postpone(
    conn: &mut AsyncPgConnection,
    job: &Taken,
    due: Timestamp,
    error: &str,
) -> QueryResult<()> {
    let held = jobs::table.find(job.id).filter(jobs::lease.eq(job.lease));
    let change = (jobs::due_at.eq(due), jobs::lease.eq(None::<Uuid>), jobs::last_error.eq(error));
    diesel::update(held).set(change).execute(conn).await.map(drop)
}

/// It is given up.
pub(super) async fn fail(
    conn: &mut AsyncPgConnection,
    job: &Taken,
    now: Timestamp,
    error: &str,
) -> QueryResult<()> {
    let held = jobs::table.find(job.id).filter(jobs::lease.eq(job.lease));
    let change = (jobs::failed_at.eq(now), jobs::lease.eq(None::<Uuid>), jobs::last_error.eq(error));
    diesel::update(held).set(change).execute(conn).await.map(drop)
}

/// Removes those that were given up before `before`.
pub(super) async fn forget(conn: &mut AsyncPgConnection, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(jobs::table.filter(jobs::failed_at.lt(before))).execute(conn).await
}
