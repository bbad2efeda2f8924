//! A way to a server that can be cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Forwards connections to a server, until it is cut and after it is mended.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens: `127.0.0.1:port`.
    pub address: String,
    cut: Arc<AtomicBool>,
    cuts: watch::Sender<u32>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// A proxy in front of `host:port`.
    pub async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (cut, cuts) = (Arc::new(AtomicBool::new(false)), watch::Sender::new(0));
        let (server, is_cut, heard) = (server.to_string(), Arc::clone(&cut), cuts.clone());
        let listening = tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let (server, mut cuts) = (server.clone(), heard.subscribe());
                tokio::spawn(async move {
                    let Ok(mut to) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut from, &mut to) => {}
                        _ = cuts.changed() => {}
                    }
                });
            }
        });
        Self { address, cut, cuts, listening }
    }

    /// Ends all connections and lets no new ones through.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}
