//! Beginning a change of what others may do.
//!
//! One order of locks for all of them, so that none waits for another in a circle: the guild's scope alone
//! ([`messaging::fence::raise`]), the guild's row, then rows that belong to the guild, which nobody else changes
//! meanwhile. Rights are looked at before the first lock, so that strangers cannot lock anything, and again behind the
//! last, when nothing changes any more.

use diesel_async::AsyncPgConnection;
use kernel::{ChannelId, Denied, Fence, GuildId, Permissions, Timestamp, UserId};

use super::{fence, raise};
use crate::Error;
use crate::permissions::Membership;
use crate::store::guilds;
use crate::store::memberships::{self, MemberAtChannel};

/// Who changes what, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Actor {
    pub(super) user: UserId,
    pub(super) now: Timestamp,
    /// Whether the change can take a right away, or change who sees what.
    pub(super) raises: bool,
}

/// Somebody who may change something of the guild: where they stand, while its row is locked.
pub(super) async fn in_guild(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    guild: GuildId,
    needs: Permissions,
) -> Result<(Fence, Membership), Error> {
    membership(tx, actor, guild, needs).await?;
    let fence = lock(tx, actor, guild).await?.ok_or(Error::NoGuild)?;
    Ok((fence, membership(tx, actor, guild, needs).await?))
}

/// Somebody who may change something of the channel: where they stand before it, while its guild's row is locked.
pub(super) async fn at_channel(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    channel: ChannelId,
    needs: Permissions,
) -> Result<(Fence, MemberAtChannel), Error> {
    let guild = member_at(tx, actor, channel, needs).await?.membership.guild;
    let fence = lock(tx, actor, guild).await?.ok_or(Denied::Hidden)?;
    Ok((fence, member_at(tx, actor, channel, needs).await?))
}

/// Somebody before a channel that they may view, where they may do what `needs` says.
pub(super) async fn member_at(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    channel: ChannelId,
    needs: Permissions,
) -> Result<MemberAtChannel, Error> {
    let member = memberships::at_channel(tx, actor.user, channel, actor.now).await?;
    let member = member
        .filter(|member| member.permissions().contains(Permissions::VIEW_CHANNEL))
        .ok_or(Denied::Hidden)?;
    let missing = needs - member.permissions();
    if missing.is_empty() { Ok(member) } else { Err(Denied::lacking(missing, member.silence()).into()) }
}

/// That somebody who has `all` has what `needs` says.
pub(super) fn demand(all: Permissions, needs: Permissions) -> Result<(), Denied> {
    let missing = needs - all;
    if missing.is_empty() { Ok(()) } else { Err(Denied::Missing(missing)) }
}

/// Where somebody stands who may do what `needs` says in the guild as a whole.
pub(super) async fn membership(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    guild: GuildId,
    needs: Permissions,
) -> Result<Membership, Error> {
    let membership = memberships::one(tx, guild, actor.user, actor.now).await?.ok_or(Error::NoGuild)?;
    let missing = needs - membership.permissions();
    let silence = || membership.silence(Membership::permissions);
    if missing.is_empty() { Ok(membership) } else { Err(Denied::lacking(missing, silence()).into()) }
}

/// Takes the locks; `None` when the actor is no member any more.
async fn lock(tx: &mut AsyncPgConnection, actor: Actor, guild: GuildId) -> Result<Option<Fence>, Error> {
    let fence = if actor.raises { raise(tx, guild).await? } else { fence(tx, guild).await? };
    Ok(guilds::lock_for(tx, guild, actor.user).await?.then_some(fence))
}
