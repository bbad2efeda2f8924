//! What happens shows in the figures.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;
use tests::wire::{Wire, opcode};
use tests::{App, Endpoints, Proxy, eventually};
use tokio::time::Instant;

const FIN: u8 = 0x80;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_and_heard_is_counted_on_both_sides_of_redis() {
    let app = App::builder().with_figures().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut near, mut far) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    for socket in [&mut near, &mut far] {
        socket.command("join-channel", json!(server.channel)).await;
    }
    for _ in 0..3 {
        ada.send(&server.channel, "by a call").await;
    }
    near.command("send-message", json!({ "channelId": server.channel, "content": "by a command" })).await;
    near.refused("send-message", json!({ "channelId": server.channel }), "VALIDATION_FAILED").await;
    near.refused("no-such-command", json!({}), "VALIDATION_FAILED").await;
    for socket in [&mut near, &mut far] {
        socket.find("the last message", |event| event["rev"] == 4).await;
    }
    let (here, there) = (app.figures(0).await, app.figures(1).await);
    let sends = [("method", "POST"), ("route", "/api/channels/{channelId}/messages")];
    let at = |labels: &[(&'static str, &'static str)]| [&sends[..], labels].concat();
    for (name, labels, expected) in [
        ("guildhall_http_requests_total", at(&[("status", "2xx")]), 3.0),
        ("guildhall_http_requests_total", at(&[("status", "5xx")]), 0.0),
        ("guildhall_http_request_duration_seconds_count", at(&[]), 3.0),
        ("guildhall_ws_commands_total", vec![("command", "send-message"), ("outcome", "done")], 1.0),
        ("guildhall_ws_commands_total", vec![("command", "send-message"), ("outcome", "refused")], 1.0),
        ("guildhall_ws_commands_total", vec![("command", "unknown"), ("outcome", "refused")], 1.0),
        ("guildhall_ws_command_duration_seconds_count", vec![("command", "send-message")], 2.0),
        ("guildhall_ws_sessions", vec![], 1.0),
        ("guildhall_ws_users", vec![], 1.0),
        ("guildhall_ws_opened_total", vec![], 1.0),
        ("guildhall_ws_closed_total", vec![], 0.0),
        ("guildhall_writer_batch_size_sum", vec![], 4.0),
        ("guildhall_writer_queue", vec![], 0.0),
        ("guildhall_delivery_lag_seconds_count", vec![("committed", "here")], 4.0),
        ("guildhall_delivery_lag_seconds_count", vec![("committed", "elsewhere")], 0.0),
    ] {
        assert_eq!(here.sum(name, &labels), expected, "{name}{labels:?}");
    }
    for (name, labels, least) in [
        ("guildhall_ws_subscriptions", vec![], 2.0),
        ("guildhall_ws_frames_sent_total", vec![], 8.0),
        ("guildhall_ws_sent_bytes_total", vec![], 400.0),
        ("guildhall_ws_writes_total", vec![], 1.0),
        ("guildhall_ws_frames_received_total", vec![], 4.0),
        ("guildhall_ws_received_bytes_total", vec![], 100.0),
        ("guildhall_bus_events_total", vec![("event", "published")], 4.0),
        ("guildhall_db_wait_duration_seconds_count", vec![], 4.0),
        ("guildhall_start_time_seconds", vec![], 1e9),
    ] {
        assert!(here.sum(name, &labels) >= least, "{name}{labels:?}: {}", here.sum(name, &labels));
    }
    // The other one committed nothing, and delivered the same.
    let lag = |origin| there.sum("guildhall_delivery_lag_seconds_count", &[("committed", origin)]);
    assert_eq!((lag("here"), lag("elsewhere")), (0.0, 4.0));
    assert!(there.sum("guildhall_bus_events_total", &[("event", "received")]) >= 4.0);
    // Both run on one machine with one clock.
    assert!(there.sum("guildhall_delivery_lag_seconds_sum", &[]) < 60.0);
    drop(near);
    let ended = async || {
        let figures = app.figures(0).await;
        (figures.sum("guildhall_ws_closed_total", &[]), figures.sum("guildhall_ws_sessions", &[]))
            == (1.0, 0.0)
    };
    eventually("the end is counted", ended).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_too_slowly_shows_in_the_queues_and_then_among_the_closed() {
    let app = App::builder().with_figures().with("ws.queue_bytes", "65536").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut wire = Wire::deaf(app.url(), ada.token()).await;
    let join = json!({ "event": "join-channel", "data": server.channel }).to_string();
    wire.send(FIN | opcode::TEXT, join.as_bytes()).await;
    let listens = async || app.figures(0).await.sum("guildhall_ws_subscriptions", &[]) == 3.0;
    eventually("it listens", listens).await;
    let slow = [("code", "4009"), ("reason", "too_slow")];
    let (begun, text) = (Instant::now(), "x".repeat(4_000));
    let mut deepest = 0.0_f64;
    while app.figures(0).await.sum("guildhall_ws_closed_total", &slow) == 0.0 {
        // Less than its queue holds, so that this is full only once the way to the client is.
        join_all((0..3).map(|_| ada.send(&server.channel, &text))).await;
        let figures = app.figures(0).await;
        let depth = figures.sum("guildhall_ws_deepest_queue_bytes", &[]);
        assert!(depth <= figures.sum("guildhall_ws_queue_limit_bytes", &[]));
        assert!(figures.sum("guildhall_ws_queued_bytes", &[]) >= depth);
        deepest = deepest.max(depth);
        assert!(begun.elapsed() < 5 * tests::PATIENCE, "it still listens");
    }
    assert!(deepest > 4_000.0, "{deepest}");
    assert_eq!(app.figures(0).await.sum("guildhall_ws_closed_total", &slow), 1.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_the_bus_is_down_events_are_dropped_and_gaps_are_filled_from_the_log() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let builder = App::builder().with_figures().with("redis.url", &endpoints.redis_through(&proxy));
    let app = builder.gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut far = app.socket(&bob, 1).await;
    far.command("join-channel", json!(server.channel)).await;
    for gateway in [0, 1] {
        let known = async || app.figures(gateway).await.sum("guildhall_bus_latency_seconds", &[]) > 0.0;
        eventually("the latency is known", known).await;
        assert_eq!(app.figures(gateway).await.sum("guildhall_bus_up", &[]), 1.0);
    }
    proxy.cut();
    let down = async || app.figures(0).await.sum("guildhall_bus_up", &[]) == 0.0;
    eventually("the outage shows", down).await;
    ada.send(&server.channel, "who hears this?").await;
    far.expect_event("new-message").await;
    let there = app.figures(1).await;
    let gap = there.sum("guildhall_delivery_gaps_total", &[("shown_by", "heads")]);
    assert!(gap >= 1.0, "{gap}");
    let filled = async || {
        let figures = app.figures(1).await;
        let of = |name| figures.sum(name, &[]);
        let by_log = figures.sum("guildhall_delivery_gaps_filled_total", &[("filled_by", "log")]);
        by_log >= 1.0 && of("guildhall_delivery_gaps_filled_total") == of("guildhall_delivery_gaps_total")
    };
    eventually("what was missing is there", filled).await;
    let dropped =
        async || app.figures(0).await.sum("guildhall_bus_events_total", &[("event", "dropped")]) >= 1.0;
    eventually("what did not go out is counted", dropped).await;
    proxy.mend();
    let up = async || app.figures(0).await.sum("guildhall_bus_up", &[]) == 1.0;
    eventually("the return shows", up).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_strangers_try_makes_no_new_series() {
    let app = App::builder().with_figures().start().await;
    let stranger = app.stranger();
    let ada = app.person("ada").await;
    let mut socket = app.socket(&ada, 0).await;
    let tries = async |round: usize| {
        for chunk in (0..1_000).collect::<Vec<_>>().chunks(50) {
            join_all(chunk.iter().map(|number| async {
                let number = *number;
                let method = if number % 10 == 0 {
                    Method::from_bytes(format!("BREW{round}{}", "X".repeat(number % 30)).as_bytes()).unwrap()
                } else {
                    Method::GET
                };
                let path = match number % 3 {
                    0 => format!("/nothing/{round}/{number}"),
                    1 => format!("/api/{round}/{number}?x={number}"),
                    _ => format!("/api/servers/{round}-{number}"),
                };
                stranger.call(method, &path, None).await;
            }))
            .await;
        }
    };
    tries(1).await;
    socket.refused("command-1", json!({}), "VALIDATION_FAILED").await;
    let series = |figures: &tests::Figures| {
        let asked = |name: &str| name.starts_with("guildhall_http") || name.starts_with("guildhall_ws");
        let samples = figures.samples.iter().filter(|sample| asked(&sample.name));
        let series = samples.map(|sample| (sample.name.clone(), sample.labels.clone()));
        series.collect::<std::collections::BTreeSet<_>>()
    };
    let before = app.figures(0).await;
    tries(2).await;
    for number in 2..20 {
        socket.refused(&format!("command-{number}"), json!({}), "VALIDATION_FAILED").await;
    }
    let after = app.figures(0).await;
    let new = series(&after).difference(&series(&before)).cloned().collect::<Vec<_>>();
    // The first scrape itself was answered meanwhile.
    let new =
        new.into_iter().filter(|(_, labels)| labels.get("route").is_none_or(|route| route != "/metrics"));
    assert_eq!(new.collect::<Vec<_>>(), []);
    let unmatched = after.sum("guildhall_http_requests_total", &[("route", "unmatched")]);
    assert!(unmatched >= 1_300.0, "{unmatched}");
    assert_eq!(after.sum("guildhall_ws_commands_total", &[("command", "unknown")]), 19.0);
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_chores_and_refusals_show() {
    let app = App::builder().with_figures().with_mail().with("limits.enabled", "true").start().await;
    let ada = app.person("ada").await;
    let done = [("outcome", "done")];
    let sent = async || app.figures(0).await.sum("guildhall_job_tries_total", &done) >= 1.0;
    eventually("the letter of the registration is sent", sent).await;
    app.sql(
        "INSERT INTO jobs (id, kind, payload, due_at, failed_at, created_at)
         SELECT gen_random_uuid(), 'of.nobody', '{}', now() + due, failed, now()
         FROM (VALUES (interval '1 hour', NULL), ('-1 hour', NULL), ('0', now())) AS v (due, failed)",
    )
    .await;
    for status in [200, 429] {
        let answer = ada.request(Method::GET, "/api/users/me/export").send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    for state in ["due", "later", "failed"] {
        let there = async || app.figures(0).await.sum("guildhall_jobs", &[("state", state)]) == 1.0;
        eventually(&format!("one job is {state}"), there).await;
    }
    let figures = app.figures(0).await;
    assert_eq!(figures.sum("guildhall_rate_limited_total", &[("policy", "exports")]), 1.0);
    for chore in ["note_deliveries", "keep_order"] {
        let ran = async || {
            app.figures(0).await.sum("guildhall_chore_last_run_timestamp_seconds", &[("chore", chore)]) > 1e9
        };
        eventually("it ran", ran).await;
    }
    assert_eq!(figures.sum("guildhall_passwords_refused_total", &[]), 0.0);
}
