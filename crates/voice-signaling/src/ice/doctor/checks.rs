//! The checks of a server. What needs something that failed is skipped.

use kernel::Env;

use super::advice;
use super::dialer::Dialer;
use super::fault::Fault;
use super::report::{Check, CheckName, Finding, ServerReport};
use super::turn::Examination;
use crate::ice::stun::{Class, Message, Method, attribute};
use crate::ice::{IceSettings, IceUri};

/// Looks at one server.
pub(super) async fn examine(uri: &IceUri, settings: &IceSettings, env: &Env) -> ServerReport {
    let checks = match (Dialer::new(uri).await, uri.is_turn()) {
        (Err(fault), _) => vec![unreachable(uri, &fault)],
        (Ok(dialer), false) => vec![answers(uri, &dialer, env).await],
        (Ok(dialer), true) => Examination::new(uri, dialer, settings, env).run().await,
    };
    let expected = if uri.is_turn() { &CheckName::TURN[..] } else { &[CheckName::Reachable] };
    let skipped = expected.iter().skip(checks.len()).map(|name| Check {
        name: *name,
        finding: Finding::Skipped { told: "after what failed before".into() },
    });
    ServerReport { server: uri.to_string(), checks: checks.into_iter().chain(skipped).collect() }
}

/// Whether a STUN server says where we come from.
async fn answers(uri: &IceUri, dialer: &Dialer, env: &Env) -> Check {
    let mut fault = Fault::Silent;
    for address in dialer.addresses() {
        let request = Message::new(Class::Request, Method::Binding, env.bytes());
        let asked = async { dialer.dial(*address).await?.request(&request, None).await };
        match asked.await {
            Ok(answer) => match (answer.address(attribute::XOR_MAPPED_ADDRESS), answer.error()) {
                (Some(seen), _) => {
                    return ok(CheckName::Reachable, format!("{address} answers, and sees us as {seen}"));
                }
                (None, Some((code, words))) => fault = Fault::Refused(code, words),
                (None, None) => fault = Fault::Garbled,
            },
            Err(one) => fault = one,
        }
    }
    unreachable(uri, &fault)
}

pub(super) fn ok(name: CheckName, told: impl Into<String>) -> Check {
    Check { name, finding: Finding::Ok { told: told.into() } }
}

pub(super) fn failed(name: CheckName, told: impl Into<String>, change: String) -> Check {
    Check { name, finding: Finding::Failed { told: told.into(), change } }
}

pub(super) fn unreachable(uri: &IceUri, fault: &Fault) -> Check {
    failed(CheckName::Reachable, fault.to_string(), advice::unreachable(uri, fault))
}
