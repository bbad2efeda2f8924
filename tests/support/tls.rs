//! A server that takes TLS for another that does not. The certificates beside this file are of no use for anything else:
//! `openssl` made them for `localhost`, and the key of their authority is gone.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// The server. Ends when it is dropped.
#[derive(Debug)]
pub struct TlsFront {
    /// Its port, on `localhost`.
    pub port: u16,
    refused: Arc<AtomicUsize>,
    listening: JoinHandle<()>,
}

impl TlsFront {
    /// One in front of `host:port`.
    pub async fn start(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, server) = (listener.local_addr().unwrap().port(), server.to_string());
        let (acceptor, refused) = (acceptor(), Arc::<AtomicUsize>::default());
        let count = Arc::clone(&refused);
        let listening = tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                let (acceptor, server, count) = (acceptor.clone(), server.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let Ok(mut from) = acceptor.accept(from).await else {
                        count.fetch_add(1, Ordering::SeqCst);
                        return;
                    };
                    let mut to = TcpStream::connect(server).await.expect("the server behind it");
                    let _ = copy_bidirectional(&mut from, &mut to).await;
                });
            }
        });
        Self { port, refused, listening }
    }

    /// The certificate of who vouches for it.
    pub fn ca_file() -> String {
        file("ca.pem").display().to_string()
    }

    /// How many clients did not want to talk to it, or not by TLS.
    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::SeqCst)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("support/tls").join(name)
}

fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_file(file("server.pem")).expect("a certificate");
    let key = PrivateKeyDer::from_pem_file(file("server.key")).expect("its key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("TLS 1.2 and 1.3").with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).expect("a pair")))
}
