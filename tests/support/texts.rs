//! Somebody who sends text messages for others, by HTTP.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// How requests are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manner {
    /// With a status.
    Status(u16),
    /// By sending them to another address.
    Redirect(String),
    /// Never.
    Silence,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Received {
    /// The request line and the headers.
    pub head: String,
    /// The body.
    pub body: Value,
}

/// A provider of text messages on a port of its own.
#[derive(Debug)]
pub struct Texts {
    /// Where it takes requests.
    pub url: String,
    manner: Arc<Mutex<Manner>>,
    received: Arc<Mutex<Vec<Received>>>,
    listening: JoinHandle<()>,
}

impl Texts {
    /// One that answers 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/send?account=hunter2", listener.local_addr().unwrap());
        let (manner, received) = (Arc::new(Mutex::new(Manner::Status(200))), Arc::default());
        let (how, seen) = (Arc::clone(&manner), Arc::clone(&received));
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&how), Arc::clone(&seen)));
            }
        });
        Self { url, manner, received, listening }
    }

    /// From now on.
    pub fn answer(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// What came in so far.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// The code in the newest message.
    #[track_caller]
    pub fn code(&self) -> String {
        let received = self.received();
        let text = received.last().expect("a message")["text"].as_str().expect("a text").to_string();
        text.split(' ').next().expect("a word").to_string()
    }
}

impl std::ops::Index<&str> for Received {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.body[name]
    }
}

impl Drop for Texts {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    how: Arc<Mutex<Manner>>,
    seen: Arc<Mutex<Vec<Received>>>,
) -> Option<()> {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let mut part = [0; 4096];
        let count = stream.read(&mut part).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&part[..count]);
        let text = String::from_utf8(bytes.clone()).ok()?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0_usize) {
            break (head.to_string(), serde_json::from_str(body).unwrap_or_default());
        }
    };
    seen.lock().unwrap().push(Received { head, body });
    let manner = how.lock().unwrap().clone();
    let (status, more) = match manner {
        Manner::Status(status) => (status, String::new()),
        Manner::Redirect(to) => (307, format!("location: {to}\r\n")),
        Manner::Silence => {
            // Until the other side gives up.
            let _ = stream.read(&mut [0; 1]).await;
            return None;
        }
    };
    let answer = format!("HTTP/1.1 {status} So\r\n{more}content-length: 0\r\nconnection: close\r\n\r\n");
    stream.write_all(answer.as_bytes()).await.ok()
}
