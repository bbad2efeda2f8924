//! Second factors: who is asked for a code from a text message gets one, within the limits.

use identity::input::{BeginFactorBody, FactorBody, LoginBody};
use identity::{BeginView, Client, Error, Login, Method, OauthCodeBody};
use kernel::{Actor, UserId};

use super::accounts::address;
use crate::http::ApiError;
use crate::limits::Account;
use crate::services::Services;

/// Logs in. Failed tries are counted by [`super::accounts::log_in`].
pub(super) async fn log_in(services: &Services, body: LoginBody, client: &Client) -> Result<Login, ApiError> {
    asked(services, client, services.identity.login(body, client).await).await
}

/// Logs in with the code of a login through a provider.
pub(crate) async fn log_in_through(
    services: &Services,
    provider: &str,
    body: OauthCodeBody,
    client: &Client,
) -> Result<Login, ApiError> {
    asked(services, client, services.identity.oauth_login(provider, body, client).await).await
}

/// Prepares a second factor.
pub(crate) async fn begin(
    services: &Services,
    actor: Actor,
    body: BeginFactorBody,
    client: &Client,
) -> Result<BeginView, ApiError> {
    let begun = services.identity.begin_factor(actor, body);
    let begun = services.limits.attempt(Account::User(actor.user), address(client), begun).await?;
    if begun.method == Method::Sms {
        text(services, actor.user, client).await?;
    }
    Ok(begun)
}

/// Gives the second factor up.
pub(crate) async fn end(
    services: &Services,
    actor: Actor,
    body: FactorBody,
    client: &Client,
) -> Result<(), ApiError> {
    let end = async { asked(services, client, services.identity.end_factor(actor, body).await).await };
    services.limits.attempt(Account::User(actor.user), address(client), end).await
}

/// Makes new recovery codes.
pub(crate) async fn renew_recovery_codes(
    services: &Services,
    actor: Actor,
    body: FactorBody,
    client: &Client,
) -> Result<Vec<String>, ApiError> {
    let renew = services.identity.renew_recovery_codes(actor, body);
    let renew = async { asked(services, client, renew.await).await };
    services.limits.attempt(Account::User(actor.user), address(client), renew).await
}

/// Sends a code when it was one from a text message that was missing.
async fn asked<T>(services: &Services, client: &Client, done: Result<T, Error>) -> Result<T, ApiError> {
    if let Err(Error::FactorRequired { user, method: Method::Sms }) = &done {
        text(services, *user, client).await?;
    }
    Ok(done?)
}

/// Sends a code, if neither the account nor the address has caused too many.
async fn text(services: &Services, user: UserId, client: &Client) -> Result<(), ApiError> {
    services.limits.code(Account::User(user), address(client)).await?;
    Ok(services.identity.text_code(user).await?)
}
