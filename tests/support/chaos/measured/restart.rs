//! A rolling restart under many sockets and steady messages: everybody comes back, nothing is lost, nobody logs in.

use std::sync::atomic::Ordering;
use std::time::Duration;

use rustix::process::Signal;
use tokio::time::{Instant, sleep};

use super::crowd::{Crowd, now};
use super::{Load, Measured};
use crate::chaos::stage::Stage;
use crate::chaos::truth::number;

/// Before, between and after.
const CALM: Duration = Duration::from_secs(10);
/// Transactions, and sessions that were begun by logging in.
const TRANSACTIONS: &str =
    "SELECT xact_commit::text AS name FROM pg_stat_database WHERE datname = current_database()";
const LOGINS: &str = "SELECT count(*)::text AS name FROM sessions";

pub(super) async fn run(stage: Stage, load: &Load) -> Measured {
    let mut crowd = Crowd::gather(stage, load).await;
    crowd.write(load);
    sleep(Duration::from_secs(2)).await;
    let database = crowd.stage.database.clone();
    let logins = number(&database, LOGINS).await;
    let mut lines = Vec::new();
    let calm = rate(&database, CALM).await;
    lines.push(format!("{calm} transactions/s before"));
    let begun = now();
    for gateway in 0..crowd.stage.gateways() {
        let (from, transactions) = (Instant::now(), number(&database, TRANSACTIONS).await);
        crowd.stage.end(gateway, Signal::TERM).await;
        let stopped = from.elapsed();
        crowd.stage.start(gateway).await;
        let back = stopped + crowd.until_there().await;
        let each = number(&database, TRANSACTIONS).await - transactions;
        let a_second = u128::try_from(each).unwrap() * 1_000 / from.elapsed().as_millis().max(1);
        lines.push(format!(
            "gateway {gateway}: stopped within {:.1} s, everybody back {:.1} s after it was told to stop, {a_second} transactions/s",
            stopped.as_secs_f64(),
            back.as_secs_f64(),
        ));
        sleep(CALM).await;
    }
    let ended = now();
    let again = number(&database, LOGINS).await - logins;
    let connects = crowd.seen.iter().map(|seen| seen.connects.load(Ordering::SeqCst)).sum::<u64>();
    let mut heard = crowd.end().await;
    lines.push(format!("{connects} connections in all; {again} logins meanwhile"));
    lines.push(format!("heard before:    {}", heard.lag(0, begun)));
    lines.push(format!("heard meanwhile: {}", heard.lag(begun, ended)));
    lines.push(format!("answers meanwhile: {}", heard.answers(begun, ended)));
    if again > 0 {
        heard.wrong.push(format!("{again} logged in again"));
    }
    Measured { lines, wrong: heard.wrong }
}

/// Transactions a second.
async fn rate(database: &str, during: Duration) -> i64 {
    let before = number(database, TRANSACTIONS).await;
    sleep(during).await;
    (number(database, TRANSACTIONS).await - before) / i64::try_from(during.as_secs()).unwrap()
}
