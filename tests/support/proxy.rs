//! A way to a server that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Forwards connections to a server, until it is cut and after it is mended.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens: `127.0.0.1:port`.
    pub address: String,
    cut: Arc<AtomicBool>,
    swallows: Arc<AtomicBool>,
    cuts: watch::Sender<u32>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// A proxy in front of `host:port`.
    pub async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, cuts) = (Arc::new(AtomicBool::new(false)), watch::Sender::new(0));
        let swallows = Arc::<AtomicBool>::default();
        let (server, is_cut, heard) = (server.to_string(), Arc::clone(&cut), cuts.clone());
        let lost = Arc::clone(&swallows);
        let listening = tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let (server, mut cuts, lost) = (server.clone(), heard.subscribe(), Arc::clone(&lost));
                tokio::spawn(async move {
                    let Ok(mut to) = TcpStream::connect(server).await else { return };
                    let (mut from, mut to) = (from.split(), to.split());
                    let never = AtomicBool::new(false);
                    tokio::select! {
                        _ = forward(&mut from.0, &mut to.1, &lost) => {}
                        _ = forward(&mut to.0, &mut from.1, &never) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self { address, cut, swallows, cuts, listening }
    }

    /// Ends all connections and lets no new ones through.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// From here on nothing of what clients send arrives, and nothing tells them so.
    pub fn swallow(&self) {
        self.swallows.store(true, Ordering::SeqCst);
    }

    /// Lets connections, and what clients send, through again.
    pub fn mend(&self) {
        self.swallows.store(false, Ordering::SeqCst);
        self.cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Copies from one end to the other until one of them is closed; what comes while it is `lost` goes nowhere.
async fn forward(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    lost: &AtomicBool,
) -> std::io::Result<()> {
    let mut buffer = vec![0; 16_384];
    loop {
        let size = from.read(&mut buffer).await?;
        if size == 0 {
            return Ok(());
        }
        if !lost.load(Ordering::SeqCst) {
            to.write_all(&buffer[..size]).await?;
        }
    }
}
