//! Accounts, where more is asked than `identity` knows.

use std::net::{IpAddr, Ipv4Addr};

use identity::input::LoginBody;
use identity::{Client, Login};

use super::second_factor;
use crate::http::ApiError;
use crate::limits::Account;
use crate::services::Services;

/// Logs in, unless too many tries have failed.
pub(crate) async fn log_in(services: &Services, body: LoginBody, client: &Client) -> Result<Login, ApiError> {
    let address = address(client);
    let name = body.account_name();
    let attempt = second_factor::log_in(services, body, client);
    match name {
        Some(name) => services.limits.attempt(Account::Named(&name), address, attempt).await,
        // Names no account: refused for that.
        None => attempt.await,
    }
}

/// Where a call comes from; all that come from nowhere count together.
pub(super) fn address(client: &Client) -> IpAddr {
    client.address().unwrap_or(Ipv4Addr::UNSPECIFIED.into())
}
