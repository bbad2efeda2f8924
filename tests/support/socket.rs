//! Somebody who speaks WebSocket.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Duration, Instant, timeout_at};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::PATIENCE;
use crate::contract::{Contract, Seen};

/// A socket, read in the background.
#[derive(Debug)]
pub struct Socket {
    outgoing: mpsc::UnboundedSender<Message>,
    incoming: mpsc::UnboundedReceiver<Incoming>,
    /// Events that arrived while another was waited for, in order.
    seen: VecDeque<Value>,
    /// The close code, once it came.
    closed: Option<u16>,
    refs: u32,
    said: Arc<Said>,
}

#[derive(Debug)]
enum Incoming {
    Event(Value),
    Closed(Option<u16>),
    /// Something that is not as the AsyncAPI document says.
    Wrong(String),
}

/// What the client said, as far as what it hears depends on it.
#[derive(Debug, Default)]
struct Said {
    /// The commands, by their `ref`.
    commands: Mutex<HashMap<String, String>>,
    /// It closes by itself, with whatever code.
    closes: AtomicBool,
}

impl Socket {
    /// Opens a socket; `url` is the gateway's, `token` goes into `Authorization`.
    pub async fn open(url: &str, query: &str, token: Option<&str>) -> Self {
        let mut headers = Vec::new();
        if let Some(token) = token {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        Self::open_with(url, query, &headers).await.expect("an upgrade")
    }

    /// Opens a socket with headers of one's own; the error is the status of a refused upgrade.
    pub async fn open_with(url: &str, query: &str, headers: &[(&'static str, String)]) -> Result<Self, u16> {
        let address = format!("{}/ws{query}", url.replacen("http", "ws", 1));
        let mut request = address.into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let contract = Contract::at(url).await;
        let (stream, _) = match connect_async(request).await {
            Ok(open) => open,
            Err(tokio_tungstenite::tungstenite::Error::Http(response)) => {
                let status = response.status().as_u16();
                let body =
                    response.body().as_deref().and_then(|body| str::from_utf8(body).ok()).unwrap_or_default();
                let content_type = "application/json";
                let seen = Seen { method: "GET", path: "/ws", status, content_type, body };
                if let Some(wrong) = contract.calls.wrong(seen) {
                    panic!("against the OpenAPI document: {wrong}");
                }
                return Err(status);
            }
            Err(error) => panic!("no upgrade: {error}"),
        };
        let said = Arc::<Said>::default();
        let (mut sink, mut stream) = stream.split();
        let (outgoing, mut to_send) = mpsc::unbounded_channel::<Message>();
        let (heard, incoming) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(message) = to_send.recv().await {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
            let _ = sink.close().await;
        });
        let judge = Arc::clone(&said);
        tokio::spawn(async move {
            while let Some(message) = stream.next().await {
                let incoming = match message {
                    Ok(Message::Text(text)) => judge.event(contract, &text),
                    Ok(Message::Close(frame)) => {
                        judge.closed(contract, frame.map(|frame| u16::from(frame.code)))
                    }
                    Ok(_) => continue,
                    Err(_) => break,
                };
                if heard.send(incoming).is_err() {
                    return;
                }
            }
            let _ = heard.send(Incoming::Closed(None));
        });
        Ok(Self { outgoing, incoming, seen: VecDeque::new(), closed: None, refs: 0, said })
    }

    /// Sends a frame as it is.
    pub fn raw(&self, message: Message) {
        self.said.note(&message);
        let _ = self.outgoing.send(message);
    }

    /// Sends text as it is.
    pub fn text(&self, text: impl Into<String>) {
        self.raw(Message::text(text.into()));
    }

    /// Sends a command and waits for its `ack`'s data.
    #[track_caller]
    pub fn command(&mut self, event: &str, data: Value) -> impl Future<Output = Value> {
        let sent = self.send(event, data);
        async move {
            let answer = self.answer(&sent).await;
            assert_eq!(answer["event"], "ack", "{answer}");
            answer["data"].clone()
        }
    }

    /// Sends a command and waits for its `error`, which must have this code.
    pub async fn refused(&mut self, event: &str, data: Value, code: &str) -> Value {
        let sent = self.send(event, data);
        let answer = self.answer(&sent).await;
        assert_eq!(answer["event"], "error", "{answer}");
        assert_eq!(answer["data"]["code"], code, "{answer}");
        answer["data"].clone()
    }

    /// Sends a command without waiting; returns its reference.
    pub fn send(&mut self, event: &str, data: Value) -> String {
        self.refs += 1;
        let reference = format!("r{}", self.refs);
        self.text(json!({ "event": event, "data": data, "ref": reference }).to_string());
        reference
    }

    /// The `ack` or `error` of a command.
    pub async fn answer(&mut self, reference: &str) -> Value {
        self.find(&format!("an answer to {reference}"), |event| event["ref"] == reference).await
    }

    /// The data of the next event of this name; others are kept.
    pub async fn expect(&mut self, name: &str) -> Value {
        self.expect_event(name).await["data"].clone()
    }

    /// The next event of this name, whole; others are kept.
    pub async fn expect_event(&mut self, name: &str) -> Value {
        self.find(name, |event| event["event"] == name && event["ref"].is_null()).await
    }

    /// The next event that fits; others are kept.
    pub async fn find(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.seen.iter().position(&fits) {
            return self.seen.remove(at).unwrap();
        }
        let deadline = Instant::now() + PATIENCE;
        loop {
            match timeout_at(deadline, self.incoming.recv()).await {
                Ok(Some(Incoming::Event(event))) if fits(&event) => return event,
                Ok(Some(Incoming::Event(event))) => self.seen.push_back(event),
                Ok(Some(Incoming::Closed(code))) => {
                    self.closed = self.closed.or(code);
                    panic!("closed with {code:?} instead of {what}; seen: {:?}", self.seen);
                }
                Ok(Some(Incoming::Wrong(wrong))) => panic!("against the AsyncAPI document: {wrong}"),
                Ok(None) => panic!("gone instead of {what}; seen: {:?}", self.seen),
                Err(_) => panic!("never came: {what}; seen: {:?}", self.seen),
            }
        }
    }

    /// The code with which the server closes; `None` when the connection just ends.
    pub async fn close_code(&mut self) -> Option<u16> {
        let deadline = Instant::now() + PATIENCE;
        while self.closed.is_none() {
            match timeout_at(deadline, self.incoming.recv()).await {
                Ok(Some(Incoming::Event(event))) => self.seen.push_back(event),
                Ok(Some(Incoming::Closed(Some(code)))) => self.closed = Some(code),
                Ok(Some(Incoming::Wrong(wrong))) => panic!("against the AsyncAPI document: {wrong}"),
                Ok(Some(Incoming::Closed(None)) | None) => return None,
                Err(_) => panic!("never closed; seen: {:?}", self.seen),
            }
        }
        self.closed
    }

    /// Everything that came and was not asked for, after a pause.
    pub async fn rest(&mut self, pause: Duration) -> Vec<Value> {
        let deadline = Instant::now() + pause;
        while let Ok(Some(incoming)) = timeout_at(deadline, self.incoming.recv()).await {
            match incoming {
                Incoming::Event(event) => self.seen.push_back(event),
                Incoming::Closed(code) => self.closed = self.closed.or(code),
                Incoming::Wrong(wrong) => panic!("against the AsyncAPI document: {wrong}"),
            }
        }
        self.seen.drain(..).collect()
    }

    /// Asserts that no event of this name comes within a pause that is long enough for one on its way.
    pub async fn hears_no(&mut self, name: &str, pause: Duration) {
        let rest = self.rest(pause).await;
        assert!(!rest.iter().any(|event| event["event"] == name), "{name} came: {rest:?}");
        self.seen.extend(rest);
    }
}

impl Drop for Socket {
    /// What nobody waited for must be right, too.
    fn drop(&mut self) {
        while let Ok(incoming) = self.incoming.try_recv() {
            if let Incoming::Wrong(wrong) = incoming
                && !std::thread::panicking()
            {
                panic!("against the AsyncAPI document: {wrong}");
            }
        }
    }
}

impl Said {
    fn note(&self, message: &Message) {
        match message {
            Message::Close(_) => self.closes.store(true, Ordering::SeqCst),
            Message::Text(text) => {
                let Ok(frame) = serde_json::from_str::<Value>(text) else { return };
                if let (Some(reference), Some(event)) = (frame["ref"].as_str(), frame["event"].as_str()) {
                    self.commands.lock().unwrap().insert(reference.into(), event.into());
                }
            }
            _ => {}
        }
    }

    fn event(&self, contract: &Contract, text: &str) -> Incoming {
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return Incoming::Wrong(format!("no JSON: {text}"));
        };
        let reference = frame["ref"].as_str();
        let sent = reference.and_then(|reference| self.commands.lock().unwrap().get(reference).cloned());
        match contract.frames.wrong(&frame, sent.as_deref()) {
            Some(wrong) => Incoming::Wrong(wrong),
            None => Incoming::Event(frame),
        }
    }

    fn closed(&self, contract: &Contract, code: Option<u16>) -> Incoming {
        match code {
            Some(code) if !self.closes.load(Ordering::SeqCst) && !contract.frames.closes_with(code) => {
                Incoming::Wrong(format!("{code} is no documented close code"))
            }
            code => Incoming::Closed(code),
        }
    }
}
