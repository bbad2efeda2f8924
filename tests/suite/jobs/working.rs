//! What goes well.

use backbone::jobs::JobSettings;
use diesel_async::AsyncConnection;
use tests::eventually;

use super::{Count, Done, Yard};

#[tokio::test(flavor = "multi_thread")]
async fn of_many_workers_one_does_a_job_and_nothing_is_left() {
    let yard = Yard::open().await;
    let done = Done::default();
    let workers = (0..4).map(|_| yard.workers(done.handlers())).collect::<Vec<_>>();
    yard.add(0..200).await;
    eventually("all are done", async || yard.is_empty().await).await;
    let mut all = done.all();
    all.sort_unstable();
    assert!(all.into_iter().eq(0..200), "each once");
    for workers in workers {
        workers.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_rolled_back_is_never_done() {
    let yard = Yard::open().await;
    let done = Done::default();
    let mut conn = yard.pool.get().await.unwrap();
    let gone = conn
        .transaction(async |tx| {
            yard.queue.add(tx, &Count { number: 1 }).await?;
            Err::<(), _>(diesel::result::Error::RollbackTransaction)
        })
        .await;
    assert!(gone.is_err());
    let _workers = yard.workers(done.handlers());
    yard.add([2]).await;
    eventually("the other is done", async || yard.is_empty().await).await;
    assert_eq!(done.all(), [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_due_comes_first_and_what_is_not_due_waits_for_our_clock() {
    let yard = Yard::open().await;
    let done = Done::default();
    let at = |seconds| yard.env.now().plus(chrono::TimeDelta::seconds(seconds));
    let jobs = [(0, -10), (1, -30), (2, -20), (3, -40), (4, 3_600)];
    let jobs = jobs.map(|(number, seconds)| (Count { number }, at(seconds)));
    let mut conn = yard.pool.get().await.unwrap();
    yard.queue.add_all(&mut conn, jobs.iter().map(|(job, due)| (job, *due))).await.unwrap();
    let one = JobSettings { concurrency: 1, poll_ms: 20, ..JobSettings::default() };
    let _workers = yard.workers_with(done.handlers(), one);
    eventually("what is due is done", async || yard.rows().await.len() == 1).await;
    assert_eq!(done.all(), [3, 1, 2, 0]);
    yard.app.clock.advance_ms(3_600_000);
    eventually("the last is done", async || yard.is_empty().await).await;
    assert_eq!(done.all(), [3, 1, 2, 0, 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_writes_a_job_need_not_look_for_it() {
    let yard = Yard::open().await;
    let done = Done::default();
    let rare = JobSettings { poll_ms: 3_600_000, ..JobSettings::default() };
    let workers = backbone::jobs::Workers::start(
        yard.pool.clone(),
        yard.env.clone(),
        yard.queue.clone(),
        done.handlers(),
        rare,
    );
    for number in 0..3 {
        yard.add([number]).await;
        eventually("it is done", async || yard.is_empty().await).await;
    }
    workers.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_leaves_kinds_that_it_does_not_know_to_others() {
    let yard = Yard::open().await;
    let done = Done::default();
    // Those of the gateway, and these, know nothing of it.
    let ignorant = yard.workers(backbone::jobs::Handlers::new());
    yard.add([1]).await;
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(yard.rows().await[0].tries, 0);
    ignorant.stop().await;
    let _workers = yard.workers(done.handlers());
    eventually("it is done", async || yard.is_empty().await).await;
}
