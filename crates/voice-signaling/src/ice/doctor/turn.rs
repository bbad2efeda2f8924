//! The checks of a TURN server, in their order: whom it lets in, then to whom it relays.

use chrono::TimeDelta;
use kernel::Env;

use super::checks::{failed, ok, unreachable};
use super::dialer::Dialer;
use super::fault::Fault;
use super::report::{Check, CheckName, Finding};
use super::session::{Access, Family, Session};
use super::{advice, relaying};
use crate::ice::{Credentials, IceSettings, IceUri};

/// Letters of the name that the checks go under: a new one each time, so that no earlier run counts towards its quota.
const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";

/// A TURN server that is looked at.
pub(super) struct Examination<'a> {
    uri: &'a IceUri,
    dialer: Dialer,
    settings: &'a IceSettings,
    env: &'a Env,
    /// Whose our credentials are.
    name: String,
    checks: Vec<Check>,
}

impl<'a> Examination<'a> {
    pub(super) fn new(uri: &'a IceUri, dialer: Dialer, settings: &'a IceSettings, env: &'a Env) -> Self {
        let name = format!("doctor-{}", env.code(LETTERS, 12));
        Self { uri, dialer, settings, env, name, checks: Vec::new() }
    }

    /// Looks at it. The checks up to the first that all others need, if that one failed.
    pub(super) async fn run(mut self) -> Vec<Check> {
        if let Some(mut session) = self.enter().await {
            let access = self.access(self.credentials(self.lifetime()));
            let relaying = relaying::checks(&mut session, &access).await;
            session.end().await;
            self.checks.extend(relaying);
        }
        self.checks
    }

    /// Whom it lets in. The session that was let in, if one was.
    async fn enter(&mut self) -> Option<Session<'a>> {
        let session = match Session::begin(&self.dialer, Family::V4, self.env).await {
            Ok(session) => session,
            Err(fault) => {
                self.checks.push(unreachable(self.uri, &fault));
                return None;
            }
        };
        let address = session.peer();
        self.dialer.keep(address);
        let told = format!("{address} answers over {}", self.uri.transport());
        self.checks.push(ok(CheckName::Reachable, told));
        if session.relayed().is_some() {
            return Some(self.note_that_anybody_may(session));
        }
        self.checks.push(ok(CheckName::AnonymousRefused, "it asks for a name and a password"));
        let session = self.log_in(session).await?;
        self.try_others().await;
        Some(session)
    }

    fn note_that_anybody_may(&mut self, session: Session<'a>) -> Session<'a> {
        let told = "it relays for anybody";
        self.checks.push(failed(CheckName::AnonymousRefused, told, advice::open_to_others()));
        for name in
            [CheckName::CredentialsAccepted, CheckName::WrongPasswordRefused, CheckName::ExpiredRefused]
        {
            self.checks.push(Check {
                name,
                finding: Finding::Skipped { told: "it asks for no credentials".into() },
            });
        }
        session
    }

    async fn log_in(&mut self, mut session: Session<'a>) -> Option<Session<'a>> {
        let done = session.log_in(&self.credentials(self.lifetime())).await;
        match (done, session.relayed()) {
            (Ok(()), Some(relayed)) => {
                self.checks.push(ok(CheckName::CredentialsAccepted, format!("it relays at {relayed}")));
                Some(session)
            }
            (done, _) => {
                let fault = done.err().unwrap_or(Fault::Garbled);
                let change = advice::credentials(&fault);
                self.checks.push(failed(CheckName::CredentialsAccepted, fault.to_string(), change));
                session.end().await;
                None
            }
        }
    }

    /// Whether it takes credentials that are none.
    async fn try_others(&mut self) {
        let mut wrong = self.credentials(self.lifetime());
        wrong.password = self.env.code(LETTERS, 28);
        // An hour ago: no clock is that slow.
        let expired = self.credentials(-3_600);
        for (name, credentials) in
            [(CheckName::WrongPasswordRefused, wrong), (CheckName::ExpiredRefused, expired)]
        {
            let check = match self.access(credentials).open(Family::V4).await {
                Err(Fault::Refused(code @ (401 | 403 | 431), words)) => ok(name, format!("{code} {words}")),
                Err(fault) => failed(name, fault.to_string(), advice::credentials(&fault)),
                Ok(session) => {
                    session.end().await;
                    failed(name, "it relays for those who have them", advice::open_to_others())
                }
            };
            self.checks.push(check);
        }
    }

    fn lifetime(&self) -> i64 {
        i64::from(self.settings.lifetime_s)
    }

    fn access(&self, credentials: Credentials) -> Access<'_> {
        Access { dialer: &self.dialer, credentials, env: self.env }
    }

    /// Ours, that last for so many seconds; negative, when they are over.
    fn credentials(&self, seconds: i64) -> Credentials {
        let expires_at = self.env.now().plus(TimeDelta::seconds(seconds));
        Credentials::issue(&self.settings.secret, &self.name, expires_at)
    }
}
