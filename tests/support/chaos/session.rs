//! A socket that may end at any time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use kernel::Env;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::contract::Contract;

/// Something that came, and when: milliseconds of the machine's clock.
#[derive(Debug)]
pub(super) struct Heard {
    pub(super) at: i64,
    pub(super) what: What,
}

/// What came.
#[derive(Debug)]
pub(super) enum What {
    Frame(Value),
    /// Something that is not as the AsyncAPI document says.
    Wrong(String),
    /// The connection is over.
    Closed(Option<u16>),
}

/// An open socket. Its connection ends when it is dropped, without a word.
#[derive(Debug)]
pub(super) struct Session {
    outgoing: mpsc::UnboundedSender<Message>,
    pub(super) incoming: mpsc::UnboundedReceiver<Heard>,
    sent: Arc<Mutex<HashMap<String, String>>>,
    refs: u32,
    tasks: [JoinHandle<()>; 2],
}

impl Session {
    /// Opens one. None when that fails.
    pub(super) async fn open(url: &str, token: &str, contract: &'static Contract) -> Option<Self> {
        let mut request = format!("{}/ws", url.replacen("http", "ws", 1)).into_client_request().ok()?;
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().ok()?);
        let (stream, _) = connect_async(request).await.ok()?;
        let (mut sink, stream) = stream.split();
        let (outgoing, mut to_send) = mpsc::unbounded_channel::<Message>();
        let (heard, incoming) = mpsc::unbounded_channel();
        let writing = tokio::spawn(async move {
            while let Some(message) = to_send.recv().await {
                if sink.send(message).await.is_err() {
                    return;
                }
            }
        });
        let sent = Arc::<Mutex<HashMap<String, String>>>::default();
        let reading = tokio::spawn(read(stream, heard, Arc::clone(&sent), contract));
        Some(Self { outgoing, incoming, sent, refs: 0, tasks: [writing, reading] })
    }

    /// Sends a command; returns its `ref`.
    pub(super) fn send(&mut self, event: &str, data: &Value) -> String {
        self.refs += 1;
        let reference = format!("c{}", self.refs);
        self.sent.lock().unwrap().insert(reference.clone(), event.to_string());
        let frame = json!({ "event": event, "data": data, "ref": reference });
        let _ = self.outgoing.send(Message::text(frame.to_string()));
        reference
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn read(
    mut stream: futures_util::stream::SplitStream<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    heard: mpsc::UnboundedSender<Heard>,
    sent: Arc<Mutex<HashMap<String, String>>>,
    contract: &'static Contract,
) {
    let clock = Env::system();
    loop {
        let message = stream.next().await;
        let at = clock.now().millis();
        let what = match message {
            Some(Ok(Message::Text(text))) => match serde_json::from_str::<Value>(&text) {
                Ok(frame) => {
                    let command =
                        frame["ref"].as_str().and_then(|sent_as| sent.lock().unwrap().remove(sent_as));
                    match contract.frames.wrong(&frame, command.as_deref()) {
                        Some(wrong) => What::Wrong(wrong),
                        None => What::Frame(frame),
                    }
                }
                Err(error) => What::Wrong(format!("no JSON ({error}): {text}")),
            },
            Some(Ok(Message::Close(frame))) => What::Closed(frame.map(|frame| frame.code.into())),
            Some(Ok(_)) => continue,
            Some(Err(_)) | None => What::Closed(None),
        };
        let over = matches!(what, What::Closed(_));
        if heard.send(Heard { at, what }).is_err() || over {
            return;
        }
    }
}
