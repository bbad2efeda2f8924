//! From a server's address to a connection.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use rustls_platform_verifier::BuilderVerifierExt;
use tokio::net::{TcpStream, UdpSocket, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::Host;

use super::fault::{Fault, PATIENCE};
use super::link::Link;
use crate::ice::{IceUri, Transport};

/// Addresses of a name that are tried.
const ADDRESSES_MAX: usize = 4;

/// Connects to one server, again and again.
pub(super) struct Dialer {
    transport: Transport,
    addresses: Vec<SocketAddr>,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Dialer {
    /// Looks up the name, and whom this machine trusts.
    pub(super) async fn new(uri: &IceUri) -> Result<Self, Fault> {
        let tls = match uri.transport() {
            Transport::Tls => Some((connector().map_err(Fault::Trust)?, name(uri.host())?)),
            _ => None,
        };
        Ok(Self { transport: uri.transport(), addresses: addresses(uri).await?, tls })
    }

    /// The addresses to try, in their order.
    pub(super) fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
    }

    /// Goes on with this address alone: the one that answered.
    pub(super) fn keep(&mut self, address: SocketAddr) {
        self.addresses = vec![address];
    }

    /// A connection to an address.
    pub(super) async fn dial(&self, address: SocketAddr) -> Result<Link, Fault> {
        if self.transport == Transport::Udp {
            return Ok(Link::datagrams(
                address,
                datagrams(address).await.map_err(|error| Fault::at(address, error))?,
            ));
        }
        let connecting = timeout(PATIENCE, TcpStream::connect(address)).await.map_err(|_| Fault::Silent)?;
        let stream = connecting.map_err(|error| Fault::at(address, error))?;
        match &self.tls {
            None => Ok(Link::stream(address, stream)),
            Some((connector, name)) => {
                Ok(Link::stream(address, handshake(connector, name.clone(), stream).await?))
            }
        }
    }
}

async fn addresses(uri: &IceUri) -> Result<Vec<SocketAddr>, Fault> {
    let name = match uri.host() {
        Host::Ipv4(ip) => return Ok(vec![SocketAddr::new(IpAddr::from(*ip), uri.port())]),
        Host::Ipv6(ip) => return Ok(vec![SocketAddr::new(IpAddr::from(*ip), uri.port())]),
        Host::Domain(name) => name.as_str(),
    };
    let found = timeout(PATIENCE, lookup_host((name, uri.port()))).await;
    let found = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())).map_err(Fault::Name)?;
    let found: Vec<_> = found.take(ADDRESSES_MAX).collect();
    if found.is_empty() { Err(Fault::Name(io::ErrorKind::NotFound.into())) } else { Ok(found) }
}

async fn datagrams(address: SocketAddr) -> io::Result<UdpSocket> {
    let any = match address {
        SocketAddr::V4(_) => IpAddr::from(Ipv4Addr::UNSPECIFIED),
        SocketAddr::V6(_) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
    };
    let socket = UdpSocket::bind((any, 0)).await?;
    socket.connect(address).await?;
    Ok(socket)
}

async fn handshake(
    connector: &TlsConnector,
    name: ServerName<'static>,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, Fault> {
    let done = timeout(PATIENCE, connector.connect(name, stream)).await.map_err(|_| Fault::Silent)?;
    done.map_err(Fault::in_handshake)
}

/// Trusts whom the machine trusts, as browsers do.
fn connector() -> Result<TlsConnector, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(TlsConnector::from(Arc::new(config.with_platform_verifier()?.with_no_client_auth())))
}

fn name(host: &Host) -> Result<ServerName<'static>, Fault> {
    match host {
        Host::Ipv4(ip) => Ok(ServerName::from(IpAddr::from(*ip))),
        Host::Ipv6(ip) => Ok(ServerName::from(IpAddr::from(*ip))),
        Host::Domain(name) => {
            let bad = |error| Fault::Name(io::Error::new(io::ErrorKind::InvalidInput, error));
            ServerName::try_from(name.clone()).map_err(bad)
        }
    }
}
