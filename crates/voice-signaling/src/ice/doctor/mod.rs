//! Whether STUN and TURN servers do what they should, and what to change where they do not: `guildhall voice doctor`.
//!
//! It does what a browser would, from where it runs, and what a browser should not be able to. Nothing is sent to
//! anybody but the servers, and between addresses of the servers' own.

mod advice;
mod checks;
mod dialer;
mod fault;
mod link;
mod peers;
mod relaying;
mod report;
mod session;
mod turn;

use futures_util::future::join_all;
use kernel::Env;

use super::{IceSettings, IceUri, Transport};

pub use report::{Check, CheckName, Diagnosis, Finding, ServerReport};

/// Looks at every server of the settings, all at the same time. Takes a minute at most: each step has a time-out.
pub async fn diagnose(settings: &IceSettings, env: &Env) -> Diagnosis {
    let uris = settings.stun.iter().chain(&settings.turn);
    let servers = join_all(uris.map(|uri| checks::examine(uri, settings, env))).await;
    Diagnosis { servers, hints: hints(&settings.turn) }
}

/// What is missing among TURN servers.
fn hints(turn: &[IceUri]) -> Vec<String> {
    let has = |transport| turn.iter().any(|uri| uri.transport() == transport);
    let mut hints = Vec::new();
    if turn.is_empty() {
        hints.push(
            "voice.ice.turn is empty: many people do not reach each other without a TURN server".into(),
        );
        return hints;
    }
    if !has(Transport::Udp) {
        hints.push("no turn: of voice.ice.turn is over UDP: sound stutters over TCP".into());
    }
    if !has(Transport::Tcp) && !has(Transport::Tls) {
        hints.push(
            "none of voice.ice.turn is over TCP or TLS: where UDP does not get out, nobody can talk".into(),
        );
    } else if !has(Transport::Tls) {
        hints.push(
            "no turns: in voice.ice.turn: some networks let nothing out but TLS, best to port 443".into(),
        );
    }
    hints
}
