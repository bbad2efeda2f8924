//! The end of an account, and of what is held on it everywhere.

use identity::input::DeleteBody;
use identity::{Admin, Client};
use kernel::{Actor, Code, UserId};
use serde_json::json;

use super::accounts::address;
use crate::http::ApiError;
use crate::limits::Account;
use crate::services::Services;

/// Erasures that a gateway takes up at once.
const SLICE: i64 = 10;

/// Deletes the actor's own account. Servers with other members must be given away or deleted before.
pub(crate) async fn delete_own(
    services: &Services,
    actor: Actor,
    body: DeleteBody,
    client: &Client,
) -> Result<(), ApiError> {
    // Who has stolen a token guesses no password here either.
    let confirmed = services.identity.confirm_for_good(actor, body.password);
    services.limits.attempt(Account::User(actor.user), address(client), confirmed).await?;
    let owned = services.guilds.owned_with_others(actor.user).await?;
    if !owned.is_empty() {
        let words = "you own servers with other members: give them to somebody or delete them first";
        let details = Some(Box::new(json!({ "servers": owned })));
        return Err(ApiError { details, ..ApiError::new(Code::Conflict, words) });
    }
    services.identity.delete_own(actor).await?;
    erase_rest(services, actor.user).await;
    Ok(())
}

/// Deletes somebody's account. Servers that they own go to who has been a member there for longest.
pub(crate) async fn delete_user(services: &Services, admin: &Admin, id: UserId) -> Result<(), ApiError> {
    services.identity.delete_user(admin, id).await?;
    erase_rest(services, id).await;
    Ok(())
}

/// Takes up what is due: what broke off half-way, and once more everything that did not, for a request that had begun
/// before the account was gone may have added something after. Returns how many it took up.
pub(crate) async fn resume(services: &Services) -> Result<usize, identity::Error> {
    let due = services.identity.due_erasures(SLICE).await?;
    for user in &due {
        if erase_rest(services, *user).await {
            services.identity.finish_erasure(*user).await?;
        }
    }
    Ok(due.len())
}

/// Removes what is held on somebody whose account is gone; whether all of it went. What did not is tried again later, by
/// any gateway.
async fn erase_rest(services: &Services, user: UserId) -> bool {
    for holder in services.holders() {
        if let Err(error) = holder.erase(user).await {
            tracing::error!(%user, error = %error.0, "what is held on a deleted account could not be removed");
            return false;
        }
    }
    true
}
