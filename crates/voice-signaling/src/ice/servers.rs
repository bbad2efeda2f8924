//! What a client is told of the STUN and TURN servers.

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::{Env, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials::Credentials;
use super::settings::IceSettings;
use super::uri::IceUri;

/// The STUN and TURN servers of this installation. Cheap to clone.
#[derive(Clone, Debug)]
pub struct IceServers {
    env: Env,
    settings: Arc<IceSettings>,
}

/// Servers, and what to say to them: an `RTCIceServer` of browsers.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = IceServer)]
pub struct IceServerView {
    /// Their addresses.
    #[schema(example = json!(["turn:turn.example.org:3478?transport=udp"]))]
    pub urls: Vec<String>,
    /// Of TURN servers: under which name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "1767323045:01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30")]
    pub username: Option<String>,
    /// Of TURN servers: with which password.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "5ZZKZXgHWxLBFe1fnc1Zpmu8cmc=")]
    pub credential: Option<String>,
}

/// What to give to an `RTCPeerConnection`.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = IceServers)]
pub struct IceServersView {
    /// The servers; none, when none is configured.
    pub ice_servers: Vec<IceServerView>,
    /// When to ask again, at the latest: then the credentials end.
    pub expires_at: Timestamp,
}

impl IceServers {
    /// The servers of the settings.
    pub fn new(env: Env, settings: IceSettings) -> Self {
        Self { env, settings: Arc::new(settings) }
    }

    /// The servers for a user, with credentials that are theirs.
    pub fn for_user(&self, user: UserId) -> IceServersView {
        let IceSettings { stun, turn, secret, lifetime_s } = &*self.settings;
        let expires_at = self.env.now().plus(TimeDelta::seconds(i64::from(*lifetime_s)));
        let mut ice_servers = Vec::new();
        if !stun.is_empty() {
            ice_servers.push(IceServerView { urls: texts(stun), username: None, credential: None });
        }
        if !turn.is_empty() {
            let Credentials { username, password } =
                Credentials::issue(secret, &user.to_string(), expires_at);
            let (username, credential) = (Some(username), Some(password));
            ice_servers.push(IceServerView { urls: texts(turn), username, credential });
        }
        // The credentials know whole seconds only.
        let expires_at = Timestamp::from_millis(expires_at.seconds() * 1_000).unwrap_or(expires_at);
        IceServersView { ice_servers, expires_at }
    }
}

fn texts(uris: &[IceUri]) -> Vec<String> {
    uris.iter().map(ToString::to_string).collect()
}

impl std::fmt::Debug for IceServerView {
    /// Without the credential.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceServerView")
            .field("urls", &self.urls)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use kernel::{ManualClock, SystemEntropy};

    use super::*;

    fn servers(settings: IceSettings) -> (IceServers, Env) {
        let clock = ManualClock::at(Timestamp::from_millis(1_700_000_000_500).unwrap());
        let env = Env::new(Arc::new(clock), Arc::new(SystemEntropy));
        (IceServers::new(env.clone(), settings), env)
    }

    #[test]
    fn credentials_are_for_turn_servers_and_of_the_user() {
        let settings = IceSettings {
            stun: vec!["stun:a.example".parse().unwrap()],
            turn: vec!["turn:a.example".parse().unwrap(), "turns:a.example".parse().unwrap()],
            secret: "a secret of at least thirty-two characters".into(),
            lifetime_s: 600,
        };
        let (servers, env) = servers(settings);
        let user = env.id::<UserId>();
        let IceServersView { ice_servers, expires_at } = servers.for_user(user);
        let [stun, turn] = &ice_servers[..] else { panic!("{ice_servers:?}") };
        assert_eq!((stun.urls.len(), turn.urls.len()), (1, 2));
        assert_eq!(serde_json::to_value(stun).unwrap(), serde_json::json!({ "urls": stun.urls }));
        assert_eq!(turn.username, Some(format!("1700000600:{user}")));
        assert_eq!(expires_at.millis(), 1_700_000_600_000);
        assert!(!format!("{ice_servers:?}").contains(turn.credential.as_ref().unwrap()));
    }

    #[test]
    fn without_servers_there_are_none() {
        let (servers, env) = servers(IceSettings::default());
        assert!(servers.for_user(env.id()).ice_servers.is_empty());
    }
}
