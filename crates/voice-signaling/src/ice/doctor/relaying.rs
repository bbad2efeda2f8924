//! To whom a TURN server relays.

use super::advice;
use super::checks::{failed, ok};
use super::fault::Fault;
use super::peers::{self, Peer};
use super::report::{Check, CheckName};
use super::session::{Access, Family, Session};

/// Whether it relays to whom it should not, and to whom it should.
pub(super) async fn checks(session: &mut Session<'_>, access: &Access<'_>) -> [Check; 2] {
    let private = match private_peers(session, access).await {
        Ok((peers, told)) if peers.is_empty() => ok(CheckName::PrivatePeersRefused, told),
        Ok((peers, _)) => {
            let named: Vec<_> = peers.iter().map(|peer| peer.ip.to_string()).collect();
            let told = format!("it relays to {}", named.join(", "));
            failed(CheckName::PrivatePeersRefused, told, advice::private_peers(&peers))
        }
        Err(fault) => failed(CheckName::PrivatePeersRefused, fault.to_string(), advice::credentials(&fault)),
    };
    let relays = match another(session, access).await {
        Ok(told) => ok(CheckName::Relays, told),
        Err(fault) => failed(CheckName::Relays, fault.to_string(), advice::relay(&fault)),
    };
    [private, relays]
}

/// The private peers that it would relay to, and which it was asked about.
async fn private_peers(
    session: &mut Session<'_>,
    access: &Access<'_>,
) -> Result<(Vec<&'static Peer>, String), Fault> {
    let mut reached = permitted(session, &peers::V4).await?;
    let told = match access.open(Family::V6).await {
        Ok(mut session) => {
            let more = permitted(&mut session, &peers::V6).await;
            session.end().await;
            reached.extend(more?);
            "of IPv4 and of IPv6".into()
        }
        Err(Fault::Refused(440, _)) => "of IPv4; it has no addresses of IPv6".into(),
        Err(Fault::Refused(code, words)) => {
            format!("of IPv4; for an address of IPv6 it answers {code} {words}")
        }
        Err(fault) => return Err(fault),
    };
    Ok((reached, told))
}

/// Those of the peers that the server would relay to. Nothing is sent to them.
async fn permitted(session: &mut Session<'_>, peers: &'static [Peer]) -> Result<Vec<&'static Peer>, Fault> {
    let mut permitted = Vec::new();
    for peer in peers {
        match session.permit(peer.ip).await {
            Ok(()) => permitted.push(peer),
            Err(Fault::Refused(..)) => {}
            Err(fault) => return Err(fault),
        }
    }
    Ok(permitted)
}

/// Sends something to a second session and back.
async fn another(session: &mut Session<'_>, access: &Access<'_>) -> Result<String, Fault> {
    let mut other = access.open(Family::V4).await?;
    let done = meet(session, &mut other).await;
    other.end().await;
    done
}

async fn meet(one: &mut Session<'_>, other: &mut Session<'_>) -> Result<String, Fault> {
    let (Some(here), Some(there)) = (one.relayed(), other.relayed()) else { return Err(Fault::Garbled) };
    if peers::is_private(here.ip()) && !peers::is_private(one.peer().ip()) {
        return Err(Fault::PrivateRelay(here));
    }
    one.permit(there.ip()).await?;
    other.permit(here.ip()).await?;
    one.reach(other).await?;
    other.reach(one).await?;
    Ok(format!("from {here} to {there} and back"))
}
