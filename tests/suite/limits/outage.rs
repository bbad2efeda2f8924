//! Without Redis each process counts by itself, and nobody waits for it.

use std::time::Duration;

use tests::{App, AppBuilder, Endpoints, Proxy, eventually};
use tokio::time::timeout;

use super::{limited, rate};

/// Calls until one is refused, at each gateway in turn; returns how many were not.
async fn good_calls(app: &App, person: &tests::Person) -> Vec<usize> {
    let mut good = Vec::new();
    for gateway in &app.gateways {
        let mut count = 0;
        while person.at(&gateway.url).get("/api/auth/me").await.status == 200 {
            count += 1;
            assert!(count < 1_000, "nothing is counted");
        }
        good.push(count);
    }
    good
}

fn narrow() -> AppBuilder {
    rate(limited(), "requests", 1, 3_600, 5).gateways(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_gateway_counts_by_itself_while_redis_is_away_and_together_again_when_it_is_back() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = narrow().with("redis.url", &endpoints.redis_through(&proxy)).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    assert_eq!(good_calls(&app, &ada).await, [5, 0]);
    proxy.cut();
    let limits = |number: usize| app.gateways[number].running.as_ref().unwrap().services.limits.clone();
    eventually("the outage is noticed", async || {
        app.stranger_at(0).get("/api/none").await;
        app.stranger_at(1).get("/api/none").await;
        !limits(0).is_shared() && !limits(1).is_shared()
    })
    .await;
    assert_eq!(good_calls(&app, &ada).await, [5, 5]);
    proxy.mend();
    eventually("it is back", async || limits(0).is_shared() && limits(1).is_shared()).await;
    // What Redis knew it still knows; what the processes counted is forgotten.
    assert_eq!(good_calls(&app, &ada).await, [0, 0]);
    assert_eq!(good_calls(&app, &bob).await, [5, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_hangs_is_waited_for_once_and_not_by_every_call() {
    let endpoints = Endpoints::find();
    let proxy = Proxy::start(endpoints.redis_address()).await;
    let app = rate(limited(), "requests", 1, 3_600, 40)
        .with("redis.url", &endpoints.redis_through(&proxy))
        .with("limits.redis_timeout_ms", "2000")
        .start()
        .await;
    let ada = app.person("ada").await;
    ada.get("/api/auth/me").await.ok();
    proxy.swallow();
    // If each call waited, this would take more than a minute. The process counts from the beginning, up to the burst.
    let calls = async {
        for _ in 0..40 {
            ada.get("/api/auth/me").await.ok();
        }
        ada.get("/api/auth/me").await.fails(429, "RATE_LIMITED");
    };
    timeout(Duration::from_secs(30), calls).await.expect("calls do not wait for Redis");
    assert!(!app.services().limits.is_shared());
    proxy.mend();
    eventually("it is back", async || app.services().limits.is_shared()).await;
    assert_eq!(good_calls(&app, &ada).await, [39]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_lost_its_scripts_is_told_them_again() {
    let endpoints = Endpoints::find();
    let app = narrow().start().await;
    let ada = app.person("ada").await;
    ada.get("/api/auth/me").await.ok();
    let client = redis::Client::open(endpoints.redis.as_str()).unwrap();
    let mut conn = client.get_multiplexed_async_connection().await.unwrap();
    redis::cmd("SCRIPT").arg("FLUSH").exec_async(&mut conn).await.unwrap();
    assert_eq!(good_calls(&app, &ada).await, [4, 0]);
    assert!(app.services().limits.is_shared());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_redis_goes_by_itself_and_names_nobody() {
    let endpoints = Endpoints::find();
    let app = rate(narrow(), "sign_ups", 1, 3_600, 5).start().await;
    let ada = app.person("ada").await;
    ada.get("/api/auth/me").await.ok();
    for account in [("email", "ada@example.org"), ("username", "ada")] {
        let body = serde_json::json!({ account.0: account.1, "password": "wrong" });
        app.stranger().post("/api/auth/login", body).await.fails(401, "INVALID_CREDENTIALS");
    }
    let client = redis::Client::open(endpoints.redis.as_str()).unwrap();
    let mut conn = client.get_multiplexed_async_connection().await.unwrap();
    let pattern = format!("{}:rate:*", app.database_url().rsplit_once('/').unwrap().1);
    let keys: Vec<String> = redis::cmd("KEYS").arg(&pattern).query_async(&mut conn).await.unwrap();
    // A user's and an address's requests, a sign-up, and two failed logins by account, by address and by both.
    assert_eq!(keys.len(), 8, "{keys:?}");
    for key in keys {
        assert!(!key.contains("ada") && !key.contains("example"), "{key}");
        let lives: i64 = redis::cmd("PTTL").arg(&key).query_async(&mut conn).await.unwrap();
        assert!((1..=18_000_000).contains(&lives), "{key} lives {lives} ms");
    }
}
