//! What is asked of a guild by who judges what members write there. Asks nobody's permission.

use diesel_async::AsyncPgConnection;
use kernel::{GuildId, RoleId, UserId};

use crate::Error;
use crate::store::{invites, roles};

/// The roles that somebody has in the guild, without `@everyone`.
///
/// # Errors
/// [`Error::Database`].
pub async fn roles_of(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
) -> Result<Vec<RoleId>, Error> {
    let mut held = roles::held(conn, guild, &[user]).await?;
    Ok(held.remove(&user).unwrap_or_default())
}

/// Whether one of `codes` is an invite code of another guild, whatever its state.
///
/// # Errors
/// [`Error::Database`].
pub async fn invite_elsewhere(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    codes: &[String],
) -> Result<bool, Error> {
    Ok(invites::elsewhere(conn, guild, codes).await?)
}
