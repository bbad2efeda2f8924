//! Calls that send a letter to somebody: not too many to one mailbox, nor for one address. Mailboxes are counted by what was
//! typed, whether or not an account has them, so a refusal tells nothing.

use identity::Client;
use identity::input::{ChangeEmailBody, ForgotPasswordBody, ResendBody, mailbox_name};
use kernel::Actor;

use super::accounts::address;
use crate::http::ApiError;
use crate::limits::Account;
use crate::services::Services;

/// Sends another code to prove an address.
pub(crate) async fn resend(
    services: &Services,
    body: ResendBody,
    caller: Option<Actor>,
    client: &Client,
) -> Result<(), ApiError> {
    let mailbox = match (&body.email, caller) {
        (Some(email), _) => Some(email.clone()),
        (None, Some(actor)) => services.identity.me(actor.user).await?.email,
        (None, None) => None,
    };
    if let Some(mailbox) = mailbox {
        count(services, &mailbox, client).await?;
    }
    Ok(services.identity.resend_verification(body, caller).await?)
}

/// Sends a link to set a new password.
pub(crate) async fn forgot_password(
    services: &Services,
    body: ForgotPasswordBody,
    client: &Client,
) -> Result<(), ApiError> {
    count(services, &body.email, client).await?;
    Ok(services.identity.forgot_password(body).await?)
}

/// Sends codes to change an address, unless too many tries to name the password have failed.
pub(crate) async fn change_email(
    services: &Services,
    actor: Actor,
    body: ChangeEmailBody,
    client: &Client,
) -> Result<bool, ApiError> {
    count(services, &body.new_email, client).await?;
    let attempt = services.identity.change_email(actor, body);
    services.limits.attempt(Account::User(actor.user), address(client), attempt).await
}

async fn count(services: &Services, mailbox: &str, client: &Client) -> Result<(), ApiError> {
    services.limits.code(Account::Named(&mailbox_name(mailbox)), address(client)).await
}
