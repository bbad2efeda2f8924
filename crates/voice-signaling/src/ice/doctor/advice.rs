//! What to change: in coturn's turnserver.conf, unless something else is named.

use super::fault::Fault;
use super::peers::Peer;
use crate::ice::{IceUri, Transport};

/// When a server cannot be spoken to.
pub(super) fn unreachable(uri: &IceUri, fault: &Fault) -> String {
    let port = uri.port();
    match (fault, uri.transport()) {
        (Fault::Name(_), _) => "the name in voice.ice, or its entry in DNS".into(),
        (Fault::Trust(_), _) => "install the package ca-certificates on this machine".into(),
        (Fault::Certificate(_), _) => format!(
            "cert: a valid certificate for {} with all that stand between it and its authority, and pkey: its key; \
             coturn reads them when it starts",
            uri.host()
        ),
        (Fault::Garbled, _) => format!("port {port}: something else than coturn listens there"),
        (Fault::Refused(300, _), _) => {
            "alternate-server sends clients elsewhere: put that server into voice.ice".into()
        }
        (Fault::Refused(..), _) => "stun-only and no-stun must not be set; see coturn's log".into(),
        (_, Transport::Tls) => format!(
            "tls-listening-port={port}, cert and pkey, without no-tls and no-tcp; let TCP {port} through every firewall"
        ),
        (_, Transport::Tcp) => {
            format!("listening-port={port}, without no-tcp; let TCP {port} through every firewall")
        }
        (_, Transport::Udp) => {
            format!("listening-port={port}, without no-udp; let UDP {port} through every firewall")
        }
    }
}

/// When it does not take our credentials.
pub(super) fn credentials(fault: &Fault) -> String {
    match fault {
        Fault::Refused(401 | 431, _) | Fault::Unsigned => {
            "use-auth-secret, and static-auth-secret: the same as voice.ice.secret; no rest-api-separator. The clocks of \
             both machines must be right"
        }
        Fault::Refused(486, _) => "user-quota or total-quota: no address is left",
        Fault::Refused(508, _) => "min-port and max-port: no port is left",
        Fault::Refused(442, _) => "no-udp-relay must not be set",
        _ => "see coturn's log, with verbose",
    }
    .into()
}

/// When it takes others'.
pub(super) fn open_to_others() -> String {
    "use-auth-secret, static-auth-secret and realm, without no-auth, and no users of other sorts: anybody can relay \
     through it"
        .into()
}

/// When it relays to whom it should not.
pub(super) fn private_peers(peers: &[&Peer]) -> String {
    let mut options = Vec::new();
    for peer in peers {
        if !options.contains(&peer.option) {
            options.push(peer.option);
        }
    }
    options.join("\n")
}

/// When it does not relay to whom it should.
pub(super) fn relay(fault: &Fault) -> String {
    match fault {
        Fault::PrivateRelay(_) => {
            "external-ip: the address under which the machine is reached from outside".into()
        }
        Fault::Refused(403, _) => {
            "allowed-peer-ip: the server's own address, from which others' data come when both are relayed"
                .into()
        }
        Fault::Lost { .. } => {
            "let the UDP ports from min-port to max-port through every firewall, also from the machine \
             itself; external-ip, behind NAT, which must lead back what the machine sends to its own address"
                .into()
        }
        other => credentials(other),
    }
}
