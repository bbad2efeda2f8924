//! A socket that hears one channel and costs little: it looks at nothing but names, revs and times.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use kernel::Env;
use serde::Deserialize;
use serde_json::json;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::chaos::dice::Dice;
use crate::chaos::stage::Stage;

/// How long opening a connection may take.
const OPEN: Duration = Duration::from_secs(15);
/// How long who was cut off waits before it comes back.
const CUT_OFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_millis(1_000));

/// What others see of it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Where it stands.
    pub(super) rev: AtomicI64,
    /// Whether it hears.
    pub(super) there: AtomicBool,
    /// How often it connected.
    pub(super) connects: AtomicU64,
    /// Events that were not the next one.
    pub(super) wrong: AtomicU64,
}

/// A listening socket.
#[derive(Debug)]
pub(super) struct Ear {
    pub(super) stage: Arc<Stage>,
    pub(super) token: String,
    pub(super) channel: String,
    pub(super) dice: Dice,
    pub(super) seen: Arc<Seen>,
    /// Each rev that came, and when: milliseconds of the machine's clock.
    pub(super) heard: Vec<(i64, i64)>,
}

#[derive(Deserialize)]
struct Frame<'a> {
    event: &'a str,
    rev: Option<i64>,
    #[serde(rename = "ref")]
    reference: Option<&'a str>,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    delay_ms: Option<u64>,
}

impl Ear {
    /// Listens, and comes back whenever it is cut off, until it is ended.
    pub(super) async fn listen(mut self, mut over: tokio::sync::watch::Receiver<bool>) -> Self {
        loop {
            let wait = tokio::select! {
                wait = self.session() => wait,
                _ = over.wait_for(|over| *over) => return self,
            };
            self.seen.there.store(false, Ordering::SeqCst);
            let wait = wait.unwrap_or_else(|| self.dice.between(CUT_OFF.0, CUT_OFF.1));
            tokio::select! {
                () = sleep(wait) => {}
                _ = over.wait_for(|over| *over) => return self,
            }
        }
    }

    /// One connection. How long to stay away after it, if that was said.
    async fn session(&mut self) -> Option<Duration> {
        let gateway = self.dice.below(self.stage.gateways());
        let url = self.stage.url(gateway)?;
        let mut request = format!("{}/ws", url.replacen("http", "ws", 1)).into_client_request().ok()?;
        request.headers_mut().insert("authorization", format!("Bearer {}", self.token).parse().ok()?);
        let (mut socket, _) = timeout(OPEN, connect_async(request)).await.ok()?.ok()?;
        self.seen.connects.fetch_add(1, Ordering::SeqCst);
        let stands = json!({ self.channel.clone(): self.seen.rev.load(Ordering::SeqCst) });
        let resume = json!({ "event": "resume", "ref": "r", "data": { "timelines": stands } });
        socket.send(Message::text(resume.to_string())).await.ok()?;
        let (clock, mut wait) = (Env::system(), None);
        while let Some(Ok(message)) = socket.next().await {
            let Message::Text(text) = message else { continue };
            let Ok(frame) = serde_json::from_str::<Frame<'_>>(&text) else { continue };
            match frame.rev {
                Some(rev) => self.hear(rev, clock.now().millis()),
                None if frame.event == "ack" && frame.reference == Some("r") => {
                    self.seen.there.store(true, Ordering::SeqCst);
                }
                None if frame.event == "reconnect" => {
                    wait = frame.data.and_then(|data| data.delay_ms).map(Duration::from_millis);
                }
                None => {}
            }
        }
        wait
    }

    /// There is nothing but new messages: each is the next one.
    fn hear(&mut self, rev: i64, at: i64) {
        let before = self.seen.rev.swap(rev, Ordering::SeqCst);
        if rev != before + 1 {
            self.seen.wrong.fetch_add(1, Ordering::SeqCst);
        }
        self.heard.push((rev, at));
    }
}
