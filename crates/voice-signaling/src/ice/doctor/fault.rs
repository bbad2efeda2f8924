//! Why a server did not do what it was asked to.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// How long a server may take for a connection, for a handshake and for each answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Why a server did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("its name leads nowhere: {0}")]
    Name(io::Error),
    #[error("nothing listens at {0}")]
    Closed(SocketAddr),
    #[error("cannot connect to {0}: {1}")]
    Connect(SocketAddr, io::Error),
    #[error("no answer within {} seconds", PATIENCE.as_secs())]
    Silent,
    #[error("TLS does not come about: {0}")]
    Tls(io::Error),
    #[error("its certificate is not accepted: {0}")]
    Certificate(rustls::Error),
    #[error("this machine has no certificates to compare with: {0}")]
    Trust(rustls::Error),
    #[error("the connection broke: {0}")]
    Broken(io::Error),
    #[error("what answers speaks no STUN")]
    Garbled,
    #[error("it answers {0} {1}")]
    Refused(u16, String),
    #[error("it lets us in, but does not sign its answers with the secret")]
    Unsigned,
    #[error("it relays at {0}, which nobody outside can reach")]
    PrivateRelay(SocketAddr),
    #[error("what was sent from {from} to {to} through it did not arrive")]
    Lost { from: SocketAddr, to: SocketAddr },
}

impl Fault {
    /// What became of connecting, or of what was sent to an address.
    pub(super) fn at(address: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Closed(address),
            _ => Self::Connect(address, error),
        }
    }

    /// What became of a handshake.
    pub(super) fn in_handshake(error: io::Error) -> Self {
        let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
        match cause {
            Some(invalid @ rustls::Error::InvalidCertificate(_)) => Self::Certificate(invalid.clone()),
            _ => Self::Tls(error),
        }
    }
}
