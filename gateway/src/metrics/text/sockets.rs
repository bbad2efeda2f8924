//! WebSockets, and the way of events to them.

use std::fmt;

use super::{Sheet, Snapshot};
use crate::hub::WorkerFigures;

/// A gauge of each worker.
fn by_worker(
    snapshot: &Snapshot,
    sheet: &mut Sheet<'_>,
    name: &str,
    help: &str,
    value: impl Fn(&WorkerFigures) -> usize,
) -> fmt::Result {
    let mut gauge = sheet.gauge(name, help)?;
    for worker in &snapshot.workers {
        gauge.of(&[("worker", &worker.id.to_string())], value(worker))?;
    }
    Ok(())
}

/// A counter of each worker.
fn count_by_worker(
    snapshot: &Snapshot,
    sheet: &mut Sheet<'_>,
    name: &str,
    help: &str,
    value: impl Fn(&WorkerFigures) -> u64,
) -> fmt::Result {
    let mut counter = sheet.counter(name, help)?;
    for worker in &snapshot.workers {
        counter.of(&[("worker", &worker.id.to_string())], value(worker))?;
    }
    Ok(())
}

pub(super) fn sessions(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    by_worker(snapshot, sheet, "ws_sessions", "Sessions that are authenticated.", |worker| worker.sessions)?;
    let help = "Topics that sessions listen to, counted once for each session.";
    by_worker(snapshot, sheet, "ws_subscriptions", help, |worker| worker.subscriptions)?;
    sheet.gauge("ws_users", "Users who have sessions here.")?.of(&[], snapshot.hub.users)?;
    let help = "Connections that became WebSockets.";
    count_by_worker(snapshot, sheet, "ws_opened", help, |worker| worker.traffic.opened)?;
    let help = "WebSockets that ended, by close code (1005: none was sent, 1006: the connection was gone) and reason.";
    let mut closed = sheet.counter("ws_closed", help)?;
    for ((code, reason), count) in snapshot.closed() {
        closed.of(&[("code", code), ("reason", reason)], count)?;
    }
    let mut response = sheet.gauge(
        "worker_response_seconds",
        "How long a worker took to answer this very question, behind what it had to do; missing when it has not in half a second.",
    )?;
    for worker in &snapshot.workers {
        if let Some(time) = worker.response {
            response.seconds(&[("worker", &worker.id.to_string())], time.as_secs_f64())?;
        }
    }
    Ok(())
}

pub(super) fn traffic(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let (all, sheet) = (snapshot, sheet);
    let help = "Frames that were written to sockets.";
    count_by_worker(all, sheet, "ws_frames_sent", help, |worker| worker.traffic.frames_sent)?;
    let help = "Bytes that were written to sockets.";
    count_by_worker(all, sheet, "ws_sent_bytes", help, |worker| worker.traffic.bytes_sent)?;
    let help = "Calls of the system that wrote to sockets: frames that wait are written together.";
    count_by_worker(all, sheet, "ws_writes", help, |worker| worker.traffic.writes)?;
    let help = "Frames that clients sent.";
    count_by_worker(all, sheet, "ws_frames_received", help, |worker| worker.traffic.frames_received)?;
    let help = "Bytes that clients sent.";
    count_by_worker(all, sheet, "ws_received_bytes", help, |worker| worker.traffic.bytes_received)
}

pub(super) fn queues(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let (all, sheet) = (snapshot, sheet);
    let help = "Bytes of events that wait for a worker; beyond 64 MiB its sessions are closed.";
    by_worker(all, sheet, "worker_backlog_bytes", help, |worker| worker.backlog)?;
    let help = "Bytes that wait for sockets.";
    by_worker(all, sheet, "ws_queued_bytes", help, |worker| worker.queued.0)?;
    let help = "Frames that wait for sockets.";
    by_worker(all, sheet, "ws_queued_frames", help, |worker| worker.queued.1)?;
    let help = "The most bytes that wait for one socket.";
    by_worker(all, sheet, "ws_deepest_queue_bytes", help, |worker| worker.deepest)?;
    let help = "The most bytes that may wait for one socket: ws.queue_bytes.";
    sheet.gauge("ws_queue_limit_bytes", help)?.of(&[], all.queue_limit)?;
    let mut held = sheet.gauge(
        "held_events",
        "Events that are kept back: for sessions that catch up, or until access to their place has been read again.",
    )?;
    let catching_up = all.workers.iter().map(|worker| worker.held).sum();
    held.of(&[("why", "catching_up")], catching_up)?;
    held.of(&[("why", "access")], all.hub.held)
}

pub(super) fn delivery(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let help = "From the commit of a change of a timeline to the write of its frame to a socket, for each socket. Of changes that \
        other gateways committed (elsewhere) as exactly as the machines' clocks agree.";
    let mut lag = sheet.spread("delivery_lag_seconds", help)?;
    for (origin, times) in ["here", "elsewhere"].iter().zip(snapshot.lags()) {
        lag.times(&[("committed", origin)], &times)?;
    }
    let hub = &snapshot.hub;
    let help =
        "Events that were missing, shown by a later one of the timeline (order) or only by the log (heads).";
    let mut gaps = sheet.counter("delivery_gaps", help)?;
    gaps.of(&[("shown_by", "order")], hub.gaps_by_order)?;
    gaps.of(&[("shown_by", "heads")], hub.gaps_by_heads)?;
    let help = "Gaps that are filled: by the missing event, which was only late, or by reading the log.";
    let mut filled = sheet.counter("delivery_gaps_filled", help)?;
    filled.of(&[("filled_by", "event")], hub.filled_late)?;
    filled.of(&[("filled_by", "log")], hub.filled_by_log)?;
    let help = "Readings of the log, to fill a gap, that failed and were tried again.";
    sheet.counter("delivery_log_failures", help)?.of(&[], hub.log_failures)?;
    sheet.gauge("hub_topics", "Topics that have listeners here.")?.of(&[], hub.topics)?;
    sheet.gauge("hub_scopes", "Servers and conversations that have sessions here.")?.of(&[], hub.scopes)
}

pub(super) fn access(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let hub = &snapshot.hub;
    let help = "Readings of who may hear a server or conversation, because access to it had changed.";
    let mut readings = sheet.counter("access_readings", help)?;
    readings.of(&[("outcome", "done")], hub.plans)?;
    readings.of(&[("outcome", "failed")], hub.plan_failures)?;
    let help = "Acts whose proof of access was outdated when they came to be done, and which were proved again: usual for one from \
        memory (remembered), rare for one that was read a moment ago (fresh).";
    let mut stale = sheet.counter("stale_grants", help)?;
    for (grant, count) in snapshot.retries {
        stale.of(&[("grant", grant)], count)?;
    }
    Ok(())
}
