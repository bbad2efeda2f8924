//! A client that waits for each answer: to prepare things with.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddrV4, TcpStream};
use std::time::Duration;

use serde_json::Value;

use crate::fail::{Context as _, Failure, Outcome};
use crate::net::answer;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection that is kept.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    /// Connects.
    pub(crate) fn connect(address: SocketAddrV4) -> Outcome<Self> {
        let doing = || format!("could not connect to {address}");
        let stream = TcpStream::connect(address).context(doing)?;
        stream.set_read_timeout(Some(PATIENCE)).context(doing)?;
        stream.set_nodelay(true).context(doing)?;
        Ok(Self { stream, read: Vec::new() })
    }

    /// The answer to a call, which must be a success.
    pub(crate) fn post(&mut self, path: &str, token: Option<&str>, body: &Value) -> Outcome<Value> {
        let body = body.to_string();
        let more = format!(
            "{}Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            token.map(bearer).unwrap_or_default(),
            body.len()
        );
        self.call(&format!("POST {path}"), &more)
    }

    /// The answer to a question, which must be a success.
    pub(crate) fn get(&mut self, path: &str, token: &str) -> Outcome<Value> {
        self.call(&format!("GET {path}"), &format!("{}\r\n", bearer(token)))
    }

    /// `more` is what follows the first header.
    fn call(&mut self, what: &str, more: &str) -> Outcome<Value> {
        let doing = || what.to_owned();
        let request = format!("{what} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}");
        self.stream.write_all(request.as_bytes()).context(doing)?;
        loop {
            if let Some((answer, length)) = answer::decode(&self.read) {
                if !(200..300).contains(&answer.status) {
                    let words = String::from_utf8_lossy(answer.body);
                    return Err(Failure::new(format!("{}: status {}: {words}", doing(), answer.status)));
                }
                let value = serde_json::from_slice(answer.body).context(doing)?;
                self.read.drain(..length);
                return Ok(value);
            }
            let mut buffer = [0; 16 * 1024];
            match self.stream.read(&mut buffer).context(doing)? {
                0 => return Err(Failure::new(format!("{}: the server hung up", doing()))),
                length => self.read.extend_from_slice(buffer.get(..length).unwrap_or_default()),
            }
        }
    }
}

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// What `value` has at this place, as text.
pub(crate) fn text(value: &Value, pointer: &str) -> Outcome<String> {
    let found = value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    found.ok_or_else(|| Failure::new(format!("an answer without {pointer}: {value}")))
}
