//! A way to a server that can be cut, and can be bad in all the ways in which networks are.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// What is behind a proxy.
#[derive(Clone, Debug)]
pub enum Behind {
    /// `host:port`.
    Address(String),
    /// A Unix socket: nobody else can take it while the server is away.
    Socket(PathBuf),
}

/// How one direction is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// As it should be.
    #[default]
    Clear,
    /// Nothing passes; it goes on where it stood.
    Stalled,
    /// What is sent vanishes, and nothing tells so, until the direction is clear again: then the connections that lost
    /// something end, as they do when a firewall has forgotten them.
    Swallowed,
    /// Everything comes this much later.
    Late(Duration),
    /// So many bytes a second.
    Slow(u32),
}

/// Forwards connections to a server, until it is cut and after it is mended.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens: `127.0.0.1:port`.
    pub address: String,
    link: Arc<Link>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Link {
    behind: Behind,
    cut: AtomicBool,
    /// Raised when all connections are to end.
    ends: watch::Sender<u32>,
    to_server: watch::Sender<Flow>,
    to_clients: watch::Sender<Flow>,
}

impl Proxy {
    /// A proxy in front of `host:port`.
    pub async fn start(server: &str) -> Self {
        Self::before(Behind::Address(server.to_string())).await
    }

    /// A proxy in front of a server.
    pub async fn before(behind: Behind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (to_server, to_clients) = (watch::Sender::default(), watch::Sender::default());
        let (cut, ends) = (AtomicBool::new(false), watch::Sender::new(0));
        let link = Arc::new(Link { behind, cut, ends, to_server, to_clients });
        let shared = Arc::clone(&link);
        let listening = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                if !shared.cut.load(Ordering::SeqCst) {
                    tokio::spawn(carry(Arc::clone(&shared), client));
                }
            }
        });
        Self { address, link, listening }
    }

    /// Ends all connections and lets no new ones through.
    pub fn cut(&self) {
        self.link.cut.store(true, Ordering::SeqCst);
        self.end_connections();
    }

    /// Ends all connections; new ones are let through.
    pub fn end_connections(&self) {
        self.link.ends.send_modify(|ends| *ends += 1);
    }

    /// From here on nothing of what clients send arrives, and nothing tells them so.
    pub fn swallow(&self) {
        self.flow(Flow::Swallowed, Flow::Clear);
    }

    /// How what clients send, and what the server says, passes from here on.
    pub fn flow(&self, to_server: Flow, to_clients: Flow) {
        self.link.to_server.send_replace(to_server);
        self.link.to_clients.send_replace(to_clients);
    }

    /// Lets connections, and all that is sent, through again.
    pub fn mend(&self) {
        self.flow(Flow::Clear, Flow::Clear);
        self.link.cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn carry(link: Arc<Link>, client: TcpStream) {
    let mut ends = link.ends.subscribe();
    let connection = async {
        let _ = client.set_nodelay(true);
        match &link.behind {
            Behind::Address(address) => {
                let server = TcpStream::connect(address).await?;
                server.set_nodelay(true)?;
                both_ways(&link, client, server).await
            }
            Behind::Socket(path) => both_ways(&link, client, UnixStream::connect(path).await?).await,
        }
    };
    tokio::select! {
        _ = connection => {}
        _ = ends.changed() => {}
    }
}

async fn both_ways(
    link: &Link,
    client: TcpStream,
    server: impl AsyncRead + AsyncWrite,
) -> std::io::Result<()> {
    let ((from_client, to_client), (from_server, to_server)) = (split(client), split(server));
    tokio::select! {
        ended = forward(from_client, to_server, link.to_server.subscribe()) => ended,
        ended = forward(from_server, to_client, link.to_clients.subscribe()) => ended,
    }
}

/// Copies from one end to the other until one of them is closed, which passes no sooner than anything else would.
async fn forward(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut flow: watch::Receiver<Flow>,
) -> std::io::Result<()> {
    let (mut buffer, mut lost) = (vec![0; 16_384], false);
    let swallows = |flow: &Flow| *flow == Flow::Swallowed;
    loop {
        let read = tokio::select! {
            read = from.read(&mut buffer) => read,
            changed = flow.changed() => match changed {
                Ok(()) if lost && !swallows(&flow.borrow_and_update()) => return Ok(()),
                Ok(()) => continue,
                Err(_) => return Ok(()),
            },
        };
        let size = read.unwrap_or(0);
        let _ = flow.wait_for(|flow| *flow != Flow::Stalled).await;
        let now = *flow.borrow();
        match now {
            Flow::Swallowed if size == 0 => {
                let _ = flow.wait_for(|flow| !swallows(flow)).await;
                return Ok(());
            }
            Flow::Swallowed => {
                lost = true;
                continue;
            }
            Flow::Late(by) => sleep(by).await,
            Flow::Slow(rate) => sleep(Duration::from_secs(u64::try_from(size).unwrap()) / rate).await,
            Flow::Clear | Flow::Stalled => {}
        }
        if size == 0 || lost {
            return Ok(());
        }
        to.write_all(&buffer[..size]).await?;
    }
}
