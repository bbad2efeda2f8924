//! Somebody who writes in many channels at one gateway, and two who listen to all of them, one at each gateway.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tests::{App, AppBuilder, Person, Server, Socket, eventually};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// Channels: so many that no node of a cluster has all of them.
pub(super) const CHANNELS: usize = 12;
/// Pause between one message in each channel and the next.
const PACE: Duration = Duration::from_millis(400);

pub(super) struct Crowd {
    pub(super) app: App,
    pub(super) ada: Person,
    pub(super) server: Server,
    pub(super) channels: Vec<String>,
    sockets: [Socket; 2],
    /// The `rev` up to which each socket has heard each channel.
    heard: [HashMap<String, i64>; 2],
    /// How much is in each channel.
    sent: i64,
}

impl Crowd {
    pub(super) async fn gather(builder: AppBuilder) -> Self {
        let app = builder.gateways(2).start().await;
        let (ada, bob) = (app.person("ada").await, app.person("bob").await);
        let server = ada.create_server("Engines").await;
        bob.join(&server).await;
        let path = format!("/api/servers/{}/channels", server.id);
        let names = (0..CHANNELS).map(|number| json!({ "name": format!("c{number}"), "type": "text" }));
        let made = join_all(names.map(|body| ada.post(&path, body))).await;
        let id = |answer: tests::Answer| answer.ok()["channel"]["id"].as_str().unwrap().to_owned();
        let channels = made.into_iter().map(id).collect::<Vec<_>>();
        let mut sockets = [app.socket(&ada, 0).await, app.socket(&bob, 1).await];
        for socket in &mut sockets {
            socket.command("join-channel", json!({ "channelIds": channels })).await;
        }
        Self { app, ada, server, channels, sockets, heard: [HashMap::new(), HashMap::new()], sent: 0 }
    }

    /// Writes in all channels until it is told to stop.
    pub(super) fn write(&self) -> Writer {
        let (ada, channels) = (self.ada.clone(), self.channels.clone());
        let (stop, stopped) = watch::channel(());
        let task = tokio::spawn(async move {
            let mut sent = 0;
            while !stopped.has_changed().unwrap_or(true) {
                // Each succeeds.
                join_all(channels.iter().map(|channel| ada.send(channel, "on and on"))).await;
                sent += 1;
                sleep(PACE).await;
            }
            sent
        });
        Writer { stop, task }
    }

    /// Nothing more is written; and everybody has heard everything: in order, and once.
    pub(super) async fn end_complete(&mut self, writer: Writer) {
        writer.stop.send_replace(());
        self.sent += writer.task.await.unwrap();
        let upto = self.sent;
        for (socket, heard) in self.sockets.iter_mut().zip(&mut self.heard) {
            while self.channels.iter().any(|channel| heard.get(channel).is_none_or(|rev| *rev < upto)) {
                let event = socket.expect_event("new-message").await;
                let rev = heard.entry(event["timeline"].as_str().unwrap().to_owned()).or_default();
                *rev += 1;
                assert_eq!(event["rev"], *rev, "{event}");
            }
        }
    }

    /// Waits until health says so, at both gateways.
    pub(super) async fn health(&self, status: &str) {
        for gateway in &self.app.gateways {
            let person = self.ada.at(&gateway.url);
            eventually(status, async || person.get("/health").await.body["status"] == status).await;
        }
    }
}

pub(super) struct Writer {
    stop: watch::Sender<()>,
    task: JoinHandle<i64>,
}
