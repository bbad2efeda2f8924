//! Workers that end while they work.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use backbone::jobs::{Handlers, Job, JobSettings};
use tests::eventually;
use tokio::sync::Semaphore;

use super::{Count, Done, Yard};

/// Longer than a try may take.
fn past_the_lease() -> i64 {
    i64::try_from(Count::PATIENCE.as_millis()).unwrap() + 60_000
}

/// Handlers that begin and then wait to be let on.
#[derive(Clone)]
struct Held {
    begun: Arc<AtomicUsize>,
    go: Arc<Semaphore>,
}

impl Held {
    fn new() -> Self {
        Self { begun: Arc::default(), go: Arc::new(Semaphore::new(0)) }
    }

    fn handlers(&self) -> Handlers {
        let held = self.clone();
        Handlers::new().on(move |_: Count| {
            let held = held.clone();
            async move {
                held.begun.fetch_add(1, Ordering::SeqCst);
                held.go.acquire().await?.forget();
                Ok(())
            }
        })
    }

    async fn has_begun(&self) {
        eventually("it is begun", async || self.begun.load(Ordering::SeqCst) == 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_of_a_worker_that_was_killed_is_taken_when_its_lease_ends() {
    let yard = Yard::open().await;
    let (held, done) = (Held::new(), Done::default());
    let killed = yard.workers(held.handlers());
    yard.add([1]).await;
    held.has_begun().await;
    drop(killed);

    let _others = yard.workers(done.handlers());
    yard.add([2]).await;
    eventually("the others work", async || done.all() == [2]).await;
    // A job's row goes after its work.
    eventually("nobody takes what is held", async || yard.rows().await.len() == 1).await;
    assert_eq!(done.all(), [2], "nobody takes what is held");
    yard.app.clock.advance_ms(past_the_lease());
    eventually("it is done", async || yard.is_empty().await).await;
    assert_eq!(done.all(), [2, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_lost_the_lease_no_longer_decides_about_the_job() {
    let yard = Yard::open().await;
    let (slow, next) = (Held::new(), Held::new());
    // One at a time: else it could take the job anew, before it knows that it is to stop.
    let one = JobSettings { poll_ms: 20, concurrency: 1, ..JobSettings::default() };
    let slow_workers = yard.workers_with(slow.handlers(), one);
    yard.add([1]).await;
    slow.has_begun().await;
    // It is slow, or the machine stood still: by the clock it counts as dead.
    let taking_nothing_more = tokio::spawn(slow_workers.stop());
    yard.app.clock.advance_ms(past_the_lease());
    let _next_workers = yard.workers(next.handlers());
    next.has_begun().await;
    slow.go.add_permits(1);
    taking_nothing_more.await.unwrap();
    assert_eq!(yard.rows().await.len(), 1, "the job is its new holder's");
    next.go.add_permits(1);
    eventually("it is done", async || yard.is_empty().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_takes_its_worker_with_it_is_not_tried_for_ever() {
    let yard = Yard::open().await;
    for _ in 0..Count::TRIES {
        let held = Held::new();
        let killed = yard.workers(held.handlers());
        if yard.is_empty().await {
            yard.add([1]).await;
        }
        held.has_begun().await;
        drop(killed);
        yard.app.clock.advance_ms(past_the_lease());
    }
    let done = Done::default();
    let _workers = yard.workers(done.handlers());
    eventually("it is given up", async || yard.rows().await[0].failed).await;
    assert!(done.all().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_graceful_stop_waits_for_what_is_begun_and_begins_nothing() {
    let yard = Yard::open().await;
    let held = Held::new();
    let workers = yard.workers(held.handlers());
    yard.add([1]).await;
    held.has_begun().await;
    let stopping = tokio::spawn(workers.stop());
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    yard.add([2]).await;
    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    assert!(!stopping.is_finished());
    held.go.add_permits(1);
    stopping.await.unwrap();
    assert_eq!(held.begun.load(Ordering::SeqCst), 1);
    let rows = yard.rows().await;
    assert_eq!((rows.len(), rows[0].tries), (1, 0), "the second was not touched");
}
