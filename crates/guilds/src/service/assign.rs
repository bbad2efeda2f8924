//! Giving members roles, and taking them.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::Identity;
use kernel::{Event, GuildId, RoleId, Topic, UserId};
use serde_json::json;

use super::authority::{Actor, demand};
use super::{Guilds, roles as managed_roles};
use crate::audit::{self, Action, Entry};
use crate::event::{MemberUpdated, tell};
use crate::permissions::Membership;
use crate::policy::HELD_MAX;
use crate::store::{members, memberships, roles};
use crate::view::MemberView;
use crate::{Bound, Error};

/// What is to become of a role of somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Give,
    Take,
}

impl Guilds {
    /// Gives a member a role; giving it again changes nothing. Tells the members.
    ///
    /// # Errors
    /// [`Error::NoRole`] also when `user` is no member; [`Error::NoMember`]; [`Error::Denied`] without
    /// [`Permissions::MANAGE_ROLES`](kernel::Permissions::MANAGE_ROLES) or what the role allows; [`Error::Hierarchy`] when the role does not stand below
    /// `user`, or the member does not and is another; [`Error::Everyone`]; [`Error::TooMany`] when they have
    /// [`HELD_MAX`]; [`Error::Database`].
    pub async fn assign_role(
        &self,
        user: UserId,
        guild: GuildId,
        role: RoleId,
        member: UserId,
    ) -> Result<MemberView, Error> {
        self.let_have(user, guild, role, member, Change::Give).await
    }

    /// Takes a role from a member; taking it again changes nothing. Once this returns they can do nothing by it any
    /// more. Tells the members.
    ///
    /// # Errors
    /// As [`Self::assign_role`]; what the role allows is not asked for.
    pub async fn unassign_role(
        &self,
        user: UserId,
        guild: GuildId,
        role: RoleId,
        member: UserId,
    ) -> Result<MemberView, Error> {
        self.let_have(user, guild, role, member, Change::Take).await
    }

    async fn let_have(
        &self,
        user: UserId,
        guild: GuildId,
        role: RoleId,
        member: UserId,
        change: Change,
    ) -> Result<MemberView, Error> {
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let done = let_have_in(tx, actor, (guild, role), member, change).await?;
            if done.1.is_some() {
                let id = json!({ "roleId": role });
                let entry = match change {
                    Change::Give => Entry::new(guild, user, Action::RoleAssign).to(id),
                    Change::Take => Entry::new(guild, user, Action::RoleRemove).from(id),
                };
                audit::record(tx, &self.env, [entry.on(member)]).await?;
            }
            Ok::<_, Error>(done)
        });
        let (member, event) = done.await?;
        self.publish(event);
        Ok(member)
    }
}

async fn let_have_in(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    (guild, id): (GuildId, RoleId),
    member: UserId,
    change: Change,
) -> Result<(MemberView, Option<Event>), Error> {
    let (fence, membership, role) = managed_roles::managed(tx, actor, id).await?;
    if role.guild_id != guild {
        return Err(Error::NoRole);
    }
    if role.position == 0 {
        return Err(Error::Everyone);
    }
    let holder = memberships::one(tx, guild, member, actor.now).await?.ok_or(Error::NoMember)?;
    if holder.user != membership.user && !membership.outranks(&holder) {
        return Err(Error::Hierarchy);
    }
    let changed = match change {
        Change::Give => {
            demand(membership.permissions(), role.permissions.0)?;
            give(tx, &holder, id).await?
        }
        Change::Take => roles::unassign(tx, guild, member, id).await?,
    };
    let view = view(tx, &holder).await?;
    let updated = MemberUpdated { server_id: guild, member: view.clone() };
    let event = changed.then(|| tell(Topic::Guild(guild), fence, updated)).transpose()?;
    Ok((view, event))
}

async fn give(tx: &mut AsyncPgConnection, holder: &Membership, role: RoleId) -> Result<bool, Error> {
    if !roles::assign(tx, holder.guild, holder.user, role).await? {
        return Ok(false);
    }
    // `@everyone` is among those that they had.
    let most = usize::try_from(HELD_MAX).unwrap_or(usize::MAX);
    if holder.roles.len() > most { Err(Error::TooMany(Bound::Held)) } else { Ok(true) }
}

/// A member as they are now.
async fn view(tx: &mut AsyncPgConnection, holder: &Membership) -> Result<MemberView, Error> {
    let (guild, user) = (holder.guild, holder.user);
    let member = members::one(tx, guild, user).await?.ok_or(Error::NoMember)?;
    let mut cards = Identity::cards(tx, &[user]).await?;
    let card = cards.remove(&user).ok_or(Error::NoMember)?;
    let mut held = roles::held(tx, guild, &[user]).await?;
    Ok(MemberView::new(member, card, holder.owner, held.remove(&user).unwrap_or_default()))
}
