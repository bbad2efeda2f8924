//! What does not go well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use backbone::jobs::{Handlers, Job, JobError};
use serde::{Deserialize, Serialize};
use tests::eventually;

use super::{Count, Done, Yard};

const HOUR_MS: i64 = 3_600_000;

/// Handlers that fail as often as is said, and then do it.
fn failing(times: usize, done: &Done) -> Handlers {
    let (tried, done) = (Arc::new(AtomicUsize::new(0)), done.clone());
    Handlers::new().on(move |job: Count| {
        let fails = tried.fetch_add(1, Ordering::SeqCst) < times;
        if !fails {
            done.note(&job);
        }
        async move { if fails { Err(JobError::again("the moon was full")) } else { Ok(()) } }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_failed_is_tried_again_after_a_pause_by_our_clock() {
    let yard = Yard::open().await;
    let done = Done::default();
    let _workers = yard.workers(failing(2, &done));
    yard.add([7]).await;
    for tries in 1..=2 {
        eventually("it failed", async || {
            let rows = yard.rows().await;
            rows[0].tries == tries && rows[0].last_error.as_deref() == Some("the moon was full")
        })
        .await;
        assert!(done.all().is_empty());
        yard.app.clock.advance_ms(HOUR_MS);
    }
    eventually("it is done", async || yard.is_empty().await).await;
    assert_eq!(done.all(), [7]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_always_fails_is_given_up_and_kept_for_a_while() {
    let yard = Yard::open().await;
    let done = Done::default();
    let workers = yard.workers(failing(usize::MAX, &done));
    yard.add([7]).await;
    eventually("it is given up", async || {
        yard.app.clock.advance_ms(HOUR_MS);
        yard.rows().await[0].failed
    })
    .await;
    let rows = yard.rows().await;
    assert_eq!((rows[0].tries, rows[0].last_error.as_deref()), (3, Some("the moon was full")));
    workers.stop().await;
    // Nobody takes it up again, whoever could do it.
    let workers = yard.workers(done.handlers());
    yard.add([8]).await;
    eventually("another is done", async || yard.rows().await.len() == 1).await;
    assert_eq!(done.all(), [8]);
    workers.stop().await;
    yard.app.clock.advance_ms(31 * 24 * HOUR_MS);
    let _workers = yard.workers(done.handlers());
    eventually("it is forgotten", async || yard.is_empty().await).await;
    assert_eq!(done.all(), [8]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_never_be_done_is_given_up_at_once() {
    /// Of the same kind as [`Count`], written by another version.
    #[derive(Serialize, Deserialize)]
    struct Strange {
        word: String,
    }
    impl Job for Strange {
        const KIND: &'static str = Count::KIND;
    }
    let yard = Yard::open().await;
    let never = Handlers::new().on(|_: Count| async { Err(JobError::never("no such thing")) });
    let _workers = yard.workers(never);
    yard.add([1]).await;
    let mut conn = yard.pool.get().await.unwrap();
    yard.queue.add(&mut conn, &Strange { word: "one".into() }).await.unwrap();
    eventually("both are given up", async || yard.rows().await.iter().all(|row| row.failed)).await;
    let rows = yard.rows().await;
    assert!(rows.len() == 2 && rows.iter().all(|row| row.tries == 1), "{rows:?}");
    assert!(rows.iter().any(|row| row.last_error.as_ref().unwrap().contains("number")), "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handler_that_panics_or_hangs_fails_like_any_other_and_stops_nobody() {
    #[derive(Serialize, Deserialize)]
    struct Hang;
    impl Job for Hang {
        const KIND: &'static str = "test.hang";
        const PATIENCE: std::time::Duration = std::time::Duration::from_millis(50);
    }
    let yard = Yard::open().await;
    let done = Done::default();
    let panicking = done.clone();
    let handlers = Handlers::new().on(|_: Hang| std::future::pending()).on(move |job: Count| {
        assert!(job.number != 13, "an unlucky number");
        panicking.note(&job);
        async { Ok(()) }
    });
    let _workers = yard.workers(handlers);
    yard.add([13, 14]).await;
    yard.queue.add(&mut yard.pool.get().await.unwrap(), &Hang).await.unwrap();
    eventually("one is done, two have failed", async || {
        let rows = yard.rows().await;
        rows.len() == 2 && rows.iter().all(|row| row.last_error.is_some())
    })
    .await;
    let errors = yard.rows().await.into_iter().map(|row| row.last_error.unwrap()).collect::<Vec<_>>();
    assert_eq!(errors, ["it panicked", "it took too long"]);
    assert_eq!(done.all(), [14]);
}
