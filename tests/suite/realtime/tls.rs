//! Redis by TLS.

use backbone::bus::Bus;
use backbone::redis::RedisSettings;
use kernel::Env;
use tests::{App, Endpoints, TlsFront, eventually};

/// A server that takes TLS for the Redis of the tests, and the URL of Redis behind it.
async fn front() -> (TlsFront, String) {
    let url = url::Url::parse(&Endpoints::find().redis).unwrap();
    let front = TlsFront::start(&format!("{}:{}", url.host_str().unwrap(), url.port().unwrap())).await;
    let password = url.password().unwrap_or_default();
    let url = format!("rediss://:{password}@localhost:{}/", front.port);
    (front, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn events_and_rates_go_by_tls() {
    let (front, url) = front().await;
    let builder = App::builder().with("redis.url", &url).with("redis.ca_file", &TlsFront::ca_file());
    let app = builder.with("limits.enabled", "true").gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut there = app.socket(&bob, 1).await;
    there.command("join-channel", serde_json::json!(server.channel)).await;
    ada.send(&server.channel, "by TLS").await;
    assert_eq!(there.expect("new-message").await["content"], "by TLS");
    assert_eq!(front.refused(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_vouches_for_is_not_talked_to() {
    let (front, url) = front().await;
    let settings = |ca_file: Option<String>| RedisSettings {
        url: url.clone(),
        ca_file,
        prefix: "tls:".into(),
        ..RedisSettings::default()
    };
    let bus = Bus::redis(&settings(None), &Env::system()).unwrap();
    eventually("it is refused", async || front.refused() > 1).await;
    assert!(!bus.health().up);
    let bus = Bus::redis(&settings(Some(TlsFront::ca_file())), &Env::system()).unwrap();
    eventually("it is trusted", async || bus.health().up).await;
    assert!(Bus::redis(&settings(Some("/nowhere/ca.pem".into())), &Env::system()).is_err());
}
