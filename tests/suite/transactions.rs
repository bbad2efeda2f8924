//! Transactions whose BEGIN and COMMIT share round trips with the statements beside them: what is sent together is done in
//! its order, all or nothing, and nothing outside the transaction.

use std::time::Duration;

use backbone::db::{Conn, DbSettings, Pool, Transaction, Undone};
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::FutureExt;
use futures_util::future::{join, try_join};
use tests::App;

backbone::statement! {
    struct Step<'a> { name: &'a str } -> diesel::sql_types::BigInt;
    "INSERT INTO steps (name, tx) SELECT " {name as diesel::sql_types::Text} ", pg_current_xact_id()::text"
}

backbone::statement! {
    struct First {} -> diesel::sql_types::BigInt;
    "INSERT INTO steps (name, tx) SELECT 'first', pg_current_xact_id()::text"
}

backbone::statement! {
    struct Backend {} -> diesel::sql_types::Integer;
    "SELECT pg_backend_pid()"
}

/// An application whose database has a table for steps.
async fn app() -> App {
    let app = App::start().await;
    app.sql("CREATE TABLE steps (n bigserial, name text UNIQUE, tx text)").await;
    app
}

/// A pool of one connection.
fn pool(app: &App) -> Pool {
    Pool::open(&DbSettings { url: app.database_url(), max_connections: 1, ..DbSettings::default() }).unwrap()
}

async fn step(mut conn: &AsyncPgConnection, name: &str) -> QueryResult<()> {
    Step { name }.execute(&mut conn).await.map(drop)
}

async fn first(mut conn: &AsyncPgConnection) -> QueryResult<()> {
    First {}.execute(&mut conn).await.map(drop)
}

async fn backend(conn: &mut Conn) -> i32 {
    Backend {}.get_result(conn).await.unwrap()
}

/// What the statements were, in their order, and in how many transactions.
async fn steps(app: &App) -> (Vec<String>, i64) {
    let names = app.texts("SELECT name FROM steps ORDER BY n").await;
    (names, app.number("SELECT count(DISTINCT tx) AS number FROM steps").await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_shares_a_round_trip_is_done_in_its_order_in_one_transaction() {
    let app = app().await;
    let mut prepared = pool(&app);
    for round in 0..20 {
        app.sql("DELETE FROM steps").await;
        // Of every two rounds, the statements are prepared on the way in one, which must not let another one pass.
        if round % 2 == 0 {
            prepared = pool(&app);
        }
        let mut conn = prepared.get().await.unwrap();
        let tx = Transaction::on(&mut conn);
        // Two different statements: in every other round each is prepared on the way.
        let then = join(first(tx.conn()), step(tx.conn(), "then"));
        tx.begin(then.map(|(first, then)| first.and(then))).await.unwrap();
        assert_eq!(steps(&app).await, (vec![], 0), "nothing is seen before the commit");
        let last = step(tx.conn(), "last");
        tx.commit_behind(last).await.unwrap();
        assert_eq!(steps(&app).await, (["first", "then", "last"].map(String::from).to_vec(), 1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_takes_all_of_it_along_and_the_connection_goes_on() {
    let app = app().await;
    let pool = pool(&app);
    let mut conn = pool.get().await.unwrap();
    let before = backend(&mut conn).await;
    for _ in 0..2 {
        let tx = Transaction::on(&mut conn);
        let then = step(tx.conn(), "one");
        tx.begin(then).await.unwrap();
        let again = step(tx.conn(), "one");
        assert!(matches!(tx.commit_behind(again).await, Err(Undone::Refused(_))));
    }
    let tx = Transaction::on(&mut conn);
    let then = try_join(step(tx.conn(), "two"), step(tx.conn(), "two"));
    tx.begin(then).await.unwrap_err();
    tx.roll_back().await;
    drop(tx);
    assert_eq!(steps(&app).await, (vec![], 0));
    drop(conn);
    assert_eq!(backend(&mut pool.get().await.unwrap()).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_is_left_open_is_undone_with_its_connection_and_one_that_is_cut_is_unknown() {
    let app = app().await;
    let pool = pool(&app);
    let mut conn = pool.get().await.unwrap();
    let before = backend(&mut conn).await;
    let tx = Transaction::on(&mut conn);
    let then = step(tx.conn(), "one");
    tx.begin(then).await.unwrap();
    drop(tx);
    drop(conn);
    let mut conn = pool.get().await.unwrap();
    let now = backend(&mut conn).await;
    assert_ne!(now, before);
    let tx = Transaction::on(&mut conn);
    let then = step(tx.conn(), "two");
    tx.begin(then).await.unwrap();
    app.sql(&format!("SELECT pg_terminate_backend({now}, 5000)")).await;
    let last = step(tx.conn(), "three");
    assert!(matches!(tx.commit_behind(last).await, Err(Undone::Unknown(_))));
    drop(tx);
    drop(conn);
    tests::eventually("the pool has another connection", async || pool.get().await.is_ok()).await;
    tokio::time::timeout(Duration::from_secs(20), async {
        let mut conn = pool.get().await.unwrap();
        step(&conn, "four").await.unwrap();
        backend(&mut conn).await
    })
    .await
    .unwrap();
    assert_eq!(steps(&app).await.0, ["four"]);
}
