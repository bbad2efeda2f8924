//! Somebody who speaks WebSocket byte by byte, and not always well.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

use crate::PATIENCE;

/// Opcodes of RFC 6455, section 5.2.
pub mod opcode {
    /// More of a message.
    pub const CONTINUATION: u8 = 0x0;
    /// The beginning of a text, or all of it.
    pub const TEXT: u8 = 0x1;
    /// The end of the connection.
    pub const CLOSE: u8 = 0x8;
    /// A sign of life is wanted.
    pub const PING: u8 = 0x9;
    /// A sign of life.
    pub const PONG: u8 = 0xa;
}

/// A frame of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerFrame {
    /// What it is.
    pub opcode: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

/// A connection without a library's manners.
#[derive(Debug)]
pub struct Wire(TcpStream);

impl Wire {
    /// Sends a request as it is; returns the connection and the answer's head.
    pub async fn request(url: &str, head: &str) -> (Self, String) {
        let address = url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            let byte = timeout(PATIENCE, stream.read_u8()).await.expect("an answer");
            answer.push(byte.expect("an answer that is whole"));
        }
        (Self(stream), String::from_utf8(answer).unwrap())
    }

    /// A connection that has been upgraded, before anything is read from it.
    pub async fn upgraded(url: &str, token: Option<&str>) -> Self {
        let (wire, answer) = Self::request(url, &head(token)).await;
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        // The example of RFC 6455, section 1.3.
        assert!(answer.to_lowercase().contains("s3pplmbitxaq9kygzzhzrbk+xoo="), "{answer}");
        wire
    }

    /// An open session, after `ready`.
    pub async fn open(url: &str, token: &str) -> Self {
        let mut wire = Self::upgraded(url, Some(token)).await;
        let ready = wire.next().await.expect("ready");
        assert_eq!(ready.opcode, opcode::TEXT);
        wire
    }

    /// A session of somebody who never reads, and has little room for what comes.
    pub async fn deaf(url: &str, token: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let address = url.strip_prefix("http://").unwrap().parse().unwrap();
        let mut stream = socket.connect(address).await.unwrap();
        stream.write_all(head(Some(token)).as_bytes()).await.unwrap();
        Self(stream)
    }

    /// Sends a masked frame. `first` is its whole first byte: FIN, reserved bits and opcode.
    pub async fn send(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        length(&mut frame, payload.len(), 0x80);
        let mask = [0x12, 0x34, 0x56, 0x78];
        frame.extend_from_slice(&mask);
        frame.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        // A server that has closed already may refuse it.
        let _ = self.0.write_all(&frame).await;
    }

    /// Sends bytes as they are; whether the server still takes any.
    pub async fn bytes(&mut self, bytes: &[u8]) -> bool {
        matches!(timeout(Duration::from_secs(2), self.0.write_all(bytes)).await, Ok(Ok(())))
    }

    /// Sends a frame without a mask, as only servers may.
    pub async fn send_unmasked(&mut self, first: u8, payload: &[u8]) {
        let mut frame = vec![first];
        length(&mut frame, payload.len(), 0);
        frame.extend_from_slice(payload);
        let _ = self.0.write_all(&frame).await;
    }

    /// The server's next frame; `None` when it closed the connection.
    pub async fn next(&mut self) -> Option<ServerFrame> {
        timeout(PATIENCE, self.read()).await.expect("a frame or the end")
    }

    async fn read(&mut self) -> Option<ServerFrame> {
        let first = self.0.read_u8().await.ok()?;
        let second = self.0.read_u8().await.ok()?;
        assert_eq!((first & 0xf0, second & 0x80), (0x80, 0), "servers send whole frames without a mask");
        let size = match second {
            126 => usize::from(self.0.read_u16().await.ok()?),
            127 => usize::try_from(self.0.read_u64().await.ok()?).unwrap(),
            small => usize::from(small),
        };
        let mut payload = vec![0; size];
        self.0.read_exact(&mut payload).await.ok()?;
        Some(ServerFrame { opcode: first & 0x0f, payload })
    }

    /// The code with which the server closes, and that the connection ends right after it.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            let frame = self.next().await?;
            if frame.opcode == opcode::CLOSE {
                let rest = timeout(Duration::from_secs(5), self.read()).await;
                assert_eq!(rest.expect("the connection ends after the close frame"), None);
                return frame.payload.first_chunk().map(|code| u16::from_be_bytes(*code));
            }
        }
    }
}

fn head(token: Option<&str>) -> String {
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{token}\r\n"
    )
}

fn length(frame: &mut Vec<u8>, size: usize, mask: u8) {
    if let Ok(size) = u8::try_from(size)
        && size < 126
    {
        frame.push(mask | size);
    } else if let Ok(size) = u16::try_from(size) {
        frame.push(mask | 126);
        frame.extend_from_slice(&size.to_be_bytes());
    } else {
        frame.push(mask | 127);
        frame.extend_from_slice(&u64::try_from(size).unwrap().to_be_bytes());
    }
}
