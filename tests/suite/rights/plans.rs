//! Every call and every command finds its rows by an index: PostgreSQL reads whole tables here only where it has no other
//! way, and it counts how often.

use reqwest::Method;
use tests::App;

use super::callers::Callers;
use super::place::Place;
use super::row::Answers;
use super::table;

/// Tables that may be read from one end to the other, and why that is bounded.
const WHOLE: [(&str, &str); 0] = [];

#[tokio::test(flavor = "multi_thread")]
async fn no_call_reads_a_whole_table() {
    let mut app = App::builder().with("workers.sweep_s", "1").with_mail().start().await;
    let name = app.database_url().rsplit_once('/').unwrap().1.to_string();
    app.sql(&format!("ALTER DATABASE {name} SET enable_seqscan = off")).await;
    app.stop(0).await;
    app.start_again(0).await;
    let callers = Callers::gather(&app).await;
    for row in table::calls() {
        let place = Place::make(&app).await;
        let person = match row.answers {
            Answers::Admin(_) => &callers.admin,
            _ => &place.owner,
        };
        let (method, template) = row.call.split_once(' ').unwrap();
        let path = format!("{}{}", place.path(template), row.query);
        let body = row.body.map(|body| body(&place).to_string());
        person.call(method.parse::<Method>().unwrap(), &path, body).await;
    }
    // A connection tells what it counted when it ends.
    app.stop(0).await;
    let read = app.texts(READ_WHOLE).await;
    let allowed = |line: &&String| WHOLE.iter().any(|(table, _)| line.starts_with(&format!("{table} ")));
    let wrong = read.iter().filter(|line| !allowed(line)).collect::<Vec<_>>();
    assert!(wrong.is_empty(), "read from one end to the other: {wrong:#?}");
}

const READ_WHOLE: &str =
    "SELECT relname || ' ' || seq_scan AS name FROM pg_stat_user_tables WHERE seq_scan > 0 ORDER BY 1";
