//! Grants a second: what it costs to prove that somebody may do something in a channel.
//!
//! `cargo xtask bench access`. The crates themselves, without HTTP: the rest of a call is measured by the other benches.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that cannot go on fails"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use gateway::services::Services;
use kernel::{ChannelId, UserId};
use serde_json::json;
use tests::App;

/// How long each row is measured.
const WINDOW: Duration = Duration::from_secs(3);
/// Channels of the server, each with overwrites for two roles and a member.
const CHANNELS: usize = 50;
/// Roles of the server; the member has half of them.
const ROLES: usize = 20;

#[tokio::main]
async fn main() {
    let app = App::start().await;
    let (user, channels) = furnish(&app).await;
    println!("one server, {CHANNELS} channels, {ROLES} roles; load {}", load());
    println!("| from | at once | grants/s |\n| --- | --- | --- |");
    for at_once in [1, 8, 32] {
        let rate = asked(app.services(), user, &channels, at_once).await;
        println!("| the database | {at_once} | {rate} |");
    }
    for threads in [1, 2] {
        println!("| memory | {threads} threads | {} |", recalled(app.services(), user, &channels, threads));
    }
    println!("load {}", load());
}

async fn furnish(app: &App) -> (UserId, Vec<ChannelId>) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let id = |answer: serde_json::Value, what: &str| answer[what]["id"].as_str().unwrap().to_string();
    let mut roles = Vec::new();
    for n in 0..ROLES {
        let path = format!("/api/servers/{}/roles", server.id);
        let role = id(ada.post(&path, json!({ "name": format!("role-{n}") })).await.ok(), "role");
        if n % 2 == 0 {
            ada.post(&format!("{path}/{role}/assign/{}", bob.id), json!({})).await.ok();
        }
        roles.push(role);
    }
    let mut channels = Vec::new();
    for n in 0..CHANNELS {
        let path = format!("/api/servers/{}/channels", server.id);
        let channel = id(ada.post(&path, json!({ "name": format!("channel-{n}") })).await.ok(), "channel");
        for target in [&roles[n % ROLES], &roles[(n + 1) % ROLES], &bob.id] {
            let path = format!("/api/channels/{channel}/permissions/{target}");
            ada.put(&path, json!({ "allow": ["SEND_MESSAGES"], "deny": ["SPEAK"] })).await.ok();
        }
        channels.push(channel.parse().unwrap());
    }
    app.sql("ANALYZE").await;
    (bob.id.parse().unwrap(), channels)
}

/// Proofs from the database, so many at once.
async fn asked(services: &Services, user: UserId, channels: &[ChannelId], at_once: usize) -> u64 {
    let (done, until) = (Arc::<AtomicU64>::default(), Instant::now() + WINDOW);
    let askers = (0..at_once).map(|n| {
        let (guilds, channels, done) = (services.guilds.clone(), channels.to_vec(), Arc::clone(&done));
        tokio::spawn(async move {
            for channel in channels.iter().cycle().skip(n) {
                if Instant::now() >= until {
                    return;
                }
                guilds.access(user, *channel).await.unwrap();
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    for asker in askers.collect::<Vec<_>>() {
        asker.await.unwrap();
    }
    done.load(Ordering::Relaxed) / WINDOW.as_secs()
}

/// Proofs from memory.
fn recalled(services: &Services, user: UserId, channels: &[ChannelId], threads: usize) -> u64 {
    let (done, until) = (AtomicU64::new(0), Instant::now() + WINDOW);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while Instant::now() < until {
                    for channel in channels {
                        assert!(services.guilds.recall(user, *channel).is_some());
                    }
                    done.fetch_add(u64::try_from(channels.len()).unwrap(), Ordering::Relaxed);
                }
            });
        }
    });
    done.load(Ordering::Relaxed) / WINDOW.as_secs()
}

/// What else the machine is doing: the mean number of running tasks in the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_string()
}
