//! Accounts, where more is asked than `identity` knows.

use std::net::{IpAddr, Ipv4Addr};

use identity::input::{ChangePasswordBody, LoginBody};
use identity::{ApiKeyBody, Client, LinkBody, LinkView, Login, Revealed};
use kernel::Actor;

use super::second_factor;
use crate::http::ApiError;
use crate::limits::Account;
use crate::services::Services;

/// Logs in, unless too many tries have failed.
pub(crate) async fn log_in(services: &Services, body: LoginBody, client: &Client) -> Result<Login, ApiError> {
    let name = body.account_name();
    let attempt = second_factor::log_in(services, body, client);
    match name {
        Some(name) => services.limits.attempt(Account::Named(&name), address(client), attempt).await,
        // Names no account: refused for that.
        None => attempt.await,
    }
}

/// Changes a password, unless too many tries to name the present one have failed.
pub(crate) async fn change_password(
    services: &Services,
    actor: Actor,
    body: ChangePasswordBody,
    client: &Client,
) -> Result<Login, ApiError> {
    let attempt = services.identity.change_password(actor, body, client);
    services.limits.attempt(Account::User(actor.user), address(client), attempt).await
}

/// Makes an API key, unless too many tries to name the password have failed.
pub(crate) async fn make_key(
    services: &Services,
    actor: Actor,
    body: ApiKeyBody,
    client: &Client,
) -> Result<Revealed, ApiError> {
    let attempt = services.identity.make_key(actor, body);
    services.limits.attempt(Account::User(actor.user), address(client), attempt).await
}

/// Links a provider, unless too many tries to name the password have failed.
pub(crate) async fn link(
    services: &Services,
    actor: Actor,
    provider: &str,
    body: LinkBody,
    client: &Client,
) -> Result<LinkView, ApiError> {
    let attempt = services.identity.link(actor, provider, body);
    services.limits.attempt(Account::User(actor.user), address(client), attempt).await
}

/// Where a call comes from; all that come from nowhere count together.
pub(super) fn address(client: &Client) -> IpAddr {
    client.address().unwrap_or(Ipv4Addr::UNSPECIFIED.into())
}
