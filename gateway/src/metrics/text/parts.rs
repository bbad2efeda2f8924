//! What stands behind calls and commands.

use std::fmt;
use std::time::Duration;

use super::{Sheet, Snapshot};

pub(super) fn process(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let help = "1, with the gateway's version.";
    sheet.gauge("build_info", help)?.of(&[("version", env!("CARGO_PKG_VERSION"))], 1)?;
    let help = "When the gateway was started, seconds since 1970.";
    sheet.gauge("start_time_seconds", help)?.seconds(&[], seconds(snapshot.started.millis()))
}

pub(super) fn writers(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let writers = &snapshot.writers;
    sheet.gauge("writer_queue", "Changes that wait to be written.")?.of(&[], writers.waiting)?;
    sheet
        .gauge("writer_queue_limit", "Changes that may wait to be written: messaging.queue.")?
        .of(&[], writers.places)?;
    let help = "Changes that were refused because the queue was full.";
    sheet.counter("writer_refused", help)?.of(&[], writers.busy)?;
    let help = "Changes that were committed together.";
    sheet.spread("writer_batch_size", help)?.sizes(&[], &writers.batches)?;
    let help = "How long batches took, from the wait for a connection to the end of the commit.";
    sheet.spread("writer_commit_duration_seconds", help)?.times(&[], &writers.commits)
}

pub(super) fn database(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let pool = &snapshot.pool;
    let mut connections = sheet.gauge("db_connections", "Connections to PostgreSQL.")?;
    connections.of(&[("state", "idle")], pool.idle)?;
    connections.of(&[("state", "in_use")], pool.in_use)?;
    let help = "Connections that this gateway may open: database.max_connections.";
    sheet.gauge("db_connections_limit", help)?.of(&[], pool.max)?;
    sheet.gauge("db_waiting", "Callers who wait for a connection.")?.of(&[], pool.waiting)?;
    let help = "How long callers waited for a connection, also those who got none.";
    sheet.spread("db_wait_duration_seconds", help)?.times(&[], &pool.waits)?;
    let help = "Callers who got no connection: none was free in time, or PostgreSQL could not be reached.";
    sheet.counter("db_wait_failures", help)?.of(&[], pool.failures)
}

pub(super) fn bus(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let (health, stats) = &snapshot.bus;
    let help = "1 while events come from other gateways through Redis, else 0.";
    sheet.gauge("bus_up", help)?.of(&[], usize::from(health.up))?;
    let help = "From publishing to hearing it again, through Redis, lately; missing while that is not known.";
    let mut latency = sheet.gauge("bus_latency_seconds", help)?;
    if let Some(time) = health.latency {
        latency.seconds(&[], time.as_secs_f64())?;
    }
    let mut events = sheet.counter(
        "bus_events",
        "Events that this gateway published, those of them that did not go to Redis (dropped), and those that came from others (received).",
    )?;
    events.of(&[("event", "published")], stats.published)?;
    events.of(&[("event", "dropped")], stats.dropped)?;
    events.of(&[("event", "received")], stats.received)?;
    sheet.gauge("bus_topics", "Topics that are joined on the bus.")?.of(&[], stats.topics)
}

pub(super) fn jobs(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let help = "Jobs of all gateways in the database, each number counted up to 10,000: due ones that nobody has begun, those for later \
        or being done, and those that were given up. Missing while the database does not answer.";
    let mut backlog = sheet.gauge("jobs", help)?;
    if let Some(jobs) = snapshot.backlog {
        for (state, count) in [("due", jobs.due), ("later", jobs.later), ("failed", jobs.failed)] {
            backlog.of(&[("state", state)], usize::try_from(count).unwrap_or(0))?;
        }
    }
    let help = "Tries of this gateway to do jobs, conversions of media among them.";
    let mut tries = sheet.counter("job_tries", help)?;
    for (kind, tally) in &snapshot.jobs {
        for (outcome, count) in
            [("done", tally.done), ("postponed", tally.postponed), ("failed", tally.failed)]
        {
            tries.of(&[("kind", kind), ("outcome", outcome)], count)?;
        }
    }
    let help = "When what runs in the background ended last, seconds since 1970; 0 before the first time.";
    let mut chores = sheet.gauge("chore_last_run_timestamp_seconds", help)?;
    for (chore, millis) in snapshot.chores {
        chores.seconds(&[("chore", chore)], seconds(millis))?;
    }
    Ok(())
}

pub(super) fn passwords(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let load = &snapshot.passwords;
    let mut passwords = sheet.gauge("passwords", "Passwords of logins and registrations.")?;
    passwords.of(&[("state", "running")], load.running)?;
    passwords.of(&[("state", "waiting")], load.waiting)?;
    let help = "Passwords that may wait: identity.passwords.queue.";
    sheet.gauge("passwords_limit", help)?.of(&[], load.room)?;
    let help = "Passwords that were refused because too many waited.";
    sheet.counter("passwords_refused", help)?.of(&[], load.refused)
}

/// Milliseconds since 1970 as seconds.
fn seconds(millis: i64) -> f64 {
    Duration::from_millis(u64::try_from(millis).unwrap_or(0)).as_secs_f64()
}
