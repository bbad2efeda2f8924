//! What the tests stand on: the real product on free ports, with a database and a Redis prefix of its own per test,
//! and people who speak only HTTP and WebSocket.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on fails"
)]

mod app;
mod authenticator;
mod browser;
mod bucket;
pub mod chaos;
mod clamd;
mod clock;
pub mod contract;
mod database;
mod ffmpeg;
mod figures;
mod garage;
mod invariants;
mod issuer;
mod logs;
mod mailbox;
mod navigator;
mod person;
mod postgres;
mod process;
mod proxy;
mod redis;
mod replica;
mod services;
mod sigv4;
mod socket;
mod store;
pub mod texts;
mod tls;
mod turn;
pub mod upload;
pub mod wire;

pub use app::{App, AppBuilder, KEY, SCRAPE};
pub use authenticator::Authenticator;
pub use browser::{Browser, Window};
pub use bucket::{Bucket, Mood};
pub use clamd::{Clamd, eicar};
pub use clock::MovedClock;
pub use ffmpeg::Ffmpeg;
pub use figures::{Family, Figures, Sample};
pub use garage::Garage;
pub use issuer::{Conduct, Issuer};
pub use logs::Logs;
pub use mailbox::{Letter, Mailbox};
pub use navigator::{Navigator, Page};
pub use person::{Answer, Person, Server};
pub use postgres::Postgres;
pub use process::{Gateway, Process};
pub use proxy::{Behind, Flow, Proxy};
pub use redis::{Redis, RedisCluster, RedisSentinels};
pub use replica::Replica;
pub use services::Endpoints;
pub use socket::Socket;
pub use store::{STORE, Store};
pub use tls::TlsFront;
pub use turn::{TURN_SECRET, TurnServer, doctor};

use std::time::Duration;

/// How long anything that must happen may take; generous, because two cores run many tests at once.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// The beginning of an HTTP client. Without certificates: there is no TLS here, and a machine may have none.
pub fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder().tls_certs_only([])
}

/// Says why a test does nothing here, where everybody sees it.
pub fn skipped(why: &str) {
    let test = std::thread::current().name().unwrap_or("a test").to_string();
    let _ =
        std::io::Write::write_all(&mut std::io::stderr(), format!("{test} did nothing: {why}\n").as_bytes());
}

/// Waits until `check` is true.
pub async fn eventually(what: &str, mut check: impl AsyncFnMut() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !check().await {
        assert!(tokio::time::Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
