//! Logging in through somebody else: OAuth 2 (RFC 6749) with PKCE (RFC 7636), and OpenID Connect.
//!
//! A browser is sent to a provider and comes back with a code, which this server exchanges for a proof of who its user is
//! there. Then the frontend gets a code of our own, good once and for a minute, for whoever began.

mod body;
mod cached;
mod client;
mod facebook;
mod flow;
mod http;
mod id_token;
mod oidc;
mod provider;
mod settings;
mod view;

pub use body::{LinkBody, OauthCodeBody};
pub use provider::{LoginFailure, Returned};
pub use settings::{FacebookSettings, GoogleSettings, IssuerSettings, OauthSettings};
pub use view::{LinkView, ProviderView};

pub(crate) use body::{Presented, challenge};
pub(crate) use flow::{Flow, Flows, TTL as FLOW_TTL};
pub(crate) use provider::{Proof, Provider, ProviderError, Providers};
pub(crate) use view::Link;

/// What our own one-time codes begin with.
pub(crate) const PREFIX: &str = "gho_";
