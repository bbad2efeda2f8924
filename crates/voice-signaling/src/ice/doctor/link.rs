//! A connection to a server: requests and their answers, and what comes unasked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::fault::{Fault, PATIENCE};
use crate::ice::stun::{Class, HEADER, IntegrityKey, Message, TransactionId, body_length};

/// After how long a datagram is sent again; then after twice as long (RFC 8489, section 6.2.1).
const RETRANSMISSION: Duration = Duration::from_millis(500);

/// Indications that are kept until somebody asks for them.
const WAITING_MAX: usize = 16;

/// The largest datagram.
const DATAGRAM_MAX: usize = 65_535;

/// A connection.
pub(super) struct Link {
    peer: SocketAddr,
    wire: Wire,
    waiting: VecDeque<Message>,
}

enum Wire {
    Datagrams(UdpSocket),
    Stream(Box<dyn Duplex>),
}

trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Duplex for T {}

impl Link {
    /// By a socket that is connected to `peer`.
    pub(super) fn datagrams(peer: SocketAddr, socket: UdpSocket) -> Self {
        Self { peer, wire: Wire::Datagrams(socket), waiting: VecDeque::new() }
    }

    /// By a stream to `peer`.
    pub(super) fn stream(
        peer: SocketAddr,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        Self { peer, wire: Wire::Stream(Box::new(stream)), waiting: VecDeque::new() }
    }

    /// The answer to a request, be it a refusal.
    pub(super) async fn request(
        &mut self,
        message: &Message,
        key: Option<&IntegrityKey>,
    ) -> Result<Message, Fault> {
        let bytes = message.encode(key);
        let deadline = Instant::now() + PATIENCE;
        // A stream loses nothing.
        let mut pause = if matches!(self.wire, Wire::Datagrams(_)) { RETRANSMISSION } else { PATIENCE };
        loop {
            timeout_at(deadline, self.write(&bytes)).await.map_err(|_| Fault::Silent)??;
            let until = deadline.min(Instant::now() + pause);
            match timeout_at(until, self.answer(&message.id)).await {
                Ok(answer) => return answer,
                Err(_) if until == deadline => return Err(Fault::Silent),
                Err(_) => pause *= 2,
            }
        }
    }

    /// Sends what is not answered.
    pub(super) async fn indicate(&mut self, message: &Message) -> Result<(), Fault> {
        let deadline = Instant::now() + PATIENCE;
        timeout_at(deadline, self.write(&message.encode(None))).await.map_err(|_| Fault::Silent)?
    }

    /// The next indication; none, when none comes until then.
    pub(super) async fn indication(&mut self, until: Instant) -> Result<Option<Message>, Fault> {
        while self.waiting.is_empty() {
            match timeout_at(until, self.read()).await {
                Ok(message) => self.keep(message?),
                Err(_) => return Ok(None),
            }
        }
        Ok(self.waiting.pop_front())
    }

    async fn answer(&mut self, id: &TransactionId) -> Result<Message, Fault> {
        loop {
            let message = self.read().await?;
            let is_answer = matches!(message.class, Class::Success | Class::Error);
            if is_answer && message.id == *id {
                return Ok(message);
            }
            self.keep(message);
        }
    }

    fn keep(&mut self, message: Message) {
        if message.class == Class::Indication && self.waiting.len() < WAITING_MAX {
            self.waiting.push_back(message);
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match &mut self.wire {
            Wire::Datagrams(socket) => match socket.send(bytes).await {
                Ok(_) => Ok(()),
                Err(error) => Err(Fault::at(self.peer, error)),
            },
            Wire::Stream(stream) => {
                stream.write_all(bytes).await.map_err(Fault::Broken)?;
                stream.flush().await.map_err(Fault::Broken)
            }
        }
    }

    async fn read(&mut self) -> Result<Message, Fault> {
        match &mut self.wire {
            Wire::Datagrams(socket) => next_datagram(self.peer, socket).await,
            Wire::Stream(stream) => next_framed(stream).await,
        }
    }

    /// Where it leads.
    pub(super) fn peer(&self) -> SocketAddr {
        self.peer
    }
}

/// The next datagram that is a message: anything else may come from anybody. Of a closed port the sender hears here.
async fn next_datagram(peer: SocketAddr, socket: &UdpSocket) -> Result<Message, Fault> {
    let mut buffer = vec![0; DATAGRAM_MAX];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(|error| Fault::at(peer, error))?;
        if let Some(message) = buffer.get(..length).and_then(Message::decode) {
            return Ok(message);
        }
    }
}

/// The next message of a stream, in which there is nothing else.
async fn next_framed(stream: &mut dyn Duplex) -> Result<Message, Fault> {
    let mut bytes = vec![0; HEADER];
    stream.read_exact(&mut bytes).await.map_err(Fault::Broken)?;
    let body = bytes.first_chunk().and_then(body_length).ok_or(Fault::Garbled)?;
    bytes.resize(HEADER + body, 0);
    let rest = bytes.get_mut(HEADER..).unwrap_or_default();
    stream.read_exact(rest).await.map_err(Fault::Broken)?;
    Message::decode(&bytes).ok_or(Fault::Garbled)
}
