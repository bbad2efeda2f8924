//! What people ask for: calls and commands, and those that came too often.

use std::fmt;

use super::{Sheet, Snapshot};

pub(super) fn http(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let mut requests = sheet.counter(
        "http_requests",
        "Requests that were answered, by the pattern of their route and the class of their status.",
    )?;
    for route in &snapshot.routes {
        for (status, count) in &route.answers {
            let labels = [("method", route.method), ("route", route.route.as_str()), ("status", *status)];
            requests.of(&labels, *count)?;
        }
    }
    let mut times =
        sheet.spread("http_request_duration_seconds", "From a request's head to the head of its answer.")?;
    for route in &snapshot.routes {
        times.times(&[("method", route.method), ("route", &route.route)], &route.times)?;
    }
    let help = "Requests that are being answered.";
    sheet.gauge("http_requests_in_flight", help)?.of(&[], snapshot.in_flight)
}

pub(super) fn limits(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let help = "Calls, messages, logins and codes that were refused because they came too often, by the rate that refused them.";
    let mut refused = sheet.counter("rate_limited", help)?;
    for (policy, count) in &snapshot.refused {
        refused.of(&[("policy", policy)], *count)?;
    }
    let help = "1 while rates are counted in Redis, for all gateways together, or not at all; 0 while this one counts by itself.";
    sheet.gauge("rates_shared", help)?.of(&[], usize::from(snapshot.rates_shared))
}

pub(super) fn commands(snapshot: &Snapshot, sheet: &mut Sheet<'_>) -> fmt::Result {
    let commands = snapshot.commands();
    let help = "Commands that came over WebSockets, and what became of them.";
    let mut outcomes = sheet.counter("ws_commands", help)?;
    for (name, command) in &commands {
        for (outcome, count) in [
            ("done", command.done),
            ("refused", command.refused),
            ("failed", command.failed),
            ("rate_limited", command.rate_limited),
        ] {
            outcomes.of(&[("command", name), ("outcome", outcome)], count)?;
        }
    }
    let mut times =
        sheet.spread("ws_command_duration_seconds", "How long commands took that were carried out.")?;
    for (name, command) in &commands {
        times.times(&[("command", name)], &command.times)?;
    }
    Ok(())
}
