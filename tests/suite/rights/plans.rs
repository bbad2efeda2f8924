//! Every call and every command finds its rows by an index: PostgreSQL reads whole tables here only where it has no other
//! way, and it counts how often.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};
use reqwest::Method;
use tests::{App, eventually};

use super::callers::Callers;
use super::place::Places;
use super::row::{Answers, Row};
use super::table;

/// Tables that may be read from one end to the other, and why that is bounded.
const WHOLE: [(&str, &str); 2] = [
    ("sessions", "how many people were active, for administrators: counted once in five minutes"),
    ("timelines", "how many messages there are, for administrators: counted once in five minutes"),
];

/// Calls at the same time.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn no_call_reads_a_whole_table() {
    let mut app = App::builder().with("workers.sweep_s", "1").with_mail().start().await;
    let name = app.database_url().rsplit_once('/').unwrap().1.to_string();
    app.sql(&format!("ALTER DATABASE {name} SET enable_seqscan = off")).await;
    stop(&mut app).await;
    // What was read before is not counted.
    let before = read_whole(&app).await;
    app.start_again(0).await;
    let callers = Callers::gather(&app).await;
    let places = Places::of(&app).await;
    let calls = table::calls().into_iter().map(async |row| call(&places, &callers, &row).await);
    stream::iter(calls).buffer_unordered(AT_ONCE).collect::<Vec<()>>().await;
    stop(&mut app).await;
    let mut read = read_whole(&app).await;
    read.retain(|table, times| {
        before.get(table) != Some(times) && !WHOLE.iter().any(|(name, _)| name == table)
    });
    assert!(read.is_empty(), "read from one end to the other: {read:?}");
}

/// Stops the gateway, and waits for its connections: each tells what it counted when it ends.
async fn stop(app: &mut App) {
    const OTHERS: &str = "pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
    app.stop(0).await;
    eventually("its connections have ended", async || app.count(OTHERS).await == 0).await;
}

/// Makes a call as somebody who may.
async fn call(places: &Places<'_>, callers: &Callers, row: &Row) {
    let place = places.with(row.call).await;
    let person = match row.answers {
        Answers::Admin(_) => &callers.admin,
        _ => &place.owner,
    };
    let (method, template) = row.call.split_once(' ').unwrap();
    let path = format!("{}{}", place.path(template), row.query);
    let body = row.body.map(|body| body(&place).to_string());
    person.call(method.parse::<Method>().unwrap(), &path, body).await;
}

/// How often each table was read from one end to the other.
async fn read_whole(app: &App) -> BTreeMap<String, String> {
    const COUNTS: &str =
        "SELECT relname || ' ' || seq_scan AS name FROM pg_stat_user_tables WHERE seq_scan > 0";
    let lines = app.texts(COUNTS).await;
    let counts = lines.iter().filter_map(|line| line.split_once(' '));
    counts.map(|(table, times)| (table.to_string(), times.to_string())).collect()
}
