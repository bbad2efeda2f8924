//! A client of a TURN server (RFC 8656), with long-term credentials (RFC 8489, section 9.2).

use std::net::{IpAddr, SocketAddr};

use kernel::Env;
use tokio::time::Instant;

use super::dialer::Dialer;
use super::fault::{Fault, PATIENCE};
use super::link::Link;
use crate::ice::Credentials;
use crate::ice::stun::{Class, IntegrityKey, Message, Method, attribute};

/// UDP, in REQUESTED-TRANSPORT: the protocol's number.
const UDP: [u8; 4] = [17, 0, 0, 0];

/// How often data are sent through the server, which may lose some.
const SENDINGS: u32 = 10;

/// What kind of address is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

/// A connection with what the server knows of us.
pub(super) struct Session<'a> {
    env: &'a Env,
    link: Link,
    family: Family,
    realm: String,
    nonce: String,
    login: Option<Login>,
    relayed: Option<SocketAddr>,
}

/// What it takes to begin sessions that have an address.
pub(super) struct Access<'a> {
    pub(super) dialer: &'a Dialer,
    pub(super) credentials: Credentials,
    pub(super) env: &'a Env,
}

struct Login {
    username: String,
    key: IntegrityKey,
}

impl<'a> Access<'a> {
    /// A session with an address, under the credentials when the server asks for some.
    pub(super) async fn open(&self, family: Family) -> Result<Session<'a>, Fault> {
        let mut session = Session::begin(self.dialer, family, self.env).await?;
        if session.relayed.is_none() {
            session.log_in(&self.credentials).await?;
        }
        Ok(session)
    }
}

impl<'a> Session<'a> {
    /// Asks for an address without a name. The server should ask for one then; if it does not, [`Self::relayed`] is
    /// there already.
    pub(super) async fn begin(dialer: &Dialer, family: Family, env: &'a Env) -> Result<Self, Fault> {
        let mut fault = Fault::Silent;
        for address in dialer.addresses() {
            match Self::begin_at(dialer, *address, family, env).await {
                Ok(session) => return Ok(session),
                Err(one) => fault = one,
            }
        }
        Err(fault)
    }

    async fn begin_at(
        dialer: &Dialer,
        address: SocketAddr,
        family: Family,
        env: &'a Env,
    ) -> Result<Self, Fault> {
        let link = dialer.dial(address).await?;
        let (realm, nonce) = Default::default();
        let mut session = Self { env, link, family, realm, nonce, login: None, relayed: None };
        let request = session.allocation();
        let answer = session.link.request(&request, None).await?;
        match (answer.class, answer.error()) {
            (Class::Success, _) => session.take(&answer)?,
            (_, Some((401, _))) => {
                let asked = answer.text(attribute::REALM).zip(answer.text(attribute::NONCE));
                (session.realm, session.nonce) = asked.ok_or(Fault::Garbled)?;
            }
            (_, Some((code, words))) => return Err(Fault::Refused(code, words)),
            _ => return Err(Fault::Garbled),
        }
        Ok(session)
    }

    /// Where the server receives for us.
    pub(super) fn relayed(&self) -> Option<SocketAddr> {
        self.relayed
    }

    /// The server.
    pub(super) fn peer(&self) -> SocketAddr {
        self.link.peer()
    }

    /// Asks for an address again, with a name and a password.
    pub(super) async fn log_in(&mut self, credentials: &Credentials) -> Result<(), Fault> {
        let Credentials { username, password } = credentials;
        let key = IntegrityKey::long_term(username, &self.realm, password);
        self.login = Some(Login { username: username.clone(), key });
        let answer = self.call(Self::allocation).await?;
        self.take(&answer)
    }

    /// Lets a peer send to our address, and us to it.
    pub(super) async fn permit(&mut self, peer: IpAddr) -> Result<(), Fault> {
        let peer = SocketAddr::new(peer, 0);
        self.call(|session| {
            session.new_request(Method::CreatePermission).with_address(attribute::XOR_PEER_ADDRESS, peer)
        })
        .await
        .map(drop)
    }

    /// Sends random data to another session through both addresses, until they arrive.
    pub(super) async fn reach(&mut self, other: &mut Session<'_>) -> Result<(), Fault> {
        let (Some(from), Some(to)) = (self.relayed, other.relayed) else { return Err(Fault::Garbled) };
        let data = self.env.bytes::<16>();
        for _ in 0..SENDINGS {
            let message = Message::new(Class::Indication, Method::Send, self.env.bytes())
                .with_address(attribute::XOR_PEER_ADDRESS, to)
                .with(attribute::DATA, data);
            self.link.indicate(&message).await?;
            let until = Instant::now() + PATIENCE / SENDINGS;
            while let Some(message) = other.link.indication(until).await? {
                if message.method == Method::Data && message.get(attribute::DATA) == Some(&data) {
                    return Ok(());
                }
            }
        }
        Err(Fault::Lost { from, to })
    }

    /// Gives the address back, so that it counts towards nobody's quota.
    pub(super) async fn end(mut self) {
        if self.relayed.is_some() {
            let nothing = |session: &Self| {
                session.new_request(Method::Refresh).with(attribute::LIFETIME, 0_u32.to_be_bytes())
            };
            // It ends by itself, too.
            let _ = self.call(nothing).await;
        }
    }

    fn new_request(&self, method: Method) -> Message {
        Message::new(Class::Request, method, self.env.bytes())
    }

    fn allocation(&self) -> Message {
        let message = self.new_request(Method::Allocate).with(attribute::REQUESTED_TRANSPORT, UDP);
        match self.family {
            Family::V4 => message,
            Family::V6 => message.with(attribute::REQUESTED_ADDRESS_FAMILY, [2, 0, 0, 0]),
        }
    }

    fn take(&mut self, answer: &Message) -> Result<(), Fault> {
        let relayed = answer.address(attribute::XOR_RELAYED_ADDRESS);
        self.relayed = Some(relayed.ok_or(Fault::Garbled)?);
        Ok(())
    }

    /// A request under our name, made anew when the server wants another nonce.
    async fn call(&mut self, make: impl Fn(&Self) -> Message) -> Result<Message, Fault> {
        let mut answer = self.ask(make(self)).await?;
        if let (Some((438, _)), Some(nonce)) = (answer.error(), answer.text(attribute::NONCE)) {
            self.nonce = nonce;
            answer = self.ask(make(self)).await?;
        }
        let is_signed = self.login.as_ref().is_none_or(|login| answer.is_signed_with(&login.key));
        match (answer.class, answer.error()) {
            (Class::Success, _) if is_signed => Ok(answer),
            (Class::Success, _) => Err(Fault::Unsigned),
            (_, Some((code, words))) => Err(Fault::Refused(code, words)),
            _ => Err(Fault::Garbled),
        }
    }

    async fn ask(&mut self, message: Message) -> Result<Message, Fault> {
        let Some(Login { username, key }) = &self.login else {
            return self.link.request(&message, None).await;
        };
        let message = message
            .with(attribute::USERNAME, username.as_str())
            .with(attribute::REALM, self.realm.as_str())
            .with(attribute::NONCE, self.nonce.as_str());
        self.link.request(&message, Some(key)).await
    }
}
